//! A border post, and the cards that are shown there.

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};

use applet_spec::{Chip, ChipMemory};
use inspection::{AccessChoice, Config, Outcome, Report};
use iso7816::Channel;
use lds::{Dg1, File, FileContent};
use mrz::Mrz;
use perso::CardImage;
use pki::TrustStore;
use protocols::Password;
use rand::SeedableRng;
use rand::rngs::StdRng;
use time::OffsetDateTime;
use transport::MemoryChannel;

use crate::full_card::Credentials;
use crate::guideline::check_table;
use crate::office::{JOB, Kind, NOW, Office, PASSPORT, SERIAL, Socket};
use crate::verdict::check_verdict;

/// A card in the field with what is printed on it, and its issuer's CSCA.
#[derive(Clone)]
pub(crate) struct Card {
    octets: Vec<u8>,
    kind: Kind,
    pub(crate) can: String,
    pub(crate) csca: Vec<u8>,
}

impl Card {
    /// The card of a profile. Cards of a kind are made once and copied.
    pub(crate) fn of(profile: &'static str, kind: Kind) -> Self {
        type Made = BTreeMap<(&'static str, u8), Card>;
        static MADE: LazyLock<Mutex<Made>> = LazyLock::new(Mutex::default);
        let mut made = MADE.lock().unwrap();
        let key = (profile, kind as u8);
        made.entry(key)
            .or_insert_with(|| Self::from_office(&mut Office::of(profile), kind))
            .clone()
    }

    /// The card that an office makes.
    pub(crate) fn from_office(office: &mut Office, kind: Kind) -> Self {
        let (socket, _) = office.card(kind);
        Self::new(&socket, kind, office)
    }

    /// A prepared chip with these files, whatever they are.
    pub(crate) fn with_files(
        office: &mut Office,
        socket: &Socket,
        kind: Kind,
        files: BTreeMap<File, Vec<u8>>,
    ) -> Self {
        let seed = CardImage::key_seed_of(&office.record.mrz().unwrap().information());
        let can = Some(office.record.can().expose().as_bytes().into());
        let image = CardImage::new(JOB, SERIAL.to_vec(), files, true, seed, can).unwrap();
        office.write(&mut socket.power_on(), &image).unwrap();
        office.lock(&mut socket.power_on(), &image).unwrap();
        Self::new(socket, kind, office)
    }

    pub(crate) fn new(socket: &Socket, kind: Kind, office: &Office) -> Self {
        Self {
            octets: socket.octets(),
            kind,
            can: office.record.can().expose().to_owned(),
            csca: office.csca.clone(),
        }
    }

    /// A sister of the card with something altered.
    pub(crate) fn altered(&self, alter: impl FnOnce(&mut ChipMemory)) -> Self {
        let mut memory = self.memory();
        alter(&mut memory);
        Self {
            octets: memory.to_octets().unwrap().to_vec(),
            ..self.clone()
        }
    }

    /// All files of this passport on a chip of the same kind that has keys of its own: no bureau writes that.
    pub(crate) fn copy_on_another_chip(&self) -> Self {
        let mut office = Office::of(PASSPORT);
        drop(office.prepared(self.kind));
        let original = self.memory();
        Self::from_office(&mut office, self.kind).altered(|memory| {
            let all = File::all().filter_map(|file| Some((file, original.file(file)?.to_vec())));
            for (file, content) in all {
                memory.replace_file(file, content).unwrap();
            }
        })
    }

    pub(crate) fn memory(&self) -> ChipMemory {
        ChipMemory::from_octets(&self.octets).unwrap()
    }

    pub(crate) fn file(&self, file: File) -> Vec<u8> {
        self.memory().file(file).unwrap().to_vec()
    }

    pub(crate) fn mrz(&self) -> Mrz {
        let dg1 = Dg1::parse(&self.file(File::Dg1)).unwrap().value;
        dg1.mrz().clone()
    }

    /// On the reader.
    pub(crate) fn power_on(&self) -> MemoryChannel<Chip> {
        Socket::from_octets(&self.octets, self.kind).power_on()
    }

    pub(crate) fn trust(&self) -> TrustStore {
        let mut trust = TrustStore::new();
        trust.add(&self.csca, "the issuer").unwrap();
        trust
    }
}

/// A border post.
pub(crate) struct Border {
    pub(crate) passwords: Vec<Password>,
    pub(crate) access: AccessChoice,
    pub(crate) printed_mrz: Option<Mrz>,
    pub(crate) trust: TrustStore,
    pub(crate) now: OffsetDateTime,
    pub(crate) extended_length: bool,
    pub(crate) terminal: Option<Credentials>,
}

impl Border {
    /// A post that trusts the issuer of the card and was shown its number.
    pub(crate) fn with_can(card: &Card) -> Self {
        Self {
            passwords: vec![Password::can(&card.can).unwrap()],
            access: AccessChoice::Automatic,
            printed_mrz: None,
            trust: card.trust(),
            now: NOW,
            extended_length: true,
            terminal: None,
        }
    }

    /// A post that has read the machine readable zone.
    pub(crate) fn with_mrz(card: &Card) -> Self {
        let mrz = card.mrz();
        Self {
            passwords: vec![Password::mrz(&mrz.information())],
            printed_mrz: Some(mrz),
            ..Self::with_can(card)
        }
    }

    /// A post that has read the machine readable zone and does not know PACE.
    pub(crate) fn with_bac(card: &Card) -> Self {
        Self {
            access: AccessChoice::Bac,
            ..Self::with_mrz(card)
        }
    }

    pub(crate) fn inspect(&self, line: &mut dyn Channel) -> Report {
        let config = Config {
            passwords: &self.passwords,
            access: self.access,
            printed_mrz: self.printed_mrz.as_ref(),
            terminal: self.terminal.as_ref().map(Credentials::terminal),
            trust: &self.trust,
            now: self.now,
            extended_length: self.extended_length,
            clock: &|| Duration::ZERO,
        };
        let mut rng = StdRng::seed_from_u64(11);
        let report = inspection::inspect(line, &config, &mut rng, &mut |_| {});
        check_table(&report);
        check_verdict(&report);
        report
    }

    /// The part that needs no chip, over the files of a card.
    pub(crate) fn inspect_files(&self, files: BTreeMap<File, Vec<u8>>) -> Report {
        let config = Config {
            passwords: &[],
            access: self.access,
            printed_mrz: self.printed_mrz.as_ref(),
            terminal: self.terminal.as_ref().map(Credentials::terminal),
            trust: &self.trust,
            now: self.now,
            extended_length: self.extended_length,
            clock: &|| Duration::ZERO,
        };
        let mut rng = StdRng::seed_from_u64(11);
        let report = inspection::inspect_files(files, &config, &mut rng, &mut |_| {});
        check_table(&report);
        check_verdict(&report);
        report
    }
}

/// Every check in a line, for failing tests.
pub(crate) fn table(report: &Report) -> String {
    let line = |check: &inspection::Check| {
        let finding = &check.finding;
        format!(
            "{:24} {:14} {}\n",
            check.kind.id, finding.outcome, finding.cause
        )
    };
    report.checks.iter().map(line).collect()
}

/// The result of a check.
pub(crate) fn outcome(report: &Report, id: &str) -> Outcome {
    report.check(id).expect(id).finding.outcome
}
