//! The documents this workspace can issue, one file each.

pub mod uto_passport;
pub mod vietnam;
pub mod vn_can_cuoc_2024;
pub mod vn_cccd_2021;

use crate::profile::IssuerProfile;

/// All profiles.
pub static ALL: &[&dyn IssuerProfile] = &[
    &vn_cccd_2021::CARD,
    &vn_can_cuoc_2024::CARD,
    &uto_passport::UtoPassport,
];

/// The profile of an id.
#[must_use]
pub fn by_id(id: &str) -> Option<&'static dyn IssuerProfile> {
    ALL.iter().copied().find(|profile| profile.data().id == id)
}
