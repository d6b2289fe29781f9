//! The fuzz targets without a fuzzer: what must hold of every byte string, tried on good objects and on a few thousand that were good.
//! `cargo xtask fuzz` goes on from here.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    dead_code,
    unused_imports
)]

#[path = "../../../../fuzz/src/lib.rs"]
mod fuzz;

// The modules of the crate `fuzz` name each other from its root, which is this file here.
use fuzz::{hostile, mutation, office, seeds, targets, test_pki, world};

use std::panic::catch_unwind;
use std::time::Duration;

use mutation::Mutator;

/// Altered objects for each target.
const CHANGED: usize = 5000;

#[test]
fn what_must_hold_holds_of_good_objects() {
    for target in targets::ALL {
        for object in seeds::of(target.name) {
            holds(target, &object);
        }
    }
}

#[test]
fn what_must_hold_holds_of_altered_objects() {
    for (number, target) in (0..).zip(targets::ALL) {
        let objects = seeds::of(target.name);
        let mut mutator = Mutator::new(number);
        for _ in 0..CHANGED {
            let (object, other) = (mutator.pick(&objects), mutator.pick(&objects));
            holds(target, &mutator.change(object, other));
        }
    }
}

/// Nothing here may take time that grows with the square of the length: that would be hours.
#[test]
fn large_objects_do_not_keep_a_reader_busy() {
    hostile::objects().for_each(|object| ends_soon(object, 1_000_000));
    hostile::RUBBISH
        .iter()
        .for_each(|object| ends_soon(object, 10_000_000));
}

fn ends_soon(object: &hostile::Object, len: usize) {
    const SOON: Duration = Duration::from_secs(5);
    let bytes = (object.make)(len);
    for reader in hostile::READERS {
        let begun = hostile::computed();
        (reader.read)(&bytes);
        let time = hostile::computed() - begun;
        assert!(time < SOON, "{}: {}: {time:?}", reader.what, object.what);
    }
}

fn holds(target: &targets::Target, bytes: &[u8]) {
    let check = target.check;
    assert!(
        catch_unwind(|| check(bytes)).is_ok(),
        "{}: {}",
        target.name,
        hex::encode(bytes)
    );
}
