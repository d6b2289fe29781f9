//! Who an entity is, and what its keys are called.

use core::fmt;

use protocols::terminal_authentication::{HolderReference, Role};
use serde::{Deserialize, Serialize};

use crate::error::{Refused, Result};

/// Digits of the last three characters of a sequence number (Doc 9303-12 §7.2.2.2).
const DIGITS: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
/// The number behind the last one that three characters can write.
const NUMBERS: u32 = 36 * 36 * 36;

/// The three kinds of entities (Doc 9303-12 §7.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntityKind {
    /// Country verifying certification authority.
    Cvca,
    /// Document verifier: the inspection systems of one organisation, towards one CVCA.
    DocumentVerifier,
    /// Inspection system: a terminal, towards one document verifier.
    InspectionSystem,
}

impl EntityKind {
    /// Whether certificates of this role are for entities of this kind.
    #[must_use]
    pub const fn has_role(self, role: Role) -> bool {
        match self {
            Self::Cvca => matches!(role, Role::Cvca),
            Self::DocumentVerifier => role.is_verifier(),
            Self::InspectionSystem => matches!(role, Role::Terminal),
        }
    }
}

impl EntityKind {
    /// Its name as one of several.
    #[must_use]
    pub const fn with_article(self) -> &'static str {
        match self {
            Self::Cvca => "a CVCA",
            Self::DocumentVerifier => "a document verifier",
            Self::InspectionSystem => "an inspection system",
        }
    }
}

impl fmt::Display for EntityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cvca => "CVCA",
            Self::DocumentVerifier => "document verifier",
            Self::InspectionSystem => "inspection system",
        })
    }
}

/// Who an entity is. Stored lines load for ever: fields are added, never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// What it is.
    pub kind: EntityKind,
    /// Two-letter country (Doc 9303-3).
    pub country: String,
    /// Name within the country, at most nine characters.
    pub mnemonic: String,
    /// Number of the first key: higher than 1 where an entity of this name had keys before.
    pub first_number: u32,
}

impl Settings {
    /// # Errors
    /// [`Refused::Name`].
    pub(crate) fn check(&self) -> Result<()> {
        if self.first_number == 0 || self.name(0, &self.country).is_err() {
            return Err(Refused::Name.into());
        }
        Ok(())
    }

    /// The name of a key: how many came before, and the country of who certifies it, with which the sequence number begins.
    ///
    /// # Errors
    /// [`Refused::SequenceExhausted`], [`Refused::Name`].
    pub(crate) fn name(&self, before: usize, authority_country: &str) -> Result<HolderReference> {
        let number = u32::try_from(before)
            .ok()
            .and_then(|before| self.first_number.checked_add(before))
            .filter(|number| *number < NUMBERS)
            .ok_or(Refused::SequenceExhausted)?;
        let sequence = format!("{authority_country}{}", written(number));
        HolderReference::new(&self.country, &self.mnemonic, &sequence)
            .ok_or_else(|| Refused::Name.into())
    }
}

/// Three characters that sort as the numbers do.
fn written(number: u32) -> String {
    [NUMBERS / 36, 36, 1]
        .map(|weight| number / weight % 36)
        .into_iter()
        .filter_map(|digit| DIGITS.get(usize::try_from(digit).ok()?))
        .map(|digit| char::from(*digit))
        .collect()
}

/// The holder without the number of the key: who it is.
pub(crate) fn identity(name: &HolderReference) -> &[u8] {
    let octets = name.as_bytes();
    let end = octets.len().saturating_sub(name.sequence().len());
    octets.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(first_number: u32) -> Settings {
        Settings {
            kind: EntityKind::DocumentVerifier,
            country: "DE".to_owned(),
            mnemonic: "TESTDV".to_owned(),
            first_number,
        }
    }

    #[test]
    fn names_are_counted_under_the_authority_s_country() {
        for (first, before, expected) in [
            (1, 0, "DETESTDVUT001"),
            (1, 9, "DETESTDVUT00A"),
            (1, 35, "DETESTDVUT010"),
            (40, 1, "DETESTDVUT015"),
            (NUMBERS - 1, 0, "DETESTDVUTZZZ"),
        ] {
            let name = settings(first).name(before, "UT").unwrap();
            assert_eq!(name.to_string(), expected);
            assert_eq!(identity(&name), b"DETESTDV");
        }
        let exhausted = settings(NUMBERS - 1).name(1, "UT");
        assert_eq!(exhausted, Err(Refused::SequenceExhausted.into()));
    }

    #[test]
    fn what_is_no_name() {
        settings(1).check().unwrap();
        let change = |edit: fn(&mut Settings)| {
            let mut settings = settings(1);
            edit(&mut settings);
            assert_eq!(settings.check(), Err(Refused::Name.into()), "{settings:?}");
        };
        change(|settings| settings.country = "UTO".to_owned());
        change(|settings| settings.country = "ut".to_owned());
        change(|settings| settings.mnemonic = "TENLETTERS".to_owned());
        change(|settings| settings.mnemonic = "A\nB".to_owned());
        change(|settings| settings.mnemonic = "Ä".to_owned());
        change(|settings| settings.first_number = 0);
    }
}
