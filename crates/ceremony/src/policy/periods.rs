//! The periods of a request: in themselves, against the settings of the root, and against its certificate.

use pki::{Certificate, Validity};
use time::{Duration, OffsetDateTime};

use super::{CLOCK_DIFFERENCE, YEAR};
use crate::journal::State;
use crate::request::{RequestBody, Wanted};
use crate::{Refused, Result};

/// Doc 9303-12 §4.1.1: usage inside validity, validity inside the CSCA's, and long enough for the last document.
pub(super) fn check_periods(body: &RequestBody, state: &State, now: OffsetDateTime) -> Result<()> {
    let validity = check_own_periods(&body.wanted, body.made_at, now)?;
    let settings = state.settings();
    if let Some(usage) = body.wanted.private_key_usage().map(Validity::from) {
        let signs_documents = matches!(body.wanted, Wanted::DocumentSigner(_));
        let days = if signs_documents {
            settings.signer_usage_days
        } else {
            settings.csca_usage_days
        };
        if usage.not_after - usage.not_before > Duration::days(days.into()) {
            return Err(Refused::UsageTooLong(days).into());
        }
        let last_document = usage.not_after + YEAR * i32::from(settings.document_years);
        if signs_documents && validity.not_after < last_document {
            return Err(Refused::Periods.into());
        }
    }
    let csca = Certificate::parse(state.current().certificate.as_bytes())?;
    let usage = csca_usage(&csca);
    let is_current = state.current().certificate.digest() == body.csca;
    if !is_current && validity.not_before < usage.not_before {
        return Err(Refused::KeyChanged.into());
    }
    check_inside(&validity, &csca)?;
    if !usage.contains(now) {
        return Err(Refused::CscaOutOfUse.into());
    }
    Ok(())
}

/// Whole seconds, beginnings before ends, usage inside validity and not over, not begun long before the request was made.
/// Gives the validity.
pub(crate) fn check_own_periods(
    wanted: &Wanted,
    made_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<Validity> {
    let validity: Validity = wanted.validity().ok_or(Refused::Periods)?.into();
    let whole_seconds = |period: &Validity| {
        period.not_before.nanosecond() == 0 && period.not_after.nanosecond() == 0
    };
    let orderly = |period: &Validity| period.not_before < period.not_after && whole_seconds(period);
    let usage = wanted.private_key_usage().map(Validity::from);
    let fits =
        |usage: &Validity| orderly(usage) && validity.encloses(usage) && usage.not_after >= now;
    if orderly(&validity)
        && validity.not_before >= made_at - CLOCK_DIFFERENCE
        && usage.as_ref().is_none_or(fits)
    {
        Ok(validity)
    } else {
        Err(Refused::Periods.into())
    }
}

/// A certificate does not outlive the CSCA's, and begins while the CSCA's key signs.
pub(crate) fn check_inside(validity: &Validity, csca: &Certificate) -> Result<()> {
    if csca.validity().encloses(validity) && csca_usage(csca).contains(validity.not_before) {
        Ok(())
    } else {
        Err(Refused::OutsideCsca.into())
    }
}

/// When the CSCA's key signs certificates.
#[must_use]
pub fn csca_usage(csca: &Certificate) -> Validity {
    let period = csca.extensions().private_key_usage_period;
    let validity = csca.validity();
    Validity {
        not_before: period
            .and_then(|period| period.not_before)
            .unwrap_or(validity.not_before),
        not_after: period
            .and_then(|period| period.not_after)
            .unwrap_or(validity.not_after),
    }
}
