//! A document as it is shown: how far it is, who did what. Nothing of its holder.

use perso::applet::Receipt;
use register::Officer;
use register::document::{Document, Ended, Event, Life, Proposed, Stage, Whereabouts};
use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

/// A document.
#[derive(Serialize, ToSchema)]
pub struct DocumentView {
    /// The job that makes it.
    job: Uuid,
    /// The issuer profile.
    #[schema(example = "uto-passport")]
    profile: String,
    /// Issuing state.
    #[schema(example = "UTO")]
    issuing_state: String,
    /// Document code.
    #[schema(example = "PP")]
    document_code: String,
    /// Serial number of the chip, hexadecimal.
    chip: String,
    /// The application that it is made for.
    application: Option<Uuid>,
    /// `entered`, `signed`, `written`, `delivered` (passed), `shipped`, `handed-over`, `suspended`, `ended` or `voided`.
    #[schema(example = "handed-over")]
    stage: &'static str,
    /// The consignment that it is in.
    consignment: Option<Uuid>,
    /// Why it may not be used for the moment.
    #[schema(example = "reported-lost")]
    suspended: Option<&'static str>,
    /// Why it has ended, or why there is none.
    #[schema(example = "renewed")]
    end: Option<&'static str>,
    /// What one person has proposed and another one has not confirmed.
    #[schema(example = "revoked")]
    proposed: Option<&'static str>,
    /// Who has proposed it.
    proposed_by: Option<String>,
    /// Its version, as in ETag.
    version: u32,
}

impl DocumentView {
    /// A document as it stands.
    #[must_use]
    pub fn of(document: &Document, version: u32) -> Self {
        let entry = document.entry();
        let life = document.life();
        let voided = match document.stage() {
            Stage::Voided { voiding, .. } => Some(voiding.reason.word()),
            _ => None,
        };
        let end = life
            .and_then(|life| life.end.as_ref())
            .map(|end| end.reason.word());
        Self {
            job: document.job(),
            profile: entry.profile.clone(),
            issuing_state: entry.document.issuing_state.clone(),
            document_code: entry.document.document_code.clone(),
            chip: hex::encode(&entry.document.chip_serial),
            application: entry.application,
            stage: document.stage().kind().word(),
            consignment: life.and_then(consignment),
            suspended: life
                .and_then(|life| life.suspended)
                .map(register::document::SuspendReason::word),
            end: end.or(voided),
            proposed: document.proposal().map(|proposal| word(proposal.proposed)),
            proposed_by: document
                .proposal()
                .map(|proposal| proposal.by.name().to_owned()),
            version,
        }
    }
}

const fn consignment(life: &Life) -> Option<Uuid> {
    match life.whereabouts {
        Whereabouts::Shipped(id) => Some(id),
        _ => None,
    }
}

const fn word(proposed: Proposed) -> &'static str {
    match proposed {
        Proposed::Void(reason) => reason.word(),
        Proposed::End(reason) => reason.word(),
    }
}

/// Something that happened to a document.
#[derive(Serialize, ToSchema)]
pub struct EventView {
    /// Its number, from 1.
    version: u32,
    /// When.
    #[serde(serialize_with = "crate::times::serialize")]
    #[schema(value_type = String, format = DateTime)]
    at: OffsetDateTime,
    /// What.
    #[schema(example = "handed-over")]
    event: &'static str,
    /// Who; two where it takes two, nobody where time or the service did it.
    by: Vec<String>,
    /// More of it, by words.
    #[schema(value_type = Object)]
    detail: Value,
}

impl EventView {
    /// One event.
    #[must_use]
    pub fn of(recorded: &register::Recorded) -> Self {
        let (event, by, detail) = told(&recorded.event);
        let by = by
            .into_iter()
            .map(|officer| officer.name().to_owned())
            .collect();
        Self {
            version: recorded.version,
            at: recorded.at,
            event,
            by,
            detail,
        }
    }
}

fn told(event: &Event) -> (&'static str, Vec<&Officer>, Value) {
    match event {
        Event::DocumentEntered(entry) => (
            "entered",
            vec![entry.approval.operator(), entry.approval.approver()],
            json!({ "chip": hex::encode(&entry.document.chip_serial), "application": entry.application }),
        ),
        Event::DocumentSigned(signature) => (
            "signed",
            Vec::new(),
            json!({ "security_object": signature.security_object.to_string(), "manifest": signature.manifest.to_string() }),
        ),
        Event::DocumentWritten(writing) => (
            "written",
            vec![&writing.by],
            json!({ "commit": receipt(&writing.commit) }),
        ),
        Event::DocumentDelivered(delivery) => (
            "passed",
            delivery.by.iter().collect(),
            json!({ "commit": receipt(&delivery.commit), "lock": receipt(&delivery.lock) }),
        ),
        Event::DocumentShipped(consignment) => {
            ("shipped", Vec::new(), json!({ "consignment": consignment }))
        }
        Event::DocumentHandedOver(hand_over) => (
            "handed-over",
            vec![&hand_over.by],
            json!({ "to": hand_over.to.word(), "read_out": hand_over.read_out.word() }),
        ),
        Event::DocumentSuspended { reason, by } => {
            ("suspended", vec![by], json!({ "reason": reason.word() }))
        }
        Event::DocumentReinstated { by } => ("reinstated", vec![by], Value::Null),
        Event::DocumentEndProposed { proposed, by } => {
            ("proposed", vec![by], json!({ "reason": word(*proposed) }))
        }
        Event::DocumentEnded(end) => (
            "ended",
            end.by.iter().flat_map(Ended::officers).collect(),
            json!({ "reason": end.reason.word() }),
        ),
        Event::DocumentVoided(voiding) => (
            "voided",
            vec![voiding.approval.operator(), voiding.approval.approver()],
            json!({ "reason": voiding.reason.word(), "receipt": voiding.receipt.as_ref().map(receipt) }),
        ),
    }
}

/// A receipt as the stations report it: whoever has the keys checks it again later.
fn receipt(receipt: &Receipt) -> Value {
    json!({ "counter": receipt.counter, "mac": hex::encode(receipt.mac) })
}
