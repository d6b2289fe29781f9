//! Deviation lists (Doc 9303-12 §10): what an issuing state says is wrong with documents it has issued, signed by it.

mod description;
mod document_numbers;
mod documents;
mod write;

use crypto::HashAlgorithm;

use crate::algorithm::AlgorithmIdentifier;
use crate::ber::{Cursor, Element, Tag};
use crate::cms::SignedData;
use crate::deviation::{Deviation, DeviationKind, Deviations, record_first};
use crate::{Error, Result, oids};

pub use description::{
    CertificateBodyField, CertificateField, Description, DeviationType, LdsObject, MrzField,
};
pub use document_numbers::{DocumentNumbers, MAX_DOCUMENT_NUMBERS};
pub use documents::{DocumentFacts, Documents, IssuancePeriod, SignerCriterion};
pub use write::sign;

/// Longest deviation list that is read: a list of 350,000 document numbers has about 4 MB.
pub const MAX_DEVIATION_LIST_LEN: usize = 32 * 1024 * 1024;
/// Most deviations of one list.
pub const MAX_LISTED_DEVIATIONS: usize = 10_000;
/// Most descriptions of one deviation.
pub const MAX_DESCRIPTIONS: usize = 256;

/// A deviation list that was read. Nothing in it is verified by reading it.
#[derive(Debug, Clone)]
pub struct DeviationList {
    signed_data: SignedData,
    digest_algorithm: Option<AlgorithmIdentifier>,
    entries: Vec<ListedDeviation>,
    deviations: Vec<Deviation>,
}

/// One deviation: which documents, and what is wrong with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDeviation {
    /// Which documents.
    pub documents: Documents,
    /// What is wrong with them.
    pub descriptions: Vec<Description>,
}

impl DeviationList {
    /// Reads a deviation list.
    ///
    /// # Errors
    /// [`Error::Malformed`] when the structure cannot be followed, or the content is another one.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        if bytes.len() > MAX_DEVIATION_LIST_LEN {
            return Err(Error::Malformed {
                what: "deviation list, too long",
                at: MAX_DEVIATION_LIST_LEN,
            });
        }
        let signed_data = SignedData::parse(bytes)?;
        let content_type = signed_data.content_type();
        if ![oids::DEVIATION_LIST, oids::DATA].contains(&content_type) {
            return Err(Error::Malformed {
                what: "content type, not that of a deviation list",
                at: 0,
            });
        }
        let found = Deviations::default();
        let (digest_algorithm, entries) = {
            let mut content = Cursor::new(signed_data.content(), &found);
            let element = content.expect(Tag::SEQUENCE, "deviation list")?;
            content.finish_object();
            read_content(&element)?
        };
        let mut deviations = found.into_vec();
        if content_type != oids::DEVIATION_LIST {
            let kind = DeviationKind::ListContentType(content_type);
            record_first(&mut deviations, kind.into());
        }
        Ok(Self {
            signed_data,
            digest_algorithm,
            entries,
            deviations,
        })
    }

    /// The CMS object with signature and signer.
    #[must_use]
    pub const fn signed_data(&self) -> &SignedData {
        &self.signed_data
    }

    /// The hash algorithm of the certificate digests in the list, where it is named and known.
    #[must_use]
    pub fn digest_algorithm(&self) -> Option<HashAlgorithm> {
        self.digest_algorithm
            .as_ref()
            .and_then(|algorithm| algorithm.hash_algorithm().ok())
    }

    /// The deviations.
    #[must_use]
    pub fn entries(&self) -> &[ListedDeviation] {
        &self.entries
    }

    /// The deviations that are said of a document; with each, whether that is sure (see [`Documents::cover`]).
    pub fn entries_about<'a>(
        &'a self,
        document: &'a DocumentFacts<'a>,
    ) -> impl Iterator<Item = (&'a ListedDeviation, bool)> {
        let digest = self.digest_algorithm();
        self.entries
            .iter()
            .filter_map(move |entry| match entry.documents.cover(document, digest) {
                Some(false) => None,
                covered => Some((entry, covered.is_some())),
            })
    }

    /// What was accepted against the rules while reading the content; what the CMS object does is said by
    /// [`SignedData::deviations`].
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }
}

/// `SEQUENCE { version, digestAlgorithm OPTIONAL, SET OF Deviation }`.
fn read_content(
    element: &Element<'_>,
) -> Result<(Option<AlgorithmIdentifier>, Vec<ListedDeviation>)> {
    const WHAT: &str = "deviation list";
    let mut fields = element.children(WHAT)?;
    let version = fields.expect(Tag::INTEGER, "version of deviation list")?;
    match version.small_integer("version of deviation list")? {
        0 => {}
        other => version.record(DeviationKind::ListVersion(other)),
    }
    let digest_algorithm = fields
        .optional(Tag::SEQUENCE, "digestAlgorithm")?
        .map(|algorithm| AlgorithmIdentifier::read_hash_algorithm(&algorithm))
        .transpose()?;
    let set = fields.expect(Tag::SET, WHAT)?;
    fields.finish();
    let entries = read_set(&set, MAX_LISTED_DEVIATIONS, WHAT, read_deviation)?;
    Ok((digest_algorithm, entries))
}

fn read_deviation(element: &Element<'_>) -> Result<ListedDeviation> {
    const WHAT: &str = "listed deviation";
    if element.tag != Tag::SEQUENCE {
        return Err(element.malformed(WHAT));
    }
    let mut fields = element.children(WHAT)?;
    let documents = Documents::read(&fields.expect(Tag::SEQUENCE, WHAT)?)?;
    let set = fields.expect(Tag::SET, WHAT)?;
    fields.finish();
    let descriptions = read_set(&set, MAX_DESCRIPTIONS, "description", Description::read)?;
    Ok(ListedDeviation {
        documents,
        descriptions,
    })
}

/// Reads a SET OF: not more elements than `most`, their order checked, in one pass.
fn read_set<T>(
    set: &Element<'_>,
    most: usize,
    what: &'static str,
    read: impl Fn(&Element<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let mut row = set.children(what)?;
    let mut elements = Vec::new();
    let mut before: &[u8] = &[];
    while !row.is_empty() {
        let element = row.next(what)?;
        if elements.len() == most {
            return Err(element.malformed("list of too many elements"));
        }
        if element.raw < before {
            set.record(DeviationKind::SetOrder);
        }
        before = element.raw;
        elements.push(read(&element)?);
    }
    Ok(elements)
}
