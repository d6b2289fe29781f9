//! What a chip file says, and what is refused in it.

use crypto::{AgreementGenerator, AgreementKeyPair, PrivateKey};
use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::*;

/// A key for each kind of request.
fn chip() -> PreparedChip {
    let mut rng = StdRng::seed_from_u64(5);
    let hash = HashAlgorithm::Sha256;
    let agreeing = |domain, key_id| KeyRequest::ChipAuthentication { domain, key_id };
    let requests = [
        agreeing(AgreementDomain::Ec(Curve::P256), Some(3)),
        KeyRequest::ActiveAuthenticationEc {
            curve: Curve::P256,
            hash,
        },
        KeyRequest::ActiveAuthenticationRsa { bits: 2048, hash },
        agreeing(AgreementDomain::Dh(DhGroup::Modp2048_256), None),
    ];
    let key = |(counter, request): (u32, KeyRequest)| ChipKey {
        request,
        public: generated(request, &mut rng),
        receipt: Receipt {
            counter,
            mac: [counter.to_be_bytes()[3]; 16],
        },
    };
    PreparedChip {
        serial: vec![0xA1; 16],
        law: LawVersion::V0101,
        keys: (1..).zip(requests).map(key).collect(),
    }
}

fn generated(request: KeyRequest, rng: &mut StdRng) -> ChipPublicKey {
    let signing = match request {
        KeyRequest::ChipAuthentication { domain, .. } => {
            let generator = AgreementGenerator::standard(domain);
            let pair = AgreementKeyPair::generate(&generator, rng).unwrap();
            return ChipPublicKey::Agrees(pair.public());
        }
        KeyRequest::ActiveAuthenticationEc { curve, .. } => PrivateKey::generate_ec(curve, rng),
        KeyRequest::ActiveAuthenticationRsa { bits, .. } => {
            PrivateKey::generate_rsa(bits.into(), rng)
        }
    };
    ChipPublicKey::Signs(signing.unwrap().public())
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
    assert_eq!(file["law"], "0101");
    let [ca, ec, rsa, dh] = [0, 1, 2, 3].map(|at| &file["keys"][at]);
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
        (&dh["group"], dh.get("curve")),
        (&json!("MODP 2048/256"), None)
    );
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
    let combination = COMBINATION;
    let of = |what: &str, key: usize| format!("{what} of key {key}");
    check("/format", json!(2), "format version");
    check("/serial", json!("xx"), "serial number");
    check("/serial", json!(""), "serial number");
    check("/serial", json!("00".repeat(65)), "serial number");
    check("/law", json!("01"), "law");
    check("/law", json!("01.1"), "law");
    check("/keys/0/purpose", json!("signing"), &of("purpose", 0));
    check("/keys/0/curve", json!("P-255"), &of("curve", 0));
    check("/keys/1/hash", json!("MD5"), &of("hash", 1));
    check("/keys/1/hash", Value::Null, &of(combination, 1));
    check("/keys/2/rsa_bits", Value::Null, &of(combination, 2));
    check("/keys/1/public_key", json!("30"), &of("public key", 1));
    let other_kind = "public key: it is of another kind";
    check("/keys/0/curve", json!("P-384"), &of(other_kind, 0));
    check("/keys/2/rsa_bits", json!(3072), &of(other_kind, 2));
    check("/keys/3/group", json!("MODP 4096"), &of("group", 3));
    check("/keys/3/group", json!("MODP 2048/224"), &of(other_kind, 3));
    check("/keys/2/receipt/mac", json!("00"), &of("receipt", 2));
    let one = file()["keys"][0].clone();
    check("/keys", Value::Array(vec![one; 9]), "number of keys");
}

/// Files of the first version do not say the law of their chip.
#[test]
fn a_chip_that_says_no_law_obeys_the_first() {
    let mut old = file();
    old.as_object_mut().unwrap().remove("law");
    let chip = read(old.to_string().as_bytes()).unwrap();
    assert_eq!(chip.law, LawVersion::V0100);
    let again: Value = serde_json::from_str(&write(&chip).unwrap()).unwrap();
    assert_eq!(again, old);
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
