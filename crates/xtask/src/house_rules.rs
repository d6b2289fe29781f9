//! The house rules, as tests: `cargo test -p xtask`.
//!
//! Each rule is a function from text to what is wrong with it, tried on examples of both kinds, and then on the whole repository.

mod citations;
mod layers;
mod requirements;
mod shape;
mod tree;
mod wording;

/// A place in the repository and what is wrong there.
pub(super) type Offence = String;

/// Fails with every offence on a line of its own.
#[track_caller]
fn none(offences: &[Offence]) {
    assert!(
        offences.is_empty(),
        "{} offences against the house rules:\n{}",
        offences.len(),
        offences.join("\n")
    );
}
