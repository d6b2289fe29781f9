//! Quirks of single commands, behind secure messaging: what the chip makes of a command it has understood, and of its answer.

use iso7816::{CommandApdu, Ins, Le, ResponseApdu, StatusWord};

use super::Quirk;
use crate::data_sheet::DataSheet;

/// Octets of a signature that chips of Q011 put into a short answer.
const CUT_AT: usize = 231;
/// Octets of a block of 3DES, of which padding makes whole ones, twice.
const BLOCK_LEN: usize = 16;

/// P1 P2 of MSE:Set KAT and MSE:Set AT of chip authentication.
const SET_KAT: [u8; 2] = [0x41, 0xA6];
const CHIP_SET_AT: [u8; 2] = [0x41, 0xA4];

/// What a chip with quirks answers instead of executing the command.
pub(crate) fn instead(sheet: &DataSheet, command: &CommandApdu) -> Option<StatusWord> {
    let parameters = [command.p1, command.p2];
    match command.ins {
        Ins::SELECT if command.p1 == 0x04 && sheet.has_quirk(Quirk::CLOSED_APPLICATION) => {
            Some(StatusWord::SECURITY_STATUS_NOT_SATISFIED)
        }
        Ins::MANAGE_SECURITY_ENVIRONMENT
            if parameters == SET_KAT && sheet.has_quirk(Quirk::NO_KEY_AGREEMENT_TEMPLATE) =>
        {
            Some(StatusWord::NO_PRECISE_DIAGNOSIS)
        }
        Ins::MANAGE_SECURITY_ENVIRONMENT
            if [SET_KAT, CHIP_SET_AT].contains(&parameters)
                && sheet.has_quirk(Quirk::CHIP_NEVER_AUTHENTICATES) =>
        {
            Some(StatusWord::NO_PRECISE_DIAGNOSIS)
        }
        Ins::INTERNAL_AUTHENTICATE if sheet.has_quirk(Quirk::CHIP_NEVER_AUTHENTICATES) => {
            Some(StatusWord::NO_PRECISE_DIAGNOSIS)
        }
        _ => None,
    }
}

/// What READ BINARY gives at the end of a file: padding in the wrong order, `00 00 80`, so that what is taken for data ends in
/// zeros.
pub(crate) fn at_the_end(sheet: &DataSheet, mut data: Vec<u8>) -> ResponseApdu {
    if !sheet.has_quirk(Quirk::SURPLUS_AT_THE_END) {
        return ResponseApdu::new(data, StatusWord::OK);
    }
    let used = (data.len() + 1) % BLOCK_LEN;
    data.extend(vec![0; BLOCK_LEN - used]);
    ResponseApdu::new(data, StatusWord::END_OF_FILE)
}

/// The answer as a chip with quirks gives it. `room` is how much it may hold, `alternative` is n − s of a signature of RSA.
pub(crate) fn in_its_way(
    sheet: &DataSheet,
    command: &CommandApdu,
    mut answer: ResponseApdu,
    room: usize,
    alternative: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
) -> ResponseApdu {
    let le = command.le.map_or(0, Le::get);
    if le > Le::SHORT_MAX.get() && sheet.has_quirk(Quirk::EMPTY_EXTENDED) {
        answer.data.clear();
        return answer;
    }
    match command.ins {
        Ins::INTERNAL_AUTHENTICATE if answer.sw.is_ok() => {
            if sheet.has_quirk(Quirk::ALTERNATIVE_SIGNATURE)
                && let Some(other) = alternative(&answer.data)
            {
                answer.data = other;
            }
            signature(sheet, le, room, answer)
        }
        _ => answer,
    }
}

fn signature(sheet: &DataSheet, le: u32, room: usize, mut answer: ResponseApdu) -> ResponseApdu {
    let len = answer.data.len();
    let is_exact = u32::try_from(len) == Ok(le);
    if !is_exact && sheet.has_quirk(Quirk::EXACT_LE) {
        let [.., low] = len.to_be_bytes();
        return ResponseApdu::from_sw(StatusWord(u16::from_be_bytes([0x6C, low])));
    }
    if len > room && sheet.has_quirk(Quirk::CUTS_SIGNATURES) {
        answer.data.truncate(room.min(CUT_AT));
    }
    if sheet.has_quirk(Quirk::PROMISES_MORE) {
        answer.sw = StatusWord(0x6110);
    }
    answer
}
