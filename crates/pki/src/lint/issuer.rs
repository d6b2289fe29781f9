//! A certificate or CRL against the certificate of its issuer.

use std::collections::HashMap;

use super::object_kind::ObjectKind;
use super::rules;
use super::sheet::Sheet;
use super::{Certificates, periods};
use crate::Result;
use crate::certificate::Certificate;
use crate::check::CheckResult;
use crate::name::Name;

/// Most issuers whose key is tried for one object.
const MAX_CANDIDATES: usize = 16;

/// Certificates that may have issued others, by what issuers are looked up by.
#[derive(Default)]
pub(super) struct Issuers<'c> {
    by_key: HashMap<&'c [u8], Vec<&'c Certificate>>,
    by_name: HashMap<&'c str, Vec<&'c Certificate>>,
}

impl<'c> Issuers<'c> {
    pub(super) fn new(certificates: impl Iterator<Item = &'c Certificate>) -> Self {
        let mut issuers = Self::default();
        for certificate in certificates {
            if let Some(key) = &certificate.extensions().subject_key_identifier {
                issuers.by_key.entry(key).or_default().push(certificate);
            }
            let name = certificate.subject().canonical();
            issuers.by_name.entry(name).or_default().push(certificate);
        }
        issuers
    }

    /// Whether a certificate with this key identifier is at hand.
    pub(super) fn knows_key(&self, key: Option<&[u8]>) -> bool {
        key.is_some_and(|key| self.by_key.contains_key(key))
    }

    /// Those that may be meant: by key identifier, then by name.
    pub(super) fn of(&self, key: Option<&[u8]>, name: &Name) -> Vec<&'c Certificate> {
        let by_key = key.and_then(|key| self.by_key.get(key));
        let by_name = self.by_name.get(name.canonical());
        let mut all: Vec<&'c Certificate> = Vec::new();
        for one in by_key.into_iter().chain(by_name).flatten().copied() {
            if all.len() < MAX_CANDIDATES && !all.iter().any(|known| core::ptr::eq(*known, one)) {
                all.push(one);
            }
        }
        all
    }
}

/// Checks a certificate against its issuer, if that is at hand.
pub(super) fn check(
    certificate: &Certificate,
    at: usize,
    certificates: &Certificates<'_>,
    sheet: &mut Sheet,
) {
    if sheet.is(ObjectKind::CscaRoot) {
        check_root(certificate, at, sheet);
        return;
    }
    let key = certificate.extensions().authority_key_identifier.as_deref();
    let mut candidates = certificates.issuers.of(key, certificate.issuer());
    candidates.retain(|issuer| *issuer != certificate);
    let search = search(&candidates, |issuer| certificate.verify_signature(issuer));
    match search {
        Search::Signed(issuer) => {
            check_names(certificate.issuer(), key, issuer, at, sheet);
            check_periods(certificate, issuer, at, sheet);
        }
        Search::NotSigned if certificates.issuers.knows_key(key) => {
            let expected = format!("signed by {}", certificate.issuer());
            let rule = &rules::ISSUER_SIGNATURE;
            sheet.find(rule, at, "a signature that does not hold", expected);
        }
        // Without key identifier the right generation may simply be missing.
        Search::NotSigned | Search::Unknown => {}
    }
}

/// Whose key made a signature.
pub(super) enum Search<'c> {
    Signed(&'c Certificate),
    NotSigned,
    Unknown,
}

/// Tries the candidates in turn.
pub(super) fn search<'c, T>(
    candidates: &[&'c Certificate],
    verify: impl Fn(&Certificate) -> Result<T>,
) -> Search<'c> {
    let mut result = Search::Unknown;
    for issuer in candidates {
        match CheckResult::of_signature(&verify(issuer)) {
            CheckResult::Successful => return Search::Signed(issuer),
            CheckResult::Failed(_) => result = Search::NotSigned,
            _ => return Search::Unknown,
        }
    }
    result
}

/// Name and key identifier against those of the issuer, whose signature holds.
pub(super) fn check_names(
    name: &Name,
    key: Option<&[u8]>,
    issuer: &Certificate,
    at: usize,
    sheet: &mut Sheet,
) {
    if name != issuer.subject() {
        sheet.find(&rules::ISSUER_NAME, at, name, issuer.subject());
    }
    let own = issuer.extensions().subject_key_identifier.as_deref();
    if let (Some(named), Some(own)) = (key, own)
        && named != own
    {
        sheet.find(&rules::ISSUER_KEY, at, hex(named), hex(own));
    }
}

fn check_root(certificate: &Certificate, at: usize, sheet: &mut Sheet) {
    let result = CheckResult::of_signature(&certificate.verify_signature(certificate));
    if matches!(result, CheckResult::Failed(_)) {
        let found = "not signed by its own key";
        sheet.find(&rules::SELF_SIGNATURE, at, found, "signed by its own key");
        return;
    }
    let key = certificate.extensions().authority_key_identifier.as_deref();
    check_names(certificate.issuer(), key, certificate, at, sheet);
}

fn check_periods(certificate: &Certificate, issuer: &Certificate, at: usize, sheet: &mut Sheet) {
    let end = certificate.validity().not_after;
    let last = issuer.validity().not_after;
    if end > last {
        let found = format!("until {}", end.date());
        let expected = format!("until {} at most", last.date());
        sheet.find(&rules::ISSUER_VALIDITY, at, found, expected);
    }
    let begin = certificate.validity().not_before;
    if let Some(usage) = periods::usage(issuer)
        && !usage.contains(begin)
    {
        let found = format!("from {}", begin.date());
        let expected = format!("begun in {usage}");
        sheet.find(&rules::ISSUER_USAGE, at, found, expected);
    }
}

/// Octets for people.
pub(super) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}
