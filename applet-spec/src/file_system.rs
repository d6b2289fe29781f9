//! Which file is meant (chapter 01): the current DF and EF, file identifiers and short file identifiers.

use std::borrow::Cow;

use iso7816::{FileId, Sfi};
use lds::{File, Parent};

use crate::Deviation;
use crate::access::{Access, AccessClass, Rights};
use crate::data_sheet::DataSheet;
use crate::error::Refusal;
use crate::memory::ChipMemory;

/// A dedicated file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum DedicatedFile {
    /// The master file.
    #[default]
    MasterFile,
    /// The eMRTD application.
    Application,
    /// The personalisation application.
    Personalisation,
}

/// What is selected. After a reset the master file and no EF ([FILES-001]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Selection {
    pub(crate) df: DedicatedFile,
    pub(crate) ef: Option<File>,
}

impl Selection {
    /// A dedicated file becomes current, and no EF ([FILES-016]).
    pub(crate) const fn of(df: DedicatedFile) -> Self {
        Self { df, ef: None }
    }

    /// The file of the current DF with this identifier ([FILES-004]).
    pub(crate) fn file_by_id(self, id: FileId) -> Option<File> {
        self.find(|file| file.id() == id)
    }

    /// The file of the current DF with this short identifier.
    pub(crate) fn file_by_sfi(self, sfi: Sfi) -> Option<File> {
        self.find(|file| file.sfi() == sfi)
    }

    fn find(self, wanted: impl Fn(File) -> bool) -> Option<File> {
        let parent = match self.df {
            DedicatedFile::MasterFile => Parent::MasterFile,
            DedicatedFile::Application => Parent::Application,
            DedicatedFile::Personalisation => return None,
        };
        File::all().find(|file| file.parent() == parent && wanted(*file))
    }
}

/// The files as a terminal with these rights sees them.
pub(crate) struct FileSystem<'a> {
    pub(crate) memory: &'a ChipMemory,
    pub(crate) data_sheet: &'a DataSheet,
    pub(crate) rights: Rights,
}

impl<'a> FileSystem<'a> {
    /// The octets of a file, or why the terminal may not have them.
    pub(crate) fn open(
        &self,
        df: DedicatedFile,
        file: Option<File>,
    ) -> Result<Cow<'a, [u8]>, Refusal> {
        if file == Some(File::AtrInfo) {
            return self.atr_info().map(Cow::from);
        }
        if !self.memory.life_cycle().serves_holder() {
            return Err(Refusal::NoSuchFile);
        }
        // Whether a file exists is itself not for everybody ([ACCESS-003]).
        if df == DedicatedFile::Application
            && !self.rights.access.opens_application()
            && !self.data_sheet.deviates(Deviation::TellsWhichFilesThereAre)
        {
            return Err(Refusal::Access);
        }
        let file = file.ok_or(Refusal::NoSuchFile)?;
        self.deviate(file)?;
        let Some(class) = self.memory.access_class(file) else {
            let hidden =
                AccessClass::of(file) == AccessClass::Pace && !self.rights.open(AccessClass::Pace);
            return Err(if hidden {
                Refusal::Access
            } else {
                Refusal::NoSuchFile
            });
        };
        if !self.opens(class) {
            return Err(Refusal::Access);
        }
        self.memory.content(file).ok_or(Refusal::NoSuchFile)
    }

    fn atr_info(&self) -> Result<Vec<u8>, Refusal> {
        if self.data_sheet.deviates(Deviation::HidesAtrInfo) {
            return Err(Refusal::NoSuchFile);
        }
        match self.data_sheet.deviates(Deviation::EmptiesAtrInfo) {
            true => Ok(Vec::new()),
            false => Ok(self.data_sheet.ef_atr_info()),
        }
    }

    /// Keeps a file back on a chip that is told to.
    fn deviate(&self, file: File) -> Result<(), Refusal> {
        let deviates = |deviation| self.data_sheet.deviates(deviation);
        match file {
            File::Dg1 if deviates(Deviation::HidesFirstDataGroup) => Err(Refusal::NoSuchFile),
            file if deviates(Deviation::HidesFiles) && file != File::CardAccess => {
                Err(Refusal::NoSuchFile)
            }
            File::CardAccess
                if deviates(Deviation::ClosesCardAccess) && self.rights.access == Access::None =>
            {
                Err(Refusal::Access)
            }
            _ => Ok(()),
        }
    }

    fn opens(&self, class: AccessClass) -> bool {
        if class == AccessClass::Pace && self.data_sheet.deviates(Deviation::OpensCardSecurity) {
            return true;
        }
        let biometric = matches!(class, AccessClass::Fingerprints | AccessClass::Irises);
        match biometric && self.data_sheet.deviates(Deviation::OpensBiometrics) {
            true => self.rights.open(AccessClass::AccessControl),
            false => self.rights.open(class),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [FILES-003], [FILES-004]
    #[test]
    fn the_current_df_decides() {
        let in_df = |df, id, sfi| {
            let selection = Selection::of(df);
            let by_id = selection.file_by_id(FileId(id));
            assert_eq!(by_id, selection.file_by_sfi(Sfi::new(sfi).unwrap()));
            by_id
        };
        for (id, sfi, master_file, application) in [
            (0x011C, 0x1C, Some(File::CardAccess), Some(File::Cvca)),
            (0x011D, 0x1D, Some(File::CardSecurity), Some(File::Sod)),
        ] {
            assert_eq!(in_df(DedicatedFile::MasterFile, id, sfi), master_file);
            assert_eq!(in_df(DedicatedFile::Application, id, sfi), application);
            assert_eq!(in_df(DedicatedFile::Personalisation, id, sfi), None);
        }
        assert_eq!(
            in_df(DedicatedFile::Application, 0x011E, 0x1E),
            Some(File::Com)
        );
        assert_eq!(
            Selection::of(DedicatedFile::MasterFile).file_by_sfi(Sfi::new(0x1E).unwrap()),
            Some(File::Dir)
        );
    }
}
