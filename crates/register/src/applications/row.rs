//! An application as a row of lists.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::application::{Application, Priority, Stage, StageKind};
use crate::instant::{instant, milliseconds};
use crate::store::{Cursor, Entity, EntityKind, StoreError};

/// A line of a list. It names the applicant by nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationSummary {
    /// The application.
    pub id: Uuid,
    /// How far it is.
    pub stage: StageKind,
    /// The issuer profile.
    pub profile: String,
    /// The station.
    pub station: String,
    /// Who enrolled.
    pub operator: String,
    /// How urgent it is.
    pub priority: Priority,
    /// How many registered persons resemble the applicant.
    pub resembling: u32,
    /// How many rules were overridden at the station.
    pub overrides: u32,
    /// How often a card was made in vain.
    pub remakes: u32,
    /// The person of the register, where known.
    pub person: Option<Uuid>,
    /// The job of the document, where one is made or was.
    pub job: Option<Uuid>,
    /// Why it was refused.
    pub refused: Option<String>,
    /// Whether the biometrics are gone.
    pub erased: bool,
    /// When the packet came.
    pub received_at: OffsetDateTime,
    /// When something last happened to it.
    pub changed_at: OffsetDateTime,
    /// Raised with every change of the row.
    pub version: u32,
}

#[derive(Serialize, Deserialize)]
struct Body {
    profile: String,
    operator: String,
    priority: String,
    resembling: u32,
    overrides: u32,
    remakes: u32,
    person: Option<Uuid>,
    job: Option<Uuid>,
    refused: Option<String>,
    erased: bool,
    changed_at: i64,
}

pub(super) fn entity(
    id: Uuid,
    application: &Application,
    received_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Result<Entity, StoreError> {
    let receipt = application.receipt();
    let check = application.check();
    let stage = application.stage();
    let count = |items: usize| u32::try_from(items).unwrap_or(u32::MAX);
    let body = Body {
        profile: receipt.profile.clone(),
        operator: receipt.operator.name().to_owned(),
        priority: application.priority().word().to_owned(),
        resembling: check.map_or(0, |check| count(check.resembling.len())),
        overrides: check.map_or(0, |check| check.overrides),
        remakes: application.remakes(),
        person: application.person(),
        job: stage.job(),
        refused: match stage {
            Stage::Refused(reason) => Some(reason.word().to_owned()),
            _ => None,
        },
        erased: application.erasure().is_some(),
        changed_at: milliseconds(now),
    };
    Ok(Entity {
        kind: EntityKind::Application,
        id,
        state: stage.kind().word().to_owned(),
        place: receipt.station.clone(),
        order: milliseconds(received_at),
        version: 0,
        body: serde_json::to_string(&body)
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?,
    })
}

impl ApplicationSummary {
    /// The place of the line in its list.
    #[must_use]
    pub const fn cursor(&self) -> Cursor {
        Cursor {
            order: milliseconds(self.received_at),
            id: self.id,
        }
    }

    pub(super) fn of(entity: &Entity) -> Result<Self, StoreError> {
        let id = entity.id;
        let corrupt = |what| StoreError::Corrupt { id, what };
        let body: Body = serde_json::from_str(&entity.body).map_err(|_| corrupt("row"))?;
        Ok(Self {
            id,
            stage: StageKind::from_word(&entity.state).ok_or(corrupt("stage"))?,
            profile: body.profile,
            station: entity.place.clone(),
            operator: body.operator,
            priority: Priority::from_word(&body.priority).ok_or(corrupt("priority"))?,
            resembling: body.resembling,
            overrides: body.overrides,
            remakes: body.remakes,
            person: body.person,
            job: body.job,
            refused: body.refused,
            erased: body.erased,
            received_at: instant(entity.order).ok_or(corrupt("time"))?,
            changed_at: instant(body.changed_at).ok_or(corrupt("time"))?,
            version: entity.version,
        })
    }
}
