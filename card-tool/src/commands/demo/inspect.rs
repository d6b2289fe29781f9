//! A border looks at a card: by PACE with the CAN, by PACE with the MRZ, by BAC.

use std::path::Path;

use anyhow::Result;
use biometrics::image::{DecodeLimits, decode, encode_png};
use inspection::{AccessChoice, Config, Report, inspect};
use pki::TrustStore;
use protocols::Password;
use transport::{Clock, Statistics};

use super::issue::IssuedCard;
use super::say;
use super::stage::Stage;
use super::summary::Summary;
use crate::commands::{Context, explain, verify};
use crate::files::{self, Secrecy};
use crate::printable;
use crate::reader::{self, Card};
use crate::report::{self, Shown};

/// Ways into the chip: name, access protocol, whether the password is the CAN.
const WAYS: [(&str, AccessChoice, bool); 3] = [
    ("pace-can", AccessChoice::Pace, true),
    ("pace-mrz", AccessChoice::Pace, false),
    ("bac", AccessChoice::Bac, false),
];

/// Inspects a genuine card in every way and leaves the reports.
pub fn card(
    card: &IssuedCard,
    trust: &TrustStore,
    stage: &mut Stage,
    summary: &mut Summary,
    context: &mut Context,
) -> Result<()> {
    for (name, access, with_can) in WAYS {
        let password = password(card, with_can)?;
        let place = stage.name();
        let (report, statistics) = stage.with_card(&card.chip(), context, |chip, context| {
            chip.reset()?;
            Ok(once(chip, &password, access, trust, context))
        })?;
        leave(&card.folder, name, &report, statistics, &place, context)?;
        say(
            context,
            &format!(
                "{} by {name}: {}, {} round trips",
                card.name,
                report.overall(),
                statistics.round_trips
            ),
        );
        summary.inspected(&card.name, name, None, &report, statistics);
        if with_can {
            leave_content(&card.folder, &report)?;
        }
    }
    Ok(())
}

/// The password as a holder shows it.
pub fn password(card: &IssuedCard, can: bool) -> Result<Password> {
    Ok(if can {
        Password::can(&card.can)?
    } else {
        Password::mrz(&card.mrz.information())
    })
}

/// One inspection.
pub fn once(
    chip: &mut dyn Card,
    password: &Password,
    access: AccessChoice,
    trust: &TrustStore,
    context: &mut Context,
) -> (Report, Statistics) {
    let clock = std::cell::RefCell::new(Clock::monotonic());
    let config = Config {
        passwords: core::slice::from_ref(password),
        access,
        printed_mrz: None,
        terminal: None,
        trust,
        now: context.now,
        extended_length: true,
        clock: &|| clock.borrow_mut().now(),
    };
    let (visible, verbose) = (!context.json(), context.verbose);
    let mut chip = chip;
    reader::with_line(&mut chip, verbose, |line| {
        verify::with_progress(visible, |observe| {
            inspect(line, &config, &mut *context.rng, observe)
        })
    })
}

/// Leaves a report in both forms.
pub fn leave(
    folder: &Path,
    name: &str,
    report: &Report,
    statistics: Statistics,
    place: &str,
    context: &Context,
) -> Result<()> {
    let shown = Shown {
        report,
        at: context.now,
        reader: place,
        statistics: Some(statistics),
    };
    let json = serde_json::to_string_pretty(&report::json(&shown))?;
    files::write(
        &folder.join(format!("{name}.json")),
        printable::json(&json).as_bytes(),
        Secrecy::OwnerOnly,
    )?;
    files::write(
        &folder.join(format!("{name}.html")),
        report::page(&shown).as_bytes(),
        Secrecy::OwnerOnly,
    )
}

/// Leaves the portrait, the files and what their bytes mean.
fn leave_content(folder: &Path, report: &Report) -> Result<()> {
    let document = report.data.as_shown();
    if let Some(portrait) = &document.portrait {
        let image = decode(&portrait.bytes, &DecodeLimits::CHIP)?;
        files::write(
            &folder.join("portrait.png"),
            &encode_png(&image)?,
            Secrecy::OwnerOnly,
        )?;
    }
    let into = folder.join("files");
    files::make_folder(&into)?;
    for (file, bytes) in &document.files {
        files::write(
            &into.join(format!("{}.bin", file.word())),
            bytes,
            Secrecy::OwnerOnly,
        )?;
        let text = explain::annotate(bytes);
        files::write(
            &into.join(format!("{}.txt", file.word())),
            text.as_bytes(),
            Secrecy::OwnerOnly,
        )?;
    }
    Ok(())
}
