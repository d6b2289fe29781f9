//! People are looked for by a number, or by a name with a date of birth.

use access::Role;
use serde_json::json;
use uuid::Uuid;

use crate::place::Place;
use crate::relying::{birth, party};

#[test]
fn a_name_is_looked_for_with_a_date_of_birth() {
    let place = Place::new();
    let (_, civil) = party(&place, "TEST civil status");
    civil.post("/v1/numbers", &birth(Uuid::now_v7())).is(201);
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    let name = "TEST%20Nguy%E1%BB%85n%20An";
    for birth in ["", "&birth=", "&birth=soon", "&birth=2026-13"] {
        let answer = clerk.get(&format!("/v1/people?name={name}{birth}"));
        let problem = answer.refused(400, "malformed").json();
        assert_eq!(problem["detail"], "birth", "{birth}");
    }
    let found = clerk.get(&format!("/v1/people?name={name}&birth=2026-11-01"));
    let found = found.is(200).json();
    assert_eq!(found["items"][0]["full_name"], json!("TEST Nguyễn An"));
    clerk.get("/v1/people").refused(400, "malformed");
}
