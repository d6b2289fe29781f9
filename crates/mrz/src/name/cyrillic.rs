//! Cyrillic letters (Doc 9303-3 §6, table B).

/// The language whose forms are taken where table B tells languages apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CyrillicLanguage {
    /// Russian, and every language without a row of its own.
    Russian,
    /// Belarusian
    Belarusian,
    /// Bulgarian
    Bulgarian,
    /// Macedonian
    Macedonian,
    /// Serbian
    Serbian,
    /// Ukrainian
    Ukrainian,
}

/// The form of an upper-case letter, if the table has it; `is_initial` at the start of a component.
pub(super) fn form(
    letter: char,
    is_initial: bool,
    language: CyrillicLanguage,
) -> Option<&'static str> {
    let at = TABLE
        .binary_search_by_key(&letter, |(letter, ..)| *letter)
        .ok()?;
    let (_, form, exceptions) = TABLE.get(at)?;
    let exception = exceptions
        .iter()
        .find(|(case, _)| case.applies(is_initial, language));
    Some(exception.map_or(*form, |(_, form)| *form))
}

/// When a row of the table departs from its main form.
#[derive(Clone, Copy)]
enum Case {
    In(CyrillicLanguage),
    /// At the start of a component, in this language.
    Initial(CyrillicLanguage),
}

impl Case {
    fn applies(self, is_initial: bool, language: CyrillicLanguage) -> bool {
        match self {
            Self::In(of) => of == language,
            Self::Initial(of) => of == language && is_initial,
        }
    }
}

const BELARUSIAN: Case = Case::In(CyrillicLanguage::Belarusian);
const BULGARIAN: Case = Case::In(CyrillicLanguage::Bulgarian);
const MACEDONIAN: Case = Case::In(CyrillicLanguage::Macedonian);
const SERBIAN: Case = Case::In(CyrillicLanguage::Serbian);
const UKRAINIAN: Case = Case::In(CyrillicLanguage::Ukrainian);
const UKRAINIAN_INITIAL: Case = Case::Initial(CyrillicLanguage::Ukrainian);

/// In order of code point. Two letters the table lacks are added: the soft sign 042C, which passports leave
/// out, and Serbian tshe 040B, whose form the table gives to the look-alike 04BA.
#[allow(clippy::type_complexity)]
const TABLE: &[(char, &str, &[(Case, &str)])] = &[
    ('Ё', "E", &[(BELARUSIAN, "IO")]),
    ('Ђ', "D", &[]),
    ('Є', "IE", &[(UKRAINIAN_INITIAL, "YE")]),
    ('Ѕ', "DZ", &[]),
    ('І', "I", &[]),
    ('Ї', "I", &[(UKRAINIAN_INITIAL, "YI")]),
    ('Ј', "J", &[]),
    ('Љ', "LJ", &[]),
    ('Њ', "NJ", &[]),
    ('Ћ', "C", &[]),
    ('Ќ', "K", &[(MACEDONIAN, "KJ")]),
    ('Ў', "U", &[]),
    ('Џ', "DZ", &[(MACEDONIAN, "DJ")]),
    ('А', "A", &[]),
    ('Б', "B", &[]),
    ('В', "V", &[]),
    (
        'Г',
        "G",
        &[(BELARUSIAN, "H"), (SERBIAN, "H"), (UKRAINIAN, "H")],
    ),
    ('Д', "D", &[]),
    ('Е', "E", &[]),
    ('Ж', "ZH", &[(SERBIAN, "Z")]),
    ('З', "Z", &[]),
    ('И', "I", &[(UKRAINIAN, "Y")]),
    ('Й', "I", &[(UKRAINIAN_INITIAL, "Y")]),
    ('К', "K", &[]),
    ('Л', "L", &[]),
    ('М', "M", &[]),
    ('Н', "N", &[]),
    ('О', "O", &[]),
    ('П', "P", &[]),
    ('Р', "R", &[]),
    ('С', "S", &[]),
    ('Т', "T", &[]),
    ('У', "U", &[]),
    ('Ф', "F", &[]),
    ('Х', "KH", &[(SERBIAN, "H"), (MACEDONIAN, "H")]),
    ('Ц', "TS", &[(SERBIAN, "C"), (MACEDONIAN, "C")]),
    ('Ч', "CH", &[(SERBIAN, "C")]),
    ('Ш', "SH", &[(SERBIAN, "S")]),
    ('Щ', "SHCH", &[(BULGARIAN, "SHT")]),
    ('Ъ', "IE", &[]),
    ('Ы', "Y", &[]),
    ('Ь', "", &[]),
    ('Э', "E", &[]),
    ('Ю', "IU", &[(UKRAINIAN_INITIAL, "YU")]),
    ('Я', "IA", &[(UKRAINIAN_INITIAL, "YA")]),
    ('Ѫ', "U", &[]),
    ('Ѵ', "Y", &[]),
    ('Ґ', "G", &[]),
    ('Ғ', "G", &[(MACEDONIAN, "GJ")]),
    ('Һ', "C", &[]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_in_order() {
        assert!(TABLE.is_sorted_by_key(|(letter, ..)| *letter));
        assert_eq!(TABLE.len(), 48 + 2);
    }
}
