//! Is a certificate revoked? (TR-03135-1 §5.6.4.3.5, RFC 5280 §6.3, Doc 9303-12 §7.1.4)
//!
//! The trust store takes a revocation list only when one of its CSCAs has signed it, of any generation: after a change of keys
//! the new key signs for the certificates of the old one (Doc 9303-12 §4.1.4). *Revoked* stays, however old the list that
//! says so and however many came after it, so that all lists are asked; *not revoked* needs a list that is complete, still
//! good, and of somebody who is trusted for as good a reason as the CSCA is.
//!
//! It is the key that vouches: a CSCA is judged by all certificates of its key, whichever of them was found.

use time::OffsetDateTime;

use crate::certificate::Certificate;
use crate::check::{Cause, CheckResult};
use crate::crl::{Crl, MAX_DAYS_BETWEEN_CRLS, RevocationReason};
use crate::deviation::{Deviation, DeviationKind};
use crate::trust_store::{TrustAnchor, TrustStore};

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
    csca: &TrustAnchor,
    trust_store: &TrustStore,
    now: OffsetDateTime,
) -> Revocation {
    let decisive = list_that_revokes(certificate, csca, trust_store, Some(now));
    // Who is trusted for a lesser reason can accuse, and clear nobody.
    let lists = || trust_store.crls_that_clear(csca);
    let newest = || lists().find(|list| list.this_update() <= now);
    // A list that is dated in the future takes nothing from one that is good today.
    let answer = decisive.or_else(newest).or_else(|| lists().next());
    answer.map_or_else(Revocation::unknown, |list| ask(certificate, list, now))
}

/// The list that revokes a certificate that this CSCA has issued, whatever the time.
pub(crate) fn revoking_list<'a>(
    certificate: &Certificate,
    csca: &TrustAnchor,
    trust_store: &'a TrustStore,
) -> Option<&'a Crl> {
    list_that_revokes(certificate, csca, trust_store, None)
}

/// As [`revoking_list`]; lists that are dated after `now` take no certificate off the newest of the others.
fn list_that_revokes<'a>(
    certificate: &Certificate,
    csca: &TrustAnchor,
    trust_store: &'a TrustStore,
    now: Option<OffsetDateTime>,
) -> Option<&'a Crl> {
    let mut lists = trust_store
        .crls_of_key(csca)
        .filter_map(|list| Some((list, entry_of(certificate, list)?)))
        .peekable();
    // Most certificates are on no list.
    lists.peek()?;
    let in_force = |list: &&Crl| now.is_none_or(|now| list.this_update() <= now);
    let clearing = || trust_store.crls_that_clear(csca);
    let newest = clearing().find(in_force).or_else(|| clearing().next());
    let on_hold = |entry: RevokedFacts| entry.reason == Some(RevocationReason::CertificateHold);
    // Only a certificate on hold can be taken off the list again, by a list that is not older.
    let taken_off = |list: &Crl| {
        newest.is_some_and(|newest| {
            let says_so =
                newest.is_complete() || newest.revoked(certificate.serial_number()).is_some();
            let is_off = says_so && entry_of(certificate, newest).is_none();
            is_off && list.this_update() <= newest.this_update()
        })
    };
    lists
        .find(|(list, entry)| !on_hold(*entry) || !taken_off(list))
        .map(|(list, _)| list)
}

/// Asks the lists of a trust store about a CSCA: about every certificate of its key, each in the lists of the CSCA that
/// issued it, which is itself or its predecessor. A list that a CSCA signs says little of its own key, so that only *revoked*
/// is an answer.
pub(crate) fn check_authority(
    csca: &TrustAnchor,
    trust_store: &TrustStore,
    now: OffsetDateTime,
) -> Revocation {
    let revoked = trust_store.revoked_certificate_of(csca);
    revoked.map_or_else(Revocation::unknown, |(same, list)| {
        ask(same.certificate(), list, now)
    })
}

/// The list that revokes a CSCA certificate; see [`check_authority`].
pub(crate) fn list_revoking_authority<'a>(
    csca: &Certificate,
    trust_store: &'a TrustStore,
) -> Option<&'a Crl> {
    let mut lists = trust_store.crls_about_issuer_of(csca);
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
    // An entry that takes back belongs in a delta CRL (RFC 5280 §5.3.1); elsewhere nobody knows what it means.
    let taken_back = entry.is_none() && list.revoked(certificate.serial_number()).is_some();
    let result = match entry {
        Some(entry) => CheckResult::Failed(Cause::Revoked(entry.at)),
        None if taken_back || !list.is_complete() => {
            CheckResult::Undetermined(Cause::RevocationListIncomplete)
        }
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
