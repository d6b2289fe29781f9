//! Signer of master lists or deviation lists (Doc 9303-12 §7.1, column Master List Signer and Deviation List Signer).

use const_oid::ObjectIdentifier;
use crypto::{CryptoRng, EcParameters, PublicKey};
use x509_cert::ext::pkix::{KeyUsage, KeyUsages, SubjectAltName};

use super::extensions::{
    ExtensionList, authority_key_identifier, crl_distribution_points, private_key_usage_period,
    subject_key_identifier,
};
use super::{Authority, Issuer, Template, check_periods, check_validity, subject_public_key_info};
use crate::certificate::Validity;
use crate::{Result, oids};

/// Which lists a list signer signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListRole {
    /// CSCA master lists (Doc 9303-12 §9).
    MasterList,
    /// Deviation lists (Doc 9303-12 §10).
    DeviationList,
}

impl ListRole {
    /// The extended key usage that gives the role (Doc 9303-12 §7.1.1.3).
    #[must_use]
    pub const fn extended_key_usage(self) -> ObjectIdentifier {
        match self {
            Self::MasterList => oids::MASTER_LIST_SIGNING_KEY,
            Self::DeviationList => oids::DEVIATION_LIST_SIGNING_KEY,
        }
    }

    /// The role that extended key usages give; `None` when they give none or more than one.
    #[must_use]
    pub fn of(extended_key_usage: &[ObjectIdentifier]) -> Option<Self> {
        let gives = |role: &Self| extended_key_usage.contains(&role.extended_key_usage());
        let mut roles = [Self::MasterList, Self::DeviationList]
            .into_iter()
            .filter(gives);
        let role = roles.next();
        role.filter(|_| roles.next().is_none())
    }
}

/// What a list signer certificate says.
#[derive(Debug, Clone)]
pub struct ListSignerProfile {
    /// Which lists it signs.
    pub role: ListRole,
    /// The issuing authority.
    pub authority: Authority,
    /// commonName.
    pub common_name: String,
    /// Validity of the certificate.
    pub validity: Validity,
    /// When the key signs, if that is to be said.
    pub private_key_usage: Option<Validity>,
    /// Where the revocation lists of the issuer can be had.
    pub crl_distribution_points: Vec<String>,
    /// Explicit, as Doc 9303-12 §4.1.6.3 demands; named for software that cannot read them.
    pub ec_parameters: EcParameters,
}

impl ListSignerProfile {
    /// Issues the certificate of a key. It has a key identifier, because lists name their signer by it (Doc 9303-12 §9.1).
    ///
    /// # Errors
    /// [`crate::Error::Misuse`] for what the profile forbids; whatever the issuer's signer answers.
    pub fn issue(
        &self,
        key: &PublicKey,
        issuer: &Issuer<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        check_validity(&self.validity)?;
        issuer.check_issued(self.authority.country(), &self.validity)?;
        let subject = self.authority.name(&self.common_name)?;
        let spki = subject_public_key_info(key, self.ec_parameters)?;
        let mut list = ExtensionList::new(&subject);
        list.push(&authority_key_identifier(issuer.key_identifier.clone()))?
            .push(&subject_key_identifier(&spki)?)?
            .push(&KeyUsage(KeyUsages::DigitalSignature.into()))?;
        if let Some(period) = &self.private_key_usage {
            check_periods(&self.validity, period)?;
            list.push(&private_key_usage_period(period)?)?;
        }
        list.push(&SubjectAltName(self.authority.alternative_names()?))?
            .push(&issuer.alternative_names)?
            .push_extended_key_usage(self.role.extended_key_usage())?
            .push(&crl_distribution_points(&self.crl_distribution_points)?)?;
        let extensions = list.extensions;
        Template {
            issuer: issuer.name.clone(),
            subject,
            validity: self.validity,
            subject_public_key_info: spki,
            extensions,
        }
        .issue(issuer.signer, rng)
    }
}
