//! `emulate`: a software chip in a virtual reader.

mod quirks;

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result};
use applet_spec::{Chip, DataSheet, QuirkyChip};
use iso7816::Chip as _;
use perso::Role;
use serde_json::json;
use transport::vpcd::{self, Connection, DEFAULT_PORT, End};

use super::{Context, note, print_json};
use crate::args::Emulate;
use crate::exit::{Exit, Problem};
use crate::{chip_file, keys};

/// How long to wait for the driver of the virtual reader.
const PATIENCE: Duration = Duration::from_secs(10);

/// Runs the verb until it is interrupted or the reader goes away.
pub fn run(args: &Emulate, context: &mut Context) -> Result<Exit> {
    let (false, Some(card)) = (args.quirks, args.card.as_deref()) else {
        return quirks::list(context);
    };
    let mut chip = QuirkyChip::new(open(args, card, context)?);
    let slot = insert(args.vpcd, &chip.atr())?;
    let stop = slot.stop_handle()?;
    let interrupted = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&interrupted);
    ctrlc::set_handler(move || {
        seen.store(true, Ordering::Release);
        stop.stop();
    })
    .context("signal handler")?;
    if context.json() {
        print_json(&json!({ "card": card, "vpcd": args.vpcd.to_string(), "state": "inserted" }))?;
    } else {
        note(&format!(
            "{} is in the reader at {}; Ctrl-C takes it out",
            card.display(),
            args.vpcd
        ));
    }
    let served = slot.serve(&mut chip)?;
    note(&format!("{} commands", served.commands));
    Ok(match served.end {
        End::Stopped if interrupted.load(Ordering::Acquire) => Exit::Done,
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
            Problem::of(
                Exit::Reader,
                format!("{error:#}"),
                "is pcscd running with the vpcd driver on this port? `cargo xtask setup` installs both",
            )
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

fn open(args: &Emulate, card: &Path, context: &mut Context) -> Result<Chip> {
    let data_sheet = if args.short {
        DataSheet::short_length_only()
    } else {
        DataSheet::default()
    };
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
