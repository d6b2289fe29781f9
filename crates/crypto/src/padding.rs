//! Padding of ISO 9797-1 method 2 (ISO 7816-4 §10.2.3.1).

use crate::{Error, Result};

/// Appends `80`, then `00` up to a multiple of the block.
#[must_use]
pub fn pad2(data: &[u8], block: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len() + block);
    out.extend_from_slice(data);
    out.push(0x80);
    out.resize(out.len().next_multiple_of(block), 0);
    out
}

/// Removes the padding.
///
/// # Errors
/// [`Error::Malformed`] when there is no `80` followed by `00` only.
pub fn unpad2(data: &[u8]) -> Result<&[u8]> {
    let end = data
        .iter()
        .rposition(|byte| *byte != 0)
        .ok_or(Error::Malformed("padding"))?;
    match data.split_at_checked(end) {
        Some((data, [0x80, ..])) => Ok(data),
        _ => Err(Error::Malformed("padding")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_padding() {
        for data in [&[][..], &[0, 0], &[0x81, 0], &[1, 2, 3]] {
            assert_eq!(
                unpad2(data),
                Err(Error::Malformed("padding")),
                "{data:02X?}"
            );
        }
    }

    proptest! {
        #[test]
        fn there_and_back(data in proptest::collection::vec(any::<u8>(), 0..100), block in prop_oneof![Just(8usize), Just(16)]) {
            let padded = pad2(&data, block);
            prop_assert!(padded.len().is_multiple_of(block) && padded.len() > data.len() && padded.len() <= data.len() + block);
            prop_assert_eq!(unpad2(&padded).unwrap(), &data[..]);
        }
    }
}
