//! The wavelet filters and the transform table (DTT) that carries them (IAFIS-IC-0110).
//!
//! The table holds the right half of the two filters of the encoder. The decoder's are the same taps with signs alternating:
//! its high-pass comes from the encoder's low-pass and the other way round.

use crate::cursor::Cursor;
use crate::error::FilterFault;
use crate::{Error, Segment, number};

/// Centre and right half of the encoder's low-pass, 9 taps.
const LOW_PASS: [f64; 5] = [
    0.852_698_679_009_403_4,
    0.377_402_855_612_653_8,
    -0.110_624_404_418_423_42,
    -0.023_849_465_019_38,
    0.037_828_455_506_995_46,
];
/// Centre and right half of the encoder's high-pass, 7 taps.
const HIGH_PASS: [f64; 4] = [
    0.788_485_616_405_664_4,
    -0.418_092_273_222_212_2,
    -0.040_689_417_609_558_44,
    0.064_538_882_628_938_45,
];

const MIN_TAPS: u8 = 3;
const MAX_TAPS: u8 = 32;
/// With 32 taps below it, ten passes over the largest bin widths stay below the largest single.
const TAP_LIMIT: f32 = 16.0;

/// A low-pass and a high-pass.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FilterBank {
    pub(crate) low: Vec<f32>,
    pub(crate) high: Vec<f32>,
}

fn mirrored(half: &[f64]) -> Vec<f32> {
    let left = half.iter().skip(1).rev();
    left.chain(half).map(|&tap| tap as f32).collect()
}

impl FilterBank {
    /// The encoder's, 9 and 7 taps.
    pub(crate) fn analysis() -> Self {
        Self {
            low: mirrored(&LOW_PASS),
            high: mirrored(&HIGH_PASS),
        }
    }

    /// Whether both lengths are even: half-sample symmetry instead of whole-sample symmetry.
    pub(crate) fn is_even(&self) -> bool {
        self.low.len().is_multiple_of(2)
    }

    /// Appends the segment with marker.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.extend(Segment::TransformTable.marker().to_be_bytes());
        let right = |taps: &[f32]| taps.len().div_ceil(2);
        let octets = 4 + 6 * (right(&self.low) + right(&self.high));
        out.extend((octets as u16).to_be_bytes());
        out.extend([self.low.len() as u8, self.high.len() as u8]);
        for taps in [&self.low, &self.high] {
            for &tap in taps.iter().skip(taps.len() / 2) {
                number::write_signed_u32(out, tap);
            }
        }
    }

    /// The decoder's filters. The reference writes a length of 58 whatever the table holds and reads no length; so the content
    /// decides, and the length only where no marker stands behind the content. Taps are not asked whether they reconstruct: nor does
    /// the reference, and a wrong pair only spoils the picture.
    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self, Error> {
        const SEGMENT: Segment = Segment::TransformTable;
        let at = cursor.at();
        let length = cursor.u16(SEGMENT)?;
        let taps = [cursor.u8(SEGMENT)?, cursor.u8(SEGMENT)?];
        let refused = |fault| Error::Filters { at, fault };
        if taps
            .iter()
            .any(|taps| !(MIN_TAPS..=MAX_TAPS).contains(taps))
        {
            return Err(refused(FilterFault::Taps));
        }
        let [high, low] = taps.map(usize::from);
        if high % 2 != low % 2 || starts(low, high).is_none() {
            return Err(refused(FilterFault::Pairing));
        }
        let mut half = |taps: usize| -> Result<Vec<f32>, Error> {
            let half = (0..taps.div_ceil(2)).map(|_| number::read_signed_u32(cursor, SEGMENT));
            half.collect()
        };
        let (from_low, from_high) = (half(high)?, half(low)?);
        let mut every = from_low.iter().chain(&from_high);
        if every.any(|tap| tap.abs() >= TAP_LIMIT) {
            return Err(refused(FilterFault::Gain));
        }
        skip_to_marker(cursor, at + usize::from(length), SEGMENT)?;
        Ok(Self {
            low: synthesis(low, &from_high, Parity::Low),
            high: synthesis(high, &from_low, Parity::High),
        })
    }
}

/// Behind the content, or where the length says.
fn skip_to_marker(cursor: &mut Cursor<'_>, end: usize, segment: Segment) -> Result<(), Error> {
    let marker_follows = |rest: &[u8]| matches!(rest, [0xFF, second, ..] if *second >= 0xA0);
    if marker_follows(cursor.rest()) {
        return Ok(());
    }
    let more = end.saturating_sub(cursor.at());
    cursor.take(more, segment).map(|_| ())
}

#[derive(Clone, Copy, PartialEq)]
enum Parity {
    Low,
    High,
}

/// The whole filter from the right half of its counterpart. Of even lengths the high-pass is antisymmetric.
fn synthesis(taps: usize, half: &[f32], parity: Parity) -> Vec<f32> {
    let sign = |index: usize| if index.is_multiple_of(2) { 1.0 } else { -1.0 };
    let signed = half.iter().enumerate();
    if !taps.is_multiple_of(2) {
        let right: Vec<f32> = signed.map(|(index, tap)| sign(index) * tap).collect();
        let left = right.iter().skip(1).rev().copied();
        return left.chain(right.iter().copied()).collect();
    }
    let right: Vec<f32> = signed.map(|(index, tap)| sign(index + 1) * tap).collect();
    let mirror = if parity == Parity::High { -1.0 } else { 1.0 };
    let left = right.iter().rev().map(|tap| mirror * tap);
    left.chain(right.iter().copied()).collect()
}

/// Where reconstruction begins in the two bands, and whether the first sample takes the odd taps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Starts {
    pub(crate) low: isize,
    pub(crate) high: isize,
    pub(crate) odd_first: bool,
}

/// Of filters of these lengths, if both bands begin with the same phase.
pub(crate) fn starts(low: usize, high: usize) -> Option<Starts> {
    let (before, low_phase, high_phase) = if low.is_multiple_of(2) {
        ([low / 4, high / 4], low / 2, high / 2)
    } else {
        ([low / 4, (high + 1) / 4], low / 2, high / 2 + 1)
    };
    let [low_start, high_start] = before.map(|samples| -(samples as isize));
    (low_phase % 2 == high_phase % 2).then_some(Starts {
        low: low_start,
        high: high_start,
        odd_first: low_phase % 2 == 1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(taps: [u8; 2], values: &[[u8; 6]]) -> Vec<u8> {
        let length = 4 + 6 * values.len() as u16;
        let mut table = length.to_be_bytes().to_vec();
        table.extend(taps);
        table.extend(values.iter().flatten());
        table
    }

    #[test]
    fn written_as_the_reference_writes() {
        let mut out = Vec::new();
        FilterBank::analysis().write(&mut out);
        let hex: String = out.iter().map(|octet| format!("{octet:02x}")).collect();
        assert_eq!(
            hex,
            "ffa4003a0907000932d325cd000ae0f3199a010a41eff19a010b8e2764cd000be179a333\
             0009 2eff5600010af933d333010bf287219a000a2677da33"
                .replace(' ', "")
        );
    }

    #[test]
    fn synthesis_alternates_signs() {
        let mut out = Vec::new();
        FilterBank::analysis().write(&mut out);
        let bank = FilterBank::read(&mut Cursor::new(&out[2..])).unwrap();
        assert_eq!((bank.low.len(), bank.high.len()), (7, 9));
        let analysis = FilterBank::analysis();
        let near = |a: f32, b: f32| (a - b).abs() < 1e-6;
        for (index, (read, tap)) in bank.low.iter().zip(&analysis.high).enumerate() {
            assert!(near(*read, if index % 2 == 1 { *tap } else { -tap }));
        }
        for (index, (read, tap)) in bank.high.iter().zip(&analysis.low).enumerate() {
            assert!(near(*read, if index % 2 == 0 { *tap } else { -tap }));
        }
    }

    #[test]
    fn filters_that_cannot_reconstruct() {
        let tap = [0, 0, 0, 0, 0, 1];
        let large = [1, 0, 0, 0, 0, 16];
        let cases = [
            (table([1, 7], &[tap; 5]), FilterFault::Taps),
            (table([9, 33], &[tap; 22]), FilterFault::Taps),
            (table([9, 8], &[tap; 9]), FilterFault::Pairing),
            (table([9, 5], &[tap; 8]), FilterFault::Pairing),
            (table([9, 7], &[large; 9]), FilterFault::Gain),
        ];
        for (octets, fault) in cases {
            let read = FilterBank::read(&mut Cursor::new(&octets));
            assert_eq!(read, Err(Error::Filters { at: 0, fault }));
        }
        let short = table([9, 7], &[tap; 8]);
        let read = FilterBank::read(&mut Cursor::new(&short));
        assert!(
            matches!(read, Err(Error::Truncated { at: 52, .. })),
            "{read:?}"
        );
    }

    #[test]
    fn starts_as_the_reference_has_them() {
        let of = |low, high| starts(low, high).map(|s| (s.low, s.high, s.odd_first));
        assert_eq!(of(7, 9), Some((-1, -2, true)));
        assert_eq!(of(8, 8), Some((-2, -2, false)));
        assert_eq!(of(3, 5), Some((0, -1, true)));
        assert_eq!(of(5, 3), Some((-1, -1, false)));
        assert_eq!(of(5, 9), None);
    }
}
