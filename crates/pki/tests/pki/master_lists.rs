//! Master lists: ours read back, and those of others as the field writes them (Doc 9303-12 §9).

use crate::deviation_lists::deviation_list;
use crate::office::{Office, every_algorithm};
use crate::test_pki::{NOW, P256};
use crypto::EcParameters;
use iso7816::tlv::{Tag, encode};
use pki::profile::ListRole;
use pki::{Certificate, DeviationKind, DeviationList, Error, MasterList, master_list};

pub(crate) fn cscas(office: &Office) -> Vec<Certificate> {
    [&office.csca, &office.link, &office.next_csca]
        .map(|der| Certificate::parse(der).unwrap())
        .to_vec()
}

pub(crate) fn master_list(office: &Office) -> Vec<u8> {
    let signer = office.list_signer(ListRole::MasterList);
    master_list::sign(&cscas(office), &signer, NOW).unwrap()
}

#[test]
fn a_master_list_is_read_as_it_was_written() {
    for algorithm in every_algorithm() {
        let office = Office::new(algorithm, EcParameters::Explicit);
        let der = master_list(&office);
        let list = MasterList::parse(&der).unwrap();
        assert_eq!((list.deviations(), list.unreadable()), (&[][..], &[][..]));
        assert!(!list.is_bare());
        let mut expected = cscas(&office);
        expected.sort_by(|a, b| a.as_der().cmp(b.as_der()));
        assert_eq!(list.certificates(), expected);
        assert!(
            list.certificates()
                .iter()
                .all(|c| c.deviations().is_empty())
        );
        let signed_data = list.signed_data().unwrap();
        assert_eq!(signed_data.deviations(), []);
        let checks = signed_data.verify();
        assert!(checks.hash.is_successful() && checks.signature.is_successful());
        assert_eq!(checks.deviations, []);
        assert_eq!(checks.signing_time, Some(NOW));
        let signer = checks.signer.unwrap();
        assert_eq!(
            signer.as_der(),
            office.list_signer_certificate(ListRole::MasterList)
        );
        assert_eq!(signer.verify_signature(&office.certificate()), Ok(vec![]));
    }
}

#[test]
fn a_master_list_without_signature() {
    let office = Office::new(P256, EcParameters::Explicit);
    let list = MasterList::parse(&master_list(&office)).unwrap();
    let content = list.signed_data().unwrap().content();
    let set = cscas(&office)
        .iter()
        .map(|c| c.as_der().to_vec())
        .collect::<Vec<_>>();
    for (what, bare) in [
        ("content of the list", content.to_vec()),
        (
            "the set alone",
            encode(Tag::new(0x31), &sorted(set).concat()),
        ),
    ] {
        let bare = MasterList::parse(&bare).unwrap();
        assert!(bare.is_bare() && bare.signed_data().is_none(), "{what}");
        assert_eq!(bare.certificates(), list.certificates(), "{what}");
        let kinds: Vec<_> = bare.deviations().iter().map(|d| d.kind).collect();
        assert_eq!(kinds, [DeviationKind::MasterListWithoutSignature], "{what}");
    }
}

fn sorted(mut elements: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    elements.sort();
    elements
}

#[test]
fn master_lists_of_the_field() {
    use DeviationKind::{
        ListVersion, MasterListWithoutSignature, SetOrder, SurplusElement, TrailingBytes,
        UnreadableCertificate,
    };
    let office = Office::new(P256, EcParameters::Explicit);
    let der: Vec<Vec<u8>> = cscas(&office).iter().map(|c| c.as_der().to_vec()).collect();
    let der = sorted(der);
    let backwards: Vec<Vec<u8>> = der.iter().rev().cloned().collect();
    let mut broken = der.clone();
    broken[1][4] = 0x31; // tbsCertificate is no SEQUENCE
    let no_sequence = [der[0].clone(), vec![0x05, 0x00], der[1].clone()];
    let list = |version: &[u8], certificates: &[Vec<u8>], behind: &[u8]| {
        let set = encode(Tag::new(0x31), &certificates.concat());
        encode(Tag::new(0x30), &[version, &set, behind].concat())
    };
    let v0 = &[0x02, 0x01, 0x00][..];
    for (what, bytes, readable, unreadable, expected) in [
        ("good", list(v0, &der, &[]), 3, vec![], vec![]),
        (
            "another order",
            list(v0, &backwards, &[]),
            3,
            vec![],
            vec![SetOrder],
        ),
        (
            "version 1",
            list(&[2, 1, 1], &der, &[]),
            3,
            vec![],
            vec![ListVersion(1)],
        ),
        (
            "more elements",
            list(v0, &der, &[5, 0]),
            3,
            vec![],
            vec![SurplusElement],
        ),
        (
            "trailing",
            [list(v0, &der, &[]), vec![0]].concat(),
            3,
            vec![],
            vec![TrailingBytes(1)],
        ),
        (
            "one broken",
            list(v0, &broken, &[]),
            2,
            vec![1],
            vec![UnreadableCertificate],
        ),
        (
            "one no certificate",
            list(v0, &no_sequence, &[]),
            2,
            vec![1],
            vec![SetOrder, UnreadableCertificate],
        ),
        ("empty", list(v0, &[], &[]), 0, vec![], vec![]),
    ] {
        let list = MasterList::parse(&bytes).unwrap();
        assert_eq!(list.certificates().len(), readable, "{what}");
        let places: Vec<_> = list.unreadable().iter().map(|(place, _)| *place).collect();
        assert_eq!(places, unreadable, "{what}");
        let mut kinds: Vec<_> = list.deviations().iter().map(|d| d.kind).collect();
        assert_eq!(kinds.remove(0), MasterListWithoutSignature, "{what}");
        kinds.sort_by_key(|kind| format!("{kind:?}"));
        assert_eq!(kinds, expected, "{what}");
    }
}

#[test]
fn what_is_no_master_list() {
    let office = Office::new(P256, EcParameters::Explicit);
    let good = master_list(&office);
    let content = MasterList::parse(&good).unwrap();
    let content = content.signed_data().unwrap().content().to_vec();
    let too_many = [0x30, 0x00].repeat(master_list::MAX_LIST_CERTIFICATES + 1);
    let too_many = encode(Tag::new(0x31), &too_many);
    for (what, bytes) in [
        ("nothing", vec![]),
        ("a certificate", office.csca.clone()),
        ("a deviation list", deviation_list(&office)),
        ("half of it", good[..good.len() / 2].to_vec()),
        ("half of its content", content[..content.len() / 2].to_vec()),
        ("too many certificates", too_many),
        ("too long", vec![0x30; master_list::MAX_MASTER_LIST_LEN + 1]),
    ] {
        let read = MasterList::parse(&bytes);
        assert!(
            matches!(read, Err(Error::Malformed { .. })),
            "{what}: {read:?}"
        );
    }
    assert!(DeviationList::parse(&good).is_err());
}
