//! The same request twice is done once.

use access::Role;
use serde_json::json;
use time::Duration;

use crate::place::Place;

#[test]
fn the_same_key_gives_the_same_answer() {
    let place = Place::new();
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
    let register = std::fs::read(place.folder.path().join("service/register.sqlite")).unwrap();
    let log =
        std::fs::read(place.folder.path().join("service/register.sqlite-wal")).unwrap_or_default();
    for file in [register, log] {
        assert!(
            !file
                .windows(token.len())
                .any(|part| part == token.as_bytes())
        );
    }
    place.pass(Duration::hours(25));
    let (_, admin) = place.signed_in("test.admin.late", &[Role::Administrator]);
    place.wait(place.api.clear_away()).unwrap();
    send(&admin, "key-1", "test.third").is(201);
}

/// Many at once with one key: one is done, the others are told to come again or get its answer.
#[test]
fn at_once() {
    let place = Place::new();
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
