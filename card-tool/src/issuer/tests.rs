//! What is made of the service's answers, and of lists where it is silent. The service itself is rehearsed elsewhere.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use access::{Device, DeviceAuthority, DeviceKind};
use crypto::{EcParameters, PrivateKey, SignatureAlgorithm};
use inspection::document_status::Revoked;
use pki::{Signer as _, SoftwareSigner};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use status_list::jws::Header;
use status_list::{Bits, Claims, Shard, Status, token};
use time::macros::datetime;

use super::service::{Told, understand};
use super::*;

const NOW: OffsetDateTime = datetime!(2027-06-01 12:00 UTC);
const BASE: &str = "https://register.example/v1/status-lists";
const DIGEST: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

#[test]
fn only_what_is_valid_in_all_is_called_so() {
    let place = serde_json::json!({ "idx": 7, "uri": format!("{BASE}/0") });
    for (overall, status, ended, expected) in [
        ("valid", "valid", None, Some(Said::Valid)),
        ("not-valid", "suspended", None, Some(Said::Suspended)),
        (
            "not-valid",
            "ended",
            Some("lost-or-stolen"),
            Some(Said::Revoked(Revoked::LostOrStolen)),
        ),
        (
            "not-valid",
            "ended",
            Some("of another kind"),
            Some(Said::Revoked(Revoked::Unsaid)),
        ),
        ("not-valid", "not-in-field", None, Some(Said::NotInField)),
        ("not-genuine", "unknown", None, Some(Said::Unknown)),
        ("not-genuine", "valid", None, Some(Said::Changed)),
        (
            "not-genuine",
            "ended",
            None,
            Some(Said::Revoked(Revoked::Unsaid)),
        ),
        ("not-valid", "valid", None, None),
        ("valid", "of another kind", None, None),
    ] {
        let answer = serde_json::json!({
            "overall": overall, "status": status, "ended": ended, "status_list": place, "issued": true,
        });
        let told = understand(answer.to_string().as_bytes());
        assert_eq!(
            told.as_ref().ok().map(|told| told.said),
            expected,
            "{answer}"
        );
        if let Ok(Told { place, .. }) = told {
            assert_eq!(place.unwrap().idx, 7);
        }
    }
    for answer in ["", "{}", "[]", "<html>", "{\"overall\":1,\"status\":2}"] {
        assert!(understand(answer.as_bytes()).is_err(), "{answer}");
    }
}

/// A key of lists, and the set in which the service publishes it.
fn key(seed: u64, keys: &Path) -> SoftwareSigner {
    let mut rng = StdRng::seed_from_u64(seed);
    let key = PrivateKey::generate_ec(crypto::Curve::P256, &mut rng).unwrap();
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    let signer = SoftwareSigner::new(key, algorithm, Box::new(StdRng::seed_from_u64(5))).unwrap();
    let spki = signer.public_key().to_spki(EcParameters::Named).unwrap();
    let (x, y) = spki[spki.len() - 64..].split_at(32);
    let text = |octets: &[u8]| {
        use base64::Engine as _;
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(octets)
    };
    let set = serde_json::json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": text(x), "y": text(y), "alg": "ES256" }] });
    std::fs::write(keys, set.to_string()).unwrap();
    signer
}

fn write_list(path: &Path, signer: &SoftwareSigner, revoked: u64, made: OffsetDateTime) {
    let mut list = Shard::empty_list(Bits::Two).unwrap();
    list.set(revoked, Status::Invalid).unwrap();
    list.set(revoked + 1, Status::Suspended).unwrap();
    list.set(revoked + 2, Status::Application(3)).unwrap();
    let claims = Claims {
        subject: format!("{BASE}/0"),
        issued_at: made,
        expires_at: made + time::Duration::DAY,
        time_to_live: None,
    };
    let token = token::sign(&claims, &list, Header::default(), signer).unwrap();
    std::fs::write(path, token).unwrap();
}

fn arguments(folder: &Path) -> IssuerArgs {
    IssuerArgs {
        status_list: vec![folder.join("list.jwt")],
        status_keys: Some(folder.join("keys.json")),
        places: Some(folder.join("places.jsonl")),
        ..IssuerArgs::default()
    }
}

fn place(index: u32, uri: &str) -> Place {
    Place {
        idx: index,
        uri: uri.to_owned(),
    }
}

#[test]
fn a_list_says_how_old_it_is_and_nothing_when_it_has_ended() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys.json");
    let signer = key(1, &keys);
    let made = NOW - time::Duration::hours(2);
    write_list(&folder.path().join("list.jwt"), &signer, 9, made);
    let own = format!("{BASE}/0");
    for (index, uri, now, expected) in [
        (1, &*own, NOW, Ok(Said::Valid)),
        (9, &own, NOW, Ok(Said::Revoked(Revoked::Unsaid))),
        (10, &own, NOW, Ok(Said::Suspended)),
        (11, &own, NOW, Err("not known here")),
        (
            9,
            "https://register.example/v1/status-lists/1",
            NOW,
            Err("is not here"),
        ),
        (9, &own, NOW + time::Duration::DAY, Err("has expired")),
        (9, &own, NOW - time::Duration::DAY, Err("in the future")),
        (u32::MAX, &own, NOW, Err("beyond")),
    ] {
        let issuer = Issuer::open(&arguments(folder.path())).unwrap();
        let places = issuer.places.as_ref().unwrap();
        places.borrow_mut().add(DIGEST, place(index, uri)).unwrap();
        let said = issuer.of_lists(DIGEST, now);
        match expected {
            Ok(expected) => assert_eq!(said, Ok((expected, made)), "{index}"),
            Err(word) => assert!(said.clone().unwrap_err().contains(word), "{word}: {said:?}"),
        }
        assert_eq!(issuer.of_lists("another", now), Err(NO_PLACE.to_owned()));
        // It is there for the next day, too.
        let again = Issuer::open(&arguments(folder.path())).unwrap();
        assert_eq!(again.of_lists(DIGEST, now), said);
    }
}

#[test]
fn a_list_of_another_key_is_refused_at_the_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys.json");
    let list = folder.path().join("list.jwt");
    write_list(&list, &key(1, &keys), 9, NOW);
    assert!(Issuer::open(&arguments(folder.path())).is_ok());
    let token = std::fs::read_to_string(&list).unwrap();
    key(2, &keys);
    assert!(
        Issuer::open(&arguments(folder.path())).is_err(),
        "another key"
    );
    key(1, &keys);
    std::fs::write(&list, token.replacen(".eyJ", ".eyK", 1)).unwrap();
    assert!(Issuer::open(&arguments(folder.path())).is_err(), "altered");
}

#[test]
fn a_place_that_was_cut_off_is_asked_for_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("places.jsonl");
    let mut places = Places::read(&path).unwrap();
    places.add(DIGEST, place(1, "a")).unwrap();
    let whole = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{whole}{}", &whole[..20])).unwrap();
    let mut places = Places::read(&path).unwrap();
    assert_eq!(places.of(DIGEST), Some(&place(1, "a")));
    let other = DIGEST.replace('0', "f");
    places.add(&other, place(2, "b")).unwrap();
    let places = Places::read(&path).unwrap();
    assert_eq!(places.of(&other), Some(&place(2, "b")));
    std::fs::write(&path, "no place\n").unwrap();
    assert!(Places::read(&path).is_err());
}

/// A folder as `issuance-service device issue` makes it, of an authority that nobody has.
fn device(folder: &Path) {
    let mut rng = StdRng::seed_from_u64(3);
    let signer = Arc::new(key(4, &folder.join("unused.json")));
    let authority = DeviceAuthority::create(signer, "TEST devices", NOW, &mut rng).unwrap();
    let device = Device {
        kind: DeviceKind::RelyingParty,
        id: uuid::Uuid::new_v4(),
        name: "TEST desk".to_owned(),
    };
    let pair = authority.issue_with_key(&device, NOW, &mut rng).unwrap();
    std::fs::write(folder.join("authority.crt"), authority.certificate()).unwrap();
    std::fs::write(folder.join("device.crt"), &pair.issued.certificate).unwrap();
    std::fs::write(folder.join("device.key"), pair.private_key.expose()).unwrap();
}

/// Somebody who takes calls and says nothing; and how many calls there were.
fn silent() -> (String, Arc<AtomicU32>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    let calls = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&calls);
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for stream in listener.incoming().flatten() {
            count.fetch_add(1, Ordering::SeqCst);
            held.push(stream);
        }
    });
    (address, calls)
}

/// Who does not answer is waited for so long and no longer, and then left in peace; the lists speak where they can.
#[test]
fn a_silent_service_is_no_hang() {
    const PATIENCE: Duration = Duration::from_millis(200);
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    device(folder);
    let (address, calls) = silent();
    let signer = key(1, &folder.join("keys.json"));
    write_list(&folder.join("list.jwt"), &signer, 9, NOW);
    let mut issuer = Issuer::open(&arguments(folder)).unwrap();
    let service = Service::new(&address, folder, "border-check").unwrap();
    issuer.service = Some(service.patient(PATIENCE));
    let begun = Instant::now();
    for _ in 0..2 * MAX_SILENCES {
        assert!(issuer.of_service(DIGEST, Some(true)).unwrap().is_err());
    }
    let took = begun.elapsed();
    assert!(
        took >= PATIENCE * MAX_SILENCES && took < PATIENCE * 20,
        "{took:?}"
    );
    assert_eq!(calls.load(Ordering::SeqCst), MAX_SILENCES);
    let places = issuer.places.as_ref().unwrap();
    let list = format!("{BASE}/0");
    places.borrow_mut().add(DIGEST, place(9, &list)).unwrap();
    let listed = issuer.of_lists(DIGEST, NOW);
    assert_eq!(listed, Ok((Said::Revoked(Revoked::Unsaid), NOW)));
}

#[test]
fn what_is_no_address_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    device(folder.path());
    let open = |address: &str| Service::new(address, folder.path(), "x");
    for address in [
        "http://register.example",
        "register.example",
        "https://",
        "https://a/b",
        "https://a@b",
        "https://a b",
        "https://a?b",
    ] {
        assert!(open(address).is_err(), "{address}");
    }
    assert!(open("https://register.example:8443/").is_ok());
    std::fs::remove_file(folder.path().join("device.key")).unwrap();
    assert!(open("https://register.example:8443").is_err());
}
