//! A floor in memory: chips that lose power, a process that dies, people who make mistakes, and books that add up.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod batch;
mod claim;
mod ends;
mod hall;
mod intake;
mod journal;
mod matrix;
#[allow(dead_code)] // The tests of `perso` use the rest.
#[path = "../../../perso/tests/perso/office.rs"]
mod office;
mod old;
mod paper;
mod people;
mod pool;
mod programs;
mod shifts;
mod states;
mod station;
mod story;
mod told;
