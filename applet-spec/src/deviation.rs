//! Rules that a chip can be told to break, so that the cases of conformance can be shown to notice.
//!
//! A chip that deviates is good for nothing else: no data sheet that this crate makes names a deviation.

/// One rule that the chip does not keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deviation {
    /// The beginning of the application's name selects it.
    SelectsByBeginning,
    /// READ BINARY from behind the end of a file is done, and gives nothing.
    ReadsBehindTheEnd,
    /// Whether a file is there can be seen before access.
    TellsWhichFilesThereAre,
    /// Fingers and irises open to everybody whom the application is open to.
    OpensBiometrics,
    /// A plain command does not end the session.
    KeepsSessionOverPlainCommands,
    /// A command of an unknown class does not end the session.
    KeepsSessionOverOtherClasses,
    /// Chip and active authentication are done in plain, too.
    AuthenticatesInPlain,
    /// The keys of a session stay after chip authentication.
    KeepsKeysAfterChipAuthentication,
    /// A terminal has all rights, whatever its certificates say.
    GrantsAllRights,
    /// The current date does not move.
    ForgetsTheDate,
}

impl Deviation {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::SelectsByBeginning,
        Self::ReadsBehindTheEnd,
        Self::TellsWhichFilesThereAre,
        Self::OpensBiometrics,
        Self::KeepsSessionOverPlainCommands,
        Self::KeepsSessionOverOtherClasses,
        Self::AuthenticatesInPlain,
        Self::KeepsKeysAfterChipAuthentication,
        Self::GrantsAllRights,
        Self::ForgetsTheDate,
    ];

    /// Its name in data.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::SelectsByBeginning => "selects-by-beginning",
            Self::ReadsBehindTheEnd => "reads-behind-the-end",
            Self::TellsWhichFilesThereAre => "tells-which-files-there-are",
            Self::OpensBiometrics => "opens-biometrics",
            Self::KeepsSessionOverPlainCommands => "keeps-session-over-plain-commands",
            Self::KeepsSessionOverOtherClasses => "keeps-session-over-other-classes",
            Self::AuthenticatesInPlain => "authenticates-in-plain",
            Self::KeepsKeysAfterChipAuthentication => "keeps-keys-after-chip-authentication",
            Self::GrantsAllRights => "grants-all-rights",
            Self::ForgetsTheDate => "forgets-the-date",
        }
    }

    /// The requirement of `spec/` that it breaks.
    #[must_use]
    pub const fn requirement(self) -> &'static str {
        match self {
            Self::SelectsByBeginning => "FILES-012",
            Self::ReadsBehindTheEnd => "FILES-024",
            Self::TellsWhichFilesThereAre => "ACCESS-003",
            Self::OpensBiometrics => "ACCESS-004",
            Self::KeepsSessionOverPlainCommands | Self::KeepsSessionOverOtherClasses => "SM-011",
            Self::AuthenticatesInPlain => "ACCESS-015",
            Self::KeepsKeysAfterChipAuthentication => "CMD-041",
            Self::GrantsAllRights => "ACCESS-041",
            Self::ForgetsTheDate => "ACCESS-042",
        }
    }
}
