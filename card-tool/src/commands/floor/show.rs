//! What people and programs see while cards are made: a line for each reader on a terminal, plain lines in a pipe, JSON for programs.

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use floor::Card;
use floor::lane::Step;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use crate::commands::{Context, note, print};
use crate::printable;

/// A card that left its reader as it should.
pub struct Finished {
    /// The card.
    pub card: Card,
    /// What was done with it: `written`, `passed`, `voided`.
    pub what: &'static str,
    /// The chip's receipt, as the register takes it: KIND:COUNTER:MAC.
    pub receipt: Option<String>,
}

/// The show of one run.
pub struct Show {
    form: Form,
    begun: Instant,
    done: Mutex<u64>,
    /// The card in each reader, as soon as it is known.
    inside: Mutex<BTreeMap<String, Card>>,
}

enum Form {
    /// On a terminal.
    Table {
        all: MultiProgress,
        bars: Mutex<BTreeMap<String, ProgressBar>>,
        sum: ProgressBar,
    },
    /// In a pipe.
    Lines,
    /// For programs.
    Json,
}

impl Show {
    /// Begins.
    pub fn new(context: &Context) -> Self {
        let form = if context.json() {
            Form::Json
        } else if std::io::stderr().is_terminal() {
            let all = MultiProgress::new();
            let sum = all.add(ProgressBar::no_length());
            sum.set_style(style("{msg}"));
            Form::Table {
                all,
                bars: Mutex::default(),
                sum,
            }
        } else {
            Form::Lines
        };
        Self {
            form,
            begun: Instant::now(),
            done: Mutex::new(0),
            inside: Mutex::default(),
        }
    }

    /// A reader came, went, or was taken out.
    pub fn reader(&self, reader: &str, what: &str) {
        self.tell(
            &format!("{reader}: {what}"),
            &json!({ "event": "reader", "reader": reader, "what": what }),
        );
        if let Form::Table { all, bars, sum } = &self.form {
            let mut bars = bars.lock().unwrap_or_else(PoisonError::into_inner);
            let bar = bars.entry(reader.to_owned()).or_insert_with(|| {
                let bar = all.insert_before(sum, ProgressBar::new(100));
                bar.set_style(style("{prefix:28!} {bar:20} {percent:>3} % {msg}"));
                bar.set_prefix(printable::line(reader));
                bar
            });
            bar.set_message(what.to_owned());
        }
    }

    /// A card is being worked on.
    pub fn step(&self, reader: &str, card: &Card, step: Step) {
        self.inside().insert(reader.to_owned(), card.clone());
        let Form::Table { bars, .. } = &self.form else {
            return;
        };
        let bars = bars.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(bar) = bars.get(reader) else { return };
        match step {
            Step::Named(what) => bar.set_message(format!("{} {what}", name(card))),
            Step::Octets { done, total } => {
                bar.set_length(total.try_into().unwrap_or(u64::MAX));
                bar.set_position(done.try_into().unwrap_or(u64::MAX));
            }
        }
    }

    /// A card is as it should be.
    pub fn finished(&self, reader: &str, finished: &Finished, took: Duration) {
        *self.done.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.inside().remove(reader);
        let Finished {
            card,
            what,
            receipt,
        } = finished;
        let text = format!(
            "{reader}: GOOD {} {what}, chip {}, {:.1} s",
            name(card),
            card.chip,
            took.as_secs_f64()
        );
        let value = json!({
            "event": "finished", "reader": reader, "result": what, "number": card.number(), "job": card.job(),
            "chip": card.chip.to_string(), "receipt": receipt, "seconds": took.as_secs_f64(),
        });
        self.tell(&text, &value);
        self.mark(reader, &format!("GOOD {} take it out", name(card)));
    }

    /// A card is not, and why; `wrong` when it was the wrong card and was not touched.
    pub fn failed(&self, reader: &str, why: &str, wrong: bool) {
        let (sign, event) = if wrong {
            ("WRONG CARD", "wrong-card")
        } else {
            ("FAILED", "failed")
        };
        let card = self.inside().remove(reader);
        let card = card.as_ref();
        let named = card.map(name).unwrap_or_default();
        self.tell(
            &format!("{reader}: {sign} {named} {why}"),
            &json!({
                "event": event, "reader": reader, "why": why, "number": card.map(Card::number), "job": card.and_then(Card::job),
                "chip": card.map(|card| card.chip.to_string()),
            }),
        );
        self.mark(reader, &format!("{sign} {named} {why}"));
    }

    /// How many wait, and how long that will take.
    pub fn waiting(&self, waiting: u64) {
        if let Form::Table { sum, .. } = &self.form {
            sum.set_message(self.rate(waiting));
            sum.tick();
        }
    }

    /// Cards done and waiting, cards an hour, and when it is over.
    pub fn rate(&self, waiting: u64) -> String {
        let done = *self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let hours = self.begun.elapsed().as_secs_f64() / 3600.0;
        let an_hour = f64::from(u32::try_from(done).unwrap_or(u32::MAX)) / hours.max(1e-6);
        let mut text = format!("{done} done, {waiting} wait, {an_hour:.0} cards/h");
        if done > 0 && waiting > 0 {
            let left = f64::from(u32::try_from(waiting).unwrap_or(u32::MAX)) / an_hour * 60.0;
            text.push_str(&format!(", ready in {left:.0} min"));
        }
        text
    }

    /// How many cards were done.
    pub fn done(&self) -> u64 {
        *self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The table is over; what is printed next stands alone.
    pub fn end(&self) {
        if let Form::Table { all, .. } = &self.form {
            let _ = all.clear();
            // Bars that go with this would draw themselves once more.
            all.set_draw_target(ProgressDrawTarget::hidden());
        }
    }

    fn inside(&self) -> MutexGuard<'_, BTreeMap<String, Card>> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mark(&self, reader: &str, text: &str) {
        if let Form::Table { bars, .. } = &self.form {
            let bars = bars.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(bar) = bars.get(reader) {
                bar.set_message(printable::line(text));
            }
        }
    }

    /// One line of news. Whoever reads it may have gone away: the work goes on.
    fn tell(&self, text: &str, value: &Value) {
        match &self.form {
            Form::Table { all, .. } => all.suspend(|| note(text)),
            Form::Lines => drop(print(&printable::line(text))),
            Form::Json => drop(print(&printable::json(&value.to_string()))),
        }
    }
}

/// The number that people read on a card; a chip without a job has only its own.
fn name(card: &Card) -> String {
    match card.number() {
        "" => card.chip.to_string(),
        number => number.to_owned(),
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
