//! A line to a card, under secure messaging.

use iso7816::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu, StatusWord};

use crate::Error;
use crate::error::Fault;
use crate::secure_messaging::keys::SessionKeys;
use crate::secure_messaging::limits;
use crate::secure_messaging::terminal::TerminalSession;

/// How many answers in a row may refuse a length outside secure messaging before the session counts as lost: more than
/// any sensible row of smaller and smaller reads, few enough to stop a line that answers everything so.
pub const MAX_PLAIN_LENGTH_REFUSALS: u8 = 8;

/// A [`Channel`] that protects every command and checks every answer.
///
/// # Wrong lengths
/// Chips and readers refuse lengths (`6700`, `6Cxx`) in two ways, and reading has to survive both:
///
/// * **under secure messaging**: an ordinary answer. Both counters move on.
/// * **plain, without any data object**: the reader, or the card's transport layer, refused the APDU before secure
///   messaging saw it. The card's counter has not moved, so ours stays as well, and the status word is handed to the
///   caller, who may ask again for less. If the card did process the command, or has dropped its keys, the next answer
///   shows it and the session ends with [`ChannelError::SessionLost`].
///
/// A plain status word is not authentic. All that somebody on the line gains by inventing one is that the terminal asks
/// again, in a smaller way, under the same counter; MACs do not weaken by that, and the caller must not conclude
/// anything else from it. After [`MAX_PLAIN_LENGTH_REFUSALS`] in a row the session is lost.
///
/// Any other plain answer ends the session.
pub struct SecureChannel<C> {
    line: C,
    session: TerminalSession,
    refusals: u8,
}

impl<C: Channel> SecureChannel<C> {
    /// Puts the line under secure messaging.
    #[must_use]
    pub fn new(line: C, keys: SessionKeys) -> Self {
        Self {
            line,
            session: TerminalSession::new(keys),
            refusals: 0,
        }
    }

    /// Gives the line back; the keys are erased.
    #[must_use]
    pub fn into_inner(self) -> C {
        self.line
    }

    /// Goes on under new keys with the counter at its new start: after chip authentication (Doc 9303-11 §9.8.2).
    pub fn rekey(&mut self, keys: SessionKeys) {
        self.session = TerminalSession::new(keys);
        self.refusals = 0;
    }

    /// The cipher of the session.
    #[must_use]
    pub const fn cipher(&self) -> crypto::Cipher {
        self.session.cipher()
    }
}

impl<C: Channel> Channel for SecureChannel<C> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let exchange = self.session.protect(command).map_err(channel_error)?;
        let answer = match self.line.transmit(exchange.command()) {
            Ok(answer) => answer,
            Err(error) => {
                if !was_not_sent(error) {
                    exchange.abandon();
                }
                return Err(error);
            }
        };
        if is_plain_length_refusal(&answer) && self.refusals < MAX_PLAIN_LENGTH_REFUSALS {
            self.refusals += 1;
            return Ok(answer);
        }
        self.refusals = 0;
        exchange.accept(&answer).map_err(channel_error)
    }

    fn limits(&self) -> Limits {
        limits::through(self.session.cipher(), self.line.limits())
    }
}

fn is_plain_length_refusal(answer: &ResponseApdu) -> bool {
    answer.data.is_empty()
        && (answer.sw == StatusWord::WRONG_LENGTH || answer.sw.corrected_le().is_some())
}

const fn was_not_sent(error: ChannelError) -> bool {
    matches!(
        error,
        ChannelError::TooLong { .. } | ChannelError::Refused(_)
    )
}

/// An error of the session, in the words of the line.
const fn channel_error(error: Error) -> ChannelError {
    let what = match error {
        Error::SessionLost(sw) => return ChannelError::SessionLost(sw),
        Error::Transport(error) => return error,
        Error::Misuse(what) => return ChannelError::Refused(what),
        Error::Untrusted(_) => "the MAC of an answer is wrong",
        Error::CardMisbehaved { fault, .. } => match fault {
            Fault::Unprotected => "an answer has data but no MAC",
            Fault::Missing(_) => "an answer lacks the protected status word",
            Fault::StatusMismatch => "the protected and the plain status word differ",
            Fault::Padding => "decrypted data have no valid padding",
            _ => "an answer is no row of well-formed data objects",
        },
        _ => "a cipher refused its input",
    };
    ChannelError::SecureMessaging { what }
}
