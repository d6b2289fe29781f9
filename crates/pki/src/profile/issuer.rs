//! A CSCA in its role as issuer of other certificates.

use const_oid::AssociatedOid;
use crypto::PublicKey;
use der::Decode;
use der::asn1::OctetString;
use x509_cert::ext::pkix::{IssuerAltName, SubjectAltName};
use x509_cert::name::Name;

use crate::certificate::{Certificate, Validity};
use crate::signer::Signer;
use crate::{Error, Result};

/// A CSCA certificate with the key that belongs to it.
pub struct Issuer<'a> {
    pub(super) signer: &'a dyn Signer,
    pub(super) name: Name,
    pub(super) key_identifier: OctetString,
    pub(super) alternative_names: IssuerAltName,
    validity: Validity,
    private_key_usage: Option<Validity>,
}

impl<'a> Issuer<'a> {
    /// An issuer from its certificate, which this project has written, and its key.
    ///
    /// # Errors
    /// [`Error::Malformed`] or [`Error::Encoding`] when it is no certificate in DER; [`Error::Misuse`] when it is not that
    /// of a CSCA, lacks what Doc 9303-12 §7.1 makes mandatory, or belongs to another key.
    pub fn new(certificate: &[u8], signer: &'a dyn Signer) -> Result<Self> {
        let read = Certificate::parse(certificate)?;
        check_key(&read, signer.public_key())?;
        let extensions = read.extensions();
        if !extensions.is_certification_authority() || !extensions.signs_certificates() {
            return Err(Error::Misuse(
                "the issuer's certificate is not that of a CSCA",
            ));
        }
        let period = extensions.private_key_usage_period;
        Ok(Self {
            signer,
            name: Name::from_der(read.subject().as_der())?,
            key_identifier: OctetString::new(read.key_identifier())?,
            alternative_names: alternative_names(&read)?,
            validity: *read.validity(),
            private_key_usage: period.map(|period| Validity {
                not_before: period.not_before.unwrap_or(read.validity().not_before),
                not_after: period.not_after.unwrap_or(read.validity().not_after),
            }),
        })
    }

    /// What the issuer may certify: inside its own validity, and begun while its key is in use (Doc 9303-12 §4.1.1).
    pub(super) fn check_issued(&self, validity: &Validity) -> Result<()> {
        if !self.validity.encloses(validity) {
            return Err(Error::Misuse(
                "a certificate is valid inside the validity of its issuer",
            ));
        }
        let in_use = self
            .private_key_usage
            .is_none_or(|usage| usage.contains(validity.not_before));
        if !in_use {
            return Err(Error::Misuse(
                "the issuer's key is not in use when the certificate begins",
            ));
        }
        Ok(())
    }
}

fn check_key(certificate: &Certificate, key: &PublicKey) -> Result<()> {
    if certificate.public_key()? == *key {
        Ok(())
    } else {
        Err(Error::Misuse("certificate and key do not belong together"))
    }
}

/// The issuer's SubjectAltName, which becomes IssuerAltName of what it issues.
fn alternative_names(certificate: &Certificate) -> Result<IssuerAltName> {
    let all = &certificate.extensions().all;
    let names = all
        .iter()
        .find(|extension| extension.oid == SubjectAltName::OID)
        .ok_or(Error::Misuse(
            "the issuer's certificate has no SubjectAltName",
        ))?;
    let SubjectAltName(names) = SubjectAltName::from_der(&names.value)?;
    Ok(IssuerAltName(names))
}
