//! How long it takes until certificates can be asked for.
//!
//! 1,000 CSCA certificates as the field mixes them (RSA-4096 and -3072, ECDSA with explicit parameters; 50 states, two names of
//! each), read and indexed: out of one master list, as single files, out of PEM and out of LDIF. Median of the runs, one thread,
//! time on the clock. Beside it what the parts of it cost. Ends badly when a way takes longer than [`GOAL`].

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a measurement ends at the first surprise"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use base64::Engine as _;
use crypto::{Curve, EcParameters, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use iso7816::tlv;
use pki::profile::{Authority, Contact, CountryCode, CscaProfile, DocumentSignerProfile, Issuer};
use pki::trust_store::Offered;
use pki::{Acceptance, Certificate, Fingerprint, MasterList, SoftwareSigner, TrustStore, Validity};
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::macros::datetime;

const CERTIFICATES: usize = 1000;
const RUNS: usize = 31;
/// For 1,000 certificates.
const GOAL: Duration = Duration::from_millis(100);

fn main() {
    let certificates = certificates();
    let files: Vec<&[u8]> = certificates.iter().map(Vec::as_slice).collect();
    let list = bare_list(&files);
    let pem: String = files.iter().map(|der| pem(der)).collect();
    let directory: String = std::iter::once("version: 1\n\n".to_owned())
        .chain(files.iter().map(|der| ldif(der, "cACertificate")))
        .collect();
    let size = files.iter().map(|der| der.len()).sum::<usize>();
    println!(
        "{CERTIFICATES} CSCA certificates, {} kB in DER",
        size / 1000
    );
    println!(
        "{:34} {:>9} {:>12} {:>7}",
        "", "median ms", "per second", "goal"
    );
    row("parse only", None, || {
        files
            .iter()
            .map(|der| Certificate::parse(der).unwrap())
            .collect::<Vec<_>>()
    });
    row("SHA-256 only", None, || {
        files
            .iter()
            .map(|der| Fingerprint::of(der))
            .collect::<Vec<_>>()
    });
    row("parse a master list only", None, || {
        MasterList::parse(&list).unwrap()
    });
    let ways = [
        row("one master list into a store", Some(GOAL), || {
            store_of(&[&list])
        }),
        row("single files into a store", Some(GOAL), || store_of(&files)),
        row("PEM into a store", Some(GOAL), || {
            store_of(&[pem.as_bytes()])
        }),
        row("LDIF into a store", Some(GOAL), || {
            store_of(&[directory.as_bytes()])
        }),
    ];
    let signers = document_signers();
    let text: String = signers
        .iter()
        .map(|der| ldif(der, "userCertificate"))
        .collect();
    row("LDIF of 1,000 document signers", None, || {
        let mut store = TrustStore::new();
        store.add_ldif(text.as_bytes(), "TEST", &Acceptance::Vouched);
        assert_eq!(store.document_signers().len(), CERTIFICATES);
        store
    });
    assert!(ways.iter().all(|time| *time < GOAL), "slower than {GOAL:?}");
}

fn store_of(files: &[&[u8]]) -> TrustStore {
    let acceptance = Acceptance::OutOfBand("TEST".into());
    let mut store = TrustStore::new();
    let offered = files.iter().map(|bytes| Offered {
        bytes,
        source: "TEST",
        acceptance: &acceptance,
    });
    store.take_in(offered);
    assert_eq!(store.anchors().len(), CERTIFICATES);
    store
}

/// Measures and prints the median.
fn row<T>(what: &str, goal: Option<Duration>, mut work: impl FnMut() -> T) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            let made = black_box(work());
            let time = start.elapsed();
            drop(made);
            time
        })
        .collect();
    times.sort();
    let median = times[RUNS / 2];
    let rate = CERTIFICATES as f64 / median.as_secs_f64();
    let goal = goal.map_or_else(String::new, |goal| format!("{} ms", goal.as_millis()));
    println!(
        "{what:34} {:9.2} {rate:12.0} {goal:>7}",
        median.as_secs_f64() * 1000.0
    );
    median
}

/// 60 % RSA-4096, 10 % RSA-3072, 30 % on four curves, each issued anew under its own name.
fn certificates() -> Vec<Vec<u8>> {
    let mut rng = StdRng::seed_from_u64(1);
    let signer = |key: PrivateKey, algorithm| {
        SoftwareSigner::new(key, algorithm, Box::new(StdRng::seed_from_u64(2))).expect("a signer")
    };
    let sha256 = HashAlgorithm::Sha256;
    let mut signers = Vec::new();
    for bits in [4096, 3072] {
        let key = PrivateKey::generate_rsa(bits, &mut rng).expect("a key");
        signers.push(signer(key, SignatureAlgorithm::RsaPkcs1(sha256)));
    }
    for curve in [
        Curve::P256,
        Curve::P384,
        Curve::BrainpoolP256r1,
        Curve::BrainpoolP384r1,
    ] {
        let key = PrivateKey::generate_ec(curve, &mut rng).expect("a key");
        signers.push(signer(key, SignatureAlgorithm::Ecdsa(sha256)));
    }
    let (authority, period) = (authority(), period(15));
    (0..CERTIFICATES)
        .map(|number| {
            let signer = match number % 10 {
                0..6 => &signers[0],
                6 => &signers[1],
                _ => &signers[2 + number % 4],
            };
            let profile = CscaProfile {
                authority: authority.clone(),
                common_name: format!("CSCA TEST {}", number % 100),
                validity: period,
                private_key_usage: period,
                crl_distribution_points: vec!["http://crl.test.example/UTO.crl".to_owned()],
                ec_parameters: EcParameters::Explicit,
            };
            profile.issue(signer, &mut rng).expect("a certificate")
        })
        .collect()
}

/// P-256 under a CSCA of P-256.
fn document_signers() -> Vec<Vec<u8>> {
    let mut rng = StdRng::seed_from_u64(3);
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng).expect("a key");
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    let public = key.public();
    let csca = SoftwareSigner::new(key, algorithm, Box::new(StdRng::seed_from_u64(4)));
    let csca = csca.expect("a signer");
    let points = vec!["http://crl.test.example/UTO.crl".to_owned()];
    let certificate = CscaProfile {
        authority: authority(),
        common_name: "CSCA TEST".to_owned(),
        validity: period(15),
        private_key_usage: period(5),
        crl_distribution_points: points.clone(),
        ec_parameters: EcParameters::Explicit,
    };
    let certificate = certificate.issue(&csca, &mut rng).expect("a certificate");
    let issuer = Issuer::new(&certificate, &csca).expect("an issuer");
    let profile = DocumentSignerProfile {
        authority: authority(),
        common_name: "Document Signer TEST".to_owned(),
        validity: period(10),
        private_key_usage: period(1),
        document_types: vec!["P".to_owned()],
        crl_distribution_points: points,
        ec_parameters: EcParameters::Explicit,
    };
    let issue = |_| {
        profile
            .issue(&public, &issuer, &mut rng)
            .expect("a certificate")
    };
    (0..CERTIFICATES).map(issue).collect()
}

fn authority() -> Authority {
    let country = CountryCode::new("UT").expect("a country");
    let contact = Contact::Mail("csca@test.example".to_owned());
    Authority::new(country, "UTO", contact).expect("an authority")
}

fn period(years: i64) -> Validity {
    let not_before = datetime!(2026-01-01 0:00 UTC);
    Validity {
        not_before,
        not_after: not_before + time::Duration::days(365 * years),
    }
}

fn bare_list(files: &[&[u8]]) -> Vec<u8> {
    let mut list = tlv::Writer::new();
    list.nest(tlv::Tag::new(0x30), |list| {
        list.object(tlv::Tag::new(0x02), &[0])
            .object(tlv::Tag::new(0x31), &files.concat());
    });
    list.finish()
}

fn base64_lines(der: &[u8], separator: &str) -> String {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| core::str::from_utf8(line).expect("base64"))
        .collect();
    lines.join(separator)
}

fn pem(der: &[u8]) -> String {
    let body = base64_lines(der, "\n");
    format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
}

fn ldif(der: &[u8], attribute: &str) -> String {
    let body = base64_lines(der, "\n ");
    format!("dn: cn=TEST,o=dsc,c=UT\nobjectClass: top\n{attribute};binary:: {body}\n\n")
}
