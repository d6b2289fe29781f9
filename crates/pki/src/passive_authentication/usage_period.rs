//! Was the document signed while its keys were in use? (Doc 9303-12 §4.1, §7.1.1; `evaluatory`: no guideline lets a verdict rest
//! on it, for the signer alone says when it was.)

use lds::{Dg12, File, FileContent, PartialDate};
use time::{Date, OffsetDateTime};

use super::data_groups::DataGroup;
use super::{DataGroupResult, SignerReport};
use crate::certificate::{Certificate, PrivateKeyUsagePeriod};
use crate::check::{Cause, CheckResult};
use crate::deviation::DeviationKind;
use crate::trust_store::TrustAnchor;

/// Signing time, or the date of issue where no signing time was signed, against the private-key usage period of the document
/// signer; the beginning of that certificate against the usage period of the CSCA.
pub(super) fn check(
    signer: &SignerReport,
    issued: Option<Date>,
    deviations: &mut Vec<DeviationKind>,
) -> CheckResult {
    let Some(certificate) = &signer.document_signer else {
        return CheckResult::Undetermined(Cause::NoSignerCertificate);
    };
    let signed = signing(certificate, signer.signing_time, issued, deviations);
    let csca = signer.csca.as_ref().map(TrustAnchor::certificate);
    CheckResult::together([signed, certification(certificate, csca)])
}

fn signing(
    certificate: &Certificate,
    signing_time: Option<OffsetDateTime>,
    issued: Option<Date>,
    deviations: &mut Vec<DeviationKind>,
) -> CheckResult {
    let Some(period) = certificate.extensions().private_key_usage_period else {
        return CheckResult::NotSupported(Cause::NoUsagePeriod);
    };
    let issued_inside = issued.map(|day| holds_day(period, day));
    let inside = signing_time.map(|moment| holds(period, moment));
    match (inside, issued_inside) {
        (Some(true), Some(false)) => {
            deviations.push(DeviationKind::IssueDateOutsideUsagePeriod);
            CheckResult::Successful
        }
        (Some(true), _) | (None, Some(true)) => CheckResult::Successful,
        (Some(false), _) | (None, Some(false)) => {
            CheckResult::Failed(Cause::SignedOutsideUsagePeriod)
        }
        (None, None) => CheckResult::Undetermined(Cause::NoSigningTime),
    }
}

fn certification(certificate: &Certificate, csca: Option<&Certificate>) -> CheckResult {
    let Some(csca) = csca else {
        return CheckResult::Undetermined(Cause::NoCsca);
    };
    match csca.extensions().private_key_usage_period {
        // A document signer whose CSCA does not say when it certifies was certified when it was.
        None => CheckResult::Successful,
        Some(period) if holds(period, certificate.validity().not_before) => CheckResult::Successful,
        Some(_) => CheckResult::Failed(Cause::CertifiedOutsideUsagePeriod),
    }
}

fn holds(period: PrivateKeyUsagePeriod, moment: OffsetDateTime) -> bool {
    period.not_before.is_none_or(|first| first <= moment)
        && period.not_after.is_none_or(|last| moment <= last)
}

/// The calendar day of the issuer is not that of UTC: a day on either side belongs to it.
fn holds_day(period: PrivateKeyUsagePeriod, day: Date) -> bool {
    let first = period
        .not_before
        .and_then(|first| first.date().previous_day());
    let last = period.not_after.and_then(|last| last.date().next_day());
    first.is_none_or(|first| first <= day) && last.is_none_or(|last| day <= last)
}

/// The date of issue, if EF.DG12 is what the signer signed.
pub(super) fn date_of_issue(
    result: Option<DataGroupResult>,
    state: Option<&DataGroup>,
) -> Option<Date> {
    let (Some(DataGroupResult::Identical), Some(DataGroup::Read(read))) = (result, state) else {
        return None;
    };
    let dg12 = lds::without_padding(File::Dg12, read.as_bytes())
        .ok()?
        .value;
    let issued = Dg12::parse(dg12).ok()?.value.date_of_issue;
    issued.and_then(PartialDate::to_date)
}
