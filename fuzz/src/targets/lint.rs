//! The lint over whatever somebody hands it, as the kind that it is and as kinds that it is not.

use pki::lint::{ObjectKind, lint as check};

use super::assert_printable;
use crate::world::WORLD;

/// What must hold of every byte string that is linted.
pub fn lint(bytes: &[u8]) {
    let issuers = std::slice::from_ref(&WORLD.csca);
    // One kind for each object: all of them would make the fuzzer twelve times as slow.
    let chosen = bytes.last().map_or(0, |last| usize::from(*last));
    let other = ObjectKind::ALL[chosen % ObjectKind::ALL.len()];
    for kind in [None, Some(other)] {
        let report = check(bytes, kind, issuers);
        assert!(!report.objects.is_empty(), "a file without a word about it");
        for (object, finding) in report.findings() {
            assert!(
                finding.at.is_none_or(|at| at <= bytes.len()),
                "{}",
                finding.rule.id
            );
            for text in [&object.name, &finding.found, &finding.expected] {
                assert_printable(text);
            }
        }
        let counted: usize = report.by_rule().iter().map(|count| count.findings).sum();
        assert_eq!(counted, report.findings().count());
        assert_eq!(report.worst().is_none(), counted == 0);
    }
}
