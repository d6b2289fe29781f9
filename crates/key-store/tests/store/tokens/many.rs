//! One token, many who use it.

use std::process::{Command, Stdio};

use super::super::office::{profile, rng};
use super::{Fault, LABEL, fault, pin, shared, variable};

/// What a process of its own does: a key to sign with, or one to make.
const JOB: &str = "KEY_STORE_SHARING_JOB";
const TIMES: u8 = 50;
/// SoftHSM rewrites its token with each login, and a process that reads it at that moment never sees it again: it says that
/// the token is absent, makes no key, and is started anew. What is tested is that there are never two keys.
const NOT_SEEN: i32 = 77;
const STARTS: usize = 10;

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn a_process_that_shares_the_token() {
    let p256 = profile("ecdsa-p256");
    let job = std::env::var(JOB).unwrap_or_else(|_| "make;alone".to_owned());
    match job.split_once(';').unwrap() {
        ("sign", key) => {
            let signer = key_store::open(&shared(key), &p256, &pin(), &mut rng(1)).unwrap();
            for number in 0..TIMES {
                let signature = signer.sign(&[number]).unwrap();
                signer
                    .public_key()
                    .verify(&p256.algorithm, &[number], &signature)
                    .unwrap();
            }
        }
        (_, key) => {
            // One of those who make it at the same time makes it.
            let mut own = rng(std::process::id().into());
            let made = key_store::generate(&shared(key), &p256, &pin(), &mut own);
            if made
                .as_ref()
                .is_err_and(|error| error.fault() == Some(Fault::TokenAbsent))
            {
                std::process::exit(NOT_SEEN);
            }
            if let Err(error) = made {
                assert_eq!(error.fault(), Some(Fault::KeyExists));
            }
            if key == "alone" {
                key_store::destroy(&shared(key), &pin()).unwrap();
            }
        }
    }
}

fn at_once(job: &str, count: usize) {
    let start = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tokens::many::a_process_that_shares_the_token"])
            .args(["--include-ignored", "--nocapture"])
            .env(JOB, job)
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };
    let processes: Vec<_> = (0..count).map(|_| start()).collect();
    for mut process in processes {
        let mut ended = process.wait().unwrap();
        for _ in 1..STARTS {
            if ended.code() != Some(NOT_SEEN) {
                break;
            }
            ended = start().wait().unwrap();
        }
        assert!(ended.success(), "{job}");
    }
}

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn two_processes_sign_at_once_beside_sixteen_threads() {
    let p256 = profile("ecdsa-p256");
    let location = shared("shared");
    let signer = key_store::generate(&location, &p256, &pin(), &mut rng(1)).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| at_once("sign;shared", 2));
        for thread in 0..16u8 {
            let signer = &signer;
            scope.spawn(move || {
                for number in 0..TIMES {
                    let message = [thread, number];
                    let signature = signer.sign(&message).unwrap();
                    signer
                        .public_key()
                        .verify(&signer.algorithm(), &message, &signature)
                        .unwrap();
                }
            });
        }
    });
    key_store::destroy(&location, &pin()).unwrap();
}

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn a_key_made_by_several_at_once_is_one_key_or_none() {
    assert!(!variable(LABEL).is_empty());
    at_once("make;raced", 4);
    // Each who finds another one takes his own away again: there may be none, and never two.
    let opened = key_store::open(
        &shared("raced"),
        &profile("ecdsa-p256"),
        &pin(),
        &mut rng(1),
    );
    match opened {
        Ok(_) => key_store::destroy(&shared("raced"), &pin()).unwrap(),
        none => assert_eq!(fault(none), Fault::KeyNotFound),
    }
}
