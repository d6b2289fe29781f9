//! How APDUs travel: through a reader, through a virtual reader, through memory, or out of a recorded trace.
//!
//! A terminal talks to any of them through [`iso7816::Channel`]; a chip sits behind any of them as [`iso7816::Chip`].
//!
//! | Module | What it is |
//! |---|---|
//! | [`pcsc`] | real readers: list, wait for a card, [`pcsc::PcscChannel`] |
//! | [`vpcd`] | the card side of the virtual reader of vsmartcard: a chip that every PC/SC program on the machine can use |
//! | [`memory`] | a chip in the same process |
//! | [`trace`] | record what is said without showing a secret; play a recording back |
//! | [`faults`] | lose the card, flip a bit, cut an answer, at a chosen command |
//! | [`stats`] | count round trips, bytes and time |
//!
//! ```
//! use iso7816::{Channel, Chip, CommandApdu, Ins, StatusWord};
//! use transport::{Exchange, MemoryChannel, Recorder};
//!
//! struct Deaf;
//! impl Chip for Deaf {
//!     fn atr(&self) -> Vec<u8> { vec![0x3B, 0x00] }
//!     fn reset(&mut self) {}
//!     fn execute(&mut self, _: &[u8]) -> Vec<u8> { vec![0x6D, 0x00] }
//! }
//!
//! let mut print = |exchange: &Exchange<'_>| println!("{exchange}");
//! let mut channel = Recorder::new(MemoryChannel::new(Deaf), &mut print);
//! let answer = channel.transmit(&CommandApdu::new(0x00, Ins::GET_CHALLENGE, 0, 0))?;
//! assert_eq!(answer.sw, StatusWord::INS_NOT_SUPPORTED);
//! # Ok::<(), iso7816::ChannelError>(())
//! ```
//!
//! The last three of the table are channels around a channel. This crate alone of all libraries opens sockets and reads a clock.

pub mod clock;
pub mod error;
pub mod faults;
pub mod memory;
pub mod pcsc;
pub mod stats;
pub mod trace;
pub mod vpcd;

#[cfg(test)]
mod test_chip;

pub use clock::Clock;
pub use error::{Error, Result};
pub use faults::{Fault, FaultChannel, FaultPlan};
pub use memory::MemoryChannel;
pub use pcsc::{PcscChannel, ReaderSelector};
pub use stats::{Counted, Statistics};
pub use trace::{Exchange, Recorder, Redaction, Replay};
