//! Keys in files.

use std::fs;

use key_store::{Error, KeyProfile, file as key_file, profile::ALL};
use pki::KeyStoreFault as Fault;

use super::office::{file, place, profile, rng, secret};

fn fault<T>(result: Result<T, Error>) -> Fault {
    result.err().unwrap().fault().unwrap()
}

#[test]
fn keys_of_every_kind_are_made_opened_and_destroyed() {
    // One small RSA key stands for the large ones, which take their time to be found.
    let fast =
        |profile: &&KeyProfile| !profile.word.ends_with("3072") && !profile.word.ends_with("4096");
    for profile in ALL.iter().filter(fast) {
        let folder = tempfile::tempdir().unwrap();
        let location = file(&place(&folder, "key"));
        let made =
            key_store::generate(&location, profile, &secret("specimen"), &mut rng(1)).unwrap();
        let opened = key_store::open(&location, profile, &secret("specimen"), &mut rng(2)).unwrap();
        assert_eq!(made.public_key(), opened.public_key());
        let signature = opened.sign(b"message").unwrap();
        made.public_key()
            .verify(&profile.algorithm, b"message", &signature)
            .unwrap();
        key_store::destroy(&location, &secret("")).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        assert_eq!(
            fault(key_store::destroy(&location, &secret(""))),
            Fault::KeyNotFound
        );
    }
}

#[test]
fn a_key_file_is_encrypted_for_its_owner_and_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder, "key");
    let p256 = profile("ecdsa-p256");
    key_store::generate(&file(&path), &p256, &secret("specimen"), &mut rng(1)).unwrap();
    assert!(key_file::is_encrypted(&path).unwrap());
    let before = fs::read(&path).unwrap();
    let again = key_store::generate(&file(&path), &p256, &secret("other"), &mut rng(2));
    assert_eq!(fault(again), Fault::KeyExists);
    assert_eq!(fs::read(&path).unwrap(), before);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    for wrong in ["", "Specimen", "specimen "] {
        let refused = key_store::open(&file(&path), &p256, &secret(wrong), &mut rng(3));
        assert_eq!(fault(refused), Fault::PasswordIncorrect, "{wrong:?}");
    }
    let p384 = profile("ecdsa-p384");
    let other_kind = key_store::open(&file(&path), &p384, &secret("specimen"), &mut rng(3));
    assert_eq!(fault(other_kind), Fault::KeyOfAnotherKind);
}

#[test]
fn plain_keys_are_opened_without_a_password() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder, "key");
    let p256 = profile("ecdsa-p256");
    key_store::generate(&file(&path), &p256, &secret(""), &mut rng(1)).unwrap();
    assert!(!key_file::is_encrypted(&path).unwrap());
    for password in ["", "whatever"] {
        key_store::open(&file(&path), &p256, &secret(password), &mut rng(2)).unwrap();
    }
}

#[test]
fn what_is_no_key_is_neither_opened_nor_destroyed() {
    let folder = tempfile::tempdir().unwrap();
    let path = place(&folder, "letter");
    for content in [
        &b""[..],
        b"Dear TEST",
        &[0x30, 3, 2, 1, 0, 0],
        &[0x30, 1, 4],
        &[0xFF; 70_000],
    ] {
        fs::write(&path, content).unwrap();
        let opened = key_store::open(
            &file(&path),
            &profile("ecdsa-p256"),
            &secret("x"),
            &mut rng(1),
        );
        assert_eq!(fault(opened), Fault::FileUnreadable);
        if !content.is_empty() {
            assert_eq!(
                fault(key_store::destroy(&file(&path), &secret(""))),
                Fault::FileUnreadable
            );
            assert_eq!(fs::read(&path).unwrap(), content);
        }
    }
    // Zeros are a key whose destruction was interrupted.
    fs::write(&path, [0; 300]).unwrap();
    key_store::destroy(&file(&path), &secret("")).unwrap();
    assert!(!path.exists());
}

#[test]
fn where_a_file_cannot_be_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let p256 = profile("ecdsa-p256");
    let nowhere = file(&place(&folder, "no/such/folder"));
    assert_eq!(
        fault(key_store::generate(
            &nowhere,
            &p256,
            &secret("x"),
            &mut rng(1)
        )),
        Fault::FileUnwritable
    );
    assert_eq!(
        fault(key_store::open(&nowhere, &p256, &secret("x"), &mut rng(1))),
        Fault::KeyNotFound
    );
    let a_folder = file(folder.path());
    assert_eq!(
        fault(key_store::generate(
            &a_folder,
            &p256,
            &secret("x"),
            &mut rng(1)
        )),
        Fault::KeyExists
    );
    assert_eq!(
        fault(key_store::open(&a_folder, &p256, &secret("x"), &mut rng(1))),
        Fault::FileUnreadable
    );
}
