//! How a card is managed: GlobalPlatform's secure channel SCP03, both ends, and the keys it needs.
//!
//! * [`StaticKeys`]: the three keys of a card; [`diversify()`] makes them from a master key and the card's serial number.
//! * [`scp03::host`]: opens the channel; [`scp03::Scp03Channel`] is a [`iso7816::Channel`] like any other.
//! * [`scp03::card`]: the card's half, a line of states without input or output.
//! * [`put_key`]: replaces the three keys.
//!
//! ```
//! use crypto::SecretBytes;
//! use globalplatform::scp03::host::{self, Options};
//! use globalplatform::{Purpose, Result, Scp03Channel, diversify};
//!
//! /// S16 and level 33; refuses publicly known keys.
//! fn open<C: iso7816::Channel>(
//!     reader: C,
//!     master: &SecretBytes,
//!     serial: &[u8],
//!     rng: &mut dyn rand_core::CryptoRng,
//! ) -> Result<Scp03Channel<C>> {
//!     let keys = diversify(master, Purpose::Personalisation, 0x30, serial)?;
//!     host::open(reader, &keys, &Options::default(), rng)
//! }
//! ```
//!
//! Clauses are those of the Card Specification Amendment D v1.2 (`GPC Amd D`) and of the Card Specification v2.3.1 (`GPCS`).

pub mod diversify;
pub mod error;
mod key_derivation;
pub mod put_key;
pub mod scp03;
pub mod static_keys;

pub use diversify::{Purpose, diversify, diversify_key};
pub use error::{Error, Result};
pub use scp03::{Mode, Scp03Channel, SecurityLevel};
pub use static_keys::{KeyCheckValue, StaticKeys};
