//! A floor on real parts: two readers side by side, cards in any order, a card of somebody else, a writer who would judge himself, a shift
//! that has to add up; and what the verbs say to people and to programs.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

#[path = "floor/signed.rs"]
mod signed;
#[path = "floor/stations.rs"]
mod stations;
mod support;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use support::slot::{Slot, real};
use support::{Ended, Running, end, run, tree, until, word};

const PERSON: &str = "fixtures/people/vn-citizen-nam";
const PROFILE: &str = "vn-cccd-2021";
const JSON: [&str; 2] = ["--output-format", "json"];
const WRITER: &str = "TEST One";
const JUDGE: &str = "TEST Two";
const NO: i32 = 1;
const USAGE: i32 = 2;
const POLICY: i32 = 7;
const INTERRUPTED: i32 = 130;
const CARDS: usize = 4;

/// A verb that goes on while cards come; what it says can be read meanwhile.
struct Run {
    child: Child,
    said: PathBuf,
}

impl Run {
    fn start(command: &mut Command, said: PathBuf) -> Self {
        let file = File::create(&said).unwrap();
        let child = command.stdout(file).stderr(Stdio::null()).spawn().unwrap();
        Self { child, said }
    }

    /// The events of this name so far.
    fn events(&self, name: &str) -> Vec<Value> {
        let said = std::fs::read_to_string(&self.said).unwrap();
        let whole = said
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'));
        let events = whole.map(|line| serde_json::from_str::<Value>(line).unwrap());
        events.filter(|event| event["event"] == name).collect()
    }

    fn interrupt(&self) {
        let id = self.child.id().to_string();
        let status = Command::new("kill").args(["-s", "INT", &id]).status();
        assert!(status.unwrap().success());
    }

    #[track_caller]
    fn end(&mut self, code: i32) {
        let mut status = None;
        until("the end of the run", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        let said = std::fs::read_to_string(&self.said).unwrap();
        assert_eq!(status.unwrap().code(), Some(code), "{said}");
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A floor with its issuer, keys in three hands, and chips.
struct Site {
    folder: TempDir,
}

impl Site {
    fn new() -> Self {
        let site = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        run(["keys", "init", &site.path("keys")]).expect(0);
        for (hand, key) in [("press", "personalisation.key"), ("quality", "quality.key")] {
            std::fs::create_dir(site.path(hand)).unwrap();
            let from = Path::new(&site.path("keys")).join(key);
            std::fs::copy(from, Path::new(&site.path(hand)).join(key)).unwrap();
        }
        let pki = site.path("pki");
        let mut init = vec!["pki", "init", &pki, "--country", "VN", "--state", "VNM"];
        init.extend(["--document-types", "I,ID", "--document-years", "21"]);
        run(init).expect(0);
        run(["floor", "open", &site.path("hall"), "--by", WRITER]).expect(0);
        site
    }

    fn path(&self, name: &str) -> String {
        word(&self.folder.path().join(name)).to_owned()
    }

    fn chip(&self, number: usize) -> String {
        self.path(&format!("{number}.chip"))
    }

    /// A prepared chip, and a job for it; its serial number. The job is made on a copy of the chip, which is thrown away.
    fn make_job(&self, slot: &Slot, number: usize) -> String {
        let (chip, copy, keys) = (self.chip(number), self.path("copy"), self.path("keys"));
        let prepared = self.path("prepared.json");
        let running = slot.insert(Path::new(&chip), &["--new", "--keys", &keys]);
        let prepare = ["personalise", "--prepare", &prepared, "--profile", PROFILE];
        let more = ["--keys", &keys, "--output-format", "json"];
        let said = slot.run(&[&prepare[..], &more].concat()).expect(0).json();
        slot.remove(running, "INT").expect(0);
        std::fs::copy(&chip, &copy).unwrap();
        let running = slot.insert(Path::new(&copy), &[]);
        let register = self.path(&format!("{number}.register"));
        let (pki, jobs) = (self.path("pki"), self.path("jobs"));
        let mut issue = vec!["personalise", "--record", PERSON, "--profile", PROFILE];
        issue.extend(["--keys", &keys, "--pki", &pki, "--register", &register]);
        issue.extend(["--jobs", &jobs, "--no-lock"]);
        slot.run(&issue).expect(0);
        slot.remove(running, "INT").expect(0);
        said["chip"].as_str().unwrap().to_owned()
    }

    fn status(&self) -> Value {
        let hall = self.path("hall");
        run([&["floor", "status", &hall][..], &JSON].concat())
            .expect(0)
            .json()
    }

    fn stage(&self, stage: &str) -> u64 {
        self.status()["stages"][stage].as_u64().unwrap()
    }

    /// A run over all cards, at the readers of both slots.
    fn start(&self, verb: &str, by: &str, slots: &[Slot; 2], more: &[&str]) -> Run {
        let hall = self.path("hall");
        let keys = self.path(match verb {
            "judge" => "quality",
            "prepare" => "keys",
            _ => "press",
        });
        let csca = self.path("pki/csca.der");
        let mut arguments = vec!["floor", verb, &hall, "--keys", &keys, "--by", by];
        for slot in slots {
            arguments.extend(["--reader", &slot.reader]);
        }
        if verb == "judge" {
            arguments.extend(["--trust", &csca]);
        }
        arguments.extend(JSON);
        arguments.extend(more);
        Run::start(&mut real(arguments), self.folder.path().join("said"))
    }

    fn say(&self, arguments: &[&str]) -> Ended {
        let hall = self.path("hall");
        let (verb, rest) = arguments.split_at(1);
        let verb: Vec<&str> = verb[0].split(' ').collect();
        end(&mut real(
            [&["floor"], &verb[..], &[&hall], rest, &JSON].concat(),
        ))
    }
}

/// Puts chips into both readers, one after the other, until so many cards are where they should be.
fn feed(site: &Site, slots: &[Slot; 2], chips: &[usize], stage: &str) {
    for pair in chips.chunks(2) {
        let before = site.stage(stage);
        let inside: Vec<(&Slot, Running)> = pair
            .iter()
            .zip(slots)
            .map(|(chip, slot)| (slot, slot.insert(Path::new(&site.chip(*chip)), &[])))
            .collect();
        until("the cards", || {
            site.stage(stage) == before + pair.len() as u64
        });
        for (slot, chip) in inside {
            slot.remove(chip, "INT").expect(0);
        }
    }
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn a_batch_at_two_readers() {
    let site = Site::new();
    let slots = [Slot::take(), Slot::take()];
    let chips: Vec<String> = (0..CARDS)
        .map(|number| site.make_job(&slots[0], number))
        .collect();
    taken(&site, &slots);
    written(&site, &slots);

    // Who has written does not judge; somebody else does, with a border's trust.
    let mut judging = site.start("judge", "test one", &slots, &[]);
    let card = slots[0].insert(Path::new(&site.chip(0)), &[]);
    until("a refusal", || !judging.events("wrong-card").is_empty());
    slots[0].remove(card, "INT").expect(0);
    judging.interrupt();
    judging.end(INTERRUPTED);
    let wrong = judging.events("wrong-card")[0]["why"].to_string();
    assert!(wrong.contains("somebody else judges"), "{wrong}");
    let mut judging = site.start("judge", JUDGE, &slots, &[]);
    feed(&site, &slots, &[0, 1], "passed");
    // One is not good enough to look at.
    let reject = [
        "reject",
        &chips[3],
        "--reason",
        "print-faulty",
        "--by",
        JUDGE,
    ];
    site.say(&reject).expect(0);
    site.say(&reject).expect(POLICY);
    feed(&site, &slots, &[2], "passed");
    judging.end(0);
    assert_eq!(site.stage("passed"), 3);
    let kept = tree(&site.folder.path().join("hall/jobs"));
    assert!(
        kept.is_empty(),
        "data of people stay behind: {:?}",
        kept.keys()
    );
    accounts(&site, &slots, &chips[3]);
    on_paper(&site);
    pool(&site, &slots);
}

/// Nothing happens in a dry run; what was taken is not taken again.
fn taken(site: &Site, slots: &[Slot; 2]) {
    let jobs = site.path("jobs");
    let before = tree(&site.folder.path().join("hall"));
    // Nobody has signed them: that must be said.
    let take = ["take", &jobs, "--by", WRITER];
    site.say(&take).expect(POLICY);
    let take = ["take", &jobs, "--unsigned", "--by", WRITER];
    let dry = site.say(&[&take[..], &["--dry-run"]].concat()).expect(0);
    assert_eq!(dry.json()["dry_run"], true);
    assert_eq!(dry.json()["jobs"], CARDS);
    assert!(tree(&site.folder.path().join("hall")) == before);
    assert_eq!(site.say(&take).expect(0).json()["jobs"], CARDS);
    let again = site.say(&take).expect(0).json();
    assert_eq!([&again["jobs"], &again["taken_before"]], [0, CARDS]);
    let count = ["shift open", "--remaining", "4", "--rejects", "0"];
    site.say(&[&count[..], &["--by", WRITER]].concat())
        .expect(0);
    let before = tree(&site.folder.path().join("hall"));
    site.start("write", WRITER, slots, &["--dry-run"]).end(0);
    assert!(tree(&site.folder.path().join("hall")) == before);
}

/// Two readers, cards in any order; one of somebody else is named and stays as it was.
fn written(site: &Site, slots: &[Slot; 2]) {
    let mut writing = site.start("write", WRITER, slots, &[]);
    let (stranger, keys) = (site.path("stranger.chip"), site.path("keys"));
    let card = slots[1].insert(Path::new(&stranger), &["--new", "--keys", &keys]);
    let before = std::fs::read(&stranger).unwrap();
    until("a refusal", || !writing.events("wrong-card").is_empty());
    slots[1].remove(card, "INT").expect(0);
    assert!(std::fs::read(&stranger).unwrap() == before);
    feed(site, slots, &[2, 0], "written");
    // Interrupted in the middle of the batch: the same command goes on.
    writing.interrupt();
    writing.end(INTERRUPTED);
    assert_eq!(writing.events("finished").len(), 2);
    assert_eq!(writing.events("end")[0]["waiting"], 2);
    let mut writing = site.start("write", WRITER, slots, &[]);
    feed(site, slots, &[3, 1], "written");
    writing.end(0);
    let written = writing.events("finished");
    assert_eq!(written.len(), 2);
    assert_ne!(written[0]["reader"], written[1]["reader"]);
    let receipt = written[0]["receipt"].as_str().unwrap();
    assert!(receipt.starts_with("commit:"), "{receipt}");
}

/// The reject is voided and destroyed by two; the shift closes when what is counted is what is computed.
fn accounts(site: &Site, slots: &[Slot; 2], chip: &str) {
    let mut voiding = site.start("void", WRITER, slots, &[]);
    let card = slots[0].insert(Path::new(&site.chip(3)), &[]);
    voiding.end(0);
    slots[0].remove(card, "INT").expect(0);
    assert_eq!(voiding.events("finished")[0]["result"], "voided");

    let both = ["--by", WRITER, "--by", JUDGE];
    let count = ["--remaining", "0", "--good", "3", "--rejects", "0"];
    let close = [&["shift close"], &count[..], &both].concat();
    let between = [&["shift count"], &count[..], &["--by", JUDGE]].concat();
    let counted = site.say(&between).expect(NO).json();
    assert_eq!(counted["computed"]["rejects"], 1, "{counted}");
    assert_eq!(counted["is_right"], false);
    site.say(&close).expect(POLICY);
    let alone = ["destroy", chip, "--by", WRITER, "--by", "TEST  ONE"];
    site.say(&alone).expect(POLICY);
    site.say(&[&["destroy", chip][..], &both].concat())
        .expect(0);
    site.say(&between).expect(0);
    // Good cards are no good ones any more when somebody has taken them.
    let give = ["hand-over", "--all", "--by", WRITER, "--to", "TEST Courier"];
    site.say(&[&give[..], &["--count", "2"]].concat())
        .expect(POLICY);
    let handed = [&give[..], &["--count", "3"]].concat();
    let dry = [&handed[..], &["--dry-run"]].concat();
    assert_eq!(site.say(&dry).expect(0).json()["count"], 3);
    site.say(&handed).expect(0);
    site.say(&close).expect(POLICY);
    let count = ["shift close", "--remaining", "0", "--rejects", "0"];
    let closed = site.say(&[&count[..], &both].concat()).expect(0).json();
    let account = closed["account"].clone();
    for (what, count) in [
        ("opened_with", 4),
        ("passed", 3),
        ("handed_over", 3),
        ("good", 0),
        ("destroyed", 1),
        ("remaining", 0),
    ] {
        assert_eq!(account[what], count, "{account}");
    }
    assert_eq!(account["adds_up"], true);
}

/// The service is told of every card once; the report has the numbers.
fn on_paper(site: &Site) {
    let told = site.say(&["results"]).expect(0);
    let printed = site.path("results.json");
    std::fs::write(&printed, &told.stdout).unwrap();
    let told = told.json();
    let batch = &told["batches"][0];
    let outcomes = |half: &str| -> Vec<String> {
        let results = batch[half]["results"].as_array().unwrap().iter();
        let mut outcomes: Vec<String> = results
            .map(|result| result["outcome"].as_str().unwrap().to_owned())
            .collect();
        outcomes.sort();
        outcomes
    };
    assert_eq!(outcomes("writing"), ["written"; 4]);
    assert_eq!(
        outcomes("quality"),
        ["passed", "passed", "passed", "rejected"]
    );
    let tell = |word: &str| site.say(&["results", "--told", word, "--by", WRITER]);
    let mark = &told["journal"];
    let mark = format!("{}:{}", mark["line"], mark["link"].as_str().unwrap());
    tell("no file").expect(USAGE);
    tell(&format!("1{mark}")).expect(NO);
    let other = std::fs::read_to_string(&printed).unwrap();
    let other = other.replace("print-faulty", "chip-faulty");
    let changed = site.path("changed.json");
    std::fs::write(&changed, other).unwrap();
    tell(&changed).expect(NO);
    assert_eq!(tell(&printed).expect(0).json()["reported"], 4);
    assert_eq!(tell(&mark).expect(0).json()["news"], 0);
    let again = site.say(&["results"]).expect(0).json();
    assert_eq!(again["batches"], serde_json::json!([]));
    let page = site.path("report.html");
    site.say(&["report", "--language", "vi", "--html", &page])
        .expect(0);
    let page = std::fs::read_to_string(&page).unwrap();
    for word in [
        "Kiểm đếm",
        "Xưởng cá thể hoá thẻ",
        "Lỗi in",
        WRITER,
        "25.0 %",
    ] {
        assert!(page.contains(word), "{word}");
    }
}

/// A new chip comes into the pool, and its file is there for the issuer. Without a shift nobody works; one begins with the last numbers.
fn pool(site: &Site, slots: &[Slot; 2]) {
    let count = ["--count", "1", "--profile", PROFILE];
    site.start("prepare", WRITER, slots, &count).end(POLICY);
    let open = ["shift open", "--as-closed", "--by", WRITER];
    assert_eq!(site.say(&open).expect(0).json()["shift"], 2);
    let mut preparing = site.start("prepare", WRITER, slots, &count);
    let (chip, keys) = (site.path("new.chip"), site.path("keys"));
    let card = slots[1].insert(Path::new(&chip), &["--new", "--keys", &keys]);
    preparing.end(0);
    slots[1].remove(card, "INT").expect(0);
    let prepared = &preparing.events("finished")[0];
    let file = format!("hall/chips/{}.json", prepared["chip"].as_str().unwrap());
    let told: Value = test_support::read_json(&site.folder.path().join(file));
    assert!(!told["keys"].as_array().unwrap().is_empty());
    assert_eq!(site.stage("stock"), 1);
}

#[test]
fn a_floor_without_cards() {
    let folder = tempfile::tempdir().unwrap();
    let hall = word(&folder.path().join("hall")).to_owned();
    run(["floor", "status", &hall]).expect(USAGE);
    for nobody in [" ", "TEST\u{200b} One", "T\u{415}ST One"] {
        run(["floor", "open", &hall, "--by", nobody]).expect(USAGE);
    }
    // Somebody began and died before the first line was whole.
    std::fs::create_dir(&hall).unwrap();
    std::fs::write(folder.path().join("hall/journal.jsonl"), b"{\"n\":1,").unwrap();
    run(["floor", "open", &hall, "--by", WRITER]).expect(0);
    run(["floor", "open", &hall, "--by", WRITER]).expect(POLICY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let journal = folder.path().join("hall/journal.jsonl");
        let mode = std::fs::metadata(journal).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let status = run([&["floor", "status", &hall][..], &JSON].concat())
        .expect(0)
        .json();
    assert_eq!(
        [&status["received"], &status["adds_up"]],
        [&Value::from(0), &Value::from(true)]
    );
    let said = run(["floor", "status", &hall]).expect(0).stdout;
    assert!(said.starts_with("0 received = 0 stock + "), "{said}");
    let unknown = run([
        "floor",
        "reject",
        &hall,
        "X1",
        "--reason",
        "print-faulty",
        "--by",
        WRITER,
    ]);
    unknown.expect(USAGE);
    let count = ["--remaining", "1", "--rejects", "0", "--by", WRITER];
    run([&["floor", "shift", "open", &hall][..], &count].concat()).expect(POLICY);

    // A torn line did not happen; a changed one stops everybody.
    let journal = folder.path().join("hall/journal.jsonl");
    let whole = std::fs::read(&journal).unwrap();
    let torn = [&whole[..], b"{\"n\":2,\"at\":\"19"].concat();
    std::fs::write(&journal, &torn).unwrap();
    let open = ["floor", "shift", "open", &hall, "--rejects", "0"];
    let open = [&open[..], &["--by", WRITER, "--remaining", "0"]].concat();
    run(["floor", "status", &hall]).expect(0);
    run(["floor", "results", &hall]).expect(0);
    run([&open[..], &["--dry-run"]].concat()).expect(0);
    assert!(
        std::fs::read(&journal).unwrap() == torn,
        "who looks leaves it as it is"
    );
    run(open).expect(0);
    let now = std::fs::read(&journal).unwrap();
    assert!(now.starts_with(&whole) && !now.starts_with(&torn));
    let kept: Vec<PathBuf> = tree(&folder.path().join("hall")).into_keys().collect();
    assert_eq!(
        kept,
        std::slice::from_ref(&journal),
        "the journal, and no lock"
    );
    let text = String::from_utf8(whole)
        .unwrap()
        .replace("TEST One", "TEST Ten");
    std::fs::write(&journal, text).unwrap();
    let refused = run([&["floor", "status", &hall][..], &JSON].concat()).expect(NO);
    assert!(
        refused.json()["error"].as_str().unwrap().contains("line 1"),
        "{refused:?}"
    );
}
