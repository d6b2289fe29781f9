//! What a recording may show.

use iso7816::{CommandApdu, Ins};

/// What is withheld from a recording. Headers, lengths, status words and times are always shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Redaction {
    /// Only data known to be harmless are shown: everything else may be a key, a password, a person's data, or the
    /// part of a protocol from which a weak password can be guessed at leisure (Doc 9303-11 §4.3, §4.4).
    ///
    /// Shown are the data of SELECT, READ BINARY and MANAGE SECURITY ENVIRONMENT, the answer to SELECT, and what READ
    /// BINARY yields under secure messaging, that is, encrypted.
    #[default]
    Secrets,
    /// Nothing is withheld: for fixtures, where all persons and keys are invented.
    Nothing,
}

impl Redaction {
    pub(super) fn shows_command(self, command: &CommandApdu) -> bool {
        self == Self::Nothing
            || matches!(
                command.ins,
                Ins::SELECT
                    | Ins::READ_BINARY
                    | Ins::READ_BINARY_ODD
                    | Ins::MANAGE_SECURITY_ENVIRONMENT
            )
    }

    pub(super) fn shows_answer(self, command: &CommandApdu) -> bool {
        self == Self::Nothing
            || match command.ins {
                Ins::SELECT => true,
                Ins::READ_BINARY | Ins::READ_BINARY_ODD => is_encrypted(command.cla),
                _ => false,
            }
    }
}

/// Secure messaging of Doc 9303: interindustry class, header authenticated (ISO 7816-4 §5.4.1). SCP03 has another class
/// and at its low levels encrypts nothing.
const fn is_encrypted(cla: u8) -> bool {
    cla & 0xEC == 0x0C
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_data_are_shown() {
        for (cla, ins, shows_command, shows_answer) in [
            (0x00, Ins::SELECT, true, true),
            (0x0C, Ins::SELECT, true, true),
            (0x00, Ins::MANAGE_SECURITY_ENVIRONMENT, true, false),
            // DG1 of a chip without access control is the password of its holder's next chip.
            (0x00, Ins::READ_BINARY, true, false),
            (0x0C, Ins::READ_BINARY, true, true),
            (0x0C, Ins::READ_BINARY_ODD, true, true),
            (0x84, Ins::READ_BINARY, true, false),
            (0x8C, Ins::READ_BINARY, true, false),
            (0x00, Ins::GENERAL_AUTHENTICATE, false, false),
            (0x0C, Ins::GENERAL_AUTHENTICATE, false, false),
            (0x10, Ins::GENERAL_AUTHENTICATE, false, false),
            (0x00, Ins::EXTERNAL_AUTHENTICATE, false, false),
            (0x00, Ins::GET_CHALLENGE, false, false),
            (0x00, Ins::INTERNAL_AUTHENTICATE, false, false),
            (0x84, Ins::STORE_DATA, false, false),
            (0x84, Ins::PUT_KEY, false, false),
            (0x80, Ins::INITIALIZE_UPDATE, false, false),
            (0x00, Ins::RESET_RETRY_COUNTER, false, false),
            (0x00, Ins(0x20), false, false), // VERIFY
            (0x00, Ins(0x24), false, false), // CHANGE REFERENCE DATA
            (0x00, Ins::GET_RESPONSE, false, false),
            (0x00, Ins(0xEE), false, false), // unknown
        ] {
            let command = CommandApdu::new(cla, ins, 0, 0);
            let secrets = Redaction::default();
            assert_eq!(
                (
                    secrets.shows_command(&command),
                    secrets.shows_answer(&command)
                ),
                (shows_command, shows_answer),
                "{command:?}"
            );
            assert!(Redaction::Nothing.shows_command(&command));
            assert!(Redaction::Nothing.shows_answer(&command));
        }
    }
}
