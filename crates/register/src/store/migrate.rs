//! Tables are made and brought forward when a store is opened.

use core::time::Duration;

use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::{Acquire, Database, Pool};

use super::StoreError;

/// How often it is tried: two programs that begin at once are in each other's way, and the second finds everything done.
const ATTEMPTS: u32 = 10;
/// How long the other program is waited for.
const PAUSE: Duration = Duration::from_millis(200);

/// Runs what has not been run yet, each in a transaction. No lock is taken, for not every database has one: of two programs
/// that make the same table one fails, waits and looks again.
pub(super) async fn bring_forward<D>(
    migrations: &Migrator,
    pool: &Pool<D>,
) -> Result<(), StoreError>
where
    D: Database,
    D::Connection: Migrate,
    for<'p> &'p Pool<D>: Acquire<'p, Database = D>,
    for<'p> <&'p Pool<D> as Acquire<'p>>::Connection: core::ops::Deref<Target = D::Connection>,
{
    // Whether there is a database at all is said once, by the pool, which waits as long as it should.
    drop(pool.acquire().await?);
    let mut left = ATTEMPTS;
    loop {
        left -= 1;
        match migrations.run(pool).await {
            Ok(()) => return Ok(()),
            Err(error) if left > 0 && may_pass(&error) => tokio::time::sleep(PAUSE).await,
            Err(error) => return Err(StoreError::Unavailable(Box::new(error))),
        }
    }
}

const fn may_pass(error: &MigrateError) -> bool {
    matches!(
        error,
        MigrateError::Execute(_) | MigrateError::ExecuteMigration(..)
    )
}
