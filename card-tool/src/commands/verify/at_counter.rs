//! `verify --loop`: one card after another, until nothing more can be typed.

use std::sync::mpsc;

use anyhow::Result;
use iso7816::Channel;
use time::OffsetDateTime;

use super::{Context, access_choice};
use crate::args::{ReaderArgs, Verify};
use crate::counter::{
    AsJson, AsText, Counter, End, Interruption, NUMBER_WAITS, Screen, Settings, Slot, type_at,
    watch,
};
use crate::exit::Exit;
use crate::issuer::Issuer;
use crate::reader;
use crate::trust_folder::Loaded;

/// Runs the verb.
pub fn run(
    args: &Verify,
    trusted: &Loaded,
    issuer: &Issuer,
    context: &mut Context,
) -> Result<Exit> {
    let (signals, heard) = mpsc::channel();
    watch(reader::selector(&args.reader), signals.clone());
    let interruption = Interruption::hear(signals.clone())?;
    type_at(std::io::stdin(), signals);
    let mut slot = Readers(&args.reader);
    let settings = Settings {
        trust: &trusted.trust,
        issuer,
        access: access_choice(args.passwords.access),
        short: args.reader.short,
        verbose: context.verbose,
        keep: args.counter.keep.clone(),
        now: OffsetDateTime::now_utc,
        number_waits: NUMBER_WAITS,
        interruption,
    };
    let mut screen: Box<dyn Screen> = if context.json() {
        Box::new(AsJson)
    } else {
        Box::new(AsText::new(args.counter.language, args.counter.quiet))
    };
    let mut counter = Counter::new(settings, &mut slot, &mut *context.rng);
    Ok(exit_of(counter.run(&heard, &mut *screen)))
}

/// What each card ends with stands in its verdict; the loop itself ends well, or because somebody wanted it.
pub const fn exit_of(end: End) -> Exit {
    match end {
        End::Typed => Exit::Done,
        End::Interrupted => Exit::Interrupted,
    }
}

/// The readers of this machine.
pub struct Readers<'a>(pub &'a ReaderArgs);

impl Slot for Readers<'_> {
    fn open(&mut self, reader: &str) -> Result<Box<dyn Channel>> {
        let args = ReaderArgs {
            reader: Some(reader.to_owned()),
            short: self.0.short,
        };
        Ok(Box::new(reader::open(&args)?))
    }
}
