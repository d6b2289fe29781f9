//! A change as one transaction. What may be refused comes first; tallies, which many changes have in common, come last.

use super::session::Session;
use super::{Failure, append, blobs, claims, entities, journal, tallies, tasks};
use crate::store::Change;

/// Writes everything into a transaction that is open; says whether octets were erased.
pub(super) async fn write(
    session: &mut Session,
    change: &Change,
    shard: u32,
) -> Result<bool, Failure> {
    append::append(session, change).await?;
    claims::change(session, &change.claims).await?;
    entities::change(session, &change.entities).await?;
    tasks::change(session, &change.tasks).await?;
    let erased = blobs::change(session, &change.blobs).await?;
    journal::write(session, &change.journal).await?;
    tallies::count(session, &change.tallies, shard).await?;
    Ok(erased)
}
