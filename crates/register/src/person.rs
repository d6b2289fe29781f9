//! Who has which personal number.
//!
//! A person is registered once, by the first application or by the birth register. The number is given once and never to anybody
//! else. It is cancelled and set up again when it says something wrong, such as the year of birth or the sex; what was cancelled stays
//! with the person for ever. What is known of a person besides stands sealed beside these events, which hold the number and no
//! names.

mod event;
mod process;
pub mod stored;

pub use event::{CancelReason, Event, LifeStatus, Origin};
pub use process::{Command, Person, Refusal, process};
