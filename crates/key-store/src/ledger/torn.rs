//! What may be behind the last whole line of a ledger without anybody having been told of it.
//!
//! All lines but those of the last write are on the disk when the next are written, so only the last write can be torn:
//!
//! * by a process that died: the beginning of a line, without its end;
//! * by a power cut: the file has its new length, and where parts of it did not reach the disk there are zeros. These parts
//!   are whole sectors, except for the first, which begins where the file ended before.
//!
//! A whole line behind such zeros is never dropped: nothing in the file says whether it was in that last write or in a later
//! one, which would mean that the lines under the zeros were promised and have been lost otherwise.

use super::line::{Entry, MAX_LINE};

/// Longest tail that is looked at, in bytes: far above the longest write.
pub(super) const MAX_TAIL: u64 = 64 * 1024 * 1024;
/// What a disk writes whole, in bytes; every larger unit is a multiple of it.
const SECTOR: u64 = 512;

/// Whether the bytes from this offset to the end of the file were promised to nobody.
pub(super) fn is_torn(tail: &[u8], offset: u64) -> bool {
    if tail.len() as u64 > MAX_TAIL {
        return false;
    }
    let begun = tail
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(tail.len());
    let (begun, rest) = tail.split_at(begun);
    // A line with its end that is not the next one is no torn one.
    if begun.contains(&b'\n') || begun.len() >= MAX_LINE {
        return false;
    }
    rest.iter().all(|byte| *byte == 0) || zeros_in_sectors(rest, begun.len() as u64, offset)
}

/// Whether zeros and text take turns as sectors do, and no whole line is among the text.
fn zeros_in_sectors(rest: &[u8], begun: u64, offset: u64) -> bool {
    let mut at = offset + begun;
    if begun > 0 && !at.is_multiple_of(SECTOR) {
        return false;
    }
    for run in rest.chunk_by(|one, next| (*one == 0) == (*next == 0)) {
        let end = at + run.len() as u64;
        let is_zeros = run.first() == Some(&0);
        let last = end == offset + begun + rest.len() as u64;
        if !last && !end.is_multiple_of(SECTOR) {
            return false;
        }
        if !is_zeros && (!is_text(run) || run.split(|byte| *byte == b'\n').any(Entry::looks_like)) {
            return false;
        }
        at = end;
    }
    true
}

fn is_text(bytes: &[u8]) -> bool {
    bytes
        .iter()
        .all(|byte| byte.is_ascii_graphic() || matches!(byte, b' ' | b'\n'))
}

#[cfg(test)]
mod tests {
    use super::super::line::{FIRST_LINK, Link};
    use super::*;

    const LEN: usize = SECTOR as usize;

    /// Lines that stand behind a synced line, with the number of the first, and where the file ended before them.
    fn batch(lines: u8) -> (Vec<u8>, Vec<usize>) {
        let (mut text, mut ends, mut before) = (String::new(), Vec::new(), FIRST_LINK as Link);
        for number in 0..lines {
            let (line, link) = Entry::Reserve([number; 32]).write(u64::from(number) + 2, &before);
            text += &line;
            ends.push(text.len());
            before = link;
        }
        (text.into_bytes(), ends)
    }

    /// The batch with some sectors of the disk not written, for a file that ended at this offset.
    fn without_sectors(batch: &[u8], offset: usize, is_lost: impl Fn(usize) -> bool) -> Vec<u8> {
        let mut bytes = batch.to_vec();
        for (place, byte) in bytes.iter_mut().enumerate() {
            if is_lost((offset + place) / LEN) {
                *byte = 0;
            }
        }
        bytes
    }

    #[test]
    fn any_sectors_that_a_power_cut_took_are_dropped_unless_a_whole_line_is_behind() {
        let (whole, ends) = batch(12);
        let (mut dropped, mut kept) = (0, 0);
        for offset in [120, 300, 500, LEN, 3 * LEN - 1] {
            for length in 1..=whole.len() {
                let bytes = &whole[..length];
                let sectors = (offset + length).div_ceil(LEN);
                for lost in 1..1u32 << (sectors - offset / LEN) {
                    let tail = without_sectors(bytes, offset, |sector| {
                        lost >> (sector - offset / LEN) & 1 == 1
                    });
                    // As the reader comes to it: behind the last line that is whole and follows.
                    let first_zero = tail.iter().position(|byte| *byte == 0).unwrap();
                    let read = ends.iter().rfind(|end| **end <= first_zero).copied();
                    let read = read.unwrap_or(0);
                    let behind = ends
                        .iter()
                        .zip([0].iter().chain(&ends))
                        .any(|(end, begin)| {
                            *begin >= first_zero
                                && *end <= length
                                && !tail[*begin..*end].contains(&0)
                        });
                    let torn = is_torn(&tail[read..], (offset + read) as u64);
                    // A line without its end is refused, too, where it reads as whole: that is on the safe side.
                    let without_end = ends.iter().any(|end| *end == length + 1);
                    if behind {
                        assert!(!torn, "{offset} {length} {lost:b}");
                        kept += 1;
                    } else if !without_end {
                        assert!(torn, "{offset} {length} {lost:b}");
                        dropped += 1;
                    }
                }
            }
        }
        assert!(dropped > 1000 && kept > 1000, "{dropped} {kept}");
    }

    #[test]
    fn zeros_that_no_power_cut_leaves_are_damage() {
        let (whole, ends) = batch(6);
        for offset in [120, LEN] {
            for line in 0..ends.len() {
                let begin = line.checked_sub(1).map_or(0, |before| ends[before]);
                for place in begin..ends[line] - 1 {
                    let mut tail = whole[begin..].to_vec();
                    tail[place - begin] = 0;
                    assert!(!is_torn(&tail, (offset + begin) as u64), "{place}");
                }
            }
        }
        for (tail, offset) in [
            (&b"3 reserve nonsense 00\n"[..], 120),
            (&[0xFF, 0, 0, 0xFF], 120),
            (&[0; LEN][..LEN - 1], 1),
        ] {
            assert_eq!(is_torn(tail, offset), tail.iter().all(|byte| *byte == 0));
        }
    }
}
