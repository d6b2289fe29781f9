//! Whom a request means, and how that is found out: by as many reads for nobody as for somebody.

use register::document::StageKind;
use register::store::{Breadth, Claim, ClaimKind, EntityKind, SearchKey, Store};
use register::{Applications, Documents, Key, People, PersonRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Fault, Result};

/// Characters of a number at most.
pub const MAX_NUMBER: usize = 22;
/// Most documents of one number that are looked through.
const MAX_DOCUMENTS: u32 = 100;

/// Whom a request means.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = VerificationSubject)]
pub enum Subject {
    /// The holder of a personal number.
    PersonalNumber(String),
    /// The holder of a document.
    Document {
        /// The issuing state as the machine readable zone has it.
        #[schema(pattern = "^[A-Z]{1,3}$", example = "UTO")]
        issuing_state: String,
        /// The number of the document.
        #[schema(pattern = "^[0-9A-Z]{1,22}$")]
        number: String,
    },
}

impl core::fmt::Debug for Subject {
    /// Numbers of people do not belong into logs.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::PersonalNumber(_) => "PersonalNumber",
            Self::Document { .. } => "Document",
        })
    }
}

impl Subject {
    /// Whether it can be one at all.
    ///
    /// # Errors
    /// [`Fault::Content`].
    pub fn check(&self) -> Result<()> {
        let is_number = |text: &str| {
            (1..=MAX_NUMBER).contains(&text.len())
                && text
                    .bytes()
                    .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
        };
        match self {
            Self::PersonalNumber(number) if is_number(number) => Ok(()),
            Self::Document {
                issuing_state,
                number,
            } if is_number(number)
                && (1..=3).contains(&issuing_state.len())
                && issuing_state.bytes().all(|c| c.is_ascii_uppercase()) =>
            {
                Ok(())
            }
            _ => Err(Fault::Content("subject")),
        }
    }

    /// As text, for keyed hashes.
    pub(super) fn text(&self) -> String {
        match self {
            Self::PersonalNumber(number) => format!("number/{number}"),
            Self::Document {
                issuing_state,
                number,
            } => format!("document/{issuing_state}/{number}"),
        }
    }

    /// The person's row, if there is such a person now.
    ///
    /// # Errors
    /// Those of the store.
    pub(super) async fn find<S: Store>(&self, store: &S) -> Result<Option<PersonRow>> {
        let people = People::new(store.clone());
        match self {
            Self::PersonalNumber(number) => {
                let person = people.of_number(number).await?;
                let row = people.row(person.unwrap_or(Uuid::nil())).await?;
                // A number that was cancelled is nobody's.
                Ok(row.filter(|row| row.number.as_ref() == Some(number)))
            }
            Self::Document {
                issuing_state,
                number,
            } => {
                let job = job_of(store, issuing_state, number).await?;
                let document = Documents::new(store.clone())
                    .history(job.unwrap_or(Uuid::nil()))
                    .await?
                    .document();
                // Whoever holds a document that is none any more is not told of its holder.
                let is_live = |kind| !matches!(kind, StageKind::Ended | StageKind::Voided);
                let document = document.filter(|document| is_live(document.stage().kind()));
                let application = document.and_then(|document| document.entry().application);
                let applications = Applications::new(store.clone());
                let summary = applications
                    .summary(application.unwrap_or(Uuid::nil()))
                    .await?;
                let person = summary.and_then(|summary| summary.person);
                Ok(people.row(person.unwrap_or(Uuid::nil())).await?)
            }
        }
    }
}

/// The job of a document number: two reads of claims and one search, whatever is found.
async fn job_of<S: Store>(store: &S, issuing_state: &str, number: &str) -> Result<Option<Uuid>> {
    let claim = Claim::new(
        ClaimKind::DocumentNumber,
        format!("{issuing_state}/{number}"),
    );
    if let Some(job) = store.holder(&claim).await? {
        let _ = store.holder(&claim).await?;
        let _ = store
            .find(
                EntityKind::Document,
                &[SearchKey([0; 16])],
                Breadth::All,
                MAX_DOCUMENTS,
            )
            .await?;
        return Ok(Some(job));
    }
    let key = Key::DocumentNumber {
        issuing_state: issuing_state.to_owned(),
        number: number.to_owned(),
    };
    Ok(Documents::new(store.clone()).find(&key).await?)
}
