//! Administrators: two of them for a third, never the last one out, and races.

use access::Role;
use serde_json::json;
use time::Duration;

use crate::place::Place;

#[test]
fn the_third_administrator_needs_two() {
    let place = Place::new();
    let (one, first) = place.signed_in("test.admin.one", &[Role::Administrator]);
    let (two, second) = place.signed_in("test.admin.two", &[Role::Administrator]);
    let clerk = place.person("test.clerk", &[]);
    let roles = format!("/v1/accounts/{}/roles", clerk.id);
    let confirm = format!("{roles}/confirm");
    let asked = json!({ "roles": ["administrator"] });
    let tag = first
        .get(&format!("/v1/accounts/{}", clerk.id))
        .is(200)
        .header("etag")
        .to_owned();
    first
        .json("PUT", &roles, &[], &asked)
        .refused(428, "if-match-missing");
    first
        .put(&roles, "\"v99\"", &asked)
        .refused(412, "version-differs");
    let proposed = first.put(&roles, &tag, &asked).is(200).json();
    assert_eq!(
        (&proposed["roles"], &proposed["pending_roles"]),
        (&json!([]), &json!(["administrator"]))
    );
    first.post(&confirm, &json!({})).refused(403, "four-eyes");
    let confirmed = second.post(&confirm, &json!({})).is(200).json();
    assert_eq!(confirmed["roles"], json!(["administrator"]));
    second.post(&confirm, &json!({})).refused(409, "conflict");
    // Nobody his own.
    first
        .put(
            &format!("/v1/accounts/{}/roles", one.id),
            "*",
            &json!({ "roles": ["auditor"] }),
        )
        .refused(403, "four-eyes");
    first
        .post(&format!("/v1/accounts/{}/close", one.id), &json!({}))
        .refused(403, "four-eyes");
    // Roles apart, roles of devices, roles that are none.
    for (roles, status, problem) in [
        (json!(["administrator", "auditor"]), 422, "roles-apart"),
        (
            json!(["personaliser", "quality-control"]),
            422,
            "roles-apart",
        ),
        (json!(["station"]), 422, "roles-apart"),
        (json!(["root"]), 422, "content"),
        (json!("operator"), 422, "content"),
    ] {
        first
            .put(
                &format!("/v1/accounts/{}/roles", two.id),
                "*",
                &json!({ "roles": roles }),
            )
            .refused(status, problem);
    }
    let direct =
        json!({ "login": "test.direct", "display_name": "TEST", "roles": ["administrator"] });
    first
        .post("/v1/accounts", &direct)
        .refused(403, "four-eyes");
    let log = place.audit_log();
    assert!(
        log.iter()
            .any(|entry| entry.contains("four-eyes") && entry.contains("user.manage"))
    );
    assert!(log.iter().any(|entry| entry.contains("roles-confirmed")));
}

/// One alone makes no second, in whatever way; who has the machine does, and the log tells of all of it.
#[test]
fn one_administrator_alone_is_not_two() {
    let place = Place::new();
    let (_, alone) = place.signed_in("test.admin.one", &[Role::Administrator]);
    let clerk = place.person("test.clerk", &[]);
    let roles = format!("/v1/accounts/{}/roles", clerk.id);
    let asked = json!({ "roles": ["administrator"] });
    let refused = alone.put(&roles, "*", &asked).refused(403, "four-eyes");
    assert!(
        refused.json()["detail"]
            .as_str()
            .unwrap()
            .contains("administrator invite")
    );
    let account = alone.get(&format!("/v1/accounts/{}", clerk.id)).is(200);
    assert_eq!(
        (&account.json()["roles"], &account.json()["pending_roles"]),
        (&json!([]), &json!(null))
    );
    // The way of the host: a link that works once.
    let host = place
        .wait(
            place
                .api
                .administrator_on_host("test.second", "TEST Second"),
        )
        .unwrap();
    let anybody = place.client();
    let offer = anybody
        .post(
            "/v1/invitations/open",
            &json!({ "token": host.token.as_str() }),
        )
        .is(200);
    assert_eq!(offer.json()["login"], "test.second");
    let twice = place.wait(
        place
            .api
            .administrator_on_host("test.second", "TEST Second"),
    );
    assert_eq!(twice.unwrap_err().kind().code(), "taken");
    // Who was invited and did not come in confirms nothing.
    alone.put(&roles, "*", &asked).refused(403, "four-eyes");
    // With a second one it goes on as ever; but neither opens the other's account anew.
    let (two, second) = place.signed_in("test.admin.two", &[Role::Administrator]);
    alone.put(&roles, "*", &asked).is(200);
    second.post(&format!("{roles}/confirm"), &json!({})).is(200);
    let other = format!("/v1/accounts/{}", two.id);
    alone
        .post(&format!("{other}/reset"), &json!({}))
        .refused(403, "four-eyes");
    let link = json!({ "issuer": "https://idp.test", "subject": "me" });
    alone
        .put(&format!("{other}/identity"), "*", &link)
        .refused(403, "four-eyes");
    // His sessions end with the reset on the host.
    let reset = place.wait(place.api.administrator_reset_on_host("test.admin.two"));
    assert!(reset.unwrap().is_some());
    second.get("/v1/accounts").refused(401, "session-over");
    let nobody = place.wait(place.api.administrator_reset_on_host("test.nobody"));
    assert!(nobody.unwrap().is_none());
    let operator = place.person("test.operator", &[Role::Operator]);
    let other = place.wait(place.api.administrator_reset_on_host(&operator.login));
    assert_eq!(other.unwrap_err().kind().code(), "conflict");
    let log = place.audit_log();
    for told in [
        "\"four-eyes\"",
        "administrator-invited-on-host",
        "administrator-reset-on-host",
    ] {
        assert!(log.iter().any(|entry| entry.contains(told)), "{told}");
    }
}

#[test]
fn the_last_administrator_stays() {
    let place = Place::new();
    let (one, first) = place.signed_in("test.admin.one", &[Role::Administrator]);
    let (two, second) = place.signed_in("test.admin.two", &[Role::Administrator]);
    // Both at once, again and again: one of them is always left.
    for _ in 0..10 {
        let lock = |by: &crate::client::Client, whom: uuid::Uuid| {
            by.post(&format!("/v1/accounts/{whom}/lock"), &json!({}))
                .status
        };
        let (a, b) = std::thread::scope(|scope| {
            let a = scope.spawn(|| lock(&first, two.id));
            let b = scope.spawn(|| lock(&second, one.id));
            (a.join().unwrap(), b.join().unwrap())
        });
        let active = place.wait(place.api.administrators()).unwrap().0.active;
        assert!(active >= 1, "{a} {b}");
        assert!(a == 200 || b == 200 || active == 2, "{a} {b}");
        if a == 200 || b == 200 {
            break;
        }
    }
    let active = place.wait(place.api.administrators()).unwrap().0.active;
    assert_eq!(active, 1);
}

#[test]
fn invited_taken_reset_closed_and_listed() {
    let place = Place::new();
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let invite = |login: &str, name: &str| {
        admin.post(
            "/v1/accounts",
            &json!({ "login": login, "display_name": name, "roles": ["operator"] }),
        )
    };
    let made = invite("Test.New", "TEST <script>alert(1)</script> ' OR 1=1; --")
        .is(201)
        .json();
    assert_eq!(made["account"]["login"], "test.new");
    assert_eq!(made["account"]["state"], "invited");
    invite("test.new", "TEST Twice").refused(409, "taken");
    for (login, name) in [
        ("x", "TEST"),
        ("no blanks", "TEST"),
        ("test.ok", ""),
        ("test.ok", "bell\u{7}"),
        ("'; DROP TABLE entity; --", "TEST"),
    ] {
        invite(login, name).refused(422, "content");
    }
    let id = made["account"]["id"].as_str().unwrap().to_owned();
    let first = made["token"].as_str().unwrap().to_owned();
    let reset = admin
        .post(&format!("/v1/accounts/{id}/reset"), &json!({}))
        .is(200)
        .json();
    let anybody = place.client();
    anybody
        .post("/v1/invitations/open", &json!({ "token": first }))
        .refused(410, "link-unusable");
    anybody
        .post("/v1/invitations/open", &json!({ "token": reset["token"] }))
        .is(200);
    place.pass(Duration::hours(4));
    let (_, admin) = place.signed_in("test.admin.later", &[Role::Administrator]);
    anybody
        .post("/v1/invitations/open", &json!({ "token": reset["token"] }))
        .refused(410, "link-unusable");
    let closed = admin
        .post(&format!("/v1/accounts/{id}/close"), &json!({}))
        .is(200)
        .json();
    assert_eq!(closed["state"], "closed");
    admin
        .post(&format!("/v1/accounts/{id}/unlock"), &json!({}))
        .refused(409, "conflict");
    admin
        .get("/v1/accounts/00000000-0000-7000-8000-000000000000")
        .refused(404, "not-found");
    for place_in_list in 0..5 {
        place.person(&format!("test.many.{place_in_list}"), &[]);
    }
    let mut seen = Vec::new();
    let mut next = String::new();
    loop {
        let page = admin
            .get(&format!("/v1/accounts?limit=3{next}"))
            .is(200)
            .json();
        let items = page["items"].as_array().unwrap().clone();
        assert!(items.len() <= 3);
        seen.extend(
            items
                .iter()
                .map(|item| item["id"].as_str().unwrap().to_owned()),
        );
        match page["next"].as_str() {
            Some(cursor) => next = format!("&after={cursor}"),
            None => break,
        }
    }
    let count = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!((seen.len(), count), (8, 8));
    for bad in [
        "limit=0",
        "limit=501",
        "limit=x",
        "after=x",
        "unknown=1",
        "limit=1&limit=2",
    ] {
        admin
            .get(&format!("/v1/accounts?{bad}"))
            .refused(400, "malformed");
    }
}

/// The way of the host, where nobody is signed in.
#[test]
fn who_has_the_machine_locks_and_unlocks() {
    let place = Place::new();
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let (clerk, client) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    let lock = |login: &str, is_locked: bool| place.wait(place.api.lock_on_host(login, is_locked));
    let state = || {
        let account = admin.get(&format!("/v1/accounts/{}", clerk.id)).is(200);
        account.json()["state"].clone()
    };
    client.get("/v1/sessions/current").is(200);
    assert!(lock("test.clerk", true).unwrap().is_some());
    assert_eq!(state(), "locked");
    client
        .get("/v1/sessions/current")
        .refused(401, "session-over");
    assert_eq!(
        lock("test.clerk", true).unwrap_err().kind().code(),
        "conflict"
    );
    assert!(lock("test.clerk", false).unwrap().is_some());
    assert_eq!(state(), "active");
    client
        .get("/v1/sessions/current")
        .refused(401, "sign-in-needed");
    for (login, is_locked) in [("test.admin", true), ("test.admin", false)] {
        let refused = lock(login, is_locked).unwrap_err();
        assert_eq!(refused.kind().code(), "conflict", "{login} {is_locked}");
    }
    assert!(lock("test.nobody", true).unwrap().is_none());
    let log = place.audit_log();
    for told in ["\"locked-on-host\"", "\"unlocked-on-host\""] {
        assert_eq!(
            log.iter().filter(|entry| entry.contains(told)).count(),
            1,
            "{told}"
        );
    }
}
