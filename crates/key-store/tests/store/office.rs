//! An issuing office for tests: a CSCA, document signers, and contents to sign.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crypto::{
    Curve, EcParameters, HashAlgorithm, PrivateKey, PublicKey, SecretBytes, SignatureAlgorithm,
};
use key_store::{KeyLocation, KeyProfile};
use lds::{File, LdsSecurityObject, LdsSecurityObjectVersion};
use pki::profile::{Authority, Contact, CountryCode, CscaProfile, DocumentSignerProfile, Issuer};
use pki::{DocumentSigner, SoftwareSigner, Validity, security_object};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

pub const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);
pub const TYPE: &str = "PP";

pub fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

pub fn profile(word: &str) -> KeyProfile {
    KeyProfile::by_word(word).unwrap()
}

pub fn secret(text: &str) -> SecretBytes {
    SecretBytes::from(text.as_bytes())
}

pub fn file(path: &Path) -> KeyLocation {
    KeyLocation::File(path.to_owned())
}

fn authority() -> Authority {
    let contact = Contact::Uri("https://pki.uto.example/".to_owned());
    Authority::new(CountryCode::new("UT").unwrap(), "UTO", contact).unwrap()
}

fn from(begin: OffsetDateTime, days: i64) -> Validity {
    Validity {
        not_before: begin,
        not_after: begin + Duration::days(days),
    }
}

/// A document signer certificate for a key that may be used for so many days from then on.
pub fn certificate_of(key: &PublicKey, begin: OffsetDateTime, days: i64) -> Vec<u8> {
    let csca_key = PrivateKey::generate_ec(Curve::P256, &mut rng(1)).unwrap();
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    let csca_signer = SoftwareSigner::new(csca_key, algorithm, Box::new(rng(2))).unwrap();
    let distribution = vec!["https://pki.uto.example/csca.crl".to_owned()];
    let csca = CscaProfile {
        authority: authority(),
        common_name: "TEST CSCA".to_owned(),
        validity: from(NOW - Duration::days(400), 365 * 15),
        private_key_usage: from(NOW - Duration::days(400), 365 * 5),
        crl_distribution_points: distribution.clone(),
        ec_parameters: EcParameters::Explicit,
    };
    let csca = csca.issue(&csca_signer, &mut rng(3)).unwrap();
    let issuer = Issuer::new(&csca, &csca_signer).unwrap();
    DocumentSignerProfile {
        authority: authority(),
        common_name: "TEST Document Signer".to_owned(),
        validity: from(begin, 365 * 10),
        private_key_usage: from(begin, days),
        document_types: vec![TYPE.to_owned()],
        crl_distribution_points: distribution,
        ec_parameters: EcParameters::Explicit,
    }
    .issue(key, &issuer, &mut rng(4))
    .unwrap()
}

/// The key of a new file and a certificate for it.
pub fn key_and_certificate(path: &Path, seed: u64) -> (Arc<dyn pki::Signer>, Vec<u8>) {
    let p256 = profile("ecdsa-p256");
    let key = key_store::generate(&file(path), &p256, &secret(""), &mut rng(seed)).unwrap();
    let certificate = certificate_of(key.public_key(), NOW - Duration::days(1), 90);
    (key, certificate)
}

/// The hashes of a document; each number is another document.
pub fn document(number: u32) -> LdsSecurityObject {
    let (one, two) = ([&[0x61, 4][..], &number.to_be_bytes()].concat(), [0x75, 0]);
    let files = [(File::Dg1, one.as_slice()), (File::Dg2, two.as_slice())];
    LdsSecurityObject::of_files(LdsSecurityObjectVersion::v1(), HashAlgorithm::Sha256, files)
        .unwrap()
}

pub fn sign(signer: &DocumentSigner, number: u32) -> pki::Result<Vec<u8>> {
    security_object::sign(&document(number), signer, TYPE, NOW)
}

/// Where something stands in the folder of a test.
pub fn place(folder: &tempfile::TempDir, name: &str) -> PathBuf {
    folder.path().join(name)
}
