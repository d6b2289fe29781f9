//! The present.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::session::{Row, Session};
use super::statement::{Statement, Value};
use super::{Failure, ROWS, fitting};
use crate::store::{
    Breadth, Entity, EntityChange, EntityKind, Expected, Query, SearchKey, StoreError,
};

/// Most entities that are counted for one key.
const MAX_OF_KEY: u32 = 500;

const PUT: &str = "INSERT INTO entity (kind, id, state, place, position, version, body) VALUES ";

const PUT_NEW: &str = " ON CONFLICT (kind, id) DO NOTHING";

const PUT_ANY: &str = " ON CONFLICT (kind, id) DO UPDATE
 SET state = excluded.state, place = excluded.place, position = excluded.position,
     version = entity.version + 1, body = excluded.body";

const PUT_VERSION: &str = "UPDATE entity
 SET state = $3, place = $4, position = $5, version = version + 1, body = $6
 WHERE kind = $1 AND id = $2 AND version = $7";

const COLUMNS: &str =
    "SELECT id, state, place, position, version, body FROM entity WHERE kind = $1";

/// Entities in the order of kind and id: two changes of the same entities do not wait for each other in a ring. Changes of
/// one entity keep their order.
pub(super) async fn change(session: &mut Session, changes: &[EntityChange]) -> Result<(), Failure> {
    let mut changes: Vec<&EntityChange> = changes.iter().collect();
    changes.sort_by_key(|change| name(change));
    let mut rest = changes.as_slice();
    while let Some(first) = rest.first() {
        let (alike, others) = rest.split_at(alike(first, rest));
        rest = others;
        match first {
            EntityChange::Put { expected, .. } => put(session, *expected, alike).await?,
            EntityChange::Remove { kind, id } => remove(session, *kind, *id).await?,
        }
    }
    Ok(())
}

const fn name(change: &EntityChange) -> (EntityKind, Uuid) {
    match change {
        EntityChange::Put { entity, .. } => (entity.kind, entity.id),
        EntityChange::Remove { kind, id } => (*kind, *id),
    }
}

/// How many changes at the front one statement can make: puts of different entities that expect the same.
fn alike(first: &EntityChange, changes: &[&EntityChange]) -> usize {
    let guard = |change: &EntityChange| match change {
        EntityChange::Put {
            expected: Expected::Version(_),
            ..
        }
        | EntityChange::Remove { .. } => None,
        EntityChange::Put { expected, .. } => Some(*expected),
    };
    let Some(expected) = guard(first) else {
        return 1;
    };
    let pairs = changes.windows(2).take(ROWS - 1);
    let more = pairs.take_while(|pair| {
        matches!(pair, [one, next] if guard(next) == Some(expected) && name(one) != name(next))
    });
    1 + more.count()
}

async fn put(
    session: &mut Session,
    expected: Expected,
    changes: &[&EntityChange],
) -> Result<(), Failure> {
    let mut entities = Vec::new();
    let mut keys = Vec::new();
    for change in changes {
        if let EntityChange::Put {
            entity, keys: new, ..
        } = change
        {
            entities.push(entity);
            keys.extend(new.as_ref().map(|new| (entity, new)));
        }
    }
    let written = match expected {
        Expected::Version(version) => {
            let mut written = 0;
            for entity in &entities {
                let [kind, id, state, place, position, body] = fields(entity);
                let values = [kind, id, state, place, position, body, version.into()];
                written += session.execute(Statement::new(PUT_VERSION, values)).await?;
            }
            written
        }
        Expected::New | Expected::Any => {
            let rows = entities.iter().map(|entity| {
                let [kind, id, state, place, position, body] = fields(entity);
                [kind, id, state, place, position, Value::Number(1), body]
            });
            let end = if expected == Expected::New {
                PUT_NEW
            } else {
                PUT_ANY
            };
            session
                .execute(Statement::new(PUT, []).rows(rows).text(end))
                .await?
        }
    };
    if written != entities.len() as u64 {
        return Err(Failure::EntityChanged);
    }
    for (entity, keys) in keys {
        if expected != Expected::New {
            forget_keys(session, entity.kind, entity.id).await?;
        }
        add_keys(session, entity, keys).await?;
    }
    Ok(())
}

fn fields(entity: &Entity) -> [Value<'_>; 6] {
    [
        entity.kind.word().into(),
        entity.id.into(),
        entity.state.as_str().into(),
        entity.place.as_str().into(),
        entity.order.into(),
        entity.body.as_str().into(),
    ]
}

async fn add_keys(
    session: &mut Session,
    entity: &Entity,
    keys: &[SearchKey],
) -> Result<(), Failure> {
    let keys: BTreeSet<SearchKey> = keys.iter().copied().collect();
    let keys: Vec<SearchKey> = keys.into_iter().collect();
    for part in keys.chunks(ROWS) {
        let rows = part.iter().map(|key| -> [Value<'_>; 3] {
            [
                entity.kind.word().into(),
                key.0.as_slice().into(),
                entity.id.into(),
            ]
        });
        let statement =
            Statement::new("INSERT INTO entity_key (kind, key, id) VALUES ", []).rows(rows);
        session.execute(statement).await?;
    }
    Ok(())
}

async fn forget_keys(session: &mut Session, kind: EntityKind, id: Uuid) -> Result<(), Failure> {
    let statement = "DELETE FROM entity_key WHERE kind = $1 AND id = $2";
    session
        .execute(Statement::new(statement, [kind.word().into(), id.into()]))
        .await?;
    Ok(())
}

async fn remove(session: &mut Session, kind: EntityKind, id: Uuid) -> Result<(), Failure> {
    if !kind.can_be_removed() {
        return Err(StoreError::ForEver(kind.word()).into());
    }
    forget_keys(session, kind, id).await?;
    let statement = "DELETE FROM entity WHERE kind = $1 AND id = $2";
    session
        .execute(Statement::new(statement, [kind.word().into(), id.into()]))
        .await?;
    Ok(())
}

/// The entity that is not as it was expected; asked for after the transaction has ended without effect.
pub(super) async fn changed(
    session: &mut Session,
    changes: &[EntityChange],
) -> Result<Option<(EntityKind, Uuid)>, Failure> {
    let mut guarded = Vec::new();
    for change in changes {
        if let EntityChange::Put {
            entity, expected, ..
        } = change
        {
            let as_expected = match expected {
                Expected::Any => continue,
                Expected::New => entity_of(session, entity.kind, entity.id).await?.is_none(),
                Expected::Version(version) => {
                    let there = entity_of(session, entity.kind, entity.id).await?;
                    there.is_some_and(|there| there.version == *version)
                }
            };
            guarded.push((as_expected, (entity.kind, entity.id)));
        }
    }
    guarded.sort_by_key(|(as_expected, _)| *as_expected);
    Ok(guarded.first().map(|(_, name)| *name))
}

/// An entity by its id.
pub(super) async fn entity_of(
    session: &mut Session,
    kind: EntityKind,
    id: Uuid,
) -> Result<Option<Entity>, Failure> {
    let statement = Statement::new(COLUMNS, [kind.word().into()])
        .text(" AND id = ")
        .value(id);
    let row = session.row(statement).await?;
    row.map(|row| entity(kind, &row)).transpose()
}

/// A part of a list.
pub(super) async fn list(session: &mut Session, query: &Query) -> Result<Vec<Entity>, Failure> {
    let mut statement = Statement::new(COLUMNS, [query.kind.word().into()]);
    if let Some(state) = &query.state {
        statement = statement.text(" AND state = ").value(state.as_str());
    }
    if let Some(place) = &query.place {
        statement = statement.text(" AND place = ").value(place.as_str());
    }
    let (behind, order) = if query.descending {
        (" < (", " ORDER BY position DESC, id DESC LIMIT ")
    } else {
        (" > (", " ORDER BY position, id LIMIT ")
    };
    if let Some(after) = query.after {
        statement = statement
            .text(" AND (position, id)")
            .text(behind)
            .values([after.order.into(), after.id.into()])
            .text(")");
    }
    let rows = session
        .rows(statement.text(order).value(query.limit))
        .await?;
    rows.iter().map(|row| entity(query.kind, row)).collect()
}

/// The entities that have most of the keys, and of as many the first in the order of their ids. However many have a key, no more than
/// [`MAX_OF_KEY`] of them are counted, from an index alone; rows are read of no more than `limit`.
pub(super) async fn find(
    session: &mut Session,
    kind: EntityKind,
    keys: &[SearchKey],
    breadth: Breadth,
    limit: u32,
) -> Result<Vec<Entity>, Failure> {
    let ranked = ranked(session, kind, keys, breadth, limit).await?;
    let mut found = HashMap::new();
    for part in ranked.chunks(ROWS) {
        let statement = Statement::new(COLUMNS, [kind.word().into()])
            .text(" AND id IN (")
            .values(part.iter().map(|id| Value::Id(*id)))
            .text(")");
        for row in session.rows(statement).await? {
            let entity = entity(kind, &row)?;
            found.insert(entity.id, entity);
        }
    }
    Ok(ranked.iter().filter_map(|id| found.remove(id)).collect())
}

/// The ids of those that have most of the keys, first.
async fn ranked(
    session: &mut Session,
    kind: EntityKind,
    keys: &[SearchKey],
    breadth: Breadth,
    limit: u32,
) -> Result<Vec<Uuid>, Failure> {
    let wanted: BTreeSet<SearchKey> = keys.iter().copied().collect();
    let wanted: Vec<SearchKey> = wanted.into_iter().collect();
    let most = limit.max(MAX_OF_KEY);
    let mut shared: BTreeMap<Uuid, usize> = BTreeMap::new();
    for part in wanted.chunks(ROWS) {
        let mut statement = Statement::new("", [kind.word().into(), most.into()]);
        for (index, key) in part.iter().enumerate() {
            statement = statement
                .text(if index == 0 { "" } else { " UNION ALL " })
                .text("SELECT id FROM (SELECT id FROM entity_key WHERE kind = $1 AND key = ")
                .value(key.0.as_slice())
                .text(" ORDER BY id LIMIT $2) AS of_key");
        }
        for row in session.rows(statement).await? {
            *shared.entry(row.id(0)?).or_default() += 1;
        }
    }
    let mut ranked: Vec<(Uuid, usize)> = shared.into_iter().collect();
    // Stable: the order of the ids stays where the number is the same.
    ranked.sort_by_key(|(_, keys)| Reverse(*keys));
    let best = ranked.first().map_or(0, |(_, keys)| *keys);
    let least = match breadth {
        Breadth::All => 1,
        Breadth::Closest => best.div_ceil(2),
    };
    Ok(ranked
        .into_iter()
        .take_while(|(_, keys)| *keys >= least)
        .map(|(id, _)| id)
        .take(limit as usize)
        .collect())
}

fn entity(kind: EntityKind, row: &Row) -> Result<Entity, Failure> {
    let id = row.id(0)?;
    Ok(Entity {
        kind,
        id,
        state: row.text(1)?,
        place: row.text(2)?,
        order: row.number(3)?,
        version: fitting(id, "version", row.number(4)?)?,
        body: row.text(5)?,
    })
}
