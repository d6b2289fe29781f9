//! Whatever is asked: nothing that the register knows of a person is in an answer, in the audit log or in what others are told.

use std::sync::OnceLock;

use enrolment::Field;
use proptest::prelude::*;
use register::store::{Store as _, Topic};
use tokio::runtime::Runtime;
use uuid::Uuid;

use super::place::{NOW, Place, agreement};
use crate::office::NoticeKind;
use crate::relying::agreement::Agreement;
use crate::relying::attribute::Attribute;
use crate::relying::subject::Subject;
use crate::relying::verification::Request;

const NUMBER: &str = "079177700001";
/// What stands in the record: each is found wherever it leaks.
const MARKS: [(Field, &str); 8] = [
    (Field::FullName, "Zyqmar Kwexol"),
    (Field::DateOfBirth, "1977-07-17"),
    (Field::Sex, "female"),
    (Field::Nationality, "QXZ"),
    (Field::PlaceOfOrigin, "Wozquirb"),
    (Field::PermanentResidence, "77 Jyvplek"),
    (Field::FatherName, "Vuxqand Kwexol"),
    (Field::CmndNumber, "777000777"),
];

fn world() -> &'static (Runtime, Place, Uuid) {
    static WORLD: OnceLock<(Runtime, Place, Uuid)> = OnceLock::new();
    WORLD.get_or_init(|| {
        let runtime = Runtime::new().unwrap();
        let (place, person) = runtime.block_on(async {
            let place = Place::new().await;
            let person = place.person(NUMBER, &MARKS).await;
            (place, person)
        });
        (runtime, place, person)
    })
}

fn clean(what: &str, text: &str, person: Uuid) {
    let lower = text.to_lowercase();
    for mark in MARKS
        .iter()
        .filter(|(field, _)| *field != Field::Sex)
        .map(|(_, mark)| *mark)
        .chain([NUMBER])
    {
        for word in mark.split(' ').filter(|word| word.len() > 2) {
            assert!(
                !lower.contains(&word.to_lowercase()),
                "{word} is in {what}: {text}"
            );
        }
    }
    assert!(!lower.contains("female"), "{what}: {text}");
    if what != "audit" {
        assert!(!lower.contains(&person.to_string()), "{what}: {text}");
    }
}

fn any_asked() -> impl Strategy<Value = Vec<(Attribute, String)>> {
    let mark = proptest::sample::select(MARKS.to_vec());
    let text = prop_oneof![
        mark.clone().prop_map(|(_, mark)| mark.to_owned()),
        mark.clone().prop_map(|(_, mark)| mark.to_uppercase()),
        "[a-zA-Z0-9 %'\"<>{}\\\\-]{1,20}",
        any::<String>(),
    ];
    let attribute = proptest::sample::select(Attribute::all().collect::<Vec<_>>());
    let own = mark.prop_map(|(field, mark)| (Attribute::Text(field), mark.to_owned()));
    proptest::collection::vec(prop_oneof![own, (attribute, text)], 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn nothing_known_is_told(asked in any_asked(), exists in any::<bool>(), consent in proptest::option::of("[ -~]{0,30}"), purpose in "[a-z]{1,4}|open-account") {
        let (runtime, place, person) = world();
        runtime.block_on(async {
            let party = place.party(Agreement { consent_needed: false, ..agreement() }).await;
            let number = if exists { NUMBER } else { "079177700002" };
            let request = Request {
                subject: Subject::PersonalNumber(number.to_owned()),
                attributes: asked.into_iter().collect(),
                purpose,
                consent,
            };
            let answer = match place.desk.verify(&party, &request, NOW).await {
                Ok(answer) => serde_json::to_string(&answer).unwrap(),
                Err(fault) => fault.to_string(),
            };
            clean("answer", &answer, *person);
        });
    }
}

#[test]
fn nothing_known_is_kept_where_others_read() {
    let (runtime, place, person) = world();
    runtime.block_on(async {
        let party = place.party(agreement()).await;
        let attributes = MARKS
            .iter()
            .map(|(field, mark)| (Attribute::Text(*field), (*mark).to_owned()))
            .collect();
        let request = Request {
            subject: Subject::PersonalNumber(NUMBER.to_owned()),
            attributes,
            purpose: "open-account".into(),
            consent: Some("consent-1".into()),
        };
        let answer = place.desk.verify(&party, &request, NOW).await.unwrap();
        assert_eq!(answer.overall, crate::relying::attribute::Verdict::Match);
        clean("answer", &serde_json::to_string(&answer).unwrap(), *person);
        place
            .notice(NoticeKind::DocumentEnded, Uuid::from_u128(4), Some(*person))
            .await;
        let changes = place.desk.changes(&party, 0, 100).await.unwrap();
        let told = changes
            .items
            .iter()
            .filter(|event| event.data.person == answer.reference)
            .count();
        assert!(told >= 1, "the party finds its customer again");
        clean(
            "changes",
            &serde_json::to_string(&changes).unwrap(),
            *person,
        );
        for entry in place.audit_log().await {
            clean("audit", &entry, *person);
        }
        let debug = format!(
            "{:?} {:?}",
            request.subject,
            place
                .store
                .journal(Topic::Notice, 0, 10)
                .await
                .unwrap()
                .len()
        );
        clean("debug", &debug, *person);
    });
}
