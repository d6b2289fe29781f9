//! Packing that was stopped in the middle.

use std::collections::BTreeSet;

use issuance_service::Error;
use issuance_service::personalisation::Refusal;
use issuance_service::personalisation::consignment::{ConsignmentState, PACKING_TAKES};
use issuance_service::personalisation::life::Act;
use register::document::{ReadOut, Recipient};
use register::store::{Change, EntityChange, EntityKind, Expected, Store as _};
use serde_json::{Value, json};
use uuid::Uuid;

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
