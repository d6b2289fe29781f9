//! The pages of the station and of the operators' desk in a real Chromium, against the real program: from signing in to the packet on the
//! disk, and from the packet to the card in its holder's hand.
//!
//! They need Chromium, which `cargo xtask test` finds and names in `CARD_TOOLCHAIN_CHROMIUM`. Pictures of every page in both languages
//! are kept in `target/tmp/browser`.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod accessible;
mod camera;
mod chromium;
mod desk;
mod desk_folders;
#[path = "../../../crates/biometrics/fingerprints/tests/synthesis/drawing.rs"]
mod drawing;
mod page;
mod person;
mod station;
mod story_camera;
mod story_desk_cards;
mod story_desk_cases;
mod story_desk_figures;
mod story_desk_oidc;
mod story_desk_people;
mod story_files;
mod story_session;
#[path = "../cards/workshop.rs"]
#[allow(dead_code, reason = "the tests of cards use more of it")]
mod workshop;
