//! Traces, as a collector gets them: what belongs together, what was taken from callers and handed on, and that nothing of a person is in it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

#[allow(dead_code)]
#[path = "../api/client.rs"]
mod client;
mod collector;
#[allow(dead_code)]
#[path = "../api/place.rs"]
mod place;
mod program;
mod story;
