//! What we issue keeps every rule.

use pki::lint::Severity;

use crate::good::Good;
use crate::test_pki::ALL;

/// Every profile, every algorithm, explicit parameters: nothing above a notice, and no doubt what it is.
#[test]
fn what_we_issue_has_no_findings() {
    for algorithm in ALL {
        let good = Good::new(algorithm);
        for (kind, bytes) in good.objects() {
            let report = good.lint(bytes, None);
            let findings: Vec<String> = report
                .findings()
                .filter(|(_, finding)| finding.severity > Severity::Notice)
                .map(|(object, finding)| format!("{}: {finding:?}", object.place))
                .collect();
            assert!(findings.is_empty(), "{algorithm:?} {kind}: {findings:#?}");
            assert_eq!(report.objects[0].kind, Some(*kind), "{algorithm:?}");
            for object in &report.objects {
                assert_eq!(object.doubt, None, "{algorithm:?} {kind} {}", object.place);
            }
        }
    }
}

/// The only notices are about what the standard leaves to the issuer: RSA PKCS#1 v1.5, two hashes in one EF.SOD.
#[test]
fn notices_are_about_choices() {
    for algorithm in ALL {
        let good = Good::new(algorithm);
        for (kind, bytes) in good.objects() {
            for (_, finding) in good.lint(bytes, None).findings() {
                let expected = ["algorithm.rsa-pss", "sod.algorithms-differ"];
                let expected = expected.contains(&finding.rule.id);
                assert!(expected, "{algorithm:?} {kind}: {finding:?}");
            }
        }
    }
}
