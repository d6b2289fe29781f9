//! Converts between PGM and WSQ, and measures.
//!
//! ```text
//! wsq FROM.pgm TO.wsq [BIT_RATE [PPI]]   encodes; prints size, ratio and PSNR
//! wsq FROM.wsq TO.pgm                    decodes; prints what the file says of itself
//! wsq FOLDER                             every .pgm and .wsq of a folder: sizes, PSNR, Mpixel/s
//! ```

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};
use std::{env, fs};

use wsq_image::{Decoded, Limits, Options, Picture, decode, encode};

/// Repetitions of a measurement; the best counts.
const RUNS: usize = 20;

struct Pgm {
    pixels: Vec<u8>,
    width: u16,
    height: u16,
}

impl Pgm {
    /// Binary, 8 bits.
    fn parse(data: &[u8]) -> Option<Self> {
        let mut words = Vec::new();
        let mut at = 0;
        while words.len() < 4 {
            let rest = data.get(at..)?;
            let start = rest.iter().position(|octet| !octet.is_ascii_whitespace())?;
            if rest.get(start) == Some(&b'#') {
                at += start
                    + rest
                        .get(start..)?
                        .iter()
                        .position(|octet| *octet == b'\n')?;
                continue;
            }
            let len = rest
                .get(start..)?
                .iter()
                .position(u8::is_ascii_whitespace)?;
            words.push(std::str::from_utf8(rest.get(start..start + len)?).ok()?);
            at += start + len;
        }
        let [magic, width, height, depth] = words.try_into().ok()?;
        (magic == "P5" && depth == "255").then_some(())?;
        let (width, height) = (width.parse().ok()?, height.parse().ok()?);
        let pixels = data.get(at + 1..)?.to_vec();
        Some(Self {
            pixels,
            width,
            height,
        })
    }

    fn write(decoded: &Decoded) -> Vec<u8> {
        let frame = &decoded.header.frame;
        let mut out = format!("P5\n{} {}\n255\n", frame.width, frame.height).into_bytes();
        out.extend(&decoded.pixels);
        out
    }
}

fn psnr(one: &[u8], other: &[u8]) -> f64 {
    let square = |(a, b): (&u8, &u8)| f64::from(a.abs_diff(*b)).powi(2);
    let sum: f64 = one.iter().zip(other).map(square).sum();
    10.0 * (255.0 * 255.0 * one.len() as f64 / sum).log10()
}

fn best<T>(mut what: impl FnMut() -> T) -> Duration {
    let time = |_| {
        let begun = Instant::now();
        let _ = std::hint::black_box(what());
        begun.elapsed()
    };
    (0..RUNS).map(time).min().unwrap_or_default()
}

fn measure(picture: &Picture<'_>, options: &Options) -> Result<String, Box<dyn Error>> {
    let codestream = encode(picture, options)?;
    let decoded = decode(&codestream, &Limits::DEFAULT)?;
    let pixels = picture.pixels().len() as f64;
    let speed = |time: Duration| pixels / time.as_secs_f64() / 1e6;
    Ok(format!(
        "{:.2} bpp: {} octets ({:.1}:1), {:.2} dB; encode {:.1}, decode {:.1} Mpixel/s",
        options.bit_rate,
        codestream.len(),
        pixels / codestream.len() as f64,
        psnr(picture.pixels(), &decoded.pixels),
        speed(best(|| encode(picture, options))),
        speed(best(|| decode(&codestream, &Limits::DEFAULT))),
    ))
}

fn measure_file(path: &Path) -> Result<(), Box<dyn Error>> {
    let data = fs::read(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if let Some(pgm) = Pgm::parse(&data) {
        let picture = Picture::new(&pgm.pixels, pgm.width, pgm.height)?;
        for bit_rate in [0.75, 2.25] {
            let options = Options {
                bit_rate,
                ..Options::default()
            };
            println!(
                "{name} {}×{}, {}",
                pgm.width,
                pgm.height,
                measure(&picture, &options)?
            );
        }
    } else if let Ok(decoded) = decode(&data, &Limits::DEFAULT) {
        let speed = decoded.pixels.len() as f64
            / best(|| decode(&data, &Limits::DEFAULT)).as_secs_f64()
            / 1e6;
        let frame = decoded.header.frame;
        println!(
            "{name} {}×{}, decode {speed:.1} Mpixel/s",
            frame.width, frame.height
        );
    }
    Ok(())
}

fn convert(from: &Path, to: &Path, options: &Options) -> Result<(), Box<dyn Error>> {
    let data = fs::read(from)?;
    if let Some(pgm) = Pgm::parse(&data) {
        let picture = Picture::new(&pgm.pixels, pgm.width, pgm.height)?;
        let codestream = encode(&picture, options)?;
        let back = decode(&codestream, &Limits::DEFAULT)?;
        let ratio = pgm.pixels.len() as f64 / codestream.len() as f64;
        println!(
            "{} octets ({ratio:.1}:1), {:.2} dB",
            codestream.len(),
            psnr(&pgm.pixels, &back.pixels)
        );
        return Ok(fs::write(to, codestream)?);
    }
    let decoded = decode(&data, &Limits::DEFAULT)?;
    println!("{:?}, {:?} ppi", decoded.header.frame, decoded.header.ppi());
    for comment in &decoded.header.comments {
        println!("{:?}", String::from_utf8_lossy(comment));
    }
    Ok(fs::write(to, Pgm::write(&decoded))?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [folder] => {
            let mut paths: Vec<_> = fs::read_dir(folder)?
                .flatten()
                .map(|entry| entry.path())
                .collect();
            paths.sort();
            paths.iter().try_for_each(|path| measure_file(path))
        }
        [from, to, rest @ ..] if rest.len() < 3 => {
            let mut options = Options::default();
            if let Some(rate) = rest.first() {
                options.bit_rate = rate.parse()?;
            }
            options.ppi = rest.get(1).map(|ppi| ppi.parse()).transpose()?;
            convert(Path::new(from), Path::new(to), &options)
        }
        _ => Err("wsq FOLDER | wsq FROM.pgm TO.wsq [BIT_RATE [PPI]] | wsq FROM.wsq TO.pgm".into()),
    }
}
