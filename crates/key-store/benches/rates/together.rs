//! Several threads at the same work, and what of it is owed to the machine.
//!
//! The rate by the clock says what is got on this machine at this moment; the rate by the CPU time of the threads says what a
//! thread gets done while it runs, and is the same on a busy machine. Threads that wait for each other lose by the clock and
//! not by CPU time; threads that spin, or take each other's cache lines, lose by both.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::{ROUND, ROUNDS, median};

/// What a thread does again and again; each thread makes its own.
pub type Work<'a> = dyn Fn() -> Box<dyn FnMut() + 'a> + Sync + 'a;

/// How often in a second, all threads together.
#[derive(Clone, Copy)]
pub struct Rates {
    pub wall: f64,
    /// In a second of one CPU; nothing where the system does not tell.
    pub cpu: Option<f64>,
}

/// Runs several threads that all begin and end at the same moment.
pub fn together(threads: usize, work: &Work<'_>) -> Rates {
    let ready = Barrier::new(threads + 1);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut once = work();
                    ready.wait();
                    let before = cpu_seconds();
                    let mut count = 0u32;
                    while !over.load(Ordering::Relaxed) {
                        once();
                        count += 1;
                    }
                    let spent = before.zip(cpu_seconds()).map(|(from, to)| to - from);
                    (f64::from(count), spent)
                })
            })
            .collect();
        ready.wait();
        let start = Instant::now();
        std::thread::sleep(ROUND);
        over.store(true, Ordering::Relaxed);
        let ended: Vec<_> = running
            .into_iter()
            .map(|thread| thread.join().expect("a count"))
            .collect();
        let count: f64 = ended.iter().map(|(count, _)| count).sum();
        let spent: Option<f64> = ended.iter().map(|(_, spent)| *spent).sum();
        Rates {
            wall: count / start.elapsed().as_secs_f64(),
            cpu: spent.map(|spent| count / spent),
        }
    })
}

/// The CPU time of this thread. Linux writes it in nanoseconds (proc(5), `schedstat`), as of the last switch of threads.
fn cpu_seconds() -> Option<f64> {
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split(' ').next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

/// One thread and two, in turn.
pub struct Compared {
    pub one: f64,
    pub two: f64,
    /// Two against one by the clock.
    pub wall: f64,
    /// The same where both have a CPU of their own all the time: twice what a second of one gives.
    pub cpu: Option<f64>,
}

pub fn compare(work: &Work<'_>) -> Compared {
    let mut rates = [Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        for (threads, rates) in [1, 2].into_iter().zip(&mut rates) {
            rates.push(together(threads, work));
        }
    }
    let wall = |index: usize| median(rates[index].iter().map(|rate| rate.wall).collect());
    let cpu = |index: usize| -> Option<f64> {
        let all: Option<Vec<f64>> = rates[index].iter().map(|rate| rate.cpu).collect();
        all.map(median)
    };
    Compared {
        one: wall(0),
        two: wall(1),
        wall: wall(1) / wall(0),
        cpu: cpu(0).zip(cpu(1)).map(|(one, two)| 2.0 * two / one),
    }
}
