//! Values of card verifiable certificates (TR-03110-3 §C.1, §D.2).

use super::value;

/// Country, mnemonic and sequence number of a certification authority or a holder.
pub(super) fn reference(octets: &[u8]) -> Option<String> {
    /// Country 2, sequence number 5.
    const COUNTRY: usize = 2;
    const SEQUENCE_NUMBER: usize = 5;
    let text = value::text(octets)?;
    let parts = text.split_at_checked(COUNTRY).and_then(|(country, rest)| {
        let (mnemonic, number) = rest.split_at_checked(rest.len().checked_sub(SEQUENCE_NUMBER)?)?;
        Some(format!(
            "{text} (country {country}, holder {mnemonic}, number {number})"
        ))
    });
    Some(parts.unwrap_or(text))
}

/// Profile, which is counted from 0.
pub(super) fn profile(octets: &[u8]) -> Option<String> {
    Some(format!(
        "{}, version {}",
        value::number(octets)?,
        value::unsigned(octets)?.checked_add(1)?
    ))
}

/// The two highest bits of an authorisation, for any type of terminal.
pub(super) fn role(octets: &[u8]) -> Option<String> {
    let role = match octets.first()? >> 6 {
        0b11 => "CVCA",
        0b10 => "domestic document verifier",
        0b01 => "foreign document verifier",
        _ => "terminal",
    };
    Some(role.to_owned())
}

/// Role and rights of an inspection system (Doc 9303-10 table 95).
pub(super) fn inspection_rights(octets: &[u8]) -> Option<String> {
    let &[octet] = octets else {
        return role(octets);
    };
    let rights = match octet & 0b11 {
        0b00 => "may read neither EF.DG3 nor EF.DG4",
        0b01 => "may read EF.DG3",
        0b10 => "may read EF.DG4",
        _ => "may read EF.DG3 and EF.DG4",
    };
    Some(format!("{}, {rights}", role(octets)?))
}

/// DO'83' of MANAGE SECURITY ENVIRONMENT: which password, or the name of a key.
pub(super) fn password_or_key(octets: &[u8]) -> Option<String> {
    match octets {
        [_] => value::coded(octets, &[(1, "MRZ"), (2, "CAN"), (3, "PIN"), (4, "PUK")]),
        _ => reference(octets),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (found, expected) in [
            (
                reference(b"UTTESTCVCAUT001"),
                "UTTESTCVCAUT001 (country UT, holder TESTCVCA, number UT001)",
            ),
            (reference(b"UT1"), "UT1"),
            (reference("Aé12345".as_bytes()), "Aé12345"),
            (
                inspection_rights(&[0x83]),
                "domestic document verifier, may read EF.DG3 and EF.DG4",
            ),
            (inspection_rights(&[0x01]), "terminal, may read EF.DG3"),
            (inspection_rights(&[0xC0, 0, 0, 0, 0]), "CVCA"),
            (profile(&[0]), "0, version 1"),
            (password_or_key(&[2]), "2 = CAN"),
        ] {
            assert_eq!(found.as_deref(), Some(expected));
        }
        assert_eq!(inspection_rights(&[]), None);
    }
}
