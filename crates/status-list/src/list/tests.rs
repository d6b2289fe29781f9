use proptest::prelude::*;

use super::*;

#[test]
fn entries_lie_from_the_least_significant_bit_upwards() {
    let mut list = StatusList::new(Bits::Two, 12).unwrap();
    for (index, value) in (0..).zip([1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]) {
        list.set(index, Status::from_value(value)).unwrap();
    }
    assert_eq!(list.octets, [0xC9, 0x44, 0xF9]);
    assert_eq!(list.status(9), Ok(Status::Suspended));
}

#[test]
fn the_best_level_is_written() {
    let list = StatusList::new(Bits::One, 16).unwrap();
    assert_eq!(list.compress()[..2], [0x78, 0xDA]);
}

#[test]
fn sizes_and_limits() {
    let beyond = |index, entries| Err(Error::NoSuchIndex { index, entries });
    for (bits, asked, entries) in [
        (Bits::One, 1, 8),
        (Bits::One, 8, 8),
        (Bits::Two, 9, 12),
        (Bits::Four, 3, 4),
        (Bits::Eight, 3, 3),
        (Bits::Eight, 1 << 20, 1 << 20),
        (Bits::One, 1 << 23, 1 << 23),
    ] {
        let mut list = StatusList::new(bits, asked).unwrap();
        assert_eq!(list.entries(), entries, "{bits:?}");
        assert_eq!(list.status(entries - 1), Ok(Status::Valid));
        for index in [entries, u64::MAX] {
            assert_eq!(list.status(index), beyond(index, entries));
            assert_eq!(
                list.set(index, Status::Invalid).map(|()| Status::Valid),
                beyond(index, entries)
            );
        }
    }
    for (bits, asked) in [
        (Bits::One, 0),
        (Bits::One, (1 << 23) + 1),
        (Bits::Eight, u64::MAX),
    ] {
        let most = most_entries(bits);
        assert_eq!(
            StatusList::new(bits, asked),
            Err(ListFault::Entries(most).into())
        );
    }
    let mut list = StatusList::new(Bits::One, 8).unwrap();
    let too_large = Error::StatusTooLarge { status: 2, bits: 1 };
    assert_eq!(list.set(0, Status::Suspended), Err(too_large));
    for count in [0, 3, 16, u64::MAX] {
        assert_eq!(Bits::from_count(count), Err(ListFault::Bits(count)));
    }
}

fn zlib(octets: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(octets).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn streams_that_are_refused() {
    let good = zlib(&[1, 2, 3]);
    assert_eq!(
        StatusList::decompress(Bits::Eight, &good)
            .unwrap()
            .status(2),
        Ok(Status::Application(3))
    );
    let mut wrong_sum = good.clone();
    *wrong_sum.last_mut().unwrap() ^= 1;
    let largest = vec![0; MAX_LIST_BYTES];
    assert_eq!(
        StatusList::decompress(Bits::One, &zlib(&largest))
            .unwrap()
            .entries(),
        1 << 23
    );
    let bomb = vec![0; 64 * MAX_LIST_BYTES];
    for (what, stream, want) in [
        ("nothing", Vec::new(), ListFault::Zlib),
        ("no zlib", vec![0; 20], ListFault::Zlib),
        (
            "only the beginning",
            good[..good.len() - 5].to_vec(),
            ListFault::Zlib,
        ),
        (
            "without its sum",
            good[..good.len() - 4].to_vec(),
            ListFault::Zlib,
        ),
        ("a wrong sum", wrong_sum, ListFault::Zlib),
        (
            "more after it",
            [good.as_slice(), &[0]].concat(),
            ListFault::Trailing,
        ),
        (
            "two of them",
            [good.as_slice(), &good].concat(),
            ListFault::Trailing,
        ),
        (
            "one octet too many",
            zlib(&vec![0; MAX_LIST_BYTES + 1]),
            ListFault::TooLarge(MAX_LIST_BYTES),
        ),
        ("a bomb", zlib(&bomb), ListFault::TooLarge(MAX_LIST_BYTES)),
        ("no entries", zlib(&[]), ListFault::Entries(1 << 23)),
    ] {
        assert_eq!(
            StatusList::decompress(Bits::One, &stream),
            Err(want.into()),
            "{what}"
        );
    }
}

fn bits() -> impl Strategy<Value = Bits> {
    prop::sample::select(vec![Bits::One, Bits::Two, Bits::Four, Bits::Eight])
}

proptest! {
    #[test]
    fn what_is_set_is_there_and_nothing_else(bits in bits(), set in prop::collection::btree_map(0_u64..2_000, any::<u8>(), 0..60)) {
        let mut list = StatusList::new(bits, 2_000).unwrap();
        for (index, value) in &set {
            list.set(*index, Status::Application(bits.mask())).unwrap();
            list.set(*index, Status::from_value(value & bits.mask())).unwrap();
        }
        let read = StatusList::decompress(bits, &list.compress()).unwrap();
        prop_assert_eq!(&read, &list);
        for index in 0..list.entries() {
            let want = set.get(&index).map_or(0, |value| value & bits.mask());
            prop_assert_eq!(read.status(index), Ok(Status::from_value(want)));
        }
    }

    #[test]
    fn any_octets_are_a_list_or_an_error(bits in bits(), octets in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = StatusList::decompress(bits, &octets);
        let _ = StatusList::decompress(bits, &[&[0x78, 0xDA], octets.as_slice()].concat());
    }
}
