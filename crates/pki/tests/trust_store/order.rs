//! The same files in every order: what the store trusts does not depend on it.

use pki::trust_store::{KeptOut, ObjectKind, Offered};
use pki::{Acceptance, TrustStore};

use crate::states::{Writing, crl, fingerprint, key, master_list, trusted};

const VOUCHED: Acceptance = Acceptance::Vouched;

type File<'a> = (&'static str, Vec<u8>, &'a Acceptance);

/// Every order of `count` things.
fn permutations(count: usize) -> Vec<Vec<usize>> {
    if count == 0 {
        return vec![Vec::new()];
    }
    let shorter = permutations(count - 1);
    let places = |order: Vec<usize>| {
        (0..count).map(move |place| {
            let mut order = order.clone();
            order.insert(place, count - 1);
            order
        })
    };
    shorter.into_iter().flat_map(places).collect()
}

fn offered<'a>((source, bytes, acceptance): &'a File<'_>) -> Offered<'a> {
    Offered {
        bytes,
        source,
        acceptance,
    }
}

/// What a store trusts and keeps out, whatever the order: in one go, and one file after the other.
#[track_caller]
fn check(what: &str, files: &[File<'_>], subjects: &[&str], kept_out: &[&str]) {
    for order in permutations(files.len()) {
        let files = order.iter().map(|place| &files[*place]);
        let mut together = TrustStore::new();
        let intake = together.take_in(files.clone().map(offered));
        assert_eq!(intake.receipts.len(), order.len(), "{what}: {order:?}");
        let mut one_by_one = TrustStore::new();
        for file in files {
            let intake = one_by_one.take_in([offered(file)]);
            let mut receipts = intake.receipts.iter();
            assert!(receipts.any(|receipt| receipt.file == fingerprint(&file.1)));
        }
        for store in [&together, &one_by_one] {
            assert_eq!(trusted(store), subjects, "{what}: {order:?}");
            let mut kept: Vec<&str> = store.kept_out().iter().map(KeptOut::source).collect();
            kept.sort_unstable();
            assert_eq!(kept, kept_out, "{what}: {order:?}");
        }
    }
}

/// A state with two generations, the second known only by a list of the first, and what lists of others would bring.
struct World {
    first: Writing,
    second: Writing,
    root: Vec<u8>,
    list_of_second: Vec<u8>,
    signer: Writing,
    list_of_stranger: Vec<u8>,
}

impl World {
    fn new() -> Self {
        let first = Writing::root("UT", "CSCA TEST", &key(1));
        let second = Writing::root("UT", "CSCA TEST", &key(2));
        let first_signer = first.list_signer("UT", &key(3)).signed_by(&key(1));
        let signer = Writing {
            serial: 77,
            ..first.list_signer("UT", &key(4))
        };
        let stranger = Writing::root("XX", "CSCA TEST", &key(5)).by_itself();
        Self {
            root: first.by_itself(),
            list_of_second: master_list(&[&second.by_itself()], &first_signer, &key(3)),
            list_of_stranger: master_list(&[&stranger], &signer.signed_by(&key(1)), &key(4)),
            signer,
            first,
            second,
        }
    }

    fn files<'a>(&self, ceremony: &'a Acceptance, crl: Vec<u8>) -> Vec<File<'a>> {
        vec![
            ("stranger.ml", self.list_of_stranger.clone(), &VOUCHED),
            ("second.ml", self.list_of_second.clone(), &VOUCHED),
            ("crl.der", crl, &VOUCHED),
            ("root.der", self.root.clone(), ceremony),
        ]
    }
}

const UT: &str = "C=UT, CN=CSCA TEST";
const XX: &str = "C=XX, CN=CSCA TEST";

#[test]
fn files_vouch_for_each_other_in_any_order() {
    let world = World::new();
    let ceremony = Acceptance::OutOfBand("ceremony".into());
    let crl = |revoked: &[u8]| crl(&world.second, &key(2), "260101000000Z", revoked);
    let files = |revoked: &[u8]| world.files(&ceremony, crl(revoked));
    check("nobody revoked", &files(&[200]), &[UT, UT, XX], &[]);
    check(
        "the signer of one list",
        &files(&[world.signer.serial]),
        &[UT, UT],
        &["stranger.ml"],
    );
    // The list that brought the CSCA of the CRL was signed by who the CRL revokes: it goes, and what it revokes stays revoked.
    check(
        "the signer of the other",
        &files(&[3]),
        &[UT, XX],
        &["second.ml"],
    );
    check(
        "both",
        &files(&[3, 77]),
        &[UT],
        &["second.ml", "stranger.ml"],
    );

    let link = world
        .second
        .link_to(&Writing::root("UT", "CSCA TEST 3", &key(6)));
    let mut more = files(&[77]);
    more.push(("link.der", link.signed_by(&key(2)), &VOUCHED));
    more.push((
        "stray.der",
        Writing::root("XA", "CSCA TEST", &key(15)).by_itself(),
        &VOUCHED,
    ));
    let all = [UT, UT, "C=UT, CN=CSCA TEST 3"];
    check("links, too", &more, &all, &["stranger.ml", "stray.der"]);
}

#[test]
fn a_revoked_csca_vouches_for_nothing_in_any_order() {
    let world = World::new();
    let ceremony = Acceptance::OutOfBand("ceremony".into());
    let third = Writing::root("UT", "CSCA TEST 3", &key(6));
    let link = world.first.link_to(&third).signed_by(&key(1));
    let next = world.second.by_itself();
    for (what, signer) in [
        ("its own list", &world.first),
        ("that of its successor", &world.second),
    ] {
        let revoking = crl(signer, &signer.key, "260101000000Z", &[world.first.serial]);
        let files: Vec<File<'_>> = vec![
            ("link.der", link.clone(), &VOUCHED),
            ("stranger.ml", world.list_of_stranger.clone(), &VOUCHED),
            ("crl.der", revoking, &VOUCHED),
            ("root.der", world.root.clone(), &ceremony),
            ("next.der", next.clone(), &ceremony),
        ];
        check(what, &files, &[UT, UT], &["link.der", "stranger.ml"]);
    }
}

#[test]
fn what_a_revocation_takes_away_is_said() {
    let world = World::new();
    let ceremony = Acceptance::OutOfBand("ceremony".into());
    let files = world.files(
        &ceremony,
        crl(&world.first, &key(1), "260101000000Z", &[77]),
    );
    let mut store = TrustStore::new();
    store.take_in([&files[0], &files[3]].map(offered));
    assert_eq!(trusted(&store), [UT, XX]);
    let intake = store.take_in([offered(&files[2])]);
    let refused: Vec<_> = intake
        .receipts
        .iter()
        .filter(|receipt| receipt.result.is_err())
        .map(|receipt| (receipt.kind, receipt.source.as_ref()))
        .collect();
    assert_eq!(refused, [(Some(ObjectKind::MasterList), "stranger.ml")]);
    assert_eq!(trusted(&store), [UT]);
}
