//! People: searched by number or by name and birth, and shown. Every look is audited: nobody browses a register of people unseen.

use access::Permission;
use axum::extract::State;
use enrolment::{BirthDate, Field};
use register::DocumentSummary;
use register::store::Change;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;
use uuid::Uuid;

use super::application_view::{FieldView, SummaryView, fields};
use crate::api::Shared;
use crate::api::caller::Caller;
use crate::api::extract::{Json, Path, Query, bounded};
use crate::api::page::Page;
use crate::api::problem::{Kind, Problem};
use crate::api::route::Route;
use crate::office::{PersonQuery, PersonView};

/// People of one answer: whoever finds more has to ask more precisely.
const MAX_FOUND: usize = 50;
/// Characters of a personal number at most.
const MAX_NUMBER: usize = 32;
/// Characters of a name at most.
const MAX_NAME: usize = 200;
/// Characters of a date of birth.
const MAX_BIRTH: usize = 10;
/// Applications that are shown of one person: more than a life has.
const MAX_APPLICATIONS: u32 = 50;

/// The routes.
pub fn routes() -> Vec<Route> {
    vec![
        Route::right(Permission::PersonSearch, routes!(search)),
        Route::right(Permission::PersonRead, routes!(show)),
    ]
}

/// Who is looked for: by a number, or by a name with a date of birth.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The personal number.
    #[param(max_length = 32)]
    number: Option<String>,
    /// The name, in any order, with or without tones.
    #[param(max_length = 200)]
    name: Option<String>,
    /// The date of birth, or the year (`1999-12-31`, `1999`). Needed with a name: nobody is looked for by a name alone, and 400 says so.
    #[param(max_length = 10, example = "1999-12-31")]
    birth: Option<String>,
}

impl Wanted {
    fn checked(self) -> Result<Self, Problem> {
        Ok(Self {
            number: bounded(self.number, MAX_NUMBER, "number")?,
            name: bounded(self.name, MAX_NAME, "name")?,
            birth: bounded(self.birth, MAX_BIRTH, "birth")?,
        })
    }

    /// The date of birth that goes with a name. Without one no search key could be made, and nobody would ever be found.
    fn birth(&self) -> Result<String, Problem> {
        let birth = self.birth.as_deref().map(str::trim).unwrap_or_default();
        match BirthDate::parse(birth) {
            Some(_) => Ok(birth.to_owned()),
            None => Err(Problem::new(Kind::Malformed).detail("birth")),
        }
    }
}

/// A person in a list.
#[derive(Serialize, ToSchema)]
struct FoundPerson {
    id: Uuid,
    number: Option<String>,
    /// `living`, `missing` or `dead`.
    status: &'static str,
    full_name: String,
    date_of_birth: Option<String>,
    sex: Option<String>,
}

impl FoundPerson {
    fn of(view: &PersonView) -> Self {
        let texts = view.texts.texts();
        let text = |field| texts.get(field).map(str::to_owned);
        Self {
            id: view.row.id,
            number: view.row.number.clone(),
            status: view.row.status.word(),
            full_name: view.full_name(),
            date_of_birth: text(Field::DateOfBirth),
            sex: text(Field::Sex),
        }
    }
}

/// Looks for people, by a number or by a name with a date of birth.
#[utoipa::path(get, path = "/v1/people", tag = "people", params(Wanted),
    responses((status = 200, body = Page<FoundPerson>)))]
async fn search(
    State(api): State<Shared>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Page<FoundPerson>>, Problem> {
    let office = &api.office;
    let wanted = wanted.checked()?;
    let found = match (&wanted.number, &wanted.name) {
        (Some(number), None) => match office.people().of_number(number).await? {
            Some(id) => office.person(id).await?.into_iter().collect(),
            None => Vec::new(),
        },
        (None, Some(name)) => {
            let query = PersonQuery {
                name: name.clone(),
                birth: Some(wanted.birth()?),
            };
            office.search(&query, MAX_FOUND).await?
        }
        _ => return Err(Problem::new(Kind::Malformed).detail("either number or name")),
    };
    let change = Change::new(api.now());
    let subject = ("search", caller.request);
    let permission = Permission::PersonSearch;
    office
        .commit(change, &caller.hand(), permission, subject)
        .await?;
    let items = found.iter().map(FoundPerson::of).collect();
    Ok(Json(Page { items, next: None }))
}

/// A person with everything that is known.
#[derive(Serialize, ToSchema)]
struct WholePerson {
    #[serde(flatten)]
    person: FoundPerson,
    /// The texts.
    fields: Vec<FieldView>,
    /// Numbers that the person had.
    cancelled_numbers: Vec<String>,
    /// The person's applications, the last ones first; fifty at most.
    applications: Vec<SummaryView>,
    /// The documents that were made for them, the last ones first.
    documents: Vec<PersonDocument>,
}

/// A document of a person.
#[derive(Serialize, ToSchema)]
struct PersonDocument {
    /// The job.
    job: Uuid,
    /// The document code of the machine readable zone.
    #[schema(example = "P")]
    kind: String,
    /// The issuing state.
    #[schema(example = "UTO")]
    issuing_state: String,
    /// The number.
    number: String,
    /// The issuer profile.
    profile: String,
    /// How far it is.
    #[schema(example = "handed-over")]
    stage: &'static str,
    /// The application that it is made for.
    application: Option<Uuid>,
    /// When something last happened to it.
    #[serde(serialize_with = "crate::times::serialize")]
    #[schema(value_type = String, format = DateTime)]
    changed_at: OffsetDateTime,
}

impl PersonDocument {
    fn of(line: &DocumentSummary) -> Self {
        Self {
            job: line.job,
            kind: line.document_code.clone(),
            issuing_state: line.issuing_state.clone(),
            number: line.document_number.clone(),
            profile: line.profile.clone(),
            stage: line.stage.word(),
            application: line.application,
            changed_at: line.changed_at,
        }
    }
}

/// Shows a person.
#[utoipa::path(get, path = "/v1/people/{id}", tag = "people", params(("id" = Uuid, Path)),
    responses((status = 200, body = WholePerson)))]
async fn show(
    State(api): State<Shared>,
    caller: Caller,
    Path(id): Path<Uuid>,
) -> Result<Json<WholePerson>, Problem> {
    let office = &api.office;
    let view = office.person(id).await?.ok_or(Kind::NotFound)?;
    let history = office.people().history(id).await?;
    let cancelled = history.person().map(|person| person.cancelled().to_vec());
    let applications = office
        .applications()
        .of_person(id, MAX_APPLICATIONS)
        .await?;
    let documents = office.documents_of(&applications).await?;
    let change = Change::new(api.now());
    let permission = Permission::PersonRead;
    office
        .commit(change, &caller.hand(), permission, ("person", id))
        .await?;
    Ok(Json(WholePerson {
        person: FoundPerson::of(&view),
        fields: fields(&view.texts, None),
        cancelled_numbers: cancelled.unwrap_or_default(),
        applications: applications.iter().map(SummaryView::of).collect(),
        documents: documents.iter().map(PersonDocument::of).collect(),
    }))
}
