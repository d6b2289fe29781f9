//! Who may depend on whom. Arrows go down, never sideways; tests may look up.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::{Offence, none, tree};

/// The floors of ARCHITECTURE.md.
const FLOORS: [(u8, &[&str]); 6] = [
    (5, &["card-tool", "issuance-service"]),
    (4, &["applet-spec", "floor", "register"]),
    (
        3,
        &[
            "access",
            "audit-log",
            "authorization-pki",
            "key-store",
            "ceremony",
            "perso",
            "inspection",
            "status-list",
        ],
    ),
    (
        2,
        &[
            "pki",
            "protocols",
            "globalplatform",
            "transport",
            "enrolment",
        ],
    ),
    (1, &["lds"]),
    (0, &["iso7816", "crypto", "mrz", "biometrics"]),
];
/// They stand beside the house: nothing in it needs them, except to be tested.
const BESIDE: [&str; 4] = ["rehearsal", "specimens", "test-support", "xtask"];
/// Only `crypto` names them, so that there is one place where a cipher is chosen and one where it is used.
const PRIMITIVES: [&str; 20] = [
    "aes",
    "aws-lc-rs",
    "bp256",
    "bp384",
    "cbc",
    "cmac",
    "crypto-bigint",
    "des",
    "ecdsa",
    "elliptic-curve",
    "fpe",
    "p256",
    "p384",
    "p521",
    "primefield",
    "primeorder",
    "retail-mac",
    "rsa",
    "sha1",
    "sha2",
];
/// One member's manifest, its path and what it says.
struct Manifest {
    path: String,
    table: Table,
}

impl Manifest {
    fn name(&self) -> &str {
        self.table
            .get("package")
            .and_then(|package| package.get("name"))
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Every dependency of these kinds: name and how it is given.
    fn dependencies(&self, kinds: &[&str]) -> BTreeMap<String, Value> {
        let mut found = BTreeMap::new();
        let mut add = |table: &Table| {
            for kind in kinds {
                if let Some(Value::Table(dependencies)) = table.get(*kind) {
                    found.extend(dependencies.clone());
                }
            }
        };
        add(&self.table);
        if let Some(Value::Table(targets)) = self.table.get("target") {
            targets
                .values()
                .filter_map(Value::as_table)
                .for_each(&mut add);
        }
        found
    }

    /// What the product is made of.
    fn built_of(&self) -> BTreeMap<String, Value> {
        self.dependencies(&["dependencies", "build-dependencies"])
    }

    fn all(&self) -> BTreeMap<String, Value> {
        self.dependencies(&["dependencies", "build-dependencies", "dev-dependencies"])
    }
}

fn floor(name: &str) -> Option<u8> {
    FLOORS
        .iter()
        .find(|(_, rooms)| rooms.contains(&name))
        .map(|(floor, _)| *floor)
}

fn against_direction(manifest: &Manifest) -> Vec<Offence> {
    let name = manifest.name();
    let mut offences = Vec::new();
    for dependency in manifest.built_of().keys() {
        let why = match (floor(name), floor(dependency)) {
            (Some(from), Some(to)) if to >= from => {
                Some(format!("floor {from} must not need floor {to}"))
            }
            (Some(_), None) if BESIDE.contains(&dependency.as_str()) => {
                Some("it stands beside the house".to_owned())
            }
            (None, _)
                if name == "xtask"
                    && (floor(dependency).is_some() || BESIDE.contains(&dependency.as_str())) =>
            {
                Some("xtask must build on a bare machine".to_owned())
            }
            _ => None,
        };
        offences
            .extend(why.map(|why| format!("{}: {name} needs {dependency}: {why}", manifest.path)));
    }
    offences
}

fn against_one_crypto(manifest: &Manifest) -> Vec<Offence> {
    let name = manifest.name();
    let named = manifest.built_of();
    named
        .keys()
        .filter(|dependency| name != "crypto" && PRIMITIVES.contains(&dependency.as_str()))
        .map(|primitive| format!("{}: {name} names {primitive}", manifest.path))
        .collect()
}

/// Versions stand in the root manifest only; a path may lead into one's own folder.
fn against_one_version(manifest: &Manifest) -> Vec<Offence> {
    let is_shared = |value: &Value| value.get("workspace").and_then(Value::as_bool) == Some(true);
    let is_own_room = |value: &Value| {
        value
            .get("path")
            .and_then(Value::as_str)
            .is_some_and(|path| !path.contains(".."))
    };
    let all = manifest.all();
    let own = all
        .iter()
        .filter(|(_, value)| !is_shared(value) && !is_own_room(value));
    own.map(|(dependency, _)| format!("{}: {dependency} is not `workspace = true`", manifest.path))
        .collect()
}

fn manifests() -> Vec<Manifest> {
    let sources = tree::sources();
    let files = sources
        .iter()
        .filter(|source| source.path.ends_with("/Cargo.toml") && !source.path.starts_with("fuzz/"));
    files
        .map(|source| Manifest {
            path: source.path.clone(),
            table: source.text.parse().unwrap(),
        })
        .collect()
}

fn manifest(text: &str) -> Manifest {
    Manifest {
        path: "test".to_owned(),
        table: text.parse().unwrap(),
    }
}

#[test]
fn every_room_has_a_floor_and_every_floor_its_rooms() {
    let manifests = manifests();
    let names: Vec<&str> = manifests.iter().map(Manifest::name).collect();
    for (_, rooms) in FLOORS {
        for room in rooms {
            assert!(names.contains(room), "{room} is gone");
        }
    }
    for manifest in &manifests {
        let depth = manifest.path.matches('/').count();
        let is_room = depth == 1 || depth == 2 && manifest.path.starts_with("crates/");
        assert!(
            !is_room || floor(manifest.name()).is_some() || BESIDE.contains(&manifest.name()),
            "{} has no floor",
            manifest.path
        );
    }
}

#[test]
fn arrows_go_down() {
    none(
        &manifests()
            .iter()
            .flat_map(against_direction)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn only_crypto_names_a_primitive() {
    none(
        &manifests()
            .iter()
            .flat_map(against_one_crypto)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn versions_stand_in_the_root_manifest() {
    none(
        &manifests()
            .iter()
            .flat_map(against_one_version)
            .collect::<Vec<_>>(),
    );
}

#[test]
fn an_arrow_up_or_sideways_is_seen() {
    let cases = [
        ("lds", "[dependencies]\ncrypto.workspace = true", 0),
        (
            "lds",
            "[dependencies]\nlds2.workspace = true\npki.workspace = true",
            1,
        ),
        ("pki", "[dependencies]\nprotocols.workspace = true", 1),
        (
            "pki",
            "[dev-dependencies]\nprotocols.workspace = true\ntest-support.workspace = true",
            0,
        ),
        (
            "pki",
            "[target.'cfg(unix)'.dependencies]\nperso.workspace = true",
            1,
        ),
        (
            "card-tool",
            "[dependencies]\nissuance-service.workspace = true\nspecimens.workspace = true",
            2,
        ),
        (
            "xtask",
            "[dependencies]\niso7816.workspace = true\nspecimens.workspace = true",
            2,
        ),
    ];
    for (name, text, want) in cases {
        let manifest = manifest(&format!("[package]\nname = \"{name}\"\n{text}"));
        assert_eq!(against_direction(&manifest).len(), want, "{name}: {text}");
    }
}

#[test]
fn a_second_home_of_ciphers_is_seen() {
    for (name, dependency, want) in [
        ("crypto", "aes", 0),
        ("pki", "der", 0),
        ("pki", "aes", 1),
        ("perso", "sha2", 1),
    ] {
        let manifest = manifest(&format!(
            "[package]\nname = \"{name}\"\n[dependencies]\n{dependency}.workspace = true"
        ));
        assert_eq!(
            against_one_crypto(&manifest).len(),
            want,
            "{name} {dependency}"
        );
    }
}

#[test]
fn a_version_of_ones_own_is_seen() {
    let cases = [
        ("serde.workspace = true", 0),
        ("serde = { workspace = true, features = [\"rc\"] }", 0),
        ("encoder = { path = \"encoder\" }", 0),
        ("serde = \"1\"", 1),
        ("lds = { path = \"../lds\" }", 1),
    ];
    for (line, want) in cases {
        assert_eq!(
            against_one_version(&manifest(&format!("[dependencies]\n{line}"))).len(),
            want,
            "{line}"
        );
    }
}
