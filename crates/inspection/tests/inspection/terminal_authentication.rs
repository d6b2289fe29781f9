//! Fingers, and the terminals that may see them.

use std::sync::LazyLock;

use inspection::Outcome::{self, Failed, NotSupported, Successful, Undetermined};
use inspection::Report;
use lds::security_info::{ActiveAuthenticationInfo, SecurityInfo};
use lds::{Dg14, File, FileContent, SecurityInfos};
use protocols::terminal_authentication::{Certificate, Period, Rights};

use crate::authorities::{Party, State, day, this_year};
use crate::border::{Border, Card, outcome, table};
use crate::full_card::{Credentials, Gone, Wish};
use crate::office::{Kind, PASSPORT};

const FINGERS: Rights = Rights {
    fingers: true,
    irises: false,
};
const IRISES: Rights = Rights {
    fingers: false,
    irises: true,
};

fn card() -> Card {
    static CARD: LazyLock<Card> = LazyLock::new(|| Wish::default().make());
    CARD.clone()
}

/// An inspection with certificates: what became of the protocol and of the fingers. Neither changes the verdict.
fn check(
    border: Border,
    card: &Card,
    credentials: Option<Credentials>,
    protocol: (Outcome, &str),
    fingers: Outcome,
) -> Report {
    let border = Border {
        terminal: credentials,
        ..border
    };
    let report = border.inspect(&mut card.power_on());
    let found = &report.check("terminal-authentication").unwrap().finding;
    assert_eq!(found.outcome, protocol.0, "{}", table(&report));
    assert!(found.cause.contains(protocol.1), "{}", found.cause);
    assert_eq!(outcome(&report, "protected-data-groups"), fingers);
    assert_eq!(report.overall(), Successful, "{}", table(&report));
    let is_read = report.data.as_shown().files.contains_key(&File::Dg3);
    assert_eq!(is_read, fingers == Successful);
    let is_covered = report.verdict().covered.contains(&File::Dg3);
    assert_eq!(is_covered, is_read, "what is read is compared");
    report
}

fn credentials(of_verifier: Rights, of_terminal: Rights) -> Credentials {
    let state = State::new();
    let certificates = state.chain(of_verifier, of_terminal);
    Credentials::of(state, certificates)
}

#[test]
fn fingers_open_to_who_may_read_them() {
    let card = card();
    for border in [Border::with_can, Border::with_mrz, Border::with_bac] {
        let credentials = Some(credentials(Rights::ALL, FINGERS));
        let expected = (Successful, "UTTESTISUT001: its certificates allow fingers");
        let report = check(border(&card), &card, credentials, expected, Successful);
        let shown = report.terminal_authentication.unwrap();
        assert_eq!(shown.certificates.len(), 2);
        assert_eq!(shown.rights, Some(FINGERS));
    }
}

#[test]
fn fingers_stay_closed_to_others() {
    let card = card();
    let border = || Border::with_can(&card);
    let expected = (Undetermined, "has no certificates");
    let report = check(border(), &card, None, expected, Undetermined);
    assert_eq!(report.terminal_authentication, None);

    let (all, no) = (Rights::ALL, Rights::default());
    for (of_verifier, of_terminal, words) in [
        (IRISES, all, "allow irises"),
        (all, no, "allow neither"),
        (IRISES, FINGERS, "allow neither"),
    ] {
        let credentials = Some(credentials(of_verifier, of_terminal));
        let report = check(
            border(),
            &card,
            credentials,
            (Successful, words),
            Undetermined,
        );
        let groups = report.check("protected-data-groups").unwrap();
        let cause = "the certificates of this terminal do not allow EF.DG3";
        assert_eq!(groups.finding.cause, cause);
    }
}

/// What a terminal lacks, and what a chip refuses: the remedy is the terminal's, and the document is none the worse.
#[test]
fn certificates_that_do_not_serve() {
    let card = card();
    let refused = |change: &dyn Fn(State) -> Credentials, protocol: (Outcome, &str)| {
        let border = Border::with_can(&card);
        let credentials = Some(change(State::new()));
        let report = check(border, &card, credentials, protocol, Undetermined);
        let shown = report.terminal_authentication.as_ref();
        assert_eq!(shown.and_then(|shown| shown.rights), None);
        report
    };
    let chain = |state: &State, cvca: &Party, period| -> Vec<Certificate> {
        state.chain_from(cvca, Rights::ALL, Rights::ALL, period)
    };

    let past = Period::new(day(1, 1), day(11, 20)).unwrap();
    let expired = |state: State| {
        let certificates = chain(&state, &state.cvca, past);
        Credentials::of(state, certificates)
    };
    let report = refused(&expired, (Undetermined, "from UTTESTCVCAUT001"));
    let finding = &report.check("terminal-authentication").unwrap().finding;
    assert!(finding.remedy.unwrap().contains("renew"));

    let unknown = |state: State| {
        let certificates = chain(&state, &state.next_cvca, this_year());
        Credentials::of(state, certificates)
    };
    refused(&unknown, (Undetermined, "no certificates of this terminal"));

    let forged = |state: State| {
        let forger = Party::new("UTTESTCVCAUT001", 666);
        let certificates = chain(&state, &forger, this_year());
        Credentials::of(state, certificates)
    };
    let report = refused(&forged, (Failed, "6"));
    let remarks = report.verdict().remarks;
    assert!(
        remarks
            .iter()
            .any(|remark| remark.id == "terminal-authentication")
    );

    let other_key = |mut state: State| {
        let certificates = chain(&state, &state.cvca, this_year());
        state.terminal.key = Party::new("UTTESTISUT001", 667).key;
        Credentials::of(state, certificates)
    };
    refused(&other_key, (Failed, "6300"));

    let gone = |state: State| {
        let certificates = chain(&state, &state.cvca, this_year());
        Credentials {
            key: Box::new(Gone),
            ..Credentials::of(state, certificates)
        }
    };
    refused(&gone, (Undetermined, "the token was pulled"));
}

/// A chip that trusts nobody was made before terminal authentication: it is asked for EF.CVCA, and all else goes on.
#[test]
fn a_chip_without_trust_points() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let credentials = Some(credentials(Rights::ALL, Rights::ALL));
    let expected = (NotSupported, "no EF.CVCA");
    check(
        Border::with_bac(&card),
        &card,
        credentials,
        expected,
        Undetermined,
    );
}

/// A chip whose key nobody known has signed sees no certificate of the terminal, however well it proves that key: the signer of
/// EF.SOD is a stranger, or EF.DG14 is not what was signed.
#[test]
fn a_chip_with_a_key_of_its_own() {
    let card = card();
    let dg14 = Dg14::parse(&card.file(File::Dg14)).unwrap().value;
    let hash = crypto::HashAlgorithm::Sha256;
    let more = SecurityInfo::ActiveAuthentication(ActiveAuthenticationInfo::new(hash));
    let infos = dg14.security_infos.iter().cloned().chain([more]);
    let security_infos = SecurityInfos::new(infos);
    let dg14 = Dg14 { security_infos }.to_bytes();
    let altered = card.altered(|chip| chip.replace_file(File::Dg14, dg14).unwrap());
    let unknown = pki::TrustStore::new();
    for (card, trust, overall) in [
        (&card, unknown, Undetermined),
        (&altered, card.trust(), Failed),
    ] {
        let border = Border {
            trust,
            terminal: Some(credentials(Rights::ALL, Rights::ALL)),
            ..Border::with_can(card)
        };
        let report = border.inspect(&mut card.power_on());
        let found = |id| outcome(&report, id);
        assert_eq!(found("chip-authentication"), Successful);
        assert_eq!(found("terminal-authentication"), Undetermined);
        assert_eq!(found("protected-data-groups"), Undetermined);
        assert_eq!(report.terminal_authentication, None);
        assert_eq!(report.overall(), overall, "{}", table(&report));
        let terminal = report.check("terminal-authentication").unwrap();
        let cause = &terminal.finding.cause;
        assert!(cause.contains("the issuer's could not be shown"), "{cause}");
    }
}
