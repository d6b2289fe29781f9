//! Data objects as they come: definite and indefinite lengths, and objects that are cut. The strict readers stand in `iso7816`
//! and `pki`; this one goes as far as it can.

/// Most octets of a tag, and of the number in a length field.
const MAX_FIELD: usize = 4;

/// A data object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Element<'a> {
    /// Offset of the tag.
    pub(super) at: usize,
    /// Tag as a number: `0x5F1F`.
    pub(super) tag: u32,
    /// Tag and length.
    pub(super) header: &'a [u8],
    /// The octets of the value that are there.
    pub(super) value: &'a [u8],
    /// The whole object, as far as it is there.
    pub(super) raw: &'a [u8],
    /// Octets of the value that were announced.
    pub(super) announced: usize,
    /// Whether the end is marked by two octets of zero, and whether they are there.
    pub(super) end: End,
}

/// How an object says where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// By its length.
    Length,
    /// By end-of-contents octets.
    Marked,
    /// By end-of-contents octets that are missing.
    Missing,
}

impl<'a> Element<'a> {
    /// Reads the first object of the input, which begins at `at`. `None` when there is no whole tag and length.
    pub(super) fn read(input: &'a [u8], at: usize) -> Option<(Self, &'a [u8])> {
        let (tag, header_len, length) = header(input)?;
        let (header, behind) = input.split_at_checked(header_len)?;
        let (value_len, total, end) = match length {
            Some(length) => {
                let present = length.min(behind.len());
                (present, header_len + present, End::Length)
            }
            None => match marked_end(behind) {
                Some(length) => (length, header_len + length + 2, End::Marked),
                None => (behind.len(), input.len(), End::Missing),
            },
        };
        let (raw, rest) = input.split_at_checked(total)?;
        let value = behind.get(..value_len)?;
        let announced = length.unwrap_or(value_len);
        Some((
            Self {
                at,
                tag,
                header,
                value,
                raw,
                announced,
                end,
            },
            rest,
        ))
    }

    /// Whether the value consists of data objects.
    pub(super) fn is_constructed(&self) -> bool {
        self.header.first().is_some_and(|first| first & 0x20 != 0)
    }

    /// Whether octets of the value, or its end, are missing.
    pub(super) fn is_cut(&self) -> bool {
        self.end == End::Missing || self.value.len() < self.announced
    }

    /// Where the value begins.
    pub(super) fn value_at(&self) -> usize {
        self.at + self.header.len()
    }
}

/// Whether the octets are a row of whole objects, as far as their tags and lengths tell.
pub(super) fn is_row(mut input: &[u8]) -> bool {
    while !input.is_empty() {
        match Element::read(input, 0) {
            Some((element, rest)) if !element.is_cut() && element.tag != 0 => input = rest,
            _ => return false,
        }
    }
    true
}

/// Whether the octets begin like a whole object.
pub(super) fn begins(input: &[u8]) -> bool {
    Element::read(input, 0).is_some_and(|(element, _)| !element.is_cut() && element.tag != 0)
}

/// The object at this place of a row, counted from 0.
pub(super) fn nth(input: &[u8], index: usize) -> Option<Element<'_>> {
    let mut rest = input;
    for _ in 0..index {
        rest = Element::read(rest, 0)?.1;
    }
    Some(Element::read(rest, 0)?.0)
}

/// The tags of the objects of a row, at most `limit`.
pub(super) fn tags(input: &[u8], limit: usize) -> Vec<u32> {
    let mut rest = input;
    let mut tags = Vec::new();
    while let Some((element, behind)) = Element::read(rest, 0)
        && tags.len() < limit
    {
        tags.push(element.tag);
        rest = behind;
    }
    tags
}

/// Tag, octets of tag and length, and the length, which is `None` for the indefinite form.
fn header(input: &[u8]) -> Option<(u32, usize, Option<usize>)> {
    let &first = input.first()?;
    let mut tag = u32::from(first);
    let mut at = 1;
    if first & 0x1F == 0x1F {
        loop {
            let &octet = input.get(at).filter(|_| at < MAX_FIELD)?;
            tag = tag << 8 | u32::from(octet);
            at += 1;
            if octet & 0x80 == 0 {
                break;
            }
        }
    }
    let &length = input.get(at)?;
    at += 1;
    match length {
        0..=0x7F => Some((tag, at, Some(length.into()))),
        0x80 => (first & 0x20 != 0).then_some((tag, at, None)),
        _ => {
            let count = usize::from(length & 0x7F);
            let octets = input.get(at..at + count).filter(|_| count <= MAX_FIELD)?;
            let number = octets
                .iter()
                .fold(0, |number, octet| number << 8 | usize::from(*octet));
            Some((tag, at + count, Some(number)))
        }
    }
}

/// Octets in front of the end-of-contents octets that belong to an object whose value begins here. One pass, whatever is nested.
fn marked_end(input: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut open = 1;
    loop {
        let (tag, header_len, length) = header(input.get(at..)?)?;
        match (tag, length) {
            (0, Some(0)) if open == 1 => return Some(at),
            (0, Some(0)) => open -= 1,
            (_, None) => open += 1,
            (_, Some(_)) => {}
        }
        at = at
            .checked_add(header_len)?
            .checked_add(length.unwrap_or(0))?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &[u8], expected: Option<(u32, usize, bool)>) {
        let found = Element::read(input, 0)
            .map(|(element, _)| (element.tag, element.value.len(), element.is_cut()));
        assert_eq!(found, expected, "{input:02X?}");
    }

    #[test]
    fn forms_of_objects() {
        check(&[0x5F, 0x1F, 0x02, 1, 2, 3], Some((0x5F1F, 2, false)));
        check(&[0x30, 0x82, 0x00, 0x01, 9], Some((0x30, 1, false)));
        check(&[0x04, 0x05, 1, 2], Some((0x04, 2, true)));
        check(
            &[0x30, 0x80, 0x04, 0x00, 0x00, 0x00, 7],
            Some((0x30, 2, false)),
        );
        check(
            &[0x30, 0x80, 0x30, 0x80, 0, 0, 0, 0],
            Some((0x30, 4, false)),
        );
        check(&[0x30, 0x80, 0x30, 0x80, 0, 0], Some((0x30, 4, true)));
        check(&[0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF], Some((0x04, 0, true)));
        for none in [
            &[][..],
            &[0x30],
            &[0x1F, 0xFF, 0xFF, 0xFF, 0xFF, 0],
            &[4, 0x80],
            &[4, 0x85, 0, 0, 0, 0, 1],
        ] {
            check(none, None);
        }
    }

    #[test]
    fn rows() {
        assert!(is_row(&[0x02, 0x01, 5, 0x30, 0x00]));
        assert!(!is_row(&[0x02, 0x01, 5, 0x30]));
        assert_eq!(tags(&[0x02, 0x01, 5, 0x30, 0x00, 0x04], 9), [0x02, 0x30]);
    }
}
