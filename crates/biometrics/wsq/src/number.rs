//! Numbers as the tables have them: an integer and how often it is to be divided by ten.
//!
//! The reference divides and multiplies one step at a time in single precision. So do we: pixels depend on it.

use crate::cursor::Cursor;
use crate::{Error, Segment};

fn divided(mut value: f32, times: u8) -> f32 {
    for _ in 0..times {
        if value == 0.0 {
            break;
        }
        value /= 10.0;
    }
    value
}

/// An exponent and 16 bits.
pub(crate) fn read_u16(cursor: &mut Cursor<'_>, segment: Segment) -> Result<f32, Error> {
    let exponent = cursor.u8(segment)?;
    Ok(divided(f32::from(cursor.u16(segment)?), exponent))
}

/// A sign, an exponent and 32 bits.
pub(crate) fn read_signed_u32(cursor: &mut Cursor<'_>, segment: Segment) -> Result<f32, Error> {
    let negative = cursor.u8(segment)? != 0;
    let exponent = cursor.u8(segment)?;
    let value = divided(cursor.u32(segment)? as f32, exponent);
    Ok(if negative { -value } else { value })
}

/// The largest exponent with which `value` stays below `limit`, and what it becomes.
fn scaled(value: f32, limit: f32) -> (u8, f64) {
    if value.is_nan() || value <= 0.0 {
        return (0, 0.0);
    }
    if value >= limit {
        return (0, f64::from(limit));
    }
    let mut scaled = value;
    let mut exponent = 0;
    while scaled < limit {
        exponent += 1;
        scaled *= 10.0;
    }
    (exponent - 1, f64::from(scaled) / 10.0 + 0.5)
}

/// Appends an exponent and 16 bits: the number from 0 to 65535 that is nearest.
pub(crate) fn write_u16(out: &mut Vec<u8>, value: f32) {
    let (exponent, value) = scaled(value, 65535.0);
    out.push(exponent);
    out.extend((value as u16).to_be_bytes());
}

/// Appends a sign, an exponent and 32 bits.
pub(crate) fn write_signed_u32(out: &mut Vec<u8>, value: f32) {
    // As a single, 2³² − 1 is 2³²: no multiple of ten of a tap lies between.
    let (exponent, magnitude) = scaled(value.abs(), u32::MAX as f32);
    out.push(u8::from(value < 0.0));
    out.push(exponent);
    out.extend((magnitude as u32).to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_bits() {
        let cases: [(f32, [u8; 3]); 9] = [
            (0.0, [0, 0, 0]),
            (0.44, [5, 0xAB, 0xE0]),
            (1.0, [4, 0x27, 0x10]),
            (30625.0, [0, 0x77, 0xA1]),
            (65534.0, [0, 0xFF, 0xFE]),
            (65535.0, [0, 0xFF, 0xFF]),
            (f32::INFINITY, [0, 0xFF, 0xFF]),
            (-1.0, [0, 0, 0]),
            (f32::NAN, [0, 0, 0]),
        ];
        for (value, want) in cases {
            let mut out = Vec::new();
            write_u16(&mut out, value);
            assert_eq!(out, want, "{value}");
            if (0.0..=65535.0).contains(&value) {
                let read = read_u16(&mut Cursor::new(&out), Segment::QuantizationTable).unwrap();
                assert!((read - value).abs() <= value * 1e-4, "{value}: {read}");
            }
        }
    }

    #[test]
    fn exponents_cannot_overflow() {
        let read = read_u16(&mut Cursor::new(&[255, 255, 255]), Segment::FrameHeader);
        assert_eq!(read, Ok(0.0));
        let mut out = Vec::new();
        write_u16(&mut out, f32::from_bits(1));
        assert_eq!(out, [49, 0x36, 0xBD]);
        write_signed_u32(&mut out, f32::NEG_INFINITY);
        assert_eq!(out[3..], [1, 0, 255, 255, 255, 255]);
    }
}
