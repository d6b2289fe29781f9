//! Stories of an enrolment station: over its socket, from folders, through crashes, against strangers.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod client;
#[path = "../../../crates/biometrics/fingerprints/tests/synthesis/drawing.rs"]
mod drawing;
mod folder_route;
mod functional_capture;
mod functional_crash;
mod functional_fingers;
mod functional_numbers;
mod functional_release;
mod functional_resumed;
mod functional_sealed;
mod hostile;
mod place;
