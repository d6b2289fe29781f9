//! What a chip file says, and what is refused in it.

use crypto::PrivateKey;
use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::*;

fn chip() -> PreparedChip {
    let mut rng = StdRng::seed_from_u64(5);
    let mut key = |request, private: fn(&mut StdRng) -> PrivateKey, counter| ChipKey {
        request,
        public: private(&mut rng).public(),
        receipt: Receipt {
            counter,
            mac: [counter.to_be_bytes()[3]; 16],
        },
    };
    let ec = |rng: &mut StdRng| PrivateKey::generate_ec(Curve::P256, rng).unwrap();
    let rsa = |rng: &mut StdRng| PrivateKey::generate_rsa(2048, rng).unwrap();
    let hash = HashAlgorithm::Sha256;
    PreparedChip {
        serial: vec![0xA1; 16],
        keys: vec![
            key(
                KeyRequest::ChipAuthentication {
                    curve: Curve::P256,
                    key_id: Some(3),
                },
                ec,
                1,
            ),
            key(
                KeyRequest::ActiveAuthenticationEc {
                    curve: Curve::P256,
                    hash,
                },
                ec,
                2,
            ),
            key(
                KeyRequest::ActiveAuthenticationRsa { bits: 2048, hash },
                rsa,
                3,
            ),
        ],
    }
}

fn file() -> Value {
    serde_json::from_str(&write(&chip()).unwrap()).unwrap()
}

#[test]
fn a_chip_file_survives() {
    assert_eq!(read(write(&chip()).unwrap().as_bytes()).unwrap(), chip());
}

#[test]
fn the_layout_is_the_one_documented() {
    let file = file();
    assert_eq!(file["serial"], "a1".repeat(16));
    let [ca, ec, rsa] = [0, 1, 2].map(|at| &file["keys"][at]);
    assert_eq!(
        (&ca["purpose"], &ca["curve"], &ca["key_id"]),
        (&json!("chip-authentication"), &json!("P-256"), &json!(3))
    );
    assert_eq!(
        (&ec["purpose"], &ec["hash"]),
        (&json!("active-authentication"), &json!("SHA-256"))
    );
    assert_eq!((&rsa["rsa_bits"], rsa.get("curve")), (&json!(2048), None));
    assert_eq!(
        ca["receipt"],
        json!({ "counter": 1, "mac": "01".repeat(16) })
    );
}

/// Changes one value of the file; the refusal must name it.
fn check(pointer: &str, value: Value, wanted: &str) {
    let mut file = file();
    *file.pointer_mut(pointer).unwrap() = value;
    let error = read(file.to_string().as_bytes()).unwrap_err().to_string();
    assert_eq!(error, format!("chip file: malformed {wanted}"), "{pointer}");
}

#[test]
fn what_is_refused_is_named() {
    let combination = "combination of curve, rsa_bits, hash and key_id";
    let of = |what: &str, key: usize| format!("{what} of key {key}");
    check("/format", json!(2), "format version");
    check("/serial", json!("xx"), "serial number");
    check("/serial", json!(""), "serial number");
    check("/serial", json!("00".repeat(65)), "serial number");
    check("/keys/0/purpose", json!("signing"), &of("purpose", 0));
    check("/keys/0/curve", json!("P-255"), &of("curve", 0));
    check("/keys/1/hash", json!("MD5"), &of("hash", 1));
    check("/keys/1/hash", Value::Null, &of(combination, 1));
    check("/keys/2/rsa_bits", Value::Null, &of(combination, 2));
    check("/keys/1/public_key", json!("30"), &of("public key", 1));
    let other_kind = "public key: it is of another kind";
    check("/keys/0/curve", json!("P-384"), &of(other_kind, 0));
    check("/keys/2/rsa_bits", json!(3072), &of(other_kind, 2));
    check("/keys/2/receipt/mac", json!("00"), &of("receipt", 2));
    let one = file()["keys"][0].clone();
    check("/keys", Value::Array(vec![one; 9]), "number of keys");
}

#[test]
fn two_equal_keys_and_unknown_fields_are_refused() {
    let mut twins = file();
    twins["keys"][1]["public_key"] = twins["keys"][0]["public_key"].clone();
    assert!(matches!(
        read(twins.to_string().as_bytes()),
        Err(Error::MalformedChip { key: Some(1), .. })
    ));
    let mut more = file();
    more["private_key"] = json!("00");
    assert!(matches!(
        read(more.to_string().as_bytes()),
        Err(Error::ChipJson(_))
    ));
    let long = [b" ".repeat(MAX_CHIP_FILE), b"{}".to_vec()].concat();
    assert!(matches!(
        read(&long),
        Err(Error::MalformedChip { what: "length", .. })
    ));
}

proptest! {
    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    #[test]
    fn never_panics_on_damaged_files(at in any::<proptest::sample::Index>(), with in any::<u8>()) {
        let mut bytes = br#"{"format":1,"serial":"00","keys":[{"purpose":"active-authentication","rsa_bits":2048,"hash":"SHA-1","public_key":"3000","receipt":{"counter":1,"mac":"00"}}]}"#.to_vec();
        let at = at.index(bytes.len());
        bytes[at] = with;
        let _ = read(&bytes);
    }
}
