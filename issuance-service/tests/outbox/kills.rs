//! `kill -9` at any moment of any step on both sides: whoever was enrolled arrives, once.
//!
//! The real program is started and killed. `cargo xtask test --long` is the long form.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::post::{Post, Run};

/// The variable of `cargo xtask test --long`.
const CAMPAIGN: &str = "CARD_TOOLCHAIN_CAMPAIGN";
/// Kills that hit a running program, and the people who are enrolled meanwhile.
const SHORT: (u32, usize) = (300, 40);
const LONG: (u32, usize) = (1200, 150);
/// The steps after sealing.
const STEPS: [&str; 4] = ["send", "take", "receipts", "erase"];

/// How long each step takes when nobody kills it.
struct Durations(BTreeMap<&'static str, Duration>);

impl Durations {
    /// Walks the whole way with one person.
    fn measure(post: &Post) -> Self {
        let mut times = BTreeMap::new();
        let begun = Instant::now();
        post.seal(0).must_end(0, "");
        times.insert("seal", begun.elapsed());
        for step in STEPS {
            let begun = Instant::now();
            post.step(step).must_end(0, "");
            times.insert(step, begun.elapsed());
        }
        Self(times)
    }

    fn moment(&self, step: &str, rng: &mut StdRng) -> Duration {
        self.0[step].mul_f64(rng.random_range(0.0..1.1))
    }
}

#[test]
fn killed_at_any_moment_nobody_is_lost_and_nobody_comes_twice() {
    let is_long = std::env::var(CAMPAIGN).is_ok_and(|word| word == "long");
    let (kills, people) = if is_long { LONG } else { SHORT };
    let post = Post::new();
    // The try for room takes longer than everything else together, and nothing hangs on it.
    post.set("room-bytes = 16777216", "room-bytes = 4096");
    let durations = Durations::measure(&post);
    let rng = &mut StdRng::seed_from_u64(9303);
    let mut ids: BTreeMap<usize, String> = BTreeMap::new();
    let mut killed: BTreeMap<&str, u32> = BTreeMap::new();
    let mut moments: BTreeMap<&str, u32> = BTreeMap::new();
    let (mut hits, mut runs) = (0, 0);
    while hits < kills {
        runs += 1;
        let step = match rng.random_range(0..10_u8) {
            0..4 => "seal",
            4..6 => STEPS[0],
            6..8 => STEPS[1],
            8 => STEPS[2],
            _ => STEPS[3],
        };
        // People come over the whole campaign, and some come again.
        let newest = people * hits as usize / kills as usize + 1;
        let person = rng.random_range(newest.saturating_sub(4).max(1)..=newest);
        let words = match step {
            "seal" => post.seal_words(person),
            step => post.step_words(step),
        };
        let moment = durations.moment(step, rng);
        let before = half_done(&post);
        if let Some(run) = killed_or_done(&post, words, moment) {
            assert_eq!(run.code, 0, "{step}: {}", run.words);
            if step == "seal" {
                must_be_the_same(&mut ids, person, &run);
            }
        } else {
            hits += 1;
            *killed.entry(step).or_default() += 1;
            // What an earlier kill has left is not counted again.
            for (word, _) in half_done(&post).difference(&before) {
                *moments.entry(word).or_default() += 1;
            }
        }
    }
    println!("{hits} kills in {runs} runs: {killed:?}; left half-done by them: {moments:?}");
    assert!(killed.len() > STEPS.len(), "a step was never hit");
    finish(&post, people, &mut ids);
}

/// The run, if it came to its end before the kill.
fn killed_or_done(post: &Post, words: Vec<PathBuf>, moment: Duration) -> Option<Run> {
    let mut run = post.start(words);
    std::thread::sleep(moment);
    // SIGKILL.
    run.kill().unwrap();
    let output = run.wait_with_output().unwrap();
    output.status.code().is_some().then(|| Run::of(&output))
}

fn must_be_the_same(ids: &mut BTreeMap<usize, String>, person: usize, run: &Run) {
    let id = run.json["people"][0]["packet"].as_str().unwrap().to_owned();
    let earlier = ids.entry(person).or_insert_with(|| id.clone());
    assert_eq!(*earlier, id, "person {person} has two packets");
}

/// Everything once more without kills; then the accounts of both sides must agree.
fn finish(post: &Post, people: usize, ids: &mut BTreeMap<usize, String>) {
    for person in 1..=people {
        let run = post.seal(person);
        run.must_end(0, "");
        must_be_the_same(ids, person, &run);
    }
    for step in STEPS {
        post.step(step).must_end(0, "");
    }
    // With the one who was measured.
    let produced = people + 1;
    let account = post.say("station outbox verify");
    account.must_end(0, "");
    assert_eq!(account.json["sealed"], produced);
    assert_eq!(account.json["erased_by_receipt"], produced);
    assert_eq!(account.json["kept"], 0);
    let left = fs::read_dir(post.path("station/outbox")).unwrap();
    let left: BTreeSet<_> = left.map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, BTreeSet::from(["book".into(), "lock".into()]));

    let listed = post.say("intake list --limit 10000");
    assert_eq!(listed.count("packets"), produced);
    let listed = listed.json["packets"].as_array().unwrap();
    let received: BTreeSet<&str> = listed
        .iter()
        .map(|row| row["packet"].as_str().unwrap())
        .collect();
    assert!(
        ids.values().all(|id| received.contains(id.as_str())),
        "lost"
    );
    assert_eq!(persons(post).len(), produced, "lost or doubled");
    println!(
        "{produced} people produced, {} received, 0 lost, 0 doubled",
        received.len()
    );
}

/// Who is in the packets that arrived; nobody twice.
fn persons(post: &Post) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for opened in post.opened() {
        let number = opened.manifest().fields["document_number"].clone();
        assert!(found.insert(number.clone()), "{number} came twice");
    }
    let files = post.sealed_files();
    assert_eq!(files.len(), found.len(), "files without a packet");
    found
}

/// What stands half-done in the folders: a file without its name, a line without its end, a name that the book does not say yet, an
/// event of the book that no name says yet, a packet without its receipt.
fn half_done(post: &Post) -> BTreeSet<(&'static str, String)> {
    let mut found = BTreeSet::new();
    let name = |file: &PathBuf| file.file_name().unwrap().to_string_lossy().into_owned();
    for (word, folder, ending) in [
        ("packet being written", "station/outbox", "sealing"),
        ("copy on the stick", "stick", "part"),
        ("packet at the service", "service/intake/packets", "part"),
    ] {
        let files = post.files(folder, ending);
        found.extend(files.iter().map(|file| (word, name(file))));
    }
    let book = fs::read_to_string(post.path("station/outbox/book")).unwrap();
    let says = |file: &PathBuf, event: &str| {
        let id = &name(file)[..36];
        book.lines()
            .any(|line| line.contains(event) && line.contains(id))
    };
    for (ending, said, next) in [
        ("pending", "sealed", "sent"),
        ("sent", "sent", "received"),
        ("acknowledged", "received", "erase"),
    ] {
        for file in post.files("station/outbox", ending) {
            if !says(&file, said) {
                found.insert(("name before the book", name(&file)));
            }
            if says(&file, next) {
                found.insert(("book before the name", name(&file)));
            }
        }
    }
    if !book.ends_with('\n') {
        found.insert(("line of the book", book.len().to_string()));
    }
    let taken: BTreeSet<String> = post.sealed_files().iter().map(name).collect();
    for packet in post.files("stick", "packet") {
        if taken.iter().any(|taken| taken[..36] == name(&packet)[..36])
            && !packet.with_extension("receipt").exists()
        {
            found.insert(("receipt on the stick", name(&packet)));
        }
    }
    found
}
