//! A second server that follows the first.

use super::{Cluster, USER};

/// What a standby calls itself; the primary's commits wait for it.
const NAME: &str = "standby";

impl Cluster {
    /// Makes a streaming standby from a base backup. From then on a commit of this cluster returns only when the standby
    /// has it on its disk too; while no standby is there, commits wait. One standby a cluster.
    ///
    /// # Panics
    /// When it cannot be made, or does not follow.
    #[must_use]
    pub fn standby(&self) -> Self {
        let standby = Self::empty();
        let source = format!(
            "host={} port={} user={USER} application_name={NAME}",
            self.guard.folder().display(),
            super::PORT
        );
        standby.run(
            standby
                .command("pg_basebackup")
                .args([
                    "--wal-method=stream",
                    "--checkpoint=fast",
                    "--write-recovery-conf",
                    "--no-sync",
                ])
                .arg("--dbname")
                .arg(source)
                .arg("--pgdata")
                .arg(standby.data()),
        );
        standby.write_place();
        let standby = standby.started();
        self.commits_wait_for(NAME);
        self.guard.until("the standby follows", || {
            let state = self.psql("postgres", "SELECT sync_state FROM pg_stat_replication");
            (state == "sync").then_some(())
        });
        standby
    }

    /// Lets commits no longer wait for the standby, as an operator does after losing it.
    ///
    /// # Panics
    /// When the server does not run.
    pub fn forget_standby(&self) {
        self.commits_wait_for("");
    }

    /// Makes a standby a primary: it takes writes when this returns.
    ///
    /// # Panics
    /// When it is no standby.
    pub fn promote(&self) {
        assert_eq!(self.psql("postgres", "SELECT pg_promote(true, 60)"), "t");
    }

    fn commits_wait_for(&self, name: &str) {
        // ALTER SYSTEM stands in no transaction, and psql makes one of a command with two statements.
        self.psql(
            "postgres",
            &format!("ALTER SYSTEM SET synchronous_standby_names = '{name}'"),
        );
        self.psql("postgres", "SELECT pg_reload_conf()");
    }
}
