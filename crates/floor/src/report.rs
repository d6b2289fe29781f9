//! The report that is printed and signed: stock, shifts, batches, rejects, in Vietnamese or English.

mod page;
mod shift;
mod words;

use time::OffsetDateTime;
use time::macros::format_description;

use crate::{Batch, Card, Reason, Stage, State};

pub use words::Language;
use words::Word;

/// A report, ready to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    language: Language,
    title: &'static str,
    sections: Vec<Section>,
}

/// A table with a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Section {
    heading: String,
    columns: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

/// What a journal says of itself.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// How many lines it has.
    pub lines: u64,
    /// The link of the last one.
    pub link: &'a str,
}

impl Sheet {
    /// The report of a floor at this moment.
    #[must_use]
    pub fn of(state: &State, head: Head<'_>, now: OffsetDateTime, language: Language) -> Self {
        let say = |word: Word| word.in_language(language);
        let mut sections = vec![Section {
            heading: moment(now),
            columns: vec![say(Word::Journal), say(Word::Link)],
            rows: vec![vec![head.lines.to_string(), head.link.to_owned()]],
        }];
        sections.push(stock(state, language));
        sections.extend(shift::sections(state, language));
        sections.push(Section {
            heading: say(Word::Batches).to_owned(),
            columns: [
                Word::Batch,
                Word::TakenBy,
                Word::Jobs,
                Word::Good,
                Word::Rejects,
                Word::Remaining,
            ]
            .map(say)
            .to_vec(),
            rows: state
                .batches()
                .iter()
                .map(|batch| batch_row(state, batch, language))
                .collect(),
        });
        sections.push(causes(state, language));
        sections.push(rejects(state, language));
        Self {
            language,
            title: say(Word::Title),
            sections,
        }
    }

    /// As plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.title);
        for section in &self.sections {
            text.push_str(&format!("\n{}\n", section.heading));
            let head = section
                .columns
                .iter()
                .map(|column| (*column).to_owned())
                .collect();
            let rows: Vec<&Vec<String>> = core::iter::once(&head).chain(&section.rows).collect();
            let width = |column: usize| {
                let cells = rows.iter().filter_map(|row| row.get(column));
                cells
                    .map(|cell| cell.chars().count())
                    .max()
                    .unwrap_or_default()
            };
            for row in &rows {
                let cells = row.iter().enumerate();
                let cells = cells.map(|(column, cell)| format!("{cell:<0$}", width(column)));
                let line = cells.collect::<Vec<_>>().join("  ");
                text.push_str(&format!("  {}\n", line.trim_end()));
            }
        }
        let signatures = [Word::CountedBy, Word::ConfirmedBy];
        for word in signatures.map(|word| word.in_language(self.language)) {
            text.push_str(&format!("\n{word}: ______________________________\n"));
        }
        text
    }
}

fn moment(at: OffsetDateTime) -> String {
    at.format(format_description!(
        "[year]-[month]-[day] [hour]:[minute] UTC"
    ))
    .unwrap_or_default()
}

/// `received = in stock + reserved + … + missing`, one line each.
fn stock(state: &State, language: Language) -> Section {
    let numbers = state.numbers();
    let say = |word: Word| word.in_language(language).to_owned();
    let mut rows = vec![vec![say(Word::Received), numbers.received.to_string()]];
    for stage in Stage::ALL {
        rows.push(vec![
            words::stage(stage, language).to_owned(),
            numbers.in_stage(stage).to_string(),
        ]);
    }
    let sum: u64 = Stage::ALL.map(|stage| numbers.in_stage(stage)).iter().sum();
    rows.push(vec![say(Word::Sum), sum.to_string()]);
    rows.push(vec![
        say(Word::AddsUp),
        say(if numbers.adds_up() {
            Word::Yes
        } else {
            Word::No
        }),
    ]);
    Section {
        heading: say(Word::Stock),
        columns: [Word::What, Word::Count]
            .map(|word| word.in_language(language))
            .to_vec(),
        rows,
    }
}

fn batch_row(state: &State, batch: &Batch, language: Language) -> Vec<String> {
    let cards: Vec<&Card> = batch
        .chips
        .iter()
        .filter_map(|chip| state.card(chip))
        .collect();
    let count = |is: fn(&Card) -> bool| cards.iter().filter(|card| is(card)).count().to_string();
    let remake = if batch.remake {
        format!(" ({})", Word::Remakes.in_language(language))
    } else {
        String::new()
    };
    vec![
        format!("{}{remake}", batch.id),
        format!("{}, {}", batch.by, moment(batch.taken_at)),
        batch.chips.len().to_string(),
        count(|card| card.stage.is_good()),
        count(|card| card.reason.is_some()),
        count(|card| card.stage.remains()),
    ]
}

/// Rejects by cause, and their share of all cards that came to an end.
fn causes(state: &State, language: Language) -> Section {
    let numbers = state.numbers();
    let good = [Stage::Passed, Stage::HandedOver].map(|stage| numbers.in_stage(stage));
    let ended = good.iter().sum::<u64>() + numbers.rejects();
    let rows = Reason::ALL.into_iter().filter_map(|reason| {
        let count = numbers.rejected_for(reason);
        // Tenths of a per cent, rounded.
        let share = (count * 2000).checked_div(ended)?.div_ceil(2);
        (count > 0).then(|| {
            vec![
                words::reason(reason, language).to_owned(),
                count.to_string(),
                format!("{}.{} %", share / 10, share % 10),
            ]
        })
    });
    Section {
        heading: Word::RejectsByCause.in_language(language).to_owned(),
        columns: [Word::Cause, Word::Count, Word::Share]
            .map(|word| word.in_language(language))
            .to_vec(),
        rows: rows.collect(),
    }
}

/// Every card that is no good one, by its printed number and its chip.
fn rejects(state: &State, language: Language) -> Section {
    let is_bad = |card: &&Card| {
        matches!(
            card.stage,
            Stage::Rejected | Stage::Destroyed | Stage::Missing
        )
    };
    let rows = state.cards().filter(is_bad).map(|card| {
        let cause = card.reason.map(|reason| words::reason(reason, language));
        vec![
            card.number().to_owned(),
            card.chip.to_string(),
            words::stage(card.stage, language).to_owned(),
            cause.unwrap_or_default().to_owned(),
        ]
    });
    Section {
        heading: Word::Rejects.in_language(language).to_owned(),
        columns: [Word::Number, Word::Chip, Word::What, Word::Cause]
            .map(|word| word.in_language(language))
            .to_vec(),
        rows: rows.collect(),
    }
}
