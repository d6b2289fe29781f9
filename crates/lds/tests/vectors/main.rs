//! The worked examples of `test-vectors/lds` and `test-vectors/dg13`: read, compared with what they say, written again.
//!
//! A vector is JSON: `file` the word of the file, `hex` its bytes with an optional `append`ed run of one octet, `expected`
//! values by name, `deviations` (none unless given; `*` at the start of a text stands for any beginning), `refused` for
//! an example of the standard that is wrong beyond reading.

// Failing is what a test is for.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod describe;
mod hostile;

use describe::describe;
use serde_json::Value;
use test_support::{hex, read_json, unhex, vectors};

#[test]
fn files() {
    for (name, path) in vectors("lds") {
        check(&name, &read_json(&path));
    }
}

#[test]
fn vietnamese_particulars() {
    for (name, path) in vectors("dg13") {
        let vector = read_json(&path);
        let file = bytes(&vector);
        let parsed = lds::dg13::vietnam::VietnamCitizen::parse(&file).unwrap();
        assert_eq!(parsed.deviations, [], "{name}");
        compare(&name, &vector, &describe::citizen(&parsed.value));

        let rewritten = lds::FileContent::to_bytes(&parsed.value.to_dg13().unwrap());
        let same = vector["rewritten"].as_bool().unwrap();
        assert_eq!(rewritten == file, same, "{name}: written again");
        let again = lds::dg13::vietnam::VietnamCitizen::parse(&rewritten).unwrap();
        assert_eq!(again.strict().as_ref(), Ok(&parsed.value), "{name}");
    }
}

fn check(name: &str, vector: &Value) {
    let word = vector["file"].as_str().unwrap();
    let file = bytes(vector);
    let description = describe(word, &file);
    if vector["refused"] == true {
        assert!(description.is_err(), "{name}: should be refused");
        return;
    }
    let description = description.unwrap_or_else(|e| panic!("{name}: {e}"));
    compare(name, vector, &description.values);
    let none = Vec::new();
    let expected = vector["deviations"].as_array().unwrap_or(&none);
    let found = &description.deviations;
    let alike = |expected: &Value, found: &String| {
        let expected = expected.as_str().unwrap();
        match expected.split_once('*') {
            Some((start, end)) => found.starts_with(start) && found.ends_with(end),
            None => found == expected,
        }
    };
    assert!(
        expected.len() == found.len() && expected.iter().zip(found).all(|(e, f)| alike(e, f)),
        "{name}: {found:#?}"
    );
    assert_eq!(
        hex::encode_upper(&description.rewritten),
        hex::encode_upper(&file),
        "{name}: written again"
    );
}

fn compare(name: &str, vector: &Value, found: &Value) {
    let expected = vector["expected"].as_object().unwrap();
    assert!(!expected.is_empty(), "{name} expects nothing");
    for (key, value) in expected {
        assert_eq!(&found[key], value, "{name}: {key}");
    }
}

fn bytes(vector: &Value) -> Vec<u8> {
    let mut file = hex(&vector["hex"]);
    if let Some(run) = vector.get("append") {
        let octet = unhex(run["octet"].as_str().unwrap());
        let count = usize::try_from(run["count"].as_u64().unwrap()).unwrap();
        file.extend(octet.repeat(count));
    }
    file
}
