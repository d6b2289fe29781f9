//! What the software chip keeps, and the job that a chip is made from: states and files, never keys or passwords.

use applet_spec::{ChipMemory, LifeCycle};
use lds::File;
use perso::CardImage;

use super::annotation::{Annotation, Node, Positions};

/// How the journal of a chip begins.
const JOURNAL: &str = "[{\"write\":";
/// A field that every job file has and no other file.
const JOB_FIELD: &str = "\"mrz_key_seed\"";
const SECRET: &str = "keys and passwords are in the file and are shown to nobody";

/// A chip file or a job file, whole or damaged.
pub(super) fn explain(text: &str) -> Option<Annotation> {
    let start = text.trim_start();
    if start.starts_with(JOURNAL) {
        return Some(chip(text));
    }
    (start.starts_with('{') && text.contains(JOB_FIELD)).then(|| job(text))
}

fn chip(text: &str) -> Annotation {
    let annotation = Annotation {
        kind: "chip file".into(),
        about: "the memory of a software chip, a journal of transactions".into(),
        length: text.len(),
        positions: Positions::None,
        note: Some(SECRET),
        ..Annotation::default()
    };
    let memory = match ChipMemory::from_octets(text.as_bytes()) {
        Ok(memory) => memory,
        Err(error) => return damaged(annotation, error.to_string()),
    };
    let state = memory.life_cycle();
    let present = File::all().filter_map(|file| Some((file, memory.file(file)?)));
    let files: Vec<Node> = present
        .map(|(file, content)| Node::line(file.name(), described(file, content.len())))
        .collect();
    let nodes = vec![
        Node::line("serial number", hex::encode_upper(memory.serial())),
        Node::line("state", format!("{state}: {}", meaning(state))),
        Node {
            children: files.clone(),
            ..Node::line("files", counted(&files))
        },
    ];
    Annotation {
        nodes,
        findings: Some(Vec::new()),
        ..annotation
    }
}

fn job(text: &str) -> Annotation {
    let annotation = Annotation {
        kind: "job file".into(),
        about: "everything that goes into one chip".into(),
        length: text.len(),
        positions: Positions::None,
        note: Some(SECRET),
        ..Annotation::default()
    };
    let image = match CardImage::from_job_file(text.as_bytes()) {
        Ok(image) => image,
        Err(error) => return damaged(annotation, error.to_string()),
    };
    let manifest = image.manifest();
    let entry = |entry: &perso::Entry| Node {
        children: vec![Node::line("SHA-256", hex::encode_upper(&entry.hash))],
        ..Node::line(entry.file.name(), described(entry.file, entry.length))
    };
    let files: Vec<Node> = manifest.entries().iter().map(entry).collect();
    let access = if image.offers_bac() {
        "PACE and BAC"
    } else {
        "PACE"
    };
    let nodes = vec![
        Node::line("job", image.job().to_string()),
        Node::line(
            "serial number of the chip",
            hex::encode_upper(image.chip_serial()),
        ),
        Node::line("access", access),
        Node {
            children: files,
            ..Node::line(
                "manifest",
                format!("{} bytes of content", image.total_len()),
            )
        },
        Node::line(
            "SHA-256 of the manifest",
            hex::encode_upper(manifest.hash()),
        ),
    ];
    Annotation {
        nodes,
        findings: Some(Vec::new()),
        ..annotation
    }
}

fn damaged(annotation: Annotation, error: String) -> Annotation {
    Annotation {
        findings: Some(vec![error.into()]),
        gap: Some("the file is damaged"),
        ..annotation
    }
}

fn described(file: File, length: usize) -> String {
    format!("{length} bytes, {}", super::access(file))
}

fn counted(files: &[Node]) -> String {
    match files.len() {
        0 => "none".to_owned(),
        count => count.to_string(),
    }
}

/// Chapter 06 of the law of the applet.
fn meaning(state: LifeCycle) -> &'static str {
    match state {
        LifeCycle::Manufactured => "from the maker, waits for the keys of the issuer",
        LifeCycle::Initialised => "has the keys of the issuer, waits for a job",
        LifeCycle::Open => "a job is being written",
        LifeCycle::Written => "written, waits for quality control",
        LifeCycle::Operational => "in the hands of its holder, without personalisation keys",
        LifeCycle::Blocked => "blocked for ever: a key was tried too often",
        LifeCycle::Terminated => "void for ever",
    }
}
