//! Personal numbers for those who have none: all of a series, each once, in an order that says nothing.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use crypto::{FormatPreservingKey, SecretBytes};
use enrolment::{
    Error,
    personal_number::{BLOCK, Blocks, NumberScheme, RegisteredBirth, Series, VietnameseSeries},
    profiles,
};
use mrz::Sex;
use proptest::prelude::*;
use time::{Date, macros::date};

const BEFORE: Date = date!(2025 - 06 - 30);
const AFTER: Date = date!(2025 - 07 - 01);

fn scheme() -> &'static dyn NumberScheme {
    let profile = profiles::by_id("vn-can-cuoc-2024").unwrap();
    profile.number_scheme().unwrap()
}

fn key(octet: u8) -> FormatPreservingKey {
    FormatPreservingKey::new(&SecretBytes::from([octet; 32])).unwrap()
}

fn series_of(place: &str, sex: Sex, year: i32, registered: Date) -> enrolment::Result<Series> {
    scheme().series_of(&RegisteredBirth {
        place,
        sex,
        year,
        registered,
    })
}

#[test]
fn both_vietnamese_cards_number_alike_and_a_passport_does_not() {
    for (id, has) in [
        ("vn-cccd-2021", true),
        ("vn-can-cuoc-2024", true),
        ("uto-passport", false),
    ] {
        let scheme = profiles::by_id(id).unwrap().number_scheme();
        assert_eq!(
            scheme.map(NumberScheme::id),
            has.then_some("vn-personal-number"),
            "{id}"
        );
    }
}

#[test]
fn a_series_says_place_century_sex_and_year() {
    let cases = [
        ("001", Sex::Male, 1999, BEFORE, Some("001099")),
        ("079", Sex::Female, 1999, BEFORE, Some("079199")),
        ("001", Sex::Male, 2000, BEFORE, Some("001200")),
        ("001", Sex::Female, 2025, AFTER, Some("001325")),
        // Merged into another province: its code is given to nobody from that day on.
        ("010", Sex::Male, 2025, BEFORE, Some("010225")),
        ("010", Sex::Male, 2025, AFTER, None),
        ("015", Sex::Male, 2025, AFTER, Some("015225")),
        // A country; a code of nobody; no codes.
        ("100", Sex::Male, 2025, AFTER, Some("100225")),
        ("003", Sex::Male, 2025, AFTER, None),
        ("1", Sex::Male, 2025, AFTER, None),
        ("00１", Sex::Male, 2025, AFTER, None),
        ("001", Sex::Unspecified, 2025, AFTER, None),
        ("001", Sex::Male, 1899, AFTER, None),
        ("001", Sex::Male, 2026, AFTER, None),
        ("001", Sex::Male, i32::MIN, AFTER, None),
        (
            "001",
            Sex::Female,
            2399,
            date!(2399 - 12 - 31),
            Some("001999"),
        ),
        ("001", Sex::Female, 2400, date!(2400 - 12 - 31), None),
    ];
    for (place, sex, year, day, want) in cases {
        let series = series_of(place, sex, year, day).ok();
        assert_eq!(
            series.as_ref().map(Series::as_str),
            want,
            "{place} {sex:?} {year} {day}"
        );
        if let Some(series) = series {
            assert_eq!(scheme().series_named(series.as_str()).unwrap(), series);
        }
    }
}

#[test]
fn what_is_no_series_is_refused() {
    for text in ["", "00109", "0010990", "00109x", "001099 ", "００１０９９"] {
        assert_eq!(
            scheme().series_named(text),
            Err(Error::NumberForm),
            "{text}"
        );
    }
    let series = scheme().series_named("001099").unwrap();
    let beyond = scheme().number(&series, VietnameseSeries::CAPACITY, &key(1));
    assert!(matches!(beyond, Err(Error::NumberCounter { .. })));
    for number in ["", "00109900000", "00109900000x", "0010990000000"] {
        assert_eq!(
            scheme().counter_of(number, &key(1)),
            Err(Error::NumberForm),
            "{number}"
        );
    }
}

/// The whole of a series, block by block as data centres lease it.
#[test]
fn all_numbers_of_a_series_are_given_and_none_twice() {
    let series = VietnameseSeries::of("001", Sex::Male, 2025).unwrap();
    let key = key(1);
    let blocks = Blocks::of(scheme(), series.into());
    assert_eq!(blocks.count(), VietnameseSeries::CAPACITY / BLOCK);
    let mut given = vec![false; VietnameseSeries::CAPACITY as usize];
    let mut ascents = 0;
    let mut last = 0;
    for block in (0..blocks.count()).filter_map(|number| blocks.nth(number)) {
        for counter in block.counters() {
            let number = series.number(counter, &key).unwrap();
            let random: usize = number
                .as_str()
                .strip_prefix("001225")
                .unwrap()
                .parse()
                .unwrap();
            assert!(
                !std::mem::replace(&mut given[random], true),
                "{}",
                number.as_str()
            );
            ascents += u32::from(random > last);
            last = random;
        }
    }
    assert!(given.iter().all(|given| *given));
    // Of a random order half the steps go up, give or take five standard deviations.
    assert!((498_500..=501_500).contains(&ascents), "{ascents}");
}

#[test]
fn another_key_or_series_is_another_order() {
    let of = |series: &str, octet| {
        let series = scheme().series_named(series).unwrap();
        let numbers =
            (0..50).map(|counter| scheme().number(&series, counter, &key(octet)).unwrap());
        numbers
            .map(|number| number[6..].to_owned())
            .collect::<Vec<_>>()
    };
    let one = of("001225", 1);
    for other in [
        of("001225", 2),
        of("001325", 1),
        of("002225", 1),
        of("001224", 1),
    ] {
        assert!(
            one.iter()
                .zip(&other)
                .filter(|(one, other)| one == other)
                .count()
                < 3
        );
    }
}

proptest! {
    #[test]
    fn an_auditor_finds_the_counter_of_every_number(
        place in 0u16..1000, female: bool, year in 1900i32..2400, counter in 0..VietnameseSeries::CAPACITY, octet: u8,
    ) {
        let sex = if female { Sex::Female } else { Sex::Male };
        let series = VietnameseSeries::of(&format!("{place:03}"), sex, year).unwrap();
        let number = series.number(counter, &key(octet)).unwrap();
        prop_assert_eq!((number.sex(), number.birth_year()), (sex, year));
        let found = scheme().counter_of(number.as_str(), &key(octet)).unwrap();
        prop_assert_eq!(found, (series.into(), counter));
    }

    #[test]
    fn two_series_never_give_the_same_number(
        one in "[0-9]{6}", other in "[0-9]{6}", first in 0..VietnameseSeries::CAPACITY, second in 0..VietnameseSeries::CAPACITY,
    ) {
        prop_assume!(one != other);
        let of = |series: &str, counter| scheme().number(&scheme().series_named(series).unwrap(), counter, &key(1)).unwrap();
        prop_assert_ne!(of(&one, first), of(&other, second));
    }
}
