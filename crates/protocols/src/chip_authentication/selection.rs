//! Which key and which algorithm (Doc 9303-11 §6.2.3, §9.2.5, §9.2.6).

use crypto::{AgreementKey, Cipher};
use lds::security_info::{
    ChipAuthenticationInfo, ChipAuthenticationProtocol, ChipAuthenticationPublicKeyInfo,
    SecurityInfos,
};

use crate::protection::protection;
use crate::{Error, Result};

/// A key of the chip and the algorithm it is to be used with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    key: AgreementKey,
    key_id: Option<u64>,
    cipher: Cipher,
    announced: bool,
}

impl Selection {
    /// Chooses key and algorithm: AES before 3DES (Doc 9303-11 §8.5), then the strength of domain parameters and cipher
    /// together, that of the weaker one first. `None` when the chip does not offer chip authentication at all.
    ///
    /// An info belongs to the key of the same kind and id; where there is one key only, an id on one side is enough. A
    /// key without any info stands for 3DES by MSE:Set KAT, as on the first chips (TR-03110-3 §A.1.1).
    ///
    /// # Errors
    /// [`Error::Unsupported`] when it is offered, but not in a form this crate carries out.
    pub fn strongest(infos: &SecurityInfos) -> Result<Option<Self>> {
        let keys: Vec<_> = infos.chip_authentication_public_keys().collect();
        let announced: Vec<_> = infos
            .chip_authentication()
            .filter(|info| info.version == ChipAuthenticationInfo::VERSION)
            .collect();
        if keys.is_empty() && announced.is_empty() {
            return Ok(None);
        }
        let candidates: Vec<Self> = if announced.is_empty() {
            keys.iter()
                .filter_map(|key| Self::unannounced(key))
                .collect()
        } else {
            announced
                .iter()
                .filter_map(|info| Self::announced(info, &keys))
                .collect()
        };
        candidates
            .into_iter()
            .max_by_key(|candidate| protection(candidate.key.domain(), candidate.cipher))
            .map(Some)
            .ok_or(Error::Unsupported(
                "every form of chip authentication this chip offers",
            ))
    }

    /// Cipher of the session that follows.
    #[must_use]
    pub const fn cipher(&self) -> Cipher {
        self.cipher
    }

    /// The chip's static key, as good as the file it came from.
    #[must_use]
    pub const fn key(&self) -> &AgreementKey {
        &self.key
    }

    /// Whether the chip announced the algorithm; if not, it was inferred from the key.
    #[must_use]
    pub const fn is_announced(&self) -> bool {
        self.announced
    }

    pub(super) const fn key_id(&self) -> Option<u64> {
        self.key_id
    }

    /// Kind of key and cipher.
    #[must_use]
    pub fn protocol(&self) -> ChipAuthenticationProtocol {
        ChipAuthenticationProtocol {
            agreement: self.key.domain().into(),
            cipher: self.cipher,
        }
    }

    fn announced(
        info: &ChipAuthenticationInfo,
        keys: &[&ChipAuthenticationPublicKeyInfo],
    ) -> Option<Self> {
        let only_key = keys.len() == 1;
        let belongs = |key: &ChipAuthenticationPublicKeyInfo| {
            let one_sided = info.key_id.is_none() || key.key_id.is_none();
            key.agreement == info.protocol.agreement
                && (key.key_id == info.key_id || only_key && one_sided)
        };
        let key = keys.iter().find(|key| belongs(key))?;
        Some(Self {
            key: key.agreement_key().ok()?,
            key_id: info.key_id,
            cipher: info.protocol.cipher,
            announced: true,
        })
    }

    fn unannounced(key: &ChipAuthenticationPublicKeyInfo) -> Option<Self> {
        Some(Self {
            key: key.agreement_key().ok()?,
            key_id: key.key_id,
            cipher: Cipher::TripleDes,
            announced: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use crypto::{AgreementDomain, AgreementGenerator, AgreementKeyPair, Curve, DhGroup};
    use lds::security_info::{KeyAgreement, SecurityInfo};
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    const P256: AgreementDomain = AgreementDomain::Ec(Curve::P256);
    const P384: AgreementDomain = AgreementDomain::Ec(Curve::P384);
    const GROUP: AgreementDomain = AgreementDomain::Dh(DhGroup::Modp2048_256);

    fn of_kind(agreement: KeyAgreement, cipher: Cipher, key_id: Option<u64>) -> SecurityInfo {
        let protocol = ChipAuthenticationProtocol { agreement, cipher };
        SecurityInfo::ChipAuthentication(ChipAuthenticationInfo::new(protocol, key_id))
    }

    fn info(cipher: Cipher, key_id: Option<u64>) -> SecurityInfo {
        of_kind(KeyAgreement::Ecdh, cipher, key_id)
    }

    fn dh(cipher: Cipher, key_id: Option<u64>) -> SecurityInfo {
        of_kind(KeyAgreement::Dh, cipher, key_id)
    }

    fn key(domain: AgreementDomain, key_id: Option<u64>) -> SecurityInfo {
        let standard = AgreementGenerator::standard(domain);
        let pair = AgreementKeyPair::generate(&standard, &mut StdRng::seed_from_u64(5)).unwrap();
        let info = ChipAuthenticationPublicKeyInfo::of_agreement_key(&pair.public(), key_id);
        SecurityInfo::ChipAuthenticationPublicKey(info.unwrap())
    }

    fn check(
        infos: &[SecurityInfo],
        expected: Option<(Cipher, AgreementDomain, Option<u64>, bool)>,
    ) {
        let chosen = Selection::strongest(&SecurityInfos::new(infos.iter().cloned())).unwrap();
        let chosen = chosen.map(|c| (c.cipher, c.key.domain(), c.key_id, c.announced));
        assert_eq!(chosen, expected, "{infos:?}");
    }

    #[test]
    fn the_strongest_pair_wins() {
        use Cipher::{Aes128, Aes192, Aes256, TripleDes};
        check(&[], None);
        check(
            &[key(P256, None), info(TripleDes, None), info(Aes128, None)],
            Some((Aes128, P256, None, true)),
        );
        check(
            &[
                key(P256, Some(1)),
                key(P384, Some(2)),
                info(Aes128, Some(1)),
                info(Aes128, Some(2)),
            ],
            Some((Aes128, P384, Some(2), true)),
        );
        check(
            &[
                key(P256, Some(1)),
                key(P384, Some(2)),
                info(Aes256, Some(1)),
                info(Aes192, Some(2)),
            ],
            Some((Aes192, P384, Some(2), true)),
        );
        check(
            &[
                key(P256, Some(1)),
                key(P384, Some(2)),
                info(Aes128, Some(1)),
                info(TripleDes, Some(2)),
            ],
            Some((Aes128, P256, Some(1), true)),
        );
    }

    #[test]
    fn keys_and_algorithms_of_one_kind_belong_together() {
        use Cipher::{Aes128, Aes256, TripleDes};
        check(
            &[key(P256, None), dh(Aes256, None), info(Aes128, None)],
            Some((Aes128, P256, None, true)),
        );
        check(
            &[
                key(P256, None),
                key(GROUP, None),
                dh(Aes256, None),
                info(TripleDes, None),
            ],
            Some((Aes256, GROUP, None, true)),
        );
        check(
            &[
                key(P256, Some(1)),
                key(GROUP, Some(2)),
                dh(Aes256, Some(2)),
                dh(Aes256, Some(1)),
                info(Aes128, Some(1)),
            ],
            Some((Aes128, P256, Some(1), true)),
        );
        check(
            &[key(GROUP, Some(9))],
            Some((TripleDes, GROUP, Some(9), false)),
        );
    }

    #[test]
    fn a_single_key_needs_no_id_on_both_sides() {
        use Cipher::Aes128;
        check(
            &[key(P256, Some(5)), info(Aes128, None)],
            Some((Aes128, P256, None, true)),
        );
        check(
            &[key(P256, None), info(Aes128, Some(5))],
            Some((Aes128, P256, Some(5), true)),
        );
    }

    #[test]
    fn later_versions_are_passed_over() {
        let SecurityInfo::ChipAuthentication(mut second) = info(Cipher::Aes256, None) else {
            unreachable!()
        };
        second.version = 2;
        let second = SecurityInfo::ChipAuthentication(second);
        check(
            &[key(P256, None), second, info(Cipher::Aes128, None)],
            Some((Cipher::Aes128, P256, None, true)),
        );
    }

    #[test]
    fn a_key_without_info_means_the_first_generation() {
        check(
            &[key(P384, Some(3))],
            Some((Cipher::TripleDes, P384, Some(3), false)),
        );
    }

    #[test]
    fn what_does_not_fit_together_is_not_used() {
        for infos in [
            &[key(P256, Some(1)), info(Cipher::Aes128, Some(2))][..],
            &[info(Cipher::Aes128, None)],
            &[key(P256, None), dh(Cipher::Aes256, None)],
            &[
                key(P256, Some(1)),
                key(P384, Some(2)),
                info(Cipher::Aes128, None),
            ],
            &[
                key(P256, None),
                key(P384, None),
                info(Cipher::Aes128, Some(1)),
            ],
        ] {
            let chosen = Selection::strongest(&SecurityInfos::new(infos.iter().cloned()));
            assert!(matches!(chosen, Err(Error::Unsupported(_))), "{infos:?}");
        }
    }
}
