//! Error rates of the matcher, on pictures or on drawn fingers:
//!
//! `cargo run --release -p fingerprints --example matching -- FOLDER` compares all pictures of a folder named `finger_touch.png`.
//! `cargo run --release -p fingerprints --example matching -- --draw FIRST LAST TOUCHES [--hard] [--list]` draws the fingers of
//! these seeds: touches as at a counter, a quarter of them bad; `--hard` draws half fingers, pulled, dry or wet. `--list` prints
//! each score.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs
)]

#[path = "../tests/synthesis/drawing.rs"]
mod drawing;
#[path = "../tests/synthesis/files.rs"]
#[allow(dead_code)]
mod files;

use std::{ops::RangeInclusive, path::Path, time::Instant};

use fingerprints::Print;
use fingerprints::matching::{Prepared, SAME_FINGER, compare};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |wanted: &str| arguments.iter().any(|word| word == wanted);
    let (lists, hard) = (has("--list"), has("--hard"));
    let words = arguments.iter().map(String::as_str);
    let words: Vec<&str> = words
        .filter(|word| !["--list", "--hard"].contains(word))
        .collect();
    let prints = match words.as_slice() {
        ["--draw", first, last, touches] => {
            let seeds = first.parse().unwrap()..=last.parse().unwrap();
            drawn(seeds, touches.parse().unwrap(), hard)
        }
        [folder] => files::prints(Path::new(folder)),
        _ => panic!("FOLDER, or --draw FIRST LAST TOUCHES"),
    };
    let start = Instant::now();
    let prepared: Vec<(String, Prepared)> = prints
        .iter()
        .map(|(name, print)| {
            (
                name.clone(),
                Prepared::new(&fingerprints::minutiae::extract(print).unwrap()),
            )
        })
        .collect();
    let extraction = start.elapsed().as_secs_f64() * 1e3 / prints.len().max(1) as f64;
    println!(
        "{} prints, {extraction:.1} ms each for minutiae and edges",
        prints.len()
    );
    let mut table = Table::default();
    let start = Instant::now();
    for (index, (name, print)) in prepared.iter().enumerate() {
        for (other, other_print) in &prepared[index + 1..] {
            let comparison = compare(print, other_print);
            let same = finger(name) == finger(other);
            let scores = if same {
                &mut table.genuine
            } else {
                &mut table.impostor
            };
            scores.push(comparison.score);
            if lists {
                println!(
                    "{name}\t{other}\t{same}\t{:.1}\t{}",
                    comparison.score, comparison.pairs
                );
            }
        }
    }
    let pairs = table.genuine.len() + table.impostor.len();
    println!(
        "{:.0} compares a second",
        pairs as f64 / start.elapsed().as_secs_f64()
    );
    table.print();
}

fn finger(name: &str) -> &str {
    name.rsplit_once('_').map_or(name, |(finger, _)| finger)
}

fn drawn(seeds: RangeInclusive<u64>, touches: u64, hard: bool) -> Vec<(String, Print)> {
    let touches_of = |seed| {
        let finger = drawing::Finger::grow(seed);
        (0..touches)
            .map(|number| {
                let touch = if hard {
                    drawing::Touch::hard(seed, number)
                } else {
                    drawing::Touch::varied(seed, number)
                };
                (
                    format!("{seed:04}_{number}"),
                    drawing::press(&finger, &touch),
                )
            })
            .collect::<Vec<_>>()
    };
    seeds.flat_map(touches_of).collect()
}

#[derive(Default)]
struct Table {
    genuine: Vec<f32>,
    impostor: Vec<f32>,
}

impl Table {
    fn print(&mut self) {
        self.genuine.sort_by(f32::total_cmp);
        self.impostor.sort_by(f32::total_cmp);
        let (genuine, impostor) = (self.genuine.len(), self.impostor.len());
        println!("{genuine} genuine, {impostor} impostor comparisons");
        if genuine == 0 || impostor == 0 {
            return;
        }
        let quantile =
            |scores: &[f32], part: f64| scores[((scores.len() - 1) as f64 * part) as usize];
        println!(
            "genuine score: least {:.1}, 1 % {:.1}, median {:.1}; impostor: median {:.1}, 99.9 % {:.1}, most {:.1}",
            self.genuine[0],
            quantile(&self.genuine, 0.01),
            quantile(&self.genuine, 0.5),
            quantile(&self.impostor, 0.5),
            quantile(&self.impostor, 0.999),
            self.impostor[impostor - 1],
        );
        println!("EER {:.3} %", 100.0 * self.equal_error());
        for rate in [1e-2, 1e-3, 1e-4] {
            let allowed = (impostor as f64 * rate) as usize;
            if allowed == 0 {
                println!("FMR {rate:e}: too few impostor comparisons");
                continue;
            }
            let threshold = self.impostor[impostor - 1 - allowed];
            println!(
                "FMR {rate:e}: FNMR {:.3} % above score {threshold:.1}",
                100.0 * self.missed(threshold)
            );
        }
        println!(
            "no false match: FNMR {:.3} %",
            100.0 * self.missed(self.impostor[impostor - 1])
        );
        let (missed, matched) = (self.missed(SAME_FINGER - 1e-3), self.matched(SAME_FINGER));
        println!(
            "at the threshold {SAME_FINGER}: FNMR {:.3} %, FMR {:.4} %",
            100.0 * missed,
            100.0 * matched
        );
    }

    /// The part of the same fingers at or below a score.
    fn missed(&self, threshold: f32) -> f64 {
        self.genuine.partition_point(|score| *score <= threshold) as f64 / self.genuine.len() as f64
    }

    /// The part of other fingers at or above a score.
    fn matched(&self, threshold: f32) -> f64 {
        let below = self.impostor.partition_point(|score| *score < threshold);
        (self.impostor.len() - below) as f64 / self.impostor.len() as f64
    }

    fn equal_error(&self) -> f64 {
        let rates = self
            .genuine
            .iter()
            .map(|score| (self.missed(*score - 1e-3), self.matched(*score)));
        rates
            .map(|(missed, matched)| missed.max(matched))
            .fold(1.0, f64::min)
    }
}
