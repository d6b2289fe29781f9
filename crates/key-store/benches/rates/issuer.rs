//! A CSCA, a document signer, and documents.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crypto::{EcParameters, HashAlgorithm};
use lds::{File, HashedFile, LdsSecurityObject, LdsSecurityObjectVersion};
use pki::profile::{Authority, Contact, CountryCode, CscaProfile, DocumentSignerProfile, Issuer};
use pki::{DocumentSigner, Signer, UsageCounter, Validity, security_object};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

pub const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);
const TYPE: &str = "PP";
const HASH: HashAlgorithm = HashAlgorithm::Sha256;

pub fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// A document signer at work; its CSCA has the same key, so that a chain has two signatures of one kind.
pub struct Issued {
    pub csca: Vec<u8>,
    signer: DocumentSigner,
    images: [HashedFile; 2],
    next: AtomicU64,
}

impl Issued {
    pub fn new(key: &Arc<dyn Signer>) -> Self {
        let contact = Contact::Uri("https://pki.uto.example/".to_owned());
        let country = CountryCode::new("UT").expect("a country");
        let authority = Authority::new(country, "UTO", contact).expect("an authority");
        let years = |years: i64| Validity {
            not_before: NOW - Duration::days(1),
            not_after: NOW + Duration::days(365 * years),
        };
        let distribution = vec!["https://pki.uto.example/csca.crl".to_owned()];
        let csca = CscaProfile {
            authority: authority.clone(),
            common_name: "TEST CSCA".to_owned(),
            validity: years(15),
            private_key_usage: years(5),
            crl_distribution_points: distribution.clone(),
            ec_parameters: EcParameters::Explicit,
        };
        let csca = csca.issue(key.as_ref(), &mut rng(1)).expect("a CSCA");
        let issuer = Issuer::new(&csca, key.as_ref()).expect("an issuer");
        let profile = DocumentSignerProfile {
            authority,
            common_name: "TEST Document Signer".to_owned(),
            validity: years(10),
            private_key_usage: years(1),
            document_types: vec![TYPE.to_owned()],
            crl_distribution_points: distribution,
            ec_parameters: EcParameters::Explicit,
        };
        let certificate = profile
            .issue(key.public_key(), &issuer, &mut rng(2))
            .expect("a document signer");
        let signer = DocumentSigner::new(&certificate, Arc::clone(key)).expect("a document signer");
        Self {
            csca,
            signer,
            images: [20_000, 12_000].map(|length| HashedFile::new(vec![0x75; length], HASH)),
            next: AtomicU64::new(0),
        }
    }

    pub fn counted_by(mut self, counter: Arc<dyn UsageCounter>) -> Self {
        self.signer = self.signer.counted_by(counter);
        self
    }

    /// Builds and signs the same EF.SOD.
    pub fn sign(&self) {
        drop(black_box(self.object_of(0)));
    }

    /// Builds and signs that of another document each time.
    pub fn sign_next(&self) {
        drop(black_box(
            self.object_of(self.next.fetch_add(1, Ordering::Relaxed)),
        ));
    }

    pub fn security_object(&self) -> Vec<u8> {
        self.object_of(0)
    }

    fn object_of(&self, number: u64) -> Vec<u8> {
        let mut dg1 = vec![0x61; 93];
        dg1.splice(5..13, number.to_be_bytes());
        let small =
            [dg1, vec![0x6E; 400], vec![0x6F; 320]].map(|bytes| HashedFile::new(bytes, HASH));
        let files = [
            (File::Dg1, &small[0]),
            (File::Dg2, &self.images[0]),
            (File::Dg3, &self.images[1]),
            (File::Dg14, &small[1]),
            (File::Dg15, &small[2]),
        ];
        let content =
            LdsSecurityObject::of_hashed_files(LdsSecurityObjectVersion::v1(), HASH, files);
        security_object::sign(&content.expect("hashes"), &self.signer, TYPE, NOW).expect("EF.SOD")
    }
}
