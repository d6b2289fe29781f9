//! Lines of LDIF: folded ones joined, comments left out, both kinds of line end.

use std::borrow::Cow;

use super::{LdifError, LdifFault, MAX_LINE_LEN};

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A line with its parts joined.
#[derive(Debug, Clone)]
pub(super) struct Line<'a> {
    number: u64,
    text: Cow<'a, [u8]>,
}

impl Line<'_> {
    pub(super) fn text(&self) -> &[u8] {
        &self.text
    }

    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    pub(super) fn is_too_long(&self) -> bool {
        self.text.len() > MAX_LINE_LEN
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(super) const fn error(&self, fault: LdifFault) -> LdifError {
        LdifError {
            line: self.number,
            fault,
        }
    }
}

/// The lines of a file, read from the front.
#[derive(Debug, Clone)]
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    /// Physical lines read so far.
    number: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(file: &'a [u8]) -> Self {
        Self {
            rest: file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(file),
            number: 0,
        }
    }

    fn physical(&mut self) -> Option<&'a [u8]> {
        if self.rest.is_empty() {
            return None;
        }
        let end = self.rest.iter().position(|byte| *byte == b'\n');
        let (line, rest) = match end {
            Some(end) => (self.rest.get(..end)?, self.rest.get(end + 1..)?),
            None => (self.rest, &[][..]),
        };
        self.rest = rest;
        self.number += 1;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }

    /// The line with what is folded behind it; of one beyond the limit no more is kept than shows that it is.
    fn unfolded(&mut self) -> Option<Line<'a>> {
        let text = self.physical()?;
        let number = self.number;
        if self.rest.first() != Some(&b' ') || text.is_empty() {
            return Some(Line {
                number,
                text: Cow::Borrowed(text),
            });
        }
        let mut joined = text.to_vec();
        while self.rest.first() == Some(&b' ') {
            let part = self.physical()?.get(1..).unwrap_or_default();
            let room = (MAX_LINE_LEN + 1).saturating_sub(joined.len());
            joined.extend_from_slice(part.get(..part.len().min(room)).unwrap_or_default());
        }
        Some(Line {
            number,
            text: Cow::Owned(joined),
        })
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        loop {
            let line = self.unfolded()?;
            if line.text.first() != Some(&b'#') {
                return Some(line);
            }
        }
    }
}
