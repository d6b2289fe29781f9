//! The online folder of an issuer in a bureau: a ring of document signers, a revocation list.

use std::fs;
use std::path::PathBuf;

use crypto::{PrivateKey, SecretBytes};
use key_store::{KeyLocation, KeyProfile, NewSigner, RevocationList, SignerRing};
use pki::crl::{CrlProfile, RevokedCertificate};
use pki::profile::Issuer;
use pki::{Certificate, SoftwareSigner};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use time::Duration;

use crate::bureau::{ALGORITHM, Bureau, read};

/// The secret of every key file.
pub const SECRET: &str = "TEST secret of the signers";
/// What every key is.
const KEYS: &str = "ecdsa-p256";

/// The folder.
pub struct IssuerFolder<'b> {
    bureau: &'b Bureau,
}

impl<'b> IssuerFolder<'b> {
    /// Makes one without signers, under the CSCA of the bureau.
    pub fn new(bureau: &'b Bureau) -> Self {
        let folder = Self { bureau };
        fs::create_dir_all(folder.ring()).unwrap();
        fs::write(folder.path("issuer.toml"), "country = \"UT\"\n").unwrap();
        fs::write(bureau.path("secret"), SECRET).unwrap();
        folder
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.bureau.path("issuer").join(name)
    }

    fn ring(&self) -> PathBuf {
        self.path("document-signers")
    }

    /// A new document signer with its key in an encrypted file.
    pub fn add(&self, name: &str, limit: Option<u64>) {
        fs::create_dir_all(self.path("keys")).unwrap();
        let place = KeyLocation::File(self.path(&format!("keys/{name}.key")));
        self.add_at(name, limit, &place, SECRET);
    }

    /// A new document signer with its key at a place.
    pub fn add_at(&self, name: &str, limit: Option<u64>, location: &KeyLocation, secret: &str) {
        let mut rng = StdRng::from_rng(&mut rand::rng());
        let profile = KeyProfile::by_word(KEYS).unwrap();
        let secret = SecretBytes::from(secret.as_bytes());
        let key = key_store::generate(location, &profile, &secret, &mut rng).unwrap();
        let (csca, csca_key) = self.csca();
        let certificate = self
            .bureau
            .document_signer(&format!("TEST {name}"))
            .issue(
                key.public_key(),
                &Issuer::new(&csca, &csca_key).unwrap(),
                &mut rng,
            )
            .unwrap();
        let signer = NewSigner {
            name,
            certificate: &certificate,
            location,
            profile: &profile,
            limit,
        };
        SignerRing::open(&self.ring())
            .unwrap()
            .add(&signer)
            .unwrap();
    }

    /// Accepts a revocation list that names these signers.
    pub fn revoke(&self, number: u64, names: &[&str]) {
        let (csca, csca_key) = self.csca();
        let revoked = |name: &&str| RevokedCertificate {
            serial_number: self.certificate(name).serial_number().to_vec(),
            date: self.bureau.now,
        };
        let list = CrlProfile {
            number,
            this_update: self.bureau.now,
            next_update: self.bureau.now + Duration::days(30),
            revoked: names.iter().map(revoked).collect(),
            former_names: Vec::new(),
        };
        let list = list.issue(&Issuer::new(&csca, &csca_key).unwrap()).unwrap();
        let revocations = RevocationList::of(&self.path(""), &self.ring());
        revocations.keep(&list).unwrap();
    }

    /// The certificate of a signer.
    pub fn certificate(&self, name: &str) -> Certificate {
        let path = self.ring().join(name).join("certificate.der");
        Certificate::parse(&read(&path)).unwrap()
    }

    fn csca(&self) -> (Vec<u8>, SoftwareSigner) {
        let key = PrivateKey::from_pkcs8(&read(&self.bureau.path("pki/csca.key"))).unwrap();
        let rng = Box::new(StdRng::from_rng(&mut rand::rng()));
        let signer = SoftwareSigner::new(key, ALGORITHM, rng).unwrap();
        (read(&self.bureau.path("pki/csca.der")), signer)
    }
}
