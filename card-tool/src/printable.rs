//! Foreign text on a terminal, on a page and in JSON. A card, a certificate or a file says what it likes; none of it may move
//! the cursor, hide what follows or turn a line round.

use std::fmt::Write as _;

use serde_json::Value;

/// One line: what could steer a terminal is replaced, line ends too.
pub fn line(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            character if steers(character) => char::REPLACEMENT_CHARACTER,
            character => character,
        })
        .collect()
}

/// Several lines of our own with foreign words in them.
pub fn lines(text: &str) -> String {
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// A JSON document that is looked at on a terminal, too. Nothing is lost: what could steer stands as `\u` and its number. It
/// can only be inside a string, for JSON itself is made of other characters.
pub fn json(document: &str) -> String {
    let mut out = String::with_capacity(document.len());
    for character in document.chars() {
        // Line ends are JSON's own: those of strings have been escaped by whoever wrote it.
        if character == '\n' || !steers(character) {
            out.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{unit:04x}");
        }
    }
    out
}

/// A document whose texts are shown somewhere else, such as on a page: each text is a line.
pub fn shown(document: Value) -> Value {
    match document {
        Value::String(text) => Value::String(line(&text)),
        Value::Array(values) => values.into_iter().map(shown).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (name, shown(value)))
            .collect(),
        other => other,
    }
}

/// Control characters, and marks that change the direction of what follows or end the line.
fn steers(character: char) -> bool {
    character.is_control()
        || turns(character)
        || is_unseen(character)
        || matches!(character, '\u{2028}' | '\u{2029}')
}

/// Marks that change the direction of what follows.
const fn turns(character: char) -> bool {
    matches!(character, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{206F}')
}

/// What is not seen at all, and makes two names of what looks like one. Joiners are not among them: words of some scripts need them.
const fn is_unseen(character: char) -> bool {
    matches!(character, '\u{00AD}' | '\u{200B}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
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
        for mark in [
            "\u{202e}",
            "\u{200f}",
            "\u{2066}",
            "\u{206f}",
            "\u{61c}",
            "\u{200b}",
            "\u{feff}",
            "\u{ad}",
            "\u{e0041}",
            "\u{2029}",
        ] {
            let name = format!("A{mark}B");
            assert_eq!(line(&name), "A\u{fffd}B");
            let document = serde_json::json!({ "fields": [{ "text": name }], "n": 1 });
            let expected = serde_json::json!({ "fields": [{ "text": "A\u{fffd}B" }], "n": 1 });
            assert_eq!(shown(document), expected);
        }
        assert_eq!(line("Nguyễn\u{200d}"), "Nguyễn\u{200d}");
        assert_eq!(lines("one\n\u{1b}two"), "one\n\u{fffd}two");
    }

    /// The same document for a program, and nothing that steers for a terminal.
    #[test]
    fn json_keeps_what_it_does_not_show() {
        let foreign = "A\u{202e}B\u{1b}[2J\u{9b}8m\u{7f}\u{2028}\u{61c}\u{e0041} Nguy\u{1ec5}n\n";
        let value = serde_json::json!({ foreign: [foreign, 1] });
        let text = serde_json::to_string_pretty(&value).unwrap();
        let shown = json(&text);
        assert_eq!(lines(&shown), shown, "nothing is left to replace");
        assert!(
            shown.contains("\\u202e")
                && shown.contains("\\u009b")
                && shown.contains("\\udb40\\udc41")
        );
        assert!(shown.contains("Nguy\u{1ec5}n"));
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&shown).unwrap(),
            value
        );
    }
}
