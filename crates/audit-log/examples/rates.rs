//! How fast a log grows and how fast it is read again, on this machine: `cargo run --release -p audit-log --example rates`.

#![allow(clippy::print_stdout)]

use std::time::Instant;

use audit_log::{
    Actor, ActorKind, Entry, Hash, Outcome, StoredHashes, Subject, Token, Tree, Verifier, Word,
};
use time::OffsetDateTime;

const ENTRIES: u32 = 200_000;
/// How many entries a transaction appends.
const BATCH: usize = 100;

fn entry(number: u32) -> Result<Entry, Box<dyn std::error::Error>> {
    let at = OffsetDateTime::UNIX_EPOCH + time::Duration::milliseconds(i64::from(number));
    let id = uuid::Builder::from_unix_timestamp_millis(u64::from(number), &[7; 10]).into_uuid();
    let actor = Actor {
        kind: ActorKind::Person,
        id: Token::new("acc-17")?,
        name: Token::new("officer-17")?,
    };
    let subject = Subject {
        kind: Word::new("document")?,
        id: Token::new(format!("doc-{number}"))?,
    };
    let action = Word::new("document.verify")?;
    let entry = Entry::new(id, at, actor, action, subject, Outcome::Done)?;
    Ok(entry.with_detail(
        Word::new("request")?,
        Token::of_digest(&number.to_be_bytes()),
    )?)
}

fn report(what: &str, count: usize, since: Instant) {
    let seconds = since.elapsed().as_secs_f64();
    let rate = f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / seconds;
    println!("{what:<48} {rate:>12.0} /s");
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let entries = (0..ENTRIES).map(entry).collect::<Result<Vec<_>, _>>()?;
    let bytes: Vec<Vec<u8>> = entries.iter().map(Entry::to_bytes).collect();
    report("entries made and spelled", bytes.len(), start);
    let octets: usize = bytes.iter().map(Vec::len).sum();
    println!(
        "octets of an entry                               {:>12}",
        octets / bytes.len()
    );

    let start = Instant::now();
    let leaves: Vec<Hash> = bytes.iter().map(|bytes| Hash::of_leaf(bytes)).collect();
    report("leaves hashed", leaves.len(), start);

    let (mut rows, mut size) = (StoredHashes::default(), 0);
    let start = Instant::now();
    for batch in leaves.chunks(BATCH) {
        // As a service does it: nothing is remembered between two transactions.
        let needed = Tree::needed(size)?;
        let fetched = needed.into_iter().map(|row| Ok((row, rows.at(row)?)));
        let fetched = fetched.collect::<audit_log::Result<StoredHashes>>()?;
        let mut tree = Tree::load(size, &fetched)?;
        rows.extend(tree.append(batch)?);
        size = tree.size();
    }
    report("appended, a hundred in a transaction", leaves.len(), start);

    let start = Instant::now();
    let mut verifier = Verifier::new(&[], []);
    for (index, bytes) in (0..).zip(&bytes) {
        verifier.entry(index, bytes, None);
    }
    let found = verifier.finish();
    report("entries read again and verified", leaves.len(), start);
    println!(
        "{} entries, {} rows, findings: {:?}",
        found.entries,
        rows.iter().count(),
        found.findings
    );
    Ok(())
}
