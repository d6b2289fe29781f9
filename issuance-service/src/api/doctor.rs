//! Looks at everything that can be looked at, and says what is wrong and what to do.

use core::fmt;
use std::path::Path;

use audit_log::tree::rows_of_entry;
use audit_log::{Entry, Finding, Hash, Outcome, Report, Verifier};
use register::store::{Store as _, StoreError, Topic};
use time::OffsetDateTime;

use super::timekeeper::{ACCEPTED, BEHIND, ClockFault};
use super::{Shared, keys};
use crate::backup::Fence;
use crate::places::{MIB, ROOM};
use crate::{Config, Result};

/// Entries that are read at once.
const AT_ONCE: u32 = 1000;
/// Entries that wait for a number while nothing is served: more is a sequencer that does not run.
const FEW_WAITING: u32 = 1000;

/// What to do where the log was changed.
const CHANGED: &str = "keep the register as it is, and compare it with the backup and the checkpoints that auditors keep";
/// What to do where an entry is newer than the signature over it.
const POSTDATED: &str = "where the clock of this machine was ahead then and is right now, `serve --accept-clock` says so once; otherwise keep the register as it is, and compare it with the backup and the checkpoints that auditors keep";

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ill {
    /// Where: `log`, `store`, `keys`, `disk`, `clock`.
    pub part: &'static str,
    /// What.
    pub what: String,
    /// What to do.
    pub todo: &'static str,
    /// Whether something was lost or changed; otherwise it can wait.
    pub is_grave: bool,
}

impl fmt::Display for Ill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.part, self.what, self.todo)
    }
}

/// What was looked at, and what is wrong.
#[derive(Debug)]
pub struct Examination {
    /// The audit log.
    pub log: Report,
    /// Entries that were dated ahead by a clock that somebody has set right and accepted since.
    pub dated_ahead: usize,
    /// Entries that wait for a number.
    pub waiting: usize,
    /// Octets that are free where the register is, where that can be asked.
    pub room: Option<u64>,
    /// What is wrong.
    pub ills: Vec<Ill>,
}

/// Looks at everything. `kept` are checkpoints that were kept elsewhere.
///
/// # Errors
/// Those of the store: what cannot be asked is not well either, and the caller says so.
pub async fn examine(
    config: &Config,
    api: &Shared,
    kept: &[String],
    room: Option<u64>,
) -> Result<Examination> {
    let mut ills = Vec::new();
    ills.extend(restored(api).await?);
    let (log, accepted) = log(api, kept).await?;
    let (of_log, dated_ahead) = of_log(&log, &accepted);
    ills.extend(of_log);
    let waiting = api.store.unsequenced(Topic::Audit, FEW_WAITING).await?;
    if waiting.len() >= FEW_WAITING as usize {
        let what = format!("{} entries and more have no number", waiting.len());
        ills.push(Ill {
            part: "log",
            what,
            todo: "start `issuance-service serve`: it numbers and signs them",
            is_grave: false,
        });
    }
    for what in api.store.integrity().await? {
        ills.push(Ill {
            part: "store",
            what,
            todo: "stop the service and restore the register from its backup",
            is_grave: true,
        });
    }
    ills.extend(api.store.other_servers().await.into_iter().map(|what| Ill {
        part: "store",
        what,
        todo: "do so before anybody else writes there",
        is_grave: true,
    }));
    let newest = log.newest.as_ref().map(audit_log::VerifiedCheckpoint::at);
    ills.extend(of_keys(
        &config.serve.keys,
        config.serve.password_file.is_some(),
    ));
    ills.extend(of_machine(api, newest, room));
    Ok(Examination {
        dated_ahead,
        log,
        waiting: waiting.len(),
        room,
        ills,
    })
}

/// What was found in the log, without what an accepted clock explains, and how much that is.
fn of_log(log: &Report, accepted: &[ClockAccepted]) -> (Vec<Ill>, usize) {
    let (explained, findings): (Vec<_>, Vec<_>) = log
        .findings
        .iter()
        .partition(|finding| is_explained(finding, accepted));
    let findings = findings.into_iter().map(|finding| Ill {
        part: "log",
        what: finding.to_string(),
        todo: match finding {
            Finding::EntryPostdated { .. } => POSTDATED,
            _ => CHANGED,
        },
        is_grave: true,
    });
    let mut ills: Vec<Ill> = findings.collect();
    if log.more > 0 {
        ills.push(Ill {
            part: "log",
            what: format!(
                "{} more findings, which are not looked at one by one",
                log.more
            ),
            todo: CHANGED,
            is_grave: true,
        });
    }
    (ills, explained.len())
}

/// The clock, and the disks that are written to.
fn of_machine(api: &Shared, newest: Option<OffsetDateTime>, room: Option<u64>) -> Vec<Ill> {
    let mut ills = Vec::new();
    match api.timekeeper.look(api.now()) {
        Ok(()) => ills.extend(clock(api.now(), newest)),
        Err(fault) => ills.push(Ill {
            part: "clock",
            what: fault.to_string(),
            todo: fault.todo(),
            is_grave: true,
        }),
    }
    let places = api.places.examine();
    ills.extend(places.iter().map(|fault| Ill {
        part: "disk",
        what: fault.to_string(),
        todo: fault.todo(),
        is_grave: true,
    }));
    if places.is_empty() && room.is_some_and(|room| room < ROOM) {
        let what = format!("{} MiB are free", room.unwrap_or_default() / MIB);
        ills.push(Ill {
            part: "disk",
            what,
            todo: "make room before the register stops",
            is_grave: false,
        });
    }
    ills
}

/// A register that was restored and that nobody has compared with the world.
async fn restored(api: &Shared) -> Result<Option<Ill>> {
    let fence = Fence::of(&api.store).await?;
    let waits = fence.filter(|fence| !fence.is_accepted());
    Ok(waits.map(|fence| Ill {
        part: "restored",
        what: format!(
            "THIS REGISTER WAS RESTORED from a backup of {}: what happened afterwards is not in it",
            fence.made
        ),
        todo: "enter again what was produced, used up, revoked and locked since (`serve --reconcile`), then `restored --accept`",
        is_grave: true,
    }))
}

/// Somebody has said that the clock is right: at which entry, and what it showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ClockAccepted {
    index: u64,
    at: OffsetDateTime,
}

impl ClockAccepted {
    fn of(index: u64, body: &[u8]) -> Option<Self> {
        // Read only where the words are in it at all.
        core::str::from_utf8(body)
            .ok()
            .filter(|text| text.contains(ACCEPTED))?;
        let entry = Entry::parse(body).ok()?;
        let is_one = entry.action().as_str() == ACCEPTED && *entry.outcome() == Outcome::Done;
        is_one.then(|| Self {
            index,
            at: entry.at(),
        })
    }
}

/// Whether an entry is dated ahead because the clock was: later in the log somebody has accepted one that showed less.
fn is_explained(finding: &Finding, accepted: &[ClockAccepted]) -> bool {
    match finding {
        Finding::EntryPostdated { index, at, .. } => accepted
            .iter()
            .any(|accepted| accepted.index > *index && accepted.at < *at),
        _ => false,
    }
}

/// Every entry, every row, every checkpoint, under every name that the log has had; and where a clock was accepted.
async fn log(api: &Shared, kept: &[String]) -> Result<(Report, Vec<ClockAccepted>)> {
    let mut accepted = Vec::new();
    let (size, newest) = api.store.sequenced(Topic::Audit).await?;
    let notes = kept.iter().map(String::as_str).chain(newest.as_deref());
    let mut logs = vec![api.keys.log.clone()];
    logs.extend_from_slice(&api.keys.earlier_logs);
    let mut verifier = Verifier::new(&logs, notes);
    let mut next = 0;
    while next < size {
        let entries = api.store.journal(Topic::Audit, next, AT_ONCE).await?;
        let Some(last) = entries.last().and_then(|entry| entry.number) else {
            break;
        };
        for entry in &entries {
            let index = entry.number.unwrap_or_default();
            accepted.extend(ClockAccepted::of(index, &entry.body));
            let rows = rows(api, index).await?;
            verifier.entry(index, &entry.body, rows.as_deref());
        }
        next = last + 1;
    }
    Ok((verifier.finish(), accepted))
}

/// The rows of an entry. Where one is missing the entry is read without them: the root tells.
async fn rows(api: &Shared, index: u64) -> Result<Option<Vec<Hash>>> {
    let indexes: Vec<u64> = rows_of_entry(index)?.collect();
    match api.store.tree_hashes(Topic::Audit, &indexes).await {
        Ok(hashes) => Ok(Some(hashes.into_iter().map(Hash::new).collect())),
        Err(StoreError::Corrupt { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn clock(now: OffsetDateTime, newest: Option<OffsetDateTime>) -> Option<Ill> {
    let behind = newest
        .map(|newest| newest - now)
        .filter(|behind| *behind > BEHIND)?;
    let what = format!(
        "what was signed last is dated {} minutes ahead of the clock, which agrees with what happened before: it was ahead then",
        behind.whole_minutes()
    );
    Some(Ill {
        part: "clock",
        what,
        todo: ClockFault::Behind(behind).todo(),
        is_grave: false,
    })
}

fn of_keys(folder: &Path, is_protected: bool) -> Vec<Ill> {
    let mut ills = Vec::new();
    if is_protected && keys::any_plain(folder).unwrap_or(false) {
        let what = "a key is not encrypted although a password is set".to_owned();
        ills.push(Ill {
            part: "keys",
            what,
            todo: "make new keys, or encrypt these with `openssl pkcs8 -topk8`",
            is_grave: false,
        });
    }
    #[cfg(unix)]
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        use std::os::unix::fs::PermissionsExt as _;
        let is_open = file
            .metadata()
            .is_ok_and(|metadata| metadata.permissions().mode() & 0o077 != 0);
        if is_open {
            let what = format!("{} can be read by others", file.path().display());
            ills.push(Ill {
                part: "keys",
                what,
                todo: "chmod 600",
                is_grave: false,
            });
        }
    }
    ills
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::super::audit::{Audit, system};
    use super::*;
    use uuid::Uuid;

    #[test]
    fn what_an_accepted_clock_explains() {
        let now = datetime!(2026-11-22 10:00 UTC);
        let ahead = Finding::EntryPostdated {
            index: 7,
            at: now + Duration::days(40),
            checkpoint: now,
        };
        let check = |index: u64, days: i64, explained: bool| {
            let at = now + Duration::days(days);
            let accepted = [ClockAccepted { index, at }];
            assert_eq!(is_explained(&ahead, &accepted), explained, "{accepted:?}");
        };
        check(8, 0, true);
        check(100, 39, true);
        // Before it, and of a clock that was as far ahead.
        check(6, 0, false);
        check(8, 40, false);
        assert!(!is_explained(&ahead, &[]));
        let changed = Finding::EntriesMissing { first: 7, last: 7 };
        let accepted = [ClockAccepted { index: 8, at: now }];
        assert!(!is_explained(&changed, &accepted));
        let entry = Audit::by(system(), ACCEPTED, "clock", Uuid::nil()).entry(now);
        let body = entry.unwrap().body;
        assert_eq!(
            ClockAccepted::of(8, &body),
            Some(ClockAccepted { index: 8, at: now })
        );
        let refused = Audit::by(system(), ACCEPTED, "clock", Uuid::nil()).refused("other");
        let other = Audit::by(system(), "clock.other", "clock", Uuid::nil());
        for entry in [refused, other] {
            assert_eq!(ClockAccepted::of(8, &entry.entry(now).unwrap().body), None);
        }
    }

    #[test]
    fn a_clock_that_went_back_is_seen() {
        let now = datetime!(2026-11-22 10:00 UTC);
        assert!(clock(now, None).is_none());
        assert!(clock(now, Some(now + Duration::minutes(4))).is_none());
        assert!(
            clock(now, Some(now + Duration::minutes(90)))
                .unwrap()
                .what
                .contains("90 minutes")
        );
    }

    #[test]
    #[cfg(unix)]
    fn keys_that_others_read_are_seen() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("audit.key");
        std::fs::write(&key, b"x").unwrap();
        for (mode, count) in [(0o600, 0), (0o640, 1), (0o604, 1)] {
            std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(of_keys(folder.path(), false).len(), count, "{mode:o}");
        }
    }
}
