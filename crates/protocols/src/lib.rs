//! The protocols between a terminal and a chip: Doc 9303-11, with the parts of TR-03110 it leans on.
//!
//! | protocol | what it gives | module |
//! |---|---|---|
//! | BAC (Doc 9303-11 §4.3) | access, keys from the MRZ | [`bac`] |
//! | PACE (Doc 9303-11 §4.4) | access, keys from MRZ, CAN, PIN or PUK; with its third mapping a genuine chip | [`pace`] |
//! | secure messaging (Doc 9303-11 §9.8) | encrypted, authenticated commands | [`secure_messaging`] |
//! | chip authentication (Doc 9303-11 §6.2) | a genuine chip, new keys | [`chip_authentication`] |
//! | terminal authentication (Doc 9303-11 §7.1) | fingers and irises open | [`terminal_authentication`] |
//! | active authentication (Doc 9303-11 §6.1) | a genuine chip | [`active_authentication`] |
//!
//! Each protocol has two ends, `terminal` and `chip`. They share parameters and layouts, never state.
//!
//! * A **terminal** function takes the line (`&mut dyn Channel`), sends commands and returns keys or a verdict. Its
//!   errors say which [`Step`] failed, and by whose fault.
//! * A **chip** function takes one command and answers it, without any input or output. What it has to remember is a
//!   state that the next command consumes. Its errors are the status words to answer with.
//!
//! Randomness is always an argument. Keys move: a protocol hands out [`SessionKeys`](secure_messaging::SessionKeys), a
//! session swallows them.

pub mod active_authentication;
pub mod bac;
pub mod chip_authentication;
mod dynamic_authentication_data;
pub mod error;
mod exchange;
mod key_agreement;
pub mod pace;
pub mod password;
mod protection;
#[cfg(test)]
mod scripted;
pub mod secure_messaging;
mod security_environment;
pub mod terminal_authentication;

pub use error::{Error, Fault, Result, Step, Untrusted};
pub use password::{Password, PasswordKind};
