//! Measures NFIQ 2.3 on a folder: `cargo run --release -p fingerprints --example quality -- FOLDER…`
//!
//! Pictures are `.pgm` or `.png`, taken to be at 500 ppi. Where `NAME_output.txt` lies beside `NAME.pgm` and holds the published
//! `measure: value` lines, the table shows our score, the published one and their difference; then what explains it: the score with
//! the published minutiae, the number of minutiae (ours, published), and the measure of the pixels that deviates most.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fingerprints::quality::{FeatureId, MinutiaMeasures, Quality, assess, assess_with_minutiae};
use fingerprints::{NOMINAL_PPI, Print};

type Published = HashMap<String, f64>;

fn main() -> Result<(), Box<dyn Error>> {
    println!(
        "{:32} {:>4} {:>9} {:>10} {:>14} {:>9} {:>9}  {:34} {:>8}",
        "print",
        "ours",
        "published",
        "difference",
        "their minutiae",
        "minutiae",
        "deviation",
        "of",
        "ms"
    );
    let mut summary = Summary::default();
    for folder in std::env::args().skip(1) {
        let mut files: Vec<PathBuf> = fs::read_dir(folder)?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .collect();
        files.sort();
        for file in files {
            if let Some(print) = read(&file)? {
                measure(&file, &print, &mut summary);
            }
        }
    }
    summary.show();
    Ok(())
}

#[derive(Default)]
struct Summary {
    prints: u32,
    /// Prints whose published minutiae give a score this far from the published one.
    off: [u32; 4],
    /// The same with our minutiae.
    off_own: [u32; 12],
    worst: HashMap<String, f64>,
    times: Vec<Duration>,
}

impl Summary {
    fn show(&mut self) {
        self.times.sort();
        println!("\n{} prints with published values", self.prints);
        println!(
            "our score off by 0, 1, 2, … from the published one: {:?}",
            self.off_own
        );
        println!("the same with the published minutiae: {:?}", self.off);
        let mut worst: Vec<_> = self
            .worst
            .iter()
            .filter(|(_, deviation)| **deviation > 1e-6)
            .collect();
        worst.sort_by(|a, b| b.1.total_cmp(a.1));
        println!("measures that deviate by more than 1e-6: {worst:?}");
        if let (Some(median), Some(most)) =
            (self.times.get(self.times.len() / 2), self.times.last())
        {
            println!("time of one print without minutiae: median {median:.1?}, most {most:.1?}");
        }
    }
}

fn measure(file: &Path, print: &Print, summary: &mut Summary) {
    let name = file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let published = published(file, &name);
    let given = |name: &str| published.get(name).copied().unwrap_or(0.0);
    let minutiae = MinutiaMeasures {
        total: given("FingerJetFX_MinutiaeCount"),
        central: given("FingerJetFX_MinCount_COMMinRect200x200"),
        in_grey: given("FJFXPos_Mu_MinutiaeQuality_2"),
        in_certainty: given("FJFXPos_OCL_MinutiaeQuality_80"),
    };
    let begin = Instant::now();
    let quality = assess_with_minutiae(print, &minutiae);
    let time = begin.elapsed();
    let own = assess(print);
    let (quality, own) = match (quality, own) {
        (Ok(quality), Ok(own)) => (quality, own),
        (Err(error), _) | (_, Err(error)) => return println!("{name:32} {error}"),
    };
    summary.times.push(time);
    let want = given("UnifiedQualityScore");
    let (deviation, of) = if published.is_empty() {
        (0.0, "nothing published".into())
    } else {
        deviation(&quality, &published, summary)
    };
    let milliseconds = time.as_secs_f64() * 1e3;
    let (ours, counts) = (own.score, counts(&own, &minutiae));
    if published.is_empty() {
        return println!("{name:32} {ours:>4} {of:>9}");
    }
    println!(
        "{name:32} {ours:>4} {want:>9} {:>+10} {:>14} {counts:>9} {deviation:>9.1e}  {of:34} {milliseconds:>8.1}",
        f64::from(ours) - want,
        quality.score,
    );
    let off = |score: u8| (f64::from(score) - want).abs() as usize;
    summary.prints += 1;
    count(&mut summary.off, off(quality.score));
    count(&mut summary.off_own, off(own.score));
}

fn counts(own: &Quality, published: &MinutiaMeasures) -> String {
    let ours = own.feature(FeatureId::Minutiae).unwrap_or_default();
    format!("{ours}, {}", published.total)
}

fn count(counts: &mut [u32], place: usize) {
    let last = counts.len() - 1;
    if let Some(count) = counts.get_mut(place.min(last)) {
        *count += 1;
    }
}

/// The largest deviation from a published value in proportion to it; published values have six digits at least.
fn deviation(quality: &Quality, published: &Published, summary: &mut Summary) -> (f64, String) {
    let features = quality
        .features
        .iter()
        .map(|(id, value)| (id.to_string(), *value));
    let feedback = quality
        .feedback
        .iter()
        .map(|(remark, value)| (remark.published_name().to_owned(), *value));
    let mut most = (0.0, String::new());
    for (name, value) in features.chain(feedback) {
        let want = published.get(&name).copied().unwrap_or(f64::NAN);
        let deviation = (value - want).abs() / want.abs().max(1e-3);
        let worst = summary.worst.entry(name.clone()).or_default();
        *worst = worst.max(deviation);
        if deviation > most.0 || deviation.is_nan() {
            most = (deviation, name);
        }
    }
    most
}

fn published(file: &Path, name: &str) -> Published {
    let text =
        fs::read_to_string(file.with_file_name(format!("{name}_output.txt"))).unwrap_or_default();
    let lines = text.lines().filter_map(|line| line.split_once(": "));
    lines
        .filter_map(|(name, value)| Some((name.to_owned(), value.trim().parse().ok()?)))
        .collect()
}

/// The print in a file; none in one that is no picture.
fn read(file: &Path) -> Result<Option<Print>, Box<dyn Error>> {
    let bytes = fs::read(file)?;
    let (width, height, pixels) = match file.extension().and_then(|extension| extension.to_str()) {
        Some("pgm") => pgm(&bytes).ok_or("no PGM of 8 bits")?,
        Some("png") => {
            let picture = image::load_from_memory(&bytes)?.into_luma8();
            (picture.width(), picture.height(), picture.into_raw())
        }
        _ => return Ok(None),
    };
    match Print::new(pixels, width, height, NOMINAL_PPI) {
        Ok(print) => Ok(Some(print)),
        Err(error) => {
            println!("{}: {error}", file.display());
            Ok(None)
        }
    }
}

fn pgm(bytes: &[u8]) -> Option<(u32, u32, Vec<u8>)> {
    let mut rest = bytes.strip_prefix(b"P5")?;
    let mut numbers = [0_u32; 3];
    for number in &mut numbers {
        rest = rest.trim_ascii_start();
        while rest.first() == Some(&b'#') {
            let end = rest.iter().position(|&byte| byte == b'\n')?;
            rest = rest.get(end..)?.trim_ascii_start();
        }
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (text, after) = rest.split_at_checked(digits)?;
        *number = std::str::from_utf8(text).ok()?.parse().ok()?;
        rest = after;
    }
    let [width, height, _] = numbers;
    Some((width, height, rest.get(1..)?.to_vec()))
}
