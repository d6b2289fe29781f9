//! What is told afterwards.

use register::store::{Change, JournalEntry, Sequencing, Store, StoreError, Topic};
use time::Duration;
use uuid::Uuid;

use super::{START, id};

pub async fn entries_get_their_numbers_once(store: &impl Store) {
    let entry = |of: u128, topic, seconds| JournalEntry {
        id: id(of),
        topic,
        at: START + Duration::seconds(seconds),
        body: of.to_string().into_bytes(),
        number: None,
    };
    let mut change = Change::new(START);
    change.journal = vec![
        entry(1, Topic::Audit, 2),
        entry(2, Topic::Audit, 1),
        entry(3, Topic::Notice, 0),
        entry(4, Topic::Audit, 3),
    ];
    store.commit(&change).await.unwrap();
    let waiting = async || {
        let entries = store.unsequenced(Topic::Audit, 9).await.unwrap();
        entries
            .iter()
            .map(|entry| entry.id.as_u128())
            .collect::<Vec<_>>()
    };
    let numbered = async |from| {
        let entries = store.journal(Topic::Audit, from, 9).await.unwrap();
        entries
            .iter()
            .map(|entry| (entry.number.unwrap(), entry.id.as_u128()))
            .collect::<Vec<_>>()
    };
    assert_eq!(waiting().await, [2, 1, 4]);
    assert_eq!(
        store.unsequenced(Topic::Audit, 1).await.unwrap(),
        [entry(2, Topic::Audit, 1)]
    );
    assert_eq!(store.sequenced(Topic::Audit).await.unwrap(), (0, None));
    assert_eq!(numbered(0).await, []);
    let sequencing = |size, entries: &[u128], checkpoint: Option<&str>| Sequencing {
        topic: Topic::Audit,
        size,
        entries: entries.iter().copied().map(Uuid::from_u128).collect(),
        hashes: (size..)
            .zip(entries)
            .map(|(position, of)| (position, [*of as u8; 32]))
            .collect(),
        checkpoint: checkpoint.map(String::from),
    };
    store
        .sequence(&sequencing(0, &[2, 1], Some("two")))
        .await
        .unwrap();
    // Another size was seen; an entry has a number, is of another topic, is not there.
    for late in [
        sequencing(0, &[4], None),
        sequencing(1, &[4], None),
        sequencing(3, &[4], None),
        sequencing(2, &[4, 1], None),
        sequencing(2, &[3], None),
        sequencing(2, &[99], None),
    ] {
        let refused = store.sequence(&late).await;
        assert!(
            matches!(refused, Err(StoreError::Sequenced)),
            "{late:?}: {refused:?}"
        );
    }
    assert_eq!(waiting().await, [4]);
    assert_eq!(
        store.sequenced(Topic::Audit).await.unwrap(),
        (2, Some("two".into()))
    );
    store.sequence(&sequencing(2, &[4], None)).await.unwrap();
    assert_eq!(
        store.sequenced(Topic::Audit).await.unwrap(),
        (3, Some("two".into()))
    );
    assert_eq!(numbered(0).await, [(0, 2), (1, 1), (2, 4)]);
    assert_eq!(numbered(2).await, [(2, 4)]);
    let hashes = store.tree_hashes(Topic::Audit, &[2, 0]).await.unwrap();
    assert_eq!(hashes, [[4; 32], [2; 32]]);
    assert_eq!(
        store.tree_hashes(Topic::Audit, &[]).await.unwrap(),
        [[0; 32]; 0]
    );
    store.tree_hashes(Topic::Audit, &[0, 3]).await.unwrap_err();
    assert_eq!(store.unsequenced(Topic::Notice, 9).await.unwrap().len(), 1);
}
