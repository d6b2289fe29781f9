//! READ BINARY: where in a file, and how much (Doc 9303-10 §3.6).

use iso7816::tlv::{self, Tag};
use iso7816::{CommandApdu, Ins, Le};

/// Largest offset of READ BINARY with even INS (Doc 9303-10 table 4).
const MAX_EVEN_OFFSET: usize = 0x7FFF;
/// Octets of tag and length around the data of an odd READ BINARY's answer, at most.
const ODD_OVERHEAD: usize = 4;

/// Whether a block begins where only the odd INS reaches.
pub(super) const fn is_odd(offset: usize) -> bool {
    offset > MAX_EVEN_OFFSET
}

/// Octets that an answer from this place holds beside the file's own.
pub(super) const fn overhead(offset: usize) -> usize {
    if is_odd(offset) { ODD_OVERHEAD } else { 0 }
}

/// READ BINARY of the current file: even INS up to 32,767, odd INS beyond (Doc 9303-10 §3.6.6).
pub(super) fn read_at(offset: usize, le: Le) -> CommandApdu {
    if let (true, Ok(even)) = (!is_odd(offset), u16::try_from(offset)) {
        let [p1, p2] = even.to_be_bytes();
        return CommandApdu::new(0x00, Ins::READ_BINARY, p1, p2).with_le(le);
    }
    let number = offset.to_be_bytes();
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    let data = tlv::encode(Tag::new(0x54), number.get(zeros..).unwrap_or_default());
    CommandApdu::new(0x00, Ins::READ_BINARY_ODD, 0, 0)
        .with_data(data)
        .with_le(le)
}
