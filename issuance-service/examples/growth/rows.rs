//! Changes as the rows that the store makes of them, for COPY: bringing ten million people in one by one would take days. The rows are
//! held against those of the store itself (`fill::proof`).

use std::collections::BTreeMap;
use std::io::Write as _;

use register::store::{Change, Claim, ClaimChange, Entity, EntityChange, EntityKind, SearchKey};
use uuid::Uuid;

/// The tables that a search touches, with their columns.
pub const TABLES: [(&str, &str); 4] = [
    ("event", "stream, version, kind, at, body"),
    ("claim", "kind, value, holder"),
    ("entity", "kind, id, state, place, position, version, body"),
    ("entity_key", "kind, key, id"),
];

/// Lines of COPY for each of [`TABLES`].
pub type Lines = [Vec<u8>; 4];

/// Adds the rows that stand after changes, in their order, of something that did not exist before; with its events, or without them.
pub fn add(changes: &[Change], with_events: bool, lines: &mut Lines) {
    let mut claims: BTreeMap<&Claim, Uuid> = BTreeMap::new();
    let mut entities: BTreeMap<(EntityKind, Uuid), (&Entity, u32)> = BTreeMap::new();
    let mut keys: BTreeMap<(EntityKind, Uuid), &Vec<SearchKey>> = BTreeMap::new();
    let [events, of_claims, of_entities, of_keys] = lines;
    for change in changes {
        let at = milliseconds(change);
        for append in change.appends.iter().filter(|_| with_events) {
            for (version, body) in (append.after + 1..).zip(&append.bodies) {
                let (stream, kind) = (append.stream.id, append.stream.kind.word());
                let body = escaped(body);
                writeln!(events, "{stream}\t{version}\t{kind}\t{at}\t{body}").unwrap();
            }
        }
        for claim in &change.claims {
            match claim {
                ClaimChange::Take { claim, holder } => drop(claims.insert(claim, *holder)),
                ClaimChange::Release { claim, .. } => drop(claims.remove(claim)),
            }
        }
        for entity in &change.entities {
            if let EntityChange::Put {
                entity, keys: new, ..
            } = entity
            {
                let name = (entity.kind, entity.id);
                let row = entities.entry(name).or_insert((entity, 0));
                *row = (entity, row.1 + 1);
                keys.extend(new.as_ref().map(|new| (name, new)));
            }
        }
    }
    for (claim, holder) in claims {
        let (kind, value) = (claim.kind.word(), hex::encode(&claim.value));
        writeln!(of_claims, "{kind}\t\\\\x{value}\t{holder}").unwrap();
    }
    for (entity, version) in entities.into_values() {
        let (kind, id, state) = (entity.kind.word(), entity.id, &entity.state);
        let (place, order, body) = (escaped(&entity.place), entity.order, escaped(&entity.body));
        writeln!(
            of_entities,
            "{kind}\t{id}\t{state}\t{place}\t{order}\t{version}\t{body}"
        )
        .unwrap();
    }
    for ((kind, id), keys) in keys {
        for key in keys {
            writeln!(
                of_keys,
                "{}\t\\\\x{}\t{id}",
                kind.word(),
                hex::encode(key.0)
            )
            .unwrap();
        }
    }
}

fn milliseconds(change: &Change) -> i64 {
    change.at.unix_timestamp() * 1000 + i64::from(change.at.millisecond())
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('\t', "\\t")
        .replace('\n', "\\n")
}
