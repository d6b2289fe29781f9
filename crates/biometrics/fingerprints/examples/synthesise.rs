//! Draws prints of nobody: `cargo run --release -p fingerprints --example synthesise -- FOLDER FIRST LAST TOUCHES [--hard]`.
//!
//! Draws the fingers of the seeds FIRST to LAST. The files are named `finger_touch.png`, as `examples/matching.rs` reads them.
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

use std::path::Path;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, seeds, touches, hard) = match arguments.as_slice() {
        [folder, first, last, touches] => (folder, [first, last], touches, false),
        [folder, first, last, touches, hard] if hard == "--hard" => {
            (folder, [first, last], touches, true)
        }
        _ => panic!("FOLDER FIRST LAST TOUCHES [--hard]"),
    };
    let [first, last]: [u64; 2] = seeds.map(|seed| seed.parse().unwrap());
    let touches: u64 = touches.parse().unwrap();
    std::fs::create_dir_all(folder).unwrap();
    for seed in first..=last {
        let finger = drawing::Finger::grow(seed);
        for number in 0..touches {
            let touch = if hard {
                drawing::Touch::hard(seed, number)
            } else {
                drawing::Touch::varied(seed, number)
            };
            let print = drawing::press(&finger, &touch);
            files::save(
                &print,
                &Path::new(folder).join(format!("{seed:04}_{number}.png")),
            );
        }
    }
}
