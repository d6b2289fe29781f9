//! What a terminal does, followed through a recording: which application and which file are selected.

use iso7816::{FileId, Ins};
use lds::{File, Parent};

use super::commands;
use super::lines::{Answer, Command};
use crate::commands::explain::value;

/// What GENERAL AUTHENTICATE does in PACE, one step after the other (Doc 9303-11 §4.4.4.2).
const PACE: [&str; 4] = [
    "fetch the encrypted nonce",
    "map the nonce",
    "agree on a key",
    "exchange authentication tokens",
];

/// What is selected and under way, as far as the recording tells.
pub(super) struct Session {
    directory: Option<Parent>,
    file: Option<String>,
    /// Steps that are still to come.
    steps: &'static [&'static str],
}

impl Session {
    pub(super) fn new() -> Self {
        Self {
            directory: Some(Parent::MasterFile),
            file: None,
            steps: &[],
        }
    }

    /// The name of a command, and what it asks for.
    pub(super) fn describe(
        &mut self,
        command: &Command,
        answer: Option<&Answer>,
    ) -> (String, String) {
        let name = commands::name(command);
        let what = match command.ins() {
            Ins::SELECT => self.select(command, answer),
            Ins::READ_BINARY if command.p1() & 0x80 != 0 => {
                let sfi = command.p1() & 0x1F;
                self.file = Some(self.by_sfi(sfi));
                self.read(command, Some(command.p2().into()))
            }
            Ins::READ_BINARY => {
                let offset = u64::from(command.p1()) << 8 | u64::from(command.p2());
                self.read(command, Some(offset))
            }
            Ins::READ_BINARY_ODD => {
                self.odd(command);
                self.read(command, offset_object(command))
            }
            Ins::MANAGE_SECURITY_ENVIRONMENT => {
                self.steps = match (command.p1(), command.p2()) {
                    (0xC1, 0xA4) => &PACE,
                    (0x41, 0xA4) => &["agree on a key"],
                    _ => &[],
                };
                String::new()
            }
            Ins::GENERAL_AUTHENTICATE => self.step(),
            _ => commands::details(command),
        };
        (name, what)
    }

    fn step(&mut self) -> String {
        let (step, behind) = self.steps.split_first().unwrap_or((&"", &[]));
        self.steps = behind;
        (*step).to_owned()
    }

    fn select(&mut self, command: &Command, answer: Option<&Answer>) -> String {
        let data = command
            .data
            .octets
            .as_deref()
            .filter(|_| !command.is_secure_messaging());
        let (what, directory) = match (command.p1(), data) {
            (0x04, Some(aid)) => {
                let application = (aid == lds::APPLICATION_AID).then_some(Parent::Application);
                (value::application(aid).unwrap_or_default(), application)
            }
            (0x04, None) => (
                "an application, its name encrypted".to_owned(),
                Some(Parent::Application),
            ),
            (0x00, _) if command.data.length == 0 => {
                ("the master file".to_owned(), Some(Parent::MasterFile))
            }
            (_, Some(&[high, low])) => (
                self.by_id(FileId(u16::from_be_bytes([high, low]))),
                self.directory,
            ),
            _ => (
                "a file, its identifier encrypted".to_owned(),
                self.directory,
            ),
        };
        let done = matches!(answer, Some(Answer::Status { sw: 0x9000, .. }));
        if done {
            let is_directory = command.p1() == 0x04 || command.data.length == 0;
            self.directory = directory;
            self.file = (!is_directory).then(|| what.clone());
        }
        what
    }

    fn read(&self, command: &Command, offset: Option<u64>) -> String {
        let file = self.file.as_deref().unwrap_or("the selected file");
        let from = offset.map_or_else(String::new, |offset| format!(" from byte {offset}"));
        let wanted = command.le.filter(|_| !command.is_secure_messaging());
        let wanted = wanted
            .map(|le| format!(", at most {le} bytes"))
            .unwrap_or_default();
        format!("{file}{from}{wanted}")
    }

    /// P1 P2 of the odd instruction: the current file, a short identifier, or an identifier (ISO 7816-4 §11.3.3).
    fn odd(&mut self, command: &Command) {
        match u16::from_be_bytes([command.p1(), command.p2()]) {
            0 => {}
            sfi @ 1..=0x1E => self.file = Some(self.by_sfi(sfi.to_be_bytes()[1])),
            id => self.file = Some(self.by_id(FileId(id))),
        }
    }

    fn by_sfi(&self, sfi: u8) -> String {
        self.find(|file| file.sfi().get() == sfi)
            .unwrap_or_else(|| format!("file with short identifier {sfi:02X}"))
    }

    fn by_id(&self, id: FileId) -> String {
        self.find(|file| file.id() == id)
            .unwrap_or_else(|| format!("file {:04X}", id.0))
    }

    fn find(&self, fits: impl Fn(File) -> bool) -> Option<String> {
        let directory = self.directory?;
        File::all()
            .find(|file| file.parent() == directory && fits(*file))
            .map(|file| file.name().to_owned())
    }
}

/// DO'54' of the odd instruction; under secure messaging it is encrypted.
fn offset_object(command: &Command) -> Option<u64> {
    let data = command.data.octets.as_deref()?;
    let offset = iso7816::tlv::single(data, iso7816::tlv::Tag::new(0x54)).ok()?;
    value::unsigned(offset)
}

#[cfg(test)]
mod tests {
    use super::super::lines::{self, Line};
    use super::*;

    fn check(lines: &[&str], expected: &[&str]) {
        let mut session = Session::new();
        let ok = lines::read("< 9000");
        let Line::Answer(ok) = ok else {
            panic!("an answer")
        };
        let found: Vec<String> = lines
            .iter()
            .map(|line| match lines::read(line) {
                Line::Command(command) => session.describe(&command, Some(&ok)).1,
                _ => panic!("{line}"),
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn files_are_known_by_the_directory_they_are_in() {
        check(
            &[
                "> 00B09C00 Le 256",
                "> 00A4040C Lc 7 A0000002471001",
                "> 00B09C00 Le 4",
                "> 00B00004 Le 32",
            ],
            &[
                "EF.CardAccess from byte 0, at most 256 bytes",
                "eMRTD application",
                "EF.CVCA from byte 0, at most 4 bytes",
                "EF.CVCA from byte 4, at most 32 bytes",
            ],
        );
        check(
            &[
                "> 00A4040C Lc 7 A0000002471001",
                "> 00A4020C Lc 2 0101",
                "> 00B00000 Le 4",
                "> 00B1001E Lc 3 540102 Le 8",
            ],
            &[
                "eMRTD application",
                "EF.DG1",
                "EF.DG1 from byte 0, at most 4 bytes",
                "EF.COM from byte 2, at most 8 bytes",
            ],
        );
        check(
            &[
                "> 0CA4040C Lc 29 *",
                "> 0CB09D00 Lc 13 * Le 256",
                "> 0CA4020C Lc 21 *",
                "> 0CB00000 Lc 13 * Le 256",
            ],
            &[
                "an application, its name encrypted",
                "EF.SOD from byte 0",
                "a file, its identifier encrypted",
                "a file, its identifier encrypted from byte 0",
            ],
        );
    }
}
