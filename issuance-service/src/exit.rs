//! How a run ends: the one map from an error to an exit code and a hint. Scripts depend on the codes.

use std::io::Write as _;
use std::process::ExitCode;

use issuance_service::backup::BackupError;
use issuance_service::station::StationError;
use issuance_service::{CONFIG, Error};
use perso::RegisterError;
use register::OfficerRefusal;
use register::document::Refusal;
use register::store::{ClaimKind, StoreError, Trouble};
use serde_json::json;

use crate::args::OutputFormat;

/// Exit codes, with the meaning that they have in card-tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// A genuine no: there is no such document.
    No = 1,
    /// Usage or configuration.
    Usage = 2,
    /// Whether it happened is not known: the same call again tells.
    Undetermined = 3,
    /// The register or the key store.
    KeyStore = 6,
    /// Refused by policy: duplicate, four eyes, content.
    Policy = 7,
    /// Interrupted by the user; the state is kept.
    Interrupted = 130,
}

impl Exit {
    /// The word of the code in JSON output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::No => "no",
            Self::Usage => "usage",
            Self::Undetermined => "undetermined",
            Self::KeyStore => "key store",
            Self::Policy => "policy",
            Self::Interrupted => "interrupted",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// An argument that only the verb itself can find wrong.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Problem(&'static str);

impl Problem {
    /// A wrong or missing argument.
    pub fn usage(message: &'static str) -> anyhow::Error {
        Self(message).into()
    }
}

/// Words of a file may stand in an error; none of them may steer the terminal.
pub fn printable(text: &str) -> String {
    let shown = |character: char| match character {
        character if character.is_control() && character != '\n' => char::REPLACEMENT_CHARACTER,
        character => character,
    };
    text.chars().map(shown).collect()
}

/// Prints an error and gives its code.
pub fn report(error: &anyhow::Error, format: OutputFormat) -> Exit {
    let (exit, hint) = classify(error);
    let mut stderr = std::io::stderr().lock();
    // Nowhere is left to complain to when standard error is closed.
    let _ = writeln!(stderr, "error: {}", printable(&format!("{error:#}")));
    if let Some(hint) = hint {
        let _ = writeln!(stderr, "hint: {hint}");
    }
    if format == OutputFormat::Json {
        let error = json!({ "error": format!("{error:#}"), "hint": hint, "outcome": exit.word(), "exit_code": exit as u8 });
        let _ = writeln!(std::io::stdout().lock(), "{error}");
    }
    exit
}

/// Tells of an error that does not stop the others, and gives its code.
pub fn mention(error: &anyhow::Error) -> Exit {
    let (exit, hint) = classify(error);
    let mut stderr = std::io::stderr().lock();
    let _ = writeln!(stderr, "error: {}", printable(&format!("{error:#}")));
    if let Some(hint) = hint {
        let _ = writeln!(stderr, "hint: {hint}");
    }
    exit
}

type Verdict = (Exit, Option<&'static str>);

/// The map. The first error that is known decides; the causes around it only add words.
fn classify(error: &anyhow::Error) -> Verdict {
    error
        .chain()
        .find_map(|error| error.downcast_ref::<Error>())
        .map_or((Exit::Usage, None), of_service)
}

fn of_service(error: &Error) -> Verdict {
    match error {
        Error::Refused(refusal) => of_refusal(*refusal),
        Error::NotAccepted(_) => (
            Exit::Policy,
            Some("correct the record; no number was used and nothing was signed"),
        ),
        Error::ChipPreparedOtherwise => (
            Exit::Policy,
            Some("prepare a chip for the profile of the record"),
        ),
        Error::AppliedFor => (
            Exit::Policy,
            Some(
                "one person proposes it on the page of the card (POST /v1/documents/{job}/voiding), another one confirms it",
            ),
        ),
        Error::UnknownProfile => (
            Exit::Usage,
            Some("`profile` in record.toml names the issuer profile"),
        ),
        Error::KeyStore { .. } | Error::UnknownAlgorithm(_) | Error::Crypto(_) => (
            Exit::KeyStore,
            Some("`card-tool pki init` makes such folders"),
        ),
        Error::Signers(error) => of_signers(error),
        Error::ServiceKey(_) => (
            Exit::KeyStore,
            Some("does `password-file` of `[serve]` hold the password of the keys?"),
        ),
        Error::KeyMissing(_) => (Exit::KeyStore, None),
        Error::KeysGone(_) | Error::KeysOfAnother(_) => (
            Exit::KeyStore,
            Some(
                "set `keys` of `[serve]` to the folder that belongs to the register, or restore it from the backup",
            ),
        ),
        Error::NoPki => (
            Exit::KeyStore,
            Some(
                "set `pki` in the configuration to an issuer's folder, or to a test issuer of `card-tool pki init`",
            ),
        ),
        Error::Exists(_) => (
            Exit::Policy,
            Some("nothing is overwritten; choose another folder"),
        ),
        Error::File { path, source } => (Exit::Usage, of_file(path, source)),
        Error::Store(error) | Error::Register { source: error, .. } => of_store(error),
        Error::RegisterGone { .. } => (
            Exit::KeyStore,
            Some(
                "bring the register back, or move away what is in its place and `restore` the backup; `store` in the configuration says where it is looked for",
            ),
        ),
        Error::Backup(error) => of_backup(error),
        Error::Perso(error) => of_perso(error),
        Error::Station(error) => (of_station(error), Some(error.advice())),
        Error::Interrupted => (Exit::Undetermined, Some(AGAIN)),
        _ => (Exit::Usage, None),
    }
}

const AGAIN: &str = "start the same call again; what was begun is gone on with";

fn of_refusal(refusal: Refusal) -> Verdict {
    match refusal {
        Refusal::UnknownJob => (
            Exit::No,
            Some("`issuance-service list` shows what there is"),
        ),
        Refusal::Officer(OfficerRefusal::Name) => (Exit::Usage, None),
        Refusal::Officer(OfficerRefusal::SamePerson) => {
            (Exit::Policy, Some("somebody else has to approve"))
        }
        Refusal::OtherDocument | Refusal::RepeatedKey => (
            Exit::Policy,
            Some(
                "take another chip; --job goes on with exactly the record and chip it was entered for",
            ),
        ),
        Refusal::NotSigned => (
            Exit::Policy,
            Some("`issue` with the same record and chip goes on with the job"),
        ),
        Refusal::Delivered => (
            Exit::Policy,
            Some("a document in the field is replaced or revoked, not issued or voided again"),
        ),
        Refusal::Voided(_) => (
            Exit::Policy,
            Some("a remake gets a new number and a new chip"),
        ),
        Refusal::ReceiptOrder { .. } => (
            Exit::Policy,
            Some("take the receipts as card-tool has printed them for this chip"),
        ),
        _ => (
            Exit::Policy,
            Some("`issuance-service show` tells what was recorded"),
        ),
    }
}

fn of_station(error: &StationError) -> Exit {
    match error {
        StationError::UnknownPacket { .. } | StationError::UnknownDraft { .. } => Exit::No,
        StationError::Key(_) | StationError::BookBroken { .. } | StationError::Damaged { .. } => {
            Exit::KeyStore
        }
        StationError::UnknownPerson { .. }
        | StationError::DraftTooLong { .. }
        | StationError::NoAddress => Exit::Usage,
        StationError::NotSent { .. }
        | StationError::LineDown { .. }
        | StationError::NotTaken { .. } => Exit::Undetermined,
        _ => Exit::Policy,
    }
}

fn of_backup(error: &BackupError) -> Verdict {
    match error {
        BackupError::Exists(_) => (
            Exit::Policy,
            Some("nothing is overwritten; name another store in the configuration"),
        ),
        BackupError::NoKeys { .. } => (
            Exit::Policy,
            Some("`backup --with-keys` would have copied them"),
        ),
        BackupError::Unfinished(_) => (
            Exit::Policy,
            Some("`restore --from …` with the same backup goes on where it stopped"),
        ),
        BackupError::NotAccepted(_) => (
            Exit::Policy,
            Some(
                "compare it with what has happened since (`serve --reconcile`, `doctor`), then `restored --accept`",
            ),
        ),
        BackupError::OtherStore(_) | BackupError::NoProgram(_) => (Exit::Usage, None),
        _ => (Exit::KeyStore, None),
    }
}

fn of_signers(error: &key_store::Error) -> Verdict {
    use key_store::{Error as E, RingFault};
    match error {
        E::Pki(pki::Error::NotPermitted(_))
        | E::Revoked { .. }
        | E::Ring {
            why: RingFault::NoneAdmits,
            ..
        } => (
            Exit::Policy,
            Some("`card-tool pki signer request` asks the root for the next one"),
        ),
        E::Revocations { .. } => (
            Exit::Policy,
            Some("nothing is signed without the list: bring it back, or accept the next one"),
        ),
        E::Store(_) => (
            Exit::KeyStore,
            Some("is the token there, and does `secret-file` of `[signing]` hold its PIN?"),
        ),
        _ => (
            Exit::KeyStore,
            Some("`card-tool pki signer status` shows what is wrong with the folder"),
        ),
    }
}

fn of_store(error: &StoreError) -> Verdict {
    match error {
        StoreError::Conflict(_) | StoreError::EntityChanged { .. } | StoreError::Sequenced => {
            (Exit::Undetermined, Some(AGAIN))
        }
        StoreError::Claimed { claim, .. } if claim.kind == ClaimKind::SecurityObject => (
            Exit::Policy,
            Some("the signer's random numbers repeat: stop and have the key store looked at"),
        ),
        StoreError::Missing | StoreError::Blank => (
            Exit::KeyStore,
            Some(
                "check `store` in the configuration; where there never was a register, `issuance-service init` with the folder of the configuration makes it",
            ),
        ),
        StoreError::Unavailable(_) => (
            Exit::KeyStore,
            Some(error.trouble().map_or(AGAIN, of_trouble)),
        ),
        StoreError::Overloaded => (Exit::KeyStore, Some(AGAIN)),
        StoreError::Server { .. } => (
            Exit::KeyStore,
            Some(
                "where this server was put in place on purpose, remove `register-server.json` from the folder of the intake",
            ),
        ),
        StoreError::Memory { .. } => (
            Exit::KeyStore,
            Some("the folder of the intake has to be writable for the service"),
        ),
        StoreError::Claimed { .. } => (
            Exit::Policy,
            Some("a document is issued once; remakes get a new number and a new chip"),
        ),
        _ => (Exit::KeyStore, Some("restore the register from its backup")),
    }
}

/// What to do where a database or a disk says what it fails of.
const fn of_trouble(trouble: Trouble) -> &'static str {
    match trouble {
        Trouble::NoRoom => {
            "make room on the disk of the register, then start the same call again; nothing was left half-written"
        }
        Trouble::ReadOnly => {
            "the register takes no writes: is its disk mounted read-only, or may this user not write the file and its folder?"
        }
        Trouble::Malformed => {
            "the register is damaged, or is no register: stop the service, keep the file as it is, and restore the register from its backup"
        }
        Trouble::NotOpened => {
            "may this user read and write the register and its folder, on a disk that is not read-only?"
        }
        Trouble::Disk => {
            "the disk of the register fails: look into the log of the machine, and copy the register before anything else"
        }
    }
}

fn of_perso(error: &perso::Error) -> Verdict {
    match error {
        perso::Error::Register(RegisterError::Storage(_)) => (Exit::KeyStore, Some(AGAIN)),
        perso::Error::Register(_) => (
            Exit::Policy,
            Some("a document is issued once; remakes get a new number and a new chip"),
        ),
        perso::Error::ContentGate(_) => (
            Exit::Policy,
            Some("correct what is named; nothing was signed and no number was used"),
        ),
        perso::Error::Pki(_) => (Exit::KeyStore, Some(AGAIN)),
        perso::Error::MalformedChip { .. } | perso::Error::ChipJson(_) => (
            Exit::Usage,
            Some("`card-tool personalise --prepare` writes such files"),
        ),
        _ => (Exit::Usage, None),
    }
}

fn of_file(path: &std::path::Path, source: &std::io::Error) -> Option<&'static str> {
    use std::io::ErrorKind;
    match source.kind() {
        ErrorKind::NotFound if path.ends_with(CONFIG) => {
            Some("name the configuration with --config; `issuance-service init` makes one")
        }
        ErrorKind::NotFound => Some("check the path"),
        ErrorKind::PermissionDenied => Some("check who may read and write there"),
        ErrorKind::ReadOnlyFilesystem => Some(
            "the disk or stick is read-only: nothing was kept; make it writable or take another",
        ),
        ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge | ErrorKind::StorageFull => {
            Some("free some space; nothing was left half-written")
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use register::store::{Stream, StreamKind};
    use uuid::Uuid;

    use super::*;

    /// A disk without room wants something else than one that is read-only.
    #[test]
    fn what_to_do_is_of_the_cause() {
        use std::io::ErrorKind;
        let hint = |kind: ErrorKind| {
            let failed = StoreError::Unavailable(Box::new(std::io::Error::from(kind)));
            let error = anyhow::Error::from(Error::Register {
                place: "register.sqlite".to_owned(),
                source: failed,
            });
            classify(&error).1.unwrap()
        };
        for (kind, words) in [
            (ErrorKind::StorageFull, "make room"),
            (ErrorKind::ReadOnlyFilesystem, "mounted read-only"),
            (ErrorKind::PermissionDenied, "may this user"),
            (ErrorKind::Interrupted, "the same call again"),
        ] {
            assert!(hint(kind).contains(words), "{kind:?}: {}", hint(kind));
        }
    }

    #[test]
    fn every_kind_of_error_has_its_code() {
        let register = |error| Error::Perso(perso::Error::Register(error));
        let unavailable = || Box::new(std::io::Error::other("disk"));
        let table = [
            (Error::Refused(Refusal::UnknownJob), Exit::No),
            (
                Error::Refused(Refusal::Officer(OfficerRefusal::SamePerson)),
                Exit::Policy,
            ),
            (Error::NotAccepted(Vec::new()), Exit::Policy),
            (Error::UnknownProfile, Exit::Usage),
            (Error::UnknownAlgorithm("pki.toml".into()), Exit::KeyStore),
            (
                Error::Store(StoreError::Conflict(Stream {
                    kind: StreamKind::Document,
                    id: Uuid::nil(),
                })),
                Exit::Undetermined,
            ),
            (
                Error::Store(StoreError::Unavailable(unavailable())),
                Exit::KeyStore,
            ),
            (register(RegisterError::ChipUsed(Uuid::nil())), Exit::Policy),
            (
                register(RegisterError::Storage(unavailable())),
                Exit::KeyStore,
            ),
            (Error::Interrupted, Exit::Undetermined),
        ];
        for (error, exit) in table {
            let text = error.to_string();
            let error = anyhow::Error::from(error).context("while testing");
            assert_eq!(classify(&error).0, exit, "{text}");
        }
    }
}
