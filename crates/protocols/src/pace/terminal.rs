//! The terminal's end of PACE.

use crypto::{AgreementGenerator, AgreementKey, AgreementKeyPair, CryptoRng};
use iso7816::tlv::{Tag, Writer};
use iso7816::{Channel, CommandApdu, Ins, StatusWord};
use lds::security_info::{PaceInfo, PaceMapping};
use zeroize::Zeroizing;

use crate::dynamic_authentication_data::{self, Position};
use crate::error::{Fault, Step, Untrusted};
use crate::exchange::exchange;
use crate::key_agreement::agree;
use crate::pace::{
    MAX_NONCE_LEN, MappingProof, Parameters, SET_AT_MUTUAL, integrated, mapping, set_at_tag, tag,
    token,
};
use crate::password::{Password, PasswordKind};
use crate::secure_messaging::SessionKeys;
use crate::terminal_authentication::{AuthorityReference, Chat};
use crate::{Error, Result};

/// What PACE has given: a session, and what later protocols need of its agreement.
#[derive(Debug)]
pub struct Established {
    /// Keys of the session. Put them to use at once: the chip has.
    pub keys: SessionKeys,
    /// PK_IC of the key agreement.
    pub chip_key: AgreementKey,
    /// PK_IFD of the key agreement: the key that terminal authentication is bound to after chip authentication mapping.
    pub own_key: AgreementKey,
    /// The keys whose certificates the chip accepts in terminal authentication, newest first: what the last answer named.
    /// Empty unless the terminal asked by its authorization. Not authentic.
    pub certification_authorities: Vec<AuthorityReference>,
    /// With chip authentication mapping: what is to be checked against EF.CardSecurity.
    pub mapping_proof: Option<MappingProof>,
    /// Whether the chip has refused the number of the parameters, and took them without it.
    pub refused_parameter_id: bool,
}

impl Established {
    /// ID_IC of terminal authentication, Comp(PK_IC) (Doc 9303-11 §7.1.2): the first half of
    /// [`Binding::after_pace`](crate::terminal_authentication::Binding::after_pace).
    #[must_use]
    pub fn id_ic(&self) -> Vec<u8> {
        self.chip_key.compressed()
    }
}

/// Runs PACE in the master file.
///
/// With an `authorization` the chip is told which role and rights the terminal wants, and names the certification
/// authorities it trusts; without, MSE:Set AT has none.
///
/// # Errors
/// [`Error::Unsupported`] when the PACEInfo cannot be carried out; [`Error::CardRefused`] when the card refuses a step
/// (at [`Step::PaceTokens`]: most likely another password; the status word may say how many tries are left);
/// [`Error::CardMisbehaved`] for an answer that breaks the protocol; [`Error::Untrusted`] when the card does not know
/// the password; [`Error::Transport`], also where the line does not take the extended length that DH of 2048 bits needs.
pub fn establish(
    channel: &mut dyn Channel,
    info: &PaceInfo,
    password: &Password,
    authorization: Option<&Chat>,
    rng: &mut dyn CryptoRng,
) -> Result<Established> {
    let draw = &mut AgreementKeyPair::generate;
    Unproven::agree(channel, info, password, authorization, draw, rng)?.prove(channel)
}

/// How a terminal comes to its key of the agreement, on the generator that the run has yielded: [`AgreementKeyPair::generate`],
/// unless a card is to be shown a key of some shape.
pub type Draw<'a> =
    dyn FnMut(&AgreementGenerator, &mut dyn CryptoRng) -> crypto::Result<AgreementKeyPair> + 'a;

/// PACE up to its tokens: both ends should have the same keys, and neither has shown that it does. [`establish`] goes on at once;
/// who tests a card may stop here.
pub struct Unproven {
    parameters: Parameters,
    agreed: Agreed,
    to_be_proven: Option<AgreementKey>,
    refused_parameter_id: bool,
}

impl Unproven {
    /// Runs PACE as [`establish`] does, but for the tokens.
    ///
    /// # Errors
    /// As [`establish`].
    pub fn agree(
        channel: &mut dyn Channel,
        info: &PaceInfo,
        password: &Password,
        authorization: Option<&Chat>,
        draw: &mut Draw<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self> {
        let parameters = Parameters::of(info)?;
        let refused_parameter_id = select(channel, &parameters, password, authorization)?;
        let nonce = receive_nonce(channel, &parameters, password)?;
        let mapped = map_nonce(channel, &parameters, &nonce, rng)?;
        let own = draw(&mapped.generator, rng)?;
        Ok(Self {
            parameters,
            agreed: agree_on_keys(channel, &parameters, &own)?,
            to_be_proven: mapped.to_be_proven,
            refused_parameter_id,
        })
    }

    /// Exchanges the tokens.
    ///
    /// # Errors
    /// As [`establish`].
    pub fn prove(self, channel: &mut dyn Channel) -> Result<Established> {
        let established =
            exchange_tokens(channel, &self.parameters, self.agreed, self.to_be_proven)?;
        Ok(Established {
            refused_parameter_id: self.refused_parameter_id,
            ..established
        })
    }

    /// The keys that nobody has proven to have: a card must not take them.
    #[must_use]
    pub fn into_keys(self) -> SessionKeys {
        self.agreed.keys
    }

    /// What the terminal's token is over: the key that the chip sent, as a data object (Doc 9303-11 §4.4.3.4).
    #[must_use]
    pub fn token_input(&self) -> Vec<u8> {
        token::input(self.parameters.protocol, &self.agreed.pk_ic)
    }

    /// The token over these octets.
    ///
    /// # Errors
    /// [`Error::Primitive`] when the cipher fails.
    pub fn token_over(&self, input: &[u8]) -> Result<Vec<u8>> {
        self.agreed.keys.token(input).map(|token| token.to_vec())
    }
}

/// A generator, and with chip authentication mapping the mapping key that the chip has to prove its static key with.
struct Mapped {
    generator: AgreementGenerator,
    to_be_proven: Option<AgreementKey>,
}

/// Keys that both ends should have, not yet proven.
struct Agreed {
    keys: SessionKeys,
    pk_ifd: AgreementKey,
    pk_ic: AgreementKey,
}

/// MSE:Set AT and nothing after it: what the chip says of a password before it is shown. Tries that have been used up are a warning
/// ([`StatusWord::tries_left`]), and none is used up by this (TR-03110-3 §B.14.1).
///
/// # Errors
/// [`Error::Unsupported`] when the PACEInfo cannot be carried out; [`Error::Transport`].
pub fn announce(
    channel: &mut dyn Channel,
    info: &PaceInfo,
    password: PasswordKind,
) -> Result<StatusWord> {
    let parameters = Parameters::of(info)?;
    let [_, taken] = set_at(channel, &parameters, password, None)?;
    Ok(taken)
}

/// Whether the chip takes the password and what is to be done with it; whether it refused the parameter id.
///
/// A warning that tries of the password have been used up is no refusal as long as one is left (TR-03110-3 §B.14.1); the last one
/// of a PIN or PUK is for who says so.
fn select(
    channel: &mut dyn Channel,
    parameters: &Parameters,
    password: &Password,
    authorization: Option<&Chat>,
) -> Result<bool> {
    let [first, taken] = set_at(channel, parameters, password.kind(), authorization)?;
    match taken.tries_left() {
        Some(left) if password.may_be_tried(left) => Ok(first.is_error()),
        Some(1) => Err(Error::LastTry(password.kind())),
        None if taken.is_ok() => Ok(first.is_error()),
        _ => Err(Error::CardRefused {
            step: Step::PaceSetAt,
            sw: first,
        }),
    }
}

/// MSE:Set AT: the first answer, and the one that counts. The parameter id goes along wherever there is one: some chips want it
/// although they have one set only, some take the first of several without it. Where it is refused, one attempt without it
/// (Doc 9303-11 §4.4.4.1).
fn set_at(
    channel: &mut dyn Channel,
    parameters: &Parameters,
    password: PasswordKind,
    authorization: Option<&Chat>,
) -> Result<[StatusWord; 2]> {
    let mut attempt = |parameter_id| {
        let command = set_at_command(parameters, password, parameter_id, authorization);
        channel.transmit(&command).map(|answer| answer.sw)
    };
    let first = attempt(parameters.parameter_id)?;
    let taken = match parameters.parameter_id {
        Some(_) if first.is_error() => attempt(None)?,
        _ => first,
    };
    Ok([first, taken])
}

fn set_at_command(
    parameters: &Parameters,
    password: PasswordKind,
    parameter_id: Option<u8>,
    authorization: Option<&Chat>,
) -> CommandApdu {
    let mut data = Writer::new();
    data.object(set_at_tag::PROTOCOL, parameters.protocol.oid().as_bytes())
        .object(set_at_tag::PASSWORD, &[password.reference()]);
    if let Some(id) = parameter_id {
        data.object(set_at_tag::PARAMETERS, &[id]);
    }
    if let Some(authorization) = authorization {
        data.raw(&authorization.to_bytes());
    }
    let [p1, p2] = SET_AT_MUTUAL;
    CommandApdu::new(0x00, Ins::MANAGE_SECURITY_ENVIRONMENT, p1, p2).with_data(data.finish())
}

fn receive_nonce(
    channel: &mut dyn Channel,
    parameters: &Parameters,
    password: &Password,
) -> Result<Zeroizing<Vec<u8>>> {
    let command = dynamic_authentication_data::command(Position::Chained, None, 0);
    let answer = exchange(channel, &command, Step::PaceNonce)?;
    let z = answered(Step::PaceNonce, &answer, tag::NONCE, &[])?;
    if !is_nonce_len(parameters, z.len()) {
        return Err(misbehaved(Step::PaceNonce)(Fault::NonceLength(z.len())));
    }
    let cipher = parameters.cipher();
    let k_pi = password.k_pi(cipher);
    Ok(Zeroizing::new(cipher.cbc_decrypt(
        k_pi.expose(),
        &parameters.nonce_iv(),
        z,
    )?))
}

/// Whole blocks, as many as a chip likes within reason; with integrated mapping just as many as a key has
/// (Doc 9303-11 §4.4.3.3).
fn is_nonce_len(parameters: &Parameters, len: usize) -> bool {
    let cipher = parameters.cipher();
    match parameters.mapping() {
        PaceMapping::IntegratedMapping => len == integrated::chip_nonce_len(cipher),
        PaceMapping::GenericMapping | PaceMapping::ChipAuthenticationMapping => {
            (1..=MAX_NONCE_LEN).contains(&len) && len.is_multiple_of(cipher.block_len())
        }
    }
}

fn map_nonce(
    channel: &mut dyn Channel,
    parameters: &Parameters,
    nonce: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<Mapped> {
    let proves = match parameters.mapping() {
        PaceMapping::IntegratedMapping => {
            return map_both_nonces(channel, parameters, nonce, rng);
        }
        PaceMapping::GenericMapping => false,
        PaceMapping::ChipAuthenticationMapping => true,
    };
    let own = AgreementKeyPair::generate(&parameters.standard_generator(), rng)?;
    let answer = send_key(channel, Step::PaceMapping, tag::MAPPING_IFD, &own.public())?;
    let other = answered(Step::PaceMapping, &answer, tag::MAPPING_IC, &[])?;
    let (mapping_key, generator) =
        mapping::generic(nonce, &own, other).map_err(misbehaved(Step::PaceMapping))?;
    Ok(Mapped {
        generator,
        to_be_proven: proves.then_some(mapping_key),
    })
}

/// Integrated mapping: the terminal's nonce goes over, an empty object comes back. Some chips send an empty template, which
/// says as much.
fn map_both_nonces(
    channel: &mut dyn Channel,
    parameters: &Parameters,
    nonce: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<Mapped> {
    let cipher = parameters.cipher();
    let mut own = vec![0; integrated::terminal_nonce_len(cipher)];
    rng.fill_bytes(&mut own);
    let request = Some((tag::MAPPING_IFD, own.as_slice()));
    let command = dynamic_authentication_data::command(Position::Chained, request, 0);
    let answer = exchange(channel, &command, Step::PaceMapping)?;
    let misbehaved = misbehaved(Step::PaceMapping);
    let objects = dynamic_authentication_data::objects(&answer).map_err(&misbehaved)?;
    if !objects.is_empty() {
        let found = answered(Step::PaceMapping, &answer, tag::MAPPING_IC, &[])?.len();
        if found > 0 {
            return Err(misbehaved(Fault::Length { expected: 0, found }));
        }
    }
    let generator = integrated::generator(parameters.domain, cipher, nonce, &own)?;
    Ok(Mapped {
        generator,
        to_be_proven: None,
    })
}

fn agree_on_keys(
    channel: &mut dyn Channel,
    parameters: &Parameters,
    own: &AgreementKeyPair,
) -> Result<Agreed> {
    let answer = send_key(
        channel,
        Step::PaceAgreement,
        tag::AGREEMENT_IFD,
        &own.public(),
    )?;
    let other = answered(Step::PaceAgreement, &answer, tag::AGREEMENT_IC, &[])?;
    let (pk_ic, shared) = agree(own, other).map_err(misbehaved(Step::PaceAgreement))?;
    Ok(Agreed {
        keys: SessionKeys::derive(parameters.cipher(), shared.secret()),
        pk_ifd: own.public(),
        pk_ic,
    })
}

/// The keys leave this function only after the card's token has been checked.
fn exchange_tokens(
    channel: &mut dyn Channel,
    parameters: &Parameters,
    agreed: Agreed,
    to_be_proven: Option<AgreementKey>,
) -> Result<Established> {
    let step = Step::PaceTokens;
    let Agreed {
        keys,
        pk_ifd,
        pk_ic,
    } = agreed;
    let t_ifd = token::token(&keys, parameters.protocol, &pk_ic)?;
    let request = Some((tag::TOKEN_IFD, t_ifd.as_slice()));
    let command = dynamic_authentication_data::command(Position::Last, request, 0);
    let answer = exchange(channel, &command, step)?;
    let proof_tag = to_be_proven.as_ref().map(|_| tag::CHIP_AUTHENTICATION_DATA);
    let [newest, previous] = tag::CERTIFICATION_AUTHORITIES;
    let beside_token: Vec<Tag> = [newest, previous].into_iter().chain(proof_tag).collect();
    let received = answered(step, &answer, tag::TOKEN_IC, &beside_token)?;
    let t_ic = token::token(&keys, parameters.protocol, &pk_ifd)?;
    if !crypto::constant_time_eq(received, &t_ic) {
        return Err(Error::Untrusted(Untrusted::PaceToken));
    }
    let mapping_proof = to_be_proven
        .map(|mapping_key| {
            let beside_proof = [tag::TOKEN_IC, newest, previous];
            let cryptogram = answered(step, &answer, tag::CHIP_AUTHENTICATION_DATA, &beside_proof)?;
            MappingProof::decrypt(&keys, cryptogram, mapping_key, parameters.key_id())
        })
        .transpose()?;
    Ok(Established {
        certification_authorities: certification_authorities(&answer).map_err(misbehaved(step))?,
        keys,
        chip_key: pk_ic,
        own_key: pk_ifd,
        mapping_proof,
        refused_parameter_id: false,
    })
}

/// The references in the last answer. What is none is passed over: nothing can be done with it, and access does not hang on
/// it.
fn certification_authorities(
    answer: &[u8],
) -> core::result::Result<Vec<AuthorityReference>, Fault> {
    let objects = dynamic_authentication_data::objects(answer)?;
    let references = tag::CERTIFICATION_AUTHORITIES.iter().filter_map(|tag| {
        let object = objects.iter().find(|object| object.tag == *tag)?;
        AuthorityReference::from_bytes(object.value)
    });
    Ok(references.collect())
}

/// Sends a key of the mapping or of the agreement; the answer holds another.
fn send_key(
    channel: &mut dyn Channel,
    step: Step,
    tag: Tag,
    key: &AgreementKey,
) -> Result<Vec<u8>> {
    let object = Some((tag, key.wire()));
    let longest = key.domain().max_wire_len();
    let command = dynamic_authentication_data::command(Position::Chained, object, longest);
    exchange(channel, &command, step)
}

fn answered<'a>(step: Step, answer: &'a [u8], tag: Tag, tolerated: &[Tag]) -> Result<&'a [u8]> {
    dynamic_authentication_data::value(answer, tag, tolerated).map_err(misbehaved(step))
}

fn misbehaved(step: Step) -> impl Fn(Fault) -> Error {
    move |fault| Error::CardMisbehaved { step, fault }
}
