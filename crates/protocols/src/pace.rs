//! Password authenticated connection establishment (Doc 9303-11 §4.4; TR-03110-3 §A.3, §B.1).
//!
//! ```text
//! terminal                                                    chip
//! 22 C1A4  80 OID  83 password  84 parameters  [7F4C CHAT] →  9000 or 63Cx
//! 86       7C {}                                           →  7C { 80 z }             z = E(K_π, s)
//! 86       7C { 81 mapping key }, integrated: { 81 t }     →  7C { 82 mapping key }, integrated: { 82 }
//! 86       7C { 83 agreement key }                         →  7C { 84 agreement key }
//! 86       7C { 85 T_IFD }                                 →  7C { 86 T_IC  [87 newest authority  88 previous]  [8A CA_IC] }
//! ```
//!
//! | mapping | generator | over |
//! |---|---|---|
//! | generic | s·G + H, H agreed on with the mapping keys | every curve and group |
//! | integrated | a function of s and t | every curve but P-224, every group |
//! | chip authentication | as generic; the chip then proves the mapping key to be a known multiple of its static key | every curve |
//!
//! Each with every cipher and by every password; chip authentication mapping with AES only. This file holds what the two
//! ends share: parameters, tags, the choice among several PACEInfos.

pub mod chip;
mod integrated;
mod mapping;
mod mapping_proof;
pub mod terminal;
mod token;
#[cfg(test)]
mod worked_example;

use crypto::{AgreementDomain, AgreementGenerator, Cipher};
use lds::security_info::{PaceInfo, PaceMapping, PaceProtocol};

use crate::protection::protection;
use crate::{Error, Result};

pub use mapping_proof::MappingProof;

/// Longest nonce a terminal takes: twice the usual one (Doc 9303-11 §4.4.3.3 leaves it open).
pub const MAX_NONCE_LEN: usize = 32;

/// P1 P2 of MSE:Set AT for PACE: set for mutual authentication (Doc 9303-11 §4.4.4.1).
const SET_AT_MUTUAL: [u8; 2] = [0xC1, 0xA4];

/// Data objects of MSE:Set AT.
mod set_at_tag {
    use iso7816::tlv::Tag;

    pub(super) const PROTOCOL: Tag = Tag::new(0x80);
    pub(super) const PASSWORD: Tag = Tag::new(0x83);
    pub(super) const PARAMETERS: Tag = Tag::new(0x84);
    pub(super) const AUTHORIZATION: Tag = Tag::new(0x7F4C);
}

/// Data objects of GENERAL AUTHENTICATE (Doc 9303-11 table 4).
mod tag {
    use iso7816::tlv::Tag;

    pub(super) const NONCE: Tag = Tag::new(0x80);
    pub(super) const MAPPING_IFD: Tag = Tag::new(0x81);
    pub(super) const MAPPING_IC: Tag = Tag::new(0x82);
    pub(super) const AGREEMENT_IFD: Tag = Tag::new(0x83);
    pub(super) const AGREEMENT_IC: Tag = Tag::new(0x84);
    pub(super) const TOKEN_IFD: Tag = Tag::new(0x85);
    pub(super) const TOKEN_IC: Tag = Tag::new(0x86);
    /// References of the certification authorities the chip trusts, newest and previous.
    pub(super) const CERTIFICATION_AUTHORITIES: [Tag; 2] = [Tag::new(0x87), Tag::new(0x88)];
    pub(super) const CHIP_AUTHENTICATION_DATA: Tag = Tag::new(0x8A);
}

/// The PACEInfo to choose, among those this crate carries out; a terminal is free to (Doc 9303-11 §4.2).
///
/// What protects the session decides: AES before 3DES, then the strength of domain and cipher together, that of the weaker
/// one first. Among equals chip authentication mapping goes first, because it shows the chip to be genuine in the same
/// commands; integrated mapping goes last, because it computes a point from what the password protects, where generic
/// mapping needs no arithmetic but the agreement's.
#[must_use]
pub fn strongest<'a>(infos: impl IntoIterator<Item = &'a PaceInfo>) -> Option<&'a PaceInfo> {
    infos
        .into_iter()
        .filter_map(|info| Some((info, Parameters::of(info).ok()?)))
        .max_by_key(|(_, parameters)| {
            let mapping = match parameters.mapping() {
                PaceMapping::IntegratedMapping => 0,
                PaceMapping::GenericMapping => 1,
                PaceMapping::ChipAuthenticationMapping => 2,
            };
            (protection(parameters.domain, parameters.cipher()), mapping)
        })
        .map(|(info, _)| info)
}

/// The number of the key that the proof of chip authentication mapping is about: the parameter id of the PACEInfo, standardised
/// or the issuer's own, is the key id of the ChipAuthenticationPublicKeyInfo (Doc 9303-11 §9.2.1). Parameters without a number go
/// by that of table 12.
///
/// Nothing for an offer that cannot be carried out, or is none of that mapping.
#[must_use]
pub fn mapping_key_id(info: &PaceInfo) -> Option<u64> {
    let parameters = Parameters::of(info).ok()?;
    (parameters.mapping() == PaceMapping::ChipAuthenticationMapping).then(|| parameters.key_id())
}

/// What a PACEInfo means, once it is known to be one that can be carried out.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Parameters {
    protocol: PaceProtocol,
    domain: AgreementDomain,
    parameter_id: Option<u8>,
}

impl Parameters {
    /// # Errors
    /// [`Error::Unsupported`] for other versions and parameters. Explicit parameters that are not known ones are among them:
    /// they are not signed, and bad ones give the password away (Doc 9303-11 §9.2.2).
    fn of(info: &PaceInfo) -> Result<Self> {
        let protocol = info.protocol;
        if info.version != PaceInfo::VERSION {
            return Err(Error::Unsupported("a version of PACE other than 2"));
        }
        let domain = info
            .domain()
            .ok_or(Error::Unsupported("these domain parameters of PACE"))?;
        if protocol.mapping() == PaceMapping::IntegratedMapping && !domain.has_integrated_mapping()
        {
            return Err(Error::Unsupported(
                "integrated mapping over a prime that is 1 modulo 4",
            ));
        }
        Ok(Self {
            protocol,
            domain,
            parameter_id: info.parameter_id,
        })
    }

    const fn cipher(&self) -> Cipher {
        self.protocol.cipher()
    }

    /// See [`mapping_key_id`].
    fn key_id(&self) -> u64 {
        let by_table = || self.domain.standardized_id();
        self.parameter_id.unwrap_or_else(by_table).into()
    }

    const fn mapping(&self) -> PaceMapping {
        self.protocol.mapping()
    }

    fn standard_generator(&self) -> AgreementGenerator {
        AgreementGenerator::standard(self.domain)
    }

    /// IV of the encrypted nonce: zero.
    fn nonce_iv(&self) -> Vec<u8> {
        vec![0; self.cipher().block_len()]
    }
}
