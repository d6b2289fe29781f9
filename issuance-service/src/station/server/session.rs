//! Who is at the station: the browser that was let in, and the person who has signed in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, header};
use crypto::{CryptoRng, SecretBytes};
use enrolment::packet::Role;

use crate::station::PersonKey;

/// The cookie of a browser that was let in.
pub const BROWSER: &str = "station_browser";
/// The cookie of a person who has signed in.
pub const SESSION: &str = "station_session";
/// Nobody is signed in any longer after so long without a request. What was typed stays.
const IDLE: Duration = Duration::from_secs(30 * 60);
/// Most people who are signed in at once.
const MOST: usize = 8;
/// Wrong secrets after which nobody is asked for a while.
const GUESSES: u32 = 5;
/// The while.
const WHILE: Duration = Duration::from_secs(60);
/// Octets of a token.
const TOKEN_LEN: usize = 32;

/// A person who has signed in.
#[derive(Clone)]
pub struct Session {
    /// Their key.
    pub key: Arc<PersonKey>,
    /// As what they have signed in.
    pub role: Role,
    last: Instant,
}

/// Everybody.
pub struct Sessions {
    inner: Mutex<Inner>,
}

struct Inner {
    /// What the printed address holds, until it is used.
    token: Option<SecretBytes>,
    browsers: Vec<SecretBytes>,
    people: HashMap<String, Session>,
    wrong: u32,
    since: Instant,
}

impl Sessions {
    /// Nobody, and a token for one browser.
    pub fn new(token: &str) -> Self {
        Self {
            inner: Mutex::new(Inner {
                token: Some(SecretBytes::from(token.as_bytes())),
                browsers: Vec::new(),
                people: HashMap::new(),
                wrong: 0,
                since: Instant::now(),
            }),
        }
    }

    /// Lets a browser in that brings the token, once. What comes back is its cookie.
    pub fn let_in(&self, token: &str, rng: &mut dyn CryptoRng) -> Option<String> {
        let mut inner = self.lock();
        let fits = |known: &SecretBytes| known.ct_eq(token.as_bytes());
        if !inner.token.as_ref().is_some_and(fits) {
            return None;
        }
        inner.token = None;
        let cookie = draw(rng);
        inner.browsers.push(SecretBytes::from(cookie.as_bytes()));
        Some(cookie)
    }

    /// Whether this browser was let in.
    pub fn is_let_in(&self, headers: &HeaderMap) -> bool {
        let Some(value) = cookie(headers, BROWSER) else {
            return false;
        };
        let inner = self.lock();
        inner
            .browsers
            .iter()
            .any(|known| known.ct_eq(value.as_bytes()))
    }

    /// Signs somebody in. What comes back is the cookie.
    pub fn begin(&self, key: PersonKey, role: Role, rng: &mut dyn CryptoRng) -> String {
        let mut inner = self.lock();
        inner.wrong = 0;
        if inner.people.len() >= MOST {
            let oldest = inner.people.iter().min_by_key(|(_, session)| session.last);
            if let Some(oldest) = oldest.map(|(cookie, _)| cookie.clone()) {
                inner.people.remove(&oldest);
            }
        }
        let cookie = draw(rng);
        let session = Session {
            key: Arc::new(key),
            role,
            last: Instant::now(),
        };
        inner.people.insert(cookie.clone(), session);
        cookie
    }

    /// Signs somebody out.
    pub fn end(&self, headers: &HeaderMap) {
        if let Some(cookie) = cookie(headers, SESSION) {
            self.lock().people.remove(cookie);
        }
    }

    /// Who asks.
    pub fn of(&self, headers: &HeaderMap) -> Option<Session> {
        let cookie = cookie(headers, SESSION)?;
        let mut inner = self.lock();
        inner
            .people
            .retain(|_, session| session.last.elapsed() < IDLE);
        let session = inner.people.get_mut(cookie)?;
        session.last = Instant::now();
        Some(session.clone())
    }

    /// Whether a secret may be tried now.
    pub fn may_guess(&self) -> bool {
        let mut inner = self.lock();
        if inner.since.elapsed() > WHILE {
            inner.wrong = 0;
        }
        inner.wrong < GUESSES
    }

    /// A secret was wrong.
    pub fn guessed_wrong(&self) {
        let mut inner = self.lock();
        inner.wrong += 1;
        inner.since = Instant::now();
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A token of 256 bits.
pub fn draw(rng: &mut dyn CryptoRng) -> String {
    let mut octets = [0; TOKEN_LEN];
    rng.fill_bytes(&mut octets);
    hex::encode(octets)
}

/// The text of `Set-Cookie`. No `Secure`: loopback has no TLS.
pub fn set(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict")
}

/// The text that takes a cookie back.
pub fn unset(name: &str) -> String {
    format!("{name}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0")
}

fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let values = headers.get_all(header::COOKIE).into_iter();
    let pairs = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs
        .filter(|(key, _)| *key == name)
        .map(|(_, value)| value);
    values.next()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    use super::*;

    fn headers(cookies: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::COOKIE, cookies.parse().unwrap());
        headers
    }

    #[test]
    fn a_token_lets_one_browser_in() {
        let rng = &mut StdRng::seed_from_u64(1);
        let sessions = Sessions::new("token");
        assert!(sessions.let_in("wrong", rng).is_none());
        let browser = sessions.let_in("token", rng).unwrap();
        assert!(sessions.let_in("token", rng).is_none());
        let check = |cookies: &str| sessions.is_let_in(&headers(cookies));
        assert!(check(&format!("a=b; {BROWSER}={browser}")));
        assert!(!check(&format!("{BROWSER}={}", draw(rng))));
        assert!(!check(&format!("{SESSION}={browser}")));
        assert!(!check("station_browser"));
    }

    #[test]
    fn guessing_is_stopped() {
        let sessions = Sessions::new("token");
        for _ in 0..GUESSES {
            assert!(sessions.may_guess());
            sessions.guessed_wrong();
        }
        assert!(!sessions.may_guess());
    }
}
