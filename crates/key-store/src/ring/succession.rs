//! The next document signer, in time.

use std::sync::Arc;

use time::{Duration, OffsetDateTime};

use super::Entry;
use crate::Result;

/// TR-03145-1 PRC.Req.2: the successor is ready more than two days before the old usage ends.
const LEAST_DAYS: i64 = 3;
const MOST_PERCENT: u64 = 100;

/// When the next document signer must be prepared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuccessorPolicy {
    days: i64,
    percent: u64,
}

/// What runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuccessorDue {
    /// No document signer may sign so many days from now.
    Days {
        /// The last moment of the one that lasts longest.
        ends: OffsetDateTime,
    },
    /// The counts of those that may sign run out.
    Count {
        /// Uses left.
        remaining: u64,
        /// Uses there were.
        limit: u64,
    },
    /// There is none that may sign documents of this type, now or later.
    Nothing,
}

impl SuccessorPolicy {
    /// The successor is prepared when less than `percent` of the uses are left, or fewer than `days` days. Fewer days than
    /// TR-03145-1 wants are taken for as many as it wants.
    #[must_use]
    pub fn new(days: u16, percent: u8) -> Self {
        Self {
            days: i64::from(days).max(LEAST_DAYS),
            percent: u64::from(percent).min(MOST_PERCENT),
        }
    }
}

impl Default for SuccessorPolicy {
    /// Two weeks, ten percent.
    fn default() -> Self {
        Self::new(14, 10)
    }
}

pub(super) fn due(
    entries: &[Arc<Entry>],
    document_type: &str,
    now: OffsetDateTime,
    policy: &SuccessorPolicy,
) -> Result<Option<SuccessorDue>> {
    let horizon = now.saturating_add(Duration::days(policy.days));
    let (mut remaining, mut limit) = (0u64, 0u64);
    let mut lasts = None;
    let mut covered = false;
    for entry in entries {
        // The period as it will be at its end: one that has not begun counts, one that is over does not.
        let ends = entry.right().ends();
        let status = entry.status()?;
        let has_type = entry.right().admits(document_type, ends).is_ok();
        if !has_type || ends < now || !status.state.admits() || status.remaining() == Some(0) {
            continue;
        }
        lasts = lasts.max(Some(ends));
        if entry.right().admits(document_type, horizon).is_err() {
            continue;
        }
        covered = true;
        let (Some(left), Some(of)) = (status.remaining(), status.limit) else {
            return Ok(None);
        };
        remaining = remaining.saturating_add(left);
        limit = limit.max(of);
    }
    Ok(match lasts {
        None => Some(SuccessorDue::Nothing),
        Some(ends) if !covered => Some(SuccessorDue::Days { ends }),
        // Against the largest of them: two halves make a whole signer.
        Some(_)
            if remaining.saturating_mul(MOST_PERCENT) < limit.saturating_mul(policy.percent) =>
        {
            Some(SuccessorDue::Count { remaining, limit })
        }
        Some(_) => None,
    })
}
