//! Letters of other scripts, above all those that look like Latin ones.

/// Whether a letter belongs to the Latin script as names and places of the profiles are written in.
pub(super) fn is_latin(letter: char) -> bool {
    matches!(letter,
        'A'..='Z' | 'a'..='z' | 'ª' | 'º'
        | '\u{00C0}'..='\u{024F}'
        | '\u{02B0}'..='\u{02B8}'
        | '\u{1E00}'..='\u{1EFF}')
}

/// The Latin letter that a letter of another script looks like.
pub(super) fn latin_twin(letter: char) -> Option<char> {
    let fullwidth = u32::from(letter).checked_sub(FULLWIDTH_OFFSET);
    let fullwidth = fullwidth
        .and_then(char::from_u32)
        .filter(char::is_ascii_alphabetic);
    fullwidth.or_else(|| {
        TWINS
            .iter()
            .find(|(_, foreign)| foreign.contains(letter))
            .map(|(latin, _)| *latin)
    })
}

/// From U+0041 `A` to U+FF21, its full-width form.
const FULLWIDTH_OFFSET: u32 = 0xFF21 - 0x41;

/// Each Latin letter with its twins in Cyrillic and Greek.
const TWINS: &[(char, &str)] = &[
    ('A', "АΑ"),
    ('B', "ВΒ"),
    ('C', "СϹ"),
    ('E', "ЕΕ"),
    ('H', "НΗҺ"),
    ('I', "ІΙӀ"),
    ('J', "ЈͿ"),
    ('K', "КΚ"),
    ('M', "МΜ"),
    ('N', "Ν"),
    ('O', "ОΟ"),
    ('P', "РΡ"),
    ('S', "Ѕ"),
    ('T', "ТΤ"),
    ('X', "ХΧ"),
    ('Y', "УΥҮ"),
    ('Z', "Ζ"),
    ('a', "аα"),
    ('c', "сϲ"),
    ('d', "ԁ"),
    ('e', "е"),
    ('h', "һ"),
    ('i', "іι"),
    ('j', "јϳ"),
    ('o', "оο"),
    ('p', "рρ"),
    ('q', "ԛ"),
    ('s', "ѕ"),
    ('v', "ν"),
    ('w', "ԝ"),
    ('x', "х"),
    ('y', "уγү"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twins_are_foreign_and_their_letters_are_not() {
        for (latin, foreign) in TWINS {
            assert!(is_latin(*latin));
            for letter in foreign.chars() {
                assert!(!is_latin(letter), "{letter}");
                assert_eq!(latin_twin(letter), Some(*latin));
            }
        }
        assert_eq!(latin_twin('Ｑ'), Some('Q'));
        assert_eq!(latin_twin('Ж'), None);
        assert_eq!(latin_twin('A'), None);
    }

    #[test]
    fn every_vietnamese_letter_is_latin() {
        for letter in "ĂÂĐÊÔƠƯăâđêôơưẠảẤầẨẫẬắẰẳẵặẸẻẽẾềỂễỆỉịọỎốỒổỗỘớỜởỡỢụỦứỪửữỰỳỵỷỹ".chars()
        {
            assert!(is_latin(letter), "{letter}");
        }
    }
}
