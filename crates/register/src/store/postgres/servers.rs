//! Which of several servers is written to: the primary that goes on from where this service has written last, and no other.

use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::super::StoreError;
use super::super::sql::{Turned, is_full, passes};
use super::mark::{Memory, Primary, ServerFault};

/// How long a server may take to say what it is.
const LOOK_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a primary is waited for at the start.
const START_TIMEOUT: Duration = Duration::from_secs(10);
/// How long is waited before all are asked again.
const PAUSE: Duration = Duration::from_millis(200);

/// What came of asking a server.
enum Look {
    /// It is written to.
    Primary(Primary),
    /// It takes writes, as far as this kind of database says.
    Answers,
    /// It has no connection left: it lives.
    Full,
    /// It is not written to.
    Refused(ServerFault),
    /// It does not answer.
    Silent(sqlx::Error),
}

/// What the last who looked has found.
struct Found {
    at: Instant,
    turned: Turned,
}

/// The servers of a register.
pub(super) struct Servers {
    addresses: Vec<PgConnectOptions>,
    memory: Memory,
    current: AtomicUsize,
    /// Whether the database has timelines; others (`CockroachDB`, `YugabyteDB`, Citus) look after themselves.
    has_timelines: AtomicBool,
    /// Whether marks may be left: the tables are there.
    is_made: AtomicBool,
    /// One task looks at a time.
    looking: Mutex<Option<Found>>,
}

impl Servers {
    pub(super) fn new(addresses: Vec<PgConnectOptions>, memory: Memory) -> Self {
        Self {
            addresses,
            memory,
            current: AtomicUsize::new(0),
            has_timelines: AtomicBool::new(false),
            is_made: AtomicBool::new(false),
            looking: Mutex::new(None),
        }
    }

    /// Which one is talked to.
    pub(super) fn current(&self) -> usize {
        self.current.load(Ordering::Acquire)
    }

    /// Whether marks are left in this database.
    pub(super) fn has_timelines(&self) -> bool {
        self.has_timelines.load(Ordering::Acquire)
    }

    /// From now on each new connection keeps the mark.
    pub(super) fn are_made(&self) {
        self.is_made.store(true, Ordering::Release);
    }

    /// Whether a connection is one to write on. A server that has come to a new timeline gets its mark, which is remembered.
    pub(super) async fn admit(
        &self,
        connection: &mut PgConnection,
    ) -> Result<Result<Option<Primary>, ServerFault>, sqlx::Error> {
        if !self.has_timelines() {
            return Ok(Ok(None));
        }
        let primary = match Primary::ask(connection).await? {
            Ok(primary) => primary,
            Err(fault) => return Ok(Err(fault)),
        };
        if let Err(fault) = primary.follows(self.memory.known().as_ref()) {
            return Ok(Err(fault));
        }
        if self.is_made.load(Ordering::Acquire) {
            let mark = primary.mark(connection).await?;
            let kept = self.memory.keep(mark);
            kept.map_err(|error| sqlx::Error::Configuration(Box::new(error)))?;
        }
        Ok(Ok(Some(primary)))
    }

    /// Chooses the server to begin with. One that is coming, or is being promoted, is waited for.
    pub(super) async fn choose(self: &Arc<Self>) -> Result<(), StoreError> {
        let begun = Instant::now();
        loop {
            let mut looks = JoinSet::new();
            for number in 0..self.addresses.len() {
                let servers = Arc::clone(self);
                looks.spawn(async move { (number, servers.look(number).await) });
            }
            let mut looks = looks.join_all().await;
            looks.sort_by_key(|(number, _)| *number);
            match self.best(looks) {
                Ok(number) => {
                    self.current.store(number, Ordering::Release);
                    return Ok(());
                }
                Err((error, may_pass)) if !may_pass || begun.elapsed() > START_TIMEOUT => {
                    return Err(error);
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    /// The latest primary, behind which all others that take writes are; or why there is none, and whether there may be one in a moment.
    fn best(&self, looks: Vec<(usize, Look)>) -> Result<usize, (StoreError, bool)> {
        let mut best: Option<(usize, Option<Primary>)> = None;
        let (mut refused, mut failed, mut may_pass) = (None, None, false);
        for (number, look) in looks {
            let fault = match look {
                Look::Primary(primary) => match &best {
                    Some((_, Some(other))) if primary == *other || other.is_after(&primary) => {
                        continue;
                    }
                    Some((_, Some(other))) if !primary.is_after(other) => {
                        return Err((StoreError::server(number, ServerFault::Two), false));
                    }
                    _ => {
                        best = Some((number, Some(primary)));
                        continue;
                    }
                },
                Look::Answers => {
                    best.get_or_insert((number, None));
                    continue;
                }
                Look::Full => {
                    may_pass = true;
                    failed = Some(StoreError::Overloaded);
                    continue;
                }
                Look::Silent(error) => {
                    may_pass |= passes(&error);
                    failed = Some(error.into());
                    continue;
                }
                Look::Refused(fault) => fault,
            };
            may_pass |= fault == ServerFault::Standby;
            tracing::error!(target: "store", server = number, address = self.address(number), fault = %fault, "a server of the register is not written to");
            // What is wrong with an old primary is told before that another one is a standby.
            if fault != ServerFault::Standby || refused.is_none() {
                refused = Some(StoreError::server(number, fault));
            }
        }
        match best {
            Some((number, _)) => Ok(number),
            None => Err((refused.or(failed).unwrap_or(StoreError::Place), may_pass)),
        }
    }

    /// After a failure at a server: whether it still is the one to write to; if not, another one is turned to. A pool without a free connection is no
    /// server that is gone.
    pub(super) async fn turn(&self, from: usize) -> Turned {
        let begun = Instant::now();
        let mut last = self.looking.lock().await;
        if self.current() != from {
            return Turned::Elsewhere;
        }
        // Many tasks see the same failure: who has waited for one that looked meanwhile, knows what that one has found.
        if let Some(found) = last.as_ref().filter(|found| found.at >= begun) {
            return found.turned;
        }
        let turned = self.look_around(from).await;
        *last = Some(Found {
            at: Instant::now(),
            turned,
        });
        turned
    }

    async fn look_around(&self, from: usize) -> Turned {
        let count = self.addresses.len();
        if !self.has_timelines() {
            // Which of them writes is found out by trying.
            self.current
                .store((from + 1) % count.max(1), Ordering::Release);
            return Turned::Nobody;
        }
        let mut turned = Turned::Nobody;
        for number in (from..count).chain(0..from) {
            match self.look(number).await {
                Look::Full | Look::Primary(_) | Look::Answers if number == from => {
                    return Turned::Stays;
                }
                Look::Primary(_) | Look::Answers => {
                    self.current.store(number, Ordering::Release);
                    tracing::warn!(target: "store", server = number, address = self.address(number), "the register is on another server now");
                    return Turned::Elsewhere;
                }
                Look::Refused(fault) if fault != ServerFault::Standby => {
                    tracing::error!(target: "store", server = number, address = self.address(number), fault = %fault, "a server of the register is not written to");
                    turned = Turned::Refused(number, fault);
                }
                Look::Refused(_) | Look::Full | Look::Silent(_) => {}
            }
        }
        turned
    }

    /// Servers beside the one that is talked to, that take writes.
    pub(super) async fn others(&self) -> Vec<String> {
        let mut found = Vec::new();
        for number in (0..self.addresses.len()).filter(|number| *number != self.current()) {
            let what = match self.look(number).await {
                Look::Primary(primary) => format!(
                    "it takes writes, too, on timeline {}: stop it, or make it a standby",
                    primary.timeline
                ),
                Look::Refused(fault) if fault != ServerFault::Standby => fault.to_string(),
                _ => continue,
            };
            found.push(format!(
                "server {} of `store` ({}): {what}",
                number + 1,
                self.address(number)
            ));
        }
        found
    }

    /// Asks a server what it is, on a connection of its own: those of the pool may all be in use.
    async fn look(&self, number: usize) -> Look {
        let Some(options) = self.addresses.get(number) else {
            return Look::Silent(sqlx::Error::PoolClosed);
        };
        let looked = async {
            let mut connection = options.connect().await?;
            let looked = self.ask(&mut connection).await;
            drop(connection.close().await);
            looked
        };
        match tokio::time::timeout(LOOK_TIMEOUT, looked).await {
            Ok(Ok(look)) => look,
            Ok(Err(error)) if is_full(&error) => Look::Full,
            Ok(Err(error)) => Look::Silent(error),
            Err(_) => Look::Silent(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into())),
        }
    }

    async fn ask(&self, connection: &mut PgConnection) -> Result<Look, sqlx::Error> {
        if !self.is_made.load(Ordering::Acquire) && has_timelines(connection).await? {
            self.has_timelines.store(true, Ordering::Release);
        }
        Ok(match self.admit(connection).await? {
            Ok(Some(primary)) => Look::Primary(primary),
            Ok(None) => Look::Answers,
            Err(fault) => Look::Refused(fault),
        })
    }

    /// Where a server is, without what is secret.
    fn address(&self, number: usize) -> String {
        let options = self.addresses.get(number);
        options.map_or_else(String::new, |options| match options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => format!("{}:{}", options.get_host(), options.get_port()),
        })
    }
}

/// Whether this is `PostgreSQL` itself, on one machine.
async fn has_timelines(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let version: String = sqlx::query_scalar("SELECT version()")
        .fetch_one(&mut *connection)
        .await?;
    if !version.starts_with("PostgreSQL") || version.contains("-YB-") {
        return Ok(false);
    }
    let citus: i64 =
        sqlx::query_scalar("SELECT count(*) FROM pg_extension WHERE extname = 'citus'")
            .fetch_one(connection)
            .await?;
    Ok(citus == 0)
}
