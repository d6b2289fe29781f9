//! What the profiles refuse to issue, and who may not issue or sign.

use crate::office::{Office, barcode_signer_profile, list_signer_profile, next_csca_profile, rng};
use crate::test_pki::{NOW, P256, PSS_2048, TestPki, document_signer_profile, validity};
use crypto::EcParameters;
use pki::profile::{
    Authority, BarcodeSignerProfile, Contact, CountryCode, CscaLinkProfile, DocumentSignerProfile,
    Issuer, ListRole, ListSignerProfile,
};
use pki::{Certificate, DocumentSigner, Error, Signer, oids};
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::Duration;

#[test]
fn what_the_document_signer_profile_forbids() {
    fn refused(what: &str, change: impl FnOnce(&mut DocumentSignerProfile)) {
        let pki = TestPki::new(P256, EcParameters::Explicit);
        let csca_key = P256.signer(2);
        let issuer = Issuer::new(&pki.csca, &csca_key).unwrap();
        let mut profile = document_signer_profile(EcParameters::Explicit);
        change(&mut profile);
        let mut rng = StdRng::seed_from_u64(1);
        let issued = profile.issue(pki.signer.public_key(), &issuer, &mut rng);
        assert!(
            matches!(issued, Err(Error::Misuse(_))),
            "{what}: {issued:?}"
        );
    }
    refused("longer than the CSCA", |p| {
        p.validity = validity(NOW, 20 * 365);
    });
    refused("before the CSCA", |p| {
        p.validity = validity(NOW - Duration::days(40), 400);
    });
    refused("usage outside validity", |p| {
        p.private_key_usage = validity(NOW - Duration::days(20), 30);
    });
    refused("usage of no length", |p| {
        p.private_key_usage = validity(NOW, 0);
    });
    refused("begins after the usage of the CSCA key", |p| {
        p.validity = validity(NOW + Duration::days(6 * 365), 365);
        p.private_key_usage = p.validity;
    });
    refused("no document type", |p| p.document_types.clear());
    for code in ["p", "PPP", "P<", ""] {
        refused(code, |p| p.document_types = vec![code.to_owned()]);
    }
    refused("no distribution point", |p| {
        p.crl_distribution_points.clear();
    });
    refused("distribution point by ftp", |p| {
        p.crl_distribution_points = vec!["ftp://test.example".to_owned()];
    });
    refused("no name", |p| p.common_name.clear());
    refused("another country", |p| {
        let contact = Contact::DnsName("csca.test.example".to_owned());
        p.authority = Authority::new(CountryCode::new("VN").unwrap(), "VNM", contact).unwrap();
    });
}

#[test]
fn what_the_link_profile_forbids() {
    let office = Office::new(P256, EcParameters::Explicit);
    let next = next_csca_profile("CSCA TEST 2", EcParameters::Explicit);
    let good = CscaLinkProfile::to(&next, &office.issuer());
    assert_eq!(
        good.validity.not_after,
        office.certificate().validity().not_after
    );
    let refused = |what: &str, key: &dyn Signer, change: fn(&mut CscaLinkProfile)| {
        let mut profile = good.clone();
        change(&mut profile);
        let issued = profile.issue(key.public_key(), &office.issuer(), &mut rng());
        assert!(
            matches!(issued, Err(Error::Misuse(_))),
            "{what}: {issued:?}"
        );
    };
    let new_key = office.signer_key();
    refused("no change", office.key.as_ref(), |p| {
        p.common_name = "CSCA TEST 1".to_owned();
    });
    refused("another country", new_key.as_ref(), |p| {
        let contact = Contact::DnsName("csca.test.example".to_owned());
        p.authority = Authority::new(CountryCode::new("VN").unwrap(), "VNM", contact).unwrap();
    });
    refused("longer than the old CSCA", new_key.as_ref(), |p| {
        p.validity.not_after += Duration::days(1);
    });
    refused("usage longer than the validity", new_key.as_ref(), |p| {
        p.private_key_usage.not_after = p.validity.not_after + Duration::days(1);
    });
    refused("after the usage of the old key", new_key.as_ref(), |p| {
        p.validity.not_before = NOW + Duration::days(5 * 365);
        p.private_key_usage = p.validity;
    });
    refused("no distribution point", new_key.as_ref(), |p| {
        p.crl_distribution_points.clear();
    });
}

#[test]
fn what_the_list_signer_profile_forbids() {
    let office = Office::new(P256, EcParameters::Explicit);
    let refused = |what: &str, change: fn(&mut ListSignerProfile)| {
        let mut profile = list_signer_profile(ListRole::MasterList, EcParameters::Explicit);
        change(&mut profile);
        let key = office.signer_key();
        let issued = profile.issue(key.public_key(), &office.issuer(), &mut rng());
        assert!(
            matches!(issued, Err(Error::Misuse(_))),
            "{what}: {issued:?}"
        );
    };
    refused("longer than the CSCA", |p| {
        p.validity = validity(NOW, 20 * 365);
    });
    refused("validity of no length", |p| p.validity = validity(NOW, 0));
    refused("usage outside validity", |p| {
        p.private_key_usage = Some(validity(NOW, 9 * 365));
    });
    refused("no distribution point", |p| {
        p.crl_distribution_points.clear();
    });
    refused("no name", |p| p.common_name.clear());
}

#[test]
fn what_the_bar_code_signer_profile_forbids() {
    let office = Office::new(P256, EcParameters::Explicit);
    let issue = |key: &dyn Signer, change: &dyn Fn(&mut BarcodeSignerProfile)| {
        let mut profile = barcode_signer_profile(EcParameters::Explicit);
        change(&mut profile);
        profile.issue(key.public_key(), &office.issuer(), &mut rng())
    };
    let key = office.signer_key();
    for letters in ["", "T", "TST", "ts", "T1", "Đ"] {
        let issued = issue(key.as_ref(), &|p| p.signer_letters = letters.to_owned());
        assert!(
            matches!(issued, Err(Error::Misuse(_))),
            "{letters}: {issued:?}"
        );
    }
    let foreign = issue(key.as_ref(), &|p| {
        p.country = CountryCode::new("VN").unwrap();
    });
    assert!(matches!(foreign, Err(Error::Misuse(_))), "{foreign:?}");
    let rsa = issue(crate::office::key(PSS_2048, 3).as_ref(), &|_| {});
    assert!(matches!(rsa, Err(Error::Misuse(_))), "{rsa:?}");
    // Nothing but the two extensions that must be there.
    let least = issue(key.as_ref(), &|p| p.document_types.clear()).unwrap();
    let least = Certificate::parse(&least).unwrap();
    let kinds: Vec<_> = least.extensions().all.iter().map(|e| e.oid).collect();
    assert_eq!(
        kinds,
        [oids::AUTHORITY_KEY_IDENTIFIER, oids::EXTENDED_KEY_USAGE]
    );
}

#[test]
fn who_may_not_issue_and_who_may_not_sign() {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    let misuse = |what: &str, error: Option<Error>| {
        assert!(matches!(error, Some(Error::Misuse(_))), "{what}: {error:?}");
    };
    let csca_key = P256.signer(2);
    let document_signer = pki.document_signer.certificate().as_der();
    misuse(
        "wrong key",
        Issuer::new(&pki.csca, pki.signer.as_ref()).err(),
    );
    misuse(
        "document signer as issuer",
        Issuer::new(document_signer, pki.signer.as_ref()).err(),
    );
    misuse(
        "CSCA as document signer",
        DocumentSigner::new(&pki.csca, std::sync::Arc::new(P256.signer(2))).err(),
    );
    misuse(
        "wrong key",
        DocumentSigner::new(document_signer, std::sync::Arc::new(csca_key)).err(),
    );
}

#[test]
fn an_authority_is_of_one_state() {
    let contact = || Contact::Uri("https://csca.test.example".to_owned());
    for (country, state, accepted) in [
        ("VN", "VNM", true),
        ("DE", "D<<", true),
        ("DE", "D", true),
        ("UT", "VNM", false),
        ("VN", "XXX", false),
        ("VN", "", false),
    ] {
        let country = CountryCode::new(country).unwrap();
        let authority = Authority::new(country, state, contact());
        assert_eq!(authority.is_ok(), accepted, "{country:?} {state}");
    }
    for code in ["", "V", "vn", "VNM", "V1"] {
        assert!(CountryCode::new(code).is_err(), "{code}");
    }
    let empty = Contact::Mail(String::new());
    assert!(Authority::new(CountryCode::new("VN").unwrap(), "VNM", empty).is_err());
}
