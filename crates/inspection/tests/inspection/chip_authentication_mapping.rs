//! Chips that show in PACE that they are genuine, and those that only say so.

use std::sync::LazyLock;

use inspection::Outcome::{self, Failed, NotSupported, Successful, Undetermined};
use inspection::Report;
use inspection::tr03135::Value;
use lds::security_info::PaceMapping;
use lds::{EfCardAccess, File, FileContent, SecurityInfos};
use protocols::terminal_authentication::Rights;

use crate::authorities::State;
use crate::border::{Border, Card, outcome, table};
use crate::full_card::{Credentials, Wish};
use crate::verdict::of_table;

fn card() -> Card {
    static CARD: LazyLock<Card> = LazyLock::new(|| Wish::mapping().make());
    CARD.clone()
}

/// A border with a terminal that may read everything.
fn with_terminal(card: &Card) -> Border {
    let state = State::new();
    let certificates = state.chain(Rights::ALL, Rights::ALL);
    Border {
        terminal: Some(Credentials::of(state, certificates)),
        ..Border::with_can(card)
    }
}

fn check(border: &Border, card: &Card, expected: &[(&str, Outcome)]) -> Report {
    let report = border.inspect(&mut card.power_on());
    for (id, wanted) in expected {
        let found = match *id {
            "overall" => report.overall(),
            id => outcome(&report, id),
        };
        assert_eq!(found, *wanted, "{id}\n{}", table(&report));
    }
    report
}

#[test]
fn a_chip_that_has_proven_itself_in_pace() {
    let card = card();
    let expected = [
        ("pace", Successful),
        ("card-security", Successful),
        ("card-security-signature", Successful),
        ("chip-authentication-mapping", Successful),
        ("chip-authentication", NotSupported),
        ("chip-authenticity", Successful),
        ("card-access-signed", Successful),
        ("overall", Successful),
    ];
    let report = check(&Border::with_can(&card), &card, &expected);
    let pace = report.check("pace").unwrap();
    assert!(
        pace.finding
            .cause
            .starts_with("chip authentication mapping, brainpoolP256r1")
    );
    assert!(report.card_security.is_some());
    assert_eq!(of_table(&report, "pace-cam"), Value::Result(Successful));
    assert!(report.not_judged().is_empty());
}

/// After chip authentication mapping terminal authentication is bound to the key of chip authentication, where that ran, and
/// to that of PACE where it did not. Where EF.DG14 has no key, the chip is the issuer's, and nothing says of which document.
#[test]
fn fingers_after_the_mapping() {
    for (mapping_only, chip_authentication, chip) in [
        (false, Successful, Successful),
        (true, NotSupported, Undetermined),
    ] {
        let card = Wish {
            mapping_only,
            ..Wish::mapping()
        }
        .make();
        let border = with_terminal(&card);
        let expected = [
            ("chip-authentication-mapping", Successful),
            ("chip-authentication", chip_authentication),
            ("terminal-authentication", Successful),
            ("protected-data-groups", Successful),
            ("chip-authenticity", chip),
            ("card-access-signed", Successful),
            ("overall", chip),
        ];
        let report = check(&border, &card, &expected);
        let line = of_table(&report, "terminal-authentication");
        assert_eq!(line, Value::Result(Successful));
    }
}

/// The files of a genuine card on a chip that has keys of its own.
#[test]
fn a_copy() {
    let copied = true;
    let card = Wish {
        copied,
        ..Wish::mapping()
    }
    .make();
    let expected = [
        ("card-security-signature", Successful),
        ("chip-authentication-mapping", Failed),
        ("chip-authentication", Failed),
        ("overall", Failed),
    ];
    check(&Border::with_can(&card), &card, &expected);
}

/// A key that nobody has signed proves nothing.
#[test]
fn an_altered_ef_card_security() {
    let card = card().altered(|chip| {
        let last = chip.file(File::CardSecurity).unwrap().len() - 1;
        chip.tamper(File::CardSecurity, last, 0x01).unwrap();
    });
    let expected = [
        ("card-security-signature", Failed),
        ("chip-authentication-mapping", Undetermined),
        ("chip-authentication", Successful),
        ("overall", Failed),
    ];
    let report = check(&Border::with_can(&card), &card, &expected);
    let line = |id| of_table(&report, id);
    assert_eq!(line("security-object"), Value::Result(Successful));
    assert_eq!(line("security-objects"), Value::Result(Failed));
}

/// Where chip authentication is not offered besides, a wrong proof leaves nothing that speaks for the chip.
#[test]
fn a_copy_of_a_chip_without_chip_authentication() {
    let card = Wish {
        copied: true,
        mapping_only: true,
        ..Wish::mapping()
    }
    .make();
    let expected = [
        ("chip-authentication-mapping", Failed),
        ("chip-authentication", NotSupported),
        ("chip-authenticity", Failed),
        ("data-groups", Successful),
        ("overall", Failed),
    ];
    check(&Border::with_can(&card), &card, &expected);
}

/// A terminal shows its certificates, and signs, for a chip that has shown its key and for no other (Doc 9303-11 §7.1).
#[test]
fn a_copy_gets_no_signature_of_the_terminal() {
    for mapping_only in [false, true] {
        let card = Wish {
            copied: true,
            mapping_only,
            ..Wish::mapping()
        }
        .make();
        let border = with_terminal(&card);
        let report = border.inspect(&mut card.power_on());
        let found = outcome(&report, "terminal-authentication");
        assert!(
            ![Successful, Failed].contains(&found),
            "{mapping_only}\n{}",
            table(&report)
        );
        assert!(report.terminal_authentication.is_none());
    }
}

/// Nor does a key whose signer nobody knows.
#[test]
fn an_issuer_nobody_knows() {
    let card = card();
    let border = Border {
        trust: pki::TrustStore::new(),
        ..Border::with_can(&card)
    };
    let expected = [
        ("card-security-signature", Undetermined),
        ("chip-authentication-mapping", Undetermined),
        ("chip-authenticity", Undetermined),
        ("overall", Undetermined),
    ];
    check(&border, &card, &expected);
}

/// Whoever hides the mapping in EF.CardAccess is found out by EF.DG14.
#[test]
fn a_hidden_mapping() {
    let card = card();
    let file = card.file(File::CardAccess);
    let infos = EfCardAccess::parse(&file).unwrap().value.security_infos;
    let kept = infos
        .pace()
        .filter(|info| info.protocol.mapping() != PaceMapping::ChipAuthenticationMapping);
    let security_infos = SecurityInfos::new(kept.copied().map(lds::SecurityInfo::Pace));
    let altered = EfCardAccess { security_infos }.to_bytes();
    let card = card.altered(|chip| chip.replace_file(File::CardAccess, altered).unwrap());
    let expected = [
        ("chip-authentication-mapping", NotSupported),
        ("chip-authentication", Successful),
        ("card-access-signed", Failed),
        ("overall", Failed),
    ];
    check(&Border::with_can(&card), &card, &expected);
}
