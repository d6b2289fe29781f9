//! What the service says of itself.

use access::Role;
use serde_json::Value;

use crate::place::Place;

#[test]
fn the_description_is_complete() {
    let place = Place::new();
    let anybody = place.client();
    let document = anybody.get("/v1/openapi.json").is(200).json();
    let paths = document["paths"].as_object().unwrap();
    for route in issuance_service::api::routes::table() {
        let operation = &paths[route.path()][route.method().as_str().to_lowercase()];
        let name = format!("{} {}", route.method(), route.path());
        assert!(operation.is_object(), "{name}");
        assert!(
            operation["summary"]
                .as_str()
                .is_some_and(|text| !text.is_empty()),
            "{name} has no summary"
        );
        assert_eq!(
            operation["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"],
            "#/components/schemas/Problem",
            "{name}"
        );
    }
    let mut names = Vec::new();
    references(&document, &mut names);
    for name in names {
        let name = name.strip_prefix("#/components/schemas/").unwrap();
        assert!(
            document["components"]["schemas"][name].is_object(),
            "{name} is not described"
        );
    }
    anybody.get("/problems/busy").is(200);
    anybody.get("/problems/none").refused(404, "not-found");
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.extend(
                members
                    .get("$ref")
                    .and_then(Value::as_str)
                    .map(str::to_owned),
            );
            members.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn measurements_thresholds_and_fields() {
    let place = Place::new();
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let answer = admin.get("/v1/settings/stock-warning").is(200);
    let path = "/v1/settings/stock-warning";
    let tag = answer.header("etag").to_owned();
    admin
        .put(path, &tag, &serde_json::json!({ "value": 99_999_999 }))
        .refused(422, "content");
    let tag = admin
        .put(path, &tag, &serde_json::json!({ "value": 500 }))
        .is(200)
        .header("etag")
        .to_owned();
    admin
        .put(path, "\"v0\"", &serde_json::json!({ "value": 1 }))
        .refused(412, "version-differs");
    admin
        .put(path, &tag, &serde_json::json!({ "value": 501 }))
        .is(200);
    assert_eq!(admin.get(path).is(200).json()["value"], 501);
    let answer = admin.get("/v1/metrics").is(200);
    assert!(
        answer.text.contains("http_requests_total{"),
        "{}",
        answer.text
    );
    assert!(
        !answer.text.contains("00000000-") && answer.text.contains("route=\"/v1/settings/{name}\"")
    );
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
    ] {
        assert_eq!(answer.header(name), value);
    }
    assert_eq!(answer.header("x-request-id").len(), 36);
}
