//! A shift on paper: its account, and what was counted beside what the journal comes to.

use super::words::{Language, Word};
use super::{Section, moment};
use crate::State;
use crate::shift::{Count, Shift};
use crate::stock::Numbers;

/// The shift that is open, or the last one.
pub(super) fn sections(state: &State, language: Language) -> Vec<Section> {
    let Some(shift) = state.open_shift().or(state.closed_shifts().last()) else {
        return Vec::new();
    };
    let now = state.numbers();
    vec![
        account(shift, &now, language),
        counts(shift, &now, language),
    ]
}

fn account(shift: &Shift, now: &Numbers, language: Language) -> Section {
    let say = |word: Word| word.in_language(language).to_owned();
    let account = shift.account(now);
    let mut rows = vec![vec![
        say(Word::OpenedBy),
        format!("{}, {}", shift.opened_by, moment(shift.opened_at)),
    ]];
    for (word, count) in [
        (Word::OpenedWith, account.opened_with.to_string()),
        (Word::Received, account.received.to_string()),
        (Word::Passed, account.passed.to_string()),
        (Word::Good, account.good.to_string()),
        (Word::HandedOver, account.handed_over.to_string()),
        (Word::Rejects, account.rejects.to_string()),
        (Word::Destroyed, account.destroyed.to_string()),
        (Word::Missing, account.missing.to_string()),
        (Word::Remaining, account.remaining.to_string()),
    ] {
        rows.push(vec![say(word), count]);
    }
    rows.push(vec![
        say(Word::AddsUp),
        say(if account.adds_up { Word::Yes } else { Word::No }),
    ]);
    let closed = match &shift.end {
        Some(end) => {
            let [first, second] = end.by.persons();
            format!("{first}, {second}, {}", moment(end.at))
        }
        None => say(Word::StillOpen),
    };
    rows.push(vec![say(Word::ClosedBy), closed]);
    Section {
        heading: format!("{} {}", say(Word::Shift), shift.number),
        columns: [Word::What, Word::Count]
            .map(|word| word.in_language(language))
            .to_vec(),
        rows,
    }
}

/// What people have counted, and what the journal came to at that moment.
fn counts(shift: &Shift, now: &Numbers, language: Language) -> Section {
    let say = |word: Word| word.in_language(language).to_owned();
    let opening = Count::computed(&shift.opening);
    let mut rows = beside(Word::AtOpening, Some(&shift.counted), &opening, language);
    if shift.as_closed {
        rows.push(vec![
            say(Word::AtOpening),
            say(Word::AsClosed),
            String::new(),
        ]);
    }
    let (counted, numbers) = match &shift.end {
        Some(end) => (Some(&end.counted), &end.closing),
        None => (None, now),
    };
    let closing = Count::computed(numbers);
    rows.extend(beside(Word::AtClosing, counted, &closing, language));
    Section {
        heading: format!(
            "{} {}: {}",
            say(Word::Shift),
            shift.number,
            say(Word::Counted)
        ),
        columns: [Word::What, Word::Counted, Word::Computed]
            .map(|word| word.in_language(language))
            .to_vec(),
        rows,
    }
}

/// One row for each number; a place that nobody has counted stays empty.
fn beside(
    when: Word,
    counted: Option<&Count>,
    computed: &Count,
    language: Language,
) -> Vec<Vec<String>> {
    let shown = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let row = |what: Word, counted: Option<u64>, computed: Option<u64>| {
        let what = format!(
            "{}, {}",
            what.in_language(language),
            when.in_language(language)
        );
        vec![what, shown(counted), shown(computed)]
    };
    vec![
        row(
            Word::Remaining,
            counted.map(|count| count.remaining),
            Some(computed.remaining),
        ),
        row(
            Word::Good,
            counted.and_then(|count| count.good),
            computed.good,
        ),
        row(
            Word::Rejects,
            counted.map(|count| count.rejects),
            Some(computed.rejects),
        ),
    ]
}
