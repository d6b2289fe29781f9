//! The holder's commands: an APDU becomes a [`Command`] by one match (chapter 03).
//!
//! This enforces what the law says of instruction, parameters and lengths, and nothing of access or state. The commands of the
//! protocols keep their data for the protocols' chip halves, which take them apart.

use iso7816::tlv::{self, Tag};
use iso7816::{CommandApdu, FileId, Ins, Le, Sfi};

use crate::error::Refusal;

/// Tag of the offset in READ BINARY with odd instruction.
const OFFSET: Tag = Tag::new(0x54);
/// Octets that an offset may have.
const OFFSET_LEN: core::ops::RangeInclusive<usize> = 1..=4;
/// P2 of SELECT: first or only occurrence, no answer data; or FCI.
const NO_DATA: u8 = 0x0C;
const FCI: u8 = 0x00;

/// A command that is understood.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command<'a> {
    SelectMasterFile,
    SelectApplication {
        aid: &'a [u8],
        fci: bool,
    },
    SelectElementaryFile(FileId),
    ReadBinary(ReadBinary),
    GetChallenge,
    ExternalAuthenticate,
    PaceSetAt,
    ChipAuthenticationSetKat,
    ChipAuthenticationSetAt,
    GeneralAuthenticate,
    InternalAuthenticate,
    /// MSE:Set DST or AT of terminal authentication.
    TerminalAuthenticationSet,
    /// PERFORM SECURITY OPERATION, with P1 P2 of any value: whether a chip has it decides before them.
    VerifyCertificate,
    /// RESET RETRY COUNTER, with P1 P2 and data of any value: whether a chip has it decides before them.
    ResetRetryCounter,
    GetResponse,
}

/// READ BINARY in one of its five forms.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ReadBinary {
    pub(crate) target: Target,
    pub(crate) offset: usize,
    pub(crate) le: Le,
    /// Whether the answer is a data object `53`.
    pub(crate) as_object: bool,
}

/// Which file a command means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Target {
    Current,
    Sfi(Sfi),
    Id(FileId),
}

impl<'a> Command<'a> {
    /// Understands a plain command, or one whose protection was taken off.
    pub(crate) fn parse(command: &'a CommandApdu) -> Result<Self, Refusal> {
        match (command.ins, command.p1, command.p2) {
            (Ins::SELECT, 0x00, NO_DATA) => select_master_file(command),
            (Ins::SELECT, 0x04, NO_DATA | FCI) => Ok(Self::SelectApplication {
                aid: &command.data,
                fci: command.p2 == FCI,
            }),
            (Ins::SELECT, 0x02, NO_DATA) => Ok(Self::SelectElementaryFile(file_id(&command.data)?)),
            (Ins::READ_BINARY, p1, p2) => read_binary(command, p1, p2),
            (Ins::READ_BINARY_ODD, p1, p2) => read_binary_odd(command, [p1, p2]),
            (Ins::GET_CHALLENGE, 0, 0) => Ok(Self::GetChallenge),
            (Ins::EXTERNAL_AUTHENTICATE, 0, 0) => Ok(Self::ExternalAuthenticate),
            (Ins::MANAGE_SECURITY_ENVIRONMENT, 0xC1, 0xA4) => Ok(Self::PaceSetAt),
            (Ins::MANAGE_SECURITY_ENVIRONMENT, 0x41, 0xA6) => Ok(Self::ChipAuthenticationSetKat),
            (Ins::MANAGE_SECURITY_ENVIRONMENT, 0x41, 0xA4) => Ok(Self::ChipAuthenticationSetAt),
            (Ins::GENERAL_AUTHENTICATE, 0, 0) => Ok(Self::GeneralAuthenticate),
            (Ins::INTERNAL_AUTHENTICATE, 0, 0) => Ok(Self::InternalAuthenticate),
            (Ins::MANAGE_SECURITY_ENVIRONMENT, 0x81, 0xB6 | 0xA4) => {
                Ok(Self::TerminalAuthenticationSet)
            }
            (Ins::PERFORM_SECURITY_OPERATION, ..) => Ok(Self::VerifyCertificate),
            (Ins::RESET_RETRY_COUNTER, ..) => Ok(Self::ResetRetryCounter),
            (Ins::GET_RESPONSE, 0, 0) => Ok(Self::GetResponse),
            (
                Ins::SELECT
                | Ins::GET_CHALLENGE
                | Ins::EXTERNAL_AUTHENTICATE
                | Ins::MANAGE_SECURITY_ENVIRONMENT
                | Ins::GENERAL_AUTHENTICATE
                | Ins::INTERNAL_AUTHENTICATE
                | Ins::GET_RESPONSE,
                ..,
            ) => Err(Refusal::Parameters),
            _ => Err(Refusal::Instruction),
        }
    }

    /// Whether it is one of terminal authentication, inside a session.
    pub(crate) const fn authenticates_terminal(&self) -> bool {
        matches!(
            self,
            Self::TerminalAuthenticationSet
                | Self::VerifyCertificate
                | Self::GetChallenge
                | Self::ExternalAuthenticate
        )
    }
}

/// SELECT with P1 `00` knows the master file only ([FILES-010]).
fn select_master_file<'a>(command: &CommandApdu) -> Result<Command<'a>, Refusal> {
    if command.data.is_empty() || file_id(&command.data)? == FileId::MASTER_FILE {
        return Ok(Command::SelectMasterFile);
    }
    Err(Refusal::NoSuchFile)
}

fn file_id(data: &[u8]) -> Result<FileId, Refusal> {
    let id = <[u8; 2]>::try_from(data).map_err(|_| Refusal::Length)?;
    Ok(FileId(u16::from_be_bytes(id)))
}

fn read_binary<'a>(command: &CommandApdu, p1: u8, p2: u8) -> Result<Command<'a>, Refusal> {
    const BY_SFI: u8 = 0x80;
    let (target, offset) = if p1 & BY_SFI == 0 {
        (Target::Current, u16::from_be_bytes([p1, p2]))
    } else {
        let sfi = Sfi::new(p1 & !BY_SFI).map_err(|_| Refusal::Parameters)?;
        (Target::Sfi(sfi), p2.into())
    };
    if !command.data.is_empty() {
        return Err(Refusal::Length);
    }
    Ok(Command::ReadBinary(ReadBinary {
        target,
        offset: offset.into(),
        le: command.le.ok_or(Refusal::Length)?,
        as_object: false,
    }))
}

fn read_binary_odd<'a>(command: &CommandApdu, p1p2: [u8; 2]) -> Result<Command<'a>, Refusal> {
    let target = match p1p2 {
        [0, 0] => Target::Current,
        [0, sfi @ 0..=0x1F] => Target::Sfi(Sfi::new(sfi).map_err(|_| Refusal::Parameters)?),
        id => Target::Id(FileId(u16::from_be_bytes(id))),
    };
    let le = command.le.ok_or(Refusal::Length)?;
    let offset = tlv::single(&command.data, OFFSET)
        .ok()
        .filter(|offset| OFFSET_LEN.contains(&offset.len()))
        .ok_or(Refusal::Content("offset object"))?;
    let offset = offset
        .iter()
        .fold(0usize, |offset, octet| offset << 8 | usize::from(*octet));
    Ok(Command::ReadBinary(ReadBinary {
        target,
        offset,
        le,
        as_object: true,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], expected: &Result<Command<'_>, Refusal>) {
        let command = CommandApdu::parse(bytes).unwrap();
        assert_eq!(Command::parse(&command), *expected, "{bytes:02X?}");
    }

    fn read(target: Target, offset: usize, le: u32, as_object: bool) -> Command<'static> {
        let le = Le::new(le).unwrap();
        Command::ReadBinary(ReadBinary {
            target,
            offset,
            le,
            as_object,
        })
    }

    #[test]
    fn select() {
        check(&[0, 0xA4, 0, 0x0C], &Ok(Command::SelectMasterFile));
        check(
            &[0, 0xA4, 0, 0x0C, 2, 0x3F, 0],
            &Ok(Command::SelectMasterFile),
        );
        check(
            &[0, 0xA4, 0, 0x0C, 2, 0x01, 0x1C],
            &Err(Refusal::NoSuchFile),
        );
        check(&[0, 0xA4, 0, 0x0C, 1, 0x3F], &Err(Refusal::Length));
        check(
            &[0, 0xA4, 2, 0x0C, 2, 1, 0x1E],
            &Ok(Command::SelectElementaryFile(FileId(0x011E))),
        );
        check(&[0, 0xA4, 2, 0x0C], &Err(Refusal::Length));
        check(&[0, 0xA4, 2, 0x0C, 3, 1, 2, 3], &Err(Refusal::Length));
        for (p1, p2) in [(0, 0), (1, 0x0C), (2, 0), (3, 0x0C), (4, 4), (8, 0x0C)] {
            check(&[0, 0xA4, p1, p2], &Err(Refusal::Parameters));
        }
        let aid = &[0xA0, 0x00][..];
        for (p2, fci) in [(0x0C, false), (0x00, true)] {
            check(
                &[0, 0xA4, 4, p2, 2, 0xA0, 0x00],
                &Ok(Command::SelectApplication { aid, fci }),
            );
        }
    }

    /// [FILES-022], [FILES-026]
    #[test]
    fn read_binary_even() {
        let sfi = |sfi| Target::Sfi(Sfi::new(sfi).unwrap());
        check(
            &[0, 0xB0, 0, 0, 0],
            &Ok(read(Target::Current, 0, 256, false)),
        );
        check(
            &[0, 0xB0, 0x7F, 0xFF, 1],
            &Ok(read(Target::Current, 0x7FFF, 1, false)),
        );
        check(&[0, 0xB0, 0x9E, 5, 4], &Ok(read(sfi(0x1E), 5, 4, false)));
        check(&[0, 0xB0, 0, 0], &Err(Refusal::Length));
        check(&[0, 0xB0, 0, 0, 1, 9, 1], &Err(Refusal::Length));
        for p1 in [0x80, 0x9F, 0xA1, 0xC1, 0xFF] {
            check(&[0, 0xB0, p1, 0, 1], &Err(Refusal::Parameters));
        }
    }

    /// [FILES-023]
    #[test]
    fn read_binary_odd() {
        let offset = Err(Refusal::Content("offset object"));
        check(
            &[0, 0xB1, 0, 0, 3, 0x54, 1, 7, 9],
            &Ok(read(Target::Current, 7, 9, true)),
        );
        check(
            &[0, 0xB1, 0, 2, 4, 0x54, 2, 0x80, 0, 9],
            &Ok(read(Target::Sfi(Sfi::new(2).unwrap()), 0x8000, 9, true)),
        );
        check(
            &[0, 0xB1, 1, 2, 6, 0x54, 4, 0, 1, 0, 0, 9],
            &Ok(read(Target::Id(FileId(0x0102)), 0x1_0000, 9, true)),
        );
        check(&[0, 0xB1, 0, 0, 3, 0x54, 1, 7], &Err(Refusal::Length));
        check(
            &[0, 0xB1, 0, 0x1F, 3, 0x54, 1, 7, 9],
            &Err(Refusal::Parameters),
        );
        check(
            &[0, 0xB1, 0, 0, 3, 0x53, 1, 7, 9],
            &Err(Refusal::Content("offset object")),
        );
        check(
            &[0, 0xB1, 0, 0, 2, 0x54, 0, 9],
            &Err(Refusal::Content("offset object")),
        );
        check(
            &[0, 0xB1, 0, 0, 7, 0x54, 5, 0, 0, 0, 0, 0, 9],
            &Err(Refusal::Content("offset object")),
        );
        check(&[0, 0xB1, 0, 0, 4, 0x54, 1, 7, 0, 9], &offset);
    }

    /// [CMD-002], [CMD-003], [CMD-060]
    #[test]
    fn instructions_and_parameters() {
        for ins in [0x00, 0x0E, 0x20, 0x44, 0xCA, 0xD6, 0xE2, 0xFF] {
            check(&[0, ins, 0, 0], &Err(Refusal::Instruction));
        }
        for (ins, p1, p2) in [
            (0x84, 0, 1),
            (0x82, 1, 0),
            (0x86, 0, 1),
            (0x88, 1, 1),
            (0x22, 0x81, 0xA6),
            (0x22, 0xC1, 0xA6),
            (0xC0, 1, 0),
        ] {
            check(&[0, ins, p1, p2], &Err(Refusal::Parameters));
        }
    }
}
