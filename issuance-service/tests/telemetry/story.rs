//! A birth, questions, a search, a change brought to a webhook; then every octet that has left for the collector is looked at.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use access::{DeviceKind, Role};
use issuance_service::api::telemetry::{self, LogFormat, LogLevel};
use issuance_service::api::traces::Traces;
use serde_json::json;
use uuid::Uuid;

use crate::collector::{Collector, attribute};
use crate::place::{PASSWORD, Place};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";
const NAME: &str = "TEST Nguyễn An";
const BIRTH: &str = "2026-11-01";

/// Attributes of spans: no others leave.
const KNOWN: [&str; 9] = [
    "http.request.method",
    "http.route",
    "http.response.status_code",
    "problem",
    "request",
    "subscription",
    "event",
    "busy_ns",
    "idle_ns",
];

fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_story_is_traced_and_nobody_is_in_it() {
    let (collector, webhook) = (Collector::start(), Collector::start());
    let traces = Traces::start(Some(&collector.url), None).unwrap();
    telemetry::log(LogFormat::Json, LogLevel::Info, Some(&traces));
    let place = Place::with(|config| config.relying.webhooks_on_loopback = true);
    let (id, asker) = place.device(DeviceKind::RelyingParty, "TEST civil status");
    let (_, admin) = place.signed_in("test.quirin", &[Role::Administrator]);
    let agreement = json!({ "attributes": ["full_name", "date_of_birth", "sex"], "purposes": ["open-account"],
        "consent_needed": true, "per_minute": 60000, "lines_per_day": 100000, "misses_per_day": 1000, "tries_per_subject": 5,
        "chips": true, "numbers": true, "changes": ["number-assigned"] });
    admin
        .json("PUT", &format!("/v1/agreements/{id}"), &[], &agreement)
        .is(200);
    let party = place
        .client_of(&asker)
        .with("traceparent", &format!("00-{TRACE}-{PARENT}-01"))
        .with("tracestate", "civil=Quirinazorba")
        .with("baggage", "name=Quirinazorba");
    let url = format!("{}/changes", webhook.url);
    party
        .post("/v1/subscriptions", &json!({ "url": url }))
        .is(201);
    let birth = json!({ "request": Uuid::now_v7(), "place": "001",
        "texts": { "full_name": NAME, "date_of_birth": BIRTH, "sex": "female" } });
    let number = party.post("/v1/numbers", &birth).is(201).json()["personal_number"]
        .as_str()
        .unwrap()
        .to_owned();
    let question = json!({ "subject": { "personal_number": number }, "purpose": "open-account", "consent": "consent-17",
        "attributes": { "full_name": "test nguyen an", "date_of_birth": BIRTH } });
    party.post("/v1/verifications", &question).is(200);
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    // Neither what stands in a query nor what stands in a path goes out, found or not.
    clerk.get(&format!("/v1/people?number={number}&name=Quirinazorba"));
    clerk.get(&format!("/v1/people/{number}"));
    clerk.get(&format!("/Quirinazorba/{number}"));
    place.client().post(
        "/v1/sessions",
        &json!({ "login": "test.quirin", "password": PASSWORD, "code": "123456" }),
    );
    let brought = until("the webhook is told", || webhook.told().into_iter().next());
    drop(place);
    traces.end();

    let (spans, octets) = collector.spans();
    for marker in [
        "Nguy",
        "nguyen",
        "Quirinazorba",
        "test.quirin",
        "test.clerk",
        BIRTH,
        PASSWORD,
        "123456",
        "consent-17",
        "civil",
        "__Host",
        &number,
        &number[..9],
    ] {
        let mut windows = octets.windows(marker.len());
        assert!(
            !windows.any(|window| window == marker.as_bytes()),
            "{marker} has left for the collector"
        );
    }
    let names: BTreeSet<&str> = spans.iter().map(|span| span.name.as_str()).collect();
    println!("{} spans, {} octets: {names:?}", spans.len(), octets.len());
    for span in &spans {
        for pair in &span.attributes {
            assert!(KNOWN.contains(&pair.key.as_str()), "{}", pair.key);
        }
        assert!(span.events.is_empty() && span.trace_state.is_empty());
        assert!(span.end_time_unix_nano >= span.start_time_unix_nano);
    }
    let named = |name: &str| {
        let found = spans.iter().find(|span| span.name == name);
        found.unwrap_or_else(|| panic!("{name}: {names:?}"))
    };
    let told = named("POST /v1/numbers");
    assert_eq!(hex::encode(&told.trace_id), TRACE);
    assert_eq!(hex::encode(&told.parent_span_id), PARENT);
    assert_eq!(
        attribute(told, "http.response.status_code").as_deref(),
        Some("201")
    );
    assert_eq!(
        attribute(named("GET /v1/people/{id}"), "http.route").as_deref(),
        Some("/v1/people/{id}")
    );
    assert!(
        attribute(named("POST /v1/sessions"), "problem").is_some(),
        "a refusal has its word"
    );
    // What the birth has set off is brought in a trace of its own: that of the birth would be the same for every party.
    let bring = named("bring a change");
    assert_ne!(hex::encode(&bring.trace_id), TRACE);
    assert!(bring.parent_span_id.is_empty());
    assert_eq!(
        bring.links.len(),
        1,
        "the collector knows that they belong together"
    );
    assert_eq!(bring.links[0].trace_id, told.trace_id);
    assert_eq!(bring.links[0].span_id, told.span_id);
    assert!(!brought.0.contains(TRACE), "{}", brought.0);
    let trace = hex::encode(&bring.trace_id);
    let handed_on = format!("traceparent: 00-{trace}-{}-01", hex::encode(&bring.span_id));
    assert!(brought.0.contains(&handed_on), "{}", brought.0);
    named("bring");
    assert!(
        spans.len() < 60,
        "steps without work are not sent: {}",
        spans.len()
    );
}
