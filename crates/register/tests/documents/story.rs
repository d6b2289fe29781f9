//! What documents must do on every store, whatever database is behind it: written once, run on each.

use crypto::SecretBytes;
use perso::applet::Receipt;
use perso::{DocumentEntry, Entered, RegisterError};
use register::document::{
    Delivery, Entry, Event, Signature, Stage, StageKind, VoidReason, Voiding,
};
use register::store::{Change, ClaimKind, Store, StoreError};
use register::{Approval, Digest, Documents, History, Key, Officer, Page, Recorded};
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
        personal_number: None,
        application: None,
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
        by: None,
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

/// Enters a document at a moment.
pub async fn enter<S: Store>(
    documents: &Documents<S>,
    entry: &Entry,
    at: OffsetDateTime,
) -> Result<Entered, RegisterError> {
    documents.enter(entry, Change::new(at)).await
}

/// Appends an event behind a version, as somebody does who has read so much and no more; the outbox then holds a job file or none.
pub async fn append<S: Store>(
    documents: &Documents<S>,
    of: u8,
    version: u32,
    event: Event,
    outbox: Option<SecretBytes>,
) -> Result<(), StoreError> {
    let mut history = documents.history(job(of)).await?;
    let seen = usize::try_from(version).unwrap().max(1);
    history.0.truncate(seen);
    if history.0.is_empty() {
        history.0.push(Recorded {
            version: 0,
            at: START,
            event: Event::DocumentEntered(entry(of)),
        });
    }
    history.0.last_mut().unwrap().version = version;
    let append = documents.append(&history, &event, outbox.as_ref(), START);
    append.await
}

/// The whole story, on an empty store.
pub async fn tell<S: Store>(store: S) {
    let documents = &Documents::new(store);
    a_document_is_entered_once(documents).await;
    what_is_in_use_is_named_with_its_job(documents).await;
    events_are_appended_behind_what_was_read(documents).await;
    the_outbox_holds_a_job_from_signature_to_end(documents).await;
    a_security_object_belongs_to_one_document(documents).await;
    documents_are_found_and_listed(documents).await;
    of_many_that_want_one_number_one_gets_it(documents).await;
    one_document_at_a_time_is_made_for_a_person(documents).await;
}

async fn a_document_is_entered_once<S: Store>(documents: &Documents<S>) {
    let history = documents.history(job(1)).await.unwrap();
    assert_eq!((history.version(), history.document()), (0, None));
    let entered = enter(documents, &entry(1), START).await;
    assert_eq!(entered.unwrap(), Entered::New);
    let later = START + Duration::hours(1);
    assert_eq!(
        enter(documents, &entry(1), later).await.unwrap(),
        Entered::Before
    );
    let other_record = Entry {
        record: Digest::of(b"another record"),
        ..entry(1)
    };
    let refused = enter(documents, &other_record, later).await;
    assert!(matches!(refused, Err(RegisterError::JobDiffers)));
    let history = documents.history(job(1)).await.unwrap();
    let [recorded] = &history.0[..] else {
        panic!("{history:?}")
    };
    assert_eq!((recorded.version, recorded.at), (1, START));
    assert_eq!(recorded.event, Event::DocumentEntered(entry(1)));
    assert_eq!(*history.document().unwrap().stage(), Stage::Entered);
}

async fn what_is_in_use_is_named_with_its_job<S: Store>(documents: &Documents<S>) {
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
        let refused = enter(documents, &wanted(change), START).await;
        assert_eq!(holder(refused.unwrap_err()), conflict);
        let history = documents.history(job(2)).await.unwrap();
        assert_eq!(history.version(), 0);
    }
    // The same number of another state is another document, and what was refused has left nothing behind.
    let other_state = wanted(|other| {
        other.document_number = entry(1).document.document_number;
        other.issuing_state = "VNM".into();
    });
    assert_eq!(
        enter(documents, &other_state, START).await.unwrap(),
        Entered::New
    );
}

async fn events_are_appended_behind_what_was_read<S: Store>(documents: &Documents<S>) {
    enter(documents, &entry(3), START).await.unwrap();
    for (of, version) in [(3, 0), (3, 2), (99, 1)] {
        let refused = append(documents, of, version, signed(3), Some(job_file())).await;
        assert!(
            matches!(refused, Err(StoreError::Conflict(stream)) if stream.id == job(of)),
            "{of} behind {version}: {refused:?}"
        );
    }
    let first = append(documents, 3, 1, signed(3), Some(job_file())).await;
    first.unwrap();
    let late = append(documents, 3, 1, voided(), None).await;
    assert!(matches!(late, Err(StoreError::Conflict(stream)) if stream.id == job(3)));
    let history = documents.history(job(3)).await.unwrap();
    assert_eq!(history.version(), 2);
    assert_eq!(history.0[1].event, signed(3));
    let document = history.document().unwrap();
    assert_eq!(document.stage().kind(), StageKind::Signed);
    let (nothing, event) = (History::default(), signed(3));
    let appended = documents.append(&nothing, &event, None, START).await;
    assert!(matches!(appended, Err(StoreError::Corrupt { .. })));
}

async fn the_outbox_holds_a_job_from_signature_to_end<S: Store>(documents: &Documents<S>) {
    for (of, end) in [(4, delivered()), (5, voided())] {
        enter(documents, &entry(of), START).await.unwrap();
        assert!(documents.job_file(job(of)).await.unwrap().is_none());
        let sign = append(documents, of, 1, signed(of), Some(job_file())).await;
        sign.unwrap();
        let kept = documents.job_file(job(of)).await.unwrap().unwrap();
        assert!(kept.ct_eq(job_file().expose()));
        append(documents, of, 2, end.clone(), None).await.unwrap();
        assert!(documents.job_file(job(of)).await.unwrap().is_none());
        let history = documents.history(job(of)).await.unwrap();
        assert_eq!(history.0[2].event, end);
    }
}

async fn a_security_object_belongs_to_one_document<S: Store>(documents: &Documents<S>) {
    enter(documents, &entry(6), START).await.unwrap();
    let refused = append(documents, 6, 1, signed(4), Some(job_file())).await;
    assert!(
        matches!(&refused, Err(StoreError::Claimed { claim, holder })
            if claim.kind == ClaimKind::SecurityObject && *holder == job(4)),
        "{refused:?}"
    );
    assert_eq!(documents.history(job(6)).await.unwrap().version(), 1);
    assert!(documents.job_file(job(6)).await.unwrap().is_none());
}

async fn documents_are_found_and_listed<S: Store>(documents: &Documents<S>) {
    let number = |number: &str| Key::DocumentNumber {
        issuing_state: "UTO".into(),
        number: number.into(),
    };
    for (key, found) in [
        (number("X00000004"), Some(job(4))),
        (number("X00000099"), None),
        (Key::Chip(vec![5; 16]), Some(job(5))),
        (Key::Chip(vec![5; 15]), None),
        (Key::SecurityObject(Digest::of(&[4])), Some(job(4))),
        (Key::SecurityObject(Digest::of(&[99])), None),
    ] {
        assert_eq!(documents.find(&key).await.unwrap(), found, "{key:?}");
    }
    let list = async |stage, after: Option<Uuid>, limit| {
        let after = match after {
            Some(job) => Some(documents.cursor(job).await.unwrap().unwrap()),
            None => None,
        };
        let page = Page {
            stage,
            after,
            limit,
        };
        let rows = documents.list(&page).await.unwrap();
        rows.iter().map(|row| row.job).collect::<Vec<_>>()
    };
    let jobs = |of: &[u8]| of.iter().copied().map(job).collect::<Vec<_>>();
    assert_eq!(list(None, None, 100).await, jobs(&[1, 2, 3, 4, 5, 6]));
    assert_eq!(list(None, Some(job(2)), 2).await, jobs(&[3, 4]));
    let entered = Some(StageKind::Entered);
    assert_eq!(list(entered, None, 100).await, jobs(&[1, 2, 6]));
    assert_eq!(list(entered, Some(job(1)), 1).await, jobs(&[2]));
    assert_eq!(documents.cursor(job(99)).await.unwrap(), None);
    let page = Page {
        stage: Some(StageKind::Delivered),
        after: None,
        limit: 1,
    };
    let row = documents.list(&page).await.unwrap().remove(0);
    assert_eq!(row.stage, StageKind::Delivered);
    assert_eq!((row.entered_at, row.changed_at), (START, START));
    assert_eq!(row.document_number, "X00000004");
    assert_eq!(row.chip_serial, [4; 16]);
}

async fn of_many_that_want_one_number_one_gets_it<S: Store>(documents: &Documents<S>) {
    let mut racers = tokio::task::JoinSet::new();
    for of in 50..70 {
        let documents = documents.clone();
        let mut racer = entry(of);
        racer.document.document_number = "RACE00000".into();
        racers.spawn(async move { (of, enter(&documents, &racer, START).await) });
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

/// Documents that are numbered by the person share a number. The next one is begun when the one before is with its holder, voided or
/// ended.
async fn one_document_at_a_time_is_made_for_a_person<S: Store>(documents: &Documents<S>) {
    let numbered = |of: u8| {
        let mut entry = entry(of);
        entry.document.document_number = "099000001".into();
        entry.personal_number = Some("001099000001".into());
        entry.application = Some(Uuid::from_u128(of.into()));
        entry
    };
    let handed_over = Event::DocumentHandedOver(register::document::HandOver {
        by: Officer::new("TEST clerk").unwrap(),
        to: register::document::Recipient::Holder,
        read_out: register::document::ReadOut::Passed,
    });
    enter(documents, &numbered(80), START).await.unwrap();
    let refused = enter(documents, &numbered(81), START).await;
    assert!(matches!(refused, Err(RegisterError::DocumentNumberUsed(holder)) if holder == job(80)));
    append(documents, 80, 1, signed(80), None).await.unwrap();
    append(documents, 80, 2, delivered(), None).await.unwrap();
    let refused = enter(documents, &numbered(81), START).await;
    assert!(matches!(refused, Err(RegisterError::DocumentNumberUsed(holder)) if holder == job(80)));
    append(documents, 80, 3, handed_over, None).await.unwrap();
    let later = START + Duration::hours(1);
    enter(documents, &numbered(81), later).await.unwrap();
    append(documents, 81, 1, voided(), None).await.unwrap();
    let later = START + Duration::hours(2);
    enter(documents, &numbered(82), later).await.unwrap();
    let key = Key::DocumentNumber {
        issuing_state: "UTO".into(),
        number: "099000001".into(),
    };
    let last = documents.find(&key).await.unwrap();
    assert_eq!(last, Some(job(82)), "the last one is found");
}
