//! Files that were read before, inspected without a chip.

use std::collections::BTreeMap;

use inspection::Outcome::{self, Failed, NotSupported, Successful, Undetermined};
use inspection::{Data, Source};
use lds::File;

use crate::border::{Border, Card, outcome, table};
use crate::office::{Kind, PASSPORT};

type Files = BTreeMap<File, Vec<u8>>;

fn files(card: &Card) -> Files {
    let report = Border::with_can(card).inspect(&mut card.power_on());
    report.data.as_shown().files.clone()
}

#[test]
fn files_of_a_card_are_judged_as_on_the_card() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let border = Border::with_mrz(&card);
    let good = files(&card);
    let on_card = border.inspect(&mut card.power_on());
    let report = border.inspect_files(good.clone());
    assert_eq!(report.source, Source::Files);
    assert_eq!(report.overall(), Successful, "{}", table(&report));
    assert!(matches!(report.data, Data::Verified(_)));
    for check in &report.checks {
        let id = check.kind.id;
        let expected = if id == "chip-authenticity" {
            NotSupported
        } else {
            outcome(&on_card, id)
        };
        assert_eq!(check.finding.outcome, expected, "{id}");
    }

    let without = |file: File| {
        let mut files = good.clone();
        files.remove(&file);
        files
    };
    let changed = |file: File| {
        let mut files = good.clone();
        *files.get_mut(&file).unwrap().last_mut().unwrap() ^= 1;
        files
    };
    let cases: [(&str, Files, Outcome); 6] = [
        ("EF.DG2 missing", without(File::Dg2), Undetermined),
        ("EF.DG2 changed", changed(File::Dg2), Failed),
        ("EF.SOD missing", without(File::Sod), Undetermined),
        (
            "EF.SOD cut",
            BTreeMap::from([(File::Sod, good[&File::Sod][..100].to_vec())]),
            Failed,
        ),
        (
            // On a chip this would be PACE that somebody hides; in a folder it is a file that nobody has copied.
            "EF.CardAccess missing",
            without(File::CardAccess),
            Undetermined,
        ),
        ("nothing", BTreeMap::new(), Undetermined),
    ];
    for (what, files, expected) in cases {
        let report = border.inspect_files(files);
        assert_eq!(report.overall(), expected, "{what}\n{}", table(&report));
    }
}
