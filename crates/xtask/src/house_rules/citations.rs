//! Standards are cited in one spelling, so that one search finds all: `Doc 9303-11 §4.4`, `TR-03110-3 §A.1`, `ISO 7816-4 §11.3`.

use super::{Offence, none, tree};

/// The parts of Doc 9303.
const PARTS: std::ops::RangeInclusive<u32> = 1..=13;
/// Ways of saying "clause" that are not `§`.
const OTHER_CLAUSES: [&str; 6] = ["section ", "Section ", "sec. ", "clause ", "chapter ", "§ "];

fn badly_cited(path: &str, text: &str) -> Vec<Offence> {
    let mut offences = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let whys = doc_9303(line)
            .into_iter()
            .chain(technical_guideline(line))
            .chain(iso(line));
        offences.extend(whys.map(|why| format!("{path}:{}: {why}", index + 1)));
    }
    offences
}

/// `Doc 9303` for all of it, `Doc 9303-N` for a part, `Doc 9303-N §x.y` for a clause. A number that is neither called a document nor
/// followed by a part is no citation.
fn doc_9303(line: &str) -> Vec<String> {
    let mut whys = Vec::new();
    for (before, after) in occurrences(line, "9303") {
        let called = before.trim_end().to_lowercase();
        let is_called = ["icao", "doc", "doc.", "document"]
            .iter()
            .any(|word| called.ends_with(word));
        let part = after.strip_prefix('-');
        let has_part = part.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        let shown = || context(before, "9303", after);
        if (is_called || has_part) && !before.ends_with("Doc ") {
            whys.push(format!("not `Doc 9303`: {}", shown()));
        }
        if is_called && after.to_lowercase().starts_with(" part ") {
            whys.push(format!("a part is `Doc 9303-N`: {}", shown()));
        }
        if let Some(rest) = part.filter(|_| has_part) {
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            if !digits.parse().is_ok_and(|part: u32| PARTS.contains(&part)) {
                whys.push(format!("no such part: {}", shown()));
            }
            whys.extend(clause(rest.strip_prefix(digits.as_str()).unwrap_or(rest)));
        }
    }
    whys
}

/// `TR-03110-3 §A.1`: the number has five digits, the part stands behind a hyphen.
fn technical_guideline(line: &str) -> Vec<String> {
    let mut whys = Vec::new();
    for spelling in ["TR 03", "TR03", "BSI-TR"] {
        if line.contains(spelling) {
            whys.push(format!("`{spelling}…`: it is `TR-0…`"));
        }
    }
    for (_, after) in occurrences(line, "TR-") {
        let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
        if !digits.starts_with('0') {
            continue;
        }
        if digits.len() != 5 {
            whys.push(format!("`TR-{digits}`: the number has five digits"));
        }
        let rest = after.strip_prefix(digits.as_str()).unwrap_or(after);
        let part: String = rest
            .strip_prefix('-')
            .unwrap_or_default()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        whys.extend(clause(
            rest.strip_prefix(&format!("-{part}")).unwrap_or(rest),
        ));
    }
    whys
}

/// `ISO 7816-4 §11.3`.
fn iso(line: &str) -> Vec<String> {
    let mut whys = Vec::new();
    for spelling in ["ISO/IEC", "ISO-7816", "ISO7816-"] {
        if line.contains(spelling) {
            whys.push(format!("`{spelling}…`: it is `ISO NNNN-N`"));
        }
    }
    for (_, after) in occurrences(line, "ISO ") {
        let end = after
            .find(|c: char| !c.is_ascii_digit() && c != '-')
            .unwrap_or(after.len());
        let (number, rest) = after.split_at(end);
        if !number.is_empty() {
            whys.extend(clause(rest));
        }
    }
    whys
}

/// Behind the number of a standard: one space, `§`, and no space before the number of the clause.
fn clause(rest: &str) -> Option<String> {
    if rest.starts_with('§') {
        return Some("a space stands before `§`".to_owned());
    }
    let rest = rest.strip_prefix(' ')?;
    let other = OTHER_CLAUSES
        .iter()
        .find(|other| rest.starts_with(**other))?;
    let digits = rest.strip_prefix(*other)?;
    digits
        .starts_with(|c: char| c.is_ascii_digit())
        .then(|| format!("`{other}`: a clause is `§x.y`"))
}

/// What stands before and behind each occurrence.
fn occurrences<'a>(line: &'a str, word: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    line.match_indices(word)
        .map(move |(at, _)| (&line[..at], &line[at + word.len()..]))
}

fn context(before: &str, word: &str, after: &str) -> String {
    let start: String = before
        .chars()
        .rev()
        .take(12)
        .collect::<Vec<_>>()
        .into_iter()
        .rev()
        .collect();
    let end: String = after.chars().take(12).collect();
    format!("{start}{word}{end}")
}

#[test]
fn citations_are_well_formed() {
    let sources = tree::sources();
    let ours = sources.iter().filter(|source| {
        (source.is_rust() || source.path.ends_with(".md"))
            && !source.path.starts_with("crates/xtask/src/house_rules")
            // The words of a copyright holder, who is named as it names itself.
            && !source.path.ends_with("NOTICE.md")
    });
    none(
        &ours
            .flat_map(|source| badly_cited(&source.path, &source.text))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn other_spellings_are_seen() {
    let cases = [
        ("(Doc 9303-11 §4.4.3.1)", 0),
        (
            "Doc 9303 names them; Doc 9303-3 to -6, Doc 9303-11 Appendix D",
            0,
        ),
        ("0x9303, a9303b, 19303, seed(9303), types_of_doc_9303", 0),
        ("TR-03110-3 §A.1, TR-03135 has five, TR-03111 §4", 0),
        ("ISO 7816-4 §11.3 and ISO 9796-2 scheme 1", 0),
        ("ICAO Doc 9303-11 §4", 0),
        ("ICAO 9303", 1),
        ("Doc 9303 part 11", 1),
        ("Doc 9303-14 §1", 1),
        ("Doc 9303-11 section 4.4", 1),
        ("Doc 9303-11§4.4", 1),
        ("Doc 9303-11 § 4.4", 1),
        ("BSI-TR-03110-3 §A.1", 1),
        ("TR-3110 §2 is left, TR-0311 §2 is not", 1),
        ("ISO/IEC 7816-4 §11.3", 1),
        ("ISO 7816-4 clause 11", 1),
    ];
    for (line, want) in cases {
        let offences = badly_cited("test", line);
        assert_eq!(offences.len(), want, "{line}: {offences:?}");
    }
}
