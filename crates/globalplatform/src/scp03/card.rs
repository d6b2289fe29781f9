//! The card's end: a line of states, each of which is used up by the command it waits for.
//!
//! ```text
//! initialize_update ─▶ ExpectingExternalAuthenticate ─▶ Session ─▶ Answering ─▶ Session ─▶ …
//! ```
//!
//! A state that meets a fault is gone, and with it the session: what is left is the status word to answer with. Whether a
//! failed EXTERNAL AUTHENTICATE costs one of a number of tries is up to the applet: it sees the failure.

use core::fmt;

use iso7816::{CommandApdu, Ins, ResponseApdu, StatusWord};

use super::initialize_update::InitializeUpdateResponse;
use super::protection::{ChainingValue, Direction, FIRST_CHAINING_VALUE, Protection, is_protected};
use super::session_keys::{SessionKeys, pseudo_random_challenge};
use super::{
    CLA_GLOBALPLATFORM, CLA_PROTECTED, CLA_SECURE_MESSAGING, CLA_SECURE_MESSAGING_MASK,
    CardOptions, Mode, SecurityLevel,
};
use crate::StaticKeys;

/// What a card brings to a session besides its keys.
#[derive(Debug, Clone, Copy)]
pub struct CardParameters<'a> {
    /// By what the keys were diversified, for hosts that want to know before they have the keys.
    pub diversification_data: [u8; 10],
    /// Length of challenges, cryptograms and MACs.
    pub mode: Mode,
    /// Where the card's challenge comes from.
    pub challenge: CardChallenge<'a>,
}

/// Where the card's challenge comes from (GPC Amd D §6.2.2.1).
#[derive(Debug, Clone, Copy)]
pub enum CardChallenge<'a> {
    /// From a counter that never repeats, and the identifier of the application.
    PseudoRandom {
        /// The counter, already raised and stored for this session.
        sequence_counter: [u8; 3],
        /// Identifier of the application that holds the keys.
        aid: &'a [u8],
    },
    /// Random octets, of which S8 uses the first eight.
    Random([u8; 16]),
}

/// Which key version a host asks for in INITIALIZE UPDATE; none means any.
#[must_use]
pub fn requested_key_version(command: &CommandApdu) -> Option<u8> {
    (command.p1 != 0).then_some(command.p1)
}

/// Begins a session with INITIALIZE UPDATE and the keys of the version asked for.
///
/// # Errors
/// The status word to answer with: `6E00`, `6D00`, `6A86`, `6700` for what is wrong with the command.
pub fn initialize_update(
    command: &CommandApdu,
    keys: &StaticKeys,
    card: &CardParameters<'_>,
) -> Result<(ExpectingExternalAuthenticate, ResponseApdu), StatusWord> {
    if command.ins != Ins::INITIALIZE_UPDATE {
        return Err(StatusWord::INS_NOT_SUPPORTED);
    }
    if command.cla != CLA_GLOBALPLATFORM {
        return Err(StatusWord::CLA_NOT_SUPPORTED);
    }
    if command.p2 != 0 {
        return Err(StatusWord::INCORRECT_P1_P2);
    }
    if command.data.len() != card.mode.field_len() {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let begun = begin(&command.data, keys, card);
    begun.map_err(|_| StatusWord::NO_PRECISE_DIAGNOSIS)
}

fn begin(
    host_challenge: &[u8],
    keys: &StaticKeys,
    card: &CardParameters<'_>,
) -> crate::Result<(ExpectingExternalAuthenticate, ResponseApdu)> {
    let mode = card.mode;
    let (card_challenge, sequence_counter) = match card.challenge {
        CardChallenge::PseudoRandom {
            sequence_counter,
            aid,
        } => {
            let challenge = pseudo_random_challenge(keys, mode, sequence_counter, aid)?;
            (challenge.expose().to_vec(), Some(sequence_counter))
        }
        CardChallenge::Random(random) => {
            (random.into_iter().take(mode.field_len()).collect(), None)
        }
    };
    let options = CardOptions::all_levels(mode, sequence_counter.is_some());
    let session_keys = SessionKeys::derive(keys, mode, host_challenge, &card_challenge)?;
    let answer = InitializeUpdateResponse {
        diversification_data: card.diversification_data,
        key_version: keys.version(),
        options,
        mode,
        card_cryptogram: session_keys.card_cryptogram()?.expose().to_vec(),
        card_challenge,
        sequence_counter,
    };
    let state = ExpectingExternalAuthenticate {
        keys: session_keys,
        mode,
    };
    let answer = ResponseApdu::new(answer.to_bytes(), StatusWord::OK);
    Ok((state, answer))
}

/// The card has shown that it knows the keys and waits for the host to do the same.
pub struct ExpectingExternalAuthenticate {
    keys: SessionKeys,
    mode: Mode,
}

impl ExpectingExternalAuthenticate {
    /// Ends the handshake.
    ///
    /// # Errors
    /// The status word to answer with: `6300` when cryptogram or MAC are wrong, without saying which; `6985` for another
    /// command, `6A86` for a security level that does not exist, `6700`.
    pub fn external_authenticate(
        self,
        command: &CommandApdu,
    ) -> Result<(Session, ResponseApdu), StatusWord> {
        if (command.cla, command.ins) != (CLA_PROTECTED, Ins::EXTERNAL_AUTHENTICATE) {
            return Err(StatusWord::CONDITIONS_NOT_SATISFIED);
        }
        let level = SecurityLevel::from_byte(command.p1).filter(|_| command.p2 == 0);
        let level = level.ok_or(StatusWord::INCORRECT_P1_P2)?;
        if command.data.len() != 2 * self.mode.field_len() {
            return Err(StatusWord::WRONG_LENGTH);
        }
        let session = self.verify(command, level);
        let session = session.ok().flatten();
        let session = session.ok_or(StatusWord::AUTHENTICATION_FAILED)?;
        Ok((session, ResponseApdu::from_sw(StatusWord::OK)))
    }

    fn verify(self, command: &CommandApdu, level: SecurityLevel) -> crate::Result<Option<Session>> {
        let expected = self.keys.host_cryptogram()?;
        let protection = Protection {
            keys: self.keys,
            mode: self.mode,
            level,
        };
        let (cryptogram, mac) = protection.split_mac(&command.data)?;
        let chaining_value = protection.c_mac(&FIRST_CHAINING_VALUE, command)?;
        // Both are always compared: how long it takes does not tell which was wrong.
        let authentic = expected.ct_eq(cryptogram) & protection.is_mac(mac, &chaining_value);
        Ok(authentic.then_some(Session {
            protection,
            chaining_value,
            counter: 0,
        }))
    }
}

/// Both ends have shown that they know the keys; the card waits for a protected command.
pub struct Session {
    protection: Protection,
    chaining_value: ChainingValue,
    counter: u64,
}

impl Session {
    /// What is protected in this session. An applet demands the level it needs, command by command.
    #[must_use]
    pub const fn level(&self) -> SecurityLevel {
        self.protection.level
    }

    /// How many octets of data an answer may have on a line that carries so much.
    #[must_use]
    pub fn max_response_data(&self, line: iso7816::Limits) -> usize {
        super::max_response_data(self.protection.mode, self.protection.level, line)
    }

    /// Checks and unwraps a command. The plain command has the class without secure messaging.
    ///
    /// # Errors
    /// The status word to answer with, and the session is over: `6982` when the command is not protected or its MAC is
    /// wrong, `6A80` when its data cannot be decrypted.
    pub fn unwrap(self, command: &CommandApdu) -> Result<(Answering, CommandApdu), StatusWord> {
        if command.cla & CLA_SECURE_MESSAGING_MASK != CLA_SECURE_MESSAGING {
            return Err(StatusWord::SECURITY_STATUS_NOT_SATISFIED);
        }
        let denied = StatusWord::SECURITY_STATUS_NOT_SATISFIED;
        let protection = self.protection;
        let (data, mac) = protection.split_mac(&command.data).map_err(|_| denied)?;
        let chaining_value = protection
            .c_mac(&self.chaining_value, command)
            .map_err(|_| denied)?;
        if !protection.is_mac(mac, &chaining_value) {
            return Err(denied);
        }
        let counter = self.counter.checked_add(1).ok_or(denied)?;
        let data = if protection.level.encrypts_commands() {
            protection
                .decrypt(Direction::Command, counter, data)
                .map_err(|_| StatusWord::WRONG_DATA)?
        } else {
            data.to_vec()
        };
        let mut plain = command.clone().with_data(data);
        plain.cla &= !CLA_SECURE_MESSAGING;
        let session = Self {
            protection,
            chaining_value,
            counter,
        };
        Ok((Answering { session }, plain))
    }
}

/// A command has come in; the card owes the answer.
pub struct Answering {
    session: Session,
}

impl Answering {
    /// What is protected in this session.
    #[must_use]
    pub const fn level(&self) -> SecurityLevel {
        self.session.level()
    }

    /// Wraps the answer and waits for the next command. Errors travel bare and without data.
    #[must_use]
    pub fn wrap(self, answer: &ResponseApdu) -> (Session, ResponseApdu) {
        let wrapped = self.protect(answer).unwrap_or_else(|_| {
            // No input leads here: keys and blocks have the right lengths since the session began.
            ResponseApdu::from_sw(StatusWord::NO_PRECISE_DIAGNOSIS)
        });
        (self.session, wrapped)
    }

    fn protect(&self, answer: &ResponseApdu) -> crate::Result<ResponseApdu> {
        let Session {
            protection,
            chaining_value,
            counter,
        } = &self.session;
        if !is_protected(answer.sw) {
            return Ok(ResponseApdu::from_sw(answer.sw));
        }
        let mut data = if protection.level.encrypts_responses() {
            protection.encrypt(Direction::Response, *counter, &answer.data)?
        } else {
            answer.data.clone()
        };
        if protection.level.macs_responses() {
            let mac = protection.r_mac(chaining_value, &data, answer.sw)?;
            data.extend_from_slice(protection.sent(&mac));
        }
        Ok(ResponseApdu::new(data, answer.sw))
    }
}

impl fmt::Debug for ExpectingExternalAuthenticate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExpectingExternalAuthenticate({:?})", self.mode)
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Session({:?}, command {})", self.level(), self.counter)
    }
}

impl fmt::Debug for Answering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answering({:?})", self.session)
    }
}
