//! Keys of the chip that are of an unusual kind, and the files that name them.

use crypto::{
    AgreementDomain, AgreementGenerator, AgreementKeyPair, CryptoRng, Curve, HashAlgorithm,
    PrivateKey,
};
use lds::security_info::{ActiveAuthenticationInfo, ChipAuthenticationPublicKeyInfo, SecurityInfo};
use lds::{Dg14, Dg15, SecurityInfos};

use super::{parsed, put};
use crate::memory::{ChipMemory, GeneratedKey};
use crate::personalise::Purpose;
use crate::{Error, Result};

const NOT_MADE: Error = Error::Misuse("the key that the quirk is about cannot be made");
/// Length of a modulus between the usual ones, bits.
const ODD_MODULUS: usize = 1_792;

/// The key of chip authentication lies on P-192.
pub(super) fn chip_key_on_p192(memory: &mut ChipMemory, rng: &mut dyn CryptoRng) -> Result<()> {
    const NO_KEY: Error = Error::Misuse("the chip has no key of chip authentication");
    let domain = AgreementDomain::Ec(Curve::P192);
    let generator = AgreementGenerator::standard(domain);
    let pair = AgreementKeyPair::generate(&generator, rng).map_err(|_| NOT_MADE)?;
    let key_id = memory
        .generated()
        .find(|key| key.purpose() == Purpose::ChipAuthentication)
        .ok_or(NO_KEY)?
        .key_id();
    let infos = parsed::<Dg14>(memory)?.security_infos;
    let named =
        ChipAuthenticationPublicKeyInfo::of_agreement_key(&pair.public(), key_id.map(u64::from));
    let named = SecurityInfo::ChipAuthenticationPublicKey(named.map_err(|_| NOT_MADE)?);
    let others = infos
        .iter()
        .filter(|info| !matches!(info, SecurityInfo::ChipAuthenticationPublicKey(_)));
    let security_infos = SecurityInfos::new(others.cloned().chain([named]));
    put(memory, &Dg14 { security_infos })?;
    let key = GeneratedKey::ChipAuthentication { key_id, pair };
    memory.put_key(key).map_err(Error::Misuse)
}

/// Active authentication by ECDSA with a hash that is longer than the order of the curve.
pub(super) fn long_hash(memory: &mut ChipMemory, rng: &mut dyn CryptoRng) -> Result<()> {
    let key = PrivateKey::generate_ec(Curve::P256, rng).map_err(|_| NOT_MADE)?;
    sign_with(memory, key, HashAlgorithm::Sha512)
}

/// Active authentication by RSA with a modulus of a length between the usual ones.
pub(super) fn odd_rsa(memory: &mut ChipMemory, rng: &mut dyn CryptoRng) -> Result<()> {
    let key = PrivateKey::generate_rsa(ODD_MODULUS, rng).map_err(|_| NOT_MADE)?;
    sign_with(memory, key, HashAlgorithm::Sha256)
}

/// A key of active authentication in the place of the chip's.
fn sign_with(memory: &mut ChipMemory, key: PrivateKey, hash: HashAlgorithm) -> Result<()> {
    let is_ec = matches!(key, PrivateKey::Ec(_));
    let file = Dg15::new(key.public()).map_err(|_| NOT_MADE)?;
    put(memory, &file)?;
    let infos = parsed::<Dg14>(memory)?.security_infos;
    let others = infos
        .iter()
        .filter(|info| !matches!(info, SecurityInfo::ActiveAuthentication(_)));
    let named =
        is_ec.then(|| SecurityInfo::ActiveAuthentication(ActiveAuthenticationInfo::new(hash)));
    let security_infos = SecurityInfos::new(others.cloned().chain(named));
    put(memory, &Dg14 { security_infos })?;
    let key = GeneratedKey::ActiveAuthentication { hash, key };
    memory.put_key(key).map_err(Error::Misuse)
}
