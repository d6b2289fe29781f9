//! The files of `conformance/`, as they were when this crate was built.

use super::{Suite, SuiteError};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        /// Name and text of each file of cases, in the order in which they are run.
        pub const FILES: &[(&str, &str)] = &[
            $(($name, include_str!(concat!("../../conformance/", $name, ".toml")))),*
        ];
    };
}

files![
    "01-files",
    "02-access",
    "03-commands",
    "04-secure-messaging",
    "icao-part3/iso7816-a",
    "icao-part3/iso7816-b",
    "icao-part3/iso7816-c",
    "icao-part3/iso7816-d",
    "icao-part3/iso7816-e",
    "icao-part3/iso7816-i",
    "icao-part3/iso7816-o",
    "icao-part3/iso7816-p",
    "icao-part3/iso7816-q",
    "icao-part3/iso7816-r",
    "icao-part3/iso7816-s",
    "icao-part3/iso7816-t",
    "icao-part3/iso7816-u",
    "icao-part3/lds-a",
    "icao-part3/lds-b",
    "icao-part3/lds-c",
    "icao-part3/lds-d",
    "icao-part3/lds-e",
    "icao-part3/lds-g",
    "icao-part3/lds-h",
    "icao-part3/lds-i",
    "icao-part3/lds-j",
    "icao-part3/lds-k",
    "icao-part3/lds-n",
    "icao-part3/lds-o",
    "bsi-3.2/iso7816-h",
    "bsi-3.2/iso7816-j",
    "bsi-3.2/iso7816-k",
    "bsi-3.2/iso7816-l",
    "bsi-3.2/iso7816-m",
    "bsi-3.2/lds-e",
    "bsi-3.2/lds-f",
    "bsi-3.2/lds-g",
    "bsi-3.2/lds-h",
    "bsi-3.2/lds-l",
];

/// All cases, unit by unit.
///
/// # Errors
/// [`SuiteError`] for a file that cannot be read; a test of this crate reads them all.
pub fn suites() -> Result<Vec<Suite>, SuiteError> {
    FILES.iter().map(|(_, text)| Suite::parse(text)).collect()
}
