//! The chip's end of secure messaging.

use iso7816::tlv::Writer;
use iso7816::{CommandApdu, Le, ResponseApdu, StatusWord};

use crate::secure_messaging::keys::SessionKeys;
use crate::secure_messaging::limits::max_plain_response;
use crate::secure_messaging::objects::{self, Objects};
use crate::secure_messaging::ssc::Ssc;
use crate::secure_messaging::{SM_CLASS_BITS, is_protected_class};

/// A session as the chip keeps it. Every command consumes it; it comes back only through an answer.
///
/// ```text
/// ChipSession ── unprotect(command) ──▶ plain command, Exchange ── protect(answer) ──▶ protected answer, ChipSession
///                     │                                               │
///                     └── SmFault: answered plain, keys erased ◀──────┘
/// ```
///
/// A plain command inside a session is not for this type: drop the session, then judge the command without rights
/// (Doc 9303-11 §9.8.5). To change keys after chip authentication, let [`Exchange::protect`] send the last answer under
/// the old keys, drop the session it returns and start a new one (Doc 9303-11 §9.8.2).
pub struct ChipSession {
    keys: SessionKeys,
    ssc: Ssc,
}

/// A secure messaging error: the status word is answered plain, without data objects, and the session is over
/// (Doc 9303-11 §9.8.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmFault(pub StatusWord);

impl SmFault {
    /// An expected data object is not there: `6987`.
    pub const MISSING: Self = Self(StatusWord::SM_OBJECT_MISSING);
    /// A data object is wrong, or there is no session at all: `6988`.
    pub const INCORRECT: Self = Self(StatusWord::SM_OBJECT_INCORRECT);
}

impl ChipSession {
    /// Starts a session.
    #[must_use]
    pub fn new(keys: SessionKeys) -> Self {
        Self {
            ssc: keys.start(),
            keys,
        }
    }

    /// Checks a protected command and takes the protection off. The plain command keeps chaining bit, proprietary class
    /// bit and form (short or extended) of the protected one.
    ///
    /// # Errors
    /// [`SmFault`] to be answered plain.
    pub fn unprotect(self, command: &CommandApdu) -> Result<(CommandApdu, Exchange), SmFault> {
        if !is_protected_class(command.cla) {
            return Err(SmFault::INCORRECT);
        }
        let ssc = self.ssc.next().ok_or(SmFault::INCORRECT)?;
        let plain = unprotected(&self.keys, &ssc, command)?;
        let exchange = Exchange {
            ssc: ssc.next().ok_or(SmFault::INCORRECT)?,
            max_data: max_data(command),
            ins: command.ins,
            keys: self.keys,
        };
        Ok((plain, exchange))
    }
}

/// A command whose answer is awaited.
pub struct Exchange {
    keys: SessionKeys,
    ssc: Ssc,
    ins: iso7816::Ins,
    max_data: usize,
}

impl Exchange {
    /// Most octets of plain data that fit into the answer, as long as the command said it may be.
    #[must_use]
    pub fn max_plain_response(&self) -> usize {
        max_plain_response(self.keys.cipher(), self.max_data)
    }

    /// Protects the answer, whatever its status word.
    ///
    /// # Errors
    /// [`SmFault`] when encryption fails, which only keys of a wrong length could cause.
    pub fn protect(self, answer: &ResponseApdu) -> Result<(ResponseApdu, ChipSession), SmFault> {
        let mut body = Writer::new();
        body.raw(
            &objects::cryptogram(&self.keys, &self.ssc, self.ins, &answer.data)
                .map_err(|_| SmFault::INCORRECT)?,
        )
        .object(objects::STATUS, &answer.sw.0.to_be_bytes());
        let body = body.finish();
        let mac = self
            .keys
            .mac(&self.ssc, None, &body)
            .map_err(|_| SmFault::INCORRECT)?;
        let mut data = Writer::new();
        data.raw(&body).object(objects::MAC, &mac);
        let session = ChipSession {
            keys: self.keys,
            ssc: self.ssc,
        };
        Ok((ResponseApdu::new(data.finish(), answer.sw), session))
    }
}

fn unprotected(
    keys: &SessionKeys,
    ssc: &Ssc,
    command: &CommandApdu,
) -> Result<CommandApdu, SmFault> {
    let objects = Objects::read(&command.data).map_err(|_| SmFault::INCORRECT)?;
    let mac = objects.mac.ok_or(SmFault::MISSING)?;
    let expected = keys
        .mac(ssc, Some(command.header()), objects.authenticated)
        .map_err(|_| SmFault::INCORRECT)?;
    if !crypto::constant_time_eq(mac, &expected) || objects.status.is_some() {
        return Err(SmFault::INCORRECT);
    }
    let mut plain = CommandApdu::new(
        command.cla & !SM_CLASS_BITS,
        command.ins,
        command.p1,
        command.p2,
    );
    if let Some(cryptogram) = objects.cryptogram {
        plain.data = objects::decrypted(keys, ssc, cryptogram)
            .ok()
            .flatten()
            .ok_or(SmFault::INCORRECT)?;
    }
    plain.le = objects.le.map(|octets| le(octets, command)).transpose()?;
    Ok(if command.is_extended() {
        plain.extended()
    } else {
        plain
    })
}

/// Le of the plain command. An empty DO'97' is not recommended but allowed (Doc 9303-11 §9.8.4): as much as there is.
fn le(octets: &[u8], command: &CommandApdu) -> Result<Le, SmFault> {
    match *octets {
        [] if command.is_extended() => Ok(Le::EXTENDED_MAX),
        [] | [0] => Ok(Le::SHORT_MAX),
        [0, 0] => Ok(Le::EXTENDED_MAX),
        [low] => Ok(Le::saturating(usize::from(low))),
        [high, low] => Ok(Le::saturating(usize::from(u16::from_be_bytes([high, low])))),
        _ => Err(SmFault::INCORRECT),
    }
}

/// Longest data field the terminal takes: Le of the protected command. Without one (readers that speak T=0 drop it) the
/// short maximum is meant.
fn max_data(command: &CommandApdu) -> usize {
    let le = command.le.unwrap_or(Le::SHORT_MAX);
    usize::try_from(le.get()).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use crypto::Cipher;
    use iso7816::Ins;

    use super::*;

    impl ChipSession {
        /// Whether no command can be answered any more.
        pub(crate) fn ssc_is_used_up(&self) -> bool {
            self.ssc.next().and_then(|ssc| ssc.next()).is_none()
        }
    }

    fn keys() -> SessionKeys {
        SessionKeys::derive(Cipher::Aes128, b"a shared secret")
    }

    /// The first command of a session, with these objects and a right MAC.
    fn authentic(objects: &[u8], outer: Le) -> CommandApdu {
        let command = CommandApdu::new(0x0C, Ins::READ_BINARY, 0, 0);
        let ssc = keys().start().next().unwrap();
        let mac = keys().mac(&ssc, Some(command.header()), objects).unwrap();
        let mac = iso7816::tlv::encode(objects::MAC, &mac);
        command.with_data([objects, &mac].concat()).with_le(outer)
    }

    fn check(objects: &[u8], outer: Le, expected: Result<Option<u32>, SmFault>) {
        let session = ChipSession::new(keys());
        let received = session.unprotect(&authentic(objects, outer));
        let le = received.map(|(command, _)| command.le.map(Le::get));
        assert_eq!(le, expected, "{objects:02X?}");
    }

    #[test]
    fn le_in_all_its_forms() {
        let (short, extended) = (Le::SHORT_MAX, Le::EXTENDED_MAX);
        check(&[], short, Ok(None));
        check(&[0x97, 1, 4], short, Ok(Some(4)));
        check(&[0x97, 1, 0], short, Ok(Some(256)));
        check(&[0x97, 2, 1, 4], extended, Ok(Some(260)));
        check(&[0x97, 2, 0, 4], extended, Ok(Some(4)));
        check(&[0x97, 2, 0, 0], extended, Ok(Some(65_536)));
        check(&[0x97, 0], short, Ok(Some(256)));
        check(&[0x97, 0], extended, Ok(Some(65_536)));
        check(&[0x97, 3, 0, 1, 0], extended, Err(SmFault::INCORRECT));
    }

    #[test]
    fn an_authentic_command_must_still_make_sense() {
        let wrong = Err(SmFault::INCORRECT);
        check(&[0x87, 1, 1], Le::SHORT_MAX, wrong);
        check(&[0x87, 2, 1, 9], Le::SHORT_MAX, wrong);
        check(
            &[&[0x87, 17, 1][..], &[9; 16]].concat(),
            Le::SHORT_MAX,
            wrong,
        );
        check(&[0x87, 2, 2, 9], Le::SHORT_MAX, wrong);
        check(&[0x99, 2, 0x90, 0], Le::SHORT_MAX, wrong);
        check(&[0x97, 1, 4, 0x97, 1, 4], Le::SHORT_MAX, wrong);
        check(&[0x81, 1, 4], Le::SHORT_MAX, wrong);
    }

    #[test]
    fn the_room_for_an_answer_follows_the_outer_le() {
        for (outer, room) in [(Le::SHORT_MAX, 223), (Le::EXTENDED_MAX, 65_503)] {
            let session = ChipSession::new(keys());
            let (_, exchange) = session.unprotect(&authentic(&[], outer)).unwrap();
            assert_eq!(exchange.max_plain_response(), room);
        }
    }
}
