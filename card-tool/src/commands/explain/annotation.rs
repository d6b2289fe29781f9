//! What an explanation consists of: a tree of nodes beside the bytes, and findings. How it looks is the matter of the renderers.

use std::borrow::Cow;

/// The explanation of one object: a file, or one of several in a PEM file.
#[derive(Debug, Default)]
pub(super) struct Annotation {
    /// What it was recognised as: `EF.DG1`.
    pub(super) kind: Cow<'static, str>,
    /// What that is, with its clause.
    pub(super) about: Cow<'static, str>,
    /// Where it belongs: identifiers and access of a file.
    pub(super) place: Option<String>,
    /// Octets.
    pub(super) length: usize,
    /// What [`Node::at`] counts.
    pub(super) positions: Positions,
    /// The content, in order.
    pub(super) nodes: Vec<Node>,
    /// Where the content departs from its standard; `None` when nobody has compared it.
    pub(super) findings: Option<Vec<Finding>>,
    /// What else a reader should know.
    pub(super) note: Option<&'static str>,
    /// Why the content could not be explained to its end, and what helps.
    pub(super) gap: Option<&'static str>,
}

/// What positions count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Positions {
    /// Bytes, from 0.
    #[default]
    Bytes,
    /// Lines, from 1.
    Lines,
    /// Nothing: the nodes have no place in the file.
    None,
}

/// One data object or field, and what it means.
#[derive(Debug, Clone, Default)]
pub(super) struct Node {
    /// Where it begins.
    pub(super) at: usize,
    /// Tag, if it has one.
    pub(super) tag: Option<u32>,
    /// Octets of tag and length.
    pub(super) header: Vec<u8>,
    /// Octets of the value, present or announced.
    pub(super) length: usize,
    /// The octets of the value; empty where the children have them, or where they are withheld.
    pub(super) content: Vec<u8>,
    /// What it is called.
    pub(super) name: Cow<'static, str>,
    /// What the value means.
    pub(super) value: Option<String>,
    /// More about the value: the number behind a name.
    pub(super) remark: Option<String>,
    /// What it consists of.
    pub(super) children: Vec<Node>,
    /// Whether the value says all that the children say, so that one line can stand for them.
    pub(super) folds: bool,
    /// Whether the children count their positions anew, because their octets were put together from parts.
    pub(super) restarts: bool,
}

/// A departure from a standard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// Where, in the positions of the annotation.
    pub(super) at: Option<usize>,
    /// What.
    pub(super) text: String,
}

impl Node {
    /// A field without tag and length.
    pub(super) fn field(at: usize, content: &[u8], name: impl Into<Cow<'static, str>>) -> Self {
        let (length, content) = (content.len(), content.to_vec());
        Self {
            at,
            length,
            content,
            name: name.into(),
            ..Self::default()
        }
    }

    /// A line without place and octets.
    pub(super) fn line(name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: Some(value.into()),
            ..Self::default()
        }
    }

    /// The same node with a meaning.
    pub(super) fn meaning(self, value: Option<String>) -> Self {
        Self { value, ..self }
    }
}

impl Finding {
    /// A finding at a place.
    pub(super) fn at(at: usize, text: impl Into<String>) -> Self {
        Self {
            at: Some(at),
            text: text.into(),
        }
    }
}

/// A finding whose text says where, or that has no place.
impl From<String> for Finding {
    fn from(text: String) -> Self {
        Self { at: None, text }
    }
}

impl From<&lds::Deviation> for Finding {
    fn from(deviation: &lds::Deviation) -> Self {
        use lds::Deviation as D;
        let at = match deviation {
            D::LongLength { at, .. }
            | D::OutOfOrder { at, .. }
            | D::Unexpected { at, .. }
            | D::Missing { at, .. }
            | D::Empty { at, .. }
            | D::NotUnderstood { at, .. }
            | D::Value { at, .. }
            | D::Count { at, .. }
            | D::NotListed { at, .. }
            | D::TextTooLong { at, .. }
            | D::CharacterSet { at, .. }
            | D::BcdDate { at, .. }
            | D::WithoutTemplate { at, .. }
            | D::NotDer { at, .. } => Some(*at),
            _ => None,
        };
        let text = deviation.to_string();
        Self { at, text }
    }
}

impl From<lds::Error> for Finding {
    fn from(error: lds::Error) -> Self {
        error.to_string().into()
    }
}

impl From<&pki::Deviation> for Finding {
    fn from(deviation: &pki::Deviation) -> Self {
        let quirk = deviation
            .kind
            .quirk()
            .map(|id| format!(" [{id}]"))
            .unwrap_or_default();
        Self {
            at: deviation.at,
            text: format!("{}{quirk}", deviation.kind),
        }
    }
}

impl From<pki::Error> for Finding {
    fn from(error: pki::Error) -> Self {
        error.to_string().into()
    }
}
