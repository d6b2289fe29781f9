//! Names: transliteration to A–Z and shortening to the width of the field (Doc 9303-3 §4.6, §6).

use core::fmt;

use crate::alphabet::{FILLER, trim};
use crate::fields::Field;
use crate::{Error, Result};

mod cyrillic;
mod latin;
mod transliteration;
mod truncation;

pub use cyrillic::CyrillicLanguage;
pub use latin::{Choices, Form, UDiaeresis};
pub use transliteration::transliterate;

/// Stands between the primary and the secondary identifier.
const BOUNDARY: &str = "<<";

/// The name field of a zone: primary identifier, two fillers, secondary identifier, fillers.
#[derive(Clone, PartialEq, Eq)]
pub struct MrzName(String);

impl MrzName {
    /// The longest identifier taken, in characters: longer ones than any law knows are refused unread.
    pub const MAX_IDENTIFIER: usize = 512;

    /// Lays out a name in a field of `width` characters (TD1 30, TD2 31, TD3 39).
    ///
    /// What does not fit is shortened by Doc 9303-4 §4.2.3, Doc 9303-5 §4.2.3, Doc 9303-6 §4.2.3: components
    /// are cut to initials from the last one on, the primary identifier leaves room for at least one letter of
    /// the secondary, and the last position holds a letter as the mark of a shortened name. (Only a name that
    /// has come down to nothing but initials may lack a letter to fill it.) An issuer that shortens otherwise
    /// passes identifiers that fit.
    ///
    /// Components are separated by `<` or a blank. [`Self::primary`] and [`Self::secondary`] tell what was kept.
    ///
    /// # Errors
    /// [`Error::Value`] when the primary identifier is empty or a character is not A–Z.
    pub fn fit(primary: &str, secondary: &str, width: usize) -> Result<Self> {
        let primary = components(primary)?;
        let secondary = components(secondary)?;
        if primary.is_empty() {
            return Err(refused("the primary identifier is empty"));
        }
        let mut field = truncation::fit(&primary, &secondary, width);
        field.extend(core::iter::repeat_n(
            FILLER,
            width.saturating_sub(field.len()),
        ));
        Ok(Self(field))
    }

    /// A field as a zone holds it.
    pub(crate) fn as_read(field: &str) -> Self {
        Self(field.to_owned())
    }

    /// The whole field, fillers included.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.0
    }

    /// The primary identifier, its components separated by one blank.
    #[must_use]
    pub fn primary(&self) -> String {
        self.identifiers().0.replace(FILLER, " ")
    }

    /// The secondary identifier, its components separated by one blank; empty for a holder of one name.
    #[must_use]
    pub fn secondary(&self) -> String {
        self.identifiers().1.replace(FILLER, " ")
    }

    /// Whether the last position holds a letter: a reader must then assume that the name was shortened,
    /// even if it happens to fit exactly.
    #[must_use]
    pub fn may_be_truncated(&self) -> bool {
        !self.0.ends_with(FILLER)
    }

    fn identifiers(&self) -> (&str, &str) {
        let name = trim(&self.0);
        name.split_once(BOUNDARY).unwrap_or((name, ""))
    }
}

impl fmt::Debug for MrzName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MrzName(..)")
    }
}

fn components(identifier: &str) -> Result<Vec<&str>> {
    if identifier.len() > MrzName::MAX_IDENTIFIER {
        return Err(refused("longer than any identifier"));
    }
    let components: Vec<&str> = identifier
        .split([FILLER, ' '])
        .filter(|component| !component.is_empty())
        .collect();
    if components
        .iter()
        .flat_map(|component| component.chars())
        .all(|c| c.is_ascii_uppercase())
    {
        Ok(components)
    } else {
        Err(refused("only letters A–Z, transliterate first"))
    }
}

fn refused(what: &'static str) -> Error {
    let field = Field::Name;
    Error::Value { field, what }
}
