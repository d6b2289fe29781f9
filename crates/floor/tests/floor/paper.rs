//! What is printed, and what the service is told.

use floor::report::{Head, Language, Sheet};
use floor::results::{self, CardResult};
use floor::{Event, JobEntry, Pair, Reason, State};

use crate::hall::{counted, person};
use crate::office::NOW;
use crate::story::{BATCH, chip, job, passed, receipt, rejected, written};

/// 0 is good, 1 is good and its receipt lost, 2 was written and is bad, 3 is spoiled, 4 is written, 5 waits.
fn state() -> State {
    let mut state = State::default();
    let jobs = (0..6).map(|number| JobEntry {
        job: job(number),
        chip: chip(number),
        number: format!("X{number}"),
        sha256: None,
    });
    let by = person("TEST One <i>");
    let mut events = vec![
        Event::Opened { by: by.clone() },
        Event::ShiftOpened {
            by: by.clone(),
            count: counted(0, 0, 0),
            as_closed: false,
        },
        Event::Taken {
            batch: BATCH,
            remake: true,
            jobs: jobs.collect(),
            source: None,
            by,
        },
    ];
    for number in [0, 1, 2, 4] {
        events.extend(written(number));
    }
    events.extend(passed(0, Some(receipt(4))));
    events.extend(passed(1, None));
    events.push(rejected(2, Reason::PrintFaulty));
    events.push(rejected(3, Reason::ChipFaulty));
    for event in &events {
        state.apply(NOW, event).unwrap();
    }
    state
}

#[test]
fn the_service_is_told_each_thing_once_and_in_its_words() {
    let mut state = state();
    let told = results::of(&state);
    assert_eq!(told.len(), 1);
    let batch = &told[0];
    assert_eq!(batch.batch, BATCH);
    let text = serde_json::to_value(&batch.writing).unwrap();
    let commit = serde_json::json!({ "counter": 3, "mac": "0f".repeat(16) });
    let outcome = |n: usize| text["results"][n].clone();
    assert_eq!(
        outcome(0),
        serde_json::json!({ "outcome": "written", "job": job(0), "commit": commit })
    );
    let spoiled = CardResult::Spoiled {
        job: job(3),
        reason: Reason::ChipFaulty,
    };
    assert!(batch.writing.results.contains(&spoiled));
    assert_eq!(batch.writing.results.len(), 5);
    let rejected = CardResult::Rejected {
        job: job(2),
        reason: Reason::PrintFaulty,
    };
    let passed = CardResult::Passed {
        job: job(0),
        lock: receipt(4),
    };
    assert_eq!(batch.quality.results, [passed, rejected]);
    assert_eq!(batch.lock_receipt_lost, [job(1)]);
    assert_eq!(batch.jobs(), [0, 1, 2, 3, 4].map(job));

    let report = told_of(&state);
    state.apply(NOW, &report).unwrap();
    assert_eq!(results::of(&state), []);
    // A reject that is destroyed is no news; a written card that passes is, and only that.
    let by = Pair::new(person("TEST One"), person("TEST Two")).unwrap();
    let destroyed = Event::Destroyed { chip: chip(2), by };
    state.apply(NOW, &destroyed).unwrap();
    assert_eq!(results::of(&state), []);
    for event in passed_later() {
        state.apply(NOW, &event).unwrap();
    }
    let told = results::of(&state);
    assert_eq!(told[0].jobs(), [job(4)]);
    assert!(told[0].writing.results.is_empty());
}

fn told_of(printed: &State) -> Event {
    Event::Reported {
        jobs: Vec::new(),
        told: results::told(printed),
        by: Some(person("TEST Two")),
    }
}

fn passed_later() -> [Event; 2] {
    passed(4, Some(receipt(4)))
}

#[test]
fn the_report_has_every_number_in_both_languages() {
    let state = state();
    let head = Head {
        lines: 16,
        link: "abc",
    };
    for (language, words) in [
        (
            Language::English,
            [
                "Personalisation floor",
                "Adds up        yes",
                "Print faulty  1      25.0 %",
                "(remakes)",
                "Counted by: ___",
            ],
        ),
        (
            Language::Vietnamese,
            [
                "Xưởng cá thể hoá thẻ",
                "Khớp số       có",
                "25.0 %",
                "(làm lại)",
                "Người kiểm đếm: ___",
            ],
        ),
    ] {
        let sheet = Sheet::of(&state, head, NOW, language);
        let text = sheet.text();
        for word in words {
            assert!(text.contains(word), "{word}:\n{text}");
        }
        let page = sheet.html();
        assert!(page.contains("TEST One &lt;i&gt;") && !page.contains("<i>"));
        assert!(page.contains(&format!("<html lang=\"{}\">", language.tag())));
        for number in ["X2", "X3"] {
            assert!(text.contains(number) && page.contains(number));
        }
    }
}
