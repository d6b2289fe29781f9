//! Lines of comma-separated values (RFC 4180), safe to open in a spreadsheet: no cell is a formula, whatever a document or a folder
//! is called.

use crate::printable;

/// What a spreadsheet takes for the beginning of a formula, in the letters of its language, too.
const FORMULA: [char; 10] = [
    '=', '+', '-', '@', '\t', '\r', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}',
];
/// What makes a text of it.
const AS_TEXT: char = '\'';

/// A line, without its end.
pub fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells.into_iter().map(cell).collect();
    cells.join(",")
}

fn cell(text: &str) -> String {
    let mut shown = printable::line(text);
    if text.starts_with(FORMULA) {
        shown.insert(0, AS_TEXT);
    }
    if shown.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", shown.replace('"', "\"\""))
    } else {
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_stay_cells_and_are_no_formulas() {
        for (text, expected) in [
            ("plain", "plain"),
            ("", ""),
            ("a,b", "\"a,b\""),
            ("say \"no\"", "\"say \"\"no\"\"\""),
            ("two\nlines", "two\u{fffd}lines"),
            ("=1+1", "'=1+1"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\u{fffd}=1"),
            ("\r=1", "'\u{fffd}=1"),
            ("\u{ff1d}1", "'\u{ff1d}1"),
            (
                "=HYPERLINK(\"http://x\",\"y\")",
                "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"",
            ),
            ("2027-06-01", "2027-06-01"),
            ("\u{202e}=1", "\u{fffd}=1"),
        ] {
            assert_eq!(cell(text), expected, "{text:?}");
        }
        assert_eq!(row(["a", "b,c", "=d"]), "a,\"b,c\",'=d");
    }
}
