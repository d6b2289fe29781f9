//! The terminal's end of PACE.

use crypto::{CryptoRng, EcKeyPair, EcPoint, Generator};
use iso7816::tlv::{Tag, Writer};
use iso7816::{Channel, CommandApdu, Ins, Le};
use lds::security_info::PaceInfo;
use zeroize::Zeroizing;

use crate::dynamic_authentication_data::{self, CHAINING, Position};
use crate::error::{Fault, Step, Untrusted};
use crate::exchange::exchange;
use crate::key_agreement::agree;
use crate::pace::{MAX_NONCE_LEN, Parameters, SET_AT_MUTUAL, mapping, set_at_tag, tag, token};
use crate::password::{Password, PasswordKind};
use crate::secure_messaging::SessionKeys;
use crate::{Error, Result};

/// Runs PACE in the master file and returns the keys of the session.
///
/// # Errors
/// [`Error::Unsupported`] when the PACEInfo cannot be carried out; [`Error::CardRefused`] when the card refuses a step
/// (at [`Step::PaceTokens`]: most likely another password); [`Error::CardMisbehaved`] for an answer that breaks the
/// protocol; [`Error::Untrusted`] when the card does not know the password; [`Error::Transport`].
pub fn establish(
    channel: &mut dyn Channel,
    info: &PaceInfo,
    password: &Password,
    rng: &mut dyn CryptoRng,
) -> Result<SessionKeys> {
    let parameters = Parameters::of(info)?;
    select(channel, &parameters, password.kind())?;
    let nonce = receive_nonce(channel, &parameters, password)?;
    let generator = map_nonce(channel, &parameters, &nonce, rng)?;
    let agreed = agree_on_keys(channel, &parameters, &generator, rng)?;
    exchange_tokens(channel, &parameters, agreed)
}

/// Keys that both ends should have, not yet proven.
struct Agreed {
    keys: SessionKeys,
    pk_ifd: EcPoint,
    pk_ic: EcPoint,
}

/// MSE:Set AT. The parameter id always goes along: some chips want it although they have one set only, some take the
/// first of several without it. Where it is refused, one attempt without it (Doc 9303-11 §4.4.4.1).
fn select(
    channel: &mut dyn Channel,
    parameters: &Parameters,
    password: PasswordKind,
) -> Result<()> {
    let with_id = set_at(parameters, password, Some(parameters.parameter_id));
    let sw = channel.transmit(&with_id)?.sw;
    let accepted = sw.is_ok()
        || sw.is_error()
            && channel
                .transmit(&set_at(parameters, password, None))?
                .sw
                .is_ok();
    if accepted {
        Ok(())
    } else {
        Err(Error::CardRefused {
            step: Step::PaceSetAt,
            sw,
        })
    }
}

fn set_at(
    parameters: &Parameters,
    password: PasswordKind,
    parameter_id: Option<u8>,
) -> CommandApdu {
    let mut data = Writer::new();
    data.object(set_at_tag::PROTOCOL, parameters.protocol.oid().as_bytes())
        .object(set_at_tag::PASSWORD, &[password.reference()]);
    if let Some(id) = parameter_id {
        data.object(set_at_tag::PARAMETERS, &[id]);
    }
    let [p1, p2] = SET_AT_MUTUAL;
    CommandApdu::new(0x00, Ins::MANAGE_SECURITY_ENVIRONMENT, p1, p2).with_data(data.finish())
}

fn receive_nonce(
    channel: &mut dyn Channel,
    parameters: &Parameters,
    password: &Password,
) -> Result<Zeroizing<Vec<u8>>> {
    let request = dynamic_authentication_data::empty();
    let answer = general_authenticate(channel, Step::PaceNonce, Position::Chained, request)?;
    let z = answered(Step::PaceNonce, &answer, tag::NONCE, &[])?;
    let cipher = parameters.cipher();
    if z.is_empty() || z.len() > MAX_NONCE_LEN || !z.len().is_multiple_of(cipher.block_len()) {
        return Err(misbehaved(Step::PaceNonce)(Fault::NonceLength(z.len())));
    }
    let k_pi = password.k_pi(cipher);
    Ok(Zeroizing::new(cipher.cbc_decrypt(
        k_pi.expose(),
        &parameters.nonce_iv(),
        z,
    )?))
}

fn map_nonce(
    channel: &mut dyn Channel,
    parameters: &Parameters,
    nonce: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<Generator> {
    let own = EcKeyPair::generate(&parameters.standard_generator(), rng)?;
    let request = dynamic_authentication_data::holding(tag::MAPPING_IFD, own.public().as_bytes());
    let answer = general_authenticate(channel, Step::PaceMapping, Position::Chained, request)?;
    let other = answered(Step::PaceMapping, &answer, tag::MAPPING_IC, &[])?;
    mapping::generic(nonce, &own, other).map_err(misbehaved(Step::PaceMapping))
}

fn agree_on_keys(
    channel: &mut dyn Channel,
    parameters: &Parameters,
    generator: &Generator,
    rng: &mut dyn CryptoRng,
) -> Result<Agreed> {
    let own = EcKeyPair::generate(generator, rng)?;
    let request = dynamic_authentication_data::holding(tag::AGREEMENT_IFD, own.public().as_bytes());
    let answer = general_authenticate(channel, Step::PaceAgreement, Position::Chained, request)?;
    let other = answered(Step::PaceAgreement, &answer, tag::AGREEMENT_IC, &[])?;
    let (pk_ic, shared) = agree(&own, other).map_err(misbehaved(Step::PaceAgreement))?;
    Ok(Agreed {
        keys: SessionKeys::derive(parameters.cipher(), shared.x()),
        pk_ifd: own.public().clone(),
        pk_ic,
    })
}

/// The keys leave this function only after the card's token has been checked.
fn exchange_tokens(
    channel: &mut dyn Channel,
    parameters: &Parameters,
    agreed: Agreed,
) -> Result<SessionKeys> {
    let t_ifd = token::token(&agreed.keys, parameters.protocol, &agreed.pk_ic)?;
    let request = dynamic_authentication_data::holding(tag::TOKEN_IFD, &t_ifd);
    let answer = general_authenticate(channel, Step::PaceTokens, Position::Last, request)?;
    let received = answered(
        Step::PaceTokens,
        &answer,
        tag::TOKEN_IC,
        &tag::CERTIFICATION_AUTHORITIES,
    )?;
    let t_ic = token::token(&agreed.keys, parameters.protocol, &agreed.pk_ifd)?;
    if crypto::constant_time_eq(received, &t_ic) {
        Ok(agreed.keys)
    } else {
        Err(Error::Untrusted(Untrusted::PaceToken))
    }
}

fn general_authenticate(
    channel: &mut dyn Channel,
    step: Step,
    position: Position,
    request: Vec<u8>,
) -> Result<Vec<u8>> {
    let cla = match position {
        Position::Chained => CHAINING,
        Position::Last => 0x00,
    };
    let command = CommandApdu::new(cla, Ins::GENERAL_AUTHENTICATE, 0, 0)
        .with_data(request)
        .with_le(Le::SHORT_MAX);
    exchange(channel, &command, step)
}

fn answered<'a>(step: Step, answer: &'a [u8], tag: Tag, tolerated: &[Tag]) -> Result<&'a [u8]> {
    dynamic_authentication_data::value(answer, tag, tolerated).map_err(misbehaved(step))
}

fn misbehaved(step: Step) -> impl Fn(Fault) -> Error {
    move |fault| Error::CardMisbehaved { step, fault }
}
