//! JPEG 2000, in a file or bare: the boxes and the headers that are read before a pixel is decoded.

use biometrics::image::{
    DecodeLimits, ImageFormat, decode_reduced, dimensions, is_reversible_jpeg2000, sniff,
};

use super::iso19794::assert_inside;

/// So that an input takes milliseconds.
const LIMITS: DecodeLimits = DecodeLimits {
    max_bytes: 1 << 16,
    max_side: 1 << 8,
    max_pixels: 1 << 14,
};

/// What must hold of every byte string read as JPEG 2000.
pub fn jp2(bytes: &[u8]) {
    if !sniff(bytes).is_some_and(ImageFormat::is_jpeg2000) {
        return;
    }
    let _ = is_reversible_jpeg2000(bytes);
    let size = match dimensions(bytes) {
        Ok(size) => size,
        Err(error) => return assert_inside(&error, bytes.len()),
    };
    for most_pixels in [LIMITS.max_pixels, 256] {
        match decode_reduced(bytes, &LIMITS, most_pixels) {
            Ok(image) => {
                let (width, height) = (image.width(), image.height());
                assert!(u64::from(width) * u64::from(height) <= most_pixels);
                assert!(width <= size.0 && height <= size.1);
                assert!(width <= LIMITS.max_side && height <= LIMITS.max_side);
            }
            Err(error) => assert_inside(&error, bytes.len()),
        }
    }
}
