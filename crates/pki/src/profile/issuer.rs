//! A CSCA in its role as issuer of other certificates.

use const_oid::AssociatedOid;
use crypto::PublicKey;
use der::Decode;
use der::asn1::OctetString;
use time::OffsetDateTime;
use x509_cert::ext::pkix::{IssuerAltName, SubjectAltName};
use x509_cert::name::Name;

use super::CountryCode;
use crate::certificate::{Certificate, KeyUsage, Validity};
use crate::signer::Signer;
use crate::{Error, Result};

/// A CSCA certificate with the key that belongs to it.
pub struct Issuer<'a> {
    pub(crate) signer: &'a dyn Signer,
    pub(crate) name: Name,
    pub(crate) key_identifier: OctetString,
    pub(super) alternative_names: IssuerAltName,
    country: String,
    validity: Validity,
    private_key_usage: Option<Validity>,
    signs_crls: bool,
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
            country: read.subject().country().unwrap_or_default().to_owned(),
            signs_crls: extensions.key_usage.is_some_and(KeyUsage::crl_sign),
            validity: *read.validity(),
            private_key_usage: period.map(|period| Validity {
                not_before: period.not_before.unwrap_or(read.validity().not_before),
                not_after: period.not_after.unwrap_or(read.validity().not_after),
            }),
        })
    }

    /// What the issuer may certify: subjects of its own country (Doc 9303-12 §7.1), inside its own validity, and begun while
    /// its key is in use (Doc 9303-12 §4.1.1).
    pub(super) fn check_issued(&self, country: CountryCode, validity: &Validity) -> Result<()> {
        if self.country != country.as_str() {
            return Err(Error::Misuse(
                "issuer and subject of a certificate are of one country",
            ));
        }
        if !self.validity.encloses(validity) {
            return Err(Error::Misuse(
                "a certificate is valid inside the validity of its issuer",
            ));
        }
        if !self.is_in_use(validity.not_before) {
            return Err(Error::Misuse(
                "the issuer's key is not in use when the certificate begins",
            ));
        }
        Ok(())
    }

    /// Whether the issuer may sign a revocation list at this time.
    pub(crate) fn check_crl(&self, this_update: OffsetDateTime) -> Result<()> {
        if !self.signs_crls {
            return Err(Error::Misuse(
                "the issuer's certificate does not allow to sign CRLs",
            ));
        }
        if !self.validity.contains(this_update) || !self.is_in_use(this_update) {
            return Err(Error::Misuse(
                "the issuer's key is not in use when the CRL is issued",
            ));
        }
        Ok(())
    }

    /// The last moment of its certificate.
    pub(super) const fn not_after(&self) -> OffsetDateTime {
        self.validity.not_after
    }

    fn is_in_use(&self, moment: OffsetDateTime) -> bool {
        self.private_key_usage
            .is_none_or(|usage| usage.contains(moment))
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
