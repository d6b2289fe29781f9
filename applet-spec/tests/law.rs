//! The law, proved on the chip of this crate: requirement by requirement, through [`iso7816::Chip::execute`] alone.

#[path = "law/access.rs"]
mod access;
#[path = "law/cases.rs"]
mod cases;
#[path = "law/commands.rs"]
mod commands;
#[path = "law/host.rs"]
mod host;
#[path = "law/life_cycle.rs"]
mod life_cycle;
#[path = "law/memory.rs"]
mod memory;
#[path = "law/personalisation.rs"]
mod personalisation;
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
