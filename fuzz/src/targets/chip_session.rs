//! A whole chip and everything that can be said to it: a script of commands, plain, under secure messaging, across resets.
//!
//! ```text
//! kind len octets(len)      kind: 0 power off and on · 1 send as they are · 2 protect in the session that is open
//!                                 3 open BAC · 4 open PACE with the CAN · 5 another password
//! ```

use std::collections::HashSet;
use std::sync::LazyLock;

use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet, LifeCycle};
use crypto::CryptoRng;
use iso7816::{Channel, ChannelError, Chip as _, CommandApdu, Ins, ResponseApdu};
use lds::security_info::PaceInfo;
use lds::{EfCardAccess, File, FileContent};
use protocols::Password;
use protocols::secure_messaging::{SessionKeys, TerminalSession};
use protocols::{bac, pace};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// Most steps of a script; openings of a session cost milliseconds each, so that there are fewer.
const MAX_STEPS: usize = 64;
const MAX_OPENINGS: usize = 2;
/// Octets that do not come by chance: as long a piece of a file is a leak.
const TELLING: usize = 16;

const RESET: u8 = 0;
const SEND: u8 = 1;
const PROTECT: u8 = 2;
const BAC: u8 = 3;
const PACE: u8 = 4;
const WRONG_PASSWORD: u8 = 5;

/// The specimen chip of `fixtures/`, and what of its content must not come out.
struct World {
    memory: Vec<u8>,
    mrz: Password,
    can: Password,
    pace: PaceInfo,
    closed: Pieces,
    biometric: Pieces,
}

/// Every piece of a file that no other file has.
type Pieces = HashSet<[u8; TELLING]>;

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let read = |kind: &str| {
        let path = test_support::fixture(&format!("cards/uto-passport-anton.{kind}"));
        test_support::read(&path)
    };
    let text = |kind: &str| String::from_utf8(read(kind)).unwrap();
    let memory = read("json");
    let chip = Chip::load(cells(&memory), DataSheet::default(), rng()).unwrap();
    let file = |file| chip.memory().file(file).unwrap().to_vec();
    let card_access = EfCardAccess::parse(&file(File::CardAccess)).unwrap().value;
    let pace = *card_access.security_infos.pace().next().unwrap();
    let only_in = |secret: File| {
        let others = File::all().filter(|other| *other != secret);
        let known: Pieces = others
            .filter_map(|other| chip.memory().file(other))
            .flat_map(pieces)
            .collect();
        pieces(&file(secret))
            .filter(|piece| !known.contains(piece))
            .collect()
    };
    let (closed, biometric) = (only_in(File::Dg1), only_in(File::Dg3));
    World {
        mrz: Password::mrz(&mrz::Mrz::parse(text("mrz").trim()).unwrap().0.information()),
        can: Password::can(text("can").trim()).unwrap(),
        memory,
        pace,
        closed,
        biometric,
    }
});

fn cells(memory: &[u8]) -> Box<Cells> {
    Box::new(Cells::from_octets(memory.to_vec()))
}

fn rng() -> Box<dyn CryptoRng + Send> {
    Box::new(StdRng::seed_from_u64(9303))
}

/// Scripts of what readers do.
pub fn seeds() -> Vec<Vec<u8>> {
    let step = |kind: u8, octets: &[u8]| [&[kind, octets.len() as u8][..], octets].concat();
    let plain = |text: &str| step(SEND, &hex::decode(text).unwrap());
    let secure = |text: &str| step(PROTECT, &hex::decode(text).unwrap());
    vec![
        [
            plain("00A4000C"),
            plain("00B09C0000"),
            plain("00A4040C07A0000002471001"),
            plain("00B09E0000"),
        ]
        .concat(),
        [
            step(BAC, &[]),
            secure("00A4020C02011E"),
            secure("00B0000000"),
            secure("00B0820000"),
        ]
        .concat(),
        [
            step(PACE, &[]),
            secure("00A4040C07A0000002471001"),
            secure("00B0810000"),
            secure("00B0830004"),
        ]
        .concat(),
        [
            step(PACE, &[]),
            secure("00A4040C07A0000002471001"),
            secure("00880000080102030405060708"),
            secure("00B18102045402000000"),
        ]
        .concat(),
        [
            plain("0084000008"),
            step(RESET, &[]),
            plain("0084000008"),
            plain("0082000028"),
        ]
        .concat(),
        [
            plain("0022C1A40F800A04007F00070202040204830102"),
            plain("10860000027C0000"),
            plain("0086000000"),
        ]
        .concat(),
        [
            step(WRONG_PASSWORD, &[]),
            step(BAC, &[]),
            secure("002241A609800A04007F00070202030204"),
            secure("00220181B600"),
        ]
        .concat(),
    ]
}

/// What must hold whatever is said.
pub fn chip_session(bytes: &[u8]) {
    let world = &*WORLD;
    let mut bench = Bench {
        chip: Chip::load(cells(&world.memory), DataSheet::default(), rng()).unwrap(),
        session: None,
        openings: 0,
    };
    let mut rest = bytes;
    for _ in 0..MAX_STEPS {
        let Some((&[kind, len], tail)) = rest.split_first_chunk() else {
            break;
        };
        let (octets, tail) = tail.split_at(usize::from(len).min(tail.len()));
        bench.step(kind, octets);
        rest = tail;
    }
    assert_eq!(bench.chip.memory().life_cycle(), LifeCycle::Operational);
    // However it was treated: the next holder of the MRZ is served.
    bench.chip.reset();
    bench.openings = 0;
    bench.open_bac();
    assert!(
        bench.session.is_some(),
        "the chip does not serve its holder any more"
    );
}

struct Bench {
    chip: Chip,
    session: Option<TerminalSession>,
    openings: usize,
}

impl Bench {
    fn step(&mut self, kind: u8, octets: &[u8]) {
        match kind {
            RESET => {
                self.chip.reset();
                self.session = None;
            }
            SEND => {
                let answer = self.send(octets);
                assert!(!leaks(&answer.data, &WORLD.closed), "EF.DG1 in plain");
            }
            PROTECT => self.protect(octets),
            BAC => self.open_bac(),
            PACE => self.open_pace(),
            WRONG_PASSWORD => {
                let can = Password::can("000000").unwrap();
                let opened = pace::terminal::establish(
                    &mut self.line(),
                    &WORLD.pace,
                    &can,
                    None,
                    &mut StdRng::seed_from_u64(2),
                );
                assert!(opened.is_err(), "a wrong password was taken");
                self.session = None;
            }
            _ => {}
        }
    }

    fn send(&mut self, octets: &[u8]) -> ResponseApdu {
        let answer =
            ResponseApdu::parse(&self.chip.execute(octets)).expect("an answer without status word");
        // [SCOPE-002]
        let refused = matches!(answer.sw.sw1(), 0x64..=0x6F);
        assert!(
            !refused || answer.data.is_empty() || answer.data[0] == 0x99,
            "data behind {}",
            answer.sw
        );
        assert!(!leaks(&answer.data, &WORLD.biometric), "EF.DG3 came out");
        answer
    }

    fn protect(&mut self, octets: &[u8]) {
        let (Some(mut session), Ok(command)) = (self.session.take(), CommandApdu::parse(octets))
        else {
            return;
        };
        let Ok(exchange) = session.protect(&command) else {
            return;
        };
        let Ok(sent) = exchange.command().to_bytes() else {
            return;
        };
        let answer = self.send(&sent);
        if let Ok(plain) = exchange.accept(&answer) {
            assert!(!leaks(&plain.data, &WORLD.biometric), "EF.DG3 came out");
            self.session = Some(session);
        }
    }

    fn open_bac(&mut self) {
        if !self.may_open() {
            return;
        }
        let keys = bac::AccessKeys::derive(&WORLD.mrz).unwrap();
        let select = CommandApdu::new(0, Ins::SELECT, 4, 0x0C).with_data(lds::APPLICATION_AID);
        let mut line = self.line();
        let opened = line.transmit(&select).ok().and_then(|_| {
            bac::terminal::establish(&mut line, &keys, &mut StdRng::seed_from_u64(3)).ok()
        });
        self.opened(opened);
    }

    fn open_pace(&mut self) {
        if !self.may_open() {
            return;
        }
        let opened = pace::terminal::establish(
            &mut self.line(),
            &WORLD.pace,
            &WORLD.can,
            None,
            &mut StdRng::seed_from_u64(4),
        );
        self.opened(opened.ok().map(|established| established.keys));
    }

    fn may_open(&mut self) -> bool {
        self.openings += 1;
        self.openings <= MAX_OPENINGS
    }

    fn opened(&mut self, keys: Option<SessionKeys>) {
        self.session = keys.map(TerminalSession::new);
    }

    fn line(&mut self) -> Line<'_> {
        Line(&mut self.chip)
    }
}

/// Whether a piece of a file is among the octets.
fn leaks(octets: &[u8], file: &Pieces) -> bool {
    pieces(octets).any(|piece| file.contains(&piece))
}

fn pieces(octets: &[u8]) -> impl Iterator<Item = [u8; TELLING]> {
    octets
        .windows(TELLING)
        .filter_map(|window| window.try_into().ok())
}

struct Line<'a>(&'a mut Chip);

impl Channel for Line<'_> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let octets = command.to_bytes()?;
        ResponseApdu::parse(&self.0.execute(&octets)).map_err(|_| ChannelError::CardLost)
    }
}
