//! From the counter to the end of a card, over HTTP.

use std::sync::atomic::{AtomicU32, Ordering};

use access::Role;
use register::document::EndReason;
use serde_json::{Value, json};
use time::Duration;
use uuid::Uuid;

use crate::batches::{passed, wish, workshop, written};
use crate::client::Client;
use crate::invariants::hold;
use crate::place::Place;
use crate::workshop::number;

static NEXT: AtomicU32 = AtomicU32::new(0);

/// Good cards, where they were made.
pub fn good(place: &Place, count: u32) -> Vec<Uuid> {
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let jobs = place.wait(workshop(place).jobs(count as usize));
    make(place, number, &jobs);
    jobs
}

fn make(place: &Place, number: u32, jobs: &[Uuid]) {
    let (_, writer) = place.signed_in(&format!("test.writer.{number}"), &[Role::Personaliser]);
    let (_, quality) = place.signed_in(&format!("test.judge.{number}"), &[Role::QualityControl]);
    let answer = writer.post("/v1/batches", &wish(500)).is(200).json();
    let batch = answer["batch"]["id"].as_str().unwrap();
    assert!(
        written(&writer, batch, jobs)
            .iter()
            .all(|outcome| outcome == "written")
    );
    assert!(
        passed(&quality, batch, jobs)
            .iter()
            .all(|outcome| outcome == "passed")
    );
}

fn do_to(client: &Client, job: Uuid, what: &str, body: &Value) -> crate::client::Answer {
    client.post(&format!("/v1/documents/{job}/{what}"), body)
}

fn hand_over() -> Value {
    json!({ "to": "holder", "read_out": "passed" })
}

#[test]
fn a_consignment_is_counted_where_it_arrives() {
    let place = Place::new();
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    let jobs = good(&place, 3);
    let unmade = place.wait(workshop(&place).jobs(1))[0];
    let packing = json!({ "counter": "test-counter", "cards": [jobs[0], jobs[1], jobs[2], unmade, Uuid::nil()] });
    let ship = || {
        clerk
            .json(
                "POST",
                "/v1/consignments",
                &[("idempotency-key", "one")],
                &packing,
            )
            .is(200)
            .json()
    };
    let packed = ship();
    assert_eq!(packed["consignment"]["cards"].as_array().unwrap().len(), 3);
    assert_eq!(packed["refused"].as_array().unwrap().len(), 2);
    assert_eq!(ship()["consignment"]["id"], packed["consignment"]["id"]);
    let id = packed["consignment"]["id"].as_str().unwrap();
    // Not at the counter yet.
    do_to(&clerk, jobs[0], "hand-over", &hand_over()).refused(409, "conflict");
    let path = format!("/v1/consignments/{id}/receipt");
    clerk
        .post(&path, &json!({ "count": 3, "cards": [jobs[0], jobs[1]] }))
        .refused(422, "content");
    let arrived = clerk
        .post(
            &path,
            &json!({ "count": 3, "cards": [jobs[0], jobs[1], unmade] }),
        )
        .is(200)
        .json();
    assert_eq!(
        (
            &arrived["consignment"]["state"],
            &arrived["consignment"]["missing"],
            &arrived["unexpected"]
        ),
        (&json!("incomplete"), &json!([jobs[2]]), &json!([unmade]))
    );
    do_to(&clerk, jobs[2], "hand-over", &hand_over()).refused(409, "conflict");
    assert_eq!(
        do_to(&clerk, jobs[0], "hand-over", &hand_over())
            .is(200)
            .json()["stage"],
        "handed-over"
    );
    assert_eq!(
        do_to(&clerk, jobs[0], "hand-over", &hand_over())
            .is(200)
            .json()["stage"],
        "handed-over"
    );
    let late = clerk
        .post(&path, &json!({ "count": 1, "cards": [jobs[2]] }))
        .is(200)
        .json();
    assert_eq!(
        (
            &late["consignment"]["state"],
            &late["consignment"]["missing"]
        ),
        (&json!("received"), &json!([]))
    );
    // Not collected, and back into the safe.
    do_to(&clerk, jobs[0], "non-collection", &Value::Null).refused(409, "conflict");
    assert_eq!(
        do_to(&clerk, jobs[2], "non-collection", &Value::Null)
            .is(200)
            .json()["end"],
        "not-collected"
    );
    let serial = clerk
        .get(&format!("/v1/documents/{}", jobs[2]))
        .is(200)
        .json()["chip"]
        .as_str()
        .unwrap()
        .to_owned();
    let alive = clerk
        .get(&format!("/v1/documents/{}", jobs[0]))
        .is(200)
        .json()["chip"]
        .as_str()
        .unwrap()
        .to_owned();
    clerk
        .post(&format!("/v1/chips/{alive}/return"), &Value::Null)
        .refused(409, "conflict");
    for _ in 0..2 {
        assert_eq!(
            clerk
                .post(&format!("/v1/chips/{serial}/return"), &Value::Null)
                .is(200)
                .json()["state"],
            "rejected"
        );
    }
    assert_eq!(
        clerk
            .get("/v1/consignments?counter=test-counter")
            .is(200)
            .json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    clerk.get(&format!("/v1/consignments/{id}")).is(200);
    clerk
        .get(&format!("/v1/consignments/{}", Uuid::nil()))
        .refused(404, "not-found");
    clerk
        .post(
            "/v1/consignments",
            &json!({ "counter": "No Counter", "cards": [jobs[0]] }),
        )
        .refused(422, "content");
    place.wait(hold(&workshop(&place)));
}

#[test]
fn one_says_what_one_may_say() {
    let place = Place::new();
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    let (_, operator) = place.signed_in("test.operator", &[Role::Operator]);
    let table = [
        ("loss", "lost"),
        ("damage", "damaged"),
        ("correction", "corrected"),
    ];
    let jobs = good(&place, 4);
    for (job, (what, end)) in jobs.iter().zip(table) {
        do_to(&operator, *job, what, &Value::Null).refused(403, "not-permitted");
        do_to(&clerk, *job, "hand-over", &hand_over()).is(200);
        assert_eq!(
            do_to(&clerk, *job, what, &Value::Null).is(200).json()["end"],
            end
        );
        assert_eq!(
            do_to(&clerk, *job, what, &Value::Null).is(200).json()["end"],
            end,
            "said again"
        );
        do_to(
            &clerk,
            *job,
            "suspension",
            &json!({ "reason": "reported-lost" }),
        )
        .refused(409, "conflict");
    }
    let job = jobs[3];
    do_to(&clerk, job, "suspension", &json!({ "reason": "because" })).refused(422, "content");
    assert_eq!(
        do_to(
            &clerk,
            job,
            "suspension",
            &json!({ "reason": "under-inquiry" })
        )
        .is(200)
        .json()["suspended"],
        "under-inquiry"
    );
    do_to(&clerk, job, "hand-over", &hand_over()).refused(409, "conflict");
    assert_eq!(
        do_to(&clerk, job, "reinstatement", &Value::Null)
            .is(200)
            .json()["suspended"],
        Value::Null
    );
    for body in [
        json!({ "to": "anybody", "read_out": "passed" }),
        json!({ "to": "holder", "read_out": "yes" }),
    ] {
        do_to(&clerk, job, "hand-over", &body).refused(422, "content");
    }
    do_to(&clerk, Uuid::nil(), "loss", &Value::Null).refused(404, "not-found");
    let events = clerk
        .get(&format!("/v1/documents/{job}/history"))
        .is(200)
        .json();
    let words: Vec<&str> = events["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    assert_eq!(
        words,
        [
            "entered",
            "signed",
            "written",
            "passed",
            "suspended",
            "reinstated"
        ]
    );
    assert_eq!(
        clerk.get("/v1/documents?stage=ended").is(200).json()["items"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    let chip = clerk.get(&format!("/v1/documents/{job}")).json()["chip"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        clerk
            .get(&format!("/v1/documents?chip={chip}"))
            .is(200)
            .json()["items"][0]["job"],
        job.to_string()
    );
    assert_eq!(
        clerk
            .get(&format!("/v1/documents?state=UTO&number={}", number(job)))
            .is(200)
            .json()["items"][0]["job"],
        job.to_string()
    );
    clerk
        .get("/v1/documents?state=UTO")
        .refused(400, "malformed");
    clerk
        .get(&format!("/v1/documents/{}", Uuid::nil()))
        .refused(404, "not-found");
}

#[test]
fn two_take_a_card_from_its_holder() {
    let place = Place::new();
    let (_, one) = place.signed_in("test.supervisor.one", &[Role::Supervisor]);
    let (_, two) = place.signed_in("test.supervisor.two", &[Role::Supervisor]);
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    let jobs = good(&place, 2);
    for (job, (what, end)) in jobs
        .iter()
        .zip([("revocation", "revoked"), ("death", "holder-died")])
    {
        let confirmation = format!("{what}/confirmation");
        do_to(&clerk, *job, what, &Value::Null).refused(403, "not-permitted");
        do_to(&two, *job, &confirmation, &Value::Null).refused(409, "conflict");
        let proposed = do_to(&one, *job, what, &Value::Null).is(200).json();
        assert_eq!(
            (&proposed["proposed"], &proposed["end"]),
            (&json!(end), &Value::Null)
        );
        do_to(&one, *job, &confirmation, &Value::Null).refused(403, "four-eyes");
        assert_eq!(
            do_to(&two, *job, &confirmation, &Value::Null)
                .is(200)
                .json()["end"],
            end
        );
        let told = place
            .audit_log()
            .iter()
            .filter(|entry| entry.contains(&job.to_string()) && entry.contains("document.revoke"))
            .count();
        assert_eq!(told, 4, "two refused, two done");
    }
    place.pass(Duration::minutes(11));
    do_to(&one, jobs[0], "revocation", &Value::Null).refused(401, "step-up");
}

/// The card before ends when the next one is handed over; many at the counter at once hand it over once.
#[test]
fn a_person_has_one_live_card() {
    let place = Place::new();
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    let person = Uuid::now_v7();
    let workshop = workshop(&place);
    let jobs: Vec<Uuid> = place.wait(async {
        workshop.stock(2).await;
        let mut jobs = Vec::new();
        for _ in 0..2 {
            let application = workshop.application(person).await;
            jobs.push(workshop.make(application, 0).await.unwrap());
        }
        jobs
    });
    make(&place, 1000, &jobs);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let give = |job| {
            do_to(
                &place.client_of(&clerk.asker),
                job,
                "hand-over",
                &hand_over(),
            )
            .status
        };
        let tasks: Vec<_> = jobs
            .iter()
            .chain(&jobs)
            .map(|job| scope.spawn(move || give(*job)))
            .collect();
        tasks.into_iter().map(|task| task.join().unwrap()).collect()
    });
    assert!(
        statuses.contains(&200) && statuses.iter().all(|status| matches!(status, 200 | 409)),
        "{statuses:?}"
    );
    let stages: Vec<String> = jobs
        .iter()
        .map(|job| {
            clerk.get(&format!("/v1/documents/{job}")).json()["stage"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(
        stages
            .iter()
            .filter(|stage| *stage == "handed-over")
            .count(),
        1,
        "{stages:?}"
    );
    place.wait(hold(&workshop));
    // The one before has an end in the log that says whose hand-over it was.
    let renewed: Vec<Value> = place
        .audit_log()
        .iter()
        .map(|entry| serde_json::from_str(entry).unwrap())
        .filter(|entry: &Value| entry["action"] == "document.renew")
        .collect();
    let ended = stages.iter().position(|stage| stage == "ended").unwrap();
    assert_eq!(renewed.len(), 1);
    assert_eq!(renewed[0]["subject"]["id"], json!(jobs[ended]));
}

/// A card ends by itself on the day after its last.
#[test]
fn time_ends_a_card() {
    use enrolment::Expiry;
    use issuance_service::office::Done;
    use issuance_service::personalisation::life::expiry_task;
    use register::store::{Change, Store as _, TaskChange};

    let place = Place::new();
    let jobs = good(&place, 2);
    let (office, now) = (&place.api.office, place.now());
    place.wait(async {
        assert!(expiry_task(jobs[0], Expiry::Never).is_none());
        let mut change = Change::new(now);
        let in_ten_days = now.date() + Duration::days(10);
        change.tasks.extend(
            jobs.iter()
                .map(|job| TaskChange::Add(expiry_task(*job, Expiry::On(in_ten_days)).unwrap())),
        );
        place.api.store.commit(&change).await.unwrap();
        let last_second = in_ten_days.with_hms(23, 59, 59).unwrap().assume_utc();
        assert!(matches!(
            office.expire_next(last_second).await.unwrap(),
            Done::Nothing
        ));
        let after = last_second + Duration::SECOND;
        for _ in &jobs {
            assert!(matches!(
                office.expire_next(after).await.unwrap(),
                Done::One
            ));
        }
        assert!(matches!(
            office.expire_next(after).await.unwrap(),
            Done::Nothing
        ));
        for job in &jobs {
            let document = office
                .documents()
                .history(*job)
                .await
                .unwrap()
                .document()
                .unwrap();
            let end = document.life().unwrap().end.clone().unwrap();
            assert_eq!((end.reason, end.by), (EndReason::Expired, None));
        }
    });
}
