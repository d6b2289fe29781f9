//! What a run says: text for people, one JSON document for programs.

use std::io::Write as _;

use anyhow::Result;
use comfy_table::{Table, presets};
use perso::applet::Receipt;
use register::document::{Document, End, Ended, Event, Proposed};
use register::{Approval, DocumentSummary, History, Officer};
use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::args::OutputFormat;

/// Prints one of the two forms; the other one is not made.
pub fn print(
    format: OutputFormat,
    json: impl FnOnce() -> Value,
    text: impl FnOnce() -> String,
) -> Result<()> {
    let text = match format {
        OutputFormat::Json => serde_json::to_string_pretty(&json())?,
        OutputFormat::Text => text(),
    };
    writeln!(std::io::stdout().lock(), "{}", text.trim_end())?;
    Ok(())
}

/// Prints a document.
pub fn print_document(format: OutputFormat, document: &Document) -> Result<()> {
    print(
        format,
        || json!({ "document": document_json(document) }),
        || document_line(document),
    )
}

/// A document in one line.
pub fn document_line(document: &Document) -> String {
    let entry = &document.entry().document;
    format!(
        "job {}: {} {} on chip {} is {}",
        entry.job,
        entry.issuing_state,
        entry.document_number,
        hex::encode_upper(&entry.chip_serial),
        document.stage().kind().word()
    )
}

/// A document for programs.
pub fn document_json(document: &Document) -> Value {
    let entry = document.entry();
    let keys = entry.document.chip_keys.iter().map(hex::encode);
    json!({
        "job": entry.document.job,
        "stage": document.stage().kind().word(),
        "issuing_state": entry.document.issuing_state,
        "document_code": entry.document.document_code,
        "document_number": entry.document.document_number,
        "profile": entry.profile,
        "chip_serial": hex::encode(&entry.document.chip_serial),
        "chip_keys_sha256": keys.collect::<Vec<_>>(),
        "record_sha256": entry.record.to_string(),
        "security_object_sha256": document.signature().map(|s| s.security_object.to_string()),
        "manifest_sha256": document.signature().map(|s| s.manifest.to_string()),
    })
}

/// The events of a document for programs.
pub fn history_json(history: &History) -> Value {
    history
        .0
        .iter()
        .map(|recorded| {
            json!({
                "version": recorded.version,
                "at": instant(recorded.at),
                "event": event_word(&recorded.event),
                "content": event_json(&recorded.event),
            })
        })
        .collect()
}

/// The events of a document as a table.
pub fn history_table(history: &History) -> String {
    let mut table = table(&["", "time", "event", ""]);
    for recorded in &history.0 {
        table.add_row([
            recorded.version.to_string(),
            instant(recorded.at),
            event_word(&recorded.event).to_owned(),
            event_text(&recorded.event),
        ]);
    }
    table.trim_fmt()
}

/// A line of a list for programs.
pub fn summary_json(row: &DocumentSummary) -> Value {
    json!({
        "job": row.job,
        "stage": row.stage.word(),
        "issuing_state": row.issuing_state,
        "document_code": row.document_code,
        "document_number": row.document_number,
        "chip_serial": hex::encode(&row.chip_serial),
        "entered_at": instant(row.entered_at),
        "changed_at": instant(row.changed_at),
    })
}

/// A list as a table.
pub fn summary_table(rows: &[DocumentSummary]) -> String {
    let mut table = table(&["job", "document", "chip", "stage", "since"]);
    for row in rows {
        table.add_row([
            row.job.to_string(),
            format!("{} {}", row.issuing_state, row.document_number),
            hex::encode_upper(&row.chip_serial),
            row.stage.word().to_owned(),
            instant(row.changed_at),
        ]);
    }
    table.trim_fmt()
}

/// An empty table with a head.
pub fn table(head: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(head.iter().copied());
    table
}

fn event_word(event: &Event) -> &'static str {
    match event {
        Event::DocumentEntered(_) => "entered",
        Event::DocumentSigned(_) => "signed",
        Event::DocumentWritten(_) => "written",
        Event::DocumentDelivered(_) => "delivered",
        Event::DocumentShipped(_) => "shipped",
        Event::DocumentHandedOver(_) => "handed-over",
        Event::DocumentSuspended { .. } => "suspended",
        Event::DocumentReinstated { .. } => "reinstated",
        Event::DocumentEndProposed { .. } => "end-proposed",
        Event::DocumentEnded(_) => "ended",
        Event::DocumentVoided(_) => "voided",
    }
}

fn event_text(event: &Event) -> String {
    match event {
        Event::DocumentEntered(entry) => by(&entry.approval),
        Event::DocumentSigned(signature) => format!("EF.SOD {}", signature.security_object),
        Event::DocumentDelivered(delivery) => format!(
            "COMMIT {}, LOCK {}",
            delivery.commit.counter, delivery.lock.counter
        ),
        Event::DocumentWritten(writing) => {
            format!("COMMIT {} by {}", writing.commit.counter, writing.by)
        }
        Event::DocumentShipped(consignment) => format!("consignment {consignment}"),
        Event::DocumentHandedOver(hand_over) => format!(
            "to the {} by {}, chip {}",
            hand_over.to.word(),
            hand_over.by,
            hand_over.read_out.word()
        ),
        Event::DocumentSuspended { reason, by } => format!("{} by {by}", reason.word()),
        Event::DocumentReinstated { by } => format!("by {by}"),
        Event::DocumentEndProposed { proposed, by } => {
            format!("{} by {by}", proposed_word(*proposed))
        }
        Event::DocumentEnded(end) => {
            let officers: Vec<&str> = end_officers(end).map(Officer::name).collect();
            format!("{} by {}", end.reason.word(), officers.join(" and "))
        }
        Event::DocumentVoided(voiding) => {
            format!("{}, {}", voiding.reason.word(), by(&voiding.approval))
        }
    }
}

fn event_json(event: &Event) -> Value {
    match event {
        Event::DocumentEntered(entry) => json!({
            "operator": entry.approval.operator().name(),
            "approver": entry.approval.approver().name(),
            "key_receipts": entry.key_receipts.iter().map(receipt).collect::<Vec<_>>(),
        }),
        Event::DocumentSigned(signature) => json!({
            "security_object_sha256": signature.security_object.to_string(),
            "manifest_sha256": signature.manifest.to_string(),
            "document_signer_sha256": signature.document_signer.to_string(),
        }),
        Event::DocumentDelivered(delivery) => json!({
            "commit": receipt(&delivery.commit),
            "lock": receipt(&delivery.lock),
        }),
        Event::DocumentWritten(writing) => json!({
            "commit": receipt(&writing.commit),
            "by": writing.by.name(),
        }),
        Event::DocumentShipped(consignment) => json!({ "consignment": consignment }),
        Event::DocumentHandedOver(hand_over) => json!({
            "to": hand_over.to.word(),
            "by": hand_over.by.name(),
            "read_out": hand_over.read_out.word(),
        }),
        Event::DocumentSuspended { reason, by } => {
            json!({ "reason": reason.word(), "by": by.name() })
        }
        Event::DocumentReinstated { by } => json!({ "by": by.name() }),
        Event::DocumentEndProposed { proposed, by } => {
            json!({ "proposed": proposed_word(*proposed), "by": by.name() })
        }
        Event::DocumentEnded(end) => json!({
            "reason": end.reason.word(),
            "by": end_officers(end).map(Officer::name).collect::<Vec<_>>(),
        }),
        Event::DocumentVoided(voiding) => json!({
            "reason": voiding.reason.word(),
            "operator": voiding.approval.operator().name(),
            "approver": voiding.approval.approver().name(),
            "receipt": voiding.receipt.as_ref().map(receipt),
        }),
    }
}

const fn proposed_word(proposed: Proposed) -> &'static str {
    match proposed {
        Proposed::Void(reason) => reason.word(),
        Proposed::End(reason) => reason.word(),
    }
}

fn end_officers(end: &End) -> impl Iterator<Item = &Officer> {
    end.by.iter().flat_map(Ended::officers)
}

fn receipt(receipt: &Receipt) -> Value {
    json!({ "counter": receipt.counter, "mac": hex::encode(receipt.mac) })
}

fn by(approval: &Approval) -> String {
    format!(
        "prepared by {}, approved by {}",
        approval.operator(),
        approval.approver()
    )
}

/// A time.
pub fn instant(instant: OffsetDateTime) -> String {
    issuance_service::times::text(instant)
}
