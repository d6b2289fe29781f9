//! Shifts: what is counted is what is computed, and work is work of a shift.

use floor::shift::Count;
use floor::{Event, Reason, Refused, Stage, State};

use crate::hall::{counted, person};
use crate::office::NOW;
use crate::story::{
    apply, chip, closed, destroyed, floor_with, handed_over, missing, opened, passed, rejected,
    taken, written,
};

fn close_is_refused(state: &mut State, remaining: u64, good: u64, rejects: u64) {
    let refused = state.apply(NOW, &closed(remaining, good, rejects));
    assert!(
        matches!(refused, Err(Refused::CountDiffers { .. })),
        "{remaining} {good} {rejects}: {refused:?}"
    );
}

#[test]
fn a_shift_stays_open_until_what_is_counted_is_what_is_computed() {
    let mut state = floor_with(3);
    apply(&mut state, &[rejected(0, Reason::ChipFaulty)]);
    for (remaining, rejects) in [(3, 0), (3, 1), (1, 1), (2, 0), (2, 2)] {
        close_is_refused(&mut state, remaining, 0, rejects);
    }
    // One card is not there: two persons say so, and then it adds up.
    apply(&mut state, &[missing(1), closed(1, 0, 1)]);
    let account = state.closed_shifts()[0].account(&state.numbers());
    assert!(account.adds_up);
    assert_eq!((account.opened_with, account.received), (0, 3));
    assert_eq!(
        (account.rejects, account.missing, account.remaining),
        (1, 1, 1)
    );
    assert_eq!(state.apply(NOW, &closed(1, 0, 1)), Err(Refused::NoShift));
}

/// Good cards lie there until somebody takes them, and are counted as long.
#[test]
fn good_cards_are_counted_until_they_are_handed_over() {
    let mut state = floor_with(4);
    for number in 0..3 {
        apply(&mut state, &written(number));
        apply(&mut state, &passed(number, None));
    }
    close_is_refused(&mut state, 1, 0, 0);
    close_is_refused(&mut state, 1, 2, 0);
    apply(&mut state, &[missing(1), handed_over(&[0])]);
    close_is_refused(&mut state, 1, 3, 0);
    apply(&mut state, &[closed(1, 1, 0), opened(1, 1, 0)]);
    let first = state.closed_shifts()[0].account(&state.numbers());
    let good = (first.passed, first.good, first.handed_over, first.missing);
    assert_eq!(good, (3, 1, 1, 1));
    apply(&mut state, &[handed_over(&[2])]);
    let second = state.open_shift().unwrap().account(&state.numbers());
    assert_eq!(
        (second.opened_with, second.good, second.handed_over),
        (2, 0, 1)
    );
    assert!(first.adds_up && second.adds_up);
    assert_eq!(state.numbers().in_stage(Stage::HandedOver), 2);
}

#[test]
fn who_hands_over_gives_good_cards_to_somebody_else() {
    let mut state = floor_with(2);
    apply(&mut state, &written(0));
    apply(&mut state, &passed(0, None));
    let to_oneself = Event::HandedOver {
        chips: vec![chip(0)],
        by: person("TEST One"),
        to: person("test.one"),
    };
    for (event, refused) in [
        (to_oneself, Refused::SamePerson),
        (handed_over(&[0, 0]), Refused::Twice(chip(0))),
        (handed_over(&[]), Refused::NoGoodCard),
        (handed_over(&[9]), Refused::Stranger(chip(9))),
    ] {
        assert_eq!(state.apply(NOW, &event), Err(refused), "{event:?}");
    }
    let not_good = state.apply(NOW, &handed_over(&[0, 1]));
    assert!(matches!(not_good, Err(Refused::Stage { .. })));
    apply(&mut state, &[handed_over(&[0])]);
    let gone = state.apply(NOW, &missing(0));
    assert!(matches!(gone, Err(Refused::Stage { .. })));
}

/// What is begun between two shifts would be in no shift's account. A batch of jobs is paper, and may come.
#[test]
fn no_card_is_worked_on_between_two_shifts() {
    let mut state = floor_with(3);
    apply(&mut state, &written(0));
    apply(&mut state, &[rejected(2, Reason::ChipFaulty)]);
    let [started, committed] = written(1);
    apply(&mut state, &[started.clone(), closed(2, 0, 1)]);
    let [locking, _] = passed(0, None);
    let received = Event::Received {
        chips: vec![chip(7)],
        by: person("TEST One"),
    };
    for event in [
        started.clone(),
        locking,
        received,
        rejected(0, Reason::PrintFaulty),
        destroyed(2),
        missing(0),
    ] {
        assert_eq!(state.apply(NOW, &event), Err(Refused::NoShift), "{event:?}");
    }
    // What a card has done is written down whenever it ends.
    apply(&mut state, &[committed, opened(2, 0, 1)]);
    let mut empty = State::default();
    let by = person("TEST One");
    apply(&mut empty, &[Event::Opened { by }, taken(2)]);
    assert_eq!(empty.numbers().received, 2);
}

#[test]
fn a_shift_may_begin_with_the_numbers_of_the_last_close() {
    let as_closed = |remaining| Event::ShiftOpened {
        by: person("TEST One"),
        count: counted(remaining, 0, 0),
        as_closed: true,
    };
    let mut state = State::default();
    let by = person("TEST One");
    apply(&mut state, &[Event::Opened { by }]);
    assert_eq!(state.apply(NOW, &as_closed(0)), Err(Refused::NeverClosed));
    apply(&mut state, &[opened(0, 0, 0), closed(0, 0, 0)]);
    let mut quiet = state.clone();
    apply(&mut quiet, &[as_closed(0)]);
    assert!(quiet.open_shift().unwrap().as_closed);
    // Chips came in meanwhile: somebody has to count.
    apply(&mut state, &[taken(2)]);
    let refused = state.apply(NOW, &as_closed(0));
    assert!(matches!(refused, Err(Refused::CountDiffers { .. })));
}

/// Nobody knows where to count a card that may be in the field.
#[test]
fn a_shift_is_not_closed_while_a_lock_is_open() {
    let mut state = floor_with(1);
    apply(&mut state, &written(0));
    let [locking, pass] = passed(0, None);
    apply(&mut state, &[locking]);
    for close in [closed(1, 0, 0), closed(0, 1, 0)] {
        assert_eq!(state.apply(NOW, &close), Err(Refused::LockOpen(chip(0))));
    }
    apply(&mut state, &[pass, closed(0, 1, 0)]);
}

/// Journals of before have counts without good cards: they are read, and not written.
#[test]
fn a_count_has_good_cards_in_it() {
    let mut state = floor_with(1);
    let without = Count {
        good: None,
        ..counted(1, 0, 0)
    };
    let by = crate::story::pair();
    let close = Event::ShiftClosed { by, count: without };
    assert!(matches!(
        state.apply(NOW, &close),
        Err(Refused::CountDiffers { .. })
    ));
}
