//! The thirty-seven characters of a machine readable zone (Doc 9303-3 §4.3).

/// Fills what a field leaves empty and separates the components of a name.
pub(crate) const FILLER: char = '<';

/// Whether a zone may contain the character at all.
pub(crate) fn contains(character: char) -> bool {
    matches!(character, '0'..='9' | 'A'..='Z' | FILLER)
}

/// The text without the fillers behind it.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_end_matches(FILLER)
}
