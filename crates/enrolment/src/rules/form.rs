//! The written form of a field by its kind, and the values read from it.

use time::Date;

use crate::date::{BirthDate, Expiry, parse_date};
use crate::field::{Field, Kind};
use crate::finding::{Findings, Rule};
use crate::rules::Facts;

pub(super) static RULES: [&Rule; 9] = [
    &DATE, &SEX, &STATE, &NUMBER, &TELEPHONE, &MAIL, &HEIGHT, &WORD, &ADDRESS,
];

static DATE: Rule = Rule::error(
    "form-date",
    "is not a date of the calendar in the form {}",
    "không phải là ngày hợp lệ theo dạng {}",
);
static SEX: Rule = Rule::error(
    "form-sex",
    "must be male, female or unspecified",
    "phải là male (nam), female (nữ) hoặc unspecified (không xác định)",
);
static STATE: Rule = Rule::error(
    "form-state",
    "must be a code of one to three capital letters, for example VNM",
    "phải là mã từ một đến ba chữ cái in hoa, ví dụ VNM",
);
static NUMBER: Rule = Rule::error(
    "form-number",
    "consists of capital letters A–Z and digits only",
    "chỉ gồm chữ cái in hoa A–Z và chữ số",
);
static TELEPHONE: Rule = Rule::error(
    "form-telephone",
    "must be + and eight to fifteen digits, for example +84901234567",
    "phải gồm dấu + và từ tám đến mười lăm chữ số, ví dụ +84901234567",
);
static MAIL: Rule = Rule::error(
    "form-e-mail",
    "is not an e-mail address",
    "không phải là địa chỉ thư điện tử",
);
static HEIGHT: Rule = Rule::error(
    "form-height",
    "must be centimetres from 30 to 260",
    "phải là số xăng-ti-mét từ 30 đến 260",
);
static WORD: Rule = Rule::error(
    "form-word",
    "must be one of: {}",
    "phải là một trong các giá trị: {}",
);
static ADDRESS: Rule = Rule::error(
    "form-address",
    "has an empty part between two commas",
    "có phần trống giữa hai dấu phẩy",
);

/// Checks the form of a clean text and notes the value of it.
pub(super) fn read(field: Field, text: &str, facts: &mut Facts<'_>, findings: &mut Findings) {
    match field.kind() {
        Kind::Date => read_date(field, text, facts, findings),
        Kind::Sex => match sex(text) {
            Some(sex) => facts.sex = Some(sex),
            None => findings.add(field, &SEX),
        },
        Kind::State => require(is_state(text), field, &STATE, findings),
        Kind::Number => require(is_number(text), field, &NUMBER, findings),
        Kind::Telephone => require(is_telephone(text), field, &TELEPHONE, findings),
        Kind::Mail => require(is_mail(text), field, &MAIL, findings),
        Kind::Height => require(is_height(text), field, &HEIGHT, findings),
        Kind::Word(words) if !words.contains(&text) => {
            findings.add_with(field, &WORD, words.join(", "));
        }
        Kind::Address => {
            let has_empty_part = text.split(',').any(|part| part.trim().is_empty());
            require(!has_empty_part, field, &ADDRESS, findings);
        }
        Kind::Name | Kind::Text | Kind::Word(_) | Kind::Other => {}
    }
}

fn require(is_right: bool, field: Field, rule: &'static Rule, findings: &mut Findings) {
    if !is_right {
        findings.add(field, rule);
    }
}

fn read_date(field: Field, text: &str, facts: &mut Facts<'_>, findings: &mut Findings) {
    let form = match field {
        Field::DateOfBirth => {
            facts.date_of_birth = BirthDate::parse(text);
            facts.date_of_birth.is_none().then_some("YYYY[-MM[-DD]]")
        }
        Field::DateOfExpiry => {
            facts.expiry = Expiry::parse(text);
            facts.expiry.is_none().then_some("YYYY-MM-DD / never")
        }
        _ => {
            let date: Option<Date> = parse_date(text);
            if field == Field::DateOfIssue {
                facts.date_of_issue = date;
            }
            date.is_none().then_some("YYYY-MM-DD")
        }
    };
    if let Some(form) = form {
        findings.add_with(field, &DATE, form);
    }
}

fn sex(text: &str) -> Option<mrz::Sex> {
    match text {
        "male" => Some(mrz::Sex::Male),
        "female" => Some(mrz::Sex::Female),
        "unspecified" => Some(mrz::Sex::Unspecified),
        _ => None,
    }
}

fn is_state(text: &str) -> bool {
    (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn is_number(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

fn is_telephone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (8..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Enough to catch a slip of the hand; whether the address exists only a letter can tell.
fn is_mail(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && domain.split('.').count() > 1
            && domain.split('.').all(|label| !label.is_empty())
            && text.bytes().all(|byte| byte.is_ascii_graphic())
            && !domain.contains('@')
    })
}

fn is_height(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
        && text
            .parse()
            .is_ok_and(|height| (30..=260).contains(&height))
}
