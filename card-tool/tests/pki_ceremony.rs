//! The offline root by the command line: whole ceremonies in a folder, wrong steps, hostile files, and the same story on a
//! token.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

#[path = "pki_ceremony/care.rs"]
mod care;
#[path = "pki_ceremony/ends.rs"]
mod ends;
#[path = "pki_ceremony/house.rs"]
mod house;
#[path = "pki_ceremony/locked_media.rs"]
mod locked_media;
#[path = "pki_ceremony/prompts.rs"]
mod prompts;
#[path = "pki_ceremony/refusals.rs"]
mod refusals;
#[path = "pki_ceremony/returns.rs"]
mod returns;
#[path = "pki_ceremony/station.rs"]
mod station;
#[path = "pki_ceremony/story.rs"]
mod story;
#[path = "pki_ceremony/token.rs"]
mod token;
#[path = "pki_ceremony/unfinished.rs"]
mod unfinished;
#[path = "pki_ceremony/words.rs"]
mod words;
