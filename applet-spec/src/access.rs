//! Who may read what (chapter 02).

use lds::File;
use protocols::{PasswordKind, terminal_authentication};

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
            lds::Access::Always => Self::Always,
            lds::Access::Pace => Self::Pace,
            lds::Access::BasicOrPace => Self::AccessControl,
            lds::Access::TerminalAuthentication if file == File::Dg4 => Self::Irises,
            lds::Access::TerminalAuthentication => Self::Fingerprints,
        }
    }

    /// Whether a manifest may give a file this class: its own, or access control for biometrics that a state does not
    /// protect further (Doc 9303-10 §4.7.3).
    #[must_use]
    pub fn is_allowed_for(self, file: File) -> bool {
        self == Self::of(file)
            || (self == Self::AccessControl && file.access() == lds::Access::TerminalAuthentication)
    }
}

/// How the terminal won access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Access {
    /// Not at all.
    #[default]
    None,
    /// By basic access control.
    Bac,
    /// By PACE with this password.
    Pace(PasswordKind),
}

/// What a terminal may; it lives and dies with the session ([ACCESS-005]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Rights {
    pub(crate) access: Access,
    /// What terminal authentication gave.
    pub(crate) biometrics: terminal_authentication::Rights,
}

impl Access {
    /// Whether the application is open, biometrics apart. The PUK opens nothing ([ACCESS-021]).
    pub(crate) const fn opens_application(self) -> bool {
        matches!(self, Self::Bac) || self.is_pace()
    }

    /// The password of PACE.
    pub(crate) const fn password(self) -> Option<PasswordKind> {
        match self {
            Self::Pace(password) => Some(password),
            Self::None | Self::Bac => None,
        }
    }

    const fn is_pace(self) -> bool {
        matches!(
            self,
            Self::Pace(PasswordKind::Mrz | PasswordKind::Can | PasswordKind::Pin)
        )
    }
}

impl Rights {
    /// Of a session that begins.
    pub(crate) fn of(access: Access) -> Self {
        Self {
            access,
            ..Self::default()
        }
    }

    /// Whether a file of this class may be read.
    pub(crate) const fn open(self, class: AccessClass) -> bool {
        match class {
            AccessClass::Always => true,
            AccessClass::Pace => self.access.is_pace(),
            AccessClass::AccessControl => self.access.opens_application(),
            AccessClass::Fingerprints => self.biometrics.fingers,
            AccessClass::Irises => self.biometrics.irises,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [ACCESS-001], [ACCESS-004], [ACCESS-021]: the tables of chapter 02, row by row.
    #[test]
    fn the_tables_of_the_law() {
        let ways = [
            Access::None,
            Access::Pace(PasswordKind::Puk),
            Access::Bac,
            Access::Pace(PasswordKind::Mrz),
            Access::Pace(PasswordKind::Can),
            Access::Pace(PasswordKind::Pin),
        ];
        for (class, open) in [
            (AccessClass::Always, [true; 6]),
            (AccessClass::Pace, [false, false, false, true, true, true]),
            (
                AccessClass::AccessControl,
                [false, false, true, true, true, true],
            ),
            (AccessClass::Fingerprints, [false; 6]),
            (AccessClass::Irises, [false; 6]),
        ] {
            let found = ways.map(|access| Rights::of(access).open(class));
            assert_eq!(found, open, "{class:?}");
            assert_eq!(AccessClass::from_code(class.code()), Some(class));
        }
        assert_eq!(AccessClass::from_code(5), None);
    }

    /// [ACCESS-004]: each biometric group by its own right.
    #[test]
    fn the_rights_of_terminal_authentication() {
        use terminal_authentication::Rights as Biometrics;
        for (fingers, irises) in [(false, false), (true, false), (false, true), (true, true)] {
            let rights = Rights {
                biometrics: Biometrics { fingers, irises },
                ..Rights::of(Access::Bac)
            };
            assert_eq!(rights.open(AccessClass::Fingerprints), fingers);
            assert_eq!(rights.open(AccessClass::Irises), irises);
            assert!(!rights.open(AccessClass::Pace));
        }
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
