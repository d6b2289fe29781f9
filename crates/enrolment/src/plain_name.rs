//! Names of people who work here, and of their devices: read in one way only, and compared however they are written.

use unicode_normalization::UnicodeNormalization;

use crate::spelling;

/// Letters and digits of a name, small and without marks: `TEST-operator`, `TEST Operator` and `test.operator` are one, and so are wide and
/// narrow letters and the forms of one letter (Unicode Standard Annex #15, NFKC). What two people share here counts against both.
#[must_use]
pub fn letters(name: &str) -> String {
    // Through the capitals: ß and ss, ς and σ are one.
    let capitals: String = name.nfkc().flat_map(char::to_uppercase).collect();
    let bare = spelling::bare(&capitals);
    bare.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Whether a name can be read in one way only: letters of one of those scripts that share shapes, and nothing that is not seen. A name that is
/// wholly of another script ("СТО" of Cyrillic letters) is a name.
#[must_use]
pub fn is_plain(name: &str) -> bool {
    let mut scripts = name.nfkc().filter_map(Script::of);
    let first = scripts.next();
    scripts.all(|script| Some(script) == first)
        && !name.chars().any(|c| c.is_control() || is_unseen(c))
}

/// Format characters (general category Cf), fillers and selectors: two names that look alike, or a line that is turned round.
const fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{600}'..='\u{605}' | '\u{61C}' | '\u{6DD}' | '\u{70F}' | '\u{890}' | '\u{891}' | '\u{8E2}'
            | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{110BD}' | '\u{110CD}' | '\u{13430}'..='\u{1343F}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Scripts whose letters look like those of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Cherokee,
}

impl Script {
    fn of(letter: char) -> Option<Self> {
        Some(match letter {
            'a'..='z' | 'A'..='Z' | '\u{c0}'..='\u{2af}' | '\u{1e00}'..='\u{1eff}' => Self::Latin,
            '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}' => Self::Greek,
            '\u{400}'..='\u{52f}' | '\u{1c80}'..='\u{1c8f}' | '\u{a640}'..='\u{a69f}' => {
                Self::Cyrillic
            }
            '\u{530}'..='\u{58f}' => Self::Armenian,
            '\u{13a0}'..='\u{13ff}' | '\u{ab70}'..='\u{abbf}' => Self::Cherokee,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_however_it_is_written() {
        let check = |a: &str, b: &str, are_one: bool| {
            assert_eq!(letters(a) == letters(b), are_one, "{a:?} {b:?}");
        };
        check("TEST-operator", "test. OPERATOR ", true);
        check("Nguyễn Thị Ước", "nguyen.thi.uoc", true);
        check("Trạm", "Tra\u{323}m", true);
        check("ＴＥＳＴ １", "test1", true);
        check("Test Straße", "TEST STRASSE", true);
        check("Ánh", "Oanh", false);
        check("Test 1", "Test 2", false);
    }

    #[test]
    fn what_is_read_in_two_ways_is_no_name() {
        for plain in ["Trạm số 1 TEST", "ТЕСТ 1", "TEST 試験", "Tra\u{323}m"] {
            assert!(is_plain(plain), "{plain:?}");
        }
        for mixed in [
            "\u{422}EST One",
            "TEST \u{39f}ne",
            "TEST\u{200b} One",
            "TEST\u{ad}One",
            "TEST \u{202e}enO",
            "TEST\u{e0041}",
            "TEST\u{7}",
        ] {
            assert!(!is_plain(mixed), "{mixed:?}");
        }
    }
}
