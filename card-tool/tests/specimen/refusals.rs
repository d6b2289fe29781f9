//! Orders that contradict themselves: refused with a sentence, before anything is made.

use super::border::OFFICES;
use super::support::{run, tree, word};

const USAGE: i32 = 2;
const POLICY: i32 = 7;

#[test]
fn what_cannot_be() {
    let folder = tempfile::tempdir().unwrap();
    let verifier = OFFICES.path("dv");
    for (words, said) in [
        ("--pace none --no-bac", "needs PACE or basic access control"),
        ("--pace none --curve 12", "leaves nothing"),
        ("--pace none,gm", "leaves nothing"),
        ("--pace none --pin", "a PIN is a password of PACE"),
        ("--puk", "--pin"),
        ("--pace im --curve p224", "P-224"),
        ("--pace gm,cam --group 2", "ECDH and AES only"),
        ("--pace gm,cam --cipher 3des", "ECDH and AES only"),
        ("--pace cam", "another mapping beside it"),
        ("--pace gm,cam --ca none", "chip authentication beside it"),
        ("--pace gm,gm", "named twice"),
        ("--curve 12,p256", "named twice"),
        ("--ca none,12", "stands alone"),
        ("--ca 12,12", "key ids, each its own"),
        ("--eac @cvca --ca none", "needs chip authentication"),
        ("--eac @dv", "folder of a document verifier"),
        ("--eac @nowhere", "nowhere"),
        ("--bac --no-bac", "cannot be used with"),
        ("--curve 2", "P-256 (12)"),
        ("--group p256", "MODP 2048/256 (2)"),
        ("--cipher des", "3des, aes128"),
        ("--record fixtures", "record.toml"),
    ] {
        let words = words.split(' ').map(|one| match one {
            "@cvca" => OFFICES.path("cvca"),
            "@dv" => verifier.clone(),
            one => one.to_owned(),
        });
        let all = ["specimen", "--out", word(folder.path())].map(str::to_owned);
        let ended = run(all.into_iter().chain(words.clone())).expect(USAGE);
        let words: Vec<String> = words.collect();
        assert!(ended.stderr.contains(said), "{words:?}: {}", ended.stderr);
        assert!(tree(folder.path()).is_empty(), "{words:?}");
    }
}

#[test]
fn a_card_is_not_overwritten_and_nobody_who_exists_is_a_specimen() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("card");
    std::fs::create_dir(&out).unwrap();
    std::fs::write(out.join("card.json"), b"a chip").unwrap();
    let ended = run(["specimen", "--out", word(&out)]).expect(POLICY);
    assert!(ended.stderr.contains("holds a card already"));

    let person = folder.path().join("person");
    std::fs::create_dir(&person).unwrap();
    for (path, content) in tree(&test_support::fixture("people/vn-citizen-nam")) {
        std::fs::write(person.join(path.file_name().unwrap()), content).unwrap();
    }
    let record = std::fs::read_to_string(person.join("record.toml")).unwrap();
    std::fs::write(person.join("record.toml"), record.replace(" Specimen", "")).unwrap();
    let other = folder.path().join("other");
    let words = ["specimen", "--record", word(&person), "--out", word(&other)];
    let ended = run(words).expect(POLICY);
    assert!(
        ended.stderr.contains("does not say SPECIMEN"),
        "{}",
        ended.stderr
    );
    assert!(!other.exists());
}
