//! How long it takes to write a chip and to read it back, on paper: a chip that takes its time, and a clock that nobody waits for.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use applet_spec::memory::Cells;
use applet_spec::timing::{EXCHANGE, Link, PAGE_WRITE, Stopwatch};
use applet_spec::{Chip, DataSheet, ExtendedLength, QuirkyChip, TimedChip, Timing};
use inspection::Outcome::Successful;
use iso7816::Limits;
use lds::{EfCom, File, FileContent, LdsVersion, UnicodeVersion};
use perso::CardImage;
use rand::SeedableRng;
use rand::rngs::StdRng;
use transport::{Clock, Counted, MemoryChannel};

use crate::border::{Border, Card, table};
use crate::office::{JOB, Kind, Office, PASSPORT, SERIAL, Socket};
use crate::round_trips::{GROUPS, dg2_of, sign};

const KIB: usize = 1_024;

/// Time that has passed on paper.
#[derive(Clone, Default)]
struct Paper(Arc<AtomicU64>);

impl Paper {
    fn now(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

impl Stopwatch for Paper {
    fn start(&mut self) {}

    fn wait(&mut self, elapsed: Duration) {
        let nanos = u64::try_from(elapsed.as_nanos()).unwrap();
        self.0.fetch_add(nanos, Ordering::Relaxed);
    }
}

/// A chip in a reader, and the paper.
struct Desk {
    office: Office,
    cells: Cells,
    sheet: DataSheet,
    reader: Limits,
    paper: Paper,
}

/// How long APDUs may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Short,
    /// Extended, blocks of 2 KB.
    TwoKilobytes,
    /// Extended, as much as this chip takes.
    Longest,
}

impl Desk {
    fn new(length: Length) -> Self {
        let office = Office::of(PASSPORT);
        let cells = Cells::new();
        let (sheet, reader) = match length {
            Length::Short => (DataSheet::short_length_only(), Limits::SHORT),
            Length::TwoKilobytes => {
                let limits = ExtendedLength {
                    max_command: 2_048,
                    max_response: 2_048,
                };
                let extended_length = Some(limits);
                let sheet = DataSheet {
                    extended_length,
                    ..DataSheet::default()
                };
                (sheet, Limits::EXTENDED)
            }
            Length::Longest => (DataSheet::default(), Limits::EXTENDED),
        };
        let keys = office.keys.transport.for_chip(SERIAL).unwrap();
        let rng = Box::new(StdRng::seed_from_u64(2));
        let at = Box::new(cells.clone());
        Chip::manufactured_in(at, SERIAL, &keys, sheet.clone(), rng).unwrap();
        Self {
            office,
            cells,
            sheet,
            reader,
            paper: Paper::default(),
        }
    }

    fn power_on(&self, timing: Timing) -> Counted<MemoryChannel<TimedChip>> {
        let rng = Box::new(StdRng::seed_from_u64(3));
        let chip = Chip::load(Box::new(self.cells.clone()), self.sheet.clone(), rng).unwrap();
        let chip = TimedChip::new(QuirkyChip::new(chip), timing, Box::new(self.paper.clone()));
        let line = MemoryChannel::new(chip).with_limits(self.reader);
        Counted::new(line, Clock::monotonic())
    }

    /// Keys on the chip, and files of so many octets in all: a passport whose portrait is as large as needed.
    fn job(&mut self, octets: usize, timing: Timing) -> CardImage {
        self.office.initialise(&mut self.power_on(timing)).unwrap();
        let prepared = self.office.prepare(&mut self.power_on(timing)).unwrap();
        let mut files = self.office.issue(&prepared, JOB).unwrap().files().clone();
        files.retain(|file, _| file.dg_number().is_none() || GROUPS.contains(file));
        let com = EfCom::new(LdsVersion::v1_8(), UnicodeVersion::v4_0_0(), GROUPS).unwrap();
        files.insert(File::Com, com.to_bytes());
        let signed = sign(&self.office, &files);
        files.insert(File::Sod, signed);
        let others: usize = files
            .iter()
            .filter(|(file, _)| **file != File::Dg2)
            .map(|(_, file)| file.len())
            .sum();
        files.insert(File::Dg2, dg2_of(octets - others));
        let signed = sign(&self.office, &files);
        files.insert(File::Sod, signed);
        let record = &self.office.record;
        let seed = CardImage::key_seed_of(&record.mrz().unwrap().information());
        let can = Some(record.can().expose().as_bytes().into());
        CardImage::new(JOB, SERIAL.to_vec(), files, true, seed, can).unwrap()
    }

    /// Octets, commands and time of WRITE, and of reading all of it back.
    fn encode(&mut self, octets: usize, link: Link) -> [(u64, Duration); 2] {
        let timing = Timing::of(link);
        let image = self.job(octets, timing);
        // The signature of EF.SOD is as long as it happens to be.
        assert!(
            image.total_len().abs_diff(octets) < 8,
            "{}",
            image.total_len()
        );
        let begun = self.paper.now();
        let mut line = self.power_on(timing);
        self.office.write(&mut line, &image).unwrap();
        let written = (line.statistics().round_trips, self.paper.now() - begun);

        let kind = if self.reader == Limits::SHORT {
            Kind::Short
        } else {
            Kind::Extended
        };
        let card = Card::new(
            &Socket::from_octets(&self.cells.octets(), kind),
            kind,
            &self.office,
        );
        let begun = self.paper.now();
        let mut line = self.power_on(timing);
        let report = Border::with_can(&card).inspect(&mut line);
        assert_eq!(report.overall(), Successful, "{}", table(&report));
        [
            written,
            (line.statistics().round_trips, self.paper.now() - begun),
        ]
    }
}

/// A line of the table that the project plans with, in its words: 9 bits an octet without contacts and 11 with; 276 octets on the
/// line, 239 of them payload, for each short command; 2,040 and 2,000 for each of 2 KB; 64 octets a page.
struct Plan {
    bits_per_octet: f64,
    bits_per_second: f64,
    wire: f64,
    payload: f64,
}

impl Plan {
    fn commands(&self, octets: usize) -> f64 {
        (octets as f64 / self.payload).ceil()
    }

    fn seconds(&self, octets: usize) -> f64 {
        let commands = self.commands(octets);
        let air = commands * self.wire * self.bits_per_octet / self.bits_per_second;
        air + commands * EXCHANGE.as_secs_f64() + octets as f64 / 64.0 * PAGE_WRITE.as_secs_f64()
    }
}

/// Seconds for 20, 32 and 64 KiB, as the table has them.
const TABLE: [(&str, Link, f64, f64, [f64; 3]); 6] = [
    ("106", Link::CONTACTLESS_106, 9.0, 106e3, [3.0, 4.8, 9.6]),
    ("212", Link::CONTACTLESS_212, 9.0, 212e3, [2.0, 3.2, 6.4]),
    ("424", Link::CONTACTLESS_424, 9.0, 424e3, [1.5, 2.4, 4.8]),
    ("848", Link::CONTACTLESS_848, 9.0, 848e3, [1.2, 2.0, 4.0]),
    ("T=1", Link::T1, 11.0, 312.5e3, [1.8, 2.9, 5.8]),
    (
        "T=1 default",
        Link::T1_DEFAULT,
        11.0,
        10.75e3,
        [25.0, 40.0, 81.0],
    ),
];

#[test]
fn the_table_of_the_plan() {
    for (name, link, bits_per_octet, bits_per_second, seconds) in TABLE {
        for (octets, planned) in [20 * KIB, 32 * KIB, 64 * KIB].into_iter().zip(seconds) {
            let plan = Plan {
                bits_per_octet,
                bits_per_second,
                wire: 276.0,
                payload: 239.0,
            };
            let [(commands, written), (reads, read)] =
                Desk::new(Length::Short).encode(octets, link);
            println!(
                "{name:12} {:2} KiB: plan {:6.2} s in {:3} commands; written in {:6.2} s, {commands} commands; read in {:6.2} s, {reads} commands; ratio {:.3} / {:.3}",
                octets / KIB,
                plan.seconds(octets),
                plan.commands(octets),
                written.as_secs_f64(),
                read.as_secs_f64(),
                written.as_secs_f64() / plan.seconds(octets),
                planned / plan.seconds(octets)
            );
        }
    }
    for octets in [20 * KIB, 32 * KIB, 64 * KIB] {
        for length in [Length::TwoKilobytes, Length::Longest] {
            let plan = Plan {
                bits_per_octet: 9.0,
                bits_per_second: 848e3,
                wire: 2040.0,
                payload: 2000.0,
            };
            let [(commands, written), (reads, read)] =
                Desk::new(length).encode(octets, Link::CONTACTLESS_848);
            println!(
                "{length:?} {:2} KiB: plan {:6.2} s; written in {:6.2} s, {commands} commands; read in {:6.2} s, {reads} commands; ratio {:.3}",
                octets / KIB,
                plan.seconds(octets),
                written.as_secs_f64(),
                read.as_secs_f64(),
                written.as_secs_f64() / plan.seconds(octets)
            );
        }
    }
}
