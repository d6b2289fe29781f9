//! Specimen cards to order: each is what was ordered, and a border finds every one genuine; what cannot be is refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

#[path = "specimen/border.rs"]
mod border;
#[allow(dead_code)] // The story of the offices uses the rest.
#[path = "eac/offices.rs"]
mod offices;
#[path = "specimen/orders.rs"]
mod orders;
#[path = "specimen/refusals.rs"]
mod refusals;
