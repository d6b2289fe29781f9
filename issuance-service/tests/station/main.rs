//! Stories of an enrolment station: over its socket, from folders, through crashes, against strangers.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod client;
mod folder_route;
mod functional_capture;
mod functional_crash;
mod functional_release;
mod hostile;
mod place;
