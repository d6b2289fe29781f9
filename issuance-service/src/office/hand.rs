//! In whose name something is done.

use audit_log::{Actor, ActorKind, Token};
use register::Officer;
use uuid::Uuid;

/// In whose name something is done.
#[derive(Debug, Clone)]
pub struct Hand {
    /// As the register names whoever does it.
    pub officer: Officer,
    /// As the audit log does.
    pub actor: Actor,
    /// The request that asked for it.
    pub request: Uuid,
}

impl Hand {
    /// The service itself: a worker.
    #[must_use]
    pub fn service(worker: &str, now: time::OffsetDateTime) -> Self {
        let name = Token::new(worker).unwrap_or_else(|_| Token::from(0));
        let milliseconds = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
        Self {
            officer: Officer::service(),
            actor: Actor {
                kind: ActorKind::System,
                id: name.clone(),
                name,
            },
            request: Uuid::new_v7(uuid::Timestamp::from_unix_time(
                milliseconds / 1000,
                u32::try_from(milliseconds % 1000).unwrap_or(0) * 1_000_000,
                0,
                0,
            )),
        }
    }
}
