//! A certification authority with everything it issues: the certificates of every profile, revocation lists, signed lists.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::test_pki::{
    ALL, Algorithm, NOW, authority, csca_profile, document_signer_profile, validity,
};
use crypto::{Curve, EcParameters, HashAlgorithm};
use pki::crl::{CrlProfile, RevokedCertificate};
use pki::profile::{
    BarcodeSignerProfile, CountryCode, CscaLinkProfile, CscaProfile, Issuer, ListRole,
    ListSignerProfile,
};
use pki::{Certificate, ListSigner, Signer, SoftwareSigner};
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::Duration;

/// A CSCA at work.
pub(crate) struct Office {
    pub(crate) csca: Vec<u8>,
    pub(crate) key: Arc<SoftwareSigner>,
    pub(crate) algorithm: Algorithm,
    pub(crate) ec_parameters: EcParameters,
    pub(crate) next_csca: Vec<u8>,
    /// From the CSCA to the next one.
    pub(crate) link: Vec<u8>,
    pub(crate) document_signer: Vec<u8>,
    list_signers: [Vec<u8>; 2],
}

/// Every algorithm a PKI is set up with, and those with the longest keys and hashes.
pub(crate) fn every_algorithm() -> impl Iterator<Item = Algorithm> {
    let longest = [
        Algorithm::Ecdsa(Curve::P521, HashAlgorithm::Sha512),
        Algorithm::Ecdsa(Curve::BrainpoolP512r1, HashAlgorithm::Sha512),
        Algorithm::Ecdsa(Curve::P256, HashAlgorithm::Sha224),
        Algorithm::Pkcs1(2048, HashAlgorithm::Sha384),
        Algorithm::Pss(2048, HashAlgorithm::Sha512),
    ];
    ALL.into_iter().chain(longest)
}

pub(crate) const ROLES: [ListRole; 2] = [ListRole::MasterList, ListRole::DeviationList];

/// The same key for the same seed; RSA keys take long to make, so that each is made once.
pub(crate) fn key(algorithm: Algorithm, seed: u64) -> Arc<SoftwareSigner> {
    type Known = (Algorithm, u64, Arc<SoftwareSigner>);
    static KNOWN: Mutex<Vec<Known>> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let same = |k: &&Known| (k.0, k.1) == (algorithm, seed);
    if let Some((_, _, signer)) = known.iter().find(same) {
        return signer.clone();
    }
    let signer = Arc::new(algorithm.signer(seed));
    known.push((algorithm, seed, signer.clone()));
    signer
}

/// Another one each time, so that no two certificates have the same serial number.
pub(crate) fn rng() -> StdRng {
    static SEED: AtomicU64 = AtomicU64::new(0);
    StdRng::seed_from_u64(SEED.fetch_add(1, Ordering::Relaxed))
}

pub(crate) fn list_signer_profile(
    role: ListRole,
    ec_parameters: EcParameters,
) -> ListSignerProfile {
    ListSignerProfile {
        role,
        authority: authority(),
        common_name: format!("{role:?} Signer TEST 1"),
        validity: validity(NOW - Duration::days(10), 3 * 365),
        private_key_usage: Some(validity(NOW - Duration::days(10), 365)),
        crl_distribution_points: vec!["http://crl.test.example/UTO.crl".to_owned()],
        ec_parameters,
    }
}

pub(crate) fn barcode_signer_profile(ec_parameters: EcParameters) -> BarcodeSignerProfile {
    BarcodeSignerProfile {
        country: CountryCode::new("UT").unwrap(),
        signer_letters: "TS".to_owned(),
        validity: validity(NOW - Duration::days(10), 2 * 365),
        document_types: vec!["V".to_owned()],
        ec_parameters,
    }
}

/// The CSCA that comes next: `name` says whether it has another name.
pub(crate) fn next_csca_profile(name: &str, ec_parameters: EcParameters) -> CscaProfile {
    CscaProfile {
        common_name: name.to_owned(),
        validity: validity(NOW, 15 * 365),
        private_key_usage: validity(NOW, 5 * 365),
        ..csca_profile(ec_parameters)
    }
}

pub(crate) fn crl_profile(serial_numbers: &[&[u8]]) -> CrlProfile {
    let revoked = serial_numbers
        .iter()
        .map(|serial_number| RevokedCertificate {
            serial_number: serial_number.to_vec(),
            date: NOW - Duration::days(1),
        });
    CrlProfile {
        number: 7,
        this_update: NOW,
        next_update: NOW + Duration::days(90),
        revoked: revoked.collect(),
        former_names: Vec::new(),
    }
}

impl Office {
    /// Everything is issued once: a signature of the same content is another one the next time.
    pub(crate) fn new(algorithm: Algorithm, ec_parameters: EcParameters) -> Self {
        let key = key(algorithm, 2);
        let csca = csca_profile(ec_parameters)
            .issue(key.as_ref(), &mut rng())
            .unwrap();
        let mut office = Self {
            csca,
            key,
            algorithm,
            ec_parameters,
            next_csca: Vec::new(),
            link: Vec::new(),
            document_signer: Vec::new(),
            list_signers: [Vec::new(), Vec::new()],
        };
        let signer_key = office.signer_key();
        let next = next_csca_profile("CSCA TEST 2", ec_parameters);
        office.next_csca = next.issue(signer_key.as_ref(), &mut rng()).unwrap();
        office.link = office.link_to("CSCA TEST 2", true);
        let issuer = office.issuer();
        let document_signer = document_signer_profile(ec_parameters)
            .issue(signer_key.public_key(), &issuer, &mut rng())
            .unwrap();
        let list_signers = ROLES.map(|role| {
            list_signer_profile(role, ec_parameters)
                .issue(signer_key.public_key(), &issuer, &mut rng())
                .unwrap()
        });
        office.document_signer = document_signer;
        office.list_signers = list_signers;
        office
    }

    pub(crate) fn issuer(&self) -> Issuer<'_> {
        Issuer::new(&self.csca, self.key.as_ref()).unwrap()
    }

    /// The key of everything below the CSCA, and of the next CSCA.
    pub(crate) fn signer_key(&self) -> Arc<SoftwareSigner> {
        key(self.algorithm, 3)
    }

    pub(crate) fn list_signer_certificate(&self, role: ListRole) -> &[u8] {
        let index = ROLES.iter().position(|known| *known == role).unwrap();
        &self.list_signers[index]
    }

    pub(crate) fn list_signer(&self, role: ListRole) -> ListSigner {
        let certificate = self.list_signer_certificate(role);
        ListSigner::new(certificate, &self.csca, self.signer_key()).unwrap()
    }

    /// The link to a CSCA of this name, with the old key or a new one.
    pub(crate) fn link_to(&self, name: &str, new_key: bool) -> Vec<u8> {
        let next = next_csca_profile(name, self.ec_parameters);
        let profile = CscaLinkProfile::to(&next, &self.issuer());
        let key = if new_key {
            self.signer_key()
        } else {
            self.key.clone()
        };
        profile
            .issue(key.public_key(), &self.issuer(), &mut rng())
            .unwrap()
    }

    /// A bar code signer; its key is on a curve, whatever the key of the CSCA.
    pub(crate) fn barcode_signer(&self) -> Vec<u8> {
        let key = key(crate::test_pki::P256, 4);
        barcode_signer_profile(self.ec_parameters)
            .issue(key.public_key(), &self.issuer(), &mut rng())
            .unwrap()
    }

    pub(crate) fn certificate(&self) -> Certificate {
        Certificate::parse(&self.csca).unwrap()
    }
}
