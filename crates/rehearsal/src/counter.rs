//! From the site to the holder's hand: sent, counted where they arrive, read out, handed over.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::{
    client::{Client, list, text},
    press::Card,
    program::answered,
    rack::{Rack, Slot},
    staff::Staff,
};

/// Where people collect their cards.
const COUNTER: &str = "test-counter";
/// Most cards of one consignment.
const AT_ONCE: usize = 500;

/// Sends cards to the counter, where all of them arrive.
///
/// # Errors
/// A problem of the service; a card that is not sent or does not arrive.
pub fn ship(staff: &Staff, cards: &[&Card]) -> Result<()> {
    for part in cards.chunks(AT_ONCE) {
        let jobs: Vec<&str> = part.iter().map(|card| card.job.as_str()).collect();
        let packed = staff.clerk.post(
            "/v1/consignments",
            &json!({ "counter": COUNTER, "cards": jobs }),
        )?;
        ensure!(
            list(&packed, "refused")?.is_empty(),
            "not all can be sent: {packed}"
        );
        let consignment = packed.get("consignment").context("no consignment")?;
        let receipt = format!("/v1/consignments/{}/receipt", text(consignment, "id")?);
        let arrived = staff
            .counter
            .post(&receipt, &json!({ "count": jobs.len(), "cards": jobs }))?;
        let state = arrived
            .pointer("/consignment/state")
            .and_then(Value::as_str);
        ensure!(state == Some("received"), "not all have arrived: {arrived}");
    }
    Ok(())
}

/// What a verifier found.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// Commands that went to the card.
    pub round_trips: u64,
}

/// Inspects the card of a chip's file with nothing but the trusted certificate and the number that is printed on it.
///
/// # Errors
/// It is not what it claims to be.
pub fn inspect(rack: &Rack, slot: &Slot, trust: &Path, (chip, can): (&Path, &str)) -> Result<Seen> {
    rack.with_chip(slot, chip, None, || {
        let mut verify = rack.card_tool(slot, "verify");
        verify.arg("--trust").arg(trust).arg("--stats");
        let (code, report) = answered(verify.env("CARD_CAN", can))?;
        let is_verified = report.get("data_verified") == Some(&Value::Bool(true));
        ensure!(
            code == 0 && is_verified,
            "{} is not verified: {report}",
            chip.display()
        );
        let round_trips = report
            .pointer("/statistics/round_trips")
            .and_then(Value::as_u64);
        Ok(Seen {
            round_trips: round_trips.unwrap_or_default(),
        })
    })
}

/// Hands a card over that was read out at the counter.
///
/// # Errors
/// A problem of the service.
pub fn hand_over(counter: &Client, card: &Card) -> Result<()> {
    let wish = json!({ "to": "holder", "read_out": "passed" });
    let answer = counter.post(&format!("/v1/documents/{}/hand-over", card.job), &wish)?;
    ensure!(text(&answer, "stage")? == "handed-over", "{answer}");
    Ok(())
}
