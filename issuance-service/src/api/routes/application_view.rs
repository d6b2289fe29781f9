//! An application as it is shown to whoever decides.

use access::Permission;
use enrolment::packet::{Manifest, Purpose, Subject};
use enrolment::{Field, HolderRecord, Language};
use register::application::{Application, Event, Stage, StageKind};
use register::{ApplicationHistory, ApplicationSummary, Officer};
use serde::Serialize;
use serde_json::{Value, json};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::caller::Caller;
use crate::api::problem::Problem;
use crate::office::{Office, PersonView};
use crate::{Error, Result};

/// A line of a list.
#[derive(Serialize, ToSchema)]
pub struct SummaryView {
    /// The application.
    pub id: Uuid,
    /// How far it is.
    #[schema(example = "checked")]
    pub stage: &'static str,
    /// The issuer profile.
    #[schema(example = "vn-can-cuoc-2024")]
    pub profile: String,
    /// The station.
    pub station: String,
    /// Who enrolled.
    pub operator: String,
    /// `remake`, `urgent` or `normal`.
    pub priority: &'static str,
    /// How many registered persons resemble the applicant.
    pub resembling: u32,
    /// How many rules were overridden.
    pub overrides: u32,
    /// How often a card was made in vain.
    pub remakes: u32,
    /// The person of the register, where known.
    pub person: Option<Uuid>,
    /// The job of the document.
    pub job: Option<Uuid>,
    /// Why it was refused.
    pub refused: Option<String>,
    /// Whether the biometrics are gone.
    pub erased: bool,
    /// When the packet came.
    #[serde(serialize_with = "crate::times::serialize")]
    #[schema(value_type = String, format = DateTime)]
    pub received_at: OffsetDateTime,
    /// When something last happened.
    #[serde(serialize_with = "crate::times::serialize")]
    #[schema(value_type = String, format = DateTime)]
    pub changed_at: OffsetDateTime,
}

impl SummaryView {
    /// Of a row.
    #[must_use]
    pub fn of(summary: &ApplicationSummary) -> Self {
        Self {
            id: summary.id,
            stage: summary.stage.word(),
            profile: summary.profile.clone(),
            station: summary.station.clone(),
            operator: summary.operator.clone(),
            priority: summary.priority.word(),
            resembling: summary.resembling,
            overrides: summary.overrides,
            remakes: summary.remakes,
            person: summary.person,
            job: summary.job,
            refused: summary.refused.clone(),
            erased: summary.erased,
            received_at: summary.received_at,
            changed_at: summary.changed_at,
        }
    }
}

/// A text of a record.
#[derive(Serialize, ToSchema)]
pub struct FieldView {
    /// The word of the field.
    pub word: &'static str,
    /// Its name in English.
    pub label: String,
    /// Its name in Vietnamese.
    pub label_vi: String,
    /// What was given.
    pub text: String,
    /// In a comparison: whether the applicant's is the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub same: Option<bool>,
}

/// A picture of an application.
#[derive(Serialize, ToSchema)]
struct PictureView {
    name: String,
    subject: String,
    /// Whether it is the picture of the record; otherwise it is evidence.
    of_record: bool,
    media_type: String,
    length: u64,
}

/// Somebody registered who resembles the applicant.
#[derive(Serialize, ToSchema)]
struct ResemblingView {
    person: Uuid,
    rule: String,
    score: u8,
    status: &'static str,
    number: Option<String>,
    texts: Vec<FieldView>,
    /// Where the portrait is that was taken last and is still kept. Portraits are erased with the other biometrics once the holder has
    /// the card, or ninety days after the application came.
    #[schema(
        example = "/v1/applications/018f0000-0000-7000-8000-000000000000/images/portrait.png"
    )]
    portrait: Option<String>,
}

/// An application with everything that whoever decides has to see.
#[derive(Serialize, ToSchema)]
pub struct ApplicationView {
    #[serde(flatten)]
    summary: SummaryView,
    /// The texts of the record; empty when they are erased.
    fields: Vec<FieldView>,
    /// The pictures, by name: `/v1/applications/{id}/images/{name}`.
    images: Vec<PictureView>,
    /// What was measured at the station.
    quality: Vec<Value>,
    /// What was let through against a rule.
    overridden: Vec<Value>,
    /// Who resembles the applicant.
    resembling_people: Vec<ResemblingView>,
    /// Who released what was overridden.
    supervisor: Option<String>,
    /// Who looked at duplicates.
    reviewer: Option<String>,
    /// Who granted it.
    approver: Option<String>,
    /// The rights that this caller may use on it now.
    can: Vec<&'static str>,
}

impl ApplicationView {
    /// Opens the packet and compares with those who resemble.
    ///
    /// # Errors
    /// The problem of the store.
    pub async fn read(
        office: &Office,
        caller: &Caller,
        summary: &ApplicationSummary,
        application: &Application,
    ) -> core::result::Result<Self, Problem> {
        let opened = match office.open(summary.id).await {
            Ok((packet, record, _)) => Some((packet, record)),
            Err(Error::Erased | Error::Station(_) | Error::UnknownProfile) => None,
            Err(error) => return Err(error.into()),
        };
        let record = opened.as_ref().map(|(_, record)| record);
        let manifest = opened.as_ref().map(|(packet, _)| packet.manifest());
        let resembling_people = resembling(office, summary.id, application, record).await?;
        let name = |officer: &Officer| officer.name().to_owned();
        Ok(Self {
            summary: SummaryView::of(summary),
            fields: record
                .map(|record| fields(record, None))
                .unwrap_or_default(),
            images: manifest.map(pictures).unwrap_or_default(),
            quality: manifest.map(quality).unwrap_or_default(),
            overridden: manifest.map(overridden).unwrap_or_default(),
            resembling_people,
            supervisor: application.receipt().supervisor.as_ref().map(name),
            reviewer: application.reviewer().map(name),
            approver: application.approver().map(name),
            can: rights(caller, application),
        })
    }
}

async fn resembling(
    office: &Office,
    id: Uuid,
    application: &Application,
    record: Option<&HolderRecord>,
) -> Result<Vec<ResemblingView>> {
    let mut views = Vec::new();
    let found = application.check().map(|check| check.resembling.as_slice());
    for resemblance in found.unwrap_or_default() {
        let Some(PersonView { row, texts }) = office.person(resemblance.person).await? else {
            continue;
        };
        let portrait = office.portrait_of(row.id, id).await?;
        let path = |(id, name)| format!("/v1/applications/{id}/images/{name}");
        views.push(ResemblingView {
            portrait: portrait.map(path),
            person: row.id,
            rule: resemblance.rule.clone(),
            score: resemblance.score,
            status: row.status.word(),
            number: row.number,
            texts: fields(&texts, record),
        });
    }
    Ok(views)
}

/// The texts of a record, compared with another one where there is one.
#[must_use]
pub fn fields(record: &HolderRecord, other: Option<&HolderRecord>) -> Vec<FieldView> {
    let view = |(field, text): (Field, &str)| FieldView {
        word: field.word(),
        label: field.label().in_language(Language::English).to_owned(),
        label_vi: field.label().in_language(Language::Vietnamese).to_owned(),
        text: text.to_owned(),
        same: other.map(|other| other.texts().get(field) == Some(text)),
    };
    record.texts().iter().map(view).collect()
}

fn pictures(manifest: &Manifest) -> Vec<PictureView> {
    let attachments = manifest.attachments.iter();
    attachments
        .map(|entry| PictureView {
            name: entry.name.clone(),
            subject: subject(&entry.subject),
            of_record: entry.purpose == Purpose::Record,
            media_type: entry.media_type.clone(),
            length: entry.length,
        })
        .collect()
}

fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Portrait => "portrait".to_owned(),
        Subject::Signature => "signature".to_owned(),
        Subject::Finger(word)
        | Subject::Slap(word)
        | Subject::Document(word)
        | Subject::Field(word) => word.clone(),
        Subject::Iris(word) => format!("iris-{word}"),
    }
}

/// The last measures of each subject: those of the try that counts.
fn quality(manifest: &Manifest) -> Vec<Value> {
    let mut last = std::collections::BTreeMap::new();
    for attempt in &manifest.tries {
        let about = subject(&attempt.subject);
        for quality in &attempt.quality {
            last.insert((about.clone(), quality.measure.clone()), quality.score);
        }
    }
    last.into_iter()
        .map(|((subject, measure), score)| json!({ "subject": subject, "measure": measure, "score": score }))
        .collect()
}

fn overridden(manifest: &Manifest) -> Vec<Value> {
    let overrides = manifest.overrides.iter();
    overrides
        .map(|over| {
            json!({ "rule": over.rule, "subject": subject(&over.subject), "reason": over.reason })
        })
        .collect()
}

/// What this caller may do with an application now: rights, stage and four eyes.
fn rights(caller: &Caller, application: &Application) -> Vec<&'static str> {
    let undecided = matches!(
        application.stage().kind(),
        StageKind::Received
            | StageKind::InDuplicateReview
            | StageKind::Checked
            | StageKind::Approved
    );
    let is_another = {
        let receipt = application.receipt();
        let hands = [
            Some(&receipt.operator),
            receipt.supervisor.as_ref(),
            application.reviewer(),
        ];
        !hands
            .into_iter()
            .flatten()
            .any(|hand| hand.is(&caller.officer))
    };
    let stage = application.stage();
    let possible = [
        (
            Permission::DuplicateReview,
            stage == Stage::InDuplicateReview && is_another,
        ),
        (
            Permission::ApplicationApprove,
            stage == Stage::Checked && is_another,
        ),
        (Permission::ApplicationRefuse, undecided),
        (Permission::ApplicationWithdraw, undecided),
        (
            Permission::ComplaintRecord,
            matches!(stage, Stage::Produced(_)) && application.erasure().is_none(),
        ),
    ];
    possible
        .into_iter()
        .filter(|(permission, is_possible)| *is_possible && caller.may(*permission))
        .map(|(permission, _)| permission.code())
        .collect()
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
pub struct HistoryItem {
    /// Its number, from 1.
    version: u32,
    /// When.
    #[serde(serialize_with = "crate::times::serialize")]
    #[schema(value_type = String, format = DateTime)]
    at: OffsetDateTime,
    /// What.
    #[schema(example = "approved")]
    event: &'static str,
    /// Who; nobody where the service did it.
    by: Option<String>,
    /// More of it, by words.
    detail: Value,
}

impl HistoryItem {
    /// All of a history.
    #[must_use]
    pub fn of_all(history: &ApplicationHistory) -> Vec<Self> {
        let events = (1..).zip(&history.events);
        events
            .map(|(version, (at, event))| {
                let (word, by, detail) = told(event);
                Self {
                    version,
                    at: *at,
                    event: word,
                    by: by.map(|officer| officer.name().to_owned()),
                    detail,
                }
            })
            .collect()
    }
}

fn told(event: &Event) -> (&'static str, Option<&Officer>, Value) {
    match event {
        Event::ApplicationReceived(receipt) => (
            "received",
            Some(&receipt.operator),
            json!({ "station": receipt.station, "reason": receipt.reason }),
        ),
        Event::ApplicationChecked(check) => (
            "checked",
            None,
            json!({ "resembling": check.resembling.len(), "overrides": check.overrides }),
        ),
        Event::ResemblanceFound { resembling } => (
            "resemblance-found",
            None,
            json!({ "resembling": resembling.len() }),
        ),
        Event::DuplicatesReviewed { by, .. } => ("duplicates-reviewed", Some(by), Value::Null),
        Event::ApplicationApproved { by } => ("approved", Some(by), Value::Null),
        Event::PersonAssigned { person } => ("person-assigned", None, json!({ "person": person })),
        Event::ProductionBegun { job } => ("production-begun", None, json!({ "job": job })),
        Event::ProductionFailed { job, reason } => (
            "production-failed",
            None,
            json!({ "job": job, "reason": reason.word() }),
        ),
        Event::DocumentProduced { job } => ("produced", None, json!({ "job": job })),
        Event::ComplaintRaised { job, reason, by } => (
            "complaint",
            Some(by),
            json!({ "job": job, "reason": reason.word() }),
        ),
        Event::ApplicationCompleted { job } => ("completed", None, json!({ "job": job })),
        Event::ApplicationRefused { reason, rules, by } => (
            "refused",
            by.as_ref(),
            json!({ "reason": reason.word(), "rules": rules }),
        ),
        Event::ApplicationWithdrawn { by } => ("withdrawn", Some(by), Value::Null),
        Event::BiometricsErased(erasure) => (
            "biometrics-erased",
            None,
            json!({ "cause": erasure.cause.word() }),
        ),
    }
}
