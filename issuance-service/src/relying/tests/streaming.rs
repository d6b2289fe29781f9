//! Changes brought into a real stream of NATS: once, in order, whatever happens to the server or to the acknowledgement.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crypto::SecretBytes;
use register::store::{Change, Store as _};
use serde_json::Value;
use test_support::nats::Server;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::counted::Counted;
use super::place::{NOW, Place, agreement};
use crate::NatsConfig;
use crate::office::NoticeKind;
use crate::relying::Party;
use crate::relying::carriers::Carriers;
use crate::relying::courier::{Carrier, Courier, LONGEST_WAIT, Message, Round};
use crate::relying::receiver::Delivered;
use crate::relying::reference::for_party;
use crate::relying::subscription::Wish;

const STREAM: &str = "TEST";

fn carriers(server: &Server) -> Carriers {
    let config = format!(
        "url = \"{}\"\nstream = \"{STREAM}\"\nprefix = \"specimen.changes\"",
        server.url()
    );
    let config: NatsConfig = toml::from_str(&config).unwrap();
    Carriers {
        webhooks: None,
        nats: Some(config.line().unwrap()),
    }
}

async fn subscribed(place: &Place, carriers: &Carriers, party: &Party) {
    let mut change = Change::new(NOW);
    let wish = Wish {
        id: Uuid::now_v7(),
        url: "nats:".to_owned(),
        kinds: Vec::new(),
    };
    let places = carriers.places(party.id);
    let secret = SecretBytes::from([7; 32]);
    let made = place
        .desk
        .subscribe(&mut change, party, wish, &places, &secret);
    let made = made.await.unwrap();
    assert_eq!(made.kept.url, format!("nats:specimen.changes.{}", party.id));
    place.store.commit(&change).await.unwrap();
}

/// Everything that stands in the stream, in its order: subject, `Nats-Msg-Id`, media type, event.
async fn stands(server: &Server) -> Vec<(String, String, String, Value)> {
    let client = async_nats::connect(server.url()).await.unwrap();
    let context = async_nats::jetstream::new(client);
    let stream = context.get_stream(STREAM).await.unwrap();
    let last = stream.cached_info().state.last_sequence;
    let mut all = Vec::new();
    for sequence in 1..=last {
        let message = stream.get_raw_message(sequence).await.unwrap();
        let header = |name: &str| message.headers.get(name).unwrap().to_string();
        let event: Value = serde_json::from_slice(&message.payload).unwrap();
        all.push((
            message.subject.to_string(),
            header("Nats-Msg-Id"),
            header("content-type"),
            event,
        ));
    }
    all
}

/// Rounds until there is nothing more to do at a time.
async fn rounds<C: Carrier>(courier: &Courier<Counted, C>, now: OffsetDateTime) -> Vec<Round> {
    courier.pump(now).await.unwrap();
    let mut all = Vec::new();
    loop {
        match courier.bring(&|| now).await.unwrap() {
            Round::Nothing => return all,
            round => all.push(round),
        }
        assert!(all.len() < 100, "{all:?}");
    }
}

async fn notices(place: &Place, of: core::ops::Range<u128>) {
    for of in of {
        let person = Some(Uuid::from_u128(100));
        place
            .notice(NoticeKind::DocumentEnded, Uuid::from_u128(of), person)
            .await;
    }
}

#[tokio::test]
#[ignore = "needs nats-server (cargo xtask test starts it)"]
async fn a_killed_server_loses_nothing_and_gets_nothing_twice() {
    let mut server = Server::start();
    let place = Place::new().await;
    let (one, other) = (
        place.party(agreement()).await,
        place.party(agreement()).await,
    );
    let carriers = carriers(&server);
    subscribed(&place, &carriers, &one).await;
    subscribed(&place, &carriers, &other).await;
    let courier = Courier::new(place.desk.clone(), carriers.clone());

    notices(&place, 0..5).await;
    assert_eq!(rounds(&courier, NOW).await, [Round::Brought(5); 2]);
    server.kill();
    notices(&place, 5..10).await;
    let mut now = NOW + Duration::SECOND;
    assert_eq!(rounds(&courier, now).await, [Round::Later; 2]);
    assert_eq!(rounds(&courier, now).await, [], "not before its time");
    server.restart();
    notices(&place, 10..15).await;
    let mut brought = 0;
    // The client finds the server again by itself; a round that is too early is one more failure.
    for _ in 0..20 {
        now += LONGEST_WAIT;
        brought += rounds(&courier, now)
            .await
            .iter()
            .map(|round| match round {
                Round::Brought(count) => *count,
                _ => 0,
            })
            .sum::<usize>();
        if brought == 20 {
            break;
        }
        tokio::time::sleep(core::time::Duration::from_millis(250)).await;
    }
    assert_eq!(brought, 20);

    let stands = stands(&server).await;
    assert_eq!(stands.len(), 30);
    for party in [&one, &other] {
        let subject = format!("specimen.changes.{}.document-ended", party.id);
        let own: Vec<_> = stands.iter().filter(|row| row.0 == subject).collect();
        let told = own.iter().map(|row| row.3["subject"].clone());
        let name = |of| for_party(&place.vault, party.id, Uuid::from_u128(of)).to_string();
        let all = (0..15).map(|of| Value::from(name(of)));
        assert!(told.eq(all), "once and in order");
        for (_, id, media_type, event) in own {
            assert_eq!(media_type, "application/cloudevents+json");
            assert_eq!(
                (&event["specversion"], event["id"].as_str().unwrap()),
                (&"1.0".into(), id.as_str())
            );
        }
    }
    let found = carriers.nats.unwrap().check().await.unwrap();
    assert_eq!(found.messages, 30);
    assert!(found.duplicates >= LONGEST_WAIT, "{found:?}");
}

/// Brings everything, and now and then loses the acknowledgement.
#[derive(Clone)]
struct Forgetful(Carriers, Arc<AtomicU32>);

impl Carrier for Forgetful {
    async fn carry(&self, message: Message) -> Delivered {
        let delivered = self.0.carry(message).await;
        match self.1.fetch_add(1, Ordering::Relaxed) % 2 {
            0 => Delivered::Unreachable,
            _ => delivered,
        }
    }
}

#[tokio::test]
#[ignore = "needs nats-server (cargo xtask test starts it)"]
async fn what_comes_again_is_dropped_by_the_stream() {
    let server = Server::start();
    let place = Place::new().await;
    let party = place.party(agreement()).await;
    let carriers = carriers(&server);
    subscribed(&place, &carriers, &party).await;
    let sent = Arc::new(AtomicU32::new(0));
    let carrier = Forgetful(carriers, Arc::clone(&sent));
    let courier = Courier::new(place.desk.clone(), carrier);
    notices(&place, 0..6).await;
    let mut now = NOW;
    for _ in 0..12 {
        rounds(&courier, now).await;
        now += LONGEST_WAIT;
    }
    assert_eq!(sent.load(Ordering::Relaxed), 12, "each was sent twice");
    assert_eq!(stands(&server).await.len(), 6, "and stands there once");
}

#[tokio::test]
#[ignore = "needs nats-server (cargo xtask test starts it)"]
async fn a_line_that_cannot_work_says_so() {
    let mut server = Server::start();
    let nats = carriers(&server).nats.unwrap();
    assert_eq!(nats.check().await.unwrap().messages, 0);
    let client = async_nats::connect(server.url()).await.unwrap();
    let context = async_nats::jetstream::new(client);
    context.delete_stream(STREAM).await.unwrap();
    let other = async_nats::jetstream::stream::Config {
        name: STREAM.to_owned(),
        subjects: vec!["specimen.other.>".to_owned()],
        ..Default::default()
    };
    context.create_stream(other).await.unwrap();
    let line = || carriers(&server).nats.unwrap();
    let error = line().check().await.unwrap_err().to_string();
    assert!(error.contains("specimen.changes.>"), "{error}");
    let line = line();
    server.kill();
    let error = line.check().await.unwrap_err().to_string();
    assert!(error.contains("cannot be reached"), "{error}");
}

#[tokio::test]
#[ignore = "needs nats-server (cargo xtask test starts it)"]
async fn a_dead_address_is_passed_over() {
    let server = Server::start();
    // Bound and let go again: nobody listens there.
    let dead = std::net::TcpListener::bind("127.0.0.1:0").and_then(|line| line.local_addr());
    let dead = dead.unwrap();
    let config = format!("url = \"nats://{dead}, {}\"", server.url());
    let config: NatsConfig = toml::from_str(&config).unwrap();
    assert_eq!(config.line().unwrap().check().await.unwrap().messages, 0);
}
