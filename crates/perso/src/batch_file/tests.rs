use rand::SeedableRng as _;
use rand::rngs::StdRng;
use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-11-23 12:00 UTC);

fn key(seed: u64) -> PrivateKey {
    PrivateKey::generate_ec(Curve::P256, &mut StdRng::seed_from_u64(seed)).unwrap()
}

fn manifest(count: usize) -> BatchManifest {
    let job = |number: usize| BatchJob {
        job: Uuid::from_u128(number as u128),
        chip: "00".repeat(32),
        sha256: "ab".repeat(32),
    };
    BatchManifest {
        batch: Uuid::from_u128(9),
        site: "test-site".to_owned(),
        profile: "vn-cccd-2021".to_owned(),
        remake: false,
        signed_at: NOW,
        expires_at: NOW + time::Duration::days(30),
        count,
        jobs: (0..count).map(job).collect(),
    }
}

fn sign(manifest: &BatchManifest) -> Vec<u8> {
    let rng = &mut StdRng::seed_from_u64(3);
    manifest.sign(&key(1), rng).unwrap()
}

fn signers(seed: u64) -> [BatchSigner; 1] {
    [BatchSigner::new(key(seed).public()).unwrap()]
}

#[test]
fn a_signed_batch_is_read_and_its_signer_named() {
    let batch = manifest(3);
    let signers = signers(1);
    let (read, signer) = BatchManifest::verify(&sign(&batch), &signers, NOW).unwrap();
    assert_eq!((read, signer), (batch, &signers[0]));
}

#[test]
fn the_largest_batch_fits() {
    let file = sign(&manifest(MAX_BATCH_JOBS));
    assert!(file.len() <= MAX_BATCH_FILE, "{}", file.len());
    assert!(BatchManifest::verify(&file, &signers(1), NOW).is_ok());
}

#[test]
fn every_octet_of_the_manifest_counts() {
    let text = String::from_utf8(sign(&manifest(1))).unwrap();
    let wrong = [
        ("vn-cccd-2021", "vn-cccd-2024", BatchFault::SignatureWrong),
        ("abab", "abac", BatchFault::SignatureWrong),
        (
            "\"format\":1",
            "\"format\":2",
            BatchFault::Malformed("format version"),
        ),
        ("\"manifest\"", "\"other\"", BatchFault::Malformed("JSON")),
    ];
    for (from, to, fault) in wrong {
        assert!(text.contains(from), "{from}");
        let changed = text.replacen(from, to, 1);
        let refused = BatchManifest::verify(changed.as_bytes(), &signers(1), NOW).map(drop);
        assert_eq!(refused.unwrap_err(), fault, "{to}");
    }
}

#[test]
fn a_stranger_an_old_one_and_other_keys_are_refused() {
    let file = sign(&manifest(1));
    let refused =
        |file: &[u8], seed, now| BatchManifest::verify(file, &signers(seed), now).unwrap_err();
    assert_eq!(refused(&file, 2, NOW), BatchFault::UnknownSigner);
    assert_eq!(
        BatchManifest::verify(&file, &[], NOW).unwrap_err(),
        BatchFault::UnknownSigner
    );
    let end = NOW + time::Duration::days(30);
    assert_eq!(refused(&file, 1, end), BatchFault::Expired);
    assert!(BatchManifest::verify(&file, &signers(1), end - time::Duration::SECOND).is_ok());
    assert_eq!(
        refused(&vec![b' '; MAX_BATCH_FILE + 1], 1, NOW),
        BatchFault::Malformed("file: it is too long")
    );
    let other = PrivateKey::generate_ec(Curve::P384, &mut StdRng::seed_from_u64(5)).unwrap();
    assert_eq!(BatchSigner::new(other.public()), Err(BatchFault::KeyKind));
    assert_eq!(
        manifest(1).sign(&other, &mut StdRng::seed_from_u64(6)),
        Err(BatchFault::KeyKind)
    );
}

#[test]
fn a_manifest_that_does_not_count_right_is_not_signed() {
    let few = BatchManifest {
        count: 2,
        ..manifest(1)
    };
    let twice = BatchManifest {
        jobs: [manifest(1).jobs, manifest(1).jobs].concat(),
        ..manifest(2)
    };
    for wrong in [few, twice, manifest(0), manifest(MAX_BATCH_JOBS + 1)] {
        let refused = wrong.sign(&key(1), &mut StdRng::seed_from_u64(3));
        assert!(
            matches!(refused, Err(BatchFault::Malformed(_))),
            "{refused:?}"
        );
    }
}
