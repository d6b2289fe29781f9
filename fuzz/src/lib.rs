//! What must hold of every byte string that is read as certificate, CMS, list or trust file, and what to try it with.
//!
//! * [`targets`]: one function for each kind of object; it panics when something does not hold;
//! * [`seeds`]: good objects to begin with, made from `fixtures/`, `test-vectors/` and our own issuing;
//! * [`mutation`]: changes to good objects, the same in every run;
//! * [`hostile`]: large objects made to keep a reader busy.
//!
//! libFuzzer calls the targets (`cargo xtask fuzz`); the tests of `xtask` have the same modules and call them a few thousand times.

pub mod hostile;
pub mod mutation;
#[allow(dead_code)]
#[path = "../../crates/pki/tests/pki/office.rs"]
pub(crate) mod office;
pub mod seeds;
pub mod targets;
#[allow(dead_code)]
#[path = "../../crates/pki/tests/pki/test_pki.rs"]
pub(crate) mod test_pki;
pub(crate) mod world;
