//! Password authenticated connection establishment (Doc 9303-11 §4.4; TR-03110-3 §A.3, §B.1).
//!
//! ```text
//! terminal                                        chip
//! 22 C1A4  80 OID  83 password  84 parameters →   9000
//! 86       7C {}                              →   7C { 80 z }         z = E(K_π, s)
//! 86       7C { 81 mapping key }              →   7C { 82 mapping key }
//! 86       7C { 83 agreement key }            →   7C { 84 agreement key }
//! 86       7C { 85 T_IFD }                    →   7C { 86 T_IC }
//! ```
//!
//! Carried out: generic mapping over the curves of [`crypto::Curve`], with every cipher, by MRZ or CAN. This file holds
//! what the two ends share: parameters, tags, the choice among several PACEInfos.

pub mod chip;
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "the steps of PACE do not take integrated mapping yet"
    )
)]
mod integrated;
mod mapping;
pub mod terminal;
mod token;
#[cfg(test)]
mod worked_example;

use crypto::{Cipher, Curve, Generator};
use lds::security_info::{KeyAgreement, PaceInfo, PaceMapping, PaceProtocol};

use crate::{Error, Result};

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
}

/// The PACEInfo that offers the strongest protection among those this crate carries out: longest key first, then the
/// largest field. A terminal is free to choose (Doc 9303-11 §4.2).
#[must_use]
pub fn strongest<'a>(infos: impl IntoIterator<Item = &'a PaceInfo>) -> Option<&'a PaceInfo> {
    infos
        .into_iter()
        .filter_map(|info| Some((info, Parameters::of(info).ok()?)))
        .max_by_key(|(_, parameters)| (parameters.cipher(), parameters.curve.field_len()))
        .map(|(info, _)| info)
}

/// What a PACEInfo means, once it is known to be one that can be carried out.
#[derive(Clone, Copy)]
struct Parameters {
    protocol: PaceProtocol,
    curve: Curve,
    parameter_id: u8,
}

impl Parameters {
    /// # Errors
    /// [`Error::Unsupported`] for other mappings, versions and parameters. Explicit parameters are among them: they are
    /// not signed, and bad ones give the password away (Doc 9303-11 §9.2.2).
    fn of(info: &PaceInfo) -> Result<Self> {
        let protocol = info.protocol;
        if info.version != PaceInfo::VERSION {
            return Err(Error::Unsupported("a version of PACE other than 2"));
        }
        if (protocol.mapping(), protocol.agreement())
            != (PaceMapping::GenericMapping, KeyAgreement::Ecdh)
        {
            return Err(Error::Unsupported(
                "PACE other than ECDH with generic mapping",
            ));
        }
        let parameter_id = info
            .parameter_id
            .ok_or(Error::Unsupported("PACE with explicit domain parameters"))?;
        let curve = Curve::from_standardized_id(parameter_id).ok_or(Error::Unsupported(
            "these standardised domain parameters of PACE",
        ))?;
        Ok(Self {
            protocol,
            curve,
            parameter_id,
        })
    }

    const fn cipher(&self) -> Cipher {
        self.protocol.cipher()
    }

    fn standard_generator(&self) -> Generator {
        Generator::standard(self.curve)
    }

    /// IV of the encrypted nonce: zero.
    fn nonce_iv(&self) -> Vec<u8> {
        vec![0; self.cipher().block_len()]
    }
}
