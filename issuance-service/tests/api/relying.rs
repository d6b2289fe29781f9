//! Relying parties: an agreement, questions, numbers for newborns, changes, status lists.

use std::collections::BTreeSet;

use access::{DeviceKind, Role};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::Client;
use crate::place::Place;

fn agreement() -> Value {
    json!({ "attributes": ["full_name", "date_of_birth", "sex"], "purposes": ["open-account"], "consent_needed": true,
        "per_minute": 60000, "lines_per_day": 100000, "misses_per_day": 1000, "tries_per_subject": 5,
        "chips": true, "numbers": true, "changes": ["number-assigned", "number-cancelled"] })
}

pub fn birth(request: Uuid) -> Value {
    json!({ "request": request, "place": "001",
        "texts": { "full_name": "TEST Nguyễn An", "date_of_birth": "2026-11-01", "sex": "female" } })
}

fn question(number: &str) -> Value {
    json!({ "subject": { "personal_number": number }, "purpose": "open-account", "consent": "consent-17",
        "attributes": { "full_name": "test nguyen an", "date_of_birth": "2026-11-01" } })
}

/// A party with an agreement.
pub fn party(place: &Place, name: &str) -> (Uuid, Client) {
    let (id, asker) = place.device(DeviceKind::RelyingParty, name);
    let (_, admin) = place.signed_in(&format!("test.admin.{id}"), &[Role::Administrator]);
    admin
        .json("PUT", &format!("/v1/agreements/{id}"), &[], &agreement())
        .is(200);
    (id, place.client_of(&asker))
}

#[test]
fn nothing_without_an_agreement() {
    let place = Place::new();
    let (id, asker) = place.device(DeviceKind::RelyingParty, "TEST bank");
    let bank = place.client_of(&asker);
    bank.post("/v1/verifications", &question("001326000001"))
        .refused(403, "not-agreed");
    bank.get("/v1/changes").refused(403, "not-agreed");
    bank.get("/v1/agreement").refused(404, "not-found");
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let path = format!("/v1/agreements/{id}");
    for (member, value) in [
        ("purposes", json!([])),
        ("purposes", json!(["Two words"])),
        ("attributes", json!(["portrait"])),
        ("attributes", json!(["sex", "sex"])),
        ("per_minute", json!(0)),
        ("tries_per_subject", json!(1000)),
        ("until", json!("soon")),
        ("another", json!(1)),
    ] {
        let mut changed = agreement();
        changed[member] = value;
        admin
            .json("PUT", &path, &[], &changed)
            .refused(422, "content");
    }
    admin
        .json(
            "PUT",
            &format!("/v1/agreements/{}", Uuid::now_v7()),
            &[],
            &agreement(),
        )
        .refused(404, "not-found");
    let tag = admin
        .json("PUT", &path, &[], &agreement())
        .is(200)
        .header("etag")
        .to_owned();
    admin
        .json("PUT", &path, &[], &agreement())
        .refused(428, "if-match-missing");
    let mut over = agreement();
    over["until"] = json!("2020-01-01");
    assert_eq!(
        bank.get("/v1/agreement").is(200).json()["agreement"]["purposes"][0],
        "open-account"
    );
    bank.post("/v1/verifications", &question("001326000001"))
        .is(200);
    let tag = admin
        .put(&path, &tag, &over)
        .is(200)
        .header("etag")
        .to_owned();
    bank.post("/v1/verifications", &question("001326000001"))
        .refused(403, "not-agreed");
    assert_eq!(admin.get(&path).is(200).header("etag"), tag);
    assert_eq!(
        admin.get("/v1/agreements").is(200).json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let log = place.audit_log();
    assert!(log.iter().any(|entry| entry.contains("no-agreement")));
    assert!(
        log.iter()
            .any(|entry| entry.contains("open-account") && entry.contains("consent-17"))
    );
}

#[test]
fn a_newborn_gets_one_number_and_two_persons_change_it() {
    let place = Place::new();
    let (_, civil) = party(&place, "TEST civil status");
    let request = Uuid::now_v7();
    let first = civil.post("/v1/numbers", &birth(request)).is(201).json();
    let number = first["personal_number"].as_str().unwrap().to_owned();
    assert!(
        number.starts_with("001326") && number.len() == 12,
        "{number}"
    );
    assert_eq!(
        civil.post("/v1/numbers", &birth(request)).is(200).json(),
        first
    );
    let mut other = birth(request);
    other["texts"]["sex"] = json!("male");
    civil.post("/v1/numbers", &other).refused(422, "content");
    for (path, value) in [
        ("place", json!("99")),
        ("place", json!("")),
        ("texts", json!({})),
    ] {
        let mut wrong = birth(Uuid::now_v7());
        wrong[path] = value;
        civil.post("/v1/numbers", &wrong).refused(422, "content");
    }
    // What no station would take: of these texts documents are made.
    for (field, text) in [
        ("full_name", "<script>alert(1)</script>"),
        ("full_name", "N0t 4 name 123"),
        ("full_name", "=cmd|calc!A0"),
        ("full_name", "..."),
        ("full_name", "TЕST An"),
        ("mother_name", "Nguyễn Thị 1"),
        ("place_of_birth", "Hà\u{200b}Nội"),
    ] {
        let mut wrong = birth(Uuid::now_v7());
        wrong["texts"][field] = json!(text);
        let refused = civil.post("/v1/numbers", &wrong);
        let pointer = refused.refused(422, "content").json()["errors"][0]["pointer"].clone();
        assert_eq!(pointer, format!("#/texts/{field}"), "{text}");
    }
    let mut future = birth(Uuid::now_v7());
    future["texts"]["date_of_birth"] = json!("2126-01-01");
    civil.post("/v1/numbers", &future).refused(422, "content");
    // What the register knows now is compared, and not told.
    let (_, bank) = party(&place, "TEST bank");
    let answer = bank.post("/v1/verifications", &question(&number)).is(200);
    assert_eq!(answer.json()["overall"], "match");
    assert!(!answer.text.contains("Nguyễn") && !answer.text.contains(&number));
    // Two clerks: one proposes, the other confirms.
    let (_, one) = place.signed_in("test.one", &[Role::IssuerClerk]);
    let (_, two) = place.signed_in("test.two", &[Role::IssuerClerk]);
    let wish = json!({ "personal_number": number, "reason": "place-wrong",
        "right": { "place": "079", "sex": "female", "year": 2026 } });
    one.post(
        "/v1/number-cancellations",
        &json!({ "personal_number": "001326999999", "reason": "place-wrong" }),
    )
    .refused(404, "not-found");
    let id = one.post("/v1/number-cancellations", &wish).is(201).json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let confirm = format!("/v1/number-cancellations/{id}/confirmation");
    // What the second person has seen is what is confirmed: another content has another name, and takes the place of the one before.
    let mut swapped = wish.clone();
    swapped["right"]["place"] = json!("001");
    let other = one
        .post("/v1/number-cancellations", &swapped)
        .is(201)
        .json();
    assert_ne!(other["id"], id);
    two.post(&confirm, &json!({})).refused(409, "conflict");
    let again = one.post("/v1/number-cancellations", &wish).is(201).json();
    assert_eq!(again["id"], id);
    one.post(&confirm, &json!({})).refused(403, "four-eyes");
    civil.post(&confirm, &json!({})).refused(403, "four-eyes");
    let right = two.post(&confirm, &json!({})).is(200).json()["personal_number"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(right.starts_with("079326"), "{right}");
    two.post(&confirm, &json!({})).refused(409, "conflict");
    assert_eq!(
        bank.post("/v1/verifications", &question(&number))
            .is(200)
            .json()["overall"],
        "no-match"
    );
    assert_eq!(
        bank.post("/v1/verifications", &question(&right))
            .is(200)
            .json()["overall"],
        "match"
    );
    civil.post("/v1/numbers", &birth(request)).is(200);
    place.audit_log();
    let changes = civil.get("/v1/changes").is(200).json();
    let kinds: Vec<&str> = changes["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    let [assigned, cancelled] = ["number-assigned", "number-cancelled"]
        .map(|kind| format!("card-toolchain.register.{kind}.1"));
    assert_eq!(kinds, [&assigned, &cancelled, &assigned]);
    assert_eq!(changes["items"][0]["subject"], first["reference"]);
    let after = changes["position"].as_str().unwrap();
    assert_eq!(
        civil
            .get(&format!("/v1/changes?after={after}"))
            .is(200)
            .json()["items"],
        json!([])
    );
    civil.get("/v1/changes?after=-1").refused(400, "malformed");
    for entry in place.audit_log() {
        assert!(
            !entry.contains(&number) && !entry.contains(&right) && !entry.contains("Nguy"),
            "{entry}"
        );
    }
}

#[test]
fn many_births_at_once_get_many_numbers() {
    let place = Place::new();
    let (_, civil) = party(&place, "TEST civil status");
    let asker = civil.asker;
    let requests: Vec<Uuid> = (0..8).map(|_| Uuid::now_v7()).collect();
    let numbers: Vec<(Uuid, String)> = std::thread::scope(|scope| {
        // Each birth is told twice, at the same time.
        let told = requests.iter().chain(&requests).map(|request| {
            let client = place.client_of(&asker);
            scope.spawn(move || {
                let answer = client.post("/v1/numbers", &birth(*request));
                assert!(matches!(answer.status, 200 | 201), "{}", answer.text);
                (
                    *request,
                    answer.json()["personal_number"]
                        .as_str()
                        .unwrap()
                        .to_owned(),
                )
            })
        });
        let told: Vec<_> = told.collect();
        told.into_iter().map(|told| told.join().unwrap()).collect()
    });
    let pairs: BTreeSet<_> = numbers.iter().collect();
    let distinct: BTreeSet<_> = numbers.iter().map(|(_, number)| number).collect();
    assert_eq!((pairs.len(), distinct.len()), (8, 8), "{numbers:?}");
}

#[test]
fn a_batch_over_the_line() {
    let place = Place::new();
    let (_, bank) = party(&place, "TEST bank");
    let line = |at: u32| {
        json!({ "id": format!("l{at}"), "subject": { "personal_number": format!("00132600{at:04}") },
            "attributes": { "full_name": "TEST" }, "consent": "consent-1" })
        .to_string()
    };
    let body: String = (1..=600).map(|at| line(at) + "\n").collect();
    let path = "/v1/verification-batches?purpose=open-account";
    let send = |path: &str, kind: &str, body: &str| {
        bank.send(
            "POST",
            path,
            &[("content-type", kind)],
            Some(body.as_bytes()),
        )
    };
    let ndjson = "application/x-ndjson";
    // What is refused is refused before its body is read: a short one, so that nobody is still writing then.
    send(path, "application/json", "{}").refused(415, "media-type");
    send("/v1/verification-batches?purpose=curiosity", ndjson, "{}").refused(403, "not-agreed");
    let answer = send(path, ndjson, &body).is(200);
    let lines: Vec<Value> = answer
        .text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 601);
    for (line, at) in lines.iter().zip(1..=600) {
        assert_eq!(
            (&line["line"], &line["id"], &line["overall"]),
            (&json!(at), &json!(format!("l{at}")), &json!("no-match"))
        );
    }
    assert_eq!(lines[600], json!({ "end": true, "next_line": 601 }));
    assert_eq!(
        place
            .audit_log()
            .iter()
            .filter(|entry| entry.contains("\"batch\""))
            .count(),
        600
    );
}

#[test]
fn lists_and_keys_are_for_everybody() {
    let place = Place::new();
    let anybody = place.client();
    let keys = anybody.get("/.well-known/jwks.json").is(200).json();
    assert_eq!(keys["keys"][0]["crv"], "P-256");
    let lists = anybody.get("/v1/status-lists").is(200).json();
    assert!(
        lists["status_lists"][0]
            .as_str()
            .unwrap()
            .ends_with("/v1/status-lists/0")
    );
    let list = anybody.get("/v1/status-lists/0").is(200);
    assert_eq!(list.header("content-type"), "application/statuslist+jwt");
    assert_eq!(list.header("cache-control"), "public, max-age=900");
    assert!(list.text.len() < 2000, "{}", list.text.len());
    let tag = list.header("etag").to_owned();
    let again = anybody
        .send(
            "GET",
            "/v1/status-lists/0",
            &[("if-none-match", &tag)],
            None,
        )
        .is(304);
    assert!(again.text.is_empty());
    for number in ["1", "4294967295", "4294967296", "-1", "x"] {
        anybody
            .get(&format!("/v1/status-lists/{number}"))
            .refused(404, "not-found");
    }
    let (_, bank) = party(&place, "TEST bank");
    bank.post(
        "/v1/subscriptions",
        &json!({ "url": "https://party.example/" }),
    )
    .refused(409, "conflict");
    let question = json!({ "security_object_sha256": "00".repeat(32), "purpose": "open-account", "consent": "c-1" });
    assert_eq!(
        bank.post("/v1/chip-verifications", &question)
            .is(200)
            .json()["overall"],
        "not-genuine"
    );
}

#[test]
fn subscriptions_show_their_secret_once_and_belong_to_one() {
    let place = Place::with(|config| config.relying.webhooks_on_loopback = true);
    let ((_, one), (_, two)) = (party(&place, "TEST one"), party(&place, "TEST two"));
    let made = one
        .post(
            "/v1/subscriptions",
            &json!({ "url": "http://127.0.0.1:9/changes" }),
        )
        .is(201)
        .json();
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"));
    let path = format!("/v1/subscriptions/{}", made["id"].as_str().unwrap());
    let listed = one.get("/v1/subscriptions").is(200);
    assert!(!listed.text.contains("secret") && listed.json()["items"][0]["state"] == "active");
    assert_eq!(
        two.get("/v1/subscriptions").is(200).json()["items"],
        json!([])
    );
    two.delete(&path).refused(404, "not-found");
    two.post(&format!("{path}/resumption"), &json!({}))
        .refused(404, "not-found");
    one.post(&format!("{path}/resumption"), &json!({})).is(200);
    for url in [
        "http://party.example/",
        "https://10.0.0.1\u{0}/",
        "file:///etc/passwd",
        "https://169.254.169.254/",
    ] {
        one.post("/v1/subscriptions", &json!({ "url": url }))
            .refused(422, "content");
    }
    one.delete(&path).is(204);
    one.post(&format!("{path}/resumption"), &json!({}))
        .refused(409, "conflict");
}
