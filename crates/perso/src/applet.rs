//! The personalisation application as a host sees it: chapters 05 and 06 of the applet's law, command by command.
//!
//! Each function is one command. The order, and what to do after a torn card, is the business of [`crate::personalise`].

mod keys;
mod law;
mod receipt;
mod status;

use crypto::Cipher;
use globalplatform::StaticKeys;
use iso7816::tlv::{self, Tag};
use iso7816::{Channel, CommandApdu, Ins, ResponseApdu, StatusWord};
use uuid::Uuid;
use zeroize::Zeroizing;

pub use keys::{
    ChipKey, ChipPublicKey, KeyPlace, KeyRequest, generate_key, generated_key, put_key,
};
pub use law::{LawVersion, Need};
pub use receipt::{Receipt, ReceiptKey, ReceiptKind};
pub use status::{ChipStatus, FileStatus, KeySetStatus, LifeCycle, read_status};

use crate::card_image::CardImage;
use crate::{Error, HolderPin, Result};

/// Identifier of the personalisation application ([PERSO-001]).
pub const PERSONALISATION_AID: [u8; 7] = [0xF0, 0x50, 0x45, 0x52, 0x53, 0x4F, 0x01];
/// Key version of the transport role.
pub const TRANSPORT_KEYS: u8 = 0x30;
/// Key version that this host gives to the personalisation role.
pub const PERSONALISATION_KEYS: u8 = 0x31;
/// Key version that this host gives to the quality role.
pub const QUALITY_KEYS: u8 = 0x38;

/// Class of the personalisation commands; the secure channel sets its own bit.
const CLA: u8 = 0x80;
const CLA_CHAINED: u8 = 0x90;
const INS_WRITE: Ins = Ins(0xD6);
const INS_SET_STATUS: Ins = Ins(0xF0);
const DGI_OPEN_JOB: [u8; 2] = [0xA0, 0x01];

/// Selects the personalisation application. Whatever was open on the chip is closed.
///
/// # Errors
/// [`Error::CardRefused`]: a chip in the field does not know the application any more.
pub fn select(channel: &mut dyn Channel) -> Result<()> {
    let command = CommandApdu::new(0x00, Ins::SELECT, 0x04, 0x0C).with_data(PERSONALISATION_AID);
    done(
        "SELECT of the personalisation application",
        channel.transmit(&command)?,
    )
    .map(drop)
}

/// Opens the job: manifest, protocols, passwords. Repeating it with the same job resumes ([PERSO-061]).
///
/// # Errors
/// [`Error::CardRefused`].
pub fn open_job(channel: &mut dyn Channel, image: &CardImage, keys: &StaticKeys) -> Result<()> {
    let mut body = tlv::Writer::new();
    body.object(Tag::new(0x80), image.job().as_bytes())
        .object(Tag::new(0x81), &image.law()?.octets())
        .object(Tag::new(0x82), &image.manifest().to_bytes())
        .object(Tag::new(0x83), &image.chip_infos()?.to_der())
        .object(Tag::new(0x84), &[u8::from(image.offers_bac())])
        .object(
            Tag::new(0x85),
            &under_dek(keys, image.mrz_key_seed().expose())?,
        );
    if let Some(can) = image.can() {
        body.object(Tag::new(0x86), &under_dek(keys, can.expose())?);
    }
    write_pin(image, keys, &mut body)?;
    write_terminal_trust(image, keys, &mut body)?;
    let body = body.finish();
    let data = [&DGI_OPEN_JOB[..], &dgi_length(body.len())?, &body].concat();
    let command = |cla| CommandApdu::new(cla, Ins::STORE_DATA, 0x88, 0x00);
    send_chained("OPEN JOB", channel, command, &data).map(drop)
}

/// PIN and PUK, each with the start value of its retry counter ([PERSO-066]).
fn write_pin(image: &CardImage, keys: &StaticKeys, body: &mut tlv::Writer) -> Result<()> {
    let Some(HolderPin { pin, puk }) = image.pin() else {
        return Ok(());
    };
    for (tag, password) in [(0x87, Some(pin)), (0x89, puk.as_ref())] {
        if let Some(password) = password {
            body.object(Tag::new(tag), &under_dek(keys, password.digits().expose())?)
                .object(Tag::new(tag + 1), &[password.tries()]);
        }
    }
    Ok(())
}

/// Date, trust points, and after BAC the document number ([PERSO-067]).
fn write_terminal_trust(
    image: &CardImage,
    keys: &StaticKeys,
    body: &mut tlv::Writer,
) -> Result<()> {
    let Some(trust) = image.terminal_trust() else {
        return Ok(());
    };
    body.object(Tag::new(0x8B), &trust.today().digits())
        .object(Tag::new(0x8C), &trust.certificates().concat());
    if let Some(number) = image.document_number() {
        body.object(Tag::new(0x8D), &under_dek(keys, number.expose())?);
    }
    Ok(())
}

/// Writes octets of a file. Any order, any number of times; the octet written last counts ([PERSO-070]).
///
/// # Errors
/// [`Error::CardRefused`]; [`Error::Misuse`] for an offset beyond 24 bits.
pub fn write(
    channel: &mut dyn Channel,
    file: lds::File,
    offset: usize,
    octets: &[u8],
) -> Result<()> {
    let [0, high, middle, low] = u32::try_from(offset).unwrap_or(u32::MAX).to_be_bytes() else {
        return Err(Error::Misuse("offset of a file beyond 24 bits"));
    };
    let [p1, p2] = file.id().to_bytes();
    let data = [&[df_code(file), high, middle, low], octets].concat();
    let command = CommandApdu::new(CLA, INS_WRITE, p1, p2).with_data(data);
    done("WRITE", channel.transmit(&command)?).map(drop)
}

/// COMMIT: the chip compares every file with the manifest ([PERSO-081]).
///
/// # Errors
/// [`Error::CardRefused`] with `6A80` when a file differs: its mark in GET STATUS is then 0.
pub fn commit(channel: &mut dyn Channel, job: Uuid) -> Result<Receipt> {
    let data = tlv::encode(Tag::new(0x80), job.as_bytes());
    set_status("COMMIT", channel, LifeCycle::Written, &data)
}

/// LOCK: the chip destroys its personalisation keys and goes into the field. The quality role only.
///
/// # Errors
/// [`Error::CardRefused`].
pub fn lock(channel: &mut dyn Channel, job: Uuid, manifest_hash: &[u8]) -> Result<Receipt> {
    let mut data = tlv::Writer::new();
    data.object(Tag::new(0x80), job.as_bytes())
        .object(Tag::new(0x85), manifest_hash);
    set_status("LOCK", channel, LifeCycle::Operational, &data.finish())
}

/// VOID: the chip destroys everything on it, for ever.
///
/// # Errors
/// [`Error::CardRefused`].
pub fn void(channel: &mut dyn Channel, open_job: Option<Uuid>) -> Result<Receipt> {
    let data = open_job
        .map(|job| tlv::encode(Tag::new(0x80), job.as_bytes()))
        .unwrap_or_default();
    set_status("VOID", channel, LifeCycle::Terminated, &data)
}

fn set_status(
    step: &'static str,
    channel: &mut dyn Channel,
    to: LifeCycle,
    data: &[u8],
) -> Result<Receipt> {
    let command = CommandApdu::new(CLA, INS_SET_STATUS, 0x40, to.code())
        .with_data(data)
        .with_le(iso7816::Le::SHORT_MAX);
    let answer = done(step, channel.transmit(&command)?)?;
    Receipt::parse(&tlv::read_all(&answer.data).map_err(|_| Error::Malformed { what: "receipt" })?)
}

/// `00` for a file of the MF, `01` for one of the application.
fn df_code(file: lds::File) -> u8 {
    match file.parent() {
        lds::Parent::MasterFile => 0x00,
        lds::Parent::Application => 0x01,
    }
}

/// A value under the data encryption key of the channel ([PERSO-028]).
fn under_dek(keys: &StaticKeys, value: &[u8]) -> Result<Vec<u8>> {
    let iv = [0; 16];
    let padded = Zeroizing::new(crypto::pad2(value, iv.len()));
    Ok(Cipher::Aes256.cbc_encrypt(keys.dek().expose(), &iv, &padded)?)
}

/// Length of a DGI: one octet, or `FF` and two (GlobalPlatform Systems Scripting Language §A).
fn dgi_length(length: usize) -> Result<Vec<u8>> {
    match u16::try_from(length).map_err(|_| Error::Misuse("job longer than 65535 octets"))? {
        short @ 0..=0xFE => Ok(vec![short.to_be_bytes()[1]]),
        long => Ok([&[0xFF], &long.to_be_bytes()[..]].concat()),
    }
}

/// Sends data as one command if the line allows it, else as a chain.
fn send_chained(
    step: &'static str,
    channel: &mut dyn Channel,
    command: impl Fn(u8) -> CommandApdu,
    data: &[u8],
) -> Result<ResponseApdu> {
    let part = max_data(channel);
    let mut parts = data.chunks(part).peekable();
    let mut answer = ResponseApdu::from_sw(StatusWord::OK);
    while let Some(octets) = parts.next() {
        let cla = if parts.peek().is_some() {
            CLA_CHAINED
        } else {
            CLA
        };
        answer = done(step, channel.transmit(&command(cla).with_data(octets))?)?;
    }
    Ok(answer)
}

/// Most octets of data that one command through this line carries: APDU header and lengths take at most nine.
pub(crate) fn max_data(channel: &dyn Channel) -> usize {
    const EXTENDED_OVERHEAD: usize = 9;
    const SHORT_OVERHEAD: usize = 6;
    let limits = channel.limits();
    let overhead = if limits.allow_extended() {
        EXTENDED_OVERHEAD
    } else {
        SHORT_OVERHEAD
    };
    limits.max_command.saturating_sub(overhead).max(1)
}

fn done(step: &'static str, answer: ResponseApdu) -> Result<ResponseApdu> {
    if answer.sw.is_ok() {
        Ok(answer)
    } else {
        Err(Error::CardRefused {
            step,
            sw: answer.sw,
        })
    }
}
