//! Is a certificate revoked? (TR-03135-1 §5.6.4.3.5, RFC 5280 §6.3, Doc 9303-12 §7.1.4)
//!
//! The trust store takes a revocation list only when one of its CSCAs has signed it, of any generation: after a change of keys
//! the new key signs for the certificates of the old one (Doc 9303-12 §4.1.4). *Revoked* stays, however old the list that
//! says so; *not revoked* needs a list that is complete and still good.

use time::OffsetDateTime;

use crate::certificate::Certificate;
use crate::check::{Cause, CheckResult};
use crate::crl::{Crl, MAX_DAYS_BETWEEN_CRLS, RevocationReason};
use crate::deviation::{Deviation, DeviationKind};
use crate::trust_store::TrustStore;

/// Most lists that are asked about one certificate, the newest first.
const MAX_LISTS: usize = 64;

/// What the revocation lists say of a certificate.
#[derive(Debug, Clone)]
pub struct Revocation {
    /// Successful: not revoked. Failed: revoked.
    pub result: CheckResult,
    /// The list that decided.
    pub list: Option<ListFacts>,
    /// The entry of the certificate.
    pub entry: Option<RevokedFacts>,
    /// What was accepted against the rules, of the list that decided.
    pub deviations: Vec<Deviation>,
}

/// Which list it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListFacts {
    /// Its issuer.
    pub issuer: String,
    /// When it was issued.
    pub this_update: OffsetDateTime,
    /// When the next one is due.
    pub next_update: Option<OffsetDateTime>,
    /// cRLNumber.
    pub number: Option<Vec<u8>>,
}

/// When and why a certificate was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevokedFacts {
    /// When it was revoked.
    pub at: OffsetDateTime,
    /// Why, where the list says it against the profile.
    pub reason: Option<RevocationReason>,
    /// Since when the key is known to be bad, where the list says it against the profile.
    pub invalid_since: Option<OffsetDateTime>,
}

impl RevokedFacts {
    /// Whether something was signed before that happened. The signing time is the signer's word: for a key in wrong hands
    /// it says nothing, so the verdict does not rest on it.
    #[must_use]
    pub fn is_later_than(&self, signing_time: OffsetDateTime) -> bool {
        signing_time < self.invalid_since.unwrap_or(self.at)
    }
}

impl Revocation {
    /// Without a list of the issuer.
    pub(crate) const fn unknown() -> Self {
        Self {
            result: CheckResult::Undetermined(Cause::NoRevocationInformation),
            list: None,
            entry: None,
            deviations: Vec::new(),
        }
    }
}

/// Asks the lists of a trust store about a certificate that this CSCA has issued.
pub(crate) fn check(
    certificate: &Certificate,
    csca: &Certificate,
    trust_store: &TrustStore,
    now: OffsetDateTime,
) -> Revocation {
    let decisive = list_that_revokes(certificate, csca, trust_store, Some(now));
    let lists = || trust_store.crls_of(csca);
    let newest = || lists().find(|list| list.this_update() <= now);
    // A list that is dated in the future takes nothing from one that is good today.
    let answer = decisive.or_else(newest).or_else(|| lists().next());
    answer.map_or_else(Revocation::unknown, |list| ask(certificate, list, now))
}

/// The list that revokes a certificate that this CSCA has issued, whatever the time.
pub(crate) fn revoking_list<'a>(
    certificate: &Certificate,
    csca: &'a Certificate,
    trust_store: &'a TrustStore,
) -> Option<&'a Crl> {
    list_that_revokes(certificate, csca, trust_store, None)
}

/// As [`revoking_list`]; lists that are dated after `now` take no certificate off the newest of the others.
fn list_that_revokes<'a>(
    certificate: &Certificate,
    csca: &'a Certificate,
    trust_store: &'a TrustStore,
    now: Option<OffsetDateTime>,
) -> Option<&'a Crl> {
    let lists = || trust_store.crls_of(csca).take(MAX_LISTS);
    let in_force = |list: &&Crl| now.is_none_or(|now| list.this_update() <= now);
    let newest = trust_store.crls_of(csca).find(in_force);
    let newest = newest.or_else(|| lists().next());
    lists().chain(newest).find(|list| {
        entry_of(certificate, list).is_some_and(|entry| {
            // Only a certificate on hold can be taken off the list again.
            let is_newest = newest.is_some_and(|newest| core::ptr::eq(*list, newest));
            is_newest || entry.reason != Some(RevocationReason::CertificateHold)
        })
    })
}

/// Asks the lists of a trust store about a CSCA certificate: those of the CSCA that issued it, which is itself or its
/// predecessor. A list that a CSCA signs says little of its own key, so that only *revoked* is an answer.
pub(crate) fn check_authority(
    csca: &Certificate,
    trust_store: &TrustStore,
    now: OffsetDateTime,
) -> Revocation {
    let list = list_revoking_authority(csca, trust_store);
    list.map_or_else(Revocation::unknown, |list| ask(csca, list, now))
}

/// The list that revokes a CSCA certificate; see [`check_authority`].
pub(crate) fn list_revoking_authority<'a>(
    csca: &Certificate,
    trust_store: &'a TrustStore,
) -> Option<&'a Crl> {
    let mut lists = trust_store.crls_about_issuer_of(csca).take(MAX_LISTS);
    lists.find(|list| entry_of(csca, list).is_some())
}

fn entry_of(certificate: &Certificate, list: &Crl) -> Option<RevokedFacts> {
    list.revoked(certificate.serial_number())
        .filter(|entry| entry.reason != Some(RevocationReason::RemoveFromCrl))
        .map(|entry| RevokedFacts {
            at: entry.date,
            reason: entry.reason,
            invalid_since: entry.invalidity_date,
        })
}

/// What a list that is believed says of a certificate.
fn ask(certificate: &Certificate, list: &Crl, now: OffsetDateTime) -> Revocation {
    let entry = entry_of(certificate, list);
    let result = match entry {
        Some(entry) => CheckResult::Failed(Cause::Revoked(entry.at)),
        None if !list.is_complete() => CheckResult::Undetermined(Cause::RevocationListIncomplete),
        None if now < list.this_update() => {
            CheckResult::Undetermined(Cause::RevocationListOfTheFuture)
        }
        None if list.is_outdated(now) => {
            let since = list.next_update().unwrap_or(list.this_update());
            CheckResult::Undetermined(Cause::RevocationListOutdated(since))
        }
        None => CheckResult::Successful,
    };
    let mut deviations = list.deviations().to_vec();
    let age = u32::try_from((now - list.this_update()).whole_days()).unwrap_or_default();
    let old = (age > MAX_DAYS_BETWEEN_CRLS).then_some(DeviationKind::CrlAge(age));
    deviations.extend(old.map(Deviation::from));
    Revocation {
        result,
        list: Some(ListFacts {
            issuer: list.issuer().to_string(),
            this_update: list.this_update(),
            next_update: list.next_update(),
            number: list.number().map(<[u8]>::to_vec),
        }),
        entry,
        deviations,
    }
}
