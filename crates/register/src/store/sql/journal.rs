//! What is told afterwards.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::session::{Row, Session};
use super::statement::{Statement, Value};
use super::{Failure, ROWS, fitting, instant, milliseconds, stored};
use crate::store::{JournalEntry, Sequencing, StoreError, Topic};

const COLUMNS: &str = "SELECT id, at, body, number FROM journal WHERE topic = $1";

/// Writes entries that have no number yet.
pub(super) async fn write(session: &mut Session, entries: &[JournalEntry]) -> Result<(), Failure> {
    for part in entries.chunks(ROWS) {
        let rows = part.iter().map(|entry| -> [Value<'_>; 4] {
            [
                entry.id.into(),
                entry.topic.word().into(),
                milliseconds(entry.at).into(),
                entry.body.as_slice().into(),
            ]
        });
        let statement =
            Statement::new("INSERT INTO journal (id, topic, at, body) VALUES ", []).rows(rows);
        session.execute(statement).await?;
    }
    Ok(())
}

/// Entries without a number, oldest first.
pub(super) async fn unsequenced(
    session: &mut Session,
    topic: Topic,
    limit: u32,
) -> Result<Vec<JournalEntry>, Failure> {
    let statement = Statement::new(COLUMNS, [topic.word().into()])
        .text(" AND number IS NULL ORDER BY at, id LIMIT ")
        .value(limit);
    let rows = session.rows(statement).await?;
    rows.iter().map(|row| entry(topic, row)).collect()
}

/// Numbered entries from one on.
pub(super) async fn numbered(
    session: &mut Session,
    topic: Topic,
    from: u64,
    limit: u32,
) -> Result<Vec<JournalEntry>, Failure> {
    let statement = Statement::new(COLUMNS, [topic.word().into()])
        .text(" AND number >= ")
        .value(stored(from))
        .text(" ORDER BY number LIMIT ")
        .value(limit);
    let rows = session.rows(statement).await?;
    rows.iter().map(|row| entry(topic, row)).collect()
}

fn entry(topic: Topic, row: &Row) -> Result<JournalEntry, Failure> {
    let id = row.id(0)?;
    let number = row
        .maybe_number(3)?
        .map(|number| fitting(id, "number", number));
    Ok(JournalEntry {
        id,
        topic,
        at: instant(id, row.number(1)?)?,
        body: row.octets(2)?,
        number: number.transpose()?,
    })
}

/// Numbers entries. The size that was read decides between two processes: it is raised first, and who comes second waits
/// there and finds another one.
pub(super) async fn sequence(
    session: &mut Session,
    sequencing: &Sequencing,
) -> Result<(), Failure> {
    let topic = sequencing.topic.word();
    if sequencing.size == 0 {
        let statement =
            "INSERT INTO journal_state (topic, size) VALUES ($1, 0) ON CONFLICT (topic) DO NOTHING";
        session
            .execute(Statement::new(statement, [topic.into()]))
            .await?;
    }
    let size = sequencing
        .size
        .saturating_add(sequencing.entries.len() as u64);
    let statement = Statement::new(
        "UPDATE journal_state SET size = $3, checkpoint = coalesce($4, checkpoint) WHERE topic = $1 AND size = $2",
        [
            topic.into(),
            stored(sequencing.size).into(),
            stored(size).into(),
            Value::MaybeText(sequencing.checkpoint.as_deref()),
        ],
    );
    if session.execute(statement).await? != 1 {
        return Err(StoreError::Sequenced.into());
    }
    let numbered: Vec<(Uuid, u64)> = sequencing
        .entries
        .iter()
        .copied()
        .zip(sequencing.size..)
        .collect();
    for part in numbered.chunks(ROWS) {
        number(session, topic, part).await?;
    }
    for part in sequencing.hashes.chunks(ROWS) {
        let rows = part.iter().map(|(position, hash)| -> [Value<'_>; 3] {
            [
                topic.into(),
                stored(*position).into(),
                hash.as_slice().into(),
            ]
        });
        let statement = Statement::new(
            "INSERT INTO journal_hash (topic, position, hash) VALUES ",
            [],
        )
        .rows(rows);
        session.execute(statement).await?;
    }
    Ok(())
}

async fn number(
    session: &mut Session,
    topic: &str,
    entries: &[(Uuid, u64)],
) -> Result<(), Failure> {
    let mut statement = Statement::new("UPDATE journal SET number = CASE id", []);
    for (id, number) in entries {
        statement = statement
            .text(" WHEN ")
            .value(*id)
            .text(" THEN ")
            .value(stored(*number));
    }
    let statement = statement
        .text(" END WHERE topic = ")
        .value(topic)
        .text(" AND number IS NULL AND id IN (")
        .values(entries.iter().map(|(id, _)| Value::Id(*id)))
        .text(")");
    if session.execute(statement).await? == entries.len() as u64 {
        Ok(())
    } else {
        Err(StoreError::Sequenced.into())
    }
}

/// How many entries have numbers, and the last checkpoint.
pub(super) async fn sequenced(
    session: &mut Session,
    topic: Topic,
) -> Result<(u64, Option<String>), Failure> {
    let statement = "SELECT size, checkpoint FROM journal_state WHERE topic = $1";
    let Some(row) = session
        .row(Statement::new(statement, [topic.word().into()]))
        .await?
    else {
        return Ok((0, None));
    };
    Ok((
        fitting(Uuid::nil(), "size of the journal", row.number(0)?)?,
        row.maybe_text(1)?,
    ))
}

/// Hashes of the tree, in the order asked for.
pub(super) async fn tree_hashes(
    session: &mut Session,
    topic: Topic,
    indexes: &[u64],
) -> Result<Vec<[u8; 32]>, Failure> {
    let mut found = BTreeMap::new();
    for part in indexes.chunks(ROWS) {
        let statement = Statement::new(
            "SELECT position, hash FROM journal_hash WHERE topic = $1 AND position IN (",
            [topic.word().into()],
        )
        .values(part.iter().map(|index| Value::Number(stored(*index))))
        .text(")");
        for row in session.rows(statement).await? {
            let hash = <[u8; 32]>::try_from(row.octets(1)?);
            found.insert(
                row.number(0)?,
                hash.map_err(|_| missing("hash of the journal"))?,
            );
        }
    }
    let hashes = indexes.iter().map(|index| {
        let hash = found.get(&stored(*index)).copied();
        hash.ok_or_else(|| missing("hash of the journal").into())
    });
    hashes.collect()
}

const fn missing(what: &'static str) -> StoreError {
    StoreError::Corrupt {
        id: Uuid::nil(),
        what,
    }
}
