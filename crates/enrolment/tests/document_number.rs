//! Numbers for documents: each once, in an order that says nothing, and each as its profile wants them.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::collections::BTreeSet;

use crypto::{FormatPreservingKey, SecretBytes};
use enrolment::document_number::DocumentNumbers;
use enrolment::personal_number::{BLOCK, Blocks};
use enrolment::{Error, Field, HolderRecord, check, check_application, profiles};
use time::macros::date;

fn key(octet: u8) -> FormatPreservingKey {
    FormatPreservingKey::new(&SecretBytes::from([octet; 32])).unwrap()
}

/// The ranges of all profiles that have one.
fn ranges() -> Vec<(&'static str, &'static str, DocumentNumbers)> {
    let ranges = profiles::ALL.iter().filter_map(|profile| {
        let data = profile.data();
        Some((data.id, data.issuing_state, data.document_numbers?))
    });
    ranges.collect()
}

#[test]
fn ranges_keep_apart_and_fit_the_zone() {
    let ranges = ranges();
    assert!(!ranges.is_empty());
    let mut prefixes = BTreeSet::new();
    for (id, state, numbers) in &ranges {
        assert!(prefixes.insert((state, numbers.prefix)), "{id}");
        // Nine characters of the zone (Doc 9303-3 §4.2); the permutation needs six digits.
        let length = numbers.prefix.len() + numbers.digits;
        assert!((6..=9).contains(&numbers.digits) && length <= 9, "{id}");
        assert_eq!(numbers.capacity(), 10_u64.pow(numbers.digits as u32));
    }
    for profile in profiles::ALL {
        // Whoever is numbered by the person has no numbers to give to documents.
        let has = profile.data().document_numbers.is_some();
        assert_eq!(has, !profile.is_numbered_by_person());
        assert_eq!(has, profile.gives(Field::DocumentNumber));
    }
}

#[test]
fn every_number_obeys_the_rules_of_its_profile_and_leads_back() {
    for (id, state, numbers) in ranges() {
        let profile = profiles::by_id(id).unwrap();
        let series = numbers.series(state);
        let mut given = BTreeSet::new();
        for counter in (0..2_000).chain([numbers.capacity() - 1]) {
            let number = numbers.number(&series, counter, &key(7)).unwrap();
            assert_eq!(
                numbers.counter_of(&series, &number, &key(7)).unwrap(),
                counter
            );
            let mut record = HolderRecord::new();
            record.set(Field::DocumentNumber, number.as_str());
            let findings = check(&record, profile, date!(2026 - 11 - 22));
            let own = findings
                .iter()
                .find(|finding| finding.field == Field::DocumentNumber);
            assert_eq!(own, None, "{number}");
            assert!(given.insert(number), "twice");
        }
        // In no order: of two thousand, hardly any stands behind its neighbour.
        let first: Vec<String> = (0..2_000)
            .map(|counter| numbers.number(&series, counter, &key(7)).unwrap())
            .collect();
        let rising = first.windows(2).filter(|pair| pair[0] < pair[1]).count();
        assert!((800..1_200).contains(&rising), "{rising}");
        assert_ne!(first[0], numbers.number(&series, 0, &key(8)).unwrap());
        let over = numbers.number(&series, numbers.capacity(), &key(7));
        assert!(matches!(over, Err(Error::NumberCounter { .. })));
        for other in [
            "",
            "U1234567",
            "X12345678",
            "U1234567A",
            "U123456789",
            "U+1234567",
        ] {
            let counter = numbers.counter_of(&series, other, &key(7));
            assert!(matches!(counter, Err(Error::NumberForm)), "{other}");
        }
        let blocks = Blocks::with(series, numbers.capacity());
        assert_eq!(blocks.count(), numbers.capacity() / BLOCK);
    }
}

/// What the service gives may be left out of an application, and of nothing else.
#[test]
fn applications_may_leave_out_what_is_given() {
    for profile in profiles::ALL {
        let (record, today) = (HolderRecord::new(), date!(2026 - 11 - 22));
        let absent = |findings: Vec<enrolment::Finding>| -> BTreeSet<Field> {
            let absent = findings
                .iter()
                .filter(|finding| finding.rule.id == "field-required");
            absent.map(|finding| finding.field).collect()
        };
        let wanted: BTreeSet<Field> = profile.data().required.iter().copied().collect();
        assert_eq!(absent(check(&record, *profile, today)), wanted);
        let given: BTreeSet<Field> = [Field::PersonalNumber, Field::DocumentNumber]
            .into_iter()
            .filter(|field| profile.gives(*field))
            .collect();
        assert_eq!(given.len(), 1, "{profile:?}");
        let left: BTreeSet<Field> = wanted.difference(&given).copied().collect();
        assert_eq!(absent(check_application(&record, *profile, today)), left);
    }
}
