//! What operators do: backups taken while work goes on, services made of them, a primary that is taken away.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod backup;
#[allow(dead_code)]
#[path = "../api/client.rs"]
mod client;
mod drill;
mod lines;
mod lost;
#[allow(dead_code)]
#[path = "../api/place.rs"]
mod place;
mod program;
mod ready;
mod reconciling;
mod restored;
mod writer;
