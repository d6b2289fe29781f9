//! What the online side can know of the root's answer before it makes a key for a request.

use crypto::KeyKind;
use pki::{Certificate, oids};
use time::OffsetDateTime;

use crate::{Refused, Result, Wanted, policy};

/// Refuses what a root will refuse, as far as that is seen from its certificate `csca`, the kind of the key and the document codes
/// that the online side has. What only the journal knows, the root itself checks.
///
/// # Errors
/// [`Refused::WeakKey`], [`Refused::CommonName`], [`Refused::DocumentTypes`], [`Refused::Periods`], [`Refused::OutsideCsca`],
/// [`Refused::RevokedAlready`] for one that is named twice.
pub fn foresee(
    wanted: &Wanted,
    key: Option<KeyKind>,
    document_types: &[String],
    csca: &Certificate,
    now: OffsetDateTime,
) -> Result<()> {
    if let Wanted::Crl(wish) = wanted {
        return policy::check_named_once(&wish.revoke);
    }
    if key.is_none_or(policy::is_weak_kind) {
        return Err(Refused::WeakKey.into());
    }
    let name = csca.subject().attribute(oids::COMMON_NAME);
    policy::check_name(wanted, name.unwrap_or_default())?;
    policy::check_document_types(wanted, document_types)?;
    let validity = policy::check_own_periods(wanted, now, now)?;
    let usage = policy::csca_usage(csca);
    if usage.contains(now) {
        return policy::check_inside(&validity, csca);
    }
    // The root must have had a new key since, and who asks cannot have heard of it yet.
    if validity.not_before < usage.not_before {
        return Err(Refused::OutsideCsca.into());
    }
    Ok(())
}
