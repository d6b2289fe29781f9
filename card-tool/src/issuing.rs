//! Documents issued at a station of its own: a record and a chip that has its keys become a job, which is kept on disk before an octet
//! of it goes to the chip.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use enrolment::profile::Chip;
use enrolment::{AcceptedRecord, IssuerProfile};
use lds::RecordEncoding;
use perso::{CardImage, EncodedBiometrics, MAX_JOB_FILE, Order, PreparedChip, RegisterError};
use pki::DocumentSigner;
use uuid::Uuid;

use crate::args::{HolderArgs, RecordEncodingArg};
use crate::commands::Context;
use crate::extras::Extras;
use crate::files::{self, Secrecy};
use crate::floor_folder::JOB_ENDING;
use crate::pki_folder;
use crate::pki_folder::signer_secret::SignerSecretSource;
use crate::register::FileRegister;

/// What documents are issued with.
pub struct Materials<'a> {
    /// The profile of the issuer.
    pub profile: &'static dyn IssuerProfile,
    /// Folder with the document signers.
    pub pki: &'a Path,
    /// File with the secret of the signer's key.
    pub signer_secret_file: Option<&'a Path>,
    /// The register of issued documents.
    pub register: &'a Path,
    /// Where jobs are kept.
    pub jobs: &'a Path,
    /// PIN and terminals.
    pub holder: &'a HolderArgs,
    /// Generation of the biometric records.
    pub encoding: RecordEncodingArg,
}

/// An issuer at work: the signer's key is in use, the register is locked.
pub struct Issuing {
    signer: Arc<DocumentSigner>,
    extras: Extras,
    offers: Chip<'static>,
    register: FileRegister,
    jobs: PathBuf,
    encoding: RecordEncoding,
}

impl Issuing {
    /// Opens signer, register, and the place for jobs.
    pub fn open(materials: &Materials<'_>, context: &mut Context) -> Result<Self> {
        let data = materials.profile.data();
        let secret = SignerSecretSource {
            file: materials.signer_secret_file,
            asking: context.asking,
            new: false,
        };
        let signer = pki_folder::current_document_signer(
            materials.pki,
            data.document_code,
            context.now,
            &secret,
            &mut *context.rng,
        )?;
        let extras = Extras::read(materials.holder, &data.chip, context.now)?;
        let offers = extras.offers(data.chip)?;
        // A place for the job comes before its entry: a number that is entered is used.
        files::make_folder(materials.jobs)?;
        Ok(Self {
            signer,
            extras,
            offers,
            register: FileRegister::open(materials.register)?,
            jobs: materials.jobs.to_owned(),
            encoding: materials.encoding.into(),
        })
    }

    /// What the chips offer: the protocols of the profile, and those that come with what the holder gets.
    pub const fn offers(&self) -> Chip<'static> {
        self.offers
    }

    /// The register.
    pub const fn register(&self) -> &FileRegister {
        &self.register
    }

    /// Where the file of a job is.
    pub fn job_path(&self, job: Uuid) -> PathBuf {
        self.jobs.join(format!("{job}{JOB_ENDING}"))
    }

    /// Builds and signs the content of a chip; the job and its file. A job that was kept before is that of the file.
    pub fn job(
        &mut self,
        accepted: &AcceptedRecord,
        chip: &PreparedChip,
        context: &mut Context,
    ) -> Result<(CardImage, PathBuf)> {
        let biometrics = EncodedBiometrics::encode(accepted, self.encoding, &mut *context.rng)?;
        let order = Order {
            offers: self.offers,
            pin: self.extras.pin.as_ref(),
            trust_points: &self.extras.trust_points,
            ..Order::new(accepted, &biometrics, chip, Uuid::now_v7(), context.now)
        };
        let image = issue(&order, &self.signer, &mut self.register)?;
        let path = self.job_path(image.job());
        if path.exists() {
            return Ok((load_job(&path)?, path));
        }
        files::write(&path, image.to_job_file()?.expose(), Secrecy::OwnerOnly)?;
        Ok((image, path))
    }
}

/// Issues the document, or goes on where an earlier run died between the entry and the kept job: the same document on the same
/// chip with the same keys is the same job, and is signed once more.
fn issue(
    order: &Order<'_>,
    signer: &DocumentSigner,
    register: &mut FileRegister,
) -> Result<CardImage> {
    let refused = match perso::issue(order, signer, register) {
        Err(perso::Error::Register(RegisterError::DocumentNumberUsed(job))) => job,
        answer => return Ok(answer?),
    };
    let again = Order {
        job: refused,
        ..*order
    };
    match perso::issue(&again, signer, register) {
        Err(perso::Error::Register(_)) => {
            Err(perso::Error::Register(RegisterError::DocumentNumberUsed(refused)).into())
        }
        answer => Ok(answer?),
    }
}

/// Reads the file of a job.
pub fn load_job(path: &Path) -> Result<CardImage> {
    let text = zeroize::Zeroizing::new(files::read_at_most(path, MAX_JOB_FILE)?);
    CardImage::from_job_file(&text).with_context(|| path.display().to_string())
}
