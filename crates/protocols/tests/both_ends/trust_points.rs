//! What a chip keeps of the authorities that it trusts.

use protocols::terminal_authentication::{
    Extension, MAX_CERTIFICATE_LEN, Policy, Rights, Role, TrustPoint, TrustPoints,
};

use crate::authorities::{Chain, ECDSA, Holder, P256, this_year, today};

/// Whatever certificates can bring, a chip must read again after a reset: two of the longest.
#[test]
fn two_long_trust_points_in_memory() {
    let oid = der::asn1::ObjectIdentifier::new("2.23.136.1.1.9.1.3").unwrap();
    let long = |text: &str, number| {
        let holder = Holder::new(text, ECDSA, P256, number);
        let mut body = holder.body(&holder, Role::Cvca, Rights::ALL, this_year());
        let mut bits = MAX_CERTIFICATE_LEN;
        loop {
            body.extensions = vec![Extension::authorization(oid, &vec![0; bits])];
            let certificate = holder.sign(body.clone());
            match MAX_CERTIFICATE_LEN.checked_sub(certificate.to_bytes().len()) {
                Some(_) => break TrustPoint::self_signed(&certificate, Policy::default()).unwrap(),
                None => bits -= 1,
            }
        }
    };
    let (newest, previous) = (long("UTTESTCVCAUT002", 2), long("UTTESTCVCAUT001", 1));
    let trust = TrustPoints::new(today(), newest, Some(previous));
    let bytes = trust.to_bytes();
    assert!(bytes.len() > MAX_CERTIFICATE_LEN * 3 / 2);
    assert_eq!(TrustPoints::from_bytes(&bytes).unwrap(), trust);
}

#[test]
fn trust_points_in_memory() {
    let chain = Chain::new(ECDSA, P256);
    let gate = chain.gate(Policy::default());
    let bytes = gate.trust.to_bytes();
    assert_eq!(TrustPoints::from_bytes(&bytes).unwrap(), gate.trust);
    let point = &bytes[9..];
    let two = [&bytes[..], point].concat();
    assert_eq!(TrustPoints::from_bytes(&two).unwrap().points().count(), 2);
    for damaged in [
        &[][..],
        &bytes[..9],
        &bytes[..bytes.len() - 1],
        point,
        &[&two[..], point].concat(),
    ] {
        assert!(TrustPoints::from_bytes(damaged).is_err());
    }
}
