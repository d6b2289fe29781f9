//! The steps of the procedure, by what they are about.

pub(crate) mod access;
pub(crate) mod authenticity;
pub(crate) mod card_security;
pub(crate) mod content;
mod departures;
pub(crate) mod files;
pub(crate) mod known_series;
pub(crate) mod passive;
pub(crate) mod renewal;
pub(crate) mod terminal_authentication;
pub(crate) mod unsigned;
