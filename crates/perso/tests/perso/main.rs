//! The way of a card from the maker's chip into the field, and everything that can go wrong on it.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod gate;
mod job_file;
mod offers;
mod office;
mod order;
mod tearing;
mod whole_story;
