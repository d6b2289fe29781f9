//! How much fits into a protected APDU.

use crypto::Cipher;
use iso7816::tlv::{self, Tag};
use iso7816::{Le, Limits};

use crate::secure_messaging::objects::MAC_LEN;

const CRYPTOGRAM: Tag = Tag::new(0x87);
const STATUS_OBJECT_LEN: usize = 4;
const MAC_OBJECT_LEN: usize = 2 + MAC_LEN;
const STATUS_WORD_LEN: usize = 2;
const HEADER_LEN: usize = 4;
/// Lc and Le of an extended command.
const EXTENDED_LENGTHS_LEN: usize = 3 + 2;
/// Lc and Le of a short command.
const SHORT_LENGTHS_LEN: usize = 1 + 1;
const MAX_SHORT_DATA: usize = 255;

/// Most octets of plain data in an answer whose protected data field has at most `max_data` octets (256 for Le `00`).
#[must_use]
pub fn max_plain_response(cipher: Cipher, max_data: usize) -> usize {
    max_plain(
        cipher,
        max_data.saturating_sub(STATUS_OBJECT_LEN + MAC_OBJECT_LEN),
    )
}

/// Most octets of plain data in a command whose protected data field has at most `max_data` octets (255 for a short
/// one), `le` being the Le of the plain command.
#[must_use]
pub fn max_plain_command(cipher: Cipher, max_data: usize, le: Option<Le>) -> usize {
    let le_object_len = match le {
        None => 0,
        Some(le) if le.is_short() => 2 + 1,
        Some(_) => 2 + 2,
    };
    max_plain(
        cipher,
        max_data.saturating_sub(le_object_len + MAC_OBJECT_LEN),
    )
}

/// The limits a terminal sees through secure messaging when the line below has `line`: lengths of plain APDUs.
pub(super) fn through(cipher: Cipher, line: Limits) -> Limits {
    let max_response = STATUS_WORD_LEN
        + max_plain_response(cipher, line.max_response.saturating_sub(STATUS_WORD_LEN));
    let (lengths, max_data, le) = if line.allow_extended() {
        let max_data = line
            .max_command
            .saturating_sub(HEADER_LEN + EXTENDED_LENGTHS_LEN);
        (EXTENDED_LENGTHS_LEN, max_data, Le::EXTENDED_MAX)
    } else {
        (SHORT_LENGTHS_LEN, MAX_SHORT_DATA, Le::SHORT_MAX)
    };
    Limits {
        max_command: HEADER_LEN + lengths + max_plain_command(cipher, max_data, Some(le)),
        max_response,
    }
}

/// Plain octets whose DO'87' fits into `room`: whole blocks, of which the padding takes at least one octet.
fn max_plain(cipher: Cipher, room: usize) -> usize {
    let block = cipher.block_len();
    let object_len = |encrypted: usize| tlv::header_len(CRYPTOGRAM, 1 + encrypted) + 1 + encrypted;
    let mut encrypted = room / block * block;
    while encrypted > 0 && object_len(encrypted) > room {
        encrypted -= block;
    }
    encrypted.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cipher: Cipher, response: usize, case_3: usize, case_4: usize) {
        assert_eq!(max_plain_response(cipher, 256), response, "{cipher:?}");
        assert_eq!(max_plain_command(cipher, 255, None), case_3, "{cipher:?}");
        assert_eq!(
            max_plain_command(cipher, 255, Some(Le::SHORT_MAX)),
            case_4,
            "{cipher:?}"
        );
    }

    #[test]
    fn short_apdus_hold_what_the_table_says() {
        check(Cipher::Aes128, 223, 239, 223);
        check(Cipher::Aes256, 223, 239, 223);
        check(Cipher::TripleDes, 231, 239, 231);
    }

    #[test]
    fn nothing_fits_into_almost_nothing() {
        for room in 0..40 {
            assert!(
                max_plain_response(Cipher::Aes128, room) < room.max(1),
                "{room}"
            );
        }
    }

    #[test]
    fn a_line_seen_through_secure_messaging() {
        let short = through(Cipher::Aes128, Limits::SHORT);
        assert_eq!(
            (short.max_command, short.max_response),
            (4 + 2 + 223, 223 + 2)
        );
        assert!(!short.allow_extended());
        assert!(through(Cipher::TripleDes, Limits::EXTENDED).allow_extended());
    }
}
