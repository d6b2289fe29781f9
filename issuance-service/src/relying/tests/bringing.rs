//! Changes asked for and brought, to a real receiver on this machine that takes, fails, hangs and goes.

use access::http_client::TIMEOUT;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crypto::{SecretBytes, hmac_sha256};
use register::store::{Change, Entity, EntityChange, EntityKind, Expected, Store as _};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::counted::Counted;
use super::place::{NOW, Place, agreement};
use super::webhook::{Mood, Webhook};
use crate::office::NoticeKind;
use crate::relying::carriers::Places;
use crate::relying::courier::{Courier, FIRST_WAIT, GIVE_UP, LONGEST_WAIT, Round, wait};
use crate::relying::receiver::{Reach, Receiver};
use crate::relying::subscription::{MAX_SUBSCRIPTIONS, State, Subscription, Wish, secret_text};
use crate::relying::{Agreement, Fault, Party};

const SECRET: [u8; 32] = [7; 32];

async fn subscribed(place: &Place, party: &Party, url: &str) -> Uuid {
    let id = Uuid::now_v7();
    let mut change = Change::new(NOW);
    let wish = Wish {
        id,
        url: url.to_owned(),
        kinds: Vec::new(),
    };
    let reach = Reach {
        private: true,
        plain_loopback: true,
    };
    let places = Places {
        webhooks: Some(reach),
        nats: None,
    };
    place
        .desk
        .subscribe(
            &mut change,
            party,
            wish,
            &places,
            &SecretBytes::from(SECRET),
        )
        .await
        .unwrap();
    place.store.commit(&change).await.unwrap();
    id
}

async fn found(place: &Place, party: &Party, id: Uuid) -> Subscription {
    place.desk.subscription(party.id, id).await.unwrap()
}

fn courier(place: &Place) -> Courier<Counted, Receiver> {
    Courier::new(place.desk.clone(), Receiver::for_loopback())
}

async fn round(courier: &Courier<Counted, Receiver>, now: OffsetDateTime) -> Round {
    courier.pump(now).await.unwrap();
    courier.bring(&|| now).await.unwrap()
}

/// What the messages are about, by the number of the subject.
fn subjects(place: &Place, party: &Party, messages: &[(String, String)]) -> Vec<u128> {
    let subject = |(_, body): &(String, String)| {
        let event: serde_json::Value = serde_json::from_str(body).unwrap();
        let named = |of: &u128| event["subject"] == name(place, party, *of).to_string();
        (0..100).find(named).unwrap()
    };
    messages.iter().map(subject).collect()
}

/// The name of a subject for a party.
fn name(place: &Place, party: &Party, of: u128) -> Uuid {
    crate::relying::reference::for_party(&place.vault, party.id, Uuid::from_u128(of))
}

/// An event in the form and with the signature that receivers check.
fn is_signed_event(head: &str, body: &str) {
    let field = |name: &str| {
        head.lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
            .unwrap()
    };
    let signed = format!(
        "{}.{}.{body}",
        field("webhook-id"),
        field("webhook-timestamp")
    );
    let code = hmac_sha256(&SecretBytes::from(SECRET), &[signed.as_bytes()]);
    // The head was made small to be read; base64 is compared so as well.
    assert_eq!(
        field("webhook-signature"),
        format!("v1,{}", BASE64.encode(code)).to_ascii_lowercase()
    );
    assert_eq!(field("content-type"), "application/cloudevents+json");
    let event: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(event["id"], field("webhook-id"));
    assert_eq!(
        (&event["specversion"], &event["type"]),
        (
            &"1.0".into(),
            &"card-toolchain.register.document-ended.1".into()
        )
    );
    assert!(
        !body.contains(&Uuid::from_u128(100).to_string()),
        "people have another name for each party"
    );
}

#[tokio::test]
async fn changes_are_brought_in_order_signed_and_at_least_once() {
    let place = Place::new().await;
    let party = place.party(agreement()).await;
    let webhook = Webhook::start();
    place
        .notice(NoticeKind::DocumentEnded, Uuid::from_u128(1), None)
        .await;
    let id = subscribed(&place, &party, &webhook.url).await;
    let courier = courier(&place);
    assert_eq!(
        round(&courier, NOW).await,
        Round::Nothing,
        "what was before is not brought"
    );
    for of in 2..6 {
        let kind = if of == 3 {
            NoticeKind::NumberAssigned
        } else {
            NoticeKind::DocumentEnded
        };
        place
            .notice(kind, Uuid::from_u128(of), Some(Uuid::from_u128(100)))
            .await;
    }
    webhook.is(&[Mood::Takes, Mood::TakesAndCuts]);
    assert_eq!(round(&courier, NOW).await, Round::Later);
    assert_eq!(
        round(&courier, NOW).await,
        Round::Nothing,
        "not before its time"
    );
    assert_eq!(round(&courier, NOW + FIRST_WAIT).await, Round::Brought(2));
    let messages = webhook.taken();
    assert_eq!(
        subjects(&place, &party, &messages),
        [2, 4, 4, 5],
        "what was not agreed on is left out, what was lost comes again"
    );
    for (head, body) in &messages {
        is_signed_event(head, body);
    }
    assert_eq!(round(&courier, NOW + Duration::DAY).await, Round::Nothing);
    assert_eq!(found(&place, &party, id).await.kept.last_status, Some(200));
}

#[tokio::test]
async fn a_dead_receiver_is_given_up_and_can_be_resumed() {
    let place = Place::new().await;
    let party = place.party(agreement()).await;
    let webhook = Webhook::start();
    let id = subscribed(&place, &party, &webhook.url).await;
    place
        .notice(NoticeKind::DocumentEnded, Uuid::from_u128(1), None)
        .await;
    let courier = courier(&place);
    let mut now = NOW;
    let mut rounds = 0;
    loop {
        webhook.is(&[[Mood::Fails, Mood::Cuts, Mood::Redirects][rounds % 3]]);
        match round(&courier, now).await {
            Round::Later => rounds += 1,
            Round::GivenUp => break,
            other => panic!("{other:?}"),
        }
        assert!(now - NOW < GIVE_UP + LONGEST_WAIT);
        now += LONGEST_WAIT;
    }
    assert!(webhook.taken().is_empty());
    assert!(now - NOW >= GIVE_UP && rounds > 70, "{rounds} rounds");
    let mut subscription = found(&place, &party, id).await;
    assert_eq!(subscription.state, State::Alarm);
    assert!(
        place
            .audit_log()
            .await
            .iter()
            .any(|entry| entry.contains("changes.give-up"))
    );
    assert_eq!(round(&courier, now).await, Round::Nothing);
    let mut change = Change::new(now);
    place.desk.resume(&mut change, &mut subscription).unwrap();
    place.store.commit(&change).await.unwrap();
    assert_eq!(
        round(&courier, now).await,
        Round::Brought(1),
        "nothing is lost"
    );
    webhook.is(&[Mood::Gone]);
    place
        .notice(NoticeKind::DocumentEnded, Uuid::from_u128(2), None)
        .await;
    assert_eq!(
        round(&courier, now).await,
        Round::GivenUp,
        "410 says it at once"
    );
    let mut subscription = found(&place, &party, id).await;
    let mut change = Change::new(now);
    place.desk.unsubscribe(&mut change, &mut subscription);
    place.store.commit(&change).await.unwrap();
    let mut closed = found(&place, &party, id).await;
    assert!(matches!(
        place.desk.resume(&mut Change::new(now), &mut closed),
        Err(Fault::State(_))
    ));
}

#[tokio::test]
async fn a_dead_receiver_keeps_nobody_else_waiting_and_an_ended_agreement_ends_it() {
    let place = Place::new().await;
    let (one, other) = (
        place.party(agreement()).await,
        place.party(agreement()).await,
    );
    let (dead, alive) = (Webhook::start(), Webhook::start());
    subscribed(&place, &one, &dead.url).await;
    subscribed(&place, &other, &alive.url).await;
    let silent = place
        .party(Agreement {
            until: Some(NOW.date()),
            ..agreement()
        })
        .await;
    let third = Webhook::start();
    subscribed(&place, &silent, &third.url).await;
    dead.is(&[Mood::Cuts]);
    place
        .notice(NoticeKind::DocumentEnded, Uuid::from_u128(1), None)
        .await;
    let courier = courier(&place);
    let later = NOW + Duration::DAY;
    courier.pump(later).await.unwrap();
    while courier.bring(&|| later).await.unwrap() != Round::Nothing {}
    assert_eq!(
        (dead.taken().len(), alive.taken().len(), third.taken().len()),
        (0, 1, 0)
    );
}

/// A receiver that says nothing has as long as the time-out and no longer; whoever else is to be told is told meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_hangs_costs_its_time_and_nobody_elses() {
    let place = Place::new().await;
    let (one, other) = (
        place.party(agreement()).await,
        place.party(agreement()).await,
    );
    let (hanging, alive) = (Webhook::start(), Webhook::start());
    let id = subscribed(&place, &one, &hanging.url).await;
    hanging.is(&[Mood::Hangs]);
    place
        .notice(NoticeKind::DocumentEnded, Uuid::from_u128(1), None)
        .await;
    let first = courier(&place);
    first.pump(NOW).await.unwrap();
    let begun = std::time::Instant::now();
    let waiting = tokio::spawn({
        let first = first.clone();
        async move { first.bring(&|| NOW).await.unwrap() }
    });
    tokio::time::sleep(core::time::Duration::from_millis(200)).await;
    subscribed(&place, &other, &alive.url).await;
    place
        .notice(NoticeKind::DocumentEnded, Uuid::from_u128(2), None)
        .await;
    // The one that hangs is leased: the next worker gets the other.
    assert_eq!(round(&courier(&place), NOW).await, Round::Brought(1));
    let served = begun.elapsed();
    assert_eq!(alive.taken().len(), 1);
    assert!(!waiting.is_finished(), "it hangs");
    assert!(served < TIMEOUT / 2, "{served:?}");
    assert_eq!(waiting.await.unwrap(), Round::Later);
    let took = begun.elapsed();
    assert!(
        took < TIMEOUT + core::time::Duration::from_secs(3),
        "{took:?}"
    );
    println!("the other was told after {served:?}, the one that hangs was let go after {took:?}");
    assert_eq!(found(&place, &one, id).await.kept.last_status, Some(0));
    assert_eq!(
        round(&first, NOW + LONGEST_WAIT).await,
        Round::Brought(2),
        "what it did not take comes again"
    );
    assert_eq!(subjects(&place, &one, &hanging.taken()), [1, 2]);
}

#[tokio::test]
async fn a_subscription_is_checked() {
    let place = Place::new().await;
    let party = place.party(agreement()).await;
    let none = place
        .party(Agreement {
            changes: Vec::new(),
            ..agreement()
        })
        .await;
    let secret = SecretBytes::from(SECRET);
    let places = Places {
        webhooks: Some(Reach::default()),
        nats: None,
    };
    let try_it = async |party: &Party, url: &str, kinds: &[NoticeKind]| {
        let mut change = Change::new(NOW);
        let wish = Wish {
            id: Uuid::now_v7(),
            url: url.into(),
            kinds: kinds.to_vec(),
        };
        let made = place
            .desk
            .subscribe(&mut change, party, wish, &places, &secret)
            .await;
        made.map(|_| change)
    };
    let good = "https://party.example/changes";
    assert!(matches!(
        try_it(&party, "https://127.0.0.1/", &[]).await,
        Err(Fault::Content(_))
    ));
    assert!(matches!(
        try_it(&none, good, &[]).await,
        Err(Fault::NotAgreed(_))
    ));
    assert!(matches!(
        try_it(&party, good, &[NoticeKind::NumberAssigned]).await,
        Err(Fault::NotAgreed(_))
    ));
    for _ in 0..MAX_SUBSCRIPTIONS {
        let change = try_it(&party, good, &[]).await.unwrap();
        let text = format!("{change:?}");
        assert!(
            !text.contains(&BASE64.encode(SECRET)),
            "the secret is sealed"
        );
        place.store.commit(&change).await.unwrap();
    }
    assert!(matches!(
        try_it(&party, good, &[]).await,
        Err(Fault::State(_))
    ));
    assert!(matches!(
        place.desk.subscription(none.id, Uuid::now_v7()).await,
        Err(Fault::Unknown)
    ));
    assert!(secret_text(&secret).starts_with("whsec_"));
}

#[test]
fn waits_grow_and_spread() {
    let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    for failures in 1..100 {
        let full = (FIRST_WAIT * 2_i32.pow((failures - 1).min(16))).min(LONGEST_WAIT);
        for id in [one, other] {
            assert!(
                wait(id, failures) <= full && wait(id, failures) * 2 >= full,
                "{failures}"
            );
        }
    }
    assert_ne!(wait(one, 5), wait(other, 5));
}

#[tokio::test]
async fn changes_are_asked_for_from_a_position_on() {
    let place = Place::new().await;
    let party = place.party(agreement()).await;
    let other = place.party(agreement()).await;
    for of in 0..700_u128 {
        let kind = if of % 7 == 0 {
            NoticeKind::DocumentEnded
        } else {
            NoticeKind::NumberAssigned
        };
        let mut change = Change::new(NOW);
        crate::relying::changes::tell(
            &mut change,
            kind,
            Uuid::from_u128(of),
            Some(Uuid::from_u128(9)),
            None,
        );
        place.store.commit(&change).await.unwrap();
    }
    place.sequence(register::store::Topic::Notice).await;
    let (mut seen, mut from) = (Vec::new(), 0);
    loop {
        let changes = place.desk.changes(&party, from, 30).await.unwrap();
        assert!(changes.items.len() <= 30);
        from = changes.position.parse().unwrap();
        seen.extend(changes.items);
        if changes.next.is_none() {
            break;
        }
    }
    let seen_of: Vec<Uuid> = seen.iter().map(|event| event.subject).collect();
    let all = (0..100).map(|at| name(&place, &party, at * 7));
    assert_eq!(seen_of, all.collect::<Vec<_>>());
    let again = place.desk.changes(&party, from, 30).await.unwrap();
    assert_eq!((again.items.len(), again.next), (0, None));
    let others = place.desk.changes(&other, 0, 1).await.unwrap();
    assert_ne!(others.items[0].subject, seen[0].subject);
    let own = place.desk.changes(&party, 0, 1).await.unwrap();
    assert_ne!(others.position, own.position, "two parties cannot compare");
    assert_ne!(others.items[0].data.person, seen[0].data.person);
    assert_eq!(seen[0].data.person, seen[1].data.person);
    let none = place
        .party(Agreement {
            changes: Vec::new(),
            ..agreement()
        })
        .await;
    assert!(matches!(
        place.desk.changes(&none, 0, 1).await,
        Err(Fault::NotAgreed("changes"))
    ));
}

#[tokio::test]
async fn a_subscription_that_cannot_be_read_keeps_nobody_waiting() {
    let place = Place::new().await;
    let party = place.party(agreement()).await;
    let webhook = Webhook::start();
    let good = subscribed(&place, &party, &webhook.url).await;
    let row = place.store.entity(EntityKind::Subscription, good).await;
    let row = row.unwrap().unwrap();
    let mut change = Change::new(NOW);
    for at in [1, u128::MAX] {
        change.entities.push(EntityChange::Put {
            entity: Entity {
                id: Uuid::from_u128(at),
                body: "{}".to_owned(),
                version: 0,
                ..row.clone()
            },
            expected: Expected::New,
            keys: None,
        });
    }
    place.store.commit(&change).await.unwrap();
    place
        .notice(NoticeKind::DocumentEnded, Uuid::from_u128(2), None)
        .await;
    assert_eq!(courier(&place).pump(NOW).await.unwrap(), 1);
    assert_eq!(round(&courier(&place), NOW).await, Round::Brought(1));
}
