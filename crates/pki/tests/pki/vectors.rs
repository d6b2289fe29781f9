//! Objects that others have made: `test-vectors/pki`, one difference in each file. Adding a file adds a test.

use std::collections::{BTreeMap, BTreeSet};

use lds::File;
use pki::{DataGroup, Deviation, SecurityObject, TrustStore};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

#[test]
fn foreign_objects_give_the_expected_results() {
    for (name, path) in test_support::vectors("pki") {
        check(&name, &test_support::read_json(&path));
    }
}

fn check(name: &str, vector: &Value) {
    let given = &vector["given"];
    let security_object = test_support::hex(&given["security_object"]);
    let security_object =
        SecurityObject::parse(&security_object).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut store = TrustStore::new();
    store.add(&test_support::hex(&given["csca"]), name).unwrap();
    let now = OffsetDateTime::parse(vector["now"].as_str().unwrap(), &Rfc3339).unwrap();
    let report = pki::authenticate(
        &security_object,
        data_groups(&given["data_groups"]),
        &store,
        now,
    );

    let want = &vector["want"];
    for (check, result) in [
        ("hash", report.signer.hash),
        ("signature", report.signer.signature),
        ("issuer", report.signer.issuer),
        ("issuing_state", report.issuing_state),
        ("document_type", report.document_type),
    ] {
        let result = result.to_string();
        let value = result.split(':').next().unwrap();
        assert_eq!(
            Some(value),
            want[check].as_str(),
            "{name}: {check} is {result}"
        );
    }
    assert!(report.data_groups_together().is_successful(), "{name}");
    assert!(
        report.signer.document_signer_validity.is_successful(),
        "{name}"
    );
    assert_eq!(
        report.verified_lds().is_some(),
        want["issuer"] == "successful",
        "{name}"
    );

    // The place of a deviation is not part of the vector: it is what shifts when a key is longer.
    let found: BTreeSet<String> = report
        .signer
        .deviations
        .iter()
        .map(|deviation| Deviation::from(deviation.kind).to_string())
        .collect();
    let expected: BTreeSet<String> = want["deviations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(found, expected, "{name}");
}

fn data_groups(given: &Value) -> BTreeMap<File, DataGroup> {
    let files = given.as_object().unwrap();
    files
        .iter()
        .map(|(word, bytes)| {
            let file = File::from_word(word).unwrap();
            (
                file,
                DataGroup::Read(lds::HashedFile::new(
                    test_support::hex(bytes),
                    crypto::HashAlgorithm::Sha256,
                )),
            )
        })
        .collect()
}
