//! Status words.

use core::fmt;

/// SW1 SW2, the last two octets of every answer (ISO 7816-4 §5.6). Unknown ones keep their number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatusWord(pub u16);

macro_rules! status_words {
    ($($name:ident = $value:literal, $text:literal;)*) => {
        impl StatusWord {
            $(#[doc = concat!("`", stringify!($value), "`: ", $text, ".")] pub const $name: Self = Self($value);)*

            /// The meaning in the standard's words, if the number is known.
            #[must_use]
            pub const fn meaning(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($text),)*
                    0x6100..=0x61FF => Some("more data available by GET RESPONSE"),
                    0x63C0..=0x63CF => Some("verification failed, tries left in the last digit"),
                    0x6C00..=0x6CFF => Some("wrong Le, the right one in SW2"),
                    _ => None,
                }
            }
        }
    };
}

status_words! {
    OK = 0x9000, "done";
    NO_INFORMATION = 0x6200, "warning, no information given";
    END_OF_FILE = 0x6282, "end of file reached before Le octets";
    DEACTIVATED = 0x6283, "selected file or password deactivated";
    AUTHENTICATION_FAILED = 0x6300, "authentication failed";
    MEMORY_FAILURE = 0x6581, "memory failure";
    WRONG_LENGTH = 0x6700, "wrong length";
    CHANNEL_NOT_SUPPORTED = 0x6881, "logical channel not supported";
    SECURE_MESSAGING_NOT_SUPPORTED = 0x6882, "secure messaging not supported";
    LAST_COMMAND_EXPECTED = 0x6883, "last command of the chain expected";
    CHAINING_NOT_SUPPORTED = 0x6884, "command chaining not supported";
    COMMAND_NOT_ALLOWED = 0x6900, "command not allowed";
    INCOMPATIBLE_FILE = 0x6981, "command incompatible with the file structure";
    SECURITY_STATUS_NOT_SATISFIED = 0x6982, "security status not satisfied";
    AUTHENTICATION_BLOCKED = 0x6983, "authentication method blocked";
    REFERENCE_DATA_NOT_USABLE = 0x6984, "reference data not usable";
    CONDITIONS_NOT_SATISFIED = 0x6985, "conditions of use not satisfied";
    NO_CURRENT_FILE = 0x6986, "command not allowed, no current file";
    SM_OBJECT_MISSING = 0x6987, "expected secure messaging object missing";
    SM_OBJECT_INCORRECT = 0x6988, "secure messaging object incorrect";
    WRONG_DATA = 0x6A80, "incorrect parameters in the data field";
    FUNCTION_NOT_SUPPORTED = 0x6A81, "function not supported";
    FILE_NOT_FOUND = 0x6A82, "file or application not found";
    RECORD_NOT_FOUND = 0x6A83, "record not found";
    NOT_ENOUGH_MEMORY = 0x6A84, "not enough memory in the file";
    INCORRECT_P1_P2 = 0x6A86, "incorrect P1 P2";
    LC_INCONSISTENT_WITH_P1_P2 = 0x6A87, "Lc inconsistent with P1 P2";
    REFERENCED_DATA_NOT_FOUND = 0x6A88, "referenced data or key not found";
    WRONG_OFFSET = 0x6B00, "offset outside the file, or wrong P1 P2";
    INS_NOT_SUPPORTED = 0x6D00, "instruction not supported";
    CLA_NOT_SUPPORTED = 0x6E00, "class not supported";
    NO_PRECISE_DIAGNOSIS = 0x6F00, "no precise diagnosis";
}

impl StatusWord {
    /// Whether the word is `9000`.
    #[must_use]
    pub const fn is_ok(self) -> bool {
        self.0 == Self::OK.0
    }

    /// Whether the word is a warning (`62xx`, `63xx`): the command was carried out, with a remark (ISO 7816-4 §5.6).
    #[must_use]
    pub const fn is_warning(self) -> bool {
        matches!(self.sw1(), 0x62 | 0x63)
    }

    /// Whether the command was not carried out (`64xx` to `6Fxx`).
    #[must_use]
    pub const fn is_error(self) -> bool {
        !self.is_ok() && !self.is_warning() && self.sw1() != 0x61
    }

    /// First octet.
    #[must_use]
    pub const fn sw1(self) -> u8 {
        self.0.to_be_bytes()[0]
    }

    /// Second octet.
    #[must_use]
    pub const fn sw2(self) -> u8 {
        self.0.to_be_bytes()[1]
    }

    /// How many octets GET RESPONSE will yield (`61xx`; `00` means 256 or more).
    #[must_use]
    pub const fn remaining(self) -> Option<usize> {
        match (self.sw1(), self.sw2()) {
            (0x61, 0) => Some(256),
            (0x61, n) => Some(n as usize),
            _ => None,
        }
    }

    /// The Le the card would have accepted (`6Cxx`; `00` means 256).
    #[must_use]
    pub const fn corrected_le(self) -> Option<usize> {
        match (self.sw1(), self.sw2()) {
            (0x6C, 0) => Some(256),
            (0x6C, n) => Some(n as usize),
            _ => None,
        }
    }

    /// `63Cx`: verification failed, or a warning that it has failed before. The digit holds no more than fifteen.
    #[must_use]
    pub const fn with_tries_left(tries: u8) -> Self {
        let digit = if tries < 0x0F { tries } else { 0x0F };
        Self(u16::from_be_bytes([0x63, 0xC0 | digit]))
    }

    /// Tries left of a password (`63Cx`).
    #[must_use]
    pub const fn tries_left(self) -> Option<u8> {
        match self.0 {
            0x63C0..=0x63CF => Some(self.sw2() & 0x0F),
            _ => None,
        }
    }
}

impl From<u16> for StatusWord {
    fn from(value: u16) -> Self {
        Self(value)
    }
}

impl fmt::Debug for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl fmt::Display for StatusWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.meaning() {
            Some(meaning) => write!(f, "{:04X} ({meaning})", self.0),
            None => write!(f, "{:04X}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::StatusWord;

    #[test]
    fn classes() {
        for (word, ok, warning, error) in [
            (0x9000, true, false, false),
            (0x6282, false, true, false),
            (0x63C2, false, true, false),
            (0x6110, false, false, false),
            (0x6A82, false, false, true),
            (0x1234, false, false, true),
        ] {
            let sw = StatusWord(word);
            assert_eq!(
                (sw.is_ok(), sw.is_warning(), sw.is_error()),
                (ok, warning, error),
                "{sw}"
            );
        }
    }

    #[test]
    fn numbers_inside() {
        assert_eq!(StatusWord(0x6100).remaining(), Some(256));
        assert_eq!(StatusWord(0x6C20).corrected_le(), Some(32));
        assert_eq!(StatusWord(0x63C1).tries_left(), Some(1));
        assert_eq!(StatusWord(0x9000).tries_left(), None);
        for (tries, word) in [(0, 0x63C0), (2, 0x63C2), (15, 0x63CF), (16, 0x63CF)] {
            assert_eq!(StatusWord::with_tries_left(tries).0, word);
        }
        assert_eq!(StatusWord(0xABCD).to_string(), "ABCD");
        assert_eq!(
            StatusWord::FILE_NOT_FOUND.to_string(),
            "6A82 (file or application not found)"
        );
    }
}
