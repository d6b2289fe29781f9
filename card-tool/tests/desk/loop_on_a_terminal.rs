//! `verify --loop` as a clerk uses it: one program, card after card.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

use crate::support::cards::{alter_name, specimen};
use crate::support::held::HeldCard;
use crate::support::slot::Slot;
use crate::support::{check, until, word};
use crate::{CSCA, IN_THE_PORTRAIT, PERSONAL, can, fixture};

/// The program, and everything that it has said so far.
struct Counter {
    child: Child,
    keyboard: Option<ChildStdin>,
    verdicts: Arc<Mutex<Vec<String>>>,
    words: Arc<Mutex<Vec<String>>>,
}

impl Counter {
    fn start(slot: &Slot, more: &[&str]) -> Self {
        let arguments = [&["verify", "--trust", CSCA, "--loop"][..], more].concat();
        let mut command = slot.command(&arguments);
        command.stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        Self {
            keyboard: child.stdin.take(),
            verdicts: listen(child.stdout.take().unwrap()),
            words: listen(child.stderr.take().unwrap()),
            child,
        }
    }

    fn type_text(&mut self, text: &str) {
        let keyboard = self.keyboard.as_mut().unwrap();
        keyboard.write_all(text.as_bytes()).unwrap();
        keyboard.flush().unwrap();
    }

    /// The verdict of this number, from 0.
    #[track_caller]
    fn verdict(&self, number: usize) -> Value {
        until("the verdict", || {
            self.verdicts.lock().unwrap().len() > number
        });
        serde_json::from_str(&self.verdicts.lock().unwrap()[number]).unwrap()
    }

    #[track_caller]
    fn hears(&self, said: &str) {
        until(said, || self.said().contains(said));
    }

    fn said(&self) -> String {
        self.words.lock().unwrap().join("\n")
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(pipe: impl Read + Send + 'static) -> Arc<Mutex<Vec<String>>> {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&lines);
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            heard.lock().unwrap().push(line);
        }
    });
    lines
}

const JSON: [&str; 2] = ["--output-format", "json"];

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn one_program_judges_card_after_card() {
    let slot = Slot::take();
    let (_folder, card) = specimen();
    let mut counter = Counter::start(&slot, &JSON);

    let chip = slot.insert(&card, &[]);
    counter.type_text("000000\n");
    let wrong = counter.verdict(0);
    assert_eq!(wrong["light"], "grey", "{wrong}");
    assert_eq!(wrong["refused_numbers"], 1);
    assert_eq!(wrong["outcome"], "card");
    counter.type_text(&format!("{}\n", can()));
    let right = counter.verdict(1);
    assert_eq!(right["light"], "green", "{right}");
    assert_eq!(right["refused_numbers"], 1);
    for time in ["access_ms", "read_ms", "crypto_ms", "total_ms"] {
        assert!(right["times"][time].as_f64().unwrap() > 0.0, "{time}");
    }
    slot.remove(chip, "INT").expect(0);

    // The next card, altered; its zone comes from a scanner with a prefix, and carriage returns alone.
    alter_name(&card);
    let zone = fixture("cards/vn-citizen-nam.mrz");
    let zone: Vec<&str> = zone.lines().collect();
    counter.type_text(&format!("\u{2}]L0{}\r", zone.join("\r")));
    let chip = slot.insert(&card, &[]);
    let altered = counter.verdict(2);
    assert_eq!(altered["light"], "red", "{altered}");
    assert_eq!(check(&altered, "data-groups")["result"], "failed");
    let plain = &check(&altered, "data-groups")["plain"];
    assert!(
        plain["todo"]["vi"]
            .as_str()
            .unwrap()
            .contains("Không chấp nhận")
    );
    slot.remove(chip, "INT").expect(0);
    thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(
        counter.verdicts.lock().unwrap().len(),
        3,
        "one verdict for each"
    );

    counter.keyboard = None;
    let mut ended = None;
    until("the end", || {
        ended = counter.child.try_wait().unwrap();
        ended.is_some()
    });
    assert_eq!(ended.unwrap().code(), Some(0));
}

/// Ctrl-C ends the program in order: the verdict that was given stays, and its light is said once more.
#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn ctrl_c_leaves_the_last_verdict() {
    let slot = Slot::take();
    let (folder, card) = specimen();
    let kept = folder.path().join("kept");
    let mut counter = Counter::start(&slot, &["--quiet", "--keep", word(&kept)]);
    let chip = slot.insert(&card, &[]);
    counter.type_text(&format!("{}\n", can()));
    counter.hears("Kept in");
    let id = counter.child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status();
    assert!(sent.unwrap().success());
    counter.hears("Interrupted");
    let mut ended = None;
    until("the end", || {
        ended = counter.child.try_wait().unwrap();
        ended.is_some()
    });
    assert_eq!(ended.unwrap().code(), Some(130));
    let said = counter.verdicts.lock().unwrap().join("\n");
    assert!(said.contains("● GREEN") && said.contains("offline: not asked"));
    assert!(counter.said().contains("● GREEN: successful"));
    assert_eq!(std::fs::read_dir(&kept).unwrap().count(), 1);
    slot.remove(chip, "INT").expect(0);
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn a_card_that_is_pulled_is_said_to_be_and_the_next_one_is_judged() {
    let slot = Slot::take();
    let (folder, card) = specimen();
    let mut counter = Counter::start(&slot, &["--short", "--quiet"]);
    counter.hears("Put the card on the reader");
    let held = HeldCard::insert(&slot, &card, IN_THE_PORTRAIT);
    counter.hears("The card is there");
    counter.type_text(&format!("{}\n", can()));
    // The name is there while the portrait is being read: now the card is pulled.
    counter.hears("Not yet verified: NGUYEN");
    held.has_stopped();
    held.pull(&slot);
    counter.hears("The card is gone");
    let said = counter.verdicts.lock().unwrap().join("\n");
    assert!(
        said.contains("● GREY") && said.contains("did not come to its end"),
        "{said}"
    );
    assert!(said.contains("→ Put the card on again"), "{said}");

    let chip = slot.insert(&card, &[]);
    counter.type_text(&format!("{}\n", can()));
    until("green", || {
        counter
            .verdicts
            .lock()
            .unwrap()
            .join("\n")
            .contains("● GREEN")
    });
    counter.type_text("123456\n");
    counter.hears("Take this card away");
    slot.remove(chip, "INT").expect(0);
    assert!(
        PERSONAL
            .iter()
            .all(|word| counter.verdicts.lock().unwrap().join("\n").contains(word))
    );
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "nothing is kept beside the card: {left:?}");
}
