//! Power cuts: in every write to non-volatile memory, at its beginning, in its middle and at its end.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use applet_spec::memory::{Cells, MemoryFault, NonVolatileMemory};
use applet_spec::{Chip, ChipMemory, DataSheet, LifeCycle};
use globalplatform::Scp03Channel;
use globalplatform::scp03::host::{self, Options};
use iso7816::tlv::{Tag, encode};
use iso7816::{Channel, ChannelError, Chip as _, CommandApdu, Ins, Le, ResponseApdu};
use lds::File;

use crate::host::{JobOrder, Status, Wire, manifest_entry, reference, three};
use crate::specimen::{KeyRing, SERIAL, UUID, manufactured_in, mrz_seed, rng};

/// How much of the write in which the power fails is kept.
#[derive(Debug, Clone, Copy)]
pub enum Cut {
    Nothing,
    Half,
    Everything,
}

/// Cells whose power fails in one of their writes.
pub struct Failing {
    pub cells: Cells,
    pub writes_left: Arc<AtomicUsize>,
    pub cut: Cut,
}

impl Failing {
    fn fails_now(&self) -> bool {
        self.writes_left
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            })
            == Ok(1)
    }
}

impl NonVolatileMemory for Failing {
    fn load(&mut self) -> Result<Vec<u8>, MemoryFault> {
        self.cells.load()
    }

    fn append(&mut self, octets: &[u8]) -> Result<(), MemoryFault> {
        if !self.fails_now() {
            return self.cells.append(octets);
        }
        let kept = match self.cut {
            Cut::Nothing => 0,
            Cut::Half => octets.len() / 2,
            Cut::Everything => octets.len(),
        };
        self.cells.append(&octets[..kept])?;
        Err(MemoryFault)
    }

    fn replace(&mut self, octets: &[u8]) -> Result<(), MemoryFault> {
        if !self.fails_now() {
            return self.cells.replace(octets);
        }
        if let Cut::Everything = self.cut {
            self.cells.replace(octets)?;
        }
        Err(MemoryFault)
    }
}

/// A chip that is gone while it has no power.
struct Powered {
    chip: Chip,
    lost: Rc<Cell<bool>>,
}

impl Channel for &mut Powered {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let answer = Wire::short(&mut self.chip).transmit(command)?;
        if answer.sw.0 == 0x6F00 {
            self.lost.set(true);
            return Err(ChannelError::CardLost);
        }
        Ok(answer)
    }
}

/// A small job: the way of a card with few writes.
struct SmallJob {
    keys: KeyRing,
    order: JobOrder,
    files: Vec<(File, Vec<u8>)>,
}

impl SmallJob {
    fn new() -> Self {
        let files = vec![(File::Com, vec![0x60; 300]), (File::Dg1, vec![0x61; 93])];
        let mut entries: Vec<Vec<u8>> = files
            .iter()
            .map(|(file, content)| manifest_entry(*file, content, 2))
            .collect();
        entries.sort();
        let order = JobOrder {
            uuid: UUID,
            version: [1, 0],
            manifest: entries.concat(),
            security_infos: vec![0x31, 0],
            access: 1,
            mrz_seed: Some(mrz_seed()),
            can: None,
            later: Vec::new(),
        };
        Self {
            keys: KeyRing::of(SERIAL),
            order,
            files,
        }
    }

    /// One step further on the way of the card; `true` when it is at its end.
    fn advance(&self, card: &mut Powered) -> Result<bool, ()> {
        let select =
            CommandApdu::new(0, Ins::SELECT, 4, 0x0C).with_data(applet_spec::PERSONALISATION_AID);
        let selected = (&mut *card).transmit(&select).map_err(drop)?;
        if selected.sw.0 == 0x6A82 {
            return Ok(true);
        }
        let state = Status::plain(&mut card.chip).state();
        match LifeCycle::from_code(state).unwrap() {
            LifeCycle::Manufactured => self.initialise(card)?,
            LifeCycle::Initialised => self.open(card)?,
            LifeCycle::Open => self.fill(card)?,
            LifeCycle::Written => self.lock(card)?,
            other => panic!("{other}"),
        }
        Ok(false)
    }

    fn initialise(&self, card: &mut Powered) -> Result<(), ()> {
        let mut role = role(card, &self.keys.transport)?;
        for new in [&self.keys.quality, &self.keys.personalisation] {
            let command =
                globalplatform::put_key::command(new, None, &self.keys.transport).unwrap();
            must(role.transmit(&command))?;
        }
        Ok(())
    }

    fn open(&self, card: &mut Powered) -> Result<(), ()> {
        let mut role = role(card, &self.keys.personalisation)?;
        // A key of each kind is asked for; a second one in its place does no harm.
        must(role.transmit(&command(0x46, 0x80, 0xA6, &[0x80, 1, 12])))?;
        let job = self.order.octets(self.keys.personalisation.dek());
        assert!(job.len() < 224);
        must(role.transmit(&command(0xE2, 0x88, 0, &job)))
    }

    /// Goes on where the marks say.
    fn fill(&self, card: &mut Powered) -> Result<(), ()> {
        let mut role = role(card, &self.keys.personalisation)?;
        let status = role.transmit(&command(0xF2, 0, 0, &[])).map_err(drop)?;
        let status = Status(status.data);
        let job = self.order.octets(self.keys.personalisation.dek());
        must(role.transmit(&command(0xE2, 0x88, 0, &job)))?;
        for (file, content) in &self.files {
            let (len, mark) = status.mark(*file);
            assert_eq!(len, content.len());
            for (index, part) in content[mark..].chunks(100).enumerate() {
                let [df, high, low] = reference(*file);
                let mut data = vec![df];
                data.extend(three(mark + index * 100));
                data.extend(part);
                must(role.transmit(&command(0xD6, high, low, &data)))?;
            }
        }
        let uuid = encode(Tag::new(0x80), &UUID);
        must(role.transmit(&command(0xF0, 0x40, 0x0F, &uuid)))
    }

    fn lock(&self, card: &mut Powered) -> Result<(), ()> {
        let mut role = role(card, &self.keys.quality)?;
        let mut data = encode(Tag::new(0x80), &UUID);
        data.extend(encode(Tag::new(0x85), &self.order.manifest_hash()));
        must(role.transmit(&command(0xF0, 0x40, 0x1F, &data)))
    }
}

fn role<'a>(
    card: &'a mut Powered,
    keys: &globalplatform::StaticKeys,
) -> Result<Scp03Channel<&'a mut Powered>, ()> {
    host::open(card, keys, &Options::default(), &mut rng(8)).map_err(drop)
}

fn command(ins: u8, p1: u8, p2: u8, data: &[u8]) -> CommandApdu {
    CommandApdu::new(0x80, Ins(ins), p1, p2)
        .with_data(data)
        .with_le(Le::SHORT_MAX)
}

fn must(answer: Result<ResponseApdu, ChannelError>) -> Result<(), ()> {
    let answer = answer.map_err(drop)?;
    assert_eq!(answer.sw.0, 0x9000);
    Ok(())
}

/// Personalises a card whose power fails in one write. Gives the number of writes that were not reached.
fn personalise_with_cut(at: usize, cut: Cut) -> usize {
    let job = SmallJob::new();
    let cells = Cells::new();
    drop(manufactured_in(cells.clone(), DataSheet::default()));
    let writes_left = Arc::new(AtomicUsize::new(at));
    let failing = Failing {
        cells: cells.clone(),
        writes_left: writes_left.clone(),
        cut,
    };
    let chip = Chip::load(Box::new(failing), DataSheet::default(), Box::new(rng(7))).unwrap();
    let lost = Rc::new(Cell::new(false));
    let mut card = Powered {
        chip,
        lost: lost.clone(),
    };
    let mut last_counter = 0;
    for _ in 0..20 {
        match job.advance(&mut card) {
            Ok(true) => break,
            Ok(false) => {}
            Err(()) => {
                assert!(lost.replace(false), "only the power fails");
                // Without power it says nothing but that.
                assert_eq!(card.chip.execute(&[0, 0xA4, 0, 0x0C]), [0x6F, 0x00]);
                card.chip.reset();
            }
        }
        let kept = ChipMemory::from_octets(&cells.octets()).unwrap();
        assert_eq!(
            kept.life_cycle(),
            card.chip.memory().life_cycle(),
            "what is kept is what the chip knows"
        );
        let counter = stored_counter(&card.chip);
        assert!(counter >= last_counter, "receipt counters never go back");
        last_counter = counter;
    }
    assert_eq!(
        card.chip.memory().life_cycle(),
        LifeCycle::Operational,
        "{at} {cut:?}"
    );
    let stored = ChipMemory::from_octets(&cells.octets()).unwrap();
    for (file, content) in &job.files {
        assert_eq!(stored.file(*file).unwrap(), content);
    }
    writes_left.load(Ordering::SeqCst)
}

fn stored_counter(chip: &Chip) -> u64 {
    let journal = chip.memory().to_octets().unwrap();
    let writes: serde_json::Value = serde_json::from_slice(&journal).unwrap();
    let counter = writes
        .as_array()
        .unwrap()
        .iter()
        .find(|write| write["write"] == "receipt-counter")
        .unwrap();
    counter["value"].as_u64().unwrap()
}

/// [SCOPE-004], [LIFE-009], [LIFE-003], [SW-005], [PERSO-071], [PERSO-091]: wherever the power fails, the card is finished
/// afterwards, with the right content.
#[test]
fn a_power_cut_in_every_write() {
    const FAR: usize = 1_000;
    let writes = FAR - personalise_with_cut(FAR, Cut::Nothing);
    assert!(writes > 20, "{writes}");
    for at in 1..=writes {
        for cut in [Cut::Nothing, Cut::Half, Cut::Everything] {
            assert_eq!(
                personalise_with_cut(at, cut),
                0,
                "{at} of {writes}, {cut:?}"
            );
        }
    }
}

/// A laboratory alters a file, and only that.
#[test]
fn a_laboratory_makes_a_chip_lie() {
    let chip = crate::specimen::card(LifeCycle::Operational).chip;
    let octets = chip.memory().to_octets().unwrap();
    let mut memory = ChipMemory::from_octets(&octets).unwrap();
    let before = memory.file(File::Dg2).unwrap().to_vec();
    memory.tamper(File::Dg2, 100, 0x01).unwrap();
    memory.replace_file(File::Dg15, vec![0x6F, 1, 9]).unwrap();
    assert!(memory.tamper(File::Dg2, before.len(), 1).is_err());
    assert!(memory.replace_file(File::Dg5, vec![]).is_err());
    let again = ChipMemory::from_octets(&memory.to_octets().unwrap()).unwrap();
    let after = again.file(File::Dg2).unwrap();
    let differing: Vec<usize> = (0..before.len())
        .filter(|at| before[*at] != after[*at])
        .collect();
    assert_eq!((differing, before[100] ^ after[100]), (vec![100], 0x01));
    assert_eq!(again.file(File::Dg15).unwrap(), [0x6F, 1, 9]);
}
