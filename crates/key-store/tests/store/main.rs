//! Keys in files and on tokens, their ledgers, and the ring of document signers, from outside.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod files;
mod limit;
mod office;
mod ring;
mod tokens;
