//! Stories about documents on a store, told on every database, and events of every release.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod catalogue;
mod postgres;
mod sqlite;
mod stored;
mod story;
