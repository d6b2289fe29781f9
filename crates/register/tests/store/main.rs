//! Stories about the store, told on every database that it can be on.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod failover;
mod kills;
mod postgres;
mod races;
mod sqlite;
mod stored;
mod story;
