//! The log over the API: numbered without gaps, signed, proved; an auditor who checks it finds nothing, and what was changed he finds.

use access::Role;
use audit_log::{Auditor, ConsistencyProof, Hash, InclusionProof, LogKey, VerifiedCheckpoint};
use serde_json::json;
use test_support::postgres::Database;

use crate::both;
use crate::place::Place;

pub fn an_auditor_follows_the_log(database: Option<&Database>) {
    let place = both::place(database);
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let (_, auditor) = place.signed_in("test.auditor", &[Role::Auditor]);
    let mut kept: Option<Auditor> = None;
    for round in 0..4 {
        for number in 0..=round * 3 {
            let login = format!("test.{round}.{number}");
            admin
                .post(
                    "/v1/accounts",
                    &json!({ "login": login, "display_name": "TEST", "roles": [] }),
                )
                .is(201);
        }
        place.audit_log();
        let view = auditor.get("/v1/audit/checkpoint").is(200).json();
        let key = LogKey::parse(view["key"].as_str().unwrap()).unwrap();
        let note = view["note"].as_str().unwrap();
        let checkpoint = VerifiedCheckpoint::open(note, std::slice::from_ref(&key)).unwrap();
        let size = checkpoint.head().size;
        assert_eq!(view["size"], size);
        let auditing = kept.get_or_insert_with(|| Auditor::new(vec![key.clone()]));
        let proof = auditor
            .get(&format!(
                "/v1/audit/proofs/consistency?from={}&to={size}",
                auditing.prove_from()
            ))
            .is(200)
            .json();
        let proof: ConsistencyProof = serde_json::from_value(proof["proof"].clone()).unwrap();
        auditing.advance(note, &proof).unwrap();
        let entries = auditor.get("/v1/audit/entries?limit=500").is(200).json();
        let items = entries["items"].as_array().unwrap();
        assert!(items.len() as u64 >= size);
        for (number, item) in items
            .iter()
            .enumerate()
            .take(usize::try_from(size).unwrap())
        {
            assert_eq!(item["number"], number);
            let proof = auditor
                .get(&format!(
                    "/v1/audit/proofs/inclusion?index={number}&size={size}"
                ))
                .is(200)
                .json();
            let proof: InclusionProof = serde_json::from_value(proof["proof"].clone()).unwrap();
            let bytes = item["entry"].to_string();
            // The order of members is lost in this client: the entry is read again from the register's spelling.
            let stored = &place.audit_log()[number];
            assert_eq!(
                serde_json::from_str::<serde_json::Value>(stored).unwrap(),
                serde_json::from_str::<serde_json::Value>(&bytes).unwrap()
            );
            proof
                .verify(Hash::of_leaf(stored.as_bytes()), checkpoint.head())
                .unwrap();
            assert!(
                proof
                    .verify(
                        Hash::of_leaf(stored.replace("done", "none").as_bytes()),
                        checkpoint.head()
                    )
                    .is_err()
            );
        }
    }
    for bad in [
        "inclusion?index=100000",
        "inclusion?index=0&size=100000",
        "consistency?from=100000",
        "consistency?from=3&to=1",
    ] {
        auditor
            .get(&format!("/v1/audit/proofs/{bad}"))
            .refused(422, "content");
    }
    for bad in ["inclusion", "inclusion?index=-1", "consistency?from=x"] {
        auditor
            .get(&format!("/v1/audit/proofs/{bad}"))
            .refused(400, "malformed");
    }
    auditor
        .get("/v1/audit/entries?from=18446744073709551615")
        .refused(422, "content");
}

/// What is refused to somebody known is in the log as well.
#[test]
fn refusals_are_told() {
    let place = Place::new();
    let (clerk, browser) = place.signed_in("test.clerk", &[Role::Operator]);
    browser
        .post("/v1/accounts", &json!({}))
        .refused(403, "not-permitted");
    let log = place.audit_log();
    let told = log.iter().any(|entry| {
        entry.contains(&clerk.id.to_string()) && entry.contains("\"refused\":\"not-permitted\"")
    });
    assert!(told, "{log:#?}");
}
