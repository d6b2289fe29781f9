//! The chip's end of chip authentication.
//!
//! ```text
//! MSE:Set KAT ─────────────────────────────────────────────▶ SessionKeys
//! MSE:Set AT  ──▶ Selected ── GENERAL AUTHENTICATE ────────▶ SessionKeys
//! ```
//!
//! The caller has checked that there is a session (`6982` otherwise). The answer goes under the old session; the new
//! keys take over behind it. After any error the old session lives on.

use crypto::{AgreementKey, AgreementKeyPair, Cipher};
use der::asn1::ObjectIdentifier;
use iso7816::{CommandApdu, ResponseApdu, StatusWord};
use lds::security_info::{ChipAuthenticationProtocol, KeyAgreement};

use crate::chip_authentication::{SET_AT, SET_KAT, key_id_octets, tag};
use crate::dynamic_authentication_data::{self, Position, check_command};
use crate::key_agreement::agree;
use crate::secure_messaging::SessionKeys;
use crate::security_environment::Template;

/// A static key of the chip, as EF.DG14 announces it.
pub struct ChipKey {
    /// Its number, if the chip has several.
    pub id: Option<u64>,
    /// The key pair, over the generator of its domain parameters.
    pub key: AgreementKeyPair,
    /// The ciphers that ChipAuthenticationInfos offer with it.
    pub ciphers: Vec<Cipher>,
}

/// What chip authentication has given.
#[derive(Debug)]
pub struct Agreed {
    /// Keys of the new session.
    pub keys: SessionKeys,
    /// PK_IFD: the key whose Comp() terminal authentication is bound to
    /// ([`Binding`](crate::terminal_authentication::Binding)).
    pub terminal_key: AgreementKey,
}

/// A chip that knows key and algorithm and waits for the terminal's key.
pub struct Selected {
    /// Place of the key in the list of keys.
    index: usize,
    cipher: Cipher,
}

/// Answers MSE:Set KAT (`22 41 A6`): 3DES.
///
/// # Errors
/// `6A86` for other parameters, `6700` for a command with Le, `6A80` for missing objects and a bad key, `6A88` for an
/// unknown key id.
pub fn set_kat(
    command: &CommandApdu,
    keys: &[ChipKey],
) -> Result<(ResponseApdu, Agreed), StatusWord> {
    let template = Template::of(command, SET_KAT)?;
    let other = template.required(tag::EPHEMERAL_KEY)?;
    let id = template.value(tag::KEY_ID)?;
    let selected = Selected::find(keys, id, Cipher::TripleDes, |_| true)?;
    let agreed = selected.agree(keys, other)?;
    Ok((ResponseApdu::from_sw(StatusWord::OK), agreed))
}

/// Answers MSE:Set AT (`22 41 A4`). Pass the same keys to [`Selected::general_authenticate`].
///
/// # Errors
/// As [`set_kat`]; `6A80` also for a protocol that is not offered.
pub fn set_at(
    command: &CommandApdu,
    keys: &[ChipKey],
) -> Result<(ResponseApdu, Selected), StatusWord> {
    let template = Template::of(command, SET_AT)?;
    let protocol = ObjectIdentifier::from_bytes(template.required(tag::PROTOCOL)?)
        .ok()
        .and_then(ChipAuthenticationProtocol::from_oid)
        .ok_or(StatusWord::WRONG_DATA)?;
    let id = template.value(tag::KEY_ID)?;
    let selected = Selected::find(keys, id, protocol.cipher, |kind| kind == protocol.agreement)?;
    Ok((ResponseApdu::from_sw(StatusWord::OK), selected))
}

impl Selected {
    /// Answers GENERAL AUTHENTICATE.
    ///
    /// # Errors
    /// `6A86` for other parameters, `6883` for a chained command, `6700` without Le, `6A80` for other objects and a bad
    /// key.
    pub fn general_authenticate(
        self,
        command: &CommandApdu,
        keys: &[ChipKey],
    ) -> Result<(ResponseApdu, Agreed), StatusWord> {
        check_command(command, Position::Last)?;
        let other = dynamic_authentication_data::value(&command.data, tag::AGREEMENT_KEY, &[])
            .map_err(|_| StatusWord::WRONG_DATA)?;
        let agreed = self.agree(keys, other)?;
        let answer = ResponseApdu::new(dynamic_authentication_data::empty(), StatusWord::OK);
        Ok((answer, agreed))
    }

    /// The key with this id, or without an id the only key of a kind and cipher that are asked for (Doc 9303-11 §6.2.4).
    fn find(
        keys: &[ChipKey],
        id: Option<&[u8]>,
        cipher: Cipher,
        is_kind: impl Fn(KeyAgreement) -> bool,
    ) -> Result<Self, StatusWord> {
        let mut named = keys
            .iter()
            .enumerate()
            .filter(|(_, key)| {
                id.is_none_or(|id| key.id.is_some_and(|own| key_id_octets(own) == id))
            })
            .peekable();
        named.peek().ok_or(StatusWord::REFERENCED_DATA_NOT_FOUND)?;
        let mut serving = named.filter(|(_, key)| {
            is_kind(key.key.public().domain().into()) && key.ciphers.contains(&cipher)
        });
        match (serving.next(), serving.next()) {
            (Some((index, _)), None) => Ok(Self { index, cipher }),
            _ => Err(StatusWord::WRONG_DATA),
        }
    }

    fn agree(self, keys: &[ChipKey], other: &[u8]) -> Result<Agreed, StatusWord> {
        let own = keys
            .get(self.index)
            .ok_or(StatusWord::REFERENCED_DATA_NOT_FOUND)?;
        let (terminal_key, shared) = agree(&own.key, other).map_err(|_| StatusWord::WRONG_DATA)?;
        Ok(Agreed {
            keys: SessionKeys::derive(self.cipher, shared.secret()),
            terminal_key,
        })
    }
}
