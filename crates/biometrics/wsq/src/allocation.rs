//! How wide the bins of each subband are at a given bit rate (IAFIS-IC-0110, encoder 2).
//!
//! Busy subbands get narrow bins. One factor for all of them is then solved so that the rate is met; a subband that would get no bits
//! at all is left out and the factor solved anew.

use crate::bin_widths::BinWidths;
use crate::tree::{Region, SENT, SUBBANDS};

/// Below it a subband is not sent.
const LEAST_VARIANCE: f64 = 1.01;
/// If the centres of the four lowest subbands vary less, the whole subbands are measured.
const QUIET: f32 = 20_000.0;
/// Subbands of the lowest band: their bins are all alike.
const LOWEST: usize = 4;
/// From here on a subband is an eighth of each side of the picture or more.
const LARGEST: usize = 51;
/// How much narrower the bins of the last subbands are.
const WEIGHTS: [f32; 8] = [1.32, 1.08, 1.42, 1.08, 1.32, 1.42, 1.08, 1.08];
const ZERO_BIN: f64 = 1.2;
/// Bins divided by it are so narrow that no coefficient fits 16 bits.
const LARGEST_FACTOR: f32 = (1_u64 << 60) as f32;

/// The middle of a subband: three quarters of its columns, seven sixteenths of its rows.
fn centre(region: Region) -> Region {
    Region {
        x: region.x + region.width / 8,
        y: region.y + 9 * region.height / 32,
        width: 3 * region.width / 4,
        height: 7 * region.height / 16,
    }
}

/// In singles and in the order of the reference: bin widths depend on it.
fn variance(samples: &[f32], width: usize, region: Region) -> f32 {
    let (mut sum, mut squares) = (0.0_f32, 0.0_f32);
    for row in samples.chunks(width).skip(region.y).take(region.height) {
        let row = row.get(region.x..region.x + region.width);
        for &value in row.unwrap_or_default() {
            sum += value;
            squares += value * value;
        }
    }
    let count = region.area();
    if count < 2 {
        // One sample does not vary. Its energy stands in, so that tiny pictures keep their mean.
        return squares;
    }
    let of_mean = (sum * sum) / count as f32;
    (f64::from(squares - of_mean) / (count as f64 - 1.0)) as f32
}

/// The variance of each subband.
pub(crate) fn variances(
    samples: &[f32],
    width: usize,
    subbands: &[Region; SUBBANDS],
) -> [f32; SENT] {
    let mut found = [0.0; SENT];
    let lowest = found.iter_mut().zip(subbands).take(LOWEST);
    for (variance, region) in lowest {
        *variance = self::variance(samples, width, centre(*region));
    }
    let lowest = || subbands.iter().take(LOWEST);
    let sum = found
        .iter()
        .take(LOWEST)
        .fold(0.0_f32, |sum, variance| sum + variance);
    let is_quiet = sum < QUIET || lowest().any(|region| centre(*region).area() < 2);
    let measured = if is_quiet { 0 } else { LOWEST };
    for (variance, &region) in found.iter_mut().zip(subbands).skip(measured) {
        let region = if is_quiet { region } else { centre(region) };
        *variance = self::variance(samples, width, region);
    }
    found
}

/// A subband while the factor is solved.
#[derive(Clone, Copy)]
struct Share {
    /// Its part of the picture's samples.
    part: f32,
    deviation: f32,
    /// Its bin width for a factor of one.
    width: f32,
}

fn shares(variances: &[f32; SENT]) -> [Option<Share>; SENT] {
    let mut shares = [None; SENT];
    for (subband, (share, &variance)) in shares.iter_mut().zip(variances).enumerate() {
        if variance.is_nan() || f64::from(variance) < LEAST_VARIANCE {
            continue;
        }
        let part = if subband < LOWEST {
            1.0 / 1024.0
        } else if subband < LARGEST {
            1.0 / 256.0
        } else {
            1.0 / 16.0
        };
        let weight = subband.checked_sub(SENT - WEIGHTS.len());
        let weight = weight.and_then(|place| WEIGHTS.get(place)).unwrap_or(&1.0);
        let width = if subband < LOWEST {
            1.0
        } else {
            (10.0 / f64::from(weight * f64::from(variance).ln() as f32)) as f32
        };
        *share = Some(Share {
            part,
            deviation: variance.sqrt(),
            width,
        });
    }
    shares
}

/// The factor for these subbands; it divides the bin widths.
fn factor(shares: &[Share], bit_rate: f32) -> f32 {
    let part = shares.iter().fold(0.0_f32, |sum, share| sum + share.part);
    let product = shares.iter().fold(1.0_f32, |product, share| {
        let ratio = f64::from(share.deviation / share.width);
        (f64::from(product) * ratio.powf(f64::from(share.part))) as f32
    });
    let bits = f64::from(bit_rate / part) - 1.0;
    let root = 1.0 / f64::from(part);
    let factor = (2_f64.powf(bits) / 2.5 / f64::from(product).powf(root)) as f32;
    factor.min(LARGEST_FACTOR)
}

/// The widths for a bit rate.
pub(crate) fn bin_widths(variances: &[f32; SENT], bit_rate: f32) -> [BinWidths; SENT] {
    let all = shares(variances);
    let mut left: Vec<Share> = all.iter().copied().flatten().collect();
    let factor = loop {
        let factor = factor(&left, bit_rate);
        let before = left.len();
        left.retain(|share| f64::from(share.width / factor) < 5.0 * f64::from(share.deviation));
        if left.len() == before {
            break factor;
        }
    };
    all.map(|share| match share {
        Some(share) if !left.is_empty() => {
            let bin = share.width / factor;
            let zero_bin = (ZERO_BIN * f64::from(bin)) as f32;
            BinWidths { bin, zero_bin }.if_writable()
        }
        _ => BinWidths::default(),
    })
}
