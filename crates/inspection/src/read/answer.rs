//! What a chip's answer to a READ BINARY says: data, the end of the file, a length that it would rather have, or no.

use iso7816::{Le, ResponseApdu, StatusWord, tlv};

use super::ReadError;

/// Answer lengths that are tried, one after the other, with a chip that refuses the longest (quirks of chips limited to 192,
/// 160, 128 and fewer octets).
const SMALLER_BLOCKS: [u32; 6] = [223, 192, 160, 128, 96, 64];

/// Answer lengths that are tried with a chip that loses its session over a length: each costs a run of PACE or BAC, so there are
/// fewer.
const BLOCKS_AFTER_LOSS: [u32; 3] = [160, 96, 64];

/// The next length to try after a session was lost over this one: the smallest at once, if there is haste.
pub(super) fn smaller_after_loss(lost: Le, is_hasty: bool) -> Option<Le> {
    let mut smaller = BLOCKS_AFTER_LOSS
        .into_iter()
        .filter(|block| *block < lost.get());
    let next = if is_hasty {
        smaller.next_back()
    } else {
        smaller.next()
    };
    Le::new(next?).ok()
}

/// The next length to try after a refusal of this one.
pub(super) fn smaller_block(sw: StatusWord, refused: Le) -> Option<Le> {
    let refused = refused.get();
    if let Some(corrected) = sw.corrected_le() {
        let corrected = Le::new(u32::try_from(corrected).ok()?).ok()?;
        return (corrected.get() < refused).then_some(corrected);
    }
    if sw != StatusWord::WRONG_LENGTH {
        return None;
    }
    let smaller = SMALLER_BLOCKS.into_iter().find(|block| *block < refused)?;
    Le::new(smaller).ok()
}

/// The octets of the file in an answer; those to an odd READ BINARY stand in a data object.
pub(super) fn block_of(odd: bool, answer: ResponseApdu) -> Result<Vec<u8>, ReadError> {
    let data = data_of(answer)?;
    if !odd {
        return Ok(data);
    }
    let (object, _) =
        tlv::read(&data).map_err(|_| ReadError::Malformed("answer to an odd READ BINARY"))?;
    Ok(object.value.to_vec())
}

/// The data of an answer; at the end of a file chips add warnings to them.
pub(super) fn data_of(answer: ResponseApdu) -> Result<Vec<u8>, ReadError> {
    let sw = answer.sw;
    if sw.is_ok() || sw == StatusWord::END_OF_FILE || (sw.is_warning() && !answer.data.is_empty()) {
        return Ok(answer.data);
    }
    Err(match sw {
        StatusWord::FILE_NOT_FOUND => ReadError::Absent(sw),
        StatusWord::SECURITY_STATUS_NOT_SATISFIED => ReadError::Denied(sw),
        sw => ReadError::Refused(sw),
    })
}
