//! SQL and HTML in every text that the service takes: it comes back as it was, or is refused, and nothing else happens.

use access::{DeviceKind, Role};
use serde_json::{Map, Value, json};
use test_support::postgres::Database;
use uuid::Uuid;

use crate::both;
use crate::client::Client;
use crate::place::Place;
use crate::relying::{birth, party};

/// What would be something else in a statement, a page, a log, a path, a format.
const HOSTILE: [&str; 8] = [
    "'; DROP TABLE entity; --",
    "\" OR \"\"=\"",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "%s%n${jndi:ldap://x}{{7*7}}",
    "../../etc/passwd",
    "\u{202e}TEST\u{0}\r\nset-cookie: a=b",
    "$1 \\' || pg_sleep(9) || '",
];

/// What is free text comes back to the letter, as JSON, and finds what it says.
pub fn texts_come_back_as_they_are(database: Option<&Database>) {
    let place = both::place(database);
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    let (_, civil) = party(&place, "TEST civil status");
    for (number, text) in HOSTILE.into_iter().enumerate() {
        let login = format!("test.hostile.{number}");
        let invited = admin.post(
            "/v1/accounts",
            &json!({ "login": login, "display_name": text, "roles": [] }),
        );
        if text.chars().any(char::is_control) {
            invited.refused(422, "content");
        } else {
            let account = invited.is(201).json()["account"].clone();
            assert_eq!(account["display_name"], text);
            let id = account["id"].as_str().unwrap();
            let shown = admin.get(&format!("/v1/accounts/{id}")).is(200);
            assert_eq!(
                (
                    shown.json()["display_name"].as_str(),
                    shown.header("content-type")
                ),
                (Some(text), "application/json")
            );
        }
        // A name that no rule lets through is refused and never half kept; one that is kept is what it was.
        let mut child = birth(Uuid::now_v7());
        child["texts"]["place_of_birth"] = json!(text);
        let answer = civil.post("/v1/numbers", &child);
        if answer.status == 201 {
            let number = answer.json()["personal_number"]
                .as_str()
                .unwrap()
                .to_owned();
            let found = clerk
                .get(&format!("/v1/people?number={number}"))
                .is(200)
                .json();
            let id = found["items"][0]["id"].as_str().unwrap().to_owned();
            let person = clerk.get(&format!("/v1/people/{id}")).is(200).json();
            let fields = person["fields"].as_array().unwrap();
            let kept = fields
                .iter()
                .find(|field| field["word"] == "place_of_birth")
                .unwrap();
            assert_eq!(kept["text"], text);
        } else {
            answer.refused(422, "content");
        }
        // As what is looked for: nobody has this name or number, and nobody else is shown.
        for key in ["number", "name"] {
            let answer = clerk.get(&format!("/v1/people?{key}={}", escaped(text)));
            assert!(
                matches!(answer.status, 400 | 422) || answer.is(200).json()["items"] == json!([]),
                "{text}"
            );
        }
    }
    let accounts = admin.get("/v1/accounts").is(200).json();
    assert!(accounts["items"].as_array().unwrap().len() >= HOSTILE.len());
    place.client().get("/health/ready").is(200);
}

fn escaped(text: &str) -> String {
    text.bytes().map(|octet| format!("%{octet:02X}")).collect()
}

/// Every text of every body, query and path, as everybody who could: no server error, nothing of it in a refusal, and what was there is
/// there afterwards.
#[test]
fn in_every_place() {
    let place = Place::with(|config| config.serve.sessions.step_up_minutes = 600);
    let everything: Vec<Role> = Role::ALL
        .into_iter()
        .filter(|role| role.is_for_people())
        .collect();
    let keeper = place.person("test.keeper", &[Role::Administrator]);
    let (_, people) = place.signed_in("test.everything", &everything);
    let devices = DeviceKind::ALL
        .map(|kind| place.client_of(&place.device(kind, &format!("TEST {}", kind.code())).1));
    let (_, bank) = party(&place, "TEST bank");
    let document = people.get("/v1/openapi.json").is(200).json();
    let mut tried = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        if path.starts_with("/v1/sessions/current") {
            continue;
        }
        for (method, operation) in item.as_object().unwrap() {
            for hostile in HOSTILE {
                for request in requests(&document, path, operation, hostile) {
                    for client in devices.iter().chain([&people, &bank]) {
                        tried += 1;
                        let answer = send(client, method, &request);
                        assert!(answer.status < 500, "{method} {path}: {}", answer.text);
                        let echoed = answer.status >= 400
                            && (answer.text.contains("script>")
                                || answer.text.contains("DROP TABLE"));
                        assert!(!echoed, "{method} {path} says it again: {}", answer.text);
                        assert!(
                            answer
                                .headers
                                .get("set-cookie")
                                .is_none_or(|cookie| cookie.to_str().unwrap() != "a=b")
                        );
                    }
                }
            }
        }
    }
    println!("texts: {tried} requests with SQL and HTML");
    assert!(tried > 1000, "{tried}");
    place
        .client_of(&place.session(&keeper))
        .get("/v1/accounts")
        .is(200);
    place.client().get("/health/ready").is(200);
}

/// A request with a text in one place of it.
struct Request {
    path: String,
    body: Option<Value>,
}

fn send(client: &Client, method: &str, request: &Request) -> crate::client::Answer {
    let key = Uuid::new_v4().to_string();
    let fields = [
        ("content-type", "application/json"),
        ("if-match", "*"),
        ("idempotency-key", key.as_str()),
    ];
    let body = request
        .body
        .as_ref()
        .map(|body| body.to_string().into_bytes());
    let method = method.to_uppercase();
    let needs_body = matches!(method.as_str(), "POST" | "PUT" | "PATCH");
    let body = body.or(needs_body.then(|| b"{}".to_vec()));
    client.send(&method, &request.path, &fields, body.as_deref())
}

fn requests(document: &Value, path: &str, operation: &Value, hostile: &str) -> Vec<Request> {
    let none = Vec::new();
    let parameters = operation["parameters"].as_array().unwrap_or(&none);
    let good = |parameter: &Value| escaped(&text_of(&sample(document, &parameter["schema"], 0)));
    let of = |place: &str| {
        parameters
            .iter()
            .filter(move |parameter| parameter["in"] == place)
            .collect::<Vec<_>>()
    };
    let filled = |bad: Option<&str>| {
        of("path").iter().fold(path.to_owned(), |path, parameter| {
            let name = parameter["name"].as_str().unwrap();
            let value = if bad == Some(name) {
                escaped(hostile)
            } else {
                good(parameter)
            };
            path.replace(&format!("{{{name}}}"), &value)
        })
    };
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let body = (!schema.is_null()).then(|| sample(document, schema, 0));
    let mut requests: Vec<Request> = of("path")
        .iter()
        .map(|parameter| Request {
            path: filled(parameter["name"].as_str()),
            body: body.clone(),
        })
        .collect();
    for parameter in of("query") {
        let name = parameter["name"].as_str().unwrap();
        let path = format!("{}?{name}={}", filled(None), escaped(hostile));
        requests.push(Request {
            path,
            body: body.clone(),
        });
    }
    let mut bodies = Vec::new();
    if let Some(body) = &body {
        planted(body, hostile, &mut |whole| bodies.push(whole));
    }
    requests.extend(bodies.into_iter().map(|body| Request {
        path: filled(None),
        body: Some(body),
    }));
    requests
}

/// The value with the text in place of each of its texts, one after the other; names of members as well.
fn planted(value: &Value, hostile: &str, found: &mut dyn FnMut(Value)) {
    match value {
        Value::String(_) => found(json!(hostile)),
        Value::Array(items) => {
            for (place, item) in items.iter().enumerate() {
                planted(item, hostile, &mut |changed| {
                    let mut whole = items.clone();
                    whole[place] = changed;
                    found(Value::Array(whole));
                });
            }
        }
        Value::Object(members) => {
            let mut named = members.clone();
            named.insert(hostile.to_owned(), json!("TEST"));
            found(Value::Object(named));
            for (name, member) in members {
                planted(member, hostile, &mut |changed| {
                    let mut whole = members.clone();
                    whole[name] = changed;
                    found(Value::Object(whole));
                });
            }
        }
        _ => {}
    }
}

fn text_of(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// Something of a schema.
fn sample(document: &Value, schema: &Value, depth: usize) -> Value {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return sample(document, &document["components"]["schemas"][name], depth);
    }
    for example in [&schema["example"], &schema["examples"][0]] {
        if !example.is_null() {
            return example.clone();
        }
    }
    for one_of in [&schema["oneOf"], &schema["anyOf"]] {
        let choices = one_of.as_array().map(Vec::as_slice).unwrap_or_default();
        if let Some(choice) = choices.iter().find(|choice| choice["type"] != "null") {
            return sample(document, choice, depth);
        }
    }
    let kinds = |kind: &str| {
        schema["type"] == kind
            || schema["type"]
                .as_array()
                .is_some_and(|kinds| kinds.contains(&json!(kind)))
    };
    if kinds("object") && depth < 6 {
        let none = Map::new();
        let members = schema["properties"].as_object().unwrap_or(&none);
        let members = members
            .iter()
            .map(|(name, member)| (name.clone(), sample(document, member, depth + 1)));
        return Value::Object(members.collect());
    }
    if kinds("array") {
        return json!([sample(document, &schema["items"], depth + 1)]);
    }
    if kinds("integer") || kinds("number") {
        return json!(schema["minimum"].as_i64().unwrap_or(1).max(1));
    }
    if kinds("boolean") {
        return json!(false);
    }
    match (schema["format"].as_str(), &schema["enum"][0]) {
        (_, Value::String(word)) => json!(word),
        (Some("uuid"), _) => json!("018f0000-0000-7000-8000-000000000000"),
        (Some("date"), _) => json!("2026-11-20"),
        (Some("date-time"), _) => json!("2026-11-20T10:00:00Z"),
        _ => json!("test"),
    }
}
