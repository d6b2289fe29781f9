//! A real OpenID provider for tests: the npm package `oidc-provider` behind a small program of ours
//! (`crates/xtask/oidc-provider`), on a free port of loopback.
//!
//! Authorization code with PKCE, two confidential clients, a login form, two specimen accounts. `cargo xtask test` installs
//! it and names the program in [`VARIABLE`].

use std::{ffi::OsString, fs};

use serde_json::json;

use crate::{
    account::Account,
    guard::{Guard, Plan, folder_for, variable},
    loopback::{self, Answer},
};

/// The variable that names the provider's program; it runs in `node`.
pub const VARIABLE: &str = "CARD_TOOLCHAIN_OIDC";
/// The client that the service is.
pub const CLIENT_ID: &str = "card-service-TEST";
/// Another service that people sign in to at the same provider, with the same secret: what is said to it is not said to us.
pub const OTHER_CLIENT_ID: &str = "other-service-TEST";
/// The secret of both, for `client_secret_basic`.
pub const CLIENT_SECRET: &str = "a secret of a TEST only";

/// Somebody who can sign in.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// What they type, the claims `sub` and `preferred_username`.
    pub login: &'static str,
    /// What they type besides.
    pub password: &'static str,
    /// The claim `name`.
    pub name: &'static str,
    /// The claim `email`.
    pub email: &'static str,
}

/// Everybody who can sign in. Two, so that four eyes can be tested.
pub const PEOPLE: [Person; 2] = [
    Person {
        login: "specimen-one",
        password: "TEST password one",
        name: "SPECIMEN One",
        email: "one@specimen.example",
    },
    Person {
        login: "specimen-two",
        password: "TEST password two",
        name: "SPECIMEN Two",
        email: "two@specimen.example",
    },
];

/// A running provider; dropping it ends it.
pub struct Provider {
    guard: Guard,
    issuer: String,
}

impl Provider {
    /// Starts a provider whose client may be redirected to these addresses.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    #[must_use]
    pub fn start(redirect_uris: &[&str]) -> Self {
        let program = variable(VARIABLE);
        let folder = folder_for("oidc", Account::Ourselves);
        let accounts = PEOPLE.map(|person| {
            json!({
                "login": person.login,
                "password": person.password,
                "claims": {
                    "name": person.name,
                    "preferred_username": person.login,
                    "email": person.email,
                    "email_verified": true,
                },
            })
        });
        let settings = json!({
            "client_ids": [CLIENT_ID, OTHER_CLIENT_ID],
            "client_secret": CLIENT_SECRET,
            "redirect_uris": redirect_uris,
            "accounts": accounts,
        });
        fs::write(folder.join("settings.json"), settings.to_string())
            .expect("the settings are written");
        let words: [OsString; 3] = ["node".into(), program.into(), folder.clone().into()];
        let mut guard = Guard::new(Plan {
            folder,
            account: Account::Ourselves,
            words: &words,
            end: "TERM",
        });
        guard.start();
        let file = guard.folder().join("issuer");
        let issuer = guard.until("the OpenID provider starts", || {
            fs::read_to_string(&file).ok()
        });
        Self { guard, issuer }
    }

    /// Its issuer identifier, an address of loopback; `/.well-known/openid-configuration` below it says the rest.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// What it said last.
    #[must_use]
    pub fn last_words(&self) -> String {
        self.guard.last_words()
    }

    /// Does what a browser does with the address of an authorization request: follows it to the login form, fills it in and
    /// returns where the provider sends the browser back to, with `code` and `state` in its query.
    ///
    /// # Panics
    /// When the provider refuses the request or the password; the message is its page.
    #[must_use]
    pub fn sign_in(&self, authorization_url: &str, person: &Person) -> String {
        let mut browser = Browser::default();
        let form = browser.follow(&self.issuer, authorization_url);
        let uid = form.header("location").map_or_else(
            || panic!("no login form: {} {}", form.status, form.body),
            str::to_owned,
        );
        let words = format!(
            "login={}&password={}",
            plus(person.login),
            plus(person.password)
        );
        let answer = browser.ask("POST", &absolute(&self.issuer, &uid), &words);
        let resume = answer.header("location").map_or_else(
            || panic!("not signed in: {} {}", answer.status, answer.body),
            str::to_owned,
        );
        let back = browser.follow(&self.issuer, &resume);
        back.header("location").map_or_else(
            || panic!("not sent back: {} {}", back.status, back.body),
            str::to_owned,
        )
    }
}

/// Cookies, and no more.
#[derive(Default)]
struct Browser {
    cookies: Vec<(String, String)>,
}

impl Browser {
    fn follow(&mut self, issuer: &str, url: &str) -> Answer {
        self.ask("GET", &absolute(issuer, url), "")
    }

    fn ask(&mut self, method: &str, url: &str, body: &str) -> Answer {
        let cookies: Vec<String> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let headers = [
            ("cookie", cookies.join("; ")),
            (
                "content-type",
                "application/x-www-form-urlencoded".to_owned(),
            ),
        ];
        let headers = headers
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        let answer = loopback::ask(method, url, &headers, body);
        for (_, value) in answer
            .headers
            .iter()
            .filter(|(name, _)| name == "set-cookie")
        {
            let pair = value
                .split(';')
                .next()
                .and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a cookie has a name");
            self.cookies.retain(|(known, _)| known != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
        answer
    }
}

fn absolute(issuer: &str, url: &str) -> String {
    if url.starts_with('/') {
        format!("{issuer}{url}")
    } else {
        url.to_owned()
    }
}

fn plus(text: &str) -> String {
    text.replace(' ', "+")
}
