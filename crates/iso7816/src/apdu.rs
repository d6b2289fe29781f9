//! Command and response APDUs, short and extended.

use core::fmt;

use zeroize::Zeroizing;

use crate::{Error, Ins, Result, StatusWord};

/// Longest data field of an extended command (ISO 7816-4 §5.1).
pub const MAX_COMMAND_DATA: usize = 65_535;
/// Longest data field of a short command.
pub const MAX_SHORT_COMMAND_DATA: usize = 255;

/// Number of answer octets a terminal asks for, 1 to 65,536 (ISO 7816-4 §5.1).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Le(u32);

impl Le {
    /// `00`: up to 256.
    pub const SHORT_MAX: Self = Self(256);
    /// `00 00`: up to 65,536.
    pub const EXTENDED_MAX: Self = Self(65_536);

    /// Checks the range.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for 0 and above 65,536.
    pub const fn new(value: u32) -> Result<Self> {
        match value {
            1..=65_536 => Ok(Self(value)),
            _ => Err(Error::OutOfRange("Le is 1 to 65536")),
        }
    }

    /// The nearest allowed value: 1 for 0, 65,536 for more.
    #[must_use]
    pub fn saturating(value: usize) -> Self {
        Self(u32::try_from(value).unwrap_or(65_536).clamp(1, 65_536))
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Whether one octet is enough.
    #[must_use]
    pub const fn is_short(self) -> bool {
        self.0 <= 256
    }

    const fn short_byte(self) -> u8 {
        self.0.to_be_bytes()[3]
    }

    const fn extended_bytes(self) -> [u8; 2] {
        let [_, _, high, low] = self.0.to_be_bytes();
        [high, low]
    }
}

impl fmt::Debug for Le {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A command APDU (ISO 7816-4 §5.1).
///
/// `Debug` shows header and lengths only: the data may be a password, a key or a person's data.
#[derive(Clone, PartialEq, Eq)]
pub struct CommandApdu {
    /// Class.
    pub cla: u8,
    /// Instruction.
    pub ins: Ins,
    /// First parameter.
    pub p1: u8,
    /// Second parameter.
    pub p2: u8,
    /// Data field, empty if there is none. Wiped when dropped.
    pub data: Zeroizing<Vec<u8>>,
    /// Expected length, if an answer with data is wanted.
    pub le: Option<Le>,
    force_extended: bool,
}

impl CommandApdu {
    /// A command without data and without Le (case 1).
    #[must_use]
    pub fn new(cla: u8, ins: Ins, p1: u8, p2: u8) -> Self {
        Self {
            cla,
            ins,
            p1,
            p2,
            data: Zeroizing::new(Vec::new()),
            le: None,
            force_extended: false,
        }
    }

    /// Sets the data field.
    #[must_use]
    pub fn with_data(mut self, data: impl Into<Vec<u8>>) -> Self {
        self.data = Zeroizing::new(data.into());
        self
    }

    /// Sets Le.
    #[must_use]
    pub fn with_le(mut self, le: Le) -> Self {
        self.le = Some(le);
        self
    }

    /// Uses the extended form even where the short one would do.
    #[must_use]
    pub fn extended(mut self) -> Self {
        self.force_extended = true;
        self
    }

    /// Whether [`Self::to_bytes`] writes the extended form. A command without data and Le has only one form.
    #[must_use]
    pub fn is_extended(&self) -> bool {
        let long_le = self.le.is_some_and(|le| !le.is_short());
        let forced = self.force_extended && (!self.data.is_empty() || self.le.is_some());
        forced || long_le || self.data.len() > MAX_SHORT_COMMAND_DATA
    }

    /// CLA INS P1 P2.
    #[must_use]
    pub const fn header(&self) -> [u8; 4] {
        [self.cla, self.ins.0, self.p1, self.p2]
    }

    /// The bytes as sent: the short form where it fits, unless [`Self::extended`] was asked for.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] when the data field is longer than [`MAX_COMMAND_DATA`].
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>> {
        if self.data.len() > MAX_COMMAND_DATA {
            return Err(Error::OutOfRange(
                "the data field of a command is at most 65535 bytes",
            ));
        }
        let mut out = Zeroizing::new(Vec::with_capacity(self.data.len() + 9));
        out.extend_from_slice(&self.header());
        if self.is_extended() {
            self.extended_body(&mut out);
        } else {
            self.short_body(&mut out);
        }
        Ok(out)
    }

    fn short_body(&self, out: &mut Vec<u8>) {
        if !self.data.is_empty() {
            out.extend(u8::try_from(self.data.len()));
            out.extend_from_slice(&self.data);
        }
        out.extend(self.le.map(Le::short_byte));
    }

    fn extended_body(&self, out: &mut Vec<u8>) {
        out.push(0);
        if let (false, Ok(lc)) = (self.data.is_empty(), u16::try_from(self.data.len())) {
            out.extend_from_slice(&lc.to_be_bytes());
            out.extend_from_slice(&self.data);
        }
        if let Some(le) = self.le {
            out.extend_from_slice(&le.extended_bytes());
        }
    }

    /// Reads a command APDU of any of the seven forms.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the lengths do not add up: a card answers `6700`.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let (&[cla, ins, p1, p2], body) = bytes.split_first_chunk().ok_or(Error::Malformed {
            what: "command header",
            at: bytes.len(),
        })?;
        let mut command = Self::new(cla, Ins(ins), p1, p2);
        match body {
            [] => {}
            [le] => command.le = Some(short_le(*le)),
            [0, high, low] => {
                command.le = Some(extended_le(*high, *low));
                command.force_extended = true;
            }
            [0, high, low, rest @ ..] => {
                let lc = usize::from(u16::from_be_bytes([*high, *low]));
                let (data, tail) = split_data(rest, lc, 7)?;
                command.le = match tail {
                    [] => None,
                    [high, low] => Some(extended_le(*high, *low)),
                    _ => {
                        return Err(Error::Malformed {
                            what: "extended Le",
                            at: 7 + lc,
                        });
                    }
                };
                command.data = Zeroizing::new(data.to_vec());
                command.force_extended = true;
            }
            [lc, rest @ ..] => {
                let (data, tail) = split_data(rest, usize::from(*lc), 5)?;
                command.le = match tail {
                    [] => None,
                    [le] => Some(short_le(*le)),
                    _ => {
                        return Err(Error::Malformed {
                            what: "Le",
                            at: 5 + data.len(),
                        });
                    }
                };
                command.data = Zeroizing::new(data.to_vec());
            }
        }
        Ok(command)
    }
}

fn split_data(rest: &[u8], lc: usize, at: usize) -> Result<(&[u8], &[u8])> {
    if lc == 0 {
        return Err(Error::Malformed {
            what: "Lc of zero",
            at: at - 1,
        });
    }
    rest.split_at_checked(lc).ok_or(Error::Malformed {
        what: "data field shorter than Lc",
        at: at + rest.len(),
    })
}

const fn short_le(byte: u8) -> Le {
    if byte == 0 {
        Le::SHORT_MAX
    } else {
        Le(byte as u32)
    }
}

const fn extended_le(high: u8, low: u8) -> Le {
    match u16::from_be_bytes([high, low]) {
        0 => Le::EXTENDED_MAX,
        n => Le(n as u32),
    }
}

impl fmt::Debug for CommandApdu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [cla, ins, p1, p2] = self.header();
        write!(f, "{cla:02X} {ins:02X} {p1:02X} {p2:02X} ({}", self.ins)?;
        if !self.data.is_empty() {
            write!(f, ", {} bytes of data", self.data.len())?;
        }
        if let Some(le) = self.le {
            write!(f, ", Le {le:?}")?;
        }
        f.write_str(")")
    }
}

/// A response APDU (ISO 7816-4 §5.1). `Debug` shows the length and the status word only.
#[derive(Clone, PartialEq, Eq)]
pub struct ResponseApdu {
    /// Data field, may be empty.
    pub data: Vec<u8>,
    /// Status word.
    pub sw: StatusWord,
}

impl ResponseApdu {
    /// An answer with data.
    #[must_use]
    pub const fn new(data: Vec<u8>, sw: StatusWord) -> Self {
        Self { data, sw }
    }

    /// An answer without data.
    #[must_use]
    pub const fn from_sw(sw: StatusWord) -> Self {
        Self {
            data: Vec::new(),
            sw,
        }
    }

    /// Splits the status word from the data.
    ///
    /// # Errors
    /// [`Error::Malformed`] when there are fewer than two octets.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let (data, &[sw1, sw2]) = bytes.split_last_chunk().ok_or(Error::Malformed {
            what: "answer without status word",
            at: bytes.len(),
        })?;
        Ok(Self {
            data: data.to_vec(),
            sw: StatusWord(u16::from_be_bytes([sw1, sw2])),
        })
    }

    /// Data, then SW1 SW2.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.data.len() + 2);
        out.extend_from_slice(&self.data);
        out.extend_from_slice(&self.sw.0.to_be_bytes());
        out
    }
}

impl fmt::Debug for ResponseApdu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes, {:?}", self.data.len(), self.sw)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(hex: &[u8], data: &[u8], le: Option<u32>, extended: bool) {
        let command = CommandApdu::parse(hex).unwrap();
        assert_eq!(
            (
                &command.data[..],
                command.le.map(Le::get),
                command.is_extended()
            ),
            (data, le, extended)
        );
        assert_eq!(&command.to_bytes().unwrap()[..], hex, "{command:?}");
    }

    #[test]
    fn the_seven_forms() {
        check(&[0, 0xA4, 0, 0x0C], &[], None, false);
        check(&[0, 0x84, 0, 0, 8], &[], Some(8), false);
        check(&[0, 0xB0, 0, 0, 0], &[], Some(256), false);
        check(&[0, 0xA4, 2, 0x0C, 2, 1, 0x1C], &[1, 0x1C], None, false);
        check(&[0, 0x88, 0, 0, 1, 9, 0], &[9], Some(256), false);
        check(&[0, 0xB0, 0, 0, 0, 0, 0], &[], Some(65_536), true);
        check(&[0, 0xB0, 0, 0, 0, 1, 0], &[], Some(256), true);
        check(&[0, 0x2A, 0, 0xBE, 0, 0, 2, 5, 6], &[5, 6], None, true);
        check(
            &[0, 0x2A, 0, 0xBE, 0, 0, 2, 5, 6, 0x10, 0],
            &[5, 6],
            Some(4096),
            true,
        );
    }

    #[test]
    fn lengths_that_do_not_add_up() {
        for bytes in [
            &[0, 1, 2][..],
            &[0, 1, 2, 3, 5, 1, 2],
            &[0, 1, 2, 3, 1, 1, 2, 3],
            &[0, 1, 2, 3, 0, 0],
            &[0, 1, 2, 3, 0, 0, 0, 1],
            &[0, 1, 2, 3, 0, 0, 2, 1],
            &[0, 1, 2, 3, 0, 0, 1, 1, 1],
        ] {
            assert!(CommandApdu::parse(bytes).is_err(), "{bytes:02X?}");
        }
    }

    #[test]
    fn debug_shows_no_data() {
        let command = CommandApdu::new(0, Ins::SELECT, 4, 0x0C)
            .with_data([0xDE, 0xAD])
            .with_le(Le::SHORT_MAX);
        assert_eq!(
            format!("{command:?}"),
            "00 A4 04 0C (SELECT, 2 bytes of data, Le 256)"
        );
        let answer = ResponseApdu::new(vec![0xDE, 0xAD], StatusWord::OK);
        assert_eq!(format!("{answer:?}"), "2 bytes, 9000");
    }

    proptest! {
        #[test]
        fn parsing_never_panics_and_is_undone_by_writing(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            if let Ok(command) = CommandApdu::parse(&bytes) {
                prop_assert_eq!(&command.to_bytes().unwrap()[..], &bytes[..]);
            }
        }

        #[test]
        fn writing_is_undone_by_parsing(
            header: [u8; 4],
            data in proptest::collection::vec(any::<u8>(), 0..1000),
            le in proptest::option::of(1u32..=65_536),
            extended: bool,
        ) {
            let [cla, ins, p1, p2] = header;
            let mut command = CommandApdu::new(cla, Ins(ins), p1, p2).with_data(data);
            command.le = le.map(|le| Le::new(le).unwrap());
            let command = if extended { command.extended() } else { command };
            let read = CommandApdu::parse(&command.to_bytes().unwrap()).unwrap();
            prop_assert_eq!(read.header(), command.header());
            prop_assert_eq!((&read.data, read.le), (&command.data, command.le));
        }
    }
}
