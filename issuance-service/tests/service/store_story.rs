//! What every store must do, whatever database is behind it: written once, run on each.

use std::sync::Arc;

use crypto::SecretBytes;
use issuance_service::application::{
    Approval, Delivery, Digest, Entry, Event, Officer, Signature, Stage, StageKind, VoidReason,
    Voiding,
};
use issuance_service::store::{Key, Page, Store, StoreError};
use perso::applet::Receipt;
use perso::{DocumentEntry, Entered, RegisterError};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

pub const START: OffsetDateTime = datetime!(2026-11-21 10:00:00.250 UTC);

/// A document whose number, chip and keys follow from a number.
pub fn entry(of: u8) -> Entry {
    let officer = |name| Officer::new(name).unwrap();
    Entry {
        document: DocumentEntry {
            job: Uuid::from_u128(of.into()),
            issuing_state: "UTO".into(),
            document_code: "PP".into(),
            document_number: format!("X{of:08}"),
            chip_serial: vec![of; 16],
            chip_keys: vec![vec![of; 32], vec![of ^ 0x80; 32]],
        },
        key_receipts: vec![receipt(1), receipt(2)],
        profile: "uto-passport".into(),
        record: Digest::of(&[of]),
        approval: Approval::new(officer("TEST operator"), officer("TEST approver")).unwrap(),
    }
}

pub fn receipt(counter: u32) -> Receipt {
    Receipt {
        counter,
        mac: [9; 16],
    }
}

/// A signature whose security object follows from a number.
pub fn signed(of: u8) -> Event {
    Event::DocumentSigned(Signature {
        security_object: Digest::of(&[of]),
        manifest: Digest::of(b"manifest"),
        document_signer: Digest::of(b"signer"),
    })
}

pub fn delivered() -> Event {
    Event::DocumentDelivered(Delivery {
        commit: receipt(3),
        lock: receipt(4),
    })
}

pub fn voided() -> Event {
    Event::DocumentVoided(Voiding {
        reason: VoidReason::PrintFaulty,
        approval: entry(0).approval,
        receipt: None,
    })
}

pub fn job(of: u8) -> Uuid {
    entry(of).document.job
}

pub fn job_file() -> SecretBytes {
    SecretBytes::from(*b"a person's data")
}

/// Appends an event; the outbox then holds a job file or none.
pub async fn append(
    store: &impl Store,
    of: u8,
    version: u32,
    event: Event,
    outbox: Option<SecretBytes>,
) -> Result<(), StoreError> {
    let append = store.append(job(of), version, &event, outbox.as_ref(), START);
    append.await
}

/// The whole story, on an empty store.
pub async fn tell<S: Store>(store: Arc<S>) {
    let all = Arc::clone(&store);
    let store = &*store;
    a_document_is_entered_once(store).await;
    what_is_in_use_is_named_with_its_job(store).await;
    events_are_appended_behind_what_was_read(store).await;
    the_outbox_holds_a_job_from_signature_to_end(store).await;
    a_security_object_belongs_to_one_document(store).await;
    documents_are_found_and_listed(store).await;
    of_many_that_want_one_number_one_gets_it(all).await;
}

async fn a_document_is_entered_once(store: &impl Store) {
    let history = store.history(job(1)).await.unwrap();
    assert_eq!((history.version(), history.document()), (0, None));
    assert_eq!(store.enter(&entry(1), START).await.unwrap(), Entered::New);
    let later = START + Duration::hours(1);
    assert_eq!(
        store.enter(&entry(1), later).await.unwrap(),
        Entered::Before
    );
    let other_record = Entry {
        record: Digest::of(b"another record"),
        ..entry(1)
    };
    let refused = store.enter(&other_record, later).await;
    assert!(matches!(refused, Err(RegisterError::JobDiffers)));
    let history = store.history(job(1)).await.unwrap();
    let [recorded] = &history.0[..] else {
        panic!("{history:?}")
    };
    assert_eq!((recorded.version, recorded.at), (1, START));
    assert_eq!(recorded.event, Event::DocumentEntered(entry(1)));
    assert_eq!(*history.document().unwrap().stage(), Stage::Entered);
}

async fn what_is_in_use_is_named_with_its_job(store: &impl Store) {
    let wanted = |change: fn(&mut DocumentEntry)| {
        let mut other = entry(2);
        change(&mut other.document);
        other
    };
    let holder = |error: RegisterError| match error {
        RegisterError::DocumentNumberUsed(job) => ("number", job),
        RegisterError::ChipUsed(job) => ("chip", job),
        RegisterError::ChipKeyUsed(job) => ("key", job),
        RegisterError::JobDiffers => ("job", Uuid::nil()),
        error => panic!("{error}"),
    };
    type Change = fn(&mut DocumentEntry);
    let table: [(Change, (&str, Uuid)); 6] = [
        (
            |other| other.document_number = entry(1).document.document_number,
            ("number", job(1)),
        ),
        (|other| other.chip_serial = vec![1; 16], ("chip", job(1))),
        (
            |other| other.chip_keys = vec![vec![2; 32], vec![1; 32]],
            ("key", job(1)),
        ),
        (
            |other| other.chip_keys = vec![vec![1 ^ 0x80; 32]],
            ("key", job(1)),
        ),
        (|other| other.job = job(1), ("job", Uuid::nil())),
        (
            |other| other.chip_keys = vec![vec![7; 32]; 2],
            ("key", job(2)),
        ),
    ];
    for (change, conflict) in table {
        let error = store.enter(&wanted(change), START).await.unwrap_err();
        assert_eq!(holder(error), conflict);
        assert_eq!(store.history(job(2)).await.unwrap().version(), 0);
    }
    // The same number of another state is another document, and what was refused has left nothing behind.
    let other_state = wanted(|other| {
        other.document_number = entry(1).document.document_number;
        other.issuing_state = "VNM".into();
    });
    assert_eq!(
        store.enter(&other_state, START).await.unwrap(),
        Entered::New
    );
}

async fn events_are_appended_behind_what_was_read(store: &impl Store) {
    store.enter(&entry(3), START).await.unwrap();
    for (of, version) in [(3, 0), (3, 2), (99, 1)] {
        let refused = append(store, of, version, signed(3), Some(job_file())).await;
        assert!(matches!(refused, Err(StoreError::VersionConflict)));
    }
    let first = append(store, 3, 1, signed(3), Some(job_file())).await;
    first.unwrap();
    let late = append(store, 3, 1, voided(), None).await;
    assert!(matches!(late, Err(StoreError::VersionConflict)));
    let history = store.history(job(3)).await.unwrap();
    assert_eq!(history.version(), 2);
    assert_eq!(history.0[1].event, signed(3));
    let document = history.document().unwrap();
    assert_eq!(document.stage().kind(), StageKind::Signed);
}

async fn the_outbox_holds_a_job_from_signature_to_end(store: &impl Store) {
    for (of, end) in [(4, delivered()), (5, voided())] {
        store.enter(&entry(of), START).await.unwrap();
        assert!(store.job_file(job(of)).await.unwrap().is_none());
        let sign = append(store, of, 1, signed(of), Some(job_file())).await;
        sign.unwrap();
        let kept = store.job_file(job(of)).await.unwrap().unwrap();
        assert!(kept.ct_eq(job_file().expose()));
        append(store, of, 2, end.clone(), None).await.unwrap();
        assert!(store.job_file(job(of)).await.unwrap().is_none());
        assert_eq!(store.history(job(of)).await.unwrap().0[2].event, end);
    }
}

async fn a_security_object_belongs_to_one_document(store: &impl Store) {
    store.enter(&entry(6), START).await.unwrap();
    let refused = append(store, 6, 1, signed(4), Some(job_file())).await;
    assert!(matches!(refused, Err(StoreError::SecurityObjectUsed(of)) if of == job(4)));
    assert_eq!(store.history(job(6)).await.unwrap().version(), 1);
    assert!(store.job_file(job(6)).await.unwrap().is_none());
}

async fn documents_are_found_and_listed(store: &impl Store) {
    let number = |number: &str| Key::DocumentNumber {
        issuing_state: "UTO".into(),
        number: number.into(),
    };
    for (key, found) in [
        (number("X00000004"), Some(job(4))),
        (number("X00000099"), None),
        (Key::Chip(vec![5; 16]), Some(job(5))),
        (Key::Chip(vec![5; 15]), None),
    ] {
        assert_eq!(store.find(&key).await.unwrap(), found, "{key:?}");
    }
    let list = async |stage, after, limit| {
        let page = Page {
            stage,
            after,
            limit,
        };
        let rows = store.list(&page).await.unwrap();
        rows.iter().map(|row| row.job).collect::<Vec<_>>()
    };
    let jobs = |of: &[u8]| of.iter().copied().map(job).collect::<Vec<_>>();
    assert_eq!(list(None, None, 100).await, jobs(&[1, 2, 3, 4, 5, 6]));
    assert_eq!(list(None, Some(job(2)), 2).await, jobs(&[3, 4]));
    let entered = Some(StageKind::Entered);
    assert_eq!(list(entered, None, 100).await, jobs(&[1, 2, 6]));
    assert_eq!(list(entered, Some(job(1)), 1).await, jobs(&[2]));
    let page = Page {
        stage: Some(StageKind::Delivered),
        after: None,
        limit: 1,
    };
    let row = store.list(&page).await.unwrap().remove(0);
    assert_eq!(row.stage, StageKind::Delivered);
    assert_eq!((row.entered_at, row.changed_at), (START, START));
    assert_eq!(row.document_number, "X00000004");
    assert_eq!(row.chip_serial, [4; 16]);
}

async fn of_many_that_want_one_number_one_gets_it<S: Store>(store: Arc<S>) {
    let mut racers = tokio::task::JoinSet::new();
    for of in 50..70 {
        let store = Arc::clone(&store);
        let mut racer = entry(of);
        racer.document.document_number = "RACE00000".into();
        racers.spawn(async move { (of, store.enter(&racer, START).await) });
    }
    let results = racers.join_all().await;
    let winners: Vec<u8> = results
        .iter()
        .filter(|(_, result)| result.is_ok())
        .map(|(of, _)| *of)
        .collect();
    let [winner] = winners[..] else {
        panic!("{winners:?}")
    };
    for (of, result) in results {
        match result {
            Ok(entered) => assert_eq!(entered, Entered::New),
            Err(RegisterError::DocumentNumberUsed(holder)) => assert_eq!(holder, job(winner)),
            Err(error) => panic!("{of}: {error}"),
        }
    }
}
