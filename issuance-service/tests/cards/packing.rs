//! Packing that was stopped in the middle.

use std::collections::BTreeSet;

use access::Role;
use issuance_service::Error;
use issuance_service::personalisation::Refusal;
use issuance_service::personalisation::consignment::{ConsignmentState, PACKING_TAKES};
use issuance_service::personalisation::life::Act;
use register::document::{ReadOut, Recipient};
use register::store::{Change, EntityChange, EntityKind, Expected, Store as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::batches::workshop;
use crate::invariants::hold;
use crate::life::good;
use crate::place::Place;
use crate::workshop::{hand, site};

/// Who packs may be stopped before the consignment is written: what was sent is at the counter nevertheless.
#[test]
fn a_consignment_whose_packing_was_stopped_is_received() {
    let place = Place::new();
    let jobs = good(&place, 3);
    let (office, now) = (&place.api.office, place.now());
    let (id, clerk) = (Uuid::now_v7(), hand(60));
    place.wait(async {
        let [sent, left] = [&jobs[..2], &jobs[2..]].map(|jobs| jobs.iter().copied().collect());
        office.ship(id, &site(), &sent, &clerk, now).await.unwrap();
        // As if killed after the last card, with one that was never sent.
        let mut row = office
            .store()
            .entity(EntityKind::Consignment, id)
            .await
            .unwrap()
            .unwrap();
        let mut body: Value = serde_json::from_str(&row.body).unwrap();
        body["cards"] = json!([]);
        body["wanted"] = json!(jobs);
        row.body = body.to_string();
        row.state = "packing".to_owned();
        let mut change = Change::new(now);
        change.entities.push(EntityChange::Put {
            expected: Expected::Version(row.version),
            entity: row,
            keys: None,
        });
        office.store().commit(&change).await.unwrap();
        let receive = |cards: BTreeSet<Uuid>, at| {
            let clerk = clerk.clone();
            async move {
                let count = cards.len();
                office
                    .receive_consignment(id, &cards, count, &clerk, at)
                    .await
            }
        };
        let early = receive(sent.clone(), now).await;
        assert!(
            matches!(early, Err(Error::Personalisation(Refusal::NotShipped))),
            "{early:?}"
        );
        let later = now + PACKING_TAKES;
        let seen = office.packed_consignment(id, later).await.unwrap();
        assert_eq!(
            (seen.state, seen.cards()),
            (ConsignmentState::Shipped, &sent)
        );
        let arrived = receive(&sent | &left, later).await.unwrap();
        assert_eq!(arrived.consignment.state, ConsignmentState::Received);
        assert_eq!(
            (arrived.consignment.cards(), &arrived.unexpected),
            (&sent, &left)
        );
        let act = Act::HandOver {
            to: Recipient::Holder,
            read_out: ReadOut::Passed,
        };
        office.card(jobs[0], act, &clerk, later).await.unwrap();
    });
    let entries = place.audit_log();
    let begun_and_ended = entries
        .iter()
        .filter(|entry| entry.contains(&id.to_string()));
    assert_eq!(
        begun_and_ended.count(),
        4,
        "begun, packed, refused, received"
    );
}

/// A card that went to the wrong counter is sent on: it is in the other consignment from then on, and in no other one.
#[test]
fn a_card_that_is_sent_on_is_in_one_consignment() {
    let place = Place::new();
    let (_, clerk) = place.signed_in("test.clerk", &[Role::IssuerClerk]);
    let ship = |counter: &str, cards: &[Uuid]| {
        let packing = json!({ "counter": counter, "cards": cards });
        let packed = clerk.post("/v1/consignments", &packing).is(200).json();
        assert_eq!(packed["refused"], json!([]));
        let id = packed["consignment"]["id"].as_str().unwrap();
        format!("/v1/consignments/{id}")
    };
    // As the rows of earlier releases are: the card that was sent on still stands in them.
    for is_of_before in [false, true] {
        let jobs = good(&place, 2);
        let old = ship("test-counter", &jobs);
        let new = ship("test-other", &jobs[..1]);
        let seen = clerk.get(&old).is(200).json();
        assert_eq!(
            [&seen["cards"], &seen["sent_on"], &seen["missing"]],
            [&json!([jobs[1]]), &json!([jobs[0]]), &json!([jobs[1]])]
        );
        if is_of_before {
            let id = old.rsplit('/').next().unwrap().parse().unwrap();
            put_back(&place, id, &jobs);
        }
        let counted = json!({ "count": 2, "cards": jobs });
        let arrived = clerk.post(&format!("{old}/receipt"), &counted).is(200);
        let arrived = arrived.json();
        let after = &arrived["consignment"];
        assert_eq!(
            [&after["state"], &after["missing"], &arrived["unexpected"]],
            [&json!("received"), &json!([]), &json!([jobs[0]])]
        );
        // It has not arrived where it was sent to.
        let hand_over = format!("/v1/documents/{}/hand-over", jobs[0]);
        let taken = json!({ "to": "holder", "read_out": "passed" });
        clerk.post(&hand_over, &taken).refused(409, "conflict");
        let counted = json!({ "count": 1, "cards": [jobs[0]] });
        let arrived = clerk.post(&format!("{new}/receipt"), &counted).is(200);
        assert_eq!(arrived.json()["consignment"]["state"], "received");
        clerk.post(&hand_over, &taken).is(200);
        place.wait(hold(&workshop(&place)));
    }
}

fn put_back(place: &Place, id: Uuid, jobs: &[Uuid]) {
    place.wait(async {
        let store = place.api.office.store();
        let row = store.entity(EntityKind::Consignment, id).await.unwrap();
        let mut row = row.unwrap();
        let mut body: Value = serde_json::from_str(&row.body).unwrap();
        body["cards"] = json!(jobs);
        body.as_object_mut().unwrap().remove("sent_on").unwrap();
        row.body = body.to_string();
        let mut change = Change::new(place.now());
        change.entities.push(EntityChange::Put {
            expected: Expected::Version(row.version),
            entity: row,
            keys: None,
        });
        store.commit(&change).await.unwrap();
    });
}
