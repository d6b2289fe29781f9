//! Certificates in PEM as people keep them: several in a file, text around them, lines of any length (RFC 7468 §5).

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use crate::{Error, Result};

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";
const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The certificates of a PEM file; none if it is no PEM file.
///
/// # Errors
/// [`Error::Malformed`] when a block has no end or is not base64.
pub(super) fn blocks(file: &[u8]) -> Result<Vec<Vec<u8>>> {
    let Ok(text) = core::str::from_utf8(file) else {
        return Ok(Vec::new());
    };
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once(BEGIN) {
        let at = text.len() - behind.len();
        let malformed = |what| Error::Malformed { what, at };
        let (body, behind) = behind
            .split_once(END)
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
