//! Records through the rules of the profiles to the contents of the chip.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod card_of_2024;
mod citizen_card;
mod duplicates;
mod passport;
mod people;
mod properties;
mod rule_cases;
mod rules;
