//! States that do not exist, with their certificates and lists; and a desk with files and a store.

use std::sync::Arc;

use crypto::{Curve, EcParameters, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use pki::crl::{CrlProfile, RevokedCertificate};
use pki::profile::{
    Authority, Contact, CountryCode, CscaLinkProfile, CscaProfile, Issuer, ListRole,
    ListSignerProfile,
};
use pki::{Certificate, Fingerprint, ListSigner, SoftwareSigner, Validity, master_list};
use rand::SeedableRng;
use rand::rngs::StdRng;
use tempfile::TempDir;
use time::{Duration, OffsetDateTime};

use crate::support::{run, word};

pub const NO: i32 = 1;
pub const USAGE: i32 = 2;
pub const POLICY: i32 = 7;
pub const JSON: [&str; 2] = ["--output-format", "json"];

/// When everything was issued: the past month, so that it is valid while the test runs.
pub fn issued() -> OffsetDateTime {
    OffsetDateTime::now_utc().replace_nanosecond(0).unwrap() - Duration::days(30)
}

pub fn signer(seed: u64) -> Arc<SoftwareSigner> {
    let mut rng = StdRng::seed_from_u64(seed);
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng).unwrap();
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    Arc::new(SoftwareSigner::new(key, algorithm, Box::new(rng)).unwrap())
}

/// A state with its CSCA and its signer of master lists.
pub struct State {
    pub profile: CscaProfile,
    pub key: Arc<SoftwareSigner>,
    pub csca: Vec<u8>,
    pub list_key: Arc<SoftwareSigner>,
    pub list_signer: Vec<u8>,
}

impl State {
    pub fn new(country: &str, state: &str, name: &str, seed: u64) -> Self {
        Self::with_list_signer_for(2 * 365, country, state, name, seed)
    }

    /// A state whose list signer's certificate is valid for some days after everything was issued.
    pub fn with_list_signer_for(
        days: i64,
        country: &str,
        state: &str,
        name: &str,
        seed: u64,
    ) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        let period = |days| Validity {
            not_before: issued(),
            not_after: issued() + Duration::days(days),
        };
        let contact = Contact::Mail("csca@test.example".to_owned());
        let authority = Authority::new(CountryCode::new(country).unwrap(), state, contact).unwrap();
        let points = vec!["http://crl.test.example/crl".to_owned()];
        let profile = CscaProfile {
            authority: authority.clone(),
            common_name: name.to_owned(),
            validity: period(15 * 365),
            private_key_usage: period(5 * 365),
            crl_distribution_points: points.clone(),
            ec_parameters: EcParameters::Explicit,
        };
        let key = signer(seed);
        let csca = profile.issue(key.as_ref(), &mut rng).unwrap();
        let list_key = signer(seed + 1000);
        let list_signer = ListSignerProfile {
            role: ListRole::MasterList,
            authority,
            common_name: "Master List Signer TEST".to_owned(),
            validity: period(days),
            private_key_usage: Some(period(days.min(365))),
            crl_distribution_points: points,
            ec_parameters: EcParameters::Explicit,
        };
        let issuer = Issuer::new(&csca, key.as_ref()).unwrap();
        let list_signer = list_signer
            .issue(
                pki::Signer::public_key(list_key.as_ref()),
                &issuer,
                &mut rng,
            )
            .unwrap();
        Self {
            profile,
            key,
            csca,
            list_key,
            list_signer,
        }
    }

    /// A master list of these, signed some days after everything was issued.
    pub fn list(&self, certificates: &[&[u8]], days: i64) -> Vec<u8> {
        let signer = ListSigner::new(&self.list_signer, &self.csca, self.list_key.clone()).unwrap();
        let read = certificates
            .iter()
            .map(|der| Certificate::parse(der).unwrap());
        let read: Vec<Certificate> = read.collect();
        master_list::sign(&read, &signer, issued() + Duration::days(days)).unwrap()
    }

    pub fn crl(&self, number: u64, revoked: &[&[u8]]) -> Vec<u8> {
        self.crl_for(number, 89, revoked)
    }

    /// A revocation list of a day after everything was issued, good for some days.
    pub fn crl_for(&self, number: u64, days: i64, revoked: &[&[u8]]) -> Vec<u8> {
        let date = issued() + Duration::days(number.try_into().unwrap());
        let entry = |certificate: &&[u8]| RevokedCertificate {
            serial_number: Certificate::parse(certificate)
                .unwrap()
                .serial_number()
                .to_vec(),
            date,
        };
        CrlProfile {
            number,
            this_update: date,
            next_update: date + Duration::days(days),
            revoked: revoked.iter().map(entry).collect(),
            former_names: Vec::new(),
        }
        .issue(&Issuer::new(&self.csca, self.key.as_ref()).unwrap())
        .unwrap()
    }

    pub fn link_to(&self, next: &Self) -> Vec<u8> {
        let mut rng = StdRng::seed_from_u64(7);
        let issuer = Issuer::new(&self.csca, self.key.as_ref()).unwrap();
        CscaLinkProfile::to(&next.profile, &issuer)
            .issue(
                pki::Signer::public_key(next.key.as_ref()),
                &issuer,
                &mut rng,
            )
            .unwrap()
    }
}

/// A desk with files and a store.
pub struct Desk(pub TempDir);

impl Desk {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> String {
        word(&self.0.path().join(name)).to_owned()
    }

    pub fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.path(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub fn store(&self) -> String {
        self.path("store")
    }

    /// What a command says, with the code it must end with.
    #[track_caller]
    pub fn trust(&self, code: i32, arguments: &[&str]) -> String {
        let ended = run(["trust"].iter().chain(arguments)).expect(code);
        format!("{}{}", ended.stdout, ended.stderr)
    }

    /// Subjects that the store trusts, in order.
    #[track_caller]
    pub fn subjects(&self) -> Vec<String> {
        let ended = run(["trust", "list", &self.store()].iter().chain(&JSON)).expect(0);
        let json = ended.json();
        let mut subjects: Vec<String> = json["certificates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|certificate| certificate["subject"].as_str().unwrap().to_owned())
            .collect();
        subjects.sort();
        subjects
    }
}

pub fn sha256(bytes: &[u8]) -> String {
    Fingerprint::of(bytes).to_string()
}
