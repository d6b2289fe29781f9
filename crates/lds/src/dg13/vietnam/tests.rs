use super::*;
use crate::asn1::SEQUENCE;

fn file(fields: &str) -> Vec<u8> {
    let set = iso7816::tlv::encode(SET, &test_support::unhex(fields));
    let head = test_support::unhex("020101 060628D316010008");
    let sequence = iso7816::tlv::encode(SEQUENCE, &[head, set].concat());
    iso7816::tlv::encode(Dg13::TAG, &sequence)
}

fn parse(fields: &str) -> Parsed<VietnamCitizen> {
    VietnamCitizen::parse(&file(fields)).unwrap()
}

#[test]
fn texts_in_every_form() {
    for (field, name, deviations) in [
        ("300B 020102 0C06 48E1BB93204D", Some("Hồ M"), 0),
        ("3008 020102 1303 484F20", Some("HO "), 0),
        ("3008 020102 0403 E1BB93", Some("ồ"), 1),
        ("3007 020102 1602 484F", Some("HO"), 1),
        ("300B 020102 1E06 00481ED30020", Some("Hồ "), 1),
        ("3008 020102 1E03 00481E", None, 2),
        ("3007 020102 1E02 D800", None, 2),
        ("3006 020102 0C01 E1", None, 1),
        ("3006 020102 020105", None, 1),
        ("3005 020102 0C00", None, 0),
        ("3003 020102", None, 0),
        ("3009 020102 0C0141 0C0142", Some("A"), 1),
    ] {
        let parsed = parse(field);
        assert_eq!(parsed.value.full_name.as_deref(), name, "{field}");
        assert_eq!(
            parsed.deviations.len(),
            deviations,
            "{field} {:?}",
            parsed.deviations
        );
    }
}

#[test]
fn places_of_parents() {
    let name = |name: &str| Some(name.to_owned());
    for (field, father, mother, deviations) in [
        ("300B 02010D 3006 0C0141 0C0142", name("A"), name("B"), 0),
        ("300A 02010D 3005 3000 0C0142", None, name("B"), 0),
        ("300A 02010D 3005 0C0141 3000", name("A"), None, 0),
        ("3008 02010D 3003 0C0141", name("A"), None, 0),
        ("3009 02010D 3004 3000 3000", None, None, 0),
        ("3005 02010D 3000", None, None, 0),
        ("3003 02010D", None, None, 0),
        ("3006 02010D 0C0141", None, None, 1),
        ("300B 02010D 3006 3000 3000 3000", None, None, 1),
    ] {
        let parsed = parse(field);
        assert_eq!(
            (parsed.value.father, parsed.value.mother),
            (father, mother),
            "{field}"
        );
        assert_eq!(
            parsed.deviations.len(),
            deviations,
            "{field} {:?}",
            parsed.deviations
        );
    }
}

#[test]
fn fields_go_by_their_id() {
    for (fields, deviations, kept) in [
        ("3006 020104 0C0141  3006 020102 0C0142", 1, 0),
        ("3006 020102 0C0142  3006 020102 0C0142", 1, 1),
        ("3006 020102 0C0142  3006 020111 0C0142", 1, 1),
        ("3006 020102 0C0142  0C0142", 1, 1),
        ("3006 020102 0C0142  3005 0C0142 0500", 1, 1),
        ("3007 02020100 0C0142  3006 020102 0C0142", 1, 1),
    ] {
        let parsed = parse(fields);
        assert_eq!(parsed.value.full_name.as_deref(), Some("B"), "{fields}");
        assert_eq!(
            parsed.deviations.len(),
            deviations,
            "{fields} {:?}",
            parsed.deviations
        );
        assert_eq!(parsed.value.other.len(), kept, "{fields}");
        let again = VietnamCitizen::parse(&parsed.value.to_dg13().unwrap().to_bytes()).unwrap();
        assert_eq!(again.value, parsed.value);
    }
}

#[test]
fn head_of_the_file() {
    for (hex, deviations) in [
        ("6D0F 300D 020101 060628D316010008 3100", Some(0)),
        ("6D0F 300D 020102 060628D316010008 3100", Some(1)),
        ("6D0F 300D 020101 060628D316010009 3100", Some(1)),
        ("6D04 3002 3100", Some(2)),
        ("6D0D 300B 020101 060628D316010008", None),
        ("6D02 3100", None),
        ("6D00", None),
    ] {
        let parsed = VietnamCitizen::parse(&test_support::unhex(hex)).ok();
        assert_eq!(parsed.map(|p| p.deviations.len()), deviations, "{hex}");
    }
}

#[test]
fn dates_are_days_or_words() {
    let day = |text| matches!(CitizenDate::parse(text), CitizenDate::Day(_));
    assert!(day("01/02/1999") && day("29/02/2000"));
    for text in [
        "Không thời hạn",
        "29/02/1999",
        "1/2/1999",
        "+1/02/1999",
        "01/02/99",
        "",
    ] {
        assert!(!day(text), "{text}");
        assert_eq!(CitizenDate::parse(text).to_string(), text);
    }
    assert_eq!(CitizenDate::parse("01/02/1999").to_string(), "01/02/1999");
}

#[test]
fn the_file_keeps_within_what_readers_reserve() {
    let citizen = |len| VietnamCitizen {
        place_of_residence: Some("A".repeat(len)),
        ..VietnamCitizen::default()
    };
    assert!(citizen(500).to_dg13().is_ok());
    assert_eq!(
        citizen(700).to_dg13(),
        Err(Error::Misuse(
            "EF.DG13 of a citizen card longer than 700 bytes"
        ))
    );
    assert_eq!(
        parse(&format!("308202C4020109 0C8202BD{}", "41".repeat(701)))
            .deviations
            .len(),
        1
    );
}
