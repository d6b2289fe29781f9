//! Command and response APDUs.

use iso7816::{CommandApdu, ResponseApdu};

use super::assert_printable;

/// What must hold of every byte string read as a command and as an answer.
pub fn apdu(bytes: &[u8]) {
    if let Ok(command) = CommandApdu::parse(bytes) {
        // A command has one spelling in each form, and the form is kept.
        assert_eq!(command.to_bytes().unwrap().as_slice(), bytes);
        assert_printable(&format!("{command:?}"));
    }
    match ResponseApdu::parse(bytes) {
        Ok(answer) => {
            assert_eq!(answer.to_bytes(), bytes);
            assert_printable(&format!("{answer:?} {}", answer.sw));
        }
        Err(_) => assert!(bytes.len() < 2),
    }
}
