//! Public keys and points of curves.

use super::annotation::Node;
use super::element;
use super::tags::keys::{DH_PUBLIC_KEY, RSA_PUBLIC_KEY};
use super::value;
use super::walker::{Plan, Walker};

/// Forms of a point (TR-03111 §3.2).
const INFINITY: u8 = 0x00;
const UNCOMPRESSED: u8 = 0x04;

/// The key of a SubjectPublicKeyInfo, which is one of three kinds.
pub(super) fn subject_public_key(walker: &mut Walker, at: usize, octets: &[u8]) -> Vec<Node> {
    let Some((unused, key)) = octets.split_first() else {
        return Vec::new();
    };
    let mut nodes =
        vec![Node::field(at, &[*unused], "unused bits").meaning(Some(unused.to_string()))];
    let is_object = element::is_row(key);
    nodes.extend(match key.first() {
        Some(0x30) if is_object => walker.row(key, at + 1, Plan::Each(&RSA_PUBLIC_KEY)),
        Some(0x02) if is_object => walker.row(key, at + 1, Plan::Each(&DH_PUBLIC_KEY)),
        _ => point(walker, at + 1, key),
    });
    nodes
}

/// A point: its form and its coordinates.
pub(super) fn point(_walker: &mut Walker, at: usize, octets: &[u8]) -> Vec<Node> {
    let Some((form, coordinates)) = octets.split_first() else {
        return Vec::new();
    };
    let form_node = |text: &str| Node::field(at, &[*form], "form").meaning(Some(text.to_owned()));
    let coordinate =
        |at, octets: &[u8], name| Node::field(at, octets, name).meaning(value::count(octets));
    match (*form, coordinates.split_at_checked(coordinates.len() / 2)) {
        (UNCOMPRESSED, Some((x, y))) if x.len() == y.len() => {
            vec![
                form_node("uncompressed"),
                coordinate(at + 1, x, "x"),
                coordinate(at + 1 + x.len(), y, "y"),
            ]
        }
        (0x02 | 0x03, _) => vec![
            form_node("compressed"),
            coordinate(at + 1, coordinates, "x"),
        ],
        (INFINITY, _) if coordinates.is_empty() => vec![form_node("the point at infinity")],
        _ => vec![Node::field(at, octets, "key").meaning(value::count(octets))],
    }
}
