//! SubjectAltName and IssuerAltName (Doc 9303-12 §7.1.1.2).

use super::rules;
use super::sheet::Sheet;
use super::view::ExtensionView;
use crate::Result;
use crate::ber::Tag;
use crate::name::Name;
use crate::{issuing_state, oids};

const MAIL: Tag = Tag::context(1);
const DNS_NAME: Tag = Tag::context(2);
const DIRECTORY_NAME: Tag = Tag::context(4);
pub(super) const URI: Tag = Tag::context(6);

/// Checks the names; `country` is that of the subject or issuer they belong to.
pub(super) fn check(
    extension: &ExtensionView<'_>,
    which: &'static str,
    country: Option<&str>,
    sheet: &mut Sheet,
) -> Result<()> {
    let names = extension.sequence(which)?;
    let at = extension.at;
    if !names
        .iter()
        .any(|name| [MAIL, DNS_NAME, URI].contains(&name.tag))
    {
        let found = format!("{which} without contact");
        let expected = "a mail address, DNS name or URI";
        sheet.find(&rules::ALT_CONTACT, at, found, expected);
    }
    let mut localities = 0;
    for name in names.iter().filter(|name| name.tag == DIRECTORY_NAME) {
        let name = Name::read(&name.explicit(Tag::SEQUENCE, which)?)?;
        if let Some(locality) = name.attribute(oids::LOCALITY_NAME) {
            localities += 1;
            check_locality(locality, which, country, at, sheet);
        }
        let state = name.attribute(oids::STATE_OR_PROVINCE_NAME);
        if let Some(state) = state.filter(|state| state.len() != 3 || !is_code(state)) {
            let found = format!("{which}: stateOrProvinceName \"{state}\"");
            sheet.find(&rules::ALT_STATE, at, found, "a code of three letters");
        }
    }
    if localities == 0 {
        let found = format!("{which} without localityName in a directory name");
        let expected = "a directory name with the country code";
        sheet.find(&rules::ALT_DIRECTORY, at, found, expected);
    }
    Ok(())
}

/// The code is one of the machine readable zone, and of the same country. What the table does not know is let pass.
fn check_locality(
    locality: &str,
    which: &str,
    country: Option<&str>,
    at: usize,
    sheet: &mut Sheet,
) {
    let of_country =
        country.is_none_or(|country| issuing_state::matches(locality, country) != Some(false));
    if !is_code(locality) || !of_country {
        let found = format!("{which}: localityName \"{locality}\"");
        let expected = match country {
            Some(country) => format!("the code of {country} in the machine readable zone"),
            None => "a code of one to three letters".to_owned(),
        };
        sheet.find(&rules::ALT_LOCALITY, at, found, expected);
    }
}

/// One letter for Germany, else three.
fn is_code(text: &str) -> bool {
    [1, 3].contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase())
}
