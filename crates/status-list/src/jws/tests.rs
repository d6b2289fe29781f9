use crypto::{EcPoint, PrivateKey};
use pki::SoftwareSigner;
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;

const TYP: &str = "statuslist+jwt";

fn signer(curve: Curve, hash: HashAlgorithm) -> SoftwareSigner {
    let rng = || StdRng::seed_from_u64(5);
    let key = PrivateKey::generate_ec(curve, &mut rng()).unwrap();
    SoftwareSigner::new(key, SignatureAlgorithm::Ecdsa(hash), Box::new(rng())).unwrap()
}

fn es256() -> SoftwareSigner {
    signer(Curve::P256, HashAlgorithm::Sha256)
}

fn es384() -> SoftwareSigner {
    signer(Curve::P384, HashAlgorithm::Sha384)
}

fn token() -> String {
    sign(&Header::of_type(TYP), b"TEST", &es256()).unwrap()
}

fn verify(token: &str, key: &PublicKey) -> core::result::Result<Vec<u8>, JwsFault> {
    let verified = Unverified::parse(token)?.verify(key, TYP)?;
    Ok(verified.payload)
}

/// The token with another header, which nobody has signed.
fn with_header(json: &str) -> String {
    let token = token();
    let (_, rest) = token.split_once('.').unwrap();
    format!("{}.{rest}", URL_SAFE_NO_PAD.encode(json))
}

/// A token with this header that the key has signed.
fn signed_with_header(json: &str) -> String {
    let signed = format!("{}.VEVTVA", URL_SAFE_NO_PAD.encode(json));
    let der = es256().sign(signed.as_bytes()).unwrap();
    let plain = ecdsa_der_to_plain(Curve::P256, &der).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(plain))
}

#[test]
fn the_example_of_rfc_7515() {
    let (_, path) = test_support::vectors("jws").remove(0);
    let vector = test_support::read_json(&path);
    let given = |name: &str| vector["given"][name].as_str().unwrap();
    let number = |name| URL_SAFE_NO_PAD.decode(given(name)).unwrap();
    let point = [vec![4], number("x"), number("y")].concat();
    let key = PublicKey::Ec(EcPoint::from_bytes(Curve::P256, &point).unwrap());
    let token = Unverified::parse(given("jws")).unwrap();
    assert_eq!(token.check_signature(&key), Ok(()));
    let payload = octets(token.payload).unwrap();
    assert_eq!(
        payload,
        vector["want"]["payload"].as_str().unwrap().as_bytes()
    );
    assert_eq!(token.verify(&key, TYP), Err(JwsFault::Type));
}

#[test]
fn both_algorithms_there_and_back() {
    let header = Header {
        typ: Some(TYP.to_owned()),
        kid: Some("signer-7".to_owned()),
        x5c: vec![vec![0x30, 0], vec![0x30, 1, 1]],
    };
    for (signer, octets_of_signature) in [(es256(), 64), (es384(), 96)] {
        let token = sign(&header, b"TEST", &signer).unwrap();
        let signature = token.rsplit('.').next().unwrap();
        assert_eq!(octets(signature).unwrap().len(), octets_of_signature);
        let parsed = Unverified::parse(&token).unwrap();
        assert_eq!(parsed.header(), &header);
        let verified = parsed.verify(signer.public_key(), TYP).unwrap();
        assert_eq!(
            (verified.header, verified.payload),
            (header.clone(), b"TEST".to_vec())
        );
    }
}

#[test]
fn the_header_is_spelled_so() {
    let token = token();
    let header = octets(token.split('.').next().unwrap()).unwrap();
    assert_eq!(header, br#"{"alg":"ES256","typ":"statuslist+jwt"}"#);
}

#[test]
fn the_algorithm_is_the_key_s() {
    let key = es256().public_key().clone();
    for alg in [
        "none", "None", "HS256", "ES384", "ES512", "RS256", "es256", "",
    ] {
        let json = format!(r#"{{"alg":"{alg}","typ":"{TYP}"}}"#);
        for token in [with_header(&json), signed_with_header(&json)] {
            assert_eq!(verify(&token, &key), Err(JwsFault::Algorithm), "{alg}");
        }
    }
    assert_eq!(
        verify(&token(), es384().public_key()),
        Err(JwsFault::Algorithm)
    );
    let p521 = signer(Curve::P521, HashAlgorithm::Sha512);
    assert_eq!(verify(&token(), p521.public_key()), Err(JwsFault::KeyKind));
    for signer in [p521, signer(Curve::P256, HashAlgorithm::Sha384)] {
        let refused = sign(&Header::default(), b"", &signer);
        assert_eq!(refused, Err(JwsFault::KeyKind.into()));
    }
}

#[test]
fn a_signature_must_be_there_and_right() {
    let (key, token) = (es256().public_key().clone(), token());
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let zeros = URL_SAFE_NO_PAD.encode([0; 64]);
    let plain = octets(signature).unwrap();
    let der = crypto::ecdsa_plain_to_der(Curve::P256, &plain).unwrap();
    let long = URL_SAFE_NO_PAD.encode([plain.as_slice(), &[0]].concat());
    for wrong in [
        "",
        &zeros,
        &URL_SAFE_NO_PAD.encode(der),
        &long,
        &signature[..84],
    ] {
        let token = format!("{signed}.{wrong}");
        assert_eq!(verify(&token, &key), Err(JwsFault::Signature), "{wrong}");
    }
    let other = token.replacen("VEVTVA", "VEVTVB", 1);
    assert_ne!(verify(&other, &key), Ok(b"TEST".to_vec()));
    let other = token.replacen("VEVTVA", "TEST", 1);
    assert_eq!(verify(&other, &key), Err(JwsFault::Signature));
    let stranger = PrivateKey::generate_ec(Curve::P256, &mut StdRng::seed_from_u64(6)).unwrap();
    assert_eq!(verify(&token, &stranger.public()), Err(JwsFault::Signature));
}

#[test]
fn types_are_compared_as_media_types() {
    let key = es256().public_key().clone();
    for (typ, want) in [
        ("statuslist+jwt", true),
        ("StatusList+JWT", true),
        ("application/statuslist+jwt", true),
        ("JWT", false),
        ("statuslist+cwt", false),
        ("", false),
    ] {
        let token = sign(&Header::of_type(typ), b"TEST", &es256()).unwrap();
        assert_eq!(verify(&token, &key).is_ok(), want, "{typ}");
    }
    let untyped = sign(&Header::default(), b"TEST", &es256()).unwrap();
    assert_eq!(verify(&untyped, &key), Err(JwsFault::Type));
}

#[test]
fn headers_that_are_refused() {
    let wrong = JwsFault::Certificates(MAX_CERTIFICATES);
    let many = format!(
        r#"{{"alg":"ES256","x5c":[{}"MAA="]}}"#,
        r#""MAA=","#.repeat(MAX_CERTIFICATES)
    );
    for (json, want) in [
        (r#"{"alg":"ES256","crit":["exp"]}"#, JwsFault::Critical),
        (r#"{"alg":"ES256","crit":{}}"#, JwsFault::Critical),
        (r#"{"alg":"ES256","crit":null}"#, JwsFault::Critical),
        (r#"{"alg":"ES256","x5c":[]}"#, wrong),
        (r#"{"alg":"ES256","x5c":["-_-_"]}"#, wrong),
        (r#"{"alg":"ES256","x5c":[""]}"#, wrong),
        (&many, wrong),
    ] {
        assert_eq!(
            Unverified::parse(&with_header(json)).unwrap_err(),
            want,
            "{json}"
        );
    }
    for json in [
        "",
        "[]",
        "{}",
        r#"{"alg":7}"#,
        r#"{"alg":"ES256","alg":"ES256"}"#,
        r#"{"alg":"ES256","x5c":"MAA="}"#,
        r#"{"alg":"ES256"}{}"#,
    ] {
        let fault = Unverified::parse(&with_header(json)).unwrap_err();
        assert!(matches!(fault, JwsFault::Header { .. }), "{json}: {fault}");
    }
    let full = Header {
        x5c: vec![vec![0x30]; MAX_CERTIFICATES + 1],
        ..Header::default()
    };
    assert_eq!(sign(&full, b"", &es256()), Err(wrong.into()));
}

#[test]
fn keys_in_headers_are_no_keys() {
    let json = format!(
        r#"{{"alg":"ES256","typ":"{TYP}","jwk":{{"kty":"EC"}},"jku":"https://uto.example"}}"#
    );
    let key = es256().public_key().clone();
    assert_eq!(
        verify(&signed_with_header(&json), &key),
        Ok(b"TEST".to_vec())
    );
    assert_eq!(verify(&with_header(&json), &key), Err(JwsFault::Signature));
}

#[test]
fn forms_that_are_refused() {
    let token = token();
    for (text, want) in [
        (String::new(), JwsFault::Parts),
        ("a".to_owned(), JwsFault::Parts),
        ("a.b".to_owned(), JwsFault::Parts),
        (format!("{token}.a"), JwsFault::Parts),
        (format!("{token}.a.b"), JwsFault::Parts),
        (format!("={token}"), JwsFault::Base64),
        (
            " ".repeat(MAX_JWS_BYTES + 1),
            JwsFault::TooLong(MAX_JWS_BYTES),
        ),
        (
            format!("{}.a.b", "a".repeat(MAX_HEADER_BYTES + 1)),
            JwsFault::TooLong(MAX_HEADER_BYTES),
        ),
    ] {
        assert_eq!(Unverified::parse(&text).unwrap_err(), want);
    }
    let key = es256().public_key().clone();
    let padded = format!("{token}==");
    assert_eq!(verify(&padded, &key), Err(JwsFault::Base64));
    let huge = sign(&Header::default(), &vec![0; MAX_JWS_BYTES], &es256());
    assert_eq!(huge, Err(JwsFault::TooLong(MAX_JWS_BYTES).into()));
}

proptest! {
    #[test]
    fn a_changed_letter_is_seen(at in 0_usize..150, to in "[A-Za-z0-9_.-]") {
        let (key, mut text) = (es256().public_key().clone(), token());
        let at = at % text.len();
        prop_assume!(text[at..=at] != to);
        text.replace_range(at..=at, &to);
        // The last letter of a part has bits that say nothing; the strict decoder refuses them.
        prop_assert!(verify(&text, &key).is_err(), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[A-Za-z0-9_=-]{0,40}\\.?[A-Za-z0-9_-]{0,40}\\.?[A-Za-z0-9_-]{0,40}") {
        let _ = verify(&text, es256().public_key());
    }

    #[test]
    fn any_header_is_read_or_refused(json in "\\{(\"(alg|typ|kid|crit|x5c)\":(\"ES256\"|1|null|\\[\\]|\\{\\}),?){0,4}\\}") {
        let _ = verify(&with_header(&json), es256().public_key());
    }
}
