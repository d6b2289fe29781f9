//! The table of what is recognised by its tags: files of the chip, certificates, signed objects.

use super::annotation::Finding;
use super::element::{self, Element};
use super::grammar::Object;
use super::tags::{certificates, files, keys, security_infos, terminals};
use super::walker::Plan;
use super::{findings, oids};

/// A kind of content.
pub(super) struct Kind {
    /// Its name.
    pub(super) name: &'static str,
    /// What it is, with its clause.
    pub(super) about: &'static str,
    /// The objects it consists of.
    pub(super) plan: Plan,
    /// Compares it with its standard.
    pub(super) check: Option<Check>,
    /// Whether it bears signatures.
    pub(super) is_signed: bool,
    shape: Shape,
}

/// Compares a file with its standard.
pub(super) type Check = fn(&[u8]) -> Vec<Finding>;

/// How a kind is recognised.
#[derive(Clone, Copy)]
struct Shape {
    /// The first tag.
    outer: &'static [u32],
    /// The first tags inside the first object.
    inside: &'static [u32],
    /// The first tags inside the first of these.
    first: &'static [u32],
    /// What else must hold.
    also: fn(&Element<'_>) -> bool,
    /// When the first tag is enough.
    enough: Enough,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Enough {
    Never,
    /// When it is that of one whole object.
    Whole,
    /// When whole objects follow to the end.
    Row,
}

/// The kind of an object or a row of them.
pub(super) fn of(bytes: &[u8]) -> Option<&'static Kind> {
    let (outer, behind) = Element::read(bytes, 0)?;
    KINDS.iter().find(|kind| kind.shape.fits(&outer, behind))
}

impl Shape {
    const fn new(outer: &'static [u32], inside: &'static [u32], first: &'static [u32]) -> Self {
        Self { outer, inside, first, also: |_| true, enough: Enough::Never }
    }

    fn fits(&self, outer: &Element<'_>, behind: &[u8]) -> bool {
        self.outer.contains(&outer.tag) && (self.also)(outer) && (self.has_pattern(outer) || self.is_enough(outer, behind))
    }

    fn has_pattern(&self, outer: &Element<'_>) -> bool {
        let inside = element::tags(outer.value, self.inside.len());
        let first = Element::read(outer.value, 0).map_or(&[][..], |(first, _)| first.value);
        let first = element::tags(first, self.first.len());
        // Of an object that is cut, the tags that are left must be right.
        let begins = |seen: &[u32], wanted: &[u32]| seen == wanted || outer.is_cut() && !seen.is_empty() && wanted.starts_with(seen);
        !self.inside.is_empty() && begins(&inside, self.inside) && begins(&first, self.first)
    }

    fn is_enough(&self, outer: &Element<'_>, behind: &[u8]) -> bool {
        let is_padding = |octets: &[u8]| octets.iter().all(|octet| matches!(octet, 0x00 | 0xFF));
        match self.enough {
            Enough::Never => false,
            Enough::Whole => !outer.is_cut() && is_padding(behind),
            Enough::Row => !outer.is_cut() && (is_padding(behind) || element::begins(behind)),
        }
    }
}

/// An object that is known by what is inside.
const fn inside(outer: u32, inside: &'static [u32], first: &'static [u32]) -> Shape {
    Shape::new(one(outer), inside, first)
}

/// A file whose tag no other file has.
const fn tagged(outer: u32, inside: &'static [u32]) -> Shape {
    Shape { enough: Enough::Whole, ..Shape::new(one(outer), inside, &[]) }
}

/// A signed object whose content is of a type.
const fn signed_content(is_type: fn(&Element<'_>) -> bool) -> Shape {
    Shape { also: is_type, ..inside(0x30, &[0x06, 0xA0], &[]) }
}

const fn one(tag: u32) -> &'static [u32] {
    match tag {
        0x30 => &[0x30],
        0x31 => &[0x31],
        0x60 => &[0x60],
        _ => &[],
    }
}
