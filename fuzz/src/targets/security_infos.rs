//! SecurityInfos, as EF.CardAccess and EF.DG14 give them to a terminal, and the choices it makes of them.

use lds::security_info::{MAX_SECURITY_INFOS, SecurityInfos};
use protocols::{chip_authentication, pace};

use super::assert_printable;

/// What must hold of every byte string.
pub fn security_infos(bytes: &[u8]) {
    let parsed = match SecurityInfos::parse(bytes) {
        Ok(parsed) => parsed,
        Err(error) => return assert_printable(&error.to_string()),
    };
    for deviation in &parsed.deviations {
        assert_printable(&deviation.to_string());
    }
    let infos = parsed.value;
    assert!(infos.iter().count() <= MAX_SECURITY_INFOS);
    // Entries are compared as they came: what is written again is the same set.
    let again = SecurityInfos::parse(&infos.to_der()).unwrap().value;
    assert_eq!(again.to_der(), infos.to_der());
    assert!(infos.missing_from(&again).is_empty());
    if let Some(chosen) = pace::strongest(infos.pace()) {
        assert!(infos.pace().any(|info| info == chosen));
    }
    if let Err(error) = chip_authentication::Selection::strongest(&infos) {
        assert_printable(&error.to_string());
    }
}
