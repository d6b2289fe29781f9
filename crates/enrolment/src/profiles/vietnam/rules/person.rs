//! The holder: name, sex, descent, faith, marriage.

use mrz::Sex;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::field::{Field, Kind};
use crate::finding::{Findings, Rule};
use crate::profiles::vietnam::content::STATE;
use crate::profiles::vietnam::ethnic_group::is_ethnic_group;
use crate::profiles::vietnam::parameters::{MarriageAges, Parameters};
use crate::profiles::vietnam::religion::is_religion;
use crate::rules::Facts;
use crate::spelling::{self, TONES as TONE_MARKS};

pub(super) static SEX: Rule =
    Rule::error("vn-sex", "must be male or female", "phải là nam hoặc nữ")
        .on(&[Field::Sex])
        .by("the fourth digit of the number has these two");
pub(super) static NATIONALITY: Rule = Rule::error(
    "vn-nationality",
    "must be VNM: the card is for citizens",
    "phải là VNM: thẻ chỉ cấp cho công dân Việt Nam",
)
.on(&[Field::Nationality])
.by("2023 law Art. 19");
pub(super) static ONE_WORD: Rule = Rule::warning(
    "vn-name-one-word",
    "has one word only, so there is no given name",
    "chỉ có một từ, không có tên",
)
.on(&[Field::FullName])
.by("Civil Code 2015 Art. 26: surname, middle name if any, given name");
pub(super) static ETH: Rule = Rule::error(
    "vn-eth",
    "has the Icelandic letter {}; type Đ",
    "có chữ {} của tiếng Iceland; hãy gõ chữ Đ",
)
.by("Unicode UTS 39 §4: letters that look alike");
pub(super) static TONES: Rule = Rule::warning(
    "vn-name-tones",
    "has two tones on the word “{}”; please type it again",
    "có hai dấu thanh trong tiếng “{}”; vui lòng gõ lại",
)
.on_kinds(&[Kind::Name])
.by("Vietnamese spelling: one tone to a syllable");
pub(super) static SMALL_LETTERS: Rule = Rule::warning(
    "vn-name-small-letters",
    "has the word “{}” with a small first letter; please check",
    "có tiếng “{}” không viết hoa chữ cái đầu; vui lòng kiểm tra",
)
.on_kinds(&[Kind::Name])
.by("Decree 30/2020 annex II: capitals in names of persons");
pub(super) static LETTERS: Rule = Rule::warning(
    "vn-name-letters",
    "has the letter {}, which Vietnamese does not have; please compare it with the birth certificate",
    "có chữ {} không có trong bảng chữ cái tiếng Việt; vui lòng đối chiếu với giấy khai sinh",
)
.on_kinds(&[Kind::Name])
.by("Civil Code 2015 Art. 26 (3): names in Vietnamese or another language of Viet Nam");
pub(super) static ETHNIC_GROUP: Rule = Rule::warning(
    "vn-ethnic-group",
    "is none of the 54 groups; please choose from the list or check the birth certificate",
    "không thuộc danh mục 54 dân tộc; vui lòng chọn trong danh mục hoặc đối chiếu giấy khai sinh",
)
.on(&[Field::EthnicGroup])
.by("Decision 121-TCTK/PPCĐ (1979)");
pub(super) static RELIGION: Rule = Rule::warning(
    "vn-religion",
    "is none of the recognised religions; please choose from the list, or “Không” for none",
    "không thuộc danh mục tôn giáo được công nhận; vui lòng chọn trong danh mục, hoặc ghi “Không” nếu không theo tôn giáo",
)
.on(&[Field::Religion])
.by("list of recognised religious organisations");
pub(super) static TELEPHONE: Rule = Rule::warning(
    "vn-telephone",
    "has a 0 behind +84 that is dialled within the country only; please remove it",
    "có số 0 sau +84, chỉ dùng khi gọi trong nước; vui lòng bỏ số 0",
)
.on(&[Field::Telephone])
.by("ITU-T E.164 §6");
pub(super) static MARRIAGE_AGE: Rule = Rule::warning(
    "vn-marriage-age",
    "is “married” below the age of marriage ({}); please compare it with the marriage certificate",
    "là đã kết hôn khi chưa đủ tuổi kết hôn ({}); vui lòng đối chiếu với giấy chứng nhận kết hôn",
)
.on(&[Field::MaritalStatus])
.by("Law on marriage and family 2014 Art. 8");
pub(super) static SPOUSE_MISSING: Rule = Rule::warning(
    "vn-spouse-missing",
    "is not given although the holder is married",
    "chưa được khai trong khi người được cấp đã kết hôn",
)
.on(&[Field::SpouseName])
.by("2023 law Art. 9 (15), (21)");
pub(super) static ELECTRONIC_LEVEL: Rule = Rule::warning(
    "vn-electronic-level",
    "cannot be level 2 below the age of six",
    "không thể ở mức 2 khi chưa đủ 6 tuổi",
)
.on(&[Field::ElectronicIdentity])
.by("Decree 69/2024");
pub(super) static HOUSEHOLD_SELF: Rule = Rule::warning(
    "vn-household-self",
    "and the name of the head of the household do not agree; please check both",
    "và họ tên chủ hộ không khớp nhau; vui lòng kiểm tra cả hai",
)
.on(&[Field::HouseholdRelation])
.by("2023 law Art. 9 (22), (23)");

/// The age from which an electronic identity may be of level 2.
const LEVEL_2_FROM: i32 = 6;

/// The letters of Vietnamese without marks; F, J, W and Z stand in names of other groups of the country.
const LETTERS_WITHOUT_MARKS: &str = "abcdefghijklmnopqrstuvwxyzđ";

/// Circumflex, breve and horn, and the letters that carry them.
const SHAPES: [(char, &str); 3] = [('\u{0302}', "aeo"), ('\u{0306}', "a"), ('\u{031B}', "ou")];

/// The letters that carry a tone.
const VOWELS: &str = "aeiouy";

pub(super) fn check(facts: &Facts<'_>, parameters: &Parameters, findings: &mut Findings) {
    if facts.sex == Some(Sex::Unspecified) {
        findings.add(Field::Sex, &SEX);
    }
    if facts
        .text(Field::Nationality)
        .is_some_and(|code| code != STATE)
    {
        findings.add(Field::Nationality, &NATIONALITY);
    }
    for (field, text) in facts.texts.iter() {
        if let Some(eth) = text.chars().find(|c| matches!(c, 'Ð' | 'ð' | 'Ɖ' | 'ɖ')) {
            findings.add_with(field, &ETH, format!("“{eth}”"));
        } else if field.kind() == Kind::Name {
            check_name(field, text, findings);
        }
    }
    if facts
        .text(Field::EthnicGroup)
        .is_some_and(|text| !is_ethnic_group(text))
    {
        findings.add(Field::EthnicGroup, &ETHNIC_GROUP);
    }
    if facts
        .text(Field::Religion)
        .is_some_and(|text| !is_religion(text))
    {
        findings.add(Field::Religion, &RELIGION);
    }
    if facts.text(Field::Telephone).is_some_and(has_trunk_zero) {
        findings.add(Field::Telephone, &TELEPHONE);
    }
    check_marriage(facts, parameters.marriage, findings);
    check_status(facts, findings);
}

fn check_name(field: Field, name: &str, findings: &mut Findings) {
    if field == Field::FullName && !name.contains(' ') {
        findings.add(field, &ONE_WORD);
    }
    let mut syllables = spelling::words(name);
    if let Some(word) =
        syllables.find(|word| word.nfd().filter(|c| TONE_MARKS.contains(c)).count() > 1)
    {
        findings.add_with(field, &TONES, word);
    }
    let mut words = name.split(' ');
    if let Some(word) = words.find(|word| word.chars().next().is_some_and(char::is_lowercase)) {
        findings.add_with(field, &SMALL_LETTERS, word);
    }
    if let Some(letter) = name.chars().find(|letter| !is_vietnamese(*letter)) {
        findings.add_with(field, &LETTERS, format!("“{letter}”"));
    }
}

/// Whether a letter, or another character of a name, stands in Vietnamese text.
fn is_vietnamese(letter: char) -> bool {
    if !letter.is_alphabetic() {
        return true;
    }
    let mut parts = core::iter::once(letter).nfd().flat_map(char::to_lowercase);
    let Some(base) = parts.next() else {
        return true;
    };
    LETTERS_WITHOUT_MARKS.contains(base)
        && parts.all(|mark| {
            !is_combining_mark(mark)
                || (TONE_MARKS.contains(&mark) && VOWELS.contains(base))
                || SHAPES
                    .iter()
                    .any(|(shape, letters)| *shape == mark && letters.contains(base))
        })
}

/// +84 0xx: the national form behind the code of the country.
fn has_trunk_zero(number: &str) -> bool {
    number
        .strip_prefix("+840")
        .is_some_and(|rest| rest.len() == 9)
}

fn check_marriage(facts: &Facts<'_>, ages: MarriageAges, findings: &mut Findings) {
    if facts.text(Field::MaritalStatus) != Some("married") {
        return;
    }
    let least = match facts.sex {
        Some(Sex::Female) => ages.female,
        _ => ages.male,
    };
    if facts
        .date_of_birth
        .is_some_and(|birth| birth.age_on(facts.today) < least)
    {
        findings.add_with(Field::MaritalStatus, &MARRIAGE_AGE, least.to_string());
    }
    if facts.record.texts().get(Field::SpouseName).is_none() {
        findings.add(Field::SpouseName, &SPOUSE_MISSING);
    }
}

fn check_status(facts: &Facts<'_>, findings: &mut Findings) {
    let is_small = facts
        .date_of_birth
        .is_some_and(|birth| birth.age_on(facts.today) < LEVEL_2_FROM);
    if is_small && facts.text(Field::ElectronicIdentity) == Some("level-2") {
        findings.add(Field::ElectronicIdentity, &ELECTRONIC_LEVEL);
    }
    let head = facts.text(Field::HouseholdHead).map(spelling::key);
    let holder = facts.text(Field::FullName).map(spelling::key);
    let relation = facts.text(Field::HouseholdRelation);
    if let (Some(head), Some(holder), Some(relation)) = (head, holder, relation)
        && relation == "self"
        && head != holder
    {
        findings.add(Field::HouseholdRelation, &HOUSEHOLD_SELF);
    }
}
