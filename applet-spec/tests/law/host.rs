//! The terminal's side of personalisation, as the law of chapter 05 describes it to whoever builds one.

use std::cell::RefCell;
use std::rc::Rc;

use applet_spec::{Chip, PERSONALISATION_AID};
use crypto::{Cipher, HashAlgorithm, SecretBytes, aes_cmac, pad2};
use globalplatform::scp03::host::{self, Options};
use globalplatform::{Scp03Channel, StaticKeys, put_key};
use iso7816::tlv::{self, Tag, Writer};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Le, Limits, ResponseApdu};
use lds::{File, Parent};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// A chip as a line: answers that come in parts are put together, as the driver of a reader does.
pub struct Wire<C> {
    pub chip: C,
    pub limits: Limits,
}

impl<C> Wire<C> {
    pub fn short(chip: C) -> Self {
        let limits = Limits::SHORT;
        Self { chip, limits }
    }
}

impl<C: iso7816::Chip> Channel for Wire<C> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let mut answer = ResponseApdu::parse(&self.chip.execute(&command.to_bytes()?))?;
        while let Some(left) = answer.sw.remaining() {
            let more = CommandApdu::new(0, Ins::GET_RESPONSE, 0, 0).with_le(Le::saturating(left));
            let part = ResponseApdu::parse(&self.chip.execute(&more.to_bytes()?))?;
            answer.data.extend(part.data);
            answer.sw = part.sw;
        }
        Ok(answer)
    }

    fn limits(&self) -> Limits {
        self.limits
    }
}

/// A chip that several hold, and the octets of its last answer.
#[derive(Clone)]
pub struct Shared {
    pub chip: Rc<RefCell<Chip>>,
    pub last: Rc<RefCell<Vec<u8>>>,
}

impl Shared {
    pub fn new(chip: Chip) -> Self {
        Self {
            chip: Rc::new(RefCell::new(chip)),
            last: Rc::default(),
        }
    }
}

impl iso7816::Chip for Shared {
    fn atr(&self) -> Vec<u8> {
        self.chip.borrow().atr()
    }

    fn reset(&mut self) {
        self.chip.borrow_mut().reset();
    }

    fn execute(&mut self, command: &[u8]) -> Vec<u8> {
        let answer = self.chip.borrow_mut().execute(command);
        self.last.borrow_mut().clone_from(&answer);
        answer
    }
}

/// Sends octets and gives status word and data.
pub fn send(chip: &mut impl iso7816::Chip, hex: &str) -> (u16, Vec<u8>) {
    let answer = ResponseApdu::parse(&chip.execute(&test_support::unhex(hex))).unwrap();
    (answer.sw.0, answer.data)
}

/// The status word alone.
pub fn sw(chip: &mut impl iso7816::Chip, hex: &str) -> u16 {
    send(chip, hex).0
}

pub fn select(chip: &mut impl iso7816::Chip) -> u16 {
    sw(
        chip,
        &format!("00A4040C07{}", hex::encode(PERSONALISATION_AID)),
    )
}

/// A role with its secure channel open.
pub struct Host<C> {
    channel: Scp03Channel<Wire<C>>,
}

impl<C: iso7816::Chip> Host<C> {
    /// Selects the application and opens the channel.
    pub fn open(chip: C, keys: &StaticKeys) -> Self {
        Self::open_over(Wire::short(chip), keys)
    }

    pub fn open_over(mut wire: Wire<C>, keys: &StaticKeys) -> Self {
        assert_eq!(select(&mut wire.chip), 0x9000);
        let mut rng = StdRng::seed_from_u64(1);
        let channel = host::open(wire, keys, &Options::default(), &mut rng).unwrap();
        Self { channel }
    }

    /// Sends a command, chained if it does not fit.
    pub fn command(&mut self, ins: u8, p1: u8, p2: u8, data: &[u8]) -> ResponseApdu {
        let room = self.channel.limits().max_command - (4 + 1 + 1);
        let mut parts: Vec<&[u8]> = data.chunks(room).collect();
        let last = parts.pop().unwrap_or_default();
        for part in parts {
            let command = CommandApdu::new(0x90, Ins(ins), p1, p2)
                .with_data(part)
                .with_le(Le::SHORT_MAX);
            let answer = self.transmit(&command);
            assert_eq!((answer.sw.0, answer.data.len()), (0x9000, 0));
        }
        let command = CommandApdu::new(0x80, Ins(ins), p1, p2)
            .with_data(last)
            .with_le(Le::SHORT_MAX);
        self.transmit(&command)
    }

    pub fn transmit(&mut self, command: &CommandApdu) -> ResponseApdu {
        self.channel.transmit(command).unwrap()
    }

    /// Whether the chip still takes what this channel protects.
    pub fn is_open(&mut self) -> bool {
        let status = CommandApdu::new(0x80, Ins::GET_STATUS, 0, 0).with_le(Le::SHORT_MAX);
        self.channel
            .transmit(&status)
            .is_ok_and(|answer| answer.sw.is_ok())
    }

    /// What the chip says to a protected command that asks for nothing but the status.
    pub fn word(&mut self) -> u16 {
        let status = CommandApdu::new(0x80, Ins::GET_STATUS, 0, 0).with_le(Le::SHORT_MAX);
        self.channel.transmit(&status).unwrap().sw.0
    }

    pub fn sw(&mut self, ins: u8, p1: u8, p2: u8, data: &[u8]) -> u16 {
        self.command(ins, p1, p2, data).sw.0
    }

    pub fn status(&mut self) -> Status {
        let answer = self.command(0xF2, 0, 0, &[]);
        assert_eq!(answer.sw.0, 0x9000);
        Status(answer.data)
    }

    pub fn put_key(&mut self, new: &StaticKeys, current: &StaticKeys) -> u16 {
        let command = put_key::command(new, None, current).unwrap();
        let answer = self.transmit(&command);
        if answer.sw.is_ok() {
            put_key::confirm(new, &answer).unwrap();
        }
        answer.sw.0
    }

    pub fn generate(&mut self, purpose: u8, data: &[u8]) -> ResponseApdu {
        self.command(0x46, 0x80, purpose, data)
    }

    pub fn open_job(&mut self, job: &[u8]) -> u16 {
        self.sw(0xE2, 0x88, 0, job)
    }

    pub fn write(&mut self, file: File, offset: usize, octets: &[u8]) -> u16 {
        let [_, high, low] = reference(file);
        let mut data = vec![reference(file)[0]];
        data.extend(three(offset));
        data.extend(octets);
        self.sw(0xD6, high, low, &data)
    }

    pub fn write_all(&mut self, file: File, octets: &[u8]) {
        for (index, part) in octets.chunks(219).enumerate() {
            assert_eq!(self.write(file, index * 219, part), 0x9000, "{file}");
        }
    }

    pub fn commit(&mut self, uuid: &[u8; 16]) -> ResponseApdu {
        self.command(0xF0, 0x40, 0x0F, &tlv::encode(Tag::new(0x80), uuid))
    }

    pub fn lock(&mut self, uuid: &[u8; 16], manifest_hash: &[u8]) -> ResponseApdu {
        let mut data = tlv::encode(Tag::new(0x80), uuid);
        data.extend(tlv::encode(Tag::new(0x85), manifest_hash));
        self.command(0xF0, 0x40, 0x1F, &data)
    }

    pub fn void(&mut self, uuid: Option<&[u8; 16]>) -> ResponseApdu {
        let data = uuid.map(|uuid| tlv::encode(Tag::new(0x80), uuid));
        self.command(0xF0, 0x40, 0xFF, &data.unwrap_or_default())
    }
}

/// An answer to GET STATUS.
#[derive(Debug, PartialEq, Eq)]
pub struct Status(pub Vec<u8>);

impl Status {
    pub fn plain(chip: &mut impl iso7816::Chip) -> Self {
        let (word, data) = send(chip, "80F2000000");
        assert_eq!(word, 0x9000);
        Self(data)
    }

    pub fn object(&self, tag: u32) -> Option<Vec<u8>> {
        let objects = tlv::read_all(&self.0).unwrap();
        Some(tlv::find(&objects, Tag::new(tag))?.value.to_vec())
    }

    pub fn tags(&self) -> Vec<u32> {
        let objects = tlv::read_all(&self.0).unwrap();
        objects.iter().map(|object| object.tag.get()).collect()
    }

    pub fn state(&self) -> u8 {
        self.object(0x80).unwrap()[0]
    }

    /// Length and mark of a file.
    pub fn mark(&self, file: File) -> (usize, usize) {
        let rows = self.object(0x87).unwrap();
        let row = rows
            .chunks(9)
            .find(|row| row[..3] == reference(file))
            .unwrap();
        let number = |octets: &[u8]| {
            octets
                .iter()
                .fold(0, |n, octet| n << 8 | usize::from(*octet))
        };
        (number(&row[3..6]), number(&row[6..9]))
    }
}

/// DF and FID.
pub fn reference(file: File) -> [u8; 3] {
    let [high, low] = file.id().to_bytes();
    [u8::from(file.parent() == Parent::Application), high, low]
}

pub fn three(number: usize) -> [u8; 3] {
    let [.., a, b, c] = number.to_be_bytes();
    [a, b, c]
}

/// What a job says, before it becomes octets; tests spoil parts of it.
#[derive(Clone)]
pub struct JobOrder {
    pub uuid: [u8; 16],
    pub version: [u8; 2],
    pub manifest: Vec<u8>,
    pub security_infos: Vec<u8>,
    pub access: u8,
    pub mrz_seed: Option<Vec<u8>>,
    pub can: Option<Vec<u8>>,
    /// What jobs of law 0101 say more.
    pub later: Vec<Later>,
}

/// An object of a job behind those of law 0100.
#[derive(Clone)]
pub enum Later {
    Plain(u32, Vec<u8>),
    UnderDek(u32, Vec<u8>),
}

impl JobOrder {
    pub fn manifest_hash(&self) -> Vec<u8> {
        HashAlgorithm::Sha256.digest(&self.manifest)
    }

    /// The data of OPEN JOB.
    pub fn octets(&self, dek: &SecretBytes) -> Vec<u8> {
        let under_dek = |value: &[u8]| {
            Cipher::Aes256
                .cbc_encrypt(dek.expose(), &[0; 16], &pad2(value, 16))
                .unwrap()
        };
        let mut job = Writer::new();
        job.object(Tag::new(0x80), &self.uuid)
            .object(Tag::new(0x81), &self.version)
            .object(Tag::new(0x82), &self.manifest)
            .object(Tag::new(0x83), &self.security_infos)
            .object(Tag::new(0x84), &[self.access]);
        for (tag, password) in [(0x85, &self.mrz_seed), (0x86, &self.can)] {
            if let Some(password) = password {
                job.object(Tag::new(tag), &under_dek(password));
            }
        }
        for object in &self.later {
            match object {
                Later::Plain(tag, value) => job.object(Tag::new(*tag), value),
                Later::UnderDek(tag, value) => job.object(Tag::new(*tag), &under_dek(value)),
            };
        }
        data_group(&job.finish())
    }
}

/// DGI A001 around a job.
pub fn data_group(content: &[u8]) -> Vec<u8> {
    let mut octets = vec![0xA0, 0x01];
    match u8::try_from(content.len()) {
        Ok(len) if len < 0xFF => octets.push(len),
        _ => {
            octets.push(0xFF);
            octets.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
        }
    }
    octets.extend(content);
    octets
}

pub fn manifest_entry(file: File, content: &[u8], class: u8) -> Vec<u8> {
    let mut entry = reference(file).to_vec();
    entry.extend(three(content.len()));
    entry.extend(HashAlgorithm::Sha256.digest(content));
    entry.push(class);
    entry
}

/// Counter and CMAC of a receipt that stands in an answer.
pub fn receipt(answer: &ResponseApdu) -> (u32, Vec<u8>) {
    let objects = tlv::read_all(&answer.data).unwrap();
    let value = |tag| tlv::find(&objects, Tag::new(tag)).unwrap().value;
    let counter = u32::from_be_bytes(value(0xC1).try_into().unwrap());
    (counter, value(0xC2).to_vec())
}

/// The receipt that the chip owes ([PERSO-090]).
pub fn expected_receipt(
    keys: &StaticKeys,
    serial: &[u8],
    kind: u8,
    counter: u32,
    body: &[u8],
) -> Vec<u8> {
    let mut key = Vec::new();
    for block in [1, 2] {
        let mut input = vec![0; 11];
        input.extend([0x52, 0x00, 0x01, 0x00, block]);
        input.extend(serial);
        key.extend(aes_cmac(keys.mac().expose(), &input).unwrap());
    }
    let mut message = vec![kind, u8::try_from(serial.len()).unwrap()];
    message.extend(serial);
    message.extend(counter.to_be_bytes());
    message.extend(body);
    aes_cmac(&key, &message).unwrap().to_vec()
}

/// Whether a stored memory holds these octets, as its base64 text.
pub fn holds(journal: &[u8], secret: &[u8]) -> bool {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(secret);
    journal
        .windows(text.len())
        .any(|part| part == text.as_bytes())
}
