//! The HTTP API over TLS: who comes in, what each may, what is refused and how.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod accounts;
mod audit;
mod both;
mod client;
mod description;
mod devices;
mod fields;
mod hostile;
mod idempotency;
mod manual;
mod matrix;
mod oidc;
mod packets;
mod people;
mod place;
mod program;
mod relying;
mod schemathesis;
mod sign_in;
mod texts;
mod theft;
mod views;
#[path = "../cards/workshop.rs"]
#[allow(dead_code, reason = "the tests of cards use more of it")]
mod workshop;
