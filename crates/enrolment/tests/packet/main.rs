//! Packets from station to service, and what must not pass for one.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod hostile;
mod manifests;
mod office;
mod stories;
