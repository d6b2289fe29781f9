//! The order of the commands of terminal authentication, and commands that are not what they must be.

use iso7816::tlv::{self, Tag};
use iso7816::{CommandApdu, Ins, Le, StatusWord};
use protocols::terminal_authentication::chip::TerminalAuthentication;
use protocols::terminal_authentication::{CHALLENGE_LEN, CertificateFault, Policy, Rights, Role};

use crate::authorities::{Chain, ECDSA, Gate, P256, binding, this_year};
use crate::card::rng;

const REFERENCE: Tag = Tag::new(0x83);

/// What a terminal may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Send {
    /// MSE:Set DST with the CVCA's name.
    Cvca,
    /// MSE:Set DST with the verifier's name.
    Verifier,
    /// PSO:Verify Certificate with the verifier's certificate.
    VerifierCertificate,
    /// PSO:Verify Certificate with the terminal's certificate.
    TerminalCertificate,
    /// MSE:Set AT with the terminal's name.
    Terminal,
    /// GET CHALLENGE.
    Challenge,
    /// EXTERNAL AUTHENTICATE over the last challenge.
    Proof,
}

const ALL: [Send; 7] = [
    Send::Cvca,
    Send::Verifier,
    Send::VerifierCertificate,
    Send::TerminalCertificate,
    Send::Terminal,
    Send::Challenge,
    Send::Proof,
];

/// The right order.
const WHOLE: [Send; 7] = [
    Send::Cvca,
    Send::VerifierCertificate,
    Send::Verifier,
    Send::TerminalCertificate,
    Send::Terminal,
    Send::Challenge,
    Send::Proof,
];

fn set(p2: u8, name: &[u8]) -> CommandApdu {
    CommandApdu::new(0, Ins::MANAGE_SECURITY_ENVIRONMENT, 0x81, p2)
        .with_data(tlv::encode(REFERENCE, name))
}

struct Script {
    chain: Chain,
    gate: Gate,
    challenge: Vec<u8>,
}

impl Script {
    fn new() -> Self {
        let chain = Chain::new(ECDSA, P256);
        Self {
            gate: chain.gate(Policy::default()),
            chain,
            challenge: vec![0; CHALLENGE_LEN],
        }
    }

    fn after(sends: &[Send]) -> Self {
        let mut script = Self::new();
        for send in sends {
            let sw = script.send(*send);
            assert!(sw.is_ok(), "{send:?} of {sends:?}: {sw}");
        }
        script
    }

    fn command(&self, send: Send) -> CommandApdu {
        let chain = &self.chain;
        let verify = |at: usize| {
            CommandApdu::new(0, Ins::PERFORM_SECURITY_OPERATION, 0x00, 0xBE)
                .with_data(chain.certificates[at].to_command())
        };
        match send {
            Send::Cvca => set(0xB6, chain.cvca.name.as_bytes()),
            Send::Verifier => set(0xB6, chain.verifier.name.as_bytes()),
            Send::VerifierCertificate => verify(0),
            Send::TerminalCertificate => verify(1),
            Send::Terminal => set(0xA4, chain.terminal.name.as_bytes()),
            Send::Challenge => {
                CommandApdu::new(0, Ins::GET_CHALLENGE, 0, 0).with_le(Le::saturating(CHALLENGE_LEN))
            }
            Send::Proof => {
                let message = binding().message(&self.challenge);
                let terminal = &chain.terminal;
                let scheme = terminal.public.scheme();
                let proof = scheme.sign(&terminal.key, &message, &mut rng(3)).unwrap();
                CommandApdu::new(0, Ins::EXTERNAL_AUTHENTICATE, 0, 0).with_data(proof)
            }
        }
    }

    fn send(&mut self, send: Send) -> StatusWord {
        let command = self.command(send);
        self.execute(&command)
    }

    fn execute(&mut self, command: &CommandApdu) -> StatusWord {
        let answer = self.gate.execute(command);
        if command.ins == Ins::GET_CHALLENGE && answer.sw.is_ok() {
            self.challenge = answer.data;
        }
        answer.sw
    }
}

/// Every command after every beginning of the right order.
#[test]
fn every_command_in_every_state() {
    let ok = StatusWord::OK;
    let unknown = StatusWord::REFERENCED_DATA_NOT_FOUND;
    let order = StatusWord::CONDITIONS_NOT_SATISFIED;
    let over = StatusWord::SECURITY_STATUS_NOT_SATISFIED;
    let content = StatusWord::WRONG_DATA;
    //   Cvca  Verifier VerifierC TerminalC Terminal Challenge Proof
    let table = [
        [ok, unknown, order, order, unknown, order, order],
        [ok, unknown, ok, content, unknown, order, order],
        [ok, ok, order, order, unknown, order, order],
        [ok, ok, content, ok, unknown, order, order],
        [ok, unknown, order, order, ok, order, order],
        [ok, unknown, order, order, ok, ok, order],
        [ok, unknown, order, order, ok, ok, ok],
        [over; 7],
    ];
    for (done, expected) in table.into_iter().enumerate() {
        for (send, expected) in ALL.into_iter().zip(expected) {
            let mut script = Script::after(&WHOLE[..done]);
            assert_eq!(script.send(send), expected, "{send:?} after {done} steps");
            let rights = script.gate.rights();
            let authenticated = done == WHOLE.len() || (done == 6 && send == Send::Proof);
            assert_eq!(
                rights,
                authenticated.then_some(Rights::ALL),
                "{send:?} after {done}"
            );
        }
    }
}

/// A command out of turn takes back what was named, and what was imported stays.
#[test]
fn a_command_out_of_turn_ends_what_was_begun() {
    let order = StatusWord::CONDITIONS_NOT_SATISFIED;
    let mut script = Script::after(&WHOLE[..1]);
    assert_eq!(script.send(Send::Challenge), order);
    assert_eq!(
        script.send(Send::VerifierCertificate),
        order,
        "the CVCA is not named any more"
    );

    let mut script = Script::after(&WHOLE[..6]);
    assert_eq!(script.send(Send::VerifierCertificate), order);
    assert_eq!(script.send(Send::Proof), order, "the challenge is gone");
    assert_eq!(
        script.send(Send::Challenge),
        order,
        "the terminal is not named any more"
    );
    for send in &WHOLE[4..] {
        assert!(
            script.send(*send).is_ok(),
            "the terminal's key is still there"
        );
    }
}

#[test]
fn a_refused_certificate_leaves_what_was_imported() {
    let mut script = Script::after(&WHOLE[..3]);
    let mut damaged = script.command(Send::TerminalCertificate);
    *damaged.data.last_mut().unwrap() ^= 1;
    assert_eq!(script.execute(&damaged), StatusWord::AUTHENTICATION_FAILED);
    assert_eq!(script.gate.fault, Some(CertificateFault::Signature));
    for send in &WHOLE[2..] {
        assert!(script.send(*send).is_ok());
    }
}

#[test]
fn a_challenge_serves_once_and_the_newest_only() {
    let refused = StatusWord::AUTHENTICATION_FAILED;
    let mut script = Script::after(&WHOLE[..6]);
    let old = script.command(Send::Proof);
    assert!(script.send(Send::Challenge).is_ok());
    assert_eq!(script.execute(&old), refused);
    // Not even the right answer is taken now.
    assert_eq!(
        script.send(Send::Proof),
        StatusWord::CONDITIONS_NOT_SATISFIED
    );
    assert_eq!(script.gate.rights(), None);
    for send in &WHOLE[4..] {
        assert!(script.send(*send).is_ok());
    }
}

#[test]
fn challenges_are_fresh() {
    let mut script = Script::after(&WHOLE[..6]);
    let first = script.challenge.clone();
    script.send(Send::Challenge);
    assert_ne!(script.challenge, first);
    assert_eq!(script.challenge.len(), CHALLENGE_LEN);
}

/// The caller says that a command of another kind came: what was named and the challenge are gone, what was shown is not.
#[test]
fn another_command_in_between() {
    for (before, next) in [
        (&WHOLE[..1], Send::VerifierCertificate),
        (&WHOLE[..5], Send::Challenge),
        (&WHOLE[..6], Send::Proof),
    ] {
        let mut script = Script::after(before);
        let state = script.gate.state.take();
        script.gate.state = state.map(TerminalAuthentication::interrupted);
        let refused = StatusWord::CONDITIONS_NOT_SATISFIED;
        assert_eq!(script.send(next), refused, "{next:?}");
    }
    let mut script = Script::after(&WHOLE);
    let state = script.gate.state.take();
    script.gate.state = state.map(TerminalAuthentication::interrupted);
    assert_eq!(script.gate.rights(), Some(Rights::ALL));
}

#[test]
fn keys_of_others_do_not_authenticate() {
    let unknown = StatusWord::REFERENCED_DATA_NOT_FOUND;
    let mut script = Script::after(&WHOLE[..2]);
    for holder in [&script.chain.cvca, &script.chain.verifier] {
        let command = set(0xA4, holder.name.as_bytes());
        assert_eq!(script.gate.execute(&command).sw, unknown, "{}", holder.name);
    }
    // A terminal's key verifies no certificate.
    let mut script = Script::after(&WHOLE[..4]);
    let terminal = &script.chain.terminal;
    let command = set(0xB6, terminal.name.as_bytes());
    let certificate = terminal.certify(&script.chain.verifier, Role::Terminal, this_year());
    assert!(script.gate.execute(&command).sw.is_ok());
    let verify = CommandApdu::new(0, Ins::PERFORM_SECURITY_OPERATION, 0x00, 0xBE)
        .with_data(certificate.to_command());
    assert_eq!(script.gate.execute(&verify).sw, StatusWord::WRONG_DATA);
}

#[test]
fn a_new_session_has_forgotten_everything_but_trust() {
    let mut script = Script::after(&WHOLE[..4]);
    script.gate.restart();
    assert_eq!(
        script.send(Send::Terminal),
        StatusWord::REFERENCED_DATA_NOT_FOUND
    );
    assert_eq!(
        script.send(Send::Verifier),
        StatusWord::REFERENCED_DATA_NOT_FOUND
    );
    let mut script = Script::after(&WHOLE);
    script.gate.restart();
    assert_eq!(script.gate.rights(), None);
}

/// One command in the right place, with something wrong about it.
fn check(done: usize, spoil: impl FnOnce(&mut CommandApdu), expected: StatusWord) {
    let mut script = Script::after(&WHOLE[..done]);
    let mut command = script.command(WHOLE[done]);
    spoil(&mut command);
    assert_eq!(script.execute(&command), expected, "{:?}", WHOLE[done]);
    assert_eq!(script.gate.rights(), None);
}

#[test]
fn malformed_commands() {
    let content = StatusWord::WRONG_DATA;
    let length = StatusWord::WRONG_LENGTH;
    let unknown = StatusWord::REFERENCED_DATA_NOT_FOUND;
    for done in 0..WHOLE.len() {
        check(
            done,
            |command| command.cla = 0x10,
            StatusWord::CHAINING_NOT_SUPPORTED,
        );
        check(
            done,
            |command| command.cla = 0x80,
            StatusWord::CLA_NOT_SUPPORTED,
        );
        check(
            done,
            |command| command.p1 ^= 0x40,
            StatusWord::INCORRECT_P1_P2,
        );
        // GET CHALLENGE has an answer, the others do not.
        let le = if done == 5 { None } else { Some(Le::SHORT_MAX) };
        check(done, |command| command.le = le, length);
    }
    for done in [0, 2, 4] {
        check(done, |command| command.data.clear(), content);
        check(done, |command| command.data[0] = 0x84, content);
        check(done, |command| command.data[1] = 0x7F, content);
        check(
            done,
            |command| *command.data = [&command.data[..], &command.data].concat(),
            content,
        );
        check(done, |command| command.data[2] = b'X', unknown);
        check(done, |command| *command.data = vec![0x83, 0], unknown);
        check(
            done,
            |command| command.data.extend([0x91, 0, 0x67, 0]),
            StatusWord::OK,
        );
    }
    for done in [1, 3] {
        check(done, |command| command.data.clear(), content);
        check(done, |command| command.data.truncate(9), content);
        check(done, |command| command.data.resize(3_000, 0), content);
        check(done, |command| command.data.insert(0, 0x7F), content);
    }
    for (le, expected) in [
        (7, length),
        (9, length),
        (8, StatusWord::OK),
        (256, StatusWord::OK),
        (65_536, StatusWord::OK),
    ] {
        check(5, |command| command.le = Some(Le::saturating(le)), expected);
    }
    check(5, |command| command.data.push(1), length);
    check(6, |command| command.data.clear(), length);
    for spoil in [
        (|proof: &mut Vec<u8>| proof[0] ^= 1) as fn(&mut Vec<u8>),
        |proof| proof.truncate(63),
        |proof| proof.push(0),
        |proof| proof.fill(0),
        |proof| proof[..32].fill(0),
        |proof| proof[32..].fill(0),
        |proof| proof.fill(0xFF),
        |proof| {
            *proof = crypto::ecdsa_plain_to_der(crypto::Curve::P256, proof).unwrap();
        },
    ] {
        check(
            6,
            |command| spoil(&mut command.data),
            StatusWord::AUTHENTICATION_FAILED,
        );
    }
}

#[test]
fn other_instructions_are_none_of_terminal_authentication() {
    use protocols::terminal_authentication::chip::TerminalAuthentication;
    let concerns =
        |ins, p1, p2| TerminalAuthentication::concerns(&CommandApdu::new(0, ins, p1, p2));
    assert!(concerns(Ins::MANAGE_SECURITY_ENVIRONMENT, 0x81, 0xB6));
    assert!(concerns(Ins::MANAGE_SECURITY_ENVIRONMENT, 0x81, 0xA4));
    assert!(!concerns(Ins::MANAGE_SECURITY_ENVIRONMENT, 0xC1, 0xA4));
    assert!(!concerns(Ins::MANAGE_SECURITY_ENVIRONMENT, 0x41, 0xA4));
    assert!(!concerns(Ins::READ_BINARY, 0, 0));
}
