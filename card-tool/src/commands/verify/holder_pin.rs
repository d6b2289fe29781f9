//! The retry counter of the holder's PIN, asked before the PIN is used.
//!
//! A program that tries a remembered PIN until the chip blocks it has done the holder harm: with one try left this one stops. Asking
//! costs no try: MSE:Set AT of PACE answers 63Cx when tries have been used up (TR-03110-3 §B.14.1).

use anyhow::Result;
use iso7816::tlv::{Tag, encode};
use iso7816::{Channel, CommandApdu, Ins, Le, StatusWord};
use lds::security_info::PaceInfo;
use lds::{EfCardAccess, File, FileContent as _};
use protocols::{Password, PasswordKind, pace};

use crate::commands::note;
use crate::exit::{Exit, Problem};
use crate::reader::Card;

/// MSE:Set AT for mutual authentication (Doc 9303-11 §4.4.4.1).
const SET_AT: [u8; 2] = [0xC1, 0xA4];

/// Says how many tries are left, and stops before the last one. Passwords that no counter guards need no look.
///
/// # Errors
/// One try is left, when the chip wants the CAN first (TR-03110-2 §2.2.3), or none; what the line answers.
pub fn look_first(card: &mut impl Card, passwords: &[Password]) -> Result<()> {
    let counted = passwords.first().map(Password::kind);
    let Some(kind) = counted.filter(|kind| *kind == PasswordKind::Pin) else {
        return Ok(());
    };
    let tries = ask(card, kind)?;
    // What was begun here is not gone on with.
    card.reset()?;
    match tries {
        None => Ok(()),
        Some(0) => Err(Problem::of(
            Exit::Card,
            "the PIN of this card is blocked",
            "the holder unblocks it with the PUK; MRZ and CAN still open the card",
        )),
        Some(1) => Err(Problem::of(
            Exit::Policy,
            "only one try of the PIN is left: it was not used",
            "open the card with the CAN or the MRZ; the PIN is the holder's to resume, with the CAN before it",
        )),
        Some(left) => {
            note(&format!("{left} tries of the PIN are left"));
            Ok(())
        }
    }
}

/// Tries left; `None` when the chip does not say, or all of them.
fn ask(card: &mut dyn Channel, kind: PasswordKind) -> Result<Option<u8>> {
    let read = CommandApdu::new(0x00, Ins::READ_BINARY, File::CardAccess.sfi().as_p1(), 0)
        .with_le(Le::SHORT_MAX);
    let answer = card.transmit(&read)?;
    let Ok(access) = EfCardAccess::parse(&answer.data) else {
        return Ok(None);
    };
    let offered: Vec<PaceInfo> = access.value.security_infos.pace().copied().collect();
    let Some(info) = pace::strongest(&offered) else {
        return Ok(None);
    };
    let mut left = tries(set_at(card, info, kind, info.parameter_id)?);
    if left.is_err() {
        // Some chips want no number of the parameters.
        left = tries(set_at(card, info, kind, None)?);
    }
    Ok(left.unwrap_or(None))
}

/// What the chip says of its counter; an error when it has refused the command.
fn tries(sw: StatusWord) -> core::result::Result<Option<u8>, StatusWord> {
    match sw.tries_left() {
        Some(left) => Ok(Some(left)),
        None if sw.is_ok() => Ok(None),
        None => Err(sw),
    }
}

fn set_at(
    card: &mut dyn Channel,
    info: &PaceInfo,
    kind: PasswordKind,
    parameters: Option<u8>,
) -> Result<StatusWord> {
    let mut data = encode(Tag::new(0x80), info.protocol.oid().as_bytes());
    data.extend(encode(Tag::new(0x83), &[kind.reference()]));
    data.extend(
        parameters
            .map(|id| encode(Tag::new(0x84), &[id]))
            .unwrap_or_default(),
    );
    let [p1, p2] = SET_AT;
    let command = CommandApdu::new(0x00, Ins::MANAGE_SECURITY_ENVIRONMENT, p1, p2).with_data(data);
    Ok(card.transmit(&command)?.sw)
}
