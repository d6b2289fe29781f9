//! PIN and PUK of a job, each with the start value of its retry counter ([PERSO-066]).

use core::ops::RangeInclusive;

use crypto::SecretBytes;
use protocols::password::{MAX_PIN_LEN, MAX_PUK_LEN, MIN_PIN_LEN, MIN_PUK_LEN};

use super::super::objects::Objects;
use super::password;
use crate::error::Refusal;
use crate::memory::{Counted, CountedPassword};

const PIN: u32 = 0x87;
const PIN_TRIES: u32 = 0x88;
const PUK: u32 = 0x89;
const PUK_TRIES: u32 = 0x8A;

/// Start values of their counters. A PIN with one try would be suspended from the start.
const TRIES: RangeInclusive<u8> = 2..=10;

/// The passwords with counters: none, a PIN, or both.
pub(super) fn parse(
    objects: &mut Objects<'_>,
    dek: &SecretBytes,
) -> Result<Vec<CountedPassword>, Refusal> {
    let pin = password(PIN, objects, dek, |pin| {
        is_number(pin, MIN_PIN_LEN..=MAX_PIN_LEN)
    })?;
    let pin = counted(Counted::Pin, pin, objects.take_array(PIN_TRIES)?)?;
    let puk = password(PUK, objects, dek, |puk| {
        is_number(puk, MIN_PUK_LEN..=MAX_PUK_LEN)
    })?;
    let puk = counted(Counted::Puk, puk, objects.take_array(PUK_TRIES)?)?;
    if pin.is_none() && puk.is_some() {
        return Err(Refusal::Content("PUK without a PIN"));
    }
    Ok(pin.into_iter().chain(puk).collect())
}

fn counted(
    kind: Counted,
    secret: Option<SecretBytes>,
    tries: Option<&[u8; 1]>,
) -> Result<Option<CountedPassword>, Refusal> {
    match (secret, tries) {
        (None, None) => Ok(None),
        (Some(secret), Some([start])) if TRIES.contains(start) => {
            Ok(Some(CountedPassword::new(kind, secret, *start)))
        }
        _ => Err(Refusal::Content("retry counter")),
    }
}

fn is_number(password: &[u8], len: RangeInclusive<usize>) -> bool {
    len.contains(&password.len()) && password.iter().all(u8::is_ascii_digit)
}
