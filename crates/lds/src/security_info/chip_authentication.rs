//! ChipAuthenticationInfo and ChipAuthenticationPublicKeyInfo (Doc 9303-11 §9.2.5 to §9.2.7).

use const_oid::ObjectIdentifier;
use crypto::{AgreementKey, Cipher, PublicKey};
use iso7816::tlv::Writer;

use super::{KeyAgreement, Row, read_version};
use crate::asn1::{self, INTEGER, SEQUENCE};
use crate::oids::dotted;
use crate::{Deviations, Error, Result, SubjectPublicKey, oids};

/// Key agreement and cipher of chip authentication (Doc 9303-11 §9.2.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChipAuthenticationProtocol {
    /// Key agreement.
    pub agreement: KeyAgreement,
    /// Cipher and MAC of the session that follows.
    pub cipher: Cipher,
}

impl ChipAuthenticationProtocol {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        [KeyAgreement::Dh, KeyAgreement::Ecdh]
            .into_iter()
            .flat_map(|agreement| Cipher::ALL.map(|cipher| Self { agreement, cipher }))
    }

    /// Object identifier.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        use KeyAgreement::{Dh, Ecdh};
        match (self.agreement, self.cipher) {
            (Dh, Cipher::TripleDes) => const { dotted("0.4.0.127.0.7.2.2.3.1.1") },
            (Dh, Cipher::Aes128) => const { dotted("0.4.0.127.0.7.2.2.3.1.2") },
            (Dh, Cipher::Aes192) => const { dotted("0.4.0.127.0.7.2.2.3.1.3") },
            (Dh, Cipher::Aes256) => const { dotted("0.4.0.127.0.7.2.2.3.1.4") },
            (Ecdh, Cipher::TripleDes) => const { dotted("0.4.0.127.0.7.2.2.3.2.1") },
            (Ecdh, Cipher::Aes128) => const { dotted("0.4.0.127.0.7.2.2.3.2.2") },
            (Ecdh, Cipher::Aes192) => const { dotted("0.4.0.127.0.7.2.2.3.2.3") },
            (Ecdh, Cipher::Aes256) => const { dotted("0.4.0.127.0.7.2.2.3.2.4") },
        }
    }

    /// The protocol of an object identifier.
    #[must_use]
    pub fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        Self::all().find(|protocol| protocol.oid() == oid)
    }
}

/// An offer of chip authentication (Doc 9303-11 §9.2.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ChipAuthenticationInfo {
    /// Key agreement and cipher.
    pub protocol: ChipAuthenticationProtocol,
    /// 1.
    pub version: u8,
    /// Which key, if the chip has several.
    pub key_id: Option<u64>,
}

impl ChipAuthenticationInfo {
    /// The version of Doc 9303.
    pub const VERSION: u8 = 1;

    /// An offer of version 1.
    #[must_use]
    pub const fn new(protocol: ChipAuthenticationProtocol, key_id: Option<u64>) -> Self {
        Self {
            protocol,
            version: Self::VERSION,
            key_id,
        }
    }

    pub(super) fn read(
        protocol: ChipAuthenticationProtocol,
        fields: &mut Row<'_>,
        deviations: &mut Deviations,
    ) -> Result<Self> {
        let what = "version of ChipAuthenticationInfo";
        Ok(Self {
            protocol,
            version: read_version(Self::VERSION, what, fields, deviations)?,
            key_id: read_key_id(fields, deviations)?,
        })
    }

    pub(super) fn write(&self, fields: &mut Writer) {
        asn1::write_oid(self.protocol.oid(), fields);
        asn1::write_unsigned(self.version.into(), fields);
        write_key_id(self.key_id, fields);
    }
}

/// A static public key of the chip (Doc 9303-11 §9.2.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChipAuthenticationPublicKeyInfo {
    /// Kind of key.
    pub agreement: KeyAgreement,
    /// The key.
    pub public_key: SubjectPublicKey,
    /// Its number, if the chip has several or does chip authentication mapping.
    pub key_id: Option<u64>,
}

impl ChipAuthenticationPublicKeyInfo {
    /// A key on an elliptic curve, written with explicit domain parameters: readers in the field want them
    /// (Doc 9303-11 §9.5.2).
    ///
    /// # Errors
    /// [`Error::Misuse`] for an RSA key.
    pub fn new(public_key: PublicKey, key_id: Option<u64>) -> Result<Self> {
        let PublicKey::Ec(point) = public_key else {
            return Err(Error::Misuse(
                "chip authentication agrees on keys; RSA cannot",
            ));
        };
        Self::of_agreement_key(&AgreementKey::Ec(point), key_id)
            .map_err(|_| Error::Misuse("the public key has no SubjectPublicKeyInfo"))
    }

    /// A key of either kind, written with explicit domain parameters: ECParameters, or those of PKCS #3.
    ///
    /// # Errors
    /// When it cannot be encoded, which no key of the standard reaches.
    pub fn of_agreement_key(key: &AgreementKey, key_id: Option<u64>) -> crypto::Result<Self> {
        Ok(Self {
            agreement: key.domain().into(),
            public_key: SubjectPublicKey::from_der(&key.to_spki()?),
            key_id,
        })
    }

    /// The key, checked.
    ///
    /// # Errors
    /// Why it cannot be used: malformed, of another kind than its protocol says, of unknown domain parameters, no valid key
    /// of them.
    pub fn agreement_key(&self) -> crypto::Result<AgreementKey> {
        let key = AgreementKey::from_spki(self.public_key.as_der())?;
        if KeyAgreement::from(key.domain()) == self.agreement {
            Ok(key)
        } else {
            Err(crypto::Error::Malformed("kind of SubjectPublicKeyInfo"))
        }
    }

    pub(super) fn read(
        agreement: KeyAgreement,
        fields: &mut Row<'_>,
        deviations: &mut Deviations,
    ) -> Result<Self> {
        let what = "SubjectPublicKeyInfo";
        let public_key = fields.require(SEQUENCE, what, deviations)?;
        Ok(Self {
            agreement,
            public_key: SubjectPublicKey::from_der(public_key.raw),
            key_id: read_key_id(fields, deviations)?,
        })
    }

    pub(super) fn write(&self, fields: &mut Writer) {
        let protocol = match self.agreement {
            KeyAgreement::Dh => oids::PK_DH,
            KeyAgreement::Ecdh => oids::PK_ECDH,
        };
        asn1::write_oid(protocol, fields);
        fields.raw(self.public_key.as_der());
        write_key_id(self.key_id, fields);
    }
}

impl KeyAgreement {
    /// The kind of key that an identifier of ChipAuthenticationPublicKeyInfo announces.
    pub(super) fn of_public_key(protocol: ObjectIdentifier) -> Option<Self> {
        [(oids::PK_DH, Self::Dh), (oids::PK_ECDH, Self::Ecdh)]
            .into_iter()
            .find_map(|(oid, agreement)| (oid == protocol).then_some(agreement))
    }
}

fn read_key_id(fields: &mut Row<'_>, deviations: &mut Deviations) -> Result<Option<u64>> {
    let object = fields.take(INTEGER, deviations);
    object.map(|id| asn1::unsigned(&id, deviations)).transpose()
}

fn write_key_id(id: Option<u64>, fields: &mut Writer) {
    if let Some(id) = id {
        asn1::write_unsigned(id, fields);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_identifiers_follow_the_arcs() {
        for protocol in ChipAuthenticationProtocol::all() {
            let expected = oids::CA
                .push_arc(1 + protocol.agreement as u32)
                .and_then(|oid| oid.push_arc(1 + protocol.cipher as u32))
                .unwrap();
            assert_eq!(protocol.oid(), expected);
            assert_eq!(
                ChipAuthenticationProtocol::from_oid(expected),
                Some(protocol)
            );
        }
        assert_eq!(ChipAuthenticationProtocol::from_oid(oids::CA), None);
    }
}
