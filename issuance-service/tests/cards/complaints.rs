//! A card that somebody has complained of ends with the complaint, whatever becomes of the application.

use access::Role;
use register::application::{Event, MakeFailure};
use register::store::{Change, Store as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::batches::workshop;
use crate::invariants::hold;
use crate::life::good;
use crate::place::Place;
use crate::workshop::hand;

fn application_of(place: &Place, job: Uuid) -> Uuid {
    let history = place.wait(place.api.office.documents().history(job));
    let document = history.unwrap().document().unwrap();
    document.entry().application.unwrap()
}

/// A complaint of a release that left the card as it was.
fn complained_before(place: &Place, application: Uuid, job: Uuid) {
    place.wait(async {
        let office = &place.api.office;
        let mut history = office.applications().history(application).await.unwrap();
        let mut change = Change::new(place.now());
        let complaint = Event::ComplaintRaised {
            job,
            reason: MakeFailure::PrintFaulty,
            by: hand(70).officer,
        };
        history.append(&mut change, complaint).unwrap();
        office.store().commit(&change).await.unwrap();
    });
}

#[test]
fn no_card_outlives_its_complaint() {
    let place = Place::new();
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    let (_, operator) = place.signed_in("test.operator", &[Role::Operator]);
    let (_, supervisor) = place.signed_in("test.supervisor", &[Role::Supervisor]);
    let withdrawal = Some((&operator, "withdrawal", Value::Null, "withdrawn"));
    let refusal = json!({ "reason": "not-eligible" });
    let refusal = Some((&supervisor, "refusal", refusal, "refused"));
    let table = [
        (Some("wrong-data"), "corrected", "refused", None),
        (Some("print-faulty"), "damaged", "approved", None),
        (
            Some("chip-faulty"),
            "damaged",
            "approved",
            withdrawal.clone(),
        ),
        (
            Some("lost-in-production"),
            "lost",
            "approved",
            refusal.clone(),
        ),
        (None, "damaged", "approved", withdrawal),
        (None, "damaged", "approved", refusal),
    ];
    for (reason, end, stage, then) in table {
        let job = good(&place, 1)[0];
        let id = application_of(&place, job);
        let ship = || {
            let packing = json!({ "counter": "test-counter", "cards": [job] });
            clerk.post("/v1/consignments", &packing).is(200).json()
        };
        assert_eq!(ship()["refused"], json!([]));
        let path = format!("/v1/applications/{id}");
        match reason {
            Some(reason) => {
                let said = json!({ "job": job, "reason": reason });
                let after = operator.post(&format!("{path}/complaint"), &said).is(200);
                assert_eq!(after.json()["stage"], stage);
            }
            None => complained_before(&place, id, job),
        }
        if let Some((who, what, body, stage)) = then {
            let after = who.post(&format!("{path}/{what}"), &body).is(200);
            assert_eq!(after.json()["stage"], stage);
        }
        let card = clerk.get(&format!("/v1/documents/{job}")).is(200).json();
        let found = [&card["stage"], &card["end"]];
        assert_eq!(found, [&json!("ended"), &json!(end)], "{reason:?}");
        assert_eq!(ship()["refused"][0]["job"], json!(job));
        let taken = json!({ "to": "holder", "read_out": "passed" });
        let hand_over = format!("/v1/documents/{job}/hand-over");
        clerk.post(&hand_over, &taken).refused(409, "conflict");
        let log = place.audit_log();
        let told = |entry: &&String| {
            entry.contains(&job.to_string()) && entry.contains("document.complaint")
        };
        assert_eq!(log.iter().filter(told).count(), 1, "{reason:?}");
    }
    place.wait(hold(&workshop(&place)));
}
