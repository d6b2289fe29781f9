//! The host's end.

use iso7816::{Channel, ChannelError, CommandApdu, Ins, Le, Limits, ResponseApdu};
use rand_core::CryptoRng;

use super::initialize_update::InitializeUpdateResponse;
use super::protection::{
    ChainingValue, Direction, FIRST_CHAINING_VALUE, Protection, is_protected, max_command_data,
    max_response_data, protected_response_len,
};
use super::session_keys::SessionKeys;
use super::{
    CLA_GLOBALPLATFORM, CLA_PROTECTED, CLA_SECURE_MESSAGING, CLA_SECURE_MESSAGING_MASK, Mode,
    SecurityLevel,
};
use crate::{Error, Result, StaticKeys};

/// How to open a channel. The default is what personalisation uses: S16, everything protected, no public keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Length of challenges, cryptograms and MACs.
    pub mode: Mode,
    /// What is protected.
    pub level: SecurityLevel,
    /// Whether publicly known keys may be used: for cards that hold nothing and never will.
    pub allow_test_keys: bool,
}

/// What a card says of itself in the answer to INITIALIZE UPDATE. The cryptogram vouches for the keys, not for these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardData {
    /// By what the card's keys were diversified.
    pub diversification_data: [u8; 10],
    /// How many channels the card has opened with these keys, if it counts.
    pub sequence_counter: Option<[u8; 3]>,
}

/// A secure channel. What goes in is protected, what comes out was checked.
///
/// It closes at the first fault: a wrong MAC, a lost card. An error status word is *not* authentic, since cards send those
/// bare; a success or a warning is, from level `11` on.
pub struct Scp03Channel<C> {
    channel: C,
    card: CardData,
    mode: Mode,
    level: SecurityLevel,
    session: Option<Session>,
}

/// Opens a channel with the card's keys.
///
/// # Errors
/// [`Error::PublicTestKeys`] unless allowed; [`Error::CardRefused`]; [`Error::Untrusted`] when the card does not have these
/// keys, before it can count a failed attempt; [`Error::Unsupported`] when it cannot do the mode or the level.
pub fn open<C: Channel>(
    mut channel: C,
    keys: &StaticKeys,
    options: &Options,
    rng: &mut dyn CryptoRng,
) -> Result<Scp03Channel<C>> {
    if keys.is_public_test_key() && !options.allow_test_keys {
        return Err(Error::PublicTestKeys);
    }
    let mut host_challenge = vec![0; options.mode.field_len()];
    rng.fill_bytes(&mut host_challenge);
    let answer = initialize_update(&mut channel, keys, options, &host_challenge)?;
    let session_keys =
        SessionKeys::derive(keys, options.mode, &host_challenge, &answer.card_challenge)?;
    if !session_keys
        .card_cryptogram()?
        .ct_eq(&answer.card_cryptogram)
    {
        return Err(Error::Untrusted(
            "cryptogram of the card: it has other keys",
        ));
    }
    let session = external_authenticate(&mut channel, session_keys, options)?;
    Ok(Scp03Channel {
        channel,
        card: CardData {
            diversification_data: answer.diversification_data,
            sequence_counter: answer.sequence_counter,
        },
        mode: options.mode,
        level: options.level,
        session: Some(session),
    })
}

fn initialize_update(
    channel: &mut dyn Channel,
    keys: &StaticKeys,
    options: &Options,
    host_challenge: &[u8],
) -> Result<InitializeUpdateResponse> {
    let version = keys.version();
    let command = CommandApdu::new(CLA_GLOBALPLATFORM, Ins::INITIALIZE_UPDATE, version, 0)
        .with_data(host_challenge)
        .with_le(Le::SHORT_MAX);
    let answer = InitializeUpdateResponse::parse(&accepted(channel, &command)?)?;
    if answer.mode != options.mode {
        return Err(Error::Unsupported("the mode (S8, S16) on this card"));
    }
    if answer.key_version != version {
        return Err(Error::CardMisbehaved("it answers with another key version"));
    }
    if !answer.options.support(options.level) {
        return Err(Error::Unsupported("the security level on this card"));
    }
    Ok(answer)
}

/// The first protected command: it carries a MAC but is not encrypted, and the counter does not count it.
fn external_authenticate(
    channel: &mut dyn Channel,
    keys: SessionKeys,
    options: &Options,
) -> Result<Session> {
    let host_cryptogram = keys.host_cryptogram()?;
    let protection = Protection {
        keys,
        mode: options.mode,
        level: options.level,
    };
    let level = options.level.to_byte();
    let mut command = CommandApdu::new(CLA_PROTECTED, Ins::EXTERNAL_AUTHENTICATE, level, 0)
        .with_data(host_cryptogram.expose());
    let chaining_value = append_c_mac(&protection, &FIRST_CHAINING_VALUE, &mut command)?;
    accepted(channel, &command)?;
    Ok(Session {
        protection,
        chaining_value,
        counter: 0,
    })
}

fn accepted(channel: &mut dyn Channel, command: &CommandApdu) -> Result<Vec<u8>> {
    let answer = channel.transmit(command)?;
    if !answer.sw.is_ok() {
        return Err(Error::CardRefused {
            command: command.ins,
            sw: answer.sw,
        });
    }
    Ok(answer.data)
}

impl<C: Channel> Scp03Channel<C> {
    /// What the card said of itself.
    #[must_use]
    pub const fn card(&self) -> CardData {
        self.card
    }

    /// What is protected.
    #[must_use]
    pub const fn level(&self) -> SecurityLevel {
        self.level
    }

    /// Whether the channel still stands.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.session.is_some()
    }

    /// Leaves the secure channel. The card still waits for protected commands; a SELECT or a reset ends that.
    #[must_use]
    pub fn into_inner(self) -> C {
        self.channel
    }
}

impl<C: Channel> Channel for Scp03Channel<C> {
    fn transmit(
        &mut self,
        command: &CommandApdu,
    ) -> core::result::Result<ResponseApdu, ChannelError> {
        // Taken out, so that every way out of here but those that put it back leaves the channel closed.
        let session = self.session.take().ok_or(CLOSED)?;
        if command.cla & CLA_SECURE_MESSAGING_MASK != 0 {
            self.session = Some(session);
            return Err(ChannelError::Refused(
                "the class already has secure messaging",
            ));
        }
        let Ok(sent) = session.protect(command) else {
            self.session = Some(session);
            return Err(ChannelError::Refused("the command cannot be protected"));
        };
        match self.channel.transmit(&sent.command) {
            Ok(answer) => {
                let (session, answer) = session.unprotect(&sent, answer)?;
                self.session = Some(session);
                Ok(answer)
            }
            Err(error) => {
                let nothing_sent = matches!(
                    error,
                    ChannelError::TooLong { .. } | ChannelError::Refused(_)
                );
                self.session = nothing_sent.then_some(session);
                Err(error)
            }
        }
    }

    fn limits(&self) -> Limits {
        let line = self.channel.limits();
        let command = max_command_data(self.mode, self.level, line);
        let frame = if line.allow_extended() {
            4 + 3 + 2
        } else {
            4 + 1 + 1
        };
        Limits {
            max_command: command + frame,
            max_response: max_response_data(self.mode, self.level, line) + 2,
        }
    }
}

impl<C> core::fmt::Debug for Scp03Channel<C> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Scp03Channel")
            .field("level", &self.level)
            .field("open", &self.session.is_some())
            .finish_non_exhaustive()
    }
}

const CLOSED: ChannelError = ChannelError::SecureMessaging {
    what: "the channel is closed",
};
const WRONG_R_MAC: ChannelError = ChannelError::SecureMessaging {
    what: "MAC of the answer",
};
const WRONG_R_ENC: ChannelError = ChannelError::SecureMessaging {
    what: "encryption of the answer",
};

/// The host's state between two commands.
struct Session {
    protection: Protection,
    chaining_value: ChainingValue,
    counter: u64,
}

/// A protected command with the state that holds once it has been sent.
struct Sent {
    command: CommandApdu,
    chaining_value: ChainingValue,
    counter: u64,
}

impl Session {
    fn protect(&self, plain: &CommandApdu) -> Result<Sent> {
        let Protection { mode, level, .. } = self.protection;
        let counter = self
            .counter
            .checked_add(1)
            .ok_or(Error::Misuse("a session this long"))?;
        let mut command = plain.clone();
        command.cla |= CLA_SECURE_MESSAGING;
        if level.encrypts_commands() {
            let data = self
                .protection
                .encrypt(Direction::Command, counter, &plain.data)?;
            command = command.with_data(data);
        }
        let with_mac = command.data.len() + mode.field_len();
        command.le = plain.le.map(|le| {
            // A short command stays short: whoever asks for more than then comes back uses the extended form.
            if plain.is_extended() || with_mac > 255 {
                let le = usize::try_from(le.get()).unwrap_or(usize::MAX);
                Le::saturating(protected_response_len(mode, level, le))
            } else {
                Le::SHORT_MAX
            }
        });
        let chaining_value = append_c_mac(&self.protection, &self.chaining_value, &mut command)?;
        Ok(Sent {
            command,
            chaining_value,
            counter,
        })
    }

    fn unprotect(
        self,
        sent: &Sent,
        answer: ResponseApdu,
    ) -> core::result::Result<(Self, ResponseApdu), ChannelError> {
        let protection = self.protection;
        let plain = if !protection.level.macs_responses() {
            answer
        } else if is_protected(answer.sw) {
            let (data, mac) = protection
                .split_mac(&answer.data)
                .map_err(|_| WRONG_R_MAC)?;
            let expected = protection
                .r_mac(&sent.chaining_value, data, answer.sw)
                .map_err(|_| WRONG_R_MAC)?;
            if !protection.is_mac(mac, &expected) {
                return Err(WRONG_R_MAC);
            }
            let data = if protection.level.encrypts_responses() {
                protection
                    .decrypt(Direction::Response, sent.counter, data)
                    .map_err(|_| WRONG_R_ENC)?
            } else {
                data.to_vec()
            };
            ResponseApdu::new(data, answer.sw)
        } else {
            // Nothing vouches for data that come with an error.
            ResponseApdu::from_sw(answer.sw)
        };
        let session = Self {
            protection,
            chaining_value: sent.chaining_value,
            counter: sent.counter,
        };
        Ok((session, plain))
    }
}

fn append_c_mac(
    protection: &Protection,
    chaining_value: &ChainingValue,
    command: &mut CommandApdu,
) -> Result<ChainingValue> {
    let body = command.data.len();
    let mode = protection.mode;
    command.data.resize(body + mode.field_len(), 0);
    let mac = protection.c_mac(chaining_value, command)?;
    command.data.truncate(body);
    command.data.extend_from_slice(protection.sent(&mac));
    Ok(mac)
}
