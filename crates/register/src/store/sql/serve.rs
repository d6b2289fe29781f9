//! A store on a database.

use core::future::Future;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;

use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::session::Session;
use super::{Failure, append, blobs, claims, commit, entities, integrity, journal, tallies, tasks};
use crate::store::{
    BlobName, Breadth, Change, Claim, Entity, EntityKind, JournalEntry, Query, Queue, Recorded,
    SearchKey, Sequencing, ServerFault, Store, StoreError, Stream, Tally, Task, Topic,
};

/// How often something is tried whose failure is known to have had no effect.
const ATTEMPTS: u32 = 16;
/// How often, where no connection was free: each time it is waited for a pool, and those who ask are only more.
const OVERLOADED_ATTEMPTS: u32 = 3;
/// How long is waited before the second attempt; twice as long before the next.
const FIRST_PAUSE: Duration = Duration::from_millis(5);
/// How long is waited at most. All pauses together are about six seconds: a server has come back by then.
const LONGEST_PAUSE: Duration = Duration::from_millis(800);

/// A database that a register can be on.
pub(crate) trait Database: Clone + Send + Sync + 'static {
    /// Statements by themselves that read.
    fn reads(&self) -> Session;

    /// Statements by themselves that write.
    fn writes(&self) -> Session;

    /// A transaction that writes.
    fn begin(&self) -> impl Future<Output = Result<Session, sqlx::Error>> + Send;

    /// Is told that a change has happened, and whether it erased something: what was erased is to go from the log of the
    /// database, too, where it can be emptied. What fails here is said to nobody: the change stands.
    fn after_commit(&self, erased: bool) -> impl Future<Output = ()> + Send;

    /// Which of several servers it talks to.
    fn server(&self) -> usize {
        0
    }

    /// Looks at a server after a failure, and turns to another one where it is gone.
    fn turn(&self, _server: usize) -> impl Future<Output = Turned> + Send {
        core::future::ready(Turned::Stays)
    }
}

/// What was found when a server was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Turned {
    /// It is there: it was too much to do, or a connection was lost.
    Stays,
    /// Another one is talked to now.
    Elsewhere,
    /// Nobody takes writes at the moment.
    Nobody,
    /// This one would take them, and must not be written to.
    Refused(usize, ServerFault),
}

/// Tries again what had no effect.
macro_rules! attempts {
    ($database:expr, $attempt:expr) => {{
        let mut pause = FIRST_PAUSE;
        let mut left = Left::new();
        loop {
            let server = $database.server();
            let done: Result<_, Failure> = $attempt.await;
            let mut turned = None;
            if done.as_ref().is_err_and(Failure::is_of_the_server) {
                turned = Some($database.turn(server).await);
            }
            match done {
                Err(failure) if left.once_more(&failure, turned) => {
                    tokio::time::sleep(pause).await;
                    pause = LONGEST_PAUSE.min(pause * 2);
                }
                Err(failure) => break Err(failure.told(turned)),
                Ok(done) => break Ok(done),
            }
        }
    }};
}

/// How often something may be tried again.
struct Left {
    attempts: u32,
    overloaded: u32,
}

impl Left {
    const fn new() -> Self {
        Self {
            attempts: ATTEMPTS,
            overloaded: OVERLOADED_ATTEMPTS,
        }
    }

    /// Takes one of them, where it may help.
    fn once_more(&mut self, failure: &Failure, turned: Option<Turned>) -> bool {
        let of_what = match turned {
            // It will not be another one by itself.
            Some(Turned::Refused(..)) => return false,
            Some(Turned::Stays) if failure.is_overload() => &mut self.overloaded,
            _ => &mut self.attempts,
        };
        *of_what = of_what.saturating_sub(1);
        *of_what > 0 && failure.may_be_tried_again()
    }
}

/// One change more: the rows of a tally are taken in turn.
fn next_shard() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Processes that run beside each other do not begin with the same one.
    std::process::id()
        .wrapping_mul(7)
        .wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Ends a transaction as its statements ended.
async fn end<T>(session: Session, written: Result<T, Failure>) -> Result<T, Failure> {
    match written {
        Ok(value) => session
            .commit()
            .await
            .map(|()| value)
            .map_err(Failure::AtTheEnd),
        Err(failure) => {
            session.rollback().await;
            Err(failure)
        }
    }
}

async fn commit_once(database: &impl Database, change: &Change) -> Result<bool, Failure> {
    let mut session = database.begin().await?;
    let written = commit::write(&mut session, change, next_shard()).await;
    match end(session, written).await {
        Err(Failure::Overtaken) => {
            let stream = append::overtaken(&mut database.reads(), &change.appends).await?;
            Err(stream.map_or(Failure::Overtaken, |stream| {
                StoreError::Conflict(stream).into()
            }))
        }
        Err(Failure::EntityChanged) => {
            let name = entities::changed(&mut database.reads(), &change.entities).await?;
            Err(name.map_or(Failure::EntityChanged, |(kind, id)| {
                StoreError::EntityChanged { kind, id }.into()
            }))
        }
        ended => ended,
    }
}

async fn sequence_once(database: &impl Database, sequencing: &Sequencing) -> Result<(), Failure> {
    let mut session = database.begin().await?;
    let written = journal::sequence(&mut session, sequencing).await;
    end(session, written).await
}

/// Writes something into a transaction that is given up.
pub(crate) async fn try_write(database: &impl Database) -> Result<(), StoreError> {
    attempts!(database, async {
        let mut session = database.begin().await?;
        let written = blobs::trial(&mut session).await;
        session.rollback().await;
        written
    })
}

impl<D: Database> Store for D {
    async fn commit(&self, change: &Change) -> Result<(), StoreError> {
        let erased = attempts!(self, commit_once(self, change))?;
        self.after_commit(erased).await;
        Ok(())
    }

    async fn history(&self, stream: Stream) -> Result<Vec<Recorded>, StoreError> {
        attempts!(self, append::history(&mut self.reads(), stream))
    }

    async fn holder(&self, claim: &Claim) -> Result<Option<Uuid>, StoreError> {
        attempts!(self, async {
            Ok(claims::holder(&mut self.reads(), claim).await?)
        })
    }

    async fn entity(&self, kind: EntityKind, id: Uuid) -> Result<Option<Entity>, StoreError> {
        attempts!(self, entities::entity_of(&mut self.reads(), kind, id))
    }

    async fn list(&self, query: &Query) -> Result<Vec<Entity>, StoreError> {
        attempts!(self, entities::list(&mut self.reads(), query))
    }

    async fn find(
        &self,
        kind: EntityKind,
        keys: &[SearchKey],
        breadth: Breadth,
        limit: u32,
    ) -> Result<Vec<Entity>, StoreError> {
        attempts!(
            self,
            entities::find(&mut self.reads(), kind, keys, breadth, limit)
        )
    }

    // A lease that was made without our knowing ends by itself.
    async fn lease(
        &self,
        queue: Queue,
        lane: &str,
        count: u32,
        now: OffsetDateTime,
        until: OffsetDateTime,
    ) -> Result<Vec<Task>, StoreError> {
        attempts!(
            self,
            tasks::lease(&mut self.writes(), queue, lane, count, now, until)
        )
    }

    async fn postpone(
        &self,
        task: Uuid,
        attempts: u32,
        run_at: OffsetDateTime,
    ) -> Result<(), StoreError> {
        attempts!(
            self,
            tasks::postpone(&mut self.writes(), task, attempts, run_at)
        )
    }

    async fn waiting(
        &self,
        queue: Queue,
        lane: &str,
        limit: u32,
    ) -> Result<(u32, Option<OffsetDateTime>), StoreError> {
        attempts!(self, tasks::waiting(&mut self.reads(), queue, lane, limit))
    }

    async fn blob(&self, owner: Uuid, name: BlobName) -> Result<Option<Vec<u8>>, StoreError> {
        attempts!(self, blobs::blob(&mut self.reads(), owner, name))
    }

    // Numbers that were taken without our knowing are a gap, and gaps are allowed.
    async fn take_numbers(&self, counter: &str, count: u32) -> Result<u64, StoreError> {
        attempts!(
            self,
            tallies::take_numbers(&mut self.writes(), counter, count)
        )
    }

    async fn numbers_taken(&self, counter: &str) -> Result<u64, StoreError> {
        attempts!(self, tallies::numbers_taken(&mut self.reads(), counter))
    }

    async fn tallies(&self, prefix: &str, from: Date, to: Date) -> Result<Vec<Tally>, StoreError> {
        attempts!(self, tallies::sums(&mut self.reads(), prefix, from, to))
    }

    async fn unsequenced(&self, topic: Topic, limit: u32) -> Result<Vec<JournalEntry>, StoreError> {
        attempts!(self, journal::unsequenced(&mut self.reads(), topic, limit))
    }

    async fn sequence(&self, sequencing: &Sequencing) -> Result<(), StoreError> {
        attempts!(self, sequence_once(self, sequencing))
    }

    async fn sequenced(&self, topic: Topic) -> Result<(u64, Option<String>), StoreError> {
        attempts!(self, journal::sequenced(&mut self.reads(), topic))
    }

    async fn journal(
        &self,
        topic: Topic,
        from: u64,
        limit: u32,
    ) -> Result<Vec<JournalEntry>, StoreError> {
        attempts!(
            self,
            journal::numbered(&mut self.reads(), topic, from, limit)
        )
    }

    async fn tree_hashes(
        &self,
        topic: Topic,
        indexes: &[u64],
    ) -> Result<Vec<[u8; 32]>, StoreError> {
        attempts!(
            self,
            journal::tree_hashes(&mut self.reads(), topic, indexes)
        )
    }

    async fn integrity(&self) -> Result<Vec<String>, StoreError> {
        attempts!(self, integrity::findings(&mut self.reads()))
    }
}
