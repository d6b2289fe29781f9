//! Searches for people who may be registered already.

use enrolment::duplicates::{Hint, Index, MAX_HINTS, Person, Policy, Reason, Weights, search};
use enrolment::{Field, Language};
use proptest::prelude::*;

const REGISTERED: [(Field, &str); 7] = [
    (Field::PersonalNumber, "001199000001"),
    (Field::CmndNumber, "012345678"),
    (Field::FullName, "Nguyễn Thị Quỳnh Mẫu"),
    (Field::DateOfBirth, "1999-02-11"),
    (Field::Sex, "female"),
    (Field::FatherName, "Nguyễn Văn Bách Mẫu"),
    (Field::MotherName, "Lê Thị Ước Mẫu"),
];

/// The hints for a probe among some people, by both ways of searching, which must agree.
fn hints(people: &[Person], probe: &Person, policy: &Policy) -> Vec<Hint> {
    let mut index = Index::default();
    for person in people {
        index.insert(person);
    }
    let found = index.search(probe, policy, None);
    assert_eq!(
        search(probe, people, policy, &Weights::default(), None),
        found
    );
    found
}

#[test]
fn sees_through_what_clerks_do() {
    let check = |probe: &[(Field, &str)], expected: Option<&str>| {
        let people = [
            Person::new("old", &REGISTERED),
            Person::new(
                "other",
                &[
                    (Field::FullName, "Nguyễn Thị Lan"),
                    (Field::DateOfBirth, "1999-02-11"),
                ],
            ),
        ];
        let found = hints(&people, &Person::new("new", probe), &Policy::standard());
        let rules: Vec<_> = found
            .iter()
            .map(|hint| (hint.id.as_str(), hint.rule.as_str()))
            .collect();
        assert_eq!(
            rules,
            expected
                .map(|rule| ("old", rule))
                .into_iter()
                .collect::<Vec<_>>(),
            "{probe:?}"
        );
    };
    let name_and_date = |name, date| [(Field::FullName, name), (Field::DateOfBirth, date)];
    check(&[(Field::PersonalNumber, "001199000001")], Some("number"));
    check(
        &[(Field::PreviousDocumentNumber, "012 345 678")],
        Some("number"),
    );
    check(&[(Field::DocumentNumber, "012345678")], None);
    check(
        &name_and_date("NGUYEN THI QUYNH MAU", "1999-02-11"),
        Some("name-and-date"),
    );
    check(
        &name_and_date("Mẫu Quỳnh Nguyễn Thị", "1999-02-11"),
        Some("name-and-date"),
    );
    check(
        &name_and_date("Nguyễn Thị Quỳn Mẫu", "1999-11-02"),
        Some("name-and-similar-date"),
    );
    check(
        &name_and_date("Nguyễn Thị Quỳnh Mẫu", "1999"),
        Some("name-and-similar-date"),
    );
    check(
        &name_and_date("Nguyễn Thị Quỳnh Mẫu", "1989-02-11"),
        Some("name-and-similar-date"),
    );
    check(&name_and_date("Nguyễn Thị Quỳnh Mẫu", "1988-03-12"), None);
    check(&name_and_date("Nguyễn Thị Mai", "1999-02-11"), None);
    check(
        &[
            (Field::FullName, "Nguyễn Quỳnh Mẫu"),
            (Field::DateOfBirth, "1999-02-12"),
            (Field::FatherName, "Nguyen Van Bach Mau"),
            (Field::MotherName, "Le Thi Uoc Mau"),
        ],
        Some("family"),
    );
}

/// Reasons name the fields to look at, in the operator's language; ids of the own entry are left out.
#[test]
fn says_why() {
    let people = [
        Person::new("old", &REGISTERED),
        Person::new("new", &REGISTERED),
    ];
    let probe = Person::new(
        "new",
        &[
            (Field::PreviousDocumentNumber, "012345678"),
            (Field::FullName, "Nguyễn Thị Quỳnh Mẫu"),
            (Field::DateOfBirth, "1999-11-02"),
        ],
    );
    let found = hints(&people, &probe, &Policy::standard());
    let [hint] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(
        hint.reasons,
        [Reason::Number {
            field: Field::PreviousDocumentNumber,
            other: Field::CmndNumber
        }]
    );
    let policy = Policy::parse(
        "[[rule]]\nname = 'x'\nall = [{ date = { swapped = true } }, { alike = 'full_name', at_least = 0.5 }]",
    );
    let found = hints(&people, &probe, &policy.unwrap());
    let said: Vec<_> = found[0]
        .reasons
        .iter()
        .map(|reason| reason.message(Language::Vietnamese))
        .collect();
    assert_eq!(
        said,
        [
            "Ngày, tháng, năm sinh: đảo ngày và tháng",
            "Họ, chữ đệm và tên khai sinh: giống nhau 100 %"
        ]
    );
}

/// The matcher is asked about those only whom the cheaper tests let through.
#[test]
fn asks_the_finger_matcher_last() {
    let people = [
        Person::new(
            "a",
            &[(Field::Sex, "female"), (Field::FullName, "Lê Thị A")],
        ),
        Person::new(
            "b",
            &[(Field::Sex, "female"), (Field::FullName, "Lê Thị B")],
        ),
        Person::new("c", &[(Field::Sex, "male"), (Field::FullName, "Lê Văn C")]),
    ];
    let probe = Person::new(
        "new",
        &[(Field::Sex, "female"), (Field::FullName, "Trần Thị Khác")],
    );
    let mut asked = Vec::new();
    let mut matcher = |id: &str| {
        asked.push(id.to_owned());
        Some(if id == "b" { 0.93 } else { 0.1 })
    };
    let found = search(
        &probe,
        &people,
        &Policy::standard(),
        &Weights::default(),
        Some(&mut matcher),
    );
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].id.as_str(), found[0].rule.as_str()),
        ("b", "finger")
    );
    assert_eq!(asked, ["a", "b"]);
}

#[test]
fn gives_no_more_than_can_be_looked_at() {
    let people: Vec<Person> = (0..4 * MAX_HINTS + 7)
        .map(|i| Person::new(&i.to_string(), &REGISTERED))
        .collect();
    let found = hints(
        &people,
        &Person::new("new", &REGISTERED),
        &Policy::standard(),
    );
    assert_eq!(found.len(), MAX_HINTS);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever stands in a register, searching it does not panic, and both ways agree.
    #[test]
    fn any_register_can_be_searched(
        people in proptest::collection::vec((any::<String>(), "[A-Za-zÀ-ỹ ]{0,30}", "(19|20)[0-9]{2}(-0[1-9](-[12][0-9])?)?"), 0..20),
        probe in "[A-Za-zÀ-ỹ ]{0,30}",
    ) {
        let person = |id: usize, (number, name, date): &(String, String, String)| Person::new(
            &id.to_string(),
            &[(Field::PersonalNumber, number.as_str()), (Field::FullName, name), (Field::DateOfBirth, date)],
        );
        let people: Vec<Person> = people.iter().enumerate().map(|(id, texts)| person(id, texts)).collect();
        let probe = Person::new("new", &[(Field::FullName, &probe), (Field::DateOfBirth, "1999-01-12")]);
        hints(&people, &probe, &Policy::standard());
    }

    /// Order of words does not count.
    #[test]
    fn names_have_no_order(words in proptest::collection::vec("[A-ZĐ][a-zà-ỹ]{1,6}", 2..5)) {
        let there = words.join(" ");
        let back = words.iter().rev().cloned().collect::<Vec<_>>().join(" ");
        let people = [Person::new("old", &[(Field::FullName, &there), (Field::DateOfBirth, "1999-02-11")])];
        let probe = Person::new("new", &[(Field::FullName, &back), (Field::DateOfBirth, "1999-02-11")]);
        prop_assert_eq!(hints(&people, &probe, &Policy::standard()).len(), 1);
    }
}
