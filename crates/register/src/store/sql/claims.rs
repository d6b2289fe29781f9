//! What has one holder only.

use uuid::Uuid;

use super::session::Session;
use super::statement::{Statement, Value};
use super::{Failure, ROWS};
use crate::store::{Claim, ClaimChange, StoreError};

/// How often a claim that is neither taken nor free is looked at: its holder has released it between two statements.
const LOOKS: usize = 3;

/// Releases, then takes, in the order of the values: two changes that want the same claims do not wait for each other in a ring.
pub(super) async fn change(session: &mut Session, changes: &[ClaimChange]) -> Result<(), Failure> {
    let mut taken: Vec<(&Claim, Uuid)> = Vec::new();
    for change in changes {
        match change {
            ClaimChange::Take { claim, holder } => taken.push((claim, *holder)),
            ClaimChange::Release { claim, holder } => release(session, claim, *holder).await?,
        }
    }
    taken.sort();
    taken.dedup();
    for part in taken.chunks(ROWS) {
        take(session, part).await?;
    }
    Ok(())
}

async fn release(session: &mut Session, claim: &Claim, holder: Uuid) -> Result<(), Failure> {
    if !claim.kind.can_be_released() {
        return Err(StoreError::ForEver(claim.kind.word()).into());
    }
    let statement = Statement::new(
        "DELETE FROM claim WHERE kind = $1 AND value = $2 AND holder = $3",
        [
            claim.kind.word().into(),
            claim.value.as_slice().into(),
            holder.into(),
        ],
    );
    session.execute(statement).await?;
    Ok(())
}

async fn take(session: &mut Session, wanted: &[(&Claim, Uuid)]) -> Result<(), Failure> {
    for _ in 0..LOOKS {
        let rows = wanted.iter().map(|(claim, holder)| -> [Value<'_>; 3] {
            [
                claim.kind.word().into(),
                claim.value.as_slice().into(),
                (*holder).into(),
            ]
        });
        let statement = Statement::new("INSERT INTO claim (kind, value, holder) VALUES ", [])
            .rows(rows)
            .text(" ON CONFLICT (kind, value) DO NOTHING");
        if session.execute(statement).await? == wanted.len() as u64
            || all_held(session, wanted).await?
        {
            return Ok(());
        }
    }
    Err(Failure::Before(sqlx::Error::RowNotFound))
}

/// Whether each claim has the holder that wants it; `false` when one has no holder.
async fn all_held(session: &mut Session, wanted: &[(&Claim, Uuid)]) -> Result<bool, Failure> {
    for (claim, wants) in wanted {
        match holder(session, claim).await? {
            Some(has) if has == *wants => {}
            Some(holder) => {
                let claim = (*claim).clone();
                return Err(StoreError::Claimed { claim, holder }.into());
            }
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// Who holds a claim.
pub(super) async fn holder(
    session: &mut Session,
    claim: &Claim,
) -> Result<Option<Uuid>, sqlx::Error> {
    let statement = Statement::new(
        "SELECT holder FROM claim WHERE kind = $1 AND value = $2",
        [claim.kind.word().into(), claim.value.as_slice().into()],
    );
    let row = session.row(statement).await?;
    row.map(|row| row.id(0)).transpose()
}
