//! Terminal authentication on a whole card: who may read DG3 and DG4, and what the chip remembers (chapter 02 §4).

use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet, LifeCycle};
use crypto::Cipher;
use iso7816::tlv::{Tag, encode};
use iso7816::{Channel, Chip as _, CommandApdu, Ins, Le};
use lds::security_info::{KeyAgreement, PaceMapping};
use lds::{EfCvca, File};
use protocols::PasswordKind;
use protocols::error::Error;
use protocols::secure_messaging::SecureChannel;
use protocols::terminal_authentication::terminal::{Path, authenticate, present};
use protocols::terminal_authentication::{
    AuthorityReference, Binding, Certificate, InMemory, Period, Rights, Role,
};

use crate::authorities::{Party, State, day, this_year};
use crate::commands::by_bac;
use crate::full_card::{
    CURVE_KEY, DOCUMENT_NUMBER, FullCard, GROUP_KEY, Session, authenticate_chip, establish,
    full_card, full_card_in, octets, open, pace_info, password, read, select_application, wire,
};
use crate::host::sw;
use crate::memory::{Cut, Failing};
use crate::specimen::{self, rng};

const NO_RIGHT: Rights = Rights {
    fingers: false,
    irises: false,
};
const FINGERS: Rights = Rights {
    fingers: true,
    irises: false,
};
const IRISES: Rights = Rights {
    fingers: false,
    irises: true,
};

/// What the chip says to the terminal that has these certificates.
fn prove<C: Channel>(
    line: &mut C,
    state: &State,
    certificates: &[Certificate],
    binding: &Binding,
) -> u16 {
    let path = path(core::slice::from_ref(&state.cvca.name), state, certificates);
    let (key, rng) = (&state.terminal.key, &mut rng(11));
    let proved = authenticate(
        line,
        &path,
        core::slice::from_ref(binding),
        &mut InMemory { key, rng },
    );
    word(proved.map(drop))
}

fn path<'a>(
    trusted: &[AuthorityReference],
    state: &State,
    certificates: &'a [Certificate],
) -> Path<'a> {
    Path::find(trusted, certificates, &state.terminal.name, day(6, 15)).unwrap()
}

fn word(result: protocols::Result<()>) -> u16 {
    match result {
        Ok(()) => 0x9000,
        Err(Error::CardRefused { sw, .. }) => sw.0,
        Err(other) => panic!("{other}"),
    }
}

/// What the chip says to READ BINARY of DG3 and DG4 in the application.
fn biometrics<C: Channel>(line: &mut C) -> [u16; 2] {
    [File::Dg3, File::Dg4].map(|file| read(line, file).sw.0)
}

/// A session of PACE and chip authentication with the application selected.
fn authenticated(card: &mut FullCard) -> (Session<'_>, Binding) {
    let infos = card.infos.clone();
    let mut session = open(card, PasswordKind::Can);
    let key = authenticate_chip(&mut session.line, &infos, CURVE_KEY, Cipher::Aes128);
    select_application(&mut session.line);
    let binding = Binding::after_pace(&session.id_ic, &key);
    (session, binding)
}

/// [ACCESS-004], [ACCESS-041], [CMD-080]: rights are those that all certificates have in common.
#[test]
fn biometrics_open_by_the_effective_rights() {
    let state = State::new();
    for (of_verifier, of_terminal, expected) in [
        (Rights::ALL, Rights::ALL, [0x9000, 0x9000]),
        (Rights::ALL, FINGERS, [0x9000, 0x6982]),
        (IRISES, Rights::ALL, [0x6982, 0x9000]),
        (IRISES, FINGERS, [0x6982, 0x6982]),
        (Rights::ALL, NO_RIGHT, [0x6982, 0x6982]),
    ] {
        let mut card = full_card();
        let (mut session, binding) = authenticated(&mut card);
        assert_eq!(biometrics(&mut session.line), [0x6982, 0x6982], "before");
        let chain = state.chain(of_verifier, of_terminal);
        assert_eq!(prove(&mut session.line, &state, &chain, &binding), 0x9000);
        assert_eq!(biometrics(&mut session.line), expected);
        let select = CommandApdu::new(0, Ins::SELECT, 0, 0x0C);
        assert_eq!(session.line.transmit(&select).unwrap().sw.0, 0x9000);
        select_application(&mut session.line);
        assert_eq!(biometrics(&mut session.line), expected, "[ACCESS-005]");
        let again = prove(&mut session.line, &state, &chain, &binding);
        assert_eq!(again, 0x6982, "[CMD-083]");
        assert_eq!(biometrics(&mut session.line), expected);
    }
}

/// [ACCESS-040], [ACCESS-017]: after BAC bound to the document number, with groups and curves and either cipher.
#[test]
fn after_bac_with_every_key() {
    let state = State::new();
    let chain = state.chain(Rights::ALL, Rights::ALL);
    for (key, cipher) in [
        (CURVE_KEY, Cipher::TripleDes),
        (CURVE_KEY, Cipher::Aes128),
        (GROUP_KEY, Cipher::TripleDes),
        (GROUP_KEY, Cipher::Aes256),
    ] {
        let mut card = full_card();
        let mut line = by_bac(&mut card.chip, DataSheet::default().limits());
        let key = authenticate_chip(&mut line, &card.infos, key, cipher);
        assert_eq!(read(&mut line, File::Dg1).sw.0, 0x9000, "rights stay");
        let wrong = Binding::to_document_number(b"X123456793", &key);
        assert_eq!(prove(&mut line, &state, &chain, &wrong), 0x6300);
        assert_eq!(biometrics(&mut line), [0x6982, 0x6982]);
        let binding = Binding::to_document_number(DOCUMENT_NUMBER.as_bytes(), &key);
        assert_eq!(prove(&mut line, &state, &chain, &binding), 0x9000);
        assert_eq!(biometrics(&mut line), [0x9000, 0x9000], "{cipher:?}");
    }
}

/// [ACCESS-040]: PACE with chip authentication mapping is enough, and no number that is printed binds.
#[test]
fn after_chip_authentication_mapping() {
    let state = State::new();
    let mut card = full_card();
    let info = pace_info(
        &card.infos,
        PaceMapping::ChipAuthenticationMapping,
        KeyAgreement::Ecdh,
    );
    let can = password(PasswordKind::Can);
    let mut line = wire(&mut card.chip);
    let established = establish(&mut line, &info, &can, None).unwrap();
    let id_ic = established.id_ic();
    let terminal_key = established.own_key.compressed();
    let mut line = SecureChannel::new(line, established.keys);
    select_application(&mut line);
    let chain = state.chain(Rights::ALL, Rights::ALL);
    for printed in [specimen::CAN, DOCUMENT_NUMBER] {
        let binding = Binding::to_document_number(printed.as_bytes(), &terminal_key);
        assert_eq!(prove(&mut line, &state, &chain, &binding), 0x6300);
    }
    let binding = Binding::after_pace(&id_ic, &terminal_key);
    assert_eq!(prove(&mut line, &state, &chain, &binding), 0x9000);
    assert_eq!(biometrics(&mut line), [0x9000, 0x9000]);

    // Chip authentication afterwards: the rights were bound to the key before it ([ACCESS-041]).
    let key = authenticate_chip(&mut line, &card.infos, CURVE_KEY, Cipher::Aes128);
    assert_eq!(biometrics(&mut line), [0x6982, 0x6982]);
    assert_eq!(prove(&mut line, &state, &chain, &binding), 0x6300);
    let binding = Binding::after_pace(&id_ic, &key);
    assert_eq!(prove(&mut line, &state, &chain, &binding), 0x9000);
    assert_eq!(biometrics(&mut line), [0x9000, 0x9000]);
}

/// [ACCESS-021]: whoever knows the PUK unblocks, and does not read; the mapping makes no difference.
#[test]
fn not_after_the_puk() {
    let state = State::new();
    let mut card = full_card();
    let mapping = PaceMapping::ChipAuthenticationMapping;
    let info = pace_info(&card.infos, mapping, KeyAgreement::Ecdh);
    let puk = password(PasswordKind::Puk);
    let mut line = wire(&mut card.chip);
    let established = establish(&mut line, &info, &puk, None).unwrap();
    let mut line = SecureChannel::new(line, established.keys);
    let name = state.cvca.name.as_bytes();
    assert_eq!(line.transmit(&set(0xB6, name)).unwrap().sw.0, 0x6982);
}

/// [ACCESS-040], [CMD-060], [CMD-005]: who may not begin, and a chip that does not know it.
#[test]
fn before_chip_authentication() {
    let mut card = full_card();
    let commands = ["002281B6", "002281A4", "002A00BE", "0084000008", "00820000"];
    for command in &commands[..3] {
        assert_eq!(sw(&mut card.chip, command), 0x6982, "{command}");
    }
    assert_eq!(sw(&mut card.chip, "002A0000"), 0x6A86);
    let mut session = open(&mut card, PasswordKind::Mrz);
    select_application(&mut session.line);
    for command in commands {
        let command = CommandApdu::parse(&test_support::unhex(command)).unwrap();
        assert_eq!(session.line.transmit(&command).unwrap().sw.0, 0x6982);
    }
    let mut without = specimen::card(LifeCycle::Operational).chip;
    for (command, word) in [
        ("002281B6", 0x6A86),
        ("002281A4", 0x6A86),
        ("002A00BE", 0x6D00),
        ("002A0000", 0x6D00),
    ] {
        assert_eq!(sw(&mut without, command), word, "{command}");
    }
}

/// [CMD-081], [CMD-082], [CMD-083], [SW-002]: what is refused leaves the memory as it was, the session alive and DG3 closed.
#[test]
fn a_hostile_terminal() {
    let state = State::new();
    let stranger = Party::new("UTTESTISUT009", 900);
    let chain = state.chain(Rights::ALL, Rights::ALL);
    let mut card = full_card();
    let cells = card.cells.clone();
    let before = cells.octets().to_vec();
    let (mut session, binding) = authenticated(&mut card);
    let line = &mut session.line;

    let challenge = CommandApdu::new(0, Ins::GET_CHALLENGE, 0, 0).with_le(Le::new(8).unwrap());
    let proof = CommandApdu::new(0, Ins::EXTERNAL_AUTHENTICATE, 0, 0).with_data([7; 64]);
    let mut verify = CommandApdu::new(0, Ins::PERFORM_SECURITY_OPERATION, 0, 0xBE)
        .with_data(chain[0].to_command());
    for command in [&challenge, &proof, &verify] {
        assert_eq!(line.transmit(command).unwrap().sw.0, 0x6985);
    }
    for (name, word) in [
        (&b"UTTESTCVCAUT009"[..], 0x6A88),
        (state.verifier.name.as_bytes(), 0x6A88),
        (state.cvca.name.as_bytes(), 0x9000),
    ] {
        assert_eq!(line.transmit(&set(0xB6, name)).unwrap().sw.0, word);
    }
    let last = verify.data.len() - 1;
    verify.data[last] ^= 1;
    assert_eq!(line.transmit(&verify).unwrap().sw.0, 0x6300, "signature");
    assert_eq!(
        line.transmit(&verify).unwrap().sw.0,
        0x6985,
        "nothing named"
    );

    // A terminal of its own making, and the verifier in the place of a terminal.
    let by_nobody = stranger.certify(&state.terminal, Role::Terminal, Rights::ALL, this_year());
    let trusted = [state.cvca.name.clone()];
    assert_eq!(word(present(line, &path(&trusted, &state, &chain))), 0x9000);
    let name = by_nobody.body().authority.as_bytes();
    assert_eq!(line.transmit(&set(0xB6, name)).unwrap().sw.0, 0x6A88);
    let verifier = state.verifier.name.as_bytes();
    assert_eq!(line.transmit(&set(0xA4, verifier)).unwrap().sw.0, 0x6A88);

    // A challenge is good once; a signature of another length is as wrong as any.
    let terminal = state.terminal.name.as_bytes();
    for signature in [vec![7; 64], vec![7; 63], vec![7; 200]] {
        assert_eq!(line.transmit(&set(0xA4, terminal)).unwrap().sw.0, 0x9000);
        assert_eq!(line.transmit(&challenge).unwrap().data.len(), 8);
        let proof = CommandApdu::new(0, Ins::EXTERNAL_AUTHENTICATE, 0, 0).with_data(signature);
        assert_eq!(line.transmit(&proof).unwrap().sw.0, 0x6300);
        assert_eq!(line.transmit(&proof).unwrap().sw.0, 0x6985);
    }
    assert_eq!(biometrics(line), [0x6982, 0x6982]);
    assert!(before == cells.octets().to_vec());
    assert_eq!(prove(line, &state, &chain, &binding), 0x9000);
}

/// [CMD-082]: whatever comes between two steps, also what is refused, also a part of a chain that nothing completes.
#[test]
fn another_command_between_two_steps() {
    let state = State::new();
    let chain = state.chain(Rights::ALL, Rights::ALL);
    let mut card = full_card();
    let (mut session, binding) = authenticated(&mut card);
    let line = &mut session.line;
    let trusted = [state.cvca.name.clone()];
    assert_eq!(word(present(line, &path(&trusted, &state, &chain))), 0x9000);

    let command = |hex: &str| CommandApdu::parse(&test_support::unhex(hex)).unwrap();
    let verify = CommandApdu::new(0, Ins::PERFORM_SECURITY_OPERATION, 0, 0xBE)
        .with_data(chain[0].to_command());
    let challenge = command("0084000008");
    let proof = CommandApdu::new(0, Ins::EXTERNAL_AUTHENTICATE, 0, 0).with_data([7; 64]);
    let set_dst = set(0xB6, state.cvca.name.as_bytes());
    let set_at = set(0xA4, state.terminal.name.as_bytes());
    let between = [
        ("00B0810000", 0x9000),
        ("00A4020C020101", 0x9000),
        ("00B0830000", 0x6982),
        ("0084010008", 0x6A86),
        ("002A0000", 0x6A86),
        ("00FF0000", 0x6D00),
        ("10A4040C07A0000002471001", 0x9000),
    ];
    for (other, answer) in between {
        for (before, next) in [
            (&[&set_dst][..], &verify),
            (&[&set_at], &challenge),
            (&[&set_at, &challenge], &proof),
        ] {
            for step in before {
                assert_eq!(line.transmit(step).unwrap().sw.0, 0x9000, "{other}");
            }
            let found = line.transmit(&command(other)).unwrap().sw.0;
            assert_eq!(found, answer, "{other}");
            let refused = line.transmit(next).unwrap().sw.0;
            assert_eq!(refused, 0x6985, "{other} before {:02X?}", next.ins);
        }
    }
    assert_eq!(prove(line, &state, &chain, &binding), 0x9000);
    for (other, _) in between {
        line.transmit(&command(other)).unwrap();
    }
    assert_eq!(biometrics(line), [0x9000, 0x9000], "what was shown stays");
}

fn set(p2: u8, name: &[u8]) -> CommandApdu {
    let data = encode(Tag::new(0x83), name);
    CommandApdu::new(0, Ins::MANAGE_SECURITY_ENVIRONMENT, 0x81, p2).with_data(data)
}

/// [ACCESS-005], [ACCESS-043], [SM-012]: nothing of it outlives the session.
#[test]
fn a_session_ends_and_takes_everything_with_it() {
    let state = State::new();
    let chain = state.chain(Rights::ALL, Rights::ALL);
    for end in ["a plain command", "a reset"] {
        let mut card = full_card();
        let (mut session, binding) = authenticated(&mut card);
        assert_eq!(prove(&mut session.line, &state, &chain, &binding), 0x9000);
        match end {
            "a reset" => card.chip.reset(),
            _ => assert_eq!(sw(&mut card.chip, "00B0830001"), 0x6982),
        }
        let (mut session, binding) = authenticated(&mut card);
        assert_eq!(biometrics(&mut session.line), [0x6982, 0x6982], "{end}");
        let verifier = state.verifier.name.as_bytes();
        let named = session.line.transmit(&set(0xB6, verifier)).unwrap().sw.0;
        assert_eq!(named, 0x6A88, "an imported key is gone");
        assert_eq!(prove(&mut session.line, &state, &chain, &binding), 0x9000);
    }
}

/// EF.CVCA as the chip gives it.
fn ef_cvca<C: Channel>(line: &mut C) -> Vec<String> {
    let file = read(line, File::Cvca).data;
    assert_eq!(file.len(), 36);
    let file = EfCvca::parse(&file).unwrap().value;
    let name = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
    [Some(&file.newest), file.previous.as_ref()]
        .into_iter()
        .flatten()
        .map(|reference| name(reference.as_bytes()))
        .collect()
}

/// [FILES-008], [ACCESS-042], [LIFE-006]: a link certificate is a new trust point, in EF.CVCA at once, and after a reset.
#[test]
fn a_link_certificate_renews_the_trust_points() {
    let state = State::new();
    let mut card = full_card();
    let (mut session, _) = authenticated(&mut card);
    assert_eq!(ef_cvca(&mut session.line), ["UTTESTCVCAUT001"]);
    let autumn = Period::new(day(7, 1), day(9, 30)).unwrap();
    let mut chain = vec![state.link()];
    chain.extend(state.chain_from(&state.next_cvca, Rights::ALL, FINGERS, autumn));
    let trusted = [state.cvca.name.clone()];
    let path = Path::find(&trusted, &chain, &state.terminal.name, day(7, 2)).unwrap();
    assert_eq!(word(present(&mut session.line, &path)), 0x9000);
    let both = ["UTTESTCVCAUT002", "UTTESTCVCAUT001"];
    assert_eq!(ef_cvca(&mut session.line), both);

    card.chip = Chip::load(
        Box::new(card.cells.clone()),
        DataSheet::default(),
        Box::new(rng(8)),
    )
    .unwrap();
    let (mut session, binding) = authenticated(&mut card);
    assert_eq!(ef_cvca(&mut session.line), both, "without power");
    let without_link = chain.split_off(1);
    let trusted = [state.next_cvca.name.clone()];
    let path = Path::find(&trusted, &without_link, &state.terminal.name, day(7, 2)).unwrap();
    let (key, rng) = (&state.terminal.key, &mut rng(11));
    let proved = authenticate(
        &mut session.line,
        &path,
        &[binding],
        &mut InMemory { key, rng },
    );
    assert_eq!(word(proved.map(drop)), 0x9000);
    assert_eq!(biometrics(&mut session.line), [0x9000, 0x6982]);
    // What ended before the date that the link brought has expired ([ACCESS-042]).
    let spring = Period::new(day(1, 1), day(6, 30)).unwrap();
    let old = state.chain_from(&state.cvca, Rights::ALL, Rights::ALL, spring);
    let (mut session, binding) = authenticated(&mut card);
    assert_eq!(prove(&mut session.line, &state, &old, &binding), 0x6300);
}

/// [ACCESS-042], [SCOPE-004], [SW-005]: power fails while a link is stored. The chip has the old trust points and date or the new
/// ones, and EF.CVCA with them.
#[test]
fn a_power_cut_while_a_link_is_stored() {
    let state = State::new();
    let chain = [vec![state.link()], state.chain(Rights::ALL, Rights::ALL)].concat();
    for (cut, renewed) in [
        (Cut::Nothing, false),
        (Cut::Half, false),
        (Cut::Everything, true),
    ] {
        let cells = Cells::from_octets(octets());
        let failing = Failing {
            cells: cells.clone(),
            writes_left: Arc::new(AtomicUsize::new(1)),
            cut,
        };
        let mut card = full_card_in(cells, Box::new(failing));
        let (mut session, _) = authenticated(&mut card);
        let name = state.cvca.name.as_bytes();
        assert_eq!(
            session.line.transmit(&set(0xB6, name)).unwrap().sw.0,
            0x9000
        );
        let verify = CommandApdu::new(0, Ins::PERFORM_SECURITY_OPERATION, 0, 0xBE)
            .with_data(chain[0].to_command());
        assert_eq!(session.line.transmit(&verify).unwrap().sw.0, 0x6F00);
        assert_eq!(sw(&mut card.chip, "00A4000C"), 0x6F00);
        card.chip.reset();
        let (mut session, _) = authenticated(&mut card);
        assert_eq!(ef_cvca(&mut session.line).len(), 1 + usize::from(renewed));
        assert_eq!(
            session.line.transmit(&set(0xB6, name)).unwrap().sw.0,
            0x9000
        );
        let again = session.line.transmit(&verify).unwrap().sw.0;
        assert_eq!(again == 0x9000, !renewed, "{cut:?} {again:04X}");
        assert_eq!(ef_cvca(&mut session.line).len(), 2);
    }
}

/// [CMD-012], [CMD-080]: a certificate in parts, for readers with short length.
#[test]
fn certificates_in_a_chain_of_commands() {
    let state = State::new();
    let mut card = full_card();
    let (mut session, _) = authenticated(&mut card);
    let name = state.cvca.name.as_bytes();
    assert_eq!(
        session.line.transmit(&set(0xB6, name)).unwrap().sw.0,
        0x9000
    );
    let data = state.link().to_command();
    let (first, rest) = data.split_at(100);
    for (cla, part) in [(0x10, first), (0x00, rest)] {
        let command =
            CommandApdu::new(cla, Ins::PERFORM_SECURITY_OPERATION, 0, 0xBE).with_data(part);
        assert_eq!(session.line.transmit(&command).unwrap().sw.0, 0x9000);
    }
    assert_eq!(ef_cvca(&mut session.line).len(), 2);
}
