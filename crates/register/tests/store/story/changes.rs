//! Events, claims, blobs: what changes together.

use register::store::{
    BlobChange, BlobName, Change, ClaimChange, ClaimKind, EntityKind, Expected, Store, StoreError,
    Stream, StreamKind,
};

use super::{START, appending, claim, claiming, document, entity, id, put, release, take};

pub async fn events_are_appended_behind_what_was_read(store: &impl Store) {
    assert!(store.history(document(1)).await.unwrap().is_empty());
    store
        .commit(&appending(1, 0, &["{}", r#"{"n":2}"#]))
        .await
        .unwrap();
    // The past again, a future that nobody has seen, a stream that is not there.
    for (of, after) in [(1, 0), (1, 1), (1, 3), (99, 1)] {
        let refused = store.commit(&appending(of, after, &["{}"])).await;
        assert!(
            matches!(refused, Err(StoreError::Conflict(stream)) if stream == document(of)),
            "{of} behind {after}: {refused:?}"
        );
    }
    store
        .commit(&appending(1, 2, &[r#"{"n":3}"#]))
        .await
        .unwrap();
    let history = store.history(document(1)).await.unwrap();
    let versions: Vec<_> = history
        .iter()
        .map(|event| (event.version, event.at, event.body.as_str()))
        .collect();
    assert_eq!(
        versions,
        [
            (1, START, "{}"),
            (2, START, r#"{"n":2}"#),
            (3, START, r#"{"n":3}"#)
        ]
    );
    let person = Stream {
        kind: StreamKind::Person,
        id: id(1),
    };
    assert!(store.history(person).await.unwrap().is_empty());
    // Of two streams the one that has moved on is named.
    let mut both = appending(2, 0, &["{}"]);
    both.appends.extend(appending(1, 2, &["{}"]).appends);
    let refused = store.commit(&both).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict(stream)) if stream == document(1)),
        "{refused:?}"
    );
    assert!(store.history(document(2)).await.unwrap().is_empty());
}

pub async fn what_is_unique_has_one_holder(store: &impl Store) {
    let number = claim(ClaimKind::DocumentNumber, "UTO/P/X1");
    assert_eq!(store.holder(&number).await.unwrap(), None);
    let first = claiming(vec![
        take(ClaimKind::DocumentNumber, "UTO/P/X1", 1),
        take(ClaimKind::ChipKey, "key", 1),
    ]);
    store.commit(&first).await.unwrap();
    // The same holder may take it again, and something new beside it.
    let again = claiming(vec![
        take(ClaimKind::DocumentNumber, "UTO/P/X1", 1),
        take(ClaimKind::ChipSerial, "chip", 1),
        take(ClaimKind::ChipSerial, "chip", 1),
    ]);
    store.commit(&again).await.unwrap();
    let rival = claiming(vec![
        take(ClaimKind::ChipSerial, "other chip", 2),
        take(ClaimKind::DocumentNumber, "UTO/P/X1", 2),
    ]);
    let refused = store.commit(&rival).await;
    assert!(
        matches!(&refused, Err(StoreError::Claimed { claim, holder }) if *claim == number && *holder == id(1)),
        "{refused:?}"
    );
    let other = claim(ClaimKind::ChipSerial, "other chip");
    assert_eq!(store.holder(&other).await.unwrap(), None);
    // The same value of another kind is another claim; one claim in two hands is refused.
    store
        .commit(&claiming(vec![take(ClaimKind::PacketFile, "key", 3)]))
        .await
        .unwrap();
    let torn = claiming(vec![
        take(ClaimKind::ChipKey, "torn", 4),
        take(ClaimKind::ChipKey, "torn", 5),
    ]);
    assert!(matches!(
        store.commit(&torn).await,
        Err(StoreError::Claimed { .. })
    ));
    assert_eq!(store.holder(&number).await.unwrap(), Some(id(1)));
}

pub async fn some_claims_become_free_others_never(store: &impl Store) {
    for kind in ClaimKind::ALL {
        store
            .commit(&claiming(vec![take(kind, "freed", 1)]))
            .await
            .unwrap();
        let released = store
            .commit(&claiming(vec![release(kind, "freed", 1)]))
            .await;
        let holder = store.holder(&claim(kind, "freed")).await.unwrap();
        if matches!(
            kind,
            ClaimKind::DocumentInMaking
                | ClaimKind::LiveDocument
                | ClaimKind::AccountName
                | ClaimKind::AccountSubject
                | ClaimKind::DeviceName
        ) {
            released.unwrap();
            assert_eq!(holder, None, "{kind:?}");
        } else {
            assert!(matches!(released, Err(StoreError::ForEver(_))), "{kind:?}");
            assert_eq!(holder, Some(id(1)), "{kind:?}");
        }
    }
    // A new document takes the place of the old one in one change; who has nothing releases nothing.
    let live = ClaimKind::LiveDocument;
    store
        .commit(&claiming(vec![take(live, "person", 1)]))
        .await
        .unwrap();
    store
        .commit(&claiming(vec![release(live, "person", 9)]))
        .await
        .unwrap();
    let renewed = claiming(vec![take(live, "person", 2), release(live, "person", 1)]);
    store.commit(&renewed).await.unwrap();
    assert_eq!(
        store.holder(&claim(live, "person")).await.unwrap(),
        Some(id(2))
    );
}

pub async fn a_change_happens_as_a_whole_or_not_at_all(store: &impl Store) {
    let refusals: [(&str, Change); 3] = [
        (
            "claim",
            claiming(vec![take(ClaimKind::DocumentNumber, "UTO/P/X1", 20)]),
        ),
        ("event", appending(1, 0, &["{}"])),
        ("entity", {
            let mut change = Change::new(START);
            change.entities.push(put(entity(1, 0), Expected::New));
            change
        }),
    ];
    for (what, refusal) in refusals {
        let mut change = appending(20, 0, &["{}"]);
        change.claims.push(take(ClaimKind::ChipKey, "whole", 20));
        change.blobs.push(BlobChange::Put {
            owner: id(20),
            name: BlobName::JobFile,
            sealed: vec![1],
        });
        change.tally("whole");
        change.appends.extend(refusal.appends);
        change.claims.extend(refusal.claims);
        change.entities.extend(refusal.entities);
        store.commit(&change).await.expect_err(what);
        assert!(
            store.history(document(20)).await.unwrap().is_empty(),
            "{what}"
        );
        let key = claim(ClaimKind::ChipKey, "whole");
        assert_eq!(store.holder(&key).await.unwrap(), None, "{what}");
        assert_eq!(
            store.entity(EntityKind::Document, id(20)).await.unwrap(),
            None,
            "{what}"
        );
        assert_eq!(
            store.blob(id(20), BlobName::JobFile).await.unwrap(),
            None,
            "{what}"
        );
        assert_eq!(
            store
                .tallies("whole", START.date(), START.date())
                .await
                .unwrap(),
            [],
            "{what}"
        );
    }
}

/// More rows of everything than one statement writes.
pub async fn long_changes_are_one_change(store: &impl Store) {
    const COUNT: u128 = 150;
    let begin = |after: u32, refused: Option<ClaimChange>| {
        let mut change = Change::new(START);
        for of in 1000..1000 + COUNT {
            let one = appending(of, after, &["{}"]);
            change.appends.extend(one.appends);
            change.entities.extend(one.entities);
            change
                .claims
                .push(take(ClaimKind::StatusIndex, &of.to_string(), of));
            change.tally(format!("long/{of}"));
        }
        change.claims.extend(refused);
        change
    };
    let taken = take(ClaimKind::DocumentNumber, "UTO/P/X1", 1000);
    store.commit(&begin(0, Some(taken))).await.unwrap_err();
    assert!(store.history(document(1000)).await.unwrap().is_empty());
    store.commit(&begin(0, None)).await.unwrap();
    store.commit(&begin(1, None)).await.unwrap();
    for of in [1000, 1063, 1064, 999 + COUNT] {
        assert_eq!(store.history(document(of)).await.unwrap().len(), 2);
        let entity = store
            .entity(EntityKind::Document, id(of))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(entity.version, 2);
    }
    let tallies = store
        .tallies("long/", START.date(), START.date())
        .await
        .unwrap();
    assert_eq!(tallies.len(), 150);
    assert!(tallies.iter().all(|tally| tally.count == 2));
}

pub async fn sealed_octets_are_put_and_erased(store: &impl Store) {
    let blob = async |name| store.blob(id(30), name).await.unwrap();
    let change = async |blobs| {
        let mut change = Change::new(START);
        change.blobs = blobs;
        store.commit(&change).await.unwrap();
    };
    let put = |name, sealed: &[u8]| BlobChange::Put {
        owner: id(30),
        name,
        sealed: sealed.to_vec(),
    };
    let erase = |name| BlobChange::Erase {
        owner: id(30),
        name,
    };
    change(vec![
        put(BlobName::Key, b"key"),
        put(BlobName::JobFile, b"job"),
    ])
    .await;
    change(vec![put(BlobName::Key, b"other key")]).await;
    assert_eq!(
        blob(BlobName::Key).await.as_deref(),
        Some(&b"other key"[..])
    );
    change(vec![erase(BlobName::Key), erase(BlobName::Setting)]).await;
    assert_eq!(blob(BlobName::Key).await, None);
    assert_eq!(blob(BlobName::JobFile).await.as_deref(), Some(&b"job"[..]));
}
