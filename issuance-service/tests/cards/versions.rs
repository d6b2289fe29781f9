//! `If-Match` as a table over routes: what changes something that has a version does not where another version was seen.

use access::{DeviceKind, Role, RoleSet};
use issuance_service::api::route::{Access, Route};
use issuance_service::api::routes;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::Client;
use crate::place::Place;
use crate::workshop::{PROFILE, Workshop};

/// What has a version, and where it is read.
const VERSIONED: [&str; 5] = [
    "/v1/accounts/{id}",
    "/v1/applications/{id}",
    "/v1/batches/{id}",
    "/v1/devices/{id}",
    "/v1/documents/{job}",
];
/// A version that nothing reaches here.
const OLD: &str = "\"v4000000000\"";

/// Of what a route is, if it has a version.
fn of(route: &Route) -> Option<&'static str> {
    VERSIONED.into_iter().find(|template| {
        route
            .path()
            .strip_prefix(template)
            .is_some_and(|rest| rest.starts_with('/'))
    })
}

/// What a route takes, so that nothing but the version stands against it.
fn body(path: &str) -> Value {
    let last = path.rsplit('/').next().unwrap();
    match last {
        "roles" => json!({ "roles": ["operator"] }),
        "identity" => json!({}),
        "certificates" => json!({ "request": "none" }),
        "duplicate-review" => json!({ "finding": "new-person" }),
        "refusal" => json!({ "reason": "not-eligible" }),
        "complaint" => json!({ "job": Uuid::nil(), "reason": "print-faulty" }),
        "hand-over" => json!({ "to": "holder", "read_out": "passed" }),
        "suspension" => json!({ "reason": "reported-lost" }),
        "voiding" => json!({ "reason": "wrong-data" }),
        "confirmation" if path.contains("voiding") => json!({ "reason": "wrong-data" }),
        "results" | "quality" => json!({ "results": [] }),
        _ => json!({}),
    }
}

/// One of each, with its name.
fn one_of_each(place: &Place) -> [(&'static str, Uuid); 5] {
    let workshop = Workshop::of(&place.api.office, place.now());
    let application = Uuid::now_v7();
    let job = place.wait(async {
        workshop.checked(application, Uuid::now_v7(), &[]).await;
        workshop.jobs(2).await[0]
    });
    let (_, writer) = place.signed_in("test.personaliser", &[Role::Personaliser]);
    let wish = json!({ "site": "test-site", "profile": PROFILE, "count": 2 });
    let batch = writer.post("/v1/batches", &wish).is(200).json();
    let batch = batch["batch"]["id"].as_str().unwrap().parse().unwrap();
    let account = place.person("test.clerk", &[]).id;
    let (device, _) = place.device(DeviceKind::Station, "TEST Station");
    let [accounts, applications, batches, devices, documents] = VERSIONED;
    [
        (accounts, account),
        (applications, application),
        (batches, batch),
        (devices, device),
        (documents, job),
    ]
}

/// Somebody who has a right.
fn who_may(place: &Place, route: &Route) -> Client {
    let Access::Right(right) = route.access() else {
        panic!("{} is for everybody", route.path());
    };
    let may = |role: &Role| role.is_for_people() && RoleSet::EMPTY.with(*role).allows(right);
    let role = Role::ALL.into_iter().find(may).unwrap();
    let login = format!("test.{}", Uuid::now_v7());
    place.signed_in(&login, &[role]).1
}

fn read_route(template: &str) -> Route {
    routes::table()
        .into_iter()
        .find(|route| route.path() == template && route.method().is_safe())
        .unwrap()
}

#[test]
fn nothing_is_changed_by_who_has_seen_something_older() {
    let place = Place::new();
    let things = one_of_each(&place);
    let mut asked = 0;
    for route in routes::table()
        .iter()
        .filter(|route| !route.method().is_safe())
    {
        let Some(template) = of(route) else { continue };
        let (method, path) = (route.method().as_str(), route.path());
        assert!(route.rules().versioned, "{method} {path} takes no If-Match");
        let (_, id) = things.iter().find(|(of, _)| *of == template).unwrap();
        let name = template.rsplit('/').next().unwrap();
        let concrete = |path: &str| path.replace(name, &id.to_string());
        let reader = who_may(&place, &read_route(template));
        let before = reader.get(&concrete(template)).is(200);
        let key = Uuid::new_v4().to_string();
        let fields = [("if-match", OLD), ("idempotency-key", &key)];
        who_may(&place, route)
            .json(method, &concrete(path), &fields, &body(path))
            .refused(412, "version-differs");
        let after = reader.get(&concrete(template)).is(200);
        assert_eq!(
            (before.header("etag"), &before.text),
            (after.header("etag"), &after.text),
            "{method} {path}"
        );
        asked += 1;
    }
    assert_eq!(asked, 31, "of five kinds of things");
    let log = place.audit_log();
    for (_, id) in things {
        let told =
            |entry: &&String| entry.contains("version-differs") && entry.contains(&id.to_string());
        assert!(log.iter().any(|entry| told(&entry)), "{id}");
    }
    let told = log.iter().filter(|entry| entry.contains("version-differs"));
    assert_eq!(told.count(), asked);
}

/// With the version of now it goes, and once.
#[test]
fn a_version_that_was_seen_is_good_for_one_change() {
    let place = Place::new();
    let [account, _, batch, device, document] = one_of_each(&place);
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let (_, supervisor) = place.signed_in("test.supervisor", &[Role::Supervisor]);
    let (_, clerk) = place.signed_in("test.issuer", &[Role::IssuerClerk]);
    for (client, (template, id), what, body) in [
        (&admin, account, "lock", json!({})),
        (&admin, device, "revoke", json!({})),
        (&supervisor, batch, "release", json!({})),
        (&supervisor, document, "revocation", json!({})),
        (
            &clerk,
            document,
            "suspension",
            json!({ "reason": "reported-lost" }),
        ),
    ] {
        let path = template.replace(template.rsplit('/').next().unwrap(), &id.to_string());
        let change = format!("{path}/{what}");
        let seen = client.get(&path).is(200).header("etag").to_owned();
        let send = |tag: &str| client.json("POST", &change, &[("if-match", tag)], &body);
        let done = send(&seen);
        // A card that is not delivered cannot be suspended or revoked: the rules say so, not the version.
        if template.contains("documents") {
            done.refused(409, "conflict");
            continue;
        }
        let changed = done.is(200).header("etag").to_owned();
        assert_ne!(changed, seen, "{change}");
        send(&seen).refused(412, "version-differs");
    }
}
