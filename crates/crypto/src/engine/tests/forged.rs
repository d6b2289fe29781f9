//! Encodings that only the holder of a key can forge, to see what a padding check overlooks.

use super::rsa::{check, key, public, raw};
use super::{MESSAGE, rng};
use crate::{HashAlgorithm, PrivateKey, SignatureAlgorithm};

#[test]
fn forged_pkcs1_encodings() {
    const OID: [u8; 9] = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
    let key = key(2048, 65_537);
    let public = public(&key);
    let hash = HashAlgorithm::Sha256;
    let digest = hash.digest(MESSAGE);
    let info = |algorithm: &[u8]| {
        let algorithm = tlv(0x30, algorithm);
        tlv(0x30, &[&algorithm[..], &tlv(0x04, &digest)].concat())
    };
    let with_null = info(&[&tlv(0x06, &OID)[..], &[5, 0]].concat());
    let sha1 = tlv(0x06, &[0x2B, 0x0E, 0x03, 0x02, 0x1A]);
    let encode = |first: &[u8], fill: u8, info: &[u8], behind: usize| {
        let fill = vec![fill; 256 - first.len() - 1 - info.len() - behind];
        [first, &fill, &[0], info, &vec![0; behind]].concat()
    };
    for (encoded, accepted, what) in [
        (
            encode(&[0, 1], 0xFF, &with_null, 0),
            true,
            "as it should be",
        ),
        (
            encode(&[0, 1], 0xFF, &info(&tlv(0x06, &OID)), 0),
            false,
            "without NULL",
        ),
        (
            encode(&[0, 1], 0xFF, &info(&[&sha1[..], &[5, 0]].concat()), 0),
            false,
            "another hash named",
        ),
        (encode(&[0, 2], 0xFF, &with_null, 0), false, "block type 2"),
        (encode(&[0, 1], 0xFE, &with_null, 0), false, "fill of FE"),
        (
            encode(&[0, 1], 0xFF, &with_null, 100),
            false,
            "zeros behind the hash",
        ),
        (encode(&[0, 1], 0xFF, &digest, 0), false, "the bare hash"),
    ] {
        let signature = raw(&key, &encoded);
        let algorithm = SignatureAlgorithm::RsaPkcs1(hash);
        let said = check(&public, &algorithm, &signature);
        assert_eq!(said, Some(accepted), "{what}");
    }
}

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    [&[tag, u8::try_from(value.len()).unwrap()], value].concat()
}

#[test]
fn pss_with_another_salt_than_the_stated_one() {
    let key = key(2048, 65_537);
    let public = public(&key);
    let pss = |salt_len| SignatureAlgorithm::RsaPss {
        hash: HashAlgorithm::Sha256,
        mgf_hash: HashAlgorithm::Sha256,
        salt_len,
    };
    // emLen − hLen − 2 is the longest that fits.
    let lengths = [0, 1, 20, 31, 32, 33, 64, 221, 222];
    for signed in lengths {
        let signature = key.sign(&pss(signed), MESSAGE, &mut rng()).unwrap();
        for stated in lengths.into_iter().chain([223, 65_535]) {
            let said = check(&public, &pss(stated), &signature);
            assert_eq!(said, Some(signed == stated), "{signed} {stated}");
        }
        // What no number of the engine can hold is RustCrypto's.
        assert_eq!(check(&public, &pss(65_536), &signature), None);
    }
    assert!(key.sign(&pss(223), MESSAGE, &mut rng()).is_err());
}

#[test]
fn forged_pss_encodings() {
    let key = key(2048, 65_537);
    let public = public(&key);
    let algorithm = SignatureAlgorithm::pss(HashAlgorithm::Sha256);
    let good = key.sign(&algorithm, MESSAGE, &mut rng()).unwrap();
    let encoded = public.raw(&good).unwrap();
    for (at, mask) in [(0, 0x80), (0, 0x01), (100, 0x01), (230, 0x01), (255, 0xBC)] {
        let mut forged = encoded.clone();
        forged[at] ^= mask;
        // The top bit may lift the number above the modulus: then there is nothing to sign.
        let PrivateKey::Rsa(rsa) = &key else {
            unreachable!()
        };
        let Ok(signature) = rsa.raw(&forged, &mut rng()) else {
            assert_eq!((at, mask), (0, 0x80));
            continue;
        };
        assert_eq!(check(&public, &algorithm, &signature), Some(false), "{at}");
    }
}
