//! PostgreSQL for tests: private clusters on a socket in a temporary folder, never the system's.
//!
//! `cargo xtask test` names the folder of its programs in [`VARIABLE`]. Most tests want [`database`]: a new empty database
//! in a cluster that all tests of one program share. Tests that kill a server take a [`Cluster`] of their own.
//!
//! PostgreSQL refuses root: then its programs run as the user `postgres`, who owns the folder. Nothing is listened to but
//! the socket, and nobody else may enter its folder, so that no password is needed. How all of it goes away: `guard.rs`.

use std::{
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use crate::{
    account::Account,
    guard::{Guard, Plan, folder_for, variable},
};

mod kill;
mod standby;

/// The variable that names the folder of PostgreSQL's programs.
pub const VARIABLE: &str = "CARD_TOOLCHAIN_POSTGRES";

/// The user of the database, who may do everything.
pub const USER: &str = "specimen";
/// It names the socket; nobody listens on a port.
const PORT: &str = "5432";
/// The longest path of a socket that every system takes, its name `/.s.PGSQL.5432` and a zero included.
const LONGEST_SOCKET: usize = 104 - "/.s.PGSQL.5432".len() - 1;

/// How much a cluster does so that commits outlive a crash of the machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Durability {
    /// As delivered: what is committed is on the disk (`fsync = on`).
    Full,
    /// Nothing is forced to the disk. A killed server loses nothing by it, a machine without power would lose everything:
    /// for tests that are about neither speed nor loss.
    Careless,
}

/// A private PostgreSQL; dropping it stops it and removes everything.
pub struct Cluster {
    guard: Guard,
    programs: PathBuf,
}

impl Cluster {
    /// Makes a cluster with [`Durability::Full`] and starts it.
    ///
    /// # Panics
    /// When PostgreSQL is not here or does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(Durability::Full)
    }

    /// As [`Self::start`], with a durability of one's choice.
    ///
    /// # Panics
    /// As [`Self::start`].
    #[must_use]
    pub fn start_with(durability: Durability) -> Self {
        let cluster = Self::empty();
        cluster.run(
            cluster
                .command("initdb")
                .args([
                    "--username",
                    USER,
                    "--auth=trust",
                    "--no-sync",
                    "--no-instructions",
                ])
                .args(["--encoding=UTF8", "--locale=C.UTF-8", "--pgdata"])
                .arg(cluster.data()),
        );
        cluster.configure(durability);
        cluster.started()
    }

    /// The folder, the guard and no data yet.
    fn empty() -> Self {
        let programs = variable(VARIABLE);
        let account = Account::not_root("postgres");
        let folder = folder_for("postgres", account);
        assert!(
            folder.as_os_str().len() <= LONGEST_SOCKET,
            "{}: too long a path for a socket; set TMPDIR to a shorter one",
            folder.display()
        );
        let words: [OsString; 3] = [
            programs.join("postgres").into(),
            "-D".into(),
            folder.join("data").into(),
        ];
        let guard = Guard::new(Plan {
            folder,
            account,
            words: &words,
            // Immediate: without a last write to the disk, all processes and the shared memory gone.
            end: "QUIT",
        });
        Self { guard, programs }
    }

    /// Settings that a base backup carries over, but for the folder of the socket, which [`standby`] writes anew.
    fn configure(&self, durability: Durability) {
        let on = if durability == Durability::Full {
            "on"
        } else {
            "off"
        };
        let settings = format!(
            "listen_addresses = ''\nport = {PORT}\nunix_socket_permissions = 0700\n\
             max_connections = 200\nshared_buffers = 64MB\n\
             dynamic_shared_memory_type = mmap\n\
             fsync = {on}\nfull_page_writes = {on}\n\
             log_min_messages = warning\nlog_line_prefix = '%m [%p] %d '\ntimezone = 'UTC'\n\
             include = 'place.conf'\n"
        );
        let file = self.data().join("postgresql.conf");
        let given = fs::read_to_string(&file).expect("initdb wrote postgresql.conf");
        fs::write(&file, given + &settings).expect("postgresql.conf is written");
        self.write_place();
    }

    /// Where the socket is: the one setting in which a standby differs from its primary.
    fn write_place(&self) {
        let place = format!(
            "unix_socket_directories = '{}'\n",
            self.guard.folder().display()
        );
        let file = self.data().join("place.conf");
        fs::write(&file, place).expect("place.conf is written");
        self.guard.account().owns(&file);
    }

    fn started(mut self) -> Self {
        self.restart();
        self
    }

    /// Starts the server again after [`Self::stop`] or [`Self::kill`], and waits until it takes connections.
    ///
    /// # Panics
    /// When it runs, or does not start.
    pub fn restart(&mut self) {
        let id = self.guard.start().to_string();
        let lock = self.data().join("postmaster.pid");
        // The first line is the process, the eighth the state. A file of a killed server says another process.
        self.guard.until("PostgreSQL starts", || {
            let text = fs::read_to_string(&lock).ok()?;
            let mut lines = text.lines();
            let is_ours = lines.next() == Some(&id);
            let state = lines.nth(6).unwrap_or_default().trim();
            (is_ours && matches!(state, "ready" | "standby")).then_some(())
        });
    }

    /// Stops the server in good order: sessions are ended, everything is written. Its data stay.
    pub fn stop(&mut self) {
        self.guard.signal("INT");
        self.guard.wait();
    }

    /// Kills every process of the server with SIGKILL, as a machine that loses power would. Its data stay as they are.
    ///
    /// # Panics
    /// When the server does not run.
    pub fn kill(&mut self) {
        kill::all(&mut self.guard);
    }

    /// Makes an empty database.
    ///
    /// # Panics
    /// When there is one of this name already.
    pub fn create_database(&self, name: &str) {
        self.psql("postgres", &format!("CREATE DATABASE \"{name}\""));
    }

    /// The address of a database for sqlx and libpq: the socket's folder stands percent-encoded in the place of the host.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let host = percent_encoded(&self.guard.folder().to_string_lossy());
        format!("postgres://{USER}@{host}:{PORT}/{database}?sslmode=disable")
    }

    /// Runs statements, each on its own, and returns the rows of the last: columns separated by `|`, one line a row.
    ///
    /// # Panics
    /// When one of them fails; the message is PostgreSQL's.
    pub fn psql(&self, database: &str, sql: &str) -> String {
        self.try_psql(database, sql)
            .unwrap_or_else(|error| panic!("{sql}\n{error}"))
    }

    /// As [`Self::psql`], for tests to which a failure is an answer.
    ///
    /// # Errors
    /// What PostgreSQL said.
    pub fn try_psql(&self, database: &str, sql: &str) -> Result<String, String> {
        let mut command = self.command("psql");
        command
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set", "ON_ERROR_STOP=1", "--dbname"])
            .arg(self.url(database))
            .args(["--command", sql]);
        output_of(&mut command)
    }

    /// A database as the SQL text that makes it anew.
    ///
    /// # Panics
    /// When there is no such database.
    #[must_use]
    pub fn dump(&self, database: &str) -> String {
        let mut command = self.command("pg_dump");
        command.arg("--dbname").arg(self.url(database));
        output_of(&mut command).unwrap_or_else(|error| panic!("{error}"))
    }

    /// A program of PostgreSQL, run as who runs the server.
    #[must_use]
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(self.guard.folder());
        self.guard.account().runs(&mut command);
        command
    }

    /// The last lines of the server's log.
    #[must_use]
    pub fn last_words(&self) -> String {
        self.guard.last_words()
    }

    /// The folder of everything: the socket, the log, the data.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.guard.folder()
    }

    /// The process id of the server's first process while it runs.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.guard.server()
    }

    fn data(&self) -> PathBuf {
        self.guard.folder().join("data")
    }

    fn run(&self, command: &mut Command) {
        output_of(command).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// A new empty database in the cluster that all tests of this program share, for as long as the program runs. It is
/// [`Durability::Careless`]: tests of loss and speed take a [`Cluster`] of their own.
///
/// # Panics
/// When PostgreSQL is not here or does not start.
#[must_use]
pub fn database() -> Database {
    static SHARED: LazyLock<Cluster> = LazyLock::new(|| Cluster::start_with(Durability::Careless));
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    SHARED.create_database(&name);
    Database {
        cluster: &SHARED,
        name,
    }
}

/// A database of the shared cluster.
pub struct Database {
    cluster: &'static Cluster,
    name: String,
}

impl Database {
    /// Its address; see [`Cluster::url`].
    #[must_use]
    pub fn url(&self) -> String {
        self.cluster.url(&self.name)
    }

    /// Runs statements in it; see [`Cluster::psql`].
    ///
    /// # Panics
    /// As [`Cluster::psql`].
    pub fn psql(&self, sql: &str) -> String {
        self.cluster.psql(&self.name, sql)
    }

    /// Its text; see [`Cluster::dump`].
    #[must_use]
    pub fn dump(&self) -> String {
        self.cluster.dump(&self.name)
    }
}

fn output_of(command: &mut Command) -> Result<String, String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{}: {error}", command.get_program().to_string_lossy()))?;
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() {
        Ok(said(&output.stdout))
    } else {
        Err(said(&output.stderr))
    }
}

fn percent_encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_become_hosts() {
        assert_eq!(percent_encoded("/tmp/a-1 é"), "%2Ftmp%2Fa-1%20%C3%A9");
    }
}
