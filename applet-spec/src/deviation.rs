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
    /// What certificates bring does not stay: neither the current date nor a trust point.
    ForgetsTheDate,
    /// SELECT of the application answers with file control information where none was asked for.
    AnswersSelectWithFci,
    /// SELECT of a file that is not there is done.
    SelectsAbsentFiles,
    /// EF.DG1 is said not to be there.
    HidesFirstDataGroup,
    /// EF.CardAccess is closed to who has not opened a session.
    ClosesCardAccess,
    /// EF.CardSecurity is open to everybody.
    OpensCardSecurity,
    /// EF.ATR/INFO is read and gives nothing.
    EmptiesAtrInfo,
    /// EF.ATR/INFO is said not to be there.
    HidesAtrInfo,
    /// EF.DIR has no short identifier.
    ForgetsIdentifierOfDir,
    /// Active authentication signs a challenge of any length.
    SignsAnyChallenge,
    /// The last octet of each signature is another one.
    SignsWrongly,
    /// A foreign command does not end a run of PACE.
    KeepsPaceOverForeignCommands,
    /// The keys of PACE hold from the agreement on, before either side has shown that it has them.
    TakesKeysBeforeTokens,
    /// A certificate whose signature is wrong is said to be taken.
    TakesWrongSignatures,
    /// A certificate of an issuer whose role does not allow it is said to be taken.
    TakesAnyIssuer,
    /// A proof of terminal authentication that does not hold is said to be taken.
    TakesWrongProofs,
    /// Class 8C is taken for 0C.
    TakesProprietaryClass,
    /// Whatever is refused is said to be done.
    RefusesNothing,
    /// No file is said to be there but EF.CardAccess.
    HidesFiles,
}

impl Deviation {
    /// All of them.
    pub const ALL: [Self; 28] = [
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
        Self::AnswersSelectWithFci,
        Self::SelectsAbsentFiles,
        Self::HidesFirstDataGroup,
        Self::ClosesCardAccess,
        Self::OpensCardSecurity,
        Self::EmptiesAtrInfo,
        Self::HidesAtrInfo,
        Self::ForgetsIdentifierOfDir,
        Self::SignsAnyChallenge,
        Self::SignsWrongly,
        Self::KeepsPaceOverForeignCommands,
        Self::TakesKeysBeforeTokens,
        Self::TakesWrongSignatures,
        Self::TakesAnyIssuer,
        Self::TakesWrongProofs,
        Self::TakesProprietaryClass,
        Self::RefusesNothing,
        Self::HidesFiles,
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
            Self::AnswersSelectWithFci => "answers-select-with-fci",
            Self::SelectsAbsentFiles => "selects-absent-files",
            Self::HidesFirstDataGroup => "hides-first-data-group",
            Self::ClosesCardAccess => "closes-card-access",
            Self::OpensCardSecurity => "opens-card-security",
            Self::EmptiesAtrInfo => "empties-atr-info",
            Self::HidesAtrInfo => "hides-atr-info",
            Self::ForgetsIdentifierOfDir => "forgets-identifier-of-dir",
            Self::SignsAnyChallenge => "signs-any-challenge",
            Self::SignsWrongly => "signs-wrongly",
            Self::KeepsPaceOverForeignCommands => "keeps-pace-over-foreign-commands",
            Self::TakesKeysBeforeTokens => "takes-keys-before-tokens",
            Self::TakesWrongSignatures => "takes-wrong-signatures",
            Self::TakesAnyIssuer => "takes-any-issuer",
            Self::TakesWrongProofs => "takes-wrong-proofs",
            Self::TakesProprietaryClass => "takes-proprietary-class",
            Self::RefusesNothing => "refuses-nothing",
            Self::HidesFiles => "hides-files",
        }
    }

    /// The requirement of `spec/` that it breaks.
    #[must_use]
    pub const fn requirement(self) -> &'static str {
        match self {
            Self::SelectsByBeginning => "FILES-012",
            Self::ReadsBehindTheEnd => "FILES-024",
            Self::TellsWhichFilesThereAre | Self::OpensCardSecurity => "ACCESS-003",
            Self::OpensBiometrics => "ACCESS-004",
            Self::KeepsSessionOverPlainCommands | Self::KeepsSessionOverOtherClasses => "SM-011",
            Self::AuthenticatesInPlain => "ACCESS-015",
            Self::KeepsKeysAfterChipAuthentication => "CMD-041",
            Self::GrantsAllRights => "ACCESS-041",
            Self::ForgetsTheDate => "ACCESS-042",
            Self::AnswersSelectWithFci => "FILES-011",
            Self::SelectsAbsentFiles => "FILES-015",
            Self::HidesFirstDataGroup | Self::HidesFiles => "FILES-014",
            Self::ClosesCardAccess
            | Self::EmptiesAtrInfo
            | Self::HidesAtrInfo
            | Self::ForgetsIdentifierOfDir => "ACCESS-002",
            Self::SignsAnyChallenge => "CMD-051",
            Self::SignsWrongly => "CMD-050",
            Self::KeepsPaceOverForeignCommands => "CMD-036",
            Self::TakesKeysBeforeTokens => "CMD-030",
            Self::TakesWrongSignatures | Self::TakesAnyIssuer => "ACCESS-043",
            Self::TakesWrongProofs => "ACCESS-040",
            Self::TakesProprietaryClass => "CMD-001",
            Self::RefusesNothing => "CMD-005",
        }
    }
}
