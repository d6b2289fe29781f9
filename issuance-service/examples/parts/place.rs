//! An office in a folder, packets of a station, chips in stock.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crypto::{HashAlgorithm, PrivateKey, SecretBytes, SignatureAlgorithm};
use enrolment::packet::Role;
use enrolment::{Field, profiles};
use issuance_service::intake::{IntakeDesk, IntakeFolder};
use issuance_service::office::{Hand, Office};
use issuance_service::personalisation::{Site, receive};
use issuance_service::record_folder;
use issuance_service::signers::Signers;
use issuance_service::station::{PublicKeyFile, Station};
use perso::PreparedChip;
use perso::applet::{ChipKey, LawVersion, Receipt};
use pki::{DocumentSigner, SoftwareSigner};
use rand::SeedableRng as _;
use rand::rngs::{StdRng, SysRng};
use register::store::AnyStore;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::bureau::{self, Bureau};

/// The folders of an intake desk and of a station that is known there.
pub fn init(place: &Path) {
    let folder = IntakeFolder::new(place.join("intake"));
    let none = SecretBytes::new(Vec::new());
    let service = folder.init("TEST service", &none, &mut *rng()).unwrap();
    let now = OffsetDateTime::now_utc();
    let station = place.join("station");
    Station::init(&station, "TEST Station", &service, &none, now, &mut *rng()).unwrap();
    let (role, name) = (Role::Operator, "TEST Operator");
    Station::add_person(&station, role, name, &none, &mut *rng()).unwrap();
    let settings = station.join("station.toml");
    let text = fs::read_to_string(&settings).unwrap();
    let text = text.replace("seal-unmeasured = false", "seal-unmeasured = true");
    fs::write(&settings, text).unwrap();
    for file in std::iter::once(station.join("station.json")).chain(files(&station.join("people")))
    {
        let key = PublicKeyFile::read(&file).unwrap();
        folder.register(&key).unwrap();
    }
}

/// An office of the folder on a store.
pub async fn office(place: &Path, store: &str, bureau: &Bureau) -> Office {
    let none = SecretBytes::new(Vec::new());
    let folder = IntakeFolder::new(place.join("intake"));
    let store = AnyStore::create(store).await.unwrap();
    let desk = IntakeDesk::open(&folder, &none, store, rng()).unwrap();
    let signers = Some(Arc::new(Signers::one(signer(bureau))));
    Office::new(Arc::new(desk), signers, "one".into(), Arc::new(rng))
}

/// The document signer of the bureau.
pub fn signer(bureau: &Bureau) -> Arc<DocumentSigner> {
    let key = PrivateKey::from_pkcs8(&bureau::read(&bureau.path("pki/document-signer.key")));
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    let signer = SoftwareSigner::new(key.unwrap(), algorithm, rng()).unwrap();
    let certificate = bureau::read(&bureau.path("pki/document-signer.der"));
    Arc::new(DocumentSigner::new(&certificate, Arc::new(signer)).unwrap())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension() == Some("json".as_ref()))
        .collect()
}

/// Packets of the person of a folder, under other names, numbers and birthdays.
pub fn packets(place: &Path, person: &Path, numbers: Range<usize>) -> Vec<(Uuid, PathBuf)> {
    let none = SecretBytes::new(Vec::new());
    let now = OffsetDateTime::now_utc();
    let station = Station::open(&place.join("station"), &none, now).unwrap();
    let operator = station
        .person(Role::Operator, "TEST Operator", &none)
        .unwrap();
    let outbox = place.join("station/outbox");
    let count = numbers.len();
    let mut packets = Vec::new();
    for number in numbers {
        let (mut record, profile, _) = record_folder::collected(person, now).unwrap();
        record.set(Field::DocumentNumber, format!("X{number:08}"));
        record.set(Field::PersonalNumber, format!("SPEC{number:09}"));
        record.set(Field::PreviousDocumentNumber, format!("Y{number:08}"));
        record.set(Field::GivenNames, letters(number));
        record.set(Field::DateOfBirth, birth(number));
        let source = number.to_be_bytes();
        let one = station.person_of(&record, &profile, &source);
        let sealed = station
            .seal(&one, &operator, None, now, &mut *rng())
            .unwrap();
        packets.push(sealed.id());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(outbox).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let Some(id) = name.get(..36).and_then(|id| id.parse().ok()) else {
            continue;
        };
        if packets.contains(&id) && path.extension() == Some("pending".as_ref()) {
            found.push((id, path));
        }
    }
    assert_eq!(found.len(), count, "packets in the outbox");
    found
}

/// Prepared chips in stock, one for each packet.
pub async fn chips(office: &Office, numbers: Range<usize>) {
    let mut seed = StdRng::seed_from_u64(9 + numbers.start as u64);
    let requests =
        perso::key_requests(&profiles::by_id("uto-passport").unwrap().data().chip).unwrap();
    let chips: Vec<Vec<u8>> = numbers
        .map(|number| {
            let serial = (number as u128).to_be_bytes().to_vec();
            let key = |(counter, request)| ChipKey {
                request,
                public: bureau::generate(request, &mut seed),
                receipt: Receipt {
                    counter,
                    mac: [7; 16],
                },
            };
            let keys = (1..).zip(requests.iter().copied()).map(key).collect();
            perso::chip_file::write(&PreparedChip {
                serial,
                law: LawVersion::V0101,
                keys,
            })
            .unwrap()
            .into_bytes()
        })
        .collect();
    let site = Site::new("bureau").unwrap();
    let now = OffsetDateTime::now_utc();
    let hand = Hand::service("rates", now);
    for part in chips.chunks(receive::MAX_CHIPS) {
        let answers = office
            .receive_chips(Uuid::now_v7(), &site, part, &hand, now)
            .await
            .unwrap();
        assert!(
            answers.iter().all(|answer| answer.word() == "received"),
            "{answers:?}"
        );
    }
}

/// A date of birth for a number: ages from 25 on.
fn birth(number: usize) -> String {
    let (year, month, day) = (number / 336 % 40, number / 28 % 12 + 1, number % 28 + 1);
    format!("{}-{month:02}-{day:02}", 1960 + year)
}

/// A name for a number: four syllables.
fn letters(mut number: usize) -> String {
    let mut name = String::new();
    for _ in 0..4 {
        name.push(char::from(b"bdfghklmnrst"[number % 12]));
        name.push(char::from(b"aeiou"[number / 12 % 5]));
        number /= 60;
    }
    // Nobody is called the same four times.
    name + "lin"
}

/// Octets of a packet.
pub fn mean_length(packets: &[(Uuid, PathBuf)]) -> u64 {
    let sum: u64 = packets
        .iter()
        .map(|(_, path)| fs::metadata(path).unwrap().len())
        .sum();
    sum / packets.len() as u64
}

/// A generator.
pub fn rng() -> Box<dyn crypto::CryptoRng + Send> {
    Box::new(StdRng::try_from_rng(&mut SysRng).unwrap())
}
