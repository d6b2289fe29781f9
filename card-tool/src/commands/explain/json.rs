//! The explanation for programs. The shape is versioned: fields are added, never changed.

use serde_json::{Map, Value, json};

use super::annotation::{Annotation, Node, Positions};

/// Version of the shape.
pub(super) const SCHEMA: u32 = 1;
/// Longest value whose bytes are given without `-v`.
const MAX_BYTES: usize = 64;

/// One explanation.
pub(super) fn value(annotation: &Annotation, verbose: bool) -> Value {
    let findings = annotation.findings.as_ref().map(|findings| {
        let finding = findings
            .iter()
            .map(|finding| json!({ "at": finding.at, "text": finding.text }));
        finding.collect::<Vec<_>>()
    });
    json!({
        "kind": annotation.kind,
        "about": annotation.about,
        "place": annotation.place,
        "length": annotation.length,
        "positions": match annotation.positions {
            Positions::Bytes => "bytes",
            Positions::Lines => "lines",
            Positions::None => "none",
        },
        "nodes": nodes(&annotation.nodes, annotation.positions, verbose),
        "findings": findings,
        "note": annotation.note,
        "complete": annotation.gap.is_none(),
        "gap": annotation.gap,
    })
}

fn nodes(nodes: &[Node], positions: Positions, verbose: bool) -> Value {
    nodes
        .iter()
        .map(|each| node(each, positions, verbose))
        .collect()
}

fn node(node: &Node, positions: Positions, verbose: bool) -> Value {
    let mut object = Map::new();
    let mut add = |key: &str, value: Value| object.insert(key.to_owned(), value);
    if positions != Positions::None && !node.restarts {
        add("offset", json!(node.at));
        add("header_length", json!(node.header.len()));
        add("length", json!(node.length));
    }
    if node.restarts {
        add(
            "offsets_of_children",
            json!("from the start of the joined parts"),
        );
    }
    if let Some(tag) = node.tag {
        add("tag", json!(format!("{tag:02X}")));
    }
    add("name", json!(node.name));
    if let Some(value) = &node.value {
        add("value", json!(value));
    }
    if let Some(remark) = &node.remark {
        add("remark", json!(remark));
    }
    let is_short = verbose || node.content.len() <= MAX_BYTES;
    if !node.content.is_empty() && node.children.is_empty() && is_short {
        add("bytes", json!(hex::encode_upper(&node.content)));
    }
    if !node.children.is_empty() {
        add("children", nodes(&node.children, positions, verbose));
    }
    Value::Object(object)
}
