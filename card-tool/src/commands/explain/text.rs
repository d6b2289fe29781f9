//! The explanation for people: offset, bytes, meaning, one line for each object.

use std::fmt::Write as _;

use super::annotation::{Annotation, Node, Positions};
use crate::printable::line as printable;

/// Characters of the column of bytes.
const BYTES_WIDTH: usize = 40;
/// Bytes of a line where all are shown.
const BYTES_PER_LINE: usize = BYTES_WIDTH / 2;

/// The explanation as lines.
pub(super) fn render(annotation: &Annotation, verbose: bool) -> String {
    let mut page = Page {
        out: String::new(),
        verbose,
        positions: annotation.positions,
        width: offset_width(annotation),
    };
    page.head(annotation);
    page.nodes(&annotation.nodes, "", "");
    page.foot(annotation);
    page.out
}

struct Page {
    out: String,
    verbose: bool,
    positions: Positions,
    width: usize,
}

impl Page {
    fn head(&mut self, annotation: &Annotation) {
        let Annotation {
            kind,
            about,
            length,
            ..
        } = annotation;
        let separator = if about.is_empty() { "" } else { ": " };
        self.line(&format!(
            "{}{separator}{}, {length} bytes",
            printable(kind),
            printable(about)
        ));
        if let Some(place) = &annotation.place {
            self.line(place);
        }
        let position = match self.positions {
            Positions::Bytes => "at",
            Positions::Lines => "line",
            Positions::None => return,
        };
        let (bytes, width) = ("bytes", self.width);
        self.line(&format!(
            "{position:>width$}  {bytes:BYTES_WIDTH$}  meaning"
        ));
    }

    fn foot(&mut self, annotation: &Annotation) {
        match annotation.findings.as_deref() {
            None => {}
            Some([]) => self.line("findings: none"),
            Some(findings) => {
                self.line(&format!("findings: {}", findings.len()));
                for finding in findings {
                    // Most of our readers say where in their words.
                    let says_where = finding.text.contains("byte ");
                    let place = finding.at.filter(|_| !says_where);
                    let place = place.map(|at| format!("{} {at}: ", self.unit()));
                    let place = place.unwrap_or_default();
                    self.line(&format!("  ! {place}{}", printable(&finding.text)));
                }
            }
        }
        if let Some(note) = annotation.note {
            self.line(&format!("note: {note}"));
        }
        if let Some(gap) = annotation.gap {
            self.line(&format!("hint: {gap}"));
        }
    }

    fn unit(&self) -> &'static str {
        if self.positions == Positions::Lines {
            "line"
        } else {
            "byte"
        }
    }

    /// Nodes beside each other; `guide` leads to them, `place` stands in front of their offsets.
    fn nodes(&mut self, nodes: &[Node], guide: &str, place: &str) {
        let top = guide.is_empty() && place.is_empty();
        for (index, node) in nodes.iter().enumerate() {
            let last = index + 1 == nodes.len();
            let (branch, trunk) = match (top, last) {
                (true, _) => (" ", " "),
                (false, true) => ("└ ", "  "),
                (false, false) => ("├ ", "│ "),
            };
            let below = format!("{guide}{trunk}");
            let folded = node.folds && !self.verbose;
            let has_children = !node.children.is_empty() && !folded;
            self.node(
                node,
                &format!("{guide}{branch}"),
                &format!("{below}{}", if has_children { "│ " } else { "" }),
                place,
            );
            if has_children {
                self.nodes(
                    &node.children,
                    &below,
                    if node.restarts { "+" } else { place },
                );
            }
        }
    }

    /// One node: its line, and further lines for bytes that must all be shown.
    fn node(&mut self, node: &Node, guide: &str, below: &str, place: &str) {
        let meaning = meaning(node);
        if self.positions == Positions::None {
            self.line(&format!("{guide}{meaning}"));
            return;
        }
        let offset = if node.restarts {
            String::new()
        } else {
            format!("{place}{}", node.at)
        };
        let header = header(node);
        let content = if node.folds && self.verbose {
            &[][..]
        } else {
            &node.content
        };
        let room = BYTES_WIDTH.saturating_sub(header.len()) / 2;
        if content.len() <= room {
            self.row(
                &offset,
                &format!("{header}{}", hex::encode_upper(content)),
                guide,
                &meaning,
            );
        } else if self.verbose {
            self.row(&offset, header.trim_end(), guide, &meaning);
            let start = node.at + node.header.len();
            for (index, chunk) in content.chunks(BYTES_PER_LINE).enumerate() {
                let offset = format!("{place}{}", start + index * BYTES_PER_LINE);
                self.row(&offset, &hex::encode_upper(chunk), below, "");
            }
        } else {
            let shown = content.get(..room.saturating_sub(1)).unwrap_or_default();
            self.row(
                &offset,
                &format!("{header}{}…", hex::encode_upper(shown)),
                guide,
                &meaning,
            );
        }
    }

    fn row(&mut self, offset: &str, bytes: &str, guide: &str, meaning: &str) {
        let width = self.width;
        self.line(&format!(
            "{offset:>width$}  {bytes:BYTES_WIDTH$} {guide}{meaning}"
        ));
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }
}

/// Tag and length, a blank behind each.
fn header(node: &Node) -> String {
    let mut text = String::new();
    let tag_len = node.tag.map_or(0, |tag| {
        tag.to_be_bytes()
            .iter()
            .skip_while(|octet| **octet == 0)
            .count()
    });
    let (tag, length) = node
        .header
        .split_at_checked(tag_len)
        .unwrap_or((&[], &node.header));
    for part in [tag, length].into_iter().filter(|part| !part.is_empty()) {
        let _ = write!(text, "{} ", hex::encode_upper(part));
    }
    text
}

fn meaning(node: &Node) -> String {
    let mut text = printable(&node.name);
    if let Some(value) = &node.value {
        let _ = write!(text, ": {}", printable(value));
    }
    if let Some(remark) = &node.remark {
        let _ = write!(text, " ({})", printable(remark));
    }
    text
}

fn offset_width(annotation: &Annotation) -> usize {
    let highest = match annotation.positions {
        Positions::Lines => annotation
            .nodes
            .iter()
            .map(|node| node.at)
            .max()
            .unwrap_or(0),
        Positions::Bytes | Positions::None => annotation.length,
    };
    highest.to_string().len().max(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotation(nodes: Vec<Node>) -> Annotation {
        Annotation {
            kind: "TEST".into(),
            length: 1000,
            nodes,
            ..Annotation::default()
        }
    }

    #[test]
    fn a_tree_of_two_levels() {
        let leaf = |at, name: &'static str| Node::field(at, &[0xAB; 3], name);
        let parent = Node {
            header: vec![0x5F, 0x1F, 0x06],
            tag: Some(0x5F1F),
            name: "parent".into(),
            ..Node::default()
        };
        let children = vec![leaf(3, "one").meaning(Some("1".to_owned())), leaf(6, "two")];
        let text = render(&annotation(vec![Node { children, ..parent }]), false);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "TEST, 1000 bytes");
        assert_eq!(
            lines[2],
            "    0  5F1F 06                                   parent"
        );
        assert_eq!(
            lines[3],
            "    3  ABABAB                                    ├ one: 1"
        );
        assert_eq!(
            lines[4],
            "    6  ABABAB                                    └ two"
        );
    }

    #[test]
    fn long_values_are_shortened_or_shown_on_lines() {
        let long = annotation(vec![Node::field(5, &[0xCD; 50], "long")]);
        let text = render(&long, false);
        assert!(text.contains("CD…") && text.lines().count() == 3, "{text}");
        let text = render(&long, true);
        assert_eq!(text.matches("CD").count(), 50, "{text}");
        assert!(text.contains("\n   45  CDCD"), "{text}");
    }

    #[test]
    fn foreign_text_cannot_rewrite_the_terminal() {
        let node = Node::line("a\u{1B}[2J", "b\nc\u{202E}d");
        let text = render(&annotation(vec![node]), false);
        assert!(
            !text.contains('\u{1B}') && !text.contains('\u{202E}') && text.lines().count() == 3,
            "{text}"
        );
    }
}
