//! Properties over generated records.

use enrolment::{Field, Language, Severity, accept, check, profiles};
use mrz::name::{Choices, transliterate};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::people::{TODAY, citizen, profile, traveller, whole};

fn a_text_field() -> impl Strategy<Value = Field> {
    let fields: Vec<Field> = Field::ALL
        .iter()
        .copied()
        .filter(|field| field.is_text())
        .collect();
    proptest::sample::select(fields)
}

/// Texts that come near to what fields want, and texts that do not.
fn a_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9]{9,12}",
        "[12][0-9]{3}-[01][0-9]-[0-3][0-9]",
        "[A-Za-zÀ-ỹ0-9, ]{0,220}",
        "[A-Z]{1,3}",
    ]
}

/// No message repeats a bomb: bytes of the longest text that may stand in one, and of the words around it.
const MAX_MESSAGE: usize = 7 * 1024;

/// What only an attacker types.
fn bombs() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(format!("e{}", "\u{0301}".repeat(100_000))),
        Just("\u{0323}".repeat(5_000)),
        Just("Ặ".repeat(200_000)),
        Just(",;|".repeat(3_000)),
        Just("\u{FDFA}".repeat(1_000)),
    ]
}

/// A change that may break anything.
fn any_change() -> impl Strategy<Value = (Field, String)> {
    (a_text_field(), a_text())
}

/// A change that mostly breaks nothing: names and free texts, long ones among them.
fn a_mild_change() -> impl Strategy<Value = (Field, String)> {
    let fields = [
        Field::FullName,
        Field::GivenNames,
        Field::OtherName,
        Field::FatherName,
        Field::Profession,
        Field::IdentifyingMarks,
    ];
    let text = "[A-ZĐ][a-zà-ýđơưạảấẩậắợủứự]{1,9}( [A-ZĐ][a-zà-ýơưạảấẩậắợủứự'-]{1,9}){1,5}";
    (proptest::sample::select(fields.to_vec()), text)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever is typed, checking does not panic, and accepting goes by the findings.
    #[test]
    fn accepting_goes_by_the_findings(
        changes in proptest::collection::vec(prop_oneof![1 => any_change(), 9 => a_mild_change()], 1..4),
        is_citizen in any::<bool>(),
    ) {
        let (id, make): (_, fn() -> _) = if is_citizen { ("vn-cccd-2021", citizen) } else { ("uto-passport", traveller) };
        let mut record = make();
        for (field, text) in changes {
            record.set(field, text);
        }
        let findings = check(&record, profile(id), TODAY);
        let has_errors = findings.iter().any(|finding| finding.severity() == Severity::Error);
        match accept(record, profile(id), TODAY, &mut StdRng::seed_from_u64(1)) {
            Ok(accepted) => {
                prop_assert!(!has_errors);
                prop_assert_eq!(accepted.warnings(), findings);
                let zone = accepted.mrz().unwrap();
                let (read, odd) = mrz::Mrz::parse(&zone.joined()).unwrap();
                prop_assert!(odd.is_empty() && read == zone);
            }
            Err(refusal) => {
                let unfit = refusal.findings.iter().any(|finding| finding.rule.id == "content-unfit");
                prop_assert!(has_errors != unfit, "{:?}", refusal.findings);
            }
        }
    }

    /// Any text in any field of any card is told about and does not panic; a heap of marks or a huge text costs nothing.
    #[test]
    fn any_text_in_any_field(
        field in a_text_field(),
        text in prop_oneof![3 => any::<String>(), 3 => a_text(), 1 => bombs()],
        who in proptest::sample::select(vec!["vn-cccd-2021", "vn-can-cuoc-2024", "child", "uto-passport"]),
    ) {
        let (mut record, profile, today) = whole(who);
        record.set(field, text);
        for finding in check(&record, profile, today) {
            prop_assert!(finding.rule.scope.has(finding.field), "{} {}", finding.rule.id, finding.field);
            let message = finding.message(Language::Vietnamese);
            prop_assert!(!message.is_empty() && message.len() < MAX_MESSAGE, "{}", finding.rule.id);
        }
    }

    /// Cleaning what was cleaned changes nothing: what is accepted is accepted again, and nothing is cleaned twice.
    #[test]
    fn cleaning_is_idempotent(name in "( {0,2}[A-ZĐ][a-zà-ýđơưạảấẩậắợủứự\u{0301}\u{0323}]{1,9}){2,4} ?") {
        let mut record = citizen();
        record.set(Field::FullName, name);
        if let Ok(once) = accept(record, profile("vn-cccd-2021"), TODAY, &mut StdRng::seed_from_u64(1)) {
            let clean = once.text(Field::FullName).unwrap().to_owned();
            let mut record = citizen();
            record.set(Field::FullName, clean.clone());
            let twice = accept(record, profile("vn-cccd-2021"), TODAY, &mut StdRng::seed_from_u64(1)).unwrap();
            prop_assert_eq!(twice.text(Field::FullName), Some(clean.as_str()));
            let cleaned = twice.warnings().iter().any(|finding| finding.rule.id.starts_with("text-"));
            prop_assert!(!cleaned);
        }
    }

    /// Every name of Vietnamese letters, composed or not, has a form in the zone.
    #[test]
    fn vietnamese_has_a_form_in_the_zone(name in "[A-Za-zÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư\u{1EA0}-\u{1EF9}\u{031B}\u{0309}\u{0323} ]{1,40}") {
        let form = transliterate(&name, &Choices::RECOMMENDED).unwrap();
        prop_assert!(form.chars().all(|c| c.is_ascii_uppercase() || c == '<' || c == ' '), "{form}");
    }

    /// A record of the other document is told what it lacks.
    #[test]
    fn no_profile_takes_nothing(index in 0..profiles::ALL.len()) {
        let findings = check(&enrolment::HolderRecord::new(), profiles::ALL[index], TODAY);
        let required = profiles::ALL[index].data().required.len();
        prop_assert!(findings.len() > required);
    }
}
