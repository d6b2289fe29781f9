use axum::body::Bytes;
use enrolment::Field;
use time::Duration;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::place::{NOW, NUMBER, Place, agreement, ask};
use crate::relying::Fault;
use crate::relying::Party;
use crate::relying::agreement::Agreement;
use crate::relying::attribute::Verdict::{self, Match, NoMatch, NotKnown};
use crate::relying::lines::{Batch, TOGETHER};
use crate::relying::subject::Subject;

const NOBODY: &str = "001099999999";
const NAME: (&str, &str) = ("full_name", "Nguyễn Thị Hòa");
const BIRTH: (&str, &str) = ("date_of_birth", "1999-02-01");

/// Asks, and compares the whole answer with what it should be.
async fn check(
    (place, party): &(Place, Party),
    number: &str,
    attributes: &[(&str, &str)],
    overall: Verdict,
    each: &[(&str, Verdict)],
) {
    let request = ask(number, attributes);
    let answer = place.desk.verify(party, &request, NOW).await.unwrap();
    assert_eq!(answer.overall, overall, "{attributes:?}");
    let compared = answer.attributes.iter();
    let found: Vec<(&str, Verdict)> = compared
        .map(|compared| (compared.attribute.word(), compared.result))
        .collect();
    for pair in each {
        assert!(found.contains(pair), "{attributes:?}: {found:?}");
    }
    assert_eq!(found.len(), attributes.len());
    assert_eq!(answer.reference.is_some(), overall == Match);
}

/// A register with somebody, and a party that may ask often.
async fn asked() -> (Place, Party) {
    let place = Place::new().await;
    place.somebody().await;
    let agreement = Agreement {
        tries_per_subject: 32,
        ..agreement()
    };
    let party = place.party(agreement).await;
    (place, party)
}

#[tokio::test]
async fn answers_say_match_and_nothing_else() {
    let asked = &asked().await;
    check(asked, NUMBER, &[NAME, BIRTH], Match, &[]).await;
    check(
        asked,
        NUMBER,
        &[NAME, BIRTH, ("life_status", "living")],
        Match,
        &[],
    )
    .await;
    check(
        asked,
        NUMBER,
        &[NAME, ("sex", "male")],
        NoMatch,
        &[("full_name", Match), ("sex", NoMatch)],
    )
    .await;
    check(
        asked,
        NUMBER,
        &[BIRTH, ("mother_name", "TEST A")],
        NotKnown,
        &[("date_of_birth", Match), ("mother_name", NotKnown)],
    )
    .await;
}

#[tokio::test]
async fn whoever_knows_neither_name_nor_birth_learns_nothing() {
    let asked = &asked().await;
    // Whoever knows neither name nor birth learns nothing, also not what is right.
    check(
        asked,
        NUMBER,
        &[("full_name", "TEST B"), ("sex", "female")],
        NoMatch,
        &[("sex", NoMatch)],
    )
    .await;
    check(
        asked,
        NUMBER,
        &[("full_name", "TEST B"), ("mother_name", "TEST A")],
        NoMatch,
        &[("mother_name", NoMatch)],
    )
    .await;
    check(
        asked,
        NOBODY,
        &[NAME, BIRTH, ("sex", "female")],
        NoMatch,
        &[("sex", NoMatch)],
    )
    .await;
    // The texts of the record that stands for nobody match nobody either.
    check(
        asked,
        NOBODY,
        &[
            ("full_name", "TEST SPECIMEN NOBODY"),
            ("date_of_birth", "1900-01-01"),
        ],
        NoMatch,
        &[],
    )
    .await;
}

/// Somebody, nobody, a wrong name, a person without texts: the same questions to the store, and answers of the same form.
#[tokio::test]
async fn the_shape_tells_nothing() {
    let place = Place::new().await;
    place.somebody().await;
    place.person("001099000002", &[]).await;
    let document = |number: &str| Subject::Document {
        issuing_state: "UTO".into(),
        number: number.into(),
    };
    let job = Uuid::now_v7();
    place.document(job, super::chips::ENTERED).await;
    let number = |number: &str| Subject::PersonalNumber(number.into());
    let shapes = [
        vec![number(NUMBER), number(NOBODY), number("001099000002")],
        vec![document("X00000001"), document("X00000002")],
    ];
    for subjects in shapes {
        let mut seen = Vec::new();
        for subject in subjects {
            for name in [NAME.1, "TEST A"] {
                // Another party for each, so that all of them ask for the first time.
                let party = place.party(agreement()).await;
                let request = crate::relying::verification::Request {
                    subject: subject.clone(),
                    ..ask(
                        NUMBER,
                        &[
                            ("full_name", name),
                            ("sex", "female"),
                            ("mother_name", "TEST"),
                        ],
                    )
                };
                place.store.asked();
                let answer = place.desk.verify(&party, &request, NOW).await.unwrap();
                let names: Vec<_> = answer
                    .attributes
                    .iter()
                    .map(|compared| compared.attribute)
                    .collect();
                seen.push((place.store.asked(), names));
            }
        }
        assert!(seen.iter().all(|shape| *shape == seen[0]), "{seen:#?}");
        assert!(seen[0].0.len() >= 4, "{:?}", seen[0].0);
    }
}

#[tokio::test]
async fn what_is_not_agreed_on_is_refused_and_audited() {
    let place = Place::new().await;
    place.somebody().await;
    let narrow = Agreement {
        attributes: vec!["full_name".parse().unwrap(), "sex".parse().unwrap()],
        ..agreement()
    };
    let party = place.party(narrow).await;
    let refused = async |change: fn(&mut crate::relying::verification::Request)| {
        let mut request = ask(NUMBER, &[NAME]);
        change(&mut request);
        place
            .desk
            .verify(&party, &request, NOW)
            .await
            .unwrap_err()
            .refusal()
            .unwrap()
    };
    assert_eq!(
        refused(|request| request.purpose = "curiosity".into()).await,
        "not-agreed"
    );
    assert_eq!(
        refused(|request| request.attributes = ask("1", &[NAME, BIRTH]).attributes).await,
        "not-agreed"
    );
    assert_eq!(
        refused(|request| request.attributes = ask("1", &[("sex", "male")]).attributes).await,
        "content"
    );
    assert_eq!(
        refused(|request| request.attributes.clear()).await,
        "content"
    );
    assert_eq!(refused(|request| request.consent = None).await, "content");
    assert_eq!(
        refused(|request| request.consent = Some("TEST of a person".into())).await,
        "content"
    );
    assert_eq!(
        refused(|request| request.consent = Some(NUMBER.into())).await,
        "content"
    );
    for number in [
        "",
        "00109900000١",
        "001 099",
        "x",
        "'; DROP TABLE claim; --",
        &"1".repeat(23),
    ] {
        let request = ask(number, &[NAME]);
        assert!(
            matches!(
                place.desk.verify(&party, &request, NOW).await,
                Err(Fault::Content("subject"))
            ),
            "{number}"
        );
    }
    let log = place.audit_log().await;
    assert_eq!(log.len(), 13);
    assert!(
        log.iter()
            .all(|entry| entry.contains("refused") && entry.contains("verify.attributes")),
        "{log:#?}"
    );
}

#[tokio::test]
async fn guessing_ends() {
    let place = Place::new().await;
    place.somebody().await;
    let party = place
        .party(Agreement {
            tries_per_subject: 3,
            misses_per_day: 10,
            ..agreement()
        })
        .await;
    let guess = async |number: &str, day: u8, at| {
        let birth = format!("1999-03-{day:02}");
        place
            .desk
            .verify(&party, &ask(number, &[("date_of_birth", &birth)]), at)
            .await
    };
    for number in [NUMBER, NOBODY] {
        for day in [1, 2, 3, 1, 2] {
            guess(number, day, NOW).await.unwrap();
            place.desk.misses.forget();
        }
        // The subject that exists and the one that does not stop at the same attempt.
        if number == NUMBER {
            let Err(Fault::TooOften { what, wait }) = guess(number, 4, NOW).await else {
                panic!()
            };
            assert_eq!((what, wait), ("tries-of-subject", Duration::DAY));
            place.desk.misses.forget();
        } else {
            break;
        }
    }
    // The tenth miss of the day was the last one, also for another process, and for other subjects.
    let other = crate::relying::RelyingDesk::new(
        place.store.clone(),
        place.vault.clone(),
        "https://x.example",
    )
    .unwrap();
    let request = ask("001099000003", &[("date_of_birth", "1999-03-01")]);
    let Err(Fault::TooOften { what, .. }) = other.verify(&party, &request, NOW).await else {
        panic!()
    };
    assert_eq!(what, "misses-of-day");
    assert!(
        guess(NUMBER, 4, NOW + Duration::DAY).await.is_ok(),
        "tomorrow is another day"
    );
    assert_eq!(
        crate::relying::guessing::sweep(&place.store, NOW + Duration::days(3))
            .await
            .unwrap(),
        2
    );
}

#[tokio::test]
async fn purpose_and_consent_are_in_the_log() {
    let place = Place::new().await;
    let person = place.somebody().await;
    let party = place.party(agreement()).await;
    place
        .desk
        .verify(&party, &ask(NUMBER, &[NAME]), NOW)
        .await
        .unwrap();
    let log = place.audit_log().await;
    let [entry] = log.as_slice() else {
        panic!("{log:?}")
    };
    for part in [
        "open-account",
        "consent-17",
        "verify.attributes",
        &person.to_string(),
        &party.id.to_string(),
    ] {
        assert!(entry.contains(part), "{part}: {entry}");
    }
}

fn lines(count: usize) -> String {
    let line = |at: usize| {
        let name = if at.is_multiple_of(2) {
            NAME.1.to_owned()
        } else {
            format!("TEST {at}")
        };
        let number = if at.is_multiple_of(3) {
            NUMBER.to_owned()
        } else {
            format!("0010980{at:05}")
        };
        serde_json::json!({ "id": format!("l{at}"), "subject": { "personal_number": number },
            "attributes": { "full_name": name }, "consent": "consent-1" })
        .to_string()
    };
    (0..count).map(|at| line(at) + "\n").collect()
}

async fn answered(
    place: &Place,
    party: &Party,
    text: String,
    first_line: u64,
    left: u64,
) -> Vec<serde_json::Value> {
    let (sender, mut receiver) = mpsc::channel::<Bytes>(1);
    let batch = Batch {
        id: Uuid::now_v7(),
        purpose: "open-account".into(),
        first_line,
    };
    let collect = async {
        let mut octets = Vec::new();
        while let Some(part) = receiver.recv().await {
            octets.extend_from_slice(&part);
        }
        octets
    };
    let work = async {
        let body = axum::body::Body::from(text);
        place
            .desk
            .verify_lines(party, &batch, body, &sender, left, &|| NOW)
            .await;
        drop(sender);
    };
    let (octets, ()) = tokio::join!(collect, work);
    let text = String::from_utf8(octets).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn a_batch_is_answered_line_by_line_and_gone_on_with() {
    let place = Place::new().await;
    place.somebody().await;
    let party = place
        .party(Agreement {
            tries_per_subject: 32,
            ..agreement()
        })
        .await;
    let count = 2 * TOGETHER + 7;
    let mut text = lines(count);
    text.push_str("{\"not\": \"a line\"}\n\u{0}\n{\"id\":\"last\"");
    let answers = answered(&place, &party, text.clone(), 1, 10_000).await;
    assert_eq!(answers.len(), count + 3 + 1);
    for (at, answer) in answers.iter().enumerate().take(count) {
        assert_eq!(answer["line"], at + 1);
        assert_eq!(answer["id"], format!("l{at}"));
        // Beyond the attempts that are allowed for one subject, a line says so.
        if answer["problem"].is_null() {
            let wanted = if at % 6 == 0 { "match" } else { "no-match" };
            assert_eq!(answer["overall"], wanted, "{answer}");
        } else {
            assert_eq!(answer["problem"], "tries-of-subject");
        }
    }
    assert!(
        answers[count..count + 3]
            .iter()
            .all(|answer| answer["problem"] == "content")
    );
    let end = &answers[count + 3];
    assert_eq!(
        (&end["end"], &end["next_line"]),
        (&true.into(), &(count as u64 + 4).into())
    );
    let rest: String = text
        .lines()
        .skip(400)
        .map(|line| format!("{line}\n"))
        .collect();
    let again = answered(&place, &party, rest, 401, 10_000).await;
    assert_eq!(
        again,
        answers[400..],
        "the rest is answered as the first time"
    );
    let few = answered(&place, &party, lines(TOGETHER + 1), 1, TOGETHER as u64).await;
    assert_eq!(few.last().unwrap()["problem"], "lines-of-day");
    assert_eq!(few.len(), TOGETHER + 1);
}

#[tokio::test]
#[ignore = "needs minutes: a batch of 100,000"]
async fn a_batch_of_a_hundred_thousand() {
    let place = Place::new().await;
    for at in 0..100 {
        place
            .person(
                &format!("0010980{at:05}"),
                &[(Field::FullName, "TEST SPECIMEN")],
            )
            .await;
    }
    let party = place
        .party(Agreement {
            tries_per_subject: 32,
            ..agreement()
        })
        .await;
    let begun = std::time::Instant::now();
    let answers = answered(&place, &party, lines(100_000), 1, 1_000_000).await;
    let took = begun.elapsed().as_secs_f64();
    assert_eq!(answers.len(), 100_001);
    println!(
        "batch: 100,000 lines in {took:.1} s, {:.0} lines/s",
        100_000.0 / took
    );
}
