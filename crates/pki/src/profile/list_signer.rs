//! Signer of master lists or deviation lists (Doc 9303-12 §7.1, column Master List Signer and Deviation List Signer).

use const_oid::ObjectIdentifier;
use crypto::{CryptoRng, EcParameters, PublicKey};

use super::issued::{Column, Issued};
use super::{Authority, Issuer};
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
        Issued {
            column: Column::ListSigner(self.role),
            authority: &self.authority,
            common_name: &self.common_name,
            validity: &self.validity,
            private_key_usage: self.private_key_usage.as_ref(),
            crl_distribution_points: &self.crl_distribution_points,
            ec_parameters: self.ec_parameters,
        }
        .issue(key, issuer, rng)
    }
}
