//! Pictures from the camera, from files, from the scanner's folder.

use std::time::Instant;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::problem::{Answer, Problem};
use super::{Inner, Shared, aside, files, inbox, lock, views};
use crate::Result;
use crate::station::capture::{
    CheckedPrint, FRAME, PHOTOGRAPH, PRINT, SLAP, SlapKind, check_print, check_slap,
};
use crate::station::person::{Person, media_type};
use crate::station::refusal::CaptureError;
use crate::station::{positions, review};
use enrolment::packet::Subject;

/// Where a picture comes from.
#[derive(Deserialize)]
pub struct From {
    /// The name of a file in the scanner's folder, instead of the body.
    inbox: Option<String>,
}

/// A frame of the running camera: nothing of it is kept.
pub async fn frame(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
    content: Body,
) -> Answer<Json<Value>> {
    shared.operator(&headers)?;
    if !shared.station.drafts().list()?.contains(&id) {
        return Err(Problem::not_found());
    }
    let file = files::body(&headers, content, FRAME.max_bytes).await?;
    let (checked, time) = shared.live.look(file).await?;
    Ok(Json(views::portrait(&checked, time.as_millis())))
}

/// A photograph, from the camera or a file.
pub async fn portrait(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
    Query(from): Query<From>,
    content: Body,
) -> Answer<Json<Value>> {
    let session = shared.operator(&headers)?;
    let _permit = permit(&shared).await?;
    let file = picture(&shared, &headers, from, content, PHOTOGRAPH.max_bytes).await?;
    aside(&shared, move |inner| {
        let start = Instant::now();
        let checked = lock(&inner.examiner).photograph(&file)?;
        let took = start.elapsed();
        let (person, number) = inner.change(id, session.key.name(), |person, now| {
            let number = person.take_portrait(&checked, &file, now)?;
            if checked.cut.is_none() {
                person.refuse_portrait(checked.remarks.clone());
            }
            Ok(number)
        })?;
        let mut answer = views::portrait(&checked, took.as_millis());
        if let Value::Object(map) = &mut answer {
            map.insert("try".into(), number.into());
            map.insert("portrait_url".into(), views::portrait_url(&person).into());
        }
        Ok(Json(answer))
    })
    .await
}

/// The portrait of the record.
pub async fn portrait_file(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
) -> Answer<Response> {
    shared.operator(&headers)?;
    aside(&shared, move |inner| {
        let person = inner.load(id)?;
        let file = person
            .portrait
            .as_ref()
            .and_then(|shot| person.file_of(shot));
        let file = file.ok_or(Problem::not_found())?.to_vec();
        Ok(([(header::CONTENT_TYPE, media_type(&file))], file).into_response())
    })
    .await
}

/// A print of one finger.
pub async fn finger(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((id, word)): Path<(Uuid, String)>,
    Query(from): Query<From>,
    content: Body,
) -> Answer<Json<Value>> {
    let session = shared.operator(&headers)?;
    let finger = positions::by_word(&word).ok_or(CaptureError::UnknownFinger)?;
    let _permit = permit(&shared).await?;
    let file = picture(&shared, &headers, from, content, PRINT.max_bytes).await?;
    aside(&shared, move |inner| {
        let checked = check_print(&file, finger.position, &inner.config.fingers)?;
        let (person, number) = inner.change(id, session.key.name(), |person, now| {
            person.take_print(&checked, now)
        })?;
        Ok(Json(finger_view(inner, &person, &checked, number)?))
    })
    .await
}

/// Four fingers at once, or both thumbs. While the hand or the number of fingers is wrong, none of them is taken.
pub async fn slap(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Path((id, word)): Path<(Uuid, String)>,
    Query(from): Query<From>,
    content: Body,
) -> Answer<Json<Value>> {
    let session = shared.operator(&headers)?;
    let kind = SlapKind::from_word(&word).ok_or(CaptureError::UnknownFinger)?;
    let _permit = permit(&shared).await?;
    let file = picture(&shared, &headers, from, content, SLAP.max_bytes).await?;
    aside(&shared, move |inner| {
        let missing = inner.load(id)?.missing_positions();
        let checked = check_slap(&file, kind, &missing, &inner.config.fingers)?;
        let subject = Subject::Slap(kind.subject().to_owned());
        let (person, taken) = inner.change(id, session.key.name(), |person, now| {
            person.note_slap(subject.clone(), &checked.remarks, now)?;
            let mut taken = Vec::new();
            if checked.is_taken() {
                for print in &checked.fingers {
                    let number = person.take_print(print, now)?;
                    taken.push((print, number));
                }
                let fingers: Vec<_> = taken.iter().filter_map(numbered).collect();
                person.keep_slap(kind.subject(), &checked.remarks, &fingers);
            }
            Ok(taken)
        })?;
        let remarks = checked.remarks.iter();
        let found: Vec<_> = remarks
            .map(|remark| review::of_remark(subject.clone(), remark))
            .collect();
        let fingers = taken
            .into_iter()
            .map(|(print, number)| finger_view(inner, &person, print, number));
        Ok(Json(json!({
            "fingers": fingers.collect::<Result<Vec<_>>>()?,
            "hand": checked.hand_word(),
            "findings": views::findings(&found, &[]),
        })))
    })
    .await
}

fn numbered((print, number): &(&CheckedPrint, u16)) -> Option<(&'static str, u16)> {
    Some((positions::by_position(print.position)?.word, *number))
}

/// The finger as it stands in the record; where the try just made was worse than that, what is wrong with it.
fn finger_view(inner: &Inner, person: &Person, tried: &CheckedPrint, number: u16) -> Result<Value> {
    let found = inner.found(person)?;
    let finger = positions::by_position(tried.position).ok_or(CaptureError::UnknownFinger)?;
    let word = finger.word;
    let Some(shot) = person.fingers.get(word) else {
        return Ok(Value::Null);
    };
    let mut view = views::finger(word, shot, &found, &[]);
    // The print that is kept may be that of an earlier, better try.
    if let Value::Object(map) = &mut view {
        map.insert("kept_try".into(), shot.number.into());
        map.insert("try".into(), number.into());
        if shot.number != number {
            map.insert("refused_try".into(), refused(word, tried));
        }
    }
    Ok(view)
}

/// A try that does not replace the one before.
fn refused(word: &str, tried: &CheckedPrint) -> Value {
    let subject = Subject::Finger(word.to_owned());
    let remarks = tried.remarks.iter();
    let found: Vec<_> = remarks
        .map(|remark| review::of_remark(subject.clone(), remark))
        .collect();
    let first = found.iter().find(|one| one.refuses());
    json!({
        "quality": tried.quality,
        "vi": first.map(|one| one.vi.as_str()),
        "en": first.map(|one| one.en.as_str()),
        "findings": views::findings(&found, &[]),
    })
}

async fn permit(shared: &Shared) -> Answer<tokio::sync::SemaphorePermit<'_>> {
    shared
        .pictures
        .acquire()
        .await
        .map_err(|_| Problem::internal())
}

/// The picture of a request, or of the file that it names.
async fn picture(
    shared: &Shared,
    headers: &HeaderMap,
    from: From,
    content: Body,
    limit: usize,
) -> Answer<Bytes> {
    match from.inbox {
        None => files::body(headers, content, limit).await,
        Some(name) => {
            aside(shared, move |inner| {
                Ok(inbox::read(inner, &name, limit)?.into())
            })
            .await
        }
    }
}
