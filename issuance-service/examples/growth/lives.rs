//! What a person's coming to the register changes, as the office writes it.

use issuance_service::office::Office;
use perso::DocumentEntry;
use perso::applet::Receipt;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use register::document::{
    Delivery, Entry, Event, HandOver, ReadOut, Recipient, Signature, Writing,
};
use register::person::{self, Origin};
use register::store::Change;
use register::{Approval, Digest, History, Officer, PersonHistory, Recorded, append_document};
use time::macros::datetime;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::someone::Someone;

/// When the first one came.
const BEGIN: OffsetDateTime = datetime!(2025-11-22 8:00 UTC);
/// After how long the next one comes: ten million in nine months.
const BETWEEN: Duration = Duration::milliseconds(2_330);
/// Of so many people one has a card.
pub const CARD_EACH: u64 = 20;

/// The document of somebody who has one.
pub const fn has_card(number: u64) -> bool {
    number.is_multiple_of(CARD_EACH)
}

/// Identifiers of a moment, as the office draws them.
fn id(at: OffsetDateTime, rng: &mut StdRng) -> Uuid {
    let milliseconds = u64::try_from(at.unix_timestamp() * 1000).unwrap();
    let mut random = [0; 10];
    rng.fill_bytes(&mut random);
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}

/// Everything that has happened to the person of a number, and to the card.
pub fn of(office: &Office, number: u64) -> Vec<Change> {
    let someone = Someone::of(number);
    let rng = &mut StdRng::seed_from_u64(!number);
    let at = BEGIN + BETWEEN * i32::try_from(number).unwrap();
    let (person, application) = (id(at, rng), id(at, rng));
    let record = Digest::of(&number.to_be_bytes());
    let mut changes = vec![registered(
        office,
        person,
        application,
        &someone,
        &record,
        at,
    )];
    if has_card(number) {
        card(&mut changes, application, &someone, record, at, rng);
    }
    changes
}

fn registered(
    office: &Office,
    person: Uuid,
    application: Uuid,
    someone: &Someone,
    record: &Digest,
    at: OffsetDateTime,
) -> Change {
    let mut change = Change::new(at);
    let mut history = PersonHistory::empty(person);
    let events = [
        person::Event::PersonRegistered(Origin::Application(application)),
        person::Event::NumberAssigned {
            number: someone.personal_number(),
        },
        person::Event::RecordChanged {
            application,
            record: record.clone(),
        },
    ];
    let last = events.len() - 1;
    for (place, event) in events.into_iter().enumerate() {
        let details = (place == last).then(|| office.details(person, &someone.record()).unwrap());
        history.append(&mut change, event, details).unwrap();
    }
    change
}

fn card(
    changes: &mut Vec<Change>,
    application: Uuid,
    someone: &Someone,
    record: Digest,
    at: OffsetDateTime,
    rng: &mut StdRng,
) {
    let officer = |name| Officer::with_account(name, Uuid::from_u128(7)).unwrap();
    let mut random = |length| {
        let mut octets = vec![0; length];
        rng.fill_bytes(&mut octets);
        octets
    };
    let receipt = |counter| Receipt {
        counter,
        mac: [7; 16],
    };
    let entry = Entry {
        document: DocumentEntry {
            job: Uuid::from_u128(application.as_u128() ^ 1),
            issuing_state: "VNM".into(),
            document_code: "ID".into(),
            document_number: someone.document_number(),
            chip_serial: random(16),
            chip_keys: vec![random(32), random(32)],
        },
        key_receipts: vec![receipt(1), receipt(2)],
        profile: "vn-cccd-2021".into(),
        personal_number: Some(someone.personal_number()),
        application: Some(application),
        record,
        approval: Approval::new(
            Officer::new("TEST operator").unwrap(),
            officer("TEST approver"),
        )
        .unwrap(),
    };
    let events = [
        Event::DocumentEntered(entry),
        Event::DocumentSigned(Signature {
            security_object: Digest::of(&random(32)),
            manifest: Digest::of(&random(32)),
            document_signer: Digest::of(b"TEST signer"),
        }),
        Event::DocumentWritten(Writing {
            commit: receipt(3),
            by: officer("TEST personaliser"),
        }),
        Event::DocumentDelivered(Delivery {
            commit: receipt(3),
            lock: receipt(4),
            by: Some(officer("TEST controller")),
        }),
        Event::DocumentShipped(Uuid::from_u128(9)),
        Event::DocumentHandedOver(HandOver {
            by: officer("TEST clerk"),
            to: Recipient::Holder,
            read_out: ReadOut::Passed,
        }),
    ];
    let mut history = History::default();
    for (version, event) in (1..).zip(events) {
        let at = at + Duration::hours(i64::from(version) * 20);
        let mut change = Change::new(at);
        append_document(&mut change, &history, &event).unwrap();
        changes.push(change);
        history.0.push(Recorded { version, at, event });
    }
}
