//! The written form of a field by its kind, and the values read from it.

mod states;

use time::Date;

use crate::date::{BirthDate, Expiry, parse_date};
use crate::field::{Field, Kind};
use crate::finding::{Findings, Rule};
use crate::people;
use crate::rules::Facts;

pub(super) static RULES: [&Rule; 11] = [
    &DATE,
    &SEX,
    &STATE,
    &UNKNOWN_STATE,
    &NUMBER,
    &TELEPHONE,
    &MAIL,
    &HEIGHT,
    &WORD,
    &ADDRESS,
    &PEOPLE,
];

static DATE: Rule = Rule::error(
    "form-date",
    "is not a date of the calendar in the form {}",
    "không phải là ngày hợp lệ theo dạng {}",
)
.on_kinds(&[Kind::Date])
.by("ISO 8601; unknown parts Doc 9303-3 §4.8");
static SEX: Rule = Rule::error(
    "form-sex",
    "must be male, female or unspecified",
    "phải là male (nam), female (nữ) hoặc unspecified (không xác định)",
)
.on_kinds(&[Kind::Sex])
.by("Doc 9303-3 §4.1.1.1");
static STATE: Rule = Rule::error(
    "form-state",
    "must be a code of three capital letters, for example VNM (Germany: D)",
    "phải là mã gồm ba chữ cái in hoa, ví dụ VNM (riêng nước Đức: D)",
)
.on_kinds(&[Kind::State])
.by("Doc 9303-3 §5");
static UNKNOWN_STATE: Rule = Rule::warning(
    "state-unknown",
    "is none of the codes in use; please check",
    "không thuộc danh mục mã đang dùng; vui lòng kiểm tra lại",
)
.on_kinds(&[Kind::State])
.by("Doc 9303-3 §5; ISO 3166-1");
static NUMBER: Rule = Rule::error(
    "form-number",
    "consists of capital letters A–Z and digits only",
    "chỉ gồm chữ cái in hoa A–Z và chữ số",
)
.on_kinds(&[Kind::Number])
.by("Doc 9303-3 §4.3: characters of the zone");
static TELEPHONE: Rule = Rule::error(
    "form-telephone",
    "must be + and eight to fifteen digits, for example +84901234567",
    "phải gồm dấu + và từ tám đến mười lăm chữ số, ví dụ +84901234567",
)
.on_kinds(&[Kind::Telephone])
.by("ITU-T E.164; Doc 9303-10 §4.7.11");
static MAIL: Rule = Rule::error(
    "form-e-mail",
    "is not an e-mail address",
    "không phải là địa chỉ thư điện tử",
)
.on_kinds(&[Kind::Mail])
.by("RFC 5321 §4.1.2, the forms in use");
static HEIGHT: Rule = Rule::error(
    "form-height",
    "must be centimetres from 30 to 260",
    "phải là số xăng-ti-mét từ 30 đến 260",
)
.on_kinds(&[Kind::Height])
.by("heights of living people");
static WORD: Rule = Rule::error(
    "form-word",
    "must be one of: {}",
    "phải là một trong các giá trị: {}",
)
.on_kinds(&[Kind::Word(&[])])
.by("the words of the form");
static ADDRESS: Rule = Rule::error(
    "form-address",
    "has an empty part between two commas",
    "có phần trống giữa hai dấu phẩy",
)
.on_kinds(&[Kind::Address])
.by("Doc 9303-10 §4.7.11: parts of an address");

static PEOPLE: Rule = Rule::error(
    "form-people",
    "must list at most 30 persons separated by semicolons, each as name, number, nationality; for example \
     Lê Văn A, 001099000001, VNM; Lê Thị B",
    "phải liệt kê không quá 30 người, cách nhau bằng dấu chấm phẩy, mỗi người theo dạng họ tên, số định danh, quốc tịch; \
     ví dụ Lê Văn A, 001099000001, VNM; Lê Thị B",
)
.on_kinds(&[Kind::People])
.by("2023 law Art. 9 (15), (23)");

/// Checks the form of a clean text and notes the value of it.
pub(super) fn read(field: Field, text: &str, facts: &mut Facts<'_>, findings: &mut Findings) {
    match field.kind() {
        Kind::Date => read_date(field, text, facts, findings),
        Kind::Sex => match sex_of(text) {
            Some(sex) => facts.sex = Some(sex),
            None => findings.add(field, &SEX),
        },
        Kind::State if people::is_state_code(text) => {
            require(states::is_known(text), field, &UNKNOWN_STATE, findings);
        }
        Kind::State => findings.add(field, &STATE),
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
        Kind::People => require(people::parse(text).is_some(), field, &PEOPLE, findings),
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
        _ if field.is_birth() => BirthDate::parse(text).is_none().then_some("YYYY[-MM[-DD]]"),
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

/// The sex of its word in records.
pub(crate) fn sex_of(text: &str) -> Option<mrz::Sex> {
    match text {
        "male" => Some(mrz::Sex::Male),
        "female" => Some(mrz::Sex::Female),
        "unspecified" => Some(mrz::Sex::Unspecified),
        _ => None,
    }
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

/// The longest part before the `@` (RFC 5321 §4.5.3.1.1).
const MAX_MAILBOX: usize = 64;

/// Enough to catch a slip of the hand; whether the address exists only a letter can tell.
fn is_mail(text: &str) -> bool {
    text.split_once('@').is_some_and(|(local, domain)| {
        !local.is_empty()
            && local.len() <= MAX_MAILBOX
            && local.split('.').all(|part| !part.is_empty())
            && domain.split('.').count() > 1
            && domain.split('.').all(is_label)
            && !domain.split('.').next_back().is_some_and(is_digits)
            && text
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !b",;:<>()[]\\\"".contains(&byte))
            && !domain.contains('@')
    })
}

/// A part of the name of a domain (RFC 1123 §2.1).
fn is_label(label: &str) -> bool {
    !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_height(text: &str) -> bool {
    is_digits(text)
        && !text.starts_with('0')
        && text
            .parse()
            .is_ok_and(|height| (30..=260).contains(&height))
}
