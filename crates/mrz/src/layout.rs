//! Where each field stands: the tables of Doc 9303-4 §4.2.2, -5 §4.2.2, -6 §4.2.2 and -7 §4.2, §7.2 as data.

use core::ops::Range;

/// The size of a document, which decides the layout of its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// Card, three lines of 30 (Doc 9303-5).
    Td1,
    /// Card, two lines of 36 (Doc 9303-6).
    Td2,
    /// Passport, two lines of 44 (Doc 9303-4).
    Td3,
    /// Visa, two lines of 44 (Doc 9303-7 §4).
    MrvA,
    /// Visa, two lines of 36 (Doc 9303-7 §7).
    MrvB,
}

impl Format {
    /// The number of lines and of characters in each.
    #[must_use]
    pub fn size(self) -> (usize, usize) {
        let layout = self.layout();
        (layout.lines, layout.width)
    }

    /// The number of characters for the name.
    #[must_use]
    pub fn name_width(self) -> usize {
        self.layout().name.len()
    }

    pub(crate) fn layout(self) -> &'static Layout {
        match self {
            Self::Td1 => &TD1,
            Self::Td2 => &TD2,
            Self::Td3 => &TD3,
            Self::MrvA => &MRV_A,
            Self::MrvB => &MRV_B,
        }
    }

    /// The format of a zone with this many characters whose first one is given.
    pub(crate) fn recognise(length: usize, first: char) -> Option<Self> {
        match (length, first) {
            (90, _) => Some(Self::Td1),
            (72, 'V') => Some(Self::MrvB),
            (72, _) => Some(Self::Td2),
            (88, 'V') => Some(Self::MrvA),
            (88, _) => Some(Self::Td3),
            _ => None,
        }
    }
}

/// Characters of the joined lines, counted from 0, the end excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
    pub(crate) const fn len(self) -> usize {
        self.end - self.start
    }

    pub(crate) fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// A field and the place of its check digit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Checked {
    pub(crate) span: Span,
    pub(crate) digit: usize,
}

/// The fields of a format.
#[derive(Debug)]
pub(crate) struct Layout {
    pub(crate) format: Format,
    pub(crate) lines: usize,
    pub(crate) width: usize,
    pub(crate) document_code: Span,
    pub(crate) issuing_state: Span,
    pub(crate) name: Span,
    pub(crate) document_number: Checked,
    /// Whether a number of more than nine characters goes on in the optional data.
    pub(crate) has_long_numbers: bool,
    pub(crate) nationality: Span,
    pub(crate) date_of_birth: Checked,
    pub(crate) sex: Span,
    pub(crate) date_of_expiry: Checked,
    pub(crate) optional_data: Span,
    pub(crate) optional_data_digit: Option<usize>,
    pub(crate) further_optional_data: Option<Span>,
    /// What the composite check digit covers, and its place.
    pub(crate) composite: Option<(&'static [Span], usize)>,
}

/// There is one layout per format.
impl PartialEq for Layout {
    fn eq(&self, other: &Self) -> bool {
        self.format == other.format
    }
}

impl Eq for Layout {}

/// `first..=last` of a line, positions and lines counted from 1 as in the standard.
const fn on_line(width: usize, line: usize, first: usize, last: usize) -> Span {
    Span {
        start: (line - 1) * width + first - 1,
        end: (line - 1) * width + last,
    }
}

/// `first..=last` of a line with the check digit right behind.
const fn checked(width: usize, line: usize, first: usize, last: usize) -> Checked {
    let span = on_line(width, line, first, last);
    Checked {
        span,
        digit: span.end,
    }
}

const TD1: Layout = Layout {
    format: Format::Td1,
    lines: 3,
    width: 30,
    document_code: on_line(30, 1, 1, 2),
    issuing_state: on_line(30, 1, 3, 5),
    document_number: checked(30, 1, 6, 14),
    has_long_numbers: true,
    optional_data: on_line(30, 1, 16, 30),
    optional_data_digit: None,
    date_of_birth: checked(30, 2, 1, 6),
    sex: on_line(30, 2, 8, 8),
    date_of_expiry: checked(30, 2, 9, 14),
    nationality: on_line(30, 2, 16, 18),
    further_optional_data: Some(on_line(30, 2, 19, 29)),
    composite: Some((
        &[
            on_line(30, 1, 6, 30),
            on_line(30, 2, 1, 7),
            on_line(30, 2, 9, 15),
            on_line(30, 2, 19, 29),
        ],
        59,
    )),
    name: on_line(30, 3, 1, 30),
};

/// The part that TD2, TD3 and both visas share: two lines, the name on the first.
const fn two_lines(format: Format, width: usize) -> Layout {
    Layout {
        format,
        lines: 2,
        width,
        document_code: on_line(width, 1, 1, 2),
        issuing_state: on_line(width, 1, 3, 5),
        name: on_line(width, 1, 6, width),
        document_number: checked(width, 2, 1, 9),
        has_long_numbers: false,
        nationality: on_line(width, 2, 11, 13),
        date_of_birth: checked(width, 2, 14, 19),
        sex: on_line(width, 2, 21, 21),
        date_of_expiry: checked(width, 2, 22, 27),
        optional_data: on_line(width, 2, 29, width),
        optional_data_digit: None,
        further_optional_data: None,
        composite: None,
    }
}

const TD2: Layout = Layout {
    has_long_numbers: true,
    optional_data: on_line(36, 2, 29, 35),
    composite: Some((
        &[
            on_line(36, 2, 1, 10),
            on_line(36, 2, 14, 20),
            on_line(36, 2, 22, 35),
        ],
        71,
    )),
    ..two_lines(Format::Td2, 36)
};

const TD3: Layout = Layout {
    optional_data: on_line(44, 2, 29, 42),
    optional_data_digit: Some(86),
    composite: Some((
        &[
            on_line(44, 2, 1, 10),
            on_line(44, 2, 14, 20),
            on_line(44, 2, 22, 43),
        ],
        87,
    )),
    ..two_lines(Format::Td3, 44)
};

const MRV_A: Layout = two_lines(Format::MrvA, 44);

const MRV_B: Layout = two_lines(Format::MrvB, 36);

#[cfg(test)]
mod tests {
    use super::*;

    /// Every character belongs to exactly one field or check digit.
    #[test]
    fn the_fields_tile_the_zone() {
        for format in [
            Format::Td1,
            Format::Td2,
            Format::Td3,
            Format::MrvA,
            Format::MrvB,
        ] {
            let layout = format.layout();
            let checked = [
                layout.document_number,
                layout.date_of_birth,
                layout.date_of_expiry,
            ];
            let mut cells: Vec<usize> = [
                layout.document_code,
                layout.issuing_state,
                layout.name,
                layout.nationality,
                layout.sex,
                layout.optional_data,
            ]
            .into_iter()
            .chain(layout.further_optional_data)
            .chain(checked.map(|field| field.span))
            .flat_map(Span::range)
            .chain(checked.map(|field| field.digit))
            .chain(layout.optional_data_digit)
            .chain(layout.composite.map(|(_, digit)| digit))
            .collect();
            cells.sort_unstable();
            let all: Vec<usize> = (0..layout.lines * layout.width).collect();
            assert_eq!(cells, all, "{format:?}");
        }
    }
}
