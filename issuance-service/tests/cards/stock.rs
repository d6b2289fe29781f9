//! Chips over HTTP: received, counted, set aside, destroyed; shifts.

use access::Role;
use issuance_service::Error;
use issuance_service::personalisation::shift::stock_of;
use issuance_service::personalisation::{Refusal, Site};
use serde_json::{Value, json};

use crate::client::Client;
use crate::place::Place;
use crate::workshop::{chip, chip_of};

fn outcomes(answer: &Value) -> Vec<String> {
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

fn receive(client: &Client, chips: &[Value]) -> Vec<String> {
    outcomes(
        &client
            .post("/v1/chips", &json!({ "site": "test-site", "chips": chips }))
            .is(200)
            .json(),
    )
}

/// The verb `stock report` beside the service: its exit code and what it says.
fn on_the_machine(place: &Place, site: &str, file: &str) -> (i32, Value) {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_issuance-service"))
        .arg("--config")
        .arg(place.folder.path().join("service/issuance-service.toml"))
        .args(["--output-format", "json", "stock", "report"])
        .args(["--site", site, "--out"])
        .arg(place.folder.path().join(file))
        .output()
        .unwrap();
    let said = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().unwrap(), said)
}

fn serial(chip: &Value) -> String {
    chip["serial"].as_str().unwrap().to_owned()
}

#[test]
fn each_chip_of_a_delivery_is_taken_or_refused_by_itself() {
    let place = Place::new();
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    let (_, other) = place.signed_in("test.operator", &[Role::Operator]);
    let first = chip_of(900_001, 900_001);
    let same_keys = chip_of(900_002, 900_001);
    let same_serial = chip_of(900_001, 900_002);
    let mut no_profile = chip_of(900_003, 900_003);
    no_profile["keys"].as_array_mut().unwrap().pop();
    let delivery = [
        first.clone(),
        same_keys.clone(),
        same_serial,
        json!({}),
        no_profile,
        first.clone(),
        chip_of(900_004, 900_004),
    ];
    let wanted = [
        "received",
        "key-repeated",
        "other-keys",
        "malformed",
        "no-profile",
        "known",
        "received",
    ];
    assert_eq!(receive(&clerk, &delivery), wanted);
    // Sent again under another key: what is there is there.
    assert_eq!(
        receive(&clerk, &[first.clone(), same_keys]),
        ["known", "key-repeated"]
    );
    let elsewhere = json!({ "site": "other-site", "chips": [first] });
    assert_eq!(
        outcomes(&clerk.post("/v1/chips", &elsewhere).is(200).json()),
        ["elsewhere"]
    );
    let stock = clerk.get("/v1/stock/test-site").is(200).json();
    assert_eq!(
        (&stock["received"], &stock["states"], &stock["adds_up"]),
        (&json!(2), &json!({ "in-stock": 2 }), &json!(true))
    );
    assert_eq!(
        clerk
            .get("/v1/chips?site=test-site&state=in-stock&limit=1")
            .is(200)
            .json()["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    clerk
        .get(&format!("/v1/chips/{}", serial(&delivery[0])))
        .is(200);
    clerk.get("/v1/chips/00").refused(404, "not-found");
    clerk
        .get("/v1/chips?state=nowhere")
        .refused(400, "malformed");
    for body in [
        json!({ "site": "no site", "chips": [chip()] }),
        json!({ "site": "test-site", "chips": [] }),
    ] {
        clerk.post("/v1/chips", &body).refused(422, "content");
    }
    other
        .post("/v1/chips", &elsewhere)
        .refused(403, "not-permitted");
}

/// The same delivery from many sides at once: every chip comes in once.
#[test]
fn deliveries_at_once() {
    let place = Place::new();
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    let delivery: Vec<Value> = (0..20).map(|_| chip()).collect();
    let received: usize = std::thread::scope(|scope| {
        let send = || {
            receive(&place.client_of(&clerk.asker), &delivery)
                .iter()
                .filter(|outcome| *outcome == "received")
                .count()
        };
        let tasks: Vec<_> = (0..6).map(|_| scope.spawn(send)).collect();
        tasks.into_iter().map(|task| task.join().unwrap()).sum()
    });
    assert_eq!(received, delivery.len());
    assert_eq!(clerk.get("/v1/stock/test-site").json()["received"], 20);
}

/// A slip of the pen is no site: no shift is opened there, and nothing knows it afterwards.
#[test]
fn where_nothing_ever_came_in_is_no_shift() {
    let place = Place::new();
    let (_, supervisor) = place.signed_in("test.supervisor", &[Role::Supervisor]);
    let opening = |site: &str| json!({ "site": site, "remaining": 0, "rejects": 0 });
    let refused = supervisor.post("/v1/shifts", &opening("site-typo"));
    refused.refused(422, "content");
    let refused = supervisor.post("/v1/shifts", &opening("site-typo")).json();
    assert_eq!(refused["errors"][0]["pointer"], "#/site");
    let shifts = supervisor.get("/v1/shifts?site=site-typo").is(200).json();
    assert_eq!(shifts["items"], json!([]));
    let site = Site::new("site-typo").unwrap();
    let known = place.wait(stock_of(&place.api.store, &site));
    assert!(
        matches!(known, Err(Error::Personalisation(Refusal::UnknownSite))),
        "{known:?}"
    );
    let log = place.audit_log();
    assert!(log.iter().any(|entry| entry.contains("unknown-site")));
}

#[test]
fn rejects_are_destroyed_by_two_and_the_shift_closes_when_it_adds_up() {
    let place = Place::new();
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    let (_, both) = place.signed_in("test.both", &[Role::IssuerClerk, Role::QualityControl]);
    let (_, one) = place.signed_in("test.quality.one", &[Role::QualityControl]);
    let (_, two) = place.signed_in("test.quality.two", &[Role::QualityControl]);
    let (_, supervisor) = place.signed_in("test.supervisor", &[Role::Supervisor]);
    let (_, second) = place.signed_in("test.supervisor.two", &[Role::Supervisor]);
    let chips: Vec<Value> = (0..4).map(|_| chip()).collect();
    receive(&clerk, &chips[..3]);
    receive(&both, &chips[3..]);
    let opening = |remaining| json!({ "site": "test-site", "remaining": remaining, "rejects": 0 });
    supervisor
        .post("/v1/shifts", &opening(3))
        .refused(422, "content");
    // Nobody has counted yet: it does not add up yet either.
    let (code, said) = on_the_machine(&place, "test-site", "none.html");
    assert_eq!(
        (code, &said["verdict"], &said["adds_up"]),
        (3, &json!("provisional"), &json!(false))
    );
    let shift = supervisor.post("/v1/shifts", &opening(4)).is(200).json();
    let report = format!("/v1/shifts/{}/report", shift["id"].as_str().unwrap());
    let page = supervisor.get(&report).is(200).text;
    assert!(
        page.contains("class=\"open\"") && page.contains("Provisional"),
        "{page}"
    );
    assert_eq!(on_the_machine(&place, "test-site", "open.html").0, 3);
    supervisor
        .post("/v1/shifts", &opening(4))
        .refused(409, "conflict");
    let count = format!("/v1/shifts/{}/count", shift["id"].as_str().unwrap());

    let path = |chip: &Value, what: &str| format!("/v1/chips/{}/{what}", serial(chip));
    let damaged = json!({ "reason": "blank-damaged" });
    one.post(&path(&chips[0], "destruction"), &Value::Null)
        .refused(409, "conflict");
    supervisor
        .post(
            &path(&chips[0], "rejection"),
            &json!({ "reason": "because" }),
        )
        .refused(422, "content");
    for chip in [&chips[0], &chips[3]] {
        supervisor.post(&path(chip, "rejection"), &damaged).is(200);
        // Said again, it is so.
        assert_eq!(
            supervisor
                .post(&path(chip, "rejection"), &damaged)
                .is(200)
                .json()["state"],
            "rejected"
        );
    }
    one.post(&path(&chips[0], "destruction/confirmation"), &Value::Null)
        .refused(409, "conflict");
    one.post(&path(&chips[0], "destruction"), &Value::Null)
        .is(200);
    one.post(&path(&chips[0], "destruction/confirmation"), &Value::Null)
        .refused(403, "four-eyes");
    assert_eq!(
        two.post(&path(&chips[0], "destruction/confirmation"), &Value::Null)
            .is(200)
            .json()["state"],
        "destroyed"
    );
    two.post(&path(&chips[0], "destruction/confirmation"), &Value::Null)
        .is(200);
    // Who took a chip in does not destroy it.
    both.post(&path(&chips[3], "destruction"), &Value::Null)
        .refused(403, "four-eyes");
    // A blank is missing, and found again: it is not used any more.
    supervisor
        .post(
            &path(&chips[1], "rejection"),
            &json!({ "reason": "lost-in-production" }),
        )
        .is(200);
    let counted = |remaining, rejects| json!({ "remaining": remaining, "rejects": rejects });
    supervisor
        .post(&count, &counted(2, 1))
        .refused(422, "content");
    let open = supervisor.post(&count, &counted(1, 1)).is(200).json();
    assert_eq!(open["state"], "counted");
    supervisor
        .post(&count, &counted(1, 1))
        .refused(403, "four-eyes");
    // Something moves: the first count does not stand any more.
    supervisor
        .post(&path(&chips[1], "finding"), &Value::Null)
        .is(200);
    second.post(&count, &counted(1, 1)).refused(422, "content");
    assert_eq!(
        second.post(&count, &counted(1, 2)).is(200).json()["state"],
        "counted"
    );
    let closed = supervisor.post(&count, &counted(1, 2)).is(200).json();
    assert_eq!(closed["state"], "closed");
    let account = json!({
        "opened_with": 4, "received": 0, "good": 0, "rejects": 2, "destroyed": 1, "missing": 0, "remaining": 1, "adds_up": true,
    });
    assert_eq!(closed["account"], account);
    second.post(&count, &counted(1, 2)).refused(409, "conflict");
    let shifts = clerk.get("/v1/shifts?site=test-site").is(200).json();
    assert_eq!(shifts["items"].as_array().unwrap().len(), 1);
    clerk
        .get(&format!("/v1/shifts/{}", shift["id"].as_str().unwrap()))
        .is(200);
    clerk
        .post(&count, &counted(1, 2))
        .refused(403, "not-permitted");
    on_paper(&clerk, shift["id"].as_str().unwrap());
    let (code, said) = on_the_machine(&place, "test-site", "closed.html");
    assert_eq!((code, &said["verdict"]), (0, &json!("adds-up")));
    // What was drawn up stays; a site that nobody knows has no stock.
    assert_ne!(on_the_machine(&place, "test-site", "closed.html").0, 0);
    assert_eq!(on_the_machine(&place, "tset-site", "slip.html").0, 2);
    clerk.get("/v1/stock/tset-site").refused(404, "not-found");
    let (_, operator) = place.signed_in("test.operator", &[Role::Operator]);
    operator
        .get(&format!(
            "/v1/shifts/{}/report",
            shift["id"].as_str().unwrap()
        ))
        .refused(403, "not-permitted");
}

/// The shift as it is printed: the same sum, in both languages, who has counted, and nothing that a browser would run.
fn on_paper(clerk: &Client, shift: &str) {
    let answer = clerk.get(&format!("/v1/shifts/{shift}/report")).is(200);
    let page = answer.text;
    let row = |text: &str, count: i64| format!("{text}</span></th><td>{count}</td>");
    for (text, count) in [
        ("There at the beginning", 4),
        ("Must be there", 3),
        ("Rejects in the safe", 2),
        ("No good card yet", 1),
        ("There at the end", 3),
        ("Ever received", 4),
        ("Blank damaged", 2),
    ] {
        assert!(page.contains(&row(text, count)), "{text}: {page}");
    }
    assert_eq!(page.matches("class=\"right\"").count(), 2, "{page}");
    for text in ["Biên bản kiểm kho", "test-site", "Người đếm thứ hai"] {
        assert!(page.contains(text), "{text}");
    }
    assert!(
        !page.contains("<script") && !page.contains("http"),
        "{page}"
    );
}

/// What takes the second factor again is refused without it.
#[test]
fn destruction_takes_the_second_factor_again() {
    let place = Place::new();
    let (_, one) = place.signed_in("test.quality.one", &[Role::QualityControl]);
    place.pass(time::Duration::minutes(11));
    one.post("/v1/chips/00/destruction", &Value::Null)
        .refused(401, "step-up");
}
