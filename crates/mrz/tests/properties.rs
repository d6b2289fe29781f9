//! Properties over generated zones: nothing panics, what is built reads back, a changed digit is found.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use mrz::name::{Choices, MrzName, transliterate};
use mrz::{Field, Fields, Mrz, MrzDate, MrzInformation, MrzTd1, MrzTd2, MrzTd3, Problem, Sex};
use proptest::prelude::*;

/// Owned values of [`Fields`] and the optional data.
#[derive(Debug, Clone)]
struct Holder {
    number: String,
    state: String,
    nationality: String,
    birth: MrzDate,
    expiry: MrzDate,
    sex: Sex,
    primary: String,
    secondary: String,
    optional: String,
}

impl Holder {
    fn fields<'a>(&'a self, code: &'a str) -> Fields<'a> {
        Fields {
            document_code: code,
            issuing_state: &self.state,
            document_number: &self.number,
            nationality: &self.nationality,
            date_of_birth: self.birth,
            sex: self.sex,
            date_of_expiry: self.expiry,
            primary_identifier: &self.primary,
            secondary_identifier: &self.secondary,
        }
    }
}

fn date() -> impl Strategy<Value = MrzDate> {
    (0u8..100, 1u8..=12, 1u8..=28)
        .prop_map(|(year, month, day)| MrzDate::new(Some(year), Some(month), Some(day)).unwrap())
}

fn birth() -> impl Strategy<Value = MrzDate> {
    prop_oneof![
        4 => date(),
        1 => (0u8..100).prop_map(|year| MrzDate::new(Some(year), None, None).unwrap()),
        1 => Just(MrzDate::UNKNOWN),
    ]
}

fn sex() -> impl Strategy<Value = Sex> {
    prop_oneof![Just(Sex::Male), Just(Sex::Female), Just(Sex::Unspecified)]
}

/// `number` is a pattern, so that each size gets numbers it can hold.
fn holder(number: &'static str, optional: &'static str) -> impl Strategy<Value = Holder> {
    (
        number,
        "[A-Z]{1,3}",
        "[A-Z]{1,3}",
        birth(),
        date(),
        sex(),
        "[A-Z]{1,20}( [A-Z]{1,20}){0,4}",
        "([A-Z]{1,20}( [A-Z]{1,20}){0,4})?",
        optional,
    )
        .prop_map(
            |(number, state, nationality, birth, expiry, sex, primary, secondary, optional)| {
                Holder {
                    number,
                    state,
                    nationality,
                    birth,
                    expiry,
                    sex,
                    primary,
                    secondary,
                    optional,
                }
            },
        )
}

fn assert_reads_back(built: &Mrz, code: &str, holder: &Holder) -> Result<(), TestCaseError> {
    let (read, findings) = Mrz::parse(&built.joined()).unwrap();
    prop_assert!(findings.is_empty(), "{:?}", findings);
    prop_assert!(&read == built);
    prop_assert_eq!(read.document_code(), code);
    prop_assert_eq!(read.issuing_state(), &holder.state);
    prop_assert_eq!(read.nationality(), &holder.nationality);
    prop_assert_eq!(read.document_number(), holder.number.clone());
    prop_assert_eq!(read.date_of_birth(), holder.birth);
    prop_assert_eq!(read.date_of_expiry(), holder.expiry);
    prop_assert_eq!(read.sex(), holder.sex);
    prop_assert_eq!(read.optional_data(), holder.optional.trim_end_matches('<'));

    let width = read.format().name_width();
    let separators = if holder.secondary.is_empty() { 0 } else { 2 };
    if holder.primary.len() + separators + holder.secondary.len() <= width {
        prop_assert_eq!(read.primary_identifier(), holder.primary.clone());
        prop_assert_eq!(read.secondary_identifier(), holder.secondary.clone());
    }
    let by_parts = MrzInformation::from_parts(
        &holder.number,
        read.date_of_birth().as_str(),
        read.date_of_expiry().as_str(),
    );
    prop_assert!(by_parts.unwrap().as_bytes() == read.information().as_bytes());
    Ok(())
}

proptest! {
    #[test]
    fn td1_reads_back(holder in holder("[A-Z0-9]{1,22}", "")) {
        let built = MrzTd1::new(&holder.fields("I"), &holder.optional, "").unwrap();
        assert_reads_back(&built.into(), "I", &holder)?;
    }

    #[test]
    fn td1_reads_optional_data_back(holder in holder("[A-Z0-9]{1,14}", "[A-Z0-9<]{0,8}"), further in "[A-Z0-9<]{0,11}") {
        let built = Mrz::from(MrzTd1::new(&holder.fields("ID"), &holder.optional, &further).unwrap());
        prop_assert_eq!(built.further_optional_data(), further.trim_end_matches('<'));
        assert_reads_back(&built, "ID", &holder)?;
    }

    #[test]
    fn td2_reads_back(holder in holder("[A-Z0-9]{1,14}", "")) {
        let built = MrzTd2::new(&holder.fields("C"), &holder.optional).unwrap();
        assert_reads_back(&built.into(), "C", &holder)?;
    }

    #[test]
    fn td3_reads_back(holder in holder("[A-Z0-9]{1,9}", "[A-Z0-9<]{0,14}")) {
        let built = MrzTd3::new(&holder.fields("PP"), &holder.optional).unwrap();
        assert_reads_back(&built.into(), "PP", &holder)?;
    }

    /// Every check digit that is altered is found in its place.
    #[test]
    fn an_altered_check_digit_is_found(holder in holder("[A-Z0-9]{1,9}", ""), step in 1u32..10) {
        let built = Mrz::from(MrzTd3::new(&holder.fields("P"), "").unwrap());
        let cases = [
            (53, Field::DocumentNumber),
            (63, Field::DateOfBirth),
            (71, Field::DateOfExpiry),
            (86, Field::OptionalData),
            (87, Field::Composite),
        ];
        for (at, field) in cases {
            let mut text: Vec<char> = built.joined().chars().collect();
            let digit = text[at].to_digit(10).unwrap();
            text[at] = char::from_digit((digit + step) % 10, 10).unwrap();
            let (_, findings) = Mrz::parse(&text.iter().collect::<String>()).unwrap();
            prop_assert!(findings.iter().any(|finding| {
                finding.field == field
                    && finding.line == 2
                    && finding.position == at - 43
                    && matches!(finding.problem, Problem::CheckDigit { .. })
            }), "{} {:?}", at, findings);
        }
    }

    #[test]
    fn reading_never_panics(text in any::<String>()) {
        let _ = Mrz::parse(&text);
    }

    /// Any text of the alphabet with the right length is read, shown and asked without a panic.
    #[test]
    fn every_zone_of_the_right_size_is_read(text in "[A-Z0-9<]{90}|[A-Z0-9<]{88}|[A-Z0-9<]{72}|[<]{72}|[A-Z]{5}[<]{85}") {
        let (mrz, findings) = Mrz::parse(&text).unwrap();
        prop_assert_eq!(mrz.joined(), text);
        for finding in findings {
            let (lines, width) = mrz.format().size();
            prop_assert!((1..=lines).contains(&finding.line));
            prop_assert!((1..=width).contains(&finding.position));
        }
        let _ = (mrz.document_number(), mrz.optional_data().len(), mrz.information().as_bytes().len());
        let _ = (mrz.primary_identifier(), mrz.secondary_identifier());
    }

    #[test]
    fn building_never_panics(
        code in "[IACPV][A-Z<]?|\\PC{0,3}",
        number in "[A-Z0-9<é]{0,30}",
        primary in "[A-Z <]{0,600}",
        optional in "[A-Z0-9<é]{0,20}",
        expiry in date(),
    ) {
        let fields = Fields {
            document_code: &code,
            issuing_state: "UTO",
            document_number: &number,
            nationality: "UTO",
            date_of_birth: MrzDate::UNKNOWN,
            sex: Sex::Unspecified,
            date_of_expiry: expiry,
            primary_identifier: &primary,
            secondary_identifier: "",
        };
        let _ = MrzTd1::new(&fields, &optional, &optional);
        let _ = MrzTd2::new(&fields, &optional);
        let _ = MrzTd3::new(&fields, &optional);
    }

    #[test]
    fn taking_parts_never_panics(number in any::<String>(), birth in any::<String>(), expiry in any::<String>()) {
        let _ = MrzInformation::from_parts(&number, &birth, &expiry);
        let _ = MrzDate::parse(&birth);
    }

    #[test]
    fn transliteration_yields_the_alphabet(identifier in "[ A-Za-zÀ-ỹЀ-ӿ'’,.-]{0,40}") {
        if let Ok(form) = transliterate(&identifier, &Choices::default()) {
            prop_assert!(form.chars().all(|c| c.is_ascii_uppercase() || c == '<'));
            prop_assert!(!form.starts_with('<') && !form.ends_with('<') && !form.contains("<<"));
        }
    }

    #[test]
    fn transliteration_never_panics(identifier in any::<String>()) {
        let _ = transliterate(&identifier, &Choices::default());
    }

    /// A shortened name fills the field to a letter, keeps something of both identifiers, in order.
    #[test]
    fn a_shortened_name_obeys_the_rules(
        primary in "[A-Z]{2,40}( [A-Z]{1,20}){0,6}",
        secondary in "([A-Z]{1,20}( [A-Z]{1,20}){0,6})?",
        width in 30usize..=39,
    ) {
        let name = MrzName::fit(&primary, &secondary, width).unwrap();
        prop_assert_eq!(name.field().len(), width);
        let was_cut = name.primary() != primary || name.secondary() != secondary;
        if was_cut {
            prop_assert!(name.may_be_truncated(), "{}", name.field());
        }
        prop_assert!(primary.starts_with(&name.primary()[..1]));
        prop_assert_eq!(secondary.is_empty(), name.secondary().is_empty());
        for (kept, whole) in name.primary().split(' ').zip(primary.split(' ')) {
            prop_assert!(whole.starts_with(kept));
        }
    }

    #[test]
    fn fitting_never_panics(primary in "[A-Z <]{0,60}", secondary in "[A-Z <]{0,60}", width in 0usize..50) {
        let _ = MrzName::fit(&primary, &secondary, width);
    }
}
