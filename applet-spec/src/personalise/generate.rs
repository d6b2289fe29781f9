//! GENERATE KEYS: key pairs are born on the chip and stay there (chapter 05 §6).

use crypto::{
    AgreementDomain, AgreementGenerator, AgreementKey, AgreementKeyPair, CryptoRng, Curve,
    HashAlgorithm, PrivateKey, PublicKey,
};
use iso7816::tlv::{Tag, Writer};

use super::command::GENERATE_KEYS;
use super::objects::Objects;
use super::receipt::{self, Statement};
use super::{Outcome, Purpose};
use crate::LifeCycle;
use crate::data_sheet::{Capability, DataSheet};
use crate::error::Refusal;
use crate::memory::{ChipMemory, GeneratedKey, KeySet, Write};

const DOMAIN_PARAMETERS: u32 = 0x80;
const MODULUS_BITS: u32 = 0x81;
const KEY_ID: u32 = 0x84;
const HASH: u32 = 0x06;

const PUBLIC_KEY: Tag = Tag::new(0x7F49);
const MODULUS: Tag = Tag::new(0x81);
const EXPONENT: Tag = Tag::new(0x82);
const PUBLIC_VALUE: Tag = Tag::new(0x84);
const POINT: Tag = Tag::new(0x86);

/// Chip authentication keys that fit.
const MAX_CHIP_KEYS: usize = 4;
/// Lengths of RSA moduli.
const RSA_BITS: [u16; 3] = [2_048, 3_072, 4_096];

/// A new key pair.
pub(super) fn generate(
    memory: &ChipMemory,
    role_keys: &KeySet,
    purpose: Purpose,
    data: &[u8],
    data_sheet: &DataSheet,
    rng: &mut dyn CryptoRng,
) -> Result<Outcome, Refusal> {
    let order = Order::parse(purpose, data, data_sheet)?;
    if memory.life_cycle() != LifeCycle::Initialised {
        return Err(Refusal::State);
    }
    let others = memory
        .generated()
        .filter(|key| key.purpose() == purpose && key.key_id() != order.key_id())
        .count();
    if others >= MAX_CHIP_KEYS {
        return Err(Refusal::NoRoom);
    }
    let key = order.generate(rng)?;
    let (answer, counter) = with_receipt(memory, role_keys, &key)?;
    let write = key.to_write().map_err(|_| Refusal::Memory)?;
    Ok(Outcome::done(answer, vec![write, counter]))
}

/// The public key of a pair that exists.
pub(super) fn give(
    memory: &ChipMemory,
    role_keys: &KeySet,
    purpose: Purpose,
    data: &[u8],
) -> Result<Outcome, Refusal> {
    let mut objects = Objects::parse(data)?;
    let key_id = key_id(purpose, &mut objects)?;
    objects.end()?;
    if !matches!(
        memory.life_cycle(),
        LifeCycle::Initialised | LifeCycle::Open | LifeCycle::Written
    ) {
        return Err(Refusal::State);
    }
    let key = memory
        .generated_key(purpose, key_id)
        .ok_or(Refusal::NoSuchKey)?;
    let (answer, counter) = with_receipt(memory, role_keys, key)?;
    Ok(Outcome::done(answer, vec![counter]))
}

/// What is to be generated.
enum Order {
    ChipAuthentication {
        domain: AgreementDomain,
        key_id: Option<u8>,
    },
    ActiveAuthentication {
        kind: Signer,
        hash: HashAlgorithm,
    },
}

/// A key that signs.
enum Signer {
    Ec(Curve),
    Rsa(u16),
}

impl Order {
    fn parse(purpose: Purpose, data: &[u8], data_sheet: &DataSheet) -> Result<Self, Refusal> {
        let mut objects = Objects::parse(data)?;
        let domain = objects
            .take_array(DOMAIN_PARAMETERS)?
            .map(|[id]| domain(*id, data_sheet))
            .transpose()?;
        let bits = objects.take_array(MODULUS_BITS)?;
        let order = match (purpose, domain, bits) {
            (Purpose::ChipAuthentication, Some(domain), None) => Self::ChipAuthentication {
                domain,
                key_id: key_id(purpose, &mut objects)?,
            },
            (Purpose::ActiveAuthentication, domain, bits) => {
                let kind = Signer::of(domain, bits)?;
                let hash = hash(objects.require(HASH)?, &kind)?;
                Self::ActiveAuthentication { kind, hash }
            }
            _ => return Err(Refusal::Content("kind of key")),
        };
        objects.end()?;
        Ok(order)
    }

    const fn key_id(&self) -> Option<u8> {
        match self {
            Self::ChipAuthentication { key_id, .. } => *key_id,
            Self::ActiveAuthentication { .. } => None,
        }
    }

    fn generate(self, rng: &mut dyn CryptoRng) -> Result<GeneratedKey, Refusal> {
        match self {
            Self::ChipAuthentication { domain, key_id } => {
                let generator = AgreementGenerator::standard(domain);
                let pair = AgreementKeyPair::generate(&generator, rng);
                pair.map(|pair| GeneratedKey::ChipAuthentication { key_id, pair })
            }
            Self::ActiveAuthentication { kind, hash } => {
                let key = match kind {
                    Signer::Ec(curve) => PrivateKey::generate_ec(curve, rng),
                    Signer::Rsa(bits) => PrivateKey::generate_rsa(bits.into(), rng),
                };
                key.map(|key| GeneratedKey::ActiveAuthentication { hash, key })
            }
        }
        .map_err(|_| Refusal::Content("kind of key"))
    }
}

impl Signer {
    fn of(domain: Option<AgreementDomain>, bits: Option<&[u8; 2]>) -> Result<Self, Refusal> {
        match (domain, bits) {
            (Some(AgreementDomain::Ec(curve)), None) => Ok(Self::Ec(curve)),
            (None, Some(bits)) => Ok(Self::Rsa(rsa_bits(*bits)?)),
            _ => Err(Refusal::Content("kind of key")),
        }
    }
}

fn domain(id: u8, data_sheet: &DataSheet) -> Result<AgreementDomain, Refusal> {
    AgreementDomain::from_standardized_id(id)
        .filter(|domain| {
            matches!(domain, AgreementDomain::Ec(_)) || data_sheet.has(Capability::DiffieHellman)
        })
        .ok_or(Refusal::Content("domain parameters"))
}

fn key_id(purpose: Purpose, objects: &mut Objects<'_>) -> Result<Option<u8>, Refusal> {
    match purpose {
        Purpose::ActiveAuthentication => Ok(None),
        Purpose::ChipAuthentication => match objects.take_array(KEY_ID)? {
            // Receipts and GET STATUS write 0 for "none".
            Some([0]) => Err(Refusal::Content("key id")),
            id => Ok(id.map(|[id]| *id)),
        },
    }
}

fn rsa_bits(octets: [u8; 2]) -> Result<u16, Refusal> {
    let bits = u16::from_be_bytes(octets);
    if RSA_BITS.contains(&bits) {
        Ok(bits)
    } else {
        Err(Refusal::Content("modulus length"))
    }
}

/// A hash that active authentication may use: SHA-1 with RSA only, and none longer than the key on a curve
/// (Doc 9303-11 §6.1.2).
fn hash(oid: &[u8], kind: &Signer) -> Result<HashAlgorithm, Refusal> {
    HashAlgorithm::ALL
        .into_iter()
        .find(|hash| hash.oid().as_bytes() == oid)
        .filter(|hash| match kind {
            Signer::Rsa(_) => true,
            Signer::Ec(curve) => {
                *hash != HashAlgorithm::Sha1 && hash.output_len() <= curve.order_len()
            }
        })
        .ok_or(Refusal::Content("hash of active authentication"))
}

/// The public key and a fresh receipt over it ([PERSO-054]).
fn with_receipt(
    memory: &ChipMemory,
    role_keys: &KeySet,
    key: &GeneratedKey,
) -> Result<(Vec<u8>, Write), Refusal> {
    let mut answer = public_key_object(key);
    let mut body = vec![key.purpose().code(), key.key_id().unwrap_or(0)];
    body.extend(HashAlgorithm::Sha256.digest(&answer));
    let statement = Statement {
        kind: GENERATE_KEYS.0,
        body: &body,
    };
    let (receipt, counter) = receipt::issue(memory, role_keys, &statement)?;
    answer.extend(receipt::answer(&receipt));
    Ok((answer, counter))
}

fn public_key_object(key: &GeneratedKey) -> Vec<u8> {
    let mut object = Writer::new();
    object.nest(PUBLIC_KEY, |w| match key {
        GeneratedKey::ChipAuthentication { pair, .. } => {
            let tag = match pair.public() {
                AgreementKey::Dh(_) => PUBLIC_VALUE,
                AgreementKey::Ec(_) => POINT,
            };
            w.object(tag, pair.public().wire());
        }
        GeneratedKey::ActiveAuthentication { key, .. } => match key.public() {
            PublicKey::Ec(point) => {
                w.object(POINT, point.as_bytes());
            }
            PublicKey::Rsa(key) => {
                w.object(MODULUS, &key.modulus())
                    .object(EXPONENT, &key.exponent());
            }
        },
    });
    object.finish()
}
