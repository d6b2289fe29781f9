//! What the files of a card must hold, as predicates with names that cases use.
//!
//! Each predicate is one line of a table: name, clause, the rule in words, how to look. Most look with the parsers of `lds`, `pki`
//! and `biometrics`, which put up with much and say so: a predicate takes what they say as a finding.

mod biometric;
mod details;
mod face;
mod machine_readable_zone;
mod security_infos;
mod security_object;
mod versions;

use core::ops::Range;

use iso7816::tlv::{self, Tag, Tlv};
use lds::{Deviation, Dg11, Dg12, File, FileContent};

use super::{Feature, Knowledge};

/// A rule about what a card holds.
pub struct Predicate {
    /// Stable name, as cases have it: `dg1-tag`.
    pub name: &'static str,
    /// Where the rule stands.
    pub clause: &'static str,
    /// The rule, as a sentence that is true of a good card.
    pub rule: &'static str,
    test: Test,
}

/// How a predicate looks.
#[derive(Clone, Copy)]
enum Test {
    /// The file has its own outer tag.
    Tag(File),
    /// The file is one data object that is all there, with the shortest length.
    Length(File),
    /// An optional data object of EF.DG11 or EF.DG12, if it is there, is as the standard has it.
    Field(File, u32),
    /// Something else.
    Rule(fn(&Knowledge) -> Result<(), Finding>),
}

/// Why a predicate does not hold, or says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Finding {
    /// The file could not be read.
    #[error("{0} could not be read")]
    Unread(File),
    /// What the predicate speaks of is optional and not there.
    #[error("the card has no {0}")]
    Absent(String),
    /// The rule is broken; what there is instead.
    #[error("{0}")]
    Broken(String),
}

/// What a predicate says of a card.
type Held = Result<(), Finding>;

const TABLES: [&[Predicate]; 7] = [
    versions::TABLE,
    machine_readable_zone::TABLE,
    face::TABLE,
    biometric::TABLE,
    security_object::TABLE,
    security_infos::TABLE,
    details::TABLE,
];

/// All predicates.
pub fn predicates() -> impl Iterator<Item = &'static Predicate> {
    TABLES.into_iter().flatten()
}

/// The forms of EF.DG2, by what its header or its data block says: where the two differ, both forms' rules speak of it.
pub(super) fn faces(knowledge: &Knowledge) -> Vec<Feature> {
    let [is_19794, is_39794] = face::forms(knowledge);
    [
        (is_19794, Feature::Face19794),
        (is_39794, Feature::Face39794),
    ]
    .into_iter()
    .filter_map(|(is, feature)| is.then_some(feature))
    .collect()
}

/// The predicate of a name.
#[must_use]
pub fn predicate(name: &str) -> Option<&'static Predicate> {
    predicates().find(|predicate| predicate.name == name)
}

impl Predicate {
    const fn new(name: &'static str, clause: &'static str, rule: &'static str, test: Test) -> Self {
        Self {
            name,
            clause,
            rule,
            test,
        }
    }

    /// Looks whether the rule holds of a card.
    ///
    /// # Errors
    /// [`Finding::Broken`] where it does not, another [`Finding`] where it says nothing.
    pub fn holds(&self, knowledge: &Knowledge) -> Held {
        match self.test {
            Test::Tag(file) => tag(knowledge, file),
            Test::Length(file) => length(knowledge, file),
            Test::Field(file, tag) => field(knowledge, file, Tag::new(tag)),
            Test::Rule(rule) => rule(knowledge),
        }
    }
}

/// The rule is broken.
fn broken<T>(found: impl Into<String>) -> Result<T, Finding> {
    Err(Finding::Broken(found.into()))
}

/// The rule holds, or this is there instead.
fn require(holds: bool, found: impl FnOnce() -> String) -> Held {
    if holds { Ok(()) } else { broken(found()) }
}

fn file(knowledge: &Knowledge, file: File) -> Result<&[u8], Finding> {
    let content = knowledge.files.get(&file);
    content.map(Vec::as_slice).ok_or(Finding::Unread(file))
}

/// What a parser makes of a file; a file that it cannot follow breaks the rule.
fn parsed<F: FileContent>(knowledge: &Knowledge) -> Result<lds::Parsed<F>, Finding> {
    F::parse(file(knowledge, F::FILE)?).or_else(|error| broken(error.to_string()))
}

/// The outer object of a file.
fn outer(knowledge: &Knowledge, name: File) -> Result<Tlv<'_>, Finding> {
    match tlv::read(file(knowledge, name)?) {
        Ok((object, _)) => Ok(object),
        Err(error) => broken(format!("{name}: {error}")),
    }
}

/// The objects of a tag inside another one.
fn all_inside<'a>(object: &Tlv<'a>, tag: u32) -> Result<Vec<Tlv<'a>>, Finding> {
    let children = object.children();
    let mut children = children.or_else(|error| broken(error.to_string()))?;
    children.retain(|child| child.tag.get() == tag);
    Ok(children)
}

/// The first object of a tag inside another one.
fn inside<'a>(object: &Tlv<'a>, tag: u32) -> Result<Tlv<'a>, Finding> {
    match all_inside(object, tag)?.first() {
        Some(child) => Ok(*child),
        None => broken(format!("no object {tag:02X} in {}", object.tag)),
    }
}

/// The value of an object as text of these many digits.
fn digits(object: &Tlv<'_>, count: usize) -> Held {
    let right = object.value.len() == count && object.value.iter().all(u8::is_ascii_digit);
    let octets = object.value.len();
    require(right, || {
        format!(
            "object {}: {octets} octets that are no {count} digits",
            object.tag
        )
    })
}

fn tag(knowledge: &Knowledge, name: File) -> Held {
    let first = outer(knowledge, name)?.tag;
    require(Some(first) == name.tag(), || format!("outer tag {first}"))
}

fn length(knowledge: &Knowledge, name: File) -> Held {
    let object = outer(knowledge, name)?;
    let shortest = tlv::header_len(object.tag, object.value.len());
    require(object.header_len() == shortest, || {
        let header = object.header_len();
        format!("a header of {header} octets, where {shortest} are enough")
    })
}

fn field(knowledge: &Knowledge, name: File, wanted: Tag) -> Held {
    let places = places(&outer(knowledge, name)?, wanted)?;
    if places.is_empty() {
        return Err(Finding::Absent(format!("object {wanted} in {name}")));
    }
    let deviations = match name {
        File::Dg11 => parsed::<Dg11>(knowledge)?.deviations,
        _ => parsed::<Dg12>(knowledge)?.deviations,
    };
    match deviations
        .iter()
        .find(|deviation| concerns(deviation, wanted, &places))
    {
        Some(deviation) => broken(deviation.to_string()),
        None => Ok(()),
    }
}

/// Where the objects of a tag lie in a file, in octets from its beginning.
fn places(outer: &Tlv<'_>, wanted: Tag) -> Result<Vec<Range<usize>>, Finding> {
    let objects = all_inside(outer, wanted.get())?;
    let place = |object: &Tlv<'_>| object.at..object.at + object.raw.len();
    Ok(objects.iter().map(place).collect())
}

/// Whether a deviation speaks of the objects of a tag, which lie at these places, or of what stands in their template.
fn concerns(deviation: &Deviation, wanted: Tag, places: &[Range<usize>]) -> bool {
    /// Template of other names; its members are listed beside it.
    const GROUPS: [(u32, [u32; 2]); 1] = [(0xA0, [0x5F0F, 0x5F1A])];
    let is = |tag: &Tag| {
        let members = GROUPS.iter().filter(|(group, _)| *group == wanted.get());
        *tag == wanted
            || members
                .flat_map(|(_, tags)| tags)
                .any(|known| *known == tag.get())
    };
    match deviation {
        Deviation::LongLength { tag, .. }
        | Deviation::OutOfOrder { tag, .. }
        | Deviation::Unexpected { tag, .. }
        | Deviation::Missing { tag, .. }
        | Deviation::Empty { tag, .. }
        | Deviation::NotUnderstood { tag, .. }
        | Deviation::TextTooLong { tag, .. }
        | Deviation::CharacterSet { tag, .. }
        | Deviation::WithoutTemplate { tag, .. } => is(tag),
        Deviation::Count { .. } => is(&Tag::new(0xA0)),
        Deviation::Value { at, .. } => places.iter().any(|place| place.contains(at)),
        _ => false,
    }
}

#[cfg(test)]
mod mutants;
#[cfg(test)]
mod tests;
