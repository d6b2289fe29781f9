//! Every event that the code writes today, in each of its shapes.

use register::application::{
    Check, DuplicateFinding, Erasure, ErasureCause, Event as OfApplication, MakeFailure, Priority,
    Receipt, RefusalReason, Resemblance,
};
use register::document::{
    Delivery, End, EndReason, Ended, Entry, Event as OfDocument, HandOver, Proposed, ReadOut,
    Recipient, SuspendReason, VoidReason, Voiding, Writing,
};
use register::person::{CancelReason, Event as OfPerson, LifeStatus, Origin};
use register::store::StoreError;
use register::{Approval, Digest, Officer, application, document, person};
use uuid::Uuid;

use crate::story::{START, entry, job, receipt, signed};

/// An event of any stream.
#[derive(Debug, PartialEq)]
pub enum Stored {
    Application(OfApplication),
    Document(Box<OfDocument>),
    Person(OfPerson),
}

impl Stored {
    /// Reads the body of an event; its name says of which stream it is.
    pub fn decode(name: &str, body: &str) -> Result<Self, StoreError> {
        match name.split_once('-').unwrap().0 {
            "application" => application::stored::decode(job(1), body).map(Self::Application),
            "document" => {
                document::stored::decode(job(1), body).map(|event| Self::Document(Box::new(event)))
            }
            "person" => person::stored::decode(job(1), body).map(Self::Person),
            stream => panic!("{stream} has no events"),
        }
    }

    pub fn encode(&self) -> String {
        match self {
            Self::Application(event) => application::stored::encode(event),
            Self::Document(event) => document::stored::encode(event),
            Self::Person(event) => person::stored::encode(event),
        }
        .unwrap()
    }
}

/// The name of the file of an event: its form, and the word of the shape where there are several.
pub fn name_of(body: &str, variant: &str) -> String {
    let json: serde_json::Value = serde_json::from_str(body).unwrap();
    let form = json["event"].as_str().unwrap();
    match variant {
        "" => form.to_owned(),
        variant => format!("{form}.{variant}"),
    }
}

/// All of them, each with the word of its shape.
pub fn all() -> Vec<(&'static str, Stored)> {
    let documents = documents().into_iter().chain(lives());
    let documents = documents.map(|(word, event)| (word, Stored::Document(Box::new(event))));
    let applications = applications().into_iter().chain(decisions());
    let applications = applications.map(|(word, event)| (word, Stored::Application(event)));
    let people = people().into_iter();
    let people = people.map(|(word, event)| (word, Stored::Person(event)));
    documents.chain(applications).chain(people).collect()
}

fn plain(name: &str) -> Officer {
    Officer::new(name).unwrap()
}

fn clerk() -> Officer {
    Officer::with_account("TEST clerk", Uuid::from_u128(0xC1)).unwrap()
}

fn two() -> Approval {
    let head = Officer::with_account("TEST head", Uuid::from_u128(0xC2)).unwrap();
    Approval::new(clerk(), head).unwrap()
}

fn documents() -> Vec<(&'static str, OfDocument)> {
    let voiding = |approval, counter: Option<u32>| {
        OfDocument::DocumentVoided(Voiding {
            reason: VoidReason::ChipFaulty,
            approval,
            receipt: counter.map(receipt),
        })
    };
    let delivery = |by| {
        OfDocument::DocumentDelivered(Delivery {
            commit: receipt(3),
            lock: receipt(4),
            by,
        })
    };
    let numbered = Entry {
        personal_number: Some("001099000001".into()),
        application: Some(Uuid::from_u128(0xA1)),
        approval: two(),
        ..entry(1)
    };
    vec![
        ("", OfDocument::DocumentEntered(entry(1))),
        ("with-application", OfDocument::DocumentEntered(numbered)),
        ("", signed(1)),
        (
            "",
            OfDocument::DocumentWritten(Writing {
                commit: receipt(3),
                by: clerk(),
            }),
        ),
        ("", delivery(None)),
        ("with-controller", delivery(Some(clerk()))),
        ("", voiding(two(), None)),
        ("with-receipt", voiding(two(), Some(3))),
    ]
}

/// What becomes of a card that was made.
fn lives() -> Vec<(&'static str, OfDocument)> {
    let proposed = |proposed| OfDocument::DocumentEndProposed {
        proposed,
        by: clerk(),
    };
    let ended = |reason, by| OfDocument::DocumentEnded(End { reason, by });
    vec![
        ("", OfDocument::DocumentShipped(Uuid::from_u128(0xE1))),
        (
            "",
            OfDocument::DocumentHandedOver(HandOver {
                by: clerk(),
                to: Recipient::Representative,
                read_out: ReadOut::NotRead,
            }),
        ),
        (
            "",
            OfDocument::DocumentSuspended {
                reason: SuspendReason::ReportedLost,
                by: clerk(),
            },
        ),
        ("", OfDocument::DocumentReinstated { by: clerk() }),
        ("void", proposed(Proposed::Void(VoidReason::PrintFaulty))),
        ("end", proposed(Proposed::End(EndReason::Revoked))),
        ("by-nobody", ended(EndReason::Renewed, None)),
        (
            "by-one",
            ended(EndReason::Lost, Some(Ended::ByOne(clerk()))),
        ),
        (
            "by-two",
            ended(EndReason::HolderDied, Some(Ended::ByTwo(two()))),
        ),
    ]
}

fn applications() -> Vec<(&'static str, OfApplication)> {
    let person = Uuid::from_u128(0xB1);
    let received = |reason: Option<&str>, supervisor, priority| {
        OfApplication::ApplicationReceived(Receipt {
            packet: Digest::of(b"packet"),
            profile: "vn-can-cuoc-2024".into(),
            reason: reason.map(str::to_owned),
            station: "TEST station".into(),
            operator: plain("TEST operator"),
            supervisor,
            sealed_at: START,
            priority,
        })
    };
    let checked = |person, resembling, overrides| {
        OfApplication::ApplicationChecked(Check {
            record: Digest::of(b"record"),
            person,
            resembling,
            overrides,
        })
    };
    let reviewed = |finding| OfApplication::DuplicatesReviewed {
        finding,
        by: clerk(),
    };
    let resembling = vec![Resemblance {
        person,
        rule: "name-and-birth".into(),
        score: 97,
    }];
    vec![
        ("", received(None, None, Priority::Normal)),
        (
            "with-supervisor",
            received(
                Some("renewal"),
                Some(plain("TEST supervisor")),
                Priority::Urgent,
            ),
        ),
        ("", checked(None, Vec::new(), 0)),
        ("resembling", checked(Some(person), resembling.clone(), 2)),
        ("", OfApplication::ResemblanceFound { resembling }),
        ("new-person", reviewed(DuplicateFinding::NewPerson)),
        (
            "known-person",
            reviewed(DuplicateFinding::KnownPerson(person)),
        ),
    ]
}

/// What is decided and made of an application.
fn decisions() -> Vec<(&'static str, OfApplication)> {
    let person = Uuid::from_u128(0xB1);
    let refused = |reason, rules: &[&str], by| OfApplication::ApplicationRefused {
        reason,
        rules: rules.iter().copied().map(str::to_owned).collect(),
        by,
    };
    vec![
        ("", OfApplication::ApplicationApproved { by: clerk() }),
        ("", OfApplication::PersonAssigned { person }),
        ("", OfApplication::ProductionBegun { job: job(1) }),
        (
            "",
            OfApplication::ProductionFailed {
                job: job(1),
                reason: MakeFailure::ChipFaulty,
            },
        ),
        ("", OfApplication::DocumentProduced { job: job(1) }),
        (
            "",
            OfApplication::ComplaintRaised {
                job: job(1),
                reason: MakeFailure::PrintFaulty,
                by: clerk(),
            },
        ),
        ("", OfApplication::ApplicationCompleted { job: job(1) }),
        (
            "by-rules",
            refused(RefusalReason::RulesBroken, &["vn-name", "vn-birth"], None),
        ),
        (
            "by-officer",
            refused(RefusalReason::NotEligible, &[], Some(clerk())),
        ),
        ("", OfApplication::ApplicationWithdrawn { by: clerk() }),
        (
            "",
            OfApplication::BiometricsErased(Erasure {
                cause: ErasureCause::HandedOver,
                file: Digest::of(b"packet"),
            }),
        ),
    ]
}

fn people() -> Vec<(&'static str, OfPerson)> {
    vec![
        (
            "application",
            OfPerson::PersonRegistered(Origin::Application(Uuid::from_u128(0xA1))),
        ),
        (
            "birth",
            OfPerson::PersonRegistered(Origin::BirthRegister {
                request: Uuid::from_u128(0xA2),
                party: Uuid::from_u128(0xA3),
            }),
        ),
        (
            "",
            OfPerson::NumberAssigned {
                number: "001099000001".into(),
            },
        ),
        (
            "",
            OfPerson::NumberCancelled {
                number: "001099000001".into(),
                reason: CancelReason::SexChanged,
                approval: two(),
            },
        ),
        (
            "",
            OfPerson::RecordChanged {
                application: Uuid::from_u128(0xA1),
                record: Digest::of(b"record"),
            },
        ),
        ("", OfPerson::StatusChanged(LifeStatus::Dead)),
    ]
}
