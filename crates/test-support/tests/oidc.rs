//! The OpenID provider as the service's tests use it: signed in by password, PKCE asked for.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::Value;
use test_support::{
    loopback::ask,
    oidc::{CLIENT_ID, CLIENT_SECRET, PEOPLE, Person, Provider},
};

const BACK: &str = "http://127.0.0.1:1/back";
/// RFC 7636 Appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn request(provider: &Provider, challenge: &str) -> String {
    format!(
        "{}/auth?client_id={CLIENT_ID}&response_type=code&scope=openid+profile+email&redirect_uri={BACK}&state=TEST&nonce=n1{challenge}",
        provider.issuer()
    )
}

fn in_query<'a>(url: &'a str, name: &str) -> Option<&'a str> {
    let pairs = url.split_once('?')?.1.split('&');
    pairs
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

fn tokens(provider: &Provider, code: &str, verifier: &str) -> (u16, Value) {
    let encoded = CLIENT_SECRET.replace(' ', "+");
    let credentials = BASE64_STANDARD.encode(format!("{CLIENT_ID}:{encoded}"));
    let answer = ask(
        "POST",
        &format!("{}/token", provider.issuer()),
        &[
            ("authorization", &format!("Basic {credentials}")),
            ("content-type", "application/x-www-form-urlencoded"),
        ],
        &format!(
            "grant_type=authorization_code&code={code}&redirect_uri={BACK}&code_verifier={verifier}"
        ),
    );
    (answer.status, serde_json::from_str(&answer.body).unwrap())
}

#[test]
#[ignore = "needs the OpenID provider: CARD_TOOLCHAIN_OIDC, set by cargo xtask test"]
fn both_people_sign_in_and_are_told_apart() {
    let provider = Provider::start(&[BACK]);
    let document = ask(
        "GET",
        &format!("{}/.well-known/openid-configuration", provider.issuer()),
        &[],
        "",
    );
    let document: Value = serde_json::from_str(&document.body).unwrap();
    assert_eq!(document["issuer"], provider.issuer());
    assert_eq!(
        document["code_challenge_methods_supported"],
        serde_json::json!(["S256"])
    );

    let with_pkce = format!("&code_challenge={CHALLENGE}&code_challenge_method=S256");
    for person in &PEOPLE {
        let back = provider.sign_in(&request(&provider, &with_pkce), person);
        assert!(back.starts_with(BACK), "{back}");
        assert_eq!(in_query(&back, "state"), Some("TEST"));
        let code = in_query(&back, "code").unwrap();
        let (status, tokens) = tokens(&provider, code, VERIFIER);
        assert_eq!(status, 200, "{tokens}");
        let payload = tokens["id_token"]
            .as_str()
            .unwrap()
            .split('.')
            .nth(1)
            .unwrap();
        let claims: Value =
            serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
        assert_eq!(claims["sub"], person.login, "{claims}");
        assert_eq!(
            (&claims["name"], &claims["nonce"]),
            (&person.name.into(), &"n1".into()),
            "{claims}"
        );
    }
}

#[test]
#[ignore = "needs the OpenID provider: CARD_TOOLCHAIN_OIDC, set by cargo xtask test"]
fn a_wrong_verifier_and_a_request_without_a_challenge_are_refused() {
    let provider = Provider::start(&[BACK]);
    let with_pkce = format!("&code_challenge={CHALLENGE}&code_challenge_method=S256");
    let back = provider.sign_in(&request(&provider, &with_pkce), &PEOPLE[0]);
    let other = "a".repeat(43);
    let (status, said) = tokens(&provider, in_query(&back, "code").unwrap(), &other);
    assert_eq!(
        (status, &said["error"]),
        (400, &"invalid_grant".into()),
        "{said}"
    );

    let answer = ask("GET", &request(&provider, ""), &[], "");
    let back = answer.header("location").unwrap();
    assert!(back.starts_with(BACK));
    assert_eq!(in_query(back, "error"), Some("invalid_request"), "{back}");
}

#[test]
#[ignore = "needs the OpenID provider: CARD_TOOLCHAIN_OIDC, set by cargo xtask test"]
#[should_panic(expected = "not signed in: 401")]
fn a_wrong_password_signs_nobody_in() {
    let provider = Provider::start(&[BACK]);
    let with_pkce = format!("&code_challenge={CHALLENGE}&code_challenge_method=S256");
    let stranger = Person {
        password: "guessed",
        ..PEOPLE[0]
    };
    let _ = provider.sign_in(&request(&provider, &with_pkce), &stranger);
}
