//! Cards that somebody has altered: each must be refused, by the check that is there for it.

use anyhow::Result;
use applet_spec::ChipMemory;
use inspection::{AccessChoice, Outcome};
use lds::File;
use pki::TrustStore;

use super::inspect;
use super::issue::IssuedCard;
use super::say;
use super::stage::Stage;
use super::summary::Summary;
use crate::commands::Context;
use crate::files::{self, Secrecy};

/// An alteration, and the check that must fail because of it.
struct Alteration {
    name: &'static str,
    failing: &'static str,
    apply: fn(&mut ChipMemory, &ChipMemory) -> applet_spec::Result<()>,
}

const ALTERATIONS: [Alteration; 3] = [
    Alteration {
        name: "altered-dg2",
        failing: "data-groups",
        apply: |chip, _| chip.tamper(File::Dg2, middle(chip, File::Dg2), 0x01),
    },
    Alteration {
        name: "altered-sod",
        failing: "security-object",
        apply: |chip, _| chip.tamper(File::Sod, last(chip, File::Sod), 0x01),
    },
    Alteration {
        name: "altered-dg15",
        failing: "data-groups",
        apply: swap_dg15,
    },
];

/// Makes the altered sisters of a card and shows each to the border.
pub fn try_all(
    card: &IssuedCard,
    other: &IssuedCard,
    trust: &TrustStore,
    stage: &mut Stage,
    summary: &mut Summary,
    context: &mut Context,
) -> Result<()> {
    let others = ChipMemory::from_octets(&files::read(&other.chip())?)?;
    for alteration in &ALTERATIONS {
        let mut memory = ChipMemory::from_octets(&files::read(&card.chip())?)?;
        (alteration.apply)(&mut memory, &others)?;
        let path = card.folder.join(format!("{}.json", alteration.name));
        files::write(&path, &memory.to_octets()?, Secrecy::OwnerOnly)?;
        let password = inspect::password(card, true)?;
        let place = stage.name();
        let (report, statistics) = stage.with_card(&path, context, |chip, context| {
            chip.reset()?;
            Ok(inspect::once(
                chip,
                &password,
                AccessChoice::Automatic,
                trust,
                context,
            ))
        })?;
        inspect::leave(
            &card.folder,
            &format!("{}-report", alteration.name),
            &report,
            statistics,
            &place,
            context,
        )?;
        let caught = report
            .check(alteration.failing)
            .is_some_and(|check| check.finding.outcome == Outcome::Failed);
        let verb = if caught {
            "refused by"
        } else {
            "NOT noticed by"
        };
        say(
            context,
            &format!(
                "{} {}: {verb} {}",
                card.name, alteration.name, alteration.failing
            ),
        );
        summary.inspected(
            &card.name,
            alteration.name,
            Some(alteration.failing),
            &report,
            statistics,
        );
    }
    Ok(())
}

fn middle(chip: &ChipMemory, file: File) -> usize {
    chip.file(file).map_or(0, |content| content.len() / 2)
}

/// The last octet of EF.SOD belongs to the signature.
fn last(chip: &ChipMemory, file: File) -> usize {
    chip.file(file)
        .map_or(0, |content| content.len().saturating_sub(1))
}

fn swap_dg15(chip: &mut ChipMemory, other: &ChipMemory) -> applet_spec::Result<()> {
    chip.replace_file(
        File::Dg15,
        other.file(File::Dg15).unwrap_or_default().to_vec(),
    )
}
