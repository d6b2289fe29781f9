//! The procedure: from a chip out of the maker's box to a chip in the field. Each step can be repeated after a torn card.

use crypto::{CryptoRng, SecretBytes};
use globalplatform::scp03::host;
use globalplatform::{Purpose, Scp03Channel, StaticKeys, diversify};
use iso7816::{CardLine, Channel};

use crate::applet::{
    self, ChipKey, ChipStatus, KeyRequest, LawVersion, LifeCycle, Need, PERSONALISATION_KEYS,
    QUALITY_KEYS, Receipt, ReceiptKey, ReceiptKind, TRANSPORT_KEYS,
};
use crate::{CardImage, Error, Result};
use crate::{line, named_keys};

/// Octets of a master key: the keys of a chip are AES-256 keys.
const MASTER_LEN: usize = 32;

/// Who speaks to the chip. Each role has a master key of its own; whoever writes does not judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The maker's keys, good for one thing: being replaced.
    Transport,
    /// Writes.
    Personalisation,
    /// Reads back and locks.
    Quality,
}

impl Role {
    const fn key_version(self) -> u8 {
        match self {
            Self::Transport => TRANSPORT_KEYS,
            Self::Personalisation => PERSONALISATION_KEYS,
            Self::Quality => QUALITY_KEYS,
        }
    }

    const fn purpose(self) -> Purpose {
        match self {
            Self::Transport => Purpose::Transport,
            Self::Personalisation => Purpose::Personalisation,
            Self::Quality => Purpose::QualityControl,
        }
    }
}

/// The master key of one role, from which the keys of every chip are derived.
#[derive(Debug)]
pub struct RoleKey {
    role: Role,
    master: SecretBytes,
}

impl RoleKey {
    /// Takes a master key over.
    ///
    /// # Errors
    /// [`Error::Misuse`] unless it has 32 octets.
    pub fn new(role: Role, master: SecretBytes) -> Result<Self> {
        if master.len() == MASTER_LEN {
            Ok(Self { role, master })
        } else {
            Err(Error::Misuse("a master key has 32 octets"))
        }
    }

    /// The key set of one chip.
    ///
    /// # Errors
    /// [`Error::SecureChannel`].
    pub fn for_chip(&self, serial: &[u8]) -> Result<StaticKeys> {
        Ok(diversify(
            &self.master,
            self.role.purpose(),
            self.role.key_version(),
            serial,
        )?)
    }

    /// Opens the secure channel on a line where the personalisation application is selected.
    fn open<'c>(
        &self,
        line: CardLine<&'c mut dyn Channel>,
        serial: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<(Scp03Channel<CardLine<&'c mut dyn Channel>>, StaticKeys)> {
        let keys = self.for_chip(serial)?;
        let secure = host::open(line, &keys, &host::Options::default(), rng)?;
        Ok((secure, keys))
    }
}

/// How far a personalisation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// A step begins.
    Step(&'static str),
    /// Octets on the chip out of all.
    Written {
        /// Octets written.
        done: usize,
        /// Octets to write.
        total: usize,
    },
}

/// What is known of a chip before a job is made for it: the pool of prepared chips consists of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreparedChip {
    /// Serial number.
    pub serial: Vec<u8>,
    /// The law that it obeys.
    pub law: LawVersion,
    /// Public keys that it has generated, receipts checked.
    pub keys: Vec<ChipKey>,
}

/// Replaces the maker's keys by the issuer's: MANUFACTURED → INITIALISED. Nothing happens to a chip that is further on.
///
/// # Errors
/// [`Error::WrongState`] for a chip that is of no use any more; after any other error the step can be repeated.
pub fn initialise(
    channel: &mut dyn Channel,
    transport: &RoleKey,
    issuer: [&RoleKey; 2],
    rng: &mut dyn CryptoRng,
) -> Result<ChipStatus> {
    let mut line = line::to_chip(channel)?;
    let status = identify(&mut line)?;
    match status.state {
        LifeCycle::Manufactured => {}
        LifeCycle::Blocked | LifeCycle::Terminated => {
            status.must_be(LifeCycle::Manufactured, "PUT KEY")?;
        }
        _ => return Ok(status),
    }
    let (mut secure, transport_keys) = transport.open(line, &status.serial, rng)?;
    for role_key in issuer {
        let keys = role_key.for_chip(&status.serial)?;
        applet::put_key(&mut secure, &transport_keys, &keys)?;
    }
    let status = identify(channel)?;
    status.must_be(LifeCycle::Initialised, "PUT KEY")?;
    Ok(status)
}

/// Asks the chip for its keys, and has it generate those that it does not have yet. A key that is there is never replaced, by
/// none of its kind and by none of another: a job may name it already.
///
/// # Errors
/// [`Error::LawTooOld`], [`Error::OtherProfile`] before anything is generated; after any other error what was generated stays on
/// the chip.
pub fn prepare(
    channel: &mut dyn Channel,
    personalisation: &RoleKey,
    requests: &[KeyRequest],
    rng: &mut dyn CryptoRng,
    progress: &mut dyn FnMut(Progress),
) -> Result<PreparedChip> {
    progress(Progress::Step("generate keys"));
    let mut line = line::to_chip(channel)?;
    let status = identify(&mut line)?;
    let needs = requests.iter().copied().filter_map(Need::of_request);
    status.law.must_meet(needs)?;
    let (mut secure, keys) = personalisation.open(line, &status.serial, rng)?;
    let receipts = ReceiptKey::derive(&keys, &status.serial)?;
    let taken = applet::read_status(&mut secure)?.generated;
    let mut there = Vec::with_capacity(requests.len());
    for request in requests {
        let key = applet::generated_key(&mut secure, *request, &receipts)?;
        if key.is_none() && taken.contains(&request.place()) {
            return Err(Error::OtherProfile {
                purpose: request.protocol(),
            });
        }
        there.push((*request, key));
    }
    let keys = there
        .into_iter()
        .map(|(request, key)| match key {
            Some(key) => Ok(key),
            None => applet::generate_key(&mut secure, request, &receipts),
        })
        .collect::<Result<_>>()?;
    Ok(PreparedChip {
        serial: status.serial,
        law: status.law,
        keys,
    })
}

/// Brings a job into its chip: OPEN JOB, WRITE, COMMIT. After a torn card the same call goes on where the chip stands.
///
/// # Errors
/// [`Error::OtherChip`], [`Error::LawTooOld`], [`Error::OtherJob`], [`Error::OtherKey`] before anything is written; any other
/// error leaves a chip that the same call resumes or [`void`] ends.
pub fn write_job(
    channel: &mut dyn Channel,
    personalisation: &RoleKey,
    image: &CardImage,
    rng: &mut dyn CryptoRng,
    progress: &mut dyn FnMut(Progress),
) -> Result<Receipt> {
    progress(Progress::Step("identify chip"));
    let mut line = line::to_chip(channel)?;
    let public = identify(&mut line)?;
    if public.serial != image.chip_serial() {
        return Err(Error::OtherChip {
            wanted: hex(image.chip_serial()),
            found: hex(&public.serial),
        });
    }
    public.law.must_meet(image.needs()?)?;
    let (mut secure, keys) = personalisation.open(line, &public.serial, rng)?;
    let receipts = ReceiptKey::derive(&keys, &public.serial)?;
    let before = applet::read_status(&mut secure)?;
    if let Some(found) = before.job.filter(|found| *found != image.job()) {
        return Err(Error::OtherJob {
            found,
            wanted: image.job(),
        });
    }
    if before.state < LifeCycle::Written {
        named_keys::must_be_on_the_chip(&mut secure, image, &receipts)?;
        progress(Progress::Step("open job"));
        applet::open_job(&mut secure, image, &keys)?;
        progress(Progress::Step("write"));
        write_files(&mut secure, image, progress)?;
    }
    progress(Progress::Step("commit"));
    let receipt = applet::commit(&mut secure, image.job())?;
    receipts.check(ReceiptKind::Commit, &evidence(image), &receipt)?;
    Ok(receipt)
}

/// Sends the chip into the field: WRITTEN → OPERATIONAL. Only after the read-back, only with the quality role's key.
///
/// # Errors
/// [`Error`]; the chip is still WRITTEN then, unless the answer was lost: [`applet::select`] fails on a locked chip.
pub fn lock(
    channel: &mut dyn Channel,
    quality: &RoleKey,
    image: &CardImage,
    rng: &mut dyn CryptoRng,
) -> Result<Receipt> {
    let mut line = line::to_chip(channel)?;
    let status = identify(&mut line)?;
    status.must_be(LifeCycle::Written, "LOCK")?;
    let (mut secure, keys) = quality.open(line, &status.serial, rng)?;
    let receipts = ReceiptKey::derive(&keys, &status.serial)?;
    let receipt = applet::lock(&mut secure, image.job(), &image.manifest().hash())?;
    receipts.check(ReceiptKind::Lock, &evidence(image), &receipt)?;
    Ok(receipt)
}

/// Destroys a chip: → TERMINATED. There is no way back.
///
/// # Errors
/// [`Error`]; the chip is unchanged then.
pub fn void(channel: &mut dyn Channel, role: &RoleKey, rng: &mut dyn CryptoRng) -> Result<Receipt> {
    let mut line = line::to_chip(channel)?;
    let public = identify(&mut line)?;
    let (mut secure, keys) = role.open(line, &public.serial, rng)?;
    let receipts = ReceiptKey::derive(&keys, &public.serial)?;
    let status = applet::read_status(&mut secure)?;
    let receipt = applet::void(&mut secure, status.job)?;
    let body = match (status.job, status.manifest_hash) {
        (Some(job), Some(hash)) => [&job.as_bytes()[..], &hash].concat(),
        _ => vec![0; 16 + 32],
    };
    receipts.check(ReceiptKind::Void, &body, &receipt)?;
    Ok(receipt)
}

/// Selects the personalisation application and reads the public status.
///
/// # Errors
/// [`Error::CardRefused`]: a chip in the field has no personalisation application any more.
pub fn identify(channel: &mut dyn Channel) -> Result<ChipStatus> {
    applet::select(channel)?;
    applet::read_status(channel)
}

/// Writes what the chip does not have yet, file by file from its mark.
fn write_files(
    secure: &mut dyn Channel,
    image: &CardImage,
    progress: &mut dyn FnMut(Progress),
) -> Result<()> {
    const DF_AND_OFFSET: usize = 4;
    let status = applet::read_status(secure)?;
    let total = image.total_len();
    let part = applet::max_data(secure)
        .saturating_sub(DF_AND_OFFSET)
        .max(1);
    let mut done: usize = status.files.iter().map(|file| file.mark).sum();
    progress(Progress::Written { done, total });
    for (file, content) in image.files() {
        let key = (crate::manifest::directory(*file), file.id());
        let mark = status
            .files
            .iter()
            .find(|on_chip| (on_chip.df, on_chip.id) == key)
            .map_or(0, |on_chip| on_chip.mark);
        let missing = content
            .get(mark..)
            .ok_or(Error::CardMisbehaved("a mark beyond the end of its file"))?;
        let mut offset = mark;
        for octets in missing.chunks(part) {
            applet::write(secure, *file, offset, octets)?;
            offset += octets.len();
            done += octets.len();
            progress(Progress::Written { done, total });
        }
    }
    Ok(())
}

/// Body of the receipts of a job.
fn evidence(image: &CardImage) -> Vec<u8> {
    [&image.job().as_bytes()[..], &image.manifest().hash()].concat()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}
