//! The issuer profiles that this service knows: read, not changed. They are part of the program, so that a card issued today can be
//! explained by the release that made it.

use access::Permission;
use enrolment::profile::{IssuerProfile, PortraitCoding};
use enrolment::{Field, Rule, profiles};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use crate::api::extract::{Json, Path};
use crate::api::page::Page;
use crate::api::problem::{Kind, Problem};
use crate::api::route::Route;

/// The routes.
pub fn routes() -> Vec<Route> {
    let read = |handler| Route::right(Permission::ProfileManage, handler);
    vec![read(routes!(list)), read(routes!(show))]
}

/// A field of the record.
#[derive(Serialize, ToSchema)]
struct ProfileField {
    /// Its word.
    #[schema(example = "full_name")]
    word: &'static str,
    /// Its name in English.
    label: &'static str,
    /// Its name in Vietnamese.
    label_vi: &'static str,
}

impl ProfileField {
    fn of_all(fields: &[Field]) -> Vec<Self> {
        let view = |field: &Field| Self {
            word: field.word(),
            label: field.label().en,
            label_vi: field.label().vi,
        };
        fields.iter().map(view).collect()
    }
}

/// A rule of a profile beyond the general ones.
#[derive(Serialize, ToSchema)]
struct ProfileRule {
    /// Its word.
    id: &'static str,
    /// `error`, or `warning`.
    #[schema(value_type = String, example = "error")]
    severity: String,
    /// What is wrong where it is broken, in English.
    english: &'static str,
    /// The same in Vietnamese.
    vietnamese: &'static str,
    /// The clause of a law or standard, or why there is the rule.
    source: &'static str,
}

impl ProfileRule {
    fn of(rule: &Rule) -> Self {
        Self {
            id: rule.id,
            severity: rule.severity.to_string(),
            english: rule.message.en,
            vietnamese: rule.message.vi,
            source: rule.source,
        }
    }
}

/// What is asked of the portrait.
#[derive(Serialize, ToSchema)]
struct PortraitView {
    /// The least width, in pixels.
    min_width: u32,
    /// The least height, in pixels.
    min_height: u32,
    /// Octets that the picture may have on the chip.
    max_bytes: usize,
    /// `jpeg-2000` or `jpeg`.
    #[schema(example = "jpeg-2000")]
    coding: &'static str,
}

/// An issuer profile.
#[derive(Serialize, ToSchema)]
struct ProfileView {
    /// Its word in records and applications.
    #[schema(example = "vn-can-cuoc-2024")]
    id: &'static str,
    /// What people call the document, in English.
    english: &'static str,
    /// What people call it, in Vietnamese.
    vietnamese: &'static str,
    /// The document code of the machine readable zone.
    document_code: &'static str,
    /// The issuing state of the machine readable zone.
    issuing_state: &'static str,
    /// Lines of the machine readable zone.
    mrz_lines: usize,
    /// Whether the number of the document is made of the personal number.
    numbered_by_person: bool,
    /// Whether the service gives personal numbers.
    gives_personal_numbers: bool,
    /// Fields without which there is no document.
    required: Vec<ProfileField>,
    /// Fields that it can hold besides.
    optional: Vec<ProfileField>,
    /// Its own rules.
    rules: Vec<ProfileRule>,
    /// What is asked of the portrait.
    portrait: PortraitView,
    /// The age in years from which both index fingers are captured.
    fingers_from_age: i32,
    /// The files of the chip.
    #[schema(example = json!(["EF.DG1", "EF.DG2"]))]
    files: Vec<&'static str>,
}

impl ProfileView {
    fn of(profile: &dyn IssuerProfile) -> Self {
        let data = profile.data();
        let optional: Vec<Field> = data.optional.iter().copied().flatten().copied().collect();
        Self {
            id: data.id,
            english: data.title.en,
            vietnamese: data.title.vi,
            document_code: data.document_code,
            issuing_state: data.issuing_state,
            mrz_lines: data.mrz_format.size().0,
            numbered_by_person: profile.is_numbered_by_person(),
            gives_personal_numbers: profile.gives(Field::PersonalNumber),
            required: ProfileField::of_all(data.required),
            optional: ProfileField::of_all(&optional),
            rules: profile
                .rules()
                .iter()
                .map(|rule| ProfileRule::of(rule))
                .collect(),
            portrait: PortraitView {
                min_width: data.portrait.min_width,
                min_height: data.portrait.min_height,
                max_bytes: data.portrait.max_bytes,
                coding: match data.portrait.coding {
                    PortraitCoding::Jpeg2000 => "jpeg-2000",
                    PortraitCoding::Jpeg => "jpeg",
                },
            },
            fingers_from_age: data.fingers.from_age,
            files: data.data_groups.iter().map(|file| file.name()).collect(),
        }
    }
}

/// The issuer profiles.
#[utoipa::path(get, path = "/v1/profiles", tag = "profiles", responses((status = 200, body = Page<ProfileView>)))]
async fn list() -> Json<Page<ProfileView>> {
    let items = profiles::ALL
        .iter()
        .map(|profile| ProfileView::of(*profile));
    Json(Page {
        items: items.collect(),
        next: None,
    })
}

/// One issuer profile.
#[utoipa::path(get, path = "/v1/profiles/{id}", tag = "profiles", params(("id" = String, Path, max_length = 64)),
    responses((status = 200, body = ProfileView)))]
async fn show(Path(id): Path<String>) -> Result<Json<ProfileView>, Problem> {
    let profile = profiles::by_id(&id).ok_or(Kind::NotFound)?;
    Ok(Json(ProfileView::of(profile)))
}
