//! `kill -9` at any moment of the whole flow: intake, check, approval, production, writing, quality control, hand-over, erasure. Whoever
//! was enrolled gets one card; nothing is lost, doubled or left behind.
//!
//! The child is this program itself. `cargo xtask test --long` is the long form.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use issuance_service::personalisation::{ChipState, stock};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use register::Page;
use register::application::Stage;
use register::document::StageKind;
use register::store::{Queue, Store as _};
use time::OffsetDateTime;

use crate::people::{CARD, card};
use crate::shift;
use crate::world::{LEASE, START, World, office, site};

/// The variable of `cargo xtask test --long`.
const CAMPAIGN: &str = "CARD_TOOLCHAIN_CAMPAIGN";
/// Kills that hit a running program, and the people who come meanwhile.
const SHORT: (u32, u16) = (40, 20);
const LONG: (u32, u16) = (600, 300);
/// Chips that are left over when everybody has a card.
const SPARE: [u16; 2] = [1000, 1001];
/// Years of birth from 1990 on: the cards of all of them run to their fortieth birthday.
const YEARS: u16 = 11;
/// Tells a child where the world is, which run it is, and where it has to stop.
const CHILD: [&str; 4] = [
    "OFFICE_TEST_ROOT",
    "OFFICE_TEST_PLACE",
    "OFFICE_TEST_RUN",
    "OFFICE_TEST_SEAM",
];
/// How long a child may need.
const PATIENCE: Duration = Duration::from_secs(60);

/// The body of the child process; nothing to do in any other run.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let [Some(root), Some(place), Some(run), seam] = CHILD.map(|name| std::env::var(name).ok())
    else {
        return;
    };
    let root = PathBuf::from(root);
    let now = moment(run.parse().unwrap());
    let office = office(&root, &place).await;
    let seam = seam.and_then(|word| shift::Step::from_word(&word));
    let stop = shift::Stop {
        at: seam,
        mark: root.join("seam"),
    };
    // Two shifts at once, as on two machines.
    let (one, other) = (
        shift::work(&office, &root, &stop, now),
        shift::work(&office, &root, &stop, now),
    );
    tokio::join!(one, other);
}

/// The time of a run: what an earlier one had leased is free again.
fn moment(run: i32) -> OffsetDateTime {
    START + LEASE * run
}

#[tokio::test]
async fn killed_at_any_moment_on_sqlite_nobody_is_lost_or_doubled() {
    campaign(None).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL (cargo xtask test starts it)"]
async fn killed_at_any_moment_on_postgres_nobody_is_lost_or_doubled() {
    let database = test_support::postgres::database();
    campaign(Some(database.url())).await;
}

/// A world in which people come one after the other.
struct Town {
    world: World,
    waiting: Vec<PathBuf>,
    run: i32,
}

impl Town {
    async fn new(address: Option<String>, people: u16) -> Self {
        let world = World::new(CARD, address).await;
        fs::create_dir(world.bureau.path("inbox")).unwrap();
        world.stock(0..people).await;
        world.stock(SPARE).await;
        for of in 0..people {
            let name = name(of);
            let (year, month, day) = (1990 + of % YEARS, of / YEARS % 12 + 1, of % 20 + 2);
            let birth = format!("{year}-{month:02}-{day:02}");
            world.seal(&card(&name, &birth, None, START.date()), CARD, &name);
        }
        let mut waiting = Vec::new();
        for entry in fs::read_dir(world.bureau.path("station/outbox")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension() == Some("pending".as_ref()) {
                waiting.push(path);
            }
        }
        assert_eq!(waiting.len(), usize::from(people));
        Self {
            world,
            waiting,
            run: 0,
        }
    }

    /// Packets come until so many are left.
    fn let_in(&mut self, left: usize) {
        while self.waiting.len() > left {
            let path = self.waiting.pop().unwrap();
            let name = path.with_extension("packet");
            let to = self
                .world
                .bureau
                .path("inbox")
                .join(name.file_name().unwrap());
            fs::copy(&path, to).unwrap();
        }
    }

    fn start(&mut self, seam: Option<shift::Step>) -> Child {
        self.run += 1;
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "kills::child", "--nocapture"])
            .env(CHILD[0], self.world.bureau.path(""))
            .env(CHILD[1], &self.world.place)
            .env(CHILD[2], self.run.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        if let Some(seam) = seam {
            command.env(CHILD[3], seam.word());
        }
        command.spawn().unwrap()
    }

    /// Runs to the end. Whether it came there by itself.
    fn killed_after(&mut self, moment: Duration) -> bool {
        let mut child = self.start(None);
        std::thread::sleep(moment);
        child.kill().unwrap();
        let status = child.wait().unwrap();
        assert!(status.code().is_none_or(|code| code == 0), "{status}");
        status.code().is_none()
    }

    /// Runs until it stands at a step, and is killed there.
    fn killed_at(&mut self, seam: shift::Step) -> bool {
        let mark = self.world.bureau.path("seam");
        let mut child = self.start(Some(seam));
        let begin = Instant::now();
        let is_reached = loop {
            if mark.exists() {
                break true;
            }
            if let Some(status) = child.try_wait().unwrap() {
                assert!(status.success(), "{seam:?}: {status}");
                break false;
            }
            assert!(begin.elapsed() < PATIENCE, "{seam:?} is never reached");
            std::thread::sleep(Duration::from_millis(2));
        };
        drop(child.kill());
        child.wait().unwrap();
        drop(fs::remove_file(mark));
        is_reached
    }
}

/// A name of its own for everybody.
fn name(of: u16) -> String {
    const FIRST: [&str; 15] = [
        "An", "Bình", "Chi", "Dung", "Giang", "Hà", "Khánh", "Lan", "Mai", "Nga", "Oanh", "Phương",
        "Quỳnh", "Thảo", "Xuân",
    ];
    const FAMILY: [&str; 20] = [
        "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương",
        "Lý", "Mạc", "Tạ", "Cao", "Lương", "Trịnh", "Đinh", "Đoàn",
    ];
    let (first, family) = (FIRST[usize::from(of % 15)], FAMILY[usize::from(of / 15)]);
    format!("{family} Thị {first} Specimen")
}

async fn campaign(address: Option<String>) {
    let is_long = std::env::var(CAMPAIGN).is_ok_and(|word| word == "long");
    let (kills, people) = if is_long { LONG } else { SHORT };
    let mut town = Town::new(address, people).await;
    let rng = &mut StdRng::seed_from_u64(505);
    let mut seams = BTreeMap::new();
    let mut hits = 0;
    // One person passes undisturbed: so long a run takes.
    town.let_in(usize::from(people) - 1);
    let begin = Instant::now();
    assert!(town.start(None).wait().unwrap().success());
    let whole = begin.elapsed();
    while hits < kills {
        let left = u32::from(people) * (kills - hits - 1) / kills;
        town.let_in(usize::try_from(left).unwrap());
        if rng.random_bool(0.5) {
            let seam = shift::Step::ALL[rng.random_range(0..shift::Step::ALL.len())];
            if town.killed_at(seam) {
                hits += 1;
                *seams.entry(seam).or_insert(0) += 1;
            }
        } else if town.killed_after(whole.mul_f64(rng.random_range(0.0..1.2))) {
            hits += 1;
        }
        assert!(
            town.run < 20 * i32::try_from(kills).unwrap(),
            "{hits} hits in {} runs",
            town.run
        );
    }
    town.let_in(0);
    for _ in 0..3 {
        assert!(town.start(None).wait().unwrap().success());
    }
    println!(
        "{hits} kills in {} runs, {whole:?} each; at seams: {seams:?}",
        town.run
    );
    let found = account(&town, people).await;
    println!("{people} people came: {found:?}");
    assert_eq!(
        found,
        Found {
            cards: people.into(),
            ..Found::default()
        }
    );
}

/// What is there in the end.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    cards: usize,
    lost: usize,
    doubled: usize,
    files_left: usize,
    tasks_left: u32,
}

async fn account(town: &Town, people: u16) -> Found {
    let (world, people) = (&town.world, usize::from(people));
    let office = &world.office;
    let rows = office.desk().packets().packets(None, 1000).await.unwrap();
    assert_eq!(rows.len(), people, "packets");
    let page = Page {
        stage: None,
        after: None,
        limit: 1000,
    };
    let documents = office.documents().list(&page).await.unwrap();
    let mut found = Found::default();
    let (mut persons, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    for row in &rows {
        let Stage::Completed(job) = world.stage(row.id).await else {
            println!("{}: {:?}", row.id, world.stage(row.id).await);
            found.lost += 1;
            continue;
        };
        let own: Vec<_> = documents
            .iter()
            .filter(|document| document.application == Some(row.id))
            .collect();
        assert!(
            own.iter()
                .any(|document| document.job == job && document.stage == StageKind::HandedOver)
        );
        found.cards += 1;
        found.doubled += own.len() - 1;
        let person = world.application(row.id).await.person().unwrap();
        found.doubled += usize::from(!persons.insert(person));
        let history = office.people().history(person).await.unwrap();
        let number = history.person().unwrap().number().unwrap().to_owned();
        found.doubled += usize::from(!numbers.insert(number));
        assert!(world.application(row.id).await.erasure().is_some());
    }
    let chips: BTreeSet<_> = documents
        .iter()
        .map(|document| &document.chip_serial)
        .collect();
    found.doubled += documents.len() - chips.len();
    let count = stock::numbers(office.store(), &site()).await.unwrap();
    assert!(count.adds_up(), "{count:?}");
    let used = usize::try_from(count.of(ChipState::Used)).unwrap();
    assert_eq!(
        (used, count.of(ChipState::InStock)),
        (people, 2),
        "{count:?}"
    );
    found.files_left = world.sealed_files().len();
    for (queue, lane) in [
        (Queue::Check, ""),
        (Queue::Produce, CARD),
        (Queue::Job, &format!("{}/{CARD}", site())),
        (Queue::Erase, ""),
    ] {
        found.tasks_left += world.waiting(queue, lane).await;
    }
    assert_eq!(
        office.store().integrity().await.unwrap(),
        Vec::<String>::new()
    );
    found
}
