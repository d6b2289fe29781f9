//! What a document costs beside its signature.
//!
//! Prints, measured in turn in one run: the bare signature rate of the signing library, the rate of building and signing the LDS
//! of one card, and the rate of the whole issue with content gate and register; each as a share of the first. Images are
//! encoded before: that is done once for a person, not for each signature.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement ends at the first surprise"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use biometrics::image::{Colour, Image, encode_png};
use crypto::{
    AgreementKey, Curve, EcParameters, EcPrivateKey, HashAlgorithm, PrivateKey, PublicKey,
    SignatureAlgorithm,
};
use enrolment::{AcceptedRecord, RecordFile, profiles};
use lds::RecordEncoding;
use perso::applet::{ChipKey, ChipPublicKey, KeyRequest, LawVersion, Receipt};
use perso::{
    EncodedBiometrics, MemoryRegister, Order, PreparedChip, build_and_sign, issue, key_requests,
};
use pki::profile::{Authority, Contact, CountryCode, CscaProfile, DocumentSignerProfile, Issuer};
use pki::{DocumentSigner, SoftwareSigner, Validity};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use time::macros::datetime;
use time::{Duration as Days, OffsetDateTime};
use uuid::Uuid;

const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);
const ROUNDS: usize = 15;
const ROUND: Duration = Duration::from_millis(200);

fn main() {
    println!(
        "{:28} {:>12} {:>14} {:>8} {:>14} {:>8}",
        "document signer", "signatures/s", "LDS + SOD/s", "share", "issued/s", "share"
    );
    for (name, key, algorithm) in keys() {
        let bench = Bench::new(key, algorithm);
        let [bare, signed, issued] = bench.measure();
        println!(
            "{name:28} {bare:12.0} {signed:14.0} {:8.2} {issued:14.0} {:8.2}",
            signed / bare,
            issued / bare
        );
    }
}

fn keys() -> Vec<(&'static str, PrivateKey, SignatureAlgorithm)> {
    let rng = &mut StdRng::seed_from_u64(1);
    let ec = |curve, rng: &mut StdRng| {
        PrivateKey::Ec(EcPrivateKey::generate(curve, rng).expect("a key"))
    };
    vec![
        (
            "ECDSA P-256",
            ec(Curve::P256, rng),
            SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256),
        ),
        (
            "ECDSA brainpoolP256r1",
            ec(Curve::BrainpoolP256r1, rng),
            SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256),
        ),
        (
            "ECDSA P-384",
            ec(Curve::P384, rng),
            SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha384),
        ),
        (
            "RSA-PSS 2048",
            PrivateKey::generate_rsa(2048, rng).expect("a key"),
            SignatureAlgorithm::pss(HashAlgorithm::Sha256),
        ),
        (
            "RSA-PSS 3072",
            PrivateKey::generate_rsa(3072, rng).expect("a key"),
            SignatureAlgorithm::pss(HashAlgorithm::Sha256),
        ),
    ]
}

struct Bench {
    signer: DocumentSigner,
    bare: PrivateKey,
    algorithm: SignatureAlgorithm,
    record: AcceptedRecord,
    biometrics: EncodedBiometrics,
    chip: PreparedChip,
}

impl Bench {
    fn new(key: PrivateKey, algorithm: SignatureAlgorithm) -> Self {
        let rng = &mut StdRng::seed_from_u64(2);
        let record = record(rng);
        Self {
            signer: document_signer(&key, algorithm, rng),
            bare: key,
            algorithm,
            biometrics: EncodedBiometrics::encode(&record, RecordEncoding::Iso19794, rng)
                .expect("images"),
            chip: chip(&record, rng),
            record,
        }
    }

    /// Medians over rounds that take turns, so that a machine that slows down slows all three.
    fn measure(&self) -> [f64; 3] {
        let job = Uuid::from_u128(1);
        let order = || Order::new(&self.record, &self.biometrics, &self.chip, job, NOW);
        let own = &mut StdRng::seed_from_u64(4);
        let mut rates = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..ROUNDS {
            rates[0].push(rate(|| {
                drop(black_box(self.bare.sign(
                    &self.algorithm,
                    b"signed attributes",
                    own,
                )));
            }));
            rates[1].push(rate(|| {
                drop(black_box(
                    build_and_sign(&order(), &self.signer).expect("a signed LDS"),
                ));
            }));
            rates[2].push(rate(|| {
                let image = issue(&order(), &self.signer, &mut MemoryRegister::default());
                drop(black_box(image.expect("a card image")));
            }));
        }
        rates.map(|mut rates| {
            rates.sort_by(f64::total_cmp);
            rates[ROUNDS / 2]
        })
    }
}

fn rate(mut work: impl FnMut()) -> f64 {
    let start = Instant::now();
    let mut count = 0u32;
    while start.elapsed() < ROUND {
        work();
        count += 1;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

fn record(rng: &mut StdRng) -> AcceptedRecord {
    let text = r#"
        profile = "uto-passport"
        portrait = "portrait.png"
        [fields]
        surname = "Specimen"
        given_names = "Bench"
        document_number = "X12345678"
        date_of_birth = "1990-02-01"
        sex = "female"
        nationality = "UTO"
        place_of_birth = "Zenith"
        issuing_authority = "Passport Office"
        date_of_issue = "2026-11-01"
        date_of_expiry = "2036-11-01"
        [[fingers]]
        position = "right-index"
        image = "finger.png"
        [[fingers]]
        position = "left-index"
        image = "finger.png"
    "#;
    let portrait = image(Colour::Rgb8, 413, 531);
    let finger = encode_png(&image(Colour::Grey8, 416, 560).with_ppi(500)).expect("a print");
    let images = [
        (
            "portrait.png".to_owned(),
            encode_png(&portrait).expect("a portrait"),
        ),
        ("finger.png".to_owned(), finger),
    ];
    let record = RecordFile::parse(text)
        .expect("a record")
        .with_images(&images.into())
        .expect("images");
    enrolment::accept(
        record,
        profiles::by_id("uto-passport").expect("a profile"),
        NOW.date(),
        rng,
    )
    .expect("an accepted record")
}

/// Something with structure, so that it compresses as a photograph does.
fn image(colour: Colour, width: u32, height: u32) -> Image {
    let channels = if colour == Colour::Rgb8 { 3 } else { 1 };
    let samples = (0..height).flat_map(|y| {
        (0..width * channels).map(move |x| {
            (((x / 7) ^ (y / 5)) as u8)
                .wrapping_mul(31)
                .wrapping_add((x * y / 97) as u8)
        })
    });
    Image::new(colour, width, height, samples.collect()).expect("an image")
}

fn chip(record: &AcceptedRecord, rng: &mut StdRng) -> PreparedChip {
    let keys = key_requests(&record.profile().data().chip)
        .expect("requests")
        .into_iter()
        .map(|request| {
            let mut point = || {
                let pair = EcPrivateKey::generate(Curve::P256, rng).expect("a key");
                pair.public().clone()
            };
            let public = match request {
                KeyRequest::ChipAuthentication { .. } => {
                    ChipPublicKey::Agrees(AgreementKey::Ec(point()))
                }
                _ => ChipPublicKey::Signs(PublicKey::Ec(point())),
            };
            ChipKey {
                request,
                public,
                receipt: Receipt {
                    counter: 1,
                    mac: [0; 16],
                },
            }
        });
    PreparedChip {
        serial: vec![7; 16],
        law: LawVersion::V0101,
        keys: keys.collect(),
    }
}

fn document_signer(
    key: &PrivateKey,
    algorithm: SignatureAlgorithm,
    rng: &mut StdRng,
) -> DocumentSigner {
    let signer = |key: &PrivateKey| {
        let key = PrivateKey::from_pkcs8(key.to_pkcs8().expect("PKCS#8").expose()).expect("a key");
        SoftwareSigner::new(key, algorithm, Box::new(StdRng::seed_from_u64(5))).expect("a signer")
    };
    let authority = || {
        let contact = Contact::Uri("https://pki.uto.example/".to_owned());
        Authority::new(CountryCode::new("UT").expect("a country"), "UTO", contact)
            .expect("an authority")
    };
    let for_years = |years: i64| Validity {
        not_before: NOW,
        not_after: NOW + Days::days(365 * years),
    };
    let csca = signer(key);
    let certificate = CscaProfile {
        authority: authority(),
        common_name: "TEST CSCA".to_owned(),
        validity: for_years(15),
        private_key_usage: for_years(5),
        crl_distribution_points: vec!["https://pki.uto.example/csca.crl".to_owned()],
        ec_parameters: EcParameters::Explicit,
    }
    .issue(&csca, rng)
    .expect("a CSCA");
    let profile = DocumentSignerProfile {
        authority: authority(),
        common_name: "TEST Document Signer".to_owned(),
        validity: for_years(10),
        private_key_usage: for_years(1),
        document_types: vec!["PP".to_owned()],
        crl_distribution_points: vec!["https://pki.uto.example/csca.crl".to_owned()],
        ec_parameters: EcParameters::Explicit,
    };
    let issuer = Issuer::new(&certificate, &csca).expect("an issuer");
    let certificate = profile
        .issue(&key.public(), &issuer, rng)
        .expect("a document signer");
    DocumentSigner::new(&certificate, Arc::new(signer(key))).expect("a document signer")
}
