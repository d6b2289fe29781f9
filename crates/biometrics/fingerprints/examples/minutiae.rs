//! The minutiae of the pictures of a folder: `cargo run --release -p fingerprints --example minutiae -- FOLDER [--list]`.
//!
//! One line a picture: name, minutiae, the part of the picture that shows the finger, milliseconds. With `--list`
//! the minutiae follow: column, row, degrees counter-clockwise, kind, quality.
#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs
)]

#[path = "../tests/synthesis/files.rs"]
#[allow(dead_code)]
mod files;

use std::{path::Path, time::Instant};

use fingerprints::minutiae;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let lists = arguments.iter().any(|word| word == "--list");
    let folder = arguments.iter().find(|word| !word.starts_with('-'));
    for (name, print) in files::prints(Path::new(folder.expect("a folder"))) {
        let start = Instant::now();
        let found = minutiae::extract(&print).unwrap();
        let took = start.elapsed().as_secs_f64() * 1e3;
        let share = f64::from(found.area) / f64::from(print.width() * print.height());
        println!("{name}\t{}\t{share:.2}\t{took:.1}", found.points.len());
        for m in found.points.iter().filter(|_| lists) {
            let degrees = m.angle.to_degrees();
            println!(
                "  {:.0} {:.0} {degrees:.0} {:?} {}",
                m.x, m.y, m.kind, m.quality
            );
        }
    }
}
