//! One token, many who use it.

use std::process::{Command, Stdio};

use super::super::office::{profile, rng};
use super::{Fault, LABEL, pin, shared, variable};

/// What a process of its own does: a key to sign with, or one to make.
const JOB: &str = "KEY_STORE_SHARING_JOB";
const TIMES: u8 = 50;

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
        assert!(process.wait().unwrap().success(), "{job}");
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
fn a_key_made_by_several_at_once_is_one_key() {
    assert!(!variable(LABEL).is_empty());
    at_once("make;raced", 4);
    key_store::open(
        &shared("raced"),
        &profile("ecdsa-p256"),
        &pin(),
        &mut rng(1),
    )
    .unwrap();
    key_store::destroy(&shared("raced"), &pin()).unwrap();
}
