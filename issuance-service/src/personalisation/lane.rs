//! In which lane a chip or a job waits.
//!
//! Chips wait by the keys that they have generated: profiles that ask for the same keys share chips. Jobs wait by the site where their chip is,
//! and there by issuer profile.

use core::fmt::Write as _;

use enrolment::IssuerProfile;
use perso::applet::KeyRequest;
use perso::{PreparedChip, key_requests};

use super::Site;
use crate::Result;

/// The lane of the chips that documents of a profile need.
///
/// # Errors
/// [`crate::Error::Perso`] for a profile whose keys no chip has.
pub fn lane_of_profile(profile: &dyn IssuerProfile) -> Result<String> {
    Ok(text(key_requests(&profile.data().chip)?))
}

/// The lane of a chip.
#[must_use]
pub fn lane_of_chip(chip: &PreparedChip) -> String {
    text(chip.keys.iter().map(|key| key.request))
}

/// The lane of the jobs of a profile at a site.
#[must_use]
pub fn lane_of_jobs(site: &Site, profile: &str) -> String {
    format!("{site}/{profile}")
}

/// The keys in the order in which they are asked for: `ca:P-256 aa:rsa-2048:SHA-256`.
fn text(requests: impl IntoIterator<Item = KeyRequest>) -> String {
    let mut lane = String::new();
    for request in requests {
        if !lane.is_empty() {
            lane.push(' ');
        }
        let written = match request {
            KeyRequest::ChipAuthentication {
                domain,
                key_id: None,
            } => write!(lane, "ca:{}", domain.name()),
            KeyRequest::ChipAuthentication {
                domain,
                key_id: Some(id),
            } => write!(lane, "ca:{}:{id}", domain.name()),
            KeyRequest::ActiveAuthenticationEc { curve, hash } => {
                write!(lane, "aa:{}:{}", curve.name(), hash.name())
            }
            KeyRequest::ActiveAuthenticationRsa { bits, hash } => {
                write!(lane, "aa:rsa-{bits}:{}", hash.name())
            }
        };
        // Writing into a text does not fail.
        debug_assert!(written.is_ok(), "a text takes text");
    }
    lane
}
