//! CVCA, document verifier and inspection system from outside: whole stories, every refusal, hostile files.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod growth;
mod hostile;
mod office;
mod refusals;
mod story;
