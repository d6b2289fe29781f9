//! Requests for certificates: the key signs for itself, and who was there before for the holder.

use iso7816::tlv::Tag;
use protocols::Error;
use protocols::terminal_authentication::{CertificateFault, InMemory, Request, RequestBody, Role};

use crate::authorities::{ECDSA, Holder, P256, name, this_year};
use crate::card::rng;

const CHAT: Tag = Tag::new(0x7F4C);

fn holder(text: &str, number: u64) -> Holder {
    Holder::new(text, ECDSA, P256, number)
}

fn request(holder: &Holder) -> Request {
    let body = RequestBody {
        authority: Some(name("UTTESTCVCAUT001")),
        key: holder.public.clone(),
        holder: holder.name.clone(),
        extensions: Vec::new(),
    };
    let mut signer = InMemory {
        key: &holder.key,
        rng: &mut rng(4),
    };
    Request::sign(body, &mut signer).unwrap()
}

#[test]
fn requests_are_signed_by_themselves_and_by_who_was_there_before() {
    let [old, new] = [holder("UTTESTDVUT001", 2), holder("UTTESTDVUT002", 9)];
    let first = request(&new);
    assert_eq!(first.to_bytes()[..2], [0x7F, 0x21]);
    assert_eq!(Request::parse(&first.to_bytes()).unwrap(), first);
    let none = first.verify_countersignature(&old.public);
    assert_eq!(none, Err(CertificateFault::Missing(Tag::new(0x67))));

    let mut signer = InMemory {
        key: &old.key,
        rng: &mut rng(4),
    };
    let successor = first
        .countersign(old.name.clone(), &old.public, &mut signer)
        .unwrap();
    let bytes = successor.to_bytes();
    assert_eq!(bytes[0], 0x67);
    let parsed = Request::parse(&bytes).unwrap();
    assert_eq!(parsed, successor);
    assert_eq!(parsed.countersigner(), Some(&old.name));
    parsed.verify_countersignature(&old.public).unwrap();
    let wrong = parsed.verify_countersignature(&new.public);
    assert_eq!(wrong, Err(CertificateFault::Signature));

    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        let good = Request::parse(&changed)
            .is_ok_and(|request| request.verify_countersignature(&old.public).is_ok());
        assert!(!good, "at {at}");
    }
}

#[test]
fn a_request_for_somebody_elses_key_is_refused() {
    let [own, other] = [holder("UTTESTDVUT001", 2), holder("UTTESTDVUT001", 9)];
    let body = request(&own).body().clone();
    let mut signer = InMemory {
        key: &other.key,
        rng: &mut rng(4),
    };
    let refused = Request::sign(body, &mut signer).unwrap_err();
    assert_eq!(refused, Error::Certificate(CertificateFault::Signature));
    let mut bytes = request(&own).to_bytes();
    *bytes.last_mut().unwrap() ^= 1;
    let refused = Request::parse(&bytes).unwrap_err();
    assert_eq!(refused, Error::Certificate(CertificateFault::Signature));
    // A certificate is no request.
    let certificate = own.certify(&own, Role::Cvca, this_year()).to_bytes();
    let refused = Request::parse(&certificate).unwrap_err();
    assert_eq!(refused, Error::Certificate(CertificateFault::Surplus(CHAT)));
}
