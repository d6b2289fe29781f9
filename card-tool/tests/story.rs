//! The whole story in one process: three people become cards, every genuine card passes in every way, every altered one is
//! refused by the check that is there for it, and what is left in the folder can be looked at.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use support::{check, checks_that, run, word};

const PEOPLE: [(&str, &str); 3] = [
    ("uto-passport-anton", "uto-passport"),
    ("vn-citizen-dao", "vn-cccd-2021"),
    ("vn-citizen-nam", "vn-cccd-2021"),
];
const WAYS: [&str; 3] = ["pace-can", "pace-mrz", "bac"];
/// What was altered, and the checks that fail because of it: a swapped key of active authentication is caught twice.
const ALTERATIONS: [(&str, &[&str]); 3] = [
    ("altered-dg2", &["data-groups"]),
    ("altered-sod", &["security-object"]),
    // No proof of the chip makes up for one that failed, chip authentication included.
    (
        "altered-dg15",
        &["active-authentication", "data-groups", "chip-authenticity"],
    ),
];
/// With extended length a file takes at most two commands: 9 or 10 files, PACE, chip and active authentication. A reading in
/// short commands takes more than 60.
const MOST_ROUND_TRIPS: u64 = 26;

struct Demo {
    out: PathBuf,
    summary: Value,
}

impl Demo {
    fn path(&self, relative: &str) -> PathBuf {
        self.out.join(relative)
    }

    fn json(&self, relative: &str) -> Value {
        test_support::read_json(&self.path(relative))
    }

    fn row(&self, person: &str, way: &str) -> &Value {
        let rows = self.summary["inspected"].as_array().unwrap();
        rows.iter()
            .find(|row| row["card"] == person && row["way"] == way)
            .unwrap_or_else(|| panic!("no row {person} {way}"))
    }
}

/// Run once for all tests of this file; what it left stays until the next time.
fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(|| {
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("story");
        if out.exists() {
            std::fs::remove_dir_all(&out).unwrap();
        }
        let summary = run([
            "demo",
            "--transport",
            "memory",
            "--output-format",
            "json",
            "--out",
            word(&out),
        ])
        .expect(0)
        .json();
        Demo { out, summary }
    })
}

#[test]
fn three_people_become_cards() {
    let demo = demo();
    assert_eq!(demo.summary["as_expected"], true);
    let issued = demo.summary["issued"].as_array().unwrap();
    assert_eq!(issued.len(), PEOPLE.len());
    for (row, (person, profile)) in issued.iter().zip(PEOPLE) {
        assert_eq!(
            [&row["card"], &row["profile"]],
            [&json!(person), &json!(profile)]
        );
        assert!(row["bytes"].as_u64().unwrap() > 30_000, "{row}");
    }
    let inspected = demo.summary["inspected"].as_array().unwrap();
    assert_eq!(
        inspected.len(),
        PEOPLE.len() * (WAYS.len() + ALTERATIONS.len())
    );
    for row in inspected {
        assert_eq!(row["as_expected"], true, "{row}");
    }
    assert_eq!(demo.summary, demo.json("summary.json"));
    let register = std::fs::read_to_string(demo.path("register.jsonl")).unwrap();
    assert_eq!(register.lines().count(), PEOPLE.len());
}

#[test]
fn a_genuine_card_passes_in_every_way() {
    for (person, _) in PEOPLE {
        for way in WAYS {
            let row = demo().row(person, way);
            assert_eq!(row["overall"], "successful", "{row}");
            assert_eq!(row["failed_checks"], json!([]), "{row}");

            let report = demo().json(&format!("{person}/{way}.json"));
            assert_eq!(report["overall"], "successful");
            assert_eq!(report["exit_code"], 0);
            assert_eq!(report["data_verified"], true);
            assert_eq!(checks_that(&report, "failed"), [""; 0]);
            assert_eq!(checks_that(&report, "aborted"), [""; 0]);
            let (used, unused) = if way == "bac" {
                ("bac", "pace")
            } else {
                ("pace", "bac")
            };
            assert_eq!(check(&report, used)["result"], "successful", "{way}");
            assert_ne!(check(&report, unused)["result"], "successful", "{way}");
            for proof in ["chip-authentication", "active-authentication"] {
                assert_eq!(check(&report, proof)["result"], "successful", "{way}");
            }
        }
    }
}

#[test]
fn a_reading_takes_few_round_trips() {
    for (person, _) in PEOPLE {
        for way in WAYS {
            let report = demo().json(&format!("{person}/{way}.json"));
            let trips = report["statistics"]["round_trips"].as_u64().unwrap();
            assert!(
                (1..=MOST_ROUND_TRIPS).contains(&trips),
                "{person} {way}: {trips}"
            );
            let bytes: u64 = report["files"]
                .as_object()
                .unwrap()
                .values()
                .map(|length| length.as_u64().unwrap())
                .sum();
            assert!(report["statistics"]["bytes_from_card"].as_u64().unwrap() > bytes);
        }
    }
}

#[test]
fn an_altered_card_is_refused_by_the_right_checks() {
    for (person, _) in PEOPLE {
        for (alteration, failing) in ALTERATIONS {
            let row = demo().row(person, alteration);
            assert_eq!(row["overall"], "failed", "{row}");
            assert_eq!(row["failed_checks"], json!(failing), "{row}");
            assert!(failing.contains(&row["must_fail"].as_str().unwrap()));

            let report = demo().json(&format!("{person}/{alteration}-report.json"));
            assert_eq!(report["overall"], "failed");
            assert_eq!(report["exit_code"], 1);
            assert_eq!(report["data_verified"], false);
            let mut by_name = failing.to_vec();
            by_name.sort_unstable();
            assert_eq!(checks_that(&report, "failed"), by_name);
            for id in failing {
                assert_ne!(
                    check(&report, id)["cause"],
                    "",
                    "{person} {alteration} {id}"
                );
            }
        }
    }
}

#[test]
fn fingerprints_stay_closed_and_the_report_says_so() {
    for (person, _) in PEOPLE {
        let report = demo().json(&format!("{person}/pace-can.json"));
        let fingers = check(&report, "protected-data-groups");
        assert_eq!(fingers["result"], "undetermined");
        let cause = fingers["cause"].as_str().unwrap();
        assert!(cause.contains("EF.DG3"), "{cause}");
        assert!(cause.contains("terminal authentication"), "{cause}");
        assert!(report["unread"]["dg3"].as_str().unwrap().contains("6982"));
        assert!(report["files"].get("dg3").is_none(), "{}", report["files"]);
        assert!(!demo().path(&format!("{person}/files/dg3.bin")).exists());
        let page = page(person, "pace-can");
        assert!(page.contains("terminal authentication"));
    }
}

#[test]
fn files_and_their_meaning_are_left_to_look_at() {
    for (person, _) in PEOPLE {
        let portrait = std::fs::read(demo().path(&format!("{person}/portrait.png"))).unwrap();
        assert!(portrait.starts_with(b"\x89PNG\r\n\x1a\n") && portrait.len() > 10_000);
        let report = demo().json(&format!("{person}/pace-can.json"));
        for (file, length) in report["files"].as_object().unwrap() {
            let content =
                std::fs::read(demo().path(&format!("{person}/files/{file}.bin"))).unwrap();
            assert_eq!(length, content.len(), "{person} {file}");
            let text = demo().path(&format!("{person}/files/{file}.txt"));
            let text = std::fs::read_to_string(text).unwrap();
            assert!(text.contains(&format!("{} bytes", content.len())), "{text}");
            assert!(text.contains("findings: none"), "{text}");
        }
        let zone = std::fs::read_to_string(demo().path(&format!("{person}/mrz.txt"))).unwrap();
        assert_eq!(
            report["holder"]["mrz"],
            json!(zone.lines().collect::<Vec<_>>())
        );
    }
}

/// The folder that the demo leaves is one that `verify --files` judges, with the explanations that lie beside the files.
#[test]
fn the_folder_of_the_demo_is_judged_like_the_card() {
    for (person, profile) in PEOPLE {
        let csca = demo().path(&format!("pki/{profile}/csca.der"));
        let folder = demo().path(person);
        let verify = ["verify", "--trust", word(&csca), "--files"];
        for folder in [folder.join("files"), folder] {
            let arguments = [&verify[..], &[word(&folder), "--output-format", "json"]].concat();
            let report = run(arguments).expect(0).json();
            let on_card = demo().json(&format!("{person}/pace-can.json"));
            assert_eq!(report["verdict"]["covered"], on_card["verdict"]["covered"]);
            assert_eq!(report["files"], on_card["files"], "{person}");
            let passed_over = report["passed_over"].to_string();
            assert!(passed_over.contains("card-access.txt"), "{passed_over}");
        }
    }
}

fn page(person: &str, name: &str) -> String {
    std::fs::read_to_string(demo().path(&format!("{person}/{name}.html"))).unwrap()
}

#[test]
fn a_page_needs_nothing_else_and_shows_the_portrait() {
    for (person, _) in PEOPLE {
        for name in WAYS {
            let page = page(person, name);
            assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
            assert_self_contained(&page, Path::new(person));
            let image = page
                .split("src=\"data:image/png;base64,")
                .nth(1)
                .and_then(|rest| rest.split('"').next())
                .expect("a portrait");
            assert!(BASE64.decode(image).unwrap().starts_with(b"\x89PNG"));
            assert!(page.contains("The chip is the issuer&#39;s, and these data groups"));
            // The demo gives no revocation list and shows no printed zone: whoever looks at the page must know.
            for open in ["revocation", "mrz-as-printed", "not-read"] {
                assert!(
                    page.contains(&format!("<li id=\"remark-{open}\">")),
                    "{open}"
                );
            }
        }
        for (alteration, _) in ALTERATIONS {
            let page = page(person, &format!("{alteration}-report"));
            assert_self_contained(&page, Path::new(person));
            assert!(page.contains("The document is NOT in order."));
            assert!(page.contains("Holder: not verified"));
            assert!(!page.contains("what the issuer signed") && !page.contains("remark-"));
        }
    }
}

/// Nothing is loaded and nothing runs: every address is one of data.
fn assert_self_contained(page: &str, name: &Path) {
    for (at, _) in page
        .match_indices("src=")
        .chain(page.match_indices("href="))
    {
        assert!(
            page[at..].starts_with("src=\"data:image/"),
            "{}: {}",
            name.display(),
            &page[at..at + 40]
        );
    }
    for forbidden in [
        "<script",
        "<link",
        "<iframe",
        "@import",
        "url(",
        "javascript:",
    ] {
        assert!(!page.contains(forbidden), "{}: {forbidden}", name.display());
    }
}

#[test]
fn a_second_demo_does_not_write_over_the_first() {
    let before = support::tree(&demo().path(""));
    run([
        "demo",
        "--transport",
        "memory",
        "--out",
        word(&demo().path("")),
    ])
    .expect(2);
    assert!(support::tree(&demo().path("")) == before);
}
