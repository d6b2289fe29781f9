//! What passive authentication of one card costs.
//!
//! A run goes from the bytes of EF.SOD and of the files (EF.DG2 of 20 kB) to the report: parsing, hashing, the signature of the
//! document signer and that of the CSCA. Median of 1000 runs, one thread: the time on the clock is never less than that of the
//! processor. Beside it, in the same run, two bare verifications of the signature library.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a measurement ends at the first surprise"
)]

#[expect(dead_code, reason = "the tests need the rest")]
#[path = "../tests/pki/test_pki.rs"]
mod test_pki;

use std::hint::black_box;
use std::time::{Duration, Instant};

use crypto::EcParameters;
use iso7816::tlv;
use lds::File;
use pki::CheckResult;
use test_pki::{ALL, Algorithm, Document, NOW, TestPki};

const RUNS: usize = 1000;
/// As on a card: a portrait.
const DG2_LEN: usize = 20_000;

fn main() {
    println!(
        "{:26} {:>22} {:>26} {:>7}",
        "document signer and CSCA", "two verifications, us", "passive authentication, us", "ratio"
    );
    for algorithm in ALL {
        let [bare, whole] = measure(algorithm).map(|time| time.as_secs_f64() * 1e6);
        let name = name(algorithm);
        println!("{name:26} {bare:22.0} {whole:26.0} {:7.2}", whole / bare);
    }
}

fn name(algorithm: Algorithm) -> String {
    match algorithm {
        Algorithm::Ecdsa(curve, _) => format!("ECDSA {}", curve.name()),
        Algorithm::Pss(bits, _) => format!("RSA-PSS {bits}"),
        Algorithm::Pkcs1(bits, _) => format!("RSA PKCS #1 v1.5 {bits}"),
    }
}

fn measure(algorithm: Algorithm) -> [Duration; 2] {
    let pki = TestPki::new(algorithm, EcParameters::Explicit);
    let store = pki.trust_store();
    let mut files = test_pki::files();
    files.insert(
        File::Dg2,
        tlv::encode(tlv::Tag::new(0x75), &[0x42; DG2_LEN]),
    );
    let document = Document {
        security_object: pki.sign(&files, "P"),
        files,
    };
    let report = document.authenticate(&store, NOW);
    assert_eq!(report.data_groups_together(), CheckResult::Successful);
    assert!(report.signer.is_authentic());

    let (key, signature_algorithm) = (pki.signer.public_key(), pki.signer.algorithm());
    let message = b"signed attributes";
    let signature = pki.signer.sign(message).expect("a signature");
    let verify = || key.verify(&signature_algorithm, black_box(message), &signature);
    assert!(verify().is_ok());

    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..RUNS {
        times[0].push(timed(|| [verify().is_ok(), verify().is_ok()]));
        times[1].push(timed(|| document.authenticate(&store, NOW)));
    }
    times.map(|mut times| {
        times.sort();
        times[RUNS / 2]
    })
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let result = black_box(work());
    let time = start.elapsed();
    drop(result);
    time
}
