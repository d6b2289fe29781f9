//! What the Vietnamese cards of 2021 and 2024 share: fields, chip, numbers, provinces, rules, contents of the chip.
//!
//! What they differ in, and every fact for which there is one source or none, is a [`Parameters`] of the profile.

mod address;
mod card;
mod content;
mod ethnic_group;
mod parameters;
mod personal_number;
mod province;
mod religion;
mod rules;
mod validity;

pub use address::{Place, Unit};
pub(super) use card::{COMMON, FINGERS_FROM, REGISTER};
pub use content::NO_EXPIRY;
pub(super) use content::{Card, STATE};
pub use ethnic_group::{ETHNIC_GROUPS, FOREIGN, is_ethnic_group};
pub use parameters::{CodesAfterMerger, MarriageAges, Parameters, ParentAges, QrPart};
pub use personal_number::PersonalNumber;
pub use province::Province;
pub use religion::{RELIGIONS, is_religion};
pub use validity::expiry_for;
