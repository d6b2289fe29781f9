//! The offline root by its library: the whole story, and everything that must be refused.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

#[path = "offline_root/dismissed.rs"]
mod dismissed;
#[path = "offline_root/evidence.rs"]
mod evidence;
#[path = "offline_root/hostile.rs"]
mod hostile;
#[path = "offline_root/room.rs"]
mod room;
#[path = "offline_root/story.rs"]
mod story;
