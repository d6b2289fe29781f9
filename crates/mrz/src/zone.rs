//! The joined lines of a zone and the fields in them.

use crate::alphabet::{FILLER, trim};
use crate::date::MrzDate;
use crate::fields::Sex;
use crate::layout::{Checked, Layout, Span};
use crate::name::MrzName;

/// All characters of a zone, lines joined, whose number agrees with the layout.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Zone {
    pub(crate) layout: &'static Layout,
    text: String,
}

/// The document number with its check digit, wherever they stand.
pub(crate) struct Number<'a> {
    /// The first nine positions, fillers behind removed.
    pub(crate) head: &'a str,
    /// What a long number has in the optional data.
    pub(crate) tail: &'a str,
    /// The check digit as printed.
    pub(crate) digit: char,
    /// Its place in the joined lines.
    pub(crate) digit_at: usize,
}

impl Zone {
    /// A zone of the characters, which the caller has counted.
    pub(crate) fn new(layout: &'static Layout, text: String) -> Self {
        Self { layout, text }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn part(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// A field without the fillers behind it.
    pub(crate) fn value(&self, span: Span) -> &str {
        trim(self.part(span))
    }

    pub(crate) fn character(&self, at: usize) -> char {
        self.text
            .get(at..)
            .and_then(|rest| rest.chars().next())
            .unwrap_or(FILLER)
    }

    pub(crate) fn date(&self, field: Checked) -> MrzDate {
        MrzDate::as_read(self.part(field.span)).unwrap_or(MrzDate::UNKNOWN)
    }

    pub(crate) fn sex(&self) -> Option<Sex> {
        Sex::from_letter(self.part(self.layout.sex))
    }

    pub(crate) fn name(&self) -> MrzName {
        MrzName::as_read(self.part(self.layout.name))
    }

    /// The number; its long form has a filler for the check digit and goes on in the optional data with
    /// at least one more character and the check digit (Doc 9303-5 §4.2.2 note j, Doc 9303-6 §4.2.2 note j).
    pub(crate) fn number(&self) -> Number<'_> {
        let field = self.layout.document_number;
        let digit = self.character(field.digit);
        let run = self.long_number_run();
        match run.char_indices().next_back() {
            Some((at, last)) if at > 0 => Number {
                head: self.part(field.span),
                tail: run.get(..at).unwrap_or_default(),
                digit: last,
                digit_at: self.layout.optional_data.start + at,
            },
            _ => Number {
                head: self.value(field.span),
                tail: "",
                digit,
                digit_at: field.digit,
            },
        }
    }

    /// The optional data without what belongs to a long number.
    pub(crate) fn optional_data(&self) -> &str {
        let whole = self.value(self.layout.optional_data);
        let run = self.long_number_run();
        if run.len() < 2 {
            return whole;
        }
        let behind = whole.get(run.len()..).unwrap_or_default();
        behind.strip_prefix(FILLER).unwrap_or(behind)
    }

    /// The characters up to the first filler of the optional data, if a long number may go on there.
    fn long_number_run(&self) -> &str {
        let is_long = self.layout.has_long_numbers
            && self.character(self.layout.document_number.digit) == FILLER;
        if !is_long {
            return "";
        }
        self.part(self.layout.optional_data)
            .split(FILLER)
            .next()
            .unwrap_or_default()
    }
}
