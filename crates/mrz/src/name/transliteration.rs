use unicode_normalization::UnicodeNormalization;

use crate::alphabet::FILLER;
use crate::name::{Choices, MrzName, cyrillic, latin};
use crate::{Error, Field, Result};

/// Brings an identifier to the machine readable alphabet (Doc 9303-3 §4.6, §6): A–Z, components separated
/// by one `<`.
///
/// Apostrophes vanish and join what they stood between, hyphens, commas and blanks separate, other
/// punctuation is dropped. Letters go by the tables of the standard; a letter that is in none, as most of
/// the Vietnamese ones, loses its marks by canonical decomposition and is looked up again.
///
/// # Errors
/// [`Error::NoTransliteration`] at the first character without a form: a digit, a letter of another script.
/// [`Error::Value`] when the identifier is longer than [`MrzName::MAX_IDENTIFIER`] bytes.
pub fn transliterate(identifier: &str, choices: &Choices) -> Result<String> {
    if identifier.len() > MrzName::MAX_IDENTIFIER {
        return Err(Error::Value {
            field: Field::Name,
            what: "longer than any identifier",
        });
    }
    let mut form = String::with_capacity(identifier.len());
    for (at, composed) in identifier.nfc().enumerate() {
        for character in composed.to_uppercase() {
            append(&mut form, character, choices)
                .ok_or(Error::NoTransliteration { character, at })?;
        }
    }
    let end = form.trim_end_matches(FILLER).len();
    form.truncate(end);
    Ok(form)
}

fn append(form: &mut String, character: char, choices: &Choices) -> Option<()> {
    match character {
        'A'..='Z' => form.push(character),
        _ if is_separator(character) => separate(form),
        _ if is_dropped(character) => {}
        _ => append_letter(form, character, choices)?,
    }
    Some(())
}

fn append_letter(form: &mut String, letter: char, choices: &Choices) -> Option<()> {
    if let Some(letters) = in_tables(form, letter, choices) {
        form.push_str(letters);
        return Some(());
    }
    for part in core::iter::once(letter).nfd() {
        match part {
            'A'..='Z' => form.push(part),
            '\u{0300}'..='\u{036F}' => {}
            _ => {
                let letters = in_tables(form, part, choices)?;
                form.push_str(letters);
            }
        }
    }
    Some(())
}

fn in_tables(form: &str, letter: char, choices: &Choices) -> Option<&'static str> {
    let is_initial = form.is_empty() || form.ends_with(FILLER);
    latin::form(letter, choices).or_else(|| cyrillic::form(letter, is_initial, choices.cyrillic))
}

/// One filler between components, none in front.
fn separate(form: &mut String) {
    if !form.is_empty() && !form.ends_with(FILLER) {
        form.push(FILLER);
    }
}

fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '-' | ',' | FILLER | '\u{2010}'..='\u{2015}' | '\u{2212}'
        )
}

/// Apostrophes, and marks that stand alone or could not be composed with the letter before.
fn is_dropped(character: char) -> bool {
    character.is_ascii_punctuation()
        || matches!(
            character,
            '\u{0300}'..='\u{036F}'
                | '\u{00B4}'
                | '\u{00B7}'
                | '\u{02B9}'..='\u{02BF}'
                | '\u{2018}'..='\u{201F}'
                | '\u{2032}'
                | '\u{2033}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::{CyrillicLanguage, Form, UDiaeresis};

    fn check(identifier: &str, choices: &Choices, expected: &str) {
        assert_eq!(
            transliterate(identifier, choices).as_deref(),
            Ok(expected),
            "{identifier}"
        );
        // The same letters in decomposed form are the same name.
        let decomposed: String = identifier.nfd().collect();
        assert_eq!(
            transliterate(&decomposed, choices).as_deref(),
            Ok(expected),
            "{identifier} decomposed"
        );
    }

    #[test]
    fn follows_the_rules_for_punctuation() {
        let choices = Choices::default();
        check("D'Artagnan", &choices, "DARTAGNAN");
        check("D’Artagnan", &choices, "DARTAGNAN");
        check("Marie-Élise", &choices, "MARIE<ELISE");
        check("  Anna,  Maria ", &choices, "ANNA<MARIA");
        check("St. John", &choices, "ST<JOHN");
        check("...", &choices, "");
    }

    #[test]
    fn takes_vietnamese_letters_with_two_marks() {
        let choices = Choices::default();
        check("Họ Tên Mẫu", &choices, "HO<TEN<MAU");
        check("Đặng Thị Ngọc Ánh", &choices, "DANG<THI<NGOC<ANH");
        check("Ưởng Ơ Ữ", &choices, "UONG<O<U");
        check("Nguyễn Hữu Cường", &choices, "NGUYEN<HUU<CUONG");
    }

    /// Every Vietnamese vowel with every tone comes down to its base letter.
    #[test]
    fn takes_every_vietnamese_vowel() {
        for (vowels, base) in [
            ("AĂÂ", "A"),
            ("EÊ", "E"),
            ("I", "I"),
            ("OÔƠ", "O"),
            ("UƯ", "U"),
            ("Y", "Y"),
        ] {
            for vowel in vowels.chars() {
                for tone in [
                    "", "\u{0300}", "\u{0301}", "\u{0303}", "\u{0309}", "\u{0323}",
                ] {
                    check(&format!("{vowel}{tone}"), &Choices::default(), base);
                }
            }
        }
    }

    /// Letters of Ê Đê, Gia Rai, Ba Na and Chăm: breves over shaped vowels, and the b with a stroke.
    #[test]
    fn takes_the_letters_of_other_languages_of_viet_nam() {
        let choices = Choices::default();
        check("Y Ƀlơ Niê Kdăm", &choices, "Y<BLO<NIE<KDAM");
        check("H’ƀlê̆ Čil", &choices, "HBLE<CIL");
        check(
            "Č č Ĕ ĕ Ĭ ĭ Ŏ ŏ Ŭ ŭ Ñ ñ",
            &choices,
            "C<C<E<E<I<I<O<O<U<U<N<N",
        );
        check("Ơ̆ ơ̆ Ư̆ ư̆ Ê̆ ê̆ Ô̆ ô̆ Â̆ â̆", &choices, "O<O<U<U<E<E<O<O<A<A");
        check("Ƀ ƀ Ơ ơ Ư ư Ŋ ŋ", &choices, "B<B<O<O<U<U<N<N");
    }

    #[test]
    fn leaves_the_choice_to_the_issuer() {
        let plain = Choices {
            a_diaeresis: Form::Short,
            a_ring: Form::Short,
            n_tilde: Form::Long,
            o_diaeresis: Form::Short,
            u_diaeresis: UDiaeresis::Uxx,
            ..Choices::default()
        };
        check("Ä Å Ñ Ö Ü", &Choices::default(), "AE<AA<N<OE<UE");
        check("Ä Å Ñ Ö Ü", &plain, "A<A<NXX<O<UXX");
        check("Æ Ø Þ Ĳ Œ ß Đ Ð ı ŀ", &plain, "AE<OE<TH<IJ<OE<SS<D<D<I<L");
    }

    #[test]
    fn tells_cyrillic_languages_apart() {
        let of = |cyrillic| Choices {
            cyrillic,
            ..Choices::default()
        };
        check(
            "Ольга Щукина",
            &of(CyrillicLanguage::Russian),
            "OLGA<SHCHUKINA",
        );
        check(
            "Юрій Сергійович",
            &of(CyrillicLanguage::Ukrainian),
            "YURII<SERHIIOVYCH",
        );
        check("Гјорѓи", &of(CyrillicLanguage::Macedonian), "GJORGI");
        check("Живковић", &of(CyrillicLanguage::Serbian), "ZIVKOVIC");
        check("Щерев", &of(CyrillicLanguage::Bulgarian), "SHTEREV");
        check("Ёлкин", &of(CyrillicLanguage::Belarusian), "IOLKIN");
    }

    #[test]
    fn refuses_what_has_no_form() {
        let check = |identifier: &str, expected, offset| {
            let error = transliterate(identifier, &Choices::default()).unwrap_err();
            assert!(
                matches!(error, Error::NoTransliteration { character, at } if character == expected && at == offset),
                "{identifier}: {error}"
            );
        };
        check("Louis 14", '1', 6);
        check("Ωmega", 'Ω', 0);
        check("李", '李', 0);
        check("A\u{0}", '\0', 1);
    }
}
