//! The four steps of GENERAL AUTHENTICATE.

use crypto::{AgreementGenerator, AgreementKey, AgreementKeyPair, CryptoRng, SecretBytes};
use iso7816::tlv::{Tag, Tlv};
use iso7816::{CommandApdu, ResponseApdu, StatusWord};
use lds::security_info::PaceMapping;
use zeroize::Zeroizing;

use super::{Agreement, Outcome, PasswordState, State, Tries};
use crate::dynamic_authentication_data::{self, Position, check_command};
use crate::key_agreement::agree;
use crate::pace::{Parameters, integrated, mapping, tag, token};
use crate::password::PasswordKind;
use crate::secure_messaging::SessionKeys;
use crate::terminal_authentication::{AuthorityReference, Chat};

/// Octets of the nonce s, where the mapping leaves the choice: two blocks of 3DES, one of AES.
const NONCE_LEN: usize = 16;

/// What a run carries from its first command to its last.
struct Run {
    parameters: Parameters,
    password: PasswordKind,
    tries: Tries,
    authorization: Option<Chat>,
    /// What the last answer tells.
    authorities: Vec<AuthorityReference>,
}

/// A run whose parameters are chosen.
pub struct Selected {
    run: Run,
    k_pi: SecretBytes,
    mapping_key: Option<AgreementKeyPair>,
}

/// A run whose nonce is out.
pub struct NonceSent {
    run: Run,
    nonce: Zeroizing<Vec<u8>>,
    mapping_key: Option<AgreementKeyPair>,
}

/// A run with its own generator.
pub struct Mapped {
    run: Run,
    generator: AgreementGenerator,
    /// CA_IC.
    chip_authentication_data: Option<SecretBytes>,
}

/// A run with keys, waiting for the terminal's token.
pub struct Agreed {
    run: Run,
    chip_authentication_data: Option<SecretBytes>,
    keys: SessionKeys,
    pk_ifd: AgreementKey,
    pk_ic: AgreementKey,
}

/// A run whose password has a retry counter, with the token it waits to compare.
///
/// Lower the counter in non-volatile memory to [`Self::left`] first: otherwise a terminal that cuts the power in time tries
/// passwords for nothing.
#[must_use]
pub struct Lowering {
    agreed: Agreed,
    t_ifd: Vec<u8>,
    left: u8,
}

impl Selected {
    pub(super) fn new(
        parameters: Parameters,
        mapping_key: Option<AgreementKeyPair>,
        state: &PasswordState,
        authorization: Option<Chat>,
        authorities: &[AuthorityReference],
    ) -> Self {
        let told = if authorization.is_some() {
            authorities
        } else {
            &[]
        };
        Self {
            k_pi: state.password.k_pi(parameters.cipher()),
            mapping_key,
            run: Run {
                parameters,
                password: state.password.kind(),
                tries: state.tries,
                authorities: told.to_vec(),
                authorization,
            },
        }
    }

    pub(super) fn send_nonce(
        self,
        command: &CommandApdu,
        rng: &mut dyn CryptoRng,
    ) -> Result<Outcome, StatusWord> {
        check_command(command, Position::Chained)?;
        if !requested(command)?.is_empty() {
            return Err(StatusWord::WRONG_DATA);
        }
        let parameters = &self.run.parameters;
        let len = match parameters.mapping() {
            PaceMapping::IntegratedMapping => integrated::chip_nonce_len(parameters.cipher()),
            PaceMapping::GenericMapping | PaceMapping::ChipAuthenticationMapping => NONCE_LEN,
        };
        let mut nonce = Zeroizing::new(vec![0; len]);
        rng.fill_bytes(&mut nonce);
        let z = parameters
            .cipher()
            .cbc_encrypt(self.k_pi.expose(), &parameters.nonce_iv(), &nonce)
            .map_err(|_| StatusWord::NO_PRECISE_DIAGNOSIS)?;
        let next = State::NonceSent(NonceSent {
            run: self.run,
            nonce,
            mapping_key: self.mapping_key,
        });
        Ok(Outcome::Continue(answer(tag::NONCE, &z), next))
    }
}

impl NonceSent {
    pub(super) fn map(
        self,
        command: &CommandApdu,
        rng: &mut dyn CryptoRng,
    ) -> Result<Outcome, StatusWord> {
        check_command(command, Position::Chained)?;
        let received = request(command, tag::MAPPING_IFD)?;
        match self.run.parameters.mapping() {
            PaceMapping::IntegratedMapping => self.map_both_nonces(received),
            PaceMapping::GenericMapping | PaceMapping::ChipAuthenticationMapping => {
                self.map_with_keys(received, rng)
            }
        }
    }

    /// Integrated mapping. The chip has nothing to say.
    fn map_both_nonces(self, t: &[u8]) -> Result<Outcome, StatusWord> {
        let parameters = &self.run.parameters;
        let generator =
            integrated::generator(parameters.domain, parameters.cipher(), &self.nonce, t)
                .map_err(|_| StatusWord::WRONG_DATA)?;
        Ok(self.mapped(generator, None, &[]))
    }

    /// Generic and chip authentication mapping.
    fn map_with_keys(self, other: &[u8], rng: &mut dyn CryptoRng) -> Result<Outcome, StatusWord> {
        let own = key_pair(&self.run.parameters.standard_generator(), rng)?;
        let (_, generator) =
            mapping::generic(&self.nonce, &own, other).map_err(|_| StatusWord::WRONG_DATA)?;
        let data = self
            .mapping_key
            .as_ref()
            .map(|key| key.chip_authentication_data(&own))
            .transpose()
            .map_err(|_| StatusWord::NO_PRECISE_DIAGNOSIS)?;
        Ok(self.mapped(generator, data, own.public().wire()))
    }

    fn mapped(
        self,
        generator: AgreementGenerator,
        chip_authentication_data: Option<SecretBytes>,
        said: &[u8],
    ) -> Outcome {
        let next = State::Mapped(Mapped {
            run: self.run,
            generator,
            chip_authentication_data,
        });
        Outcome::Continue(answer(tag::MAPPING_IC, said), next)
    }
}

impl Mapped {
    pub(super) fn agree(
        self,
        command: &CommandApdu,
        rng: &mut dyn CryptoRng,
    ) -> Result<Outcome, StatusWord> {
        check_command(command, Position::Chained)?;
        let other = request(command, tag::AGREEMENT_IFD)?;
        let own = key_pair(&self.generator, rng)?;
        let (pk_ifd, shared) = agree(&own, other).map_err(|_| StatusWord::WRONG_DATA)?;
        let pk_ic = own.public();
        let answer = answer(tag::AGREEMENT_IC, pk_ic.wire());
        let next = State::Agreed(Agreed {
            keys: SessionKeys::derive(self.run.parameters.cipher(), shared.secret()),
            run: self.run,
            chip_authentication_data: self.chip_authentication_data,
            pk_ifd,
            pk_ic,
        });
        Ok(Outcome::Continue(answer, next))
    }
}

impl Agreed {
    /// Takes the terminal's token. A counter is lowered for a well-formed command only: any other is no attempt.
    pub(super) fn authenticate(self, command: &CommandApdu) -> Result<Outcome, StatusWord> {
        check_command(command, Position::Last)?;
        let t_ifd = request(command, tag::TOKEN_IFD)?;
        match self.run.tries {
            Tries::Unlimited => self.compare(t_ifd, StatusWord::AUTHENTICATION_FAILED),
            Tries::Left { now, .. } => Ok(Outcome::Lower(Lowering {
                agreed: self,
                t_ifd: t_ifd.to_vec(),
                left: now.saturating_sub(1),
            })),
        }
    }

    pub(super) fn into_keys(self) -> SessionKeys {
        self.keys
    }

    /// The terminal proves itself first: the chip's own token would help to guess the password.
    fn compare(self, received: &[u8], refusal: StatusWord) -> Result<Outcome, StatusWord> {
        let token = |key| token::token(&self.keys, self.run.parameters.protocol, key);
        let t_ifd = token(&self.pk_ic).map_err(|_| refusal)?;
        if !crypto::constant_time_eq(received, &t_ifd) {
            return Err(refusal);
        }
        let t_ic = token(&self.pk_ifd).map_err(|_| refusal)?;
        let answer = self.last_answer(&t_ic)?;
        Ok(Outcome::Established {
            answer,
            keys: self.keys,
            password: self.run.password,
            authorization: self.run.authorization,
            agreement: Agreement {
                mapping: self.run.parameters.mapping(),
                chip_key: self.pk_ic,
                terminal_key: self.pk_ifd,
            },
        })
    }

    fn last_answer(&self, t_ic: &[u8]) -> Result<ResponseApdu, StatusWord> {
        let encrypted = self
            .chip_authentication_data
            .as_ref()
            .map(|data| self.keys.encrypt_chip_authentication_data(data.expose()))
            .transpose()
            .map_err(|_| StatusWord::NO_PRECISE_DIAGNOSIS)?;
        let authorities = tag::CERTIFICATION_AUTHORITIES
            .into_iter()
            .zip(&self.run.authorities)
            .map(|(tag, authority)| (tag, authority.as_bytes()));
        let proof = encrypted
            .iter()
            .map(|data| (tag::CHIP_AUTHENTICATION_DATA, data.as_slice()));
        let objects = [(tag::TOKEN_IC, t_ic)]
            .into_iter()
            .chain(authorities)
            .chain(proof);
        let data = dynamic_authentication_data::holding_all(objects);
        Ok(ResponseApdu::new(data, StatusWord::OK))
    }
}

impl Lowering {
    /// The password whose counter it is.
    #[must_use]
    pub const fn password(&self) -> PasswordKind {
        self.agreed.run.password
    }

    /// What the counter has to be in non-volatile memory before the comparison.
    #[must_use]
    pub const fn left(&self) -> u8 {
        self.left
    }

    /// Compares, now that the counter is lowered: [`Outcome::Established`], or [`Outcome::Refused`] with the tries left.
    #[must_use]
    pub fn compare(self) -> Outcome {
        self.agreed
            .compare(&self.t_ifd, StatusWord::with_tries_left(self.left))
            .unwrap_or_else(Outcome::Refused)
    }
}

fn requested(command: &CommandApdu) -> Result<Vec<Tlv<'_>>, StatusWord> {
    dynamic_authentication_data::objects(&command.data).map_err(|_| StatusWord::WRONG_DATA)
}

/// The one object of a later step. Asking for the nonce again is out of order rather than malformed.
fn request(command: &CommandApdu, tag: Tag) -> Result<&[u8], StatusWord> {
    if requested(command)?.is_empty() {
        return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
    }
    dynamic_authentication_data::value(&command.data, tag, &[]).map_err(|_| StatusWord::WRONG_DATA)
}

fn key_pair(
    generator: &AgreementGenerator,
    rng: &mut dyn CryptoRng,
) -> Result<AgreementKeyPair, StatusWord> {
    AgreementKeyPair::generate(generator, rng).map_err(|_| StatusWord::NO_PRECISE_DIAGNOSIS)
}

fn answer(tag: Tag, value: &[u8]) -> ResponseApdu {
    ResponseApdu::new(
        dynamic_authentication_data::holding(tag, value),
        StatusWord::OK,
    )
}
