//! The pages of the station in a real Chromium, against the real program: from signing in to the packet on the disk.
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
#[path = "../../../crates/biometrics/fingerprints/tests/synthesis/drawing.rs"]
mod drawing;
mod page;
mod person;
mod station;
mod story_camera;
mod story_files;
mod story_session;
