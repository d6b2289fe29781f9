//! What would not be read again is refused before the key is touched.

use core::sync::atomic::{AtomicUsize, Ordering};

use crypto::{Curve, EcParameters, HashAlgorithm, PrivateKey, PublicKey, SignatureAlgorithm};
use pki::{Signer, SoftwareSigner};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use time::OffsetDateTime;
use time::macros::datetime;

use super::*;
use crate::octets::{Der, SerialNumber};
use crate::request::CrlWish;
use crate::{
    Person, Proposal, Request, RequestBody, Role, Root, TwoPersons, VerifiedRequest, Wanted, issue,
};

const NOW: OffsetDateTime = datetime!(2026-11-22 08:00 UTC);

/// Counts what it signs.
struct Counting {
    inner: SoftwareSigner,
    signed: AtomicUsize,
}

impl Signer for Counting {
    fn algorithm(&self) -> SignatureAlgorithm {
        self.inner.algorithm()
    }

    fn public_key(&self) -> &PublicKey {
        self.inner.public_key()
    }

    fn sign(&self, message: &[u8]) -> pki::Result<Vec<u8>> {
        self.signed.fetch_add(1, Ordering::SeqCst);
        self.inner.sign(message)
    }
}

impl Counting {
    fn new(rng: &mut StdRng) -> Self {
        let key = PrivateKey::generate_ec(Curve::P256, rng).unwrap();
        let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
        let own = Box::new(StdRng::from_rng(rng));
        Self {
            inner: SoftwareSigner::new(key, algorithm, own).unwrap(),
            signed: AtomicUsize::new(0),
        }
    }

    fn signed(&self) -> usize {
        self.signed.load(Ordering::SeqCst)
    }
}

struct Room {
    rng: StdRng,
    persons: TwoPersons,
    csca: Counting,
    root: Root,
    request: VerifiedRequest,
}

impl Room {
    /// A root, and a request for a revocation list.
    fn new() -> Self {
        let mut rng = StdRng::seed_from_u64(4);
        let person = |name| Person::new(name, Role::KeyOfficer).unwrap();
        let persons = TwoPersons::new(person("TEST ONE"), person("TEST TWO")).unwrap();
        let (csca, registrar) = (Counting::new(&mut rng), Counting::new(&mut rng));
        let sitting = sitting(&persons);
        let settings = Settings {
            country: "UT".into(),
            state: "UTO".into(),
            common_name: "TEST CSCA UTO".into(),
            contact: "https://pki.uto.example/".into(),
            crl_distribution_points: vec!["https://pki.uto.example/csca.crl".into()],
            named_curves: false,
            document_types: vec!["P".into()],
            document_years: 10,
            signer_usage_days: 92,
            csca_usage_days: 1826,
        };
        let key = "file:csca-1.key";
        let mut root =
            Root::create(settings, key, "ecdsa-p256", &sitting, &csca, &mut rng).unwrap();
        let spki = registrar.public_key().to_spki(EcParameters::Named).unwrap();
        root.admit("TEST", &spki, &sitting, &csca).unwrap();
        let csca_digest = root.journal().state().current().certificate.digest();
        let wanted = Wanted::Crl(CrlWish { revoke: Vec::new() });
        let body = RequestBody::new(Digest::of(b"nonce"), NOW, csca_digest, "UT", wanted, None);
        let file = Request::make(body, None, &registrar).unwrap().to_text();
        let request = match root.propose(file.unwrap().as_bytes(), NOW).unwrap() {
            Proposal::Answerable(request) => *request,
            Proposal::Answered(answer) => panic!("{answer}"),
        };
        csca.signed.store(0, Ordering::SeqCst);
        Self {
            rng,
            persons,
            csca,
            root,
            request,
        }
    }

    fn answer(&mut self) -> crate::Result<String> {
        let sitting = sitting(&self.persons);
        self.root
            .answer(&self.request, &sitting, &self.csca, &mut self.rng)
    }

    /// A journal of so many octets, as far as lengths go.
    fn fill(&mut self, len: usize) {
        let text = &mut self.root.journal.text;
        text.push_str(&" ".repeat(len - text.len()));
    }

    fn revoke_many(&mut self, count: usize) {
        for index in 0..count {
            let mut serial = vec![0x7F; 20];
            serial.splice(..8, index.to_be_bytes());
            serial.insert(0, 1);
            let state = &mut self.root.journal.state;
            state.revoke(&SerialNumber::new(&serial), NOW).unwrap();
        }
    }
}

fn sitting(persons: &TwoPersons) -> Sitting<'_> {
    Sitting {
        persons,
        now: NOW,
        tool: "test",
    }
}

#[test]
fn a_full_journal_signs_nothing_more() {
    let full = Err(Error::Refused(Refused::JournalFull(MAX_JOURNAL_LEN)));
    let mut room = Room::new();
    room.fill(MAX_JOURNAL_LEN - LINE_RESERVE + 1);
    assert_eq!(room.answer(), full);
    let persons = room.persons.clone();
    let sitting = sitting(&persons);
    assert_eq!(
        room.root.crl(90, &sitting, &room.csca).map(drop),
        full.clone().map(drop)
    );
    assert_eq!(
        room.root.back_up(Vec::new(), &sitting, &room.csca),
        full.clone()
    );
    assert_eq!(room.csca.signed(), 0);
    // It can be brought to its end, and the last line is measured, too.
    let before = room.root.clone();
    room.root
        .begin_destruction(&[1], &sitting, &room.csca)
        .unwrap();
    room.root = before;
    room.fill(MAX_JOURNAL_LEN - 100);
    let signed = room.csca.signed();
    assert_eq!(
        room.root.begin_destruction(&[1], &sitting, &room.csca),
        full.map(drop)
    );
    assert_eq!(room.csca.signed(), signed);
}

#[test]
fn there_is_room_for_an_answer_in_an_almost_full_journal() {
    let mut room = Room::new();
    room.fill(MAX_JOURNAL_LEN - LINE_RESERVE);
    room.answer().unwrap();
    assert!(room.root.journal().text().len() <= MAX_JOURNAL_LEN);
}

#[test]
fn a_list_too_long_for_the_online_side_is_not_signed() {
    let mut room = Room::new();
    room.revoke_many(12_000);
    let answer = room.answer().unwrap();
    assert!(answer.len() <= MAX_ANSWER_LEN, "{}", answer.len());
    let mut room = Room::new();
    room.revoke_many(16_000);
    assert_eq!(
        room.answer(),
        Err(Error::Refused(Refused::AnswerTooLong(MAX_ANSWER_LEN)))
    );
    assert_eq!(room.csca.signed(), 0);
}

#[test]
fn the_length_of_a_list_is_never_more_than_was_said() {
    for count in [0, 1, 100, 3000] {
        let mut room = Room::new();
        room.revoke_many(count);
        let most = issue::list_len(room.root.journal().state(), 0);
        let persons = room.persons.clone();
        let list = room.root.crl(90, &sitting(&persons), &room.csca).unwrap();
        assert!(list.as_bytes().len() <= most, "{count}");
    }
}

/// Lines of before have no hash of the certificate, and are read as they are.
#[test]
fn a_revocation_without_a_certificate_is_written_as_ever() {
    let text = "{\"revoked\":{\"serial\":\"0A\"}}";
    let effect: Effect = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&effect).unwrap(), text);
    let with = Effect::Revoked {
        serial: SerialNumber::new(&[10]),
        certificate: Some(Der::new(vec![1]).digest()),
    };
    let written = serde_json::to_string(&with).unwrap();
    assert_eq!(serde_json::from_str::<Effect>(&written).unwrap(), with);
}
