//! Lint: nothing is found in what we issue, every rule finds its bad example, and no line of the profiles is forgotten.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod bad_examples;
mod coverage;
mod forge;
mod good;
mod hostile;
mod judgement;
#[path = "../pki/office.rs"]
#[allow(dead_code)]
mod office;
mod own_objects;
#[path = "../pki/test_pki.rs"]
#[allow(dead_code)]
mod test_pki;
