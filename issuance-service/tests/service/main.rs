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
mod functional_keys;
mod functional_people;
mod functional_signers;
mod in_process;
mod issuer;
mod judge;
mod program;
mod seams;
