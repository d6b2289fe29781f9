//! Keys and certificates that come as PEM or DER (RFC 7468).

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crypto::SecretBytes;

use crate::exit::Problem;

const PUBLIC_KEY: &str = "PUBLIC KEY";
const CERTIFICATE: &str = "CERTIFICATE";
const PRIVATE_KEY: &str = "PRIVATE KEY";
/// Characters of a line (RFC 7468 §2).
const LINE: usize = 64;

/// A SubjectPublicKeyInfo.
pub fn public_key(file: &[u8]) -> Result<Vec<u8>> {
    block(file, PUBLIC_KEY)
}

/// A certificate.
pub fn certificate(file: &[u8]) -> Result<Vec<u8>> {
    block(file, CERTIFICATE)
}

/// A private key, PKCS#8.
pub fn private_key(file: &[u8]) -> Result<SecretBytes> {
    block(file, PRIVATE_KEY).map(SecretBytes::new)
}

/// Writes a SubjectPublicKeyInfo.
pub fn write_public_key(der: &[u8]) -> String {
    let text = BASE64.encode(der);
    let mut pem = format!("-----BEGIN {PUBLIC_KEY}-----\n");
    for at in (0..text.len()).step_by(LINE) {
        let line = text.get(at..text.len().min(at + LINE));
        pem.push_str(line.unwrap_or_default());
        pem.push('\n');
    }
    pem.push_str(&format!("-----END {PUBLIC_KEY}-----\n"));
    pem
}

/// The first block of this label; a file without any is DER.
fn block(file: &[u8], label: &str) -> Result<Vec<u8>> {
    let text = match core::str::from_utf8(file) {
        Ok(text) if text.contains("-----BEGIN ") => text,
        _ => return Ok(file.to_vec()),
    };
    let begin = format!("-----BEGIN {label}-----");
    let end = format!("-----END {label}-----");
    text.split_once(&begin)
        .and_then(|(_, behind)| behind.split_once(&end))
        .and_then(|(body, _)| {
            let body: String = body.split_whitespace().collect();
            BASE64.decode(body).ok()
        })
        .ok_or_else(|| {
            Problem::usage(
                format!("no {} in this PEM file", label.to_lowercase()),
                "is it the right file?",
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let der: Vec<u8> = (0..120).collect();
        let pem = write_public_key(&der);
        assert!(pem.lines().all(|line| line.len() <= LINE));
        assert_eq!(public_key(pem.as_bytes()).unwrap(), der);
        assert_eq!(public_key(&der).unwrap(), der);
        assert!(certificate(pem.as_bytes()).is_err());
        assert!(public_key(pem.replace("AAEC", "A*EC").as_bytes()).is_err());
    }
}
