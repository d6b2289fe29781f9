//! Cards from the signed job to the hand of their holder: stock, batches, quality control, consignments, life.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod batches;
#[path = "../api/client.rs"]
#[expect(dead_code, reason = "shared with the tests of the API")]
mod client;
mod complaints;
mod desk;
mod invariants;
mod life;
mod machine;
mod packing;
#[path = "../api/place.rs"]
#[expect(dead_code, reason = "shared with the tests of the API")]
mod place;
mod property;
mod stock;
mod versions;
mod workshop;
