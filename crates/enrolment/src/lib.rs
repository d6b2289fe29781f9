//! The record of a holder: what is collected, what it must obey, what becomes of it on a document.
//!
//! ```text
//! record.toml + images ─▶ HolderRecord ─ check ─▶ Findings
//!                              └─────── accept ─▶ AcceptedRecord ─▶ MRZ · EF.DG11 · EF.DG12 · EF.DG13 · QR text
//!                                          ▲
//!                                    IssuerProfile
//! ```
//!
//! * [`HolderRecord`] holds some eighty [`Field`]s as somebody typed them (all of the register, the forms and the chip),
//!   a portrait, fingers or the reasons why there are none. It is read from a [`RecordFile`]; this crate opens no file.
//! * [`check`] says everything that is wrong at once: field, rule, severity, a message in English and Vietnamese.
//! * [`accept`] is the only way to an [`AcceptedRecord`], from which the contents of the chip are built. What is
//!   unaccepted has another type.
//! * An [`IssuerProfile`] is a document of an issuer: data and a little code. The general rules, which every document
//!   has, are listed by [`rules`] together with those of the profile: id, severity, fields, source, message. The
//!   example `rule_catalogue` prints them for manuals and forms.
//! * [`personal_number`] finds the next number for somebody who has none, [`document_number`] that for a document that has one of its own;
//!   the record of an application may leave out what is given ([`check_application`]).
//! * [`duplicates`] hints that somebody is registered already.
//!
//! | profile | document | zone | data groups |
//! |---|---|---|---|
//! | `vn-cccd-2021` | Vietnamese citizen identity card | TD1 | 1, 2, 3, 13, 14, 15 |
//! | `vn-can-cuoc-2024` | Vietnamese identity card by the law of 2023 | TD1 | 1, 2, 3, 13, 14, 15 |
//! | `uto-passport` | specimen passport of Utopia | TD3 | 1, 2, 3, 11, 12, 14, 15 |
//!
//! A new profile is a file under `profiles/` that implements [`IssuerProfile`], and its line in [`profiles::ALL`].
//!
//! ```
//! use enrolment::{Field, HolderRecord, Language, check, profiles};
//! use time::macros::date;
//!
//! let mut record = HolderRecord::new();
//! record.set(Field::Surname, "Specimen");
//! record.set(Field::DateOfBirth, "1990-02-30");
//! let passport = profiles::by_id("uto-passport").ok_or("no such profile")?;
//!
//! let findings = check(&record, passport, date!(2026 - 11 - 21));
//! let birth = findings.iter().find(|finding| finding.field == Field::DateOfBirth);
//! let message = birth.map(|finding| finding.message(Language::English));
//! assert_eq!(
//!     message.as_deref(),
//!     Some("Date of birth: is not a date of the calendar in the form YYYY[-MM[-DD]]"),
//! );
//! # Ok::<(), &str>(())
//! ```
//!
//! Personal data stay out of logs: `Debug` of a record shows how much there is, not what; the card access number is a
//! secret type.

mod accepted;
mod can;
mod date;
pub mod document_number;
pub mod duplicates;
mod error;
mod field;
mod finding;
pub mod packet;
pub mod people;
pub mod personal_number;
pub mod plain_name;
pub mod profile;
pub mod profiles;
pub mod qr;
mod record;
mod renewal;
mod rules;
pub mod spelling;

pub use accepted::{AcceptedRecord, Refusal, accept, check, check_application, check_text, rules};
pub use can::Can;
pub use date::{BirthDate, Expiry};
pub use error::{Error, Result};
pub use field::{Bilingual, Field, Kind, Language};
pub use finding::{Detail, Finding, Findings, Rule, Scope, Severity};
pub use profile::IssuerProfile;
pub use record::{
    Finger, HolderRecord, MAX_FINGERS, MAX_RECORD_BYTES, MissingReason, Print, RecordFile, Texts,
};
pub use renewal::Renewal;
pub use rules::Facts;
