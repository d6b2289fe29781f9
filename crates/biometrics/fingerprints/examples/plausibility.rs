//! Measures what pictures have of the ridges of a finger, and how many would be refused:
//!
//! `cargo run --release -p fingerprints --example plausibility -- FOLDER…` for all pictures of folders, taken to be at 500 ppi;
//! `… -- --draw FIRST LAST TOUCHES [--hard]` for drawn fingers, as `matching` draws them. `--list` as the last word prints each.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::panic, missing_docs)]

#[path = "../tests/synthesis/drawing.rs"]
mod drawing;
#[path = "../tests/synthesis/files.rs"]
#[allow(dead_code)]
mod files;

use std::path::Path;

use fingerprints::Print;
use fingerprints::minutiae::extract;
use fingerprints::minutiae::pattern::{Pattern, Ridged, Scale};

#[derive(Debug, Default)]
struct Count {
    prints: u32,
    no_finger: u32,
    doubtful: u32,
    unusual_scale: u32,
    impossible_scale: u32,
}

impl Count {
    fn add(&mut self, name: &str, print: &Print, lists: bool) {
        let Ok(found) = extract(print) else {
            println!("{name}: larger than one finger");
            return;
        };
        let pattern = Pattern::of(print, &found);
        self.prints += 1;
        self.no_finger += u32::from(pattern.ridged() == Ridged::No);
        self.doubtful += u32::from(pattern.ridged() == Ridged::Doubtful);
        self.unusual_scale += u32::from(pattern.scale() == Scale::Unusual);
        self.impossible_scale += u32::from(pattern.scale() == Scale::Impossible);
        if lists {
            println!(
                "{name:32} {:?} {:?} {pattern:.2?}",
                pattern.ridged(),
                pattern.scale()
            );
        }
    }
}

fn main() {
    let mut words: Vec<String> = std::env::args().skip(1).collect();
    let lists = words.pop_if(|word| word == "--list").is_some();
    let hard = words.pop_if(|word| word == "--hard").is_some();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut count = Count::default();
    if let ["--draw", first, last, touches] = words[..] {
        for seed in first.parse::<u64>().unwrap()..=last.parse().unwrap() {
            let finger = drawing::Finger::grow(seed);
            for number in 0..touches.parse().unwrap() {
                let touch = match hard {
                    true => drawing::Touch::hard(seed, number),
                    false => drawing::Touch::varied(seed, number),
                };
                let print = drawing::press(&finger, &touch);
                count.add(&format!("{seed:04}_{number}"), &print, lists);
            }
        }
    } else {
        for folder in words {
            for (name, print) in files::prints(Path::new(folder)) {
                count.add(&name, &print, lists);
            }
        }
    }
    println!("{count:#?}");
}
