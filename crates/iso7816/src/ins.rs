//! Instruction bytes.

use core::fmt;

/// An instruction byte (ISO 7816-4 §5.4.2). Unknown ones keep their number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ins(pub u8);

macro_rules! instructions {
    ($($(#[$doc:meta])* $name:ident = $value:literal, $text:literal;)*) => {
        impl Ins {
            $($(#[$doc])* pub const $name: Self = Self($value);)*

            /// The name of the command in the standard's words, if it is known.
            #[must_use]
            pub const fn name(self) -> Option<&'static str> {
                match self.0 {
                    $($value => Some($text),)*
                    _ => None,
                }
            }
        }
    };
}

instructions! {
    /// Start of the end of a file's protection, LDS2.
    ACTIVATE_FILE = 0x44, "ACTIVATE FILE";
    /// First command of SCP03.
    INITIALIZE_UPDATE = 0x50, "INITIALIZE UPDATE";
    /// Doc 9303-11 §4.4.4.1, §6.2.4.
    MANAGE_SECURITY_ENVIRONMENT = 0x22, "MANAGE SECURITY ENVIRONMENT";
    /// Doc 9303-11 §7.1.5.
    PERFORM_SECURITY_OPERATION = 0x2A, "PERFORM SECURITY OPERATION";
    /// TR-03110-3 §B.14.
    RESET_RETRY_COUNTER = 0x2C, "RESET RETRY COUNTER";
    /// Doc 9303-11 §4.3.4.2; second command of SCP03.
    EXTERNAL_AUTHENTICATE = 0x82, "EXTERNAL AUTHENTICATE";
    /// Doc 9303-11 §4.3.4.1.
    GET_CHALLENGE = 0x84, "GET CHALLENGE";
    /// Doc 9303-11 §4.4.4.2.
    GENERAL_AUTHENTICATE = 0x86, "GENERAL AUTHENTICATE";
    /// Doc 9303-11 §6.1.3.
    INTERNAL_AUTHENTICATE = 0x88, "INTERNAL AUTHENTICATE";
    /// Doc 9303-10 §3.6.2.
    SELECT = 0xA4, "SELECT";
    /// Doc 9303-10 §3.6.3.
    READ_BINARY = 0xB0, "READ BINARY";
    /// READ BINARY with the offset in a data object, Doc 9303-10 §3.6.3.2.
    READ_BINARY_ODD = 0xB1, "READ BINARY (odd)";
    /// The rest of an answer that did not fit, ISO 7816-4 §11.8.
    GET_RESPONSE = 0xC0, "GET RESPONSE";
    /// ISO 7816-4 §11.5.
    GET_DATA = 0xCA, "GET DATA";
    /// UPDATE BINARY with the offset in a data object.
    UPDATE_BINARY_ODD = 0xD7, "UPDATE BINARY (odd)";
    /// GlobalPlatform Card Specification §11.8.
    PUT_KEY = 0xD8, "PUT KEY";
    /// GlobalPlatform Card Specification §11.11.
    STORE_DATA = 0xE2, "STORE DATA";
    /// GlobalPlatform Card Specification §11.4.
    GET_STATUS = 0xF2, "GET STATUS";
}

impl Ins {
    /// Whether the command and response data are BER-TLV (bit 1 set, ISO 7816-4 §5.4.2).
    #[must_use]
    pub const fn is_odd(self) -> bool {
        self.0 & 1 == 1
    }
}

impl fmt::Debug for Ins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Ins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "INS {:02X}", self.0),
        }
    }
}
