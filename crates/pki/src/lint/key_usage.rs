//! KeyUsage (Doc 9303-12 §7.1, RFC 5280 §4.2.1.3).

use super::object_kind::Kinds;
use super::rules;
use super::sheet::Sheet;
use super::view::ExtensionView;
use crate::Result;
use crate::ber::Tag;

/// The names of the bits, the first one first.
const NAMES: [&str; 9] = [
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
];
const SIGNER: [&str; 1] = ["digitalSignature"];
const CSCA: [&str; 2] = ["keyCertSign", "cRLSign"];

/// Checks the bits against the role.
pub(super) fn check(extension: &ExtensionView<'_>, sheet: &mut Sheet) -> Result<()> {
    let bits = extension.single(Tag::BIT_STRING, "KeyUsage")?;
    let octets = bits.content.get(1..).unwrap_or_default();
    let is_set = |number: usize| {
        let octet = octets.get(number / 8).copied().unwrap_or_default();
        octet & 0x80 >> (number % 8) != 0
    };
    let set: Vec<&str> = NAMES
        .into_iter()
        .enumerate()
        .filter(|(number, _)| is_set(*number))
        .map(|(_, name)| name)
        .collect();
    let of_csca = sheet.kind().is_some_and(|kind| Kinds::CSCA.contains(kind));
    let (wanted, rule) = if of_csca {
        (&CSCA[..], &rules::KU_CSCA)
    } else {
        (&SIGNER[..], &rules::KU_SIGNER)
    };
    if !wanted.iter().all(|name| set.contains(name)) {
        sheet.find(rule, bits.at, set.join(", "), wanted.join(", "));
    }
    if set.iter().any(|name| !wanted.contains(name)) {
        let found = set.join(", ");
        sheet.find(&rules::KU_SURPLUS, bits.at, found, wanted.join(", "));
    }
    // A list of named bits ends with one that is set (X.690 §11.2.2).
    let unused = u32::from(bits.content.first().copied().unwrap_or_default());
    let ends_with_one = octets
        .last()
        .is_some_and(|last| last.trailing_zeros() == unused);
    if !ends_with_one && !octets.is_empty() {
        let found = "KeyUsage with zero bits at its end";
        sheet.find(&rules::DER, bits.at, found, "the last bit set");
    }
    Ok(())
}
