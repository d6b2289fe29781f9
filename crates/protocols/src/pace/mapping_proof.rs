//! The proof of chip authentication mapping: CA_IC, encrypted under the new session (Doc 9303-11 §4.4.3.5, §4.4.5.6).

use crypto::{AgreementDomain, AgreementKey, SecretBytes};

use crate::error::{Fault, Step, Untrusted};
use crate::secure_messaging::SessionKeys;
use crate::{Error, Result};

/// What a chip says to have the private number of its static key, once the key is known.
///
/// It proves nothing by itself. EF.CardSecurity is read under the session that PACE opened; when its signature and
/// certificates have been verified, [`Self::check`] with the key in it shows the chip to be genuine.
#[must_use]
pub struct MappingProof {
    data: SecretBytes,
    mapping_key: AgreementKey,
    key_id: u64,
}

impl MappingProof {
    /// Decrypts DO'8A'.
    ///
    /// # Errors
    /// [`Error::CardMisbehaved`] when it has no padding or another length than the order.
    pub(super) fn decrypt(
        keys: &SessionKeys,
        cryptogram: &[u8],
        mapping_key: AgreementKey,
        key_id: u64,
    ) -> Result<Self> {
        let misbehaved = |fault| Error::CardMisbehaved {
            step: Step::PaceTokens,
            fault,
        };
        let data = keys
            .decrypt_chip_authentication_data(cryptogram)?
            .ok_or(misbehaved(Fault::Padding))?;
        let (expected, found) = (data_len(mapping_key.domain()), data.len());
        if found != expected {
            return Err(misbehaved(Fault::Length { expected, found }));
        }
        let data = data.as_slice().into();
        Ok(Self {
            data,
            mapping_key,
            key_id,
        })
    }

    /// The number of the key it is about ([`mapping_key_id`](super::mapping_key_id)).
    #[must_use]
    pub const fn key_id(&self) -> u64 {
        self.key_id
    }

    /// Whether the chip has the private number of this key, which must come from a **verified** EF.CardSecurity: PK_Map,IC =
    /// CA_IC·PK_IC as whole points (Doc 9303-11 §4.4.3.5.2).
    ///
    /// # Errors
    /// [`Error::Untrusted`] when it has not.
    pub fn check(&self, key: &AgreementKey) -> Result<()> {
        key.check_chip_authentication_data(self.data.expose(), &self.mapping_key)
            .map_err(|_| Error::Untrusted(Untrusted::PaceMappingProof))
    }
}

/// Octets of CA_IC: those of the order. No group has it.
const fn data_len(domain: AgreementDomain) -> usize {
    match domain {
        AgreementDomain::Ec(curve) => curve.order_len(),
        AgreementDomain::Dh(group) => group.order_len(),
    }
}

impl core::fmt::Debug for MappingProof {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("MappingProof")
    }
}
