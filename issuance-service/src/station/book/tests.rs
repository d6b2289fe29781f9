use std::fs;

use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-11-22 05:00 UTC);

fn events() -> Vec<Event> {
    let id = Uuid::from_u128;
    let sealed = |number| Event::Sealed {
        id: id(number),
        digest: Digest::of(&[1]),
        length: 7,
    };
    vec![
        sealed(1),
        Event::Sent(id(1)),
        sealed(2),
        Event::Received(id(1), b"receipt".to_vec()),
        Event::Erase(id(1), Why::Receipt),
        Event::Erased(id(1)),
        Event::Sent(id(2)),
        Event::Refused(id(2), b"no".to_vec()),
        Event::Erase(id(2), Why::Age(90)),
        Event::Erased(id(2)),
        Event::DraftErased(id(3)),
    ]
}

fn written(path: &Path) -> Book {
    Book::create(path, &Digest::of(b"station"), NOW).unwrap();
    let mut book = Book::open(path).unwrap();
    for event in events() {
        book.append(NOW, &event).unwrap();
    }
    book
}

#[test]
fn what_is_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book");
    let book = written(&path);
    let again = Book::open(&path).unwrap();
    assert_eq!(again.anchor(), book.anchor());
    assert_eq!(again.anchor().line, 12);
    assert_eq!(again.latest(), Some(NOW));
    let stages = again.packets().values().map(|packet| packet.stage);
    assert_eq!(stages.collect::<Vec<_>>(), [Stage::Erased, Stage::Erased]);
    let first = &again.packets()[&Uuid::from_u128(1)];
    assert_eq!(first.receipt.as_deref(), Some(&b"receipt"[..]));
}

#[test]
fn a_torn_last_line_goes_and_the_book_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book");
    written(&path);
    let whole = fs::read(&path).unwrap();
    for cut in 1..100 {
        fs::write(&path, &whole[..whole.len() - cut]).unwrap();
        let mut book = Book::open(&path).unwrap();
        assert!(fs::read(&path).unwrap().ends_with(b"\n"), "{cut}");
        book.append(NOW, &Event::DraftErased(Uuid::from_u128(9)))
            .unwrap();
        Book::open(&path).unwrap();
    }
}

#[test]
fn no_line_is_changed_taken_out_or_put_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book");
    written(&path);
    let whole = fs::read(&path).unwrap();
    for place in 0..whole.len() - 1 {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        fs::write(&path, changed).unwrap();
        assert!(Book::open(&path).is_err(), "byte {place}");
    }
    let text = String::from_utf8(whole).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for place in 0..lines.len() - 1 {
        let without = [&lines[..place], &lines[place + 1..]].concat().concat();
        fs::write(&path, without).unwrap();
        assert!(Book::open(&path).is_err(), "without line {place}");
        let twice = [&lines[..=place], &lines[place..]].concat().concat();
        fs::write(&path, twice).unwrap();
        assert!(Book::open(&path).is_err(), "twice line {place}");
    }
}

#[test]
fn what_cannot_have_happened_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book");
    for event in [
        Event::Sent(Uuid::nil()),
        Event::Erased(Uuid::nil()),
        Event::Begin(Digest::of(b"station")),
    ] {
        Book::create(&path, &Digest::of(b"station"), NOW).unwrap();
        let mut book = Book::open(&path).unwrap();
        book.append(NOW, &event).unwrap();
        assert!(Book::open(&path).is_err(), "{event:?}");
    }
}
