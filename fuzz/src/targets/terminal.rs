//! The whole inspection against a chip that lies: a real one, whose answers a script alters on their way.
//!
//! ```text
//! answer(2) kind len octets(len)    kind: 0 instead of it · 1 changed from place octets[0] on · 2 cut · 3 octets put behind it
//!                                         4 the answer before it once more · 5 status word 61 octets[0], again and again
//! ```

use core::time::Duration;
use std::sync::LazyLock;

use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet};
use inspection::{AccessChoice, Config, inspect};
use iso7816::{Channel, ChannelError, Chip as _, CommandApdu, Limits, ResponseApdu, StatusWord};
use lds::File;
use pki::TrustStore;
use protocols::Password;
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::OffsetDateTime;
use time::macros::datetime;

use super::assert_printable;

const NOW: OffsetDateTime = datetime!(2026-11-21 12:00 UTC);
/// Most alterations of one run.
const MAX_ALTERATIONS: usize = 16;
/// Commands that a terminal may send to a chip of 64 KiB that plays for time: each costs a reader some milliseconds.
const PATIENCE: usize = 4_000;

struct World {
    memory: Vec<u8>,
    passwords: [Password; 2],
    trust: TrustStore,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let read = |path: &str| test_support::read(&test_support::fixture(path));
    let text =
        |kind: &str| String::from_utf8(read(&format!("cards/uto-passport-anton.{kind}"))).unwrap();
    let zone = mrz::Mrz::parse(text("mrz").trim()).unwrap().0;
    let mut trust = TrustStore::new();
    trust
        .add(&read("pki/uto-passport/csca.der"), "test")
        .unwrap();
    World {
        memory: read("cards/uto-passport-anton.json"),
        passwords: [
            Password::can(text("can").trim()).unwrap(),
            Password::mrz(&zone.information()),
        ],
        trust,
    }
});

/// A chip that tells the truth, and one lie of each kind in each phase.
pub fn seeds() -> Vec<Vec<u8>> {
    let lie = |at: u16, kind: u8, octets: &[u8]| {
        [&at.to_be_bytes()[..], &[kind, octets.len() as u8], octets].concat()
    };
    let mut found = vec![Vec::new()];
    for at in [0, 1, 3, 4, 5, 6, 8, 10, 14, 20, 40] {
        found.push(lie(at, 0, &[0x6A, 0x82]));
        found.push(lie(at, 1, &[4, 0x01]));
        found.push(lie(at, 2, &[3]));
        found.push(lie(at, 3, &[0x90, 0x00]));
        found.push(lie(at, 4, &[]));
        found.push(lie(at, 5, &[0x10]));
    }
    found
}

/// What must hold whatever a chip answers.
pub fn terminal(bytes: &[u8]) {
    let world = &*WORLD;
    let cells = Box::new(Cells::from_octets(world.memory.clone()));
    let chip = Chip::load(
        cells,
        DataSheet::default(),
        Box::new(StdRng::seed_from_u64(1)),
    )
    .unwrap();
    let mut line = Liar {
        chip,
        script: script(bytes),
        answered: 0,
        before: vec![0x90, 0x00],
    };
    line.chip.reset();
    // A chip that opens by BAC is read by BAC: both ways are tried.
    let access = if bytes.len() % 2 == 0 {
        AccessChoice::Automatic
    } else {
        AccessChoice::Bac
    };
    let config = Config {
        passwords: &world.passwords,
        access,
        printed_mrz: None,
        trust: &world.trust,
        now: NOW,
        extended_length: true,
        clock: &|| Duration::ZERO,
    };
    let report = inspect(
        &mut line,
        &config,
        &mut StdRng::seed_from_u64(2),
        &mut |_| {},
    );
    assert!(
        line.answered <= PATIENCE,
        "{} commands to a chip that plays for time",
        line.answered
    );
    for check in &report.checks {
        assert_printable(&check.finding.cause);
    }
    // Whoever answered: what counts as verified is what the issuer signed.
    if let Some(document) = report.data.verified() {
        let groups = document
            .files
            .iter()
            .filter(|(file, _)| file.dg_number().is_some());
        for (file, content) in groups {
            assert_eq!(
                line.chip.memory().file(*file),
                Some(content.as_slice()),
                "{}",
                file.name()
            );
        }
    }
    let shown = report.data.as_shown();
    assert!(
        !shown.files.contains_key(&File::Dg3),
        "EF.DG3 without terminal authentication"
    );
}

/// What is done to one answer.
struct Lie<'a> {
    at: usize,
    kind: u8,
    octets: &'a [u8],
}

fn script(bytes: &[u8]) -> Vec<Lie<'_>> {
    let mut rest = bytes;
    let mut lies = Vec::new();
    while let (true, Some((&[high, low, kind, len], tail))) =
        (lies.len() < MAX_ALTERATIONS, rest.split_first_chunk())
    {
        let (octets, tail) = tail.split_at(usize::from(len).min(tail.len()));
        lies.push(Lie {
            at: usize::from(u16::from_be_bytes([high, low])),
            kind: kind % 6,
            octets,
        });
        rest = tail;
    }
    lies
}

struct Liar<'a> {
    chip: Chip,
    script: Vec<Lie<'a>>,
    answered: usize,
    before: Vec<u8>,
}

impl Channel for Liar<'_> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let mut answer = self.chip.execute(&command.to_bytes()?);
        for lie in self.script.iter().filter(|lie| lie.applies(self.answered)) {
            answer = lie.told(answer, &self.before);
        }
        self.answered += 1;
        self.before.clone_from(&answer);
        ResponseApdu::parse(&answer).map_err(|_| ChannelError::CardLost)
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }
}

impl Lie<'_> {
    /// The last kind is told from its place on.
    const fn applies(&self, at: usize) -> bool {
        self.at == at || self.kind == 5 && at > self.at
    }

    fn told(&self, mut answer: Vec<u8>, before: &[u8]) -> Vec<u8> {
        let first = self.octets.first().copied().unwrap_or_default();
        match self.kind {
            0 => return self.octets.to_vec(),
            1 => {
                let altered = answer.iter_mut().skip(usize::from(first));
                for (octet, mask) in altered.zip(self.octets.iter().skip(1)) {
                    *octet ^= mask;
                }
            }
            2 => answer.truncate(usize::from(first)),
            3 => answer.extend_from_slice(self.octets),
            4 => return before.to_vec(),
            _ => {
                let word = StatusWord(0x6100 | u16::from(first));
                return ResponseApdu::new(self.octets.to_vec(), word).to_bytes();
            }
        }
        answer
    }
}
