//! What is built is read as the same, without a deviation.

// Failing is what a test is for.
#![allow(clippy::unwrap_used)]

use std::fmt::Debug;

use lds::dg13::vietnam::{CitizenDate, VietnamCitizen};
use lds::dg16::PersonToNotify;
use lds::{Dg11, Dg12, Dg16, FileContent, PartialDate, Text};
use proptest::option::of;
use proptest::prelude::*;

fn round_trip<F: FileContent + PartialEq + Debug>(file: &F) {
    let parsed = F::parse(&file.to_bytes()).unwrap();
    assert_eq!(parsed.strict().as_ref(), Ok(file));
}

fn text() -> impl Strategy<Value = Text> {
    "\\PC{1,24}".prop_map(|text| Text::new(&text).unwrap())
}

fn image() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..40)
        .prop_map(|tail| [vec![0xFF, 0xD8, 0xFF], tail].concat())
}

fn date() -> impl Strategy<Value = PartialDate> {
    (of(1u16..=9999), of(1u8..=12), of(1u8..=28))
        .prop_map(|(year, month, day)| PartialDate::new(year, month, day).unwrap())
}

fn day() -> impl Strategy<Value = time::Date> {
    (1900i32..2100, 1u16..=365)
        .prop_map(|(year, day)| time::Date::from_ordinal_date(year, day).unwrap())
}

fn moment() -> impl Strategy<Value = time::PrimitiveDateTime> {
    (day(), 0u8..24, 0u8..60, 0u8..60)
        .prop_map(|(day, hour, minute, second)| day.with_hms(hour, minute, second).unwrap())
}

prop_compose! {
    fn person()(
        date in date(),
        name in of(text()),
        telephone in of(text()),
        address in of(text()),
    ) -> PersonToNotify {
        PersonToNotify { date_recorded: Some(date), name, telephone, address, other: Vec::new() }
    }
}

proptest! {
    #[test]
    fn dg11(
        full_name in of(text()),
        other_names in proptest::collection::vec(text(), 0..5),
        personal_number in of(text()),
        date_of_birth in of(date()),
        permanent_address in of(text()),
        profession in of(text()),
        proof_of_citizenship in of(image()),
        custody_information in of("[A-Z]{1,999}".prop_map(|text| Text::new(&text).unwrap())),
    ) {
        round_trip(&Dg11 {
            full_name,
            other_names,
            personal_number,
            date_of_birth,
            permanent_address,
            profession,
            proof_of_citizenship,
            custody_information,
            ..Dg11::default()
        });
    }

    #[test]
    fn dg12(
        issuing_authority in of(text()),
        date_of_issue in of(date()),
        other_persons in proptest::collection::vec(text(), 0..5),
        image_of_front in of(image()),
        personalised_at in of(moment()),
        personalisation_system in of(text()),
    ) {
        round_trip(&Dg12 {
            issuing_authority,
            date_of_issue,
            other_persons,
            image_of_front,
            personalised_at,
            personalisation_system,
            ..Dg12::default()
        });
    }

    #[test]
    fn dg16(persons in proptest::collection::vec(person(), 1..=Dg16::MAX_PERSONS)) {
        round_trip(&Dg16::new(persons).unwrap());
    }

    #[test]
    fn vietnamese_particulars(
        full_name in of("\\PC{1,16}"),
        date_of_birth in of(day()),
        place_of_residence in of("\\PC{1,60}"),
        mother in of("\\PC{1,16}"),
        spouse in of("\\PC{1,16}"),
    ) {
        let citizen = VietnamCitizen {
            full_name,
            date_of_birth: date_of_birth.map(CitizenDate::Day),
            date_of_expiry: Some(CitizenDate::Words("Không thời hạn".to_owned())),
            place_of_residence,
            mother,
            spouse,
            ..VietnamCitizen::default()
        };
        let file = citizen.to_dg13().unwrap().to_bytes();
        prop_assert_eq!(VietnamCitizen::parse(&file).unwrap().strict(), Ok(citizen));
    }
}
