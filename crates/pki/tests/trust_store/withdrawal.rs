//! What is withdrawn comes back in no other form.

use iso7816::tlv;
use pki::trust_store::Offered;
use pki::{Acceptance, Certificate, Error, TrustStore, Untrusted};

use crate::states::{Writing, crl, element, fingerprint, key, master_list, sequence};

/// The order of P-256.
const ORDER: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";

/// The contents of the elements in a row of them, each with its tag.
fn elements(mut row: &[u8]) -> Vec<(tlv::Tag, Vec<u8>)> {
    let mut all = Vec::new();
    while !row.is_empty() {
        let (object, rest) = tlv::read(row).unwrap();
        all.push((object.tag, object.value.to_vec()));
        row = rest;
    }
    all
}

fn children(element: &[u8]) -> Vec<(tlv::Tag, Vec<u8>)> {
    elements(&elements(element)[0].1)
}

/// A signed certificate or revocation list with s replaced by n − s, which verifies as well.
fn with_other_s(signed: &[u8]) -> Vec<u8> {
    let parts = children(signed);
    let signature = children(&parts[2].1[1..]);
    let mut s = vec![0; 32];
    let value: Vec<u8> = signature[1]
        .1
        .iter()
        .copied()
        .skip_while(|b| *b == 0)
        .collect();
    let at = s.len() - value.len();
    s[at..].copy_from_slice(&value);
    let mut borrow = 0;
    for (place, octet) in hex::decode(ORDER).unwrap().into_iter().enumerate().rev() {
        let difference = i16::from(octet) - i16::from(s[place]) - borrow;
        borrow = i16::from(difference < 0);
        s[place] = difference.rem_euclid(256).try_into().unwrap();
    }
    // A leading zero too many where none is needed: the reader puts up with it, or it is needed.
    let s = element(0x02, &[&[0][..], &s].concat());
    let signature = sequence(&[&element(0x02, &signature[0].1), &s]);
    with_signature(signed, &signature)
}

fn with_signature(signed: &[u8], signature: &[u8]) -> Vec<u8> {
    let parts = children(signed);
    let bits = element(0x03, &[&[0], signature].concat());
    sequence(&[
        &tlv::encode(parts[0].0, &parts[0].1),
        &tlv::encode(parts[1].0, &parts[1].1),
        &bits,
    ])
}

/// The outer length in one octet more than it needs.
fn with_long_length(der: &[u8]) -> Vec<u8> {
    assert_eq!(der[1], 0x82);
    [&[der[0], 0x83, 0x00], &der[2..]].concat()
}

fn withdrawn<T: core::fmt::Debug>(result: pki::Result<T>) -> bool {
    match result {
        Err(error) => error == Error::Untrusted(Untrusted::Withdrawn),
        Ok(_) => false,
    }
}

#[test]
fn a_certificate_in_any_form() {
    let csca = Writing::root("UT", "CSCA TEST", &key(1));
    let next = Writing::root("UT", "CSCA TEST 2", &key(2));
    let link = csca.link_to(&next).signed_by(&key(1));
    let renewed = Writing {
        serial: 8,
        ends: "500101000000Z",
        ..next.clone()
    };
    let read = Certificate::parse(&csca.by_itself()).unwrap();
    let flipped = with_other_s(&link);
    assert!(
        Certificate::parse(&flipped)
            .unwrap()
            .verify_signature(&read)
            .is_ok()
    );
    for (what, form) in [
        ("the same", link.clone()),
        ("n − s", flipped),
        ("a long length", with_long_length(&link)),
        ("its root", next.by_itself()),
        ("certified anew", renewed.by_itself()),
    ] {
        let store = || {
            let mut store = TrustStore::new();
            store.add(&csca.by_itself(), "ceremony").unwrap();
            store
        };
        let mut before = store();
        before.add_link(&link, "link").unwrap();
        let marks = before.marks_of(&fingerprint(&link));
        assert!(before.withdraw(fingerprint(&link)));
        assert_eq!(before.anchors().len(), 1);
        assert!(withdrawn(before.add(&form, "again")), "{what}");
        // Another store, which never held it, by its marks.
        let mut other = store();
        marks.into_iter().for_each(|mark| {
            other.withdraw(mark);
        });
        let offered = Offered {
            bytes: &form,
            source: "again",
            acceptance: &Acceptance::OutOfBand("TEST".into()),
        };
        other.take_in([offered]);
        assert_eq!(other.anchors().len(), 1, "{what}");
        assert_eq!(other.add(&csca.by_itself(), "again"), Ok(1));
    }
}

#[test]
fn a_list_in_any_form_and_what_it_brought() {
    let csca = Writing::root("UT", "CSCA TEST", &key(1));
    let others = [11, 12, 13].map(|seed| Writing::root("VN", "CSCA TEST", &key(seed)).by_itself());
    let others: Vec<&[u8]> = others.iter().map(Vec::as_slice).collect();
    let by = |serial| {
        let signer = Writing {
            serial,
            ..csca.list_signer("UT", &key(2))
        };
        master_list(&others, &signer.signed_by(&key(1)), &key(2))
    };
    let list = by(3);
    let mut store = TrustStore::new();
    store.add(&csca.by_itself(), "ceremony").unwrap();
    store
        .add_master_list(&list, "list", &Acceptance::Vouched)
        .unwrap();
    assert_eq!(store.anchors().len(), 4);
    assert!(store.withdraw(fingerprint(&list)));
    assert_eq!(
        store.anchors().len(),
        1,
        "what only it vouched for goes with it"
    );
    for (what, form) in [
        ("the same", list.clone()),
        ("a long length", with_long_length(&list)),
        ("signed again", by(4)),
    ] {
        let accepted = Acceptance::OutOfBand("TEST".into());
        let result = store.add_master_list(&form, "again", &accepted);
        assert!(withdrawn(result), "{what}");
    }
}

#[test]
fn a_revocation_list_in_any_form() {
    let csca = Writing::root("UT", "CSCA TEST", &key(1));
    let list = crl(&csca, &key(1), "260101000000Z", &[3]);
    let mut store = TrustStore::new();
    store.add(&csca.by_itself(), "ceremony").unwrap();
    store.add_crl(&list).unwrap();
    assert!(store.withdraw(fingerprint(&list)));
    assert_eq!(store.crls().count(), 0);
    assert!(withdrawn(store.add_crl(&with_other_s(&list))));
}
