//! One person becomes a card.

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result};
use applet_spec::DataSheet;
use lds::RecordEncoding;
use perso::{EncodedBiometrics, Order, Role};
use uuid::Uuid;

use super::stage::Stage;
use super::summary::Summary;
use super::{Office, say};
use crate::access_files::AccessFiles;
use crate::commands::Context;
use crate::commands::personalise::station::Station;
use crate::files::{self, Secrecy};
use crate::keys::{self, Masters};
use crate::pki_folder::CSCA_CERTIFICATE;
use crate::progress::Progress;
use crate::register::FileRegister;
use crate::{chip_file, pki_folder, record_folder};

/// A card in the field, and what is printed on it.
pub struct IssuedCard {
    /// Name of the person's folder.
    pub name: String,
    /// The folder with everything about the card.
    pub folder: PathBuf,
    /// The machine readable zone.
    pub mrz: mrz::Mrz,
    /// The card access number.
    pub can: String,
}

impl IssuedCard {
    /// The chip.
    pub fn chip(&self) -> PathBuf {
        self.folder.join("card.json")
    }
}

/// Carries one person from the record to the locked card.
pub fn person(
    office: &Office,
    person: &Path,
    name: &str,
    register: &mut FileRegister,
    stage: &mut Stage,
    summary: &mut Summary,
    context: &mut Context,
) -> Result<IssuedCard> {
    let start = Instant::now();
    let record = record_folder::load(person)?.issued_on(context.now.date());
    let profile = record_folder::profile(&record.profile)?;
    let record = record_folder::accept(record, profile, context.now, &mut *context.rng)?;
    let card = IssuedCard {
        name: name.to_owned(),
        folder: office.out.join(name),
        mrz: record.mrz()?,
        can: record.can().expose().to_owned(),
    };
    files::make_folder(&card.folder)?;
    let biometrics =
        EncodedBiometrics::encode(&record, RecordEncoding::default(), &mut *context.rng)?;
    let transport = keys::load(&office.keys, Role::Transport)?;
    drop(chip_file::manufacture(
        &card.chip(),
        &transport,
        DataSheet::default(),
        &mut *context.rng,
    )?);
    let pki = office.pki(profile.data().id);
    let signer = pki_folder::document_signer(&pki, &mut *context.rng)?;
    let station = Station {
        masters: &Masters::Folder(office.keys.clone()),
        csca: &pki_folder::csca_certificates(&pki)?,
    };
    let image = stage.with_card(&card.chip(), context, |chip, context| {
        let progress = Progress::new(!context.json());
        let offers = profile.data().chip;
        let prepared = station.prepare(&offers, chip, context, &progress)?;
        progress.step("build and sign");
        let job = Uuid::now_v7();
        let order = Order::new(&record, &biometrics, &prepared, job, context.now);
        let image = perso::issue(&order, &signer, register)?;
        station.deliver(&image, true, chip, context, &progress)?;
        Ok(image)
    })?;
    leave_access(office, &card, &pki)?;
    say(
        context,
        &format!(
            "issued {name}: {} files, {} bytes, in {:.1} s",
            image.files().len(),
            image.total_len(),
            start.elapsed().as_secs_f64()
        ),
    );
    summary.issued(name, profile.data().id, image.total_len(), start.elapsed());
    Ok(card)
}

/// What is printed on the card, for readers that want it in one file and for `card-tool verify`.
fn leave_access(office: &Office, card: &IssuedCard, pki: &Path) -> Result<()> {
    let csca = pki.join(CSCA_CERTIFICATE);
    let access = AccessFiles {
        mrz: &card.mrz,
        can: &card.can,
        pin: None,
        puk: None,
        csca: csca
            .strip_prefix(&office.out)
            .context("folder of the PKI")?,
    };
    for (name, content) in access.files()? {
        files::write(&card.folder.join(name), &content, Secrecy::OwnerOnly)?;
    }
    Ok(())
}
