use crypto::{AgreementDomain, AgreementGenerator, AgreementKeyPair, Cipher, HashAlgorithm};
use iso7816::{FileId, Sfi};
use proptest::prelude::*;

use super::*;
use crate::{Dg14, FileContent, SubjectPublicKey};

fn infos(hex: &str) -> Parsed<SecurityInfos> {
    SecurityInfos::parse(&test_support::unhex(hex)).unwrap()
}

const TA: &str = "300D060804007F0007020202020101";
const PACE: &str = "3012060A04007F0007020204020202010202010D";
const PACE_VERSION_1: &str = "3012060A04007F0007020204020202010102010D";
const PACE_WITHOUT_VERSION: &str = "300C060A04007F00070202040202";
const AA_RIPEMD160: &str = "30170606678108010105020101060A04007F00070101040106";
const FOREIGN: &str = "3009060704007F00070209";

#[test]
fn order_of_der_is_kept_when_written() {
    let set = SecurityInfos::new([
        SecurityInfo::Pace(PaceInfo::new(PaceProtocol::ALL[5], 13)),
        SecurityInfo::TerminalAuthentication(TerminalAuthenticationInfo::new()),
    ]);
    let der = test_support::unhex(&format!("3123{TA}{PACE}"));
    assert_eq!(set.to_der(), der);
    assert_eq!(SecurityInfos::parse(&der).unwrap().strict(), Ok(set));
}

#[test]
fn what_is_read_is_written_unchanged() {
    for (hex, deviations) in [
        (format!("3123{PACE}{TA}"), 1),
        (format!("3114{PACE_VERSION_1}"), 1),
        (format!("310E{PACE_WITHOUT_VERSION}"), 1),
        (format!("3119{AA_RIPEMD160}"), 1),
        (format!("310B{FOREIGN}"), 0),
        ("3100".to_owned(), 0),
    ] {
        let parsed = infos(&hex);
        assert_eq!(
            parsed.deviations.len(),
            deviations,
            "{:?}",
            parsed.deviations
        );
        assert_eq!(hex::encode_upper(parsed.value.to_der()), hex);
    }
}

#[test]
fn what_is_not_understood_is_unknown() {
    for hex in [PACE_WITHOUT_VERSION, AA_RIPEMD160, FOREIGN] {
        let der = tlv::encode(SET, &test_support::unhex(hex));
        let set = SecurityInfos::parse(&der).unwrap().value;
        assert!(matches!(set.iter().next(), Some(SecurityInfo::Unknown(_))));
    }
}

#[test]
fn what_is_refused() {
    for hex in [
        "3000",                    // no SET
        "31030201 01",             // no SEQUENCE inside
        "3102 3000",               // no protocol
        "3108 3006 020101 060155", // a protocol in second place
    ] {
        assert!(
            SecurityInfos::parse(&test_support::unhex(hex)).is_err(),
            "{hex}"
        );
    }
    let many = "3000".repeat(MAX_SECURITY_INFOS + 1);
    let der = tlv::encode(SET, &test_support::unhex(&many));
    assert!(SecurityInfos::parse(&der).is_err());
}

/// Sets are compared as DER values, in any order; entries of unknown protocols count too (Doc 9303-11 §4.2, §9.2.11).
#[test]
fn what_the_signed_file_lacks() {
    for (unsigned, signed, missing) in [
        (format!("3114{PACE}"), format!("3123{TA}{PACE}"), 0),
        (format!("3123{TA}{PACE}"), format!("3123{PACE}{TA}"), 0),
        (format!("3114{PACE}"), format!("310F{TA}"), 1),
        (format!("3114{PACE}"), format!("3114{PACE_VERSION_1}"), 1),
        (format!("310B{FOREIGN}"), format!("3114{PACE}"), 1),
        ("3100".to_owned(), format!("3114{PACE}"), 0),
    ] {
        let missing_infos = infos(&unsigned).value;
        let signed = infos(&signed).value;
        assert_eq!(
            missing_infos.missing_from(&signed).len(),
            missing,
            "{unsigned}"
        );
    }
}

#[test]
fn where_ef_cvca_lies() {
    let entry = |reference: &str| {
        let fields = format!("060804007F0007020202020101{reference}");
        let entry = tlv::encode(SEQUENCE, &test_support::unhex(&fields));
        SecurityInfos::parse(&tlv::encode(SET, &entry)).unwrap()
    };
    for (reference, id, sfi) in [
        ("30040402011C", 0x011C, None),
        ("30070402012A04010A", 0x012A, Some(10)),
    ] {
        let parsed = entry(reference);
        let file = parsed
            .value
            .terminal_authentication()
            .unwrap()
            .ef_cvca
            .unwrap();
        assert_eq!((file.id.0, file.sfi.map(iso7816::Sfi::get)), (id, sfi));
        let info =
            SecurityInfo::TerminalAuthentication(*parsed.value.terminal_authentication().unwrap());
        assert_eq!(SecurityInfos::new([info]), parsed.value);
    }
    for reference in ["3003040101", "30070402012A04011F", "30080402012A04020A0A"] {
        let parsed = entry(reference);
        assert_eq!(parsed.value.terminal_authentication(), None, "{reference}");
        assert_eq!(parsed.deviations.len(), 1);
    }
}

/// A key read with explicit parameters is written with the same.
#[test]
fn a_key_is_written_with_explicit_parameters() {
    let path = test_support::root().join("test-vectors/lds/dg14.json");
    let file = test_support::hex(&test_support::read_json(&path)["hex"]);
    let infos = Dg14::parse(&file).unwrap().value.security_infos;
    let read = infos.chip_authentication_public_keys().next().unwrap();
    let key = read.public_key.key().unwrap().clone();
    assert_eq!(
        ChipAuthenticationPublicKeyInfo::new(key, None).as_ref(),
        Ok(read)
    );
    let rebuilt = SecurityInfos::new(infos.iter().cloned());
    assert_eq!(rebuilt.to_der(), infos.to_der());
}

/// Keys of both kinds, and one that is announced as the other.
#[test]
fn agreement_keys_of_both_kinds() {
    for domain in AgreementDomain::all() {
        let standard = AgreementGenerator::standard(domain);
        let order_len = match domain {
            AgreementDomain::Dh(group) => group.order_len(),
            AgreementDomain::Ec(curve) => curve.order_len(),
        };
        let mut secret = vec![0; order_len];
        secret[order_len - 1] = 7;
        let pair = AgreementKeyPair::from_secret(&standard, &secret).unwrap();
        let info =
            ChipAuthenticationPublicKeyInfo::of_agreement_key(&pair.public(), Some(3)).unwrap();
        let set = SecurityInfos::new([SecurityInfo::ChipAuthenticationPublicKey(info)]).to_der();
        let read = SecurityInfos::parse(&set).unwrap().value;
        let mut read = read
            .chip_authentication_public_keys()
            .next()
            .unwrap()
            .clone();
        assert_eq!(read.key_id, Some(3));
        assert_eq!(read.agreement_key(), Ok(pair.public()), "{}", domain.name());
        read.agreement = match read.agreement {
            KeyAgreement::Dh => KeyAgreement::Ecdh,
            KeyAgreement::Ecdh => KeyAgreement::Dh,
        };
        assert!(read.agreement_key().is_err(), "{}", domain.name());
    }
}

#[test]
fn a_key_that_cannot_be_used_is_kept() {
    let der = test_support::unhex("3003020100");
    let key = SubjectPublicKey::from_der(&der);
    assert!(key.key().is_err());
    assert_eq!(key.as_der(), der);
}

fn any_info() -> impl Strategy<Value = SecurityInfo> {
    let id = || proptest::option::of(any::<u8>());
    let key_id = || proptest::option::of(any::<u64>());
    let pace = (0..PaceProtocol::ALL.len(), id()).prop_map(|(protocol, parameter_id)| {
        SecurityInfo::Pace(PaceInfo::with_explicit_parameters(
            PaceProtocol::ALL[protocol],
            parameter_id,
        ))
    });
    let parameters = (0..PaceFamily::ALL.len(), id()).prop_map(|(family, parameter_id)| {
        SecurityInfo::PaceDomainParameter(PaceDomainParameterInfo {
            family: PaceFamily::ALL[family],
            domain_parameter: test_support::unhex("300C060704007F0007010202010D"),
            parameter_id,
        })
    });
    let chip = (any::<bool>(), 0..Cipher::ALL.len(), key_id()).prop_map(|(dh, cipher, key_id)| {
        let agreement = if dh {
            KeyAgreement::Dh
        } else {
            KeyAgreement::Ecdh
        };
        let cipher = Cipher::ALL[cipher];
        let protocol = ChipAuthenticationProtocol { agreement, cipher };
        SecurityInfo::ChipAuthentication(ChipAuthenticationInfo::new(protocol, key_id))
    });
    let active = (0..HashAlgorithm::ALL.len()).prop_map(|hash| {
        SecurityInfo::ActiveAuthentication(ActiveAuthenticationInfo::new(HashAlgorithm::ALL[hash]))
    });
    let file = (any::<u16>(), proptest::option::of(1u8..=30)).prop_map(|(id, sfi)| FileReference {
        id: FileId(id),
        sfi: sfi.map(|sfi| Sfi::new(sfi).unwrap()),
    });
    let terminal = proptest::option::of(file).prop_map(|ef_cvca| {
        SecurityInfo::TerminalAuthentication(TerminalAuthenticationInfo {
            ef_cvca,
            ..TerminalAuthenticationInfo::new()
        })
    });
    let dir = proptest::collection::vec(any::<u8>(), 0..300)
        .prop_map(|ef_dir| SecurityInfo::EfDir(EfDirInfo { ef_dir }));
    prop_oneof![pace, parameters, chip, active, terminal, dir]
}

proptest! {
    #[test]
    fn written_is_read(infos in proptest::collection::vec(any_info(), 0..12)) {
        let set = SecurityInfos::new(infos);
        prop_assert_eq!(SecurityInfos::parse(&set.to_der()).unwrap().strict().unwrap(), set);
    }
}
