//! Key derivation in counter mode with AES-CMAC (SP 800-108 §4.1).

use crypto::{SecretBytes, aes_cmac};

use crate::Result;

/// Derives `len` octets. `input` gives the message of the pseudo-random function for a counter that starts at 1:
/// where the counter stands in it is up to the protocol.
pub(crate) fn counter_mode(
    key: &SecretBytes,
    len: usize,
    input: impl Fn(u8) -> Vec<u8>,
) -> Result<SecretBytes> {
    let mut derived = Vec::with_capacity(len.next_multiple_of(16));
    for counter in 1..=u8::MAX {
        if derived.len() >= len {
            break;
        }
        derived.extend_from_slice(&aes_cmac(key.expose(), &input(counter))?);
    }
    derived.truncate(len);
    Ok(SecretBytes::new(derived))
}
