//! `%41` for `A` (RFC 3986 §2.1), both ways.

use std::path::Path;

use super::{LocationFault, fault};
use crate::Result;

/// What may stand in a path attribute as it is, beside letters and digits (RFC 7512 §2.3; `/` for files).
pub(super) const PATH: &[u8] = b"-._~:[]@!$'()*+,&/";
/// The same for a query attribute.
pub(super) const QUERY: &[u8] = b"-._~:[]@!$'()*+,/?|";

/// A text that is not empty and has no control characters.
pub(super) fn text(encoded: &str, at: usize, plain: &[u8]) -> Result<String> {
    let text = String::from_utf8(bytes(encoded, at, plain)?)
        .map_err(|_| fault(LocationFault::Text, at))?;
    if text.chars().any(char::is_control) {
        return Err(fault(LocationFault::Text, at));
    }
    Ok(text)
}

/// Bytes, at least one.
pub(super) fn bytes(encoded: &str, at: usize, plain: &[u8]) -> Result<Vec<u8>> {
    let mut rest = encoded.as_bytes();
    let mut decoded = Vec::with_capacity(rest.len());
    while let [first, tail @ ..] = rest {
        let offset = at + encoded.len() - rest.len();
        rest = match (first, tail) {
            (b'%', [high, low, tail @ ..]) => {
                let digits = (digit(*high), digit(*low));
                let (Some(high), Some(low)) = digits else {
                    return Err(fault(LocationFault::Percent, offset));
                };
                decoded.push(high << 4 | low);
                tail
            }
            (byte, tail) if byte.is_ascii_alphanumeric() || plain.contains(byte) => {
                decoded.push(*byte);
                tail
            }
            _ => return Err(fault(LocationFault::Percent, offset)),
        };
    }
    if decoded.is_empty() {
        return Err(fault(LocationFault::Empty, at));
    }
    Ok(decoded)
}

/// Everything but letters, digits and `-._~` with a percent sign.
pub(super) fn encode(bytes: &[u8]) -> String {
    encode_but(bytes, b"-._~")
}

/// The same, but `/` stays.
pub(super) fn encode_path(path: &Path) -> String {
    encode_but(path.as_os_str().as_encoded_bytes(), b"-._~/")
}

/// Every byte with a percent sign, as identifiers are written.
pub(super) fn encode_all(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02X}")).collect()
}

fn encode_but(bytes: &[u8], plain: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || plain.contains(byte) {
            out.push(char::from(*byte));
        } else {
            out += &format!("%{byte:02X}");
        }
    }
    out
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
