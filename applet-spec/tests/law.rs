//! The law, proved on the chip of this crate: requirement by requirement, through [`iso7816::Chip::execute`] alone.

// A test that meets the unexpected stops, also in the functions that its tests share.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

#[path = "law/authorities.rs"]
mod authorities;
#[path = "law/cards.rs"]
mod cards;
#[path = "law/cases.rs"]
mod cases;
#[path = "law/catalogue.rs"]
mod catalogue;
#[path = "law/commands.rs"]
mod commands;
#[path = "law/disguises.rs"]
mod disguises;
#[path = "law/full_card.rs"]
mod full_card;
#[path = "law/host.rs"]
mod host;
#[path = "law/jobs.rs"]
mod jobs;
#[path = "law/jobs_with_trust.rs"]
mod jobs_with_trust;
#[path = "law/keys.rs"]
mod keys;
#[path = "law/knowledge.rs"]
mod knowledge;
#[path = "law/life_cycle.rs"]
mod life_cycle;
#[path = "law/memory.rs"]
mod memory;
#[path = "law/mutants.rs"]
mod mutants;
#[path = "law/pace_forms.rs"]
mod pace_forms;
#[path = "law/passwords.rs"]
mod passwords;
#[path = "law/requirements.rs"]
mod requirements;
#[path = "law/robustness.rs"]
mod robustness;
#[path = "law/secure_channel.rs"]
mod secure_channel;
#[path = "law/secure_messaging.rs"]
mod secure_messaging;
#[path = "law/specimen.rs"]
mod specimen;
#[path = "law/stored_chips.rs"]
mod stored_chips;
#[path = "law/terminal_authentication.rs"]
mod terminal_authentication;
#[path = "law/ways_out.rs"]
mod ways_out;
