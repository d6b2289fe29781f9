//! Journals that were altered, files that are none.

use authorization_pki::{
    Entity, Error, JournalFault, MAX_JOURNAL_LEN, TerminalCredentials, certificate_row,
};

use crate::office::{Office, after, domestic, p256, terminal};

/// A verifier's journal with every kind of line but a CVCA's own.
fn journal() -> String {
    let mut cvca = Office::cvca();
    let mut verifier = Office::verifier(&mut cvca);
    let _ = Office::system(&mut verifier);
    verifier.entity.journal().text().to_owned()
}

#[track_caller]
fn fault_of(text: &str) -> (usize, JournalFault) {
    match Entity::open(text.as_bytes()) {
        Err(Error::Journal { line, fault }) => (line, fault),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_line_is_held_by_the_next() {
    let text = journal();
    let lines: Vec<&str> = text.lines().collect();
    let joined = |lines: &[&str]| {
        lines
            .iter()
            .map(|line| format!("{line}\n"))
            .collect::<String>()
    };
    for at in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(at);
        if at + 1 < lines.len() {
            assert_eq!(
                fault_of(&joined(&without)),
                (at + 1, JournalFault::Number),
                "{at}"
            );
        }
        let mut twice = lines.clone();
        twice.insert(at, lines[at]);
        assert_eq!(
            fault_of(&joined(&twice)),
            (at + 2, JournalFault::Number),
            "{at}"
        );
    }
    // Cut at every line's end it is a journal of before.
    for count in 1..=lines.len() {
        Entity::open(joined(&lines[..count]).as_bytes()).unwrap();
    }
    let place = text.replacen("\"memory\"", "\"pkcs11:\"", 1);
    assert_eq!(fault_of(&place), (3, JournalFault::Chain));
}

#[test]
fn what_is_no_journal() {
    let text = journal();
    for (altered, expected) in [
        (String::new(), (1, JournalFault::Empty)),
        ("\n".to_owned(), (1, JournalFault::Unreadable)),
        ("{}\n".to_owned(), (1, JournalFault::Unreadable)),
        (text.trim_end().to_owned(), (5, JournalFault::Torn)),
        (
            text.replacen("{\"number\"", "{ \"number\"", 1),
            (1, JournalFault::Unreadable),
        ),
        (
            text.replacen("\"number\":1,", "\"number\":1,\"x\":1,", 1),
            (1, JournalFault::Unreadable),
        ),
        (
            text.replacen("\"number\":1,", "\"number\":2,", 1),
            (1, JournalFault::Number),
        ),
    ] {
        assert_eq!(fault_of(&altered), expected, "{altered:.80}");
    }
    assert_eq!(
        Entity::open(&vec![b' '; MAX_JOURNAL_LEN + 1]).map(drop),
        Err(Error::TooLong {
            what: "journal",
            limit: MAX_JOURNAL_LEN
        })
    );
    assert_eq!(
        Entity::open(&[0xFF]).map(drop),
        Err(Error::Journal {
            line: 1,
            fault: JournalFault::Unreadable
        })
    );
}

/// A journal without its last lines is a good journal. A hash that was noted elsewhere shows what is gone.
#[test]
fn a_noted_line_shows_what_was_taken_away() {
    let text = journal();
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at + 1).collect();
    let journals: Vec<Entity> = ends
        .iter()
        .map(|end| Entity::open(&text.as_bytes()[..*end]).unwrap())
        .collect();
    for (of, noted) in journals.iter().enumerate() {
        let noted = noted.journal().head();
        for (at, found) in journals.iter().enumerate() {
            let since = found.journal().lines_since(noted);
            assert_eq!(since, at.checked_sub(of), "{of} in {at}");
        }
    }
    let first = authorization_pki::Fingerprint::default();
    assert_eq!(journals[0].journal().lines_since(first), None);
}

/// What becomes of a line, by its index.
type Edit<'a> = &'a dyn Fn(usize, &str) -> String;

/// Whoever can write the file can make the hashes fit; what the lines say must still have been possible.
#[test]
fn a_chain_of_hashes_made_anew_does_not_help() {
    let text = journal();
    let forged = |edit: Edit<'_>| {
        let mut head = authorization_pki::Fingerprint::default();
        let mut whole = String::new();
        for (index, line) in text.lines().enumerate() {
            let mut value: serde_json::Value = serde_json::from_str(&edit(index, line)).unwrap();
            value["previous"] = head.to_string().into();
            let line: authorization_pki::Line = serde_json::from_value(value).unwrap();
            let line = serde_json::to_string(&line).unwrap();
            head = authorization_pki::Fingerprint::of(line.as_bytes());
            whole += &format!("{line}\n");
        }
        whole
    };
    Entity::open(forged(&|_, line| line.to_owned()).as_bytes()).unwrap();
    let swap =
        |from: &'static str, to: &'static str| move |_: usize, line: &str| line.replace(from, to);
    let edits: [(usize, Edit<'_>); 4] = [
        (2, &swap("UTTESTDVUT001", "UTTESTDVUT002")),
        (2, &swap("ECDSA-SHA-256/P-256", "ECDSA-SHA-384/P-384")),
        (
            5,
            &swap(
                "\"identification\":\"fingerprint\"",
                "\"identification\":\"countersignature\"",
            ),
        ),
        // Made a day later than its certificate says.
        (5, &|index, line| {
            if index == 4 {
                line.replace("2026-06-01T08", "2026-06-02T08")
            } else {
                line.to_owned()
            }
        }),
    ];
    for (line, edit) in edits {
        let (found, fault) = fault_of(&forged(edit));
        assert_eq!(found, line, "{fault}");
        assert!(matches!(fault, JournalFault::Contradiction(_)), "{fault}");
    }
}

#[test]
fn octets_that_are_no_certificates() {
    let mut cvca = Office::cvca();
    let mut verifier = Office::verifier(&mut cvca);
    let system = Office::system(&mut verifier);
    let (_, credentials) = system.entity.credentials(after(0)).unwrap();
    let good = credentials.to_bytes();
    assert_eq!(TerminalCredentials::read(&good).unwrap().to_bytes(), good);
    let many = good.repeat(20);
    for file in [
        &b""[..],
        b"x",
        &good[1..],
        &good[..good.len() - 1],
        &many,
        &vec![0x7F; 1 << 20],
    ] {
        assert!(
            TerminalCredentials::read(file).is_err(),
            "{} octets",
            file.len()
        );
        assert!(verifier.entity.import(file, after(1)).is_err());
        assert!(verifier.certify(file, terminal(None), after(1)).is_err());
        let settings =
            crate::office::settings(authorization_pki::EntityKind::DocumentVerifier, "UT", "X");
        assert!(Office::new(settings, file, 1).is_err());
    }
    // A verifier's chain is nobody's credentials, and a terminal no trust point.
    assert!(TerminalCredentials::read(&verifier.chain()).is_err());
    let terminal = certificate_row::write(credentials.certificates().last());
    let settings =
        crate::office::settings(authorization_pki::EntityKind::DocumentVerifier, "UT", "X");
    assert!(Office::new(settings, &terminal, 1).is_err());
}

#[test]
fn nothing_that_was_cut_is_half_done() {
    // Killed behind any line: the same step can be done again, and one request has still one certificate.
    let mut cvca = Office::cvca();
    let mut verifier = Office::verifier(&mut cvca);
    let request = verifier.request(after(1)).unwrap();
    let before = cvca.entity.clone();
    let lost = cvca.certify(&request, domestic(None), after(1)).unwrap();
    // The answer never left, the journal did not reach the disk: nobody has the first certificate.
    cvca.entity = before;
    let second = cvca.certify(&request, domestic(None), after(1)).unwrap();
    assert!(!second.again && !lost.again);
    // The journal reached the disk, the answer did not leave: the same comes again.
    cvca.entity = cvca.reread();
    let third = cvca.certify(&request, domestic(None), after(9)).unwrap();
    assert_eq!(
        (&third.certificate, third.again),
        (&second.certificate, true)
    );
    let file = cvca.file_of(&third.certificate);
    assert_eq!(verifier.entity.import(&file, after(9)), Ok(1));
    assert_eq!(verifier.entity.import(&file, after(9)), Ok(0));
    // A key was named and not made: its name is used up, and goes on.
    verifier.make_key(p256(), after(9)).unwrap();
    assert!(verifier.reread().state().planned().is_some());
}
