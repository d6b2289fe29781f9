//! Every form of PACE by every password, and every form of chip authentication, terminal against chip. Run with
//! `--nocapture` for the tables.

use std::fmt::Write as _;

use crypto::{AgreementDomain, Cipher};
use iso7816::{Channel, CommandApdu, Ins, ResponseApdu, StatusWord};
use lds::security_info::{PaceInfo, PaceMapping};
use protocols::chip_authentication;
use protocols::pace::chip::{PasswordState, Tries};
use protocols::pace::terminal;
use protocols::secure_messaging::{SecureChannel, SessionKeys};
use protocols::{Error, Password, Untrusted};

use crate::card::{
    Card, FILE, can_password, chip_key, form, key_pair, mrz_password, pin_password, puk_password,
    read, rng, strongest,
};
use crate::tampering::Tampering;

const MAPPINGS: [(&str, PaceMapping); 3] = [
    ("generic", PaceMapping::GenericMapping),
    ("integrated", PaceMapping::IntegratedMapping),
    (
        "chip authentication",
        PaceMapping::ChipAuthenticationMapping,
    ),
];

const PASSWORDS: [fn() -> Password; 4] = [mrz_password, can_password, pin_password, puk_password];

/// How many runs passed, of how many.
type Score = (usize, usize);

/// Runs the rows side by side: debug builds are slow over the larger domains.
fn rows(row: impl Fn(AgreementDomain) -> Vec<Score> + Sync) -> Vec<(AgreementDomain, Vec<Score>)> {
    let row = &row;
    std::thread::scope(|scope| {
        let threads: Vec<_> = AgreementDomain::all()
            .map(|domain| (domain, scope.spawn(move || row(domain))))
            .collect();
        let join = |(domain, thread): (_, std::thread::ScopedJoinHandle<'_, _>)| {
            (domain, thread.join().expect("no run panics"))
        };
        threads.into_iter().map(join).collect()
    })
}

fn print(title: &str, columns: &[&str], rows: &[(AgreementDomain, Vec<Score>)]) -> Score {
    let mut table = format!("{title:<20}");
    for column in columns {
        write!(table, "{column:>22}").unwrap();
    }
    for (domain, scores) in rows {
        write!(table, "\n{:<20}", domain.name()).unwrap();
        for (passes, all) in scores {
            let score = if *all == 0 {
                "-".to_owned()
            } else {
                format!("{passes} / {all}")
            };
            write!(table, "{score:>22}").unwrap();
        }
    }
    let scores = rows.iter().flat_map(|(_, scores)| scores);
    let (passes, all) = scores.fold((0, 0), |sum, score| (sum.0 + score.0, sum.1 + score.1));
    println!("{table}\n{passes} / {all}\n");
    (passes, all)
}

#[test]
fn every_form_of_pace_by_every_password() {
    let row = |domain| {
        let score = |(_, mapping)| {
            let infos = Cipher::ALL
                .into_iter()
                .filter_map(|cipher| form(mapping, domain, cipher));
            let runs =
                infos.flat_map(|info| PASSWORDS.map(|password| run(domain, &info, password)));
            runs.fold((0, 0), |(passes, all), run| {
                (passes + usize::from(run.is_ok()), all + 1)
            })
        };
        MAPPINGS.map(score).to_vec()
    };
    let total = print("PACE", &MAPPINGS.map(|(name, _)| name), &rows(row));
    // Generic: 14 domains, 4 ciphers. Integrated: not on P-224. Chip authentication: 11 curves, AES only. 4 passwords.
    let all = (14 * 4 + 13 * 4 + 11 * 3) * 4;
    assert_eq!((total, all), ((all, all), 564));
}

/// One run, and what has to hold after it.
fn run(domain: AgreementDomain, info: &PaceInfo, password: fn() -> Password) -> Result<(), Error> {
    let mut card = Card::new();
    card.pace_infos = vec![*info];
    card.mapping_keys = match domain {
        AgreementDomain::Ec(_) => vec![key_pair(domain, 14)],
        AgreementDomain::Dh(_) => Vec::new(),
    };
    card.passwords = [mrz_password(), can_password()]
        .map(PasswordState::unlimited)
        .into();
    for password in [pin_password(), puk_password()] {
        let tries = Tries::Left { now: 3, start: 3 };
        card.passwords.push(PasswordState { password, tries });
    }
    let password = password();
    let opened = terminal::establish(&mut card, info, &password, None, &mut rng(2))?;
    let at_chip = card.opened.take().unwrap();
    assert_eq!(at_chip.password, password.kind());
    assert!(at_chip.agreement.chip_key == opened.chip_key);
    assert!(at_chip.agreement.terminal_key == opened.own_key);
    assert_eq!(opened.id_ic(), at_chip.agreement.chip_key.compressed());
    assert_eq!(opened.keys.cipher(), info.protocol.cipher());
    let proves = info.protocol.mapping() == PaceMapping::ChipAuthenticationMapping;
    assert_eq!(opened.mapping_proof.is_some(), proves);
    if let Some(proof) = opened.mapping_proof {
        proof.check(&key_pair(domain, 14).public())?;
        let other = proof.check(&opened.chip_key);
        assert_eq!(other, Err(Error::Untrusted(Untrusted::PaceMappingProof)));
    }
    let mut channel = SecureChannel::new(&mut card, opened.keys);
    assert_eq!(read(&mut channel)?.data, FILE);
    assert_eq!(card.commands, 6, "five commands of PACE and one to read");
    Ok(())
}

/// The ciphers, 3DES by both pairs of commands.
const WAYS: [(&str, Cipher, bool); 5] = [
    ("3DES, KAT", Cipher::TripleDes, true),
    ("3DES, AT", Cipher::TripleDes, false),
    ("AES-128", Cipher::Aes128, false),
    ("AES-192", Cipher::Aes192, false),
    ("AES-256", Cipher::Aes256, false),
];

#[test]
fn every_form_of_chip_authentication() {
    let row = |domain| {
        WAYS.map(|(_, cipher, kat)| {
            let run = authenticate(domain, cipher, kat);
            (usize::from(run.is_ok()), 1)
        })
        .to_vec()
    };
    let columns = WAYS.map(|(name, ..)| name);
    let total = print("chip authentication", &columns, &rows(row));
    assert_eq!((total, 14 * 5), ((70, 70), 70));
}

fn authenticate(domain: AgreementDomain, cipher: Cipher, kat: bool) -> Result<(), Error> {
    let (key, infos) = chip_key(domain, &[cipher], Some(7));
    let old_keys = || SessionKeys::derive(Cipher::Aes128, b"a shared secret");
    let mut card = Card::new();
    card.chip_keys = vec![key];
    card.enter(old_keys());
    let mut by_kat = 0;
    let mut line = Tampering::new(
        SecureChannel::new(&mut card, old_keys()),
        |_, command: &CommandApdu, answer: ResponseApdu| {
            let is_kat = command.ins == Ins::MANAGE_SECURITY_ENVIRONMENT && command.p2 == 0xA6;
            by_kat += usize::from(is_kat);
            answer
        },
    );
    let selection = strongest(infos);
    let agreed = if kat || cipher != Cipher::TripleDes {
        chip_authentication::terminal::agree(&mut line, &selection, &mut rng(4))?
    } else {
        let mut without = Refusing(&mut line);
        chip_authentication::terminal::agree(&mut without, &selection, &mut rng(4))?
    };
    assert_eq!(agreed.keys.cipher(), cipher);
    assert_eq!(agreed.own_key.domain(), domain);
    line.line.rekey(agreed.keys);
    for _ in 0..2 {
        assert_eq!(read(&mut line)?.data, FILE);
    }
    drop(line);
    assert_eq!(by_kat, usize::from(kat));
    Ok(())
}

/// A line to a chip without MSE:Set KAT.
struct Refusing<'a>(&'a mut dyn Channel);

impl Channel for Refusing<'_> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, iso7816::ChannelError> {
        if command.ins == Ins::MANAGE_SECURITY_ENVIRONMENT && command.p2 == 0xA6 {
            return Ok(ResponseApdu::from_sw(StatusWord::FUNCTION_NOT_SUPPORTED));
        }
        self.0.transmit(command)
    }
}
