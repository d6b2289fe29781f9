//! The machine readable zone, field by field (Doc 9303-4 §4.2.2, Doc 9303-5 §4.2.2, Doc 9303-6 §4.2.2, Doc 9303-7 §4.2, §7.2).

use mrz::{Finding, Format, Mrz, Problem};

use super::annotation::Node;
use super::walker::Walker;

/// A field of a line, positions counted from 1 as in the standard.
struct Cell {
    line: usize,
    first: usize,
    last: usize,
    name: &'static str,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    DocumentCode,
    Text,
    /// Optional data in which a long document number goes on.
    Rest,
    Number,
    Digit,
    Date,
    Sex,
    Name,
}

use Kind::{Date, Digit, DocumentCode, Name, Number, Rest, Sex, Text};

const fn cell(line: usize, (first, last): (usize, usize), name: &'static str, kind: Kind) -> Cell {
    Cell {
        line,
        first,
        last,
        name,
        kind,
    }
}

#[rustfmt::skip]
static TD1: [Cell; 14] = [
    cell(1, (1, 2),   "document code",         DocumentCode),
    cell(1, (3, 5),   "issuing state",         Text),
    cell(1, (6, 14),  "document number",       Number),
    cell(1, (15, 15), "check digit",           Digit),
    cell(1, (16, 30), "optional data",         Rest),
    cell(2, (1, 6),   "date of birth",         Date),
    cell(2, (7, 7),   "check digit",           Digit),
    cell(2, (8, 8),   "sex",                   Sex),
    cell(2, (9, 14),  "date of expiry",        Date),
    cell(2, (15, 15), "check digit",           Digit),
    cell(2, (16, 18), "nationality",           Text),
    cell(2, (19, 29), "optional data",         Text),
    cell(2, (30, 30), "composite check digit", Digit),
    cell(3, (1, 30),  "name",                  Name),
];

/// What the documents of two lines share in front of their optional data.
#[rustfmt::skip]
macro_rules! two_lines {
    ($width:literal, $($cell:expr),*) => {[
        cell(1, (1, 2),      "document code",   DocumentCode),
        cell(1, (3, 5),      "issuing state",   Text),
        cell(1, (6, $width), "name",            Name),
        cell(2, (1, 9),      "document number", Number),
        cell(2, (10, 10),    "check digit",     Digit),
        cell(2, (11, 13),    "nationality",     Text),
        cell(2, (14, 19),    "date of birth",   Date),
        cell(2, (20, 20),    "check digit",     Digit),
        cell(2, (21, 21),    "sex",             Sex),
        cell(2, (22, 27),    "date of expiry",  Date),
        cell(2, (28, 28),    "check digit",     Digit),
        $($cell),*
    ]};
}

#[rustfmt::skip]
static TD2: [Cell; 13] = two_lines!(36,
    cell(2, (29, 35), "optional data",         Rest),
    cell(2, (36, 36), "composite check digit", Digit)
);
#[rustfmt::skip]
static TD3: [Cell; 14] = two_lines!(44,
    cell(2, (29, 42), "personal number or other optional data", Text),
    cell(2, (43, 43), "check digit",                            Digit),
    cell(2, (44, 44), "composite check digit",                  Digit)
);
static MRV_A: [Cell; 12] = two_lines!(44, cell(2, (29, 44), "optional data", Text));
static MRV_B: [Cell; 12] = two_lines!(36, cell(2, (29, 36), "optional data", Text));

/// Reads the joined lines, as EF.DG1 has them.
pub(super) fn read(_walker: &mut Walker, at: usize, octets: &[u8]) -> Vec<Node> {
    let text = String::from_utf8_lossy(octets);
    match Mrz::parse(&text) {
        Ok((mrz, findings)) => {
            let width = mrz.format().size().1;
            lines(&mrz, &findings, |line| at + line * width)
        }
        Err(error) => {
            vec![Node::field(at, octets, "characters").meaning(Some(format!("{text} ({error})")))]
        }
    }
}

/// The lines with their fields; `place` tells where a line begins, counted from 0.
pub(super) fn lines(mrz: &Mrz, findings: &[Finding], place: impl Fn(usize) -> usize) -> Vec<Node> {
    let node = |(index, text): (usize, String)| {
        let number = index + 1;
        let cells = cells(mrz.format())
            .iter()
            .filter(|cell| cell.line == number);
        let children = cells
            .filter_map(|cell| field(cell, &text, place(index), mrz, findings))
            .collect();
        Node {
            at: place(index),
            length: text.len(),
            name: format!("line {number}").into(),
            value: Some(text),
            children,
            ..Node::default()
        }
    };
    (0..).zip(mrz.lines()).map(node).collect()
}

/// What a size of document is called.
pub(super) fn size(format: Format) -> &'static str {
    match format {
        Format::Td1 => "card of size TD1",
        Format::Td2 => "card of size TD2",
        Format::Td3 => "passport, TD3",
        Format::MrvA => "visa of format A",
        Format::MrvB => "visa of format B",
    }
}

fn cells(format: Format) -> &'static [Cell] {
    match format {
        Format::Td1 => &TD1,
        Format::Td2 => &TD2,
        Format::Td3 => &TD3,
        Format::MrvA => &MRV_A,
        Format::MrvB => &MRV_B,
    }
}

fn field(cell: &Cell, line: &str, at: usize, mrz: &Mrz, findings: &[Finding]) -> Option<Node> {
    let text = line.get(cell.first - 1..cell.last)?;
    let trimmed = text.trim_end_matches('<');
    let value = match cell.kind {
        Text if trimmed.is_empty() => "empty".to_owned(),
        Text => trimmed.to_owned(),
        Rest => rest(trimmed, mrz),
        DocumentCode => document_code(trimmed),
        Number => mrz.document_number(),
        Digit => check_digit(text, cell, findings),
        Date => date(text),
        Sex => sex(text).to_owned(),
        Name => name(mrz),
    };
    Some(Node::field(at + cell.first - 1, text.as_bytes(), cell.name).meaning(Some(value)))
}

/// The end of a number of more than nine characters with its check digit, then the optional data (Doc 9303-5 §4.2.4).
fn rest(text: &str, mrz: &Mrz) -> String {
    const NUMBER_WIDTH: usize = 9;
    let optional = mrz.optional_data();
    let optional = if optional.is_empty() {
        "empty"
    } else {
        optional
    };
    match mrz.document_number().get(NUMBER_WIDTH..) {
        Some(tail) if !tail.is_empty() => {
            let digit = text.get(tail.len()..=tail.len()).unwrap_or("missing");
            format!(
                "the number goes on with {tail}, check digit {digit}; optional data: {optional}"
            )
        }
        _ => optional.to_owned(),
    }
}

/// Doc 9303-4 §4.4 and §4.2.2 of the other parts.
fn document_code(code: &str) -> String {
    let meaning = match code {
        "P" => "passport",
        "PP" => "ordinary passport",
        "PE" => "emergency passport",
        "PD" => "diplomatic passport",
        "PO" => "official passport",
        "PR" => "refugee passport",
        "PT" => "alien's passport",
        "PS" => "stateless person's passport",
        "PL" => "laissez-passer",
        "PM" => "military passport",
        "PU" => "emergency travel document on a single sheet",
        "AC" => "crew member certificate",
        _ if code.starts_with('P') => "passport",
        _ if code.starts_with('V') => "visa",
        _ => "official travel document",
    };
    format!("{code}, {meaning}")
}

fn check_digit(digit: &str, cell: &Cell, findings: &[Finding]) -> String {
    let here = |finding: &&Finding| (finding.line, finding.position) == (cell.line, cell.first);
    match findings.iter().find(here).map(|finding| finding.problem) {
        Some(Problem::CheckDigit { computed, .. }) => {
            format!("{digit}, WRONG: computed {computed}")
        }
        _ if digit == "<" => "none".to_owned(),
        _ => format!("{digit}, right"),
    }
}

fn date(text: &str) -> String {
    let part = |from: usize| text.get(from..from + 2).unwrap_or_default();
    format!("{}-{}-{} (year, month, day)", part(0), part(2), part(4))
}

fn sex(text: &str) -> &str {
    match text {
        "F" => "female",
        "M" => "male",
        "<" => "unspecified",
        other => other,
    }
}

fn name(mrz: &Mrz) -> String {
    let (primary, secondary) = (mrz.primary_identifier(), mrz.secondary_identifier());
    if secondary.is_empty() {
        primary
    } else {
        format!("{primary}, {secondary}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every character belongs to one field, as in the crate that reads the zone.
    #[test]
    fn the_cells_tile_the_lines() {
        for format in [
            Format::Td1,
            Format::Td2,
            Format::Td3,
            Format::MrvA,
            Format::MrvB,
        ] {
            let (count, width) = format.size();
            for line in 1..=count {
                let mut covered: Vec<usize> = cells(format)
                    .iter()
                    .filter(|cell| cell.line == line)
                    .flat_map(|cell| cell.first..=cell.last)
                    .collect();
                covered.sort_unstable();
                assert!(covered.into_iter().eq(1..=width), "{format:?} line {line}");
            }
        }
    }
}
