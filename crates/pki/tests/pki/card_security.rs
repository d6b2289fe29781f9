//! EF.CardSecurity: our own through our own verification, that of the BSI's worked examples, and what must not be believed.

use crypto::{Cipher, Curve, EcParameters, PrivateKey, PublicKey};
use lds::security_info::{
    ChipAuthenticationPublicKeyInfo, KeyAgreement, PaceInfo, PaceMapping, PaceProtocol,
};
use lds::{SecurityInfo, SecurityInfos};
use pki::{CardSecurity, Cause, CheckResult, TrustStore, card_security};
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::Duration;

use crate::test_pki::{ALL, NOW, P256, TestPki};

/// What a chip with PACE-CAM on P-256 says: the number of the parameters is the number of the key.
fn infos() -> SecurityInfos {
    let protocol = PaceProtocol::new(
        PaceMapping::ChipAuthenticationMapping,
        KeyAgreement::Ecdh,
        Cipher::Aes256,
    );
    let id = Curve::P256.standardized_id();
    let key = ChipAuthenticationPublicKeyInfo::new(chip_key(), Some(u64::from(id))).unwrap();
    SecurityInfos::new([
        SecurityInfo::Pace(PaceInfo::new(protocol.unwrap(), id)),
        SecurityInfo::ChipAuthenticationPublicKey(key),
    ])
}

fn chip_key() -> PublicKey {
    let rng = &mut StdRng::seed_from_u64(7);
    PrivateKey::generate_ec(Curve::P256, rng).unwrap().public()
}

fn signed(pki: &TestPki) -> Vec<u8> {
    card_security::sign(&infos(), &pki.document_signer, "P", NOW).unwrap()
}

#[test]
fn every_algorithm_signs_and_verifies() {
    for algorithm in ALL {
        let pki = TestPki::new(algorithm, EcParameters::Explicit);
        let file = CardSecurity::parse(&signed(&pki)).unwrap();
        assert_eq!(file.security_infos(), &infos(), "{algorithm:?}");
        let result = file.authenticate(&pki.trust_store(), NOW);
        assert_eq!(result.signer.deviations, [], "{algorithm:?}");
        let verified = result.verified().unwrap();
        assert_eq!(verified.security_infos(), &infos());
    }
}

#[test]
fn the_worked_examples_are_read_and_their_signatures_hold() {
    for (name, path) in test_support::vectors("card-security") {
        let vector = test_support::read_json(&path);
        let bytes = test_support::hex(&vector["given"]["card_security"]);
        let file = CardSecurity::parse(&bytes).unwrap();
        let result = file.authenticate(&TrustStore::new(), NOW);
        for (check, found) in [
            ("hash", result.signer.hash),
            ("signature", result.signer.signature),
            ("issuer", result.signer.issuer),
        ] {
            let found = found.to_string();
            let value = found.split(':').next();
            assert_eq!(value, vector["want"][check].as_str(), "{name}: {found}");
        }
        let count = u64::try_from(file.security_infos().iter().count()).unwrap();
        assert_eq!(Some(count), vector["want"]["infos"].as_u64(), "{name}");
        assert!(
            result.verified().is_none(),
            "{name}: nobody vouches for the signer"
        );
    }
}

#[test]
fn nothing_is_verified_without_a_trusted_issuer_or_after_a_change() {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    let bytes = signed(&pki);
    let file = CardSecurity::parse(&bytes).unwrap();
    let stranger = file.authenticate(&TrustStore::new(), NOW);
    assert_eq!(
        stranger.signer.issuer,
        CheckResult::Undetermined(Cause::NoCsca)
    );
    assert!(stranger.verified().is_none());

    let content = infos().to_der();
    let at = bytes
        .windows(content.len())
        .position(|part| part == content)
        .unwrap();
    for place in at..at + content.len() {
        let mut altered = bytes.clone();
        altered[place] ^= 0x01;
        if let Ok(file) = CardSecurity::parse(&altered) {
            assert!(
                file.authenticate(&pki.trust_store(), NOW)
                    .verified()
                    .is_none(),
                "octet {place}"
            );
        }
    }
}

#[test]
fn a_security_object_is_no_card_security_and_the_other_way_round() {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    let sod = pki.document().security_object;
    let inside = iso7816::tlv::single(&sod, iso7816::tlv::Tag::new(0x77)).unwrap();
    assert!(CardSecurity::parse(inside).is_err());
    let wrapped = iso7816::tlv::encode(iso7816::tlv::Tag::new(0x77), &signed(&pki));
    assert!(pki::SecurityObject::parse(&wrapped).is_err());
}

#[test]
fn a_signer_signs_only_documents_of_his_list_and_in_his_time() {
    let pki = TestPki::new(P256, EcParameters::Explicit);
    let sign = |code, now| card_security::sign(&infos(), &pki.document_signer, code, now);
    assert!(sign("P", NOW).is_ok());
    assert!(sign("V", NOW).is_err());
    assert!(sign("P", NOW + Duration::days(200)).is_err());
}
