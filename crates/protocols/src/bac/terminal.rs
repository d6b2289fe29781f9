//! The terminal's end of BAC.

use crypto::CryptoRng;
use iso7816::{Channel, CommandApdu, Ins, Le};
use zeroize::Zeroizing;

use crate::bac::{AccessKeys, KEY_LEN, Message, RND_LEN, RndIc, RndIfd, SEALED_LEN, session_keys};
use crate::error::{Fault, Step, Untrusted};
use crate::exchange::exchange;
use crate::secure_messaging::SessionKeys;
use crate::{Error, Result};

/// Runs BAC in the selected application and returns the keys of the session.
///
/// # Errors
/// [`Error::CardRefused`] when the card refuses (at [`Step::BacExternalAuthenticate`]: most likely another MRZ);
/// [`Error::CardMisbehaved`] for answers of a wrong length; [`Error::Untrusted`] when the card does not prove the keys;
/// [`Error::Transport`].
pub fn establish(
    channel: &mut dyn Channel,
    keys: &AccessKeys,
    rng: &mut dyn CryptoRng,
) -> Result<SessionKeys> {
    let rnd_ic = RndIc(challenge(channel)?);
    let mut rnd_ifd = RndIfd([0; RND_LEN]);
    let mut k_ifd = Zeroizing::new([0; KEY_LEN]);
    rng.fill_bytes(&mut rnd_ifd.0);
    rng.fill_bytes(&mut *k_ifd);
    let request = Message {
        own: rnd_ifd.0,
        other: rnd_ic.0,
        key: k_ifd.clone(),
    };
    let sealed = authenticate(channel, keys.seal(&request)?)?;
    let answer = keys
        .open(&sealed)?
        .ok_or(Error::Untrusted(Untrusted::BacMac))?;
    if answer.own != rnd_ic.0 || answer.other != rnd_ifd.0 {
        return Err(Error::Untrusted(Untrusted::BacNonce));
    }
    Ok(session_keys(&k_ifd, &answer.key, rnd_ifd, rnd_ic))
}

fn challenge(channel: &mut dyn Channel) -> Result<[u8; RND_LEN]> {
    let command = CommandApdu::new(0x00, Ins::GET_CHALLENGE, 0, 0).with_le(Le::saturating(RND_LEN));
    exact(channel, &command, Step::BacGetChallenge)
}

fn authenticate(channel: &mut dyn Channel, sealed: Vec<u8>) -> Result<[u8; SEALED_LEN]> {
    let command = CommandApdu::new(0x00, Ins::EXTERNAL_AUTHENTICATE, 0, 0)
        .with_data(sealed)
        .with_le(Le::saturating(SEALED_LEN));
    exact(channel, &command, Step::BacExternalAuthenticate)
}

/// An answer of exactly `N` octets.
fn exact<const N: usize>(
    channel: &mut dyn Channel,
    command: &CommandApdu,
    step: Step,
) -> Result<[u8; N]> {
    let data = exchange(channel, command, step)?;
    let expected = N;
    <[u8; N]>::try_from(data).map_err(|data| {
        let found = data.len();
        let fault = Fault::Length { expected, found };
        Error::CardMisbehaved { step, fault }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::Password;
    use crate::scripted::{ScriptedChannel, ScriptedRng};

    const RND_IC: [u8; RND_LEN] = [1; RND_LEN];
    const RND_IFD: [u8; RND_LEN] = [2; RND_LEN];
    const K_IFD: [u8; KEY_LEN] = [3; KEY_LEN];

    /// A chip that knows the keys and answers with these nonces.
    fn check(own: [u8; RND_LEN], other: [u8; RND_LEN], expected: Option<Error>) {
        let keys = AccessKeys::derive(&Password::mrz_digest(&[7; 20]).unwrap()).unwrap();
        let sealed = |own, other, key| {
            let key = Zeroizing::new(key);
            hex::encode(keys.seal(&Message { own, other, key }).unwrap())
        };
        let command = format!("0082000028{}28", sealed(RND_IFD, RND_IC, K_IFD));
        let answer = format!("{}9000", sealed(own, other, [4; KEY_LEN]));
        let challenge = format!("{}9000", hex::encode(RND_IC));
        let mut channel = ScriptedChannel::new([("0084000008", challenge), (&command, answer)]);
        let mut rng = ScriptedRng::new(&[&RND_IFD, &K_IFD]);
        let error = establish(&mut channel, &keys, &mut rng).err();
        assert_eq!(error, expected);
    }

    #[test]
    fn both_nonces_must_be_those_of_this_run() {
        let other_run = Some(Error::Untrusted(Untrusted::BacNonce));
        check(RND_IC, RND_IFD, None);
        check([9; RND_LEN], RND_IFD, other_run);
        check(RND_IC, [9; RND_LEN], other_run);
        check(RND_IFD, RND_IC, other_run);
    }
}
