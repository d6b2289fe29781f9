//! Out of a chip: the inspection procedure of Doc 9303-11 §4.2 and annex J.1 with the results of BSI TR-03135.
//!
//! [`inspect`] runs [`PROCEDURE`], a list of named steps, over a line to a chip, and returns a [`Report`]: every check with one
//! of five values, its cause and what to do; the files; the holder's data, as verified or unverified.
//!
//! The rules that a verdict rests on:
//!
//! * fail closed: a chip counts as authentic only if passive authentication covers the key it proved;
//! * no silent downgrade: PACE that failed is not followed by BAC;
//! * a proof of the chip by chip authentication mapping counts only with a verified EF.CardSecurity;
//! * *absent* is not *failed*, *not read* is not *bad*; what was put up with is in the report;
//! * a card that is pulled ends in *aborted*, never in a verdict about the document;
//! * what was read and nobody has signed is never under *successful*, and a [`Verdict`] names the data groups that it covers.
//!
//! While it runs, an observer is told of every [`Event`]: what was read is shown as [`NotYetVerified`] long before the verdict.
//! [`document_status`] adds what the issuer
//! says of the document today. [`Scanner`] makes of what scanners and people type what opens a chip; [`explanation`] says in plain words what each result means.
//!
//! [`inspect_files`] does the same with files that were read before, as far as that goes without a chip. [`tr03135::table`] puts
//! a report into the 45 lines of the guideline.

pub mod check;
pub mod document;
mod document_details;
pub mod document_status;
pub mod explanation;
mod files_only;
mod line;
mod not_yet_verified;
pub mod outcome;
pub mod pin;
mod procedure;
mod read;
pub mod report;
pub mod scan;
mod steps;
mod terminal;
mod times;
pub mod tr03135;
mod verdict;

pub use check::{Check, CheckKind, Finding, Weight};
pub use document::{Data, Document, Portrait};
pub use document_status::DOCUMENT_STATUS;
pub use files_only::inspect_files;
pub use not_yet_verified::NotYetVerified;
pub use outcome::Outcome;
pub use procedure::{AccessChoice, Config, Event, PROCEDURE, inspect};
pub use read::ReadError;
pub use report::{Report, Source};
pub use scan::{Opening, Scan, ScanError, Scanner};
pub use terminal::{Terminal, TerminalAuthentication, TerminalKey};
pub use times::{Phase, Times};
pub use verdict::{Remark, Verdict};
