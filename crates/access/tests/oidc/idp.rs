//! An identity provider in memory: it checks what a good one checks, and its tokens can be made bad in one respect.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use access::oidc::{Callback, HttpAnswer, HttpClient, OidcSettings, Unreachable};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use crypto::{Curve, HashAlgorithm, PrivateKey, PublicKey, SecretBytes, SignatureAlgorithm};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::{Map, Value, json};
use time::OffsetDateTime;
use time::macros::datetime;
use zeroize::Zeroizing;

pub const NOW: OffsetDateTime = datetime!(2026-11-02 08:00 UTC);
pub const ISSUER: &str = "https://idp.test/realm";
pub const CLIENT: &str = "card service";
const SECRET: &str = "TEST: secret/of+the service";

pub fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

pub fn settings() -> OidcSettings {
    OidcSettings {
        issuer: ISSUER.to_owned(),
        client_id: CLIENT.to_owned(),
        client_secret: Some(SecretBytes::from(SECRET.as_bytes())),
        redirect_uri: "https://service.test/back".to_owned(),
        scopes: vec!["openid".to_owned(), "profile".to_owned()],
        role_claim: None,
        role_words: Vec::new(),
        second_factor_words: vec!["mfa".to_owned()],
    }
}

/// How a token is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signature {
    Es256,
    Rs256,
    None,
    Hs256WithPublicKey,
    StrangersEs256,
    Empty,
    OfOtherClaims,
}

/// What is to be different in the tokens to come.
pub struct Token {
    pub signature: Signature,
    /// The header's key, where it is not the right one.
    pub kid: Option<Option<String>>,
    pub extra_header: Value,
    pub claims: Vec<(String, Value)>,
    pub instead: Option<String>,
}

struct Grant {
    nonce: String,
    challenge: String,
}

struct Inner {
    token: Token,
    metadata: Map<String, Value>,
    ec: PrivateKey,
    ec_name: String,
    rsa: PrivateKey,
    grants: HashMap<String, Grant>,
    key_fetches: usize,
    basic: bool,
}

pub struct Idp(Mutex<Inner>);

/// The token's settings, behind the lock.
pub struct Settings<'a>(MutexGuard<'a, Inner>);

impl core::ops::Deref for Settings<'_> {
    type Target = Token;

    fn deref(&self) -> &Token {
        &self.0.token
    }
}

impl core::ops::DerefMut for Settings<'_> {
    fn deref_mut(&mut self) -> &mut Token {
        &mut self.0.token
    }
}

fn b64(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The fields of a query or a form.
fn fields(text: &str) -> HashMap<String, String> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (name.to_owned(), decoded(value)))
        .collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next().unwrap(), rest.next().unwrap()];
            bytes.extend(hex::decode(digits).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

fn answer(status: u16, body: &Value) -> HttpAnswer {
    HttpAnswer {
        status,
        body: Zeroizing::new(body.to_string().into_bytes()),
    }
}

impl Idp {
    pub fn new() -> Self {
        let metadata = json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://idp.test/realm/auth?tenant=1",
            "token_endpoint": "https://idp.test/realm/token",
            "jwks_uri": "https://idp.test/realm/keys",
            "authorization_response_iss_parameter_supported": true,
        });
        let Value::Object(metadata) = metadata else {
            unreachable!()
        };
        Self(Mutex::new(Inner {
            token: Token {
                signature: Signature::Es256,
                kid: None,
                extra_header: json!({}),
                claims: Vec::new(),
                instead: None,
            },
            metadata,
            ec: PrivateKey::generate_ec(Curve::P256, &mut rng(1)).unwrap(),
            ec_name: "es".to_owned(),
            rsa: PrivateKey::generate_rsa(2048, &mut rng(2)).unwrap(),
            grants: HashMap::new(),
            key_fetches: 0,
            basic: false,
        }))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }

    pub fn token(&self) -> Settings<'_> {
        Settings(self.inner())
    }

    pub fn metadata(&self, field: &str, value: Value) {
        self.inner().metadata.insert(field.to_owned(), value);
    }

    pub fn rotate(&self) {
        let mut inner = self.inner();
        inner.ec = PrivateKey::generate_ec(Curve::P256, &mut rng(3)).unwrap();
        inner.ec_name = "es-2".to_owned();
    }

    pub fn key_fetches(&self) -> usize {
        self.inner().key_fetches
    }

    pub fn saw_basic(&self) -> bool {
        self.inner().basic
    }

    /// What the browser does, and the person who agrees.
    pub fn visit(&self, url: &str) -> Callback {
        let query = fields(url.strip_prefix("https://idp.test/realm/auth?").unwrap());
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], CLIENT);
        assert_eq!(query["redirect_uri"], "https://service.test/back");
        assert_eq!(query["scope"], "openid profile");
        assert_eq!(query["code_challenge_method"], "S256");
        let mut inner = self.inner();
        let code = format!("code-{}", inner.grants.len());
        let grant = Grant {
            nonce: query["nonce"].clone(),
            challenge: query["code_challenge"].clone(),
        };
        inner.grants.insert(code.clone(), grant);
        Callback {
            code: Some(code),
            state: Some(query["state"].clone()),
            iss: Some(ISSUER.to_owned()),
            error: None,
        }
    }
}

impl Inner {
    fn keys(&self) -> Value {
        let PublicKey::Ec(point) = self.ec.public() else {
            unreachable!()
        };
        let PublicKey::Rsa(rsa) = self.rsa.public() else {
            unreachable!()
        };
        json!({ "keys": [
            { "kty": "new", "kid": "es", "use": "sig" },
            { "kty": "RSA", "kid": "es", "use": "enc", "n": b64(rsa.modulus()), "e": b64(rsa.exponent()) },
            { "kty": "EC", "crv": "P-256", "kid": self.ec_name, "use": "sig", "x": b64(point.x()), "y": b64(point.y()) },
            { "kty": "RSA", "kid": "rs", "alg": "RS256", "n": b64(rsa.modulus()), "e": b64(rsa.exponent()) },
            { "kty": "oct", "kid": "shared", "k": b64("TEST") },
        ] })
    }

    fn id_token(&self, nonce: &str) -> String {
        if let Some(instead) = &self.token.instead {
            return instead.clone();
        }
        let now = NOW.unix_timestamp();
        let mut claims = json!({
            "iss": ISSUER, "sub": "person-1", "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": nonce,
            "auth_time": now - 60, "amr": ["pwd", "mfa"], "name": "Nguyễn Văn TEST",
        });
        for (name, value) in &self.token.claims {
            claims[name] = value.clone();
        }
        let (alg, kid) = match self.token.signature {
            Signature::Rs256 => ("RS256", "rs"),
            Signature::None => ("none", "es"),
            Signature::Hs256WithPublicKey => ("HS256", "rs"),
            _ => ("ES256", self.ec_name.as_str()),
        };
        let mut header = json!({ "alg": alg, "typ": "JWT" });
        if let Some(kid) = self
            .token
            .kid
            .clone()
            .unwrap_or_else(|| Some(kid.to_owned()))
        {
            header["kid"] = json!(kid);
        }
        for (name, value) in self.token.extra_header.as_object().unwrap() {
            header[name] = value.clone();
        }
        let message = format!("{}.{}", b64(header.to_string()), b64(claims.to_string()));
        format!("{message}.{}", b64(self.signature(&message)))
    }

    fn signature(&self, message: &str) -> Vec<u8> {
        let es256 = |key: &PrivateKey, message: &str| {
            key.sign_plain_ecdsa(HashAlgorithm::Sha256, message.as_bytes(), &mut rng(4))
                .unwrap()
        };
        match self.token.signature {
            Signature::Es256 => es256(&self.ec, message),
            Signature::OfOtherClaims => es256(&self.ec, "e30.e30"),
            Signature::StrangersEs256 => es256(
                &PrivateKey::generate_ec(Curve::P256, &mut rng(99)).unwrap(),
                message,
            ),
            Signature::Rs256 => {
                let algorithm = SignatureAlgorithm::RsaPkcs1(HashAlgorithm::Sha256);
                self.rsa
                    .sign(&algorithm, message.as_bytes(), &mut rng(4))
                    .unwrap()
            }
            // Whatever stands there: an algorithm of shared secrets is refused before a secret is looked for.
            Signature::Hs256WithPublicKey => HashAlgorithm::Sha256.digest(message.as_bytes()),
            Signature::None | Signature::Empty => Vec::new(),
        }
    }

    fn exchange(&mut self, authorization: Option<&str>, form: &str) -> Option<Value> {
        let form = fields(form);
        self.basic = authorization.is_some();
        let (client, secret) = match authorization {
            Some(header) => {
                let pair = STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
                let pair = String::from_utf8(pair).ok()?;
                let (client, secret) = pair.split_once(':')?;
                (decoded(client), decoded(secret))
            }
            None => (
                form.get("client_id")?.clone(),
                form.get("client_secret")?.clone(),
            ),
        };
        let grant = self.grants.get(form.get("code")?)?;
        let challenge = b64(HashAlgorithm::Sha256.digest(form.get("code_verifier")?.as_bytes()));
        let good = client == CLIENT
            && secret == SECRET
            && form.get("grant_type")? == "authorization_code"
            && form.get("redirect_uri")? == "https://service.test/back"
            && grant.challenge == challenge;
        if !good {
            return None;
        }
        // Taken out by name, so that numbers of codes stay distinct.
        let nonce = grant.nonce.clone();
        let used = Grant {
            nonce: String::new(),
            challenge: "used".to_owned(),
        };
        self.grants.insert(form.get("code")?.clone(), used);
        Some(
            json!({ "access_token": "TEST", "token_type": "Bearer", "id_token": self.id_token(&nonce) }),
        )
    }
}

impl HttpClient for Idp {
    fn get_json(&self, url: &str) -> Result<HttpAnswer, Unreachable> {
        let mut inner = self.inner();
        match url {
            "https://idp.test/realm/.well-known/openid-configuration" => {
                Ok(answer(200, &Value::Object(inner.metadata.clone())))
            }
            "https://idp.test/realm/keys" => {
                inner.key_fetches += 1;
                Ok(answer(200, &inner.keys()))
            }
            "https://idp.test/nothing" => Ok(answer(404, &json!({ "keys": [] }))),
            _ => Err(Unreachable),
        }
    }

    fn post_form(
        &self,
        url: &str,
        authorization: Option<&str>,
        form: &str,
    ) -> Result<HttpAnswer, Unreachable> {
        assert_eq!(url, "https://idp.test/realm/token");
        Ok(match self.inner().exchange(authorization, form) {
            Some(body) => answer(200, &body),
            None => answer(400, &json!({ "error": "invalid_grant" })),
        })
    }
}
