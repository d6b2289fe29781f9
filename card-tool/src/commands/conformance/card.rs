//! The card that is examined.

use anyhow::{Context as _, Result};
use applet_spec::conformance::Device;
use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet};
use iso7816::{Channel as _, ChannelError, CommandApdu};
use mrz::Mrz;
use protocols::Password;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use transport::PcscChannel;

use crate::args::Conformance;
use crate::commands::Context;
use crate::{chip_file, input, reader};

/// The specimen chip that is examined where nothing else is: what it holds is printed in its name.
const SPECIMEN: &[u8] = include_bytes!("../../../../fixtures/cards/uto-passport-anton.json");
const SPECIMEN_MRZ: &str = include_str!("../../../../fixtures/cards/uto-passport-anton.mrz");
const SPECIMEN_CAN: &str = include_str!("../../../../fixtures/cards/uto-passport-anton.can");

/// A card, and what its owner knows of it.
pub struct Card {
    /// The card itself.
    pub device: Box<dyn Device>,
    /// What it is called in the report.
    pub name: String,
    /// Its passwords.
    pub passwords: Vec<Password>,
    /// Its zone as printed, lines joined.
    pub printed_mrz: Option<String>,
    /// Nothing that is done to it stays.
    pub is_a_copy: bool,
}

impl Card {
    /// The card in a reader, the chip in a file, or the specimen.
    pub fn open(args: &Conformance, context: &mut Context) -> Result<Self> {
        let (device, name): (Box<dyn Device>, _) = match (&args.chip, &args.reader.reader) {
            (Some(path), _) => {
                let sheet = data_sheet(args);
                let chip = chip_file::load(path, sheet, &mut *context.rng)?;
                (Box::new(chip), path.display().to_string())
            }
            (None, Some(_)) => {
                let channel = reader::open(&args.reader)?;
                let name = channel.reader().to_owned();
                (Box::new(InReader(channel)), name)
            }
            (None, None) => return Self::specimen(args, context),
        };
        let known = input::passwords(&args.passwords(), context.asking)?;
        Ok(Self {
            device,
            name,
            passwords: known.passwords,
            printed_mrz: known.printed.map(|zone| zone.joined()),
            is_a_copy: false,
        })
    }

    fn specimen(args: &Conformance, context: &mut Context) -> Result<Self> {
        let (zone, _) = Mrz::parse(SPECIMEN_MRZ).context("the zone of the specimen")?;
        let cells = Box::new(Cells::from_octets(SPECIMEN.to_vec()));
        let rng = Box::new(StdRng::from_rng(&mut context.rng));
        let chip = Chip::load(cells, data_sheet(args), rng).context("the specimen chip")?;
        Ok(Self {
            device: Box::new(chip),
            name: "the specimen chip of this program".to_owned(),
            passwords: vec![
                Password::can(SPECIMEN_CAN.trim())?,
                Password::mrz(&zone.information()),
            ],
            printed_mrz: Some(zone.joined()),
            is_a_copy: true,
        })
    }
}

fn data_sheet(args: &Conformance) -> DataSheet {
    match args.reader.short {
        true => DataSheet::short_length_only(),
        false => DataSheet::default(),
    }
}

/// A card in a reader. A reader passes on commands, and nothing that is none.
struct InReader(PcscChannel);

impl Device for InReader {
    fn reset(&mut self) -> Result<(), ChannelError> {
        self.0.reset()
    }

    fn exchange(&mut self, octets: &[u8]) -> Result<Vec<u8>, ChannelError> {
        const NO_COMMAND: ChannelError = ChannelError::Refused("octets that are no command");
        let command = CommandApdu::parse(octets).map_err(|_| NO_COMMAND)?;
        let answer = self.0.transmit(&command)?;
        Ok([&answer.data[..], &answer.sw.0.to_be_bytes()].concat())
    }
}
