//! The holder's PIN beside an inspection: how many tries a chip still gives, and the PUK that sets them back
//! (TR-03110-2 §2.4.1, TR-03110-3 §B.14).

use crypto::{CryptoRng, HashAlgorithm};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, StatusWord};
use lds::security_info::PaceInfo;
use lds::{EfCardAccess, File, FileContent};
use protocols::{Password, PasswordKind, pace};

use crate::line::Line;
use crate::read::{ReadError, Reader};

/// P1 and P2 of RESET RETRY COUNTER that sets the counter of the PIN back and leaves the PIN as it is (TR-03110-3 §B.14.2).
const RESET_ONLY: [u8; 2] = [0x03, PasswordKind::Pin.reference()];

/// What a chip says of a password that it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tries {
    /// None has been used up.
    All,
    /// So many are left: of a PIN, the last one is suspended until the CAN is shown; with none it is blocked.
    Left(u8),
    /// The chip knows no such password, and says so with this.
    NoPassword(StatusWord),
}

/// Why a PIN could not be asked about or made good.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PinError {
    /// EF.CardAccess, which says how PACE goes, was not read.
    #[error("EF.CardAccess: {0}")]
    CardAccess(#[from] ReadError),
    /// EF.CardAccess is not what it must be.
    #[error("EF.CardAccess: {0}")]
    Malformed(#[from] lds::Error),
    /// A PIN is a password of PACE.
    #[error("the chip offers no PACE that this terminal can do, and so no PIN")]
    NoPace,
    /// PACE with the PUK did not succeed.
    #[error(transparent)]
    Pace(#[from] protocols::Error),
    /// The chip does not set the counter back.
    #[error("RESET RETRY COUNTER: the card answered {0}")]
    Refused(StatusWord),
    /// The line failed.
    #[error(transparent)]
    Line(#[from] ChannelError),
}

/// How many tries there are; nothing is used up by the question.
///
/// # Errors
/// [`PinError`].
pub fn tries(channel: &mut dyn Channel, password: PasswordKind) -> Result<Tries, PinError> {
    let mut line = Line::new(channel);
    let info = best_pace(&mut line)?;
    let sw = pace::terminal::announce(&mut line, &info, password)?;
    Ok(match sw.tries_left() {
        Some(left) => Tries::Left(left),
        None if sw.is_ok() => Tries::All,
        None => Tries::NoPassword(sw),
    })
}

/// Sets the tries of the PIN back, in a session that the PUK opens. A wrong PUK uses up one of its own tries, which do not come back.
///
/// # Errors
/// [`PinError`]; the PIN is as it was then.
pub fn unblock(
    channel: &mut dyn Channel,
    puk: &Password,
    rng: &mut dyn CryptoRng,
) -> Result<(), PinError> {
    let mut line = Line::new(channel);
    let info = best_pace(&mut line)?;
    let opened = pace::terminal::establish(&mut line, &info, puk, None, rng)?;
    line.secure(opened.keys);
    let [p1, p2] = RESET_ONLY;
    let reset = CommandApdu::new(0x00, Ins::RESET_RETRY_COUNTER, p1, p2);
    let sw = line.transmit(&reset)?.sw;
    if sw.is_ok() {
        Ok(())
    } else {
        Err(PinError::Refused(sw))
    }
}

fn best_pace(line: &mut Line<'_>) -> Result<PaceInfo, PinError> {
    let mut reader = Reader::new(false);
    let (file, hash) = (File::CardAccess, HashAlgorithm::Sha256);
    let read = match reader.read(line, file, hash, &mut |_, _| {}) {
        Err(ReadError::Absent(_) | ReadError::Denied(_) | ReadError::Refused(_)) => {
            reader.read_in_master_file(line, file, hash, &mut |_, _| {})
        }
        read => read,
    }?;
    let access = EfCardAccess::parse(read.as_bytes())?.value;
    let offered: Vec<PaceInfo> = access.security_infos.pace().copied().collect();
    pace::strongest(&offered).copied().ok_or(PinError::NoPace)
}
