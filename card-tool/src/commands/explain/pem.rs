//! PEM: objects in base64 between lines that say what they are (RFC 7468).

use base64::Engine as _;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

use super::annotation::{Annotation, Node, Positions};

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";
/// What the labels of all private keys end with, encrypted or not.
const PRIVATE_KEY: &str = "PRIVATE KEY";
const ANY_PADDING: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whether the text has PEM blocks.
pub(super) fn is_pem(text: &str) -> bool {
    text.contains(BEGIN)
}

/// The blocks, one explanation each. Text around them is passed over.
pub(super) fn explain(text: &str) -> Vec<Annotation> {
    let mut annotations = Vec::new();
    let mut rest = text;
    while let Some((_, behind)) = rest.split_once(BEGIN) {
        let (label, body) = behind.split_once(DASHES).unwrap_or((behind, ""));
        let (body, behind) = body.split_once(END).unwrap_or((body, ""));
        rest = behind;
        let annotation = block(label, body);
        let kind = format!("PEM block {}: {}", annotations.len() + 1, annotation.kind);
        annotations.push(Annotation {
            kind: kind.into(),
            ..annotation
        });
    }
    annotations
}

fn block(label: &str, body: &str) -> Annotation {
    if label.trim_end().ends_with(PRIVATE_KEY) {
        return Annotation {
            kind: "private key".into(),
            about: "kept secret".into(),
            length: body.len(),
            positions: Positions::None,
            nodes: vec![Node::line("content", "not shown: a key is shown to nobody")],
            ..Annotation::default()
        };
    }
    let characters: String = body.split_whitespace().collect();
    match ANY_PADDING.decode(characters) {
        Ok(object) => super::of_octets(&object),
        Err(_) => Annotation {
            kind: "unreadable".into(),
            length: body.len(),
            positions: Positions::None,
            gap: Some("the block is not base64"),
            ..Annotation::default()
        },
    }
}
