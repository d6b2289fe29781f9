//! Vietnamese words compared: without marks, or with marks wherever in the syllable they were put.
//!
//! `Hòa` and `Hoà` are the same word in the old and the new place of the tone; `hoa` is what a hurried clerk types.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The five written tones (Unicode combining marks grave, acute, tilde, hook above, dot below).
pub(crate) const TONES: [char; 5] = ['\u{0300}', '\u{0301}', '\u{0303}', '\u{0309}', '\u{0323}'];

/// Marks that one letter may carry: a circumflex, breve or horn, and a tone.
pub(crate) const MAX_MARKS_PER_LETTER: usize = 2;

/// The text in small letters without marks, `đ` as `d`; other characters stay. The same text gives the same result twice.
#[must_use]
pub fn bare(text: &str) -> String {
    text.nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .filter(|c| !is_combining_mark(*c))
        .map(plain_d)
        .collect()
}

/// A key that is the same for two spellings of one text: case, order of composition, the place of the tone in a
/// syllable, hyphens, apostrophes and blanks between words do not count; letters and marks do.
#[must_use]
pub fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len() + 8);
    for word in words(text) {
        let (letters, marks) = split_marks(word);
        key.push_str(&letters);
        key.extend(marks);
    }
    key
}

/// The words of a text: what stands between blanks, hyphens, dashes, apostrophes and full stops.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || is_joint(c))
        .filter(|word| !word.is_empty())
}

/// Small letters without marks, and the marks in order of their code points.
pub(crate) fn split_marks(word: &str) -> (String, Vec<char>) {
    let mut letters = String::with_capacity(word.len());
    let mut marks = Vec::new();
    for c in word.nfd().flat_map(char::to_lowercase) {
        match c {
            'đ' | 'ð' => letters.push('đ'),
            _ if is_combining_mark(c) => marks.push(c),
            _ => letters.push(c),
        }
    }
    marks.sort_unstable();
    (letters, marks)
}

fn is_joint(c: char) -> bool {
    matches!(c, '-' | '–' | '—' | '\'' | '’' | 'ʼ' | '.')
}

fn plain_d(c: char) -> char {
    match c {
        'đ' | 'ð' => 'd',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn spellings_of_one_word_have_one_key() {
        let check =
            |a: &str, b: &str, are_same: bool| assert_eq!(key(a) == key(b), are_same, "{a} {b}");
        check("Hòa Bình", "HOÀ BÌNH", true);
        check("Bà Rịa - Vũng Tàu", "Bà Rịa–Vũng Tàu", true);
        check("H'Mông", "Hmông", true);
        check("Ngọc Thuý", "ngọc thúy", true);
        check("Ho\u{0323}", "Họ", true);
        check("Đỗ", "Do", false);
        check("Hòa", "Hoa", false);
        check("Lê Ba", "Le Bâ", false);
    }

    #[test]
    fn bare_letters_have_no_marks() {
        assert_eq!(bare("NGUYỄN Thị Đào ƯỚC Ờ"), "nguyen thi dao uoc o");
    }

    proptest! {
        #[test]
        fn bare_twice_is_bare(text in any::<String>()) {
            let once = bare(&text);
            prop_assert_eq!(bare(&once), once);
        }

        #[test]
        fn composing_changes_no_key(text in any::<String>()) {
            prop_assert_eq!(key(&text.nfc().collect::<String>()), key(&text.nfd().collect::<String>()));
        }
    }
}
