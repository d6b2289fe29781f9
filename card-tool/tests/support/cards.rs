//! Copies of the specimen card, and what is in their memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;
use tempfile::TempDir;

/// A copy of the specimen card: a chip writes to its file.
pub fn specimen() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let card = folder.path().join("card.json");
    std::fs::copy(test_support::fixture("cards/vn-citizen-nam.json"), &card).unwrap();
    (folder, card)
}

/// The files in the memory of a chip, as the chip's own format has them.
pub fn content(card: &Path) -> BTreeMap<String, Vec<u8>> {
    let octets = std::fs::read(card).unwrap();
    let mut found = BTreeMap::new();
    for writes in serde_json::Deserializer::from_slice(&octets).into_iter::<Value>() {
        for write in writes.unwrap().as_array().unwrap() {
            if write["write"] == "content" {
                let octets = BASE64.decode(write["octets"].as_str().unwrap()).unwrap();
                found.insert(write["file"].as_str().unwrap().to_owned(), octets);
            }
        }
    }
    found
}

/// Another letter in the name on the chip: no check digit covers it.
pub fn alter_name(card: &Path) {
    let text = std::fs::read_to_string(card).unwrap();
    let mut altered = content(card)["dg1"].clone();
    let dg1 = BASE64.encode(&altered);
    altered[70] = if altered[70] == b'A' { b'B' } else { b'A' };
    std::fs::write(card, text.replace(&dg1, &BASE64.encode(&altered))).unwrap();
}
