//! Status lists, from the place of a document to what a verifier sees.

use std::collections::BTreeSet;
use std::sync::Arc;

use pki::Signer as _;
use register::store::{Change, JournalEntry, Store as _, StoreError, Topic};
use status_list::{Shard, Status, VerifiedStatusList};
use time::Duration;
use uuid::Uuid;

use super::chips::{DELIVERED, ENDED, REINSTATED, SUSPENDED, entered, signed};
use super::place::{ADDRESS, NOW, Place};
use super::signing::signer;
use crate::office::NoticeKind;
use crate::relying::Fault;
use crate::relying::status::{self, LIFE, Publisher, SIGN_AGAIN};

fn publisher() -> Publisher {
    Publisher::new(Arc::new(signer(9))).unwrap()
}

async fn document(place: &Place, at: u8) -> (Uuid, Shard) {
    let job = Uuid::from_u128(at.into());
    place.document(job, &entered(at)).await;
    place.document(job, &signed(&[at])).await;
    let mut change = Change::new(NOW);
    let shard = status::assign(&place.store, &place.vault, &mut change, job)
        .await
        .unwrap();
    place.document_with(job, DELIVERED, change).await;
    assert_eq!(status::place(&place.store, job).await.unwrap(), Some(shard));
    let mut again = Change::new(NOW);
    assert_eq!(
        status::assign(&place.store, &place.vault, &mut again, job)
            .await
            .unwrap(),
        shard
    );
    assert!(again.claims.is_empty(), "a place is kept");
    (job, shard)
}

#[tokio::test]
async fn a_verifier_sees_what_has_happened() {
    let place = Place::new().await;
    let publisher = publisher();
    let (job, shard) = document(&place, 1).await;
    let (_, other) = document(&place, 2).await;
    let mut now = NOW;
    let seen = async |now| {
        place.desk.follow_status(now).await.unwrap();
        let published = publisher.list(&place.desk, 0, now).await.unwrap().unwrap();
        let uri = shard.uri(&format!("{ADDRESS}/v1/status-lists"));
        let list =
            VerifiedStatusList::open(&published.token, signer(9).public_key(), &uri, now).unwrap();
        assert_eq!(list.status(other.index().into()), Ok(Status::Valid));
        (list.status(shard.index().into()).unwrap(), published)
    };
    let (status, first) = seen(now).await;
    assert_eq!(status, Status::Valid);
    let steps = [
        (SUSPENDED, NoticeKind::DocumentSuspended, Status::Suspended),
        (REINSTATED, NoticeKind::DocumentReinstated, Status::Valid),
        (ENDED, NoticeKind::DocumentEnded, Status::Invalid),
    ];
    for (body, kind, wanted) in steps {
        place.document(job, body).await;
        place.notice(kind, job, None).await;
        now += Duration::MINUTE;
        let (status, published) = seen(now).await;
        assert_eq!(status, wanted);
        assert_ne!(published.tag, first.tag);
    }
    let (_, last) = seen(now).await;
    assert_eq!(
        seen(now + Duration::MINUTE).await.1,
        last,
        "nothing has changed: nothing is signed"
    );
    assert_ne!(seen(now + SIGN_AGAIN).await.1, last);
    assert!(LIFE > SIGN_AGAIN);
    assert!(
        publisher.list(&place.desk, 1, now).await.unwrap().is_none(),
        "there is no second list yet"
    );
    assert!(
        publisher
            .list(&place.desk, u32::MAX, now)
            .await
            .unwrap()
            .is_none()
    );
}

/// Notices twice, in whatever order, by two processes: the list says what the documents say.
#[tokio::test]
async fn notices_only_say_where_to_look() {
    let place = Place::new().await;
    let (job, shard) = document(&place, 1).await;
    place.document(job, ENDED).await;
    for kind in [
        NoticeKind::DocumentEnded,
        NoticeKind::DocumentReinstated,
        NoticeKind::DocumentEnded,
    ] {
        place.notice(kind, job, None).await;
        place.notice(kind, Uuid::from_u128(99), None).await;
    }
    let (one, two) = tokio::join!(place.desk.follow_status(NOW), place.desk.follow_status(NOW));
    assert!(one.unwrap() + two.unwrap() >= 6);
    let list = status::octets(&place.store, status::list_id(&place.vault, 0))
        .await
        .unwrap();
    assert_eq!(list.status(shard.index().into()).unwrap(), Status::Invalid);
    assert_eq!(place.desk.follow_status(NOW).await.unwrap(), 0);
}

#[tokio::test]
async fn places_never_meet_and_show_no_order() {
    let place = Place::new().await;
    let mut indexes = Vec::new();
    for at in 0..200 {
        let mut change = Change::new(NOW);
        let job = Uuid::from_u128(at);
        indexes.push(
            status::assign(&place.store, &place.vault, &mut change, job)
                .await
                .unwrap()
                .index(),
        );
        place.store.commit(&change).await.unwrap();
    }
    assert_eq!(indexes.iter().collect::<BTreeSet<_>>().len(), indexes.len());
    let rising = indexes.windows(2).filter(|pair| pair[0] < pair[1]).count();
    assert!((50..150).contains(&rising), "{rising} of 199 rise");
    assert!(indexes.iter().any(|index| *index > 500_000));
}

#[test]
fn the_key_is_described() {
    let keys = publisher().keys();
    let [key] = keys.keys.as_slice() else {
        panic!()
    };
    assert_eq!(
        (key.kty, key.crv, key.alg, key.usage),
        ("EC", "P-256", "ES256", "sig")
    );
    assert_eq!((key.x.len(), key.y.len(), key.kid.len()), (43, 43, 43));
}

/// What a later release has written in its own form stops the following: a revocation that was passed over would never be seen again.
#[tokio::test]
async fn a_notice_that_cannot_be_read_is_not_passed_over() {
    let place = Place::new().await;
    let party = place.party(super::place::agreement()).await;
    let (job, shard) = document(&place, 1).await;
    let (later, of_later) = document(&place, 2).await;
    place.document(job, ENDED).await;
    place.document(later, ENDED).await;
    // A field more is no reason not to read the rest.
    written(&place, job, "document-ended", ",\"added\":true").await;
    written(&place, later, "document-in-a-later-form", "").await;
    let status = async |shard: Shard| {
        let list = status::octets(&place.store, status::list_id(&place.vault, 0)).await;
        list.unwrap().status(shard.index().into()).unwrap()
    };
    for _ in 0..2 {
        let followed = place.desk.follow_status(NOW).await;
        assert!(
            matches!(followed, Err(Fault::Store(StoreError::Corrupt { .. }))),
            "{followed:?}"
        );
        assert_eq!(
            status(shard).await,
            Status::Invalid,
            "what stands before it is followed"
        );
        assert_eq!(status(of_later).await, Status::Valid);
    }
    // No agreement can name the later kind: parties are told of what they know, and of what comes behind it.
    written(&place, job, "document-ended", "").await;
    let changes = place.desk.changes(&party, 0, 10).await.unwrap();
    assert_eq!((changes.items.len(), changes.next), (2, None));
    // One of a kind that is known, in a form that is not, is not passed over.
    written(&place, job, "document-ended", ",\"reason\":{}").await;
    let before = place.desk.changes(&party, 0, 10).await.unwrap();
    assert_eq!(before.items.len(), 2, "what stands before it is told");
    let from = before.next.unwrap().parse().unwrap();
    let behind = place.desk.changes(&party, from, 10).await;
    assert!(
        matches!(behind, Err(Fault::Store(StoreError::Corrupt { .. }))),
        "{behind:?}"
    );
}

/// A notice as some release has written it.
async fn written(place: &Place, subject: Uuid, kind: &str, more: &str) {
    let mut change = Change::new(NOW);
    let id = Uuid::now_v7();
    let body = format!(
        "{{\"id\":\"{id}\",\"kind\":\"{kind}\",\"subject\":\"{subject}\",\"at\":\"2030-01-01T00:00:00Z\"{more}}}"
    );
    change.journal.push(JournalEntry {
        id,
        topic: Topic::Notice,
        at: NOW,
        body: body.into_bytes(),
        number: None,
    });
    place.store.commit(&change).await.unwrap();
    place.sequence(Topic::Notice).await;
}

/// Strangers ask for the lists: nothing is written for them.
#[tokio::test]
async fn who_asks_for_lists_writes_nothing() {
    let place = Place::new().await;
    document(&place, 1).await;
    place.store.asked();
    assert_eq!(place.desk.list_addresses().await.unwrap().len(), 1);
    let asked = place.store.asked();
    assert!(asked.is_empty(), "{asked:?}");
}
