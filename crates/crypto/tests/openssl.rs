//! The `openssl` command judges curves, paddings and key files. A missing `openssl` is a failure, not a skip.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends at the first surprise"
)]

use std::path::Path;
use std::process::{Command, Output};

use crypto::{
    Curve, EcParameters, HashAlgorithm, KeyKind, PrivateKey, PublicKey, SecretBytes,
    SignatureAlgorithm, ecdsa_is_strict_der,
};
use rand::{SeedableRng, rngs::StdRng};
use tempfile::TempDir;

const MESSAGE: &[u8] = b"signed attributes";
const PASSWORD: &str = "specimen";

fn rng() -> StdRng {
    StdRng::seed_from_u64(9303)
}

/// A folder that openssl works in.
struct Judge {
    folder: TempDir,
}

impl Judge {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("message"), MESSAGE).unwrap();
        Self { folder }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path().join(name), bytes).unwrap();
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path().join(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new("openssl")
            .args(arguments)
            .current_dir(self.path())
            .output()
            .unwrap_or_else(|error| {
                panic!("this test needs the openssl command (Debian: openssl): {error}")
            })
    }

    fn accepts(&self, arguments: &[&str]) {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "openssl {}: {}",
            arguments.join(" "),
            String::from_utf8_lossy(&output.stderr)
        );
    }

    fn keys(&self, key: &PrivateKey, form: EcParameters) {
        self.write("key.der", key.to_pkcs8().unwrap().expose());
        self.write("public.der", &key.public().to_spki(form).unwrap());
    }

    /// Ours verified by openssl, openssl's verified by us; a changed message is refused by both.
    fn both_ways(&self, key: &PrivateKey, algorithm: SignatureAlgorithm) {
        let signature = key.sign(&algorithm, MESSAGE, &mut rng()).unwrap();
        self.write("signature", &signature);
        self.write("altered", b"signed attribute$");
        let options = options(algorithm);
        let verify = |message| {
            let mut arguments = vec!["dgst"];
            arguments.extend(options.iter().map(String::as_str));
            arguments.extend(["-keyform", "DER", "-verify", "public.der"]);
            arguments.extend(["-signature", "signature", message]);
            self.run(&arguments).status.success()
        };
        let case = format!("{} {algorithm}", key.public().describe());
        assert!(verify("message"), "openssl refuses ours: {case}");
        assert!(!verify("altered"), "openssl accepts anything: {case}");

        let mut arguments = vec!["dgst"];
        arguments.extend(options.iter().map(String::as_str));
        arguments.extend(["-keyform", "DER", "-sign", "key.der"]);
        arguments.extend(["-out", "theirs", "message"]);
        self.accepts(&arguments);
        let theirs = self.read("theirs");
        let public = key.public();
        assert_eq!(
            public.verify(&algorithm, MESSAGE, &theirs),
            Ok(()),
            "{case}"
        );
        assert!(public.verify(&algorithm, b"other", &theirs).is_err());
        if let PublicKey::Ec(point) = public {
            assert!(ecdsa_is_strict_der(point.curve(), &theirs), "{case}");
        }
    }
}

fn word(hash: HashAlgorithm) -> String {
    hash.name().replace('-', "").to_lowercase()
}

fn options(algorithm: SignatureAlgorithm) -> Vec<String> {
    let mut options = vec![format!("-{}", word(algorithm.hash()))];
    if let SignatureAlgorithm::RsaPss {
        mgf_hash, salt_len, ..
    } = algorithm
    {
        for option in [
            "rsa_padding_mode:pss".to_owned(),
            format!("rsa_pss_saltlen:{salt_len}"),
            format!("rsa_mgf1_md:{}", word(mgf_hash)),
        ] {
            options.extend(["-sigopt".to_owned(), option]);
        }
    }
    options
}

#[test]
fn every_curve_with_every_hash() {
    for curve in Curve::ALL {
        let key = PrivateKey::generate_ec(curve, &mut rng()).unwrap();
        for form in [EcParameters::Named, EcParameters::Explicit] {
            let judge = Judge::new();
            judge.keys(&key, form);
            for hash in HashAlgorithm::ALL {
                judge.both_ways(&key, SignatureAlgorithm::Ecdsa(hash));
            }
        }
    }
}

/// What openssl knows under the name of the curve are the parameters we write, and its explicit form is what we read.
#[test]
fn the_parameters_are_those_of_openssl() {
    for curve in Curve::ALL {
        let judge = Judge::new();
        let name = match curve {
            Curve::P192 => "prime192v1",
            Curve::P224 => "secp224r1",
            Curve::P256 => "prime256v1",
            Curve::P384 => "secp384r1",
            Curve::P521 => "secp521r1",
            brainpool => brainpool.name(),
        };
        judge.accepts(&["ecparam", "-name", name, "-genkey", "-noout", "-out", "key"]);
        for (conversion, compressed) in [("uncompressed", false), ("compressed", true)] {
            for encoding in ["explicit", "named_curve"] {
                judge.accepts(&[
                    "ec",
                    "-in",
                    "key",
                    "-pubout",
                    "-outform",
                    "DER",
                    "-out",
                    "public.der",
                    "-param_enc",
                    encoding,
                    "-conv_form",
                    conversion,
                ]);
                let spki = judge.read("public.der");
                let (public, deviations) = PublicKey::from_spki_tolerant(&spki).unwrap();
                assert_eq!(public.kind(), KeyKind::Ec(curve));
                assert_eq!(
                    !deviations.is_empty(),
                    compressed,
                    "{name} {encoding} {conversion}"
                );
                if encoding == "named_curve" && !compressed {
                    assert_eq!(public.to_spki(EcParameters::Named).unwrap(), spki);
                }
            }
        }
        judge.accepts(&["ec", "-in", "key", "-outform", "DER", "-out", "sec1"]);
        judge.accepts(&[
            "pkcs8", "-topk8", "-nocrypt", "-in", "key", "-outform", "DER", "-out", "key.der",
        ]);
        let key = PrivateKey::from_pkcs8(&judge.read("key.der")).unwrap();
        judge.keys(&key, EcParameters::Named);
        judge.both_ways(&key, SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256));
    }
}

/// Our key agreement is openssl's.
#[test]
fn key_agreement_on_every_curve() {
    for curve in Curve::ALL {
        let judge = Judge::new();
        let mut rng = rng();
        let ours = crypto::EcPrivateKey::generate(curve, &mut rng).unwrap();
        let theirs = PrivateKey::generate_ec(curve, &mut rng).unwrap();
        judge.write("key.der", theirs.to_pkcs8().unwrap().expose());
        let public = PublicKey::Ec(ours.public().clone());
        judge.write("peer.der", &public.to_spki(EcParameters::Named).unwrap());
        judge.accepts(&[
            "pkeyutl",
            "-derive",
            "-keyform",
            "DER",
            "-inkey",
            "key.der",
            "-peerform",
            "DER",
            "-peerkey",
            "peer.der",
            "-out",
            "shared",
        ]);
        let PublicKey::Ec(point) = theirs.public() else {
            unreachable!()
        };
        let shared = ours.agree(&point).unwrap();
        assert_eq!(shared.x(), judge.read("shared"), "{}", curve.name());
    }
}

#[test]
fn rsa_pss_with_two_hashes_and_any_salt() {
    for bits in [1_024, 1_025, 2_048] {
        let key = PrivateKey::generate_rsa(bits, &mut rng()).unwrap();
        let judge = Judge::new();
        judge.keys(&key, EcParameters::Named);
        for (hash, mgf_hash) in [
            (HashAlgorithm::Sha256, HashAlgorithm::Sha1),
            (HashAlgorithm::Sha512, HashAlgorithm::Sha256),
            (HashAlgorithm::Sha1, HashAlgorithm::Sha512),
            (HashAlgorithm::Sha224, HashAlgorithm::Sha384),
            (HashAlgorithm::Sha384, HashAlgorithm::Sha384),
        ] {
            let longest = (bits - 1).div_ceil(8) - hash.output_len() - 2;
            for salt_len in [0, 20, hash.output_len().min(longest), longest] {
                let algorithm = SignatureAlgorithm::RsaPss {
                    hash,
                    mgf_hash,
                    salt_len,
                };
                judge.both_ways(&key, algorithm);
            }
        }
        for hash in HashAlgorithm::ALL {
            judge.both_ways(&key, SignatureAlgorithm::RsaPkcs1(hash));
        }
    }
}

#[test]
fn key_files_of_openssl() {
    let password: SecretBytes = PASSWORD.as_bytes().into();
    for kind in [KeyKind::Rsa(2_048), KeyKind::Ec(Curve::BrainpoolP320r1)] {
        let key = kind.generate(&mut rng()).unwrap();
        let judge = Judge::new();
        judge.keys(&key, EcParameters::Named);
        for scheme in [
            &["-scrypt"][..],
            &[
                "-scrypt",
                "-scrypt_N",
                "1024",
                "-scrypt_r",
                "4",
                "-scrypt_p",
                "2",
            ],
            &["-v2", "aes-256-cbc"],
            &["-v2", "aes128", "-v2prf", "hmacWithSHA512", "-iter", "1000"],
            &["-v2", "aes-192-cbc", "-v2prf", "hmacWithSHA224"],
        ] {
            let mut arguments = vec!["pkcs8", "-topk8", "-inform", "DER", "-in", "key.der"];
            arguments.extend(["-outform", "DER", "-out", "locked", "-passout"]);
            arguments.push("pass:specimen");
            arguments.extend(scheme);
            judge.accepts(&arguments);
            let locked = judge.read("locked");
            let again = PrivateKey::from_encrypted_pkcs8(&locked, &password);
            assert_eq!(again.unwrap().public(), key.public(), "{scheme:?}");
        }
    }
}

/// The scheme we write is read by openssl once its limit of 32 MiB for scrypt is raised, which its command line cannot do: what it
/// derives from our parameters with that limit raised is the key that opens the file.
#[test]
fn openssl_derives_the_key_of_our_files() {
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng()).unwrap();
    let password: SecretBytes = PASSWORD.as_bytes().into();
    let der = key.to_encrypted_pkcs8(&password, &mut rng()).unwrap();
    // The first OCTET STRING of 16 is the salt, the second the initialisation vector; the last one is the ciphertext.
    let strings: Vec<usize> = (0..der.len() - 18)
        .filter(|at| der[*at..at + 2] == [0x04, 16])
        .collect();
    let octets = |at: usize| {
        der[at + 2..at + 18]
            .iter()
            .map(|octet| format!("{octet:02x}"))
    };
    let salt: String = octets(strings[0]).collect();
    let iv: String = octets(strings[1]).collect();
    let length = usize::from(der[strings[1] + 20]);
    let judge = Judge::new();
    judge.write("ciphertext", &der[der.len() - length..]);
    let output = judge.run(&[
        "kdf",
        "-keylen",
        "32",
        "-kdfopt",
        "pass:specimen",
        "-kdfopt",
        &format!("hexsalt:{salt}"),
        "-kdfopt",
        "n:32768",
        "-kdfopt",
        "r:8",
        "-kdfopt",
        "p:1",
        "-kdfopt",
        "maxmem_bytes:67108864",
        "SCRYPT",
    ]);
    let derived = String::from_utf8(output.stdout).unwrap().replace(':', "");
    judge.accepts(&[
        "enc",
        "-d",
        "-aes-256-cbc",
        "-K",
        derived.trim(),
        "-iv",
        &iv,
        "-in",
        "ciphertext",
        "-out",
        "plain",
    ]);
    let plain = judge.read("plain");
    assert_eq!(
        PrivateKey::from_pkcs8(&plain).unwrap().public(),
        key.public()
    );
}
