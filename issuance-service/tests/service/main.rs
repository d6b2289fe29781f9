//! Stories about the service, told on the program and on its library.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod bureau;
mod functional_crash;
mod functional_issue;
mod functional_people;
mod in_process;
mod judge;
mod program;
mod seams;
