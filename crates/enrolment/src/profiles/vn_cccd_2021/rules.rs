//! What a record must obey to become a citizen identity card.

use mrz::Sex;

use super::personal_number::{OLD_DIGITS, PersonalNumber};
use super::province::{MERGER, Province};
use super::validity::expiry_for;
use crate::date::{BirthDate, Expiry};
use crate::field::{Bilingual, Field};
use crate::finding::{Detail, Findings, Rule};
use crate::rules::Facts;

pub(super) static RULES: [&Rule; 16] = [
    &NUMBER_FORM,
    &NUMBER_PROVINCE,
    &NUMBER_MERGED,
    &NUMBER_YEAR,
    &NUMBER_SEX,
    &DOCUMENT_NUMBER,
    &CAN,
    &SEX,
    &NATIONALITY,
    &ONE_WORD,
    &ETH,
    &EXPIRY,
    &PREVIOUS_NUMBER,
    &ADDRESS_PARTS,
    &ADDRESS_PROVINCE,
    &SEPARATOR,
];

static NUMBER_FORM: Rule = Rule::error(
    "vn-number-form",
    "must have twelve digits",
    "phải gồm mười hai chữ số",
);
static NUMBER_PROVINCE: Rule = Rule::error(
    "vn-number-province",
    "begins with {}, the code of no province",
    "bắt đầu bằng {}, không phải mã tỉnh, thành phố nào",
);
static NUMBER_MERGED: Rule = Rule::warning(
    "vn-number-merged",
    "begins with {}, a code out of use since the holder was born",
    "bắt đầu bằng {}, mã đã ngừng dùng vào thời điểm người được cấp sinh ra",
);
static NUMBER_YEAR: Rule = Rule::error(
    "vn-number-year",
    "says that the holder was born in {}",
    "thể hiện năm sinh là {}",
);
static NUMBER_SEX: Rule = Rule::error(
    "vn-number-sex",
    "says that the holder is {}",
    "thể hiện giới tính là {}",
);
static DOCUMENT_NUMBER: Rule = Rule::error(
    "vn-document-number",
    "must be digits 4 to 12 of the personal number, or be left empty",
    "phải là chữ số thứ 4 đến 12 của số định danh cá nhân, hoặc để trống",
);
static CAN: Rule = Rule::error(
    "vn-can",
    "must be the last six digits of the personal number, or be left empty",
    "phải là sáu chữ số cuối của số định danh cá nhân, hoặc để trống",
);
static SEX: Rule = Rule::error("vn-sex", "must be male or female", "phải là nam hoặc nữ");
static NATIONALITY: Rule = Rule::error(
    "vn-nationality",
    "must be VNM: the card is for citizens",
    "phải là VNM: thẻ chỉ cấp cho công dân Việt Nam",
);
static ONE_WORD: Rule = Rule::warning(
    "vn-name-one-word",
    "has one word only, so there is no given name",
    "chỉ có một từ, không có tên",
);
static ETH: Rule = Rule::error(
    "vn-eth",
    "has the Icelandic letter {}; type Đ",
    "có chữ {} của tiếng Iceland; hãy gõ chữ Đ",
);
static EXPIRY: Rule = Rule::error(
    "vn-expiry",
    "must be {} by the ages of 14, 25, 40 and 60",
    "phải là {} theo các mốc 14, 25, 40 và 60 tuổi",
);
static PREVIOUS_NUMBER: Rule = Rule::error(
    "vn-previous-number",
    "must have nine or twelve digits",
    "phải gồm chín hoặc mười hai chữ số",
);
static ADDRESS_PARTS: Rule = Rule::warning(
    "vn-address-parts",
    "has no commune and province separated by a comma",
    "chưa có xã và tỉnh, thành phố cách nhau bằng dấu phẩy",
);
static ADDRESS_PROVINCE: Rule = Rule::warning(
    "vn-address-province",
    "ends with “{}”, the name of no province",
    "kết thúc bằng “{}”, không phải tên tỉnh, thành phố nào",
);
static SEPARATOR: Rule = Rule::error(
    "vn-separator",
    "must not contain | because the QR code separates its fields with it",
    "không được có dấu | vì mã QR dùng dấu này để ngăn cách các trường",
);

pub(super) fn check(facts: &Facts<'_>, findings: &mut Findings) {
    check_number(facts, findings);
    check_person(facts, findings);
    check_expiry(facts, findings);
    for field in [Field::PlaceOfOrigin, Field::PermanentResidence] {
        check_address(field, facts, findings);
    }
    if facts
        .text(Field::PermanentResidence)
        .is_some_and(|text| text.contains('|'))
    {
        findings.add(Field::PermanentResidence, &SEPARATOR);
    }
    for (field, text) in facts.texts.iter() {
        if let Some(eth) = text.chars().find(|c| matches!(c, 'Ð' | 'ð' | 'Ɖ' | 'ɖ')) {
            findings.add_with(field, &ETH, format!("“{eth}”"));
        }
    }
}

fn check_number(facts: &Facts<'_>, findings: &mut Findings) {
    let field = Field::PersonalNumber;
    let Some(text) = facts.text(field) else {
        return;
    };
    let Some(number) = PersonalNumber::parse(text) else {
        findings.add(field, &NUMBER_FORM);
        return;
    };
    let code = text.get(..3).unwrap_or_default();
    match number.province() {
        None => findings.add_with(field, &NUMBER_PROVINCE, code),
        Some(province) => {
            let birth = facts.date_of_birth.map(BirthDate::last_day);
            if birth.is_some_and(|day| day >= MERGER && province.name_on(day).is_none()) {
                findings.add_with(field, &NUMBER_MERGED, code);
            }
        }
    }
    let year = number.birth_year();
    if facts
        .date_of_birth
        .is_some_and(|birth| birth.year() != year)
    {
        findings.add_with(field, &NUMBER_YEAR, year.to_string());
    }
    if facts.sex.is_some_and(|sex| sex != number.sex()) {
        let said = match number.sex() {
            Sex::Female => Bilingual {
                en: "female",
                vi: "nữ",
            },
            _ => Bilingual {
                en: "male",
                vi: "nam",
            },
        };
        findings.add_with(field, &NUMBER_SEX, Detail::of(said));
    }
    if facts
        .text(Field::DocumentNumber)
        .is_some_and(|given| given != number.document_number())
    {
        findings.add(Field::DocumentNumber, &DOCUMENT_NUMBER);
    }
    let has_other_can = facts
        .record
        .can()
        .is_some_and(|given| !number.can().is_ok_and(|can| can.is(given)));
    if has_other_can {
        findings.add(Field::Can, &CAN);
    }
}

fn check_person(facts: &Facts<'_>, findings: &mut Findings) {
    if facts.sex == Some(Sex::Unspecified) {
        findings.add(Field::Sex, &SEX);
    }
    if facts
        .text(Field::Nationality)
        .is_some_and(|code| code != super::STATE)
    {
        findings.add(Field::Nationality, &NATIONALITY);
    }
    if facts
        .text(Field::FullName)
        .is_some_and(|name| !name.contains(' '))
    {
        findings.add(Field::FullName, &ONE_WORD);
    }
    let previous = facts.text(Field::PreviousDocumentNumber);
    let is_number = |text: &str| {
        [OLD_DIGITS, PersonalNumber::DIGITS].contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if previous.is_some_and(|text| !is_number(text)) {
        findings.add(Field::PreviousDocumentNumber, &PREVIOUS_NUMBER);
    }
}

fn check_expiry(facts: &Facts<'_>, findings: &mut Findings) {
    let (Some(birth), Some(issue), Some(expiry)) =
        (facts.date_of_birth, facts.date_of_issue, facts.expiry)
    else {
        return;
    };
    let lawful = expiry_for(birth, issue);
    if expiry != lawful {
        let lawful = match lawful {
            Expiry::On(day) => day.to_string().into(),
            Expiry::Never => Detail::of(Bilingual {
                en: "never",
                vi: "never (không thời hạn)",
            }),
        };
        findings.add_with(Field::DateOfExpiry, &EXPIRY, lawful);
    }
}

fn check_address(field: Field, facts: &Facts<'_>, findings: &mut Findings) {
    let Some(text) = facts.text(field) else {
        return;
    };
    match text.rsplit_once(',') {
        None => findings.add(field, &ADDRESS_PARTS),
        Some((_, province)) if !Province::is_name(province) => {
            findings.add_with(field, &ADDRESS_PROVINCE, province.trim());
        }
        Some(_) => {}
    }
}
