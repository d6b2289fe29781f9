//! What is looked up and listed.

use register::store::{
    Breadth, Change, Cursor, Entity, EntityChange, EntityKind, Expected, Query, SearchKey, Store,
    StoreError,
};

use super::{START, entity, id, put};

fn changing(entities: Vec<EntityChange>) -> Change {
    let mut change = Change::new(START);
    change.entities = entities;
    change
}

pub async fn versions_guard_entities(store: &impl Store) {
    let of = |state: &str| Entity {
        state: state.into(),
        place: "Hà Nội".into(),
        order: -5,
        ..entity(40, 0)
    };
    // (what is expected, whether it is true, the version afterwards)
    let steps = [
        (Expected::Version(1), false, None),
        (Expected::New, true, Some(1)),
        (Expected::New, false, Some(1)),
        (Expected::Version(1), true, Some(2)),
        (Expected::Version(1), false, Some(2)),
        (Expected::Any, true, Some(3)),
        (Expected::Version(4), false, Some(3)),
    ];
    let mut state = String::new();
    for (step, (expected, succeeds, version)) in steps.into_iter().enumerate() {
        let wanted = format!("state-{step}");
        let done = store
            .commit(&changing(vec![put(of(&wanted), expected)]))
            .await;
        if succeeds {
            done.unwrap();
            state = wanted;
        } else {
            assert!(
                matches!(done, Err(StoreError::EntityChanged { kind: EntityKind::Document, id: of }) if of == id(40)),
                "step {step}: {done:?}"
            );
        }
        let now = store.entity(EntityKind::Document, id(40)).await.unwrap();
        let expected = version.map(|version| Entity {
            version,
            ..of(&state)
        });
        assert_eq!(now, expected, "step {step}");
    }
    assert_eq!(
        store.entity(EntityKind::Person, id(40)).await.unwrap(),
        None
    );
    // One entity twice in a change: in the order given. Of several new ones the one that is not new is named.
    let twice = changing(vec![
        put(entity(41, 1), Expected::New),
        put(entity(41, 2), Expected::Version(1)),
    ]);
    store.commit(&twice).await.unwrap();
    let now = store
        .entity(EntityKind::Document, id(41))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((now.order, now.version), (2, 2));
    let third = changing(
        (42..45)
            .map(|of| put(entity(of, 0), Expected::New))
            .collect(),
    );
    store
        .commit(&changing(vec![put(entity(43, 7), Expected::Any)]))
        .await
        .unwrap();
    let refused = store.commit(&third).await;
    assert!(
        matches!(refused, Err(StoreError::EntityChanged { id: of, .. }) if of == id(43)),
        "{refused:?}"
    );
}

pub async fn lists_have_an_order_and_go_on(store: &impl Store) {
    // Chips: (id, order, state, place)
    let rows = [
        (1, 5, "free", "a"),
        (2, 5, "used", "a"),
        (3, -1, "free", "b"),
        (4, 9, "free", "a"),
        (5, 7, "used", "b"),
    ];
    let chip = |(of, order, state, place): (u128, i64, &str, &str)| Entity {
        kind: EntityKind::Chip,
        state: state.into(),
        place: place.into(),
        ..entity(of, order)
    };
    let all = rows
        .into_iter()
        .map(|row| put(chip(row), Expected::New))
        .collect();
    store.commit(&changing(all)).await.unwrap();
    let list = async |state: Option<&str>,
                      place: Option<&str>,
                      after: Option<(i64, u128)>,
                      descending,
                      limit| {
        let query = Query {
            state: state.map(String::from),
            place: place.map(String::from),
            after: after.map(|(order, of)| Cursor { order, id: id(of) }),
            descending,
            ..Query::of(EntityKind::Chip, limit)
        };
        let entities = store.list(&query).await.unwrap();
        entities
            .iter()
            .map(|entity| entity.id.as_u128())
            .collect::<Vec<_>>()
    };
    assert_eq!(list(None, None, None, false, 10).await, [3, 1, 2, 5, 4]);
    assert_eq!(list(None, None, None, true, 10).await, [4, 5, 2, 1, 3]);
    assert_eq!(list(None, None, Some((5, 1)), false, 2).await, [2, 5]);
    assert_eq!(list(None, None, Some((5, 2)), true, 10).await, [1, 3]);
    assert_eq!(list(Some("free"), None, None, false, 10).await, [3, 1, 4]);
    assert_eq!(list(Some("free"), Some("a"), None, false, 10).await, [1, 4]);
    assert_eq!(list(None, Some("b"), Some((-1, 3)), false, 10).await, [5]);
    assert_eq!(
        list(Some("' OR 1=1 --"), None, None, false, 10).await,
        [0; 0]
    );
}

pub async fn keys_find_entities(store: &impl Store) {
    let key = |of: u8| SearchKey([of; 16]);
    let person = |of: u128, expected, keys: Option<&[u8]>| EntityChange::Put {
        entity: Entity {
            kind: EntityKind::Person,
            ..entity(of, 0)
        },
        expected,
        keys: keys.map(|keys| keys.iter().copied().map(key).collect()),
    };
    let find = async |keys: &[u8], limit| {
        let keys: Vec<_> = keys.iter().copied().map(key).collect();
        let found = store
            .find(EntityKind::Person, &keys, Breadth::All, limit)
            .await
            .unwrap();
        found
            .iter()
            .map(|entity| entity.id.as_u128())
            .collect::<Vec<_>>()
    };
    let people = vec![
        person(50, Expected::New, Some(&[1, 2, 2])),
        person(51, Expected::New, Some(&[2, 3])),
        person(52, Expected::New, None),
    ];
    store.commit(&changing(people)).await.unwrap();
    for (keys, limit, found) in [
        (&[1][..], 9, &[50][..]),
        (&[2], 9, &[50, 51]),
        (&[3, 2, 1], 9, &[50, 51]),
        (&[3, 2, 1], 1, &[50]),
        // Who has most of them comes first.
        (&[3, 2], 9, &[51, 50]),
        (&[3, 2], 1, &[51]),
        (&[9], 9, &[]),
        (&[], 9, &[]),
    ] {
        assert_eq!(find(keys, limit).await, found, "{keys:?}");
    }
    let near = vec![
        person(53, Expected::New, Some(&[10, 11, 12])),
        person(54, Expected::New, Some(&[12])),
        person(55, Expected::New, Some(&[11, 12])),
    ];
    store.commit(&changing(near)).await.unwrap();
    for (breadth, found) in [
        (Breadth::All, &[53, 55, 54][..]),
        (Breadth::Closest, &[53, 55]),
    ] {
        let keys = [10, 11, 12].map(key);
        let people = store.find(EntityKind::Person, &keys, breadth, 9);
        let ids = people.await.unwrap().into_iter();
        let ids: Vec<u128> = ids.map(|entity| entity.id.as_u128()).collect();
        assert_eq!(ids, found, "{breadth:?}");
    }
    let others = store
        .find(EntityKind::Document, &[key(2)], Breadth::All, 9)
        .await
        .unwrap();
    assert_eq!(others, []);
    // `None` leaves keys as they are; others take their place.
    store
        .commit(&changing(vec![person(50, Expected::Any, None)]))
        .await
        .unwrap();
    store
        .commit(&changing(vec![person(
            51,
            Expected::Version(1),
            Some(&[4]),
        )]))
        .await
        .unwrap();
    for (keys, found) in [
        (&[1][..], &[50][..]),
        (&[2], &[50]),
        (&[3], &[]),
        (&[4], &[51]),
    ] {
        assert_eq!(find(keys, 9).await, found, "{keys:?}");
    }
    let many: Vec<u8> = (0..200).collect();
    assert_eq!(find(&many, 9).await, [53, 50, 55, 51, 54]);
}

pub async fn what_passes_goes(store: &impl Store) {
    for kind in EntityKind::ALL {
        let new = EntityChange::Put {
            entity: Entity {
                kind,
                ..entity(60, 0)
            },
            expected: Expected::New,
            keys: Some(vec![SearchKey([60; 16])]),
        };
        store.commit(&changing(vec![new])).await.unwrap();
        let removed = store
            .commit(&changing(vec![EntityChange::Remove { kind, id: id(60) }]))
            .await;
        let passes = matches!(
            kind,
            EntityKind::Session | EntityKind::Link | EntityKind::Reply
        );
        assert_eq!(removed.is_ok(), passes, "{kind:?}: {removed:?}");
        assert_eq!(
            store.entity(kind, id(60)).await.unwrap().is_none(),
            passes,
            "{kind:?}"
        );
        let found = store
            .find(kind, &[SearchKey([60; 16])], Breadth::All, 9)
            .await
            .unwrap();
        assert_eq!(found.is_empty(), passes, "{kind:?}");
    }
}
