//! Devices: registered with a request of their own, refused at once when they are revoked.

use std::sync::Arc;

use access::device::{KeyPair, certificate_request};
use access::{DeviceKind, Role};
use crypto::{Curve, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use issuance_service::api::devices::KeptDevice;
use issuance_service::api::routes::devices::{pem, unpem};
use issuance_service::api::start::{self, MachineClock};
use issuance_service::{CONFIG, Config};
use pki::SoftwareSigner;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use register::store::{Change, Claim, ClaimKind, Store as _};
use serde_json::{Value, json};
use time::Duration;

use crate::place::{Asker, Place, randomness};

fn request() -> (PrivateKey, String) {
    let mut rng = randomness()();
    let key = PrivateKey::generate_ec(Curve::P256, &mut *rng).unwrap();
    let copy = PrivateKey::from_pkcs8(key.to_pkcs8().unwrap().expose()).unwrap();
    let signer = SoftwareSigner::optimised(
        copy,
        SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256),
        Box::new(StdRng::from_rng(&mut rng)),
    )
    .unwrap();
    (
        key,
        pem(
            &certificate_request(&signer, "whatever").unwrap(),
            "CERTIFICATE REQUEST",
        ),
    )
}

fn asker(key: &PrivateKey, issued: &Value) -> Asker {
    let certificate = unpem(issued["certificate"].as_str().unwrap(), "CERTIFICATE").unwrap();
    let place = time::OffsetDateTime::UNIX_EPOCH;
    let serial = access::Serial([0; 20]);
    let issued = access::device::IssuedCertificate {
        certificate,
        serial,
        not_before: place,
        not_after: place,
    };
    Asker {
        device: Some(Arc::new(KeyPair {
            issued,
            private_key: key.to_pkcs8().unwrap(),
        })),
        ..Asker::default()
    }
}

#[test]
fn registered_used_renewed_and_revoked() {
    let place = Place::new();
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let (key, text) = request();
    let body = json!({ "kind": "relying-party", "name": "TEST Bank", "request": text });
    let issued = admin.post("/v1/devices", &body).is(201).json();
    let id = issued["device"]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        issued["authority"],
        place.client().get("/v1/device-authority").is(200).text
    );
    let device = place.client_of(&asker(&key, &issued));
    // It is let in as what it is: own accounts are a relying party's right, devices are not.
    device.get("/v1/devices").refused(403, "not-permitted");
    let (other, text) = request();
    let renewed = admin
        .post(
            &format!("/v1/devices/{id}/certificates"),
            &json!({ "request": text }),
        )
        .is(201)
        .json();
    assert_eq!(
        renewed["device"]["certificates"].as_array().unwrap().len(),
        2
    );
    let second = place.client_of(&asker(&other, &renewed));
    second.get("/v1/devices").refused(403, "not-permitted");
    admin
        .post(&format!("/v1/devices/{id}/revoke"), &json!({}))
        .is(200);
    // An open connection, too: every request asks.
    device.get("/v1/devices").refused(403, "device-refused");
    second.get("/v1/devices").refused(403, "device-refused");
    admin
        .post(
            &format!("/v1/devices/{id}/certificates"),
            &json!({ "request": text }),
        )
        .refused(409, "conflict");
    // A name is one device's, as long as that is not withdrawn.
    let (_, text) = request();
    let named = |name: &str| {
        admin.post(
            "/v1/devices",
            &json!({ "kind": "station", "name": name, "request": text }),
        )
    };
    let again = named("TEST Bank").is(201).json();
    named("TEST Bank").refused(409, "taken");
    for same in [
        " test bank ",
        "TEST  Bank",
        "TEST\u{a0}Bank",
        "TEST\u{2009}\u{ff22}ank",
    ] {
        named(same).refused(409, "taken");
    }
    // A letter of another script, and one that is not seen.
    for like in ["\u{422}EST Bank", "TEST B\u{430}nk", "TEST\u{200b} Bank"] {
        let refused = named(like).refused(422, "content").json();
        assert_eq!(refused["errors"][0]["pointer"], "#/name", "{refused}");
    }
    admin
        .post(
            &format!(
                "/v1/devices/{}/revoke",
                again["device"]["id"].as_str().unwrap()
            ),
            &json!({}),
        )
        .is(200);
    named("TEST Bank").is(201);
    let list = admin.get("/v1/devices").is(200).json();
    assert_eq!(list["items"][0]["revoked"], true);
    for (body, status, problem) in [
        (
            json!({ "kind": "toaster", "name": "TEST", "request": text }),
            422,
            "content",
        ),
        (
            json!({ "kind": "station", "name": "", "request": text }),
            422,
            "content",
        ),
        (
            json!({ "kind": "station", "name": "TEST", "request": "none" }),
            422,
            "content",
        ),
        (
            json!({ "kind": "station", "name": "TEST", "request": text.replace('M', "N") }),
            422,
            "content",
        ),
    ] {
        admin.post("/v1/devices", &body).refused(status, problem);
    }
    let log = place.audit_log().join("\n");
    assert!(log.contains("device.manage") && log.contains("revoked"));
}

/// Devices of a release that did not claim names: the older of two has the name, and the other one goes on without.
#[test]
fn devices_of_before_get_their_names_once() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let config = folder.path().join("service").join(CONFIG);
        assert!(start::first_start(&config).await.unwrap());
        let config = Config::read(&config).unwrap();
        let store = config.open_store().await.unwrap();
        let now = time::OffsetDateTime::now_utc();
        let put = |n: u128, name: &str| {
            let device = access::Device {
                kind: DeviceKind::Station,
                id: uuid::Uuid::from_u128(n),
                name: name.to_owned(),
            };
            let at = now + Duration::seconds(i64::try_from(n).unwrap());
            let mut change = Change::new(at);
            KeptDevice::new(device, at).put(&mut change).unwrap();
            change.claims.clear();
            change
        };
        for change in [put(1, "TEST Twin"), put(2, "TEST Twin")] {
            store.commit(&change).await.unwrap();
        }
        let random = randomness();
        let open = || start::open(&config, Arc::new(MachineClock), &random);
        let api = open().await.unwrap();
        let holder = async |name: &str| {
            let claim = Claim::new(ClaimKind::DeviceName, name);
            api.store.holder(&claim).await.unwrap()
        };
        assert_eq!(holder("test twin").await, Some(uuid::Uuid::from_u128(1)));
        // Once: the second start does not look again.
        store.commit(&put(3, "TEST Later")).await.unwrap();
        open().await.unwrap();
        assert_eq!(holder("test later").await, None);
        // The one without the name gives nothing back, the other one does.
        for (n, left) in [(2, Some(uuid::Uuid::from_u128(1))), (1, None)] {
            let mut device = api.device(uuid::Uuid::from_u128(n)).await.unwrap().unwrap();
            device.revoked = true;
            let mut change = api.change();
            device.put(&mut change).unwrap();
            api.commit(&change).await.unwrap();
            assert_eq!(holder("test twin").await, left);
        }
    });
}

/// A certificate of the authority that is not in the register is no device: somebody had the key, and a backup was laid back.
#[test]
fn a_certificate_that_nobody_knows_is_refused() {
    let place = Place::new();
    let device = access::Device {
        kind: DeviceKind::Station,
        id: uuid::Uuid::now_v7(),
        name: "TEST Ghost".to_owned(),
    };
    let now = place.now();
    let pair = place
        .api
        .draw(|rng| place.api.keys.authority.issue_with_key(&device, now, rng))
        .unwrap();
    let ghost = place.client_of(&Asker {
        device: Some(Arc::new(pair)),
        ..Asker::default()
    });
    ghost.get("/v1/devices").refused(403, "device-refused");
    let (_, known) = place.device(DeviceKind::Station, "TEST Station");
    let station = place.client_of(&known);
    station.get("/v1/devices").refused(403, "not-permitted");
    place.pass(Duration::days(366));
    station.get("/v1/devices").refused(403, "device-refused");
}
