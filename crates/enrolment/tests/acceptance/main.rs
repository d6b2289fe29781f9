//! Records through the rules of the profiles to the contents of the chip.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod citizen_card;
mod passport;
mod people;
mod properties;
mod rules;
