//! What operators look at: a person with applications and documents, cards that wait for quality control, issuer profiles.

use access::Role;
use serde_json::{Value, json};
use test_support::postgres::Database;
use uuid::Uuid;

use crate::both;
use crate::place::Place;
use crate::relying::{birth, party};
use crate::workshop::{PROFILE, Workshop};

fn workshop(place: &Place) -> Workshop {
    Workshop::of(&place.api.office, place.now())
}

/// Somebody of the register, by the id that operators see.
fn person(place: &Place) -> (Uuid, String) {
    let (_, civil) = party(place, "TEST civil status");
    let number = civil
        .post("/v1/numbers", &birth(Uuid::now_v7()))
        .is(201)
        .json();
    let number = number["personal_number"].as_str().unwrap().to_owned();
    let found = place
        .wait(place.api.office.people().of_number(&number))
        .unwrap();
    (found.unwrap(), number)
}

pub fn a_person_with_applications_and_documents(database: Option<&Database>) {
    let place = both::place(database);
    let (id, number) = person(&place);
    let work = workshop(&place);
    let (first, job) = place.wait(async {
        work.stock(2).await;
        let first = work.application(id).await;
        (first, work.make(first, 0).await.unwrap())
    });
    // Another person's are not among them.
    let _ = place.wait(work.application(Uuid::now_v7()));
    let second = place.wait(work.application(id));
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    let view = clerk.get(&format!("/v1/people/{id}")).is(200).json();
    assert_eq!(view["number"], number.as_str());
    let of = |list: &str, member: &str| -> Vec<Value> {
        let items = view[list].as_array().unwrap();
        items.iter().map(|item| item[member].clone()).collect()
    };
    let mut ids = of("applications", "id");
    ids.sort_by_key(Value::to_string);
    let mut wanted = [json!(first), json!(second)];
    wanted.sort_by_key(Value::to_string);
    assert_eq!(ids, wanted);
    let mut stages = of("applications", "stage");
    stages.sort_by_key(Value::to_string);
    assert_eq!(stages, ["approved", "in-production"]);
    assert_eq!(of("documents", "job"), [json!(job)]);
    assert_eq!(of("documents", "application"), [json!(first)]);
    assert_eq!(of("documents", "stage"), ["signed"]);
    assert_eq!(of("documents", "kind"), ["PP"]);
    assert_eq!(of("documents", "profile"), [PROFILE]);
    // Whoever looked stands in the audit log, and what was seen does not.
    let log = place.audit_log();
    let told = |entry: &&String| entry.contains("person.read") && entry.contains(&id.to_string());
    assert_eq!(log.iter().filter(told).count(), 1);
    assert!(!log.iter().any(|entry| entry.contains(&number)));
    let (_, quality) = place.signed_in("test.quality", &[Role::QualityControl]);
    quality
        .get(&format!("/v1/people/{id}"))
        .refused(403, "not-permitted");
}

pub fn written_cards_wait_for_quality_control(database: Option<&Database>) {
    let place = both::place(database);
    let work = workshop(&place);
    let jobs = place.wait(work.jobs(3));
    let (_, writer) = place.signed_in("test.writer", &[Role::Personaliser]);
    let (_, quality) = place.signed_in("test.quality", &[Role::QualityControl]);
    let list = || quality.get("/v1/quality").is(200).json();
    assert_eq!(list()["items"], json!([]));
    let wish = json!({ "site": "test-site", "profile": PROFILE, "count": 3 });
    let batch = writer.post("/v1/batches", &wish).is(200).json();
    let batch = batch["batch"]["id"].as_str().unwrap().to_owned();
    let receipt = |counter: u32| json!({ "counter": counter, "mac": "09".repeat(16) });
    let report = |job: &Uuid| json!({ "outcome": "written", "job": job, "commit": receipt(10) });
    let results: Vec<Value> = jobs.iter().take(2).map(report).collect();
    let path = format!("/v1/batches/{batch}/results");
    writer.post(&path, &json!({ "results": results })).is(200);
    let items = list()["items"].as_array().unwrap().clone();
    let mut waiting: Vec<&str> = items
        .iter()
        .map(|item| item["job"].as_str().unwrap())
        .collect();
    waiting.sort_unstable();
    let mut wanted: Vec<String> = jobs.iter().take(2).map(Uuid::to_string).collect();
    wanted.sort_unstable();
    assert_eq!(waiting, wanted);
    for item in &items {
        assert_eq!(
            (&item["batch"], &item["profile"]),
            (&json!(batch), &json!(PROFILE))
        );
        assert_eq!(
            (&item["written_by"], &item["own"]),
            (&json!("test.writer"), &json!(false))
        );
        assert!(item["waits_since"].is_string());
    }
    // In parts, and of one site.
    let part = quality
        .get("/v1/quality?limit=1&site=test-site")
        .is(200)
        .json();
    assert_eq!(part["items"].as_array().unwrap().len(), 1);
    let next = part["next"].as_str().unwrap();
    let rest = quality
        .get(&format!("/v1/quality?limit=1&site=test-site&after={next}"))
        .is(200)
        .json();
    assert_ne!(rest["items"][0]["job"], part["items"][0]["job"]);
    assert_eq!(
        quality.get("/v1/quality?site=another").is(200).json()["items"],
        json!([])
    );
    writer.get("/v1/quality").refused(403, "not-permitted");
    // What is judged waits no longer.
    let passed = json!({ "outcome": "passed", "job": items[0]["job"], "lock": receipt(11) });
    let path = format!("/v1/batches/{batch}/quality");
    let outcomes = quality
        .post(&path, &json!({ "results": [passed] }))
        .is(200)
        .json();
    assert_eq!(list()["items"].as_array().unwrap().len(), 1, "{outcomes}");
}

#[test]
fn profiles_are_shown() {
    let place = Place::new();
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let items = admin.get("/v1/profiles").is(200).json()["items"].clone();
    let ids: Vec<&str> = enrolment::profiles::ALL
        .iter()
        .map(|profile| profile.data().id)
        .collect();
    let shown: Vec<&str> = items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap())
        .collect();
    assert_eq!(shown, ids);
    for (id, item) in ids.iter().zip(items.as_array().unwrap()) {
        assert_eq!(
            &admin.get(&format!("/v1/profiles/{id}")).is(200).json(),
            item
        );
        assert!(
            item["required"]
                .as_array()
                .unwrap()
                .iter()
                .any(|field| field["word"] == "sex")
        );
        assert!(
            item["files"].as_array().unwrap().contains(&json!("EF.DG1")),
            "{item}"
        );
    }
    admin.get("/v1/profiles/nothing").refused(404, "not-found");
    let (_, approver) = place.signed_in("test.approver", &[Role::Approver]);
    approver.get("/v1/profiles").refused(403, "not-permitted");
}
