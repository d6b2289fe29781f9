//! By what a server of the register is known again.
//!
//! A server that is promoted begins a new timeline. A service leaves a mark in the register for each timeline that it writes on, and remembers the last
//! one, in a file where it has one. A server is written to when it takes writes, is on that timeline or a later one, and has the mark: an old primary
//! that comes back is behind, and one that was promoted beside the primary does not have the mark.

use core::fmt;
use std::fs;
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use sqlx::{PgConnection, Row as _};
use uuid::Uuid;

use super::super::StoreError;

/// What a server says of itself: whether it only reads, its timeline as WAL files are named (a primary's only), and what initdb drew for it and its
/// standbys. The control file is a checkpoint late with the timeline, the name of the file that is written is not.
const QUESTION: &str = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on',
    CASE WHEN pg_is_in_recovery() THEN NULL ELSE substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) END,
    (SELECT system_identifier::text FROM pg_control_system())";
/// All marks: as many as there were promotions.
const MARKS: &str = "SELECT system, timeline, mark FROM server_mark";
/// A service that comes to a timeline first leaves the mark.
const LEAVE: &str =
    "INSERT INTO server_mark (system, timeline, mark) VALUES ($1, $2, gen_random_uuid())
    ON CONFLICT (system, timeline) DO NOTHING";
/// SQLSTATE: there is no such table.
const NO_TABLE: &str = "42P01";
/// Longest file that is read.
const MAX_FILE: u64 = 4096;

/// Why a server is not written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ServerFault {
    /// It is a standby, or takes no writes.
    Standby,
    /// It is an old primary.
    Behind {
        /// Its timeline.
        found: i64,
        /// The timeline that this service has written on.
        known: i64,
    },
    /// It does not have the mark that this service has left.
    Stranger {
        /// The timeline of the mark.
        known: i64,
    },
    /// Two servers take writes, and neither has followed the other.
    Two,
}

impl fmt::Display for ServerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Standby => f.write_str("it takes no writes: promote it, or name its primary"),
            Self::Behind { found, known } => write!(
                f,
                "it is an old primary, on timeline {found}, and this service has written on timeline {known} since: stop it, and make it a standby of the \
                 new primary (pg_rewind, or a new base backup)"
            ),
            Self::Stranger { known } => write!(
                f,
                "it does not have the mark that this service has left on timeline {known}: it is another cluster, or was promoted beside the primary; \
                 name the primary in `store`"
            ),
            Self::Two => f.write_str(
                "another one takes writes, too, and neither has followed the other: find out which one was written to, and stop the other one",
            ),
        }
    }
}

impl core::error::Error for ServerFault {}

/// A timeline of a cluster, and the mark of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mark {
    /// What initdb drew.
    system: String,
    /// Counted by promotions.
    timeline: i64,
    /// What was drawn when it was written on first.
    mark: Uuid,
}

/// A server that takes writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Primary {
    system: String,
    /// Its timeline.
    pub(super) timeline: i64,
    marks: Vec<Mark>,
}

impl Primary {
    /// Asks a server; what is refused by itself is a standby.
    pub(super) async fn ask(
        connection: &mut PgConnection,
    ) -> Result<Result<Self, ServerFault>, sqlx::Error> {
        let row = sqlx::query(QUESTION).fetch_one(&mut *connection).await?;
        let only_reads: bool = row.try_get(0)?;
        let file: Option<String> = row.try_get(1)?;
        let timeline = file.and_then(|file| i64::from_str_radix(&file, 16).ok());
        let (false, Some(timeline)) = (only_reads, timeline) else {
            return Ok(Err(ServerFault::Standby));
        };
        Ok(Ok(Self {
            system: row.try_get(2)?,
            timeline,
            marks: marks(connection).await?,
        }))
    }

    /// Whether it goes on from where this service has written last.
    pub(super) fn follows(&self, known: Option<&Mark>) -> Result<(), ServerFault> {
        match known {
            None => Ok(()),
            Some(known) if self.system != known.system => Err(ServerFault::Stranger {
                known: known.timeline,
            }),
            Some(known) if self.timeline < known.timeline => Err(ServerFault::Behind {
                found: self.timeline,
                known: known.timeline,
            }),
            Some(known) if !self.marks.contains(known) => Err(ServerFault::Stranger {
                known: known.timeline,
            }),
            Some(_) => Ok(()),
        }
    }

    /// Whether it goes on from where another one stands that takes writes, too.
    pub(super) fn is_after(&self, other: &Self) -> bool {
        let last = |mark: &&Mark| mark.timeline == other.timeline && mark.system == other.system;
        // One that nobody has written to yet is behind everybody of its cluster.
        let follows = other
            .marks
            .iter()
            .find(last)
            .is_none_or(|mark| self.marks.contains(mark));
        self.system == other.system && self.timeline >= other.timeline && follows
    }

    /// The mark of its timeline; one that is not there yet is left.
    pub(super) async fn mark(&self, connection: &mut PgConnection) -> Result<Mark, sqlx::Error> {
        let own = |marks: &[Mark]| {
            let mut own = marks.iter();
            own.find(|mark| mark.system == self.system && mark.timeline == self.timeline)
                .cloned()
        };
        if let Some(mark) = own(&self.marks) {
            return Ok(mark);
        }
        sqlx::query(LEAVE)
            .bind(&self.system)
            .bind(self.timeline)
            .execute(&mut *connection)
            .await?;
        own(&marks(connection).await?).ok_or(sqlx::Error::RowNotFound)
    }
}

/// None where nothing was brought forward yet.
async fn marks(connection: &mut PgConnection) -> Result<Vec<Mark>, sqlx::Error> {
    let rows = match sqlx::query(MARKS).fetch_all(connection).await {
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(NO_TABLE) => {
            Vec::new()
        }
        rows => rows?,
    };
    let mark = |row: &sqlx::postgres::PgRow| {
        Ok(Mark {
            system: row.try_get(0)?,
            timeline: row.try_get(1)?,
            mark: row.try_get(2)?,
        })
    };
    rows.iter().map(mark).collect()
}

/// The last mark: in this process, and in a file for the next one.
#[derive(Debug)]
pub(super) struct Memory {
    path: Option<PathBuf>,
    known: Mutex<Option<Mark>>,
}

impl Memory {
    /// Reads the file, if there is one.
    pub(super) fn open(path: Option<&Path>) -> Result<Self, StoreError> {
        let known = match path.map(|path| (path, fs::metadata(path))) {
            None => None,
            Some((_, Err(error))) if error.kind() == ErrorKind::NotFound => None,
            Some((path, Err(source))) => return Err(fault(path, source)),
            Some((path, Ok(metadata))) => {
                let too_long = metadata.len() > MAX_FILE;
                let text = match too_long {
                    true => Err(ErrorKind::FileTooLarge.into()),
                    false => fs::read(path),
                };
                let text = text.map_err(|source| fault(path, source))?;
                let known = serde_json::from_slice(&text);
                Some(known.map_err(|error| fault(path, error.into()))?)
            }
        };
        Ok(Self {
            path: path.map(Path::to_owned),
            known: Mutex::new(known),
        })
    }

    /// What was written on last.
    pub(super) fn known(&self) -> Option<Mark> {
        self.lock().clone()
    }

    /// Keeps a mark; never one of an earlier timeline.
    pub(super) fn keep(&self, mark: Mark) -> Result<(), StoreError> {
        let mut known = self.lock();
        let is_older =
            |known: &Mark| known.system == mark.system && known.timeline >= mark.timeline;
        if known.as_ref().is_some_and(is_older) {
            return Ok(());
        }
        if let Some(path) = &self.path {
            write(path, &mark).map_err(|source| fault(path, source))?;
        }
        *known = Some(mark);
        Ok(())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Mark>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Under another name first: what has its own name is whole.
fn write(path: &Path, mark: &Mark) -> std::io::Result<()> {
    let part = path.with_extension(format!("{}.part", std::process::id()));
    let mut file = fs::File::create(&part)?;
    file.write_all(&serde_json::to_vec(mark)?)?;
    file.sync_all()?;
    fs::rename(&part, path)
}

fn fault(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::Memory {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(system: &str, timeline: i64, mark: u128) -> Mark {
        Mark {
            system: system.to_owned(),
            timeline,
            mark: Uuid::from_u128(mark),
        }
    }

    fn primary(timeline: i64, marks: &[(i64, u128)]) -> Primary {
        let marks = marks.iter();
        Primary {
            system: "a".to_owned(),
            timeline,
            marks: marks.map(|(of, drawn)| mark("a", *of, *drawn)).collect(),
        }
    }

    #[test]
    fn only_who_goes_on_is_written_to() {
        let check = |server: &Primary, known: Option<Mark>, expected: Result<(), ServerFault>| {
            assert_eq!(
                server.follows(known.as_ref()),
                expected,
                "{server:?} {known:?}"
            );
        };
        let stranger = |known| Err(ServerFault::Stranger { known });
        let old = primary(1, &[(1, 1)]);
        let new = primary(2, &[(1, 1), (2, 2)]);
        check(&old, None, Ok(()));
        check(&old, Some(mark("a", 1, 1)), Ok(()));
        check(&new, Some(mark("a", 1, 1)), Ok(()));
        check(&new, Some(mark("a", 2, 2)), Ok(()));
        let behind = ServerFault::Behind { found: 1, known: 2 };
        check(&old, Some(mark("a", 2, 2)), Err(behind));
        // Promoted beside the primary: as late, and later.
        check(&primary(2, &[(1, 1)]), Some(mark("a", 2, 2)), stranger(2));
        check(
            &primary(3, &[(1, 1), (3, 3)]),
            Some(mark("a", 2, 2)),
            stranger(2),
        );
        check(&new, Some(mark("b", 1, 1)), stranger(1));
    }

    #[test]
    fn of_two_that_take_writes_one_has_followed_the_other() {
        let old = primary(1, &[(1, 1)]);
        let new = primary(2, &[(1, 1), (2, 2)]);
        let beside = primary(3, &[(1, 1), (3, 3)]);
        assert!(new.is_after(&old) && !old.is_after(&new));
        assert!(beside.is_after(&old) && !beside.is_after(&new) && !new.is_after(&beside));
        assert!(new.is_after(&new), "one server under two addresses");
    }

    #[test]
    fn what_was_known_is_known_to_the_next_process_and_nothing_older() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.json");
        let memory = Memory::open(Some(&path)).unwrap();
        assert_eq!(memory.known(), None);
        memory.keep(mark("a", 2, 2)).unwrap();
        memory.keep(mark("a", 1, 1)).unwrap();
        let next = Memory::open(Some(&path)).unwrap();
        assert_eq!(next.known(), Some(mark("a", 2, 2)));
        fs::write(&path, b"{").unwrap();
        assert!(matches!(
            Memory::open(Some(&path)),
            Err(StoreError::Memory { .. })
        ));
        let nowhere = Memory::open(Some(Path::new("/proc/none/server.json"))).unwrap();
        let kept = nowhere.keep(mark("a", 1, 1));
        assert!(matches!(kept, Err(StoreError::Memory { .. })));
    }
}
