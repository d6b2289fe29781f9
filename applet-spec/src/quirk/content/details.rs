//! EF.DG11 and EF.DG12.

use crypto::CryptoRng;
use iso7816::tlv::{self, Tag, Writer};
use lds::File;

use crate::memory::ChipMemory;
use crate::{Error, Result};

const LIST: Tag = Tag::new(0x5C);
const TEMPLATE: Tag = Tag::new(0xA0);
const COUNT: Tag = Tag::new(0x02);
const FULL_NAME: Tag = Tag::new(0x5F0E);
const OTHER_NAME: Tag = Tag::new(0x5F0F);
const PLACE_OF_BIRTH: Tag = Tag::new(0x5F11);
const PROFESSION: Tag = Tag::new(0x5F13);
const DATE_OF_BIRTH: Tag = Tag::new(0x5F2B);
const OTHER_PERSON: Tag = Tag::new(0x5F1A);
const DATE_OF_ISSUE: Tag = Tag::new(0x5F26);
const PERSONALISED_AT: Tag = Tag::new(0x5F55);

/// Objects of a file, in their order, and the list that names them.
struct Details {
    outer: Tag,
    list: Vec<Tag>,
    objects: Vec<(Tag, Vec<u8>)>,
}

impl Details {
    fn of(memory: &ChipMemory, file: File) -> Result<Self> {
        const WHY: Error = Error::Misuse("the card has not the details that the quirk is about");
        let octets = memory.file(file).ok_or(WHY)?;
        let (outer, _) = tlv::read(octets).map_err(|_| WHY)?;
        let children = outer.children().map_err(|_| WHY)?;
        let objects: Vec<_> = children
            .iter()
            .filter(|child| child.tag != LIST)
            .map(|child| (child.tag, child.value.to_vec()))
            .collect();
        // Of names in a template the list has the tag of a name.
        let named = |(tag, value): &(Tag, Vec<u8>)| match *tag {
            TEMPLATE => tlv::read_all(value)
                .ok()
                .and_then(|names| names.iter().map(|name| name.tag).find(|tag| *tag != COUNT))
                .unwrap_or(TEMPLATE),
            tag => tag,
        };
        Ok(Self {
            outer: outer.tag,
            list: objects.iter().map(named).collect(),
            objects,
        })
    }

    fn put(&self, memory: &mut ChipMemory, file: File) -> Result<()> {
        let list: Vec<u8> = self.list.iter().flat_map(|tag| tag.significant()).collect();
        let mut octets = Writer::new();
        octets.nest(self.outer, |content| {
            content.object(LIST, &list);
            for (tag, value) in &self.objects {
                content.object(*tag, value);
            }
        });
        memory.put_file(file, octets.finish())
    }

    /// An object in the place of the one with its tag, or behind the others.
    fn set(&mut self, tag: Tag, value: &[u8]) {
        self.remove(tag);
        self.list.push(tag);
        self.objects.push((tag, value.to_vec()));
    }

    fn remove(&mut self, tag: Tag) {
        self.list.retain(|listed| *listed != tag);
        self.objects.retain(|(object, _)| *object != tag);
    }

    /// Names in their template, as the standard has them.
    fn set_names(&mut self, tag: Tag, names: &[&[u8]]) {
        self.remove_names(tag);
        let mut template = Writer::new();
        let [.., count] = names.len().to_be_bytes();
        template.object(COUNT, &[count]);
        for name in names {
            template.object(tag, name);
        }
        self.list.push(tag);
        self.objects.push((TEMPLATE, template.finish()));
    }

    fn remove_names(&mut self, tag: Tag) {
        self.remove(tag);
        self.objects.retain(|(object, _)| *object != TEMPLATE);
    }
}

fn edit(memory: &mut ChipMemory, file: File, edit: impl FnOnce(&mut Details)) -> Result<()> {
    let mut details = Details::of(memory, file)?;
    edit(&mut details);
    details.put(memory, file)
}

/// A name of three parts.
pub(super) fn name_of_three_parts(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, File::Dg11, |details| {
        details.set(FULL_NAME, b"SPECIMEN<<ANNA<TEST<<THIRD");
    })
}

/// Other names without their template.
pub(super) fn bare_other_name(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, File::Dg11, |details| {
        details.remove_names(OTHER_NAME);
        details.set(OTHER_NAME, b"SPECIMEN<<OTHER");
    })
}

/// The list names the template of other names, and not what is in it.
pub(super) fn list_names_template(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, File::Dg11, |details| {
        details.set_names(OTHER_NAME, &[b"SPECIMEN<<OTHER"]);
        for listed in details.list.iter_mut().filter(|tag| **tag == OTHER_NAME) {
            *listed = TEMPLATE;
        }
    })
}

/// Objects that hold nothing.
pub(super) fn empty_objects(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, File::Dg11, |details| {
        details.set(PLACE_OF_BIRTH, b"");
        details.set(PROFESSION, b"");
    })
}

/// Other names, and no name of the holder.
pub(super) fn other_name_alone(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, File::Dg11, |details| {
        details.remove(FULL_NAME);
        details.set_names(OTHER_NAME, &[b"SPECIMEN<<OTHER"]);
    })
}

/// Other persons without their template.
pub(super) fn bare_other_person(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, File::Dg12, |details| {
        details.remove_names(OTHER_PERSON);
        details.set(OTHER_PERSON, b"SPECIMEN<<CHILD");
    })
}

/// Dates of four octets, a digit in each half.
pub(super) fn dates_in_bcd(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, File::Dg11, |details| {
        details.set(DATE_OF_BIRTH, &[0x19, 0x90, 0x01, 0x01]);
    })?;
    edit(memory, File::Dg12, |details| {
        details.set(DATE_OF_ISSUE, &[0x20, 0x26, 0x11, 0x21]);
    })
}

/// A time of seven octets, a digit in each half.
pub(super) fn time_in_bcd(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    edit(memory, File::Dg12, |details| {
        details.set(PERSONALISED_AT, &[0x20, 0x26, 0x11, 0x21, 0x12, 0x30, 0x59]);
    })
}

/// EF.DG12 is a data object whose content is none.
pub(super) fn malformed_group(memory: &mut ChipMemory, _: &mut dyn CryptoRng) -> Result<()> {
    let details = Details::of(memory, File::Dg12)?;
    let broken = [0x5C, 0x04, 0x5F, 0x19, 0x5F, 0x26, 0x5F, 0x19, 0x20, 0x41];
    memory.put_file(File::Dg12, tlv::encode(details.outer, &broken))
}
