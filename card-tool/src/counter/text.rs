//! A counter on a terminal: data on standard output, the rest on standard error.

use std::io::{IsTerminal as _, Write as _};
use std::thread;
use std::time::Duration;

use inspection::explanation::{self, Both};
use inspection::{Check, DOCUMENT_STATUS, Data, Event, Outcome, Report};
use serde_json::json;

use super::{Judged, Light, Refusal, Scene, Screen, Waiting};
use crate::args::Language;
use crate::commands::{note, print};
use crate::{printable, report};

/// Cursor home, erase the page and what has left it (ECMA-48 §8.3.21, §8.3.39; the last one is a terminal's own).
const CLEAR: &str = "\x1b[H\x1b[2J\x1b[3J";
/// Between two rings of the bell.
const BELL: Duration = Duration::from_millis(180);

/// For people.
pub struct AsText {
    language: Language,
    is_quiet: bool,
    /// What was said last, so that it is said once.
    waiting: Option<Waiting>,
    /// What came of the card that lies there.
    last: Option<(Light, Outcome)>,
    /// What came of the card before.
    before: Option<(Light, Outcome)>,
    /// Whether something of a holder stands on the terminal.
    shows_somebody: bool,
}

impl AsText {
    /// In a language, with or without the bell.
    pub const fn new(language: Language, is_quiet: bool) -> Self {
        Self {
            language,
            is_quiet,
            waiting: None,
            last: None,
            before: None,
            shows_somebody: false,
        }
    }

    fn say(&self, text: Both) -> &'static str {
        match self.language {
            Language::Vi => text.vi,
            Language::En => text.en,
        }
    }

    fn ring(&self, light: Light) {
        if self.is_quiet || !std::io::stderr().is_terminal() {
            return;
        }
        for _ in 0..light.bells() {
            let mut terminal = std::io::stderr();
            let _ = terminal.write_all(b"\x07").and_then(|()| terminal.flush());
            thread::sleep(BELL);
        }
    }

    fn judged(&self, judged: &Judged<'_>) {
        let report = judged.shown.report;
        let mut out = vec![format!("  {}", report.verdict().claim)];
        if judged.refused_numbers > 0 {
            out.push(format!(
                "  {} {}",
                self.say(REFUSED_NUMBERS),
                judged.refused_numbers
            ));
        }
        for check in worth_telling(report).into_iter().chain(silence(report)) {
            out.extend(self.explained(check));
        }
        out.extend(self.holder(report));
        let took = judged.took.as_secs_f64();
        out.push(format!(
            "  {} · {took:.2} s · {}",
            report::times(report),
            match self.language {
                Language::Vi => report::asked(report).vi(),
                Language::En => report::asked(report).en(),
            }
        ));
        let lines: Vec<String> = out.iter().map(|line| printable::line(line)).collect();
        // A terminal that has gone is missed by nobody.
        let _ = print(&format!("{}\n{}", lamp(judged.light), lines.join("\n")));
        self.ring(judged.light);
    }

    fn explained(&self, check: &Check) -> Vec<String> {
        let name = explanation::name(check.kind.id).map_or(check.kind.title, |name| self.say(name));
        let mut lines = vec![format!(
            "  {name}: {} ({})",
            check.finding.outcome, check.finding.cause
        )];
        if let Some(advice) = explanation::of(check.kind.id, check.finding.outcome) {
            lines.push(format!("    {}", self.say(advice.meaning)));
            lines.push(format!("    → {}", self.say(advice.todo)));
        }
        lines
    }

    fn holder(&self, report: &Report) -> Vec<String> {
        let rows = report::holder_rows(report);
        let width = rows.iter().map(|(label, _)| label.chars().count()).max();
        let width = width.unwrap_or_default();
        let mark = match report.data {
            Data::Unverified(_) if !rows.is_empty() => Some(self.say(NOT_VERIFIED).to_owned()),
            _ => None,
        };
        let rows = rows
            .iter()
            .map(|(label, text)| format!("  {label:width$}  {}", printable::line(text)));
        mark.into_iter().chain(rows).collect()
    }

    /// A terminal shows nothing of somebody who has gone, nor above its upper edge.
    fn clear(&mut self) {
        if self.shows_somebody && std::io::stdout().is_terminal() {
            let _ = print(CLEAR);
        }
        self.shows_somebody = false;
    }

    /// The light of a card stays when its holder has gone.
    fn gone(&mut self) {
        self.clear();
        if let Some(last) = self.last.take() {
            note(&in_short(last));
            self.before = Some(last);
        }
        note(self.say(GONE));
    }

    /// The last light stays, and whose it is is said.
    fn interrupted(&mut self) {
        self.clear();
        match (self.last, self.before) {
            (Some(last), _) => note(&in_short(last)),
            (None, Some(before)) => {
                note(&format!("{}: {}", self.say(BEFORE), in_short(before)));
            }
            (None, None) => {}
        }
        note(self.say(INTERRUPTED));
    }

    fn wait(&mut self, waiting: Waiting) {
        if self.waiting == Some(waiting) {
            return;
        }
        self.waiting = Some(waiting);
        let text = match (waiting.card, waiting.number, waiting.has_begun) {
            (_, None, true) => MORE_LINES,
            (false, None, false) => BOTH_WANTED,
            (true, None, false) => NUMBER_WANTED,
            (false, Some(_), _) => CARD_WANTED,
            (true, Some(_), _) => return,
        };
        note(self.say(text));
    }
}

impl Screen for AsText {
    fn show(&mut self, scene: &Scene<'_>) {
        if !matches!(scene, Scene::Waiting(_)) {
            self.waiting = None;
        }
        match scene {
            Scene::Waiting(waiting) => self.wait(*waiting),
            Scene::Refused(Refusal::Useless(error)) => note(&error.to_string()),
            Scene::Refused(Refusal::CardStillThere) => note(self.say(TAKE_AWAY)),
            Scene::Refused(Refusal::WaitedTooLong) => note(self.say(WAITED_TOO_LONG)),
            Scene::During(Event::Read(seen)) => {
                if let Some(mrz) = seen.zone() {
                    self.shows_somebody = true;
                    note(&format!(
                        "{} {} {}, {}",
                        self.say(NOT_YET_VERIFIED),
                        mrz.primary_identifier(),
                        mrz.secondary_identifier(),
                        mrz.document_number()
                    ));
                }
            }
            Scene::During(_) | Scene::Ready => {}
            Scene::Judged(judged) => {
                self.last = Some((judged.light, judged.shown.report.overall()));
                self.shows_somebody = true;
                self.judged(judged);
            }
            Scene::Kept(folder) => note(&format!("{} {}", self.say(KEPT), folder.display())),
            Scene::Trouble { what, todo } => {
                note(what);
                if let Some(todo) = todo {
                    note(&format!("→ {todo}"));
                }
            }
            Scene::Gone => self.gone(),
            Scene::Interrupted => self.interrupted(),
        }
    }
}

/// For programs: one JSON document for each card, in a line.
pub struct AsJson;

impl Screen for AsJson {
    fn show(&mut self, scene: &Scene<'_>) {
        match scene {
            Scene::Judged(judged) => {
                let mut document = report::json(&judged.shown);
                if let Some(object) = document.as_object_mut() {
                    object.insert("light".to_owned(), json!(judged.light.word()));
                    object.insert("refused_numbers".to_owned(), json!(judged.refused_numbers));
                    let took = judged.took.as_secs_f64() * 1000.0;
                    object.insert("took_ms".to_owned(), json!(took));
                }
                let _ = print(&printable::json(&document.to_string()));
            }
            Scene::Kept(folder) => note(&format!("{} {}", KEPT.en, folder.display())),
            Scene::Trouble { what, .. } => note(what),
            Scene::Refused(Refusal::Useless(error)) => note(&error.to_string()),
            Scene::Refused(Refusal::CardStillThere) => note(TAKE_AWAY.en),
            Scene::Refused(Refusal::WaitedTooLong) => note(WAITED_TOO_LONG.en),
            Scene::Waiting(_)
            | Scene::During(_)
            | Scene::Ready
            | Scene::Gone
            | Scene::Interrupted => {}
        }
    }
}

/// What failed, or what kept the document from being in order; without a failure also what was left open.
fn worth_telling(report: &Report) -> Vec<&Check> {
    let (failed, open): (Vec<_>, Vec<_>) = report
        .obstacles()
        .partition(|check| check.finding.outcome == Outcome::Failed);
    if failed.is_empty() { open } else { failed }
}

/// That the issuer gave no answer keeps no document from being in order, and has to be known.
fn silence(report: &Report) -> Option<&Check> {
    let check = report.check(DOCUMENT_STATUS.id);
    check.filter(|check| check.finding.outcome == Outcome::Undetermined)
}

fn lamp(light: Light) -> String {
    let word = light.word().to_uppercase();
    if std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        format!("\x1b[1;{}m● {word}\x1b[0m", light.colour())
    } else {
        format!("● {word}")
    }
}

fn in_short((light, outcome): (Light, Outcome)) -> String {
    format!("● {}: {outcome}", light.word().to_uppercase())
}

const fn both(vi: &'static str, en: &'static str) -> Both {
    Both { vi, en }
}

const BOTH_WANTED: Both = both(
    "Đặt thẻ lên máy đọc và quét dòng MRZ hoặc mã QR, hoặc gõ sáu số CAN.",
    "Put the card on the reader and scan the MRZ or the QR code, or type the six digits of the CAN.",
);
const NUMBER_WANTED: Both = both(
    "Đã có thẻ. Quét dòng MRZ hoặc mã QR, hoặc gõ sáu số CAN.",
    "The card is there. Scan the MRZ or the QR code, or type the six digits of the CAN.",
);
const CARD_WANTED: Both = both(
    "Đã có số. Đặt thẻ lên máy đọc.",
    "The number is there. Put the card on the reader.",
);
const MORE_LINES: Both = both(
    "Quét tiếp các dòng MRZ.",
    "Scan the other lines of the MRZ.",
);
const TAKE_AWAY: Both = both(
    "Lấy thẻ này ra trước khi quét thẻ khác.",
    "Take this card away before you scan another.",
);
const WAITED_TOO_LONG: Both = both(
    "Không có thẻ nào được đặt lên: số đã bị xóa. Hãy quét lại.",
    "No card came for this number: it was forgotten. Scan it again.",
);
const BEFORE: Both = both("Thẻ trước", "The card before");
const INTERRUPTED: Both = both(
    "Đã dừng; mọi dữ liệu về người giữ thẻ đã được xóa khỏi màn hình.",
    "Interrupted; everything about the holder was taken from the screen.",
);
const GONE: Both = both(
    "Thẻ đã được lấy ra; mọi dữ liệu đã được xóa.",
    "The card is gone; everything about it was forgotten.",
);
const NOT_YET_VERIFIED: Both = both("Chưa xác minh:", "Not yet verified:");
const NOT_VERIFIED: Both = both("KHÔNG ĐƯỢC XÁC MINH", "NOT VERIFIED");
const REFUSED_NUMBERS: Both = both(
    "Số lần thử không mở được thẻ này:",
    "Numbers tried in vain with this card:",
);
const KEPT: Both = both("Đã lưu vào", "Kept in");
