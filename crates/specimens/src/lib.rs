//! Draws the specimen people of `fixtures/`: portraits, fingerprints and records.
//!
//! Everything is made by this code from seeds, so that the fixtures hold no person's data and can
//! be made again: the same code gives the same bytes.

mod curve;
pub mod fingerprint;
pub mod people;
pub mod portrait;
mod random;
mod raster;
mod record;

use biometrics::image::encode_png;

pub use self::record::record;
use crate::people::Person;

/// The files of a person's folder, by name: the record and the images it names.
///
/// # Errors
/// None that a person of [`people::all`] causes.
pub fn files(person: &Person) -> biometrics::Result<Vec<(&'static str, Vec<u8>)>> {
    let print = |finger| fingerprint::draw(finger, 0, fingerprint::SIZE);
    let portrait = portrait::draw(&person.look, portrait::MASTER)?;
    Ok(vec![
        ("record.toml", record(person).into_bytes()),
        (record::PORTRAIT, encode_png(&portrait)?),
        (
            record::RIGHT_INDEX,
            encode_png(&print(&person.right_index)?)?,
        ),
        (record::LEFT_INDEX, encode_png(&print(&person.left_index)?)?),
    ])
}
