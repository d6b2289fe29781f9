//! Foreign text on a terminal. A card, a certificate or a file says what it likes; none of it may move the cursor, hide what
//! follows or turn a line round.

/// One line: what could steer a terminal is replaced, line ends too.
pub fn line(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            character if character.is_control() || turns(character) => char::REPLACEMENT_CHARACTER,
            character => character,
        })
        .collect()
}

/// Several lines of our own with foreign words in them.
pub fn lines(text: &str) -> String {
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// Marks that change the direction of what follows.
const fn turns(character: char) -> bool {
    matches!(character, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(
            line("Nguyễn \u{1b}[2J\r\n\u{9b}8m"),
            "Nguyễn \u{fffd}[2J\u{fffd}\u{fffd}\u{fffd}8m"
        );
        assert_eq!(line("A\u{202e}B"), "A\u{fffd}B");
        assert_eq!(lines("one\n\u{1b}two"), "one\n\u{fffd}two");
    }
}
