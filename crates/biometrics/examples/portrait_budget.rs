//! Encodes every portrait of a folder to a budget of bytes, as JPEG 2000 and as JPEG, and says how near it came, what was lost
//! and how long it took: `cargo run --release -p biometrics --example portrait_budget -- FOLDER [BYTES]`

use std::path::{Path, PathBuf};
use std::time::Instant;

use biometrics::image::{
    DecodeLimits, Image, decode, decode_reduced, encode_jpeg_to_size, encode_jpeg2000,
};

type Encode = fn(&Image, usize) -> biometrics::Result<Vec<u8>>;

const CODINGS: [(&str, Encode); 2] = [
    ("JPEG 2000", encode_jpeg2000),
    ("JPEG", encode_jpeg_to_size),
];

/// As many as a face finder looks at.
const MOST_PIXELS: u64 = 4_000_000;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| ".".to_owned());
    let budget: usize = arguments
        .next()
        .and_then(|bytes| bytes.parse().ok())
        .unwrap_or(15_000);
    let portraits: Vec<_> = files(Path::new(&folder))
        .into_iter()
        .filter_map(|path| portrait(&path))
        .collect();
    println!(
        "{} portraits of 413 x 531 to {budget} bytes",
        portraits.len()
    );
    for (name, encode) in CODINGS {
        report(name, encode, &portraits, budget);
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn portrait(path: &Path) -> Option<Image> {
    let bytes = std::fs::read(path).ok()?;
    let picture = decode_reduced(&bytes, &DecodeLimits::UPLOAD, MOST_PIXELS).ok()?;
    picture.to_portrait().ok()
}

fn report(name: &str, encode: Encode, portraits: &[Image], budget: usize) {
    let (mut lengths, mut losses, mut times) = (Vec::new(), Vec::new(), Vec::new());
    for portrait in portraits {
        let started = Instant::now();
        let Ok(file) = encode(portrait, budget) else {
            println!("  {name}: one does not fit");
            continue;
        };
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
        lengths.push(file.len() as f64);
        if let Ok(again) = decode(&file, &DecodeLimits::UPLOAD) {
            losses.push(psnr(portrait, &again));
        }
    }
    let near = lengths
        .iter()
        .filter(|length| (*length - budget as f64).abs() <= budget as f64 / 100.0)
        .count();
    println!("  {name}: {near} of {} within 1 %", lengths.len());
    for (what, values) in [("bytes", lengths), ("PSNR in dB", losses), ("ms", times)] {
        let [least, median, most] = spread(values);
        println!("    {what}: least {least:.1}, median {median:.1}, most {most:.1}");
    }
}

fn spread(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
    [
        at(0),
        at(values.len() / 2),
        at(values.len().saturating_sub(1)),
    ]
}

/// Peak signal-to-noise ratio over all samples.
fn psnr(one: &Image, other: &Image) -> f64 {
    let square = |(a, b): (&u8, &u8)| f64::from(a.abs_diff(*b)).powi(2);
    let pairs = one.samples().iter().zip(other.samples());
    let error = pairs.map(square).sum::<f64>() / one.samples().len() as f64;
    10.0 * (255.0_f64.powi(2) / error).log10()
}
