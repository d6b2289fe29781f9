//! How a run ends: the one map from an error to an exit code and a hint. Scripts depend on the codes.

mod eac;
mod floor;
mod issuing;

use std::ffi::OsString;
use std::io::Write as _;
use std::process::ExitCode;

use serde_json::json;

use crate::args::OutputFormat;
use crate::printable;

/// Exit codes. A tool failure never looks like a bad document, and a bad document never like a tool failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; for a check: everything required was successful.
    Done = 0,
    /// A genuine no: the document is not authentic, a signature is wrong.
    No = 1,
    /// Usage or configuration.
    Usage = 2,
    /// No verdict could be reached.
    Undetermined = 3,
    /// The card: removed, refused, blocked, wrong password.
    Card = 4,
    /// The reader or PC/SC.
    Reader = 5,
    /// Key store.
    KeyStore = 6,
    /// Refused by policy: limit reached, duplicate, conflict.
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
            Self::Card => "card",
            Self::Reader => "reader",
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

/// An error that the command itself found, with its code and its cure.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Problem {
    /// Code.
    pub exit: Exit,
    /// What happened.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl Problem {
    /// A wrong or missing argument.
    pub fn usage(message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
        Self {
            exit: Exit::Usage,
            message: message.into(),
            hint: Some(hint.into()),
        }
        .into()
    }

    /// Any other.
    pub fn of(exit: Exit, message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
        Self {
            exit,
            message: message.into(),
            hint: Some(hint.into()),
        }
        .into()
    }
}

/// Prints an error and gives its code.
pub fn report(error: &anyhow::Error, format: OutputFormat) -> Exit {
    let (exit, hint) = classify(error);
    let mut stderr = std::io::stderr().lock();
    // Nowhere is left to complain to when standard error is closed.
    let _ = writeln!(stderr, "error: {}", printable::lines(&format!("{error:#}")));
    if let Some(hint) = &hint {
        let _ = writeln!(stderr, "hint: {hint}");
    }
    if format == OutputFormat::Json {
        print_error(&format!("{error:#}"), hint.as_deref(), exit);
    }
    exit
}

/// Prints help, or why the arguments are none of the grammar, and gives the code. What the arguments say of the form of
/// the output holds for their own error, too.
pub fn report_grammar(error: &clap::Error, arguments: impl Iterator<Item = OsString>) -> Exit {
    // A reader that has gone away (`card-tool help | head`) is no reason to complain.
    let _ = error.print();
    if !error.use_stderr() {
        return Exit::Done;
    }
    let words: Vec<OsString> = arguments.collect();
    let json = words.iter().any(|word| word == "--output-format=json")
        || words
            .windows(2)
            .any(|pair| pair == ["--output-format", "json"]);
    if json {
        let text = error.to_string();
        let line = text.lines().next().unwrap_or_default();
        print_error(
            line.trim_start_matches("error: "),
            Some("see --help"),
            Exit::Usage,
        );
    }
    Exit::Usage
}

/// The JSON document of an error.
fn print_error(message: &str, hint: Option<&str>, exit: Exit) {
    let error =
        json!({ "error": message, "hint": hint, "outcome": exit.word(), "exit_code": exit as u8 });
    let error = printable::json(&error.to_string());
    let _ = writeln!(std::io::stdout().lock(), "{error}");
}

/// The code of an error.
pub fn code_of(error: &anyhow::Error) -> Exit {
    classify(error).0
}

/// What to do about an error, where something is known.
pub fn hint(error: &anyhow::Error) -> Option<String> {
    classify(error).1
}

/// The map. The innermost error that is known decides; the causes around it only add words.
fn classify(error: &anyhow::Error) -> (Exit, Option<String>) {
    error
        .chain()
        .find_map(classify_one)
        .unwrap_or((Exit::Usage, None))
}

fn classify_one(error: &(dyn std::error::Error + 'static)) -> Option<(Exit, Option<String>)> {
    if let Some(problem) = error.downcast_ref::<Problem>() {
        return Some((problem.exit, problem.hint.clone()));
    }
    if let Some(error) = error.downcast_ref::<transport::Error>() {
        return Some(of_transport(error));
    }
    if let Some(error) = error.downcast_ref::<iso7816::ChannelError>() {
        return Some(of_channel(error));
    }
    if let Some(error) = error.downcast_ref::<perso::Error>() {
        return of_perso(error);
    }
    if let Some(error) = error.downcast_ref::<::floor::Error>() {
        return floor::of_floor(error);
    }
    if let Some(refused) = error.downcast_ref::<::floor::Refused>() {
        return Some(floor::of_refusal(refused));
    }
    if let Some(error) = error.downcast_ref::<protocols::Error>() {
        return Some(of_protocol(error));
    }
    if let Some(error) = error.downcast_ref::<ceremony::Error>() {
        return issuing::of_ceremony(error);
    }
    if let Some(error) = error.downcast_ref::<authorization_pki::Error>() {
        return eac::of_authorization(error);
    }
    if let Some(error) = error.downcast_ref::<key_store::Error>() {
        return issuing::of_key_store(error);
    }
    if let Some(error) = error.downcast_ref::<pki::Error>() {
        return issuing::of_pki(error);
    }
    if let Some(error) = error.downcast_ref::<std::io::Error>() {
        return Some((Exit::Usage, of_io(error)));
    }
    None
}

const WRONG_PASSWORD: &str =
    "check document number, birth and expiry, or the CAN, against the document";
const LEAVE_THE_CARD: &str =
    "leave the card on the reader and start again; an interrupted personalisation resumes";

fn of_channel(error: &iso7816::ChannelError) -> (Exit, Option<String>) {
    use iso7816::ChannelError as E;
    match error {
        E::CardLost | E::CardReset | E::Timeout => (Exit::Card, Some(LEAVE_THE_CARD.to_owned())),
        E::ReaderLost => (
            Exit::Reader,
            Some("plug the reader in again; `card-tool readers` lists what is there".to_owned()),
        ),
        _ => (Exit::Card, None),
    }
}

fn of_perso(error: &perso::Error) -> Option<(Exit, Option<String>)> {
    use perso::Error as E;
    Some(match error {
        E::Register(perso::RegisterError::Storage(_)) => {
            (Exit::KeyStore, Some("check that the register can be written, then start the same job again".to_owned()))
        }
        E::Register(_) => (Exit::Policy, Some("a document is issued once; remakes get a new number and a new chip".to_owned())),
        E::ContentGate(_) => (Exit::Policy, Some("correct the record; nothing was signed and no number was used".to_owned())),
        E::OtherJob { .. } => {
            (Exit::Policy, Some("resume the other job with `personalise --job`, or void the card with `personalise --void`".to_owned()))
        }
        E::OtherChip { .. } => (Exit::Policy, Some("put the chip on the reader that the job was made for".to_owned())),
        E::OtherProfile { .. } => (Exit::Policy, Some("nothing was changed; name the profile that it was prepared for, or void the chip with `personalise --void`: a file or a job for its keys may be out".to_owned())),
        E::OtherKey { .. } => (Exit::Policy, Some("nothing was written; issue anew for what `personalise --prepare` says of this chip, or void it with `personalise --void`".to_owned())),
        E::WrongState { .. } => (Exit::Card, Some("`card-tool readers --cards` shows the state of each chip".to_owned())),
        E::ReadBackDiffers { .. } => (Exit::No, Some("void this card: `personalise --void`".to_owned())),
        // A chip forgets its personalisation application with LOCK, and the answer to LOCK can be lost.
        E::CardRefused { sw, .. } if *sw == iso7816::StatusWord::FILE_NOT_FOUND => {
            (Exit::Card, Some("no chip to personalise, or one that is in the field already: `card-tool verify` tells".to_owned()))
        }
        E::CardRefused { .. } | E::CardMisbehaved(_) => (Exit::Card, None),
        E::Transport(error) => of_channel(error),
        E::SecureChannel(error) => return of_secure_channel(error),
        E::Protocol(error) => of_protocol(error),
        E::Pki(error) => return issuing::of_pki(error),
        _ => return None,
    })
}

fn of_secure_channel(error: &globalplatform::Error) -> Option<(Exit, Option<String>)> {
    use globalplatform::Error as E;
    Some(match error {
        E::Transport(error) => of_channel(error),
        E::PublicTestKeys => (
            Exit::Policy,
            Some("draw others with `card-tool keys init`".to_owned()),
        ),
        E::Untrusted(_) => (
            Exit::Card,
            Some("does --keys hold the keys that this chip was made with?".to_owned()),
        ),
        E::CardRefused { .. } => (
            Exit::Card,
            Some("`card-tool readers --cards` shows the state of each chip".to_owned()),
        ),
        E::Malformed { .. } | E::CardMisbehaved(_) | E::Unsupported(_) => (Exit::Card, None),
        _ => return None,
    })
}

fn of_protocol(error: &protocols::Error) -> (Exit, Option<String>) {
    use protocols::Error as E;
    match error {
        E::Transport(error) => of_channel(error),
        E::Malformed { .. } | E::Misuse(_) => (Exit::Usage, None),
        error => (
            Exit::Card,
            error
                .suggests_wrong_password()
                .then(|| WRONG_PASSWORD.to_owned()),
        ),
    }
}

fn of_transport(error: &transport::Error) -> (Exit, Option<String>) {
    use transport::Error as E;
    let hint = match error {
        E::NoService => "start pcscd (`systemctl start pcscd`), or see `cargo xtask setup`",
        E::AccessDenied => {
            "polkit refuses: log in at the seat, or allow org.debian.pcsc-lite.access_pcsc"
        }
        E::NoReader => "plug a reader in; `card-tool readers` lists what is there",
        E::UnknownReader { .. } | E::AmbiguousReader { .. } => {
            "`card-tool readers` lists the names; any unique part will do"
        }
        E::NoCard { .. } => "put a card on the reader",
        E::MuteCard { .. } => "turn the card over, or clean its contacts",
        E::Sharing { .. } => {
            "close the other program; `card-tool readers` shows which readers are in use"
        }
        E::ReaderGone { .. } => "plug the reader in again",
        E::SlotTaken => "take the other card out, or use another slot with --vpcd",
        E::Malformed { .. } => return (Exit::Usage, None),
        _ => return (Exit::Reader, None),
    };
    (Exit::Reader, Some(hint.to_owned()))
}

fn of_io(error: &std::io::Error) -> Option<String> {
    match error.kind() {
        std::io::ErrorKind::NotFound => Some("check the path".to_owned()),
        std::io::ErrorKind::PermissionDenied => {
            Some("check who may read and write there".to_owned())
        }
        std::io::ErrorKind::StorageFull => {
            Some("free some space; every file is written whole or not at all".to_owned())
        }
        _ => None,
    }
}
