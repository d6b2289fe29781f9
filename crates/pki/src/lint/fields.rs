//! The fields of a certificate (Doc 9303-12 §7.1, table of fields).

use super::sheet::Sheet;
use super::view::{AlgorithmView, CertificateView};
use super::{algorithms, names, public_key, rules, times};
use crate::ber::Element;

/// Octets of the longest serial number.
const MAX_SERIAL_NUMBER_LEN: usize = 20;

/// Checks all fields but the extensions.
pub(super) fn check(view: &CertificateView<'_>, sheet: &mut Sheet) {
    let (version, at) = view.version;
    if version != 3 {
        sheet.find(&rules::VERSION, at, version, 3);
    }
    check_serial_number(&view.serial_number, sheet);
    check_algorithms_equal(&view.inner_algorithm, &view.outer_algorithm, sheet);
    algorithms::check_signature(&view.outer_algorithm, true, sheet);
    names::check(&view.issuer, "issuer", sheet);
    names::check(&view.subject, "subject", sheet);
    check_country(view, sheet);
    times::check(&view.not_before, "notBefore", sheet);
    times::check(&view.not_after, "notAfter", sheet);
    times::check_order(&view.not_before, &view.not_after, sheet);
    public_key::check(&view.public_key, sheet);
    for identifier in &view.unique_identifiers {
        let rule = &rules::UNIQUE_IDENTIFIERS;
        sheet.find(rule, identifier.at, "a unique identifier", "none");
    }
    if view.extensions.is_none() {
        let at = view.element.at;
        sheet.find(&rules::EXTENSIONS, at, "no extensions", "extensions");
    }
    for at in &view.surplus {
        let rule = &rules::SURPLUS;
        sheet.find(rule, *at, "an element behind the last field", "none");
    }
}

fn check_serial_number(element: &Element<'_>, sheet: &mut Sheet) {
    let Ok(value) = element.integer("serialNumber") else {
        sheet.find(
            &rules::STRUCTURE,
            element.at,
            "empty serialNumber",
            "a number",
        );
        return;
    };
    let positive = match value {
        [0] => false,
        [first, ..] => first & 0x80 == 0,
        [] => false,
    };
    if !positive {
        let what = if value == [0] { "zero" } else { "negative" };
        sheet.find(
            &rules::SERIAL_POSITIVE,
            element.at,
            what,
            "a positive number",
        );
    }
    if value.len() > MAX_SERIAL_NUMBER_LEN {
        let found = format!("{} octets", value.len());
        sheet.find(
            &rules::SERIAL_LENGTH,
            element.at,
            found,
            "at most 20 octets",
        );
    }
    if value.len() != element.content.len() {
        let found = format!("{} octets", element.content.len());
        let expected = format!("{} octets", value.len());
        sheet.find(&rules::SERIAL_ENCODING, element.at, found, expected);
    }
}

/// Inside and outside of what is signed stands the same algorithm.
pub(super) fn check_algorithms_equal(
    inner: &Element<'_>,
    outer: &AlgorithmView<'_>,
    sheet: &mut Sheet,
) {
    if inner.raw != outer.element.raw {
        let found = AlgorithmView::read(*inner).map_or_else(
            |_| "an unreadable algorithm".to_owned(),
            |inner| algorithms::name(&inner.identifier),
        );
        let expected = algorithms::name(&outer.identifier);
        sheet.find(&rules::SIGNATURE_ALGORITHMS, inner.at, found, expected);
    }
}

fn check_country(view: &CertificateView<'_>, sheet: &mut Sheet) {
    let (issuer, subject) = (view.issuer.name.country(), view.subject.name.country());
    if let (Some(issuer), Some(subject)) = (issuer, subject)
        && issuer != subject
    {
        let found = format!("issuer {issuer}, subject {subject}");
        sheet.find(&rules::COUNTRY_EQUAL, view.subject.at, found, "one country");
    }
}
