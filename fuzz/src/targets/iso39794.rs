//! The records of ISO 39794, as chips of other issuers hold them.

use biometrics::face::iso39794_5::FaceRecord;
use biometrics::finger::iso39794_4::FingerRecord;
use biometrics::iris::iso39794_6::IrisRecord;
use biometrics::iso39794_1::Profile;
use biometrics::{Error, Result};

use super::assert_printable;
use super::iso19794::{Parse, assert_inside};

/// Most deviations that a reader lists.
const MAX_DEVIATIONS: usize = 64;

/// What must hold of every byte string read as a record of ISO 39794.
pub fn iso39794(bytes: &[u8]) {
    hold(bytes, FaceRecord::parse, FaceRecord::to_bytes_as);
    hold(bytes, FingerRecord::parse, FingerRecord::to_bytes_as);
    hold(bytes, IrisRecord::parse, IrisRecord::to_bytes_as);
}

/// What is read is written in both profiles, and read from either as the same.
fn hold<R: PartialEq + std::fmt::Debug>(
    bytes: &[u8],
    parse: Parse<R>,
    write: fn(&R, Profile) -> Result<Vec<u8>>,
) {
    let (record, deviations) = match parse(bytes) {
        Ok(read) => read,
        Err(error) => return assert_inside(&error, bytes.len()),
    };
    assert!(deviations.len() <= MAX_DEVIATIONS, "too many deviations");
    for deviation in deviations {
        assert_printable(&deviation.to_string());
    }
    for profile in [Profile::Base, Profile::Icao] {
        match write(&record, profile) {
            Ok(written) => assert_eq!(parse(&written).unwrap().0, record),
            Err(error) => assert!(matches!(error, Error::Misuse(_)), "{error}"),
        }
    }
}
