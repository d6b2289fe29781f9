//! One story: a bureau issues passports, each once, and each would pass a border.

use crypto::HashAlgorithm;
use lds::File;
use perso::CardImage;
use serde_json::json;

use crate::bureau::{Bureau, read};
use crate::judge::authentic;
use crate::program::{Run, Service};

const RECEIPTS: &str = "--receipt commit:3:000102030405060708090a0b0c0d0e0f --receipt lock:4:101112131415161718191a1b1c1d1e1f";
const NEW_JOB: &str = "01900000-0000-7000-8000-000000000001";
const OFFICERS: &str = "--operator Anna --approver Berta";

fn sod_of(image: &CardImage) -> String {
    let digest = HashAlgorithm::Sha256.digest(&image.files()[&File::Sod]);
    hex::encode(digest)
}

#[test]
fn a_record_becomes_a_job_that_a_border_accepts() {
    let bureau = Bureau::new();
    let service = Service::init(&bureau);
    let check = service.run(["--check-config"]);
    check.must_end(0, "");
    assert_eq!(check.json["document_signers"][0]["may_sign_now"], true);

    let issued = service.issue("X00000001", bureau.chip(1, 1));
    issued.must_end(0, "");
    assert_eq!(issued.json["resumed"], false);
    let document = &issued.json["document"];
    assert_eq!(document["document_number"], "X00000001");
    assert_eq!(document["stage"], "signed");
    let job_file = service.path(&format!("jobs/{}.job.json", issued.job()));
    assert_eq!(issued.json["job_file"], json!(job_file));
    let image = authentic(&bureau, &job_file);
    assert_eq!(image.job().to_string(), issued.job());
    assert_eq!(image.chip_serial(), [1; 16]);
    assert_eq!(document["security_object_sha256"], sod_of(&image));
    assert_eq!(
        document["manifest_sha256"],
        hex::encode(image.manifest().hash())
    );

    let first = read(&job_file);
    let again = service.issue("X00000001", bureau.chip(1, 1));
    again.must_end(0, "");
    assert_eq!(
        (again.job(), &again.json["resumed"]),
        (issued.job(), &json!(true))
    );
    assert_eq!(read(&job_file), first, "the same document, octet by octet");
}

#[test]
#[cfg(unix)]
fn only_the_owner_reads_jobs_and_register() {
    use std::os::unix::fs::PermissionsExt as _;
    let bureau = Bureau::new();
    let service = Service::init(&bureau);
    let issued = service.issue("X00000001", bureau.chip(1, 1));
    let job_file = format!("jobs/{}.job.json", issued.job());
    for (name, mode) in [
        (job_file.as_str(), 0o600),
        ("register.sqlite", 0o600),
        ("jobs", 0o700),
        ("", 0o700),
    ] {
        let metadata = std::fs::metadata(service.path(name)).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{name}");
    }
}

#[test]
fn number_chip_and_keys_are_used_once() {
    let bureau = Bureau::new();
    let service = Service::init(&bureau);
    let first = service.issue("X00000001", bureau.chip(1, 1)).job();
    let held = |what: &str| format!("{what} is in use by job {first}");

    let number = service.issue("X00000001", bureau.chip(2, 2));
    number.must_end(7, &held("the document number"));
    let (record, chip) = (bureau.record("X00000002"), bureau.chip(1, 2));
    let files = format!("--record {} --chip {}", record.display(), chip.display());
    let chip = service.say(&format!("issue {files} {OFFICERS} --job {NEW_JOB}"));
    chip.must_end(7, &held("the chip"));
    let key = service.issue("X00000002", bureau.chip(2, 1));
    key.must_end(7, &held("a public key of the chip"));
    let other = service.issue("X00000002", bureau.chip(1, 1));
    other.must_end(7, "entered for another document, chip or record");

    let documents = service.say("list").json["documents"].clone();
    assert_eq!(documents.as_array().unwrap().len(), 1, "{documents}");
    let jobs = std::fs::read_dir(service.path("jobs")).unwrap();
    assert_eq!(jobs.count(), 1, "nothing refused was signed");
}

#[test]
fn four_eyes_see_more_than_two() {
    let bureau = Bureau::new();
    let service = Service::init(&bureau);
    let (record, chip) = (bureau.record("X00000001"), bureau.chip(1, 1));
    let files = format!("--record {} --chip {}", record.display(), chip.display());
    let alone = service.say(&format!("issue {files} --operator Anna --approver ANNA"));
    alone.must_end(7, "same person");
    assert_eq!(service.say("list").json["documents"], json!([]));
    let job = service.issue("X00000001", chip).job();
    let void = format!("void --job {job} --reason print-faulty --operator Anna");
    service
        .say(&format!("{void} --approver anna"))
        .must_end(7, "same person");
    assert_eq!(stage(&service, &job), "signed");
}

#[test]
fn a_delivered_job_leaves_receipts_and_no_personal_data() {
    let bureau = Bureau::new();
    let service = Service::init(&bureau);
    let job = service.issue("X00000001", bureau.chip(1, 1)).job();
    let job_file = service.path(&format!("jobs/{job}.job.json"));
    let marker = b"mrz_key_seed";
    assert!(contains(&read(&service.path("register.sqlite")), marker));

    let only_commit = RECEIPTS.split(" --receipt lock").next().unwrap();
    let half = service.say(&format!("delivered --job {job} {only_commit}"));
    half.must_end(2, "both needed");
    let swapped = RECEIPTS.replace("commit:3", "commit:5");
    let swapped = service.say(&format!("delivered --job {job} {swapped}"));
    swapped.must_end(7, "counter 4 does not follow 5");

    service
        .say(&format!("delivered --job {job} {RECEIPTS}"))
        .must_end(0, "");
    assert!(!job_file.exists());
    for name in ["register.sqlite", "register.sqlite-wal"] {
        let left = std::fs::read(service.path(name)).unwrap_or_default();
        assert!(!contains(&left, marker), "personal data in {name}");
    }
    service
        .say(&format!("delivered --job {job} {RECEIPTS}"))
        .must_end(0, "");

    let void = format!("void --job {job} --reason chip-faulty {OFFICERS}");
    service.say(&void).must_end(7, "in the field");
    service
        .issue("X00000001", bureau.chip(1, 1))
        .must_end(7, "in the field");
    assert!(!job_file.exists());
    let shown = service.say("show --number UTO:X00000001");
    let history = shown.json["history"].as_array().unwrap();
    let events: Vec<_> = history.iter().map(|recorded| &recorded["event"]).collect();
    assert_eq!(events, ["entered", "signed", "delivered"]);
    assert_eq!(history[2]["content"]["lock"]["counter"], 4);
}

#[test]
fn a_voided_number_stays_used_and_a_remake_gets_another() {
    let bureau = Bureau::new();
    let service = Service::init(&bureau);
    let job = service.issue("X00000001", bureau.chip(1, 1)).job();
    let void = format!("void --job {job} --reason print-faulty {OFFICERS}");
    service.say(&void).must_end(0, "");
    service.say(&void).must_end(0, "");
    assert!(!service.path(&format!("jobs/{job}.job.json")).exists());
    service
        .issue("X00000001", bureau.chip(1, 1))
        .must_end(7, "voided: print-faulty");
    service
        .issue("X00000001", bureau.chip(2, 2))
        .must_end(7, &format!("in use by job {job}"));
    service
        .say(&format!("delivered --job {job} {RECEIPTS}"))
        .must_end(7, "voided");
    let remake = service.issue("X00000002", bureau.chip(2, 2));
    remake.must_end(0, "");
    let voided = service.say("list --stage voided");
    assert_eq!(voided.json["documents"][0]["job"], json!(job));
    let page = service.say("list --limit 1");
    assert_eq!(page.json["next"], json!(job));
    let next = service.say(&format!("list --after {job}"));
    assert_eq!(next.json["documents"][0]["job"], json!(remake.job()));
}

#[test]
fn of_programs_that_race_for_a_number_exactly_one_wins() {
    const RACERS: u16 = 4;
    let bureau = Bureau::new();
    let service = Service::init(&bureau);
    let racers: Vec<_> = (1..=RACERS)
        .map(|chip| service.start_issue("X00000001", bureau.chip(chip, chip.into())))
        .collect();
    let runs: Vec<Run> = racers
        .into_iter()
        .map(|racer| Run::of(&racer.wait_with_output().unwrap()))
        .collect();
    let (winners, losers): (Vec<&Run>, Vec<&Run>) = runs.iter().partition(|run| run.code == 0);
    let [winner] = winners[..] else {
        panic!("{} winners", winners.len())
    };
    for loser in losers {
        loser.must_end(7, &format!("in use by job {}", winner.job()));
    }
    let jobs = std::fs::read_dir(service.path("jobs")).unwrap();
    assert_eq!(jobs.count(), 1);
    authentic(
        &bureau,
        &service.path(&format!("jobs/{}.job.json", winner.job())),
    );
}

#[test]
fn what_is_wrong_is_said_and_has_its_exit_code() {
    let bureau = Bureau::new();
    let service = Service::init(&bureau);
    let (folder, pki) = (bureau.path("service"), bureau.path("pki"));
    let again = service.say(&format!(
        "init {} --pki {}",
        folder.display(),
        pki.display()
    ));
    again.must_end(7, "exists already");
    let unknown = format!("show --job {NEW_JOB}");
    service.say(&unknown).must_end(1, "no such job");
    let chip = bureau.path("chip.json");
    std::fs::write(&chip, "{}").unwrap();
    service.issue("X00000001", chip).must_end(2, "chip.json");
    service
        .issue("1", bureau.chip(1, 1))
        .must_end(7, "uto-document-number");
    let toml = service.path("issuance-service.toml");
    let text = String::from_utf8(read(&toml)).unwrap();
    std::fs::write(&toml, format!("{text}port = 1\n")).unwrap();
    service.run(["--check-config"]).must_end(2, "port");
    std::fs::write(&toml, text.replace("register.sqlite", "elsewhere.sqlite")).unwrap();
    service.run(["--check-config"]).must_end(6, "no register");
    std::fs::write(bureau.path("pki/document-signer.key"), "no key").unwrap();
    service
        .run(["--check-config"])
        .must_end(6, "document-signer.key");
}

fn stage(service: &Service<'_>, job: &str) -> serde_json::Value {
    service.say(&format!("show --job {job}")).json["document"]["stage"].clone()
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}
