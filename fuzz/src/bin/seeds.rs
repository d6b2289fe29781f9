//! Writes the good objects of every target below a folder: `seeds FOLDER` makes `FOLDER/<target>/<number>`.

// The coverage counters that are compiled into everything here call it.
use libfuzzer_sys as _;

use std::path::PathBuf;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let folder = env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or(io::Error::other("seeds FOLDER"))?;
    for target in fuzz::targets::ALL {
        let corpus = folder.join(target.name);
        fs::create_dir_all(&corpus)?;
        for (number, object) in fuzz::seeds::of(target.name).iter().enumerate() {
            fs::write(corpus.join(format!("seed-{number:03}")), object)?;
        }
    }
    Ok(())
}
