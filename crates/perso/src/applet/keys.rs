//! PUT KEY and GENERATE KEYS.

use crypto::{
    AgreementDomain, AgreementKey, Curve, EcParameters, EcPoint, HashAlgorithm, PublicKey,
    RsaPublicKey,
};
use globalplatform::StaticKeys;
use iso7816::tlv::{self, Tag};
use iso7816::{Channel, CommandApdu, Ins, Le, StatusWord};

use super::receipt::{Receipt, ReceiptKey, ReceiptKind};
use super::{CLA, done};
use crate::{Error, Result};

const INS_GENERATE_KEYS: Ins = Ins(0x46);
const GENERATE: u8 = 0x80;
const GIVE: u8 = 0x81;
const PURPOSE_CHIP_AUTHENTICATION: u8 = 0xA6;
const PURPOSE_ACTIVE_AUTHENTICATION: u8 = 0xA4;

/// Where a chip keeps a key that it has generated: one for each purpose and identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyPlace {
    /// `A6` chip authentication, `A4` active authentication.
    pub purpose: u8,
    /// Identifier, 0 if it has none.
    pub key_id: u8,
}

/// A key pair that the chip shall generate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyRequest {
    /// For chip authentication and chip authentication mapping.
    ChipAuthentication {
        /// Domain parameters.
        domain: AgreementDomain,
        /// Identifier, where there are several or the mapping needs one.
        key_id: Option<u8>,
    },
    /// For active authentication by ECDSA.
    ActiveAuthenticationEc {
        /// Curve.
        curve: Curve,
        /// Hash of the signatures.
        hash: HashAlgorithm,
    },
    /// For active authentication by RSA.
    ActiveAuthenticationRsa {
        /// Bits of the modulus, at least 2,048.
        bits: u16,
        /// Hash of the signatures.
        hash: HashAlgorithm,
    },
}

impl KeyRequest {
    /// The protocol that the key is for, in words.
    #[must_use]
    pub const fn protocol(self) -> &'static str {
        match self {
            Self::ChipAuthentication { .. } => "chip authentication",
            Self::ActiveAuthenticationEc { .. } | Self::ActiveAuthenticationRsa { .. } => {
                "active authentication"
            }
        }
    }

    /// The place that the chip has for such a key, whatever its kind: generating again replaces what is there ([PERSO-052]).
    pub(crate) fn place(self) -> KeyPlace {
        KeyPlace {
            purpose: self.purpose(),
            key_id: self.key_id().unwrap_or(0),
        }
    }

    fn purpose(self) -> u8 {
        match self {
            Self::ChipAuthentication { .. } => PURPOSE_CHIP_AUTHENTICATION,
            Self::ActiveAuthenticationEc { .. } | Self::ActiveAuthenticationRsa { .. } => {
                PURPOSE_ACTIVE_AUTHENTICATION
            }
        }
    }

    /// Its identifier on the chip, if it has one.
    #[must_use]
    pub const fn key_id(self) -> Option<u8> {
        match self {
            Self::ChipAuthentication { key_id, .. } => key_id,
            Self::ActiveAuthenticationEc { .. } | Self::ActiveAuthenticationRsa { .. } => None,
        }
    }

    fn generate_data(self) -> Vec<u8> {
        let mut data = tlv::Writer::new();
        match self {
            Self::ChipAuthentication { domain, .. } => {
                data.object(Tag::new(0x80), &[domain.standardized_id()]);
            }
            Self::ActiveAuthenticationEc { curve, .. } => {
                data.object(Tag::new(0x80), &[curve.standardized_id()]);
            }
            Self::ActiveAuthenticationRsa { bits, .. } => {
                data.object(Tag::new(0x81), &bits.to_be_bytes());
            }
        }
        match self {
            Self::ChipAuthentication { .. } => self.write_key_id(&mut data),
            Self::ActiveAuthenticationEc { hash, .. }
            | Self::ActiveAuthenticationRsa { hash, .. } => {
                data.object(Tag::new(0x06), hash.oid().as_bytes());
            }
        }
        data.finish()
    }

    fn give_data(self) -> Vec<u8> {
        let mut data = tlv::Writer::new();
        self.write_key_id(&mut data);
        data.finish()
    }

    fn write_key_id(self, data: &mut tlv::Writer) {
        if let Some(id) = self.key_id() {
            data.object(Tag::new(0x84), &[id]);
        }
    }

    /// Reads `7F49` of the answer; the key must be of the kind that was asked for.
    fn read_public_key(self, template: &[u8]) -> Option<ChipPublicKey> {
        let objects = tlv::read_all(template).ok()?;
        let value = |tag| tlv::find(&objects, Tag::new(tag)).map(|object| object.value);
        match self {
            Self::ChipAuthentication { domain, .. } => {
                let tag = match domain {
                    AgreementDomain::Dh(_) => 0x84,
                    AgreementDomain::Ec(_) => 0x86,
                };
                let key = AgreementKey::from_wire(domain, value(tag)?).ok()?;
                Some(ChipPublicKey::Agrees(key))
            }
            Self::ActiveAuthenticationEc { curve, .. } => {
                let point = EcPoint::from_bytes(curve, value(0x86)?).ok()?;
                Some(ChipPublicKey::Signs(PublicKey::Ec(point)))
            }
            Self::ActiveAuthenticationRsa { bits, .. } => {
                let key = RsaPublicKey::from_parts(value(0x81)?, value(0x82)?).ok()?;
                (key.bits() == usize::from(bits))
                    .then_some(ChipPublicKey::Signs(PublicKey::Rsa(key)))
            }
        }
    }
}

/// The public half of a key that a chip has generated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChipPublicKey {
    /// It agrees on secrets: chip authentication, chip authentication mapping.
    Agrees(AgreementKey),
    /// Its private half signs: active authentication.
    Signs(PublicKey),
}

impl ChipPublicKey {
    /// SubjectPublicKeyInfo in DER: a curve by its name, a group by its numbers (PKCS #3).
    ///
    /// # Errors
    /// When it cannot be encoded, which no key of a chip reaches.
    pub fn to_spki(&self) -> crypto::Result<Vec<u8>> {
        match self {
            Self::Agrees(AgreementKey::Ec(point)) => {
                PublicKey::Ec(point.clone()).to_spki(EcParameters::Named)
            }
            Self::Agrees(value) => value.to_spki(),
            Self::Signs(key) => key.to_spki(EcParameters::Named),
        }
    }

    /// The key, if it agrees.
    #[must_use]
    pub const fn agreement(&self) -> Option<&AgreementKey> {
        match self {
            Self::Agrees(key) => Some(key),
            Self::Signs(_) => None,
        }
    }

    /// The key, if it verifies signatures.
    #[must_use]
    pub const fn signature(&self) -> Option<&PublicKey> {
        match self {
            Self::Agrees(_) => None,
            Self::Signs(key) => Some(key),
        }
    }
}

/// A public key with the chip's receipt for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipKey {
    /// What was asked for.
    pub request: KeyRequest,
    /// The public half.
    pub public: ChipPublicKey,
    /// The receipt, checked.
    pub receipt: Receipt,
}

/// PUT KEY: a key set of the issuer, encrypted under the DEK of the transport set ([PERSO-040]).
///
/// # Errors
/// [`Error::CardRefused`]; [`Error::SecureChannel`] for a published test key, or when the chip confirms other check values.
pub fn put_key(channel: &mut dyn Channel, transport: &StaticKeys, keys: &StaticKeys) -> Result<()> {
    let command = globalplatform::put_key::command(keys, None, transport)?;
    let answer = done("PUT KEY", channel.transmit(&command)?)?;
    Ok(globalplatform::put_key::confirm(keys, &answer)?)
}

/// GENERATE KEYS: the chip draws a key pair and gives the public half. A pair that it had for the purpose is gone.
///
/// # Errors
/// [`Error::CardRefused`]; [`Error::CardMisbehaved`] when the receipt does not verify or the key is of another kind.
pub fn generate_key(
    channel: &mut dyn Channel,
    request: KeyRequest,
    receipts: &ReceiptKey,
) -> Result<ChipKey> {
    let data = request.generate_data();
    ask(channel, request, GENERATE, &data, receipts)?
        .ok_or(Error::CardMisbehaved("a generated key of another kind"))
}

/// The public half of a key that was generated before: after a lost answer, or from the pool. `None` when the chip has no
/// key for the purpose, or one of another kind.
///
/// # Errors
/// [`Error::CardRefused`]; [`Error::CardMisbehaved`] when the receipt does not verify.
pub fn generated_key(
    channel: &mut dyn Channel,
    request: KeyRequest,
    receipts: &ReceiptKey,
) -> Result<Option<ChipKey>> {
    match ask(channel, request, GIVE, &request.give_data(), receipts) {
        Err(Error::CardRefused { sw, .. }) if sw == StatusWord::REFERENCED_DATA_NOT_FOUND => {
            Ok(None)
        }
        answer => answer,
    }
}

/// A public key with a receipt that verifies; `None` if the key is of another kind.
fn ask(
    channel: &mut dyn Channel,
    request: KeyRequest,
    p1: u8,
    data: &[u8],
    receipts: &ReceiptKey,
) -> Result<Option<ChipKey>> {
    let le = if channel.limits().allow_extended() {
        Le::EXTENDED_MAX
    } else {
        Le::SHORT_MAX
    };
    let command = CommandApdu::new(CLA, INS_GENERATE_KEYS, p1, request.purpose())
        .with_data(data)
        .with_le(le);
    let answer = done("GENERATE KEYS", channel.transmit(&command)?)?;
    let malformed = || Error::Malformed {
        what: "answer to GENERATE KEYS",
    };
    let objects = tlv::read_all(&answer.data).map_err(|_| malformed())?;
    let template = tlv::find(&objects, Tag::new(0x7F49)).ok_or_else(malformed)?;
    let receipt = Receipt::parse(&objects)?;
    let KeyPlace { purpose, key_id } = request.place();
    let body = [
        &[purpose, key_id],
        &HashAlgorithm::Sha256.digest(template.raw)[..],
    ]
    .concat();
    receipts.check(ReceiptKind::GenerateKeys, &body, &receipt)?;
    Ok(request
        .read_public_key(template.value)
        .map(|public| ChipKey {
            request,
            public,
            receipt,
        }))
}
