//! `card-tool trust` as its users call it, on certificates and lists of states that do not exist.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

#[path = "trust/adding.rs"]
mod adding;
#[path = "trust/damage.rs"]
mod damage;
#[path = "trust/places.rs"]
mod places;
#[path = "trust/refusals.rs"]
mod refusals;
#[path = "trust/remarks.rs"]
mod remarks;
#[path = "trust/removing.rs"]
mod removing;
#[path = "trust/showing.rs"]
mod showing;
#[path = "trust/states.rs"]
mod states;
