//! Cards at the border: genuine, altered, pulled, and chips that lie.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod altered;
mod as_it_goes;
mod border;
mod chip_authentication_mapping;
mod files_only;
mod full_card;
mod genuine;
mod guideline;
mod habits;
mod hostile;
mod lost_card;
mod no_protected_answer;
mod noise;
mod pin;
mod proofs;
mod quirks;
mod round_trips;
mod terminal_authentication;
mod timing;
mod verdict;

/// The office of the tests of `perso`, which use the rest of it.
#[allow(dead_code)]
#[path = "../../../perso/tests/perso/office.rs"]
mod office;

/// Certificates of terminals, of the tests of `applet-spec`.
#[allow(dead_code)]
#[path = "../../../../applet-spec/tests/law/authorities.rs"]
mod authorities;
/// Who makes cards of law 0101, of the tests of `applet-spec`.
#[allow(dead_code)]
#[path = "../../../../applet-spec/tests/law/host.rs"]
mod host;
