//! Personal numbers, numbers of earlier documents.

use mrz::Sex;

use crate::date::BirthDate;
use crate::field::{Bilingual, Field};
use crate::finding::{Detail, Findings, Rule};
use crate::personal_number::NumberScheme as _;
use crate::profiles::vietnam::address::Place;
use crate::profiles::vietnam::parameters::{CodesAfterMerger, Parameters};
use crate::profiles::vietnam::personal_number::{OLD_DIGITS, PersonalNumber};
use crate::profiles::vietnam::province::{MERGER, Province};
use crate::rules::Facts;

pub(super) static FORM: Rule = Rule::error(
    "vn-number-form",
    "must have twelve digits",
    "phải gồm mười hai chữ số",
)
.on(&[Field::PersonalNumber])
.by("Decree 137/2015 Art. 13; Circular 59/2021 Art. 4");
pub(super) static PROVINCE: Rule = Rule::error(
    "vn-number-province",
    "begins with {}, the code of no province",
    "bắt đầu bằng {}, không phải mã tỉnh, thành phố nào",
)
.on(&[Field::PersonalNumber])
.by("Circular 07/2016 annex 1");
pub(super) static COUNTRY: Rule = Rule::warning(
    "vn-number-country",
    "begins with {}, as numbers of births registered abroad do; please compare it with the birth certificate",
    "bắt đầu bằng {} như số của người đăng ký khai sinh ở nước ngoài; vui lòng đối chiếu với giấy khai sinh",
)
.on(&[Field::PersonalNumber])
.by("Circular 07/2016 annex 2; table not obtained");
pub(super) static MERGED: Rule = Rule::warning(
    "vn-number-merged",
    "begins with {}, a code out of use since the holder was born",
    "bắt đầu bằng {}, mã đã ngừng dùng vào thời điểm người được cấp sinh ra",
)
.on(&[Field::PersonalNumber])
.by("34 provinces from 1 July 2025; whether new numbers use their codes only is not known");
pub(super) static YEAR: Rule = Rule::error(
    "vn-number-year",
    "says that the holder was born in {}",
    "thể hiện năm sinh là {}",
)
.on(&[Field::PersonalNumber])
.by("Circular 07/2016 Art. 7; Circular 59/2021 Art. 6");
pub(super) static SEX: Rule = Rule::error(
    "vn-number-sex",
    "says that the holder is {}",
    "thể hiện giới tính là {}",
)
.on(&[Field::PersonalNumber])
.by("Circular 07/2016 Art. 7; Circular 59/2021 Art. 6");
pub(super) static REGISTRATION: Rule = Rule::warning(
    "vn-number-registration",
    "begins with the code of {}, where the birth was not registered; please compare both with the birth certificate",
    "bắt đầu bằng mã của {}, không phải nơi đăng ký khai sinh; vui lòng đối chiếu cả hai với giấy khai sinh",
)
.on(&[Field::PersonalNumber])
.by("Decree 137/2015 Art. 13; Circular 59/2021 Art. 6");
pub(super) static LEFT_OUT: Rule = Rule::warning(
    "vn-number-left-out",
    "is left out, so that a new number will be given; please make sure that the holder has none",
    "để trống nên hệ thống sẽ cấp số mới; vui lòng xác minh người được cấp chưa từng có số định danh",
)
.on(&[Field::PersonalNumber])
.by("Circular 59/2021 Art. 5: numbers of those who have none");
pub(super) static FACTS: Rule = Rule::error(
    "vn-number-facts",
    "must name the province where the birth is registered: the number that will be given begins with its code",
    "phải ghi tỉnh, thành phố nơi đăng ký khai sinh: số định danh sẽ cấp bắt đầu bằng mã của nơi này",
)
.on(&[Field::PlaceOfBirthRegistration])
.by("Decree 137/2015 Art. 13");
pub(super) static KNOWN: Rule = Rule::error(
    "vn-number-known",
    "must be given: the previous document, which has twelve digits, shows it",
    "bắt buộc phải có: giấy tờ đã cấp trước đây có mười hai chữ số chính là số định danh",
)
.on(&[Field::PersonalNumber])
.by("Circular 59/2021 Art. 4: one number for life");
pub(super) static DOCUMENT_NUMBER: Rule = Rule::error(
    "vn-document-number",
    "must be digits 4 to 12 of the personal number, or be left empty",
    "phải là chữ số thứ 4 đến 12 của số định danh cá nhân, hoặc để trống",
)
.on(&[Field::DocumentNumber])
.by("zone as observed on cards");
pub(super) static CAN: Rule = Rule::error(
    "vn-can",
    "must be the last six digits of the personal number, or be left empty",
    "phải là sáu chữ số cuối của số định danh cá nhân, hoặc để trống",
)
.on(&[Field::Can])
.by("access as observed on cards");
pub(super) static CANCELLED: Rule = Rule::error(
    "vn-cancelled-number",
    "must have twelve digits and differ from the number in force",
    "phải gồm mười hai chữ số và khác với số đang có hiệu lực",
)
.on(&[Field::CancelledNumber])
.by("Circular 59/2021 Art. 6");
pub(super) static PREVIOUS: Rule = Rule::error(
    "vn-previous-number",
    "must have nine or twelve digits",
    "phải gồm chín hoặc mười hai chữ số",
)
.on(&[Field::PreviousDocumentNumber])
.by("EF.DG13 place 15 as observed on cards");
pub(super) static PREVIOUS_OTHER: Rule = Rule::warning(
    "vn-previous-other",
    "is another personal number; please enter it as cancelled number too, or correct it",
    "là một số định danh khác; vui lòng khai thêm là số đã hủy, hoặc sửa lại",
)
.on(&[Field::PreviousDocumentNumber])
.by("Circular 59/2021 Art. 6");
pub(super) static CMND_FORM: Rule = Rule::error(
    "vn-cmnd-form",
    "must have nine digits",
    "phải gồm chín chữ số",
)
.on(&[Field::CmndNumber])
.by("2023 law Art. 9 (13)");
pub(super) static CMND_AGE: Rule = Rule::warning(
    "vn-cmnd-age",
    "is given although nine-digit numbers had ended before the holder was old enough; please check",
    "được khai trong khi chứng minh nhân dân 9 số đã hết hiệu lực trước khi người được cấp đủ tuổi; vui lòng kiểm tra",
)
.on(&[Field::CmndNumber, Field::PreviousDocumentNumber])
.by("end of nine-digit numbers on 31 December 2024");
pub(super) static CMND_DIFFERS: Rule = Rule::warning(
    "vn-cmnd-differs",
    "is not the nine-digit number given as the previous document; please check which is right",
    "khác với số chứng minh nhân dân khai ở giấy tờ đã cấp trước đây; vui lòng kiểm tra số nào đúng",
)
.on(&[Field::CmndNumber])
.by("2023 law Art. 9 (13), (14)");
pub(super) static CMND_MADE_UP: Rule = Rule::warning(
    "vn-cmnd-made-up",
    "looks made up; please copy it from the old document or leave it empty",
    "có vẻ không phải số thật; vui lòng chép theo giấy tờ cũ hoặc để trống",
)
.on(&[Field::CmndNumber, Field::PreviousDocumentNumber])
.by("a missing value is left out");

pub(super) fn check(facts: &Facts<'_>, parameters: &Parameters, findings: &mut Findings) {
    check_earlier(facts, parameters, findings);
    let field = Field::PersonalNumber;
    let Some(text) = facts.text(field) else {
        check_left_out(facts, parameters, findings);
        return;
    };
    let Some(number) = PersonalNumber::parse(text) else {
        findings.add(field, &FORM);
        return;
    };
    check_place(&number, facts, parameters, findings);
    let year = number.birth_year();
    if facts
        .date_of_birth
        .is_some_and(|birth| birth.year() != year)
    {
        findings.add_with(field, &YEAR, year.to_string());
    }
    if facts.sex.is_some_and(|sex| sex != number.sex()) {
        findings.add_with(field, &SEX, sex_word(number.sex()));
    }
    let given = facts.text(Field::DocumentNumber);
    if given.is_some_and(|given| given != number.document_number()) {
        findings.add(Field::DocumentNumber, &DOCUMENT_NUMBER);
    }
    let given = facts.record.can();
    if given.is_some_and(|given| !number.can().is_ok_and(|can| can.is(given))) {
        findings.add(Field::Can, &CAN);
    }
}

/// Somebody who has no number: whether one can be given.
fn check_left_out(facts: &Facts<'_>, parameters: &Parameters, findings: &mut Findings) {
    let is_left_out = |text: &str| text.trim().is_empty();
    let stated = facts.record.texts().get(Field::PersonalNumber);
    if !stated.is_none_or(is_left_out) {
        // It is there and wrong, which was told.
        return;
    }
    let previous = facts.text(Field::PreviousDocumentNumber);
    let is_cancelled = previous == facts.text(Field::CancelledNumber);
    if previous.is_some_and(|text| text.len() == PersonalNumber::DIGITS) && !is_cancelled {
        findings.add(Field::PersonalNumber, &KNOWN);
        return;
    }
    findings.add(Field::PersonalNumber, &LEFT_OUT);
    // What else a number says, the date of birth and the sex, has rules of its own.
    if facts.date_of_birth.is_some()
        && facts.sex.is_some_and(|sex| sex != Sex::Unspecified)
        && parameters.birth_in(&facts.texts, facts.today).is_none()
    {
        findings.add(Field::PlaceOfBirthRegistration, &FACTS);
    }
}

/// The first three digits against the tables, the date of birth and the place of registration.
fn check_place(
    number: &PersonalNumber,
    facts: &Facts<'_>,
    parameters: &Parameters,
    findings: &mut Findings,
) {
    let field = Field::PersonalNumber;
    let code = number.place_code();
    let Some(province) = number.province() else {
        let is_country = code
            .parse()
            .is_ok_and(|code| parameters.country_codes.contains(&code));
        findings.add_with(field, if is_country { &COUNTRY } else { &PROVINCE }, code);
        return;
    };
    let birth = facts.date_of_birth.map(BirthDate::last_day);
    let is_merged = birth.is_some_and(|day| day >= MERGER && province.name_on(day).is_none());
    if is_merged && parameters.codes_after_merger == CodesAfterMerger::Kept {
        findings.add_with(field, &MERGED, code);
    }
    let registered = facts.text(Field::PlaceOfBirthRegistration);
    let registered = registered.and_then(|text| Place::of(text).province());
    // A name of no province has a rule of its own.
    if registered.is_some_and(|name| Province::is_name(name) && !province.may_be_called(name)) {
        findings.add_with(field, &REGISTRATION, province.name_before_merger());
    }
}

/// Numbers of earlier documents.
fn check_earlier(facts: &Facts<'_>, parameters: &Parameters, findings: &mut Findings) {
    let number = facts.text(Field::PersonalNumber);
    let cancelled = facts.text(Field::CancelledNumber);
    if cancelled.is_some_and(|text| PersonalNumber::parse(text).is_none() || Some(text) == number) {
        findings.add(Field::CancelledNumber, &CANCELLED);
    }
    let previous = facts.text(Field::PreviousDocumentNumber);
    if let Some(text) = previous {
        if !is_digits(text, &[OLD_DIGITS, PersonalNumber::DIGITS]) {
            findings.add(Field::PreviousDocumentNumber, &PREVIOUS);
        } else if text.len() == PersonalNumber::DIGITS
            && number.is_some_and(|n| n != text)
            && cancelled != previous
        {
            findings.add(Field::PreviousDocumentNumber, &PREVIOUS_OTHER);
        }
    }
    let cmnd = facts.text(Field::CmndNumber);
    if cmnd.is_some_and(|text| !is_digits(text, &[OLD_DIGITS])) {
        findings.add(Field::CmndNumber, &CMND_FORM);
        return;
    }
    let old_previous = previous.filter(|text| is_digits(text, &[OLD_DIGITS]));
    if cmnd.is_some() && old_previous.is_some() && cmnd != old_previous {
        findings.add(Field::CmndNumber, &CMND_DIFFERS);
    }
    let is_too_young = facts
        .date_of_birth
        .and_then(|birth| birth.birthday(parameters.cmnd_from))
        .is_some_and(|day| day > parameters.last_day_of_cmnd);
    for (field, text) in [
        (Field::CmndNumber, cmnd),
        (Field::PreviousDocumentNumber, old_previous),
    ] {
        let Some(text) = text else { continue };
        if is_too_young {
            findings.add(field, &CMND_AGE);
        }
        if is_made_up(text) {
            findings.add(field, &CMND_MADE_UP);
        }
    }
}

pub(super) fn is_digits(text: &str, lengths: &[usize]) -> bool {
    lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// One digit repeated, or all in order.
fn is_made_up(number: &str) -> bool {
    let first = number.chars().next();
    number.chars().all(|digit| Some(digit) == first) || ["123456789", "987654321"].contains(&number)
}

pub(super) fn sex_word(sex: Sex) -> Detail {
    Detail::of(match sex {
        Sex::Female => Bilingual {
            en: "female",
            vi: "nữ",
        },
        _ => Bilingual {
            en: "male",
            vi: "nam",
        },
    })
}
