//! Who may read what (chapter 02).

use lds::{Access, File};

/// Access class of a file, as a manifest names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum AccessClass {
    /// Everybody.
    Always = 0x00,
    /// After PACE.
    Pace = 0x01,
    /// After PACE or BAC.
    AccessControl = 0x02,
    /// After terminal authentication with the right to read DG3.
    Fingerprints = 0x03,
    /// After terminal authentication with the right to read DG4.
    Irises = 0x04,
}

impl AccessClass {
    /// The octet in a manifest.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The class behind an octet.
    #[must_use]
    pub fn from_code(code: u8) -> Option<Self> {
        [
            Self::Always,
            Self::Pace,
            Self::AccessControl,
            Self::Fingerprints,
            Self::Irises,
        ]
        .into_iter()
        .find(|class| class.code() == code)
    }

    /// The class a file has unless its issuer decides otherwise.
    #[must_use]
    pub fn of(file: File) -> Self {
        match file.access() {
            Access::Always => Self::Always,
            Access::Pace => Self::Pace,
            Access::BasicOrPace => Self::AccessControl,
            Access::TerminalAuthentication if file == File::Dg4 => Self::Irises,
            Access::TerminalAuthentication => Self::Fingerprints,
        }
    }

    /// Whether a manifest may give a file this class: its own, or access control for biometrics that a state does not
    /// protect further (Doc 9303-10 §4.7.3).
    #[must_use]
    pub fn is_allowed_for(self, file: File) -> bool {
        self == Self::of(file)
            || (self == Self::AccessControl && file.access() == Access::TerminalAuthentication)
    }
}

/// How the terminal won access; it lives and dies with the session ([ACCESS-005]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Rights {
    /// Not at all.
    #[default]
    None,
    /// By basic access control.
    Bac,
    /// By PACE.
    Pace,
}

impl Rights {
    /// Whether a file of this class may be read.
    pub(crate) const fn open(self, class: AccessClass) -> bool {
        match class {
            AccessClass::Always => true,
            AccessClass::Pace => matches!(self, Self::Pace),
            AccessClass::AccessControl => matches!(self, Self::Pace | Self::Bac),
            AccessClass::Fingerprints | AccessClass::Irises => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [ACCESS-001], [ACCESS-004]: the table of chapter 02, row by row.
    #[test]
    fn the_table_of_the_law() {
        for (class, plain, pace, bac) in [
            (AccessClass::Always, true, true, true),
            (AccessClass::Pace, false, true, false),
            (AccessClass::AccessControl, false, true, true),
            (AccessClass::Fingerprints, false, false, false),
            (AccessClass::Irises, false, false, false),
        ] {
            let found = [Rights::None, Rights::Pace, Rights::Bac].map(|rights| rights.open(class));
            assert_eq!(found, [plain, pace, bac], "{class:?}");
            assert_eq!(AccessClass::from_code(class.code()), Some(class));
        }
        assert_eq!(AccessClass::from_code(5), None);
    }

    #[test]
    fn only_biometrics_may_be_opened_wider() {
        for file in File::all() {
            assert!(AccessClass::of(file).is_allowed_for(file), "{file}");
            let biometric = matches!(file, File::Dg3 | File::Dg4);
            assert!(!AccessClass::Always.is_allowed_for(file) || !biometric);
            let wider = AccessClass::AccessControl.is_allowed_for(file);
            assert_eq!(
                wider,
                biometric || AccessClass::of(file) == AccessClass::AccessControl
            );
        }
        assert!(!AccessClass::Irises.is_allowed_for(File::Dg3));
    }
}
