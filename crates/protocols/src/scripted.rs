//! Randomness and a card that follow a script, so that worked examples can be played octet for octet.

use core::convert::Infallible;
use std::collections::VecDeque;

use iso7816::{Channel, ChannelError, CommandApdu, ResponseApdu};
use rand_core::{TryCryptoRng, TryRng};
use test_support::unhex;

/// Yields the given numbers, one for each draw, of exactly their lengths.
pub(crate) struct ScriptedRng(VecDeque<Vec<u8>>);

impl ScriptedRng {
    pub(crate) fn new(draws: &[&[u8]]) -> Self {
        Self(draws.iter().map(|draw| draw.to_vec()).collect())
    }
}

impl TryRng for ScriptedRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        panic!("a protocol draws octets, not numbers")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        panic!("a protocol draws octets, not numbers")
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
        octets.copy_from_slice(&self.0.pop_front().expect("a draw that the script foresees"));
        Ok(())
    }
}

impl TryCryptoRng for ScriptedRng {}

/// Expects the given commands and gives the given answers, both in hexadecimal.
pub(crate) struct ScriptedChannel(VecDeque<(Vec<u8>, Vec<u8>)>);

impl ScriptedChannel {
    pub(crate) fn new<C: AsRef<str>, A: AsRef<str>>(
        exchanges: impl IntoIterator<Item = (C, A)>,
    ) -> Self {
        let exchanges = exchanges.into_iter();
        Self(
            exchanges
                .map(|(command, answer)| (unhex(command.as_ref()), unhex(answer.as_ref())))
                .collect(),
        )
    }

    pub(crate) fn is_done(&self) -> bool {
        self.0.is_empty()
    }
}

impl Channel for ScriptedChannel {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let (expected, answer) = self
            .0
            .pop_front()
            .expect("a command that the script foresees");
        assert_eq!(
            hex::encode_upper(&*command.to_bytes()?),
            hex::encode_upper(expected)
        );
        Ok(ResponseApdu::parse(&answer)?)
    }
}
