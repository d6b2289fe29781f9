//! For each rule a record that breaks it.

use biometrics::finger::FingerPosition;
use enrolment::{Field, Finger, HolderRecord, MissingReason, Print};

use crate::people::{PRINT, child, citizen, image, portrait, print};

pub(crate) fn all() -> Vec<Case> {
    [
        texts_of_any_document(),
        dates_and_people(),
        images(),
        citizen_card(),
        numbers_of_citizens(),
        persons(),
        relatives(),
        places_and_requests(),
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
        text(VN, FatherName, "Tên Cha 2", "name-characters"),
        text(VN, MotherName, "Tên/Mẹ", "name-characters"),
        text(VN, FatherName, "Không rõ", "text-placeholder"),
        text(VN, MotherName, "xxxxx", "text-placeholder"),
        text(VN, DateOfIssue, "2021-02-30", "form-date"),
        text(VN, DateOfBirth, "01/02/1999", "form-date"),
        text(VN, DateOfExpiry, "2024", "form-date"),
        text(VN, Sex, "nam", "form-sex"),
        text(UTO, Nationality, "Utopia", "form-state"),
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
        text(UTO, DateOfBirth, "1895-01-01", "date-birth-too-early"),
        other(UTO, DateOfIssue, "date-issue-before-birth", |r| {
            r.set(DateOfBirth, "2021-05-09");
            r.set(DateOfIssue, "2021-05-08");
            r.set(DateOfExpiry, "2026-05-08");
        }),
        text(UTO, DateOfIssue, "2021-08-09", "date-issue-too-late"),
        text(UTO, DateOfExpiry, "2021-05-09", "date-expiry-before-issue"),
        other(UTO, DateOfExpiry, "date-expired", |r| {
            r.set(DateOfIssue, "2011-05-09");
            r.set(DateOfExpiry, "2021-05-09");
        }),
        text(VN, SpouseName, "HỌ TÊN MẪU", "family-same-as-holder"),
        text(VN, MotherName, "Tên Cha Mẫu", "family-same-parents"),
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

fn numbers_of_citizens() -> Vec<Case> {
    use Field::*;
    vec![
        text(CC, PersonalNumber, "315099000001", "vn-number-country")
            .with(|r| r.set(PreviousDocumentNumber, "315099000001")),
        text(
            CC,
            PlaceOfBirthRegistration,
            "Phường Mẫu, Cà Mau",
            "vn-number-registration",
        )
        .at(PersonalNumber),
        text(CC, CancelledNumber, "001099000001", "vn-cancelled-number"),
        text(CC, CancelledNumber, "00109900002", "vn-cancelled-number"),
        text(
            CC,
            PreviousDocumentNumber,
            "001099000002",
            "vn-previous-other",
        ),
        text(CC, CmndNumber, "01234567", "vn-cmnd-form"),
        text(CHILD, CmndNumber, "012345671", "vn-cmnd-age"),
        text(VN, CmndNumber, "012345671", "vn-cmnd-differs"),
        text(CC, CmndNumber, "123456789", "vn-cmnd-made-up"),
        text(VN, PreviousDocumentNumber, "000000000", "vn-cmnd-made-up"),
    ]
}

fn persons() -> Vec<Case> {
    use Field::*;
    vec![
        text(VN, FullName, "Họ Téná Mẫu", "vn-name-tones"),
        text(VN, FullName, "Họ Tên mẫu", "vn-name-small-letters"),
        text(VN, FullName, "Họ Tên Müller", "vn-name-letters"),
        text(VN, FullName, "Họ Tên Ǹau", "vn-name-letters"),
        text(VN, EthnicGroup, "Tây", "vn-ethnic-group"),
        text(VN, Religion, "Khác", "vn-religion"),
        text(VN, Telephone, "+840901234567", "vn-telephone"),
        other(VN, MaritalStatus, "vn-marriage-age", |r| {
            r.set(DateOfBirth, "2002-02-01");
            r.set(PersonalNumber, "001202000001");
            r.set(DateOfExpiry, "2027-02-01");
            r.set(MaritalStatus, "married");
            r.set(SpouseName, "Họ Vợ Mẫu");
        }),
        text(VN, MaritalStatus, "married", "vn-spouse-missing").at(SpouseName),
        other(CHILD, ElectronicIdentity, "vn-electronic-level", |r| {
            *r = infant();
            r.set(ElectronicIdentity, "level-2");
        }),
        text(CC, HouseholdHead, "Họ Vợ Mẫu", "vn-household-self").at(HouseholdRelation),
    ]
}

fn relatives() -> Vec<Case> {
    use Field::*;
    vec![
        text(CC, FatherNumber, "03507000000", "vn-relative-number"),
        text(CC, HouseholdHeadNumber, "1", "vn-relative-number"),
        text(CC, SpouseCmndNumber, "01234567X", "vn-relative-cmnd"),
        other(CC, FatherNumber, "vn-relative-own-number", |r| {
            r.set(FatherNumber, "001070000001");
            r.set(PersonalNumber, "001070000001");
            r.set(PreviousDocumentNumber, "001070000001");
            r.set(DateOfBirth, "1970-03-04");
            r.set(FatherDateOfBirth, "");
            r.set(DateOfExpiry, "2030-03-04");
            r.set(MotherDateOfBirth, "");
            r.set(MotherNumber, "");
            r.set(RequestReason, "on-request");
        })
        .and("vn-parent-age", FatherName),
        other(CHILD, SpouseNumber, "vn-relative-same-number", |r| {
            r.set(FatherName, "Họ Cha Mẫu");
            r.set(FatherNumber, "035070000002");
            r.set(SpouseName, "Họ Khác");
            r.set(SpouseNumber, "035070000002");
        })
        .and("family-spouse-of-child", SpouseName)
        .and("vn-spouse-sex", SpouseNumber),
        text(CC, FatherNumber, "035170000002", "vn-relative-sex"),
        text(CC, MotherNumber, "035173000002", "vn-relative-year"),
        text(CC, FatherName, "", "vn-relative-nameless"),
        text(CC, MotherDateOfBirth, "1992", "vn-parent-age")
            .at(MotherName)
            .with(|r| r.set(MotherNumber, "")),
        text(CC, MotherNumber, "035192000002", "vn-parent-age")
            .at(MotherName)
            .with(|r| r.set(MotherDateOfBirth, "")),
        text(CC, FatherDateOfBirth, "1985-03-04", "vn-parent-unusual-age")
            .at(FatherName)
            .with(|r| r.set(FatherNumber, "")),
        text(CC, SpouseDateOfBirth, "2009-05", "vn-spouse-age")
            .at(SpouseName)
            .with(|r| r.set(SpouseNumber, "")),
        text(CC, SpouseNumber, "079200000003", "vn-spouse-sex"),
        other(
            CHILD,
            RepresentativeName,
            "vn-representative-missing",
            |r| {
                for field in [
                    RepresentativeName,
                    RepresentativeDateOfBirth,
                    RepresentativeNumber,
                    RepresentativeRelation,
                ] {
                    r.set(field, "");
                }
            },
        ),
        other(CHILD, RepresentativeName, "vn-representative-young", |r| {
            r.set(RepresentativeName, "Họ Chị Mẫu");
            r.set(RepresentativeDateOfBirth, "2008-11-21");
            r.set(RepresentativeNumber, "");
            r.set(RepresentativeRelation, "sibling");
        }),
        other(CC, RepresentativeName, "vn-representative-adult", |r| {
            r.set(RepresentativeName, "Họ Anh Mẫu");
            r.set(RepresentativeRelation, "sibling");
        }),
        text(
            CHILD,
            RepresentativeRelation,
            "",
            "vn-representative-relation",
        ),
        text(CHILD, MotherName, "Họ Mẹ Khác", "vn-representative-differs")
            .at(RepresentativeRelation),
    ]
}

fn places_and_requests() -> Vec<Case> {
    use Field::*;
    vec![
        text(
            CC,
            PermanentResidence,
            "Phường Mẫu, Quận Mẫu, Hà Nội",
            "vn-address-district",
        ),
        text(
            CC,
            CurrentResidence,
            "Thị trấn Mẫu, Hà Nội",
            "vn-address-district",
        ),
        text(CC, TemporaryResidence, "Số 1, Hà Nội", "vn-address-commune"),
        text(
            CC,
            TemporaryResidence,
            "Xã Mẫu, Bắc Kạn",
            "vn-address-province-gone",
        ),
        text(
            CC,
            CurrentResidence,
            "Xã Mẫu, Hà Tây",
            "vn-address-province",
        ),
        other(VN, DateOfBirth, "vn-first-card", |r| {
            r.set(PersonalNumber, "001210000001");
            r.set(DateOfBirth, "2010-02-01");
            r.set(DateOfExpiry, "2024-02-01");
            r.set(PreviousDocumentNumber, "");
            r.set(RepresentativeName, "Tên Mẹ Mẫu");
            r.set(RepresentativeRelation, "mother");
        }),
        other(CHILD, Fingerprints, "vn-child-fingers", |r| {
            *r = infant();
            r.add_finger(image(FingerPosition::LEFT_INDEX));
        }),
        text(CC, RequestReason, "lost", "vn-request-reason"),
        text(CC, RequestKind, "first", "vn-request-not-first").with(|r| r.set(RequestReason, "")),
        text(CC, PreviousDocumentNumber, "", "vn-request-no-previous"),
        other(CC, RequestReason, "vn-request-milestone", |r| {
            r.set(PersonalNumber, "001092000001");
            r.set(PreviousDocumentNumber, "001092000001");
            r.set(DateOfBirth, "1992-02-01");
            r.set(DateOfExpiry, "2032-02-01");
        }),
    ]
}

/// The child, two years old and without fingers.
fn infant() -> HolderRecord {
    let whole = child();
    let mut record = HolderRecord::new();
    for (field, text) in whole.texts().iter() {
        record.set(field, text);
    }
    record.set_portrait(whole.portrait().unwrap().to_vec());
    record.set(Field::PersonalNumber, "001224000015");
    record.set(Field::DateOfBirth, "2024-05-04");
    record.set(Field::DateOfExpiry, "2038-05-04");
    record
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
