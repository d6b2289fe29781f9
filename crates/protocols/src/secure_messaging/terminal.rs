//! The terminal's end of secure messaging.

use crypto::Cipher;
use iso7816::tlv::Writer;
use iso7816::{CommandApdu, Le, ResponseApdu, StatusWord};

use crate::error::{Fault, Step, Untrusted};
use crate::secure_messaging::keys::SessionKeys;
use crate::secure_messaging::objects::{self, ObjectFault, Objects};
use crate::secure_messaging::ssc::Ssc;
use crate::secure_messaging::{SM_CLASS_BITS, is_protected_class};
use crate::{Error, Result};

const MAX_SHORT_DATA: usize = 255;

/// A session as the terminal keeps it.
///
/// The counter stands where the last believed answer left it, and moves only when the next answer is believed. A
/// command that never reached the card therefore costs nothing: drop its [`Exchange`]. The first answer that fails a
/// check ends the session for good (Doc 9303-11 §9.8.5).
pub struct TerminalSession {
    cipher: Cipher,
    /// Erased when the session ends.
    keys: Option<SessionKeys>,
    ssc: Ssc,
}

const ENDED: Error = Error::Misuse("the secure messaging session has ended");

impl TerminalSession {
    /// Starts a session.
    #[must_use]
    pub fn new(keys: SessionKeys) -> Self {
        Self {
            cipher: keys.cipher(),
            ssc: keys.start(),
            keys: Some(keys),
        }
    }

    /// The cipher of the session.
    #[must_use]
    pub const fn cipher(&self) -> Cipher {
        self.cipher
    }

    /// Protects a command (Doc 9303-11 §9.8.4). The form is the plain command's, extended also if the data objects need
    /// it.
    ///
    /// # Errors
    /// [`Error::Misuse`] for a command that is protected already, for a session that has ended, and at the counter's
    /// end.
    pub fn protect(&mut self, command: &CommandApdu) -> Result<Exchange<'_>> {
        let keys = self.keys.as_ref().ok_or(ENDED)?;
        if is_protected_class(command.cla) {
            return Err(Error::Misuse(
                "the command is under secure messaging already",
            ));
        }
        let used_up = Error::Misuse("the send sequence counter is used up");
        let ssc = self.ssc.next().ok_or(used_up)?;
        let answer_ssc = ssc.next().ok_or(used_up)?;
        let command = protected(keys, &ssc, command)?;
        Ok(Exchange {
            session: self,
            command,
            answer_ssc,
        })
    }
}

/// A protected command whose answer is awaited.
///
/// Dropping it says that the card never processed the command; the session then stands where it stood before.
pub struct Exchange<'a> {
    session: &'a mut TerminalSession,
    command: CommandApdu,
    answer_ssc: Ssc,
}

impl Exchange<'_> {
    /// The command to send.
    #[must_use]
    pub const fn command(&self) -> &CommandApdu {
        &self.command
    }

    /// Checks an answer and takes the protection off.
    ///
    /// # Errors
    /// [`Error::SessionLost`] when the card answered with a status word only; [`Error::CardMisbehaved`] and
    /// [`Error::Untrusted`] for a bad answer. All of them end the session.
    pub fn accept(self, answer: &ResponseApdu) -> Result<ResponseApdu> {
        let keys = self.session.keys.take().ok_or(ENDED)?;
        let plain = unprotected(&keys, &self.answer_ssc, answer)?;
        self.session.keys = Some(keys);
        self.session.ssc = self.answer_ssc;
        Ok(plain)
    }

    /// Ends the session: what the card made of the command is not known.
    pub fn abandon(self) {
        self.session.keys = None;
    }
}

fn protected(keys: &SessionKeys, ssc: &Ssc, command: &CommandApdu) -> Result<CommandApdu> {
    let header = CommandApdu::new(
        command.cla | SM_CLASS_BITS,
        command.ins,
        command.p1,
        command.p2,
    );
    let mut body = Writer::new();
    body.raw(&objects::cryptogram(keys, ssc, command.ins, &command.data)?);
    if let Some(le) = command.le {
        body.object(objects::LE, &le_octets(le));
    }
    let body = body.finish();
    let mac = keys.mac(ssc, Some(header.header()), &body)?;
    let mut data = Writer::new();
    data.raw(&body).object(objects::MAC, &mac);
    let data = data.finish();
    let extended = command.is_extended() || data.len() > MAX_SHORT_DATA;
    Ok(header.with_data(data).with_le(if extended {
        Le::EXTENDED_MAX
    } else {
        Le::SHORT_MAX
    }))
}

/// Value of DO'97': one octet where it is enough, `00` for 256; else two, `0000` for 65,536.
fn le_octets(le: Le) -> Vec<u8> {
    let [.., high, low] = le.get().to_be_bytes();
    if le.is_short() {
        vec![low]
    } else {
        vec![high, low]
    }
}

fn unprotected(keys: &SessionKeys, ssc: &Ssc, answer: &ResponseApdu) -> Result<ResponseApdu> {
    if answer.data.is_empty() {
        return Err(Error::SessionLost(answer.sw));
    }
    if !objects::end_in_mac(&answer.data) {
        return Err(misbehaved(Fault::Unprotected));
    }
    let objects = Objects::read(&answer.data).map_err(|fault| {
        misbehaved(match fault {
            ObjectFault::Encoding => Fault::Encoding,
            ObjectFault::Surplus => Fault::Surplus,
        })
    })?;
    let mac = objects.mac.ok_or(misbehaved(Fault::Unprotected))?;
    let expected = keys.mac(ssc, None, objects.authenticated)?;
    if !crypto::constant_time_eq(mac, &expected) {
        return Err(Error::Untrusted(Untrusted::ResponseMac));
    }
    let sw = authentic_status(&objects)?;
    if sw != answer.sw {
        return Err(misbehaved(Fault::StatusMismatch));
    }
    let data = match objects.cryptogram {
        None => Vec::new(),
        Some(cryptogram) => objects::decrypted(keys, ssc, cryptogram)?
            .ok_or(misbehaved(Fault::Padding))?
            .to_vec(),
    };
    Ok(ResponseApdu::new(data, sw))
}

fn authentic_status(objects: &Objects<'_>) -> Result<StatusWord> {
    let status = objects
        .status
        .ok_or(misbehaved(Fault::Missing(objects::STATUS)))?;
    let octets = <[u8; 2]>::try_from(status).map_err(|_| {
        misbehaved(Fault::Length {
            expected: 2,
            found: status.len(),
        })
    })?;
    Ok(StatusWord(u16::from_be_bytes(octets)))
}

const fn misbehaved(fault: Fault) -> Error {
    Error::CardMisbehaved {
        step: Step::SecureMessaging,
        fault,
    }
}

#[cfg(test)]
mod tests {
    use iso7816::Ins;

    use super::*;

    fn keys() -> SessionKeys {
        SessionKeys::derive(Cipher::TripleDes, b"a shared secret")
    }

    fn command() -> CommandApdu {
        CommandApdu::new(0, Ins::READ_BINARY, 0, 0).with_le(Le::SHORT_MAX)
    }

    /// An answer with these objects and a right MAC, to the first command of a session.
    fn authentic(objects: &[u8]) -> ResponseApdu {
        let ssc = keys().start().next().and_then(|ssc| ssc.next()).unwrap();
        let mac = keys().mac(&ssc, None, objects).unwrap();
        let mac = iso7816::tlv::encode(objects::MAC, &mac);
        ResponseApdu::new([objects, &mac].concat(), StatusWord::OK)
    }

    fn check(objects: &[u8], expected: core::result::Result<usize, Fault>) {
        let mut session = TerminalSession::new(keys());
        let accepted = session
            .protect(&command())
            .unwrap()
            .accept(&authentic(objects));
        let plain_len = accepted.map(|answer| answer.data.len());
        assert_eq!(plain_len, expected.map_err(misbehaved), "{objects:02X?}");
    }

    #[test]
    fn an_authentic_answer_must_still_make_sense() {
        let iv = [0; 8];
        let encrypted = |padded: &[u8]| {
            let key = keys();
            let (ks_enc, ..) = key.exposed();
            Cipher::TripleDes.cbc_encrypt(ks_enc, &iv, padded).unwrap()
        };
        let status = &[0x99, 2, 0x90, 0][..];
        let with_data = |tag: &[u8], padded: &[u8]| [tag, &encrypted(padded), status].concat();
        check(status, Ok(0));
        check(
            &with_data(&[0x87, 9, 1], &[7, 0x80, 0, 0, 0, 0, 0, 0]),
            Ok(1),
        );
        check(&with_data(&[0x85, 8], &[7, 7, 0x80, 0, 0, 0, 0, 0]), Ok(2));
        check(
            &[
                status,
                &[0x87, 9, 1],
                &encrypted(&[0x80, 0, 0, 0, 0, 0, 0, 0]),
            ]
            .concat(),
            Ok(0),
        );
        check(&with_data(&[0x87, 9, 1], &[7; 8]), Err(Fault::Padding));
        check(
            &[&[0x87, 4, 1, 9, 9, 9], status].concat(),
            Err(Fault::Padding),
        );
        check(&[&[0x87, 1, 1], status].concat(), Err(Fault::Padding));
        check(
            &[0x87, 9, 1, 0, 0, 0, 0, 0, 0, 0, 0],
            Err(Fault::Missing(objects::STATUS)),
        );
        check(&[0x99, 2, 0x62, 0x82], Err(Fault::StatusMismatch));
        let length = Fault::Length {
            expected: 2,
            found: 3,
        };
        check(&[0x99, 3, 0x90, 0, 0], Err(length));
    }

    #[test]
    fn the_counter_never_runs_over() {
        let near_end = |left| u64::MAX - left;
        for (left, exchanges) in [(0, 0), (1, 0), (2, 1), (3, 1), (4, 2)] {
            let start = Ssc::of_bac(near_end(left).to_be_bytes());
            let mut terminal = TerminalSession::new(keys().starting_at(start.clone()));
            let mut chip = Some(crate::secure_messaging::ChipSession::new(
                keys().starting_at(start),
            ));
            let mut done = 0;
            while let Ok(exchange) = terminal.protect(&command()) {
                let (_, pending) = chip.take().unwrap().unprotect(exchange.command()).unwrap();
                let (answer, next) = pending
                    .protect(&ResponseApdu::from_sw(StatusWord::OK))
                    .unwrap();
                exchange.accept(&answer).unwrap();
                chip = Some(next);
                done += 1;
            }
            assert_eq!(done, exchanges, "{left} left");
            assert!(chip.unwrap().ssc_is_used_up());
        }
    }

    #[test]
    fn le_takes_one_octet_where_it_can() {
        for (le, octets) in [
            (1, &[1][..]),
            (255, &[255]),
            (256, &[0]),
            (257, &[1, 1]),
            (65_535, &[255, 255]),
            (65_536, &[0, 0]),
        ] {
            assert_eq!(le_octets(Le::new(le).unwrap()), octets, "{le}");
        }
    }
}
