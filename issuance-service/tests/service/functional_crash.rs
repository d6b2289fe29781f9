//! One story: the service is killed with SIGKILL wherever it can be, and no document is lost or doubled.
//!
//! Two campaigns. In the first one a child process stops itself at each seam of *enter → sign → record → publish*, by a
//! signer and a store that never return, and is killed there. In the second one the program itself is killed at moments
//! spread over its whole run.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use issuance_service::{Error, Issued};
use register::document::Refusal;
use serde_json::json;

use crate::bureau::Bureau;
use crate::in_process;
use crate::judge::authentic;
use crate::program::{Run, Service};
use crate::seams::{Hook, Seam, stop_at};

const NUMBER: &str = "X00000001";
/// Tells a child process where its bureau is and where it has to stop.
const CHILD: [&str; 2] = ["ISSUANCE_TEST_BUREAU", "ISSUANCE_TEST_SEAM"];
/// How long a child may need to its seam.
const PATIENCE: Duration = Duration::from_secs(60);
/// Moments of the second campaign.
const MOMENTS: u32 = 16;

/// The body of the child process; nothing to do in any other run.
#[tokio::test]
async fn child() {
    let [Some(root), Some(seam)] = CHILD.map(std::env::var_os) else {
        return;
    };
    let bureau = Bureau::at(root.into());
    let seam = Seam::from_word(&seam.to_string_lossy());
    let result = issue(&bureau, stop_at(seam, &bureau)).await;
    unreachable!("the child runs past its seam: {result:?}");
}

/// Issues the document in this process, with a hook at each seam.
async fn issue(bureau: &Bureau, hook: Hook) -> Result<Issued, Error> {
    in_process::issue(bureau, &bureau.record(NUMBER), &bureau.chip(1, 1), hook).await
}

/// Runs the child until it stands at the seam, and kills it there.
fn kill_at(bureau: &Bureau, seam: Seam) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "functional_crash::child"])
        .env(CHILD[0], bureau.path(""))
        .env(CHILD[1], seam.word())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begin = Instant::now();
    while !seam.is_reached(bureau) {
        assert!(begin.elapsed() < PATIENCE, "{seam:?} is never reached");
        assert!(child.try_wait().unwrap().is_none(), "{seam:?}: child ended");
        std::thread::sleep(Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    seam.forget(bureau);
}

/// Asks for the document once more; it must be there, once, complete and authentic. Its job.
fn finish(service: &Service<'_>, number: &str, chip: std::path::PathBuf) -> String {
    let issued = service.issue(number, chip);
    issued.must_end(0, "");
    let job = issued.job();
    let job_file = service.path(&format!("jobs/{job}.job.json"));
    let image = authentic(service.bureau, &job_file);
    assert_eq!(image.job().to_string(), job);
    let shown = service.say(&format!("show --number UTO:{number}"));
    assert_eq!(shown.job(), job);
    let events: Vec<_> = shown.json["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|recorded| recorded["event"].clone())
        .collect();
    assert_eq!(events, ["entered", "signed"], "{number}");
    let security_object =
        hex::encode(crypto::HashAlgorithm::Sha256.digest(&image.files()[&lds::File::Sod]));
    assert_eq!(
        shown.json["document"]["security_object_sha256"],
        json!(security_object)
    );
    job
}

#[test]
fn killed_at_any_seam_the_same_document_is_issued_once() {
    for (at, seam) in Seam::ALL.into_iter().enumerate() {
        let bureau = Bureau::new();
        let service = Service::init(&bureau);
        kill_at(&bureau, seam);
        let listed = service.say("list").json["documents"].clone();
        let before = listed.as_array().unwrap();
        assert_eq!(before.len(), usize::from(at > 0), "{seam:?}");
        assert_eq!(
            before.first().map(|document| document["stage"].clone()),
            seam.stage_left().map(|stage| json!(stage)),
            "{seam:?}"
        );
        let job = finish(&service, NUMBER, bureau.chip(1, 1));
        if let [document] = &before[..] {
            assert_eq!(document["job"], json!(job), "{seam:?}");
        }
        let after = service.say("list").json["documents"].clone();
        assert_eq!(after.as_array().unwrap().len(), 1, "{seam:?}");
    }
}

#[test]
fn killed_at_one_seam_after_the_other_it_is_still_one_document() {
    let bureau = Bureau::new();
    let service = Service::init(&bureau);
    for seam in Seam::ALL {
        kill_at(&bureau, seam);
    }
    finish(&service, NUMBER, bureau.chip(1, 1));
    let documents = service.say("list").json["documents"].clone();
    assert_eq!(documents.as_array().unwrap().len(), 1);
}

#[test]
fn resumed_by_several_at_once_it_is_still_one_document() {
    let bureau = Bureau::new();
    let service = Service::init(&bureau);
    kill_at(&bureau, Seam::Signing);
    let runs: Vec<_> = (0..4)
        .map(|_| service.start_issue(NUMBER, bureau.chip(1, 1)))
        .collect();
    let runs: Vec<Run> = runs
        .into_iter()
        .map(|run| Run::of(&run.wait_with_output().unwrap()))
        .collect();
    for run in &runs {
        run.must_end(0, "");
        assert_eq!(
            run.json, runs[0].json,
            "every run tells of the same signature"
        );
    }
    finish(&service, NUMBER, bureau.chip(1, 1));
}

#[tokio::test]
async fn voided_at_any_seam_no_job_is_left() {
    for seam in [Seam::Signing, Seam::Recording, Seam::Publishing] {
        let bureau = Bureau::new();
        let service = Service::init(&bureau);
        let root = bureau.path("");
        let void = move |reached| {
            if reached == seam {
                let bureau = Bureau::at(root.clone());
                let service = Service { bureau: &bureau };
                let job = service.say("list").json["documents"][0]["job"].clone();
                let job = job.as_str().unwrap();
                let officers = "--operator Anna --approver Berta";
                let void = format!("void --job {job} --reason wrong-data {officers}");
                service.say(&void).must_end(0, "");
            }
        };
        let result = issue(&bureau, Arc::new(void)).await;
        assert!(
            matches!(result, Err(Error::Refused(Refusal::Voided(_)))),
            "{seam:?}: {result:?}"
        );
        let jobs = std::fs::read_dir(service.path("jobs")).unwrap();
        assert_eq!(jobs.count(), 0, "{seam:?}");
    }
}

#[test]
fn killed_at_any_moment_nothing_is_lost_or_doubled() {
    let bureau = Bureau::new();
    let service = Service::init(&bureau);
    let chip = bureau.chip(200, 200);
    bureau.record("X00000000");
    let begin = Instant::now();
    service.issue("X00000000", chip).must_end(0, "");
    let whole = begin.elapsed();
    for moment in 0..MOMENTS {
        let number = format!("X1{moment:07}");
        let chip = u16::try_from(moment + 1).unwrap();
        let chip = bureau.chip(chip, chip.into());
        let mut run = service.start_issue(&number, chip.clone());
        std::thread::sleep(whole * moment / MOMENTS);
        run.kill().unwrap();
        Run::of(&run.wait_with_output().unwrap());
        finish(&service, &number, chip);
    }
    let documents = service.say("list --stage signed").json["documents"].clone();
    let count = usize::try_from(MOMENTS).unwrap() + 1;
    assert_eq!(documents.as_array().unwrap().len(), count);
    let jobs = std::fs::read_dir(service.path("jobs")).unwrap().flatten();
    let complete = jobs.filter(|job| job.path().extension() == Some("json".as_ref()));
    assert_eq!(complete.count(), count);
}
