//! Revocation lists that are asked about a document signer (TR-03135-1 §5.6.4.3.5).

use crypto::Curve;
use pki::crl::{CrlProfile, RevokedCertificate};
use pki::{Cause, Certificate, CheckResult, DeviationKind, TrustStore};
use time::{Duration, OffsetDateTime};

use crate::forge::{Forge, Key, Node, element};
use crate::test_pki::NOW;

const P256: Key = Key::Ec(Curve::P256);
const REVOKED_AT: OffsetDateTime = NOW.saturating_sub(Duration::days(10));

fn days(number: i64) -> OffsetDateTime {
    NOW + Duration::days(number)
}

/// A list of this day, for thirty days, with the document signer on it or not.
fn list(forge: &Forge, this_update: OffsetDateTime, revoked: bool) -> Vec<u8> {
    let signer = Certificate::parse(&forge.signer_certificate()).unwrap();
    let entry = RevokedCertificate {
        serial_number: signer.serial_number().to_vec(),
        date: REVOKED_AT,
    };
    let profile = CrlProfile {
        number: 1,
        this_update,
        next_update: this_update + Duration::days(30),
        revoked: revoked.then_some(entry).into_iter().collect(),
        former_names: Vec::new(),
    };
    forge.issue(|issuer| profile.issue(issuer)).unwrap()
}

fn store(forge: &Forge, lists: &[Vec<u8>]) -> TrustStore {
    let mut store = forge.trust_store();
    for list in lists {
        assert_eq!(store.add_crl(list), Ok(true));
    }
    store
}

#[test]
fn lists_and_their_age() {
    let forge = Forge::new(P256, P256);
    let outdated = |day| CheckResult::Undetermined(Cause::RevocationListOutdated(days(day)));
    let revoked = CheckResult::Failed(Cause::Revoked(REVOKED_AT));
    let unknown = CheckResult::Undetermined(Cause::NoRevocationInformation);
    for (what, lists, now, expected) in [
        ("no list", &[][..], 0, unknown),
        (
            "not on the list",
            &[(-1, false)],
            0,
            CheckResult::Successful,
        ),
        (
            "not on a list that is out of date",
            &[(-1, false)],
            40,
            outdated(29),
        ),
        (
            "not on a list of tomorrow",
            &[(1, false)],
            0,
            CheckResult::Undetermined(Cause::RevocationListOfTheFuture),
        ),
        ("on the list", &[(-1, true)], 0, revoked),
        ("on a list that is out of date", &[(-1, true)], 400, revoked),
        ("on the list of tomorrow", &[(1, true)], 0, revoked),
        (
            "on the newer of two",
            &[(-5, false), (-1, true)],
            0,
            revoked,
        ),
        (
            "on the older of two",
            &[(-5, true), (-1, false)],
            0,
            revoked,
        ),
        (
            "on neither of today's and of tomorrow's list",
            &[(-1, false), (1, false)],
            0,
            CheckResult::Successful,
        ),
        (
            "on neither of an old and of tomorrow's list",
            &[(-1, false), (50, false)],
            40,
            outdated(29),
        ),
        (
            "on neither, the older out of date",
            &[(-20, false), (-1, false)],
            15,
            CheckResult::Successful,
        ),
    ] {
        let lists: Vec<Vec<u8>> = lists
            .iter()
            .map(|(day, on)| list(&forge, days(*day), *on))
            .collect();
        let report = forge.authenticate_at(&store(&forge, &lists), days(now));
        assert_eq!(report.signer.revocation, expected, "{what}");
        let is_revoked = expected == revoked;
        assert_eq!(report.verified_lds().is_none(), is_revoked, "{what}");
        assert_eq!(
            matches!(report.together(), CheckResult::Failed(_)),
            is_revoked,
            "{what}"
        );
        assert_eq!(
            report.signer.revocation_details.entry.is_some(),
            is_revoked,
            "{what}"
        );
    }
}

/// An entry that takes back belongs in a delta CRL (RFC 5280 §5.3.1): in a full list nobody knows what it means, and it neither
/// revokes nor clears.
#[test]
fn an_entry_that_takes_back_is_no_answer() {
    let forge = Forge::new(P256, P256);
    let with_reason = |reason: u8| {
        let mut node = Node::parse(&list(&forge, days(-1), true));
        let extension = [
            &[0x30, 0x0C, 0x30, 0x0A, 0x06, 0x03, 0x55, 0x1D, 0x15][..],
            &[0x04, 0x03, 0x0A, 0x01, reason],
        ];
        let entry = node.at(&[0, 5, 0]).children();
        entry.push(Node::Raw(extension.concat()));
        let signature = forge.csca.sign(&node.at(&[0]).bytes());
        node.set(&[2], element(0x03, [&[0][..], &signature].concat()));
        node.bytes()
    };
    for (reason, expected) in [
        (1, CheckResult::Failed(Cause::Revoked(REVOKED_AT))),
        (
            8,
            CheckResult::Undetermined(Cause::RevocationListIncomplete),
        ),
    ] {
        let report = forge.authenticate_at(&store(&forge, &[with_reason(reason)]), NOW);
        assert_eq!(report.signer.revocation, expected, "{reason}");
    }
}

#[test]
fn an_old_list_is_reported_and_the_entry_is_told() {
    let forge = Forge::new(P256, P256);
    let report = forge.authenticate_at(&store(&forge, &[list(&forge, days(-1), true)]), days(100));
    let kinds: Vec<_> = report
        .signer
        .issuer_deviations
        .iter()
        .map(|d| d.kind)
        .collect();
    assert_eq!(kinds, [DeviationKind::CrlAge(101)]);
    assert_eq!(kinds[0].quirk(), Some("Q098"));
    let details = &report.signer.revocation_details;
    assert_eq!(details.list.as_ref().unwrap().this_update, days(-1));
    // Signed on the day that the tests happen, revoked ten days before.
    let entry = details.entry.unwrap();
    assert_eq!(entry.at, REVOKED_AT);
    assert!(!entry.is_later_than(report.signer.signing_time.unwrap()));
    assert!(entry.is_later_than(REVOKED_AT - Duration::hours(1)));
}

#[test]
fn whose_lists_count() {
    let forge = Forge::new(P256, P256);
    // Another generation of the CSCA: one name, another key.
    let other = Forge::new(Key::Ec(Curve::P384), P256);
    let of_other = {
        let signer = Certificate::parse(&forge.signer_certificate()).unwrap();
        let profile = CrlProfile {
            number: 7,
            this_update: days(-1),
            next_update: days(29),
            revoked: vec![RevokedCertificate {
                serial_number: signer.serial_number().to_vec(),
                date: REVOKED_AT,
            }],
            former_names: Vec::new(),
        };
        other.issue(|issuer| profile.issue(issuer)).unwrap()
    };
    let mut store = forge.trust_store();
    assert!(store.add_crl(&of_other).is_err(), "a stranger's list");
    store
        .add(&other.csca_certificate(), "next generation")
        .unwrap();
    store.add_crl(&of_other).unwrap();
    let report = forge.authenticate(&store);
    assert_eq!(
        report.signer.revocation,
        CheckResult::Failed(Cause::Revoked(REVOKED_AT))
    );
}

#[test]
fn a_revoked_csca_vouches_for_nobody() {
    let forge = Forge::new(P256, P256);
    let csca = Certificate::parse(&forge.csca_certificate()).unwrap();
    let profile = CrlProfile {
        number: 1,
        this_update: days(-1),
        next_update: days(29),
        revoked: vec![RevokedCertificate {
            serial_number: csca.serial_number().to_vec(),
            date: REVOKED_AT,
        }],
        former_names: Vec::new(),
    };
    let list = forge.issue(|issuer| profile.issue(issuer)).unwrap();
    let report = forge.authenticate(&store(&forge, &[list]));
    assert_eq!(report.signer.revocation, CheckResult::Successful);
    assert_eq!(
        report.signer.csca_revocation,
        CheckResult::Failed(Cause::Revoked(REVOKED_AT))
    );
    assert!(report.verified_lds().is_none());
    assert_eq!(
        report.together(),
        CheckResult::Failed(Cause::Revoked(REVOKED_AT))
    );
}
