//! Signing in at a provider in memory: what it says, what forgers say, and which of it is believed.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod idp;

use access::oidc::{Callback, OidcFault, OidcIdentity, OidcSettings, Provider, SignIn};
use access::{Error, Role, RoleSet};
use idp::{CLIENT, ISSUER, Idp, NOW, Signature, rng, settings};
use serde_json::{Value, json};
use time::Duration;

/// A whole sign-in at a provider that gives tokens of this kind.
fn sign_in_with(settings: OidcSettings, idp: &Idp) -> Result<OidcIdentity, Error> {
    let provider = Provider::discover(settings, idp, NOW)?;
    let sign_in = SignIn::generate(&mut rng(7));
    let callback = idp.visit(&provider.authorization_url(&sign_in, false));
    provider.finish(&sign_in, &callback, idp, NOW)
}

fn fault<T>(result: Result<T, Error>) -> Option<OidcFault> {
    match result {
        Ok(_) => None,
        Err(Error::Oidc(fault)) => Some(fault),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn a_person_signs_in() {
    for signature in [Signature::Es256, Signature::Rs256] {
        let idp = Idp::new();
        idp.token().signature = signature;
        let identity = sign_in_with(settings(), &idp).unwrap();
        assert_eq!(
            (
                identity.link.issuer.as_str(),
                identity.link.subject.as_str()
            ),
            (ISSUER, "person-1")
        );
        assert_eq!(identity.name.as_deref(), Some("Nguyễn Văn TEST"));
        assert!(identity.second_factor && identity.roles.is_none());
        assert_eq!(identity.authenticated, Some(NOW - Duration::MINUTE));
    }
}

/// Each line changes the claims of a good token; the signature is right.
#[test]
fn claims_that_are_not_believed() {
    let now = NOW.unix_timestamp();
    let cases: Vec<(&str, Value, Option<OidcFault>)> = vec![
        ("iss", json!("https://other.test"), Some(OidcFault::Issuer)),
        ("iss", json!(format!("{ISSUER}/")), Some(OidcFault::Issuer)),
        ("iss", Value::Null, Some(OidcFault::Malformed)),
        ("aud", json!("another-client"), Some(OidcFault::Audience)),
        (
            "aud",
            json!([CLIENT, "another-client"]),
            Some(OidcFault::Audience),
        ),
        ("aud", json!([]), Some(OidcFault::Audience)),
        ("aud", json!([CLIENT]), None),
        ("azp", json!("another-client"), Some(OidcFault::Audience)),
        ("azp", json!(CLIENT), None),
        ("exp", json!(now - 60), Some(OidcFault::Time)),
        ("exp", json!(now - 59), None),
        ("exp", json!(i64::MIN), Some(OidcFault::Time)),
        ("exp", Value::Null, Some(OidcFault::Malformed)),
        ("iat", json!(now + 61), Some(OidcFault::Time)),
        ("iat", json!(now - 601), Some(OidcFault::Time)),
        ("iat", json!(i64::MAX), Some(OidcFault::Time)),
        ("nbf", json!(now + 61), Some(OidcFault::Time)),
        ("nonce", json!("AAAA"), Some(OidcFault::Nonce)),
        ("nonce", Value::Null, Some(OidcFault::Nonce)),
        ("nonce", json!(""), Some(OidcFault::Nonce)),
        ("sub", json!(""), Some(OidcFault::Subject)),
        ("sub", json!("a\u{0}b"), Some(OidcFault::Subject)),
        ("sub", json!("x".repeat(256)), Some(OidcFault::Subject)),
        ("sub", json!(7), Some(OidcFault::Malformed)),
    ];
    for (claim, value, want) in cases {
        let idp = Idp::new();
        idp.token().claims = vec![(claim.to_owned(), value.clone())];
        assert_eq!(
            fault(sign_in_with(settings(), &idp)),
            want,
            "{claim} = {value}"
        );
    }
}

#[test]
fn tokens_that_are_forged() {
    let cases: [(Signature, Option<&str>, OidcFault); 10] = [
        (Signature::None, None, OidcFault::Algorithm),
        (Signature::None, Some("es"), OidcFault::Algorithm),
        (
            Signature::Hs256WithPublicKey,
            Some("rs"),
            OidcFault::Algorithm,
        ),
        (Signature::Hs256WithPublicKey, None, OidcFault::Algorithm),
        (Signature::StrangersEs256, Some("es"), OidcFault::Signature),
        (
            Signature::StrangersEs256,
            Some("strange"),
            OidcFault::UnknownKey,
        ),
        (Signature::Es256, Some("rs"), OidcFault::Algorithm),
        (Signature::Rs256, Some("es"), OidcFault::Algorithm),
        (Signature::Empty, Some("es"), OidcFault::Signature),
        (Signature::OfOtherClaims, Some("es"), OidcFault::Signature),
    ];
    for (signature, kid, want) in cases {
        let idp = Idp::new();
        idp.token().signature = signature;
        idp.token().kid = Some(kid.map(str::to_owned));
        assert_eq!(
            fault(sign_in_with(settings(), &idp)),
            Some(want),
            "{signature:?} {kid:?}"
        );
    }
}

#[test]
fn tokens_that_are_no_tokens() {
    for text in [
        "",
        ".",
        "..",
        "a.b",
        "a.b.c",
        "a.b.c.d",
        "eyJhbGciOiJFUzI1NiJ9",
        &"A".repeat(100_000),
        "é.é.é",
    ] {
        let idp = Idp::new();
        idp.token().instead = Some(text.to_owned());
        let fault = fault(sign_in_with(settings(), &idp));
        assert!(
            matches!(fault, Some(OidcFault::Malformed | OidcFault::Algorithm)),
            "{text:.20}: {fault:?}"
        );
    }
    let idp = Idp::new();
    idp.token().extra_header = json!({ "crit": ["exp"] });
    assert_eq!(
        fault(sign_in_with(settings(), &idp)),
        Some(OidcFault::Malformed)
    );
    let idp = Idp::new();
    idp.token().extra_header = json!({ "typ": "at+jwt" });
    assert_eq!(
        fault(sign_in_with(settings(), &idp)),
        Some(OidcFault::Malformed),
        "an access token"
    );
}

#[test]
fn callbacks_of_others() {
    let idp = Idp::new();
    let provider = Provider::discover(settings(), &idp, NOW).unwrap();
    let (own, other) = (SignIn::generate(&mut rng(7)), SignIn::generate(&mut rng(8)));
    let good = idp.visit(&provider.authorization_url(&own, false));
    let change = |change: &dyn Fn(&mut Callback)| {
        let mut callback = good.clone();
        change(&mut callback);
        callback
    };
    let cases: [(Callback, Option<OidcFault>); 8] = [
        (
            change(&|callback| callback.state = None),
            Some(OidcFault::State),
        ),
        (
            change(&|callback| callback.state = Some(String::new())),
            Some(OidcFault::State),
        ),
        (
            idp.visit(&provider.authorization_url(&other, false)),
            Some(OidcFault::State),
        ),
        (
            change(&|callback| callback.iss = Some("https://other.test".to_owned())),
            Some(OidcFault::AnswerOfAnother),
        ),
        (
            change(&|callback| callback.error = Some("access_denied".to_owned())),
            Some(OidcFault::Refused),
        ),
        (
            change(&|callback| callback.code = None),
            Some(OidcFault::NoCode),
        ),
        (
            change(&|callback| callback.code = Some("unknown".to_owned())),
            Some(OidcFault::CodeRefused { status: 400 }),
        ),
        (good.clone(), None),
    ];
    for (callback, want) in cases {
        assert_eq!(
            fault(provider.finish(&own, &callback, &idp, NOW)),
            want,
            "{callback:?}"
        );
    }
    let again = fault(provider.finish(&own, &good, &idp, NOW));
    assert_eq!(
        again,
        Some(OidcFault::CodeRefused { status: 400 }),
        "a code works once"
    );
    // A code that was stolen on its way belongs to another verifier.
    let stolen = idp.visit(&provider.authorization_url(&own, false));
    let mine = idp.visit(&provider.authorization_url(&other, false));
    let injected = Callback {
        code: stolen.code,
        ..mine
    };
    assert_eq!(
        fault(provider.finish(&other, &injected, &idp, NOW)),
        Some(OidcFault::CodeRefused { status: 400 })
    );
    let read_back = SignIn::parse(&own.to_text()).unwrap();
    assert_eq!(
        provider.authorization_url(&read_back, false),
        provider.authorization_url(&own, false)
    );
    assert!(
        provider
            .authorization_url(&own, true)
            .ends_with("&prompt=login&max_age=0")
    );
}

#[test]
fn keys_that_are_changed() {
    let idp = Idp::new();
    let provider = Provider::discover(settings(), &idp, NOW).unwrap();
    let sign_in = SignIn::generate(&mut rng(7));
    let finish = |now| {
        let callback = idp.visit(&provider.authorization_url(&sign_in, false));
        fault(provider.finish(&sign_in, &callback, &idp, now))
    };
    idp.rotate();
    assert_eq!(
        finish(NOW + Duration::seconds(59)),
        Some(OidcFault::UnknownKey),
        "not more often than once a minute"
    );
    assert_eq!(finish(NOW + Duration::seconds(60)), None);
    assert_eq!(finish(NOW + Duration::seconds(61)), None);
    assert_eq!(idp.key_fetches(), 2);
}

#[test]
fn roles_by_a_claim() {
    let with_roles = |claim: &str| OidcSettings {
        role_claim: Some(claim.to_owned()),
        role_words: vec![
            ("cards-check".to_owned(), Role::Operator),
            ("cards-approve".to_owned(), Role::Approver),
            ("cards-write".to_owned(), Role::Personaliser),
        ],
        ..settings()
    };
    let set = |roles: &[Role]| roles.iter().copied().collect::<RoleSet>();
    let cases = [
        (json!(["cards-check", "other"]), Ok(set(&[Role::Operator]))),
        (
            json!("cards-check cards-approve"),
            Ok(set(&[Role::Operator, Role::Approver])),
        ),
        (json!([]), Ok(RoleSet::EMPTY)),
        (Value::Null, Ok(RoleSet::EMPTY)),
        (
            json!(["administrator", "Administrator"]),
            Ok(RoleSet::EMPTY),
        ),
        (json!(7), Err(())),
        (json!([["cards-check"]]), Err(())),
        (json!(["cards-approve", "cards-write"]), Err(())),
    ];
    for (value, want) in cases {
        for (claim, claims) in [
            ("roles", ("roles", value.clone())),
            ("realm.roles", ("realm", json!({ "roles": value }))),
        ] {
            let idp = Idp::new();
            idp.token().claims = vec![(claims.0.to_owned(), claims.1)];
            let roles = sign_in_with(with_roles(claim), &idp)
                .map(|identity| identity.roles.unwrap())
                .map_err(|_| ());
            assert_eq!(roles, want, "{claim}: {value}");
        }
    }
    let administrator = OidcSettings {
        role_words: vec![("boss".to_owned(), Role::Administrator)],
        ..with_roles("roles")
    };
    assert_eq!(
        fault(sign_in_with(administrator, &Idp::new())),
        Some(OidcFault::AdministratorByClaim)
    );
}

#[test]
fn providers_that_are_not_usable() {
    let cases = [
        ("issuer", json!("https://other.test"), OidcFault::Metadata),
        (
            "token_endpoint",
            json!("http://idp.test/token"),
            OidcFault::Metadata,
        ),
        ("jwks_uri", json!("file:///etc/passwd"), OidcFault::Metadata),
        ("jwks_uri", Value::Null, OidcFault::Metadata),
        (
            "jwks_uri",
            json!("https://idp.test/nothing"),
            OidcFault::Keys,
        ),
    ];
    for (field, value, want) in cases {
        let idp = Idp::new();
        idp.metadata(field, value.clone());
        assert_eq!(
            fault(sign_in_with(settings(), &idp)),
            Some(want),
            "{field} = {value}"
        );
    }
    for settings in [
        OidcSettings {
            issuer: "http://idp.test".to_owned(),
            ..settings()
        },
        OidcSettings {
            issuer: format!("{ISSUER}?x"),
            ..settings()
        },
        OidcSettings {
            redirect_uri: "http://service.test/back".to_owned(),
            ..settings()
        },
        OidcSettings {
            client_id: String::new(),
            ..settings()
        },
    ] {
        assert_eq!(
            fault(sign_in_with(settings, &Idp::new())),
            Some(OidcFault::Settings)
        );
    }
    let elsewhere = OidcSettings {
        issuer: "https://nowhere.test".to_owned(),
        ..settings()
    };
    assert_eq!(
        fault(sign_in_with(elsewhere, &Idp::new())),
        Some(OidcFault::Unreachable)
    );
}

#[test]
fn how_the_service_proves_who_it_is() {
    for (methods, header) in [
        (Value::Null, true),
        (json!(["client_secret_basic"]), true),
        (json!(["client_secret_post"]), false),
    ] {
        let idp = Idp::new();
        idp.metadata("token_endpoint_auth_methods_supported", methods);
        assert!(sign_in_with(settings(), &idp).is_ok());
        assert_eq!(idp.saw_basic(), header);
    }
    let public = OidcSettings {
        client_secret: None,
        ..settings()
    };
    assert_eq!(
        fault(sign_in_with(public, &Idp::new())),
        Some(OidcFault::CodeRefused { status: 400 })
    );
}
