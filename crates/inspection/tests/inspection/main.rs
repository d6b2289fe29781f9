//! Cards at the border: genuine, altered, pulled, and chips that lie.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod altered;
mod border;
mod files_only;
mod genuine;
mod guideline;
mod hostile;
mod lost_card;
mod round_trips;
mod verdict;

/// The office of the tests of `perso`, which use the rest of it.
#[allow(dead_code)]
#[path = "../../../perso/tests/perso/office.rs"]
mod office;
