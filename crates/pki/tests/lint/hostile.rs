//! Bytes from strangers: lint answers to all of them, and soon.

use std::time::{Duration, Instant};

use iso7816::tlv::{Tag, encode};
use pki::lint::{LintReport, ObjectKind, lint};
use proptest::prelude::*;

use crate::forge::{Node, edit_content};
use crate::good::GOOD;

fn read_everything(bytes: &[u8]) -> LintReport {
    let report = lint(bytes, None, &[]);
    assert!(!report.objects.is_empty());
    let _ = format!("{report:?} {:?}", report.by_rule());
    report
}

fn kinds() -> impl Strategy<Value = ObjectKind> {
    prop::sample::select(ObjectKind::ALL.to_vec())
}

proptest! {
    #[test]
    fn random_bytes(
        tag in prop_oneof![Just(0x77u8), Just(0x30), Just(0x31)],
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        kind in kinds(),
    ) {
        read_everything(&bytes);
        let whole = encode(Tag::new(tag.into()), &bytes);
        read_everything(&whole);
        let _ = lint(&whole, Some(kind), &[]);
    }

    #[test]
    fn good_objects_with_changes(
        kind in kinds(),
        as_kind in proptest::option::of(kinds()),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = GOOD.object(kind).to_vec();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = GOOD.lint(&bytes, as_kind);
    }
}

#[test]
fn ten_megabytes_of_garbage_end_soon() {
    const LEN: usize = 10_000_000;
    let nested = [0x30, 0x80].repeat(LEN / 2);
    let rows = encode(Tag::new(0x30), &[0x30, 0x00].repeat(LEN / 2));
    let set = encode(Tag::new(0x31), &[0x30, 0x00].repeat(LEN / 2));
    let half_open = [&[0x30, 0x80, 0xA0, 0x80][..], &[0x05, 0x00].repeat(LEN / 2)].concat();
    for (what, bytes) in [
        ("zeros", vec![0; LEN]),
        ("ones", vec![0xFF; LEN]),
        ("nested", nested),
        ("rows", rows),
        ("half open", half_open),
        ("set of nothing", set),
    ] {
        let start = Instant::now();
        read_everything(&bytes);
        let elapsed = start.elapsed();
        assert!(elapsed < Duration::from_secs(1), "{what}: {elapsed:?}");
    }
}

/// Ten times the members take ten times as long, not a hundred times.
#[test]
fn time_grows_with_the_list() {
    let list_of = |count: usize| {
        let mut list = Node::read(GOOD.object(ObjectKind::MasterList));
        edit_content(&mut list, |list| {
            let members = list.at(&[1]).nodes();
            let first = members[0].clone();
            members.resize(count, first);
        });
        list.bytes()
    };
    let time = |count| {
        let bytes = list_of(count);
        let start = Instant::now();
        read_everything(&bytes);
        start.elapsed()
    };
    let (few, many) = (time(100), time(1000));
    assert!(
        many < few * 40 + Duration::from_secs(1),
        "{few:?}, {many:?}"
    );
}
