//! A person as a row.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::instant::{instant, milliseconds};
use crate::person::{LifeStatus, Person};
use crate::store::{Entity, EntityKind, StoreError};

/// A person as the register lists one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// The person.
    pub id: Uuid,
    /// The personal number, if there is one now.
    pub number: Option<String>,
    /// Whether the person lives.
    pub status: LifeStatus,
    /// What is known, sealed.
    pub sealed: Vec<u8>,
    /// When the person was registered.
    pub registered_at: OffsetDateTime,
    /// Raised with every change of the row.
    pub version: u32,
}

#[derive(Serialize, Deserialize)]
struct Body {
    number: Option<String>,
    sealed: String,
}

pub(super) fn entity(
    id: Uuid,
    person: &Person,
    sealed: &[u8],
    registered_at: OffsetDateTime,
) -> Result<Entity, StoreError> {
    let body = Body {
        number: person.number().map(str::to_owned),
        sealed: BASE64.encode(sealed),
    };
    Ok(Entity {
        kind: EntityKind::Person,
        id,
        state: person.status().word().to_owned(),
        place: String::new(),
        order: milliseconds(registered_at),
        version: 0,
        body: serde_json::to_string(&body)
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?,
    })
}

impl PersonRow {
    pub(super) fn of(entity: &Entity) -> Result<Self, StoreError> {
        let id = entity.id;
        let corrupt = |what| StoreError::Corrupt { id, what };
        let body: Body = serde_json::from_str(&entity.body).map_err(|_| corrupt("row"))?;
        Ok(Self {
            id,
            number: body.number,
            status: LifeStatus::from_word(&entity.state).ok_or(corrupt("status"))?,
            sealed: BASE64
                .decode(&body.sealed)
                .map_err(|_| corrupt("sealed texts"))?,
            registered_at: instant(entity.order).ok_or(corrupt("time"))?,
            version: entity.version,
        })
    }
}
