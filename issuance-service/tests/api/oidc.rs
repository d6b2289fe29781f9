//! Signing in at a real identity provider.

use access::Role;
use issuance_service::OidcConfig;
use serde_json::json;
use test_support::oidc::{CLIENT_ID, CLIENT_SECRET, PEOPLE, Provider};

use crate::place::{Asker, Place};

/// Where the provider sends browsers back to; the tests bring what it says to wherever the service listens.
const BACK: &str = "https://localhost:8443/v1/sessions/oidc/callback";

fn place(provider: &Provider, secret: &std::path::Path) -> Place {
    std::fs::write(secret, CLIENT_SECRET).unwrap();
    Place::with(|config| {
        config.serve.oidc = Some(OidcConfig {
            issuer: provider.issuer().to_owned(),
            client_id: CLIENT_ID.to_owned(),
            client_secret_file: Some(secret.to_owned()),
            redirect_uri: BACK.to_owned(),
            scopes: vec!["profile".to_owned()],
            role_claim: None,
            role_words: Vec::new(),
            second_factor_words: Vec::new(),
            authorities: None,
        });
    })
}

#[test]
#[ignore = "needs the OpenID provider: CARD_TOOLCHAIN_OIDC, set by cargo xtask test"]
fn who_is_linked_comes_in_and_nobody_else() {
    let provider = Provider::start(&[BACK]);
    let folder = tempfile::tempdir().unwrap();
    let place = place(&provider, &folder.path().join("secret"));
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let anybody = place.client();
    let begin = || {
        let answer = anybody.get("/v1/sessions/oidc").is(303);
        let cookie = answer
            .header("set-cookie")
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        (answer.header("location").to_owned(), cookie)
    };
    let back = |cookie: Option<&str>, to: &str| {
        let asker = Asker {
            cookie: cookie.map(str::to_owned),
            ..Asker::default()
        };
        place
            .client_of(&asker)
            .get(to.strip_prefix("https://localhost:8443").unwrap())
    };
    // Nobody here is linked to her yet.
    let (to, cookie) = begin();
    let returned = provider.sign_in(&to, &PEOPLE[0]);
    back(Some(&cookie), &returned).refused(401, "sign-in-refused");
    let invited = admin
        .post(
            "/v1/accounts",
            &json!({ "login": "test.one", "display_name": "TEST One", "roles": ["operator"] }),
        )
        .is(201)
        .json();
    let account = invited["account"]["id"].as_str().unwrap().to_owned();
    let link = json!({ "issuer": provider.issuer(), "subject": PEOPLE[0].login });
    admin
        .put(&format!("/v1/accounts/{account}/identity"), "*", &link)
        .is(200);
    let (to, cookie) = begin();
    let returned = provider.sign_in(&to, &PEOPLE[0]);
    // Another browser, no browser, another state: a stolen answer is worth nothing.
    let (_, foreign) = begin();
    for cookie in [None, Some(foreign.as_str()), Some("__Host-oidc=x")] {
        back(cookie, &returned).refused(401, "sign-in-refused");
    }
    let answer = back(Some(&cookie), &returned).is(200);
    let session = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|value| value.to_str().unwrap())
        .find(|value| value.starts_with("__Host-session="))
        .unwrap();
    let browser = place.client_of(&Asker {
        cookie: session.split(';').next().map(str::to_owned),
        ..Asker::default()
    });
    let me = browser.get("/v1/sessions/current").is(200).json();
    assert_eq!(
        (&me["login"], &me["roles"]),
        (&json!("test.one"), &json!(["operator"]))
    );
    assert!(
        me["stepped_up_until"].is_null(),
        "the provider saw no second factor"
    );
    back(Some(&cookie), &returned).refused(401, "sign-in-refused");
    let (to, cookie) = begin();
    back(Some(&cookie), &provider.sign_in(&to, &PEOPLE[1])).refused(401, "sign-in-refused");
    admin
        .post(&format!("/v1/accounts/{account}/lock"), &json!({}))
        .is(200);
    let (to, cookie) = begin();
    assert_ne!(
        back(Some(&cookie), &provider.sign_in(&to, &PEOPLE[0])).status,
        200
    );
    assert!(
        place
            .audit_log()
            .iter()
            .any(|entry| entry.contains("\"by\":\"oidc\""))
    );
}

#[test]
fn without_a_provider_there_is_no_such_way() {
    let place = Place::new();
    place
        .client()
        .get("/v1/sessions/oidc")
        .refused(404, "not-found");
    place
        .client()
        .get("/v1/sessions/oidc/callback?code=x&state=y")
        .refused(404, "not-found");
}
