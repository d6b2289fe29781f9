//! Signing in at a real identity provider.

use std::sync::Mutex;

use access::Role;
use access::http_client::ProviderClient;
use access::oidc::{self, HttpAnswer, HttpClient, OidcFault, OidcSettings, SignIn, Unreachable};
use issuance_service::OidcConfig;
use serde_json::json;
use test_support::oidc::{CLIENT_ID, CLIENT_SECRET, OTHER_CLIENT_ID, PEOPLE, Provider};
use time::OffsetDateTime;

use crate::place::{Asker, Place, randomness};

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
    let ways = anybody.get("/v1/sessions/ways").is(200).json();
    assert_eq!(ways, json!({ "oidc": true }));
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
    back(Some(&cookie), &provider.sign_in(&to, &PEOPLE[0])).refused(401, "sign-in-refused");
    assert!(
        place
            .audit_log()
            .iter()
            .any(|entry| entry.contains("\"by\":\"oidc\""))
    );
}

/// The line to the provider, on which somebody puts another answer in place of the one to the code.
struct Bent {
    line: ProviderClient,
    last: Mutex<Vec<u8>>,
    instead: Option<Vec<u8>>,
}

impl HttpClient for Bent {
    fn get_json(&self, url: &str) -> Result<HttpAnswer, Unreachable> {
        self.line.get_json(url)
    }

    fn post_form(
        &self,
        url: &str,
        authorization: Option<&str>,
        form: &str,
    ) -> Result<HttpAnswer, Unreachable> {
        let mut answer = self.line.post_form(url, authorization, form)?;
        *self.last.lock().unwrap() = answer.body.to_vec();
        if let Some(instead) = &self.instead {
            answer.body = instead.clone().into();
        }
        Ok(answer)
    }
}

fn settings(provider: &Provider, client: &str) -> OidcSettings {
    OidcSettings {
        issuer: provider.issuer().to_owned(),
        client_id: client.to_owned(),
        client_secret: Some(CLIENT_SECRET.as_bytes().into()),
        redirect_uri: BACK.to_owned(),
        scopes: Vec::new(),
        role_claim: None,
        role_words: Vec::new(),
        second_factor_words: Vec::new(),
    }
}

/// True tokens of the provider, signed by it for the same person: one was given to another service, one in another sign-in.
#[test]
#[ignore = "needs the OpenID provider: CARD_TOOLCHAIN_OIDC, set by cargo xtask test"]
fn tokens_for_others_and_of_other_times_are_not_taken() {
    let provider = Provider::start(&[BACK]);
    let now = OffsetDateTime::now_utc();
    let through = |client: &str, sign_in: &SignIn, instead: Option<Vec<u8>>| {
        let line = Bent {
            line: ProviderClient::for_loopback(),
            last: Mutex::default(),
            instead,
        };
        let known = oidc::Provider::discover(settings(&provider, client), &line, now).unwrap();
        let to = known.authorization_url(sign_in, false);
        let callback = callback(&provider.sign_in(&to, &PEOPLE[0]));
        let found = known.finish(sign_in, &callback, &line, now);
        (found, line.last.into_inner().unwrap())
    };
    let mut rng = randomness()();
    let (one, two) = (SignIn::generate(&mut *rng), SignIn::generate(&mut *rng));
    let (found, given_to_us) = through(CLIENT_ID, &one, None);
    assert_eq!(found.unwrap().link.subject, PEOPLE[0].login);
    let (found, given_to_another) = through(OTHER_CLIENT_ID, &two, None);
    found.unwrap();
    for (sign_in, instead, fault) in [
        (&two, given_to_another, OidcFault::Audience),
        (&two, given_to_us.clone(), OidcFault::Nonce),
    ] {
        match through(CLIENT_ID, sign_in, Some(instead)).0 {
            Err(access::Error::Oidc(found)) => assert_eq!(found, fault),
            other => panic!("{:?}", other.map(|identity| identity.link.subject)),
        }
    }
    // The same answer in the sign-in that it belongs to is good: nothing else was wrong with it.
    through(CLIENT_ID, &one, Some(given_to_us)).0.unwrap();
}

fn callback(returned: &str) -> oidc::Callback {
    let query = returned.split_once('?').unwrap().1;
    let word = |name: &str| {
        let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
        let value = pairs.find(|(key, _)| *key == name)?.1;
        Some(value.replace("%3A", ":").replace("%2F", "/"))
    };
    oidc::Callback {
        code: word("code"),
        state: word("state"),
        iss: word("iss"),
        error: word("error"),
    }
}

#[test]
fn without_a_provider_there_is_no_such_way() {
    let place = Place::new();
    let ways = place.client().get("/v1/sessions/ways").is(200).json();
    assert_eq!(ways, json!({ "oidc": false }));
    place
        .client()
        .get("/v1/sessions/oidc")
        .refused(404, "not-found");
    place
        .client()
        .get("/v1/sessions/oidc/callback?code=x&state=y")
        .refused(404, "not-found");
}
