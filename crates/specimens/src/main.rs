//! `specimens <folder>`: makes `<folder>/people/<id>/` for each specimen person.

use std::path::{Path, PathBuf};
use std::{env, fs, thread};

use anyhow::{Context, anyhow, bail};
use specimens::people::{self, Person};

fn main() -> anyhow::Result<()> {
    let mut arguments = env::args_os().skip(1);
    let (Some(folder), None) = (arguments.next(), arguments.next()) else {
        bail!("usage: specimens <fixtures folder>");
    };
    let people = PathBuf::from(folder).join("people");
    let drawn: Vec<anyhow::Result<()>> = thread::scope(|scope| {
        let draw = |person| {
            let folder = &people;
            scope.spawn(move || write(folder, &person))
        };
        let hands: Vec<_> = people::all().into_iter().map(draw).collect();
        let finish = |hand: thread::ScopedJoinHandle<'_, _>| {
            hand.join()
                .unwrap_or_else(|_| Err(anyhow!("drawing failed")))
        };
        hands.into_iter().map(finish).collect()
    });
    drawn.into_iter().collect()
}

fn write(people: &Path, person: &Person) -> anyhow::Result<()> {
    let folder = people.join(person.id);
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    for (name, content) in specimens::files(person)? {
        let file = folder.join(name);
        fs::write(&file, &content).with_context(|| file.display().to_string())?;
        println!("{} ({} bytes)", file.display(), content.len());
    }
    Ok(())
}
