//! `emulate`: software chips in virtual readers.

mod pace;
mod quirks;
mod rack;
mod reader_conf;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use applet_spec::{Chip, DataSheet, QuirkyChip};
use iso7816::Chip as _;
use perso::Role;
use serde_json::json;
use transport::vpcd::{self, Connection, DEFAULT_PORT, End};

use self::pace::{PacedChip, Pull};
use super::{Context, note, print, print_json};
use crate::args::Emulate;
use crate::exit::{Exit, Problem};
use crate::{chip_file, files, keys};

/// How long to wait for the driver of the virtual reader.
const PATIENCE: Duration = Duration::from_secs(10);
/// What helps where there is no virtual reader.
const ABOUT_READERS: &str = "is pcscd running with the vpcd driver on this port? `cargo xtask setup` installs both, and `card-tool emulate --reader-conf` \
    says how to have more slots";

/// Runs the verb until it is interrupted or the reader goes away.
pub fn run(args: &Emulate, context: &mut Context) -> Result<Exit> {
    if args.quirks {
        return quirks::list(context);
    }
    if let Some(slots) = args.reader_conf {
        return reader_conf::show(slots, args, context);
    }
    if let Some(count) = args.manufacture {
        manufacture(count, args, context)?;
    }
    match (args.rack, &args.card) {
        (Some(slots), _) => rack::run(slots, args, context),
        (None, Some(card)) => one(args, card, context),
        (None, None) => Ok(Exit::Done),
    }
}

/// One chip in one slot.
fn one(args: &Emulate, card: &Path, context: &mut Context) -> Result<Exit> {
    let &[address] = &*args.vpcd else {
        return Err(Problem::usage(
            "one chip has one place",
            "give one address to --vpcd, or --rack for several",
        ));
    };
    let pull = Arc::new(Pull::default());
    let chip = QuirkyChip::new(open(args, card, context)?);
    let mut chip = PacedChip::new(chip, args, &pull);
    let slot = insert(address, &chip.atr())?;
    let stop = slot.stop_handle()?;
    let interrupted = Arc::clone(&pull);
    ctrlc::set_handler(move || {
        interrupted.pull();
        stop.stop();
    })
    .context("signal handler")?;
    if context.json() {
        print_json(&json!({ "card": card, "vpcd": address.to_string(), "state": "inserted" }))?;
    } else {
        note(&format!(
            "{} is in the reader at {address}; Ctrl-C takes it out",
            card.display(),
        ));
    }
    let served = slot.serve(&mut chip)?;
    note(&format!("{} commands", served.commands));
    Ok(match served.end {
        End::Stopped if pull.is_pulled() => Exit::Done,
        End::Stopped | End::ReaderClosed => Exit::Reader,
    })
}

/// Puts the card in; who has to wait is told for what.
fn insert(slot: SocketAddr, atr: &[u8]) -> Result<Connection> {
    if let Ok(connection) = vpcd::connect(slot, atr, Duration::ZERO) {
        return Ok(connection);
    }
    note(&format!(
        "waiting for the slot at {slot}, {} seconds at most",
        PATIENCE.as_secs()
    ));
    vpcd::connect(slot, atr, PATIENCE).map_err(|error| match error {
        transport::Error::SlotTaken => Problem::of(
            Exit::Reader,
            format!("another card is in the slot at {slot}"),
            format!(
                "take it out, or use the next slot: --vpcd {}; a reader of the driver has two",
                SocketAddr::new(slot.ip(), other_port(slot.port()))
            ),
        ),
        error => {
            let error = anyhow::Error::new(error);
            Problem::of(Exit::Reader, format!("{error:#}"), ABOUT_READERS)
        }
    })
}

/// The port of the slot beside: slots are on ports in a row.
const fn other_port(port: u16) -> u16 {
    if port == DEFAULT_PORT + 1 {
        DEFAULT_PORT
    } else {
        port.saturating_add(1)
    }
}

fn data_sheet(args: &Emulate) -> DataSheet {
    if args.short {
        DataSheet::short_length_only()
    } else {
        DataSheet::default()
    }
}

fn open(args: &Emulate, card: &Path, context: &mut Context) -> Result<Chip> {
    let data_sheet = data_sheet(args);
    if !args.quirk.is_empty() {
        return quirks::load(args, card, data_sheet, context);
    }
    match &args.keys {
        Some(folder) if args.new && !card.exists() => {
            let transport = keys::load(folder, Role::Transport)?;
            chip_file::manufacture(card, &transport, data_sheet, &mut *context.rng)
        }
        _ => chip_file::load(card, data_sheet, &mut *context.rng),
    }
}

/// Fills the folder with new chips.
fn manufacture(count: u64, args: &Emulate, context: &mut Context) -> Result<()> {
    let (Some(cards), Some(keys)) = (&args.cards, &args.keys) else {
        return Ok(());
    };
    let transport = keys::load(keys, Role::Transport)?;
    files::make_folder(cards)?;
    let mut made = Vec::new();
    for _ in 0..count {
        let sheet = data_sheet(args);
        made.push(chip_file::manufacture_into(
            cards,
            &transport,
            sheet,
            &mut *context.rng,
        )?);
    }
    note(&format!("{count} new chips in {}", cards.display()));
    match (args.rack, context.json()) {
        (Some(_), _) => Ok(()),
        (None, true) => print_json(&json!({ "chips": made })),
        (None, false) => made
            .iter()
            .try_for_each(|path| print(&path.display().to_string())),
    }
}
