//! The line from a packet to a signed job, stage by stage, as the service's workers do it.

use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use issuance_service::intake::{Claim, Taken};
use issuance_service::office::{Done, Hand, Office};
use register::Officer;
use register::application::{Command, DuplicateFinding, Stage};
use time::OffsetDateTime;
use uuid::Uuid;

/// Workers of each kind, as the service has them if nothing else is said.
pub const WORKERS: usize = 2;
/// The stages.
pub const STAGES: [&str; 4] = ["packets taken in", "checked", "approved", "jobs signed"];

/// A packet in the outbox of a station.
pub type Packet = (Uuid, PathBuf);

/// How long each packet was worked on.
pub type Times = Vec<Duration>;

/// Does one stage for all packets.
pub async fn stage(number: usize, office: &Office, packets: &[Packet]) -> Times {
    let all = Arc::new(packets.to_vec());
    match number {
        0 => {
            each(office, all, |office, (id, path)| async move {
                take(&office, id, &path).await;
            })
            .await
        }
        1 => {
            queue(office, packets.len(), |office| async move {
                office.check_next(OffsetDateTime::now_utc()).await.unwrap()
            })
            .await
        }
        2 => {
            each(office, all, |office, (id, _)| async move {
                approve(&office, id).await;
            })
            .await
        }
        _ => {
            let times = queue(office, packets.len(), |office| async move {
                let now = OffsetDateTime::now_utc();
                office.produce_next("uto-passport", now).await.unwrap()
            })
            .await;
            for (id, _) in packets {
                let history = office.applications().history(*id).await.unwrap();
                let stage = history.application().unwrap().stage();
                assert!(matches!(stage, Stage::InProduction(_)), "{stage:?}");
            }
            times
        }
    }
}

async fn take(office: &Office, id: Uuid, path: &PathBuf) {
    let digest = enrolment::packet::Digest::of(&fs::read(path).unwrap());
    let input = File::open(path).unwrap();
    let (claim, now) = (Claim { id, digest }, OffsetDateTime::now_utc());
    let taken = office.desk().take(claim, input, now).await.unwrap();
    assert!(matches!(taken, Taken::Now(_)), "{taken:?}");
}

/// A second person approves; where somebody resembles the applicant, another one has said that they are two.
async fn approve(office: &Office, id: Uuid) {
    let now = OffsetDateTime::now_utc();
    let hand = Hand::service("rates", now);
    let summary = office.applications().summary(id).await.unwrap().unwrap();
    assert!(
        summary.refused.is_none(),
        "{:?}",
        office.applications().history(id).await
    );
    if summary.stage == register::application::StageKind::InDuplicateReview {
        let by = Officer::new("TEST Reviewer").unwrap();
        let finding = DuplicateFinding::NewPerson;
        let review = Command::ReviewDuplicates { finding, by };
        office
            .application(id, &review, None, &hand, now)
            .await
            .unwrap();
    }
    let by = Officer::new("TEST Approver").unwrap();
    let approve = Command::Approve { by };
    office
        .application(id, &approve, None, &hand, now)
        .await
        .unwrap();
}

/// Works on a list with [`WORKERS`] tasks.
async fn each<F: Future<Output = ()> + Send + 'static>(
    office: &Office,
    packets: Arc<Vec<Packet>>,
    one: fn(Office, Packet) -> F,
) -> Times {
    let next = Arc::new(AtomicUsize::new(0));
    many(|times| {
        let (office, packets, next) = (office.clone(), Arc::clone(&packets), Arc::clone(&next));
        async move {
            while let Some(packet) = packets.get(next.fetch_add(1, Ordering::Relaxed)) {
                let start = Instant::now();
                one(office.clone(), packet.clone()).await;
                times.lock().unwrap().push(start.elapsed());
            }
        }
    })
    .await
}

/// Works on a queue with [`WORKERS`] tasks until so many are done.
async fn queue<F: Future<Output = Done> + Send + 'static>(
    office: &Office,
    count: usize,
    one: fn(Office) -> F,
) -> Times {
    many(|times| {
        let office = office.clone();
        async move {
            while times.lock().unwrap().len() < count {
                let start = Instant::now();
                match one(office.clone()).await {
                    Done::One => times.lock().unwrap().push(start.elapsed()),
                    Done::Nothing => tokio::task::yield_now().await,
                    Done::Later(error) => panic!("{error}"),
                }
            }
        }
    })
    .await
}

async fn many<F: Future<Output = ()> + Send + 'static>(
    worker: impl Fn(Arc<Mutex<Times>>) -> F,
) -> Times {
    let times = Arc::new(Mutex::new(Times::new()));
    let mut workers = tokio::task::JoinSet::new();
    for _ in 0..WORKERS {
        workers.spawn(worker(Arc::clone(&times)));
    }
    workers.join_all().await;
    Arc::into_inner(times).unwrap().into_inner().unwrap()
}
