//! The trust store against everything that the field puts into lists: made here, certificate by certificate.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod countries;
mod generations;
mod hostile;
mod ldif;
mod lists;
mod order;
mod revoked_keys;
mod roots;
mod states;
mod times;
mod vouching;
mod withdrawal;
