//! What is never told, whatever file it stands in: keys, passwords, a person's data in a job.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use crypto::{Curve, PrivateKey, SecretBytes};
use lds::File;
use perso::CardImage;
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::json;
use test_support::unhex;

use super::{Case, DONE, Ran, UNDETERMINED, file_of, pem};

/// Any eight bytes of a key are too many; a password counts as a whole.
const TOO_MANY: usize = 8;

/// Looks for secrets in all the forms in which they could slip out.
fn assert_untold(secrets: &[&[u8]], ran: &Ran, what: &str) {
    let told = format!("{}{}", ran.stdout, ran.stderr);
    // Bytes of a dump stand in columns and on lines.
    let digits = told.chars().filter(char::is_ascii_hexdigit);
    let digits = digits.collect::<String>().to_lowercase();
    for secret in secrets {
        for part in secret.windows(secret.len().min(TOO_MANY)) {
            let text = String::from_utf8_lossy(part);
            let base64 = BASE64.encode(part);
            // The last characters depend on what follows.
            let base64 = &base64[..part.len() * 4 / 3];
            assert!(!told.contains(&*text), "{what} tells {text}");
            assert!(!told.contains(base64), "{what} tells {base64}");
            assert!(
                !digits.contains(&hex::encode(part)),
                "{what} tells {part:02X?}"
            );
        }
    }
}

fn check_untold(content: &[u8], secrets: &[&[u8]], lines: &[&str]) {
    let json = ["--output-format", "json"];
    for arguments in [&[][..], &["-v"], &json, &["-v", json[0], json[1]]] {
        let ran = Case::new(content).run(arguments);
        assert_eq!(ran.code, DONE, "{}", ran.stdout);
        if arguments.is_empty() {
            ran.shows(lines);
        }
        assert_untold(secrets, &ran, "the file");
    }
    for cut in (1..8).map(|eighth| content.len() * eighth / 8) {
        let ran = Case::new(&content[..cut]).run(&["-v"]);
        assert_untold(secrets, &ran, &format!("the file cut to {cut}"));
    }
    // No text has this byte.
    let mut damaged = content.to_vec();
    damaged.insert(content.len() / 2, 0x81);
    let ran = Case::new(damaged).run(&["-v"]);
    assert_untold(secrets, &ran, "the damaged file");
}

#[test]
fn a_job_file_keeps_its_secrets() {
    let mut rng = StdRng::seed_from_u64(1);
    let (seed, can): ([u8; 20], _) = (rng.random(), *b"918273");
    let dg1 = file_of("lds", "dg1_td3", &["hex"]);
    let files = BTreeMap::from([(File::Dg1, dg1.clone()), (File::Com, unhex("6000"))]);
    let image = CardImage::new(
        uuid::Uuid::from_u128(7),
        vec![9; 16],
        files,
        true,
        SecretBytes::from(seed),
        Some(SecretBytes::from(can)),
    );
    let job = image.unwrap().to_job_file().unwrap();
    let number_and_dates = &dg1[49..77];
    check_untold(
        job.expose(),
        &[&seed, &can, number_and_dates],
        &[
            "job file: everything that goes into one chip",
            "job: 00000000-0000-0000-0000-000000000007",
            "serial number of the chip: 09090909",
            "access: PACE and BAC",
            "manifest: 95 bytes of content",
            "EF.DG1: 93 bytes, readable after BAC or PACE",
            "SHA-256 of the manifest: ",
            "note: keys and passwords are in the file and are shown to nobody",
        ],
    );
}

#[test]
fn a_chip_file_keeps_its_secrets() {
    let mut rng = StdRng::seed_from_u64(2);
    let [enc, mac, dek]: [[u8; 32]; 3] = rng.random();
    let (seed, can): ([u8; 20], _) = (rng.random(), b"504030");
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng).unwrap();
    let key = key.to_pkcs8().unwrap();
    let text = |octets: &[u8]| BASE64.encode(octets);
    let manifest = [&[0x01, 0x01, 0x1E, 0, 0, 2][..], &[0xAB; 32], &[0x02]].concat();
    let journal = json!([
        { "write": "chip", "format": 1, "serial": text(&[0x5E; 16]), "state": 0x0F },
        { "write": "key-set", "version": 0x31, "enc": text(&enc), "mac": text(&mac),
          "dek": text(&dek), "tries": 5, "counter": 0 },
        { "write": "key", "purpose": 0xA6, "key_id": null, "hash": null,
          "pkcs8": text(key.expose()) },
        { "write": "job", "uuid": text(&[1; 16]), "digest": text(&[2; 32]),
          "manifest": text(&manifest), "security_infos": text(&[0x31, 0]), "bac": true,
          "mrz_seed": text(&seed), "can": text(can) },
        { "write": "content", "file": "com", "mark": 2, "octets": text(&[0x60, 0]) },
    ]);
    // The scalar; the point behind it is public.
    let scalar = &key.expose()[36..68];
    // The chip writes the kind of each transaction first.
    let journal = journal.as_array().unwrap().iter().map(|write| {
        let kind = &write["write"];
        let rest = write.to_string().replace(&format!(",\"write\":{kind}"), "");
        rest.replacen('{', &format!("{{\"write\":{kind},"), 1)
    });
    let journal = format!("[{}]\n", journal.collect::<Vec<_>>().join(","));
    check_untold(
        journal.as_bytes(),
        &[&enc, &mac, &dek, &seed, can, scalar],
        &[
            "chip file: the memory of a software chip",
            "serial number: 5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E5E",
            "state: WRITTEN: written, waits for quality control",
            "EF.COM: 2 bytes, readable after BAC or PACE",
        ],
    );
}

#[test]
fn private_keys_are_named_and_not_shown() {
    let mut rng = StdRng::seed_from_u64(3);
    let ec = PrivateKey::generate_ec(Curve::BrainpoolP256r1, &mut rng).unwrap();
    let rsa = PrivateKey::generate_rsa(2048, &mut rng).unwrap();
    for (key, algorithm) in [
        (ec, "algorithm: id-ecPublicKey, brainpoolP256r1"),
        (rsa, "algorithm: rsaEncryption"),
    ] {
        let key = key.to_pkcs8().unwrap();
        let key = key.expose();
        // Behind version and algorithm everything counts as secret.
        let secret = &key[40..];
        let named = ["private key (PKCS #8): kept secret", algorithm, "not shown"];
        check_untold(key, &[secret], &named);
        check_untold(
            pem("PRIVATE KEY", key).as_bytes(),
            &[secret],
            &["PEM block 1: private key: kept secret"],
        );
    }
}

#[test]
fn keys_and_passwords_as_they_lie_in_files_are_not_shown() {
    let key: [u8; 32] = StdRng::seed_from_u64(4).random();
    for (content, secret) in [
        (hex::encode(key).into_bytes(), &key[..]),
        (key.to_vec(), &key),
        (b"123987".to_vec(), b"123987"),
        (b"{\"can\": \"123987\"}".to_vec(), b"123987"),
        (b"PIN 123987\n".to_vec(), b"123987"),
    ] {
        let ran = Case::new(&content).run(&["-v"]);
        assert_eq!(ran.code, UNDETERMINED, "{}", ran.stdout);
        assert_untold(&[secret], &ran, "the file");
    }
    // A recording made without withholding anything.
    let ran = Case::new(
        "> 00200001 Lc 6 313233393837\n< 63C2\n\
         > 84D80081 Lc 4 DEADBEEF\n< 9000 La 4 DEADBEEF\n",
    )
    .run(&["-v"]);
    ran.shows(&[
        "VERIFY",
        "data: 6 bytes, not shown",
        "verification failed, 2 tries left",
        "PUT KEY",
    ]);
    let secrets: [&[u8]; 2] = [b"123987", &[0xDE, 0xAD, 0xBE, 0xEF]];
    assert_untold(&secrets, &ran, "the recording");
}
