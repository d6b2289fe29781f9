//! Objects of a template: those that are known, taken one by one, and those that are kept unread.

use core::fmt;

use iso7816::tlv::{self, Tag, Tlv, Writer};

use crate::{Deviation, Deviations, Error, Result};

/// An object whose meaning this crate does not know, or whose content it could not understand: kept as it was.
#[derive(Clone, PartialEq, Eq)]
pub struct DataObject {
    /// Tag.
    pub tag: Tag,
    /// Value.
    pub value: Vec<u8>,
}

impl From<&Tlv<'_>> for DataObject {
    fn from(object: &Tlv<'_>) -> Self {
        Self {
            tag: object.tag,
            value: object.value.to_vec(),
        }
    }
}

/// Tag and length: the value may be anything.
impl fmt::Debug for DataObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.tag, self.value.len())
    }
}

/// Appends objects that were kept.
pub(crate) fn write_all(objects: &[DataObject], writer: &mut Writer) {
    for object in objects {
        writer.object(object.tag, &object.value);
    }
}

/// The content of an object; if there is none, the object is reported as not understood, and kept.
pub(crate) fn understood<T>(
    object: &Tlv<'_>,
    what: &'static str,
    content: Option<T>,
    kept: &mut Vec<DataObject>,
    deviations: &mut Deviations,
) -> Option<T> {
    if content.is_none() {
        let (tag, at) = (object.tag, object.at);
        deviations.push(Deviation::NotUnderstood { tag, at, what });
        kept.push(DataObject::from(object));
    }
    content
}

/// The objects of one template, taken in the order of the standard.
///
/// What stands too early is reported as out of order; what is left at the end, as unexpected.
pub(crate) struct Row<'a> {
    objects: Vec<Tlv<'a>>,
    template_at: usize,
    last_taken_at: usize,
}

impl<'a> Row<'a> {
    /// The objects inside a template.
    pub(crate) fn inside(template: &Tlv<'a>, deviations: &mut Deviations) -> Result<Self> {
        Ok(Self::new(template.children()?, template.at, deviations))
    }

    /// Objects that stand in no template.
    pub(crate) fn new(
        objects: Vec<Tlv<'a>>,
        template_at: usize,
        deviations: &mut Deviations,
    ) -> Self {
        for object in &objects {
            report_long_length(object, deviations);
        }
        Self {
            objects,
            template_at,
            last_taken_at: 0,
        }
    }

    /// The first object with this tag.
    pub(crate) fn take(&mut self, tag: Tag, deviations: &mut Deviations) -> Option<Tlv<'a>> {
        let index = self.objects.iter().position(|object| object.tag == tag)?;
        let object = self.objects.remove(index);
        self.note_order(&object, deviations);
        Some(object)
    }

    /// The first object with this tag that has a content; the empty ones before it are reported, and are not there.
    pub(crate) fn take_filled(&mut self, tag: Tag, deviations: &mut Deviations) -> Option<Tlv<'a>> {
        loop {
            let object = self.take(tag, deviations)?;
            if !object.value.is_empty() {
                return Some(object);
            }
            let at = object.at;
            deviations.push(Deviation::Empty { tag, at });
        }
    }

    /// The first object with this tag, which the structure cannot do without.
    pub(crate) fn require(
        &mut self,
        tag: Tag,
        what: &'static str,
        deviations: &mut Deviations,
    ) -> Result<Tlv<'a>> {
        let at = self.template_at;
        self.take(tag, deviations)
            .ok_or(Error::Malformed { what, at })
    }

    /// The first object with this tag; its absence is reported.
    pub(crate) fn expect(&mut self, tag: Tag, deviations: &mut Deviations) -> Option<Tlv<'a>> {
        let object = self.take(tag, deviations);
        if object.is_none() {
            let at = self.template_at;
            deviations.push(Deviation::Missing { tag, at });
        }
        object
    }

    /// All objects whose tag is wanted.
    pub(crate) fn take_all(
        &mut self,
        wanted: impl Fn(Tag) -> bool,
        deviations: &mut Deviations,
    ) -> Vec<Tlv<'a>> {
        let (taken, left) = core::mem::take(&mut self.objects)
            .into_iter()
            .partition::<Vec<_>, _>(|object| wanted(object.tag));
        self.objects = left;
        for object in &taken {
            self.note_order(object, deviations);
        }
        taken
    }

    /// What nobody took: reported and kept.
    pub(crate) fn rest(self, deviations: &mut Deviations) -> Vec<DataObject> {
        for object in &self.objects {
            let (tag, at) = (object.tag, object.at);
            deviations.push(Deviation::Unexpected { tag, at });
        }
        self.objects.iter().map(DataObject::from).collect()
    }

    /// What nobody has taken yet.
    pub(crate) fn remaining(&self) -> &[Tlv<'a>] {
        &self.objects
    }

    /// The first object that nobody has taken yet, for a caller who goes by position.
    pub(crate) fn take_next(&mut self) -> Option<Tlv<'a>> {
        (!self.objects.is_empty()).then(|| self.objects.remove(0))
    }

    /// Where the template begins.
    pub(crate) const fn template_at(&self) -> usize {
        self.template_at
    }

    fn note_order(&mut self, object: &Tlv<'_>, deviations: &mut Deviations) {
        if object.at < self.last_taken_at {
            let (tag, at) = (object.tag, object.at);
            deviations.push(Deviation::OutOfOrder { tag, at });
        }
        self.last_taken_at = self.last_taken_at.max(object.at);
    }
}

/// Reports a length that is not written in its shortest form.
pub(crate) fn report_long_length(object: &Tlv<'_>, deviations: &mut Deviations) {
    if object.header_len() != tlv::header_len(object.tag, object.value.len()) {
        let (tag, at) = (object.tag, object.at);
        deviations.push(Deviation::LongLength { tag, at });
    }
}
