//! Revocation lists as we write them (Doc 9303-12 §7.1.4, tables of CRL fields and CRL extensions).

use std::collections::HashSet;

use der::asn1::{BitString, Uint};
use der::{Decode, Encode};
use spki::AlgorithmIdentifierOwned;
use time::{Duration, OffsetDateTime};
use x509_cert::Version;
use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::ext::pkix::{CrlNumber, IssuerAltName, name::GeneralName};
use x509_cert::serial_number::SerialNumber;

use super::MAX_DAYS_BETWEEN_CRLS;
use crate::algorithm::signature_identifier;
use crate::name::Name;
use crate::profile::Issuer;
use crate::profile::extensions::{ExtensionList, authority_key_identifier};
use crate::{Error, Result, written_time};

/// Fewest hours from one CRL to the next (Doc 9303-12 §4.1.5).
pub const MIN_HOURS_BETWEEN_CRLS: u32 = 48;

/// What a revocation list says.
#[derive(Debug, Clone)]
pub struct CrlProfile {
    /// cRLNumber: one more than that of the list before.
    pub number: u64,
    /// When it is issued.
    pub this_update: OffsetDateTime,
    /// When the next one will be there: 48 hours to 90 days later (Doc 9303-12 §4.1.5).
    pub next_update: OffsetDateTime,
    /// The certificates that are revoked, of whatever kind.
    pub revoked: Vec<RevokedCertificate>,
    /// Names under which the CSCA issued certificates before it changed its name, as their issuer field has it.
    pub former_names: Vec<Name>,
}

/// A certificate to be revoked. Why it is revoked is not said in the list (Doc 9303-12 §7.1.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedCertificate {
    /// Its serial number, as [`crate::Certificate::serial_number`] gives it.
    pub serial_number: Vec<u8>,
    /// When it was revoked.
    pub date: OffsetDateTime,
}

impl CrlProfile {
    /// Issues the list.
    ///
    /// # Errors
    /// [`Error::Misuse`] for what the profile forbids; whatever the issuer's signer answers.
    pub fn issue(&self, issuer: &Issuer<'_>) -> Result<Vec<u8>> {
        self.check_period()?;
        issuer.check_crl(self.this_update)?;
        let signature_algorithm =
            AlgorithmIdentifierOwned::from_der(&signature_identifier(&issuer.signer.algorithm())?)?;
        let revoked = self.entries()?;
        let tbs_cert_list: TbsCertList = TbsCertList {
            version: Version::V2,
            signature: signature_algorithm.clone(),
            issuer: issuer.name.clone(),
            this_update: written_time::time(self.this_update)?,
            next_update: Some(written_time::time(self.next_update)?),
            revoked_certificates: (!revoked.is_empty()).then_some(revoked),
            crl_extensions: Some(self.extensions(issuer)?),
        };
        let signature = issuer.signer.sign(&tbs_cert_list.to_der()?)?;
        let list = CertificateList {
            tbs_cert_list,
            signature_algorithm,
            signature: BitString::from_bytes(&signature)?,
        };
        Ok(list.to_der()?)
    }

    fn check_period(&self) -> Result<()> {
        let period = self.next_update - self.this_update;
        if period < Duration::hours(MIN_HOURS_BETWEEN_CRLS.into()) {
            return Err(Error::Misuse("the next CRL comes after 48 hours at least"));
        }
        if period > Duration::days(MAX_DAYS_BETWEEN_CRLS.into()) {
            return Err(Error::Misuse("the next CRL comes after 90 days at most"));
        }
        Ok(())
    }

    fn entries(&self) -> Result<Vec<RevokedCert>> {
        let mut known = HashSet::new();
        let entry = |revoked: &RevokedCertificate| {
            if revoked.date > self.this_update {
                return Err(Error::Misuse("nothing is revoked after the CRL is issued"));
            }
            if !known.insert(revoked.serial_number.clone()) {
                return Err(Error::Misuse("a certificate is revoked once"));
            }
            Ok(RevokedCert {
                serial_number: SerialNumber::from_der(&integer(&revoked.serial_number))?,
                revocation_date: written_time::time(revoked.date)?,
                crl_entry_extensions: None,
            })
        };
        self.revoked.iter().map(entry).collect()
    }

    fn extensions(&self, issuer: &Issuer<'_>) -> Result<Vec<x509_cert::ext::Extension>> {
        let mut list = ExtensionList::new(&issuer.name);
        list.push(&authority_key_identifier(issuer.key_identifier.clone()))?
            .push(&CrlNumber(Uint::new(&self.number.to_be_bytes())?))?;
        if !self.former_names.is_empty() {
            let name = |name: &Name| {
                let name = x509_cert::name::Name::from_der(name.as_der())?;
                Ok(GeneralName::DirectoryName(name))
            };
            let names: Result<Vec<_>> = self.former_names.iter().map(name).collect();
            list.push(&IssuerAltName(names?))?;
        }
        Ok(list.extensions)
    }
}

/// The serial number of a certificate of whatever age, negative ones of early days included.
fn integer(serial_number: &[u8]) -> Vec<u8> {
    const INTEGER: iso7816::tlv::Tag = iso7816::tlv::Tag::new(0x02);
    iso7816::tlv::encode(INTEGER, serial_number)
}
