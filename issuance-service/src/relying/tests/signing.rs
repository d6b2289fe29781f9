//! A document signer of the tests' own, and what it signs.

use std::sync::Arc;

use crypto::{Curve, EcParameters, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use lds::{LdsSecurityObject, LdsSecurityObjectVersion};
use pki::profile::{Authority, Contact, CountryCode, CscaProfile, DocumentSignerProfile, Issuer};
use pki::{DocumentSigner, Signer, SoftwareSigner, Validity, security_object};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use time::Duration;

use super::place::NOW;

pub fn signer(seed: u64) -> SoftwareSigner {
    let mut rng = StdRng::seed_from_u64(seed);
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng).unwrap();
    SoftwareSigner::new(
        key,
        SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256),
        Box::new(rng),
    )
    .unwrap()
}

/// An EF.SOD over two data groups.
pub fn object() -> Vec<u8> {
    let contact = Contact::Mail("csca@test.example".to_owned());
    let authority = Authority::new(CountryCode::new("UT").unwrap(), "UTO", contact).unwrap();
    let validity = |days| Validity {
        not_before: NOW - Duration::DAY,
        not_after: NOW + Duration::days(days),
    };
    let csca = CscaProfile {
        authority: authority.clone(),
        common_name: "CSCA TEST 1".to_owned(),
        validity: validity(15 * 365),
        private_key_usage: validity(5 * 365),
        crl_distribution_points: vec!["http://crl.test.example/UTO.crl".to_owned()],
        ec_parameters: EcParameters::Explicit,
    };
    let (csca_key, key) = (signer(1), Arc::new(signer(2)));
    let mut rng = StdRng::seed_from_u64(3);
    let csca = csca.issue(&csca_key, &mut rng).unwrap();
    let profile = DocumentSignerProfile {
        authority,
        common_name: "Document Signer TEST 1".to_owned(),
        validity: validity(10 * 365 + 90),
        private_key_usage: validity(89),
        document_types: vec!["P".to_owned()],
        crl_distribution_points: vec!["http://crl.test.example/UTO.crl".to_owned()],
        ec_parameters: EcParameters::Explicit,
    };
    let certificate = profile
        .issue(
            key.public_key(),
            &Issuer::new(&csca, &csca_key).unwrap(),
            &mut rng,
        )
        .unwrap();
    let signer = DocumentSigner::new(&certificate, key).unwrap();
    let hashes = [(1, b"group 1"), (2, b"group 2")]
        .map(|(number, of)| (number, HashAlgorithm::Sha256.digest(of)));
    let content = LdsSecurityObject {
        version: LdsSecurityObjectVersion::v1(),
        hash: HashAlgorithm::Sha256,
        hashes: hashes.into_iter().collect(),
    };
    security_object::sign(&content, &signer, "P", NOW).unwrap()
}
