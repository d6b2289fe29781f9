//! Batches that somebody has signed: whose they are, and what becomes of what is damaged.

use super::*;

/// The signer's key, and the folder of jobs signed with it.
fn sign(site: &Site) -> String {
    let (secret, key, jobs) = (
        site.path("secret"),
        site.path("batch.key"),
        site.path("jobs"),
    );
    std::fs::write(&secret, "TEST secret of the batch key").unwrap();
    run(["floor", "signer-key", &key, "--secret-file", &secret]).expect(0);
    run(["floor", "signer-key", &key, "--secret-file", &secret]).expect(POLICY);
    let mut sign = vec![
        "floor",
        "sign",
        &jobs,
        "--key",
        &key,
        "--secret-file",
        &secret,
    ];
    sign.extend(["--site", "test-site", "--profile", PROFILE]);
    sign.extend(JSON);
    let signed = run(sign).expect(0).json();
    assert_eq!(signed["jobs"], 2);
    signed["batch"].as_str().unwrap().to_owned()
}

#[test]
#[ignore = "needs the pcscd of `cargo xtask test`"]
fn a_batch_that_is_signed() {
    let site = Site::new();
    let slots = [Slot::take(), Slot::take()];
    for number in 0..2 {
        site.make_job(&slots[0], number);
    }
    let batch = sign(&site);
    let jobs = site.path("jobs");
    let take = ["take", &jobs, "--by", WRITER];
    // Whose key it is nobody here has said.
    let refused = site.say(&take).expect(POLICY);
    assert!(
        refused.json()["error"]
            .as_str()
            .unwrap()
            .contains("not trusted"),
        "{refused:?}"
    );
    let public = site.path("batch.pub.pem");
    site.say(&["trust-signer", &public, "--by", WRITER])
        .expect(0);
    site.say(&[&take[..], &["--unsigned"]].concat())
        .expect(USAGE);

    // One file is damaged: it is named, and the other one is taken.
    let files = super::support::tree(Path::new(&jobs));
    let damaged = files
        .keys()
        .find(|name| name.to_string_lossy().ends_with(".job.json"));
    let damaged = Path::new(&jobs).join(damaged.unwrap());
    let whole = std::fs::read_to_string(&damaged).unwrap();
    std::fs::write(&damaged, whole.replacen("\"can\": \"", "\"can\": \"9", 1)).unwrap();
    let part = site.say(&take).expect(NO).json();
    assert_eq!([&part["jobs"], &part["taken_before"]], [1, 0], "{part}");
    assert_eq!(part["damaged"].as_array().unwrap().len(), 1, "{part}");
    assert_eq!(part["batch"], *batch);
    std::fs::write(&damaged, &whole).unwrap();
    let rest = site.say(&take).expect(0).json();
    assert_eq!([&rest["jobs"], &rest["taken_before"]], [1, 1], "{rest}");
    let again = site.say(&take).expect(0).json();
    assert_eq!([&again["jobs"], &again["taken_before"]], [0, 2], "{again}");
    let batches = site.status()["batches"].clone();
    assert_eq!(batches.as_array().unwrap().len(), 1, "{batches}");
    assert_eq!(batches[0]["source"]["kind"], "signed", "{batches}");
    changed_behind_its_back(&site, &slots);
}

/// A file that was changed after it was taken is not written, and the chip stays as it was.
fn changed_behind_its_back(site: &Site, slots: &[Slot; 2]) {
    let kept = site.folder.path().join("hall/jobs");
    for name in tree(&kept).keys() {
        let path = kept.join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replacen("\"bac\": ", "\"bac\":  ", 1)).unwrap();
    }
    let count = ["shift open", "--remaining", "2", "--rejects", "0"];
    site.say(&[&count[..], &["--by", WRITER]].concat())
        .expect(0);
    let before = std::fs::read(site.chip(0)).unwrap();
    let mut writing = site.start("write", WRITER, slots, &[]);
    let card = slots[0].insert(Path::new(&site.chip(0)), &[]);
    until("a refusal", || !writing.events("wrong-card").is_empty());
    slots[0].remove(card, "INT").expect(0);
    writing.interrupt();
    writing.end(INTERRUPTED);
    let why = writing.events("wrong-card")[0]["why"].to_string();
    assert!(why.contains("somebody has changed it"), "{why}");
    assert!(std::fs::read(site.chip(0)).unwrap() == before);
    assert_eq!(site.stage("reserved"), 2);
}
