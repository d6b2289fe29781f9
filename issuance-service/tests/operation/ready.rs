//! Whether the service can do its work: places that cannot be written to, disks without room, clocks that nobody should believe.

use std::fs;

use issuance_service::api::doctor::{self, Examination};
use issuance_service::api::timekeeper::AHEAD;
use issuance_service::api::workers;
use issuance_service::office::Done;
use issuance_service::{CONFIG, Config};
use register::store::{
    Change, EntityChange, EntityKind, Expected, Query, Queue, Store as _, Task, TaskChange,
};
use serde_json::Value;
use test_support::postgres::Cluster;
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::drill::answer;
use crate::place::Place;
use crate::program::Home;
use crate::writer::runtime;

fn ready(address: &str) -> String {
    let request = "GET /health/ready HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    answer(address, request).unwrap()
}

fn findings(said: &Value, part: &str) -> usize {
    let findings = said["findings"].as_array().unwrap().iter();
    findings.filter(|finding| finding["part"] == part).count()
}

/// Checks what is said of a service in whose configuration a setting is another one.
fn check(before: (&str, &str), words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let home = Home(folder.path().join("service"));
    home.serve().end();
    let (code, said, log) = home.run(&["--check-config"]);
    assert_eq!(
        (code, &said["places"]),
        (0, &serde_json::json!([])),
        "{said}{log}"
    );
    let file = home.path("issuance-service.toml");
    let text = fs::read_to_string(&file).unwrap();
    let changed = text.replace(before.0, before.1);
    assert_ne!(changed, text, "{text}");
    fs::write(&file, changed).unwrap();
    let (code, said, log) = home.run(&["--check-config"]);
    assert_eq!(code, 6, "{said}{log}");
    let places = said["places"].as_array().unwrap();
    let named: Vec<&str> = places
        .iter()
        .map(|place| place["place"].as_str().unwrap())
        .collect();
    assert_eq!(named, words, "{said}");
    let (code, said, log) = home.run(&["doctor"]);
    assert_eq!(
        (code, findings(&said, "disk")),
        (6, words.len()),
        "{said}{log}"
    );
    let served = home.serve();
    let said = ready(&served.address);
    assert!(said.starts_with("HTTP/1.1 503 "), "{said}");
    assert!(
        said.contains("not-ready") && said.contains(words[0]),
        "{said}"
    );
    assert!(
        !said.contains(&*folder.path().to_string_lossy()),
        "everybody may read it: {said}"
    );
    served.end();
}

/// Tests may be root, who may write nearly everywhere: not below a file, and not into /proc.
#[test]
fn places_that_cannot_be_written_to_are_named() {
    let jobs = "jobs = \"jobs\"";
    check((jobs, "jobs = \"register.sqlite/jobs\""), &["jobs"]);
    #[cfg(target_os = "linux")]
    check((jobs, "jobs = \"/proc/self\""), &["jobs"]);
}

/// More than any disk has.
#[test]
fn a_disk_without_room_is_named() {
    let setting = ("least-room-mib = 256", "least-room-mib = 4294967295");
    check(setting, &["register", "intake", "packets", "jobs"]);
}

/// The register as it was left so long ago: as a clock finds it that has jumped.
fn left(home: &Home, ago: Duration) {
    runtime().block_on(async {
        let config = Config::read(&home.path("issuance-service.toml")).unwrap();
        let store = config.open_store().await.unwrap();
        let rows = store
            .list(&Query::of(EntityKind::Setting, 100))
            .await
            .unwrap();
        let mut row = rows
            .into_iter()
            .find(|row| row.body.contains("\"newest\""))
            .unwrap();
        let at = (OffsetDateTime::now_utc() - ago).format(&Rfc3339).unwrap();
        let mut body: Value = serde_json::from_str(&row.body).unwrap();
        body["newest"] = at.into();
        // Whatever is in the log was there before.
        body["entries"] = 1_000_000.into();
        row.body = body.to_string();
        let expected = Expected::Version(row.version);
        let mut change = Change::new(OffsetDateTime::now_utc());
        change.entities.push(EntityChange::Put {
            entity: row,
            expected,
            keys: None,
        });
        store.commit(&change).await.unwrap();
        store.close().await;
    });
}

/// Ahead and behind: said by all who are asked, until somebody accepts it once.
#[test]
fn a_clock_that_jumped_is_said_until_it_is_accepted() {
    for (ago, word, code) in [
        (Duration::days(365), "clock-ahead", 6),
        (-Duration::days(365), "clock-behind", 6),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let home = Home(folder.path().join("service"));
        let served = home.serve();
        assert!(ready(&served.address).starts_with("HTTP/1.1 200 "));
        served.end();
        left(&home, ago);
        let (found, said, log) = home.run(&["doctor"]);
        assert_eq!((found, findings(&said, "clock")), (code, 1), "{said}{log}");
        for _ in 0..2 {
            let served = home.serve();
            let said = ready(&served.address);
            assert!(
                said.starts_with("HTTP/1.1 503 ") && said.contains(word),
                "{said}"
            );
            served.end();
        }
        let served = home.serve_with(&["--accept-clock"]);
        let said = ready(&served.address);
        assert!(said.starts_with("HTTP/1.1 200 "), "{said}");
        served.end();
        let served = home.serve();
        assert!(
            ready(&served.address).starts_with("HTTP/1.1 200 "),
            "once is enough"
        );
        served.end();
        let (found, said, log) = home.run(&["doctor"]);
        assert_eq!((found, findings(&said, "clock")), (0, 0), "{said}{log}");
    }
}

/// What was entered while the clock was ahead stays dated ahead. Once somebody has said so it hides nothing else.
#[test]
fn a_jump_that_was_set_right_and_accepted_is_no_fault() {
    let place = Place::new();
    let config = Config::read(&place.folder.path().join("service").join(CONFIG)).unwrap();
    let enter = |login: &str| {
        let made = place.wait(place.api.administrator_on_host(login, "TEST"));
        made.unwrap();
        place.audit_log();
    };
    let examined = || {
        let examined = doctor::examine(&config, &place.api, &[], None);
        place.wait(examined).unwrap()
    };
    let said = |examined: &Examination| -> Vec<(&'static str, bool, bool)> {
        let ills = examined.ills.iter();
        ills.filter(|ill| matches!(ill.part, "log" | "clock"))
            .map(|ill| (ill.part, ill.is_grave, ill.todo.contains("--accept-clock")))
            .collect()
    };
    enter("test.before");
    assert_eq!(said(&examined()), []);
    place.pass(Duration::days(40));
    enter("test.ahead");
    assert_eq!(said(&examined()), [("clock", true, true)]);
    place.pass(-Duration::days(40));
    assert_eq!(said(&examined()), [("clock", false, true)]);
    place.client().get("/health/ready").is(200);
    enter("test.after");
    assert_eq!(said(&examined()), [("log", true, true)]);
    assert_eq!(examined().dated_ahead, 0);
    let accepted = place.api.timekeeper.accept(&place.api.store, place.now());
    place.wait(accepted).unwrap();
    place.audit_log();
    let examined = examined();
    assert_eq!((said(&examined), examined.dated_ahead), (vec![], 1));
    place.client().get("/health/ready").is(200);
}

/// Also where the clock agrees with what happened before: what it showed in between is accepted then.
#[test]
fn whoever_accepts_the_clock_is_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let home = Home(folder.path().join("service"));
    home.serve().end();
    let size = || {
        let (code, said, log) = home.run(&["doctor"]);
        assert_eq!(code, 0, "{said}{log}");
        said["log"]["entries"].as_u64().unwrap()
    };
    home.serve().end();
    let before = size();
    home.serve_with(&["--accept-clock"]).end();
    // The link of the first administrator is made anew at each start.
    assert_eq!(size(), before + 2);
}

/// The server does not answer: that is said while who asks still listens.
#[test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
fn a_database_that_is_down_is_said_soon() {
    let folder = tempfile::tempdir().unwrap();
    let mut cluster = Cluster::start();
    cluster.create_database("ready");
    let home = Home::with_store(folder.path().join("service"), &cluster.url("ready"));
    let served = home.serve();
    assert!(ready(&served.address).starts_with("HTTP/1.1 200 "));
    cluster.kill();
    let said = ready(&served.address);
    assert!(
        said.starts_with("HTTP/1.1 503 ") && said.contains("\"detail\":\"register\""),
        "{said}"
    );
    cluster.restart();
    let begun = std::time::Instant::now();
    while !ready(&served.address).starts_with("HTTP/1.1 200 ") {
        assert!(
            begun.elapsed() < std::time::Duration::from_secs(120),
            "it does not come back"
        );
    }
    served.end();
}

/// A clock that is a year ahead erases nothing and ends nothing, whatever is entered meanwhile.
#[test]
fn a_clock_that_jumped_erases_nothing() {
    let place = Place::new();
    assert!(place.api.timekeeper.may_end(place.now()));
    place.pass(AHEAD + Duration::days(335));
    // What is entered now is newer than anything, and makes the clock no better.
    place.signed_in("test.later", &[access::Role::Operator]);
    place.audit_log();
    let due = |queue| Task {
        id: Uuid::now_v7(),
        queue,
        lane: String::new(),
        subject: Uuid::now_v7(),
        priority: 0,
        run_at: OffsetDateTime::now_utc(),
        attempts: 0,
    };
    let queues = [Queue::Erase, Queue::Expire];
    let mut change = place.api.change();
    change
        .tasks
        .extend(queues.map(|queue| TaskChange::Add(due(queue))));
    place.wait(place.api.commit(&change)).unwrap();
    let waiting = |queue| {
        let counted = place.wait(place.api.store.waiting(queue, "", 10));
        counted.unwrap().0
    };
    let work = || {
        place.wait(async {
            [
                workers::erase(&place.api).await.unwrap(),
                workers::expire(&place.api).await.unwrap(),
            ]
        })
    };
    assert!(work().iter().all(|done| matches!(done, Done::Nothing)));
    assert_eq!(queues.map(waiting), [1, 1]);
    let said = place
        .client()
        .get("/health/ready")
        .refused(503, "not-ready");
    assert_eq!(said.json()["detail"], "clock-ahead");
    let accepted = place.api.timekeeper.accept(&place.api.store, place.now());
    place.wait(accepted).unwrap();
    place.client().get("/health/ready").is(200);
    // The workers beside may be faster.
    work();
    let begun = std::time::Instant::now();
    while queues.map(waiting) != [0, 0] {
        assert!(
            begun.elapsed() < std::time::Duration::from_secs(30),
            "nothing is done"
        );
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let log = place.audit_log();
    assert!(
        log.iter().any(|entry| entry.contains("clock.accepted")),
        "{log:?}"
    );
}
