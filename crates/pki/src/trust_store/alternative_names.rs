//! Directory names among the alternative names of a certificate or revocation list (Doc 9303-12 §7.1.1.2): the locality of
//! the issuing state, former names.

use const_oid::ObjectIdentifier;

use crate::ber::{Cursor, Tag};
use crate::certificate::{Certificate, Extensions};
use crate::chain::MAX_CANDIDATES;
use crate::deviation::Deviations;
use crate::name::Name;
use crate::{Result, issuing_state, oids};

/// The directory names in this extension; what cannot be read counts as absent.
pub(super) fn directory_names(extensions: &Extensions, kind: ObjectIdentifier) -> Vec<Name> {
    let mut all = extensions.all.iter();
    let extension = all.find(|extension| extension.oid == kind);
    let names = extension.map(|extension| read_directory_names(&extension.value));
    names.and_then(Result::ok).unwrap_or_default()
}

fn read_directory_names(general_names: &[u8]) -> Result<Vec<Name>> {
    const WHAT: &str = "alternative name";
    let ignored = Deviations::default();
    let mut row = Cursor::new(general_names, &ignored)
        .expect(Tag::SEQUENCE, WHAT)?
        .children(WHAT)?;
    let mut names = Vec::new();
    while !row.is_empty() && names.len() < MAX_CANDIDATES {
        let element = row.next(WHAT)?;
        if element.tag == Tag::context(4) {
            names.push(Name::read(&element.explicit(Tag::SEQUENCE, WHAT)?)?);
        }
    }
    Ok(names)
}

/// The localities in SubjectAltName, in upper case: codes of issuing states as in the machine readable zone.
fn localities(certificate: &Certificate) -> Vec<String> {
    directory_names(certificate.extensions(), oids::SUBJECT_ALT_NAME)
        .iter()
        .filter_map(|name| name.attribute(oids::LOCALITY_NAME))
        .map(str::to_ascii_uppercase)
        .collect()
}

/// Whether the locality of a CSCA certificate is of another state than its country, or than the CSCA that signed it.
pub(super) fn locality_differs(certificate: &Certificate, issuer: Option<&Certificate>) -> bool {
    let own = localities(certificate);
    let country = certificate.subject().country();
    let of_other_country = |locality: &String| {
        country.is_some_and(|country| issuing_state::matches(locality, country) == Some(false))
    };
    let others = issuer.map(localities).unwrap_or_default();
    let disjoint =
        !own.is_empty() && !others.is_empty() && !own.iter().any(|one| others.contains(one));
    own.iter().any(of_other_country) || disjoint
}
