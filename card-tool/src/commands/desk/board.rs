//! What the page shows, as one JSON document with a number that grows with each change.
//!
//! It is all there is: when the card is gone, everything of it is gone from here, and the page that asks next is told so.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use inspection::explanation;
use inspection::{Event, NotYetVerified, PROCEDURE, Portrait, Scan};
use mrz::Mrz;
use serde_json::{Map, Value, json};

use crate::counter::{Judged, Refusal, Scene, Screen, Waiting};
use crate::report;

/// The board on the wall of the desk.
#[derive(Default)]
pub struct Board {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Default)]
struct Inner {
    version: u64,
    fields: Map<String, Value>,
    portrait: Option<Portrait>,
}

/// Who writes on it.
pub struct Writer<'a>(pub &'a Board);

impl Board {
    /// The document, as soon as it is another than that of this number; the same after `patience`.
    pub fn after(&self, version: u64, patience: Duration) -> Value {
        let inner = self.lock();
        let waited = self
            .changed
            .wait_timeout_while(inner, patience, |inner| inner.version == version);
        let (inner, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let mut fields = inner.fields.clone();
        fields.insert("version".to_owned(), json!(inner.version));
        fields.insert("portrait".to_owned(), json!(inner.portrait.is_some()));
        Value::Object(fields)
    }

    /// The portrait, as long as the card lies there.
    pub fn portrait(&self) -> Option<Portrait> {
        self.lock().portrait.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.lock();
        change(&mut inner);
        inner.version += 1;
        drop(inner);
        self.changed.notify_all();
    }
}

impl Inner {
    fn set(&mut self, name: &str, value: Value) {
        self.fields.insert(name.to_owned(), value);
    }

    /// Forgets everything but these.
    fn keep(&mut self, names: &[&str]) {
        self.fields.retain(|name, _| names.contains(&name.as_str()));
        self.portrait = None;
    }
}

impl Screen for Writer<'_> {
    fn show(&mut self, scene: &Scene<'_>) {
        self.0.change(|board| match scene {
            Scene::Waiting(waiting) => board.set("waiting", json_of(*waiting)),
            Scene::Refused(refusal) => board.set("refused", json!(word(*refusal))),
            Scene::During(event) => during(board, event),
            Scene::Judged(judged) => judge(board, judged),
            Scene::Trouble { what, todo } => {
                board.set("trouble", json!({ "what": what, "todo": todo }));
            }
            Scene::Ready => {
                board.fields.remove("trouble");
            }
            // The last light is of nobody.
            Scene::Gone => board.keep(&["last"]),
        });
    }
}

fn during(board: &mut Inner, event: &Event<'_>) {
    match event {
        Event::Started(kind) => {
            // A new card, or a new number for the one that lies there.
            let is_first = PROCEDURE.first().map(|step| step.kind.id) == Some(kind.id);
            if is_first {
                board.keep(&[]);
            }
            let name = explanation::name(kind.id);
            let name = name.map(|name| json!({ "vi": name.vi, "en": name.en }));
            board.set("step", json!({ "id": kind.id, "name": name }));
        }
        Event::Reading { file, done, total } => board.set(
            "file",
            json!({ "name": file.name(), "done": done, "total": total }),
        ),
        Event::Read(seen) => read(board, seen),
        Event::Finished(_) => {}
    }
}

fn read(board: &mut Inner, seen: &NotYetVerified<'_>) {
    if let Some(mrz) = seen.zone() {
        board.set("not_yet_verified", zone(&mrz));
    }
    if let Some(portrait) = seen.portrait() {
        board.portrait = Some(portrait);
    }
}

fn judge(board: &mut Inner, judged: &Judged<'_>) {
    board.keep(&[]);
    let mut report = report::json(&judged.shown);
    let holder = report.get_mut("holder").and_then(Value::as_object_mut);
    // The page asks for the picture by itself.
    holder.map(|holder| holder.remove("portrait"));
    let light = judged.light.word();
    let took = json!(judged.took.as_secs_f64() * 1000.0);
    board
        .portrait
        .clone_from(&judged.shown.report.data.as_shown().portrait);
    let overall = judged.shown.report.overall().word();
    board.set(
        "last",
        json!({ "light": light, "overall": overall, "took_ms": took }),
    );
    board.set(
        "verdict",
        json!({ "light": light, "took_ms": took, "refused_numbers": judged.refused_numbers, "report": report }),
    );
}

/// The zone in the words of the report's fields.
fn zone(mrz: &Mrz) -> Value {
    let rows = report::zone_rows(mrz).into_iter();
    json!(
        rows.map(|(label, text)| json!({ "label": label, "text": text }))
            .collect::<Vec<_>>()
    )
}

fn json_of(waiting: Waiting) -> Value {
    json!({
        "card": waiting.card,
        "number": waiting.number.map(Scan::word),
        "has_begun": waiting.has_begun,
    })
}

/// The page has its own words for each.
const fn word(refusal: Refusal) -> &'static str {
    use inspection::ScanError as E;
    match refusal {
        Refusal::CardStillThere => "card-still-there",
        Refusal::Useless(E::Unknown) => "unknown",
        Refusal::Useless(E::Misread(_)) => "misread",
        Refusal::Useless(E::Mistyped) => "mistyped",
    }
}
