//! Pictures from and to files, for the measuring programs.

use std::path::{Path, PathBuf};

use fingerprints::Print;

/// The pictures of a folder in order of name: PNG and binary PGM, taken to be of 500 ppi.
pub fn prints(folder: &Path) -> Vec<(String, Print)> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
        .iter()
        .filter_map(|path| {
            let name = path.file_stem()?.to_string_lossy().into_owned();
            Some((name, print(path)?))
        })
        .collect()
}

/// One picture, if it is one.
pub fn print(path: &Path) -> Option<Print> {
    let (pixels, width, height) = match path.extension()?.to_str()? {
        "pgm" => pgm(&std::fs::read(path).ok()?)?,
        "png" => {
            let grey = image::open(path).ok()?.into_luma8();
            let (width, height) = grey.dimensions();
            (grey.into_raw(), width, height)
        }
        _ => return None,
    };
    Print::new(pixels, width, height, 500).ok()
}

/// Writes a picture as PNG.
pub fn save(print: &Print, path: &Path) {
    image::save_buffer(
        path,
        print.pixels(),
        print.width(),
        print.height(),
        image::ColorType::L8,
    )
    .unwrap();
}

fn pgm(bytes: &[u8]) -> Option<(Vec<u8>, u32, u32)> {
    let mut numbers = Vec::new();
    let mut rest = bytes.strip_prefix(b"P5")?;
    while numbers.len() < 3 {
        let start = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        rest = &rest[start..];
        let end = rest.iter().position(u8::is_ascii_whitespace)?;
        if rest[0] == b'#' {
            rest = &rest[rest.iter().position(|byte| *byte == b'\n')?..];
            continue;
        }
        numbers.push(
            std::str::from_utf8(&rest[..end])
                .ok()?
                .parse::<u32>()
                .ok()?,
        );
        rest = &rest[end..];
    }
    Some((rest.get(1..)?.to_vec(), numbers[0], numbers[1]))
}
