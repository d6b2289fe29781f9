//! A browser, or a device, that talks to the service.

use core::fmt;
use std::{path::Path, time::Duration};

use access::{http_client, totp::TotpSecret};
use anyhow::{Context as _, Result, bail, ensure};
use crypto::SecretBytes;
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, pem::PemObject as _};
use serde_json::{Value, json};
use time::OffsetDateTime;
use ureq::{Agent, http::Request, unversioned::resolver::DefaultResolver};
use uuid::Uuid;

/// The longest wait for an answer. Long, because everything runs on one machine.
const PATIENCE: Duration = Duration::from_secs(120);
/// Most octets of an answer: jobs of a batch.
const MAX_ANSWER: u64 = 256 << 20;

/// Who talks to the service.
#[derive(Debug, Clone)]
pub struct Client {
    agent: Agent,
    base: String,
    cookie: Option<String>,
    csrf: Option<String>,
}

/// Somebody with an account, and the authenticator that only this somebody has.
pub struct Person {
    /// The name to sign in with.
    pub login: String,
    password: String,
    secret: TotpSecret,
}

impl Person {
    /// The password; everybody's here is the same, and nobody's elsewhere.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// What the authenticator shows.
    ///
    /// # Errors
    /// The clock stands before 1970.
    pub fn code(&self, now: OffsetDateTime) -> Result<String> {
        Ok(self.secret.code(now)?.to_string())
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Person({})", self.login)
    }
}

impl Client {
    /// Nobody yet: what the login page is.
    ///
    /// # Errors
    /// There is no certificate in the file.
    pub fn anybody(base: &str, authority: &Path) -> Result<Self> {
        let pem = std::fs::read(authority).with_context(|| authority.display().to_string())?;
        let agent = http_client::agent_with_resolver(&pem, DefaultResolver::default())?;
        Ok(Self::new(agent, base))
    }

    /// A device with the files of `issuance-service device issue`.
    ///
    /// # Errors
    /// One of them is missing or none.
    pub fn device(base: &str, folder: &Path) -> Result<Self> {
        let certificate = |name: &str| {
            let path = folder.join(name);
            CertificateDer::from_pem_file(&path).with_context(|| path.display().to_string())
        };
        let key = PrivatePkcs8KeyDer::from_pem_file(folder.join("device.key"));
        let key = key.context("device.key")?;
        let agent = http_client::device_agent(
            &certificate("authority.crt")?,
            &[certificate("device.crt")?.to_vec()],
            &SecretBytes::from(key.secret_pkcs8_der()),
        )?;
        Ok(Self::new(agent, base))
    }

    fn new(agent: Agent, base: &str) -> Self {
        Self {
            agent,
            base: base.to_owned(),
            cookie: None,
            csrf: None,
        }
    }

    /// What is at a path.
    ///
    /// # Errors
    /// A problem, with its words.
    pub fn get(&self, path: &str) -> Result<Value> {
        self.json("GET", path, None)
    }

    /// The octets at a path.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn octets(&self, path: &str) -> Result<Vec<u8>> {
        self.send("GET", path, None)
    }

    /// Sends JSON, each time under a fresh idempotency key.
    ///
    /// # Errors
    /// A problem, with its words.
    pub fn post(&self, path: &str, body: &Value) -> Result<Value> {
        self.json("POST", path, Some(body))
    }

    /// The same where a problem with this detail is an answer: `None`.
    ///
    /// # Errors
    /// Another problem.
    pub fn post_unless(&self, path: &str, body: &Value, detail: &str) -> Result<Option<Value>> {
        let (status, answer, _) = self.exchange("POST", path, Some(body))?;
        let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
        if status == 200 {
            return Ok(Some(answer));
        }
        let is_known = answer.get("detail").and_then(Value::as_str) == Some(detail);
        ensure!(is_known, "POST {path}: {status} {answer}");
        Ok(None)
    }

    /// Puts JSON.
    ///
    /// # Errors
    /// A problem, with its words.
    pub fn put(&self, path: &str, body: &Value) -> Result<Value> {
        self.json("PUT", path, Some(body))
    }

    fn json(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value> {
        let answer = self.send(method, path, body)?;
        if answer.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&answer).with_context(|| format!("{method} {path}"))
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Vec<u8>> {
        let (status, answer, _) = self.exchange(method, path, body)?;
        ensure!(
            (200..300).contains(&status),
            "{method} {path}: {status} {}",
            String::from_utf8_lossy(&answer)
        );
        Ok(answer)
    }

    fn exchange(
        &self,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(u16, Vec<u8>, Option<String>)> {
        let named = || format!("{method} {path}");
        let mut request = Request::builder().method(method);
        request = request.uri(format!("{}{path}", self.base));
        for (name, value) in [("cookie", &self.cookie), ("x-csrf-token", &self.csrf)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let answer = match body {
            Some(body) => {
                let request = request
                    .header("content-type", "application/json")
                    .header("idempotency-key", Uuid::new_v4().to_string());
                let request = request.body(body.to_string())?;
                self.agent.run(self.patient(request))
            }
            None => self.agent.run(self.patient(request.body(())?)),
        };
        let mut answer = answer.with_context(named)?;
        let cookie = answer.headers().get("set-cookie");
        let cookie = cookie.and_then(|value| value.to_str().ok());
        let cookie = cookie
            .and_then(|text| text.split(';').next())
            .map(str::to_owned);
        let status = answer.status().as_u16();
        let content = answer.body_mut().with_config().limit(MAX_ANSWER);
        Ok((status, content.read_to_vec().with_context(named)?, cookie))
    }

    fn patient<B: ureq::AsSendBody>(&self, request: Request<B>) -> Request<B> {
        let configured = self.agent.configure_request(request);
        configured.timeout_global(Some(PATIENCE)).build()
    }

    /// Goes through an invitation link as a person would: opens it, takes the secret into an authenticator, chooses a password.
    ///
    /// # Errors
    /// A problem, with its words.
    pub fn accept(&self, token: &str, password: &str) -> Result<Person> {
        let offer = self.post("/v1/invitations/open", &json!({ "token": token }))?;
        let secret = text(&offer, "secret")?;
        let secret = TotpSecret::from_stored(SecretBytes::new(base32(secret)?))?;
        // The code of the step before: that of now is for signing in, and each works once.
        let code = secret.code(OffsetDateTime::now_utc() - time::Duration::seconds(30))?;
        let chosen = json!({ "token": token, "password": password, "code": code.as_str() });
        let accepted = self.post("/v1/invitations/accept", &chosen)?;
        Ok(Person {
            login: text(&accepted, "login")?.to_owned(),
            password: password.to_owned(),
            secret,
        })
    }

    /// Signs a person in.
    ///
    /// # Errors
    /// A problem, with its words.
    pub fn sign_in(&self, person: &Person) -> Result<Self> {
        let code = person.secret.code(OffsetDateTime::now_utc())?;
        let credentials = json!({
            "login": person.login, "password": person.password, "code": code.as_str(),
        });
        let (status, answer, cookie) = self.exchange("POST", "/v1/sessions", Some(&credentials))?;
        let answer: Value = serde_json::from_slice(&answer).unwrap_or_default();
        ensure!(status == 201, "{} does not come in: {answer}", person.login);
        Ok(Self {
            cookie: Some(cookie.context("no cookie")?),
            csrf: Some(text(&answer, "csrf_token")?.to_owned()),
            ..self.clone()
        })
    }
}

/// A text of an answer.
///
/// # Errors
/// There is none.
pub fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    let found = value.get(name).and_then(Value::as_str);
    found.with_context(|| format!("no {name} in {value}"))
}

/// A list of an answer.
///
/// # Errors
/// There is none.
pub fn list<'a>(value: &'a Value, name: &str) -> Result<&'a Vec<Value>> {
    let found = value.get(name).and_then(Value::as_array);
    found.with_context(|| format!("no {name} in {value}"))
}

/// RFC 4648 §6.
fn base32(text: &str) -> Result<Vec<u8>> {
    let (mut octets, mut held, mut bits) = (Vec::new(), 0_u32, 0_u32);
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => bail!("no base32"),
        };
        held = (held << 5) | u32::from(value);
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            octets.push(u8::try_from((held >> bits) & 0xFF)?);
            held &= (1 << bits) - 1;
        }
    }
    Ok(octets)
}

#[cfg(test)]
mod tests {
    use super::base32;

    #[test]
    fn the_secret_of_a_link_is_read() {
        for (text, octets) in [
            ("", ""),
            ("MY======", "f"),
            ("MZXW6YTB", "fooba"),
            ("MZXW6YTBOI", "foobar"),
        ] {
            assert_eq!(base32(text).unwrap(), octets.as_bytes());
        }
        assert!(base32("MZXW1").is_err());
    }
}
