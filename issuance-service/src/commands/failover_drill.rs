//! `failover-drill`: writes to the register without a pause, so that somebody can take its primary away, and then counts.

use core::time::Duration;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::Result;
use issuance_service::Config;
use register::store::{
    AnyStore, Change, Entity, EntityChange, EntityKind, Expected, Store as _, StoreError,
};
use serde_json::json;
use time::OffsetDateTime;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::Context;
use crate::args::{FailoverDrill, OutputFormat};
use crate::exit::{Exit, Problem};
use crate::report;

/// Between two writes of one writer: the drill is to be seen, not to be felt.
const PAUSE: Duration = Duration::from_millis(5);
/// What rows of the drill are kept as. Nothing reads them. They are removed at the end, and a service clears away what a drill that was
/// interrupted has left.
const KIND: EntityKind = EntityKind::Reply;
/// Where they are.
const PLACE: &str = "failover-drill";
/// How long the counting may wait for a server.
const PATIENCE: Duration = Duration::from_secs(120);
/// After so long a row that was left is cleared away.
const LEFT: time::Duration = time::Duration::days(1);

/// What one writer has seen.
#[derive(Default)]
struct Seen {
    acknowledged: Vec<Uuid>,
    unknown: Vec<Uuid>,
    /// Moments of acknowledgements, since the beginning.
    moments: Vec<Duration>,
}

/// What came of it.
struct Counted {
    acknowledged: usize,
    missing: usize,
    unknown: usize,
    unknown_there: usize,
    without: Duration,
}

/// Runs the verb: 0 when nothing is missing, 6 when something is.
pub async fn run(args: &FailoverDrill, context: &Context) -> Result<Exit> {
    let config = Config::read(&context.config)?;
    if config.store.split_whitespace().count() < 2 {
        return Err(Problem::usage(
            "`store` has to name a primary and its standby: \"postgres://…db1 postgres://…db2\"",
        ));
    }
    let store = config.open_store().await?;
    let begun = Instant::now();
    let ends = Arc::new(AtomicBool::new(false));
    let mut writers = JoinSet::new();
    for _ in 0..args.writers {
        writers.spawn(write(store.clone(), begun, Arc::clone(&ends)));
    }
    tell(context.format, args.seconds);
    tokio::time::sleep(Duration::from_secs(args.seconds.into())).await;
    ends.store(true, Ordering::Release);
    let mut seen = Seen::default();
    while let Some(writer) = writers.join_next().await {
        let writer = writer??;
        seen.acknowledged.extend(writer.acknowledged);
        seen.unknown.extend(writer.unknown);
        seen.moments.extend(writer.moments);
    }
    let counted = count(&store, seen, begun.elapsed()).await?;
    store.close().await;
    print(context.format, &counted)
}

/// Somebody has to know when to begin.
fn tell(format: OutputFormat, seconds: u32) {
    let line = match format {
        OutputFormat::Json => json!({ "writing": true, "seconds": seconds }).to_string(),
        OutputFormat::Text => {
            format!(
                "writing for {seconds} seconds: take the primary away and promote its standby now"
            )
        }
    };
    let mut stdout = std::io::stdout().lock();
    // Nobody is left to read it when standard output is closed.
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}

async fn write(store: AnyStore, begun: Instant, ends: Arc<AtomicBool>) -> Result<Seen, StoreError> {
    let mut seen = Seen::default();
    while !ends.load(Ordering::Acquire) {
        let id = Uuid::now_v7();
        let now = OffsetDateTime::now_utc();
        let over = i64::try_from((now + LEFT).unix_timestamp_nanos() / 1_000_000);
        let over = over.unwrap_or(i64::MAX);
        let mut change = Change::new(now);
        change.entities.push(EntityChange::Put {
            entity: Entity {
                kind: KIND,
                id,
                state: "drill".to_owned(),
                place: PLACE.to_owned(),
                order: over,
                version: 0,
                body: "{}".to_owned(),
            },
            expected: Expected::New,
            keys: None,
        });
        match store.commit(&change).await {
            Ok(()) => {
                seen.acknowledged.push(id);
                seen.moments.push(begun.elapsed());
            }
            // The server went while it answered, or is not there: it is not known, and nobody was told that it is done.
            Err(StoreError::Unavailable(_)) => seen.unknown.push(id),
            // Nothing was written: there was too much to do.
            Err(StoreError::Overloaded) => {}
            Err(error) => return Err(error),
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(seen)
}

/// Looks for every row, and takes it away again.
async fn count(store: &AnyStore, mut seen: Seen, took: Duration) -> Result<Counted, StoreError> {
    seen.moments.sort_unstable();
    let mut without = Duration::ZERO;
    let mut before = Duration::ZERO;
    for moment in seen.moments.iter().chain([&took]) {
        without = without.max(moment.saturating_sub(before));
        before = *moment;
    }
    let (mut missing, mut unknown_there) = (0, 0);
    for id in &seen.acknowledged {
        missing += usize::from(!taken_away(store, *id).await?);
    }
    for id in &seen.unknown {
        unknown_there += usize::from(taken_away(store, *id).await?);
    }
    Ok(Counted {
        acknowledged: seen.acknowledged.len(),
        missing,
        unknown: seen.unknown.len(),
        unknown_there,
        without,
    })
}

/// Whether a row was there. A server that is only coming is waited for.
async fn taken_away(store: &AnyStore, id: Uuid) -> Result<bool, StoreError> {
    let begun = Instant::now();
    let mut was_there = false;
    loop {
        let looked = async {
            let is_there = store.entity(KIND, id).await?.is_some();
            // Once seen, it was there: the answer to its removal may be what was lost.
            was_there |= is_there;
            if is_there {
                let mut change = Change::new(OffsetDateTime::now_utc());
                change
                    .entities
                    .push(EntityChange::Remove { kind: KIND, id });
                store.commit(&change).await?;
            }
            Ok(())
        };
        match looked.await {
            Err(StoreError::Unavailable(_)) if begun.elapsed() < PATIENCE => {
                tokio::time::sleep(PAUSE).await;
            }
            looked => return looked.map(|()| was_there),
        }
    }
}

fn print(format: OutputFormat, counted: &Counted) -> Result<Exit> {
    let Counted {
        acknowledged,
        missing,
        unknown,
        unknown_there,
        without,
    } = counted;
    let seconds = without.as_secs_f64();
    report::print(
        format,
        || {
            json!({
                "acknowledged": acknowledged,
                "missing": missing,
                "not_known": unknown,
                "not_known_and_there": unknown_there,
                "seconds_without_service": seconds,
            })
        },
        || {
            format!(
                "acknowledged             {acknowledged}\nmissing                  {missing}\nnot known to the writers {unknown}, of them there {unknown_there}\nseconds without service  {seconds:.2}"
            )
        },
    )?;
    Ok(match missing {
        0 => Exit::Done,
        _ => Exit::KeyStore,
    })
}
