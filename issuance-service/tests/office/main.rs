//! Stories about the office: from the packet of a station to the card in a hand and the biometrics gone, on both databases; many at
//! once; and through kills.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

#[allow(dead_code, reason = "records in folders are for the other stories")]
#[path = "../service/bureau.rs"]
mod bureau;
mod doubles;
mod kills;
mod lives;
mod numbers;
mod people;
mod races;
mod reviews;
mod shift;
mod story;
mod taint;
mod world;
