//! What of a body cannot be taken is named, and nothing of what somebody has sent; times have one form.

use access::{DeviceKind, Role};
use serde_json::{Value, json};

use crate::place::Place;
use crate::workshop::{PROFILE, Workshop};

/// A name of a person: it stands in what is sent, and in no problem.
const SOMEBODY: &str = "NGUYEN VAN SPECIMEN";

#[test]
fn a_problem_names_the_field_and_no_value() {
    let place = Place::new();
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    let (_, writer) = place.signed_in("test.writer", &[Role::Personaliser]);
    let (_, party) = place.device(DeviceKind::RelyingParty, "TEST bank");
    let party = place.client_of(&party);
    let anybody = place.client();
    let missing = "it is missing";
    let cases: [(_, &str, Value, &str, &str); 12] = [
        (&anybody, "/v1/sessions", json!({}), "#/login", missing),
        (
            &anybody,
            "/v1/sessions",
            json!({ "login": SOMEBODY }),
            "#/password",
            missing,
        ),
        (
            &anybody,
            "/v1/sessions",
            json!({ "login": "a", "password": "b", SOMEBODY: 1 }),
            "#",
            "a field here is none of those that are taken",
        ),
        (&admin, "/v1/accounts", json!({}), "#/login", missing),
        (
            &admin,
            "/v1/accounts",
            json!({ "login": "test.x", "display_name": SOMEBODY }),
            "#/roles",
            missing,
        ),
        (
            &admin,
            "/v1/accounts",
            json!({ "login": "test.x", "display_name": SOMEBODY, "roles": ["operator", SOMEBODY] }),
            "#/roles/1",
            "it is none of the words that are taken",
        ),
        (
            &admin,
            "/v1/devices",
            json!({ "kind": "station", "name": "TEST" }),
            "#/request",
            missing,
        ),
        (
            &clerk,
            "/v1/chips",
            json!({ "chips": [] }),
            "#/site",
            missing,
        ),
        (
            &clerk,
            "/v1/consignments",
            json!({ "counter": SOMEBODY, "cards": 7 }),
            "#/cards",
            "it is of another type",
        ),
        (
            &writer,
            "/v1/batches",
            json!({ "site": "test-site", "profile": "uto-passport" }),
            "#/count",
            missing,
        ),
        (
            &writer,
            "/v1/batches",
            json!({ "site": "test-site", "profile": "uto-passport", "count": 0 }),
            "#/count",
            "it cannot be taken",
        ),
        (&party, "/v1/verifications", json!({}), "#/subject", missing),
    ];
    for (client, path, body, pointer, detail) in cases {
        let answer = client.post(path, &body).refused(422, "content");
        let problem = answer.json();
        let errors = problem["errors"].as_array().unwrap();
        assert_eq!(
            (&errors[0]["pointer"], &errors[0]["detail"], errors.len()),
            (&json!(pointer), &json!(detail), 1),
            "{path} {body}: {problem}"
        );
        assert!(!errors[0]["detail_vi"].as_str().unwrap().is_ascii());
        assert!(!answer.text.contains(SOMEBODY), "{path}: {}", answer.text);
    }
}

/// What is wrong is named where it stands, however deep.
#[test]
fn a_pointer_leads_to_what_is_meant() {
    let place = Place::new();
    place.wait(Workshop::of(&place.api.office, place.now()).jobs(1));
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    let (_, judge) = place.signed_in("test.judge", &[Role::QualityControl]);
    let (_, supervisor) = place.signed_in("test.supervisor", &[Role::Supervisor]);
    let (_, writer) = place.signed_in("test.writer", &[Role::Personaliser]);
    let wish = json!({ "site": "test-site", "profile": PROFILE, "count": 1 });
    let batch = writer.post("/v1/batches", &wish).is(200).json();
    let batch = batch["batch"]["id"].as_str().unwrap();
    let results = format!("/v1/batches/{batch}/results");
    let quality = format!("/v1/batches/{batch}/quality");
    let job = uuid::Uuid::nil();
    let bad_site = "TEST Site!";
    let good = json!({ "outcome": "rejected", "job": job, "reason": "chip-faulty" });
    let results_of = |said: Value| json!({ "results": [said] });
    let second = |said: Value| json!({ "results": [good, said] });
    let invitation =
        |login: &str, name: &str| json!({ "login": login, "display_name": name, "roles": [] });
    let device =
        |kind: &str, request: &str| json!({ "kind": kind, "name": "TEST", "request": request });
    let written = |commit: Value| json!({ "outcome": "written", "job": job, "commit": commit });
    let passed = |lock: Value| json!({ "outcome": "passed", "job": job, "lock": lock });
    let cases: [(_, &str, Value, &str); 22] = [
        (
            &writer,
            &results,
            results_of(written(json!({ "counter": 1 }))),
            "#/results/0/commit/mac",
        ),
        (
            &writer,
            &results,
            results_of(written(json!({ "counter": "1", "mac": "00" }))),
            "#/results/0/commit/counter",
        ),
        (
            &writer,
            &results,
            results_of(written(json!({ "counter": 1, "mac": "00" }))),
            "#/results/0/commit/mac",
        ),
        (
            &writer,
            &results,
            results_of(json!({ "outcome": "written", "job": job })),
            "#/results/0/commit",
        ),
        (
            &writer,
            &results,
            results_of(json!({ "outcome": "spoiled", "job": job })),
            "#/results/0/reason",
        ),
        (
            &writer,
            &results,
            results_of(json!({ "outcome": "spoiled", "job": job, "reason": SOMEBODY })),
            "#/results/0/reason",
        ),
        (
            &writer,
            &results,
            results_of(json!({ "outcome": SOMEBODY, "job": job })),
            "#/results/0/outcome",
        ),
        (
            &writer,
            &results,
            results_of(json!({ "outcome": "spoiled", "job": SOMEBODY, "reason": "chip-faulty" })),
            "#/results/0/job",
        ),
        (
            &writer,
            &results,
            results_of(
                json!({ "outcome": "spoiled", "job": job, "reason": "chip-faulty", "commit": { "counter": 1, "mac": "00" } }),
            ),
            "#/results/0",
        ),
        (
            &judge,
            &quality,
            second(passed(json!({ "counter": 1 }))),
            "#/results/1/lock/mac",
        ),
        (
            &judge,
            &quality,
            second(passed(json!({ "counter": 1, "mac": SOMEBODY }))),
            "#/results/1/lock/mac",
        ),
        (
            &judge,
            &quality,
            second(json!({ "outcome": "rejected", "job": job, "reason": SOMEBODY })),
            "#/results/1/reason",
        ),
        (&judge, &quality, json!({ "results": [] }), "#/results"),
        (
            &writer,
            "/v1/batches",
            json!({ "site": bad_site, "profile": PROFILE, "count": 1 }),
            "#/site",
        ),
        (
            &clerk,
            "/v1/chips",
            json!({ "site": bad_site, "chips": [{}] }),
            "#/site",
        ),
        (
            &supervisor,
            "/v1/shifts",
            json!({ "site": bad_site, "remaining": 0, "rejects": 0 }),
            "#/site",
        ),
        (
            &clerk,
            "/v1/consignments",
            json!({ "counter": bad_site, "cards": [job] }),
            "#/counter",
        ),
        (
            &admin,
            "/v1/accounts",
            invitation("NO LOGIN", "TEST"),
            "#/login",
        ),
        (
            &admin,
            "/v1/accounts",
            invitation("test.x", ""),
            "#/display_name",
        ),
        (
            &admin,
            "/v1/devices",
            device("station", SOMEBODY),
            "#/request",
        ),
        (
            &admin,
            "/v1/devices",
            device(
                "station",
                "-----BEGIN CERTIFICATE REQUEST-----AAAA-----END CERTIFICATE REQUEST-----",
            ),
            "#/request",
        ),
        (
            &admin,
            "/v1/devices",
            json!({ "kind": "personalisation-site", "name": "TEST", "site": bad_site, "request": "" }),
            "#/site",
        ),
    ];
    for (client, path, body, pointer) in cases {
        let answer = client.post(path, &body).refused(422, "content");
        let problem = answer.json();
        let pointers: Vec<&Value> = problem["errors"]
            .as_array()
            .unwrap_or_else(|| panic!("{path} {body}: {problem}"))
            .iter()
            .map(|error| &error["pointer"])
            .collect();
        assert_eq!(pointers, [pointer], "{path} {body}: {problem}");
        assert!(!answer.text.contains(SOMEBODY), "{path}: {}", answer.text);
    }
}

/// Every time in a value, by its look.
fn times(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let looks_so = text.len() > 11 && text.is_ascii() && &text[10..11] == "T";
            if looks_so && text[..4].bytes().all(|byte| byte.is_ascii_digit()) {
                found.push(text.clone());
            }
        }
        Value::Array(values) => values.iter().for_each(|value| times(value, found)),
        Value::Object(fields) => fields.values().for_each(|value| times(value, found)),
        _ => {}
    }
}

#[test]
fn times_have_one_form() {
    let place = Place::new();
    let job = place.wait(Workshop::of(&place.api.office, place.now()).jobs(1))[0];
    place.device(DeviceKind::Station, "TEST Station");
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let (_, auditor) = place.signed_in("test.auditor", &[Role::Auditor]);
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    let (_, supervisor) = place.signed_in("test.supervisor", &[Role::Supervisor]);
    let (_, writer) = place.signed_in("test.writer", &[Role::Personaliser]);
    let wish = json!({ "site": "test-site", "profile": PROFILE, "count": 1 });
    let invitation = json!({ "login": "test.new", "display_name": "TEST", "roles": [] });
    let opening = json!({ "site": "test-site", "remaining": 1, "rejects": 0 });
    place.audit_log();
    let document = format!("/v1/documents/{job}");
    let answers = [
        admin.get("/v1/sessions/current"),
        admin.get("/v1/devices"),
        admin.post("/v1/accounts", &invitation),
        writer.post("/v1/batches", &wish),
        writer.get("/v1/batches"),
        supervisor.post("/v1/shifts", &opening),
        supervisor.get("/v1/applications"),
        clerk.get("/v1/documents"),
        supervisor.get(&format!("{document}/history")),
        auditor.get("/v1/audit/entries"),
    ];
    for answer in answers {
        let mut found = Vec::new();
        times(&answer.json(), &mut found);
        assert!(!found.is_empty(), "{}", answer.text);
        for time in found {
            let form = "2026-11-22T08:00:00.000Z";
            let fits = time.len() == form.len()
                && time.bytes().zip(form.bytes()).all(|(byte, wanted)| {
                    wanted.is_ascii_digit() && byte.is_ascii_digit() || byte == wanted
                });
            assert!(fits, "{time} in {}", answer.text);
        }
    }
    let told = admin.get("/v1/devices");
    assert_eq!(told.header("strict-transport-security"), "max-age=31536000");
}
