//! The retry counter of the holder's PIN, told before the PIN is used.
//!
//! A program that tries a remembered PIN until the chip blocks it has done the holder harm: with one try left this one stops, unless
//! it was told to go on.

use anyhow::Result;
use inspection::pin::{PinError, Tries, tries};
use protocols::{Password, PasswordKind};

use crate::commands::note;
use crate::exit::{Exit, Problem};
use crate::reader::Card;

/// Says how many tries are left, and stops before the last one. Passwords that no counter guards need no look.
///
/// # Errors
/// One try is left, when the chip wants the CAN first (TR-03110-2 §2.2.3), or none, or there is no PIN; what the line answers.
pub fn look_first(card: &mut impl Card, passwords: &[Password]) -> Result<()> {
    let Some(pin) = passwords
        .first()
        .filter(|password| password.kind() == PasswordKind::Pin)
    else {
        return Ok(());
    };
    let told = match tries(card, PasswordKind::Pin) {
        Ok(told) => told,
        Err(PinError::Line(error)) => return Err(error.into()),
        // The inspection comes to the same point, and its report says what is wrong there.
        Err(_) => Tries::All,
    };
    // What was begun here is not gone on with.
    card.reset()?;
    match told {
        Tries::All => Ok(()),
        Tries::Left(0) => Err(Problem::of(
            Exit::Card,
            "the PIN of this card is blocked",
            "the PUK unblocks it: `card-tool pin unblock`; MRZ and CAN still open the card",
        )),
        Tries::Left(1) if pin.spends_the_last_try() => Ok(()),
        Tries::Left(1) => Err(Problem::of(
            Exit::Policy,
            "only one try of the PIN is left: it was not used",
            "open the card with the CAN or the MRZ; or ask the holder, and give --last-try and the CAN beside the PIN",
        )),
        Tries::Left(left) => {
            note(&format!("{left} tries of the PIN are left"));
            Ok(())
        }
        Tries::NoPassword(sw) => Err(Problem::of(
            Exit::Card,
            format!("this card has no PIN: it answers {sw}"),
            "leave --pin-file out; MRZ and CAN open the card",
        )),
    }
}
