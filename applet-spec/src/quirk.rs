//! Ways of real chips that no standard foresaw, as switches of this chip (`quirks.toml`).
//!
//! A quirk is not a [`Deviation`](crate::Deviation): that is a rule broken so that a case of conformance can notice. A quirk was
//! seen on documents of the field, and a reader has to deal with it.
//!
//! * [`table`] lists all of them, with what each does and what a reader must do;
//! * [`QuirkyChip`] is a chip that answers in the ways of its data sheet;
//! * [`install`] puts the quirks of content into a card.

mod answers;
mod content;
mod needs;
mod table;
mod wire;

pub(crate) use answers::{at_the_end, in_its_way, instead};
pub use content::{Workbench, install, needs_signature, sign_card_security};
pub use needs::Need;
pub use table::{Entry, Kind, TableError, table, with_those_beside};
pub use wire::QuirkyChip;

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// How many there are.
pub const COUNT: u8 = 120;

/// The number of a quirk, 1 to [`COUNT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Quirk(u8);

/// The quirks that the chip or its files can have; `quirks.toml` says of each what it is.
impl Quirk {
    pub(crate) const MASTER_FILE_IS_NOT_SELECTED: Self = Self(1);
    pub(crate) const MASTER_FILE_IS_REFUSED: Self = Self(2);
    pub(crate) const CARD_ACCESS_WITHOUT_SFI: Self = Self(3);
    pub(crate) const CARD_ACCESS_IS_ABSENT: Self = Self(4);
    pub(crate) const LE_IS_REFUSED: Self = Self(5);
    pub(crate) const LONG_READ_ENDS_SESSION: Self = Self(6);
    pub(crate) const SURPLUS_AT_THE_END: Self = Self(7);
    pub(crate) const COM_ENDS_SESSION: Self = Self(8);
    pub(crate) const EXACT_LE: Self = Self(9);
    pub(crate) const PROMISES_MORE: Self = Self(10);
    pub(crate) const CUTS_SIGNATURES: Self = Self(11);
    pub(crate) const EMPTY_EXTENDED: Self = Self(12);
    pub(crate) const AUTHENTICATES_ONCE: Self = Self(13);
    pub(crate) const NO_ACCESS_CONTROL: Self = Self(14);
    pub(crate) const WANTS_PARAMETER_ID: Self = Self(15);
    pub(crate) const FIRST_PARAMETERS: Self = Self(16);
    pub(crate) const NO_BAC: Self = Self(17);
    pub(crate) const INTEGRATED_MAPPING_ONLY: Self = Self(18);
    pub(crate) const CHIP_KEY_WITHOUT_INFO: Self = Self(19);
    pub(crate) const NO_KEY_AGREEMENT_TEMPLATE: Self = Self(20);
    pub(crate) const CHIP_KEY_ON_P192: Self = Self(21);
    pub(crate) const FOREIGN_DG13: Self = Self(22);
    pub(crate) const LONG_HASH: Self = Self(23);
    pub(crate) const ALTERNATIVE_SIGNATURE: Self = Self(25);
    pub(crate) const ODD_RSA: Self = Self(26);
    pub(crate) const OPEN_CHAIN: Self = Self(27);
    pub(crate) const PLAIN_ANSWER: Self = Self(28);
    pub(crate) const STATIC_BINDING: Self = Self(29);
    pub(crate) const OPTIONAL_CHECK_DIGIT: Self = Self(31);
    pub(crate) const OPTIONAL_DATA_WITH_FILLER: Self = Self(32);
    pub(crate) const INCOMPLETE_BIRTH: Self = Self(33);
    pub(crate) const SEX_X: Self = Self(34);
    pub(crate) const NO_EXPIRY: Self = Self(35);
    pub(crate) const WRONG_CHECK_DIGIT: Self = Self(36);
    pub(crate) const NAME_OF_THREE_PARTS: Self = Self(38);
    pub(crate) const BARE_OTHER_NAME: Self = Self(39);
    pub(crate) const LIST_NAMES_TEMPLATE: Self = Self(40);
    pub(crate) const EMPTY_OBJECTS: Self = Self(41);
    pub(crate) const OTHER_NAME_ALONE: Self = Self(42);
    pub(crate) const BARE_OTHER_PERSON: Self = Self(43);
    pub(crate) const DATES_IN_BCD: Self = Self(44);
    pub(crate) const FACE_RECORD_LENGTH: Self = Self(45);
    pub(crate) const EMPTY_FACE: Self = Self(46);
    pub(crate) const NEXT_GENERATION_FACE: Self = Self(47);
    pub(crate) const COM_LISTS_MORE: Self = Self(48);
    pub(crate) const PADDED_FILE: Self = Self(49);
    pub(crate) const ORDER_OF_DG14: Self = Self(50);
    pub(crate) const MALFORMED_GROUP: Self = Self(51);
    pub(crate) const CHIP_NEVER_AUTHENTICATES: Self = Self(100);
    pub(crate) const MALFORMED_CARD_SECURITY: Self = Self(101);
    pub(crate) const DEAD_ADDRESS: Self = Self(102);
    pub(crate) const CLOSED_APPLICATION: Self = Self(108);
    pub(crate) const STUB_OF_A_ZONE: Self = Self(109);
    pub(crate) const GERMAN_NATIONALITY: Self = Self(110);
    pub(crate) const NO_FACE: Self = Self(111);
    pub(crate) const TIME_IN_BCD: Self = Self(112);
    pub(crate) const HASH_NOT_NAMED: Self = Self(113);

    /// The quirk of a number.
    #[must_use]
    pub fn new(number: u8) -> Option<Self> {
        (1..=COUNT).contains(&number).then_some(Self(number))
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Quirk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Q{:03}", self.0)
    }
}

/// What is no number of a quirk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("quirks are numbered Q001 to Q{COUNT}")]
pub struct NoQuirk;

impl FromStr for Quirk {
    type Err = NoQuirk;

    fn from_str(text: &str) -> Result<Self, NoQuirk> {
        let digits = text.strip_prefix(['Q', 'q']).ok_or(NoQuirk)?;
        let is_number = digits.len() == 3 && digits.bytes().all(|digit| digit.is_ascii_digit());
        let number = digits.parse().ok().filter(|_| is_number);
        number.and_then(Self::new).ok_or(NoQuirk)
    }
}

impl TryFrom<String> for Quirk {
    type Error = NoQuirk;

    fn try_from(text: String) -> Result<Self, NoQuirk> {
        text.parse()
    }
}

impl From<Quirk> for String {
    fn from(quirk: Quirk) -> Self {
        quirk.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_one_way() {
        for (text, number) in [
            ("Q001", Some(1)),
            ("q120", Some(120)),
            ("Q121", None),
            ("Q000", None),
            ("Q1", None),
            ("Q+01", None),
            ("1", None),
            ("", None),
        ] {
            let found = text.parse().ok().map(Quirk::number);
            assert_eq!(found, number, "{text}");
        }
        assert_eq!(Quirk(7).to_string(), "Q007");
    }
}
