//! Certificates in a file: one behind the other, in the order in which a chip would be given them.

use iso7816::tlv;
use protocols::Error as ProtocolError;
use protocols::terminal_authentication::{Certificate, CertificateFault, MAX_CHAIN_LEN};

use crate::error::{Error, Refused, Result};

/// Most certificates of a file: a chain, and the self-signed one in front of it.
pub const MAX_CERTIFICATES: usize = MAX_CHAIN_LEN + 1;
/// Most octets of a file.
pub const MAX_LEN: usize =
    MAX_CERTIFICATES * protocols::terminal_authentication::MAX_CERTIFICATE_LEN;
const WHAT: &str = "certificates";

/// Reads the certificates of a file. Nothing is verified.
///
/// # Errors
/// [`Error::TooLong`], [`Error::Unreadable`]; [`Refused::Content`] when there is none, or more than
/// [`MAX_CERTIFICATES`].
pub fn read(file: &[u8]) -> Result<Vec<Certificate>> {
    if file.len() > MAX_LEN {
        return Err(Error::TooLong {
            what: WHAT,
            limit: MAX_LEN,
        });
    }
    let mut certificates = Vec::new();
    let mut rest = file;
    while !rest.is_empty() {
        if certificates.len() == MAX_CERTIFICATES {
            return Err(Refused::Content("as few certificates as a chain has").into());
        }
        // What is no data object at all is for the certificate's own reader to name.
        let (first, behind) = match tlv::read(rest) {
            Ok((object, behind)) => (object.raw, behind),
            Err(_) => (rest, &[][..]),
        };
        certificates.push(Certificate::parse(first).map_err(|error| unreadable(WHAT, error))?);
        rest = behind;
    }
    if certificates.is_empty() {
        return Err(Refused::Content("a certificate").into());
    }
    Ok(certificates)
}

/// Writes them.
#[must_use]
pub fn write<'a>(certificates: impl IntoIterator<Item = &'a Certificate>) -> Vec<u8> {
    certificates
        .into_iter()
        .flat_map(Certificate::to_bytes)
        .collect()
}

/// What a reader of certificates or requests says.
pub(crate) fn unreadable(what: &'static str, error: ProtocolError) -> Error {
    match error {
        ProtocolError::Certificate(fault) => Error::Unreadable { what, fault },
        other => other.into(),
    }
}

/// What the rules of a chain say of a certificate.
pub(crate) fn invalid(certificate: &Certificate, fault: CertificateFault) -> Error {
    Error::Certificate {
        holder: certificate.body().holder.clone(),
        fault,
    }
}
