//! Certificates in PEM as people keep them: several in a file, text around them, lines of any length (RFC 7468 §5).

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use crate::{Error, Result};

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
/// The labels of RFC 7468 §5 to §9 whose objects a trust store takes in, and an old one.
const LABELS: [&str; 5] = [
    "CERTIFICATE",
    "X509 CERTIFICATE",
    "X509 CRL",
    "CMS",
    "PKCS7",
];
const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The certificates of a PEM file; none if it is no PEM file.
///
/// # Errors
/// [`Error::Malformed`] when a block has no end or is not base64.
pub(super) fn blocks(file: &[u8]) -> Result<Vec<Vec<u8>>> {
    blocks_between(file, BEGIN, END)
}

/// The objects of a PEM file under the labels of certificates, revocation lists and signed lists.
///
/// # Errors
/// As [`blocks`].
pub(super) fn any_blocks(file: &[u8]) -> Result<Vec<Vec<u8>>> {
    let mut blocks = Vec::new();
    for label in LABELS {
        let (begin, end) = (
            format!("-----BEGIN {label}-----"),
            format!("-----END {label}-----"),
        );
        blocks.extend(blocks_between(file, &begin, &end)?);
    }
    Ok(blocks)
}

fn blocks_between(file: &[u8], begin: &str, end: &str) -> Result<Vec<Vec<u8>>> {
    let Ok(text) = core::str::from_utf8(file) else {
        return Ok(Vec::new());
    };
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once(begin) {
        let at = text.len() - behind.len();
        let malformed = |what| Error::Malformed { what, at };
        let (body, behind) = behind
            .split_once(end)
            .ok_or(malformed("PEM block without end"))?;
        let body: String = body.split_whitespace().collect();
        let der = ANY_PADDING
            .decode(body)
            .map_err(|_| malformed("base64 of a PEM block"))?;
        blocks.push(der);
        rest = behind;
    }
    Ok(blocks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_pem() {
        let block = |body: &str| format!("{BEGIN}\n{body}\n{END}\n");
        for (text, expected) in [
            (String::new(), vec![]),
            ("no PEM".to_owned(), vec![]),
            (block("AQID"), vec![vec![1, 2, 3]]),
            (
                format!("Issuer: TEST\r\n{}text\n{}", block("AQ\r\nID"), block("BA")),
                vec![vec![1, 2, 3], vec![4]],
            ),
        ] {
            assert_eq!(blocks(text.as_bytes()), Ok(expected), "{text}");
        }
        assert!(blocks(format!("{BEGIN}AQID").as_bytes()).is_err());
        assert!(blocks(block("A!").as_bytes()).is_err());
        assert_eq!(blocks(&[0x30, 0x80, 0xFF]), Ok(vec![]));
    }
}
