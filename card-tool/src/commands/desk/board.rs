//! What the page shows, as one JSON document with a number that grows with each change.
//!
//! It is all there is: when the card is gone, everything of it is gone from here, and the page that asks next is told so.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use inspection::explanation;
use inspection::{Event, NotYetVerified, PROCEDURE, Portrait, Scan};
use mrz::Mrz;
use serde_json::{Map, Value, json};

use crate::counter::{Judged, Refusal, Scene, Screen, Waiting};
use crate::{printable, report};

/// The board on the wall of the desk.
#[derive(Clone, Default)]
pub struct Board(Arc<Shared>);

#[derive(Default)]
struct Shared {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Default)]
struct Inner {
    version: u64,
    fields: Map<String, Value>,
    picture: Option<Picture>,
    /// Verdicts that were given.
    verdicts: u64,
}

/// The portrait of the card that lies there.
struct Picture {
    portrait: Portrait,
    /// What a browser shows of it: media type and octets.
    shown: Option<Image>,
}

type Image = Arc<(&'static str, Vec<u8>)>;

/// Who writes on it.
pub struct Writer<'a>(pub &'a Board);

impl Board {
    /// The document, as soon as it is another than that of this number; the same after `patience`.
    pub fn after(&self, version: u64, patience: Duration) -> Value {
        let inner = self.lock();
        let changed = &self.0.changed;
        let waited = changed.wait_timeout_while(inner, patience, |inner| inner.version == version);
        let (inner, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let mut fields = inner.fields.clone();
        fields.insert("version".to_owned(), json!(inner.version));
        fields.insert("portrait".to_owned(), json!(inner.image().is_some()));
        Value::Object(fields)
    }

    /// The portrait as a browser shows it, as long as the card lies there.
    pub fn portrait(&self) -> Option<Image> {
        self.lock().image().cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.lock();
        change(&mut inner);
        inner.version += 1;
        drop(inner);
        self.0.changed.notify_all();
    }

    /// A portrait is decoded once, and nobody waits for it: neither the card nor a connection. One whose card has gone by then is
    /// forgotten.
    fn decode(&self, portrait: Portrait) {
        let board = self.clone();
        let decode = move || {
            let Some(image) = report::shown_image(&portrait).map(Arc::new) else {
                return;
            };
            board.change(|inner| {
                let picture = inner.picture.as_mut();
                if let Some(picture) = picture.filter(|picture| picture.portrait == portrait) {
                    picture.shown = Some(image);
                }
            });
        };
        // Without a thread there is no picture, and everything else.
        let _ = thread::Builder::new().spawn(decode);
    }
}

impl Inner {
    /// A card says what it likes: what is on the board turns no line round.
    fn set(&mut self, name: &str, value: Value) {
        self.fields.insert(name.to_owned(), printable::shown(value));
    }

    fn image(&self) -> Option<&Image> {
        self.picture.as_ref()?.shown.as_ref()
    }

    /// Forgets everything but these.
    fn keep(&mut self, names: &[&str]) {
        self.fields.retain(|name, _| names.contains(&name.as_str()));
        self.picture = None;
    }

    /// Takes a portrait; `true` if it is another one.
    fn take(&mut self, portrait: &Portrait) -> bool {
        let has_it = |picture: &Picture| picture.portrait == *portrait;
        if self.picture.as_ref().is_some_and(has_it) {
            return false;
        }
        self.picture = Some(Picture {
            portrait: portrait.clone(),
            shown: None,
        });
        true
    }
}

impl Screen for Writer<'_> {
    fn show(&mut self, scene: &Scene<'_>) {
        let portrait = match scene {
            Scene::During(Event::Read(seen)) => seen.portrait(),
            Scene::Judged(judged) => judged.shown.report.data.as_shown().portrait.clone(),
            _ => None,
        };
        let mut is_another = false;
        self.0.change(|board| match scene {
            Scene::Waiting(waiting) => board.set("waiting", json_of(*waiting)),
            Scene::Refused(refusal) => board.set("refused", json!(word(*refusal))),
            Scene::During(event) => {
                during(board, event);
                is_another = portrait
                    .as_ref()
                    .is_some_and(|portrait| board.take(portrait));
            }
            Scene::Judged(judged) => {
                let before = board.picture.take();
                judge(board, judged);
                board.picture = before.filter(|before| Some(&before.portrait) == portrait.as_ref());
                is_another = portrait
                    .as_ref()
                    .is_some_and(|portrait| board.take(portrait));
            }
            Scene::Trouble { what, todo } => {
                board.set("trouble", json!({ "what": what, "todo": todo }));
            }
            Scene::Ready => {
                board.fields.remove("trouble");
            }
            Scene::Kept(folder) => board.set("kept", json!(folder)),
            // The last light is of nobody.
            Scene::Gone | Scene::Interrupted => board.keep(&["last"]),
        });
        if let Some(portrait) = portrait.filter(|_| is_another) {
            self.0.decode(portrait);
        }
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
}

fn judge(board: &mut Inner, judged: &Judged<'_>) {
    board.keep(&[]);
    board.verdicts += 1;
    let number = board.verdicts;
    let mut report = report::json(&judged.shown);
    let holder = report.get_mut("holder").and_then(Value::as_object_mut);
    // The page asks for the picture by itself.
    holder.map(|holder| holder.remove("portrait"));
    let light = judged.light.word();
    let took = json!(judged.took.as_secs_f64() * 1000.0);
    let overall = judged.shown.report.overall().word();
    board.set(
        "last",
        json!({ "light": light, "overall": overall, "took_ms": took }),
    );
    board.set(
        "verdict",
        json!({ "number": number, "light": light, "took_ms": took, "refused_numbers": judged.refused_numbers, "report": report }),
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
        Refusal::WaitedTooLong => "waited-too-long",
        Refusal::Useless(E::Unknown) => "unknown",
        Refusal::Useless(E::Misread(_)) => "misread",
        Refusal::Useless(E::Mistyped) => "mistyped",
    }
}
