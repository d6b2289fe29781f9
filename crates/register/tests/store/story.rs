//! What every store must do, whatever database is behind it: written once, run on each.

mod changes;
mod entities;
mod journals;
mod queues;

use register::store::{
    Append, Change, Claim, ClaimChange, ClaimKind, Entity, EntityChange, EntityKind, Expected,
    Store, Stream, StreamKind,
};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

pub const START: OffsetDateTime = datetime!(2026-11-21 10:00:00.250 UTC);

/// The whole story, on an empty store.
pub async fn tell(store: &impl Store) {
    changes::events_are_appended_behind_what_was_read(store).await;
    changes::what_is_unique_has_one_holder(store).await;
    changes::some_claims_become_free_others_never(store).await;
    changes::a_change_happens_as_a_whole_or_not_at_all(store).await;
    changes::long_changes_are_one_change(store).await;
    changes::sealed_octets_are_put_and_erased(store).await;
    entities::versions_guard_entities(store).await;
    entities::lists_have_an_order_and_go_on(store).await;
    entities::keys_find_entities(store).await;
    entities::what_passes_goes(store).await;
    queues::tasks_are_leased_most_urgent_first(store).await;
    queues::numbers_are_taken_once(store).await;
    queues::tallies_are_summed_by_day(store).await;
    journals::entries_get_their_numbers_once(store).await;
    assert_eq!(store.integrity().await.unwrap(), Vec::<String>::new());
}

pub const fn id(of: u128) -> Uuid {
    Uuid::from_u128(of)
}

pub const fn document(of: u128) -> Stream {
    Stream {
        kind: StreamKind::Document,
        id: id(of),
    }
}

/// The entity of a document, with its order as given.
pub fn entity(of: u128, order: i64) -> Entity {
    Entity {
        kind: EntityKind::Document,
        id: id(of),
        state: "entered".into(),
        place: String::new(),
        order,
        version: 0,
        body: format!(r#"{{"of":{of}}}"#),
    }
}

pub fn put(entity: Entity, expected: Expected) -> EntityChange {
    EntityChange::Put {
        entity,
        expected,
        keys: None,
    }
}

/// A change with events of one stream, and the entity that follows from them.
pub fn appending(of: u128, after: u32, bodies: &[&str]) -> Change {
    let mut change = Change::new(START);
    change.appends.push(Append {
        stream: document(of),
        after,
        bodies: bodies.iter().copied().map(String::from).collect(),
    });
    change.entities.push(put(entity(of, 0), Expected::Any));
    change
}

pub fn claim(kind: ClaimKind, value: &str) -> Claim {
    Claim::new(kind, value)
}

pub fn take(kind: ClaimKind, value: &str, holder: u128) -> ClaimChange {
    ClaimChange::Take {
        claim: claim(kind, value),
        holder: id(holder),
    }
}

pub fn release(kind: ClaimKind, value: &str, holder: u128) -> ClaimChange {
    ClaimChange::Release {
        claim: claim(kind, value),
        holder: id(holder),
    }
}

/// A change of claims only.
pub fn claiming(claims: Vec<ClaimChange>) -> Change {
    let mut change = Change::new(START);
    change.claims = claims;
    change
}
