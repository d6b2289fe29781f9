//! Where a file departs from the standard and can be read all the same.

use iso7816::tlv::Tag;

/// One departure from Doc 9303-10 that did not keep the file from being read.
///
/// Positions are offsets from the start of the file. A caller who wants no tolerance raises the deviation as an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Deviation {
    /// The chip padded the file behind its outer object. The padding is not part of the content and is not hashed.
    #[error("{count} bytes behind the end of the file")]
    TrailingBytes {
        /// How many.
        count: usize,
    },
    /// A length is written longer than it need be (Doc 9303-10 §3.9: shortest form).
    #[error("object {tag} at byte {at}: length not in its shortest form")]
    LongLength {
        /// Tag of the object.
        tag: Tag,
        /// Where the object begins.
        at: usize,
    },
    /// An object stands in front of one that should precede it.
    #[error("object {tag} at byte {at}: out of order")]
    OutOfOrder {
        /// Tag of the object.
        tag: Tag,
        /// Where the object begins.
        at: usize,
    },
    /// An object that has no business there, or occurs once too often. It is kept.
    #[error("object {tag} at byte {at}: not expected here")]
    Unexpected {
        /// Tag of the object.
        tag: Tag,
        /// Where the object begins.
        at: usize,
    },
    /// A mandatory object is not there.
    #[error("object {tag} missing from the template at byte {at}")]
    Missing {
        /// Tag of the object.
        tag: Tag,
        /// Where the template begins.
        at: usize,
    },
    /// An object of length zero; it counts as absent.
    #[error("object {tag} at byte {at}: empty")]
    Empty {
        /// Tag of the object.
        tag: Tag,
        /// Where the object begins.
        at: usize,
    },
    /// A content that cannot be understood. The object is kept as it is.
    #[error("object {tag} at byte {at}: {what} not understood")]
    NotUnderstood {
        /// Tag of the object.
        tag: Tag,
        /// Where the object begins.
        at: usize,
        /// What the content should have been.
        what: &'static str,
    },
    /// A value that the standard does not provide for.
    #[error("{what} at byte {at}: value not provided for")]
    Value {
        /// Which value.
        what: &'static str,
        /// Where the object that holds it begins.
        at: usize,
    },
    /// A number of objects that is not the one stated, or not in the range of the standard.
    #[error("{found} {what}, not {expected} (byte {at})")]
    Count {
        /// What is counted.
        what: &'static str,
        /// The number stated, or the nearest one that is allowed.
        expected: usize,
        /// How many there are.
        found: usize,
        /// Where the template that holds them begins.
        at: usize,
    },
    /// A tag list names an object that is not there.
    #[error("object {tag} is in the tag list and not in the file")]
    ListedOnly {
        /// Tag of the object.
        tag: Tag,
    },
    /// An object that the tag list does not name.
    #[error("object {tag} at byte {at}: not in the tag list")]
    NotListed {
        /// Tag of the object.
        tag: Tag,
        /// Where the object begins.
        at: usize,
    },
    /// A text that is longer than the standard allows.
    #[error("object {tag} at byte {at}: {length} bytes of text, at most {limit}")]
    TextTooLong {
        /// Tag of the object.
        tag: Tag,
        /// Where the object begins.
        at: usize,
        /// Octets.
        length: usize,
        /// Octets allowed.
        limit: usize,
    },
    /// A text in another character set than the one prescribed.
    #[error("object {tag} at byte {at}: text not in the prescribed character set")]
    CharacterSet {
        /// Tag of the object.
        tag: Tag,
        /// Where the object begins.
        at: usize,
    },
    /// A date or time in binary coded decimal in place of characters.
    #[error("object {tag} at byte {at}: date in binary coded decimal")]
    BcdDate {
        /// Tag of the object.
        tag: Tag,
        /// Where the object begins.
        at: usize,
    },
    /// Names that stand in the file without the template (A0) that should hold them.
    #[error("object {tag} at byte {at}: without its template A0")]
    WithoutTemplate {
        /// Tag of the object.
        tag: Tag,
        /// Where the object begins.
        at: usize,
    },
    /// An encoding that BER allows and DER does not, in a structure that must be DER.
    #[error("{what} at byte {at}: not DER")]
    NotDer {
        /// What is encoded.
        what: &'static str,
        /// Where the object begins.
        at: usize,
    },
    /// A finding in the machine readable zone, such as a wrong check digit.
    #[error("machine readable zone: {0}")]
    Mrz(mrz::Finding),
}

/// Where parsers of this crate write their deviations.
pub type Deviations = Vec<Deviation>;

/// A value read from a file, and how the file departed from the standard.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Parsed<T> {
    /// The value.
    pub value: T,
    /// What was tolerated, in the order in which it was met. Empty for a file that follows the standard.
    pub deviations: Deviations,
}

impl<T> Parsed<T> {
    /// Runs a parser with a place for its deviations.
    ///
    /// # Errors
    /// Whatever the parser gives.
    pub fn collect<E>(parse: impl FnOnce(&mut Deviations) -> Result<T, E>) -> Result<Self, E> {
        let mut deviations = Deviations::new();
        parse(&mut deviations).map(|value| Self { value, deviations })
    }

    /// The value with its deviations, changed into another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Parsed<U> {
        Parsed {
            value: change(self.value),
            deviations: self.deviations,
        }
    }

    /// The value, if nothing had to be tolerated.
    ///
    /// # Errors
    /// The first deviation.
    pub fn strict(self) -> Result<T, Deviation> {
        self.deviations
            .into_iter()
            .next()
            .map_or(Ok(self.value), Err)
    }
}
