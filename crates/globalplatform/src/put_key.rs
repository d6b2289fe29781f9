//! PUT KEY: three new static keys replace the old ones, all or none (GPCS §11.8, GPC Amd D §7.2).
//!
//! ```text
//! data   = new version ‖ key(ENC) ‖ key(MAC) ‖ key(DEK)
//! key    = 88 ‖ length of the next two ‖ length of the key ‖ encrypted key ‖ 03 ‖ check value (3)
//! answer = new version ‖ check value(ENC) ‖ check value(MAC) ‖ check value(DEK)
//! ```
//!
//! Each key is encrypted under the DEK in force, CBC with an initialisation vector of zeros; a key of 24 octets is padded.

use crypto::{SecretBytes, constant_time_eq, pad2};
use iso7816::{CommandApdu, Ins, Le, ResponseApdu, StatusWord};
use zeroize::Zeroizing;

use crate::static_keys::{KeyCheckValue, key_check_value};
use crate::{Error, Result, StaticKeys};

const CLA: u8 = 0x80;
/// P2: several keys in one command, the first of which has identifier 01.
const SEVERAL_FROM_01: u8 = 0x81;
const KEY_TYPE_AES: u8 = 0x88;
const BLOCK: usize = 16;
const IV: [u8; BLOCK] = [0; BLOCK];
const CHECK_VALUE_LEN: u8 = 3;

/// What a card was told to do.
#[derive(Debug)]
pub struct Replacement {
    /// Version of the keys to be replaced; none when the keys are to be added.
    pub replaces: Option<u8>,
    /// The new keys.
    pub keys: StaticKeys,
}

/// The command that puts `new` in place of the version `replaces`, or beside all others. `current` is the key set of the
/// channel it is sent through.
///
/// # Errors
/// [`Error::PublicTestKeys`] when the new keys are publicly known: a card must not be left with them.
pub fn command(
    new: &StaticKeys,
    replaces: Option<u8>,
    current: &StaticKeys,
) -> Result<CommandApdu> {
    if new.is_public_test_key() {
        return Err(Error::PublicTestKeys);
    }
    let mut data = vec![new.version()];
    for key in [new.enc(), new.mac(), new.dek()] {
        append_key(&mut data, key, current)?;
    }
    let command = CommandApdu::new(CLA, Ins::PUT_KEY, replaces.unwrap_or(0), SEVERAL_FROM_01);
    Ok(command.with_data(data).with_le(Le::SHORT_MAX))
}

/// The card's side: what the command says. The keys have the check values that were sent with them. Nothing has changed
/// yet: the card replaces its keys in one step, or not at all.
///
/// # Errors
/// [`Error::Malformed`] with the position in the data field, [`Error::Untrusted`] when a check value does not fit,
/// [`Error::Unsupported`] for other keys than three AES keys.
pub fn parse(command: &CommandApdu, current: &StaticKeys) -> Result<Replacement> {
    if command.ins != Ins::PUT_KEY || command.p2 != SEVERAL_FROM_01 {
        return Err(Error::Unsupported("PUT KEY of anything but three keys"));
    }
    let (&version, rest) = command.data.split_first().ok_or(Error::Malformed {
        what: "key version",
        at: 0,
    })?;
    let mut reader = KeyReader {
        rest,
        total: command.data.len(),
        current,
    };
    let (enc, mac, dek) = (reader.key()?, reader.key()?, reader.key()?);
    if !reader.rest.is_empty() {
        return Err(reader.malformed("end of the keys"));
    }
    let keys = StaticKeys::new(version, enc, mac, dek).map_err(|_| Error::Malformed {
        what: "key version or sizes of keys",
        at: 0,
    })?;
    Ok(Replacement {
        replaces: (command.p1 != 0).then_some(command.p1),
        keys,
    })
}

impl Replacement {
    /// The card's answer once the keys are in force.
    ///
    /// # Errors
    /// None in practice.
    pub fn response(&self) -> Result<ResponseApdu> {
        Ok(ResponseApdu::new(answer(&self.keys)?, StatusWord::OK))
    }
}

/// The host's side: whether the card confirms to have the new keys.
///
/// # Errors
/// [`Error::CardRefused`], or [`Error::CardMisbehaved`] when it confirms others.
pub fn confirm(new: &StaticKeys, response: &ResponseApdu) -> Result<()> {
    if !response.sw.is_ok() {
        return Err(Error::CardRefused {
            command: Ins::PUT_KEY,
            sw: response.sw,
        });
    }
    if response.data != answer(new)? {
        return Err(Error::CardMisbehaved(
            "it confirms other keys than were sent",
        ));
    }
    Ok(())
}

fn answer(keys: &StaticKeys) -> Result<Vec<u8>> {
    Ok([&[keys.version()][..], keys.check_values()?.as_flattened()].concat())
}

fn append_key(data: &mut Vec<u8>, key: &SecretBytes, current: &StaticKeys) -> Result<()> {
    let clear = Zeroizing::new(if key.len().is_multiple_of(BLOCK) {
        key.expose().to_vec()
    } else {
        pad2(key.expose(), BLOCK)
    });
    let encrypted = current
        .cipher()
        .cbc_encrypt(current.dek().expose(), &IV, &clear)?;
    let length = |n: usize| u8::try_from(n).map_err(|_| Error::Misuse("a key this long"));
    data.extend([
        KEY_TYPE_AES,
        length(encrypted.len() + 1)?,
        length(key.len())?,
    ]);
    data.extend(encrypted);
    data.push(CHECK_VALUE_LEN);
    data.extend(key_check_value(key)?);
    Ok(())
}

struct KeyReader<'a> {
    rest: &'a [u8],
    total: usize,
    current: &'a StaticKeys,
}

impl KeyReader<'_> {
    fn key(&mut self) -> Result<SecretBytes> {
        let [key_type, len, clear_len] = self.take()?;
        if key_type != KEY_TYPE_AES {
            return Err(Error::Unsupported("a key that is not AES"));
        }
        let clear_len = usize::from(clear_len);
        let encrypted_len = clear_len.next_multiple_of(BLOCK);
        if !matches!(clear_len, 16 | 24 | 32) || usize::from(len) != encrypted_len + 1 {
            return Err(self.malformed("length of a key"));
        }
        let (encrypted, rest) = self
            .rest
            .split_at_checked(encrypted_len)
            .ok_or_else(|| self.malformed("encrypted key"))?;
        self.rest = rest;
        let [check_len, check_value @ ..]: [u8; 4] = self.take()?;
        if check_len != CHECK_VALUE_LEN {
            return Err(self.malformed("length of a check value"));
        }
        self.decrypt(encrypted, clear_len, check_value)
    }

    fn decrypt(&self, encrypted: &[u8], len: usize, check: KeyCheckValue) -> Result<SecretBytes> {
        let dek = self.current.dek().expose();
        let clear = self.current.cipher().cbc_decrypt(dek, &IV, encrypted)?;
        let key = SecretBytes::new(clear.get(..len).unwrap_or_default().to_vec());
        drop(Zeroizing::new(clear));
        if !constant_time_eq(&key_check_value(&key)?, &check) {
            return Err(Error::Untrusted("check value of a key"));
        }
        Ok(key)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let (chunk, rest) = self
            .rest
            .split_first_chunk()
            .ok_or_else(|| self.malformed("key"))?;
        self.rest = rest;
        Ok(*chunk)
    }

    const fn malformed(&self, what: &'static str) -> Error {
        Error::Malformed {
            what,
            at: self.total - self.rest.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn keys(version: u8, len: usize, salt: u8) -> StaticKeys {
        let key = |role: u8| {
            let bytes = (1u8..).map(|i| i.wrapping_mul(29) ^ salt ^ role);
            SecretBytes::new(bytes.take(len).collect())
        };
        StaticKeys::new(version, key(1), key(2), key(3)).unwrap()
    }

    #[test]
    fn keys_of_every_size_arrive() {
        for old in [16, 24, 32] {
            for new in [16, 24, 32] {
                let (current, new) = (keys(1, old, 0), keys(2, new, 0x5A));
                let command = command(&new, Some(1), &current).unwrap();
                assert_eq!(command.header(), [0x80, 0xD8, 1, 0x81]);
                let replacement = parse(&command, &current).unwrap();
                assert_eq!(replacement.replaces, Some(1));
                for (sent, got) in [
                    (new.enc(), replacement.keys.enc()),
                    (new.mac(), replacement.keys.mac()),
                    (new.dek(), replacement.keys.dek()),
                ] {
                    assert!(got.ct_eq(sent.expose()));
                }
                confirm(&new, &replacement.response().unwrap()).unwrap();
            }
        }
    }

    #[test]
    fn the_layout() {
        let command = command(&keys(0x31, 24, 9), None, &keys(0x30, 32, 0)).unwrap();
        assert_eq!((command.p1, command.data[0]), (0, 0x31));
        for key in command.data[1..].chunks(39) {
            assert_eq!((&key[..3], key[35]), (&[0x88, 33, 24][..], 3));
        }
    }

    #[test]
    fn what_a_card_refuses() {
        let current = keys(1, 32, 0);
        let good = command(&keys(2, 32, 7), Some(1), &current).unwrap();
        let check = |change: &dyn Fn(&mut CommandApdu), expected: Error| {
            let mut command = good.clone();
            change(&mut command);
            assert_eq!(parse(&command, &current).unwrap_err(), expected);
        };
        let malformed = |what, at| Error::Malformed { what, at };
        let three = Error::Unsupported("PUT KEY of anything but three keys");
        check(&|c| c.data.clear(), malformed("key version", 0));
        check(&|c| c.data.truncate(20), malformed("encrypted key", 4));
        check(&|c| c.data.truncate(118 - 1), malformed("key", 114));
        check(&|c| c.data.push(0), malformed("end of the keys", 118));
        check(&|c| c.data[2] = 32, malformed("length of a key", 4));
        check(&|c| c.data[3] = 31, malformed("length of a key", 4));
        check(
            &|c| c.data[36] = 0,
            malformed("length of a check value", 40),
        );
        check(
            &|c| c.data[0] = 0,
            malformed("key version or sizes of keys", 0),
        );
        check(
            &|c| c.data[1] = 0x80,
            Error::Unsupported("a key that is not AES"),
        );
        check(
            &|c| c.data[37] ^= 1,
            Error::Untrusted("check value of a key"),
        );
        check(
            &|c| c.data[10] ^= 1,
            Error::Untrusted("check value of a key"),
        );
        check(&|c| c.p2 = 1, three);
        let other = keys(1, 32, 1);
        assert!(parse(&good, &other).is_err(), "under another DEK");
    }

    #[test]
    fn what_a_host_refuses() {
        let (current, new) = (keys(1, 32, 0), keys(2, 32, 7));
        let public = SecretBytes::new((0x40..=0x5F).collect());
        let public = StaticKeys::new(1, public.duplicate(), public.duplicate(), public).unwrap();
        assert_eq!(
            command(&public, None, &current).unwrap_err(),
            Error::PublicTestKeys
        );
        let refused = ResponseApdu::from_sw(StatusWord::WRONG_DATA);
        assert!(matches!(
            confirm(&new, &refused),
            Err(Error::CardRefused { .. })
        ));
        let of_others = ResponseApdu::new(answer(&current).unwrap(), StatusWord::OK);
        assert!(matches!(
            confirm(&new, &of_others),
            Err(Error::CardMisbehaved(_))
        ));
    }

    proptest! {
        #[test]
        fn parsing_never_panics(data in proptest::collection::vec(any::<u8>(), 0..200), p1: u8) {
            let command = CommandApdu::new(CLA, Ins::PUT_KEY, p1, SEVERAL_FROM_01).with_data(data);
            let _ = parse(&command, &keys(1, 16, 0));
        }
    }
}
