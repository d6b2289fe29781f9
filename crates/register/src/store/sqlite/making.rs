//! The first file of a register: made under another name, whole, and only then where a register is looked for.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Row as _, SqlitePool};

use super::{MIGRATIONS, for_the_owner, unavailable};
use crate::store::StoreError;
use crate::store::migrate::bring_forward;

/// Between the name of a register and the number of one that is being made.
const UNFINISHED: &str = ".new-";

/// Makes a register. Where somebody else was faster his is left as it is. What a killed call leaves has another name, and is nothing yet.
pub(super) async fn make(path: &Path) -> Result<(), StoreError> {
    let unfinished = beside(path);
    let made = fill(&unfinished).await;
    let named = made.and_then(|()| name(&unfinished, path).map_err(unavailable));
    // A second name, or nothing of use.
    let _ = fs::remove_file(&unfinished);
    named
}

/// Whether there is a register in a file of SQLite: its migrations are counted there.
pub(super) async fn holds_register(pool: &SqlitePool) -> Result<bool, StoreError> {
    let tables =
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'";
    let row = sqlx::query(tables).fetch_one(pool).await?;
    if row.try_get::<i64, _>(0)? == 0 {
        return Ok(false);
    }
    let row = sqlx::query("SELECT count(*) FROM _sqlx_migrations")
        .fetch_one(pool)
        .await?;
    Ok(row.try_get::<i64, _>(0)? > 0)
}

/// Without a log beside it: the file by itself is the register.
async fn fill(path: &Path) -> Result<(), StoreError> {
    for_the_owner(OpenOptions::new().write(true).create_new(true))
        .open(path)
        .map_err(unavailable)?;
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(SqliteConnectOptions::new().filename(path))
        .await?;
    let filled = bring_forward(&MIGRATIONS, &pool).await;
    pool.close().await;
    filled?;
    let file = fs::File::open(path).map_err(unavailable)?;
    file.sync_all().map_err(unavailable)
}

/// A second name fails where there is one already, and a rename would not. Where a file system knows no second names the name is taken first: who
/// is killed between leaves an empty file, which `create` fills.
fn name(unfinished: &Path, path: &Path) -> io::Result<()> {
    let named = match fs::hard_link(unfinished, path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            for_the_owner(OpenOptions::new().write(true).create_new(true))
                .open(path)
                .and_then(|_| fs::rename(unfinished, path))
        }
        linked => linked,
    };
    match named {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(()),
        named => named?,
    }
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    fs::File::open(folder.unwrap_or(Path::new("."))).and_then(|folder| folder.sync_all())
}

fn beside(path: &Path) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut name = OsString::from(path.file_name().unwrap_or_default());
    name.push(format!("{UNFINISHED}{}-{number}", std::process::id()));
    path.with_file_name(name)
}
