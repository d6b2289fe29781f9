//! The terminal's end of active authentication.

use crypto::{Cipher, CryptoRng, HashAlgorithm, PublicKey};
use iso7816::{Channel, CommandApdu, Ins, Le, ResponseApdu, StatusWord};

use crate::active_authentication::verification::signature_len;
use crate::active_authentication::{CHALLENGE_LEN, Deviation, Verified, verify};
use crate::error::{Fault, Step};
use crate::secure_messaging::max_plain_response;
use crate::{Error, Result};

/// Has the chip sign a fresh challenge and verifies it with the key of EF.DG15. `named` is the hash that EF.DG14 names,
/// if it does.
///
/// A signature that may not fit a short answer under secure messaging is asked for with extended length, its exact
/// length as Le; one that comes back refused for its length, empty or cut is asked for once more in the other form.
///
/// # Errors
/// [`Error::CardRefused`]; [`Error::CardMisbehaved`] when no whole signature came, with [`Fault::Cut`] only where there was no
/// room for one; [`Error::Untrusted`] when it is wrong; [`Error::Transport`].
pub fn authenticate(
    channel: &mut dyn Channel,
    key: &PublicKey,
    named: Option<HashAlgorithm>,
    rng: &mut dyn CryptoRng,
) -> Result<Verified> {
    let len = signature_len(key);
    let mut lacks_room = len > least_in_short();
    let mut last = Error::Unsupported("active authentication over a line without any length");
    let forms = forms(len, channel.limits().allow_extended());
    for (number, form) in forms.enumerate() {
        match attempt(channel, key, named, form, rng) {
            Err(error) if is_about_length(error) => {
                lacks_room &= is_for_want_of_room(error, form);
                last = error;
            }
            done => {
                let other = (number > 0).then_some(Deviation::OtherForm);
                return done.map(|verified| verified.with(other));
            }
        }
    }
    Err(if lacks_room { cut(last) } else { last })
}

/// Length of the answer to ask for, and whether the command must be extended.
type Form = (Le, bool);

/// The forms to try, best first: two at most.
fn forms(len: usize, extended_allowed: bool) -> impl Iterator<Item = Form> {
    let short = (Le::SHORT_MAX, false);
    let extended = extended_allowed.then_some((Le::saturating(len), true));
    let order = if len > least_in_short() {
        [extended, Some(short)]
    } else {
        [Some(short), extended]
    };
    order.into_iter().flatten()
}

/// Octets that a short answer holds under secure messaging, whatever the cipher.
fn least_in_short() -> usize {
    max_plain_response(Cipher::Aes128, 256)
}

/// One signature over one challenge of its own.
fn attempt(
    channel: &mut dyn Channel,
    key: &PublicKey,
    named: Option<HashAlgorithm>,
    form: Form,
    rng: &mut dyn CryptoRng,
) -> Result<Verified> {
    let mut challenge = [0; CHALLENGE_LEN];
    rng.fill_bytes(&mut challenge);
    let mut answer = channel.transmit(&internal_authenticate(challenge, form))?;
    let exact = answer.sw.corrected_le();
    if let Some(exact) = exact {
        let form = (Le::saturating(exact), form.1);
        answer = channel.transmit(&internal_authenticate(challenge, form))?;
    }
    let signature = whole(&answer)?;
    let put_up_with = [
        exact.map(|_| Deviation::ExactLengthWanted),
        answer.sw.remaining().map(|_| Deviation::MoreAnnounced),
    ];
    let verified = verify(key, named, challenge, signature).map_err(|error| {
        let expected = signature_len(key);
        if signature.len() < expected {
            wrong_length(expected, signature.len())
        } else {
            error
        }
    })?;
    Ok(verified.with(put_up_with.into_iter().flatten()))
}

fn internal_authenticate(challenge: [u8; CHALLENGE_LEN], (le, extended): Form) -> CommandApdu {
    let command = CommandApdu::new(0x00, Ins::INTERNAL_AUTHENTICATE, 0, 0)
        .with_data(challenge)
        .with_le(le);
    if extended {
        command.extended()
    } else {
        command
    }
}

/// The signature. `61xx` with data is put up with: some chips say it although everything has been sent.
fn whole(answer: &ResponseApdu) -> Result<&[u8]> {
    let done = answer.sw.is_ok() || answer.sw.remaining().is_some();
    if !done {
        return Err(Error::CardRefused {
            step: Step::ActiveAuthentication,
            sw: answer.sw,
        });
    }
    Ok(&answer.data)
}

/// Whether the other form of the command may help. Leading zeros may be left out, so a short signature counts as one that lacks
/// its end only when it is wrong.
fn is_about_length(error: Error) -> bool {
    match error {
        Error::CardRefused { sw, .. } => {
            sw == StatusWord::WRONG_LENGTH || sw.corrected_le().is_some()
        }
        Error::CardMisbehaved { fault, .. } => matches!(fault, Fault::Length { .. }),
        _ => false,
    }
}

/// Whether an answer is what a chip without extended length gives that has more to say than a short answer holds: in the short
/// form as much as goes in, in the extended form that, or nothing. Anybody can send less than a signature: what leaves room is
/// no cut one.
fn is_for_want_of_room(error: Error, (_, extended): Form) -> bool {
    match error {
        Error::CardMisbehaved {
            fault: Fault::Length { found, .. },
            ..
        } => found >= least_in_short() || (extended && found == 0),
        _ => extended,
    }
}

/// The error of a length, as one of a signature that was cut.
const fn cut(error: Error) -> Error {
    match error {
        Error::CardMisbehaved {
            step,
            fault: Fault::Length { expected, found },
        } => Error::CardMisbehaved {
            step,
            fault: Fault::Cut { expected, found },
        },
        error => error,
    }
}

const fn wrong_length(expected: usize, found: usize) -> Error {
    Error::CardMisbehaved {
        step: Step::ActiveAuthentication,
        fault: Fault::Length { expected, found },
    }
}

#[cfg(test)]
mod tests {
    use crypto::PrivateKey;
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;
    use test_support::{hex, read_json, vectors};

    use super::*;
    use crate::error::Untrusted;
    use crate::scripted::{ScriptedChannel, ScriptedRng};

    #[test]
    fn the_command_of_every_vector_is_sent() {
        for (name, path) in vectors("active-authentication") {
            let vector = read_json(&path);
            let bits = usize::try_from(vector["given"]["modulus_bits"].as_u64().unwrap()).unwrap();
            let key = PrivateKey::generate_rsa(bits, &mut StdRng::seed_from_u64(1)).unwrap();
            let command = vector["want"]["internal_authenticate"].as_str().unwrap();
            let answer = format!("{}9000", "01".repeat(bits / 8));
            let mut channel = ScriptedChannel::new([(command, answer)]);
            let mut rng = ScriptedRng::new(&[&hex(&vector["given"]["m2"])]);
            let error = authenticate(&mut channel, &key.public(), None, &mut rng).unwrap_err();
            assert_eq!(
                error,
                Error::Untrusted(Untrusted::ActiveAuthenticationSignature),
                "{name}"
            );
            assert!(channel.is_done(), "{name}");
        }
    }

    #[test]
    fn the_form_follows_the_length_of_the_signature() {
        let check = |len, extended, expected: &[(u32, bool)]| {
            let forms: Vec<_> = forms(len, extended)
                .map(|(le, extended)| (le.get(), extended))
                .collect();
            assert_eq!(forms, expected, "{len}");
        };
        check(64, true, &[(256, false), (64, true)]);
        check(223, true, &[(256, false), (223, true)]);
        check(224, true, &[(224, true), (256, false)]);
        check(256, true, &[(256, true), (256, false)]);
        check(512, true, &[(512, true), (256, false)]);
        check(512, false, &[(256, false)]);
    }
}
