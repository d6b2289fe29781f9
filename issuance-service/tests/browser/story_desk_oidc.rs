//! Signing in with an account elsewhere: the page leads to a real identity provider and the provider back to the page.

use access::Role;
use access::account::OidcLink;
use issuance_service::OidcConfig;
use test_support::oidc::{CLIENT_ID, CLIENT_SECRET, PEOPLE, Provider};

use crate::chromium::Chromium;
use crate::desk::Desk;
use crate::page::Page;

/// A service and the provider at which people sign in to it.
fn desk() -> (Provider, Desk) {
    let mut provider = None;
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), CLIENT_SECRET).unwrap();
    let desk = Desk::with(|config, address| {
        let back = format!("{address}/v1/sessions/oidc/callback");
        let started = provider.insert(Provider::start(&[&back]));
        config.serve.oidc = Some(OidcConfig {
            issuer: started.issuer().to_owned(),
            client_id: CLIENT_ID.to_owned(),
            client_secret_file: Some(secret.path().to_owned()),
            redirect_uri: back,
            scopes: vec!["profile".to_owned()],
            role_claim: None,
            role_words: Vec::new(),
            second_factor_words: Vec::new(),
            authorities: None,
        });
    });
    (provider.unwrap(), desk)
}

#[test]
#[ignore = "needs Chromium and the OpenID provider: CARD_TOOLCHAIN_CHROMIUM, CARD_TOOLCHAIN_OIDC, set by cargo xtask test"]
fn an_approver_comes_by_the_provider() {
    let (provider, desk) = desk();
    let approver = desk.person("test.approver", &[Role::Approver]);
    let link = OidcLink {
        issuer: provider.issuer().to_owned(),
        subject: PEOPLE[0].login.to_owned(),
    };
    desk.changed(&approver.login, |account, by, now| {
        account.link_oidc(Some(link), by, now).unwrap()
    });
    let mut page = Page::new(Chromium::start(None), 1280, 900);
    page.open(&format!("{}/desk/", desk.address));
    page.see("#elsewhere");
    page.judge("desk-vi-10-sign-in-elsewhere");
    page.speak("en");
    page.judge("desk-en-11-sign-in-elsewhere");
    page.click("#elsewhere");
    page.see("input[name=login]");
    for (name, text) in [("login", PEOPLE[0].login), ("password", PEOPLE[0].password)] {
        page.value(&format!(
            "document.querySelector('input[name={name}]').value = '{text}'"
        ));
    }
    page.value("document.querySelector('form').submit()");
    page.see("#rooms a");
    page.until("location.pathname === '/desk/'");
    assert!(page.text("header").contains("TEST test.approver"));
}

#[test]
#[ignore = "needs Chromium: CARD_TOOLCHAIN_CHROMIUM, set by cargo xtask test"]
fn without_a_provider_there_is_no_such_button() {
    let desk = Desk::new();
    let mut page = Page::new(Chromium::start(None), 1280, 900);
    page.open(&format!("{}/desk/", desk.address));
    page.see("#login");
    page.until("performance.getEntriesByName(`${location.origin}/v1/sessions/ways`).length === 1");
    assert_eq!(
        page.value("Boolean(document.querySelector('#elsewhere'))"),
        false
    );
}
