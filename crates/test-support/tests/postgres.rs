//! PostgreSQL as the other crates' tests use it: killed, restarted, followed.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::{
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use test_support::postgres::{Cluster, database};

#[test]
#[ignore = "needs PostgreSQL: CARD_TOOLCHAIN_POSTGRES, set by cargo xtask test"]
fn what_is_committed_outlives_a_kill_and_what_is_not_does_not() {
    let mut cluster = Cluster::start();
    cluster.create_database("people");
    cluster.psql("people", "CREATE TABLE person (name text)");
    cluster.psql("people", "INSERT INTO person VALUES ('SPECIMEN')");
    // A session in the middle of a transaction: its process must go too.
    let mut open = cluster
        .command("psql")
        .arg(cluster.url("people"))
        .args([
            "--command",
            "BEGIN; INSERT INTO person VALUES ('LOST'); SELECT pg_sleep(600)",
        ])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    until_one(
        &cluster,
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
    );
    for _ in 0..3 {
        cluster.kill();
        assert!(cluster.try_psql("people", "SELECT 1").is_err());
        cluster.restart();
        assert_eq!(
            cluster.psql("people", "SELECT name FROM person"),
            "SPECIMEN"
        );
    }
    assert!(!open.wait().unwrap().success());
    cluster.stop();
    assert_eq!(cluster.process_id(), None);
    cluster.restart();
    assert!(
        cluster
            .dump("people")
            .contains("CREATE TABLE public.person")
    );
    assert_eq!(cluster.psql("people", "SHOW fsync"), "on");
}

#[test]
#[ignore = "needs PostgreSQL: CARD_TOOLCHAIN_POSTGRES, set by cargo xtask test"]
fn a_promoted_standby_has_every_row_that_was_acknowledged() {
    let mut primary = Cluster::start();
    primary.create_database("people");
    primary.psql("people", "CREATE TABLE person (id int PRIMARY KEY)");
    let standby = primary.standby();
    for id in 0..20 {
        primary.psql("people", &format!("INSERT INTO person VALUES ({id})"));
    }
    assert!(
        standby
            .try_psql("people", "INSERT INTO person VALUES (99)")
            .is_err(),
        "it only follows"
    );
    primary.kill();
    standby.promote();
    assert_eq!(
        standby.psql("people", "SELECT count(*), max(id) FROM person"),
        "20|19"
    );
    standby.psql("people", "INSERT INTO person VALUES (20)");
}

#[test]
#[ignore = "needs PostgreSQL: CARD_TOOLCHAIN_POSTGRES, set by cargo xtask test"]
fn a_primary_waits_for_its_standby_until_it_is_told_to_forget_it() {
    let primary = Cluster::start();
    let mut standby = primary.standby();
    standby.kill();
    let mut commit = primary
        .command("psql")
        .arg(primary.url("postgres"))
        .args(["--command", "CREATE TABLE waits (id int)"])
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    until_one(
        &primary,
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
    );
    assert!(commit.try_wait().unwrap().is_none());
    primary.forget_standby();
    assert!(commit.wait().unwrap().success());
    primary.psql("postgres", "CREATE TABLE alone (id int)");
}

#[test]
#[ignore = "needs PostgreSQL: CARD_TOOLCHAIN_POSTGRES, set by cargo xtask test"]
fn databases_of_the_shared_cluster_do_not_see_each_other() {
    let (one, other) = (database(), database());
    one.psql("CREATE TABLE person (name text)");
    other.psql("CREATE TABLE person (name text)");
    one.psql("INSERT INTO person VALUES ('TEST')");
    assert_eq!(other.psql("SELECT count(*) FROM person"), "0");
    assert_ne!(one.url(), other.url());
    assert!(one.dump().contains("TEST") && !other.dump().contains("TEST"));
}

#[test]
#[ignore = "needs PostgreSQL: CARD_TOOLCHAIN_POSTGRES, set by cargo xtask test"]
fn nothing_remains_of_a_dropped_cluster_killed_or_not() {
    for killed in [false, true] {
        let mut cluster = Cluster::start();
        let (folder, server) = (cluster.folder().to_owned(), cluster.process_id().unwrap());
        let memory = segment(&folder);
        if killed {
            cluster.kill();
        }
        drop(cluster);
        assert!(!folder.exists(), "{}", folder.display());
        assert!(!std::path::Path::new(&format!("/proc/{server}")).exists());
        let left = std::fs::read_to_string("/proc/sysvipc/shm").unwrap();
        let ids: Vec<&str> = left
            .lines()
            .filter_map(|line| line.split_whitespace().nth(1))
            .collect();
        assert!(!ids.contains(&memory.as_str()), "killed: {killed}");
    }
}

fn until_one(cluster: &Cluster, count: &str) {
    while cluster.psql("postgres", count) != "1" {
        thread::sleep(Duration::from_millis(5));
    }
}

/// The id of the server's shared memory, from its lock file.
fn segment(folder: &std::path::Path) -> String {
    let lock = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    let line = lock.lines().nth(6).unwrap();
    line.split_whitespace().nth(1).unwrap().to_owned()
}

/// The program itself, killed with a cluster in its hands.
#[test]
#[ignore = "needs PostgreSQL: CARD_TOOLCHAIN_POSTGRES, set by cargo xtask test"]
fn nothing_remains_of_a_killed_test() {
    const CHILD: &str = "TEST_SUPPORT_TO_BE_KILLED";
    if std::env::var_os(CHILD).is_some() {
        let cluster = Cluster::start();
        eprintln!("folder {}", cluster.folder().display());
        thread::sleep(Duration::from_secs(600));
    }
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "nothing_remains_of_a_killed_test",
            "--ignored",
            "--exact",
            "--nocapture",
        ])
        .env(CHILD, "1")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = std::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("folder ") {
        line.clear();
        assert_ne!(
            std::io::BufRead::read_line(&mut said, &mut line).unwrap(),
            0
        );
    }
    let folder = std::path::PathBuf::from(line.trim_start_matches("folder ").trim());
    assert!(folder.exists());
    child.kill().unwrap();
    child.wait().unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while folder.exists() {
        assert!(Instant::now() < deadline, "{} remains", folder.display());
        thread::sleep(Duration::from_millis(10));
    }
}
