//! The language of the tables in `tags`: what stands where in an object, as data.

use super::annotation::Node;
use super::element::Element;
use super::walker::Walker;

/// In a table: any tag.
pub(super) const ANY: u32 = 0;
/// In a table: UTCTime or GeneralizedTime.
pub(super) const TIME: u32 = u32::MAX;

/// In a table of cases: every identifier.
pub(super) const OTHERWISE: &str = "";

/// Says what octets mean; `None` when they mean nothing to it.
pub(super) type Tell = fn(&[u8]) -> Option<String>;
/// Sums up an object by its parts and by its octets.
pub(super) type Sum = fn(&Node, &Element<'_>) -> Option<String>;
/// Reads octets that are no data objects; they begin at the offset given.
pub(super) type Read = fn(&mut Walker, usize, &[u8]) -> Vec<Node>;

/// A data object as its standard describes it.
#[derive(Clone, Copy)]
pub(super) struct Object {
    /// Tag, [`ANY`] or [`TIME`].
    pub(super) tag: u32,
    /// Its name in the standard's words.
    pub(super) name: &'static str,
    /// What is in it.
    pub(super) content: Content,
    /// What it says as a whole.
    pub(super) sum: Option<Sum>,
    /// Whether the sum says everything.
    pub(super) folds: bool,
}

/// What is in an object.
#[derive(Clone, Copy)]
pub(super) enum Content {
    /// What the tag says: objects, or a value of a universal type.
    Any,
    /// A value.
    Value(Tell),
    /// Objects that are known by their tags, in whatever order.
    Row(&'static [Object]),
    /// Objects in this order; some may be missing.
    Fields(&'static [Object]),
    /// The same object any number of times.
    Each(&'static Object),
    /// An object identifier of this name, then the fields of its case.
    Identified(&'static str, &'static [Case]),
    /// Octets that are an object.
    Wrapped(&'static Object),
    /// Octets that are no objects.
    Record(Read),
}

/// The fields that follow an identifier.
#[derive(Clone, Copy)]
pub(super) struct Case {
    /// The identifier, an arc above it ([`is_within`](super::oids::is_within)), or [`OTHERWISE`]. The first case that fits counts.
    pub(super) arc: &'static str,
    /// What the object is called in this case, if not by its general name.
    pub(super) name: Option<&'static str>,
    /// The fields, in order.
    pub(super) fields: &'static [Object],
}

impl Object {
    const fn new(tag: u32, name: &'static str, content: Content) -> Self {
        Self {
            tag,
            name,
            content,
            sum: None,
            folds: false,
        }
    }

    /// The same object, summed up.
    pub(super) const fn sum(self, sum: Sum) -> Self {
        Self {
            sum: Some(sum),
            ..self
        }
    }

    /// The same object, for which the sum can stand.
    pub(super) const fn folded(self, sum: Sum) -> Self {
        Self {
            sum: Some(sum),
            folds: true,
            ..self
        }
    }

    /// The same object under another tag: IMPLICIT.
    pub(super) const fn tagged(self, tag: u32, name: &'static str) -> Self {
        Self { tag, name, ..self }
    }

    /// Whether an object with this tag can be meant.
    pub(super) fn fits(&self, tag: u32) -> bool {
        match self.tag {
            ANY => true,
            TIME => matches!(tag, 0x17 | 0x18),
            wanted => tag == wanted || is_in_parts(tag) && tag == wanted | CONSTRUCTED,
        }
    }
}

const CONSTRUCTED: u32 = 0x20;

/// Whether the tag is that of a string in constructed form (ISO 8825-1 §8.6, §8.7).
pub(super) fn is_in_parts(tag: u32) -> bool {
    matches!(tag, 0x23 | 0x24 | 0x2C | 0x32..=0x36 | 0x39..=0x3C | 0x3E)
}

/// An object whose tag says what is in it.
pub(super) const fn any(tag: u32, name: &'static str) -> Object {
    Object::new(tag, name, Content::Any)
}

/// An object with a value.
pub(super) const fn value(tag: u32, name: &'static str, tell: Tell) -> Object {
    Object::new(tag, name, Content::Value(tell))
}

/// An object of objects that are known by their tags.
pub(super) const fn row(tag: u32, name: &'static str, objects: &'static [Object]) -> Object {
    Object::new(tag, name, Content::Row(objects))
}

/// An object of objects in order.
pub(super) const fn fields(tag: u32, name: &'static str, objects: &'static [Object]) -> Object {
    Object::new(tag, name, Content::Fields(objects))
}

/// An object of any number of the same object.
pub(super) const fn each(tag: u32, name: &'static str, object: &'static Object) -> Object {
    Object::new(tag, name, Content::Each(object))
}

/// An object whose first field, of the name given, says what the others are.
pub(super) const fn identified(
    tag: u32,
    name: &'static str,
    identifier: &'static str,
    cases: &'static [Case],
) -> Object {
    Object::new(tag, name, Content::Identified(identifier, cases))
}

/// An object of octets that are an object.
pub(super) const fn wrapped(tag: u32, name: &'static str, object: &'static Object) -> Object {
    Object::new(tag, name, Content::Wrapped(object))
}

/// An object of octets that are no objects.
pub(super) const fn record(tag: u32, name: &'static str, read: Read) -> Object {
    Object::new(tag, name, Content::Record(read))
}

/// The fields that follow an identifier.
pub(super) const fn case(arc: &'static str, fields: &'static [Object]) -> Case {
    Case {
        arc,
        name: None,
        fields,
    }
}

/// The fields that follow an identifier, in an object that has a name of its own.
pub(super) const fn named(
    name: &'static str,
    arc: &'static str,
    fields: &'static [Object],
) -> Case {
    Case {
        arc,
        name: Some(name),
        fields,
    }
}
