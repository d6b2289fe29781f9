//! The receiving side in the same process: once, the same answer, and nothing of strangers.

use std::fs::{self, File};

use enrolment::packet::{RefusalReason, Status};
use issuance_service::Error;
use issuance_service::intake::{Claim, Taken};
use issuance_service::record_folder;
use issuance_service::station::{Enrolment, Sealed, StationError};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::post::{Post, only};

fn status(taken: &Taken) -> Status {
    taken.receipt().unverified().status
}

#[tokio::test]
async fn sent_in_the_same_process_it_is_acknowledged_at_once() {
    let post = tokio::task::spawn_blocking(Post::new).await.unwrap();
    let now = OffsetDateTime::now_utc();
    let (station, anna) = post.station(now);
    let (record, profile, source) = record_folder::collected(&post.record(1), now).unwrap();
    let rng = &mut StdRng::seed_from_u64(6);

    // With a draft of the same id, as the pages do it.
    let draft = station.drafts().begin().unwrap();
    draft.save(b"half of a person").unwrap();
    let mut person = station.person_of(&record, &profile, source.as_octets());
    person.id = draft.id();
    let sealed = station.seal(&person, &anna, None, now, rng).unwrap();
    assert!(matches!(sealed, Sealed::Now(_)));
    assert!(station.drafts().list().unwrap().is_empty());
    let again = station.seal(&person, &anna, None, now, rng).unwrap();
    assert_eq!(again, Sealed::Before(sealed.id(), sealed.digest()));

    let desk = post.desk().await;
    for (handed, acknowledged) in [(1, 1), (0, 0)] {
        let sent = station
            .outbox()
            .send(&desk, station.service(), now)
            .await
            .unwrap();
        assert!(sent.failed.is_empty());
        assert_eq!(
            (sent.handed.len(), sent.acknowledged.len()),
            (handed, acknowledged)
        );
    }
    assert_eq!(station.outbox().waiting().unwrap(), 0);
    let row = desk.packets().packet(sealed.id()).await.unwrap().unwrap();
    assert_eq!(row.digest, sealed.digest());
    assert_eq!(row.station, "TEST Station");
    assert!(row.book.is_some_and(|(line, _)| line > 0));
}

#[tokio::test]
async fn a_draft_whose_packet_is_sealed_goes_when_the_station_opens() {
    let post = tokio::task::spawn_blocking(Post::new).await.unwrap();
    let now = OffsetDateTime::now_utc();
    let (station, anna) = post.station(now);
    let (record, profile, source) = record_folder::collected(&post.record(1), now).unwrap();
    let draft = station.drafts().begin().unwrap();
    let kept: Vec<_> = fs::read_dir(post.path("station/drafts"))
        .unwrap()
        .flatten()
        .collect();
    let key = fs::read(kept[0].path()).unwrap();
    let mut person = station.person_of(&record, &profile, source.as_octets());
    person.id = draft.id();
    let rng = &mut StdRng::seed_from_u64(6);
    station.seal(&person, &anna, None, now, rng).unwrap();
    // Killed between the packet and the draft.
    fs::write(kept[0].path(), key).unwrap();
    let (station, _) = post.station(now);
    assert!(station.drafts().list().unwrap().is_empty());
}

#[tokio::test]
async fn the_same_again_is_answered_the_same_and_another_of_the_same_id_is_refused() {
    let post = tokio::task::spawn_blocking(Post::new).await.unwrap();
    let now = OffsetDateTime::now_utc();
    let (station, anna) = post.station(now);
    let (record, profile, source) = record_folder::collected(&post.record(1), now).unwrap();
    let person = station.person_of(&record, &profile, source.as_octets());
    let rng = &mut StdRng::seed_from_u64(6);
    let sealed = station.seal(&person, &anna, None, now, rng).unwrap();
    let pending = only(&post.files("station/outbox", "pending")).to_owned();
    let first = fs::read(&pending).unwrap();
    // A station that has lost its book makes another packet of the same person.
    let book = post.path("station/outbox/book");
    let text = fs::read_to_string(&book).unwrap();
    fs::write(&book, text.split_inclusive('\n').next().unwrap()).unwrap();
    fs::remove_file(&pending).unwrap();
    let (station, _) = post.station(now);
    let other = station.seal(&person, &anna, None, now, rng).unwrap();
    assert_eq!(other.id(), sealed.id());
    assert_ne!(other.digest(), sealed.digest());
    let second = fs::read(only(&post.files("station/outbox", "pending"))).unwrap();

    let desk = post.desk().await;
    let claim = |sealed: &Sealed| Claim {
        id: sealed.id(),
        digest: sealed.digest(),
    };
    let taken = desk.take(claim(&sealed), &first[..], now).await.unwrap();
    assert!(matches!(taken, Taken::Now(_)));
    let later = now + time::Duration::hours(1);
    let again = desk.take(claim(&sealed), &first[..], later).await.unwrap();
    assert!(matches!(&again, Taken::Before(receipt) if receipt == taken.receipt()));
    for _ in 0..2 {
        let refused = desk.take(claim(&other), &second[..], later).await.unwrap();
        assert_eq!(
            status(&refused),
            Status::Refused(RefusalReason::OtherPacket)
        );
    }
    only(&post.sealed_files());

    // A wrong claim, a torn file, nothing at all: refused, and nothing is kept. What was taken before gets no receipt then either.
    let longer = [&first[..], b"."].concat();
    let claims = [
        (
            Claim {
                id: Uuid::nil(),
                ..claim(&other)
            },
            &second[..],
        ),
        (claim(&other), &first[..]),
        (claim(&other), &second[..second.len() - 1]),
        (claim(&other), &[]),
        (claim(&sealed), &second[..]),
        (claim(&sealed), &first[..first.len() - 1]),
        (claim(&sealed), &longer[..]),
        (claim(&sealed), &[]),
    ];
    for (claim, bytes) in claims {
        let refused = desk.take(claim, bytes, later).await.unwrap();
        assert!(matches!(refused, Taken::Refused(..)));
        // To a device nothing is signed of what it did not bring.
        let taken = desk.take_of(Some(Uuid::nil()), claim, bytes, later).await;
        let is_other = matches!(
            taken,
            Err(Error::Station(StationError::OtherContent { .. }))
        );
        assert_eq!(is_other, claim.id != Uuid::nil(), "{taken:?}");
    }
    only(&post.sealed_files());
    assert_eq!(post.files("service/intake/packets", "part").len(), 0);
    assert_eq!(desk.packets().packets(None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_that_a_killed_program_has_left_goes_when_the_packet_comes_again() {
    let post = tokio::task::spawn_blocking(Post::new).await.unwrap();
    let now = OffsetDateTime::now_utc();
    let (station, anna) = post.station(now);
    let (record, profile, source) = record_folder::collected(&post.record(1), now).unwrap();
    let person = station.person_of(&record, &profile, source.as_octets());
    let rng = &mut StdRng::seed_from_u64(6);
    let sealed = station.seal(&person, &anna, None, now, rng).unwrap();
    let pending = only(&post.files("station/outbox", "pending")).to_owned();
    let desk = post.desk().await;
    let claim = Claim {
        id: sealed.id(),
        digest: sealed.digest(),
    };
    // Sealed and named, and killed before it was entered; once before anything was, and once beside the packet.
    for is_first in [true, false] {
        let orphan = desk.vault().path(sealed.id(), Uuid::now_v7());
        fs::create_dir_all(orphan.parent().unwrap()).unwrap();
        fs::write(&orphan, b"sealed under a key that nobody has").unwrap();
        let neighbour = desk.vault().path(Uuid::nil(), Uuid::nil());
        let neighbour = orphan.with_file_name(neighbour.file_name().unwrap());
        fs::write(&neighbour, b"somebody else").unwrap();
        let taken = desk.take(claim, File::open(&pending).unwrap(), now).await;
        assert_eq!(matches!(taken.unwrap(), Taken::Now(_)), is_first);
        assert!(!orphan.exists());
        fs::remove_file(&neighbour).unwrap();
        only(&post.sealed_files());
        desk.open_packet(sealed.id()).await.unwrap();
    }
}

#[tokio::test]
async fn eight_at_once_are_one() {
    let post = tokio::task::spawn_blocking(Post::new).await.unwrap();
    let now = OffsetDateTime::now_utc();
    let (station, anna) = post.station(now);
    let (record, profile, source) = record_folder::collected(&post.record(1), now).unwrap();
    let made = std::thread::scope(|scope| {
        let seal = |seed| {
            let person = station.person_of(&record, &profile, source.as_octets());
            let rng = &mut StdRng::seed_from_u64(seed);
            station.seal(&person, &anna, None, now, rng).unwrap()
        };
        let threads: Vec<_> = (0..8).map(|seed| scope.spawn(move || seal(seed))).collect();
        let made = threads.into_iter().map(|thread| thread.join().unwrap());
        made.collect::<Vec<_>>()
    });
    let new = made
        .iter()
        .filter(|sealed| matches!(sealed, Sealed::Now(_)));
    assert_eq!(new.count(), 1);
    let path = only(&post.files("station/outbox", "pending")).to_owned();
    assert_eq!(post.files("station/outbox", "sealing").len(), 0);

    let desk = post.desk().await;
    let claim = Claim {
        id: made[0].id(),
        digest: made[0].digest(),
    };
    let take = || desk.take(claim, File::open(&path).unwrap(), now);
    let (a, b, c, d) = tokio::join!(take(), take(), take(), take());
    let taken = [a, b, c, d].map(Result::unwrap);
    let new = taken.iter().filter(|taken| matches!(taken, Taken::Now(_)));
    assert_eq!(new.count(), 1);
    assert!(taken.iter().all(|one| one.receipt() == taken[0].receipt()));
}

#[test]
fn ids_of_files_follow_from_station_and_content() {
    let digest = enrolment::packet::Digest::of;
    let id = Enrolment::id_of(&digest(b"station"), b"person");
    assert_eq!(id.get_version_num(), 8);
    assert_eq!(id, Enrolment::id_of(&digest(b"station"), b"person"));
    assert_ne!(id, Enrolment::id_of(&digest(b"station"), b"another"));
    assert_ne!(id, Enrolment::id_of(&digest(b"another"), b"person"));
}

#[test]
fn strangers_receipts_change_nothing() {
    let (post, other) = (Post::new(), Post::new());
    post.seal(1).must_end(0, "");
    post.step("send").must_end(0, "");
    let now = OffsetDateTime::now_utc();
    let (station, _) = post.station(now);
    let entry = station.outbox().list().unwrap().remove(0);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let refused = runtime.block_on(async {
        let desk = other.desk().await;
        let claim = Claim {
            id: entry.id,
            digest: entry.digest,
        };
        desk.take(claim, &b"nothing"[..], now).await.unwrap()
    });
    let key = station.service().receipt_key().unwrap();
    let taken = station.outbox().acknowledge(refused.receipt(), &key, now);
    assert!(matches!(
        taken,
        Err(Error::Station(StationError::Packet(_)))
    ));
    assert_eq!(station.outbox().waiting().unwrap(), 1);
}
