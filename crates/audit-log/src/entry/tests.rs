use proptest::prelude::*;
use time::macros::datetime;

use super::*;
use crate::Error;

const ID: &str = "01936f5c-2b40-7abc-8def-0123456789ab";

fn word(text: &str) -> Word {
    Word::new(text).unwrap()
}

fn token(text: &str) -> Token {
    Token::new(text).unwrap()
}

fn entry() -> Entry {
    let actor = Actor {
        kind: ActorKind::Person,
        id: token("acc-17"),
        name: token("officer-17"),
    };
    let subject = Subject {
        kind: word("application"),
        id: token("app-2026-000042"),
    };
    let at = datetime!(2026-11-22 17:30:00.123456 +7);
    let id = Uuid::parse_str(ID).unwrap();
    Entry::new(
        id,
        at,
        actor,
        word("application.approve"),
        subject,
        Outcome::Done,
    )
    .unwrap()
}

fn full() -> Entry {
    entry()
        .with_purpose(word("border-control"))
        .with_consent(token("consent-7"))
        .with_detail(word("reason"), token("re-issue"))
        .unwrap()
        .with_detail(word("count"), Token::from(3))
        .unwrap()
}

const FULL: &str = concat!(
    r#"{"entry":1,"id":"01936f5c-2b40-7abc-8def-0123456789ab","at":"2026-11-22T10:30:00.123Z","#,
    r#""actor":{"kind":"person","id":"acc-17","name":"officer-17"},"action":"application.approve","#,
    r#""subject":{"kind":"application","id":"app-2026-000042"},"outcome":"done","purpose":"border-control","#,
    r#""consent":"consent-7","detail":{"count":"n=3","reason":"re-issue"}}"#
);

#[test]
fn the_one_spelling() {
    assert_eq!(String::from_utf8(full().to_bytes()).unwrap(), FULL);
    assert_eq!(Entry::parse(FULL.as_bytes()), Ok(full()));
    assert_eq!(full().leaf(), Hash::of_leaf(FULL.as_bytes()));
    let short = String::from_utf8(entry().to_bytes()).unwrap();
    assert!(short.ends_with(r#""outcome":"done"}"#), "{short}");
    assert_eq!(Entry::parse(short.as_bytes()), Ok(entry()));
}

#[test]
fn a_refusal_has_its_reason() {
    let refused = Entry {
        outcome: Outcome::Refused(word("not-two-persons")),
        ..entry()
    };
    let text = String::from_utf8(refused.to_bytes()).unwrap();
    assert!(
        text.ends_with(r#""outcome":{"refused":"not-two-persons"}}"#),
        "{text}"
    );
    assert_eq!(Entry::parse(text.as_bytes()), Ok(refused));
}

#[test]
fn other_spellings_are_no_entries() {
    let other = Error::Entry(EntryFault::OtherSpelling);
    for (from, to, want) in [
        (r#"{"entry""#, r#"{ "entry""#, Some(&other)),
        (r#""n=3""#, r#""n\u003d3""#, Some(&other)),
        (
            r#""count":"n=3","reason":"re-issue""#,
            r#""reason":"re-issue","count":"n=3""#,
            Some(&other),
        ),
        (r#""detail":{"#, r#""detail":{"count":"n=4","#, Some(&other)),
        (
            r#","detail":{"count":"n=3","reason":"re-issue"}"#,
            r#","detail":{}"#,
            Some(&other),
        ),
        (
            r#""purpose":"border-control""#,
            r#""purpose":null"#,
            Some(&other),
        ),
        ("01936f5c", "01936F5C", Some(&other)),
        (r#""entry":1"#, r#""entry":1.0"#, None),
        (r#""entry":1"#, r#""entry":1,"entry":1"#, None),
        (r#""done""#, r#""done","more":1"#, None),
        ("officer-17", "Specimen Test", None),
        (r#"}}"#, r#"}}x"#, None),
    ] {
        let text = FULL.replacen(from, to, 1);
        assert_ne!(text, FULL, "{from}");
        let error = Entry::parse(text.as_bytes()).unwrap_err();
        match want {
            Some(want) => assert_eq!(&error, want, "{to}"),
            None => assert!(
                matches!(error, Error::Entry(EntryFault::Malformed { .. })),
                "{to}: {error}"
            ),
        }
    }
}

#[test]
fn what_is_refused_and_why() {
    let check = |from: &str, to: &str, want: EntryFault| {
        let text = FULL.replacen(from, to, 1);
        assert_eq!(
            Entry::parse(text.as_bytes()),
            Err(Error::Entry(want)),
            "{to}"
        );
    };
    check(r#""entry":1"#, r#""entry":2"#, EntryFault::Version(2));
    check("-7abc-", "-4abc-", EntryFault::Id);
    check(
        "2026-11-22T10:30:00.123Z",
        "2026-11-22T10:30:00Z",
        EntryFault::Time,
    );
    check(
        "2026-11-22T10:30:00.123Z",
        "1969-12-31T23:59:59.999Z",
        EntryFault::Time,
    );
    check(
        r#""reason""#,
        r#""holder.surname""#,
        EntryFault::PersonalKey,
    );
    let long = vec![b' '; MAX_ENTRY_BYTES + 1];
    assert_eq!(
        Entry::parse(&long),
        Err(Error::Entry(EntryFault::TooLong(MAX_ENTRY_BYTES)))
    );
    let v4 = Uuid::parse_str(&ID.replace("-7abc-", "-4abc-")).unwrap();
    let one = entry();
    let made = Entry::new(v4, one.at, one.actor, one.action, one.subject, one.outcome);
    assert_eq!(made, Err(Error::Entry(EntryFault::Id)));
}

#[test]
fn details_have_limits() {
    let twice = full().with_detail(word("count"), Token::from(4));
    assert_eq!(twice, Err(Error::Entry(EntryFault::DetailTwice)));
    for key in ["mrz", "date-of-birth", "holder.name", "portrait-hash"] {
        let made = entry().with_detail(word(key), token("x"));
        assert_eq!(made, Err(Error::Entry(EntryFault::PersonalKey)), "{key}");
    }
    let mut many = entry();
    for number in 0..MAX_DETAILS {
        many = many
            .with_detail(word(&format!("key-{number}")), token("x"))
            .unwrap();
    }
    let more = many.with_detail(word("more"), token("x"));
    assert_eq!(
        more,
        Err(Error::Entry(EntryFault::TooManyDetails(MAX_DETAILS)))
    );
}

#[test]
fn the_largest_entry_is_read() {
    let long = token(&"x".repeat(words::MAX_TOKEN));
    let mut largest = entry()
        .with_purpose(word(&"p".repeat(words::MAX_WORD)))
        .with_consent(long.clone());
    for number in 0..MAX_DETAILS {
        let key = word(&format!("{}{number:02}", "k".repeat(words::MAX_WORD - 2)));
        largest = largest.with_detail(key, long.clone()).unwrap();
    }
    let bytes = largest.to_bytes();
    assert!(bytes.len() < MAX_ENTRY_BYTES, "{}", bytes.len());
    assert_eq!(Entry::parse(&bytes), Ok(largest));
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        action in "[a-z][a-z0-9.-]{0,63}",
        id in "[A-Za-z_][A-Za-z0-9._:/+=@-]{10,80}",
        millis in 0_i64..253_402_300_799_999,
        random in any::<[u8; 10]>(),
        details in prop::collection::btree_map("[a-z]{1,2}[0-9]{0,4}", "[a-z]{1,20}", 0..10),
    ) {
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).unwrap();
        let uuid = uuid::Builder::from_unix_timestamp_millis(7, &random).into_uuid();
        let (actor, subject) = (entry().actor, Subject { kind: word("document"), id: token(&id) });
        let mut made = Entry::new(uuid, at, actor, word(&action), subject, Outcome::Done).unwrap();
        for (key, value) in details {
            made = made.with_detail(word(&key), token(&value)).unwrap();
        }
        prop_assert_eq!(made.at(), at);
        prop_assert_eq!(Entry::parse(&made.to_bytes()), Ok(made));
    }

    #[test]
    fn any_bytes_are_an_entry_in_its_spelling_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(entry) = Entry::parse(&bytes) {
            prop_assert_eq!(entry.to_bytes(), bytes);
        }
    }

    #[test]
    fn a_changed_octet_is_another_entry_or_none(at in 0..FULL.len(), to in any::<u8>()) {
        let mut bytes = FULL.as_bytes().to_vec();
        prop_assume!(bytes[at] != to);
        bytes[at] = to;
        if let Ok(entry) = Entry::parse(&bytes) {
            prop_assert_ne!(entry.leaf(), full().leaf());
            prop_assert_eq!(entry.to_bytes(), bytes);
        }
    }
}
