//! Series that the issuer's deviation list speaks of: chips that are faulty, and keys that are compromised.

use std::collections::BTreeSet;
use std::sync::Arc;

use crypto::{Curve, EcParameters, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use inspection::Outcome::{self, Failed, NotSupported, Successful, Undetermined};
use inspection::Report;
use inspection::tr03135::Value;
use pki::deviation_list::{self, Description, DeviationType, Documents, ListedDeviation};
use pki::profile::{Authority, Contact, CountryCode, Issuer, ListRole, ListSignerProfile};
use pki::{ListSigner, Signer, SoftwareSigner, TrustStore, Validity};
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::Duration;

use super::cards::Made;
use super::cases::{ActiveKey, Base};
use crate::border::{Border, outcome, table};
use crate::office::{NOW, Office, PASSPORT};
use crate::verdict::of_table;

/// A list of the issuer that says this of all his documents.
fn deviation_list(kinds: &[DeviationType]) -> Vec<u8> {
    let office = Office::of(PASSPORT);
    let mut rng = StdRng::seed_from_u64(31);
    let signer: Arc<dyn Signer> = Arc::new(signer_of(&mut rng));
    let country = CountryCode::new(office.record.profile().data().country).unwrap();
    let contact = Contact::Mail("csca@test.example".to_owned());
    let state = office.record.profile().data().issuing_state;
    let profile = ListSignerProfile {
        role: ListRole::DeviationList,
        authority: Authority::new(country, state, contact).unwrap(),
        common_name: "Deviation List Signer TEST 1".to_owned(),
        validity: Validity {
            not_before: NOW - Duration::days(10),
            not_after: NOW + Duration::days(365),
        },
        private_key_usage: None,
        crl_distribution_points: vec!["http://crl.test.example/TEST.crl".to_owned()],
        ec_parameters: EcParameters::Explicit,
    };
    let csca = csca_signer();
    let issuer = Issuer::new(&office.csca, &csca).unwrap();
    let certificate = profile
        .issue(signer.public_key(), &issuer, &mut rng)
        .unwrap();
    let signer = ListSigner::new(&certificate, &office.csca, signer).unwrap();
    let description = |kind: &DeviationType| Description {
        text: Some("TEST".to_owned()),
        kind: kind.clone(),
        national_use: None,
    };
    let deviation = ListedDeviation {
        documents: Documents::default(),
        descriptions: kinds.iter().map(description).collect(),
    };
    deviation_list::sign(&[deviation], Some(HashAlgorithm::Sha256), &signer, NOW).unwrap()
}

/// The key of the CSCA of [`Office::of`]: the first thing that an office draws. Another one is no issuer with that certificate.
fn csca_signer() -> SoftwareSigner {
    let mut rng = StdRng::seed_from_u64(1);
    signer_of(&mut rng)
}

fn signer_of(rng: &mut StdRng) -> SoftwareSigner {
    let key = PrivateKey::generate_ec(Curve::P256, rng).unwrap();
    let own = Box::new(StdRng::from_rng(rng));
    SoftwareSigner::new(key, SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256), own).unwrap()
}

/// Inspects a passport with these quirks at a post that has the list, if there is one.
fn check(quirks: &[&str], list: &[DeviationType], expected: &[(&str, Outcome)]) -> Report {
    check_on(Base::Passport, quirks, list, expected)
}

fn check_on(
    base: Base,
    quirks: &[&str],
    list: &[DeviationType],
    expected: &[(&str, Outcome)],
) -> Report {
    let card = base.card();
    let mut trust: TrustStore = card.trust();
    if !list.is_empty() {
        trust.add_deviation_list(&deviation_list(list)).unwrap();
    }
    let border = Border {
        trust,
        ..Border::with_mrz(&card)
    };
    let quirks: BTreeSet<_> = quirks.iter().map(|quirk| quirk.parse().unwrap()).collect();
    let report = border.inspect(&mut Made::with(base, quirks).power_on());
    for (id, expected) in expected {
        let found = match *id {
            "overall" => report.overall(),
            id => outcome(&report, id),
        };
        assert_eq!(found, *expected, "{list:?} {id}\n{}", table(&report));
    }
    report
}

/// Q100: what never succeeds is run all the same, and refutes nothing where the issuer says so.
#[test]
fn a_series_of_faulty_chips_is_undetermined() {
    let failed = [("chip-authenticity", Failed), ("overall", Failed)];
    check(&["Q100"], &[], &failed);
    check(&["Q100"], &[DeviationType::ComInconsistent], &failed);
    let excused = [
        ("chip-authentication", Failed),
        ("active-authentication", Failed),
        ("chip-authenticity", Undetermined),
        ("known-deviations", Successful),
        ("overall", Undetermined),
    ];
    let report = check(&["Q100"], &[DeviationType::Chip], &excused);
    let line = of_table(&report, "active-authentication");
    assert_eq!(line, Value::Result(Undetermined));
    // A chip that works needs no excuse.
    let works = [("chip-authenticity", Successful), ("overall", Successful)];
    check(&[], &[DeviationType::Chip], &works);
    // That somebody else has the key is no fault of the chips.
    let both = [
        DeviationType::Chip,
        DeviationType::ActiveAuthenticationKeyCompromised,
    ];
    let report = check(&["Q100"], &both, &failed);
    let line = of_table(&report, "active-authentication");
    assert_eq!(line, Value::Result(Failed));
}

/// Q099: a key that everybody can have proves nothing. The list of Doc 9303-12 knows that of active authentication only.
#[test]
fn a_compromised_key_proves_nothing() {
    let compromised = &[DeviationType::ActiveAuthenticationKeyCompromised];
    let by_active_authentication = [
        ("chip-authentication", NotSupported),
        ("active-authentication", Successful),
        ("chip-authenticity", Failed),
        ("overall", Failed),
    ];
    // A chip of the first generation has nothing but active authentication.
    let base = Base::First(ActiveKey::Ecdsa);
    check_on(base, &["Q014"], compromised, &by_active_authentication);
    check_on(base, &["Q014"], &[], &[("chip-authenticity", Successful)]);
}
