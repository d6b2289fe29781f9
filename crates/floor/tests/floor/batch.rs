//! A batch at several readers at once.

use std::sync::Mutex;
use std::time::Instant;

use floor::Stage;

use crate::hall::{Fuse, Hall};

const CARDS: usize = 200;
const READERS: usize = 4;

/// Cards are put in as they come to hand, at several readers; each finds its job.
#[test]
fn a_batch_at_several_readers() {
    let hall = Hall::of(CARDS);
    hall.take();
    let begin = Instant::now();
    for is_writing in [true, false] {
        let tray = Mutex::new((0..CARDS).rev());
        let desk = hall.desk(&Fuse::none());
        std::thread::scope(|scope| {
            for reader in 0..READERS {
                let (hall, tray, desk) = (&hall, &tray, &desk);
                scope.spawn(move || {
                    loop {
                        let Some(chip) = tray.lock().unwrap().next() else {
                            return;
                        };
                        let mut card = hall.insert(chip, &Fuse::none());
                        let reader = format!("R{reader}");
                        if is_writing {
                            hall.write_at(&reader, desk, &mut card).unwrap();
                        } else {
                            hall.judge_as("TEST Judge", desk, &mut card).unwrap();
                        }
                    }
                });
            }
        });
    }
    hall.all_good();
    let desk = hall.desk(&Fuse::none());
    let journal = desk.journal.lock().unwrap();
    assert!(journal.state().next().is_empty());
    assert_eq!(
        journal.state().numbers().in_stage(Stage::Passed),
        CARDS as u64
    );
    assert_eq!(journal.count(), 3 + 4 * CARDS as u64);
    println!("{CARDS} cards in {:.1} s", begin.elapsed().as_secs_f64());
}
