//! Card verifiable certificates and requests for them.

use std::sync::LazyLock;

use protocols::terminal_authentication::{
    Certificate, MAX_CERTIFICATE_LEN, MAX_EXTENSIONS, Policy, Profile, Request, TrustPoint,
};

use super::assert_printable;

static GIVEN: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut found = Vec::new();
    for (_, path) in test_support::vectors("terminal-authentication") {
        let vector = test_support::read_json(&path);
        let fields = vector["given"].as_object().into_iter().flatten();
        let texts = fields.filter_map(|(_, value)| value.as_str());
        let certificates = texts.filter(|text| text.starts_with("7F21") || text.starts_with("67"));
        found.extend(certificates.map(test_support::unhex));
    }
    found
});

/// The certificates of the worked examples.
pub fn seeds() -> Vec<Vec<u8>> {
    GIVEN.clone()
}

/// What must hold of every byte string.
pub fn cvc(bytes: &[u8]) {
    match Certificate::parse(bytes) {
        Ok(certificate) => readable(&certificate, bytes),
        Err(error) => assert_printable(&error.to_string()),
    }
    match Request::parse(bytes) {
        Ok(request) => {
            let again = Request::parse(&request.to_bytes()).unwrap();
            assert_eq!(again.to_bytes(), request.to_bytes());
        }
        Err(error) => assert_printable(&error.to_string()),
    }
}

fn readable(certificate: &Certificate, bytes: &[u8]) {
    assert!(bytes.len() <= MAX_CERTIFICATE_LEN);
    assert!(certificate.body().extensions.len() <= MAX_EXTENSIONS);
    for part in [certificate.signed(), certificate.signature()] {
        assert!(bytes.windows(part.len()).any(|window| window == part));
    }
    // What was signed stays as it came.
    let again = Certificate::parse(&certificate.to_bytes()).unwrap();
    assert_eq!(again.signed(), certificate.signed());
    assert_eq!(again.signature(), certificate.signature());
    // Nobody has signed anything that is not in the examples.
    for profile in [Profile::Icao, Profile::Tr03110] {
        let policy = Policy {
            profile,
            ..Policy::default()
        };
        if TrustPoint::self_signed(certificate, policy).is_ok() {
            assert!(
                GIVEN.iter().any(|given| is_of(given, certificate)),
                "a signature from nowhere"
            );
        }
    }
}

fn is_of(given: &[u8], certificate: &Certificate) -> bool {
    let signed = certificate.signed();
    given.windows(signed.len()).any(|window| window == signed)
}
