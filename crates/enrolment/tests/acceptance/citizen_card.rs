//! The citizen card of 2021: what its profile makes of a record.

use biometrics::finger::FingerPosition;
use enrolment::profiles::vn_cccd_2021::PersonalNumber;
use enrolment::{Field, Language, accept};
use lds::dg13::vietnam::VietnamCitizen;
use lds::{FileContent as _, SecurityInfos};
use mrz::Mrz;
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::macros::date;

use crate::people::{TODAY, accepted, citizen, profile};

const PROFILE: &str = "vn-cccd-2021";

/// The synthetic cards of `test-vectors/mrz/zones/vn-*`, from records.
#[test]
fn makes_the_published_zones() {
    let check = |vector: &str, number: &str, birth: &str, sex: &str, issue, expiry: &str| {
        let path = test_support::root().join(format!("test-vectors/mrz/zones/{vector}.json"));
        let zone = test_support::read_json(&path);
        let mut record = citizen();
        record.set(Field::PersonalNumber, number);
        record.set(Field::DateOfBirth, birth);
        record.set(Field::Sex, sex);
        record.set(Field::DateOfIssue, date_text(issue));
        record.set(Field::DateOfExpiry, expiry);
        let mut rng = StdRng::seed_from_u64(1);
        let record = accept(record, profile(PROFILE), issue, &mut rng).unwrap();

        let mrz = record.mrz().unwrap();
        assert_eq!(serde_lines(&zone), mrz.lines(), "{vector}");
        let (_, findings) = Mrz::parse(&mrz.joined()).unwrap();
        assert!(findings.is_empty(), "{vector}: {findings:?}");
        assert_eq!(record.document_number().unwrap(), &number[3..]);
        assert_eq!(record.can().expose(), &number[6..]);
    };
    let issue = date!(2021 - 05 - 10);
    check(
        "vn-card-to-25",
        "001099000001",
        "1999-02-01",
        "male",
        issue,
        "2024-02-01",
    );
    let issue = date!(2022 - 09 - 20);
    check(
        "vn-card-to-40",
        "079199123456",
        "1999-07-15",
        "female",
        issue,
        "2039-07-15",
    );
    check(
        "vn-no-expiry",
        "079060000007",
        "1960-03-31",
        "male",
        issue,
        "never",
    );
}

/// Sample A of EF.DG13, whose sixteenth field no record can fill.
#[test]
fn makes_the_sample_of_dg13() {
    let ours = accepted(citizen(), PROFILE).dg13().unwrap().unwrap();
    let path = test_support::root().join("test-vectors/dg13/vietnam_sample_a.json");
    let sample = test_support::hex(&test_support::read_json(&path)["hex"]);
    let expected = VietnamCitizen {
        chip_identifier: None,
        ..VietnamCitizen::parse(&sample).unwrap().value
    };
    let written = VietnamCitizen::parse(&ours.to_bytes()).unwrap();
    assert_eq!(written.value, expected);
}

#[test]
fn makes_the_sample_of_the_qr_code() {
    let qr = accepted(citizen(), PROFILE).qr_text().unwrap();
    assert_eq!(
        qr,
        "001099000001|012345678|HỌ TÊN MẪU|01021999|Nam|Số 1, Phố Mẫu, Ba Đình, Hà Nội|10052021"
    );
    let mut record = citizen();
    record.set(Field::PreviousDocumentNumber, "001099000001");
    let qr = accepted(record, PROFILE).qr_text().unwrap();
    assert!(qr.starts_with("001099000001||HỌ"), "{qr}");
}

/// The 54 bytes that readers of real cards hold as a constant.
#[test]
fn announces_what_real_cards_announce() {
    let infos = profile(PROFILE).data().chip.card_access().unwrap();
    assert_eq!(
        SecurityInfos::new(infos).to_der(),
        test_support::unhex(
            "3134 300d060804007f0007020202020101 300f060a04007f000702020302020201 01 \
             3012060a04007f0007020204020202010202010d"
        )
    );
}

#[test]
fn takes_a_birth_of_which_only_the_year_is_known() {
    let mut record = citizen();
    record.set(Field::DateOfBirth, "1999");
    record.set(Field::DateOfExpiry, "2024-12-31");
    let record = accepted(record, PROFILE);
    assert_eq!(&record.mrz().unwrap().lines()[1][..7], "99<<<<0");
    let dg13 = record.dg13().unwrap().unwrap().to_bytes();
    let birth = b"\x02\x01\x03\x0c\x041999";
    assert!(dg13.windows(birth.len()).any(|window| window == birth));
    assert!(record.qr_text().unwrap().contains("|1999|Nam|"));
}

#[test]
fn cleans_what_it_accepts_and_says_so() {
    let mut record = citizen();
    record.set(Field::FullName, " Ho\u{0323} Tên  Mẫu");
    let record = accepted(record, PROFILE);
    assert_eq!(record.text(Field::FullName), Some("Họ Tên Mẫu"));
    let warnings: Vec<&str> = record.warnings().iter().map(|w| w.rule.id).collect();
    assert_eq!(warnings, ["text-nfc", "text-blanks"]);
    let positions: Vec<_> = record.prints().map(|(position, _)| position).collect();
    assert_eq!(
        positions,
        [FingerPosition::RIGHT_INDEX, FingerPosition::LEFT_INDEX]
    );
}

#[test]
fn refuses_with_everything_at_once_in_both_languages() {
    let mut record = citizen();
    record.set(Field::FullName, "");
    record.set(Field::Sex, "female");
    record.set(Field::DateOfExpiry, "2039-02-01");
    let mut rng = StdRng::seed_from_u64(1);
    let refusal = accept(record, profile(PROFILE), TODAY, &mut rng).unwrap_err();
    let of = |language| -> Vec<String> {
        let findings = refusal.findings.iter();
        findings.map(|finding| finding.message(language)).collect()
    };
    assert_eq!(
        of(Language::English),
        [
            "Personal number: says that the holder is male",
            "Full name: must be given",
            "Date of expiry: must be 2024-02-01 by the ages of 14, 25, 40 and 60",
        ]
    );
    assert_eq!(
        of(Language::Vietnamese),
        [
            "Số định danh cá nhân: thể hiện giới tính là nam",
            "Họ, chữ đệm và tên khai sinh: bắt buộc phải có",
            "Có giá trị đến: phải là 2024-02-01 theo các mốc 14, 25, 40 và 60 tuổi",
        ]
    );
    assert_eq!(refusal.record.texts().get(Field::Sex), Some("female"));
}

/// What fits field by field may be too much together; the card must not fail in the printer.
#[test]
fn refuses_what_does_not_fit_on_the_chip() {
    let mut record = citizen();
    let place = "Ấp Nhiều Chữ ".repeat(11);
    record.set(Field::PlaceOfOrigin, format!("{place}, Hà Nội"));
    record.set(Field::PermanentResidence, format!("{place}, Hà Nội"));
    let mut rng = StdRng::seed_from_u64(1);
    let refusal = accept(record, profile(PROFILE), TODAY, &mut rng).unwrap_err();
    let found = refusal.findings.iter().map(|f| (f.field, f.rule.id));
    assert!(found.eq([(Field::PermanentResidence, "content-unfit")]));
}

#[test]
fn a_can_of_its_own_is_that_of_the_number() {
    let number = PersonalNumber::parse("001099000001").unwrap();
    let mut record = citizen();
    record.set_can(number.can().unwrap());
    assert!(accepted(record, PROFILE).can().is(&number.can().unwrap()));
}

fn serde_lines(zone: &serde_json::Value) -> Vec<String> {
    serde_json::from_value(zone["lines"].clone()).unwrap()
}

fn date_text(date: time::Date) -> String {
    date.to_string()
}
