//! What is made anew (issuers, master keys, chips) is made whole, for its owner only, and never over something that is there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice
)]

mod support;

use std::path::Path;

use serde_json::Value;

use support::{Running, card_tool, end, run, tree, word};

const USAGE: i32 = 2;
const READER: i32 = 5;
const POLICY: i32 = 7;

fn pki_init(folder: &Path, more: &[&str]) -> support::Ended {
    let mut arguments = vec!["pki", "init", word(folder)];
    for pair in [
        ["--country", "VN"],
        ["--state", "VNM"],
        ["--document-types", "I,ID"],
    ] {
        if !more.contains(&pair[0]) {
            arguments.extend(pair);
        }
    }
    arguments.extend(more);
    run(arguments)
}

#[test]
fn an_issuer_of_every_curve_is_made_and_shown_and_never_replaced() {
    for (algorithm, parameters) in [
        ("ecdsa-p256", "explicit"),
        ("ecdsa-p384", "named"),
        ("ecdsa-brainpoolP256r1", "named"),
        ("ecdsa-brainpoolP384r1", "explicit"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let pki = folder.path().join("pki");
        let more = ["--algorithm", algorithm, "--ec-parameters", parameters];
        let made = pki_init(&pki, &more).expect(0);
        let made_files = tree(&pki);
        assert_eq!(made_files.len(), 5, "{:?}", made_files.keys());
        let shown = run(["pki", "show", word(&pki)]).expect(0);
        assert_eq!(made.stdout, shown.stdout);
        assert!(shown.stdout.contains(algorithm) && shown.stdout.contains("TEST CSCA VNM"));

        let json = run(["pki", "show", word(&pki), "--output-format", "json"])
            .expect(0)
            .json();
        assert_eq!(json["settings"]["ec-parameters"], parameters);
        let certificates = json["certificates"].as_array().unwrap();
        let [csca, signer] = &certificates[..] else {
            panic!("{json}");
        };
        assert_eq!(csca["subject"], csca["issuer"]);
        assert_eq!(signer["issuer"], csca["subject"]);
        assert_ne!(signer["subject"], csca["subject"]);
        assert_ne!(signer["sha256"], csca["sha256"]);

        let refused = pki_init(&pki, &more).expect(POLICY);
        assert!(
            refused.stderr.contains("exists already"),
            "{}",
            refused.stderr
        );
        assert!(tree(&pki) == made_files, "{algorithm}");
    }
}

#[cfg(unix)]
#[test]
fn keys_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    pki_init(&folder.path().join("pki"), &[]).expect(0);
    run(["keys", "init", word(&folder.path().join("keys"))]).expect(0);
    let keys: Vec<_> = tree(folder.path())
        .into_keys()
        .filter(|path| path.extension().is_some_and(|extension| extension == "key"))
        .collect();
    assert_eq!(keys.len(), 5, "{keys:?}");
    for path in keys {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", path.display());
    }
}

#[test]
fn what_fails_leaves_nothing_behind() {
    let wrong: [&[&str]; 5] = [
        &["--algorithm", "rot13"],
        &["--country", "VNX"],
        &["--country", "vn"],
        &["--country", "DE"],
        &["--document-types", "I,IDX"],
    ];
    for more in wrong {
        let folder = tempfile::tempdir().unwrap();
        let ended = pki_init(&folder.path().join("pki"), more).expect(USAGE);
        assert!(!ended.stderr.contains("panicked"));
        assert_eq!(tree(folder.path()).len(), 0, "{more:?}");
    }
    let files = [
        "csca.key",
        "csca.der",
        "document-signer.key",
        "document-signer.der",
        "pki.toml",
    ];
    for (name, is_pki) in files
        .map(|name| (name, true))
        .into_iter()
        .chain(["transport.key", "quality.key"].map(|name| (name, false)))
    {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(name), "somebody's").unwrap();
        let before = tree(folder.path());
        let ended = if is_pki {
            pki_init(folder.path(), &[])
        } else {
            run(["keys", "init", word(folder.path())])
        };
        let ended = ended.expect(POLICY);
        assert!(ended.stderr.contains(name), "{}", ended.stderr);
        assert!(tree(folder.path()) == before, "{name}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "x").unwrap();
    pki_init(&file, &[]).expect(USAGE);
    run(["keys", "init", word(&file)]).expect(USAGE);
    assert_eq!(std::fs::read(&file).unwrap(), b"x");
}

#[test]
fn a_chip_is_made_once_and_runs_in_one_place() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    let card = folder.path().join("card.json");
    run(["keys", "init", word(&keys)]).expect(0);
    // Nobody listens there: the chip is made, and then waits in vain for a reader.
    let emulate = ["emulate", "--card", word(&card), "--vpcd", "127.0.0.1:1"];
    let make = [&emulate[..], &["--new", "--keys", word(&keys)]].concat();
    let mut first = Running::start(&mut card_tool(&make));
    support::until("the new chip", || {
        std::fs::metadata(&card).is_ok_and(|file| file.len() > 0)
    });
    let second = end(&mut card_tool(emulate)).expect(POLICY);
    assert!(second.stderr.contains("in use"), "{}", second.stderr);
    assert!(first.child.try_wait().unwrap().is_none(), "still waiting");
    let first = first.end().expect(READER);
    assert!(first.stderr.contains("127.0.0.1:1") || first.stderr.contains("pcscd"));
    let chip: Value = serde_json::from_slice(&std::fs::read(&card).unwrap()).unwrap();
    assert!(chip.to_string().contains("serial"), "{chip}");
}
