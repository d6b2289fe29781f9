//! Packets from a station's disk to the service and off the disk: told on the program, on its library, and through kills.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod desk;
mod faults;
mod kills;
mod line;
mod post;
mod program;
mod stick;
