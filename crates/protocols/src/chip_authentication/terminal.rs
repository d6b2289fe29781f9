//! The terminal's end of chip authentication.

use core::fmt;

use crypto::{AgreementGenerator, AgreementKey, AgreementKeyPair, Cipher, CryptoRng};
use iso7816::tlv::{Tag, Writer};
use iso7816::{Channel, CommandApdu, Ins};

use crate::chip_authentication::{SET_AT, SET_KAT, Selection, key_id_octets, tag};
use crate::dynamic_authentication_data::{self, Position};
use crate::error::{Fault, Step};
use crate::exchange::exchange;
use crate::secure_messaging::SessionKeys;
use crate::{Error, Result};

/// What chip authentication has given.
#[derive(Debug)]
pub struct Agreed {
    /// Keys of the new session.
    pub keys: SessionKeys,
    /// PK_IFD: the key whose Comp() terminal authentication is bound to
    /// ([`Binding`](crate::terminal_authentication::Binding)).
    pub own_key: AgreementKey,
    /// What was put up with.
    pub deviations: Vec<Deviation>,
}

/// A departure from Doc 9303-11 §6.2 that does not hinder the agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Deviation {
    /// MSE:Set KAT was refused, and MSE:Set AT served.
    KeyAgreementTemplateRefused,
    /// The number of the chip's only key was refused.
    KeyNumberRefused,
}

impl fmt::Display for Deviation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::KeyAgreementTemplateRefused => {
                "the chip refuses MSE:Set KAT; chip authentication went by MSE:Set AT"
            }
            Self::KeyNumberRefused => "the chip refuses the number of its key",
        })
    }
}

/// Agrees on new session keys with the chip's static key, inside a session.
///
/// Put the keys to use at once ([`SecureChannel::rekey`](crate::secure_messaging::SecureChannel::rekey)): the chip has.
/// **They prove nothing yet.** The chip is shown to have the private key by the first answer that is right under them;
/// a copy with the same EF.DG14 gets as far as this. When the card refuses, the old session goes on
/// (Doc 9303-11 §6.2.2).
///
/// 3DES goes by MSE:Set KAT first, and by MSE:Set AT where that is refused (Doc 9303-11 §8.5 note 1). Where a chip with one key
/// only refuses to be told its number, one attempt without it.
///
/// # Errors
/// [`Error::CardRefused`], [`Error::CardMisbehaved`], [`Error::Transport`], also where the line does not take the
/// extended length that DH of 2048 bits needs; [`Error::Primitive`] for a key on which no agreement is possible.
pub fn agree(
    channel: &mut dyn Channel,
    selection: &Selection,
    rng: &mut dyn CryptoRng,
) -> Result<Agreed> {
    if selection.cipher() != Cipher::TripleDes {
        return by_authentication_template(channel, selection, rng);
    }
    match by_key_agreement_template(channel, selection, rng) {
        Err(Error::CardRefused { .. }) => {}
        done => return done,
    }
    let mut agreed = by_authentication_template(channel, selection, rng)?;
    agreed
        .deviations
        .push(Deviation::KeyAgreementTemplateRefused);
    Ok(agreed)
}

fn by_key_agreement_template(
    channel: &mut dyn Channel,
    selection: &Selection,
    rng: &mut dyn CryptoRng,
) -> Result<Agreed> {
    let mut agreed = fresh(selection, rng)?;
    let key = agreed.own_key.wire();
    let object = (tag::EPHEMERAL_KEY, key);
    let refused = set(
        channel,
        SET_KAT,
        object,
        selection,
        Step::ChipAuthenticationSetKat,
    )?;
    agreed.deviations.extend(refused);
    Ok(agreed)
}

fn by_authentication_template(
    channel: &mut dyn Channel,
    selection: &Selection,
    rng: &mut dyn CryptoRng,
) -> Result<Agreed> {
    let oid = selection.protocol().oid();
    let object = (tag::PROTOCOL, oid.as_bytes());
    let refused = set(
        channel,
        SET_AT,
        object,
        selection,
        Step::ChipAuthenticationSetAt,
    )?;

    let mut agreed = fresh(selection, rng)?;
    agreed.deviations.extend(refused);
    let request = Some((tag::AGREEMENT_KEY, agreed.own_key.wire()));
    let command = dynamic_authentication_data::command(Position::Last, request, 0);
    let answer = exchange(channel, &command, Step::ChipAuthenticationAgreement)?;
    check_answer(&answer).map_err(|fault| Error::CardMisbehaved {
        step: Step::ChipAuthenticationAgreement,
        fault,
    })?;
    Ok(agreed)
}

/// A fresh pair for each attempt, and the keys it leads to.
fn fresh(selection: &Selection, rng: &mut dyn CryptoRng) -> Result<Agreed> {
    let standard = AgreementGenerator::standard(selection.key().domain());
    let own = AgreementKeyPair::generate(&standard, rng)?;
    let shared = own.agree(selection.key())?;
    Ok(Agreed {
        keys: SessionKeys::derive(selection.cipher(), shared.secret()),
        own_key: own.public(),
        deviations: Vec::new(),
    })
}

/// MSE:Set with the number of the key, and without it where the chip refuses that and has no other key.
fn set(
    channel: &mut dyn Channel,
    [p1, p2]: [u8; 2],
    (first_tag, first): (Tag, &[u8]),
    selection: &Selection,
    step: Step,
) -> Result<Option<Deviation>> {
    let mut attempt = |key_id: Option<u64>| {
        let mut data = Writer::new();
        data.object(first_tag, first);
        if let Some(id) = key_id {
            data.object(tag::KEY_ID, &key_id_octets(id));
        }
        let command = CommandApdu::new(0x00, Ins::MANAGE_SECURITY_ENVIRONMENT, p1, p2)
            .with_data(data.finish());
        exchange(channel, &command, step).map(drop)
    };
    let key_id = selection.key_id();
    match attempt(key_id) {
        refused @ Err(Error::CardRefused { .. }) if key_id.is_some() && selection.is_only_key() => {
            attempt(None).or(refused)?;
            Ok(Some(Deviation::KeyNumberRefused))
        }
        done => done.map(|()| None),
    }
}

/// `7C 00`; some chips send nothing at all, which says as much.
fn check_answer(answer: &[u8]) -> core::result::Result<(), Fault> {
    if answer.is_empty() || dynamic_authentication_data::objects(answer)?.is_empty() {
        Ok(())
    } else {
        Err(Fault::Surplus)
    }
}
