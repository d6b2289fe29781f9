use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use register::Digest;
use uuid::Uuid;

use super::place::{NOW, Place, agreement};
use crate::relying::Fault;
use crate::relying::chip::{Answer, Conclusion, DocumentStatus, EndClass, Found, Request};

pub const ENTERED: &str = r#"{"event":"document-entered.2","issuing_state":"UTO","document_code":"PP","document_number":"X00000001","chip_serial":"01010101010101010101010101010101","chip_keys":[{"sha256":"0101010101010101010101010101010101010101010101010101010101010101","receipt":{"counter":1,"mac":"09090909090909090909090909090909"}}],"profile":"uto-passport","record_sha256":"4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a","approval":{"operator":{"name":"TEST operator"},"approver":{"name":"TEST approver"}}}"#;
pub const DELIVERED: &str = r#"{"event":"document-delivered.2","commit":{"counter":3,"mac":"09090909090909090909090909090909"},"lock":{"counter":4,"mac":"09090909090909090909090909090909"}}"#;
pub const SUSPENDED: &str = r#"{"event":"document-suspended.1","reason":"reported-lost","by":{"name":"TEST clerk","account":"00000000-0000-0000-0000-0000000000c1"}}"#;
pub const REINSTATED: &str = r#"{"event":"document-reinstated.1","by":{"name":"TEST clerk","account":"00000000-0000-0000-0000-0000000000c1"}}"#;
pub const ENDED: &str = r#"{"event":"document-ended.1","reason":"lost","by":[{"name":"TEST clerk","account":"00000000-0000-0000-0000-0000000000c1"}]}"#;

/// The events of a document under a number of its own.
pub fn entered(at: u8) -> String {
    ENTERED.replace("X00000001", &format!("X{at:08}")).replace(
        "01010101010101010101010101010101",
        &format!("{at:02x}").repeat(16),
    )
}

pub fn signed(object: &[u8]) -> String {
    let digest = |octets: &[u8]| hex::encode(Digest::of(octets).as_octets());
    serde_json::json!({ "event": "document-signed.1", "security_object_sha256": digest(object),
        "manifest_sha256": digest(b"manifest"), "document_signer_sha256": digest(b"signer") })
    .to_string()
}

fn request() -> Request {
    Request {
        purpose: "open-account".into(),
        consent: Some("consent-17".into()),
        ..Request::default()
    }
}

#[tokio::test]
async fn a_document_is_followed_through_its_life() {
    let place = Place::new().await;
    let party = place.party(agreement()).await;
    let job = Uuid::now_v7();
    let object = b"TEST: not a security object, and known all the same";
    let sha256 = hex::encode(Digest::of(object).as_octets());
    let check = async |status, overall| -> Answer {
        let request = Request {
            security_object_sha256: Some(sha256.clone()),
            ..request()
        };
        let answer = place.desk.check_chip(&party, &request, NOW).await.unwrap();
        assert_eq!((answer.status, answer.overall), (status, overall));
        answer
    };
    check(DocumentStatus::Unknown, Conclusion::NotGenuine).await;
    place.document(job, ENTERED).await;
    place.document(job, &signed(object)).await;
    check(DocumentStatus::NotInField, Conclusion::NotValid).await;
    place.document(job, DELIVERED).await;
    let answer = check(DocumentStatus::Valid, Conclusion::Valid).await;
    assert!(answer.issued && answer.status_list.is_none());
    place.document(job, SUSPENDED).await;
    check(DocumentStatus::Suspended, Conclusion::NotValid).await;
    place.document(job, REINSTATED).await;
    check(DocumentStatus::Valid, Conclusion::Valid).await;
    place.document(job, ENDED).await;
    let answer = check(DocumentStatus::Ended, Conclusion::NotValid).await;
    assert_eq!(answer.ended, Some(EndClass::LostOrStolen));
}

#[tokio::test]
async fn what_does_not_fit_is_not_genuine() {
    let place = Place::new().await;
    let party = place.party(agreement()).await;
    let job = Uuid::now_v7();
    let object = b"TEST object";
    for body in [ENTERED.to_owned(), signed(object), DELIVERED.to_owned()] {
        place.document(job, &body).await;
    }
    let digest = |octets: &[u8]| Some(hex::encode(Digest::of(octets).as_octets()));
    let ask = async |change: &dyn Fn(&mut Request)| {
        let mut request = Request {
            security_object: Some(BASE64.encode(object)),
            ..request()
        };
        change(&mut request);
        place.desk.check_chip(&party, &request, NOW).await.unwrap()
    };
    assert_eq!(ask(&|_| {}).await.overall, Conclusion::Valid);
    let answer = ask(&|request| request.document_signer_sha256 = digest(b"signer")).await;
    assert_eq!(
        (answer.document_signer, answer.overall),
        (Found::Passed, Conclusion::Valid)
    );
    let answer = ask(&|request| request.document_signer_sha256 = digest(b"another")).await;
    assert_eq!(
        (answer.document_signer, answer.overall),
        (Found::Failed, Conclusion::NotGenuine)
    );
    let answer = ask(&|request| request.chip_genuine = Found::Failed).await;
    assert_eq!(
        (answer.issued, answer.overall),
        (true, Conclusion::NotGenuine)
    );
    let answer =
        ask(&|request| request.security_object = Some(BASE64.encode(b"TEST objecT"))).await;
    assert_eq!(
        (answer.issued, answer.overall),
        (false, Conclusion::NotGenuine)
    );
    // Without an EF.SOD that can be read, hashes are compared with nothing.
    let answer = ask(&|request| request.data_groups = [("1".into(), "00".repeat(32))].into()).await;
    assert_eq!(answer.data_groups[&1], Found::NotDone);
}

/// A real EF.SOD, whole, changed, and with other data groups.
#[tokio::test]
async fn hashes_are_those_of_the_security_object() {
    let place = Place::new().await;
    let party = place.party(agreement()).await;
    let octets = real_object();
    let object = pki::SecurityObject::parse(&octets).unwrap();
    let hashes = &object.lds_security_object().hashes;
    for body in [ENTERED.to_owned(), signed(&octets), DELIVERED.to_owned()] {
        place.document(Uuid::from_u128(7), &body).await;
    }
    let ask = async |groups: Vec<(String, String)>| {
        let request = Request {
            security_object: Some(BASE64.encode(&octets)),
            data_groups: groups.into_iter().collect(),
            // Here the signer of the register is a made-up one.
            document_signer_sha256: Some(hex::encode(Digest::of(b"signer").as_octets())),
            ..request()
        };
        place.desk.check_chip(&party, &request, NOW).await.unwrap()
    };
    let own = || {
        hashes
            .iter()
            .map(|(number, hash)| (number.to_string(), hex::encode(hash)))
    };
    let answer = ask(own().collect()).await;
    assert!(
        answer.data_groups.len() >= 2
            && answer
                .data_groups
                .values()
                .all(|found| *found == Found::Passed)
    );
    assert_eq!(
        (answer.signature, answer.overall),
        (Found::Passed, Conclusion::Valid)
    );
    let answer = ask(own().map(|(number, _)| (number, "ab".repeat(32))).collect()).await;
    assert!(
        answer
            .data_groups
            .values()
            .all(|found| *found == Found::Failed)
    );
    assert_eq!(answer.overall, Conclusion::NotGenuine);
}

/// What a document signer of its own makes.
fn real_object() -> Vec<u8> {
    super::signing::object()
}

#[tokio::test]
async fn what_cannot_be_a_request_is_refused() {
    let place = Place::new().await;
    let party = place.party(agreement()).await;
    let refused = async |change: &dyn Fn(&mut Request)| {
        let mut request = Request {
            security_object_sha256: Some("00".repeat(32)),
            ..request()
        };
        change(&mut request);
        match place.desk.check_chip(&party, &request, NOW).await {
            Err(Fault::Content(what)) => what,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        refused(&|request| request.security_object_sha256 = None).await,
        "security_object"
    );
    assert_eq!(
        refused(&|request| request.security_object_sha256 = Some("0".into())).await,
        "security_object_sha256"
    );
    assert_eq!(
        refused(&|request| request.security_object = Some("AA==".into())).await,
        "security_object_sha256"
    );
    assert_eq!(
        refused(&|request| request.security_object = Some("?".into())).await,
        "security_object"
    );
    assert_eq!(
        refused(&|request| request.security_object = Some(String::new())).await,
        "security_object"
    );
    for (number, hash) in [
        ("0", "00"),
        ("17", "00"),
        ("01", "00"),
        ("+1", "00"),
        ("1", ""),
        ("1", "zz"),
        ("", "00"),
        ("1", &"00".repeat(65)),
    ] {
        let group = [(number.to_owned(), hash.to_owned())];
        assert_eq!(
            refused(&|request| request.data_groups = group.clone().into()).await,
            "data_groups",
            "{number} {hash}"
        );
    }
    assert_eq!(
        refused(&|request| request.document_signer_sha256 = Some("x".into())).await,
        "document_signer_sha256"
    );
    let none = place
        .party(crate::relying::Agreement {
            chips: false,
            ..agreement()
        })
        .await;
    assert!(matches!(
        place.desk.check_chip(&none, &request(), NOW).await,
        Err(Fault::NotAgreed("chips"))
    ));
}
