//! The records of ISO 19794, as chips of other issuers hold them.

use biometrics::face::iso19794_5::FaceRecord;
use biometrics::finger::iso19794_4::FingerRecord;
use biometrics::iris::iso19794_6::IrisRecord;
use biometrics::{Deviation, Error, Result};

use super::assert_printable;

/// Most deviations of one record: two for each of 32 images, and those of the record itself.
const MAX_DEVIATIONS: usize = 32 * 3 + 2;

/// What must hold of every byte string read as a record of ISO 19794.
pub fn iso19794(bytes: &[u8]) {
    hold(bytes, FaceRecord::parse, FaceRecord::to_bytes);
    hold(bytes, FingerRecord::parse, FingerRecord::to_bytes);
    hold(bytes, IrisRecord::parse, IrisRecord::to_bytes);
}

/// A reader: the record, and what it tolerated.
pub(super) type Parse<R> = fn(&[u8]) -> Result<(R, Vec<Deviation>)>;

fn hold<R: PartialEq + std::fmt::Debug>(
    bytes: &[u8],
    parse: Parse<R>,
    write: fn(&R) -> Result<Vec<u8>>,
) {
    let (record, deviations) = match parse(bytes) {
        Ok(read) => read,
        Err(error) => return assert_inside(&error, bytes.len()),
    };
    assert!(deviations.len() <= MAX_DEVIATIONS, "too many deviations");
    for deviation in deviations {
        assert_printable(&deviation.to_string());
    }
    match write(&record) {
        Ok(written) => assert_eq!(parse(&written).unwrap().0, record),
        Err(error) => assert!(matches!(error, Error::Misuse(_)), "{error}"),
    }
}

/// The place of a fault is inside the record, or right behind it.
pub(super) fn assert_inside(error: &Error, len: usize) {
    if let Error::Malformed { what, at } = error {
        assert!(*at <= len, "malformed {what} at byte {at} of {len}");
    }
    assert_printable(&error.to_string());
}
