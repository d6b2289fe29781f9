//! The life of a card on real parts, from the maker's chip to the border, by the verbs that a station would call; and what is left
//! of it when the station dies in the middle.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

#[allow(dead_code)] // The orders of specimens use the rest.
#[path = "specimen/border.rs"]
mod border;
#[path = "life/holder.rs"]
mod holder;
#[allow(dead_code)] // The story of the offices uses the rest.
#[path = "eac/offices.rs"]
mod offices;

use std::path::PathBuf;
use std::process::Command;
use std::thread;

use serde_json::Value;
use tempfile::TempDir;

use support::secrets::Secrets;
use support::slot::{Slot, real};
use support::{Ended, Running, checks_that, run, tree, until, word};

const PERSON: &str = "fixtures/people/vn-citizen-nam";
const CAN_FILE: &str = "fixtures/cards/vn-citizen-nam.can";
const MRZ_FILE: &str = "fixtures/cards/vn-citizen-nam.mrz";
const JSON: [&str; 2] = ["--output-format", "json"];
const USAGE: i32 = 2;
const CARD: i32 = 4;
const POLICY: i32 = 7;

/// An issuer, a register and one station with a slot for chips.
struct Office {
    folder: TempDir,
    slot: Slot,
}

impl Office {
    fn open() -> Self {
        let office = Self {
            folder: tempfile::tempdir().unwrap(),
            slot: Slot::take(),
        };
        run(["keys", "init", &office.path("keys")]).expect(0);
        let pki = office.path("pki");
        let mut init = vec!["pki", "init", &pki, "--country", "VN", "--state", "VNM"];
        init.extend(["--document-types", "I,ID", "--document-years", "21"]);
        run(init).expect(0);
        office
    }

    fn path(&self, name: &str) -> String {
        word(&self.folder.path().join(name)).to_owned()
    }

    /// A chip as its maker delivers it, in the reader; or the same chip again.
    fn insert(&self, card: &str) -> Running {
        let keys = self.path("keys");
        let card = PathBuf::from(self.path(card));
        self.slot.insert(&card, &["--new", "--keys", &keys])
    }

    fn remove(&self, chip: Running) {
        self.slot.remove(chip, "INT").expect(0);
    }

    fn personalise(&self, what: &[&str]) -> Command {
        let (keys, pki, register, jobs) = (
            self.path("keys"),
            self.path("pki"),
            self.path("register.jsonl"),
            self.path("jobs"),
        );
        let mut arguments = vec!["personalise", "--keys", &keys];
        if !what.contains(&"--void") {
            arguments.extend(["--pki", &pki, "--jobs", &jobs]);
        }
        if what.contains(&"--record") {
            arguments.extend(["--register", &register, "--profile", "vn-cccd-2021"]);
        }
        arguments.extend(what);
        arguments.extend(JSON);
        self.slot.command(&arguments)
    }

    #[track_caller]
    fn run(&self, what: &[&str]) -> Ended {
        support::end(&mut self.personalise(what))
    }

    /// The jobs that are kept.
    fn jobs(&self) -> Vec<String> {
        let folder = self.folder.path().join("jobs");
        if !folder.exists() {
            return Vec::new();
        }
        tree(&folder)
            .keys()
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "json")
            })
            .map(|path| word(path).to_owned())
            .collect()
    }

    /// What `readers --cards` says of the chip.
    fn state(&self) -> String {
        let mut readers = real(["readers", "--cards", "--output-format", "json"]);
        let listed = support::end(&mut readers).expect(0).json();
        let mut readers = listed["readers"].as_array().unwrap().iter();
        let ours = readers.find(|row| row["name"] == *self.slot.reader);
        ours.unwrap()["chip"].as_str().unwrap().to_owned()
    }

    /// The card is found authentic, by CAN and by MRZ.
    #[track_caller]
    fn border(&self) -> Value {
        let csca = self.path("pki/csca.der");
        let by_can = ["verify", "--trust", &csca, "--can-file", CAN_FILE];
        self.slot.run(&by_can).expect(0);
        let by_mrz = ["verify", "--trust", &csca, "--mrz-file", MRZ_FILE];
        let report = self
            .slot
            .run(&[&by_mrz[..], &JSON].concat())
            .expect(0)
            .json();
        assert_eq!(report["overall"], "successful");
        assert_eq!(checks_that(&report, "failed"), [""; 0]);
        report
    }
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn from_the_maker_to_the_border() {
    let office = Office::open();
    let chip = office.insert("card.json");
    assert!(
        office.state().contains("MANUFACTURED"),
        "{}",
        office.state()
    );

    let done = office.run(&["--record", PERSON]).expect(0);
    let said = done.json();
    assert_eq!([&said["state"], &said["outcome"]], ["OPERATIONAL", "done"]);
    assert!(said["bytes"].as_u64().unwrap() > 30_000, "{said}");
    assert_eq!(office.jobs(), [""; 0], "the job is done and gone");
    let report = office.border();
    let number = report["holder"]["fields"].to_string();
    assert!(number.contains("001081000017"), "{number}");

    let mut secrets = Secrets::default();
    secrets.add_folder(office.folder.path());
    secrets.add_chip(&office.folder.path().join("card.json"));
    let read = |path: &str| std::fs::read_to_string(test_support::root().join(path)).unwrap();
    secrets.add_passwords(&read(CAN_FILE), &read(MRZ_FILE));
    secrets.must_not_be_in("its words", (done.stdout + &done.stderr + "\n").as_bytes());

    // The chip is in the field: neither this person nor anybody else is written to it, and nobody destroys it.
    let before = tree(office.folder.path());
    for again in [&["--record", PERSON][..], &["--void", "--yes"]] {
        let refused = office.run(again).expect(CARD);
        assert_eq!(refused.json()["outcome"], "card", "{again:?}");
    }
    assert!(
        office.state().contains("in the field"),
        "{}",
        office.state()
    );
    assert!(tree(office.folder.path()) == before, "nothing has changed");
    office.border();
    office.remove(chip);

    // The number is used: a second chip does not become the same document.
    let second = office.insert("second.json");
    let duplicate = office.run(&["--record", PERSON]).expect(POLICY);
    assert_eq!(duplicate.json()["outcome"], "policy");
    assert_eq!(office.jobs(), [""; 0]);
    assert!(office.state().contains("INITIALISED"), "{}", office.state());
    office.remove(second);
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn two_people_write_and_release() {
    let office = Office::open();
    let chip = office.insert("card.json");
    let written = office.run(&["--record", PERSON, "--no-lock"]).expect(0);
    assert_eq!(written.json()["state"], "WRITTEN");
    assert!(office.state().contains("WRITTEN"), "{}", office.state());
    let [job] = &office.jobs()[..] else {
        panic!("{:?}", office.jobs());
    };
    office.remove(chip);

    // A job goes into its own chip and no other, and a chip obeys the keys of its own issuer and no other.
    let other = office.insert("other.json");
    run(["keys", "init", &office.path("strange-keys")]).expect(0);
    let strange = office.path("strange-keys");
    let mut strange = office
        .slot
        .command(&["personalise", "--void", "--yes", "--keys", &strange]);
    let refused = support::end(&mut strange).expect(CARD);
    assert!(refused.stderr.contains("--keys"), "{}", refused.stderr);
    let refused = office.run(&["--job", job]).expect(POLICY);
    assert!(refused.stderr.contains("another chip") || refused.stderr.contains("was made for"));
    office.remove(other);

    let chip = office.insert("card.json");
    let locked = office.run(&["--job", job]).expect(0);
    assert_eq!(locked.json()["state"], "OPERATIONAL");
    assert_eq!(office.jobs(), [""; 0]);
    office.border();
    office.remove(chip);
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn complaint_18_a_chip_is_destroyed_only_when_somebody_says_so() {
    let office = Office::open();
    let chip = office.insert("card.json");
    office.run(&["--record", PERSON, "--no-lock"]).expect(0);
    let unasked = office.run(&["--void"]).expect(USAGE);
    assert!(unasked.stderr.contains("--yes"), "{}", unasked.stderr);
    assert!(office.state().contains("WRITTEN"), "{}", office.state());
    let void = office.run(&["--void", "--yes"]).expect(0).json();
    assert_eq!(void["state"], "TERMINATED");
    let [job] = &office.jobs()[..] else {
        panic!("{:?}", office.jobs());
    };
    office.run(&["--job", job]).expect(CARD);
    let verify = ["verify", "--trust", &office.path("pki/csca.der")];
    let verify = [&verify[..], &["--can-file", CAN_FILE]].concat();
    let ended = office.slot.run(&verify);
    assert!(!matches!(ended.code, Some(0) | None), "{}", ended.stdout);
    office.remove(chip);
}

/// When the station dies.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// The chip has generated its first key.
    FirstKey,
    /// The document is in the register.
    Entered,
    /// The job is on the disk; not much is on the chip.
    JobKept,
    /// Content is on the chip.
    Writing,
}

/// The program may be done before it is killed: then another one is.
const TRIES: usize = 10;

/// An office whose `personalise` was killed at a moment, and its chip; nothing if it was too fast.
fn killed_at(moment: Moment) -> Option<(Office, Running)> {
    let office = Office::open();
    let card = office.folder.path().join("card.json");
    let chip = office.insert("card.json");
    // Short commands: there are more of them to die between.
    let mut running = Running::start(&mut office.personalise(&["--record", PERSON, "--short"]));
    let reached = |memory: &str| match moment {
        Moment::FirstKey => memory.contains("pkcs8"),
        Moment::Entered => std::fs::metadata(office.path("register.jsonl"))
            .is_ok_and(|register| register.len() > 0),
        Moment::JobKept => !office.jobs().is_empty(),
        Moment::Writing => memory.contains("\"octets\""),
    };
    let is_killed = loop {
        if running.child.try_wait().unwrap().is_some() {
            break false;
        }
        if reached(&std::fs::read_to_string(&card).unwrap()) {
            running.signal("KILL");
            break running.end().code.is_none();
        }
        thread::yield_now();
    };
    if !is_killed {
        office.remove(chip);
        return None;
    }
    until("pcscd to miss the dead", || {
        office.slot.state()["slot"] == "card"
    });
    Some((office, chip))
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn a_station_that_dies_goes_on_where_the_chip_stands() {
    for moment in [
        Moment::FirstKey,
        Moment::Entered,
        Moment::JobKept,
        Moment::Writing,
    ] {
        let (office, chip) = (0..TRIES)
            .find_map(|_| killed_at(moment))
            .unwrap_or_else(|| panic!("{moment:?}: too fast to be killed, {TRIES} times"));
        let resumed = match &office.jobs()[..] {
            [] => office.run(&["--record", PERSON]),
            [job] => office.run(&["--job", job]),
            several => panic!("{several:?}"),
        };
        assert_eq!(
            resumed.expect(0).json()["state"],
            "OPERATIONAL",
            "{moment:?}"
        );
        assert_eq!(office.jobs(), [""; 0], "{moment:?}");
        let register = std::fs::read_to_string(office.path("register.jsonl")).unwrap();
        assert_eq!(register.lines().count(), 1, "{moment:?}: entered once");
        office.border();
        office.remove(chip);
    }
}
