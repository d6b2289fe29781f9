//! A chip with one file and every protocol: what an applet makes of the chip halves, in its smallest form.

use crypto::{
    AgreementDomain, AgreementGenerator, AgreementKeyPair, Cipher, Curve, HashAlgorithm, PrivateKey,
};
use iso7816::tlv::{self, Tag};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Limits, ResponseApdu, StatusWord};
use lds::security_info::{
    ChipAuthenticationInfo, ChipAuthenticationProtocol, ChipAuthenticationPublicKeyInfo, PaceInfo,
    PaceMapping, PaceProtocol, SecurityInfo, SecurityInfos,
};
use mrz::MrzInformation;
use protocols::chip_authentication::Selection;
use protocols::chip_authentication::chip::{Agreed, ChipKey, Selected};
use protocols::pace::chip::{Offer, PasswordState, Situation, Tries};
use protocols::secure_messaging::{ChipSession, SessionKeys, SmFault, is_protected_class};
use protocols::terminal_authentication::{AuthorityReference, Chat};
use protocols::{Password, PasswordKind, active_authentication, bac, chip_authentication, pace};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};

/// The content of the one file.
pub(crate) const FILE: &[u8] = b"60145F0104 SPECIMEN FILE OF A CHIP THAT IS NOT THERE";

const DISCRETIONARY_DATA: Tag = Tag::new(0x53);

pub(crate) fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

pub(crate) fn mrz_password() -> Password {
    Password::mrz(&MrzInformation::from_parts("L898902C", "690806", "940623").unwrap())
}

pub(crate) fn other_mrz_password() -> Password {
    Password::mrz(&MrzInformation::from_parts("L898902D", "690806", "940623").unwrap())
}

pub(crate) fn can_password() -> Password {
    Password::can("123456").unwrap()
}

pub(crate) fn pin_password() -> Password {
    Password::pin("271828").unwrap().spending_the_last_try()
}

pub(crate) fn puk_password() -> Password {
    Password::puk("3141592653").unwrap().spending_the_last_try()
}

pub(crate) fn pace_info(cipher: Cipher, curve: Curve) -> PaceInfo {
    form(
        PaceMapping::GenericMapping,
        AgreementDomain::Ec(curve),
        cipher,
    )
    .unwrap()
}

/// A form of PACE; `None` where the mapping has none.
pub(crate) fn form(
    mapping: PaceMapping,
    domain: AgreementDomain,
    cipher: Cipher,
) -> Option<PaceInfo> {
    let protocol = PaceProtocol::new(mapping, domain.into(), cipher).ok()?;
    let exists = mapping != PaceMapping::IntegratedMapping || domain.has_integrated_mapping();
    exists.then(|| PaceInfo::new(protocol, domain.standardized_id()))
}

pub(crate) fn key_pair(domain: AgreementDomain, seed: u64) -> AgreementKeyPair {
    AgreementKeyPair::generate(&AgreementGenerator::standard(domain), &mut rng(seed)).unwrap()
}

/// A chip authentication key and what EF.DG14 says of it.
pub(crate) fn chip_key(
    domain: AgreementDomain,
    ciphers: &[Cipher],
    id: Option<u64>,
) -> (ChipKey, Vec<SecurityInfo>) {
    let key = key_pair(domain, 14);
    let public = ChipAuthenticationPublicKeyInfo::of_agreement_key(&key.public(), id).unwrap();
    let offers = ciphers.iter().map(|cipher| {
        let protocol = ChipAuthenticationProtocol {
            agreement: domain.into(),
            cipher: *cipher,
        };
        SecurityInfo::ChipAuthentication(ChipAuthenticationInfo::new(protocol, id))
    });
    let infos = offers
        .chain([SecurityInfo::ChipAuthenticationPublicKey(public)])
        .collect();
    let ciphers = ciphers.to_vec();
    (ChipKey { id, key, ciphers }, infos)
}

pub(crate) fn strongest(infos: Vec<SecurityInfo>) -> Selection {
    Selection::strongest(&SecurityInfos::new(infos))
        .unwrap()
        .unwrap()
}

/// Reads the file with READ BINARY.
pub(crate) fn read(channel: &mut dyn Channel) -> Result<ResponseApdu, ChannelError> {
    channel.transmit(&CommandApdu::new(0, Ins::READ_BINARY, 0, 0).with_le(iso7816::Le::SHORT_MAX))
}

/// What the last run of PACE has handed to the chip.
pub(crate) struct Opened {
    pub(crate) password: PasswordKind,
    pub(crate) authorization: Option<Chat>,
    pub(crate) agreement: pace::chip::Agreement,
}

pub(crate) struct Card {
    pub(crate) pace_infos: Vec<PaceInfo>,
    /// Static keys of chip authentication mapping.
    pub(crate) mapping_keys: Vec<AgreementKeyPair>,
    pub(crate) passwords: Vec<PasswordState>,
    pub(crate) authorities: Vec<AuthorityReference>,
    pub(crate) opened: Option<Opened>,
    /// Power fails when the next retry counter has been lowered.
    pub(crate) tears: bool,
    pub(crate) chip_keys: Vec<ChipKey>,
    pub(crate) signing_key: Option<(PrivateKey, HashAlgorithm)>,
    pub(crate) limits: Limits,
    /// Number of commands received.
    pub(crate) commands: usize,
    access_keys: bac::AccessKeys,
    session: Option<ChipSession>,
    pace: pace::chip::State,
    challenged: Option<bac::chip::Challenged>,
    selected: Option<Selected>,
    rng: StdRng,
}

impl Card {
    pub(crate) fn new() -> Self {
        Self {
            pace_infos: vec![pace_info(Cipher::Aes128, Curve::P256)],
            mapping_keys: Vec::new(),
            passwords: [mrz_password(), can_password()]
                .map(PasswordState::unlimited)
                .into(),
            authorities: Vec::new(),
            opened: None,
            tears: false,
            chip_keys: Vec::new(),
            signing_key: None,
            limits: Limits::EXTENDED,
            commands: 0,
            access_keys: bac::AccessKeys::derive(&mrz_password()).unwrap(),
            session: None,
            pace: pace::chip::State::Idle,
            challenged: None,
            selected: None,
            rng: StdRng::seed_from_u64(rand::rng().random()),
        }
    }

    pub(crate) const fn has_session(&self) -> bool {
        self.session.is_some()
    }

    /// Puts the card into a session, as if a protocol had just ended.
    pub(crate) fn enter(&mut self, keys: SessionKeys) {
        self.session = Some(ChipSession::new(keys));
    }

    pub(crate) fn execute(&mut self, command: &CommandApdu) -> ResponseApdu {
        self.commands += 1;
        if !is_protected_class(command.cla) {
            self.session = None;
            self.opened = None;
            let (answer, keys) = self.answer(command, plain_room(command));
            self.session = keys.map(ChipSession::new);
            return answer;
        }
        self.execute_protected(command)
            .unwrap_or_else(|SmFault(sw)| ResponseApdu::from_sw(sw))
    }

    fn execute_protected(&mut self, command: &CommandApdu) -> Result<ResponseApdu, SmFault> {
        let session = self.session.take().ok_or(SmFault::INCORRECT)?;
        let (command, exchange) = session.unprotect(command)?;
        let (answer, keys) = self.answer(&command, exchange.max_plain_response());
        let (answer, session) = exchange.protect(&answer)?;
        self.session = Some(keys.map_or(session, ChipSession::new));
        Ok(answer)
    }

    fn answer(
        &mut self,
        command: &CommandApdu,
        room: usize,
    ) -> (ResponseApdu, Option<SessionKeys>) {
        self.dispatch(command, room)
            .unwrap_or_else(|sw| (ResponseApdu::from_sw(sw), None))
    }

    fn dispatch(
        &mut self,
        command: &CommandApdu,
        room: usize,
    ) -> Result<(ResponseApdu, Option<SessionKeys>), StatusWord> {
        let pace = core::mem::take(&mut self.pace);
        let challenged = self.challenged.take();
        let selected = self.selected.take();
        match (command.ins, [command.p1, command.p2]) {
            (Ins::GET_CHALLENGE, _) => {
                let (answer, challenged) = bac::chip::challenge(command, &mut self.rng)?;
                self.challenged = Some(challenged);
                Ok((answer, None))
            }
            (Ins::EXTERNAL_AUTHENTICATE, _) => {
                bac::chip::authenticate(challenged, &self.access_keys, command, &mut self.rng)
                    .map(with_keys)
            }
            (Ins::MANAGE_SECURITY_ENVIRONMENT, [0x41, 0xA6]) => {
                chip_authentication::chip::set_kat(command, &self.chip_keys).map(renewed)
            }
            (Ins::MANAGE_SECURITY_ENVIRONMENT, [0x41, _]) => {
                let (answer, selected) =
                    chip_authentication::chip::set_at(command, &self.chip_keys)?;
                self.selected = Some(selected);
                Ok((answer, None))
            }
            (Ins::MANAGE_SECURITY_ENVIRONMENT, _) => {
                self.pace_set_at(command).map(|answer| (answer, None))
            }
            (Ins::GENERAL_AUTHENTICATE, _) => match selected {
                Some(selected) => selected
                    .general_authenticate(command, &self.chip_keys)
                    .map(renewed),
                None => self.pace_step(pace, command),
            },
            (Ins::INTERNAL_AUTHENTICATE, _) => {
                self.sign(command, room).map(|answer| (answer, None))
            }
            (Ins::READ_BINARY, _) => Ok((file(room, command), None)),
            (Ins::READ_BINARY_ODD, _) => Ok((in_object(&file(room, command)), None)),
            _ => Err(StatusWord::INS_NOT_SUPPORTED),
        }
    }

    fn pace_set_at(&mut self, command: &CommandApdu) -> Result<ResponseApdu, StatusWord> {
        let offers: Vec<_> = self
            .pace_infos
            .iter()
            .map(|info| Offer {
                info,
                mapping_key: self
                    .mapping_keys
                    .iter()
                    .find(|key| Some(key.public().domain()) == info.domain()),
            })
            .collect();
        let situation = Situation {
            opened_by: self.opened.as_ref().map(|opened| opened.password),
            authorities: &self.authorities,
        };
        let (answer, state) = pace::chip::set_at(command, &offers, &self.passwords, &situation)?;
        self.pace = state;
        Ok(answer)
    }

    fn pace_step(
        &mut self,
        state: pace::chip::State,
        command: &CommandApdu,
    ) -> Result<(ResponseApdu, Option<SessionKeys>), StatusWord> {
        let mut outcome = state.general_authenticate(command, &mut self.rng);
        if let pace::chip::Outcome::Lower(lowering) = outcome {
            self.count(lowering.password(), |_| lowering.left());
            if core::mem::take(&mut self.tears) {
                return Err(StatusWord::MEMORY_FAILURE);
            }
            outcome = lowering.compare();
        }
        match outcome {
            pace::chip::Outcome::Continue(answer, state) => {
                self.pace = state;
                Ok((answer, None))
            }
            pace::chip::Outcome::Established {
                answer,
                keys,
                password,
                authorization,
                agreement,
            } => {
                self.count(password, |start| start);
                self.opened = Some(Opened {
                    password,
                    authorization,
                    agreement,
                });
                Ok((answer, Some(keys)))
            }
            pace::chip::Outcome::Refused(sw) => Err(sw),
            pace::chip::Outcome::Lower(_) => panic!("lowered twice"),
        }
    }

    /// Sets a retry counter, told its start value.
    fn count(&mut self, kind: PasswordKind, value: impl Fn(u8) -> u8) {
        let mut states = self.passwords.iter_mut();
        let state = states.find(|state| state.password.kind() == kind).unwrap();
        if let Tries::Left { now, start } = &mut state.tries {
            *now = value(*start);
        }
    }

    fn sign(&mut self, command: &CommandApdu, room: usize) -> Result<ResponseApdu, StatusWord> {
        let (key, hash) = self
            .signing_key
            .as_ref()
            .ok_or(StatusWord::INS_NOT_SUPPORTED)?;
        active_authentication::chip::sign(command, key, *hash, room, &mut self.rng)
    }
}

impl Channel for Card {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let bytes = command.to_bytes()?;
        if bytes.len() > self.limits.max_command
            || command.is_extended() && !self.limits.allow_extended()
        {
            return Err(ChannelError::TooLong {
                len: bytes.len(),
                max: self.limits.max_command,
            });
        }
        let answer = self.execute(&CommandApdu::parse(&bytes)?);
        assert!(
            answer.data.len() + 2 <= self.limits.max_response,
            "the card answers more than fits"
        );
        Ok(answer)
    }

    fn limits(&self) -> Limits {
        self.limits
    }
}

fn with_keys((answer, keys): (ResponseApdu, SessionKeys)) -> (ResponseApdu, Option<SessionKeys>) {
    (answer, Some(keys))
}

fn renewed((answer, agreed): (ResponseApdu, Agreed)) -> (ResponseApdu, Option<SessionKeys>) {
    (answer, Some(agreed.keys))
}

fn plain_room(command: &CommandApdu) -> usize {
    command.le.map_or(0, |le| le.get() as usize)
}

fn file(room: usize, command: &CommandApdu) -> ResponseApdu {
    let len = FILE.len().min(room).min(plain_room(command));
    ResponseApdu::new(FILE[..len].to_vec(), StatusWord::OK)
}

fn in_object(answer: &ResponseApdu) -> ResponseApdu {
    ResponseApdu::new(tlv::encode(DISCRETIONARY_DATA, &answer.data), answer.sw)
}
