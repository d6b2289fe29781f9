//! A server on loopback with an authority, a list of revoked certificates and a clock that can be set.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use access::device::{
    Device, DeviceAuthority, DeviceIdentity, DeviceKind, KeyPair, RevokedDevices, Serial,
};
use access::tls::{
    ClientCertificates, Clock, DeviceTrust, Peer, TlsLimits, TlsListener, client_config,
    server_config,
};
use axum::Router;
use axum::extract::ConnectInfo;
use axum::routing::get;
use crypto::{Curve, HashAlgorithm, PrivateKey, SecretBytes, SignatureAlgorithm};
use pki::{Signer, SoftwareSigner};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use time::OffsetDateTime;
use time::macros::datetime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use uuid::Uuid;

pub const NOW: OffsetDateTime = datetime!(2026-11-02 08:00 UTC);
/// Seed of the authority's key.
pub const AUTHORITY: u64 = 1;

pub fn rng(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// A key of P-256 as a signer, and once more as bytes.
pub fn signer(seed: u64) -> (Arc<dyn Signer>, SecretBytes) {
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng(seed)).unwrap();
    let pkcs8 = key.to_pkcs8().unwrap();
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    let signer = SoftwareSigner::new(key, algorithm, Box::new(rng(seed))).unwrap();
    (Arc::new(signer), pkcs8)
}

pub fn device(kind: DeviceKind, name: &str) -> Device {
    Device {
        kind,
        id: Uuid::from_u128(42),
        name: name.to_owned(),
    }
}

#[derive(Debug, Clone, Copy)]
pub enum Trust {
    Optional,
    Required,
}

#[derive(Debug)]
struct Hand(Mutex<OffsetDateTime>);

impl Clock for Hand {
    fn now(&self) -> OffsetDateTime {
        *self.0.lock().unwrap()
    }
}

#[derive(Debug, Default)]
struct List(Mutex<HashSet<Serial>>);

impl RevokedDevices for List {
    fn is_revoked(&self, serial: Serial) -> bool {
        self.0.lock().unwrap().contains(&serial)
    }
}

pub struct Bench {
    pub authority: DeviceAuthority,
    pub address: SocketAddr,
    revoked: Arc<List>,
    clock: Arc<Hand>,
}

async fn who(ConnectInfo(peer): ConnectInfo<Peer>) -> String {
    let device = peer.device().map(DeviceIdentity::device);
    device.map_or_else(
        || "nobody".to_owned(),
        |device| format!("{} {}", device.uri(), device.name),
    )
}

pub fn client_of(authority: &[u8], pair: Option<&KeyPair>) -> Arc<rustls::ClientConfig> {
    let identity = pair.map(|pair| (vec![pair.issued.certificate.clone()], &pair.private_key));
    client_config(authority, identity, Arc::new(Hand(Mutex::new(NOW)))).unwrap()
}

impl Bench {
    pub async fn start(trust: Trust, limits: TlsLimits) -> Self {
        let mut rng = rng(2);
        let authority =
            DeviceAuthority::create(signer(AUTHORITY).0, "SPECIMEN devices", NOW, &mut rng)
                .unwrap();
        let server = authority
            .issue_server(&["localhost", "127.0.0.1"], NOW, &mut rng)
            .unwrap();
        let revoked = Arc::new(List::default());
        let clock = Arc::new(Hand(Mutex::new(NOW)));
        let trusted = DeviceTrust {
            authority: authority.certificate().to_vec(),
            revoked: Arc::clone(&revoked) as _,
        };
        let clients = match trust {
            Trust::Optional => ClientCertificates::Optional(trusted),
            Trust::Required => ClientCertificates::Required(trusted),
        };
        let chain = vec![server.issued.certificate];
        let config =
            server_config(chain, &server.private_key, clients, Arc::clone(&clock) as _).unwrap();
        let socket = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let listener = TlsListener::new(socket, config, limits).unwrap();
        let app = Router::new().route("/", get(who));
        tokio::spawn(async move {
            axum::serve(listener, app.into_make_service_with_connect_info::<Peer>()).await
        });
        Self {
            authority,
            address,
            revoked,
            clock,
        }
    }

    pub fn revoke(&self, serial: Serial) {
        self.revoked.0.lock().unwrap().insert(serial);
    }

    pub fn set_clock(&self, now: OffsetDateTime) {
        *self.clock.0.lock().unwrap() = now;
    }

    pub fn client(&self, pair: Option<&KeyPair>) -> Arc<rustls::ClientConfig> {
        client_of(self.authority.certificate(), pair)
    }

    pub async fn connect(&self, config: Arc<rustls::ClientConfig>) -> Option<TlsStream<TcpStream>> {
        let tcp = TcpStream::connect(self.address).await.unwrap();
        let name = "localhost".try_into().unwrap();
        TlsConnector::from(config).connect(name, tcp).await.ok()
    }

    /// The same from another address of this machine.
    pub async fn connect_from(
        &self,
        own: &str,
        config: Arc<rustls::ClientConfig>,
    ) -> Option<TlsStream<TcpStream>> {
        let socket = TcpSocket::new_v4().unwrap();
        socket
            .bind(SocketAddr::new(own.parse().unwrap(), 0))
            .unwrap();
        let tcp = socket.connect(self.address).await.unwrap();
        let name = "localhost".try_into().unwrap();
        TlsConnector::from(config).connect(name, tcp).await.ok()
    }

    /// The body of the answer; none where there is no answer. In TLS 1.3 a client learns so only when it reads.
    pub async fn ask_by(&self, config: Arc<rustls::ClientConfig>) -> Option<String> {
        let mut stream = self.connect(config).await?;
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            .await
            .ok()?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.ok()?;
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n")?;
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        Some(body.to_owned())
    }

    pub async fn ask(&self, pair: Option<&KeyPair>) -> Option<String> {
        self.ask_by(self.client(pair)).await
    }
}
