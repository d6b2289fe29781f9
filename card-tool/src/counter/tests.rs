//! A counter whose reader is memory.

use std::path::{Path, PathBuf};

use applet_spec::{Chip, DataSheet};
use inspection::{Outcome, Report};
use iso7816::{ChannelError, CommandApdu, Limits, ResponseApdu};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use time::macros::datetime;
use transport::{Fault, FaultChannel, FaultPlan, MemoryChannel};
use zeroize::Zeroizing;

use super::*;
use crate::args::IssuerArgs;
use crate::chip_file;
use crate::exit::{Exit, Problem};

const NOW: fn() -> OffsetDateTime = || datetime!(2027-06-01 12:00 UTC);

/// The reader of a test, and the card in it.
struct Bench {
    card: PathBuf,
    /// The command before which the card is pulled.
    pulled_at: Option<u64>,
    is_busy: bool,
}

impl Slot for Bench {
    fn open(&mut self, _: &str) -> Result<Box<dyn Channel>> {
        if self.is_busy {
            return Err(Problem::of(Exit::Reader, "another program", "close it"));
        }
        let mut rng = StdRng::seed_from_u64(1);
        let folder = tempfile::tempdir()?;
        let copy = folder.path().join("card.json");
        std::fs::copy(&self.card, &copy)?;
        let chip = chip_file::load(&copy, DataSheet::default(), &mut rng)?;
        let plan = match self.pulled_at {
            Some(n) => FaultPlan::new().at(n, Fault::LoseBefore),
            None => FaultPlan::new(),
        };
        Ok(Box::new(OnBench {
            line: FaultChannel::new(MemoryChannel::new(chip), plan),
            _folder: folder,
        }))
    }
}

struct OnBench {
    line: FaultChannel<MemoryChannel<Chip>>,
    _folder: tempfile::TempDir,
}

impl Channel for OnBench {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        self.line.transmit(command)
    }

    fn limits(&self) -> Limits {
        self.line.limits()
    }
}

/// Everything that was shown, a word each.
#[derive(Default)]
struct Seen(Vec<String>);

impl Screen for Seen {
    fn show(&mut self, scene: &Scene<'_>) {
        let word = match scene {
            Scene::Waiting(Waiting {
                card,
                number,
                has_begun,
            }) => match (card, number, has_begun) {
                (_, _, true) => "more lines".to_owned(),
                (true, _, _) => "number?".to_owned(),
                (_, Some(_), _) => "card?".to_owned(),
                (false, None, _) => "both?".to_owned(),
            },
            Scene::Refused(Refusal::Useless(error)) => error.to_string(),
            Scene::Refused(Refusal::CardStillThere) => "still there".to_owned(),
            Scene::Refused(Refusal::WaitedTooLong) => "too long".to_owned(),
            Scene::During(Event::Read(seen)) => match seen.zone() {
                Some(mrz) => format!("not yet verified: {}", mrz.document_number()),
                None => return,
            },
            Scene::During(_) => return,
            Scene::Judged(judged) => self.judged(judged),
            Scene::Trouble { what, todo } => format!("{what}: {}", todo.as_deref().unwrap_or("")),
            Scene::Ready => "ready".to_owned(),
            Scene::Gone => "gone".to_owned(),
            Scene::Kept(folder) => {
                let name = folder.file_name().unwrap().to_string_lossy();
                format!("kept in {name}")
            }
            Scene::Interrupted => "interrupted".to_owned(),
        };
        self.0.push(word);
    }
}

impl Seen {
    fn judged(&self, judged: &Judged<'_>) -> String {
        let report: &Report = judged.shown.report;
        let times = report.times();
        assert!(judged.took >= times.total(), "opening the card counts too");
        if report.overall() == Outcome::Successful {
            assert!(times.access > Duration::ZERO && times.reading > Duration::ZERO);
        }
        match judged.refused_numbers {
            0 => judged.light.word().to_owned(),
            n => format!("{}, {n} wrong", judged.light.word()),
        }
    }
}

fn bench() -> Bench {
    Bench {
        card: test_support::fixture("cards/vn-citizen-nam.json"),
        pulled_at: None,
        is_busy: false,
    }
}

fn trust() -> TrustStore {
    let mut trust = TrustStore::new();
    let csca = test_support::read(&test_support::fixture("pki/vn-cccd-2021/csca.der"));
    trust.add(&csca, "the issuer").unwrap();
    trust
}

fn typed(line: &str) -> Signal {
    Signal::Typed(Zeroizing::new(line.to_owned()))
}

fn card() -> Signal {
    Signal::Card("R".to_owned())
}

fn settings<'a>(trust: &'a TrustStore, issuer: &'a Issuer, keep: Option<&Path>) -> Settings<'a> {
    Settings {
        trust,
        issuer,
        access: AccessChoice::Automatic,
        short: false,
        verbose: false,
        keep: keep.map(Path::to_owned),
        now: NOW,
        number_waits: NUMBER_WAITS,
        interruption: Interruption::default(),
    }
}

/// Nobody is asked.
fn nobody() -> Issuer {
    Issuer::open(&IssuerArgs::default()).unwrap()
}

/// What is shown for these signals.
fn shown(bench: &mut Bench, keep: Option<&Path>, signals: Vec<Signal>) -> Vec<String> {
    let trust = trust();
    let mut rng = StdRng::seed_from_u64(2);
    let mut seen = Seen::default();
    let issuer = nobody();
    let mut counter = Counter::new(settings(&trust, &issuer, keep), bench, &mut rng);
    for signal in signals {
        counter.take(&signal, &mut seen);
    }
    seen.0
}

fn can() -> String {
    let file = test_support::fixture("cards/vn-citizen-nam.can");
    std::fs::read_to_string(file).unwrap()
}

const UNVERIFIED: &str = "not yet verified: 081000017";

#[test]
fn card_and_number_come_in_any_order() {
    let zone = std::fs::read_to_string(test_support::fixture("cards/vn-citizen-nam.mrz")).unwrap();
    let lines: Vec<&str> = zone.lines().collect();
    for (signals, expected) in [
        (
            vec![card(), typed(&can()), Signal::Gone],
            &["number?", UNVERIFIED, "green", "gone", "both?"][..],
        ),
        (
            vec![typed(&can()), card(), Signal::Gone],
            &["card?", UNVERIFIED, "green", "gone", "both?"],
        ),
        (
            vec![
                typed(lines[0]),
                card(),
                typed(lines[1]),
                typed(lines[2]),
                Signal::Gone,
            ],
            &[
                "more lines",
                "more lines",
                "more lines",
                UNVERIFIED,
                "green",
                "gone",
                "both?",
            ],
        ),
    ] {
        assert_eq!(shown(&mut bench(), None, signals), expected);
    }
}

#[test]
fn a_wrong_number_is_counted_and_the_card_may_stay() {
    let signals = vec![
        card(),
        typed("111111"),
        typed("222222"),
        typed("what?"),
        typed(&can()),
        typed(&can()),
        Signal::Gone,
    ];
    let seen = shown(&mut bench(), None, signals);
    let useless = ScanError::Unknown.to_string();
    assert_eq!(
        seen,
        [
            "number?",
            "grey, 1 wrong",
            "grey, 2 wrong",
            &useless,
            "number?",
            UNVERIFIED,
            "green, 2 wrong",
            "still there",
            "gone",
            "both?"
        ]
    );
}

/// What was typed for one card never opens the next.
#[test]
fn nothing_of_a_card_outlives_it() {
    let mut bench = bench();
    bench.pulled_at = Some(20);
    let signals = vec![card(), typed(&can()), Signal::Gone, card(), Signal::Gone];
    let seen = shown(&mut bench, None, signals);
    assert_eq!(
        seen,
        [
            "number?", UNVERIFIED, "grey", "gone", "both?", "number?", "gone", "both?"
        ]
    );
}

#[test]
fn what_is_wrong_with_the_reader_says_nothing_about_the_document() {
    let mut bench = bench();
    bench.is_busy = true;
    let signals = vec![card(), typed(&can()), Signal::Gone];
    let seen = shown(&mut bench, None, signals);
    assert_eq!(
        seen,
        ["number?", "another program: close it", "gone", "both?"]
    );
}

/// A reader that is plugged in late costs no number.
#[test]
fn a_number_waits_until_the_trouble_is_over() {
    let trouble = Signal::Trouble(Problem::of(Exit::Reader, "no reader", "plug it in"));
    let signals = vec![typed(&can()), trouble, Signal::Ready, card(), Signal::Gone];
    let seen = shown(&mut bench(), None, signals);
    assert_eq!(
        seen,
        [
            "card?",
            "no reader: plug it in",
            "card?",
            "ready",
            "card?",
            UNVERIFIED,
            "green",
            "gone",
            "both?"
        ]
    );
}

#[test]
fn files_are_kept_only_where_that_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let two = || vec![card(), typed(&can()), Signal::Gone];
    let signals = two().into_iter().chain(two()).collect();
    let seen = shown(&mut bench(), Some(folder.path()), signals);
    for name in ["20270601T120000Z", "20270601T120000Z-2"] {
        assert!(seen.contains(&format!("kept in {name}")), "{seen:?}");
        let dg1 = std::fs::read(folder.path().join(name).join("dg1.bin")).unwrap();
        assert_eq!(dg1.first(), Some(&0x61));
        assert!(folder.path().join(name).join("report.json").exists());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

/// What cannot be kept takes no verdict away, and half of it is not left.
#[test]
fn a_verdict_stands_whatever_becomes_of_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let is_file = folder.path().join("file");
    std::fs::write(&is_file, "no folder").unwrap();
    let signals = || vec![card(), typed(&can()), Signal::Gone, card(), typed(&can())];
    let seen = shown(&mut bench(), Some(&is_file), signals());
    assert_eq!(seen.iter().filter(|word| *word == "green").count(), 2);
    assert_eq!(
        seen.iter().filter(|word| word.contains(NOT_KEPT)).count(),
        2
    );
    let at = |wanted: &str| seen.iter().position(|word| word.contains(wanted));
    assert!(at("green") < at(NOT_KEPT), "{seen:?}");

    // All names of this second are taken: everything was written, and cannot be given a name.
    let full = folder.path().join("full");
    for number in 1..=100 {
        let name = match number {
            1 => "20270601T120000Z".to_owned(),
            number => format!("20270601T120000Z-{number}"),
        };
        std::fs::create_dir_all(full.join(name)).unwrap();
    }
    let seen = shown(&mut bench(), Some(&full), signals());
    assert!(seen.iter().any(|word| word == "green"));
    assert!(
        seen.iter().any(|word| word.contains("of this second")),
        "{seen:?}"
    );
    assert_eq!(std::fs::read_dir(&full).unwrap().count(), 100);
}

/// Ends the program before a command of the reading.
struct Impatient<'a> {
    seen: Seen,
    interruption: &'a Interruption,
    signals: &'a std::sync::mpsc::Sender<Signal>,
}

impl Screen for Impatient<'_> {
    fn show(&mut self, scene: &Scene<'_>) {
        if let Scene::During(Event::Read(seen)) = scene
            && seen.zone().is_some()
        {
            self.interruption.come();
            self.signals.send(Signal::Interrupted).unwrap();
        }
        self.seen.show(scene);
    }
}

/// Ctrl-C while a card is read: no verdict, nothing kept, and an end.
#[test]
fn an_interrupted_reading_says_nothing_of_the_document() {
    let folder = tempfile::tempdir().unwrap();
    let (trust, issuer) = (trust(), nobody());
    let (mut rng, mut bench) = (StdRng::seed_from_u64(2), bench());
    let settings = settings(&trust, &issuer, Some(folder.path()));
    let interruption = settings.interruption.clone();
    let (out, heard) = std::sync::mpsc::channel();
    out.send(card()).unwrap();
    out.send(typed(&can())).unwrap();
    let mut screen = Impatient {
        seen: Seen::default(),
        interruption: &interruption,
        signals: &out,
    };
    let end = Counter::new(settings, &mut bench, &mut rng).run(&heard, &mut screen);
    assert_eq!(end, End::Interrupted);
    assert_eq!(
        screen.seen.0,
        ["both?", "number?", UNVERIFIED, "interrupted"]
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

/// A number that nobody came for opens no card of somebody else, and keeps no program waiting.
#[test]
fn a_number_does_not_wait_for_ever() {
    let zone = std::fs::read_to_string(test_support::fixture("cards/vn-citizen-nam.mrz")).unwrap();
    for line in [can(), zone.lines().next().unwrap().to_owned()] {
        let (trust, issuer) = (trust(), nobody());
        let (mut rng, mut bench) = (StdRng::seed_from_u64(2), bench());
        let mut settings = settings(&trust, &issuer, None);
        settings.number_waits = Duration::from_millis(30);
        let (out, heard) = std::sync::mpsc::channel();
        out.send(typed(&line)).unwrap();
        let later = out.clone();
        let cards = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            later.send(card()).unwrap();
            later.send(Signal::Gone).unwrap();
            later.send(typed("123456")).unwrap();
            later.send(Signal::End).unwrap();
        });
        let mut seen = Seen::default();
        let end = Counter::new(settings, &mut bench, &mut rng).run(&heard, &mut seen);
        cards.join().unwrap();
        assert_eq!(end, End::Typed);
        let waiting = if line == can() { "card?" } else { "more lines" };
        assert_eq!(
            seen.0,
            [
                "both?", waiting, "too long", "both?", "number?", "gone", "both?", "card?",
                "card?", "too long", "both?"
            ]
        );
    }
}
