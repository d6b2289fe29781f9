//! Images and records from outside: what is read, what is written, what is refused.

// Helpers of tests are not recognised as tests by the lint.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod hostile;
mod images;
mod intake;
mod iso39794;
mod jpeg2000;
mod picture;
mod records;
