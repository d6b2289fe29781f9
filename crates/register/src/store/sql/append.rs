//! Events.

use super::session::Session;
use super::statement::{Statement, Value};
use super::{Failure, ROWS, fitting, instant, milliseconds};
use crate::store::{Append, Change, Recorded, Stream};

/// Appends events behind the versions that were read. The primary key decides between two writers; the version behind which
/// a stream goes on must be there, so that no stream has gaps.
pub(super) async fn append(session: &mut Session, change: &Change) -> Result<(), Failure> {
    must_be_there(session, &change.appends).await?;
    let at = milliseconds(change.at);
    let mut events = Vec::new();
    for append in &change.appends {
        for (version, body) in (append.after.saturating_add(1)..).zip(&append.bodies) {
            events.push((append.stream, version, body));
        }
    }
    for part in events.chunks(ROWS) {
        let rows = part
            .iter()
            .map(|(stream, version, body)| -> [Value<'_>; 5] {
                [
                    stream.id.into(),
                    (*version).into(),
                    stream.kind.word().into(),
                    at.into(),
                    body.as_str().into(),
                ]
            });
        let statement = Statement::new(
            "INSERT INTO event (stream, version, kind, at, body) VALUES ",
            [],
        )
        .rows(rows)
        .text(" ON CONFLICT (stream, version) DO NOTHING");
        if session.execute(statement).await? != part.len() as u64 {
            return Err(Failure::Overtaken);
        }
    }
    Ok(())
}

async fn must_be_there(session: &mut Session, appends: &[Append]) -> Result<(), Failure> {
    let behind: Vec<&Append> = appends.iter().filter(|append| append.after > 0).collect();
    for part in behind.chunks(ROWS) {
        let mut statement = Statement::new("SELECT stream FROM event WHERE ", []);
        for (index, append) in part.iter().enumerate() {
            statement = statement
                .text(if index == 0 {
                    "(stream = "
                } else {
                    " OR (stream = "
                })
                .value(append.stream.id)
                .text(" AND version = ")
                .value(append.after)
                .text(")");
        }
        if session.rows(statement).await?.len() != part.len() {
            return Err(Failure::Overtaken);
        }
    }
    Ok(())
}

/// The stream that was overtaken; asked for after the transaction has ended without effect.
pub(super) async fn overtaken(
    session: &mut Session,
    appends: &[Append],
) -> Result<Option<Stream>, sqlx::Error> {
    for append in appends {
        let statement = Statement::new(
            "SELECT coalesce(max(version), 0) FROM event WHERE stream = $1",
            [append.stream.id.into()],
        );
        let last = session
            .row(statement)
            .await?
            .map_or(Ok(0), |row| row.number(0))?;
        if last != i64::from(append.after) {
            return Ok(Some(append.stream));
        }
    }
    Ok(appends.first().map(|append| append.stream))
}

/// Everything that happened to a stream.
pub(super) async fn history(
    session: &mut Session,
    stream: Stream,
) -> Result<Vec<Recorded>, Failure> {
    let statement = Statement::new(
        "SELECT version, at, body FROM event WHERE stream = $1 AND kind = $2 ORDER BY version",
        [stream.id.into(), stream.kind.word().into()],
    );
    let rows = session.rows(statement).await?;
    let recorded = rows.iter().map(|row| {
        Ok(Recorded {
            version: fitting(stream.id, "version", row.number(0)?)?,
            at: instant(stream.id, row.number(1)?)?,
            body: row.text(2)?,
        })
    });
    recorded.collect()
}
