//! Four-finger slaps: `cargo run --release -p fingerprints --example slaps -- FOLDER` segments pictures,
//! `cargo run --release -p fingerprints --example slaps -- --draw HANDS [FOLDER]` draws as many right and left hands, some with a finger
//! missing, and counts what was found; with a folder what went wrong is written there.
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

use std::{path::Path, time::Instant};

use drawing::slap::{Laid, lay};
use fingerprints::slap::{Digit, Hand, segment};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["--draw", hands] => draw(hands.parse().unwrap(), None),
        ["--draw", hands, folder] => draw(hands.parse().unwrap(), Some(Path::new(folder))),
        [folder] => {
            for (name, print) in files::prints(Path::new(folder)) {
                let slap = segment(&print).unwrap();
                let fingers: Vec<_> = slap
                    .segments
                    .iter()
                    .map(|s| (s.digit, s.rotation.round()))
                    .collect();
                println!("{name}\t{:?}\t{:.1}\t{fingers:?}", slap.hand, slap.margin);
            }
        }
        _ => panic!("FOLDER, or --draw HANDS [FOLDER]"),
    }
}

fn draw(hands: u64, folder: Option<&Path>) {
    let mut table = [[0_u32; 6]; 2];
    let mut milliseconds = 0.0;
    for number in 0..2 * hands {
        let mut laid = Laid::usual(1 + number / 2, number % 2 == 0);
        let lacks = number % 8 >= 4;
        if lacks {
            laid.present[(number / 8 % 4) as usize] = false;
        }
        let print = lay(&laid);
        let start = Instant::now();
        let slap = segment(&print).unwrap();
        milliseconds += start.elapsed().as_secs_f64() * 1e3;
        let hand = if laid.right { Hand::Right } else { Hand::Left };
        let mut digits: Vec<Digit> = Digit::ALL
            .into_iter()
            .filter(|digit| laid.present[*digit as usize])
            .collect();
        if !laid.right {
            digits.reverse();
        }
        let found: Vec<Digit> = slap.segments.iter().map(|segment| segment.digit).collect();
        let row = &mut table[usize::from(lacks)];
        let counted = found.len() == digits.len();
        row[0] += 1;
        row[1] += u32::from(counted);
        row[2] += u32::from(slap.hand == Some(hand));
        row[3] += u32::from(slap.hand.is_some_and(|said| said != hand));
        row[4] += u32::from(slap.hand.is_none());
        row[5] += u32::from(found == digits);
        let good = counted && slap.hand == Some(hand) && found == digits;
        if let (Some(folder), false) = (folder, good) {
            println!(
                "{number}: {laid:?} found {found:?} {:?} {:.1} tilt {:.0}",
                slap.hand, slap.margin, slap.tilt
            );
            files::save(&print, &folder.join(format!("slap_{number}.png")));
        }
    }
    for (name, [all, counted, right, wrong, unsure, named]) in
        ["four fingers", "one missing"].iter().zip(table)
    {
        println!(
            "{name}: {all} slaps, counted {counted}, hand right {right}, wrong {wrong}, unsure {unsure}, fingers named {named}"
        );
    }
    println!("{:.0} ms a slap", milliseconds / (2 * hands) as f64);
}
