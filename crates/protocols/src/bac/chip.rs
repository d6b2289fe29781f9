//! The chip's end of BAC.
//!
//! ```text
//! GET CHALLENGE ──▶ Challenged ── EXTERNAL AUTHENTICATE ──▶ SessionKeys
//! ```
//!
//! A challenge serves once: keep it only until the next command, whatever that is, and drop it there. EXTERNAL
//! AUTHENTICATE without one is answered `6985` ([`authenticate`] with `None`).

use crypto::CryptoRng;
use iso7816::{CommandApdu, ResponseApdu, StatusWord};
use zeroize::Zeroizing;

use crate::bac::{AccessKeys, KEY_LEN, Message, RND_LEN, RndIc, RndIfd, SEALED_LEN, session_keys};
use crate::secure_messaging::SessionKeys;

/// A chip that has given out a challenge and waits for EXTERNAL AUTHENTICATE.
pub struct Challenged {
    rnd_ic: RndIc,
}

/// Answers GET CHALLENGE with a fresh RND.IC (Doc 9303-11 §4.3.4.1).
///
/// # Errors
/// `6A86` for other parameters, `6700` for data, no Le or one below eight.
pub fn challenge(
    command: &CommandApdu,
    rng: &mut dyn CryptoRng,
) -> Result<(ResponseApdu, Challenged), StatusWord> {
    check_parameters(command)?;
    let le = command.le.ok_or(StatusWord::WRONG_LENGTH)?;
    if !command.data.is_empty() || !may_hold(le, RND_LEN) {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let mut rnd_ic = [0; RND_LEN];
    rng.fill_bytes(&mut rnd_ic);
    let answer = ResponseApdu::new(rnd_ic.to_vec(), StatusWord::OK);
    Ok((
        answer,
        Challenged {
            rnd_ic: RndIc(rnd_ic),
        },
    ))
}

/// Answers EXTERNAL AUTHENTICATE (Doc 9303-11 §4.3.4.2). Every wrong cryptogram gets the same answer, so that it tells
/// nothing.
///
/// # Errors
/// `6985` without a challenge, `6A86` for other parameters, `6700` for a wrong length, `6300` for a wrong cryptogram.
pub fn authenticate(
    challenged: Option<Challenged>,
    keys: &AccessKeys,
    command: &CommandApdu,
    rng: &mut dyn CryptoRng,
) -> Result<(ResponseApdu, SessionKeys), StatusWord> {
    check_parameters(command)?;
    let Challenged { rnd_ic } = challenged.ok_or(StatusWord::CONDITIONS_NOT_SATISFIED)?;
    let sealed = <&[u8; SEALED_LEN]>::try_from(command.data.as_slice())
        .map_err(|_| StatusWord::WRONG_LENGTH)?;
    if command.le.is_some_and(|le| !may_hold(le, SEALED_LEN)) {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let request = keys
        .open(sealed)
        .ok()
        .flatten()
        .filter(|request| crypto::constant_time_eq(&request.other, &rnd_ic.0))
        .ok_or(StatusWord::AUTHENTICATION_FAILED)?;
    let mut k_ic = Zeroizing::new([0; KEY_LEN]);
    rng.fill_bytes(&mut *k_ic);
    let answer = Message {
        own: rnd_ic.0,
        other: request.own,
        key: k_ic.clone(),
    };
    let sealed = keys
        .seal(&answer)
        .map_err(|_| StatusWord::AUTHENTICATION_FAILED)?;
    let session = session_keys(&request.key, &k_ic, RndIfd(request.own), rnd_ic);
    Ok((ResponseApdu::new(sealed, StatusWord::OK), session))
}

fn check_parameters(command: &CommandApdu) -> Result<(), StatusWord> {
    if (command.p1, command.p2) == (0, 0) {
        Ok(())
    } else {
        Err(StatusWord::INCORRECT_P1_P2)
    }
}

/// Le `00` asks for as much as there is; otherwise the answer has to fit.
fn may_hold(le: iso7816::Le, len: usize) -> bool {
    usize::try_from(le.get()).is_ok_and(|le| le >= len)
}
