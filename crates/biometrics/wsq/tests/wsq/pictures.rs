//! Pictures drawn with integers only, the same on every machine and in every language.

/// Ridges around a centre, with noise: `test-vectors/wsq` holds what the reference makes of them.
///
/// `(width, height, seed)` say everything: centre, distance of the ridges and strength of the noise come from the seed.
pub(crate) fn ridges(width: u16, height: u16, seed: u32) -> Vec<u8> {
    let (across, down) = (40 + seed as i64 * 13 % 60, 30 + seed as i64 * 29 % 80);
    let distance = 5 + i64::from(seed % 5);
    let mut random = seed;
    let mut pixels = Vec::new();
    for y in 0..i64::from(height) {
        for x in 0..i64::from(width) {
            let square = (x - across) * (x - across) + 2 * (y - down) * (y - down);
            let phase = (square as u64 * 256).isqrt() as i64 * 16 / distance % 256;
            let wave = (phase - 128).abs();
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = i64::from(random >> 27) - 16;
            pixels.push((60 + wave * 5 / 4 + noise).clamp(0, 255) as u8);
        }
    }
    pixels
}

/// How near two pictures are, in decibels.
pub(crate) fn psnr(one: &[u8], other: &[u8]) -> f64 {
    assert_eq!(one.len(), other.len());
    let square = |(a, b): (&u8, &u8)| f64::from(a.abs_diff(*b)).powi(2);
    let sum: f64 = one.iter().zip(other).map(square).sum();
    10.0 * (255.0 * 255.0 * one.len() as f64 / sum).log10()
}
