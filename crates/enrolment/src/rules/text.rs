//! What every text must obey: composed letters, no hidden characters, one script, a sensible length.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::field::{Field, Kind};
use crate::finding::{Findings, Rule};
use crate::rules::script;

pub(super) static RULES: [&Rule; 9] = [
    &NOT_COMPOSED,
    &BLANKS,
    &HIDDEN,
    &LOOK_ALIKE,
    &SCRIPT,
    &LENGTH,
    &NAME_CHARACTERS,
    &PLACEHOLDER,
    &STRAY_MARK,
];

static NOT_COMPOSED: Rule = Rule::warning(
    "text-nfc",
    "letters and marks were stored apart and have been joined (Unicode NFC)",
    "chữ và dấu được lưu tách rời, đã được ghép lại (Unicode NFC)",
);
static BLANKS: Rule = Rule::warning(
    "text-blanks",
    "superfluous blanks have been removed",
    "đã bỏ các khoảng trắng thừa",
);
static HIDDEN: Rule = Rule::error(
    "text-hidden",
    "contains the invisible or undefined character {}; type the text again",
    "có ký tự ẩn hoặc không hợp lệ {}; hãy nhập lại",
);
static LOOK_ALIKE: Rule = Rule::error(
    "text-look-alike",
    "{} of another script; type the Latin letter",
    "{} của hệ chữ khác; hãy gõ chữ cái La-tinh",
);
static SCRIPT: Rule = Rule::error(
    "text-script",
    "the letter {} is not of the Latin script",
    "chữ cái {} không thuộc hệ chữ La-tinh",
);
static LENGTH: Rule = Rule::error(
    "text-length",
    "is longer than {} characters",
    "dài quá {} ký tự",
);
static NAME_CHARACTERS: Rule = Rule::error(
    "name-characters",
    "{} does not occur in names: only letters, blanks, hyphens, apostrophes and full stops do",
    "{} không dùng trong họ tên: chỉ dùng chữ cái, khoảng trắng, gạch nối, dấu phẩy trên và dấu chấm",
);
static PLACEHOLDER: Rule = Rule::error(
    "text-placeholder",
    "stands for a missing value; leave the field empty instead",
    "là từ thay cho giá trị còn thiếu; hãy để trống ô này",
);
static STRAY_MARK: Rule = Rule::error(
    "text-stray-mark",
    "carries the mark {} that belongs to no letter before it",
    "có dấu {} không thuộc chữ cái nào đứng trước",
);

/// What people type when a field insists; compared without case.
const PLACEHOLDERS: &[&str] = &[
    "-",
    "--",
    "?",
    "abc",
    "chưa rõ",
    "không có",
    "không rõ",
    "khong ro",
    "n/a",
    "na",
    "nil",
    "none",
    "null",
    "unknown",
    "xxx",
];

/// The text composed and without superfluous blanks; both are told.
pub(super) fn clean(field: Field, text: &str, findings: &mut Findings) -> String {
    let composed: String = text.nfc().collect();
    if composed != text {
        findings.add(field, &NOT_COMPOSED);
    }
    let words: Vec<&str> = composed
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect();
    let clean = words.join(" ");
    if clean != composed {
        findings.add(field, &BLANKS);
    }
    clean
}

/// The general rules on a clean text. Each is told once for a field, at the first character that breaks it.
pub(super) fn check(field: Field, text: &str, findings: &mut Findings) {
    // The form of the other kinds says how long they are.
    let is_free = matches!(
        field.kind(),
        Kind::Name | Kind::Address | Kind::Text | Kind::Number | Kind::Mail
    );
    if is_free && text.chars().count() > field.max_chars() {
        findings.add_with(field, &LENGTH, field.max_chars().to_string());
    }
    if let Some(hidden) = text.chars().find(|c| is_hidden(*c)) {
        findings.add_with(field, &HIDDEN, code_point(hidden));
    }
    if let Some(mark) = stray_mark(text) {
        findings.add_with(field, &STRAY_MARK, code_point(mark));
    }
    check_script(field, text, findings);
    if matches!(field.kind(), Kind::Name | Kind::Address) && is_placeholder(text) {
        findings.add(field, &PLACEHOLDER);
    } else if field.kind() == Kind::Name
        && let Some(other) = text.chars().find(|c| !may_be_in_name(*c))
    {
        findings.add_with(field, &NAME_CHARACTERS, format!("“{other}”"));
    }
}

fn check_script(field: Field, text: &str, findings: &mut Findings) {
    let foreign = |c: &char| c.is_alphabetic() && !is_combining_mark(*c) && !script::is_latin(*c);
    let mut letters = text.chars().filter(foreign).peekable();
    let Some(first) = letters.peek().copied() else {
        return;
    };
    let twin = letters.find_map(|letter| Some((letter, script::latin_twin(letter)?)));
    match twin {
        Some((letter, latin)) => {
            let detail = format!("“{letter}” ({}) ≈ “{latin}”", code_point(letter));
            findings.add_with(field, &LOOK_ALIKE, detail);
        }
        None => findings.add_with(field, &SCRIPT, format!("“{first}” ({})", code_point(first))),
    }
}

/// Controls, line ends, format and direction characters, private use, no characters at all.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || (character.is_whitespace() && character != ' ')
        || matches!(character,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFF}' | '\u{E000}'..='\u{F8FF}' | '\u{E0000}'..='\u{10FFFF}')
}

/// In composed text, a mark that does not follow a Latin letter.
fn stray_mark(text: &str) -> Option<char> {
    let mut may_carry_mark = false;
    text.chars().find(|character| {
        let is_mark = is_combining_mark(*character);
        let is_stray = is_mark && !may_carry_mark;
        may_carry_mark = script::is_latin(*character) || (is_mark && may_carry_mark);
        is_stray
    })
}

fn is_placeholder(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut letters = text.chars();
    let first = letters.next();
    let is_one_letter_repeated =
        text.chars().count() > 2 && letters.all(|letter| Some(letter) == first);
    PLACEHOLDERS.contains(&text.as_str()) || is_one_letter_repeated
}

fn may_be_in_name(character: char) -> bool {
    character.is_alphabetic()
        || is_combining_mark(character)
        || is_hidden(character)
        || matches!(character, ' ' | '-' | '\'' | '’' | 'ʼ' | '.')
}

fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}
