//! A limit of 100, and a thousand who ask: threads, processes, and processes that are killed. What the key has signed is
//! seen at the key itself, where a file takes note of each message before it is signed.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crypto::{PublicKey, SignatureAlgorithm};
use key_store::{UsageLedger, key_identifier};
use pki::{DocumentSigner, Error, KeyStoreFault, NotPermitted, Signer};
use rand::RngExt as _;
use tempfile::TempDir;

use super::office::{self, document, file, key_and_certificate, place, profile, rng, secret, sign};

const LIMIT: u64 = 100;
const REQUESTS: u32 = 1000;
const PROCESSES: u32 = 8;
/// The job of a worker process: folder, first request, one past the last, threads.
const JOB: &str = "KEY_STORE_TEST_JOB";
/// `long` runs the campaign of kills for its own sake.
const CAMPAIGN: &str = "CARD_TOOLCHAIN_CAMPAIGN";
const SHORT_ROUNDS: usize = 4;
const LONG_ROUNDS: usize = 200;
/// A worker that hangs is a failure, not a long test.
const PATIENCE: Duration = Duration::from_secs(120);

/// A key under observation.
struct Observed {
    key: Arc<dyn Signer>,
    log: File,
}

impl Signer for Observed {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn sign(&self, message: &[u8]) -> pki::Result<Vec<u8>> {
        // One write of a file opened for appending: lines of several processes do not mix.
        (&self.log)
            .write_all(format!("{}\n", hex::encode(message)).as_bytes())
            .unwrap();
        self.key.sign(message)
    }
}

/// A folder with key, certificate and ledger.
fn office() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = key_and_certificate(&place(&folder, "key"), 5);
    fs::write(place(&folder, "certificate"), certificate).unwrap();
    UsageLedger::create(&place(&folder, "ledger"), key.public_key(), Some(LIMIT)).unwrap();
    fs::write(place(&folder, "signed"), "").unwrap();
    fs::write(place(&folder, "granted"), "").unwrap();
    folder
}

fn appending(path: &Path) -> File {
    OpenOptions::new().append(true).open(path).unwrap()
}

fn signer(folder: &Path) -> DocumentSigner {
    let key = key_store::open(
        &file(&folder.join("key")),
        &profile("ecdsa-p256"),
        &secret(""),
        &mut rng(6),
    )
    .unwrap();
    let ledger = UsageLedger::open(&folder.join("ledger"), key.public_key()).unwrap();
    let log = appending(&folder.join("signed"));
    let certificate = fs::read(folder.join("certificate")).unwrap();
    DocumentSigner::new(&certificate, Arc::new(Observed { key, log }))
        .unwrap()
        .counted_by(Arc::new(ledger))
}

/// Asks for all of these, and notes those that were granted; returns how many.
fn ask_for(folder: &Path, requests: std::ops::Range<u32>, threads: usize) -> usize {
    let signer = signer(folder);
    let granted = appending(&folder.join("granted"));
    let numbers: Vec<u32> = requests.collect();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| {
                let (signer, granted, numbers) = (&signer, &granted, &numbers);
                scope.spawn(move || {
                    let mine = numbers.iter().skip(thread).step_by(threads);
                    mine.filter(|number| match sign(signer, **number) {
                        Ok(security_object) => {
                            assert!(!security_object.is_empty());
                            (&*granted)
                                .write_all(format!("{number}\n").as_bytes())
                                .unwrap();
                            true
                        }
                        Err(error) => {
                            assert_eq!(error, Error::NotPermitted(NotPermitted::UsageLimit));
                            false
                        }
                    })
                    .count()
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap())
            .sum()
    })
}

/// The distinct lines of a file.
fn distinct(path: &Path) -> BTreeSet<String> {
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

/// The key has signed exactly as many contents as it may, each of them is in the ledger, and each who has a signature is
/// among them.
fn check(folder: &Path) {
    assert_eq!(distinct(&folder.join("signed")).len() as u64, LIMIT);
    let granted = distinct(&folder.join("granted"));
    assert_eq!(granted.len() as u64, LIMIT);
    let ledger = fs::read_to_string(folder.join("ledger")).unwrap();
    for number in granted {
        let content = document(number.parse().unwrap()).to_der();
        let hash = crypto::HashAlgorithm::Sha256.digest(&content);
        assert!(
            ledger.contains(&format!("reserve {}", hex::encode(hash))),
            "{number}"
        );
    }
    let status = UsageLedger::open_any(&folder.join("ledger"))
        .unwrap()
        .status()
        .unwrap();
    assert_eq!((status.used, status.remaining()), (LIMIT, Some(0)));
}

fn worker(folder: &Path, requests: std::ops::Range<u32>, threads: usize) -> Child {
    let job = format!(
        "{};{};{};{threads}",
        folder.display(),
        requests.start,
        requests.end
    );
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "limit::a_worker_does_its_share",
            "--include-ignored",
        ])
        .env(JOB, job)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

fn workers(folder: &Path) -> Vec<Child> {
    let share = REQUESTS / PROCESSES;
    (0..PROCESSES)
        .map(|process| worker(folder, process * share..(process + 1) * share, 4))
        .collect()
}

fn wait_for(mut child: Child) {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            return;
        }
        if begun.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("a worker hangs");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What the other tests start as processes of their own; alone it does the whole work by itself.
#[test]
fn a_worker_does_its_share() {
    let Ok(job) = std::env::var(JOB) else {
        let folder = office();
        assert_eq!(ask_for(folder.path(), 0..150, 1) as u64, LIMIT);
        return check(folder.path());
    };
    let fields: Vec<&str> = job.split(';').collect();
    let number = |index: usize| fields[index].parse::<u32>().unwrap();
    ask_for(
        Path::new(fields[0]),
        number(1)..number(2),
        number(3) as usize,
    );
}

#[test]
fn of_a_thousand_threads_a_hundred_sign() {
    let folder = office();
    assert_eq!(
        ask_for(folder.path(), 0..REQUESTS, REQUESTS as usize) as u64,
        LIMIT
    );
    check(folder.path());
}

#[test]
fn of_eight_processes_together_a_hundred_requests_are_signed() {
    let folder = office();
    workers(folder.path()).into_iter().for_each(wait_for);
    check(folder.path());
}

/// Kills all processes at some moment, several times, and lets the same requests be asked again: who was killed between the
/// ledger and the signature asks for the same content, and is not counted twice.
#[test]
fn after_kills_at_any_moment_it_is_still_a_hundred() {
    let long = std::env::var(CAMPAIGN).is_ok_and(|word| word == "long");
    let rounds = if long { LONG_ROUNDS } else { SHORT_ROUNDS };
    for round in 0..rounds {
        let folder = office();
        let mut moments = rng(9303 + round as u64);
        for _ in 0..3 {
            let mut running = workers(folder.path());
            let signed_before = distinct(&place(&folder, "signed")).len() as u64;
            let enough = moments.random_range(signed_before..=LIMIT);
            let begun = Instant::now();
            // By what is in the ledger, not by time: a busy machine is as good as a fast one.
            while lines(&place(&folder, "ledger")) < enough && begun.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_micros(moments.random_range(0..2000)));
            }
            for child in &mut running {
                child.kill().unwrap();
                child.wait().unwrap();
            }
            assert!(distinct(&place(&folder, "signed")).len() as u64 <= LIMIT);
        }
        // The same requests once more: the ones that hold a place get their signature, and no others.
        workers(folder.path()).into_iter().for_each(wait_for);
        check(folder.path());
    }
}

fn lines(path: &Path) -> u64 {
    fs::read_to_string(path).unwrap().lines().count() as u64
}

/// A key that does not answer, or that may have signed before it failed.
struct Failing {
    key: Arc<dyn Signer>,
    fault: KeyStoreFault,
}

impl Signer for Failing {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }

    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }

    fn sign(&self, _: &[u8]) -> pki::Result<Vec<u8>> {
        Err(Error::KeyStore(self.fault))
    }
}

#[test]
fn a_key_that_has_certainly_not_signed_costs_nothing_and_any_other_does() {
    let cases = [
        (KeyStoreFault::TokenAbsent, 0),
        (KeyStoreFault::PinIncorrect, 0),
        (KeyStoreFault::TokenFull, 0),
        (KeyStoreFault::SessionLost, 0),
        (KeyStoreFault::Refused(5), 0),
        (KeyStoreFault::Unanswered(0x30), 1),
        (KeyStoreFault::SignatureUnusable, 1),
    ];
    for (fault, used) in cases {
        let folder = tempfile::tempdir().unwrap();
        let (key, certificate) = key_and_certificate(&place(&folder, "key"), 5);
        let path = place(&folder, "ledger");
        let ledger = Arc::new(UsageLedger::create(&path, key.public_key(), Some(1)).unwrap());
        let signer = DocumentSigner::new(&certificate, Arc::new(Failing { key, fault }))
            .unwrap()
            .counted_by(ledger.clone());
        assert_eq!(sign(&signer, 1), Err(Error::KeyStore(fault)));
        assert_eq!(ledger.status().unwrap().used, used, "{fault}");
    }
}

#[test]
fn what_the_certificate_does_not_allow_costs_nothing() {
    let folder = office();
    let signer = signer(folder.path());
    let late = office::NOW + time::Duration::days(100);
    for (document_type, now, why) in [
        ("V", office::NOW, NotPermitted::DocumentType),
        (office::TYPE, late, NotPermitted::AfterUsagePeriod),
    ] {
        let refused = pki::security_object::sign(&document(1), &signer, document_type, now);
        assert_eq!(refused, Err(Error::NotPermitted(why)));
    }
    assert_eq!(lines(&place(&folder, "ledger")), 1);
    assert_eq!(lines(&place(&folder, "signed")), 0);
}

#[test]
fn a_ledger_that_cannot_be_written_ends_the_signing() {
    let folder = office();
    let signer = signer(folder.path());
    assert!(sign(&signer, 1).is_ok());
    fs::remove_file(place(&folder, "ledger")).unwrap();
    let refused = sign(&signer, 2);
    assert!(matches!(refused, Err(Error::KeyStore(fault)) if fault.certainly_not_signed()));
    assert_eq!(lines(&place(&folder, "signed")), 1);
    let key = signer.certificate().public_key().unwrap();
    assert_eq!(key_identifier(&key).unwrap().len(), 32);
}
