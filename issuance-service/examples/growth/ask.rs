//! The questions of every day, asked of one database after the other in turns, so that whatever else the machine does meets all of them.

use std::time::{Duration, Instant};

use issuance_service::office::{Office, PersonQuery};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use register::Key;

use super::lives;
use super::someone::Someone;

/// What is asked.
pub const QUESTIONS: [&str; 3] = ["personal number", "document number", "fuzzy name"];

/// How long each question took, by size.
pub struct Asked {
    /// `[size][question]`.
    pub times: Vec<[Vec<Duration>; 3]>,
    /// How many of the people searched by a misspelled name were among the answers, by size.
    pub found: Vec<usize>,
}

/// Asks `rounds` questions of each kind at each size.
pub async fn ask(sizes: &[(u64, Office)], rounds: usize, seed: u64) -> Asked {
    let rng = &mut StdRng::seed_from_u64(seed);
    let mut asked = Asked {
        times: sizes.iter().map(|_| Default::default()).collect(),
        found: vec![0; sizes.len()],
    };
    for _ in 0..rounds {
        for (place, (people, office)) in sizes.iter().enumerate() {
            let times = &mut asked.times[place];
            let someone = Someone::of(rng.random_range(0..*people));
            times[0].push(timed(number(office, &someone)).await);
            let card = rng.random_range(0..people.div_ceil(lives::CARD_EACH)) * lives::CARD_EACH;
            times[1].push(timed(document(office, &Someone::of(card))).await);
            let (query, sought) = misspelled(rng.random_range(0..*people), rng);
            let start = Instant::now();
            let found = office.search(&query, 20).await.unwrap();
            times[2].push(start.elapsed());
            let number = sought.personal_number();
            let is_there = found
                .iter()
                .any(|view| view.row.number.as_ref() == Some(&number));
            asked.found[place] += usize::from(is_there);
        }
    }
    asked
}

async fn timed(question: impl Future<Output = ()>) -> Duration {
    let start = Instant::now();
    question.await;
    start.elapsed()
}

async fn number(office: &Office, someone: &Someone) {
    let number = someone.personal_number();
    let person = office.people().of_number(&number).await.unwrap().unwrap();
    let view = office.person(person).await.unwrap().unwrap();
    assert_eq!(view.full_name(), someone.name());
}

async fn document(office: &Office, someone: &Someone) {
    let number = someone.document_number();
    let key = Key::DocumentNumber {
        issuing_state: "VNM".into(),
        number: number.clone(),
    };
    let job = office.documents().find(&key).await.unwrap().unwrap();
    let summary = office.documents().summary(job).await.unwrap().unwrap();
    assert_eq!(summary.document_number, number);
}

/// A person's name as a hurried clerk types it: without tones, and one word of it wrong or the family behind.
fn misspelled(number: u64, rng: &mut StdRng) -> (PersonQuery, Someone) {
    let someone = Someone::of(number);
    let bare = enrolment::spelling::bare(&someone.name());
    let mut words: Vec<String> = enrolment::spelling::words(&bare)
        .map(str::to_owned)
        .collect();
    if rng.random_bool(0.5) {
        let wrong = rng.random_range(0..words.len());
        words[wrong].push('h');
    } else {
        words.rotate_left(1);
    }
    let query = PersonQuery {
        name: words.join(" "),
        birth: Some(someone.birth.clone()),
    };
    (query, someone)
}
