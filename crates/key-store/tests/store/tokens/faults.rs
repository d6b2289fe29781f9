//! What goes wrong with tokens, and what it costs.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::Arc;

use key_store::UsageLedger;
use pki::{DocumentSigner, Error};

use super::super::office::{self, NOW, certificate_of, profile, rng, secret};
use super::{
    Fault, LABEL, MODULE, PIN, SPY, back_door, fault, new_token, pin, place, session, slot,
    variable,
};

/// What a process of its own does: job, token, key.
const JOB: &str = "KEY_STORE_TOKEN_JOB";

/// Runs a job in a process of its own, through a module that writes down the calls; returns what it wrote.
fn spied(job: &str, token: &str, key: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("calls");
    let status = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "tokens::faults::a_job_on_a_token",
            "--include-ignored",
        ])
        .env(JOB, format!("{job};{token};{key}"))
        .env("PKCS11SPY", variable(MODULE))
        .env("PKCS11SPY_OUTPUT", &log)
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{job}");
    String::from_utf8_lossy(&fs::read(log).unwrap_or_default()).into_owned()
}

/// How often a function was called.
fn calls(log: &str, function: &str) -> usize {
    let names = log.lines().filter_map(|line| line.split_once(": "));
    names.filter(|(_, name)| *name == function).count()
}

/// What the other tests start as processes of their own; alone it signs once.
#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn a_job_on_a_token() {
    let p256 = profile("ecdsa-p256");
    let Ok(job) = std::env::var(JOB) else {
        let location = super::shared("job");
        let signer = key_store::generate(&location, &p256, &pin(), &mut rng(1)).unwrap();
        signer.sign(b"message").unwrap();
        return key_store::destroy(&location, &pin()).unwrap();
    };
    let fields: Vec<&str> = job.split(';').collect();
    let (token, key) = (fields[1], fields[2]);
    match fields[0] {
        "wrong pin" => {
            let location = place(&variable(SPY), token, key);
            for _ in 0..5 {
                let refused = key_store::open(&location, &p256, &secret("00000000"), &mut rng(1));
                assert_eq!(fault(refused), Fault::PinIncorrect);
            }
            std::thread::scope(|scope| {
                for _ in 0..8 {
                    let again =
                        || key_store::open(&location, &p256, &secret("00000000"), &mut rng(1));
                    scope.spawn(move || assert_eq!(fault(again()), Fault::PinIncorrect));
                }
            });
            // Another secret is another question.
            key_store::open(&location, &p256, &pin(), &mut rng(1)).unwrap();
            // The right one is known now: this one is not even sent.
            let refused = key_store::open(&location, &p256, &secret("00000000"), &mut rng(1));
            assert_eq!(fault(refused), Fault::PinIncorrect);
        }
        "sixteen" => {
            let location = place(&variable(SPY), token, key);
            let signer = key_store::open(&location, &p256, &pin(), &mut rng(1)).unwrap();
            std::thread::scope(|scope| {
                for thread in 0..16u8 {
                    let signer = &signer;
                    scope.spawn(move || {
                        (0..10).for_each(|_| drop(signer.sign(&[thread; 40]).unwrap()));
                    });
                }
            });
        }
        "module ended" => module_ended(token, key),
        "absent" => {
            let location = place(&variable(MODULE), token, key);
            for secret in [pin(), secret("")] {
                let absent = key_store::open(&location, &p256, &secret, &mut rng(1));
                assert_eq!(fault(absent), Fault::TokenAbsent);
            }
        }
        other => panic!("{other}"),
    }
}

/// Somebody ends the module for the whole process; its sessions, logins and handles are gone.
fn module_ended(token: &str, key: &str) {
    let p256 = profile("ecdsa-p256");
    let signer = key_store::open(
        &place(&variable(MODULE), token, key),
        &p256,
        &pin(),
        &mut rng(1),
    )
    .unwrap();
    for begun_again in [false, true] {
        signer.sign(b"before").unwrap();
        back_door().finalize().unwrap();
        if begun_again {
            // Now the handles are those of no session, or of somebody else's.
            back_door();
        }
        let signature = signer.sign(b"after").unwrap();
        signer
            .public_key()
            .verify(&p256.algorithm, b"after", &signature)
            .unwrap();
    }
}

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn a_wrong_pin_is_asked_once() {
    let token = "TEST wrong pin";
    new_token(token);
    let location = place(&variable(MODULE), token, "key");
    key_store::generate(&location, &profile("ecdsa-p256"), &pin(), &mut rng(1)).unwrap();
    let log = spied("wrong pin", token, "key");
    // Thirteen times the wrong one, of which one went to the token; and the right one.
    assert_eq!(calls(&log, "C_Login"), 2, "{log}");
    assert_eq!(log.matches("CKR_PIN_INCORRECT").count(), 1);
}

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn sixteen_threads_log_in_once_and_find_the_key_once() {
    let location = super::shared("sixteen");
    key_store::generate(&location, &profile("ecdsa-p256"), &pin(), &mut rng(1)).unwrap();
    let log = spied("sixteen", &variable(LABEL), "sixteen");
    assert_eq!(calls(&log, "C_Login"), 1);
    assert_eq!(calls(&log, "C_SignInit"), 160);
    // Private and public key when it is opened, and not again.
    assert_eq!(calls(&log, "C_FindObjectsInit"), 2);
    assert!((1..=16).contains(&calls(&log, "C_OpenSession")));
    key_store::destroy(&location, &pin()).unwrap();
}

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn a_wrong_pin_is_said_by_the_token_and_costs_no_document() {
    let token = "TEST no counter";
    new_token(token);
    let p256 = profile("ecdsa-p256");
    let location = place(&variable(MODULE), token, "key");
    let key = key_store::generate(&location, &p256, &pin(), &mut rng(1)).unwrap();
    let certificate = certificate_of(key.public_key(), NOW - time::Duration::days(1), 90);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let ledger = Arc::new(UsageLedger::create(&path, key.public_key(), Some(5)).unwrap());
    let signer = DocumentSigner::new(&certificate, key)
        .unwrap()
        .counted_by(ledger.clone());
    office::sign(&signer, 1).unwrap();
    // The PIN is changed behind our back, and the login ends: the next login fails.
    let context = back_door();
    let other = session(&context, token);
    let old = cryptoki::types::AuthPin::new(variable(PIN).into());
    let new = cryptoki::types::AuthPin::new("87654321".into());
    other.set_pin(&old, &new).unwrap();
    other.logout().unwrap();
    for number in 2..6 {
        assert_eq!(
            office::sign(&signer, number),
            Err(Error::KeyStore(Fault::PinIncorrect))
        );
    }
    assert!(
        context
            .get_token_info(slot(&context, token))
            .unwrap()
            .user_pin_count_low()
    );
    assert_eq!(ledger.status().unwrap().used, 1);
    // The new PIN opens the pool for all who use it.
    key_store::open(&location, &p256, &secret("87654321"), &mut rng(1)).unwrap();
    office::sign(&signer, 2).unwrap();
    assert_eq!(ledger.status().unwrap().used, 2);
}

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn what_is_not_there_is_named() {
    let p256 = profile("ecdsa-p256");
    let opened = |module: &str, token: &str, key: &str| {
        fault(key_store::open(
            &place(module, token, key),
            &p256,
            &pin(),
            &mut rng(1),
        ))
    };
    let module = variable(MODULE);
    let label = variable(LABEL);
    // In a process of its own: where no session is open, the module is begun anew to find it.
    spied("absent", "TEST nobody", "key");
    assert_eq!(opened(&module, &label, "no such key"), Fault::KeyNotFound);
    assert_eq!(
        opened("/nowhere/libpkcs11.so", &label, "key"),
        Fault::ModuleUnloadable
    );
    let folder = tempfile::tempdir().unwrap();
    let no_module = folder.path().join("libpkcs11.so");
    fs::write(&no_module, "no library").unwrap();
    assert_eq!(
        opened(no_module.to_str().unwrap(), &label, "key"),
        Fault::ModuleUnloadable
    );
    for name in ["TEST twins", "TEST twins"] {
        new_token(name);
    }
    assert_eq!(opened(&module, "TEST twins", "key"), Fault::TokenAmbiguous);
}

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn a_lost_login_is_made_again_under_the_hands_of_many() {
    let token = "TEST lost login";
    new_token(token);
    let p256 = profile("ecdsa-p256");
    let location = place(&variable(MODULE), token, "key");
    let signer = key_store::generate(&location, &p256, &pin(), &mut rng(1)).unwrap();
    let context = back_door();
    let other = session(&context, token);
    for round in 0..5u8 {
        other.logout().unwrap();
        std::thread::scope(|scope| {
            for thread in 0..16u8 {
                let signer = &signer;
                scope.spawn(move || {
                    let message = [round, thread];
                    let signature = signer.sign(&message).unwrap();
                    signer
                        .public_key()
                        .verify(&signer.algorithm(), &message, &signature)
                        .unwrap();
                });
            }
        });
    }
    // While they sign: whoever is hit twice is told that nothing was signed.
    std::thread::scope(|scope| {
        for thread in 0..8u8 {
            let signer = &signer;
            scope.spawn(move || {
                for number in 0..50u8 {
                    match signer.sign(&[thread, number]) {
                        Ok(signature) => signer
                            .public_key()
                            .verify(&signer.algorithm(), &[thread, number], &signature)
                            .unwrap(),
                        Err(error) => assert!(error.certainly_not_signed(), "{error}"),
                    }
                }
            });
        }
        for _ in 0..20 {
            let _ = other.logout();
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
    });
    signer.sign(b"and on it goes").unwrap();
}

#[test]
#[ignore = "needs the SoftHSM token of `cargo xtask test`"]
fn complaint_15_sessions_that_are_gone_are_opened_again() {
    let location = super::shared("module ended");
    key_store::generate(&location, &profile("ecdsa-p256"), &pin(), &mut rng(1)).unwrap();
    spied("module ended", &variable(LABEL), "module ended");
    key_store::destroy(&location, &pin()).unwrap();
}
