//! The card that is examined.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use applet_spec::conformance::Device;
use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet};
use iso7816::{Channel as _, ChannelError, CommandApdu};
use mrz::Mrz;
use protocols::{Password, PasswordKind};
use transport::PcscChannel;
use zeroize::Zeroizing;

use crate::args::Conformance;
use crate::commands::Context;
use crate::exit::Problem;
use crate::{chip_file, input, reader};

/// The specimen chip that is examined where nothing else is: what it holds is printed in its name.
const SPECIMEN: &[u8] = include_bytes!("../../../../fixtures/cards/uto-passport-anton.json");
const SPECIMEN_MRZ: &str = include_str!("../../../../fixtures/cards/uto-passport-anton.mrz");
const SPECIMEN_CAN: &str = include_str!("../../../../fixtures/cards/uto-passport-anton.can");

/// Most time that commands may take while a card in a reader is read before the cases: a slow card with sixteen data groups takes
/// less than half.
const READING_TIME: Duration = Duration::from_secs(300);

/// A card, and what its owner knows of it.
pub struct Card {
    examined: Examined,
    /// What it is called in the report.
    pub name: String,
    /// Its passwords.
    pub passwords: Vec<Password>,
    /// Its zone as printed, lines joined.
    pub printed_mrz: Option<String>,
}

/// What is examined.
enum Examined {
    /// Copies of a software chip: each case has its own, and nothing that is done to them stays.
    Copies { original: Original, chip: Box<Chip> },
    /// The card in a reader.
    InReader(InReader),
}

/// A software chip as it was found.
struct Original {
    octets: Zeroizing<Vec<u8>>,
    data_sheet: DataSheet,
}

impl Original {
    fn copy(&self, context: &mut Context) -> Result<Box<Chip>> {
        let cells = Box::new(Cells::from_octets(self.octets.to_vec()));
        let rng = chip_file::own_rng(&mut *context.rng);
        Ok(Box::new(Chip::load(cells, self.data_sheet.clone(), rng)?))
    }
}

impl Card {
    /// The card in a reader, the chip in a file, or the specimen.
    pub fn open(args: &Conformance, context: &mut Context) -> Result<Self> {
        let (examined, name) = match (&args.chip, &args.reader.reader) {
            (Some(path), _) => {
                let octets = chip_file::octets(path)?;
                let examined = Examined::of_chip(octets, args, context)
                    .with_context(|| format!("{} is no chip file", path.display()))?;
                (examined, path.display().to_string())
            }
            (None, Some(_)) => {
                let channel = reader::open(&args.reader)?;
                let name = channel.reader().to_owned();
                (Examined::InReader(InReader::new(channel)), name)
            }
            (None, None) => return Self::specimen(args, context),
        };
        let known = input::passwords(&args.passwords(), context.asking)?;
        let card = Self {
            examined,
            name,
            passwords: known.passwords,
            printed_mrz: known.printed.map(|zone| zone.joined()),
        };
        if !args.destructive && !card.is_a_copy() && card.has_counted_passwords_only() {
            return Err(Problem::usage(
                "cases with wrong passwords would use up the tries of the PIN",
                "give what is printed, too (--mrz-file or --can-file), or say --destructive",
            ));
        }
        Ok(card)
    }

    fn specimen(args: &Conformance, context: &mut Context) -> Result<Self> {
        refuse_words_on_a_card(args)?;
        let (zone, _) = Mrz::parse(SPECIMEN_MRZ).context("the zone of the specimen")?;
        let octets = Zeroizing::new(SPECIMEN.to_vec());
        Ok(Self {
            examined: Examined::of_chip(octets, args, context).context("the specimen chip")?,
            name: "the specimen chip of this program".to_owned(),
            passwords: vec![
                Password::can(SPECIMEN_CAN.trim())?,
                Password::mrz(&zone.information()),
            ],
            printed_mrz: Some(zone.joined()),
        })
    }

    /// Its answer to reset.
    pub fn atr(&self) -> Vec<u8> {
        match &self.examined {
            Examined::Copies { chip, .. } => iso7816::Chip::atr(&**chip),
            Examined::InReader(card) => card.channel.atr().to_vec(),
        }
    }

    /// Nothing that is done to it stays.
    pub const fn is_a_copy(&self) -> bool {
        matches!(self.examined, Examined::Copies { .. })
    }

    /// The card, for the next case: a new copy, or the one in the reader as it is by now.
    pub fn next(&mut self, context: &mut Context) -> Result<&mut dyn Device> {
        match &mut self.examined {
            Examined::Copies { original, chip } => {
                *chip = original.copy(context)?;
                Ok(&mut **chip)
            }
            Examined::InReader(card) => Ok(card),
        }
    }

    fn has_counted_passwords_only(&self) -> bool {
        !self.passwords.iter().any(is_printed)
    }
}

/// Whether a password stands on the card, where no counter guards it.
pub fn is_printed(password: &Password) -> bool {
    matches!(password.kind(), PasswordKind::Mrz | PasswordKind::Can)
}

impl Examined {
    fn of_chip(
        octets: Zeroizing<Vec<u8>>,
        args: &Conformance,
        context: &mut Context,
    ) -> Result<Self> {
        let original = Original {
            octets,
            data_sheet: match args.reader.short {
                true => DataSheet::short_length_only(),
                false => DataSheet::default(),
            },
        };
        let chip = original.copy(context)?;
        Ok(Self::Copies { original, chip })
    }
}

/// What speaks of a card says nothing of the specimen: whoever gives it has another card in mind.
fn refuse_words_on_a_card(args: &Conformance) -> Result<()> {
    let words = [
        (args.mrz_file.is_some(), "--mrz-file"),
        (args.can_file.is_some(), "--can-file"),
        (args.pin_file.is_some(), "--pin-file"),
        (args.eac.is_some(), "--eac"),
        (!args.offers.is_empty(), "--offers"),
        (args.reader.short, "--short"),
        (args.destructive, "--destructive"),
    ];
    match words.into_iter().find(|(is_given, _)| *is_given) {
        None => Ok(()),
        Some((_, option)) => Err(Problem::usage(
            format!("{option} speaks of a card, and no card is named"),
            "name its reader (--reader NAME) or its file (--chip FILE); without such options the specimen chip of this program is examined",
        )),
    }
}

/// A card in a reader. A reader passes on commands, and nothing that is none.
struct InReader {
    channel: PcscChannel,
    /// How long commands have taken so far.
    taken: Duration,
}

impl InReader {
    const fn new(channel: PcscChannel) -> Self {
        Self {
            channel,
            taken: Duration::ZERO,
        }
    }

    fn timed<T>(&mut self, work: impl FnOnce(&mut PcscChannel) -> T) -> T {
        let start = Instant::now();
        let done = work(&mut self.channel);
        self.taken += start.elapsed();
        done
    }
}

impl Device for InReader {
    fn reset(&mut self) -> Result<(), ChannelError> {
        self.timed(PcscChannel::reset)
    }

    fn exchange(&mut self, octets: &[u8]) -> Result<Vec<u8>, ChannelError> {
        const NO_COMMAND: ChannelError = ChannelError::Refused("octets that are no command");
        let command = CommandApdu::parse(octets).map_err(|_| NO_COMMAND)?;
        let answer = self.timed(|channel| channel.transmit(&command))?;
        Ok([&answer.data[..], &answer.sw.0.to_be_bytes()].concat())
    }

    fn has_time(&self) -> bool {
        self.taken < READING_TIME
    }
}
