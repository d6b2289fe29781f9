//! What stands in an object, byte for byte: string types, forms of time, criticality, order. Readers for use forgive and
//! forget these; lint must see them.

mod certificate;
mod extension;
mod revocation_list;
mod signed_data;

use time::OffsetDateTime;

use crate::algorithm::AlgorithmIdentifier;
use crate::ber::{Cursor, Element, Tag};
use crate::certificate::read_time;
use crate::name::Name;
use crate::{Error, Result};

pub(super) use certificate::CertificateView;
pub(super) use extension::{ExtensionView, find};
pub(super) use revocation_list::{EntryView, RevocationListView};
pub(super) use signed_data::{SignedDataView, SignerView};

/// A name with the string types of its attributes.
pub(super) struct NameView {
    pub(super) at: usize,
    pub(super) name: Name,
}

impl NameView {
    pub(super) fn read(element: &Element<'_>) -> Result<Self> {
        Ok(Self {
            at: element.at,
            name: Name::read(element)?,
        })
    }
}

/// A time as it is written.
pub(super) struct TimeView<'a> {
    pub(super) at: usize,
    pub(super) tag: Tag,
    pub(super) text: &'a [u8],
    /// `None` when it names no moment.
    pub(super) moment: Option<OffsetDateTime>,
}

impl<'a> TimeView<'a> {
    pub(super) fn read(cursor: &mut Cursor<'a>) -> Result<Self> {
        let moment = read_time(&mut cursor.clone()).ok();
        let element = cursor.next("time")?;
        if ![Tag::UTC_TIME, Tag::GENERALIZED_TIME].contains(&element.tag) {
            return Err(element.malformed("time"));
        }
        Ok(Self {
            at: element.at,
            tag: element.tag,
            text: element.content,
            moment,
        })
    }
}

/// An algorithm identifier and where it stands.
pub(super) struct AlgorithmView<'a> {
    pub(super) element: Element<'a>,
    pub(super) identifier: AlgorithmIdentifier,
}

impl<'a> AlgorithmView<'a> {
    pub(super) fn read(element: Element<'a>) -> Result<Self> {
        let identifier = AlgorithmIdentifier::read(&element, "algorithm identifier")?;
        Ok(Self {
            element,
            identifier,
        })
    }
}

/// Most elements of a row that are kept. The largest master lists have some hundred certificates.
const MAX_ELEMENTS: usize = 10_000;

/// The elements of a row, all of them.
pub(super) fn elements<'a>(mut row: Cursor<'a>, what: &'static str) -> Result<Vec<Element<'a>>> {
    let mut elements = Vec::new();
    while !row.is_empty() {
        if elements.len() == MAX_ELEMENTS {
            return Err(Error::Malformed { what, at: row.at() });
        }
        elements.push(row.next(what)?);
    }
    Ok(elements)
}
