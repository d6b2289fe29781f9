//! The worked examples of PACE and chip authentication, value by value, as far as they are arithmetic.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

use crypto::kdf::{self, Counter};
use crypto::{
    AgreementDomain, AgreementGenerator, AgreementKey, AgreementKeyPair, Cipher, SharedSecret,
    pad2, unpad2,
};
use serde_json::Value;
use test_support::{hex, read_json, vectors};

/// A vector with its domain and its cipher, which its PACEInfo names.
struct Example {
    name: String,
    vector: Value,
    domain: AgreementDomain,
    cipher: Cipher,
}

impl Example {
    fn all(area: &str) -> Vec<Self> {
        let of = |(name, path): (String, std::path::PathBuf)| {
            let vector = read_json(&path);
            // 30 12 06 0A <ten octets, the last one names the cipher> 02 01 02 02 01 <id>
            let info = hex(&vector["given"]["pace_info"]);
            assert_eq!(
                (info.len(), &info[..4]),
                (20, &[0x30, 0x12, 0x06, 0x0A][..])
            );
            Self {
                name,
                vector,
                domain: AgreementDomain::from_standardized_id(info[19]).unwrap(),
                cipher: Cipher::ALL[usize::from(info[13]) - 1],
            }
        };
        vectors(area).into_iter().map(of).collect()
    }

    fn given(&self, field: &str) -> Vec<u8> {
        hex(&self.vector["given"][field])
    }

    fn want(&self, field: &str) -> Vec<u8> {
        hex(&self.vector["want"][field])
    }

    fn has(&self, field: &str) -> bool {
        self.vector["given"][field].is_string() || self.vector["want"][field].is_string()
    }

    fn equal(&self, found: &[u8], field: &str) {
        let (found, want) = (hex::encode(found), hex::encode(self.want(field)));
        assert_eq!(found, want, "{} {field}", self.name);
    }

    /// Whose private number is printed, both; of whom it is not, the public key.
    fn agreed(&self, generator: &AgreementGenerator, stage: &str) -> SharedSecret {
        let field = |kind: &str, who: &str| format!("{stage}_{kind}_{who}");
        let pair = |who| {
            self.has(&field("sk", who)).then(|| {
                let secret = self.given(&field("sk", who));
                let pair = AgreementKeyPair::from_secret(generator, &secret).unwrap();
                self.equal(pair.public().wire(), &field("pk", who));
                pair
            })
        };
        let key =
            |who| AgreementKey::from_wire(self.domain, &self.want(&field("pk", who))).unwrap();
        let of_ifd = pair("ifd").unwrap().agree(&key("ic")).unwrap();
        if let Some(ic) = pair("ic") {
            let of_ic = ic.agree(&key("ifd")).unwrap();
            assert_eq!(of_ic.secret(), of_ifd.secret(), "{}", self.name);
        }
        of_ifd
    }

    fn mapped_is(&self, generator: &AgreementGenerator) {
        match generator {
            AgreementGenerator::Dh(generator) => self.equal(generator.value(), "mapped_generator"),
            AgreementGenerator::Ec(generator) => {
                self.equal(generator.point().as_bytes(), "mapped_generator");
            }
        }
    }

    fn nonce(&self) {
        let iv = vec![0; self.cipher.block_len()];
        let k_pi = self.want("k_pi");
        if self.has("can") {
            let can = self.vector["given"]["can"].as_str().unwrap().as_bytes();
            let derived = kdf::derive(self.cipher, can, Counter::Pace);
            self.equal(derived.expose(), "k_pi");
        } else {
            let derived = kdf::derive(self.cipher, &self.want("k"), Counter::Pace);
            self.equal(derived.expose(), "k_pi");
        }
        if self.has("nonce_z") {
            let z = self
                .cipher
                .cbc_encrypt(&k_pi, &iv, &self.given("nonce_s"))
                .unwrap();
            self.equal(&z, "nonce_z");
        }
    }

    fn session(&self, generator: &AgreementGenerator) {
        let shared = self.agreed(generator, "ka");
        self.equal(shared.secret(), "shared_secret");
        for (counter, field) in [(Counter::Enc, "ks_enc"), (Counter::Mac, "ks_mac")] {
            let key = kdf::derive(self.cipher, shared.secret(), counter);
            self.equal(key.expose(), field);
        }
        for (token, input) in [("t_ifd", "token_input_ifd"), ("t_ic", "token_input_ic")] {
            if self.has(input) {
                let found = self
                    .cipher
                    .mac(&self.want("ks_mac"), &self.want(input))
                    .unwrap();
                self.equal(&found, token);
            }
        }
    }
}

#[test]
fn generic_mapping_modulo_a_prime() {
    for example in Example::all("pace/dh-generic-mapping") {
        example.nonce();
        let shared = example.agreed(&AgreementGenerator::standard(example.domain), "map");
        example.equal(shared.secret(), "shared_h");
        let generator = AgreementGenerator::mapped(&example.given("nonce_s"), &shared).unwrap();
        example.mapped_is(&generator);
        example.session(&generator);
        if example.has("comp_ka_pk_ic") {
            let key = AgreementKey::from_wire(example.domain, &example.want("ka_pk_ic")).unwrap();
            example.equal(&key.compressed(), "comp_ka_pk_ic");
        }
    }
}

#[test]
fn integrated_mapping() {
    let mut sessions = 0;
    for example in Example::all("pace/integrated-mapping") {
        if example.has("mapped_generator") {
            for number in ["random", "random_mod_p"]
                .into_iter()
                .filter(|field| example.has(field))
            {
                let number = example.want(number);
                let generator = AgreementGenerator::integrated(example.domain, &number).unwrap();
                example.mapped_is(&generator);
            }
        }
        if example.has("shared_secret") {
            example.nonce();
            let random = example.want("random");
            let generator = AgreementGenerator::integrated(example.domain, &random).unwrap();
            example.session(&generator);
            sessions += 1;
        }
    }
    assert_eq!(sessions, 2, "appendices H.1 and H.2");
}

#[test]
fn numbers_become_generators_as_a_second_program_says() {
    let mut branches = [0, 0];
    for (name, path) in vectors("pace/point-encoding") {
        let vector = read_json(&path);
        let id = vector["given"]["parameter_id"].as_u64().unwrap();
        let domain = AgreementDomain::from_standardized_id(u8::try_from(id).unwrap()).unwrap();
        assert_eq!(domain.name(), vector["given"]["name"], "{name}");
        for case in vector["want"]["cases"].as_array().unwrap() {
            let number = hex(&case["number"]);
            let mapped = AgreementGenerator::integrated(domain, &number).unwrap();
            let found = match &mapped {
                AgreementGenerator::Dh(generator) => generator.value(),
                AgreementGenerator::Ec(generator) => generator.point().as_bytes(),
            };
            assert_eq!(hex::encode_upper(found), case["generator"], "{name}");
            if let Some(square) = case["square"].as_bool() {
                branches[usize::from(square)] += 1;
            }
        }
    }
    assert!(branches.iter().all(|times| *times >= 20), "{branches:?}");
}

#[test]
fn chip_authentication_mapping() {
    for example in Example::all("pace/chip-authentication-mapping") {
        example.nonce();
        let shared = example.agreed(&AgreementGenerator::standard(example.domain), "map");
        let SharedSecret::Ec(point) = &shared else {
            panic!("{}: on a curve", example.name)
        };
        example.equal(point.point().as_bytes(), "shared_h");
        let generator = AgreementGenerator::mapped(&example.given("nonce_s"), &shared).unwrap();
        example.mapped_is(&generator);
        example.session(&generator);

        let (key, block) = (
            example.want("ks_enc"),
            vec![0xFF; example.cipher.block_len()],
        );
        let iv = example.cipher.encrypt_block(&key, &block).unwrap();
        example.equal(&iv, "iv");
        let encrypted = example.want("encrypted_chip_authentication_data");
        let padded = example.cipher.cbc_decrypt(&key, &iv, &encrypted).unwrap();
        let data = unpad2(&padded).unwrap();
        example.equal(data, "chip_authentication_data");
        let again = example
            .cipher
            .cbc_encrypt(&key, &iv, &pad2(data, iv.len()))
            .unwrap();
        assert_eq!(again, encrypted);

        let key =
            |field: &str| AgreementKey::from_wire(example.domain, &example.want(field)).unwrap();
        let (own, mapping) = (key("static_pk_ic"), key("map_pk_ic"));
        assert_eq!(own.check_chip_authentication_data(data, &mapping), Ok(()));
        let of_run = own.check_chip_authentication_data(data, &key("ka_pk_ic"));
        assert!(of_run.is_err(), "the agreement key is another");
        // The info is 30 62, the identifier of the protocol, the key, and its id.
        let info = example.given("chip_authentication_public_key_info");
        assert_eq!(AgreementKey::from_spki(&info[13..info.len() - 3]), Ok(own));
    }
}

#[test]
fn chip_authentication_modulo_a_prime() {
    for (name, path) in vectors("chip-authentication/dh") {
        let vector = read_json(&path);
        let (given, want) = (&vector["given"], &vector["want"]);
        let named = |domain: &AgreementDomain| domain.name() == given["group"];
        let domain = AgreementDomain::all().find(named).unwrap();
        let standard = AgreementGenerator::standard(domain);
        let [ic, ifd] = [("sk_ic", "pk_ic"), ("sk_ifd", "pk_ifd")].map(|(secret, public)| {
            let pair = AgreementKeyPair::from_secret(&standard, &hex(&given[secret])).unwrap();
            assert_eq!(pair.public().wire(), hex(&want[public]), "{name}");
            pair
        });
        assert_eq!(
            ic.agree(&ifd.public()).unwrap().secret(),
            hex(&want["k"]),
            "{name}"
        );
        assert_eq!(
            ifd.agree(&ic.public()).unwrap().secret(),
            hex(&want["k"]),
            "{name}"
        );
        assert_eq!(
            ifd.public().compressed(),
            hex(&want["comp_pk_ifd"]),
            "{name}"
        );
        let info = hex(&want["public_key_info_standardised"]);
        assert_eq!(AgreementKey::from_spki(&info), Ok(ic.public()), "{name}");
    }
}
