//! Domain parameters that a PACEDomainParameterInfo spells out (Doc 9303-11 §9.2.2): known ones are as good as their
//! number, all others are never computed with.

use crypto::{AgreementDomain, Cipher, Curve};
use iso7816::tlv::{self, Tag};
use lds::SecurityInfo;
use lds::security_info::{
    PaceDomainParameterInfo, PaceFamily, PaceInfo, PaceMapping, PaceProtocol, SecurityInfos,
};
use protocols::Error;
use protocols::pace::{mapping_key_id, strongest, terminal};

use crate::card::{Card, key_pair, mrz_password, rng};

const SEQUENCE: Tag = Tag::new(0x30);

/// The AlgorithmIdentifier with explicit parameters, as a public key carries it.
fn algorithm(domain: AgreementDomain) -> Vec<u8> {
    let spki = key_pair(domain, 14).public().to_spki().unwrap();
    let content = tlv::single(&spki, SEQUENCE).unwrap();
    tlv::read_all(content).unwrap()[0].raw.to_vec()
}

fn parameters(
    protocol: PaceProtocol,
    domain_parameter: Vec<u8>,
    parameter_id: Option<u8>,
) -> SecurityInfo {
    let family = PaceFamily::ALL.into_iter().find(|family| {
        (family.mapping(), family.agreement()) == (protocol.mapping(), protocol.agreement())
    });
    SecurityInfo::PaceDomainParameter(PaceDomainParameterInfo {
        family: family.unwrap(),
        domain_parameter,
        parameter_id,
    })
}

/// The offers of a file as a terminal finds them.
fn offers(infos: impl IntoIterator<Item = SecurityInfo>) -> Vec<PaceInfo> {
    let file = SecurityInfos::new(infos).to_der();
    let read = SecurityInfos::parse(&file).unwrap().strict().unwrap();
    read.pace().copied().collect()
}

fn generic(domain: AgreementDomain) -> PaceProtocol {
    let agreement = domain.into();
    PaceProtocol::new(PaceMapping::GenericMapping, agreement, Cipher::Aes128).unwrap()
}

#[test]
fn every_known_domain_may_be_spelled_out() {
    for domain in AgreementDomain::all() {
        for id in [None, Some(32), Some(255)] {
            let protocol = generic(domain);
            let offers = offers([
                SecurityInfo::Pace(PaceInfo::with_explicit_parameters(protocol, id)),
                parameters(protocol, algorithm(domain), id),
            ]);
            assert_eq!(offers[0].domain(), Some(domain), "{id:?}");
            let mut card = Card::new();
            card.pace_infos.clone_from(&offers);
            let chosen = strongest(&offers).unwrap();
            let opened =
                terminal::establish(&mut card, chosen, &mrz_password(), None, &mut rng(2)).unwrap();
            assert_eq!(opened.own_key.domain(), domain, "{id:?}");
        }
    }
}

/// The number of the parameters is that of the key, whoever has given it.
#[test]
fn the_key_of_the_mapping_has_the_number_of_the_parameters() {
    let domain = AgreementDomain::Ec(Curve::P256);
    let mapping = PaceMapping::ChipAuthenticationMapping;
    let protocol = PaceProtocol::new(mapping, domain.into(), Cipher::Aes128).unwrap();
    for (id, key_id) in [(Some(32), 32), (Some(255), 255), (None, 12), (Some(12), 12)] {
        let offers = offers([
            SecurityInfo::Pace(PaceInfo::with_explicit_parameters(protocol, id)),
            parameters(protocol, algorithm(domain), id),
        ]);
        let mut card = Card::new();
        card.pace_infos.clone_from(&offers);
        card.mapping_keys = vec![key_pair(domain, 14)];
        let opened =
            terminal::establish(&mut card, &offers[0], &mrz_password(), None, &mut rng(2)).unwrap();
        let proof = opened.mapping_proof.unwrap();
        assert_eq!(proof.key_id(), key_id, "{id:?}");
        assert_eq!(mapping_key_id(&offers[0]), Some(key_id), "{id:?}");
        assert_eq!(proof.check(&key_pair(domain, 14).public()), Ok(()));
    }
    let other = PaceInfo::new(generic(domain), 12);
    assert_eq!(mapping_key_id(&other), None);
}

#[test]
fn the_number_says_which_of_two() {
    let [first, second] = [Curve::P256, Curve::BrainpoolP256r1].map(AgreementDomain::Ec);
    let protocol = generic(first);
    let offers = offers([
        SecurityInfo::Pace(PaceInfo::with_explicit_parameters(protocol, Some(33))),
        parameters(protocol, algorithm(first), Some(32)),
        parameters(protocol, algorithm(second), Some(33)),
    ]);
    assert_eq!(offers[0].domain(), Some(second));
}

/// Nothing is said to a chip whose parameters nobody knows, or which gives a standardised number another meaning.
#[test]
fn parameters_that_are_not_known_are_never_computed_with() {
    let domain = AgreementDomain::Ec(Curve::P256);
    let protocol = generic(domain);
    let explicit = |id| SecurityInfo::Pace(PaceInfo::with_explicit_parameters(protocol, id));
    let mut base_point_moved = algorithm(domain);
    let middle = base_point_moved.len() / 2;
    base_point_moved[middle] ^= 1;
    let integrated = PaceProtocol::new(
        PaceMapping::IntegratedMapping,
        domain.into(),
        Cipher::Aes128,
    )
    .unwrap();
    let none = [
        vec![explicit(Some(32))],
        vec![
            explicit(None),
            parameters(protocol, algorithm(domain), Some(32)),
        ],
        vec![
            explicit(Some(32)),
            parameters(protocol, algorithm(domain), Some(33)),
        ],
        vec![
            explicit(Some(32)),
            parameters(protocol, base_point_moved, Some(32)),
        ],
        vec![
            explicit(Some(32)),
            parameters(integrated, algorithm(domain), Some(32)),
        ],
        vec![
            explicit(Some(31)),
            parameters(protocol, algorithm(domain), Some(31)),
        ],
    ];
    for (case, infos) in none.into_iter().enumerate() {
        let offers = offers(infos);
        assert_eq!(offers[0].domain(), None, "case {case}");
        let mut card = Card::new();
        card.pace_infos.clone_from(&offers);
        let refused =
            terminal::establish(&mut card, &offers[0], &mrz_password(), None, &mut rng(2));
        assert!(matches!(refused, Err(Error::Unsupported(_))), "case {case}");
        assert_eq!(card.commands, 0, "case {case}");
    }
    let other = AgreementDomain::Ec(Curve::BrainpoolP256r1);
    let renamed = offers([
        explicit(Some(12)),
        parameters(protocol, algorithm(other), Some(12)),
    ]);
    assert_eq!(renamed[0].domain(), Some(domain));
}
