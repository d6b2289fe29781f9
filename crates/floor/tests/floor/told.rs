//! What was printed is what the service was told, whatever has happened since.

use floor::results::{self, NoLongerGood};
use floor::{Error, Event, Journal, Mark, Reason, Refused, Stage, State, Told};

use crate::hall::{Paper, person};
use crate::office::NOW;
use crate::story::{
    apply, floor_with, handed_over, job, missing, opened, passed, receipt, rejected, taken, written,
};

fn reported(told: Vec<Told>) -> Event {
    Event::Reported {
        jobs: Vec::new(),
        told,
        by: Some(person("TEST Two")),
    }
}

fn note(journal: &mut Journal<Paper>, events: &[Event]) {
    for event in events {
        journal.append(NOW, event).unwrap();
    }
}

fn of_jobs(state: &State) -> Vec<uuid::Uuid> {
    let batches = results::of(state);
    batches
        .iter()
        .flat_map(results::BatchResults::jobs)
        .collect()
}

#[test]
fn what_happens_between_printing_and_telling_is_told_the_next_time() {
    let mut journal = Journal::open(Paper::of(&[])).unwrap();
    let by = person("TEST One");
    note(
        &mut journal,
        &[Event::Opened { by }, opened(0, 0, 0), taken(3)],
    );
    note(&mut journal, &written(0));
    note(&mut journal, &written(1));
    let printed = journal.mark();
    assert_eq!(of_jobs(journal.state()), [job(0), job(1)]);
    // The service is being told; meanwhile one passes, one becomes a reject, and one is written.
    note(&mut journal, &passed(0, Some(receipt(4))));
    note(&mut journal, &[rejected(1, Reason::PrintFaulty)]);
    note(&mut journal, &written(2));
    let then = journal.state_at(&printed).unwrap();
    let told = results::told(&then);
    let of = |number, stage| Told {
        job: job(number),
        stage,
    };
    assert_eq!(told, [of(0, Stage::Written), of(1, Stage::Written)]);
    note(&mut journal, &[reported(told.clone())]);
    let next = results::of(journal.state());
    assert_eq!(next[0].jobs(), [job(0), job(1), job(2)]);
    assert_eq!(next[0].writing.results.len(), 1, "of the last one only");
    assert_eq!(next[0].quality.results.len(), 2);
    // Told once more of the same: nothing is forgotten, and nothing told anew.
    let all = results::told(journal.state());
    note(&mut journal, &[reported(all)]);
    assert_eq!(results::of(journal.state()), []);
    note(&mut journal, &[reported(told)]);
    assert_eq!(results::of(journal.state()), []);
}

#[test]
fn a_mark_is_of_one_journal() {
    let mut journal = Journal::open(Paper::of(&[])).unwrap();
    let by = person("TEST One");
    note(&mut journal, &[Event::Opened { by }, opened(0, 0, 0)]);
    let here = journal.mark();
    assert_eq!(here.to_string().parse::<Mark>(), Ok(here.clone()));
    assert!(journal.state_at(&here).is_ok());
    let first = journal.state_at(&Mark {
        line: 1,
        ..here.clone()
    });
    assert!(matches!(first, Err(Error::Refused(Refused::OtherMark(1)))));
    for line in [0, 3, u64::MAX] {
        let other = journal.state_at(&Mark {
            line,
            ..here.clone()
        });
        assert!(
            matches!(other, Err(Error::Refused(Refused::OtherMark(_)))),
            "{line}"
        );
    }
    for bad in ["", "1", "1:", "x:00", "1:zz", &format!("-1:{}", here.link)] {
        assert_eq!(bad.parse::<Mark>(), Err(Refused::Mark), "{bad}");
    }
}

/// A good card that the service knows as good, and that is not: a person tells it. One that it knows as written is rejected as any other.
#[test]
fn what_was_told_and_is_no_longer_so_is_corrected() {
    let mut state = floor_with(3);
    for number in 0..3 {
        apply(&mut state, &written(number));
        apply(&mut state, &passed(number, Some(receipt(4))));
    }
    let told = results::told(&state);
    let told = reported(told[..2].to_vec());
    apply(&mut state, &[told]);
    apply(
        &mut state,
        &[
            missing(0),
            rejected(1, Reason::PrintFaulty),
            rejected(2, Reason::WrongData),
        ],
    );
    let news = &results::of(&state)[0];
    let gone = |number, reason| NoLongerGood {
        job: job(number),
        reason,
    };
    assert_eq!(
        news.no_longer_good,
        [
            gone(0, Reason::LostInProduction),
            gone(1, Reason::PrintFaulty)
        ]
    );
    assert_eq!(news.quality.results.len(), 1);
    let told = reported(results::told(&state));
    apply(&mut state, &[told]);
    assert_eq!(results::of(&state), []);
}

/// Handing over is no news for the service; of a card that it did not hear of it hears that it is good.
#[test]
fn a_card_that_was_handed_over_is_told_as_good() {
    let mut state = floor_with(1);
    apply(&mut state, &written(0));
    apply(&mut state, &passed(0, Some(receipt(4))));
    apply(&mut state, &[handed_over(&[0])]);
    let news = &results::of(&state)[0];
    assert_eq!(
        (news.writing.results.len(), news.quality.results.len()),
        (1, 1)
    );
    let told = reported(results::told(&state));
    apply(&mut state, &[told]);
    assert_eq!(results::of(&state), []);
}

#[test]
fn nobody_is_told_what_was_not_so() {
    let mut state = floor_with(2);
    apply(&mut state, &written(0));
    for (number, stage) in [
        (0, Stage::Passed),
        (0, Stage::Rejected),
        (0, Stage::InPerso),
        (1, Stage::Written),
    ] {
        let job = job(number);
        let refused = state.apply(NOW, &reported(vec![Told { job, stage }]));
        assert!(
            matches!(refused, Err(Refused::Stage { .. })),
            "{number} {stage}"
        );
    }
}
