//! The answer to INITIALIZE UPDATE (GPC Amd D §7.1.1.6).

use super::{CardOptions, Mode, SCP03};
use crate::{Error, Result};

/// Octets in front of the challenge.
const HEADER_LEN: usize = 10 + 1 + 1 + 1;

/// ```text
/// diversification data (10) ‖ key version ‖ 03 ‖ "i" ‖ card challenge ‖ card cryptogram [‖ sequence counter (3)]
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InitializeUpdateResponse {
    pub(super) diversification_data: [u8; 10],
    pub(super) key_version: u8,
    pub(super) options: CardOptions,
    pub(super) mode: Mode,
    pub(super) card_challenge: Vec<u8>,
    pub(super) card_cryptogram: Vec<u8>,
    pub(super) sequence_counter: Option<[u8; 3]>,
}

impl InitializeUpdateResponse {
    /// The mode and the presence of the counter follow from the length, without doubt.
    pub(super) fn parse(data: &[u8]) -> Result<Self> {
        let mode = match data.len() {
            29 | 32 => Mode::S8,
            45 | 48 => Mode::S16,
            len => {
                return Err(Error::Malformed {
                    what: "length of the answer to INITIALIZE UPDATE",
                    at: len,
                });
            }
        };
        let short = Error::Malformed {
            what: "answer to INITIALIZE UPDATE",
            at: data.len(),
        };
        let (header, rest) = data.split_first_chunk::<HEADER_LEN>().ok_or(short)?;
        let [diversification_data @ .., key_version, protocol, options] = *header;
        if protocol != SCP03 {
            return Err(Error::Unsupported("another secure channel than SCP03"));
        }
        let field = mode.field_len();
        let (card_challenge, rest) = rest.split_at_checked(field).ok_or(short)?;
        let (card_cryptogram, counter) = rest.split_at_checked(field).ok_or(short)?;
        Ok(Self {
            diversification_data,
            key_version,
            options: CardOptions(options),
            mode,
            card_challenge: card_challenge.to_vec(),
            card_cryptogram: card_cryptogram.to_vec(),
            sequence_counter: counter.try_into().ok(),
        })
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        [
            &self.diversification_data[..],
            &[self.key_version, SCP03, self.options.0],
            &self.card_challenge,
            &self.card_cryptogram,
            self.sequence_counter.as_ref().map_or(&[], |c| c.as_slice()),
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn reading_never_panics_and_is_undone_by_writing(
            len in prop_oneof![Just(29usize), Just(32), Just(45), Just(48), 0usize..60],
            seed: u8,
        ) {
            let mut data: Vec<u8> = (seed..=255).chain(0..).take(len).collect();
            if let Some(protocol) = data.get_mut(11) {
                *protocol = SCP03;
            }
            let read = InitializeUpdateResponse::parse(&data);
            prop_assert_eq!(read.is_ok(), [29, 32, 45, 48].contains(&len));
            if let Ok(read) = read {
                prop_assert_eq!(read.to_bytes(), data);
            }
        }
    }

    #[test]
    fn another_protocol() {
        assert!(matches!(
            InitializeUpdateResponse::parse(&[2; 29]),
            Err(Error::Unsupported(_))
        ));
    }
}
