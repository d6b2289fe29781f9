//! A NATS server as it is run in earnest: TLS of an authority of its own, users with tokens and keys.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use access::DeviceAuthority;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use crypto::{Curve, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use nkeys::KeyPair;
use pki::SoftwareSigner;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::{Value, json};
use test_support::nats::Server;
use time::OffsetDateTime;

use crate::NatsConfig;
use crate::relying::nats::{Found, NatsError};

fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
}

/// An authority, and a server's certificate of it, in a folder.
fn certificates(folder: &Path, authority: &str) {
    let mut rng = StdRng::seed_from_u64(7);
    let key =
        PrivateKey::generate_ec(Curve::P256, &mut StdRng::from_rng(&mut rand::rng())).unwrap();
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    let signer = SoftwareSigner::new(key, algorithm, Box::new(StdRng::seed_from_u64(8))).unwrap();
    let now = OffsetDateTime::now_utc();
    let made = DeviceAuthority::create(Arc::new(signer), "TEST authority", now, &mut rng).unwrap();
    let pair = made.issue_server(&["127.0.0.1"], now, &mut rng).unwrap();
    let write = |name: &str, text: String| fs::write(folder.join(name), text).unwrap();
    write(authority, pem("CERTIFICATE", made.certificate()));
    write("server.pem", pem("CERTIFICATE", &pair.issued.certificate));
    write("server.key", pem("PRIVATE KEY", pair.private_key.expose()));
}

/// A token of NATS: what somebody may do, signed by whoever says so.
fn token(by: &KeyPair, of: &KeyPair, name: &str, rights: &Value) -> String {
    let claims = json!({ "jti": name, "iat": OffsetDateTime::now_utc().unix_timestamp(),
        "iss": by.public_key(), "sub": of.public_key(), "name": name, "nats": rights });
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = json!({ "typ": "JWT", "alg": "ed25519-nkey" });
    let signed = format!("{}.{}", part(&head), part(&claims));
    let signature = URL_SAFE_NO_PAD.encode(by.sign(signed.as_bytes()).unwrap());
    format!("{signed}.{signature}")
}

fn account(operator: &KeyPair, of: &KeyPair, name: &str, stores: i64) -> String {
    let rights = json!({ "type": "account", "version": 2, "limits": {
        "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1,
        "mem_storage": stores, "disk_storage": stores, "streams": stores, "consumer": stores } });
    token(operator, of, name, &rights)
}

/// A user's file, as `nsc` writes it.
fn credentials(account: &KeyPair, user: &KeyPair) -> String {
    let rights = json!({ "type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1 });
    let token = token(account, user, "register", &rights);
    format!(
        "-----BEGIN NATS USER JWT-----\n{token}\n------END NATS USER JWT------\n\n\
         -----BEGIN USER NKEY SEED-----\n{}\n------END USER NKEY SEED------\n",
        user.seed().unwrap()
    )
}

/// The server's half of the configuration; writes what clients need into its folder.
fn guarded(folder: &Path) -> String {
    certificates(folder, "other.pem");
    certificates(folder, "authority.pem");
    let (operator, system, ours) = (
        KeyPair::new_operator(),
        KeyPair::new_account(),
        KeyPair::new_account(),
    );
    let (user, stranger) = (KeyPair::new_user(), KeyPair::new_user());
    let write = |name: &str, text: String| fs::write(folder.join(name), text).unwrap();
    write("register.creds", credentials(&ours, &user));
    // Of an account that the operator does not know.
    write(
        "stranger.creds",
        credentials(&KeyPair::new_account(), &stranger),
    );
    let rights = json!({ "type": "operator", "version": 2 });
    format!(
        "operator: \"{}\"\nsystem_account: {}\nresolver: MEMORY\nresolver_preload {{\n{}: \"{}\"\n{}: \"{}\"\n}}\n\
         tls {{ cert_file: \"{folder}/server.pem\", key_file: \"{folder}/server.key\" }}\n",
        token(&operator, &operator, "TEST operator", &rights),
        system.public_key(),
        system.public_key(),
        account(&operator, &system, "system", 0),
        ours.public_key(),
        account(&operator, &ours, "register", -1),
        folder = folder.display(),
    )
}

async fn check(
    url: &str,
    folder: &Path,
    authority: &str,
    credentials: &str,
) -> Result<Found, NatsError> {
    let config = NatsConfig {
        url: url.to_owned(),
        stream: "TEST".to_owned(),
        prefix: "specimen.changes".to_owned(),
        credentials: Some(folder.join(credentials)),
        authorities: Some(folder.join(authority)),
        certificate: None,
        key: None,
    };
    config.line().unwrap().check().await
}

#[tokio::test]
#[ignore = "needs nats-server (cargo xtask test starts it)"]
async fn only_the_right_server_and_the_right_user() {
    let kept = tempfile::tempdir().unwrap();
    let copy = kept.path().to_owned();
    let server = Server::start_with(|folder| {
        let text = guarded(folder);
        for name in [
            "other.pem",
            "authority.pem",
            "register.creds",
            "stranger.creds",
        ] {
            fs::copy(folder.join(name), copy.join(name)).unwrap();
        }
        text
    });
    let port = server.url().rsplit(':').next().unwrap();
    let url = format!("tls://127.0.0.1:{port}");
    let folder = kept.path();
    let found = check(&url, folder, "authority.pem", "register.creds").await;
    assert_eq!(found.unwrap().messages, 0, "{}", server.last_words());
    for (authority, credentials) in [
        ("other.pem", "register.creds"),
        ("authority.pem", "stranger.creds"),
    ] {
        let refused = check(&url, folder, authority, credentials).await;
        assert!(
            matches!(refused, Err(NatsError::Connect(_))),
            "{authority} {credentials}: {refused:?}"
        );
    }
    let missing = check(&url, folder, "authority.pem", "nobody.creds").await;
    assert!(
        matches!(missing, Err(NatsError::Credentials(_))),
        "{missing:?}"
    );
}
