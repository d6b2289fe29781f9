//! People into a database by COPY, without its indexes, which are made afterwards.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::Instant;

use issuance_service::office::Office;
use register::store::Store as _;

use super::rows::{self, Lines, TABLES};
use super::{lives, someone};

/// Lines that are handed over at once.
const PIECE: usize = 1 << 20;
/// Of so many people one has the events that made the row, too: what is asked here does not read them, and ten million people
/// are to fit on one disk.
pub const EVENTS_EACH: u64 = lives::CARD_EACH;
/// How many people are brought in by both ways and compared.
const COMPARED: u64 = 40;

/// A program of PostgreSQL.
fn program(name: &str) -> Command {
    let folder =
        std::env::var_os(test_support::postgres::VARIABLE).expect("CARD_TOOLCHAIN_POSTGRES");
    Command::new(PathBuf::from(folder).join(name))
}

/// Runs statements; the rows of the last.
pub fn psql(url: &str, sql: &str) -> String {
    let output = program("psql")
        .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
        .args([
            "--set",
            "ON_ERROR_STOP=1",
            "--dbname",
            url,
            "--command",
            sql,
        ])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let wrong = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{sql}\n{wrong}");
    said.trim().to_owned()
}

/// Fills an empty database with the people of the numbers below `people`.
pub fn fill(url: &str, office: &Office, people: u64) {
    let start = Instant::now();
    let again = without_indexes(url);
    let mut copies: Vec<Copy> = TABLES.iter().map(|table| Copy::start(url, table)).collect();
    let mut lines = Lines::default();
    for number in 0..people {
        let changes = lives::of(office, number);
        rows::add(&changes, number.is_multiple_of(EVENTS_EACH), &mut lines);
        for (copy, lines) in copies.iter_mut().zip(&mut lines) {
            if lines.len() >= PIECE {
                copy.hand_over(std::mem::take(lines));
            }
        }
        if number > 0 && number.is_multiple_of(500_000) {
            eprintln!("{number} people in {:.0} s", start.elapsed().as_secs_f64());
        }
    }
    for (copy, lines) in copies.into_iter().zip(lines) {
        copy.end(lines);
    }
    eprintln!("{people} people in {:.0} s", start.elapsed().as_secs_f64());
    for statement in again {
        psql(
            url,
            &format!(
                "SET maintenance_work_mem = '1GB'; SET max_parallel_maintenance_workers = 1; {statement}"
            ),
        );
        eprintln!("{:.0} s: {statement}", start.elapsed().as_secs_f64());
    }
    psql(url, "VACUUM (ANALYZE)");
    eprintln!("ready in {:.0} s", start.elapsed().as_secs_f64());
}

/// Reads tables and indexes once, so that a disk is not measured where there is memory for them: a server that has run for some days has them
/// there.
pub fn read_once(url: &str) {
    psql(
        url,
        "CREATE EXTENSION IF NOT EXISTS pg_prewarm;
         SELECT count(pg_prewarm(oid::regclass, 'read')) FROM pg_class
         WHERE relname IN ('claim', 'claim_pkey', 'entity', 'entity_pkey', 'entity_key_pkey')",
    );
}

/// Takes indexes and guards away; the statements that make them again.
fn without_indexes(url: &str) -> Vec<String> {
    let names: Vec<String> = TABLES
        .iter()
        .map(|(table, _)| format!("'{table}'"))
        .collect();
    let names = names.join(", ");
    let lines =
        |sql: String| -> Vec<String> { psql(url, &sql).lines().map(str::to_owned).collect() };
    let constraints =
        format!("FROM pg_constraint WHERE contype = 'p' AND conrelid::regclass::text IN ({names})");
    let indexes = format!(
        "FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
         WHERE NOT indisprimary AND indrelid::regclass::text IN ({names})"
    );
    let mut again = lines(format!(
        "SELECT format('ALTER TABLE %s ADD CONSTRAINT %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) {constraints}"
    ));
    again.extend(lines(format!(
        "SELECT pg_get_indexdef(indexrelid) {indexes}"
    )));
    let mut away = lines(format!(
        "SELECT format('ALTER TABLE %s DROP CONSTRAINT %s', conrelid::regclass, conname) {constraints}"
    ));
    away.extend(lines(format!(
        "SELECT format('DROP INDEX %s', relname) {indexes}"
    )));
    for (table, _) in TABLES {
        away.push(format!("ALTER TABLE {table} DISABLE TRIGGER USER"));
        again.push(format!("ALTER TABLE {table} ENABLE TRIGGER USER"));
    }
    psql(url, &away.join("; "));
    again
}

/// One table that is being filled: in the transaction that has emptied it, so that nothing goes through the log.
struct Copy {
    program: Child,
    lines: std::sync::mpsc::SyncSender<Vec<u8>>,
    writer: JoinHandle<()>,
}

impl Copy {
    fn start(url: &str, (table, columns): &(&str, &str)) -> Self {
        let mut program = program("psql")
            .args([
                "--no-psqlrc",
                "--quiet",
                "--set",
                "ON_ERROR_STOP=1",
                "--dbname",
                url,
            ])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = program.stdin.take().unwrap();
        writeln!(
            input,
            "BEGIN; TRUNCATE {table}; COPY {table} ({columns}) FROM STDIN WITH (FREEZE);"
        )
        .unwrap();
        let (lines, given) = std::sync::mpsc::sync_channel::<Vec<u8>>(4);
        let writer = std::thread::spawn(move || {
            for lines in given {
                input.write_all(&lines).unwrap();
            }
            input.write_all(b"\\.\nCOMMIT;\n").unwrap();
        });
        Self {
            program,
            lines,
            writer,
        }
    }

    fn hand_over(&self, lines: Vec<u8>) {
        self.lines.send(lines).unwrap();
    }

    fn end(mut self, rest: Vec<u8>) {
        self.hand_over(rest);
        drop(self.lines);
        self.writer.join().unwrap();
        assert!(self.program.wait().unwrap().success());
    }
}

/// Brings some people in by the store and the same by COPY, and compares every row of the tables. Both databases are empty before.
pub async fn proof(by_store: (&str, &Office), by_copy: (&str, &Office)) {
    let mut lines = Lines::default();
    for number in 0..COMPARED {
        // Sealing draws randomness: the same changes go both ways.
        let changes = lives::of(by_store.1, number);
        for change in &changes {
            by_store.1.store().commit(change).await.unwrap();
        }
        rows::add(&changes, true, &mut lines);
    }
    let again = without_indexes(by_copy.0);
    for (table, lines) in TABLES.iter().zip(lines) {
        Copy::start(by_copy.0, table).end(lines);
    }
    for statement in again {
        psql(by_copy.0, &statement);
    }
    for (table, columns) in TABLES {
        let sql = format!("SELECT {columns} FROM {table} ORDER BY {columns}");
        let (stored, copied) = (psql(by_store.0, &sql), psql(by_copy.0, &sql));
        assert!(!stored.is_empty());
        assert_eq!(stored, copied, "{table}: COPY and the store differ");
    }
    // And read back through the register.
    for number in 0..COMPARED {
        let someone = someone::Someone::of(number);
        let office = by_copy.1;
        let person = office
            .people()
            .of_number(&someone.personal_number())
            .await
            .unwrap();
        let history = office.people().history(person.unwrap()).await.unwrap();
        assert_eq!(
            history.person().unwrap().number(),
            Some(someone.personal_number().as_str())
        );
    }
    println!(
        "{COMPARED} people by the store and by COPY: the same rows in event, claim, entity and entity_key"
    );
}
