//! What nothing is known about: a plain tree of data objects, an image, or the bytes themselves. Text is not shown at all, because keys and
//! passwords are kept as text.

use super::annotation::{Annotation, Node, Positions};
use super::element;
use super::value;
use super::walker::{Plan, Walker};

/// Bytes of a file that are shown of an unknown one.
const SHOWN: usize = 4096;
/// Bytes of a line.
const LINE: usize = 16;
/// Lengths of symmetric keys: what has such a length and no structure may be one.
const KEY_LENGTHS: [usize; 3] = [16, 24, 32];

/// The content as text, if it is text.
pub(super) fn as_text(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let is_control =
        |character: char| character.is_control() && !matches!(character, '\t' | '\r' | '\n');
    (!text.is_empty() && !text.contains(is_control)).then_some(text)
}

/// Text of an unknown kind.
pub(super) fn text(text: &str) -> Annotation {
    Annotation {
        kind: "text of an unknown kind".into(),
        length: text.len(),
        positions: Positions::None,
        nodes: vec![Node::line(
            "content",
            format!(
                "text of {} characters, not shown: it may be a key or a password",
                text.chars().count()
            ),
        )],
        gap: Some(
            "`explain` knows chip files, job files, APDU traces, PEM and machine readable zones as text",
        ),
        ..Annotation::default()
    }
}

/// Octets of an unknown kind.
pub(super) fn octets(bytes: &[u8]) -> Annotation {
    let annotation = Annotation {
        length: bytes.len(),
        ..Annotation::default()
    };
    if bytes.is_empty() {
        return Annotation {
            kind: "empty file".into(),
            gap: Some("there is nothing to explain"),
            ..annotation
        };
    }
    if biometrics::image::sniff(bytes).is_some() {
        let image = Node::field(0, bytes, "image").meaning(value::image(bytes));
        return Annotation {
            kind: "image".into(),
            nodes: vec![image],
            ..annotation
        };
    }
    let mut walker = Walker::new();
    if element::is_row(bytes) {
        let nodes = walker.row(bytes, 0, Plan::Any);
        let gap = (!walker.is_whole()).then_some("not everything could be followed");
        return Annotation {
            kind: "BER-TLV data objects".into(),
            about: "of no known file (ISO 7816-4 §6)".into(),
            nodes,
            gap,
            ..annotation
        };
    }
    let annotation = Annotation {
        kind: "unknown content".into(),
        ..annotation
    };
    if let Some(why) = may_be_secret(bytes) {
        return Annotation {
            positions: Positions::None,
            nodes: vec![Node::line("content", format!("not shown: {why}"))],
            gap: Some("neither a known file nor data objects"),
            ..annotation
        };
    }
    Annotation {
        nodes: dump(bytes),
        gap: Some(
            "neither a known file nor data objects; is it encrypted, compressed, or does something stand in front of it?",
        ),
        ..annotation
    }
}

/// Why bytes without a structure had better not be shown: keys, and files with keys in them, get damaged like any others.
fn may_be_secret(bytes: &[u8]) -> Option<&'static str> {
    const KEY_ALGORITHMS: [&[u8]; 2] = [
        b"\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01",
        b"\x2A\x86\x48\xCE\x3D\x02\x01",
    ];
    let is_text = |byte: &&u8| byte.is_ascii_graphic() || byte.is_ascii_whitespace();
    let holds = |mark: &[u8]| bytes.windows(mark.len()).any(|window| window == mark);
    if KEY_LENGTHS.contains(&bytes.len()) {
        Some("it has the length of a key")
    } else if 8 * bytes.iter().filter(is_text).count() >= 7 * bytes.len() {
        Some("it looks like damaged text, which may be a key or a password")
    } else if KEY_ALGORITHMS.into_iter().any(holds) {
        Some("it names the algorithm of a key")
    } else {
        None
    }
}

fn dump(bytes: &[u8]) -> Vec<Node> {
    let (shown, rest) = bytes.split_at_checked(SHOWN).unwrap_or((bytes, &[]));
    let line =
        |(index, octets): (usize, &[u8])| Node::field(index * LINE, octets, characters(octets));
    let mut nodes: Vec<Node> = (0..).zip(shown.chunks(LINE)).map(line).collect();
    if !rest.is_empty() {
        nodes.push(Node {
            at: SHOWN,
            length: rest.len(),
            name: format!("{} more bytes, not shown", rest.len()).into(),
            ..Node::default()
        });
    }
    nodes
}

fn characters(octets: &[u8]) -> String {
    let printable = |octet: &u8| {
        if octet.is_ascii_graphic() || *octet == b' ' {
            char::from(*octet)
        } else {
            '.'
        }
    };
    octets.iter().map(printable).collect()
}
