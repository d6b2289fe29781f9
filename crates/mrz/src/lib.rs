//! Machine readable zones of Doc 9303-3 to -7.
//!
//! A zone is either *built* from checked fields, its check digits computed and never taken, or *read*
//! from text, when every departure from the standard is a [`Finding`] and only text that has no shape
//! at all is an error: readers meet wrong check digits on genuine documents.
//!
//! | size | part | build | read |
//! |---|---|---|---|
//! | TD1, 3 × 30, cards | Doc 9303-5 | [`MrzTd1`] | [`Mrz::parse`] |
//! | TD2, 2 × 36, cards | Doc 9303-6 | [`MrzTd2`] | [`Mrz::parse`] |
//! | TD3, 2 × 44, passports | Doc 9303-4 | [`MrzTd3`] | [`Mrz::parse`] |
//! | MRV-A 2 × 44, MRV-B 2 × 36, visas | Doc 9303-7 | – | [`Mrz::parse`] |
//!
//! ```
//! use mrz::{Fields, Mrz, MrzDate, MrzTd3, Sex};
//!
//! let fields = Fields {
//!     document_code: "PP",
//!     issuing_state: "UTO",
//!     document_number: "X12345678",
//!     nationality: "UTO",
//!     date_of_birth: MrzDate::parse("900101")?,
//!     sex: Sex::Female,
//!     date_of_expiry: MrzDate::parse("350101")?,
//!     primary_identifier: "SPECIMEN",
//!     secondary_identifier: "TEST",
//! };
//! let built = Mrz::from(MrzTd3::new(&fields, "")?);
//! assert_eq!(built.lines()[1], "X123456785UTO9001011F3501014<<<<<<<<<<<<<<06");
//!
//! let (read, findings) = Mrz::parse(&built.joined())?;
//! assert!(findings.is_empty());
//! assert_eq!(read.document_number(), "X12345678");
//! # Ok::<(), mrz::Error>(())
//! ```
//!
//! Names reach the zone in two steps: [`name::transliterate`] brings any supported script to A–Z with
//! the issuer's [`name::Choices`], and [`name::MrzName::fit`] shortens what does not fit.
//!
//! What a two-digit year means, and that a Vietnamese card without expiry prints 31 December 1999, are
//! questions of context: [`MrzDate`] keeps the six characters and interprets them only when asked.

mod alphabet;
mod check_digit;
mod date;
mod document;
mod error;
mod fields;
mod finding;
mod information;
mod layout;
pub mod name;
mod zone;

pub use check_digit::check_digit;
pub use date::MrzDate;
pub use document::{MrvA, MrvB, Mrz, MrzTd1, MrzTd2, MrzTd3};
pub use error::{Error, Result};
pub use fields::{Field, Fields, Sex};
pub use finding::{Finding, Problem};
pub use information::MrzInformation;
pub use layout::Format;
