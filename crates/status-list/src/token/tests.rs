use crypto::{Curve, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use pki::SoftwareSigner;
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::macros::datetime;

use super::*;
use crate::Error;
use crate::jws::JwsFault;

const URI: &str = "https://uto.example/status/12";
const NOW: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

fn signer() -> SoftwareSigner {
    let rng = || StdRng::seed_from_u64(5);
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng()).unwrap();
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    SoftwareSigner::new(key, algorithm, Box::new(rng())).unwrap()
}

fn sample() -> (Claims, StatusList) {
    let claims = Claims {
        subject: URI.to_owned(),
        issued_at: NOW - Duration::HOUR,
        expires_at: NOW + Duration::DAY,
        time_to_live: Some(Duration::hours(12)),
    };
    let mut list = StatusList::new(Bits::Two, 1 << 20).unwrap();
    list.set(7, Status::Invalid).unwrap();
    list.set(1_048_575, Status::Suspended).unwrap();
    (claims, list)
}

fn open(token: &str) -> Result<VerifiedStatusList> {
    VerifiedStatusList::open(token, signer().public_key(), URI, NOW)
}

/// A token with this payload, signed.
fn signed(payload: &str) -> String {
    jws::sign(&Header::of_type(TYPE), payload.as_bytes(), &signer()).unwrap()
}

#[test]
fn what_is_signed_is_looked_up() {
    let (claims, list) = sample();
    let token = sign(&claims, &list, Header::default(), &signer()).unwrap();
    let verified = open(&token).unwrap();
    assert_eq!(verified.claims(), &claims);
    assert_eq!(verified.list(), &list);
    assert_eq!(verified.refresh_at(), NOW + Duration::hours(11));
    for (index, want) in [
        (0, Status::Valid),
        (7, Status::Invalid),
        (1_048_575, Status::Suspended),
    ] {
        assert_eq!(verified.status(index), Ok(want));
    }
    let beyond = Error::NoSuchIndex {
        index: 1 << 20,
        entries: 1 << 20,
    };
    assert_eq!(verified.status(1 << 20), Err(beyond));
}

#[test]
fn the_payload_is_that_of_the_draft() {
    let claims = Claims {
        subject: "https://example.com/statuslists/1".to_owned(),
        issued_at: OffsetDateTime::from_unix_timestamp(1_686_920_170).unwrap(),
        expires_at: OffsetDateTime::from_unix_timestamp(2_291_720_170).unwrap(),
        time_to_live: Some(Duration::seconds(43_200)),
    };
    let mut list = StatusList::new(Bits::One, 16).unwrap();
    for index in [0, 3, 4, 5, 7, 8, 9, 13, 15] {
        list.set(index, Status::Invalid).unwrap();
    }
    let token = sign(&claims, &list, Header::default(), &signer()).unwrap();
    let verified = Unverified::parse(&token)
        .unwrap()
        .verify(signer().public_key(), TYPE)
        .unwrap();
    assert_eq!(
        String::from_utf8(verified.payload).unwrap(),
        concat!(
            r#"{"sub":"https://example.com/statuslists/1","iat":1686920170,"exp":2291720170,"ttl":43200,"#,
            r#""status_list":{"bits":1,"lst":"eNrbuRgAAhcBXQ"}}"#
        )
    );
}

#[test]
fn times() {
    let (claims, list) = sample();
    let open_at = |now| {
        let token = sign(&claims, &list, Header::default(), &signer()).unwrap();
        VerifiedStatusList::open(&token, signer().public_key(), URI, now).map(drop)
    };
    let (begin, end) = (claims.issued_at, claims.expires_at);
    for (now, want) in [
        (begin - CLOCK_TOLERANCE, Ok(())),
        (
            begin - CLOCK_TOLERANCE - Duration::SECOND,
            Err(TokenFault::OfTheFuture.into()),
        ),
        (end - Duration::SECOND, Ok(())),
        (end, Err(TokenFault::Expired.into())),
        (end + 100 * Duration::WEEK, Err(TokenFault::Expired.into())),
    ] {
        assert_eq!(open_at(now), want, "{now}");
    }
    for wrong in [
        Claims {
            expires_at: begin,
            ..claims.clone()
        },
        Claims {
            time_to_live: Some(Duration::ZERO),
            ..claims.clone()
        },
        Claims {
            time_to_live: Some(-Duration::HOUR),
            ..claims.clone()
        },
    ] {
        let refused = sign(&wrong, &list, Header::default(), &signer());
        assert_eq!(refused, Err(TokenFault::Time.into()));
    }
    let without = Claims {
        time_to_live: None,
        ..claims
    };
    let token = sign(&without, &list, Header::default(), &signer()).unwrap();
    assert_eq!(open(&token).unwrap().refresh_at(), end);
}

#[test]
fn tokens_of_others() {
    let (claims, list) = sample();
    let token = sign(&claims, &list, Header::default(), &signer()).unwrap();
    let key = signer().public_key().clone();
    let elsewhere = VerifiedStatusList::open(&token, &key, "https://uto.example/status/13", NOW);
    assert_eq!(elsewhere, Err(TokenFault::OtherSubject.into()));
    let other = PrivateKey::generate_ec(Curve::P256, &mut StdRng::seed_from_u64(6)).unwrap();
    let forged = VerifiedStatusList::open(&token, &other.public(), URI, NOW);
    assert_eq!(forged, Err(JwsFault::Signature.into()));
    let untyped = jws::sign(&Header::of_type("JWT"), b"{}", &signer()).unwrap();
    assert_eq!(open(&untyped), Err(JwsFault::Type.into()));
}

#[test]
fn signed_and_still_refused() {
    const GOOD: &str = r#"{"sub":"https://uto.example/status/12","iat":1795000000,"exp":1796000000,"ttl":60,"aggregation":1,"status_list":{"bits":1,"lst":"eNrbuRgAAhcBXQ","aggregation_uri":"https://uto.example"}}"#;
    let now = OffsetDateTime::from_unix_timestamp(1_795_000_001).unwrap();
    let open =
        |payload: &str| VerifiedStatusList::open(&signed(payload), signer().public_key(), URI, now);
    assert!(open(GOOD).is_ok(), "what is not known is ignored");
    for (from, to, want) in [
        (
            r#""exp":1796000000,"#,
            "",
            Error::from(TokenFault::NoExpiry),
        ),
        (
            r#""exp":1796000000"#,
            r#""exp":9223372036854775807"#,
            TokenFault::Time.into(),
        ),
        (
            r#""iat":1795000000"#,
            r#""iat":-9223372036854775808"#,
            TokenFault::Time.into(),
        ),
        (r#""ttl":60"#, r#""ttl":0"#, TokenFault::Time.into()),
        (r#""bits":1"#, r#""bits":3"#, ListFault::Bits(3).into()),
        (
            "eNrbuRgAAhcBXQ",
            "eNrbuRgAAhcBXQ==",
            ListFault::Base64.into(),
        ),
        ("eNrbuRgAAhcBXQ", "AAAA", ListFault::Zlib.into()),
    ] {
        assert_eq!(open(&GOOD.replacen(from, to, 1)), Err(want), "{to}");
    }
    for (from, to) in [
        (r#""ttl":60"#, r#""ttl":60,"sub":"x""#),
        (r#""iat":1795000000"#, r#""iat":"1795000000""#),
        (r#""bits":1"#, r#""bits":-1"#),
        (r#""bits":1,"#, ""),
        ("{", "["),
    ] {
        let refused = open(&GOOD.replacen(from, to, 1));
        assert!(
            matches!(refused, Err(Error::Token(TokenFault::Claims { .. }))),
            "{to}: {refused:?}"
        );
    }
}

#[test]
fn a_bomb_in_a_signed_token_is_refused() {
    use std::io::Write;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        encoder.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let lst = URL_SAFE_NO_PAD.encode(encoder.finish().unwrap());
    let payload = format!(
        r#"{{"sub":"{URI}","iat":{0},"exp":{1},"status_list":{{"bits":8,"lst":"{lst}"}}}}"#,
        NOW.unix_timestamp(),
        NOW.unix_timestamp() + 60
    );
    let refused = open(&signed(&payload));
    assert_eq!(
        refused,
        Err(ListFault::TooLarge(crate::list::MAX_LIST_BYTES).into())
    );
}

#[test]
fn the_worst_list_fits_into_a_token() {
    let (claims, mut list) = sample();
    let mut state = 1_u32;
    for index in 0..list.entries() {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        list.set(index, Status::from_value(state.to_le_bytes()[0] & 3))
            .unwrap();
    }
    let token = sign(&claims, &list, Header::default(), &signer()).unwrap();
    assert!(token.len() > 400_000, "{}", token.len());
    assert_eq!(open(&token).unwrap().list(), &list);
}

proptest! {
    #[test]
    fn any_signed_payload_is_read_or_refused(payload in "\\{(\"(sub|iat|exp|ttl|status_list)\":(\"x\"|1|null|-1|\\{\"bits\":1,\"lst\":\"\"\\}),?){0,6}\\}") {
        let _ = open(&signed(&payload));
    }
}
