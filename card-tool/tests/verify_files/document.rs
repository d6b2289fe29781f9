//! A document of a state that does not exist, its certificates and revocation lists, in a folder.

use std::fs;
use std::sync::Arc;

use crypto::{Curve, EcParameters, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use iso7816::tlv::{Tag, encode};
use lds::{Dg1, File, FileContent, LdsSecurityObject, LdsSecurityObjectVersion};
use mrz::{Fields, Mrz, MrzDate, MrzTd3, Sex};
use pki::crl::{CrlProfile, RevokedCertificate};
use pki::profile::{Authority, Contact, CountryCode, CscaProfile, DocumentSignerProfile, Issuer};
use pki::{Certificate, DocumentSigner, Signer, SoftwareSigner, Validity};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};

use crate::support::{Ended, run, word};

/// A folder with the files of a document beside the certificate of its CSCA and revocation lists.
pub(crate) struct Folder(pub(crate) TempDir);

pub(crate) fn signer(seed: u64) -> SoftwareSigner {
    let mut rng = StdRng::seed_from_u64(seed);
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng).unwrap();
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    SoftwareSigner::new(key, algorithm, Box::new(rng)).unwrap()
}

pub(crate) fn days(from: OffsetDateTime, days: i64) -> Validity {
    Validity {
        not_before: from,
        not_after: from + Duration::days(days),
    }
}

pub(crate) fn csca(key: &SoftwareSigner, begin: OffsetDateTime) -> Vec<u8> {
    let profile = CscaProfile {
        authority: authority(),
        common_name: "CSCA TEST".to_owned(),
        validity: days(begin, 15 * 365),
        private_key_usage: days(begin, 5 * 365),
        crl_distribution_points: vec!["http://crl.test.example/UTO.crl".to_owned()],
        ec_parameters: EcParameters::Explicit,
    };
    profile.issue(key, &mut StdRng::seed_from_u64(3)).unwrap()
}

pub(crate) fn authority() -> Authority {
    let contact = Contact::Mail("csca@test.example".to_owned());
    Authority::new(CountryCode::new("UT").unwrap(), "UTO", contact).unwrap()
}

pub(crate) fn mrz() -> Mrz {
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
    Mrz::from(MrzTd3::new(&fields, "").unwrap())
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self::signed_by(&signer(1), signer(2))
    }

    /// Signed by a document signer, who is certified by a CSCA.
    pub(crate) fn signed_by(csca_key: &SoftwareSigner, key: SoftwareSigner) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        fs::create_dir(folder.0.path().join("files")).unwrap();
        let now = OffsetDateTime::now_utc().replace_nanosecond(0).unwrap();
        let begin = now - Duration::days(30);
        let key: Arc<dyn Signer> = Arc::new(key);
        let csca = csca(csca_key, begin);
        let issuer = Issuer::new(&csca, csca_key).unwrap();
        let profile = DocumentSignerProfile {
            authority: authority(),
            common_name: "Document Signer TEST".to_owned(),
            validity: days(begin, 10 * 365),
            private_key_usage: days(begin, 90),
            document_types: vec!["P".to_owned()],
            crl_distribution_points: vec!["http://crl.test.example/UTO.crl".to_owned()],
            ec_parameters: EcParameters::Explicit,
        };
        let certificate = profile
            .issue(key.public_key(), &issuer, &mut StdRng::seed_from_u64(4))
            .unwrap();
        let files = [
            (File::Dg1, Dg1::new(mrz()).to_bytes()),
            (File::Dg2, encode(Tag::new(0x75), &[0x42; 64])),
        ];
        let of_files = files.iter().map(|(file, bytes)| (*file, bytes.as_slice()));
        let version = LdsSecurityObjectVersion::v1();
        let content = LdsSecurityObject::of_files(version, HashAlgorithm::Sha256, of_files);
        let document_signer = DocumentSigner::new(&certificate, key).unwrap();
        let sod =
            pki::security_object::sign(&content.unwrap(), &document_signer, "P", now).unwrap();
        for (file, bytes) in &files {
            folder.write(&format!("files/{}.bin", file.word()), bytes);
        }
        // A name that says nothing: the tag does.
        folder.write("files/what is this.dat", &sod);
        folder.write("csca.der", &csca);
        let stranger = signer(9);
        folder.write("stranger.der", &self::csca(&stranger, begin));
        let serial_number = Certificate::parse(&certificate)
            .unwrap()
            .serial_number()
            .to_vec();
        let revoked = RevokedCertificate {
            serial_number,
            date: now - Duration::days(2),
        };
        let list = |revoked: &[RevokedCertificate], csca: &[u8], key: &SoftwareSigner| {
            let profile = CrlProfile {
                number: 1,
                this_update: now - Duration::days(1),
                next_update: now + Duration::days(29),
                revoked: revoked.to_vec(),
                former_names: Vec::new(),
            };
            profile.issue(&Issuer::new(csca, key).unwrap()).unwrap()
        };
        folder.write("good.crl", &list(&[], &csca, csca_key));
        folder.write("revoked.crl", &list(&[revoked], &csca, csca_key));
        let of_stranger = list(&[], &self::csca(&stranger, begin), &stranger);
        folder.write("stranger.crl", &of_stranger);
        folder
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        fs::write(self.0.path().join(name), bytes).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> String {
        word(&self.0.path().join(name)).to_owned()
    }

    pub(crate) fn verify(&self, trust: &str, more: &[&str]) -> Ended {
        let (trust, files) = (self.path(trust), self.path("files"));
        let arguments = ["verify", "--trust", &trust, "--files", &files];
        run([&arguments[..], more].concat())
    }
}
