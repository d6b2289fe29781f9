//! `station outbox`: packets from the disk of the station to the service, and off the disk.

use anyhow::Result;
use issuance_service::Error;
use issuance_service::station::{Acknowledged, DEVICE, FolderIntake, HttpIntake, Intake, Station};
use serde_json::json;

use crate::args::OutboxVerb;
use crate::commands::Context;
use crate::exit::{self, Exit};
use crate::report;

/// Runs the verb.
pub async fn run(verb: OutboxVerb, station: &Station, context: &Context) -> Result<Exit> {
    match verb {
        OutboxVerb::List => list(station, context),
        OutboxVerb::Send { to, device } if HttpIntake::is_address(&to) => {
            let device = device.unwrap_or_else(|| station.folder().join(DEVICE));
            send(HttpIntake::new(&to, &device)?, station, context).await
        }
        OutboxVerb::Send { to, .. } => send(FolderIntake::new(to.into()), station, context).await,
        OutboxVerb::Receipts { from } => receipts(&FolderIntake::new(from), station, context),
        OutboxVerb::Erase { packet } => {
            let erased = match packet {
                Some(packet) => vec![station.outbox().erase(packet, context.now)?],
                None => station
                    .outbox()
                    .erase_due(station.settings(), context.now)?,
            };
            let reason = |days: Option<u16>| days.map_or("receipt", |_| "age");
            let rows = erased.iter();
            let rows = rows.map(|one| json!({ "packet": one.id, "reason": reason(one.by_age) }));
            let rows: Vec<_> = rows.collect();
            report::print(
                context.format,
                || json!({ "erased": rows }),
                || format!("{} packets erased", erased.len()),
            )?;
            Ok(Exit::Done)
        }
        OutboxVerb::Verify => verify(station, context),
    }
}

fn list(station: &Station, context: &Context) -> Result<Exit> {
    let entries = station.outbox().list()?;
    let rows = entries.iter().map(|entry| {
        json!({
            "packet": entry.id,
            "sha256": entry.digest,
            "state": entry.state.word(),
            "length": entry.length,
            "since": entry.since.map(report::instant),
            "refused": entry.refusal.is_some(),
        })
    });
    let rows: Vec<_> = rows.collect();
    report::print(
        context.format,
        || json!({ "packets": rows }),
        || {
            let head = ["packet", "state", "bytes", "since", ""];
            let mut table = report::table(&head);
            for entry in &entries {
                let refused = if entry.refusal.is_some() {
                    "refused"
                } else {
                    ""
                };
                table.add_row([
                    entry.id.to_string(),
                    entry.state.word().to_owned(),
                    entry.length.to_string(),
                    entry.since.map(report::instant).unwrap_or_default(),
                    refused.to_owned(),
                ]);
            }
            table.trim_fmt()
        },
    )?;
    Ok(Exit::Done)
}

async fn send(to: impl Intake, station: &Station, context: &Context) -> Result<Exit> {
    let outbox = station.outbox();
    let sent = outbox.send(&to, station.service(), context.now).await?;
    let mut worst = Exit::Done;
    let is_written = sent.unwritten.is_none();
    for (packet, error) in sent.failed {
        worst = exit::mention(&anyhow::Error::from(error).context(format!("packet {packet}")));
    }
    if let Some(error) = sent.unwritten {
        worst = exit::mention(&error.into());
    }
    report::print(
        context.format,
        || {
            json!({
                "handed_over": sent.handed,
                "acknowledged": sent.acknowledged,
                "written_down": is_written,
            })
        },
        || {
            let (handed, acknowledged) = (sent.handed.len(), sent.acknowledged.len());
            let then = if is_written {
                "keep them until the receipts are in"
            } else {
                "nothing of it is written down in the book; keep the folder"
            };
            format!("{handed} packets handed over, {acknowledged} of them acknowledged; {then}")
        },
    )?;
    Ok(worst)
}

fn receipts(from: &FolderIntake, station: &Station, context: &Context) -> Result<Exit> {
    let key = station.service().receipt_key()?;
    let (mut now, mut before) = (Vec::new(), Vec::new());
    let mut worst = Exit::Done;
    for (path, receipt) in from.receipts()? {
        let taken =
            receipt.and_then(|receipt| station.outbox().acknowledge(&receipt, &key, context.now));
        match taken {
            Ok(Acknowledged::Now(packet)) => now.push(packet),
            Ok(Acknowledged::Before(packet)) => before.push(packet),
            // A stick serves many stations.
            Err(Error::Station(issuance_service::station::StationError::UnknownPacket {
                ..
            })) => {}
            Err(error) => {
                let error = anyhow::Error::from(error).context(path.display().to_string());
                worst = exit::mention(&error);
            }
        }
    }
    report::print(
        context.format,
        || json!({ "acknowledged": now, "before": before }),
        || {
            format!(
                "{} packets acknowledged, {} were before",
                now.len(),
                before.len()
            )
        },
    )?;
    Ok(worst)
}

fn verify(station: &Station, context: &Context) -> Result<Exit> {
    let account = station.outbox().verify(&station.service().receipt_key()?)?;
    report::print(
        context.format,
        || {
            json!({
                "sealed": account.sealed,
                "kept": account.kept,
                "erased_by_receipt": account.erased_by_receipt,
                "erased_by_age": account.erased_by_age,
                "lost": account.lost,
                "damaged": account.damaged,
                "unproven": account.unproven,
            })
        },
        || {
            format!(
                "sealed             {}\nkept               {}\nerased by receipt  {}\nerased by age      {}\n\
                 lost               {}\ndamaged            {}\nunproven           {}",
                account.sealed,
                account.kept,
                account.erased_by_receipt,
                account.erased_by_age,
                account.lost.len(),
                account.damaged.len(),
                account.unproven.len()
            )
        },
    )?;
    Ok(if account.is_good() {
        Exit::Done
    } else {
        Exit::No
    })
}
