//! Says of every picture of a folder whether it would be accepted as a portrait, and why not; how long
//! that took; and, for each ending of the file names (the word behind the last `_`), how many passed.
//!
//! `cargo run --release -p faces --example portrait_quality -- FOLDER [--table]`
//!
//! `--table` prints every native value as lines of `file;measure;native;quality;verdict`.

#![allow(clippy::expect_used, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use faces::crop::{Border, Geometry, portrait};
use faces::measure::{Assessor, JpegTable, Profile};
use faces::report::{Assessment, Verdict};
use faces::thresholds::Thresholds;
use faces::{Face, Picture};

#[derive(Default)]
struct Times {
    find: Vec<Duration>,
    live: Vec<Duration>,
    complete: Vec<Duration>,
    portrait: Vec<Duration>,
}

#[derive(Default)]
struct Tally {
    pictures: u32,
    accepted: u32,
    flawless: u32,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let folder = arguments
        .first()
        .expect("usage: portrait_quality FOLDER [--table]");
    let table = arguments.iter().any(|argument| argument == "--table");
    let (mut times, mut groups) = (Times::default(), BTreeMap::<String, Tally>::new());
    let mut assessor = Assessor::new();
    for path in pictures(Path::new(folder)) {
        let bytes = std::fs::read(&path).expect("a file");
        let name = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or("?")
            .to_owned();
        let Some(picture) = decoded(&bytes) else {
            println!("{name}: not a picture");
            continue;
        };
        let assessment = measured(&picture, &bytes, &mut assessor, &mut times);
        if table {
            print_table(&name, &assessment);
        } else {
            println!("{name} ({} x {})", picture.width(), picture.height());
            print_reasons("picture", &assessment);
            if let Some(assessment) = measured_portrait(&picture, &mut assessor, &mut times) {
                print_reasons("portrait cut from it", &assessment);
            }
        }
        let ending = name.rsplit('_').next().unwrap_or(&name).to_owned();
        for group in [ending, "all".to_owned()] {
            let tally = groups.entry(group).or_default();
            tally.pictures += 1;
            tally.accepted += u32::from(assessment.is_accepted());
            tally.flawless += u32::from(assessment.is_flawless());
        }
    }
    if !table {
        summary(&groups, &mut times);
    }
}

fn pictures(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let paths = entries.flatten().map(|entry| entry.path());
    let mut found: Vec<PathBuf> = paths
        .filter(|path| path.extension().is_some_and(|e| e == "jpg" || e == "png"))
        .collect();
    found.sort();
    found
}

fn decoded(bytes: &[u8]) -> Option<Picture> {
    let rgb = image::load_from_memory(bytes).ok()?.to_rgb8();
    let (width, height) = rgb.dimensions();
    Picture::new(rgb.into_raw(), width, height).ok()
}

fn measured(
    picture: &Picture,
    bytes: &[u8],
    assessor: &mut Assessor,
    times: &mut Times,
) -> Assessment {
    let thresholds = Thresholds::default();
    let table = JpegTable::of(bytes);
    let found = timed(&mut times.find, || faces::find(picture).unwrap_or_default());
    let found: &[Face] = &found;
    timed(&mut times.live, || {
        assessor.assess(picture, found, &thresholds, Profile::Live, None)
    });
    timed(&mut times.complete, || {
        assessor.assess(
            picture,
            found,
            &thresholds,
            Profile::Complete,
            table.as_ref(),
        )
    })
}

/// The portrait for the chip, found and measured anew.
fn measured_portrait(
    picture: &Picture,
    assessor: &mut Assessor,
    times: &mut Times,
) -> Option<Assessment> {
    let face = faces::find(picture).ok()?.into_iter().next()?;
    let cut = portrait(picture, &face.landmarks, &Geometry::CHIP, Border::Extend)
        .ok()?
        .picture;
    let faces = faces::find(&cut).ok()?;
    let thresholds = Thresholds::default();
    Some(timed(&mut times.portrait, || {
        assessor.assess(&cut, &faces, &thresholds, Profile::Portrait, None)
    }))
}

fn timed<T>(times: &mut Vec<Duration>, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    times.push(start.elapsed());
    done
}

fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "pass",
        Verdict::Warn => "warn",
        Verdict::Refuse(_) => "REFUSE",
    }
}

fn print_table(name: &str, assessment: &Assessment) {
    for m in assessment.measured() {
        let native = m
            .native
            .map_or_else(|| "-".to_owned(), |native| format!("{native:.4}"));
        println!("{name};{};{native};{};{}", m.id, m.quality, word(m.verdict));
    }
}

fn print_reasons(what: &str, assessment: &Assessment) {
    println!(
        "  {what}, {} faces: {}",
        assessment.faces(),
        word(assessment.verdict())
    );
    for m in assessment
        .measured()
        .iter()
        .filter(|m| m.verdict != Verdict::Pass)
    {
        let native = m.native.map_or_else(
            || "not measured".to_owned(),
            |native| format!("{native:.3}"),
        );
        println!(
            "    {:6} {} {native}, quality {}",
            word(m.verdict),
            m.id,
            m.quality
        );
    }
    if let Some(advice) = assessment.first_advice() {
        println!("    -> {}\n    -> {}", advice.english, advice.vietnamese);
    }
}

fn summary(groups: &BTreeMap<String, Tally>, times: &mut Times) {
    println!("\n{:<16} pictures accepted flawless", "name ends in");
    let several = groups
        .iter()
        .filter(|(name, tally)| tally.pictures > 1 || name.as_str() == "all");
    for (name, tally) in several {
        println!(
            "{name:<16} {:>8} {:>8} {:>8}",
            tally.pictures, tally.accepted, tally.flawless
        );
    }
    for (what, series) in [
        ("find", &mut times.find),
        ("live", &mut times.live),
        ("complete", &mut times.complete),
        ("portrait", &mut times.portrait),
    ] {
        series.sort();
        let at = |part: usize| {
            series
                .get(series.len().saturating_sub(1) * part / 100)
                .copied()
                .unwrap_or_default()
        };
        println!(
            "{what:<10} median {:>6.1} ms   p95 {:>6.1} ms",
            ms(at(50)),
            ms(at(95))
        );
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
