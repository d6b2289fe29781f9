//! The card applet: its law, and a chip that obeys it.
//!
//! The law is `spec/`: eight chapters of numbered requirements for any chip. [`Chip`] is a software chip that obeys it and is
//! reached through [`iso7816::Chip`] alone: octets in, octets out. It is personalised by its own commands, like a real one.
//!
//! * [`Chip`], [`DataSheet`]: a chip and the properties in which chips differ;
//! * [`LifeCycle`], [`PERSONALISATION_AID`], [`Role`], [`Manifest`]: words of the law that others share;
//! * [`memory`]: what stays without power, and where it is kept;
//! * [`timing`]: how long a real chip would take, and one that does;
//! * [`quirk`]: ways of real chips as switches of this one, for readers to be tested with;
//! * [`conformance`]: cases as data, and what runs them on any card.

mod access;
mod answer;
mod chain;
mod chip;
mod command;
pub mod conformance;
mod data_sheet;
mod deviation;
mod error;
mod file_system;
mod holder;
mod life_cycle;
pub mod memory;
mod personalise;
pub mod quirk;
pub mod timing;

pub use access::AccessClass;
pub use chip::Chip;
pub use data_sheet::{Capability, DataSheet, ExtendedLength};
pub use deviation::Deviation;
pub use error::{Error, Result};
pub use life_cycle::LifeCycle;
pub use memory::ChipMemory;
pub use personalise::{ENTRY_LEN, Manifest, ManifestEntry, PERSONALISATION_AID, Purpose, Role};
pub use quirk::{Quirk, QuirkyChip};
pub use timing::{TimedChip, Timing};

/// Version of the law that this chip obeys ([SCOPE-010]).
pub const LAW_VERSION: [u8; 2] = [0x01, 0x01];
