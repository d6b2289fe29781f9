//! ActiveAuthenticationInfo (Doc 9303-11 §9.2.4).

use const_oid::ObjectIdentifier;
use crypto::HashAlgorithm;
use iso7816::tlv::Writer;

use super::{Row, read_version};
use crate::asn1::{self, OBJECT_IDENTIFIER};
use crate::oids::dotted;
use crate::{Deviations, Error, Result, oids};

/// The signature algorithm of active authentication with an elliptic curve key (Doc 9303-11 §9.2.4).
///
/// Algorithms other than ecdsa-plain with a hash of [`HashAlgorithm`] leave the entry unread. SHA-1 is not allowed by the
/// standard and is met in the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActiveAuthenticationInfo {
    /// 1.
    pub version: u8,
    /// The hash of ecdsa-plain.
    pub hash: HashAlgorithm,
}

impl ActiveAuthenticationInfo {
    /// The version of Doc 9303.
    pub const VERSION: u8 = 1;

    /// ECDSA with this hash.
    #[must_use]
    pub const fn new(hash: HashAlgorithm) -> Self {
        let version = Self::VERSION;
        Self { version, hash }
    }

    /// Identifier of the signature algorithm, ecdsa-plain with the hash (TR-03111 §5.2.1.1).
    #[must_use]
    pub const fn signature_algorithm(self) -> ObjectIdentifier {
        match self.hash {
            HashAlgorithm::Sha1 => const { dotted("0.4.0.127.0.7.1.1.4.1.1") },
            HashAlgorithm::Sha224 => const { dotted("0.4.0.127.0.7.1.1.4.1.2") },
            HashAlgorithm::Sha256 => const { dotted("0.4.0.127.0.7.1.1.4.1.3") },
            HashAlgorithm::Sha384 => const { dotted("0.4.0.127.0.7.1.1.4.1.4") },
            HashAlgorithm::Sha512 => const { dotted("0.4.0.127.0.7.1.1.4.1.5") },
        }
    }

    pub(super) fn read(fields: &mut Row<'_>, deviations: &mut Deviations) -> Result<Self> {
        let what = "version of ActiveAuthenticationInfo";
        let version = read_version(Self::VERSION, what, fields, deviations)?;
        let what = "signature algorithm of ActiveAuthenticationInfo";
        let algorithm = asn1::oid(&fields.require(OBJECT_IDENTIFIER, what, deviations)?)?;
        HashAlgorithm::ALL
            .into_iter()
            .map(|hash| Self { version, hash })
            .find(|info| info.signature_algorithm() == algorithm)
            .ok_or(Error::Unsupported(what))
    }

    pub(super) fn write(&self, fields: &mut Writer) {
        asn1::write_oid(oids::AA_PROTOCOL_OBJECT, fields);
        asn1::write_unsigned(self.version.into(), fields);
        asn1::write_oid(self.signature_algorithm(), fields);
    }
}
