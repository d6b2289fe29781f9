//! PACEInfo and PACEDomainParameterInfo (Doc 9303-11 §9.2.1 to §9.2.3).

use const_oid::ObjectIdentifier;
use crypto::{AgreementDomain, Cipher};
use iso7816::tlv::{Tlv, Writer};

use super::{KeyAgreement, Row, SecurityInfo, read_version};
use crate::asn1::{self, INTEGER, OBJECT_IDENTIFIER, SEQUENCE};
use crate::{Deviations, Error, Result, oids};

/// How PACE turns the nonce into domain parameters (Doc 9303-11 §4.4.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PaceMapping {
    /// Generic mapping.
    GenericMapping,
    /// Integrated mapping.
    IntegratedMapping,
    /// Chip authentication mapping.
    ChipAuthenticationMapping,
}

use KeyAgreement::{Dh, Ecdh};
use PaceMapping::{
    ChipAuthenticationMapping as Cam, GenericMapping as Gm, IntegratedMapping as Im,
};

/// A mapping with its key agreement: what all ciphers of a form of PACE share (Doc 9303-11 §9.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaceFamily {
    mapping: PaceMapping,
    agreement: KeyAgreement,
    oid: ObjectIdentifier,
}

/// A form of PACE: mapping, key agreement and cipher (Doc 9303-11 §9.2.3). Only the forms of the standard exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaceProtocol {
    mapping: PaceMapping,
    agreement: KeyAgreement,
    cipher: Cipher,
    oid: ObjectIdentifier,
}

const fn family(mapping: PaceMapping, agreement: KeyAgreement, oid: &str) -> PaceFamily {
    PaceFamily {
        mapping,
        agreement,
        oid: ObjectIdentifier::new_unwrap(oid),
    }
}

const fn protocol(
    mapping: PaceMapping,
    agreement: KeyAgreement,
    cipher: Cipher,
    oid: &str,
) -> PaceProtocol {
    PaceProtocol {
        mapping,
        agreement,
        cipher,
        oid: ObjectIdentifier::new_unwrap(oid),
    }
}

impl PaceFamily {
    /// All of them.
    pub const ALL: [Self; 5] = [
        family(Gm, Dh, "0.4.0.127.0.7.2.2.4.1"),
        family(Gm, Ecdh, "0.4.0.127.0.7.2.2.4.2"),
        family(Im, Dh, "0.4.0.127.0.7.2.2.4.3"),
        family(Im, Ecdh, "0.4.0.127.0.7.2.2.4.4"),
        family(Cam, Ecdh, "0.4.0.127.0.7.2.2.4.6"),
    ];

    /// The family of an object identifier.
    #[must_use]
    pub fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.oid == oid)
    }

    /// Object identifier.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        self.oid
    }

    /// Mapping.
    #[must_use]
    pub const fn mapping(self) -> PaceMapping {
        self.mapping
    }

    /// Key agreement.
    #[must_use]
    pub const fn agreement(self) -> KeyAgreement {
        self.agreement
    }
}

#[rustfmt::skip]
impl PaceProtocol {
    /// All of them: chip authentication mapping has neither a form with 3DES nor one with DH.
    pub const ALL: [Self; 19] = [
        protocol(Gm,  Dh,   Cipher::TripleDes, "0.4.0.127.0.7.2.2.4.1.1"),
        protocol(Gm,  Dh,   Cipher::Aes128,    "0.4.0.127.0.7.2.2.4.1.2"),
        protocol(Gm,  Dh,   Cipher::Aes192,    "0.4.0.127.0.7.2.2.4.1.3"),
        protocol(Gm,  Dh,   Cipher::Aes256,    "0.4.0.127.0.7.2.2.4.1.4"),
        protocol(Gm,  Ecdh, Cipher::TripleDes, "0.4.0.127.0.7.2.2.4.2.1"),
        protocol(Gm,  Ecdh, Cipher::Aes128,    "0.4.0.127.0.7.2.2.4.2.2"),
        protocol(Gm,  Ecdh, Cipher::Aes192,    "0.4.0.127.0.7.2.2.4.2.3"),
        protocol(Gm,  Ecdh, Cipher::Aes256,    "0.4.0.127.0.7.2.2.4.2.4"),
        protocol(Im,  Dh,   Cipher::TripleDes, "0.4.0.127.0.7.2.2.4.3.1"),
        protocol(Im,  Dh,   Cipher::Aes128,    "0.4.0.127.0.7.2.2.4.3.2"),
        protocol(Im,  Dh,   Cipher::Aes192,    "0.4.0.127.0.7.2.2.4.3.3"),
        protocol(Im,  Dh,   Cipher::Aes256,    "0.4.0.127.0.7.2.2.4.3.4"),
        protocol(Im,  Ecdh, Cipher::TripleDes, "0.4.0.127.0.7.2.2.4.4.1"),
        protocol(Im,  Ecdh, Cipher::Aes128,    "0.4.0.127.0.7.2.2.4.4.2"),
        protocol(Im,  Ecdh, Cipher::Aes192,    "0.4.0.127.0.7.2.2.4.4.3"),
        protocol(Im,  Ecdh, Cipher::Aes256,    "0.4.0.127.0.7.2.2.4.4.4"),
        protocol(Cam, Ecdh, Cipher::Aes128,    "0.4.0.127.0.7.2.2.4.6.2"),
        protocol(Cam, Ecdh, Cipher::Aes192,    "0.4.0.127.0.7.2.2.4.6.3"),
        protocol(Cam, Ecdh, Cipher::Aes256,    "0.4.0.127.0.7.2.2.4.6.4"),
    ];
}

impl PaceProtocol {
    /// The form with this mapping, key agreement and cipher.
    ///
    /// # Errors
    /// [`Error::Misuse`] for chip authentication mapping with DH or 3DES, which do not exist.
    pub fn new(mapping: PaceMapping, agreement: KeyAgreement, cipher: Cipher) -> Result<Self> {
        Self::ALL
            .into_iter()
            .find(|form| {
                (form.mapping, form.agreement, form.cipher) == (mapping, agreement, cipher)
            })
            .ok_or(Error::Misuse(
                "chip authentication mapping exists with ECDH and AES only",
            ))
    }

    /// The form of an object identifier.
    #[must_use]
    pub fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.oid == oid)
    }

    /// Object identifier.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        self.oid
    }

    /// Mapping.
    #[must_use]
    pub const fn mapping(self) -> PaceMapping {
        self.mapping
    }

    /// Key agreement.
    #[must_use]
    pub const fn agreement(self) -> KeyAgreement {
        self.agreement
    }

    /// Cipher and MAC of the session.
    #[must_use]
    pub const fn cipher(self) -> Cipher {
        self.cipher
    }
}

/// An offer of PACE (Doc 9303-11 §9.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PaceInfo {
    /// Mapping, key agreement and cipher.
    pub protocol: PaceProtocol,
    /// 2; version 1 is deprecated.
    pub version: u8,
    /// Number of the domain parameters: standardised ones (table 12), or those of a [`PaceDomainParameterInfo`].
    /// With chip authentication mapping also the number of the chip's key.
    pub parameter_id: Option<u8>,
    /// What the [`PaceDomainParameterInfo`] beside it spells out, where the number is not a standardised one.
    explicit: Option<AgreementDomain>,
}

impl PaceInfo {
    /// The version of Doc 9303.
    pub const VERSION: u8 = 2;

    /// Most numbers of table 12, used and reserved ones: greater ones are the issuer's own.
    const LAST_STANDARDIZED_ID: u8 = 31;

    /// An offer with standardised domain parameters.
    #[must_use]
    pub const fn new(protocol: PaceProtocol, parameter_id: u8) -> Self {
        Self {
            protocol,
            version: Self::VERSION,
            parameter_id: Some(parameter_id),
            explicit: None,
        }
    }

    /// An offer with the domain parameters of a [`PaceDomainParameterInfo`]; it counts only within a set that has one.
    #[must_use]
    pub const fn with_explicit_parameters(
        protocol: PaceProtocol,
        parameter_id: Option<u8>,
    ) -> Self {
        Self {
            protocol,
            version: Self::VERSION,
            parameter_id,
            explicit: None,
        }
    }

    /// The domain parameters: standardised ones by their number, or explicit ones that are known here under another name
    /// (Doc 9303-11 §9.2.2). `None` for all others: they are not signed, and bad ones give the password away.
    #[must_use]
    pub fn domain(&self) -> Option<AgreementDomain> {
        let domain = match self.parameter_id {
            Some(id) if id <= Self::LAST_STANDARDIZED_ID => {
                AgreementDomain::from_standardized_id(id)
            }
            _ => self.explicit,
        };
        domain.filter(|domain| KeyAgreement::from(*domain) == self.protocol.agreement())
    }

    /// Looks up what its number stands for among the entries it came with.
    pub(super) fn find_parameters<'a>(
        &mut self,
        mut infos: impl Iterator<Item = &'a SecurityInfo>,
    ) {
        self.explicit = infos.find_map(|info| match info {
            SecurityInfo::PaceDomainParameter(parameters) if parameters.are_of(self) => {
                AgreementDomain::from_algorithm_identifier(&parameters.domain_parameter).ok()
            }
            _ => None,
        });
    }

    pub(super) fn read(
        protocol: PaceProtocol,
        fields: &mut Row<'_>,
        deviations: &mut Deviations,
    ) -> Result<Self> {
        Ok(Self {
            protocol,
            version: read_version(Self::VERSION, "version of PACEInfo", fields, deviations)?,
            parameter_id: read_parameter_id(fields, deviations)?,
            explicit: None,
        })
    }

    pub(super) fn write(&self, fields: &mut Writer) {
        asn1::write_oid(self.protocol.oid, fields);
        asn1::write_unsigned(self.version.into(), fields);
        write_parameter_id(self.parameter_id, fields);
    }
}

/// Domain parameters for PACE (Doc 9303-11 §9.2.2).
///
/// A terminal must not compute with explicit parameters that it does not know already: they are unsigned, and bad ones
/// give the password away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaceDomainParameterInfo {
    /// Mapping and key agreement.
    pub family: PaceFamily,
    /// AlgorithmIdentifier of the parameters, the whole DER object.
    pub domain_parameter: Vec<u8>,
    /// Number by which a [`PaceInfo`] refers to them.
    pub parameter_id: Option<u8>,
}

impl PaceDomainParameterInfo {
    /// The number of table 12, if the AlgorithmIdentifier names standardised parameters (Doc 9303-11 §9.5.1).
    #[must_use]
    pub fn standardized_id(&self) -> Option<u8> {
        let algorithm = iso7816::tlv::single(&self.domain_parameter, SEQUENCE).ok()?;
        let objects = iso7816::tlv::read_all(algorithm).ok()?;
        let [oid, id] = objects.as_slice() else {
            return None;
        };
        let named = oid.tag == OBJECT_IDENTIFIER
            && oid.value == oids::STANDARDIZED_DOMAIN_PARAMETERS.as_bytes()
            && id.tag == INTEGER;
        named.then(|| asn1::small(id, &mut Deviations::new()).ok())?
    }

    /// Whether an offer means these parameters: its mapping, its agreement and its number.
    fn are_of(&self, info: &PaceInfo) -> bool {
        let protocol = info.protocol;
        self.parameter_id == info.parameter_id
            && (self.family.mapping, self.family.agreement)
                == (protocol.mapping, protocol.agreement)
    }

    pub(super) fn read(
        family: PaceFamily,
        fields: &mut Row<'_>,
        deviations: &mut Deviations,
    ) -> Result<Self> {
        let what = "domain parameters of PACE";
        let domain_parameter: Tlv<'_> = fields.require(SEQUENCE, what, deviations)?;
        Ok(Self {
            family,
            domain_parameter: domain_parameter.raw.to_vec(),
            parameter_id: read_parameter_id(fields, deviations)?,
        })
    }

    pub(super) fn write(&self, fields: &mut Writer) {
        asn1::write_oid(self.family.oid, fields);
        fields.raw(&self.domain_parameter);
        write_parameter_id(self.parameter_id, fields);
    }
}

fn read_parameter_id(fields: &mut Row<'_>, deviations: &mut Deviations) -> Result<Option<u8>> {
    let object = fields.take(INTEGER, deviations);
    object.map(|id| asn1::small(&id, deviations)).transpose()
}

fn write_parameter_id(id: Option<u8>, fields: &mut Writer) {
    if let Some(id) = id {
        asn1::write_unsigned(id.into(), fields);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last two arcs say everything (Doc 9303-11 §9.2.3).
    #[test]
    fn the_tables_follow_the_arcs() {
        for form in PaceProtocol::ALL {
            let mapping = match (form.mapping, form.agreement) {
                (Gm, Dh) => 1,
                (Gm, Ecdh) => 2,
                (Im, Dh) => 3,
                (Im, Ecdh) => 4,
                (Cam, _) => 6,
            };
            let cipher = 1 + form.cipher as u32;
            let root = oids::PACE.push_arc(mapping).unwrap();
            assert_eq!(form.oid, root.push_arc(cipher).unwrap());
            assert_eq!(PaceProtocol::from_oid(form.oid), Some(form));
            assert_eq!(
                PaceProtocol::new(form.mapping, form.agreement, form.cipher),
                Ok(form)
            );
            let family = PaceFamily::from_oid(root).unwrap();
            assert_eq!(
                (family.mapping, family.agreement),
                (form.mapping, form.agreement)
            );
        }
    }

    #[test]
    fn forms_that_do_not_exist() {
        assert!(PaceProtocol::new(Cam, Dh, Cipher::Aes128).is_err());
        assert!(PaceProtocol::new(Cam, Ecdh, Cipher::TripleDes).is_err());
    }

    #[test]
    fn standardised_parameters_are_recognised() {
        let info = |domain_parameter: &str| PaceDomainParameterInfo {
            family: PaceFamily::ALL[1],
            domain_parameter: test_support::unhex(domain_parameter),
            parameter_id: None,
        };
        for (algorithm, id) in [
            ("300C060704007F0007010202010D", Some(13)),
            ("300C060704007F000701030201 0D", None),
            ("3009060704007F00070102", None),
            ("300906072A8648CE3D0201", None),
        ] {
            assert_eq!(info(algorithm).standardized_id(), id, "{algorithm}");
        }
    }
}
