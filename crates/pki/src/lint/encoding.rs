//! Whether an object is in DER: lengths, integers, truth values, strings in one part, SETs in order, no unused bits set.

use crate::ber::{Cursor, Element, MAX_DEPTH, Tag};
use crate::deviation::{DeviationKind, Deviations};

/// Most faults of one object that are told.
const MAX_FAULTS: usize = 8;

/// One place that is not DER.
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) found: String,
    /// It is BER that a reader for DER cannot even walk.
    pub(super) needs_rewriting: bool,
}

/// Most elements of one object that are examined: a deviation list of 350,000 document numbers has as many.
const MAX_ELEMENTS: usize = 1_000_000;

/// Walks the elements of `bytes`, not those inside primitive elements.
pub(super) fn faults(bytes: &[u8]) -> Vec<Fault> {
    let deviations = Deviations::default();
    let mut walk = Walk {
        faults: Vec::new(),
        left: MAX_ELEMENTS,
    };
    let mut row = Cursor::new(bytes, &deviations);
    while !row.is_empty() && walk.goes_on() {
        let Ok(element) = row.next("element") else {
            break;
        };
        walk.visit(&element, MAX_DEPTH);
    }
    if walk.left == 0 {
        walk.push(row.at(), "more elements than are examined");
    }
    finish(walk.faults, deviations)
}

/// Walks one element of a larger object. Offsets are those of that object.
pub(super) fn faults_of(element: &Element<'_>) -> Vec<Fault> {
    let mut faults = faults(element.raw);
    for fault in &mut faults {
        fault.at += element.at;
    }
    faults
}

/// Walks what an OCTET STRING wraps. Offsets are those of the object around it.
pub(super) fn faults_inside(octets: &Element<'_>) -> Vec<Fault> {
    let mut faults = faults(octets.content);
    let begin = octets.at + octets.raw.len() - octets.content.len();
    for fault in &mut faults {
        fault.at += begin;
    }
    faults
}

/// A walk through the elements.
struct Walk {
    faults: Vec<Fault>,
    /// Elements that may still be visited.
    left: usize,
}

impl Walk {
    fn goes_on(&self) -> bool {
        self.left > 0 && self.faults.len() < MAX_FAULTS
    }

    fn push(&mut self, at: usize, found: &str) {
        self.faults.push(Fault {
            at,
            found: found.to_owned(),
            needs_rewriting: false,
        });
    }

    fn visit(&mut self, element: &Element<'_>, depth: usize) {
        self.left = self.left.saturating_sub(1);
        // What cannot be read is a matter of structure; here only the notes of the reader count.
        match element.tag {
            Tag::INTEGER => {
                let _ = element.integer("INTEGER");
            }
            Tag::BOOLEAN => {
                let _ = element.boolean("BOOLEAN");
            }
            Tag::BIT_STRING if !bits_are_der(element.content) => {
                self.push(element.at, "unused bits of a BIT STRING are set");
            }
            _ => {}
        }
        let (Ok(mut inside), Some(depth)) = (element.children("element"), depth.checked_sub(1))
        else {
            return;
        };
        if STRINGS.contains(&element.tag) {
            let _ = element.octets("string");
            return;
        }
        let mut before: &[u8] = &[];
        let mut ordered = true;
        while !inside.is_empty() && self.goes_on() {
            let Ok(child) = inside.next("element") else {
                return;
            };
            ordered &= before <= child.raw;
            before = child.raw;
            self.visit(&child, depth);
        }
        if element.tag == Tag::SET && !ordered {
            self.push(element.at, "SET not in order");
        }
    }
}

/// Unused bits are zero, and no more than seven.
fn bits_are_der(content: &[u8]) -> bool {
    let Some((unused, bits)) = content.split_first() else {
        return true;
    };
    let last = bits.last().copied().unwrap_or_default();
    match u32::from(*unused) {
        0 => true,
        unused @ 1..=7 => !bits.is_empty() && last.trailing_zeros() >= unused,
        _ => false,
    }
}

const STRINGS: [Tag; 10] = [
    Tag::BIT_STRING,
    Tag::OCTET_STRING,
    Tag::universal(12),
    Tag::universal(19),
    Tag::universal(20),
    Tag::universal(22),
    Tag::UTC_TIME,
    Tag::GENERALIZED_TIME,
    Tag::universal(28),
    Tag::universal(30),
];

fn finish(mut faults: Vec<Fault>, deviations: Deviations) -> Vec<Fault> {
    use DeviationKind::{
        BooleanTrueNotFf, ConstructedString, IndefiniteLength, NonMinimalInteger, NonMinimalLength,
    };
    let noted = deviations.into_vec().into_iter().filter(|deviation| {
        matches!(
            deviation.kind,
            BooleanTrueNotFf
                | ConstructedString
                | IndefiniteLength
                | NonMinimalInteger
                | NonMinimalLength
        )
    });
    faults.extend(noted.map(|deviation| Fault {
        at: deviation.at.unwrap_or_default(),
        found: deviation.kind.to_string(),
        needs_rewriting: matches!(deviation.kind, IndefiniteLength | ConstructedString),
    }));
    faults.sort_by_key(|fault| fault.at);
    // One of each form is enough, and one that needs rewriting must not be cut off.
    let mut told: Vec<Fault> = Vec::new();
    for fault in faults {
        if told.len() < MAX_FAULTS && told.iter().all(|known| known.found != fault.found) {
            told.push(fault);
        }
    }
    told
}
