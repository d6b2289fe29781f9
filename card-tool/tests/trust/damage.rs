//! Stores that were damaged, cut off or robbed of their index: never trusted, and never a no.

use std::path::Path;

use crate::states::{Desk, JSON, State, USAGE, sha256};
use crate::support::{Running, card_tool, run, tree};

#[test]
fn a_damaged_store_is_noticed() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    let store = desk.store();
    for state in [&ut, &vn] {
        let file = desk.file("csca.der", &state.csca);
        desk.trust(0, &["add", &store, &file, "--out-of-band", "TEST"]);
    }
    let index = Path::new(&store).join("trust.jsonl");
    let good = std::fs::read_to_string(&index).unwrap();
    let (first, rest) = good.split_once('\n').unwrap();
    let (second, third) = rest.split_once('\n').unwrap();
    for (what, text, line) in [
        ("a word changed", good.replacen("TEST", "BEST", 1), 3),
        ("the first line gone", rest.to_owned(), 1),
        (
            "the lines exchanged",
            format!("{first}\n{third}{second}\n"),
            2,
        ),
        ("a torn line", good[..good.len() - 9].to_owned(), 3),
        ("no end of line", good[..good.len() - 1].to_owned(), 3),
        ("no index", "{}\n".to_owned(), 1),
    ] {
        std::fs::write(&index, text).unwrap();
        let said = desk.trust(USAGE, &["list", &store]);
        assert!(
            said.contains(&format!("damaged at line {line}")),
            "{what}: {said}"
        );
    }
    std::fs::write(&index, "").unwrap();
    let said = desk.trust(USAGE, &["list", &store]);
    assert!(said.contains("is empty"), "{said}");
    std::fs::write(&index, &good).unwrap();
    let object = Path::new(&store).join(sha256(&ut.csca));
    std::fs::write(&object, &vn.csca).unwrap();
    let said = desk.trust(USAGE, &["list", &store]);
    assert!(said.contains("not the hash that is its name"), "{said}");
    std::fs::remove_file(&object).unwrap();
    let said = desk.trust(USAGE, &["list", &store]);
    assert!(said.contains(&sha256(&ut.csca)), "{said}");
}

/// A store that has removed a certificate and refused a list.
fn store_with_a_removal(desk: &Desk) -> State {
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let store = desk.store();
    let csca = desk.file("csca.der", &ut.csca);
    desk.trust(0, &["add", &store, &csca, "--out-of-band", "TEST"]);
    desk.trust(
        0,
        &["remove", &store, &sha256(&ut.csca), "--reason", "TEST"],
    );
    ut
}

#[test]
fn a_store_without_its_index_is_no_folder_of_trusted_files() {
    let desk = Desk::new();
    let ut = store_with_a_removal(&desk);
    let store = desk.store();
    let csca = desk.path("csca.der");
    let index = Path::new(&store).join("trust.jsonl");
    let lock = Path::new(&store).join(".lock");
    assert!(desk.subjects().is_empty());
    let above = desk.path("above");
    std::fs::create_dir(&above).unwrap();
    std::os::unix::fs::symlink(&store, Path::new(&above).join("link")).unwrap();
    let refused = |what: &str| {
        let fingerprint = sha256(&ut.csca);
        let other = desk.path("other");
        for arguments in [
            &["list", store.as_str()][..],
            &["list", store.as_str(), "--check"],
            &["show", &store, &fingerprint],
            &["add", &store, &csca],
            &["add", &store, &csca, "--fingerprint", &fingerprint],
            &["add", &other, &store, "--out-of-band", "TEST"],
            &["update", &store, &csca],
            &["remove", &store, &fingerprint, "--reason", "TEST"],
        ] {
            let said = desk.trust(USAGE, arguments);
            assert!(
                said.contains("without its index") && said.contains(&store),
                "{what}, {arguments:?}: {said}"
            );
            assert!(!Path::new(&other).exists(), "{what}, {arguments:?}");
        }
        // At the border: no verdict of the document, neither good nor bad.
        let files = desk.path("above");
        let ended = run(["verify", "--trust", &store, "--files", &files]).expect(USAGE);
        assert!(ended.stderr.contains("without its index"), "{ended:?}");
    };
    let good = std::fs::read(&index).unwrap();
    std::fs::remove_file(&index).unwrap();
    refused("the index deleted");
    std::fs::remove_file(&lock).unwrap();
    refused("the lock deleted, too");
    std::fs::write(desk.path("store/more.der"), &ut.csca).unwrap();
    refused("among other files");
    std::fs::remove_file(desk.path("store/more.der")).unwrap();
    std::fs::create_dir(&index).unwrap();
    refused("a folder in the place of the index");
    std::fs::remove_dir(&index).unwrap();
    std::os::unix::fs::symlink("nowhere", &index).unwrap();
    refused("a link that leads nowhere in the place of the index");
    std::fs::remove_file(&index).unwrap();
    std::fs::write(&index, good).unwrap();
    assert!(desk.subjects().is_empty());
}

#[test]
fn a_store_is_not_read_as_a_folder_of_files_from_above() {
    let desk = Desk::new();
    let ut = store_with_a_removal(&desk);
    let vn = State::new("VN", "VNM", "CSCA TEST", 2);
    std::fs::create_dir(desk.path("above")).unwrap();
    desk.file("above/vn.der", &vn.csca);
    std::fs::rename(desk.store(), desk.path("above/store")).unwrap();
    let object = format!("above/store/{}", sha256(&ut.csca));
    let said = desk.trust(USAGE, &["list", &desk.path(&object)]);
    assert!(said.contains("is an object of a trust store"), "{said}");
    for path in ["above", "above/store"] {
        let said = desk.trust(
            USAGE,
            &[
                "add",
                &desk.path("other"),
                &desk.path(path),
                "--out-of-band",
                "TEST",
            ],
        );
        assert!(said.contains("is a trust store, not a folder"), "{said}");
    }
    let said = desk.trust(USAGE, &["list", &desk.path("above")]);
    assert!(said.contains(&desk.path("above/store")), "{said}");
    assert!(!said.contains(&sha256(&ut.csca)[..8]), "{said}");
}

#[test]
fn an_interrupted_beginning_trusts_nothing_and_can_go_on() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let csca = desk.file("csca.der", &ut.csca);
    let store = desk.store();
    let add = ["add", store.as_str(), &csca, "--out-of-band", "TEST"];
    // Killed between lock and index.
    std::fs::create_dir(&store).unwrap();
    desk.file("store/.lock", b"");
    desk.file("store/trust.jsonl.77.tmp", b"{");
    let said = desk.trust(USAGE, &["list", &store]);
    assert!(said.contains("without its index"), "{said}");
    desk.trust(0, &add);
    assert_eq!(desk.subjects().len(), 1);
    // Killed between the first line of the index and the last.
    let index = Path::new(&store).join("trust.jsonl");
    let text = std::fs::read_to_string(&index).unwrap();
    let (first, _) = text.split_once('\n').unwrap();
    assert!(first.contains("\"act\":\"begun\""), "{first}");
    std::fs::write(&index, format!("{first}\n")).unwrap();
    assert!(desk.subjects().is_empty());
    let said = desk.trust(0, &["list", &store]);
    assert!(
        said.contains("1 file in the folder that the index does not name"),
        "{said}"
    );
    desk.trust(0, &add);
    assert_eq!(desk.subjects().len(), 1);
}

#[test]
fn killed_at_any_moment_of_the_first_add_a_store_never_loses_a_refusal() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let csca = desk.file("csca.der", &ut.csca);
    for round in 0..20_u64 {
        let store = desk.path(&format!("store{round}"));
        let add = ["trust", "add", &store, &csca, "--out-of-band", "TEST"];
        let running = Running::start(&mut card_tool(add));
        std::thread::sleep(std::time::Duration::from_micros(round * 700));
        drop(running);
        // Whatever it has left is a store, is nothing, or is said to be unfinished; never a folder of trusted files.
        let ended = run(["trust", "list", &store].iter().chain(&JSON));
        let has_index = Path::new(&store).join("trust.jsonl").is_file();
        assert_eq!(ended.code == Some(0), has_index, "{round}: {ended:?}");
        run(add).expect(0);
    }
}

#[test]
fn a_refused_beginning_leaves_nothing() {
    let desk = Desk::new();
    let ut = State::new("UT", "UTO", "CSCA TEST", 1);
    let csca = desk.file("csca.der", &ut.csca);
    let store = desk.store();
    desk.trust(USAGE, &["add", &store, &csca]);
    assert!(!Path::new(&store).exists());
    std::fs::create_dir(&store).unwrap();
    desk.trust(USAGE, &["add", &store, &csca]);
    assert!(tree(Path::new(&store)).is_empty());
    let said = desk.trust(USAGE, &["update", &desk.path("nowhere"), &csca]);
    assert!(
        said.contains("there is no trust store at") && said.contains("trust add` begins one"),
        "{said}"
    );
}

#[test]
fn the_list_names_the_end_of_the_index() {
    let desk = Desk::new();
    let ut = store_with_a_removal(&desk);
    let store = desk.store();
    let index = Path::new(&store).join("trust.jsonl");
    let text = std::fs::read_to_string(&index).unwrap();
    let last = text.trim_end().rsplit_once('\n').unwrap().1;
    let head = sha256(format!("{last}\n").as_bytes());
    let said = desk.trust(0, &["list", &store]);
    assert!(
        said.contains(&format!("index: 3 entries, head {head}")),
        "{said}"
    );
    // Cut off at the end of a line, nothing but the head tells.
    let (before, _) = text.trim_end().rsplit_once('\n').unwrap();
    std::fs::write(&index, format!("{before}\n")).unwrap();
    let ended = run(["trust", "list", &store].iter().chain(&JSON)).expect(0);
    let json = ended.json();
    assert_eq!(json["index"]["entries"], 2);
    assert_ne!(json["index"]["head"], head);
    assert_eq!(json["certificates"].as_array().unwrap().len(), 1);
    drop(ut);
}
