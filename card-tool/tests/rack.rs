//! A rack of chips in several readers at once: told what to do, and helping itself.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use support::slot::{Slot, real};
use support::{Running, card_tool, run, until, word};

const PERSON: &str = "fixtures/people/vn-citizen-nam";
const PROFILE: &str = "vn-cccd-2021";
const JSON: [&str; 2] = ["--output-format", "json"];
const USAGE: i32 = 2;
const CARD: i32 = 4;
/// No event takes as long.
const PATIENCE: Duration = Duration::from_secs(60);

/// One rack at a time: each wants several slots, and two that wait for each other's would wait for ever.
static RACKS: Mutex<()> = Mutex::new(());

/// An issuer with chips in a folder.
struct Stock {
    folder: TempDir,
    names: Vec<String>,
}

impl Stock {
    fn of(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut stock = Self {
            folder,
            names: Vec::new(),
        };
        let (keys, chips) = (stock.path("keys"), stock.path("chips"));
        run(["keys", "init", &keys]).expect(0);
        let count = count.to_string();
        let make = [
            "emulate",
            "--manufacture",
            &count,
            "--cards",
            &chips,
            "--keys",
            &keys,
        ];
        let made = run([&make[..], &JSON].concat()).expect(0).json();
        let name = |path: &Value| {
            path.as_str()
                .unwrap()
                .rsplit('/')
                .next()
                .unwrap()
                .to_owned()
        };
        stock.names = made["chips"].as_array().unwrap().iter().map(name).collect();
        stock.names.sort();
        stock
    }

    fn path(&self, name: &str) -> String {
        word(&self.folder.path().join(name)).to_owned()
    }

    fn memory(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join("chips").join(name)).unwrap()
    }
}

/// A running rack.
struct Rack {
    child: Child,
    orders: Option<ChildStdin>,
    events: Receiver<Value>,
}

impl Rack {
    fn start(stock: &Stock, slots: &[Slot], more: &[&str]) -> Self {
        let (count, chips) = (slots.len().to_string(), stock.path("chips"));
        let places: Vec<&str> = slots.iter().map(|slot| &*slot.address).collect();
        let places = places.join(",");
        let emulate = [
            "emulate", "--rack", &count, "--cards", &chips, "--vpcd", &places,
        ];
        let mut command = card_tool([&emulate[..], &JSON, more].concat());
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (said, events) = mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in stdout.lines() {
                let _ = said.send(serde_json::from_str(&line.unwrap()).unwrap());
            }
        });
        let orders = child.stdin.take();
        Self {
            child,
            orders,
            events,
        }
    }

    fn tell(&mut self, order: &str) {
        writeln!(self.orders.as_mut().unwrap(), "{order}").unwrap();
    }

    #[track_caller]
    fn hear(&self) -> Value {
        self.events.recv_timeout(PATIENCE).unwrap()
    }

    /// The next event, which is this one.
    #[track_caller]
    fn expect(&self, event: &str, slot: usize) -> Value {
        let heard = self.hear();
        assert_eq!(
            (&heard["event"], &heard["slot"]),
            (&event.into(), &slot.into()),
            "{heard}"
        );
        heard
    }

    /// Ends the input and gives what is said then, and the exit code.
    fn end(mut self) -> (Vec<Value>, Option<i32>) {
        drop(self.orders.take());
        let said: Vec<Value> = self.events.iter().collect();
        (said, self.child.wait().unwrap().code())
    }
}

impl Drop for Rack {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn see(slot: &Slot) {
    until("the card in the reader", || slot.state()["slot"] == "card");
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn four_chips_and_one_is_pulled_in_the_middle() {
    let _one = RACKS.lock().unwrap_or_else(PoisonError::into_inner);
    let slots: Vec<Slot> = (0..4).map(|_| Slot::take()).collect();
    let stock = Stock::of(4);
    let pki = stock.path("pki");
    let mut init = vec!["pki", "init", &pki, "--country", "VN", "--state", "VNM"];
    init.extend(["--document-types", "I,ID", "--document-years", "21"]);
    run(init).expect(0);

    let mut rack = Rack::start(&stock, &slots, &["--timing", "848k"]);
    let mut seen: Vec<(u64, String)> = (0..4)
        .map(|_| rack.hear())
        .map(|event| {
            assert_eq!(
                (&event["event"], &event["state"]),
                (&"in".into(), &"MANUFACTURED".into())
            );
            (
                event["slot"].as_u64().unwrap(),
                event["card"].as_str().unwrap().to_owned(),
            )
        })
        .collect();
    seen.sort();
    assert_eq!(seen, (1..).zip(stock.names.clone()).collect::<Vec<_>>());
    slots.iter().for_each(see);
    let mut readers = real(["readers", "--cards", "--output-format", "json"]);
    let listed = support::end(&mut readers).expect(0).json();
    for (slot, name) in slots.iter().zip(&stock.names) {
        let mut rows = listed["readers"].as_array().unwrap().iter();
        let row = rows.find(|row| row["name"] == *slot.reader).unwrap();
        let serial = name.strip_suffix(".json").unwrap();
        let chip = format!("MANUFACTURED, serial number {serial}");
        assert_eq!((&row["slot"], &row["chip"]), (&"card".into(), &chip.into()));
    }

    // The third one is written, and pulled in the middle of it.
    let (slot, name) = (&slots[2], &stock.names[2]);
    let (keys, register, jobs) = (
        stock.path("keys"),
        stock.path("register.jsonl"),
        stock.path("jobs"),
    );
    let places = [
        "personalise",
        "--keys",
        &keys,
        "--pki",
        &pki,
        "--jobs",
        &jobs,
    ];
    let record = [
        "--record",
        PERSON,
        "--profile",
        PROFILE,
        "--register",
        &register,
        "--short",
    ];
    let mut station = Running::start(&mut slot.command(&[&places[..], &record].concat()));
    until("octets of a file on the chip", || {
        assert!(
            station.child.try_wait().unwrap().is_none(),
            "{:?}",
            station.child.wait()
        );
        stock.memory(name).contains("\"write\":\"file\"")
    });
    rack.tell("out 3");
    let out = rack.expect("out", 3);
    assert_eq!(
        (&out["state"], &out["why"]),
        (&"OPEN".into(), &"pulled".into())
    );
    let lost = station.end().expect(CARD);
    assert!(
        lost.stderr.contains("the job is kept in"),
        "{}",
        lost.stderr
    );
    let kept = stock.memory(name);

    // In again: the chip is as it was, and the same job goes on.
    rack.tell(&format!("in 3 {name}"));
    assert_eq!(rack.expect("in", 3)["state"], "OPEN");
    assert_eq!(stock.memory(name), kept);
    see(slot);
    let job = std::fs::read_dir(&jobs)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let resume = [&places[..], &["--job", word(&job)], &JSON].concat();
    assert_eq!(slot.run(&resume).expect(0).json()["state"], "OPERATIONAL");

    rack.tell(&format!("in 3 {name}"));
    assert_eq!(rack.expect("refused", 3)["why"], "it is not empty");
    rack.tell("in 5 x");
    assert_eq!(rack.hear()["why"], "the slots are 1 to 4");
    rack.tell("out 4");
    rack.expect("out", 4);
    rack.tell("out 4");
    assert_eq!(rack.expect("refused", 4)["why"], "it is empty");
    rack.tell("in 4 no-such-chip.json");
    rack.expect("refused", 4);

    let (said, code) = rack.end();
    assert_eq!((said.len(), code), (3, Some(0)), "{said:?}");
    assert!(said.iter().all(|event| event["event"] == "out"), "{said:?}");
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn a_rack_that_helps_itself() {
    let _one = RACKS.lock().unwrap_or_else(PoisonError::into_inner);
    let slots: Vec<Slot> = (0..2).map(|_| Slot::take()).collect();
    let stock = Stock::of(5);
    let keys = stock.path("keys");
    let feed = ["--feed", "initialised", "--settle", "0.5"];
    let mut rack = Rack::start(&stock, &slots, &feed);
    let mut done = Vec::new();
    let mut pulled = None;
    while let Ok(event) = rack.events.recv_timeout(PATIENCE) {
        let name = event["card"].as_str().unwrap().to_owned();
        match event["event"].as_str().unwrap() {
            "in" if pulled.is_none() => {
                // Whoever is pulled before he is done comes again after the others.
                rack.tell(&format!("out {}", event["slot"]));
                pulled = Some(name);
            }
            "in" => {
                let slot = &slots[usize::try_from(event["slot"].as_u64().unwrap()).unwrap() - 1];
                see(slot);
                let file = stock.path(&format!("{name}.prepared"));
                slot.run(&[
                    "personalise",
                    "--prepare",
                    &file,
                    "--profile",
                    PROFILE,
                    "--keys",
                    &keys,
                ])
                .expect(0);
            }
            "out" if event["why"] == "finished" => {
                assert_eq!(event["state"], "INITIALISED");
                done.push(name);
            }
            "out" => assert_eq!(
                (&event["why"], Some(name)),
                (&"pulled".into(), pulled.clone())
            ),
            other => panic!("{other}: {event}"),
        }
    }
    assert_eq!(rack.child.wait().unwrap().code(), Some(0));
    assert_eq!(done.last(), pulled.as_ref());
    done.sort();
    assert_eq!(done, stock.names);

    let rack = Rack::start(&stock, &slots, &feed);
    let (said, code) = rack.end();
    assert!(
        said.iter().all(|event| event["event"] == "passed-over"),
        "{said:?}"
    );
    assert_eq!(
        (said.len(), code),
        (5, Some(0)),
        "there is nothing left to do"
    );
}

#[test]
fn a_rack_has_places() {
    let conf = run([&["emulate", "--reader-conf", "16"][..], &JSON].concat())
        .expect(0)
        .json();
    let slots = conf["slots"].as_array().unwrap();
    assert_eq!(slots.len(), 16);
    assert_eq!(slots[0]["vpcd"], "127.0.0.1:35963");
    assert_eq!(slots[15]["vpcd"], "127.0.0.1:35978");
    assert_eq!(slots[15]["reader"], "Rack Reader 8 00 01");
    let text = conf["reader_conf"].as_str().unwrap();
    assert_eq!(text.matches("FRIENDLYNAME").count(), 8);
    for arguments in [
        &["emulate", "--rack", "17"][..],
        &["emulate", "--rack", "0"],
        &[
            "emulate",
            "--rack",
            "3",
            "--vpcd",
            "127.0.0.1:1,127.0.0.1:2",
        ],
        &["emulate", "--rack", "2", "--vpcd", "127.0.0.1:65535"],
        &["emulate", "--rack", "2", "--feed", "written"],
        &["emulate", "--card", "x", "--rack", "2"],
        &["emulate", "--manufacture", "2", "--cards", "x"],
        &["emulate", "--card", "x", "--slow-keys"],
        &[
            "emulate",
            "--card",
            "x",
            "--vpcd",
            "127.0.0.1:1,127.0.0.1:2",
        ],
    ] {
        run(arguments.iter().copied()).expect(USAGE);
    }
}
