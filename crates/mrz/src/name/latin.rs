//! Latin letters beyond A–Z (Doc 9303-3 §6, table A).

/// The issuer's choices where the standard leaves one (Doc 9303-3 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choices {
    /// Ä: `A` or `AE`.
    pub a_diaeresis: Form,
    /// Å: `A` or `AA`.
    pub a_ring: Form,
    /// Ñ: `N` or `NXX`.
    pub n_tilde: Form,
    /// Ö: `O` or `OE`.
    pub o_diaeresis: Form,
    /// Ü: `U`, `UE` or `UXX`.
    pub u_diaeresis: UDiaeresis,
    /// The language of names in Cyrillic script, where table B makes a difference.
    pub cyrillic: super::CyrillicLanguage,
}

/// One letter, or the longer form of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The letter without its mark.
    Short,
    /// The form that keeps the letter distinct.
    Long,
}

/// The three forms of Ü.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UDiaeresis {
    /// `U`
    U,
    /// `UE`
    Ue,
    /// `UXX`
    Uxx,
}

impl Choices {
    /// The first form the table names for each letter, and Russian for Cyrillic script.
    pub const RECOMMENDED: Self = Self {
        a_diaeresis: Form::Long,
        a_ring: Form::Long,
        n_tilde: Form::Short,
        o_diaeresis: Form::Long,
        u_diaeresis: UDiaeresis::Ue,
        cyrillic: super::CyrillicLanguage::Russian,
    };
}

impl Default for Choices {
    fn default() -> Self {
        Self::RECOMMENDED
    }
}

/// The form of an upper-case letter, if the table has it.
pub(super) fn form(letter: char, choices: &Choices) -> Option<&'static str> {
    let either = |form, short, long| match form {
        Form::Short => Some(short),
        Form::Long => Some(long),
    };
    match letter {
        'Ä' => either(choices.a_diaeresis, "A", "AE"),
        'Å' => either(choices.a_ring, "A", "AA"),
        'Ñ' => either(choices.n_tilde, "N", "NXX"),
        'Ö' => either(choices.o_diaeresis, "O", "OE"),
        'Ü' => Some(match choices.u_diaeresis {
            UDiaeresis::U => "U",
            UDiaeresis::Ue => "UE",
            UDiaeresis::Uxx => "UXX",
        }),
        _ => TABLE
            .binary_search_by_key(&letter, |(letter, _)| *letter)
            .ok()
            .and_then(|at| TABLE.get(at))
            .map(|(_, form)| *form)
            .or_else(|| unlisted(letter)),
    }
}

/// A letter that the table does not have, and that canonical decomposition leaves as it is: an own choice, the letter
/// without its stroke, as the table has it for Đ, Ħ and Ŧ.
fn unlisted(letter: char) -> Option<&'static str> {
    match letter {
        // Ê Đê, Gia Rai, Ba Na and other languages of Viet Nam.
        'Ƀ' => Some("B"),
        _ => None,
    }
}

/// Letters without a choice, in order of code point.
const TABLE: &[(char, &str)] = &[
    ('À', "A"),
    ('Á', "A"),
    ('Â', "A"),
    ('Ã', "A"),
    ('Æ', "AE"),
    ('Ç', "C"),
    ('È', "E"),
    ('É', "E"),
    ('Ê', "E"),
    ('Ë', "E"),
    ('Ì', "I"),
    ('Í', "I"),
    ('Î', "I"),
    ('Ï', "I"),
    ('Ð', "D"),
    ('Ò', "O"),
    ('Ó', "O"),
    ('Ô', "O"),
    ('Õ', "O"),
    ('Ø', "OE"),
    ('Ù', "U"),
    ('Ú', "U"),
    ('Û', "U"),
    ('Ý', "Y"),
    ('Þ', "TH"),
    ('Ā', "A"),
    ('Ă', "A"),
    ('Ą', "A"),
    ('Ć', "C"),
    ('Ĉ', "C"),
    ('Ċ', "C"),
    ('Č', "C"),
    ('Ď', "D"),
    ('Đ', "D"),
    ('Ē', "E"),
    ('Ĕ', "E"),
    ('Ė', "E"),
    ('Ę', "E"),
    ('Ě', "E"),
    ('Ĝ', "G"),
    ('Ğ', "G"),
    ('Ġ', "G"),
    ('Ģ', "G"),
    ('Ĥ', "H"),
    ('Ħ', "H"),
    ('Ĩ', "I"),
    ('Ī', "I"),
    ('Ĭ', "I"),
    ('Į', "I"),
    ('İ', "I"),
    ('ı', "I"),
    ('Ĳ', "IJ"),
    ('Ĵ', "J"),
    ('Ķ', "K"),
    ('Ĺ', "L"),
    ('Ļ', "L"),
    ('Ľ', "L"),
    ('Ŀ', "L"),
    ('Ł', "L"),
    ('Ń', "N"),
    ('Ņ', "N"),
    ('Ň', "N"),
    ('Ŋ', "N"),
    ('Ō', "O"),
    ('Ŏ', "O"),
    ('Ő', "O"),
    ('Œ', "OE"),
    ('Ŕ', "R"),
    ('Ŗ', "R"),
    ('Ř', "R"),
    ('Ś', "S"),
    ('Ŝ', "S"),
    ('Ş', "S"),
    ('Š', "S"),
    ('Ţ', "T"),
    ('Ť', "T"),
    ('Ŧ', "T"),
    ('Ũ', "U"),
    ('Ū', "U"),
    ('Ŭ', "U"),
    ('Ů', "U"),
    ('Ű', "U"),
    ('Ų', "U"),
    ('Ŵ', "W"),
    ('Ŷ', "Y"),
    ('Ÿ', "Y"),
    ('Ź', "Z"),
    ('Ż', "Z"),
    ('Ž', "Z"),
    ('ẞ', "SS"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole_and_in_order() {
        assert!(TABLE.is_sorted_by_key(|(letter, _)| *letter));
        assert_eq!(TABLE.len() + 5, 95);
    }
}
