//! A CSCA, a document signer and a signed document for each algorithm.

use std::collections::BTreeMap;
use std::sync::Arc;

use crypto::{Curve, EcParameters, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use iso7816::tlv;
use lds::{Dg1, File, FileContent, LdsSecurityObject, LdsSecurityObjectVersion};
use mrz::{Fields, Mrz, MrzDate, MrzTd3, Sex};
use pki::profile::{Authority, Contact, CountryCode, CscaProfile, DocumentSignerProfile, Issuer};
use pki::{
    DataGroup, DocumentSigner, Report, SecurityObject, Signer, SoftwareSigner, TrustStore, Validity,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::macros::datetime;
use time::{Duration, OffsetDateTime};

/// When the tests happen.
pub(crate) const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);

/// A kind of key with its signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Algorithm {
    Ecdsa(Curve, HashAlgorithm),
    Pss(usize, HashAlgorithm),
    Pkcs1(usize, HashAlgorithm),
}

pub(crate) const P256: Algorithm = Algorithm::Ecdsa(Curve::P256, HashAlgorithm::Sha256);
pub(crate) const PSS_2048: Algorithm = Algorithm::Pss(2048, HashAlgorithm::Sha256);

/// Every algorithm a PKI is set up with.
pub(crate) const ALL: [Algorithm; 7] = [
    P256,
    Algorithm::Ecdsa(Curve::P384, HashAlgorithm::Sha384),
    Algorithm::Ecdsa(Curve::BrainpoolP256r1, HashAlgorithm::Sha256),
    Algorithm::Ecdsa(Curve::BrainpoolP384r1, HashAlgorithm::Sha384),
    Algorithm::Pss(3072, HashAlgorithm::Sha256),
    PSS_2048,
    Algorithm::Pkcs1(2048, HashAlgorithm::Sha256),
];

impl Algorithm {
    pub(crate) fn signer(self, seed: u64) -> SoftwareSigner {
        let mut rng = StdRng::seed_from_u64(seed);
        let (key, algorithm) = match self {
            Self::Ecdsa(curve, hash) => (
                PrivateKey::generate_ec(curve, &mut rng),
                SignatureAlgorithm::Ecdsa(hash),
            ),
            Self::Pss(bits, hash) => (
                PrivateKey::generate_rsa(bits, &mut rng),
                SignatureAlgorithm::pss(hash),
            ),
            Self::Pkcs1(bits, hash) => (
                PrivateKey::generate_rsa(bits, &mut rng),
                SignatureAlgorithm::RsaPkcs1(hash),
            ),
        };
        SoftwareSigner::new(key.unwrap(), algorithm, Box::new(rng)).unwrap()
    }
}

/// A CSCA with one document signer.
pub(crate) struct TestPki {
    pub(crate) csca: Vec<u8>,
    pub(crate) document_signer: DocumentSigner,
    pub(crate) signer: Arc<dyn Signer>,
}

/// A document as read from a chip.
#[derive(Clone)]
pub(crate) struct Document {
    pub(crate) security_object: Vec<u8>,
    pub(crate) files: BTreeMap<File, Vec<u8>>,
}

pub(crate) fn authority() -> Authority {
    let country = CountryCode::new("UT").unwrap();
    let contact = Contact::Mail("csca@test.example".to_owned());
    Authority::new(country, "UTO", contact).unwrap()
}

pub(crate) fn validity(from: OffsetDateTime, days: i64) -> Validity {
    Validity {
        not_before: from,
        not_after: from + Duration::days(days),
    }
}

pub(crate) fn csca_profile(ec_parameters: EcParameters) -> CscaProfile {
    let begin = NOW - Duration::days(30);
    CscaProfile {
        authority: authority(),
        common_name: "CSCA TEST 1".to_owned(),
        validity: validity(begin, 15 * 365),
        private_key_usage: validity(begin, 5 * 365),
        crl_distribution_points: vec!["http://crl.test.example/UTO.crl".to_owned()],
        ec_parameters,
    }
}

pub(crate) fn document_signer_profile(ec_parameters: EcParameters) -> DocumentSignerProfile {
    let begin = NOW - Duration::days(10);
    DocumentSignerProfile {
        authority: authority(),
        common_name: "Document Signer TEST 1".to_owned(),
        validity: validity(begin, 10 * 365 + 90),
        private_key_usage: validity(begin, 90),
        document_types: vec!["P".to_owned(), "ID".to_owned()],
        crl_distribution_points: vec!["http://crl.test.example/UTO.crl".to_owned()],
        ec_parameters,
    }
}

impl TestPki {
    pub(crate) fn new(algorithm: Algorithm, ec_parameters: EcParameters) -> Self {
        Self::with_profile(
            algorithm,
            ec_parameters,
            1,
            &document_signer_profile(ec_parameters),
        )
    }

    pub(crate) fn with_profile(
        algorithm: Algorithm,
        ec_parameters: EcParameters,
        seed: u64,
        profile: &DocumentSignerProfile,
    ) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let csca_key = algorithm.signer(seed * 2);
        let signer: Arc<dyn Signer> = Arc::new(algorithm.signer(seed * 2 + 1));
        let csca = csca_profile(ec_parameters)
            .issue(&csca_key, &mut rng)
            .unwrap();
        let issuer = Issuer::new(&csca, &csca_key).unwrap();
        let certificate = profile
            .issue(signer.public_key(), &issuer, &mut rng)
            .unwrap();
        let document_signer = DocumentSigner::new(&certificate, signer.clone()).unwrap();
        Self {
            csca,
            document_signer,
            signer,
        }
    }

    pub(crate) fn trust_store(&self) -> TrustStore {
        let mut store = TrustStore::new();
        store.add(&self.csca, "test").unwrap();
        store
    }

    pub(crate) fn document(&self) -> Document {
        Document {
            security_object: self.sign(&files(), "P"),
            files: files(),
        }
    }

    pub(crate) fn sign(&self, files: &BTreeMap<File, Vec<u8>>, document_type: &str) -> Vec<u8> {
        let content = LdsSecurityObject::of_files(
            LdsSecurityObjectVersion::v1(),
            HashAlgorithm::Sha256,
            files.iter().map(|(file, bytes)| (*file, bytes.as_slice())),
        )
        .unwrap();
        pki::security_object::sign(&content, &self.document_signer, document_type, NOW).unwrap()
    }
}

impl Document {
    pub(crate) fn data_groups(&self) -> BTreeMap<File, DataGroup> {
        self.files
            .iter()
            .map(|(file, bytes)| {
                (
                    *file,
                    DataGroup::Read(lds::HashedFile::new(
                        bytes.clone(),
                        crypto::HashAlgorithm::Sha256,
                    )),
                )
            })
            .collect()
    }

    pub(crate) fn authenticate(&self, store: &TrustStore, now: OffsetDateTime) -> Report {
        let security_object = SecurityObject::parse(&self.security_object).unwrap();
        pki::authenticate(&security_object, self.data_groups(), store, now)
    }
}

/// EF.DG1 of a specimen and an EF.DG2 whose content does not matter here.
pub(crate) fn files() -> BTreeMap<File, Vec<u8>> {
    let fields = Fields {
        document_code: "P",
        issuing_state: "UTO",
        document_number: "X12345678",
        nationality: "UTO",
        date_of_birth: MrzDate::parse("900101").unwrap(),
        sex: Sex::Female,
        date_of_expiry: MrzDate::parse("350101").unwrap(),
        primary_identifier: "SPECIMEN",
        secondary_identifier: "TEST",
    };
    let dg1 = Dg1::new(Mrz::from(MrzTd3::new(&fields, "").unwrap()));
    let dg2 = tlv::encode(tlv::Tag::new(0x75), &[0x42; 4096]);
    BTreeMap::from([(File::Dg1, dg1.to_bytes()), (File::Dg2, dg2)])
}
