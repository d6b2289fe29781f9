//! From octets and tables to nodes. The walk goes as far as the octets do: what is cut, surplus or unknown becomes a node as well.

use super::annotation::Node;
use super::element::{self, Element, End};
use super::grammar::{Case, Content, OTHERWISE, Object, is_in_parts};
use super::universal;
use super::{oids, private_key};

/// Deepest nesting that is followed; a certificate inside a signed list has less than twenty levels.
const MAX_DEPTH: usize = 40;
/// Most objects of one file; a list of all certificates of the world's states has fewer.
const MAX_NODES: usize = 200_000;
/// Largest object for which its sum may stand: a hash algorithm with its parameters, an attribute of a name.
const MAX_FOLDED: usize = 96;

/// A walk through one file.
pub(super) struct Walker {
    depth: usize,
    left: usize,
    whole: bool,
}

/// Which object is expected next.
#[derive(Clone, Copy)]
pub(super) enum Plan {
    /// Nobody knows.
    Any,
    /// One of these.
    Tagged(&'static [Object]),
    /// The first of these that fits, and behind it only what follows it.
    InOrder(&'static [Object]),
    /// This one.
    Each(&'static Object),
    /// An identifier of this name, then what its case says.
    Identified(&'static str, &'static [Case]),
}

impl Walker {
    pub(super) fn new() -> Self {
        Self {
            depth: 0,
            left: MAX_NODES,
            whole: true,
        }
    }

    /// Whether everything was there, and everything was shown.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// The nodes of a row of objects that begins at `at`.
    pub(super) fn row(&mut self, input: &[u8], at: usize, mut plan: Plan) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut rest = input;
        while !rest.is_empty() {
            let place = at + (input.len() - rest.len());
            let element = Element::read(rest, place).filter(|_| !begins_padding(rest));
            let Some((element, behind)) = element else {
                nodes.push(self.rest(rest, place));
                break;
            };
            if self.left == 0 {
                self.whole = false;
                let (length, name) = (rest.len(), "more, not shown".into());
                nodes.push(Node {
                    at: place,
                    length,
                    name,
                    ..Node::default()
                });
                break;
            }
            self.left -= 1;
            rest = behind;
            nodes.push(self.planned(&element, &mut plan));
        }
        nodes
    }

    /// The node of the next object of a plan.
    fn planned(&mut self, element: &Element<'_>, plan: &mut Plan) -> Node {
        let mut node = match *plan {
            Plan::Identified(name, cases) => {
                *plan = Plan::InOrder(case_of(cases, element).map_or(&[], |case| case.fields));
                Node {
                    name: name.into(),
                    ..self.object(element, None)
                }
            }
            _ => self.object(element, next(plan, element)),
        };
        if element.is_cut() {
            self.whole = false;
            let (present, announced) = (element.value.len(), element.announced);
            node.remark = Some(format!("cut: {present} of {announced} bytes are there"));
        }
        node
    }

    /// Octets that begin no object: padding, or what nobody understands.
    fn rest(&mut self, octets: &[u8], at: usize) -> Node {
        let padding = octets.iter().all(|octet| matches!(octet, 0x00 | 0xFF));
        self.whole &= padding;
        let name = if padding {
            "padding"
        } else {
            "bytes that begin no data object"
        };
        Node::field(at, octets, name)
    }

    fn object(&mut self, element: &Element<'_>, object: Option<&'static Object>) -> Node {
        let mut node = Node {
            at: element.at,
            tag: Some(element.tag),
            header: element.header.to_vec(),
            length: element.announced,
            name: object.map_or_else(|| universal::name(element.tag), |object| object.name.into()),
            ..Node::default()
        };
        // Whatever was expected here: a key is not shown.
        if let Some(kind) = private_key::inside(element.tag, element.value) {
            return node.meaning(Some(format!("{kind}, not shown")));
        }
        self.depth += 1;
        let content = object.map_or(Content::Any, |object| object.content);
        self.fill(&mut node, element, content);
        self.depth -= 1;
        if element.end == End::Marked {
            let at = element.value_at() + element.value.len();
            node.children.push(Node {
                at,
                header: vec![0, 0],
                name: "end of contents".into(),
                ..Node::default()
            });
        }
        if let Some(object) = object {
            sum_up(&mut node, element, object);
        }
        node
    }

    fn fill(&mut self, node: &mut Node, element: &Element<'_>, content: Content) {
        if self.depth > MAX_DEPTH && element.is_constructed() {
            self.whole = false;
            node.content = element.value.to_vec();
            node.remark = Some("nested too deeply to follow".to_owned());
        } else if is_in_parts(element.tag) {
            self.parts(node, element, content);
        } else {
            self.content(node, element.value, element.value_at(), content);
        }
    }

    fn content(&mut self, node: &mut Node, octets: &[u8], at: usize, content: Content) {
        let inner = |object| Plan::Each(object);
        match content {
            Content::Any => self.by_tag(node, octets, at),
            Content::Value(tell) => {
                node.content = octets.to_vec();
                node.value = tell(octets);
            }
            Content::Row(objects) => node.children = self.row(octets, at, Plan::Tagged(objects)),
            Content::Fields(objects) => {
                node.children = self.row(octets, at, Plan::InOrder(objects));
            }
            Content::Each(object) => node.children = self.row(octets, at, inner(object)),
            Content::Identified(name, cases) => {
                if let Some(case) = Element::read(octets, at)
                    .and_then(|(identifier, _)| case_of(cases, &identifier))
                {
                    node.name = case.name.map_or_else(|| node.name.clone(), Into::into);
                }
                node.children = self.row(octets, at, Plan::Identified(name, cases));
            }
            Content::Wrapped(_) if !element::begins(octets) => node.content = octets.to_vec(),
            Content::Wrapped(object) => node.children = self.row(octets, at, inner(object)),
            Content::Record(read) => node.children = read(self, at, octets),
        }
    }

    /// What the tag alone tells.
    fn by_tag(&mut self, node: &mut Node, octets: &[u8], at: usize) {
        let constructed = node.header.first().is_some_and(|first| first & 0x20 != 0);
        if let Some(kind) = private_key::wrapped(octets) {
            node.value = Some(format!("{kind}, not shown"));
        } else if constructed
            && !octets.is_empty()
            && (element::is_row(octets) || universal::is_sequence(node.tag))
        {
            node.children = self.row(octets, at, Plan::Any);
        } else {
            node.content = octets.to_vec();
            if let Some(tag) = node.tag {
                (node.value, node.remark) = universal::value(tag, octets);
            }
        }
    }

    /// A string in parts: the parts, and then what they are together.
    fn parts(&mut self, node: &mut Node, element: &Element<'_>, content: Content) {
        node.children = self.row(element.value, element.value_at(), Plan::Any);
        let Some(joined) = join(element, MAX_DEPTH - self.depth.min(MAX_DEPTH)) else {
            return;
        };
        let mut whole = Node {
            length: joined.len(),
            name: "the parts joined".into(),
            restarts: true,
            ..Node::default()
        };
        // The tag tells what is in it, and stands in the parts already.
        whole.tag = Some(element.tag & !0x20);
        self.content(&mut whole, &joined, 0, content);
        whole.tag = None;
        node.children.push(whole);
    }
}

/// Sums an object up, and lets the sum stand for it if it is short.
fn sum_up(node: &mut Node, element: &Element<'_>, object: &Object) {
    if let Some(value) = object.sum.and_then(|sum| sum(node, element)) {
        node.value = Some(value);
        node.folds = object.folds && !element.is_cut() && element.raw.len() <= MAX_FOLDED;
    }
    if node.folds {
        node.content = element.value.to_vec();
    }
}

/// The octets of a string in parts. `None` when it holds anything but strings.
fn join(element: &Element<'_>, depth: usize) -> Option<Vec<u8>> {
    let mut joined = Vec::new();
    let mut rest = element.value;
    while let Some((part, behind)) = Element::read(rest, 0) {
        match (is_in_parts(part.tag), depth.checked_sub(1)) {
            (true, Some(depth)) => joined.extend(join(&part, depth)?),
            (false, _) if part.tag | 0x20 == element.tag => joined.extend_from_slice(part.value),
            _ => return None,
        }
        rest = behind;
    }
    rest.is_empty().then_some(joined)
}

/// Octets between and behind objects (ISO 7816-4 §6.1).
fn begins_padding(input: &[u8]) -> bool {
    matches!(input.first(), Some(0x00 | 0xFF))
}

fn next(plan: &mut Plan, element: &Element<'_>) -> Option<&'static Object> {
    match plan {
        Plan::Any | Plan::Identified(..) => None,
        Plan::Tagged(objects) => objects.iter().find(|object| object.fits(element.tag)),
        Plan::Each(object) => Some(*object).filter(|object| object.fits(element.tag)),
        Plan::InOrder(objects) => {
            let index = objects.iter().position(|object| object.fits(element.tag))?;
            let found = objects.get(index);
            *objects = objects.get(index + 1..).unwrap_or_default();
            found
        }
    }
}

fn case_of(cases: &'static [Case], identifier: &Element<'_>) -> Option<&'static Case> {
    let dotted = Some(identifier.value)
        .filter(|_| identifier.tag == universal::OBJECT_IDENTIFIER)
        .and_then(oids::dotted);
    let within = |arc| {
        dotted
            .as_deref()
            .is_some_and(|dotted| oids::is_within(dotted, arc))
    };
    cases
        .iter()
        .find(|case| case.arc == OTHERWISE || within(case.arc))
}
