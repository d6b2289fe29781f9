//! Properties over generated records.

use enrolment::{Field, Severity, accept, check, profiles};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::people::{TODAY, citizen, profile, traveller};

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

    /// A record of the other document is told what it lacks.
    #[test]
    fn no_profile_takes_nothing(index in 0..profiles::ALL.len()) {
        let findings = check(&enrolment::HolderRecord::new(), profiles::ALL[index], TODAY);
        let required = profiles::ALL[index].data().required.len();
        prop_assert!(findings.len() > required);
    }
}
