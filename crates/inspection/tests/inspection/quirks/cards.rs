//! Cards with quirks, their plain sisters, and the tape of what is said to them.

use std::collections::{BTreeMap, BTreeSet};

use applet_spec::memory::Cells;
use applet_spec::quirk::{Entry, Workbench, install};
use applet_spec::{ChipMemory, DataSheet, Quirk, QuirkyChip};
use crypto::{Curve, HashAlgorithm};
use enrolment::profile::{ActiveAuthenticationKey, Chip};
use iso7816::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu};
use lds::security_info::PaceMapping;
use lds::{Dg1, File, FileContent};
use protocols::Password;
use protocols::terminal_authentication::Rights;
use rand::SeedableRng;
use rand::rngs::StdRng;
use transport::MemoryChannel;

use super::cases::{ActiveKey, Base, Case, Way};
use crate::authorities::State;
use crate::border::{Border, Card};
use crate::full_card::{Credentials, Wish};
use crate::office::{CITIZEN_CARD, Kind, NOW, Office, PASSPORT};

/// A card with the quirks that it has.
pub(super) struct Made {
    card: Card,
    memory: Vec<u8>,
    quirks: BTreeSet<Quirk>,
}

impl Base {
    fn profile(self) -> &'static str {
        match self {
            Self::Citizen => CITIZEN_CARD,
            _ => PASSPORT,
        }
    }

    pub(super) fn card(self) -> Card {
        match self {
            Self::Passport | Self::Stub => Card::of(PASSPORT, Kind::Extended),
            Self::Citizen => Card::of(CITIZEN_CARD, Kind::Extended),
            Self::Mapping => Wish::mapping().make(),
            Self::Protected => Wish::default().make(),
            Self::SeveralSets => {
                let pace = [12, 13].map(|id| (PaceMapping::GenericMapping, id)).into();
                Wish {
                    pace,
                    ..Wish::default()
                }
                .make()
            }
            Self::First(key) => {
                let mut office = self.office();
                office.offers = Chip {
                    pace: &[],
                    chip_authentication: &[],
                    active_authentication: Some(match key {
                        ActiveKey::Rsa => ActiveAuthenticationKey::Rsa { bits: 2048 },
                        ActiveKey::Ecdsa => ActiveAuthenticationKey::Ecdsa {
                            curve: Curve::P256,
                            hash: HashAlgorithm::Sha256,
                        },
                    }),
                    terminal_authentication: false,
                    ..office.offers
                };
                Card::from_office(&mut office, Kind::Extended)
            }
        }
    }

    /// Whose signature it is; the keys are those of the card's own office.
    fn office(self) -> Office {
        Office::with_signer(self.profile(), |signer| {
            if self == Self::Stub {
                signer.document_types.push("UB".to_owned());
            }
        })
    }
}

impl Made {
    /// The card of a case, with the quirk or without it, and with those that it needs beside it.
    pub(super) fn of(case: &Case, entry: &Entry, with: bool) -> Self {
        let quirks = entry.beside.iter().copied();
        let quirks: BTreeSet<Quirk> = quirks.chain(with.then_some(entry.id)).collect();
        Self::with(case.base, quirks)
    }

    /// A card with these quirks.
    pub(super) fn with(base: Base, quirks: BTreeSet<Quirk>) -> Self {
        let card = base.card();
        let mut memory = card.memory();
        let office = base.office();
        let code = office.record.profile().data().document_code;
        let mut sign = |content: &lds::LdsSecurityObject| {
            pki::security_object::sign(content, &office.signer, code, NOW).ok()
        };
        let mut workbench = Workbench {
            sign: &mut sign,
            rng: &mut StdRng::seed_from_u64(21),
        };
        install(&mut memory, &quirks, &mut workbench).unwrap();
        let memory = memory.to_octets().unwrap().to_vec();
        Self {
            card,
            memory,
            quirks,
        }
    }

    /// What the card holds.
    pub(super) fn files(&self) -> BTreeMap<File, Vec<u8>> {
        let memory = ChipMemory::from_octets(&self.memory).unwrap();
        File::all()
            .filter_map(|file| Some((file, memory.file(file)?.to_vec())))
            .collect()
    }

    /// On the reader; the same chip draws the same numbers.
    pub(super) fn power_on(&self) -> Taped {
        let sheet = DataSheet {
            quirks: self.quirks.clone(),
            ..DataSheet::default()
        };
        let cells = Box::new(Cells::from_octets(self.memory.clone()));
        let rng = Box::new(StdRng::seed_from_u64(22));
        let chip = QuirkyChip::new(applet_spec::Chip::load(cells, sheet, rng).unwrap());
        Taped {
            line: MemoryChannel::new(chip),
            tape: Vec::new(),
        }
    }

    /// What somebody else has said to the card.
    pub(super) fn before(&self, case: &Case, line: &mut Taped) {
        for command in case.before {
            let command = CommandApdu::parse(&hex::decode(command).unwrap()).unwrap();
            line.line.transmit(&command).unwrap();
        }
    }

    pub(super) fn border(&self, case: &Case) -> Border {
        let memory = ChipMemory::from_octets(&self.memory).unwrap();
        let zone = Dg1::parse(memory.file(File::Dg1).unwrap()).unwrap().value;
        let with_mrz = Border {
            passwords: vec![Password::mrz(&zone.mrz().information())],
            printed_mrz: Some(zone.mrz().clone()),
            ..Border::with_can(&self.card)
        };
        match case.way {
            Way::Can => Border::with_can(&self.card),
            Way::Zone => with_mrz,
            Way::Bac => Border {
                access: inspection::AccessChoice::Bac,
                ..with_mrz
            },
            Way::ShortLength => Border {
                extended_length: false,
                ..with_mrz
            },
            Way::Certificates => {
                let state = State::new();
                let certificates = state.chain(Rights::ALL, Rights::ALL);
                Border {
                    terminal: Some(Credentials::of(state, certificates)),
                    ..Border::with_can(&self.card)
                }
            }
        }
    }
}

/// What was said: command and answer, octet for octet; nothing stands for a reset.
pub(super) type Tape = Vec<(Vec<u8>, Vec<u8>)>;

/// A line that keeps what is said.
pub(super) struct Taped {
    line: MemoryChannel<QuirkyChip>,
    tape: Tape,
}

impl Taped {
    pub(super) fn into_tape(self) -> Tape {
        self.tape
    }
}

impl Channel for Taped {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let answer = self.line.transmit(command)?;
        self.tape
            .push((command.to_bytes()?.to_vec(), answer.to_bytes()));
        Ok(answer)
    }

    fn limits(&self) -> Limits {
        self.line.limits()
    }

    fn reset_card(&mut self) -> Result<(), ChannelError> {
        self.tape.push((Vec::new(), Vec::new()));
        self.line.reset_card()
    }
}
