//! The card of 2024: what differs from that of 2021.

use enrolment::{Field, HolderRecord, Severity, accept, check};
use lds::FileContent as _;
use lds::dg13::vietnam::VietnamCitizen;
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::macros::date;

use crate::people::{TODAY_2026, accepted_on, child, holder, profile};

const PROFILE: &str = "vn-can-cuoc-2024";

/// The synthetic card of a girl: `test-vectors/mrz/zones/vn-card-to-14`.
#[test]
fn makes_the_published_zone_of_a_child() {
    let path = test_support::root().join("test-vectors/mrz/zones/vn-card-to-14.json");
    let zone = test_support::read_json(&path);
    let mut record = child();
    record.set(Field::FullName, "Họ Tên Mẫu");
    record.set(Field::PersonalNumber, "001315000019");
    record.set(Field::DateOfBirth, "2015-08-20");
    record.set(Field::Sex, "female");
    record.set(Field::DateOfIssue, "2022-09-20");
    record.set(Field::DateOfExpiry, "2029-08-20");
    let record = accepted_on(date!(2022 - 09 - 20), record, PROFILE);
    let lines: Vec<String> = serde_json::from_value(zone["lines"].clone()).unwrap();
    assert_eq!(record.mrz().unwrap().lines(), lines);
    assert_eq!(record.can().expose(), "000019");
}

/// Fingerprints are neither asked nor taken below the age of six.
#[test]
fn takes_no_fingers_of_small_children() {
    let small = |fingers: bool| {
        let whole = child();
        let mut record = HolderRecord::new();
        for (field, text) in whole.texts().iter() {
            record.set(field, text);
        }
        record.set_portrait(whole.portrait().unwrap().to_vec());
        record.set(Field::PersonalNumber, "001222000015");
        record.set(Field::DateOfBirth, "2022-02-01");
        record.set(Field::DateOfExpiry, "2036-02-01");
        if fingers {
            for finger in whole.fingers() {
                record.add_finger(finger.clone());
            }
        }
        record
    };
    assert_eq!(
        accepted_on(TODAY_2026, small(false), PROFILE)
            .prints()
            .count(),
        0
    );
    let mut rng = StdRng::seed_from_u64(1);
    let refusal = accept(small(true), profile(PROFILE), TODAY_2026, &mut rng).unwrap_err();
    let found = refusal.findings.iter().map(|finding| finding.rule.id);
    assert!(found.eq(["vn-child-fingers"]));
}

/// Place 8 of EF.DG13 and the tail of the QR code: parameters of the profile.
#[test]
fn names_the_place_of_birth_registration() {
    let record = accepted_on(TODAY_2026, holder(), PROFILE);
    let dg13 = record.dg13().unwrap().unwrap().to_bytes();
    let read = VietnamCitizen::parse(&dg13).unwrap().value;
    assert_eq!(
        read.place_of_origin.as_deref(),
        Some("Quận Ba Đình, Thành phố Hà Nội")
    );
    assert_eq!(read.spouse.as_deref(), Some("Họ Vợ Mẫu"));
    assert_eq!(
        record.qr_text().unwrap(),
        "001099000001|012345678|HỌ TÊN MẪU|01021999|Nam|Số 1, Phố Mẫu, Phường Mẫu, Hà Nội|20112026|\
         Họ Cha Mẫu|Họ Mẹ Mẫu|Họ Vợ Mẫu|"
    );
}

/// Item by item: every field of the register (2023 law Art. 9) that is a text has its field, and the card takes it.
#[test]
fn takes_every_item_of_the_register() {
    let data = profile(PROFILE).data();
    let texts = Field::ALL.iter().filter(|field| field.is_text());
    let unused: Vec<Field> = texts.copied().filter(|field| !data.takes(*field)).collect();
    assert_eq!(unused, [Field::Surname, Field::GivenNames, Field::Title]);
    assert!(data.required.len() + data.optional.concat().len() > 60);
}

/// Names of Ê Đê, Gia Rai and Ba Na are warned of at most, as letters that Vietnamese does not have.
#[test]
fn names_of_other_languages_are_accepted() {
    for name in [
        "Y Ƀlơ Niê Kdăm",
        "H’Ƀlê̆ Čil",
        "HʼHen Niê",
        "Kpă Hơ̆",
        "Ñal Ayŭn",
        "Rơ Ô̆ Ư̆",
    ] {
        let mut record = holder();
        record.set(Field::FullName, name);
        record.set(Field::HouseholdHead, name);
        let findings = check(&record, profile(PROFILE), TODAY_2026);
        let refusals: Vec<_> = findings
            .iter()
            .filter(|finding| finding.severity() == Severity::Error)
            .collect();
        assert!(refusals.is_empty(), "{name}: {refusals:?}");
    }
}

/// The letters that Doc 9303-3 leaves out: horn, hook above, dot below, and all 90 of 1EA0 to 1EF9.
#[test]
fn every_vietnamese_letter_has_its_form() {
    let check = |letters: &str, form: char| {
        for letter in letters.chars() {
            let found =
                mrz::name::transliterate(&letter.to_string(), &mrz::name::Choices::RECOMMENDED)
                    .unwrap();
            assert_eq!(found, form.to_string(), "{letter}");
        }
    };
    check("ẠẢẤẦẨẪẬẮẰẲẴẶạảấầẩẫậắằẳẵặĂÂăâ", 'A');
    check("ẸẺẼẾỀỂỄỆẹẻẽếềểễệÊê", 'E');
    check("ỈỊỉịĨĩ", 'I');
    check("ỌỎỐỒỔỖỘỚỜỞỠỢọỏốồổỗộớờởỡợÔƠôơ", 'O');
    check("ỤỦỨỪỬỮỰụủứừửữựƯưŨũ", 'U');
    check("ỲỴỶỸỳỵỷỹÝý", 'Y');
    check("Đđ", 'D');
}
