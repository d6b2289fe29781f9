//! Minutiae templates, as chips and other people's registers hold them.

use fingerprints::Error;
use fingerprints::template::{MAX_RECORD, read, write};

use super::assert_printable;

/// Octets of the shortest minutia (ISO 19794-2:2005 §8.4).
const SHORTEST_MINUTIA: usize = 6;

/// What must hold of every byte string read as a template.
pub fn template(bytes: &[u8]) {
    let (template, _) = match read(bytes) {
        Ok(read) => read,
        Err(error) => return assert_inside(&error, bytes.len()),
    };
    let marks: usize = template.views.iter().map(|view| view.minutiae.len()).sum();
    assert!(
        bytes.len() <= MAX_RECORD && marks * SHORTEST_MINUTIA <= bytes.len(),
        "minutiae from nowhere"
    );
    for index in 0..template.views.len() {
        // What is compared lies in numbers, whatever the record says.
        if let Ok(minutiae) = template.minutiae(index) {
            assert!(
                minutiae
                    .points
                    .iter()
                    .all(|m| m.x.is_finite() && m.y.is_finite() && m.angle.is_finite())
            );
        }
    }
    assert!(template.minutiae(template.views.len()).is_err());
    // What we write of it is read again without a deviation of form.
    if let Ok(record) = write(&template) {
        let (again, _) = read(&record).unwrap();
        assert_eq!(write(&again).as_ref(), Ok(&record));
    }
}

/// What is wrong lies inside, or right behind.
fn assert_inside(error: &Error, len: usize) {
    if let Error::Truncated { offset } = error {
        assert!(*offset <= len, "{error}: behind octet {len}");
    }
    assert_printable(&error.to_string());
}
