//! A station with its people, and the service's keys to open what it seals.

use std::collections::BTreeMap;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

use crypto::{Curve, EcParameters, PrivateKey, SecretBytes};
use enrolment::packet::{Identity, KeyRing, OpenedPacket, Role, open};
use issuance_service::station::{
    CaptureConfig, FingerLimits, PublicKeyFile, ServiceFile, Serving, Station, check_print,
    finger_by_word, keep_own_fingers, serve,
};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use tempfile::TempDir;
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use crate::client::Client;

pub const OPERATOR: [&str; 2] = ["TEST Operator", "operator secret"];
pub const SUPERVISOR: [&str; 2] = ["TEST Supervisor", "supervisor secret"];
const PASSWORD: &[u8] = b"station password";

/// The day on which the specimens are enrolled.
pub fn now() -> OffsetDateTime {
    datetime!(2026-11-22 05:00 UTC)
}

pub struct Place {
    folder: TempDir,
    service: Identity,
    ring: KeyRing,
}

impl Place {
    /// A station for a profile, where the operator's right index finger is that of one specimen.
    pub fn new(profile: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let rng = &mut StdRng::seed_from_u64(7);
        let service = Identity::generate();
        let receipts = PrivateKey::generate_ec(Curve::P256, rng).unwrap().public();
        let file = ServiceFile {
            name: "TEST service".into(),
            recipient: service.recipient().to_string(),
            receipt_key: hex::encode(receipts.to_spki(EcParameters::Named).unwrap()),
        };
        let station = folder.path().join("station");
        let password = SecretBytes::from(PASSWORD);
        let mut ring = KeyRing::new();
        let mut know = |public: &PublicKeyFile| {
            let key = public.public_key().unwrap();
            ring.add(public.role, &*public.name, key).unwrap();
        };
        know(&Station::init(&station, "TEST Station", &file, &password, now(), rng).unwrap());
        for (role, [name, secret]) in [(Role::Operator, OPERATOR), (Role::Supervisor, SUPERVISOR)] {
            let secret = SecretBytes::from(secret.as_bytes());
            know(&Station::add_person(&station, role, name, &secret, rng).unwrap());
        }
        let config = CaptureConfig {
            inbox: Some("inbox".into()),
            ..CaptureConfig::of(profile)
        };
        config.write(&station).unwrap();
        fs::create_dir(station.join("inbox")).unwrap();
        Self {
            folder,
            service,
            ring,
        }
    }

    /// Only these fingers are asked for.
    pub fn wants(&self, words: &[&str]) {
        let mut config = CaptureConfig::read(&self.folder()).unwrap();
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        config.fingers.wanted = Some(words.try_into().unwrap());
        config.write(&self.folder()).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn folder(&self) -> PathBuf {
        self.path("station")
    }

    /// A file with a secret.
    pub fn secret(&self, secret: &str) -> PathBuf {
        let path = self.path(&secret.replace(' ', "-"));
        fs::write(&path, secret).unwrap();
        path
    }

    pub fn password_file(&self) -> PathBuf {
        self.secret(core::str::from_utf8(PASSWORD).unwrap())
    }

    pub fn station(&self) -> Station {
        Station::open(&self.folder(), &SecretBytes::from(PASSWORD), now()).unwrap()
    }

    /// The finger of a specimen becomes one of the operator.
    pub fn operator_has(&self, person: &str, word: &str) {
        let print = specimen_file(person, &format!("{word}.png"));
        let position = finger_by_word(word).unwrap().position;
        let checked = check_print(&print, position, &FingerLimits::default()).unwrap();
        keep_own_fingers(&self.folder(), OPERATOR[0], &[checked]).unwrap();
    }

    /// Starts the server within this process.
    pub fn serve(&self) -> Client {
        let (station, (sender, receiver)) = (self.station(), mpsc::channel());
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
                let serving = Serving {
                    station,
                    now,
                    rng: Box::new(StdRng::seed_from_u64(9)),
                };
                serve(serving, listener, |address| {
                    sender.send(address.to_owned()).unwrap();
                })
                .await
            })
        });
        Client::new(&receiver.recv().unwrap())
    }

    /// Every packet of the outbox, opened as the service does.
    pub fn packets(&self) -> Vec<OpenedPacket> {
        let mut opened = Vec::new();
        for entry in fs::read_dir(self.folder().join("outbox")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "pending") {
                let file = fs::File::open(path).unwrap();
                opened.push(open(file, &self.service, &self.ring).unwrap());
            }
        }
        opened
    }

    pub fn packet(&self, id: Uuid) -> OpenedPacket {
        let mut found = self.packets().into_iter();
        found.find(|packet| packet.manifest().packet == id).unwrap()
    }
}

/// The folder of a specimen.
pub fn specimen(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../fixtures/people")
        .join(name)
}

pub fn specimen_file(person: &str, file: &str) -> Vec<u8> {
    fs::read(specimen(person).join(file)).unwrap()
}

/// The texts of a specimen.
pub fn specimen_fields(person: &str) -> BTreeMap<String, String> {
    let text = fs::read_to_string(specimen(person).join("record.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let fields = table["fields"].as_table().unwrap().iter();
    fields
        .map(|(word, text)| (word.clone(), text.as_str().unwrap().to_owned()))
        .collect()
}

/// A copy of a specimen's folder.
pub fn copied(person: &str, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(specimen(person)).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

pub fn socket(address: &str) -> SocketAddr {
    let rest = address.strip_prefix("http://").unwrap();
    rest.split('/').next().unwrap().parse().unwrap()
}
