//! Templates of optional fields behind a tag list: EF.DG11 and EF.DG12 (Doc 9303-10 §4.7.11, §4.7.12).

use std::collections::BTreeSet;

use iso7816::tlv::{Tag, Tlv, Writer};
use time::PrimitiveDateTime;

use crate::asn1::{self, INTEGER};
use crate::data_object::{self, Row};
use crate::date::{date_time_digits, read_date_time};
use crate::displayed_image::report_format;
use crate::tag_list::{self, TAG_LIST};
use crate::{DataObject, Deviation, Deviations, PartialDate, Result, Text};

/// The template around several objects of one kind.
const GROUP: Tag = Tag::new(0xA0);

/// Reads the fields of a template.
///
/// A field whose content cannot be understood is reported and kept with the unknown ones.
pub(crate) struct FieldReader<'a, 'd> {
    row: Row<'a>,
    /// Each with its place in the template.
    not_understood: Vec<(usize, DataObject)>,
    deviations: &'d mut Deviations,
}

impl<'a, 'd> FieldReader<'a, 'd> {
    /// Reads the tag list and compares it with the objects there are. `grouped` is the tag of the objects in `A0`: whether
    /// the list names it or `A0` is left open by the standard.
    pub(crate) fn new(
        outer: &Tlv<'a>,
        grouped: Tag,
        deviations: &'d mut Deviations,
    ) -> Result<Self> {
        let mut row = Row::inside(outer, deviations)?;
        if let Some(list) = row.expect(TAG_LIST, deviations) {
            compare(
                &tag_list::read(&list)?,
                row.remaining(),
                grouped,
                deviations,
            );
        }
        Ok(Self {
            row,
            not_understood: Vec::new(),
            deviations,
        })
    }

    /// A text.
    pub(crate) fn text<const MAX: usize>(&mut self, tag: Tag) -> Option<Text<MAX>> {
        let object = self.row.take_filled(tag, self.deviations)?;
        Text::read(&object, self.deviations)
    }

    /// An image, as it is encoded; what does not begin like one is reported.
    pub(crate) fn image(&mut self, tag: Tag) -> Option<Vec<u8>> {
        let object = self.row.take_filled(tag, self.deviations)?;
        report_format(&object, self.deviations);
        Some(object.value.to_vec())
    }

    /// A date.
    pub(crate) fn date(&mut self, tag: Tag) -> Option<PartialDate> {
        let object = self.row.take_filled(tag, self.deviations)?;
        let date = PartialDate::read(&object, self.deviations);
        self.understood(&object, "date", date)
    }

    /// A date and time.
    pub(crate) fn date_time(&mut self, tag: Tag) -> Option<PrimitiveDateTime> {
        let object = self.row.take_filled(tag, self.deviations)?;
        let time = read_date_time(&object, self.deviations);
        self.understood(&object, "date and time", time)
    }

    /// Texts in a template `A0` with their number, or, as some issuers have it, without the template.
    pub(crate) fn group(&mut self, tag: Tag) -> Vec<Text> {
        let mut texts = Vec::new();
        // As with fields, a group without content makes room for the next.
        while let Some(group) = self.row.take(GROUP, self.deviations) {
            let read = read_group(&group, tag, self.deviations).ok();
            let understood = self.understood(&group, "group of texts", read);
            if understood.as_ref().is_none_or(|found| !found.is_empty()) {
                texts.extend(understood.unwrap_or_default());
                break;
            }
        }
        for object in self.row.take_all(|found| found == tag, self.deviations) {
            let at = object.at;
            self.deviations.push(Deviation::WithoutTemplate { tag, at });
            texts.extend(Text::read(&object, self.deviations));
        }
        texts
    }

    /// What is unknown or was not understood, in the order of the template: written again it stays in that order.
    pub(crate) fn rest(self) -> Vec<DataObject> {
        let places: Vec<usize> = self.row.remaining().iter().map(|left| left.at).collect();
        let left = self.row.rest(self.deviations);
        let mut rest = self.not_understood;
        rest.extend(places.into_iter().zip(left));
        rest.sort_by_key(|(at, _)| *at);
        rest.into_iter().map(|(_, object)| object).collect()
    }

    fn understood<T>(
        &mut self,
        object: &Tlv<'_>,
        what: &'static str,
        content: Option<T>,
    ) -> Option<T> {
        let mut kept = Vec::new();
        let content = data_object::understood(object, what, content, &mut kept, self.deviations);
        let at = object.at;
        self.not_understood
            .extend(kept.into_iter().map(|object| (at, object)));
        content
    }
}

fn read_group(group: &Tlv<'_>, tag: Tag, deviations: &mut Deviations) -> Result<Vec<Text>> {
    let mut row = Row::inside(group, deviations)?;
    let count = row.require(INTEGER, "number of texts", deviations)?;
    let expected = usize::from(asn1::small(&count, deviations)?);
    let objects = row.take_all(|found| found == tag, deviations);
    row.rest(deviations);
    if objects.len() != expected {
        deviations.push(Deviation::Count {
            what: "texts in a group",
            expected,
            found: objects.len(),
            at: group.at,
        });
    }
    Ok(objects
        .iter()
        .filter_map(|object| Text::read(object, deviations))
        .collect())
}

fn compare(listed: &[Tag], objects: &[Tlv<'_>], grouped: Tag, deviations: &mut Deviations) {
    let one_name = |tag: Tag| if tag == GROUP { grouped } else { tag };
    let named: BTreeSet<Tag> = listed.iter().copied().map(one_name).collect();
    let present: BTreeSet<Tag> = objects.iter().map(|object| one_name(object.tag)).collect();
    for &tag in named.difference(&present) {
        deviations.push(Deviation::ListedOnly { tag });
    }
    for object in objects {
        let (tag, at) = (object.tag, object.at);
        if !named.contains(&one_name(tag)) {
            deviations.push(Deviation::NotListed { tag, at });
        }
    }
}

/// Writes fields and the tag list in front of them.
#[derive(Default)]
pub(crate) struct FieldWriter {
    tags: Vec<Tag>,
    objects: Writer,
}

impl FieldWriter {
    /// A text, if there is one.
    pub(crate) fn text<const MAX: usize>(&mut self, tag: Tag, text: Option<&Text<MAX>>) {
        self.bytes(tag, text.map(Text::as_bytes));
    }

    /// A content, if there is one.
    pub(crate) fn bytes(&mut self, tag: Tag, value: Option<&[u8]>) {
        if let Some(value) = value {
            self.tags.push(tag);
            self.objects.object(tag, value);
        }
    }

    /// A date in characters.
    pub(crate) fn date(&mut self, tag: Tag, date: Option<PartialDate>) {
        self.bytes(
            tag,
            date.map(PartialDate::digits).as_deref().map(str::as_bytes),
        );
    }

    /// A date and time in characters.
    pub(crate) fn date_time(&mut self, tag: Tag, time: Option<PrimitiveDateTime>) {
        self.bytes(
            tag,
            time.map(date_time_digits).as_deref().map(str::as_bytes),
        );
    }

    /// Texts in a template `A0`; the tag list names the texts, not the template.
    pub(crate) fn group(&mut self, tag: Tag, texts: &[Text]) {
        if texts.is_empty() {
            return;
        }
        self.tags.push(tag);
        self.objects.nest(GROUP, |group| {
            asn1::write_unsigned(texts.len() as u64, group);
            for text in texts {
                group.object(tag, text.as_bytes());
            }
        });
    }

    /// Objects that were kept unread.
    pub(crate) fn rest(&mut self, objects: &[DataObject]) {
        self.tags.extend(objects.iter().map(|object| object.tag));
        data_object::write_all(objects, &mut self.objects);
    }

    /// The value of the template.
    pub(crate) fn finish(self) -> Vec<u8> {
        let mut value = Writer::new();
        tag_list::write(&self.tags, &mut value);
        value.raw(&self.objects.finish());
        value.finish()
    }
}
