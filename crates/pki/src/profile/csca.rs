//! Country signing certification authority, self-signed root (Doc 9303-12 §7.1, column CSCA self-signed root).

use crypto::{CryptoRng, EcParameters};
use x509_cert::ext::pkix::{BasicConstraints, IssuerAltName, KeyUsage, KeyUsages, SubjectAltName};

use super::extensions::{
    ExtensionList, authority_key_identifier, crl_distribution_points, key_identifier,
    private_key_usage_period, subject_key_identifier,
};
use super::{Authority, Template, check_periods, subject_public_key_info};
use crate::Result;
use crate::certificate::Validity;
use crate::signer::Signer;

/// basicConstraints of a CSCA: it issues no further certification authorities (Doc 9303-12 §7.1).
pub(super) const CERTIFICATION_AUTHORITY: BasicConstraints = BasicConstraints {
    ca: true,
    path_len_constraint: Some(0),
};

/// What a CSCA root certificate says.
#[derive(Debug, Clone)]
pub struct CscaProfile {
    /// The issuing authority.
    pub authority: Authority,
    /// commonName; Doc 9303-12 leaves it to the state. Successors are told apart by it.
    pub common_name: String,
    /// Validity of the certificate: 13 to 15 years for documents of ten (Doc 9303-12 §4.1).
    pub validity: Validity,
    /// When the key signs: 3 to 5 years (Doc 9303-12 §4.1).
    pub private_key_usage: Validity,
    /// Where the revocation lists can be had.
    pub crl_distribution_points: Vec<String>,
    /// Explicit, as Doc 9303-12 §4.1.6.3 demands; named for software that cannot read them.
    pub ec_parameters: EcParameters,
}

impl CscaProfile {
    /// Issues the certificate: the key certifies itself.
    ///
    /// # Errors
    /// [`crate::Error::Misuse`] for what the profile forbids; whatever the signer answers.
    pub fn issue(&self, signer: &dyn Signer, rng: &mut dyn CryptoRng) -> Result<Vec<u8>> {
        check_periods(&self.validity, &self.private_key_usage)?;
        let subject = self.authority.name(&self.common_name)?;
        let spki = subject_public_key_info(signer.public_key(), self.ec_parameters)?;
        let names = self.authority.alternative_names()?;
        let mut list = ExtensionList::new(&subject);
        list.push(&authority_key_identifier(key_identifier(&spki)?))?
            .push(&subject_key_identifier(&spki)?)?
            .push(&KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign))?
            .push(&private_key_usage_period(&self.private_key_usage)?)?
            .push(&SubjectAltName(names.clone()))?
            .push(&IssuerAltName(names))?
            .push(&CERTIFICATION_AUTHORITY)?
            .push(&crl_distribution_points(&self.crl_distribution_points)?)?;
        let extensions = list.extensions;
        Template {
            issuer: subject.clone(),
            subject,
            validity: self.validity,
            subject_public_key_info: spki,
            extensions,
        }
        .issue(signer, rng)
    }
}
