//! Hints that somebody is registered already, to be looked at side by side by a person: a hint never decides.
//!
//! ```text
//! Person (of a record) ─▶ Index or any iterator of Persons ─ Policy ─▶ Hints: score, rule, reasons
//! ```
//!
//! * [`Policy`] is configuration: named rules, each a tree of tests on numbers, names, dates, words and fingers (the idea is
//!   OpenCRVS'). [`Policy::standard`] is what a station has when nobody wrote one.
//! * Names are compared free of order and by weight: a shared *Nguyễn* says little, a shared *Quỳnh* more. Tones that were
//!   dropped, letters that were swapped and words that stand elsewhere cost little.
//! * [`Index`] holds a register in memory: one search costs a pass over the words of the register and one over its persons,
//!   some tens of nanoseconds each; exact numbers are found without a pass. [`search`] does the same over an iterator, for a
//!   register that lives elsewhere. There is no way to compare a register with itself pair by pair: that is a search per
//!   person, to be run where there is time for it.
//! * A finger matcher can be handed in: it is asked last, only about persons whom the other tests of a rule let through.
//!
//! ```
//! use enrolment::Field;
//! use enrolment::duplicates::{Index, Person, Policy};
//!
//! let mut index = Index::default();
//! index.insert(&Person::new("old", &[(Field::FullName, "Nguyễn Thị Quỳnh Mẫu"), (Field::DateOfBirth, "1999-02-01")]));
//! let probe = Person::new("new", &[(Field::FullName, "nguyen quynh thi mau"), (Field::DateOfBirth, "1999-01-02")]);
//! let hints = index.search(&probe, &Policy::standard(), None);
//! assert_eq!(hints.len(), 1);
//! assert_eq!(hints[0].id, "old");
//! ```

mod dates;
mod hint;
mod index;
mod names;
mod person;
mod policy;
mod policy_file;
mod search;
mod similarity;
mod weights;

pub use dates::{DateMatch, DateTest};
pub use hint::{Hint, MAX_HINTS, Reason};
pub use index::Index;
pub use names::{MAX_WORD_CHARS, MAX_WORDS, Name, name_similarity};
pub use person::{NumberClass, Person};
pub use policy::{MAX_DEPTH, MAX_TESTS, Policy, PolicyError, Rule, Test};
pub use search::{Fingers, search};
pub use similarity::{jaro_winkler, trigram_similarity};
pub use weights::Weights;
