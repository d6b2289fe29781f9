//! Commands by instruction and parameters, and what stands in their data fields.

use super::lines::{Command, Data};
use crate::commands::explain::annotation::Node;
use crate::commands::explain::grammar::{Object, row, value};
use crate::commands::explain::tags::terminals::SECURITY_ENVIRONMENT;
use crate::commands::explain::value as tell;
use crate::commands::explain::walker::{Plan, Walker};
use iso7816::Ins;

/// INS of WRITE of the personalisation application.
const WRITE: Ins = Ins(0xD6);

/// INS, P1 and P2 (`None`: any), and what the command then is.
type Row = (u8, Option<u8>, Option<u8>, &'static str);

/// Doc 9303-11 §4.4.4, §6.2.4, §7.1.5; chapter 05 of the law of the applet.
#[rustfmt::skip]
static COMMANDS: [Row; 22] = [
    (0x22, Some(0xC1), Some(0xA4), "MSE:Set AT, begin PACE"),
    (0x22, Some(0x41), Some(0xA4), "MSE:Set AT, choose chip authentication"),
    (0x22, Some(0x41), Some(0xA6), "MSE:Set KAT, chip authentication with 3DES"),
    (0x22, Some(0x81), Some(0xB6), "MSE:Set DST, choose the key that verifies a certificate"),
    (0x22, Some(0x81), Some(0xA4), "MSE:Set AT, begin terminal authentication"),
    (0x2A, Some(0x00), Some(0xBE), "PSO:Verify Certificate"),
    (0x46, Some(0x80), Some(0xA6), "GENERATE KEYS for chip authentication"),
    (0x46, Some(0x80), Some(0xA4), "GENERATE KEYS for active authentication"),
    (0x46, Some(0x81), Some(0xA6), "GENERATE KEYS, give the public key of chip authentication"),
    (0x46, Some(0x81), Some(0xA4), "GENERATE KEYS, give the public key of active authentication"),
    (0x50, None,       None,       "INITIALIZE UPDATE, begin SCP03"),
    (0x20, None,       None,       "VERIFY"),
    (0x24, None,       None,       "CHANGE REFERENCE DATA"),
    (0xD6, None,       None,       "WRITE"),
    (0xD8, None,       None,       "PUT KEY"),
    (0xE2, Some(0x88), Some(0x00), "STORE DATA, open a job"),
    (0xF0, Some(0x40), Some(0x0F), "SET STATUS, commit"),
    (0xF0, Some(0x40), Some(0x1F), "SET STATUS, lock"),
    (0xF0, Some(0x40), Some(0xFF), "SET STATUS, void"),
    (0xF0, None,       None,       "SET STATUS"),
    (0xF2, None,       None,       "GET STATUS"),
    (0x84, None,       None,       "GET CHALLENGE"),
];

/// What stands in DO'7C' of a command and of its answer (Doc 9303-11 §4.4.4.2, §6.2.4.2).
#[rustfmt::skip]
static AUTHENTICATION_COMMAND: [Object; 1] = [row(0x7C, "dynamic authentication data", &[
    value(0x80, "ephemeral public key of chip authentication", tell::count),
    value(0x81, "mapping data", tell::count),
    value(0x83, "ephemeral public key of the terminal", tell::count),
    value(0x85, "authentication token of the terminal", tell::count),
])];
#[rustfmt::skip]
static AUTHENTICATION_ANSWER: [Object; 1] = [row(0x7C, "dynamic authentication data", &[
    value(0x80, "encrypted nonce", tell::count),
    value(0x82, "mapping data", tell::count),
    value(0x84, "ephemeral public key of the chip", tell::count),
    value(0x86, "authentication token of the chip", tell::count),
    value(0x87, "newest certification authority", tell::text),
    value(0x88, "previous certification authority", tell::text),
    value(0x8A, "encrypted chip authentication data", tell::count),
])];

/// The objects of secure messaging (Doc 9303-11 §9.8.2).
#[rustfmt::skip]
static SECURE_MESSAGING: [Object; 5] = [
    value(0x85, "encrypted data", tell::count),
    value(0x87, "padding indicator and encrypted data", tell::count),
    value(0x97, "protected Le", |octets| match tell::unsigned(octets)? {
        0 => Some("the most there are".to_owned()),
        le => Some(le.to_string()),
    }),
    value(0x99, "protected status word", |octets| {
        octets.try_into().ok().map(|sw| iso7816::StatusWord(u16::from_be_bytes(sw)).to_string())
    }),
    value(0x8E, "message authentication code", tell::count),
];

static OFFSET: [Object; 2] = [
    value(0x54, "offset", tell::number),
    value(0x53, "data", tell::count),
];

/// The name of a command.
pub(super) fn name(command: &Command) -> String {
    let fits = |wanted: Option<u8>, found| wanted.is_none_or(|wanted| wanted == found);
    let row = COMMANDS.iter().find(|(ins, p1, p2, _)| {
        *ins == command.ins().0 && fits(*p1, command.p1()) && fits(*p2, command.p2())
    });
    row.map_or_else(
        || command.ins().to_string(),
        |(.., name)| (*name).to_owned(),
    )
}

/// What more the header tells.
pub(super) fn details(command: &Command) -> String {
    let mut details = Vec::new();
    if command.cla() & 0x10 != 0 {
        details.push("part of a chain, more follows".to_owned());
    }
    match command.ins() {
        WRITE => details.push(format!("file {:02X}{:02X}", command.p1(), command.p2())),
        Ins::INITIALIZE_UPDATE => details.push(format!("key version {:02X}", command.p1())),
        Ins::EXTERNAL_AUTHENTICATE if command.is_secure_messaging() => {
            details.push("terminal authentication".to_owned());
        }
        Ins::EXTERNAL_AUTHENTICATE if command.cla() == 0 => details.push("BAC".to_owned()),
        Ins::INTERNAL_AUTHENTICATE => details.push("active authentication".to_owned()),
        _ => {}
    }
    details.join(", ")
}

/// The data field of a command.
pub(super) fn data(command: &Command, line: usize) -> Vec<Node> {
    let plan = match command.ins() {
        _ if command.is_secure_messaging() => Some((Plan::Tagged(&SECURE_MESSAGING), true)),
        Ins::MANAGE_SECURITY_ENVIRONMENT => Some((Plan::Tagged(&SECURITY_ENVIRONMENT), true)),
        Ins::READ_BINARY_ODD => Some((Plan::Tagged(&OFFSET), true)),
        Ins::GENERAL_AUTHENTICATE => Some((Plan::Tagged(&AUTHENTICATION_COMMAND), false)),
        // It stands in the line of the command already.
        Ins::SELECT => return Vec::new(),
        _ => None,
    };
    nodes(&command.data, plan, line)
}

/// The data field of an answer.
pub(super) fn answer_data(command: &Command, data: &Data, line: usize) -> Vec<Node> {
    let plan = match command.ins() {
        _ if command.is_secure_messaging() => Some((Plan::Tagged(&SECURE_MESSAGING), true)),
        Ins::GENERAL_AUTHENTICATE => Some((Plan::Tagged(&AUTHENTICATION_ANSWER), false)),
        Ins::SELECT => Some((Plan::Any, true)),
        _ => None,
    };
    nodes(data, plan, line)
}

/// Objects under a plan, with their octets or without; without a plan nothing but the length is told, since the data may be a
/// key, a password or a person's.
fn nodes(data: &Data, plan: Option<(Plan, bool)>, line: usize) -> Vec<Node> {
    if data.length == 0 {
        return Vec::new();
    }
    let (Some(octets), Some((plan, shown))) = (&data.octets, plan) else {
        let node = Node {
            at: line,
            length: data.length,
            ..Node::default()
        };
        return vec![Node {
            name: "data".into(),
            value: Some(format!("{} bytes, not shown", data.length)),
            ..node
        }];
    };
    let mut nodes = Walker::new().row(octets, 0, plan);
    nodes.iter_mut().for_each(|node| settle(node, line, shown));
    nodes
}

/// Positions of a recording are its lines; octets that may be secret go.
fn settle(node: &mut Node, line: usize, shown: bool) {
    node.at = line;
    if !shown {
        node.content.clear();
    }
    node.children
        .iter_mut()
        .for_each(|child| settle(child, line, shown));
}
