//! Batches over HTTP: taken once, reported card by card, judged by others.

use access::{DeviceKind, Role};
use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use crate::client::{Answer, Client};
use crate::invariants::hold;
use crate::place::Place;
use crate::workshop::{PROFILE, Workshop};

pub fn workshop(place: &Place) -> Workshop {
    Workshop::of(&place.api.office, place.now())
}

pub fn wish(count: u32) -> Value {
    json!({ "site": "test-site", "profile": PROFILE, "count": count })
}

pub fn receipt(counter: u32) -> Value {
    json!({ "counter": counter, "mac": "0909090909090909090909090909090909"[..32] })
}

fn id(answer: &Answer) -> String {
    answer.json()["batch"]["id"].as_str().unwrap().to_owned()
}

fn cards(answer: &Answer) -> Vec<Uuid> {
    let cards = answer.json()["cards"].as_array().unwrap().clone();
    cards
        .iter()
        .map(|card| card["job"].as_str().unwrap().parse().unwrap())
        .collect()
}

pub fn written(client: &Client, batch: &str, jobs: &[Uuid]) -> Vec<String> {
    let results: Vec<Value> = jobs
        .iter()
        .map(|job| json!({ "outcome": "written", "job": job, "commit": receipt(10) }))
        .collect();
    report(client, batch, "results", &results)
}

pub fn passed(client: &Client, batch: &str, jobs: &[Uuid]) -> Vec<String> {
    let results: Vec<Value> = jobs
        .iter()
        .map(|job| json!({ "outcome": "passed", "job": job, "lock": receipt(11) }))
        .collect();
    report(client, batch, "quality", &results)
}

fn report(client: &Client, batch: &str, what: &str, results: &[Value]) -> Vec<String> {
    let answer = client
        .post(
            &format!("/v1/batches/{batch}/{what}"),
            &json!({ "results": results }),
        )
        .is(200)
        .json();
    let items = answer["items"].as_array().unwrap().iter();
    items
        .map(|item| {
            item["reason"]
                .as_str()
                .or(item["outcome"].as_str())
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[test]
fn a_batch_from_claim_to_close() {
    let place = Place::new();
    let (_, writer) = place.signed_in("test.personaliser", &[Role::Personaliser]);
    let (_, other) = place.signed_in("test.personaliser.two", &[Role::Personaliser]);
    let (_, quality) = place.signed_in("test.quality", &[Role::QualityControl]);
    let (_, supervisor) = place.signed_in("test.supervisor", &[Role::Supervisor]);
    writer
        .post("/v1/batches", &wish(3))
        .refused(409, "conflict");
    let jobs = place.wait(workshop(&place).jobs(4));
    for body in [
        wish(0),
        wish(501),
        json!({ "site": "test-site", "profile": "nowhere", "count": 1 }),
    ] {
        writer.post("/v1/batches", &body).refused(422, "content");
    }
    quality
        .post("/v1/batches", &wish(3))
        .refused(403, "not-permitted");
    let claim = |client: &Client| {
        client
            .json(
                "POST",
                "/v1/batches",
                &[("idempotency-key", "batch-1")],
                &wish(3),
            )
            .is(200)
    };
    let batch = claim(&writer);
    assert_eq!(
        (id(&claim(&writer)), cards(&batch)),
        (id(&batch), jobs[..3].to_vec())
    );
    let (batch, taken) = (id(&batch), cards(&batch));
    // The same key of another person is another batch.
    let others = claim(&other);
    assert_eq!(cards(&others), jobs[3..]);
    assert_eq!(
        writer.get("/v1/batches/own").is(200).json()["items"][0]["id"],
        batch.as_str()
    );

    let files = writer
        .get(&format!("/v1/batches/{batch}/jobs"))
        .is(200)
        .json();
    let named: Vec<Uuid> = files
        .as_array()
        .unwrap()
        .iter()
        .map(|file| file["job"].as_str().unwrap().parse().unwrap())
        .collect();
    assert_eq!(named, taken);
    writer
        .get(&format!("/v1/batches/{batch}/jobs/{}", taken[1]))
        .is(200);
    writer
        .get(&format!("/v1/batches/{batch}/jobs/{}", jobs[3]))
        .refused(409, "conflict");
    other
        .get(&format!("/v1/batches/{batch}/jobs"))
        .refused(409, "conflict");
    supervisor
        .get(&format!("/v1/batches/{batch}/jobs"))
        .refused(403, "not-permitted");

    // One bad card blocks no other, and the same report again changes nothing.
    let results = [
        json!({ "outcome": "written", "job": taken[0], "commit": receipt(10) }),
        json!({ "outcome": "written", "job": jobs[3], "commit": receipt(10) }),
        json!({ "outcome": "written", "job": taken[1], "commit": receipt(1) }),
        json!({ "outcome": "spoiled", "job": taken[2], "reason": "chip-faulty" }),
        json!({ "outcome": "written", "job": taken[1], "commit": receipt(10) }),
    ];
    for _ in 0..2 {
        let outcomes = report(&writer, &batch, "results", &results);
        assert_eq!(outcomes[..2], ["written", "not-in-batch"]);
        assert_eq!(outcomes[3..], ["proposed", "written"]);
    }
    other
        .post(
            &format!("/v1/batches/{batch}/results"),
            &json!({ "results": results }),
        )
        .refused(409, "conflict");
    let none = json!({ "results": [] });
    writer
        .post(&format!("/v1/batches/{batch}/results"), &none)
        .refused(422, "content");

    let verdicts = [
        json!({ "outcome": "passed", "job": taken[0], "lock": receipt(11) }),
        json!({ "outcome": "rejected", "job": taken[2], "reason": "chip-faulty" }),
        json!({ "outcome": "rejected", "job": taken[1], "reason": "print-faulty" }),
    ];
    assert_eq!(
        report(&quality, &batch, "quality", &verdicts),
        ["passed", "voided", "proposed"]
    );
    assert_eq!(
        report(&quality, &batch, "quality", &verdicts),
        ["passed", "voided", "proposed"]
    );
    writer
        .post(
            &format!("/v1/batches/{batch}/quality"),
            &json!({ "results": verdicts }),
        )
        .refused(403, "not-permitted");
    let path = format!("/v1/documents/{}/voiding/confirmation", taken[1]);
    quality
        .post(&path, &json!({ "reason": "print-faulty" }))
        .refused(403, "four-eyes");
    let (_, second) = place.signed_in("test.quality.two", &[Role::QualityControl]);
    assert_eq!(
        second
            .post(&path, &json!({ "reason": "print-faulty" }))
            .is(200)
            .json()["stage"],
        "voided"
    );
    let after = supervisor
        .get(&format!("/v1/batches/{batch}"))
        .is(200)
        .json();
    assert_eq!(
        (
            &after["batch"]["state"],
            &after["progress"]["passed"],
            &after["progress"]["rejected"]
        ),
        (&json!("closed"), &json!(1), &json!(2))
    );
    assert!(
        writer.get("/v1/batches/own").json()["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    place.wait(hold(&workshop(&place)));
}

/// Nobody passes what he has written, whatever roles an account has held.
#[test]
fn who_wrote_does_not_pass() {
    let place = Place::new();
    let (_, both) = place.signed_in("test.both", &[Role::Personaliser, Role::QualityControl]);
    place.wait(workshop(&place).jobs(1));
    let answer = both.post("/v1/batches", &wish(1)).is(200);
    let (batch, jobs) = (id(&answer), cards(&answer));
    assert_eq!(written(&both, &batch, &jobs), ["written"]);
    let verdict =
        json!({ "results": [{ "outcome": "passed", "job": jobs[0], "lock": receipt(11) }] });
    both.post(&format!("/v1/batches/{batch}/quality"), &verdict)
        .refused(403, "four-eyes");
}

/// Many claims at once: every job is in one batch, and a machine claims as people do.
#[test]
fn claims_at_once() {
    let place = Place::new();
    let (_, machine) = place.device(DeviceKind::PersonalisationSite, "TEST machine");
    let jobs = place.wait(workshop(&place).jobs(12));
    let mut askers = vec![machine];
    for number in 0..3 {
        askers.push(
            place
                .signed_in(
                    &format!("test.personaliser.{number}"),
                    &[Role::Personaliser],
                )
                .1
                .asker,
        );
    }
    let mut taken: Vec<Uuid> = std::thread::scope(|scope| {
        let claim = |asker| cards(&place.client_of(asker).post("/v1/batches", &wish(3)).is(200));
        let tasks: Vec<_> = askers
            .iter()
            .map(|asker| scope.spawn(move || claim(asker)))
            .collect();
        tasks
            .into_iter()
            .flat_map(|task| task.join().unwrap())
            .collect()
    });
    taken.sort();
    assert_eq!(taken, jobs);
    place.wait(hold(&workshop(&place)));
}

/// A machine gets the batches of the site that it is registered at, and of no other; people go from site to site.
#[test]
fn a_machine_works_at_its_site() {
    let place = Place::new();
    let (_, machine) = place.device(DeviceKind::PersonalisationSite, "TEST machine");
    let machine = place.client_of(&machine);
    let (_, person) = place.signed_in("test.personaliser", &[Role::Personaliser]);
    place.wait(workshop(&place).jobs(2));
    let elsewhere = json!({ "site": "other-site", "profile": PROFILE, "count": 1 });
    machine
        .post("/v1/batches", &elsewhere)
        .refused(403, "not-permitted");
    person
        .post("/v1/batches", &elsewhere)
        .refused(409, "conflict");
    let batch = id(&machine.post("/v1/batches", &wish(1)).is(200));
    for path in ["/v1/batches", "/v1/batches?site=test-site"] {
        let items = machine.get(path).is(200).json()["items"].clone();
        assert_eq!(items.as_array().unwrap().len(), 1, "{items}");
    }
    machine
        .get("/v1/batches?site=other-site")
        .refused(403, "not-permitted");
    machine.get(&format!("/v1/batches/{batch}/jobs")).is(200);
    // The machine of another site sees nothing of it.
    let (_, other) = place.device_of(
        DeviceKind::PersonalisationSite,
        "TEST other machine",
        Some("other-site"),
    );
    let other = place.client_of(&other);
    for path in ["", "/jobs"] {
        other
            .get(&format!("/v1/batches/{batch}{path}"))
            .refused(403, "not-permitted");
    }
    let nothing = json!({ "results": [] });
    other
        .post(&format!("/v1/batches/{batch}/results"), &nothing)
        .refused(403, "not-permitted");
    assert_eq!(other.get("/v1/batches").is(200).json()["items"], json!([]));
}

#[test]
fn a_batch_that_nobody_works_on_is_shown_and_given_up() {
    let place = Place::new();
    let (_, writer) = place.signed_in("test.personaliser", &[Role::Personaliser]);
    let jobs = place.wait(workshop(&place).jobs(3));
    let batch = id(&writer.post("/v1/batches", &wish(3)).is(200));
    assert_eq!(written(&writer, &batch, &jobs[..1]), ["written"]);
    place.pass(Duration::hours(13));
    let (_, supervisor) = place.signed_in("test.supervisor", &[Role::Supervisor]);
    let (_, other) = place.signed_in("test.personaliser.two", &[Role::Personaliser]);
    assert_eq!(
        supervisor
            .get("/v1/batches?state=open&site=test-site")
            .is(200)
            .json()["items"][0]["stalled"],
        true
    );
    let path = format!("/v1/batches/{batch}/release");
    other
        .post(&path, &Value::Null)
        .refused(403, "not-permitted");
    let released = supervisor.post(&path, &Value::Null).is(200);
    assert_eq!(cards(&released), jobs[..1], "what was written stays");
    supervisor.post(&path, &Value::Null).is(200);
    let next = other.post("/v1/batches", &wish(3)).is(200);
    assert_eq!(cards(&next), jobs[1..]);
    // The first one comes back from wherever he was.
    let writer = place.client_of(&place.session(&place.person("test.late", &[Role::Personaliser])));
    writer.post(&format!("/v1/batches/{batch}/results"), &json!({ "results": [{ "outcome": "spoiled", "job": jobs[1], "reason": "chip-faulty" }] })).refused(409, "conflict");
    supervisor
        .post(
            &format!("/v1/batches/{}/release", Uuid::nil()),
            &Value::Null,
        )
        .refused(404, "not-found");
    place.wait(hold(&workshop(&place)));
}

/// A spoiled card is made again before everything else.
#[test]
fn remakes_come_first() {
    let place = Place::new();
    let workshop = workshop(&place);
    let jobs = place.wait(async {
        let jobs = workshop.jobs(2).await;
        workshop.stock(1).await;
        let application = workshop.application(Uuid::now_v7()).await;
        let remake = workshop.make(application, -1).await.unwrap();
        [vec![remake], jobs].concat()
    });
    let (_, writer) = place.signed_in("test.personaliser", &[Role::Personaliser]);
    assert_eq!(cards(&writer.post("/v1/batches", &wish(5)).is(200)), jobs);
}
