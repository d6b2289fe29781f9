//! From a signed job to the card in somebody's hand: chips in stock, batches, quality control, consignments, and what becomes of a card.
//!
//! ```text
//! chip file ─▶ in-stock ─ a job takes it ─▶ reserved ─ COMMIT ─▶ written ─ LOCK ─▶ used ─▶ consignment ─▶ counter ─▶ holder
//!                  │                            │                    │
//!                  └────────────── rejected(reason) ◀────────────────┘ ─ two persons ─▶ destroyed
//! ```
//!
//! * [`pool`]: prepared chips, leased to whoever makes jobs.
//! * [`receive`], [`stock`]: chips come in, are rejected and destroyed; every one is counted at every moment.
//! * [`shift`]: people count, and it agrees or the shift stays open.
//! * [`report`]: the stock of a site on paper.
//! * [`batch`]: signed jobs in the hand of a personaliser, and what came of them.
//! * [`consignment`], [`life`]: to the counter, into a hand, and to the end.

pub mod batch;
pub mod chip;
pub mod consignment;
pub mod lane;
pub mod life;
pub mod pool;
pub mod receive;
mod refusal;
pub mod report;
pub mod shift;
mod site;
pub mod stock;

pub use chip::{Chip, ChipState, RejectReason};
pub use refusal::Refusal;
pub use site::Site;

use register::store::{Entity, StoreError};
use serde::Serialize;

/// Rows as what they are.
fn rows<T>(
    entities: &[Entity],
    of: impl Fn(&Entity) -> Result<T, StoreError>,
) -> crate::Result<Vec<T>> {
    Ok(entities.iter().map(of).collect::<Result<_, _>>()?)
}

/// A row as it is stored.
fn json(body: &impl Serialize) -> crate::Result<String> {
    Ok(serde_json::to_string(body).map_err(|error| StoreError::Unavailable(Box::new(error)))?)
}
