//! Takes picture files in as the station does, and says what became of each: size, resolution, time, and the peak of this
//! program's memory so far, or the error and what to do:
//! `cargo run --release -p biometrics --example intake -- FILE …`

use std::time::Instant;

use biometrics::image::{DecodeLimits, decode_reduced};

/// As many as a face finder looks at.
const MOST_PIXELS: u64 = 4_000_000;

fn main() {
    for path in std::env::args_os().skip(1) {
        let path = std::path::PathBuf::from(path);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let Ok(bytes) = std::fs::read(&path) else {
            println!("{name}: cannot be read");
            continue;
        };
        let started = Instant::now();
        let taken = decode_reduced(&bytes, &DecodeLimits::UPLOAD, MOST_PIXELS);
        let time = started.elapsed().as_millis();
        match taken {
            Ok(image) => println!(
                "{name}: {} x {} {:?}, {:?} ppi, {time} ms, peak {} MB, file {} MB",
                image.width(),
                image.height(),
                image.colour(),
                image.ppi(),
                peak_kilobytes() / 1_024,
                bytes.len() >> 20,
            ),
            Err(error) => println!(
                "{name}: {error}. {} ({time} ms, peak {} MB)",
                error.advice().map_or("", |advice| advice.english()),
                peak_kilobytes() / 1_024,
            ),
        }
    }
}

/// The most memory that this program ever had resident, by Linux.
fn peak_kilobytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok())
        .unwrap_or(0)
}
