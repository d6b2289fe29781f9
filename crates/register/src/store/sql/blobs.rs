//! Sealed octets.

use uuid::Uuid;

use super::Failure;
use super::session::Session;
use super::statement::Statement;
use crate::store::{BlobChange, BlobName};

/// Puts and erases; says whether something was erased.
pub(super) async fn change(session: &mut Session, changes: &[BlobChange]) -> Result<bool, Failure> {
    let mut erased = false;
    for change in changes {
        match change {
            BlobChange::Put {
                owner,
                name,
                sealed,
            } => {
                let statement = Statement::new(
                    "INSERT INTO blob (owner, name, sealed) VALUES ($1, $2, $3)
                     ON CONFLICT (owner, name) DO UPDATE SET sealed = excluded.sealed",
                    [
                        (*owner).into(),
                        name.word().into(),
                        sealed.as_slice().into(),
                    ],
                );
                session.execute(statement).await?;
            }
            BlobChange::Erase { owner, name } => {
                let statement = Statement::new(
                    "DELETE FROM blob WHERE owner = $1 AND name = $2",
                    [(*owner).into(), name.word().into()],
                );
                erased |= session.execute(statement).await? > 0;
            }
        }
    }
    Ok(erased)
}

/// Octets that are written on trial: more than fits on a page of SQLite beside others, so that room is looked for.
const TRIAL: [u8; 8192] = [0; 8192];

/// Writes a blob of nobody; the transaction is given up by the caller. Two programs that try at once write two of them, and none waits for the
/// other.
pub(super) async fn trial(session: &mut Session) -> Result<(), Failure> {
    let owner = Uuid::from_u128(std::process::id().into());
    let written = BlobChange::Put {
        owner,
        name: BlobName::Setting,
        sealed: TRIAL.to_vec(),
    };
    change(session, &[written]).await.map(drop)
}

/// A blob.
pub(super) async fn blob(
    session: &mut Session,
    owner: Uuid,
    name: BlobName,
) -> Result<Option<Vec<u8>>, Failure> {
    let statement = "SELECT sealed FROM blob WHERE owner = $1 AND name = $2";
    let row = session
        .row(Statement::new(
            statement,
            [owner.into(), name.word().into()],
        ))
        .await?;
    Ok(row.map(|row| row.octets(0)).transpose()?)
}
