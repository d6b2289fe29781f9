//! How a card is managed: GlobalPlatform's secure channel SCP03, both ends, and the keys it needs.
//!
//! * [`StaticKeys`]: the three keys of a card; [`diversify`] makes them from a master key and the card's serial number.
//! * [`scp03::host`]: opens the channel; [`scp03::Scp03Channel`] is a [`iso7816::Channel`] like any other.
//! * [`scp03::card`]: the card's half, a line of states without input or output.
//! * [`put_key`]: replaces the three keys.
//!
//! Clauses are those of the Card Specification Amendment D v1.2 (`GPC Amd D`) and of the Card Specification v2.3.1 (`GPCS`).

pub mod diversify;
pub mod error;
mod key_derivation;
pub mod put_key;
pub mod scp03;
pub mod static_keys;

pub use diversify::{Purpose, diversify};
pub use error::{Error, Result};
pub use scp03::{Mode, Scp03Channel, SecurityLevel};
pub use static_keys::{KeyCheckValue, StaticKeys};
