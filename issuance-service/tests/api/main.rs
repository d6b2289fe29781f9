//! The HTTP API over TLS: who comes in, what each may, what is refused and how.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod accounts;
mod audit;
mod client;
mod description;
mod devices;
mod hostile;
mod idempotency;
mod manual;
mod matrix;
mod oidc;
mod place;
mod program;
mod relying;
mod sign_in;
mod theft;
