//! A stolen cookie, a forged page, a session that should be over.

use access::Role;
use serde_json::json;
use time::Duration;

use crate::place::{Asker, Place};

#[test]
fn a_cookie_alone_changes_nothing() {
    let place = Place::new();
    let (_, browser) = place.signed_in("test.owner", &[Role::Administrator]);
    let cookie = browser.asker.cookie.clone();
    let body = json!({ "login": "test.thief", "display_name": "TEST Thief", "roles": [] });
    let (_, other) = place.signed_in("test.other", &[Role::Administrator]);
    for csrf in [
        None,
        Some(String::new()),
        Some("A".repeat(43)),
        other.asker.csrf.clone(),
    ] {
        let thief = place.client_of(&Asker {
            cookie: cookie.clone(),
            csrf,
            device: None,
        });
        thief.post("/v1/accounts", &body).refused(403, "forged");
    }
    // The page of another site: it has the cookie and, by some hole, the token; the browser says where it is.
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        place
            .client_of(&browser.asker)
            .with(name, value)
            .post("/v1/accounts", &body)
            .refused(403, "forged");
    }
    let own = format!("https://127.0.0.1:{}", place.address.port());
    place
        .client_of(&browser.asker)
        .with("origin", &own)
        .post("/v1/accounts", &body)
        .is(201);
    // Signing in is no page's of another site either.
    place
        .client()
        .with("origin", "https://evil.example")
        .post("/v1/sessions", &json!({}))
        .refused(403, "forged");
}

#[test]
fn planted_bent_and_foreign_cookies_are_none() {
    let place = Place::new();
    let (_, browser) = place.signed_in("test.owner", &[Role::Operator]);
    let good = browser.asker.cookie.clone().unwrap();
    let mut bent = good.clone().into_bytes();
    let last = bent.len() - 3;
    bent[last] = if bent[last] == b'A' { b'B' } else { b'A' };
    let cookies = [
        String::from_utf8(bent).unwrap(),
        format!("{good}; {good}"),
        good.replace("__Host-session", "session"),
        "__Host-session=".to_owned(),
        format!("__Host-session={}", "A".repeat(43)),
        "__Host-session=' OR 1=1 --".to_owned(),
    ];
    for cookie in cookies {
        let thief = place.client_of(&Asker {
            cookie: Some(cookie.clone()),
            csrf: browser.asker.csrf.clone(),
            device: None,
        });
        assert_eq!(
            thief.get("/v1/sessions/current").problem(),
            "sign-in-needed",
            "{cookie}"
        );
    }
    browser.get("/v1/sessions/current").is(200);
}

#[test]
fn sessions_end_by_time_and_by_the_account() {
    let place = Place::new();
    let admin = place.person("test.admin", &[Role::Administrator]);
    let admin_browser = || place.client_of(&place.session(&admin));
    let clerk = place.person("test.clerk", &[Role::Operator]);
    let over = |client: &crate::client::Client| {
        client
            .get("/v1/sessions/current")
            .refused(401, "session-over");
        client
            .get("/v1/sessions/current")
            .refused(401, "sign-in-needed");
    };
    let idle = place.client_of(&place.session(&clerk));
    place.pass(Duration::minutes(14));
    idle.get("/v1/sessions/current").is(200);
    place.pass(Duration::minutes(14));
    idle.get("/v1/sessions/current").is(200);
    place.pass(Duration::minutes(16));
    over(&idle);
    let long = place.client_of(&place.session(&clerk));
    for _ in 0..43 {
        place.pass(Duration::minutes(14));
        if long.get("/v1/sessions/current").status != 200 {
            break;
        }
    }
    long.get("/v1/sessions/current")
        .refused(401, "sign-in-needed");
    let locked = place.client_of(&place.session(&clerk));
    admin_browser()
        .post(&format!("/v1/accounts/{}/lock", clerk.id), &json!({}))
        .is(200);
    over(&locked);
    admin_browser()
        .post(&format!("/v1/accounts/{}/unlock", clerk.id), &json!({}))
        .is(200);
    let changed = place.client_of(&place.session(&clerk));
    admin_browser()
        .put(
            &format!("/v1/accounts/{}/roles", clerk.id),
            "*",
            &json!({ "roles": ["supervisor"] }),
        )
        .is(200);
    over(&changed);
}
