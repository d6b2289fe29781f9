//! Objects in PEM: of any label, but keys are passed over (RFC 7468 §2).

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";
/// What the labels of all private keys end with, encrypted or not.
const PRIVATE_KEY: &str = "PRIVATE KEY";
const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether a file is text with PEM blocks.
pub(super) fn is_pem(bytes: &[u8]) -> bool {
    core::str::from_utf8(bytes).is_ok_and(|text| text.contains(BEGIN))
}

/// What the blocks hold; `None` when one of them is damaged.
pub(super) fn blocks(bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut rest = core::str::from_utf8(bytes).ok()?;
    let mut blocks = Vec::new();
    while let Some((_, behind)) = rest.split_once(BEGIN) {
        let (label, body) = behind.split_once(DASHES)?;
        let (body, behind) = body.split_once(END)?;
        rest = behind;
        if label.ends_with(PRIVATE_KEY) {
            continue;
        }
        let characters: String = body.split_whitespace().collect();
        blocks.push(ANY_PADDING.decode(characters).ok()?);
    }
    Some(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_any_label_but_keys() {
        let block =
            |label: &str, body: &str| format!("{BEGIN}{label}-----\n{body}\n{END}{label}-----\n");
        for (text, expected) in [
            (block("CERTIFICATE", "AQID"), Some(vec![vec![1, 2, 3]])),
            (
                format!(
                    "text\n{}{}",
                    block("X509 CRL", "AQ\r\nID"),
                    block("CMS", "BA")
                ),
                Some(vec![vec![1, 2, 3], vec![4]]),
            ),
            (block("EC PRIVATE KEY", "AQID"), Some(vec![])),
            (block("CERTIFICATE", "A!"), None),
            (format!("{BEGIN}CERTIFICATE-----\nAQID"), None),
        ] {
            assert!(is_pem(text.as_bytes()), "{text}");
            assert_eq!(blocks(text.as_bytes()), expected, "{text}");
        }
        assert!(!is_pem(b"no PEM") && !is_pem(&[0x30, 0x80, 0xFF]));
    }
}
