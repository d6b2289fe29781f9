//! For each rule a record that breaks it.

mod citizens;

use biometrics::finger::FingerPosition;
use enrolment::{Field, Finger, HolderRecord, MissingReason, Print};

use crate::people::{PRINT, citizen, image, portrait, print};

pub(crate) fn all() -> Vec<Case> {
    [
        texts_of_any_document(),
        names_of_any_document(),
        forms_of_any_document(),
        dates_and_people(),
        images(),
        citizen_card(),
        citizens::numbers_of_citizens(),
        citizens::persons(),
        citizens::relatives(),
        citizens::places_and_requests(),
        passport(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A change to a record that breaks nothing else, and the one rule that it breaks.
pub(crate) struct Case {
    pub(crate) who: &'static str,
    pub(crate) change: Box<dyn Fn(&mut HolderRecord)>,
    pub(crate) field: Field,
    pub(crate) rule: &'static str,
    pub(crate) more: Vec<(Field, &'static str)>,
}

/// A text that breaks a rule.
fn text(who: &'static str, field: Field, text: &'static str, rule: &'static str) -> Case {
    let change = Box::new(move |record: &mut HolderRecord| record.set(field, text));
    Case {
        who,
        change,
        field,
        rule,
        more: Vec::new(),
    }
}

/// Anything else.
fn other(
    who: &'static str,
    field: Field,
    rule: &'static str,
    change: impl Fn(&mut HolderRecord) + 'static,
) -> Case {
    let change = Box::new(change);
    Case {
        who,
        change,
        field,
        rule,
        more: Vec::new(),
    }
}

const VN: &str = "vn-cccd-2021";
const UTO: &str = "uto-passport";
/// The card of 2024: an adult with every field, and a child.
const CC: &str = "vn-can-cuoc-2024";
const CHILD: &str = "child";

fn texts_of_any_document() -> Vec<Case> {
    use Field::*;
    vec![
        text(VN, FullName, "", "field-required"),
        text(VN, Title, "Dr", "field-unused"),
        text(VN, FullName, "Ho\u{0323} Tên Mẫu", "text-nfc"),
        text(
            VN,
            FullName,
            "Họ T\u{0065}\u{0301}\u{0301}\u{0301}n Mẫu",
            "text-marks",
        ),
        other(VN, IdentifyingMarks, "text-huge", |r| {
            r.set(IdentifyingMarks, "Sẹo ".repeat(2000));
        }),
        text(CC, Children, "Họ Con Mẫu, 12", "form-people"),
        text(CC, HouseholdMembers, ";;", "form-people"),
        text(VN, Mail, "a..b@example.org", "form-e-mail"),
        text(VN, FullName, "Họ  Tên Mẫu", "text-blanks"),
        text(VN, IdentifyingMarks, " Sẹo", "text-blanks"),
        text(VN, FullName, "Họ Tên\u{200B} Mẫu", "text-hidden"),
        text(VN, IdentifyingMarks, "Sẹo\nchấm", "text-hidden"),
        text(VN, IdentifyingMarks, "Sẹo \u{202E}chấm", "text-hidden"),
        text(VN, IdentifyingMarks, "Sẹo \u{FFFD}", "text-hidden"),
        text(VN, FullName, "Họ Тên Mẫu", "text-look-alike"),
        text(
            VN,
            PermanentResidence,
            "Số 1, Βa Đình, Hà Nội",
            "text-look-alike",
        ),
        text(VN, IdentifyingMarks, "Ｓẹo", "text-look-alike"),
        text(VN, IdentifyingMarks, "伤疤", "text-script"),
        text(UTO, Profession, "Жж", "text-script"),
        text(VN, IdentifyingMarks, "Sẹo \u{0301}chấm", "text-stray-mark"),
        text(
            VN,
            EthnicGroup,
            "Kinh Kinh Kinh Kinh Kinh Kinh Kinh Kinh Kinh",
            "text-length",
        ),
    ]
}

fn names_of_any_document() -> Vec<Case> {
    use Field::*;
    vec![
        text(VN, FatherName, "Tên Cha 2", "name-characters"),
        text(VN, MotherName, "Tên/Mẹ", "name-characters"),
        text(VN, FatherName, "Không rõ", "text-placeholder"),
        text(VN, MotherName, "xxxxx", "text-placeholder"),
        text(VN, PlaceOfOrigin, "Null", "text-placeholder"),
        text(VN, FatherName, "Na", "name-placeholder"),
        text(CC, OtherName, "Na", "name-placeholder"),
        text(UTO, GivenNames, "Nil", "name-placeholder"),
        text(UTO, Surname, "Null", "name-placeholder").and("uto-specimen", Surname),
        text(UTO, Surname, "NONE", "name-placeholder").and("uto-specimen", Surname),
        text(UTO, GivenNames, ".", "name-signs"),
        text(VN, FatherName, "N/A", "text-placeholder"),
        text(VN, FatherName, "Nguyễn --- Văn", "name-signs"),
        text(VN, FatherName, "- -", "name-signs"),
        text(VN, FatherName, "Nguyễn '' Văn", "name-signs"),
        text(VN, FatherName, "Nguyễn--Văn", "name-signs"),
        text(VN, FatherName, "Nguyễn\u{2800}Văn", "text-hidden"),
        text(VN, FatherName, "Nguyễn 🙂", "name-characters"),
        text(VN, IdentifyingMarks, "Sẹo\u{1D173}", "text-hidden"),
        text(VN, IdentifyingMarks, "Sẹo\u{0600}", "text-hidden"),
        text(
            VN,
            PermanentResidence,
            "Số 1 ☎, Ba Đình, Hà Nội",
            "text-symbol",
        ),
        text(VN, IdentifyingMarks, "Sẹo 🙂", "text-symbol"),
    ]
}

fn forms_of_any_document() -> Vec<Case> {
    use Field::*;
    vec![
        text(VN, DateOfIssue, "2021-02-30", "form-date"),
        text(VN, DateOfBirth, "01/02/1999", "form-date"),
        text(VN, DateOfExpiry, "2024", "form-date"),
        text(VN, Sex, "nam", "form-sex"),
        text(UTO, Nationality, "Utopia", "form-state"),
        text(CC, FatherNationality, "VN", "form-state"),
        text(CC, FatherNationality, "A", "form-state"),
        text(CC, FatherNationality, "ZQX", "state-unknown"),
        text(CC, Children, "Họ Con Mẫu, , VN", "form-people"),
        text(VN, Mail, "a@-.-", "form-e-mail"),
        text(VN, Mail, "a@example.1", "form-e-mail"),
        text(VN, Height, "030", "form-height"),
        text(VN, PreviousDocumentNumber, "012 345 678", "form-number"),
        text(VN, Telephone, "0901234567", "form-telephone"),
        text(VN, Mail, "specimen@example", "form-e-mail"),
        text(VN, Height, "1m7", "form-height"),
        text(VN, Height, "300", "form-height"),
        text(VN, EyeColour, "hazel", "form-word"),
        text(VN, BloodGroup, "C", "form-word"),
        text(VN, CurrentResidence, "Số 1,, Hà Nội", "form-address"),
    ]
}

fn dates_and_people() -> Vec<Case> {
    use Field::*;
    vec![
        other(UTO, DateOfBirth, "date-birth-in-future", |r| {
            r.set(DateOfBirth, "2021-05-11");
            r.set(DateOfIssue, "2021-05-11");
            r.set(DateOfExpiry, "2026-05-11");
        }),
        other(UTO, DateOfBirth, "date-birth-in-future", |r| {
            r.set(DateOfBirth, "2021-06");
            r.set(DateOfIssue, "2021-06-01");
            r.set(DateOfExpiry, "2026-06-01");
        }),
        text(CC, FatherDateOfBirth, "2026-12", "date-in-future")
            .with(|r| r.set(FatherNumber, ""))
            .and("vn-parent-age", FatherName),
        text(UTO, DateOfBirth, "1895-01-01", "date-birth-too-early"),
        other(UTO, DateOfIssue, "date-issue-before-birth", |r| {
            r.set(DateOfBirth, "2021-05-09");
            r.set(DateOfIssue, "2021-05-08");
            r.set(DateOfExpiry, "2026-05-08");
        }),
        other(UTO, DateOfIssue, "date-issue-before-birth", |r| {
            r.set(DateOfBirth, "2021-05");
            r.set(DateOfIssue, "2021-04-30");
            r.set(DateOfExpiry, "2026-04-30");
        }),
        text(UTO, DateOfIssue, "2021-08-09", "date-issue-too-late"),
        other(UTO, DateOfIssue, "date-issue-long-ago", |r| {
            r.set(DateOfIssue, "2014-05-10");
            r.set(DateOfExpiry, "2024-05-10");
        }),
        text(UTO, DateOfExpiry, "2021-05-09", "date-expiry-before-issue"),
        other(UTO, DateOfExpiry, "date-expired", |r| {
            r.set(DateOfIssue, "2011-05-09");
            r.set(DateOfExpiry, "2021-05-09");
        })
        .and("date-issue-long-ago", DateOfIssue),
        text(VN, SpouseName, "HỌ TÊN MẪU", "family-same-as-holder"),
        text(VN, MotherName, "Tên Cha Mẫu", "family-same-parents"),
        other(VN, MotherName, "family-same-parents", |r| {
            r.set(FatherName, "Tên Hòa Mẫu");
            r.set(MotherName, "Tên Hoà Mẫu");
        }),
        other(VN, SpouseName, "family-same-as-holder", |r| {
            r.set(FullName, "Họ Tên Hòa");
            r.set(SpouseName, "Họ Tên Hoà");
        }),
        text(CC, PreviousDateOfIssue, "2026-11-21", "date-in-future")
            .with(|r| r.set(PreviousDateOfExpiry, "")),
        text(CC, DateMissing, "2026-11-21", "date-in-future"),
        text(CC, DateOfDeath, "2026-01-02", "holder-dead"),
        text(CC, DateMissing, "2026-01-02", "holder-missing"),
        text(
            CC,
            PreviousDateOfExpiry,
            "2020-01-01",
            "date-previous-order",
        ),
        other(UTO, SpouseName, "family-spouse-of-child", |r| {
            r.set(DateOfBirth, "2010-05-11");
            r.set(DateOfExpiry, "2026-05-10");
            r.set(SpouseName, "Specimen Two");
        }),
        other(VN, SpouseName, "family-spouse-status", |r| {
            r.set(SpouseName, "Tên Vợ Mẫu");
            r.set(MaritalStatus, "widowed");
        }),
        text(UTO, Surname, "Specimen Ǝ", "name-transliteration"),
        other(UTO, Surname, "name-empty", |r| {
            r.set(Surname, ".");
            r.set(GivenNames, "Specimen");
        }),
        text(
            VN,
            FullName,
            "Họ Nguyễn Phúc Công Tằng Tôn Nữ Thanh Mẫu",
            "name-shortened",
        ),
    ]
}

fn images() -> Vec<Case> {
    use Field::{Fingerprints, Portrait};
    let finger = |position, print| Finger { position, print };
    vec![
        other(VN, Portrait, "portrait-missing", |r| *r = without(Portrait)),
        other(VN, Portrait, "portrait-unreadable", |r| {
            r.set_portrait(portrait(413, 531)[..200].to_vec());
        }),
        other(VN, Portrait, "portrait-small", |r| {
            r.set_portrait(portrait(240, 320));
        }),
        other(VN, Portrait, "portrait-shape", |r| {
            r.set_portrait(portrait(640, 480));
        }),
        other(VN, Fingerprints, "finger-position", |r| {
            r.add_finger(image(FingerPosition::THUMBS));
        }),
        other(VN, Fingerprints, "finger-twice", |r| {
            r.add_finger(image(FingerPosition::LEFT_INDEX));
        }),
        other(VN, Fingerprints, "finger-unreadable", move |r| {
            let image = Print::Image(PRINT[..60].to_vec());
            r.add_finger(finger(FingerPosition::LEFT_RING, image));
        }),
        other(VN, Fingerprints, "finger-small", move |r| {
            let image = Print::Image(print(150, 400, 500));
            r.add_finger(finger(FingerPosition::LEFT_RING, image));
        }),
        other(VN, Fingerprints, "finger-resolution", move |r| {
            let image = Print::Image(print(300, 400, 300));
            r.add_finger(finger(FingerPosition::LEFT_RING, image));
        }),
        other(VN, Fingerprints, "finger-index", move |r| {
            *r = without(Fingerprints);
            let missing = Print::Missing(MissingReason::Amputated);
            r.add_finger(finger(FingerPosition::LEFT_INDEX, missing));
        }),
    ]
}

fn citizen_card() -> Vec<Case> {
    use Field::*;
    vec![
        text(VN, PersonalNumber, "00109900001", "vn-number-form"),
        text(VN, PersonalNumber, "003099000001", "vn-number-province"),
        text(VN, PersonalNumber, "001098000001", "vn-number-year"),
        text(VN, PersonalNumber, "001299000001", "vn-number-year"),
        text(VN, PersonalNumber, "001199000001", "vn-number-sex"),
        text(VN, DocumentNumber, "099000002", "vn-document-number"),
        other(VN, Can, "vn-can", |r| {
            r.set_can(enrolment::Can::parse("000002").unwrap());
        }),
        text(VN, Nationality, "UTO", "vn-nationality"),
        text(VN, FullName, "Họ", "vn-name-one-word"),
        text(VN, FullName, "Ðỗ Tên Mẫu", "vn-eth"),
        text(VN, DateOfExpiry, "2039-02-01", "vn-expiry"),
        text(VN, DateOfExpiry, "never", "vn-expiry"),
        text(VN, PreviousDocumentNumber, "12345678", "vn-previous-number"),
        text(VN, PermanentResidence, "Hà Nội", "vn-address-parts"),
        text(VN, PlaceOfOrigin, "Ba Đình, Hanoi", "vn-address-province"),
        text(
            VN,
            PermanentResidence,
            "Số 1 | 2, Ba Đình, Hà Nội",
            "vn-separator",
        ),
    ]
}

fn passport() -> Vec<Case> {
    use Field::*;
    vec![
        text(UTO, Surname, "Mustermann", "uto-specimen"),
        text(UTO, Nationality, "VNM", "uto-nationality"),
        text(UTO, DocumentNumber, "123456789", "uto-document-number"),
        text(UTO, DocumentNumber, "X1234567", "uto-document-number"),
        text(
            UTO,
            PersonalNumber,
            "123456789012345",
            "uto-personal-number",
        ),
        text(UTO, DateOfExpiry, "2031-05-11", "uto-validity"),
        text(UTO, DateOfExpiry, "never", "uto-validity"),
        text(
            UTO,
            PlaceOfBirth,
            "Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ Ụ",
            "uto-text-bytes",
        ),
    ]
}

impl Case {
    /// The rule speaks of another field than the one changed.
    fn at(self, field: Field) -> Self {
        Self { field, ..self }
    }

    /// More is changed, so that nothing else breaks.
    fn with(self, more: impl Fn(&mut HolderRecord) + 'static) -> Self {
        let change = self.change;
        Self {
            change: Box::new(move |record| {
                change(record);
                more(record);
            }),
            ..self
        }
    }

    /// A second rule that cannot but break too.
    fn and(mut self, rule: &'static str, field: Field) -> Self {
        self.more.push((field, rule));
        self
    }
}

/// A citizen without portrait or without fingers.
fn without(field: Field) -> HolderRecord {
    let whole = citizen();
    let mut record = HolderRecord::new();
    for (field, text) in whole.texts().iter() {
        record.set(field, text);
    }
    if field == Field::Portrait {
        for finger in whole.fingers() {
            record.add_finger(finger.clone());
        }
    } else {
        record.set_portrait(whole.portrait().unwrap().to_vec());
    }
    record
}
