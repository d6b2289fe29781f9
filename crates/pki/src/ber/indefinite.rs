//! Where elements of indefinite length end. The outermost one is walked through once; the ends of those inside are kept, or
//! each level of nesting would be another walk over all that is inside.

use core::cell::{Cell, RefCell};
use std::collections::HashMap;

use asn1_rs::{FromBer, Header, Length};

use super::MAX_DEPTH;

pub(super) const END_OF_CONTENTS: [u8; 2] = [0, 0];

/// Contents shorter than this are walked through again: that costs less than keeping their ends.
const WORTH_KEEPING: usize = 64;

/// Which row of bytes an offset belongs to, where several are read with one list of deviations.
pub(crate) type ObjectNumber = u32;

/// The ends that are known: length of the content by object and offset of the content.
#[derive(Debug, Default)]
pub(crate) struct IndefiniteLengths {
    objects: Cell<ObjectNumber>,
    known: RefCell<HashMap<(ObjectNumber, usize), usize>>,
}

impl IndefiniteLengths {
    /// A number for another row of bytes.
    pub(super) fn next_object(&self) -> ObjectNumber {
        let number = self.objects.get();
        self.objects.set(number.wrapping_add(1));
        number
    }

    /// Length of the content of indefinite form that `bytes` begin with, which stand at offset `at` of the object.
    pub(super) fn len_of(&self, bytes: &[u8], object: ObjectNumber, at: usize) -> Option<usize> {
        let known = self.known.borrow().get(&(object, at)).copied();
        known.or_else(|| self.measure(bytes, object, at))
    }

    /// One pass, no recursion.
    fn measure(&self, bytes: &[u8], object: ObjectNumber, at: usize) -> Option<usize> {
        let mut rest = bytes;
        let mut open = vec![0];
        loop {
            let here = bytes.len() - rest.len();
            if let Some(after) = rest.strip_prefix(&END_OF_CONTENTS) {
                let begin = open.pop()?;
                let len = here - begin;
                if len >= WORTH_KEEPING {
                    self.known.borrow_mut().insert((object, at + begin), len);
                }
                if open.is_empty() {
                    return Some(len);
                }
                rest = after;
                continue;
            }
            let (after, header) = Header::from_ber(rest).ok()?;
            rest = match header.length() {
                Length::Definite(len) => after.get(len..)?,
                Length::Indefinite => {
                    open.push(bytes.len() - after.len());
                    after
                }
            };
            if open.len() > MAX_DEPTH {
                return None;
            }
        }
    }
}
