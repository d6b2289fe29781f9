//! Terminal and chip talk to each other in memory: every algorithm, and each end against a hostile other.

// A test that meets the unexpected should stop there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod active_authentication;
mod authorities;
mod bac;
mod card;
mod certificate_chain;
mod certificate_parsing;
mod certificate_properties;
mod certificate_requests;
mod chip_authentication;
mod cross_product;
mod explicit_parameters;
mod hostile_chip;
mod hostile_terminal;
mod hostile_values;
mod mapping_proof;
mod pace;
mod passwords;
mod properties;
mod secure_messaging;
mod tampering;
mod terminal_authentication;
mod terminal_authentication_order;
mod trust_points;
