//! Secure messaging, both ends: what comes behind a right MAC must still make sense, and nothing goes without one.
//!
//! ```text
//! mode  header(4)  data objects …
//!  │ b1 b2 cipher · b3 an answer, not a command · b4 the right MAC is put behind
//! ```

use crypto::{Cipher, SecretBytes, pad2};
use iso7816::tlv::{Tag, encode};
use iso7816::{CommandApdu, Ins, Le, ResponseApdu, StatusWord};
use protocols::secure_messaging::{ChipSession, SessionKeys, SmFault, TerminalSession};

use super::assert_printable;

const AN_ANSWER: u8 = 0x04;
const AUTHENTIC: u8 = 0x08;
const MAC: Tag = Tag::new(0x8E);
/// Class bits of a protected command.
const PROTECTED: u8 = 0x0C;

/// Commands and answers as they are, whose objects are then changed.
pub fn seeds() -> Vec<Vec<u8>> {
    let read = CommandApdu::new(0, Ins::READ_BINARY, 0x9E, 0).with_le(Le::SHORT_MAX);
    let select = CommandApdu::new(0, Ins::SELECT, 4, 0x0C)
        .with_data(hex::decode("A0000002471001").unwrap_or_default());
    let odd = CommandApdu::new(0, Ins(0xB1), 0, 0)
        .with_data([0x54, 2, 1, 0])
        .with_le(Le::EXTENDED_MAX);
    let mut found = Vec::new();
    for number in 0..4 {
        for command in [&read, &select, &odd] {
            let mut terminal = TerminalSession::new(keys(number));
            let Ok(exchange) = terminal.protect(command) else {
                continue;
            };
            let protected = exchange.command();
            found.push(seed(
                number | AUTHENTIC,
                protected.header(),
                &protected.data,
            ));
            let Ok((plain, exchange)) = ChipSession::new(keys(number)).unprotect(protected) else {
                continue;
            };
            let answer = ResponseApdu::new(plain.data.to_vec(), StatusWord::OK);
            if let Ok((answer, _)) = exchange.protect(&answer) {
                found.push(seed(
                    number | AN_ANSWER | AUTHENTIC,
                    plain.header(),
                    &answer.data,
                ));
            }
        }
    }
    found
}

/// Everything but the MAC, ten octets at the end.
fn seed(mode: u8, header: [u8; 4], protected: &[u8]) -> Vec<u8> {
    let objects = &protected[..protected.len().saturating_sub(10)];
    [&[mode][..], &header, objects].concat()
}

/// What must hold of every byte string.
pub fn secure_messaging(bytes: &[u8]) {
    let Some((&[mode, cla, ins, p1, p2], objects)) = bytes.split_first_chunk() else {
        return;
    };
    let header = CommandApdu::new(cla | PROTECTED, Ins(ins), p1, p2);
    if mode & AN_ANSWER == 0 {
        command(mode, &header, objects);
    } else {
        answer(mode, &header, objects);
    }
}

/// The chip takes a command only with a right MAC, and its answer reaches the terminal as it was.
fn command(mode: u8, header: &CommandApdu, objects: &[u8]) {
    let cipher = keys(mode).cipher();
    let block = cipher.block_len();
    let mut input = counter(block, 1);
    input.extend(pad2(&header.header(), block));
    let sent = header
        .clone()
        .with_data(with_mac(mode, input, objects))
        .with_le(Le::EXTENDED_MAX);
    match ChipSession::new(keys(mode)).unprotect(&sent) {
        Err(fault) => assert!([SmFault::MISSING, SmFault::INCORRECT].contains(&fault)),
        Ok((plain, exchange)) => {
            assert!(mode & AUTHENTIC != 0, "a command without a MAC was taken");
            assert!(plain.data.len() < objects.len().max(1));
            assert_eq!(
                (plain.cla & PROTECTED, plain.ins, plain.p1, plain.p2),
                (0, header.ins, header.p1, header.p2)
            );
            let said = ResponseApdu::new(plain.data.to_vec(), StatusWord::OK);
            let (protected, _) = exchange.protect(&said).unwrap();
            let mut terminal = TerminalSession::new(keys(mode));
            let asked = CommandApdu::new(0, header.ins, header.p1, header.p2);
            assert_eq!(
                terminal.protect(&asked).unwrap().accept(&protected),
                Ok(said)
            );
        }
    }
}

/// The terminal believes an answer only with a right MAC; the first that it does not believe ends the session.
fn answer(mode: u8, header: &CommandApdu, objects: &[u8]) {
    let input = counter(keys(mode).cipher().block_len(), 2);
    let answer = ResponseApdu::new(with_mac(mode, input, objects), StatusWord::OK);
    let asked = CommandApdu::new(0, header.ins, header.p1, header.p2);
    let mut terminal = TerminalSession::new(keys(mode));
    match terminal.protect(&asked).unwrap().accept(&answer) {
        Ok(plain) => {
            assert!(
                mode & AUTHENTIC != 0,
                "an answer without a MAC was believed"
            );
            assert_eq!(plain.sw, StatusWord::OK);
            assert!(plain.data.len() < objects.len());
            assert!(terminal.protect(&asked).is_ok());
        }
        Err(error) => {
            assert_printable(&error.to_string());
            assert!(
                terminal.protect(&asked).is_err(),
                "a session went on behind {error}"
            );
        }
    }
}

/// The objects, with the MAC over them behind if the mode says so.
fn with_mac(mode: u8, mut input: Vec<u8>, objects: &[u8]) -> Vec<u8> {
    if mode & AUTHENTIC == 0 {
        return objects.to_vec();
    }
    let cipher = keys(mode).cipher();
    if !objects.is_empty() {
        input.extend(pad2(objects, cipher.block_len()));
    }
    let mac = cipher
        .mac_of_padded(&vec![0x22; cipher.key_len()], &input)
        .unwrap();
    [objects, &encode(MAC, &mac)].concat()
}

fn counter(block: usize, value: u8) -> Vec<u8> {
    let mut counter = vec![0; block];
    counter[block - 1] = value;
    counter
}

fn keys(mode: u8) -> SessionKeys {
    let cipher = Cipher::ALL[usize::from(mode & 3)];
    let key = |octet| SecretBytes::new(vec![octet; cipher.key_len()]);
    SessionKeys::new(cipher, key(0x11), key(0x22)).unwrap()
}
