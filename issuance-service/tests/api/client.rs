//! A browser, or a device: what it sends and what comes back.

use std::net::SocketAddr;
use std::sync::Arc;

use issuance_service::api::routes::devices::pem;
use serde_json::Value;
use ureq::Agent;
use ureq::http::{HeaderMap, Request};
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

use crate::place::Asker;

pub struct Client {
    agent: Agent,
    base: String,
    pub asker: Asker,
    extra: Vec<(String, String)>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }

    /// The word of the problem; empty where it is none.
    pub fn problem(&self) -> String {
        let kind = self.json()["type"].as_str().unwrap_or_default().to_owned();
        kind.strip_prefix("/problems/")
            .unwrap_or_default()
            .to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    #[track_caller]
    pub fn refused(self, status: u16, problem: &str) -> Self {
        assert_eq!(
            (self.status, self.problem().as_str()),
            (status, problem),
            "{}",
            self.text
        );
        assert_eq!(self.header("content-type"), "application/problem+json");
        self
    }
}

impl Client {
    pub fn new(address: SocketAddr, authority: &[u8], asker: Asker) -> Self {
        let identity = asker.device.as_ref().map(|pair| {
            let chain = [Certificate::from_der(&pair.issued.certificate).to_owned()];
            let key = pem(pair.private_key.expose(), "PRIVATE KEY");
            ClientCert::new_with_certs(&chain, PrivateKey::from_pem(key.as_bytes()).unwrap())
        });
        let roots = Arc::new(vec![Certificate::from_der(authority).to_owned()]);
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::Specific(roots))
            .client_cert(identity)
            .unversioned_rustls_crypto_provider(Arc::new(
                rustls::crypto::aws_lc_rs::default_provider(),
            ))
            .build();
        let agent = Agent::config_builder()
            .tls_config(tls)
            .proxy(None)
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_global(Some(std::time::Duration::from_secs(60)))
            .build()
            .new_agent();
        Self {
            agent,
            base: format!("https://127.0.0.1:{}", address.port()),
            asker,
            extra: Vec::new(),
        }
    }

    /// With one more field in every request.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.extra.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn send(
        &self,
        method: &str,
        path: &str,
        fields: &[(&str, &str)],
        body: Option<&[u8]>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base));
        if let Some(cookie) = &self.asker.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(csrf) = &self.asker.csrf {
            request = request.header("x-csrf-token", csrf);
        }
        for (name, value) in fields.iter().copied().chain(
            self.extra
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        ) {
            request = request.header(name, value);
        }
        let answer = match body {
            Some(body) => self.agent.run(request.body(body).unwrap()),
            None => self.agent.run(request.body(()).unwrap()),
        };
        let mut answer = answer.unwrap();
        Answer {
            status: answer.status().as_u16(),
            headers: answer.headers().clone(),
            text: answer.body_mut().read_to_string().unwrap(),
        }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], None)
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send("DELETE", path, &[], None)
    }

    /// JSON, with a fresh idempotency key.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        let key = uuid::Uuid::new_v4().to_string();
        self.json("POST", path, &[("idempotency-key", &key)], body)
    }

    pub fn put(&self, path: &str, version: &str, body: &Value) -> Answer {
        self.json("PUT", path, &[("if-match", version)], body)
    }

    pub fn json(&self, method: &str, path: &str, fields: &[(&str, &str)], body: &Value) -> Answer {
        let mut fields = fields.to_vec();
        fields.push(("content-type", "application/json"));
        self.send(method, path, &fields, Some(body.to_string().as_bytes()))
    }
}
