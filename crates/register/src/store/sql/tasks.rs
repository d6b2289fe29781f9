//! What is to be done.

use time::OffsetDateTime;
use uuid::Uuid;

use super::session::{Row, Session};
use super::statement::{Statement, Value};
use super::{Failure, ROWS, fitting, instant, milliseconds};
use crate::store::{Queue, Task, TaskChange};

/// What is done goes first, then what is to be done is added.
pub(super) async fn change(session: &mut Session, changes: &[TaskChange]) -> Result<(), Failure> {
    let mut added = Vec::new();
    let mut finished = Vec::new();
    for change in changes {
        match change {
            TaskChange::Add(task) => added.push(task),
            TaskChange::Finish(id) => finished.push(*id),
        }
    }
    added.sort_by_key(|task| task.id);
    finished.sort();
    for part in finished.chunks(ROWS) {
        let statement = Statement::new("DELETE FROM task WHERE id IN (", [])
            .values(part.iter().map(|id| Value::Id(*id)))
            .text(")");
        session.execute(statement).await?;
    }
    for part in added.chunks(ROWS) {
        let rows = part.iter().map(|task| -> [Value<'_>; 6] {
            [
                task.id.into(),
                task.queue.word().into(),
                task.lane.as_str().into(),
                task.subject.into(),
                i64::from(task.priority).into(),
                milliseconds(task.run_at).into(),
            ]
        });
        let statement = Statement::new(
            "INSERT INTO task (id, queue, lane, subject, priority, run_at) VALUES ",
            [],
        )
        .rows(rows)
        .text(" ON CONFLICT (id) DO NOTHING");
        session.execute(statement).await?;
    }
    Ok(())
}

/// Takes tasks. The subselect is made once and locks what it finds; it is a query of its own so that no plan asks it twice.
pub(super) async fn lease(
    session: &mut Session,
    queue: Queue,
    lane: &str,
    count: u32,
    now: OffsetDateTime,
    until: OffsetDateTime,
) -> Result<Vec<Task>, Failure> {
    let statement = Statement::new(
        "WITH due AS MATERIALIZED (
             SELECT id FROM task
             WHERE queue = $1 AND lane = $2 AND run_at <= $3 AND lease_until <= $3
             ORDER BY priority, run_at, id LIMIT $4",
        [
            queue.word().into(),
            lane.into(),
            milliseconds(now).into(),
            count.into(),
        ],
    )
    .text(session.skip_locked())
    .text(") UPDATE task SET attempts = attempts + 1, lease_until = ")
    .value(milliseconds(until))
    .text(" WHERE id IN (SELECT id FROM due) RETURNING id, subject, priority, run_at, attempts");
    let rows = session.rows(statement).await?;
    let tasks: Result<Vec<Task>, Failure> = rows.iter().map(|row| task(queue, lane, row)).collect();
    let mut tasks = tasks?;
    tasks.sort_by_key(|task| (task.priority, task.run_at, task.id));
    Ok(tasks)
}

fn task(queue: Queue, lane: &str, row: &Row) -> Result<Task, Failure> {
    let id = row.id(0)?;
    Ok(Task {
        id,
        queue,
        lane: lane.to_owned(),
        subject: row.id(1)?,
        priority: fitting(id, "priority", row.number(2)?)?,
        run_at: instant(id, row.number(3)?)?,
        attempts: fitting(id, "attempts", row.number(4)?)?,
    })
}

/// Gives a task back: every lease counts one more attempt, and so only whoever has the last one does.
pub(super) async fn postpone(
    session: &mut Session,
    task: Uuid,
    attempts: u32,
    run_at: OffsetDateTime,
) -> Result<(), Failure> {
    let statement = "UPDATE task SET run_at = $2, lease_until = 0 WHERE id = $1 AND attempts = $3";
    let values = [task.into(), milliseconds(run_at).into(), attempts.into()];
    session.execute(Statement::new(statement, values)).await?;
    Ok(())
}

/// How many tasks wait, the most urgent ones counted, and since when.
pub(super) async fn waiting(
    session: &mut Session,
    queue: Queue,
    lane: &str,
    limit: u32,
) -> Result<(u32, Option<OffsetDateTime>), Failure> {
    let statement = Statement::new(
        "SELECT count(*), min(run_at) FROM (
             SELECT run_at FROM task WHERE queue = $1 AND lane = $2 ORDER BY priority, run_at, id LIMIT $3
         ) AS counted",
        [queue.word().into(), lane.into(), limit.into()],
    );
    let Some(row) = session.row(statement).await? else {
        return Ok((0, None));
    };
    let nobody = Uuid::nil();
    let oldest = row.maybe_number(1)?.map(|run_at| instant(nobody, run_at));
    Ok((
        fitting(nobody, "count", row.number(0)?)?,
        oldest.transpose()?,
    ))
}
