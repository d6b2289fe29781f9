//! The commands of the personalisation application, by one match (chapter 05 §1).

use iso7816::{CommandApdu, FileId, Ins};

use super::{Purpose, Role};
use crate::LifeCycle;
use crate::error::Refusal;

/// INS of GENERATE KEYS (ISO 7816-8: GENERATE ASYMMETRIC KEY PAIR).
pub(crate) const GENERATE_KEYS: Ins = Ins(0x46);
/// INS of WRITE.
pub(crate) const WRITE: Ins = Ins(0xD6);
/// Octets in front of the content of WRITE: DF and offset.
pub(super) const WRITE_HEAD_LEN: usize = 4;
/// INS of SET STATUS (GlobalPlatform Card Specification §11.10).
pub(crate) const SET_STATUS: Ins = Ins(0xF0);

/// A command in the secure channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    GetStatus,
    PutKey,
    GenerateKeys(Purpose),
    GivePublicKey(Purpose),
    OpenJob,
    Write(FileId),
    Commit,
    Lock,
    Void,
}

impl Command {
    pub(super) fn parse(command: &CommandApdu) -> Result<Self, Refusal> {
        let purpose = || Purpose::from_code(command.p2).ok_or(Refusal::Parameters);
        match (command.ins, command.p1, command.p2) {
            (Ins::GET_STATUS, 0, 0) => Ok(Self::GetStatus),
            (Ins::PUT_KEY, 0, 0x81) => Ok(Self::PutKey),
            (GENERATE_KEYS, 0x80, _) => Ok(Self::GenerateKeys(purpose()?)),
            (GENERATE_KEYS, 0x81, _) => Ok(Self::GivePublicKey(purpose()?)),
            (Ins::STORE_DATA, 0x88, 0) => Ok(Self::OpenJob),
            (WRITE, ..) if command.data.len() <= WRITE_HEAD_LEN => Err(Refusal::Length),
            (WRITE, p1, p2) => Ok(Self::Write(FileId(u16::from_be_bytes([p1, p2])))),
            (SET_STATUS, 0x40, state) => match LifeCycle::from_code(state) {
                Some(LifeCycle::Written) => Ok(Self::Commit),
                Some(LifeCycle::Operational) => Ok(Self::Lock),
                Some(LifeCycle::Terminated) => Ok(Self::Void),
                _ => Err(Refusal::Parameters),
            },
            (ins, ..) if is_known(ins) => Err(Refusal::Parameters),
            _ => Err(Refusal::Instruction),
        }
    }

    /// Who may use the command ([PERSO-010], [PERSO-085]).
    pub(super) fn is_for(self, role: Role) -> bool {
        match self {
            Self::GetStatus | Self::Void => true,
            Self::PutKey => role == Role::Transport,
            Self::Lock => role == Role::Quality,
            Self::GenerateKeys(_)
            | Self::GivePublicKey(_)
            | Self::OpenJob
            | Self::Write(_)
            | Self::Commit => role == Role::Personalisation,
        }
    }
}

/// Whether the application has the instruction in the secure channel.
pub(super) fn is_known(ins: Ins) -> bool {
    [
        Ins::GET_STATUS,
        Ins::PUT_KEY,
        GENERATE_KEYS,
        Ins::STORE_DATA,
        WRITE,
        SET_STATUS,
    ]
    .contains(&ins)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: [u8; 4], expected: Result<Command, Refusal>) {
        let [cla, ins, p1, p2] = header;
        let command = CommandApdu::new(cla, Ins(ins), p1, p2).with_data([0; 5]);
        assert_eq!(Command::parse(&command), expected, "{header:02X?}");
    }

    #[test]
    fn headers() {
        check([0x84, 0xF2, 0, 0], Ok(Command::GetStatus));
        check([0x84, 0xD8, 0, 0x81], Ok(Command::PutKey));
        check(
            [0x84, 0x46, 0x80, 0xA6],
            Ok(Command::GenerateKeys(Purpose::ChipAuthentication)),
        );
        check(
            [0x84, 0x46, 0x81, 0xA4],
            Ok(Command::GivePublicKey(Purpose::ActiveAuthentication)),
        );
        check([0x84, 0xE2, 0x88, 0], Ok(Command::OpenJob));
        check([0x84, 0xD6, 1, 2], Ok(Command::Write(FileId(0x0102))));
        check([0x84, 0xF0, 0x40, 0x0F], Ok(Command::Commit));
        check([0x84, 0xF0, 0x40, 0x1F], Ok(Command::Lock));
        check([0x84, 0xF0, 0x40, 0xFF], Ok(Command::Void));
        for header in [
            [0x84, 0xF2, 0x80, 0],
            [0x84, 0xD8, 0x31, 0x81],
            [0x84, 0x46, 0x82, 0xA6],
            [0x84, 0x46, 0x80, 0xB6],
            [0x84, 0xE2, 0x80, 0],
            [0x84, 0xF0, 0x40, 0x07],
            [0x84, 0xF0, 0x80, 0x0F],
        ] {
            check(header, Err(Refusal::Parameters));
        }
        for ins in [0x50, 0x82, 0xB0, 0xB1, 0xA4, 0xCA, 0xE4] {
            check([0x84, ins, 0, 0], Err(Refusal::Instruction));
        }
    }

    /// [PERSO-085]: whoever writes does not judge.
    #[test]
    fn roles() {
        use Role::{Personalisation as P, Quality as Q, Transport as T};
        let ca = Purpose::ChipAuthentication;
        for (command, roles) in [
            (Command::GetStatus, vec![T, P, Q]),
            (Command::Void, vec![T, P, Q]),
            (Command::PutKey, vec![T]),
            (Command::GenerateKeys(ca), vec![P]),
            (Command::GivePublicKey(ca), vec![P]),
            (Command::OpenJob, vec![P]),
            (Command::Write(FileId(0x0101)), vec![P]),
            (Command::Commit, vec![P]),
            (Command::Lock, vec![Q]),
        ] {
            let allowed: Vec<Role> = [T, P, Q]
                .into_iter()
                .filter(|r| command.is_for(*r))
                .collect();
            assert_eq!(allowed, roles, "{command:?}");
        }
    }
}
