//! From the reader arguments to a line to a card.

use std::str::FromStr as _;

use anyhow::Result;
use applet_spec::Chip;
use iso7816::{Channel, ChannelError};
use transport::pcsc::Options;
use transport::{Clock, Counted, MemoryChannel, PcscChannel, ReaderSelector, Recorder, Statistics};

use crate::args::ReaderArgs;
use crate::commands::note;

/// A card that can be taken out and put in again.
pub trait Card: Channel {
    /// Power off and on.
    fn reset(&mut self) -> Result<(), ChannelError>;
}

impl Card for PcscChannel {
    fn reset(&mut self) -> Result<(), ChannelError> {
        Self::reset(self)
    }
}

impl Card for MemoryChannel<Chip> {
    fn reset(&mut self) -> Result<(), ChannelError> {
        Self::reset(self);
        Ok(())
    }
}

/// Which reader the arguments mean.
pub fn selector(args: &ReaderArgs) -> ReaderSelector {
    match &args.reader {
        None => ReaderSelector::WithCard,
        Some(name) => match ReaderSelector::from_str(name) {
            Ok(selector) => selector,
            Err(never) => match never {},
        },
    }
}

/// Opens the card in the reader that the arguments mean.
pub fn open(args: &ReaderArgs) -> Result<PcscChannel> {
    Ok(PcscChannel::open(
        &selector(args),
        Options {
            short_only: args.short,
            ..Options::default()
        },
    )?)
}

/// Runs `work` on a line that is counted, and traced if that was asked for.
pub fn with_line<T>(
    channel: &mut dyn Channel,
    verbose: bool,
    work: impl FnOnce(&mut dyn Channel) -> T,
) -> (T, Statistics) {
    let mut counted = Counted::new(channel, Clock::monotonic());
    let result = if verbose {
        let mut show = |exchange: &transport::Exchange<'_>| note(&exchange.to_string());
        work(&mut Recorder::new(&mut counted, &mut show))
    } else {
        work(&mut counted)
    };
    (result, counted.statistics())
}
