//! CSCA link certificate (Doc 9303-12 §7.1, column CSCA link): the CSCA of yesterday says who it is from now on.

use const_oid::{AssociatedOid, ObjectIdentifier};
use crypto::{CryptoRng, EcParameters, PublicKey};
use der::asn1::Null;
use x509_cert::ext::{Criticality, Extension};
use x509_cert::name::Name;

use super::issued::{Column, Issued};
use super::{Authority, CscaProfile, Issuer};
use crate::certificate::Validity;
use crate::{Result, oids};

/// What a CSCA link certificate says of the new CSCA. The issuer is the old one. What changes is the key, the name, or both
/// (Doc 9303-12 §7.1.1.5): a new name with the old key has the same key as its issuer, and a new name with a new key
/// gets the extension NameChange.
#[derive(Debug, Clone)]
pub struct CscaLinkProfile {
    /// The issuing authority.
    pub authority: Authority,
    /// commonName of the new CSCA: that of the old one for a change of the key only.
    pub common_name: String,
    /// Validity of the certificate, inside that of the old CSCA.
    pub validity: Validity,
    /// When the new key signs.
    pub private_key_usage: Validity,
    /// Where the revocation lists can be had.
    pub crl_distribution_points: Vec<String>,
    /// Explicit, as Doc 9303-12 §4.1.6.3 demands; named for software that cannot read them.
    pub ec_parameters: EcParameters,
}

impl CscaLinkProfile {
    /// The link to a CSCA whose own certificate is of this profile. It ends with the certificate of the old CSCA, if that
    /// ends first.
    #[must_use]
    pub fn to(csca: &CscaProfile, issuer: &Issuer<'_>) -> Self {
        let end = csca.validity.not_after.min(issuer.not_after());
        Self {
            authority: csca.authority.clone(),
            common_name: csca.common_name.clone(),
            validity: Validity {
                not_before: csca.validity.not_before,
                not_after: end,
            },
            private_key_usage: csca.private_key_usage,
            crl_distribution_points: csca.crl_distribution_points.clone(),
            ec_parameters: csca.ec_parameters,
        }
    }

    /// Issues the certificate of the new key, signed with the old one.
    ///
    /// # Errors
    /// [`crate::Error::Misuse`] for what the profile forbids, or when neither key nor name changes; whatever the issuer's signer
    /// answers.
    pub fn issue(
        &self,
        key: &PublicKey,
        issuer: &Issuer<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        Issued {
            column: Column::CscaLink,
            authority: &self.authority,
            common_name: &self.common_name,
            validity: &self.validity,
            private_key_usage: Some(&self.private_key_usage),
            crl_distribution_points: &self.crl_distribution_points,
            ec_parameters: self.ec_parameters,
        }
        .issue(key, issuer, rng)
    }
}

/// Extension NameChange (Doc 9303-12 §7.1.1.5): NULL.
pub(super) struct NameChange(pub(super) Null);

impl der::Encode for NameChange {
    fn encoded_len(&self) -> der::Result<der::Length> {
        self.0.encoded_len()
    }

    fn encode(&self, encoder: &mut impl der::Writer) -> der::Result<()> {
        self.0.encode(encoder)
    }
}

impl AssociatedOid for NameChange {
    const OID: ObjectIdentifier = oids::NAME_CHANGE;
}

impl Criticality for NameChange {
    fn criticality(&self, _subject: &Name, _extensions: &[Extension]) -> bool {
        false
    }
}
