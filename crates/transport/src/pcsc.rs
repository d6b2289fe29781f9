//! Real readers, through the PC/SC service.
//!
//! What the service does and does not promise was measured; the rules below follow from it:
//! * A new client meets the card as the last one left it, so [`PcscChannel`] resets it on connecting and on leaving.
//! * An answer of fewer than two octets is a card that has gone.
//! * After a loss the same handle may talk to *another* card that was put in meanwhile, without a word about it:
//!   a channel that has failed once stays failed.

mod identity;
mod monitor;
mod properties;
mod reader;
mod selector;
mod t0;

use std::ffi::CString;

use iso7816::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu};

pub use self::identity::{Identity, identities};
pub use self::monitor::{CancelHandle, Monitor};
pub use self::reader::{Reader, Slot, Usage, readers};
pub use self::selector::{ReaderSelector, Stable};
use crate::{Error, Result};

/// The longest APDU that fits every driver: virtual readers frame APDUs with a 16-bit length.
const LONGEST_APDU: usize = 65_535;
/// A receive buffer of any other size can lose an answer, and with it a secure messaging session.
const RECEIVE_BUFFER: usize = ::pcsc::MAX_BUFFER_SIZE_EXTENDED + 2;

/// Whether other programs may use the card at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Share {
    /// Nobody else: a secure messaging session does not survive a stranger's command.
    #[default]
    Exclusive,
    /// Others may connect too, as background services of desktops do.
    Shared,
}

impl From<Share> for ::pcsc::ShareMode {
    fn from(share: Share) -> Self {
        match share {
            Share::Exclusive => Self::Exclusive,
            Share::Shared => Self::Shared,
        }
    }
}

/// How to open a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Sharing.
    pub share: Share,
    /// Never use extended length, whatever the reader says of itself: some announce it and then fail.
    pub short_only: bool,
}

/// A card in a reader. Dropping it resets the card, so that the next program finds no open session.
pub struct PcscChannel {
    // `pcsc` disconnects with `ResetCard` when this is dropped; tests/pcscd.rs holds it to that.
    card: ::pcsc::Card,
    reader: String,
    atr: Vec<u8>,
    share: ::pcsc::ShareMode,
    is_t0: bool,
    limits: Limits,
    buffer: Vec<u8>,
    failed: Option<ChannelError>,
}

impl PcscChannel {
    /// Connects to the card in the reader that the selector means, and resets it.
    ///
    /// # Errors
    /// All the variants of [`Error`] that speak of the service, of readers and of cards.
    pub fn open(selector: &ReaderSelector, options: Options) -> Result<Self> {
        let context = establish()?;
        let readers = reader::list(&context)?;
        let reader = &selector.select(&readers)?.name;
        Self::connect(&context, reader, options).map_err(|e| refused(e, reader))
    }

    fn connect(
        context: &::pcsc::Context,
        reader: &str,
        options: Options,
    ) -> core::result::Result<Self, ::pcsc::Error> {
        let share = options.share.into();
        let name = CString::new(reader).map_err(|_| ::pcsc::Error::UnknownReader)?;
        let mut card = context.connect(&name, share, ::pcsc::Protocols::ANY)?;
        reset(&mut card, share)?;
        let status = card.status2_owned()?;
        let is_t0 = status.protocol2() == Some(::pcsc::Protocol::T0);
        Ok(Self {
            limits: limits(&card, is_t0 || options.short_only),
            atr: status.atr().to_vec(),
            reader: reader.to_owned(),
            buffer: vec![0; RECEIVE_BUFFER],
            failed: None,
            card,
            share,
            is_t0,
        })
    }

    /// Name of the reader.
    #[must_use]
    pub fn reader(&self) -> &str {
        &self.reader
    }

    /// Answer to reset of the card.
    #[must_use]
    pub fn atr(&self) -> &[u8] {
        &self.atr
    }

    /// Resets the card: all sessions on it end. It also heals a channel that a stranger's reset has closed.
    ///
    /// # Errors
    /// The error the channel failed with, when the card was lost: what is in the reader now may be another card.
    pub fn reset(&mut self) -> core::result::Result<(), ChannelError> {
        if let Some(lost @ (ChannelError::CardLost | ChannelError::ReaderLost)) = self.failed {
            return Err(lost);
        }
        let done = reset(&mut self.card, self.share).map_err(|e| lost(e, self.buffer.len()));
        self.failed = done.err();
        done
    }

    fn exchange(
        &mut self,
        command: &CommandApdu,
    ) -> core::result::Result<ResponseApdu, ChannelError> {
        let bytes = command.to_bytes()?;
        if bytes.len() > self.limits.max_command {
            return Err(ChannelError::TooLong {
                len: bytes.len(),
                max: self.limits.max_command,
            });
        }
        let room = self.buffer.len();
        let answer = self
            .card
            .transmit(&bytes, &mut self.buffer)
            .map_err(|e| lost(e, room))?;
        ResponseApdu::parse(answer).map_err(|_| ChannelError::CardLost)
    }
}

impl Channel for PcscChannel {
    fn transmit(
        &mut self,
        command: &CommandApdu,
    ) -> core::result::Result<ResponseApdu, ChannelError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let answer = if self.is_t0 {
            t0::transmit(command, |tpdu| self.exchange(tpdu))
        } else {
            self.exchange(command)
        };
        self.failed = answer.as_ref().err().copied().filter(is_final);
        answer
    }

    fn limits(&self) -> Limits {
        self.limits
    }

    fn reset_card(&mut self) -> core::result::Result<(), ChannelError> {
        self.reset()
    }
}

impl core::fmt::Debug for PcscChannel {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("PcscChannel")
            .field("reader", &self.reader)
            .field("limits", &self.limits)
            .field("failed", &self.failed)
            .finish_non_exhaustive()
    }
}

/// A connection to the service.
fn establish() -> Result<::pcsc::Context> {
    ::pcsc::Context::establish(::pcsc::Scope::User).map_err(service)
}

fn reset(
    card: &mut ::pcsc::Card,
    share: ::pcsc::ShareMode,
) -> core::result::Result<(), ::pcsc::Error> {
    card.reconnect(
        share,
        ::pcsc::Protocols::ANY,
        ::pcsc::Disposition::ResetCard,
    )
}

fn limits(card: &::pcsc::Card, short_only: bool) -> Limits {
    if short_only {
        return Limits::SHORT;
    }
    let extended = Limits {
        max_command: LONGEST_APDU,
        max_response: LONGEST_APDU,
    };
    properties::limits(card).map_or(extended, |of_reader| extended.and(of_reader))
}

/// Whether the card may be another one, or in another state, after this error.
fn is_final(error: &ChannelError) -> bool {
    matches!(
        error,
        ChannelError::CardLost
            | ChannelError::CardReset
            | ChannelError::ReaderLost
            | ChannelError::Timeout
    )
}

/// What the service's answer to anything but a card command means.
fn service(error: ::pcsc::Error) -> Error {
    use ::pcsc::Error as E;
    match error {
        E::NoService | E::ServiceStopped | E::Shutdown | E::InvalidHandle => Error::NoService,
        E::NoAccess | E::SecurityViolation => Error::AccessDenied,
        E::NoReadersAvailable => Error::NoReader,
        E::Timeout => Error::Timeout,
        E::Cancelled | E::SystemCancelled => Error::Cancelled,
        other => Error::Pcsc(other),
    }
}

/// What the service's answer to a connection means.
fn refused(error: ::pcsc::Error, reader: &str) -> Error {
    use ::pcsc::Error as E;
    let reader = reader.to_owned();
    match error {
        E::NoSmartcard | E::RemovedCard => Error::NoCard {
            readers: vec![reader],
        },
        E::SharingViolation => Error::Sharing { reader },
        E::UnknownReader | E::ReaderUnavailable => Error::ReaderGone { reader },
        E::UnresponsiveCard | E::UnpoweredCard | E::UnsupportedCard | E::ProtoMismatch => {
            Error::MuteCard { reader }
        }
        other => service(other),
    }
}

/// What the service's answer to a command means. In doubt the card counts as lost: it must be identified again.
fn lost(error: ::pcsc::Error, room: usize) -> ChannelError {
    use ::pcsc::Error as E;
    match error {
        E::ResetCard => ChannelError::CardReset,
        E::Timeout | E::WaitedTooLong => ChannelError::Timeout,
        E::UnknownReader
        | E::ReaderUnavailable
        | E::NoService
        | E::ServiceStopped
        | E::Shutdown
        | E::InvalidHandle => ChannelError::ReaderLost,
        E::SharingViolation => ChannelError::Refused("another program holds the card"),
        E::InvalidParameter | E::InvalidValue | E::UnsupportedFeature | E::PciTooSmall => {
            ChannelError::Refused("the reader's driver does not take this APDU")
        }
        E::InsufficientBuffer => ChannelError::Malformed(iso7816::Error::Malformed {
            what: "answer longer than an APDU",
            at: room,
        }),
        _ => ChannelError::CardLost,
    }
}

#[cfg(test)]
mod tests {
    use ::pcsc::Error as E;

    use super::*;

    #[test]
    fn errors_of_the_service_are_told_apart() {
        for (error, expected) in [
            (E::NotTransacted, ChannelError::CardLost),
            (E::RemovedCard, ChannelError::CardLost),
            (E::CommError, ChannelError::CardLost),
            (E::ResetCard, ChannelError::CardReset),
            (E::ReaderUnavailable, ChannelError::ReaderLost),
            (E::NoService, ChannelError::ReaderLost),
            (E::Timeout, ChannelError::Timeout),
        ] {
            assert_eq!(lost(error, 0), expected, "{error:?}");
            assert!(is_final(&expected));
        }
        assert!(!is_final(&lost(E::SharingViolation, 0)));
        assert!(!is_final(&lost(E::InvalidParameter, 0)));
    }

    #[test]
    fn errors_of_a_connection_name_the_reader() {
        for (error, expected) in [
            (E::NoSmartcard, "no card in R"),
            (E::SharingViolation, "another program uses the card in R"),
            (E::ReaderUnavailable, "the reader R is gone"),
            (
                E::UnresponsiveCard,
                "the card in R does not answer: wrong way round, not a chip card, or defective",
            ),
            (E::NoService, "the PC/SC service does not answer"),
            (E::NoAccess, "the PC/SC service refuses access"),
        ] {
            assert_eq!(refused(error, "R").to_string(), expected);
        }
    }
}
