//! SELECT and READ BINARY (chapter 01).

use iso7816::tlv::{self, Tag};
use iso7816::{FileId, ResponseApdu, StatusWord};
use lds::{APPLICATION_AID, File};

use super::{Envelope, Executed, HolderSide, Surroundings};
use crate::access::{Access, Rights};
use crate::command::{ReadBinary, Target};
use crate::error::Refusal;
use crate::file_system::{DedicatedFile, FileSystem, Selection};
use crate::personalise::PERSONALISATION_AID;
use crate::{Deviation, LifeCycle, Quirk, quirk};

/// Template and name of a file control information (ISO 7816-4 §7.4).
const FCI: Tag = Tag::new(0x6F);
const DF_NAME: Tag = Tag::new(0x84);
/// What READ BINARY with odd instruction answers.
const DISCRETIONARY_DATA: Tag = Tag::new(0x53);

impl HolderSide {
    pub(super) fn select_master_file(&mut self) -> Executed {
        self.selection = Selection::of(DedicatedFile::MasterFile);
        Executed::ok()
    }

    /// The whole name or nothing ([FILES-012]); which names there are depends on the life cycle ([PERSO-001], [LIFE-004]).
    pub(super) fn select_application(
        &mut self,
        aid: &[u8],
        fci: bool,
        envelope: Envelope,
        around: &Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        let state = around.contents().life_cycle();
        let personalises = state != LifeCycle::Operational && !envelope.protected;
        let beginning = around.data_sheet.deviates(Deviation::SelectsByBeginning);
        let named = aid == APPLICATION_AID || beginning && APPLICATION_AID.starts_with(aid);
        let df = if named && state.serves_holder() {
            DedicatedFile::Application
        } else if aid == PERSONALISATION_AID && personalises {
            DedicatedFile::Personalisation
        } else {
            return Err(Refusal::NoSuchFile);
        };
        self.selection = Selection::of(df);
        let unasked = around.data_sheet.deviates(Deviation::AnswersSelectWithFci);
        Ok(Executed::done(selected(aid, fci || unasked)))
    }

    pub(super) fn select_elementary_file(
        &mut self,
        id: FileId,
        around: &Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        let file = self.selection.file_by_id(id);
        let opened = self.files(around).open(self.selection.df, file);
        let of_any = around.data_sheet.deviates(Deviation::SelectsAbsentFiles);
        if of_any && matches!(opened, Err(Refusal::NoSuchFile)) {
            self.selection.ef = None;
            return Ok(Executed::ok());
        }
        opened?;
        self.selection.ef = file;
        Ok(Executed::ok())
    }

    pub(super) fn read_binary(
        &mut self,
        read: &ReadBinary,
        envelope: Envelope,
        around: &Surroundings<'_>,
    ) -> Result<Executed, Refusal> {
        let file = self.target(read.target, around)?;
        if file == Some(File::Com) && around.data_sheet.has_quirk(Quirk::COM_ENDS_SESSION) {
            self.selection.ef = file;
            return Err(Refusal::OutsideFile);
        }
        let content = self.files(around).open(self.selection.df, file)?;
        let rest = content.get(read.offset..).unwrap_or_default();
        let gives_nothing = around.data_sheet.deviates(Deviation::ReadsBehindTheEnd)
            || file == Some(File::AtrInfo) && around.data_sheet.deviates(Deviation::EmptiesAtrInfo);
        if rest.is_empty() && !gives_nothing {
            return Err(Refusal::OutsideFile);
        }
        let room = room(read, envelope, around);
        let data = if read.as_object {
            let part = rest.get(..object_content_len(room, rest.len())?);
            tlv::encode(DISCRETIONARY_DATA, part.unwrap_or(rest))
        } else {
            rest.get(..room).unwrap_or(rest).to_vec()
        };
        self.selection.ef = file;
        let is_end = !read.as_object && data.len() == rest.len() && data.len() < room;
        Ok(Executed::done(if is_end {
            quirk::at_the_end(around.data_sheet, data)
        } else {
            ResponseApdu::new(data, StatusWord::OK)
        }))
    }

    fn target(&self, target: Target, around: &Surroundings<'_>) -> Result<Option<File>, Refusal> {
        let forgets = around
            .data_sheet
            .deviates(Deviation::ForgetsIdentifierOfDir);
        match target {
            Target::Current => self.selection.ef.map(Some).ok_or(Refusal::NoCurrentFile),
            Target::Sfi(sfi) => {
                let named = self.selection.file_by_sfi(sfi);
                Ok(named.filter(|file| !forgets || *file != File::Dir))
            }
            Target::Id(id) => Ok(self.selection.file_by_id(id)),
        }
    }

    fn files<'a>(&self, around: &'a Surroundings<'_>) -> FileSystem<'a> {
        let rights = if around.data_sheet.has_quirk(Quirk::NO_ACCESS_CONTROL) {
            Rights::of(Access::Bac)
        } else {
            self.rights
        };
        FileSystem {
            memory: around.contents(),
            data_sheet: around.data_sheet,
            rights,
        }
    }
}

/// The answer to SELECT by name.
fn selected(aid: &[u8], fci: bool) -> ResponseApdu {
    let data = if fci {
        tlv::encode(FCI, &tlv::encode(DF_NAME, aid))
    } else {
        Vec::new()
    };
    ResponseApdu::new(data, StatusWord::OK)
}

/// Octets the answer may have: never so many that it would come in parts ([FILES-028]).
fn room(read: &ReadBinary, envelope: Envelope, around: &Surroundings<'_>) -> usize {
    let longest = around.data_sheet.limits().max_response - 2;
    let wanted = usize::try_from(read.le.get()).unwrap_or(longest);
    wanted.min(longest).min(envelope.room)
}

/// Octets of content whose object `53` fits into the room ([FILES-027]).
fn object_content_len(room: usize, available: usize) -> Result<usize, Refusal> {
    let fits = |len: usize| tlv::header_len(DISCRETIONARY_DATA, len) + len <= room;
    // The header has two to four octets: the longest content is one of the three that leave room for it.
    (2..=4)
        .filter_map(|header| room.checked_sub(header))
        .map(|len| len.min(available))
        .find(|len| *len > 0 && fits(*len))
        .ok_or(Refusal::Length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [FILES-027]
    #[test]
    fn le_counts_the_whole_object() {
        for (room, available, expected) in [
            (2, 9, Err(Refusal::Length)),
            (3, 9, Ok(1)),
            (38, 36, Ok(36)),
            (37, 36, Ok(35)),
            (129, 500, Ok(127)),
            (130, 500, Ok(127)),
            (131, 500, Ok(128)),
            (223, 500, Ok(220)),
            (256, 500, Ok(253)),
            (257, 500, Ok(254)),
            (258, 500, Ok(255)),
            (259, 500, Ok(255)),
            (260, 500, Ok(256)),
            (1_000, 500, Ok(500)),
        ] {
            assert_eq!(object_content_len(room, available), expected, "{room}");
        }
    }
}
