//! The same request twice is done once.

use access::Role;
use serde_json::json;
use test_support::postgres::Database;
use time::Duration;

use crate::both;

pub fn the_same_key_gives_the_same_answer(database: Option<&Database>) {
    let place = both::place(database);
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let (_, other) = place.signed_in("test.admin.other", &[Role::Administrator]);
    let body = |login: &str| json!({ "login": login, "display_name": "TEST", "roles": [] });
    let send = |client: &crate::client::Client, key: &str, login: &str| {
        client.json(
            "POST",
            "/v1/accounts",
            &[("idempotency-key", key)],
            &body(login),
        )
    };
    admin
        .json("POST", "/v1/accounts", &[], &body("test.none"))
        .refused(400, "idempotency-key-missing");
    for key in ["", "has blanks", &"x".repeat(129)] {
        assert_eq!(send(&admin, key, "test.none").status, 400, "{key:?}");
    }
    let first = send(&admin, "key-1", "test.first").is(201);
    let again = send(&admin, "key-1", "test.first").is(201);
    assert_eq!(first.text, again.text);
    assert_eq!(
        (
            first.header("idempotency-replayed"),
            again.header("idempotency-replayed")
        ),
        ("", "true")
    );
    assert_eq!(again.header("content-type"), first.header("content-type"));
    send(&admin, "key-1", "test.second").refused(422, "idempotency-key-reused");
    // Another person's key is another key.
    send(&other, "key-1", "test.second").is(201);
    // What was refused for good is the same again; what may change is looked at again.
    send(&admin, "key-2", "no blanks here").refused(422, "content");
    assert_eq!(
        send(&admin, "key-2", "no blanks here").header("idempotency-replayed"),
        "true"
    );
    send(&admin, "key-3", "test.second").refused(409, "taken");
    assert_eq!(
        send(&admin, "key-3", "test.second").header("idempotency-replayed"),
        ""
    );
    // What is kept is sealed: the link that stands in it is nowhere in the register.
    let token = first.json()["token"].as_str().unwrap().to_owned();
    let kept = match database {
        Some(database) => vec![database.dump().into_bytes()],
        None => ["register.sqlite", "register.sqlite-wal"]
            .map(|name| place.folder.path().join("service").join(name))
            .map(|file| std::fs::read(file).unwrap_or_default())
            .to_vec(),
    };
    let has = |text: &str| {
        let mut parts = kept.iter().flat_map(|file| file.windows(text.len()));
        parts.any(|part| part == text.as_bytes())
    };
    let id = first.json()["account"]["id"].as_str().unwrap().to_owned();
    assert!(has(&id), "this is not where answers are kept");
    assert!(!has(&token));
    place.pass(Duration::hours(25));
    let (_, admin) = place.signed_in("test.admin.late", &[Role::Administrator]);
    place.wait(place.api.clear_away()).unwrap();
    send(&admin, "key-1", "test.third").is(201);
}

/// Many at once with one key: one is done, the others are told to come again or get its answer.
pub fn at_once(database: Option<&Database>) {
    let place = both::place(database);
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let body = json!({ "login": "test.once", "display_name": "TEST", "roles": [] });
    let answers: Vec<(u16, String)> = std::thread::scope(|scope| {
        let send = || {
            let client = place.client_of(&admin.asker);
            let answer = client.json(
                "POST",
                "/v1/accounts",
                &[("idempotency-key", "same")],
                &body,
            );
            (
                answer.status,
                if answer.status == 201 {
                    answer.text
                } else {
                    answer.problem()
                },
            )
        };
        let tasks: Vec<_> = (0..16).map(|_| scope.spawn(send)).collect();
        tasks.into_iter().map(|task| task.join().unwrap()).collect()
    });
    let done: Vec<&String> = answers
        .iter()
        .filter(|(status, _)| *status == 201)
        .map(|(_, text)| text)
        .collect();
    assert!(
        !done.is_empty() && done.iter().all(|text| *text == done[0]),
        "{answers:?}"
    );
    assert!(
        answers
            .iter()
            .all(|(status, text)| *status == 201 || text == "in-flight"),
        "{answers:?}"
    );
    let made = place
        .audit_log()
        .iter()
        .filter(|entry| entry.contains("\"invited\""))
        .count();
    assert_eq!(made, 1);
}
