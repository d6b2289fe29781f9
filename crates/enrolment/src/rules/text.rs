//! What every text must obey: composed letters, no hidden characters, one script, a sensible length.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::field::{Field, Kind, TEXTS};
use crate::finding::{Findings, Rule};
use crate::rules::{names, script};
use crate::spelling::MAX_MARKS_PER_LETTER;

pub(super) static RULES: [&Rule; 14] = [
    &NOT_COMPOSED,
    &BLANKS,
    &HIDDEN,
    &LOOK_ALIKE,
    &SCRIPT,
    &LENGTH,
    &NAME_CHARACTERS,
    &PLACEHOLDER,
    &PERHAPS_NAME,
    &NAME_SIGNS,
    &SYMBOL,
    &STRAY_MARK,
    &HUGE,
    &MANY_MARKS,
];

static NOT_COMPOSED: Rule = Rule::warning(
    "text-nfc",
    "letters and marks were stored apart and have been joined (Unicode NFC)",
    "chữ và dấu được lưu tách rời, đã được ghép lại (Unicode NFC)",
)
.on_kinds(TEXTS)
.by("Unicode UAX 15: NFC");
static BLANKS: Rule = Rule::warning(
    "text-blanks",
    "superfluous blanks have been removed",
    "đã bỏ các khoảng trắng thừa",
)
.on_kinds(TEXTS)
.by("one spelling of one value");
static HIDDEN: Rule = Rule::error(
    "text-hidden",
    "contains the invisible or undefined character {}; type the text again",
    "có ký tự ẩn hoặc không hợp lệ {}; hãy nhập lại",
)
.on_kinds(TEXTS)
.by("Unicode UTR 36 §2");
static LOOK_ALIKE: Rule = Rule::error(
    "text-look-alike",
    "{} of another script; type the Latin letter",
    "{} của hệ chữ khác; hãy gõ chữ cái La-tinh",
)
.on_kinds(TEXTS)
.by("Unicode UTS 39 §4");
static SCRIPT: Rule = Rule::error(
    "text-script",
    "the letter {} is not of the Latin script",
    "chữ cái {} không thuộc hệ chữ La-tinh",
)
.on_kinds(TEXTS)
.by("Unicode UTS 39 §5.1");
static LENGTH: Rule = Rule::error(
    "text-length",
    "is longer than {} characters",
    "dài quá {} ký tự",
)
.on_kinds(&[
    Kind::Name,
    Kind::Address,
    Kind::Text,
    Kind::Number,
    Kind::Mail,
    Kind::People,
])
.by("room on the chip and on the form");
static NAME_CHARACTERS: Rule = Rule::error(
    "name-characters",
    "{} does not occur in names: only letters, blanks, hyphens, apostrophes and full stops do",
    "{} không dùng trong họ tên: chỉ dùng chữ cái, khoảng trắng, gạch nối, dấu phẩy trên và dấu chấm",
).on_kinds(&[Kind::Name]).by("Doc 9303-3 §4.6");
static PLACEHOLDER: Rule = Rule::error(
    "text-placeholder",
    "stands for a missing value; leave the field empty instead",
    "là từ thay cho giá trị còn thiếu; hãy để trống ô này",
)
.on_kinds(&[Kind::Name, Kind::Address])
.by("a missing value is left out");
static PERHAPS_NAME: Rule = Rule::warning(
    "name-placeholder",
    "is a name, but also what people type for a missing value; please compare it with the birth certificate",
    "là họ tên có thật nhưng cũng là từ thay cho giá trị còn thiếu; vui lòng đối chiếu với giấy khai sinh",
)
.on_kinds(&[Kind::Name])
.by("people are called Na, Nil, None and Null");
static NAME_SIGNS: Rule = Rule::error(
    "name-signs",
    "has “{}” without a letter, or twice in a row; please type the name again",
    "có “{}” không đi kèm chữ cái hoặc lặp lại liền nhau; vui lòng nhập lại họ tên",
)
.on_kinds(&[Kind::Name])
.by("Doc 9303-3 §4.6: what punctuation in names joins or separates");
static SYMBOL: Rule = Rule::error(
    "text-symbol",
    "has the symbol {}; only letters, digits and punctuation are printed",
    "có ký hiệu {}; chỉ dùng chữ cái, chữ số và dấu câu",
)
.on_kinds(TEXTS)
.by("Unicode general category So: pictures, which no printer of cards has");
static STRAY_MARK: Rule = Rule::error(
    "text-stray-mark",
    "carries the mark {} that belongs to no letter before it",
    "có dấu {} không thuộc chữ cái nào đứng trước",
)
.on_kinds(TEXTS)
.by("Unicode §2.11: combining characters");

static HUGE: Rule = Rule::error(
    "text-huge",
    "takes more than {} bytes and was not read; please type it again",
    "dài quá {} byte nên không được đọc; vui lòng nhập lại",
)
.on_kinds(TEXTS)
.by("a limit before any work is done");
static MANY_MARKS: Rule = Rule::error(
    "text-marks",
    "has a letter with more than {} marks; please type it again",
    "có chữ cái mang quá {} dấu; vui lòng nhập lại",
)
.on_kinds(TEXTS)
.by("Vietnamese letters carry a shape and a tone");

/// The longest text looked at, in bytes: twice what the longest field can hold in UTF-8.
pub const MAX_TEXT_BYTES: usize = 6 * 1024;

/// What people type when a field insists; compared without case.
const PLACEHOLDERS: &[&str] = &[
    "-",
    "--",
    "?",
    "abc",
    "chưa biết",
    "chưa có",
    "chưa cung cấp",
    "chưa rõ",
    "không có",
    "không rõ",
    "khong co",
    "khong ro",
    "n/a",
    "unknown",
    "xxx",
];

/// The same, but people are called so; an address is not.
const PERHAPS_NAMES: &[&str] = &["na", "nil", "none", "null"];

/// Whether a text may be worked on: not huge, no heap of marks on one letter. Counted before anything is composed.
pub(super) fn is_bearable(field: Field, text: &str, findings: &mut Findings) -> bool {
    if text.len() > MAX_TEXT_BYTES {
        findings.add_with(field, &HUGE, MAX_TEXT_BYTES.to_string());
        return false;
    }
    let mut marks = 0;
    let is_heap = text.nfd().any(|c| {
        marks = if is_combining_mark(c) { marks + 1 } else { 0 };
        marks > MAX_MARKS_PER_LETTER
    });
    if is_heap {
        findings.add_with(field, &MANY_MARKS, MAX_MARKS_PER_LETTER.to_string());
    }
    !is_heap
}

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
        Kind::Name | Kind::Address | Kind::Text | Kind::Number | Kind::Mail | Kind::People
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
    match field.kind() {
        Kind::Name => check_name(field, text, findings),
        kind => {
            if kind == Kind::Address && (is_placeholder(text) || is_perhaps_name(text)) {
                findings.add(field, &PLACEHOLDER);
            }
            if let Some(symbol) = text.chars().find(|c| is_symbol(*c)) {
                findings.add_with(
                    field,
                    &SYMBOL,
                    format!("“{symbol}” ({})", code_point(symbol)),
                );
            }
        }
    }
}

fn check_name(field: Field, name: &str, findings: &mut Findings) {
    if is_placeholder(name) {
        findings.add(field, &PLACEHOLDER);
    } else if let Some(other) = name.chars().find(|c| !may_be_in_name(*c)) {
        findings.add_with(field, &NAME_CHARACTERS, format!("“{other}”"));
    } else if let Some(signs) = lone_signs(name)
        && !names::tells_of_no_letter(field, name)
    {
        findings.add_with(field, &NAME_SIGNS, signs);
    } else if is_perhaps_name(name) {
        findings.add(field, &PERHAPS_NAME);
    }
}

fn check_script(field: Field, text: &str, findings: &mut Findings) {
    let foreign = |c: &char| {
        c.is_alphabetic() && !is_combining_mark(*c) && !script::is_latin(*c) && !is_name_sign(*c)
    };
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

/// Controls, line ends, format and direction characters (general category Cf), what is drawn as a blank, private use,
/// no characters at all.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || (character.is_whitespace() && character != ' ')
        || matches!(character,
            '\u{00AD}' | '\u{034F}' | '\u{0600}'..='\u{0605}' | '\u{061C}' | '\u{06DD}' | '\u{070F}'
            | '\u{0890}' | '\u{0891}' | '\u{08E2}' | '\u{2800}' | '\u{FFF0}'..='\u{FFFF}'
            | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1345F}' | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{E000}'..='\u{F8FF}' | '\u{E0000}'..='\u{10FFFF}')
}

/// Blocks of pictures: arrows to miscellaneous symbols, music, and all emoji (general category So).
fn is_symbol(character: char) -> bool {
    !is_hidden(character)
        && matches!(character,
            '\u{2190}'..='\u{2BFF}' | '\u{1D000}'..='\u{1D24F}' | '\u{1F000}'..='\u{1FAFF}')
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
        || character == ' '
        || is_name_sign(character)
}

fn is_name_sign(character: char) -> bool {
    matches!(character, '-' | '\'' | '’' | 'ʼ' | '.')
}

/// A word of signs alone, or a sign written twice.
fn lone_signs(name: &str) -> Option<String> {
    let alone = |word: &&str| !word.is_empty() && word.chars().all(is_name_sign);
    let twice = || {
        let next = name.chars().skip(1);
        let (sign, _) = name
            .chars()
            .zip(next)
            .find(|(sign, next)| is_name_sign(*sign) && sign == next)?;
        Some(sign.to_string())
    };
    let alone = name.split(' ').find(alone).map(str::to_owned);
    alone.or_else(twice)
}

fn is_perhaps_name(text: &str) -> bool {
    PERHAPS_NAMES.contains(&text.to_lowercase().as_str())
}

fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}
