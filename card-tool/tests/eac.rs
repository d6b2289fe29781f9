//! The authorities of terminal authentication by the command line: the whole story, wrong steps, hostile files, runs that broke
//! off.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod support;

#[path = "eac/care.rs"]
mod care;
#[path = "eac/offices.rs"]
mod offices;
#[path = "eac/reading.rs"]
mod reading;
#[path = "eac/story.rs"]
mod story;
