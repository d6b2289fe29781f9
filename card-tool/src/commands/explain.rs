//! `explain`: what the bytes of a file mean.
//!
//! ```text
//! bytes ─ recognised by content ─▶ kinds, tags (tables) ─ walker ─▶ annotation (a tree, findings) ─▶ text | json
//! ```
//!
//! Nothing is verified here, and no key or password is shown, whatever file it stands in.

mod annotation;
mod biometric_record;
mod card_verifiable;
mod chip;
mod element;
mod findings;
mod grammar;
mod json;
mod key;
mod kinds;
mod mrz_lines;
mod oids;
mod pem;
mod private_key;
mod sum;
mod tags;
mod text;
mod trace;
mod universal;
mod unknown;
mod value;
mod walker;

use std::io::{self, Write as _};

use anyhow::Result;
use lds::{Access, File, Parent};
use mrz::Mrz;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use self::annotation::{Annotation, Finding, Positions};
use self::kinds::Kind;
use self::walker::Walker;
use super::{Context, print_json};
use crate::args::Explain;
use crate::exit::Exit;
use crate::{files, printable};

const SIGNED: &str = "signatures and hashes were not verified";
const CUT: &str =
    "the content ends early, or holds what could not be followed; the lines concerned say so";

/// Runs the verb.
pub fn run(args: &Explain, context: &mut Context) -> Result<Exit> {
    let mut exit = Exit::Done;
    let mut documents = Vec::new();
    for path in &args.files {
        // The file may be a key.
        let content = Zeroizing::new(files::read(path)?);
        let annotations = explain(&content);
        if annotations
            .iter()
            .any(|annotation| annotation.gap.is_some())
        {
            exit = Exit::Undetermined;
        }
        let name = path.display().to_string();
        if context.json() {
            documents.push(document(&name, &annotations, context.verbose));
        } else {
            let text = annotations
                .iter()
                .map(|annotation| text::render(annotation, context.verbose))
                .collect::<Vec<_>>();
            print(&format!(
                "{}{}",
                heading(&name, args.files.len()),
                text.join("\n")
            ))?;
        }
    }
    if context.json() {
        print_json(
            &json!({ "schema": json::SCHEMA, "files": documents, "outcome": exit.word(), "exit_code": exit as u8 }),
        )?;
    }
    Ok(exit)
}

/// The annotation of one file as text.
pub fn annotate(bytes: &[u8]) -> String {
    explain(bytes)
        .iter()
        .map(|annotation| text::render(annotation, false))
        .collect::<Vec<_>>()
        .join("\n")
}

fn heading(name: &str, files: usize) -> String {
    if files > 1 {
        format!("=== {}\n", printable::line(name))
    } else {
        String::new()
    }
}

/// A reader that has gone away (`| head`) is no reason to complain.
fn print(text: &str) -> Result<()> {
    match io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

fn document(name: &str, annotations: &[Annotation], verbose: bool) -> Value {
    let explanations = annotations
        .iter()
        .map(|annotation| json::value(annotation, verbose))
        .collect::<Vec<_>>();
    json!({ "file": name, "explanations": explanations })
}

/// What a file is and means. Only a PEM file gives several.
fn explain(bytes: &[u8]) -> Vec<Annotation> {
    match unknown::as_text(bytes) {
        Some(text) if pem::is_pem(text) => pem::explain(text),
        Some(text) => vec![of_text(text)],
        None => vec![of_octets(bytes)],
    }
}

fn of_text(text: &str) -> Annotation {
    if trace::is_trace(text) {
        return trace::explain(text);
    }
    chip::explain(text)
        .or_else(|| zone(text))
        .unwrap_or_else(|| unknown::text(text))
}

fn of_octets(bytes: &[u8]) -> Annotation {
    private_key::explain(bytes)
        .or_else(|| kinds::of(bytes).map(|kind| of_kind(kind, bytes)))
        .unwrap_or_else(|| unknown::octets(bytes))
}

fn of_kind(kind: &Kind, bytes: &[u8]) -> Annotation {
    let mut walker = Walker::new();
    let nodes = walker.row(bytes, 0, kind.plan);
    Annotation {
        kind: kind.name.into(),
        about: kind.about.into(),
        place: File::all().find(|file| file.name() == kind.name).map(place),
        length: bytes.len(),
        positions: Positions::Bytes,
        nodes,
        findings: kind.check.map(|check| in_order(check(bytes))),
        note: kind.is_signed.then_some(SIGNED),
        gap: (!walker.is_whole()).then_some(CUT),
    }
}

/// By position; what has none comes last.
fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| finding.at.unwrap_or(usize::MAX));
    findings
}

fn place(file: File) -> String {
    let directory = match file.parent() {
        Parent::MasterFile => "in the master file",
        Parent::Application => "in the eMRTD application",
    };
    let (id, sfi) = (file.id().0, file.sfi().get());
    format!(
        "file {id:04X}, short identifier {sfi:02X}, {directory}, {}",
        access(file)
    )
}

fn access(file: File) -> &'static str {
    match file.access() {
        Access::Always => "always readable",
        Access::Pace => "readable after PACE",
        Access::BasicOrPace => "readable after BAC or PACE",
        Access::TerminalAuthentication => "readable after terminal authentication",
    }
}

/// The lines of a machine readable zone, as they are printed, or joined.
fn zone(text: &str) -> Option<Annotation> {
    let (mrz, findings) = Mrz::parse(text.trim()).ok()?;
    let (lines, width) = mrz.format().size();
    let start = text.len() - text.trim_start().len();
    let line_ends = text
        .trim()
        .match_indices('\n')
        .map(|(at, _)| start + at + 1);
    let starts: Vec<usize> = std::iter::once(start).chain(line_ends).collect();
    let place = |line: usize| match starts.get(line) {
        Some(at) if starts.len() == lines => *at,
        _ => start + line * width,
    };
    Some(Annotation {
        kind: "machine readable zone".into(),
        about: mrz_lines::size(mrz.format()).into(),
        length: text.len(),
        nodes: mrz_lines::lines(&mrz, &findings, place),
        findings: Some(
            findings
                .iter()
                .map(|finding| finding.to_string().into())
                .collect(),
        ),
        ..Annotation::default()
    })
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt as _, SeedableRng as _};

    use super::*;

    /// The files of the vectors of an area that keep theirs under `hex`, and repeat an octet behind it.
    fn vectors(area: &str) -> Vec<(String, Vec<u8>)> {
        let read = |(name, path): (String, std::path::PathBuf)| {
            let vector = test_support::read_json(&path);
            let mut file = vector.get("hex")?.as_str().map(test_support::unhex)?;
            if let Some(append) = vector.get("append") {
                let octet = test_support::unhex(append["octet"].as_str()?);
                let count = usize::try_from(append["count"].as_u64()?).ok()?;
                file.extend(octet.repeat(count));
            }
            Some((name, file))
        };
        test_support::vectors(area)
            .into_iter()
            .filter_map(read)
            .collect()
    }

    /// Every byte of a file is the matter of exactly one node.
    fn check_tiles(nodes: &[annotation::Node], mut at: usize, end: usize, name: &str) {
        for node in nodes.iter().filter(|node| !node.restarts) {
            assert_eq!(node.at, at, "{name}: {}", node.name);
            at += node.header.len();
            if !node.children.is_empty() {
                let marked = node
                    .children
                    .iter()
                    .any(|child| child.name == "end of contents");
                let end = at + node.length + if marked { 2 } else { 0 };
                check_tiles(&node.children, at, end, name);
                at = end;
            } else {
                at += node.length;
            }
        }
        assert_eq!(at, end, "{name}");
    }

    #[test]
    fn every_byte_belongs_to_one_node() {
        let mut files = vectors("lds");
        files.extend(vectors("dg13"));
        for (name, path) in test_support::vectors("pki") {
            let given = &test_support::read_json(&path)["given"];
            let file = |field: &str| test_support::unhex(given[field].as_str().unwrap());
            files.push((name.clone(), file("security_object")));
            files.push((name, file("csca")));
        }
        for (name, file) in files {
            for annotation in explain(&file)
                .iter()
                .filter(|annotation| annotation.gap.is_none())
            {
                check_tiles(&annotation.nodes, 0, file.len(), &name);
            }
        }
    }

    #[test]
    fn files_that_follow_their_standard_are_explained_to_the_end() {
        // A record of four invented octets, and the wrong lengths of the standard's own example.
        let exceptions = ["dg2_iso39794", "annex_a3_dg2_printed"];
        for (name, file) in vectors("lds") {
            let explained = explain(&file)
                .iter()
                .all(|annotation| annotation.gap.is_none());
            assert_eq!(explained, !exceptions.contains(&name.as_str()), "{name}");
        }
    }

    /// The reader of the records lets it pass.
    #[test]
    fn prints_without_a_resolution_are_told() {
        use biometrics::finger::FingerPosition;
        use biometrics::finger::iso19794_4::{Compression, FingerImage, FingerRecord};
        use lds::{BiometricRecord, FileContent as _};

        let print = FingerImage::live_scan(FingerPosition::LEFT_INDEX, 2, 2, vec![9; 4]);
        let print = FingerRecord::new(0, Compression::UNCOMPRESSED, print);
        let record = BiometricRecord::Iso19794(print.to_bytes().unwrap());
        let subtype = lds::biometric_template::BiometricSubtype(
            FingerPosition::LEFT_INDEX.biometric_subtype().unwrap(),
        );
        let dg3 = lds::Dg3::of_fingers([(subtype, record)]).unwrap();
        let explained = explain(&dg3.to_bytes());
        let finding = "in record 1: the image resolution is 0 × 0";
        assert!(
            explained[0]
                .findings
                .iter()
                .flatten()
                .any(|found| found.text.starts_with(finding)),
            "{explained:?}"
        );
    }

    /// Cut anywhere, any byte changed: no panic, whatever the renderers make of it.
    #[test]
    fn damaged_files_are_explained_as_far_as_they_go() {
        let mut rng = StdRng::seed_from_u64(9303);
        for (_, file) in vectors("lds") {
            for _ in 0..200 {
                let mut damaged = file.clone();
                damaged.truncate(rng.random_range(0..=file.len().min(600)));
                for _ in 0..rng.random_range(0..4) {
                    let at = rng.random_range(0..damaged.len().max(1));
                    if let Some(byte) = damaged.get_mut(at) {
                        *byte = rng.random();
                    }
                }
                for annotation in explain(&damaged) {
                    text::render(&annotation, true);
                    json::value(&annotation, true);
                }
            }
        }
    }
}
