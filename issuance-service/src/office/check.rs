//! Checking what came: does the packet open, does the record obey its profile, is somebody like the applicant registered?

use enrolment::packet::{Manifest, OpenedPacket, Outcome, PacketError};
use enrolment::{Field, HolderRecord, IssuerProfile, Severity, profiles};
use register::Digest;
use register::application::{Check, Command, RefusalReason};
use register::store::{Change, Queue, Task};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{Done, Hand, Office};
use crate::station::StationError;
use crate::{Error, Result};

/// Rules that are named in a refusal at most.
const MAX_RULES: usize = 20;

impl Office {
    /// Checks the most urgent application that waits for it.
    ///
    /// # Errors
    /// [`Error::Store`]; everything else is [`Done::Later`].
    pub async fn check_next(&self, now: OffsetDateTime) -> Result<Done> {
        let Some(task) = self.lease_one(Queue::Check, "", now).await? else {
            return Ok(Done::Nothing);
        };
        let hand = Hand::service("check", now);
        match self.check(&task, &hand, now).await {
            Ok(()) => Ok(Done::One),
            Err(error) => self.later(&task, error, now).await,
        }
    }

    async fn check(&self, task: &Task, hand: &Hand, now: OffsetDateTime) -> Result<()> {
        let id = task.subject;
        let mut change = Change::new(now);
        let command = match self.open(id).await {
            Ok((packet, record, profile)) => {
                count_scores(&mut change, packet.manifest());
                self.judge(&packet, &record, profile, now).await?
            }
            // Somebody whose key is not known here may be registered in a moment: that is no fault of the applicant.
            Err(
                error @ Error::Station(StationError::Packet(
                    PacketError::UnknownKey { .. }
                    | PacketError::OtherName { .. }
                    | PacketError::Io(_),
                )),
            ) => return Err(error),
            Err(Error::Station(StationError::Packet(_)) | Error::UnknownProfile) => {
                refuse(RefusalReason::PacketUnreadable, Vec::new())
            }
            // Its time was over before anybody came to it.
            Err(Error::Erased) => refuse(RefusalReason::BiometricsUnusable, Vec::new()),
            Err(error) => return Err(error),
        };
        let decided = self.application_with(id, &command, None, hand, change);
        match decided.await {
            // Somebody has taken it back, or another worker was faster: nothing is left to do.
            Ok(_) | Err(Error::Application(_)) => self.finish(task.id, now).await,
            Err(error) => Err(error),
        }
    }

    /// An application's packet with its record and profile.
    ///
    /// # Errors
    /// [`Error::Erased`]; [`Error::Station`] for a packet that cannot be read; [`Error::UnknownProfile`].
    pub async fn open(
        &self,
        id: Uuid,
    ) -> Result<(OpenedPacket, HolderRecord, &'static dyn IssuerProfile)> {
        let packet = self.desk.open_packet(id).await?;
        let record = packet.record().map_err(StationError::from)?;
        let profile = profiles::by_id(&packet.manifest().profile).ok_or(Error::UnknownProfile)?;
        Ok((packet, record, profile))
    }

    async fn judge(
        &self,
        packet: &OpenedPacket,
        record: &HolderRecord,
        profile: &'static dyn IssuerProfile,
        now: OffsetDateTime,
    ) -> Result<Command> {
        let broken = broken_rules(record, profile, now);
        if !broken.is_empty() {
            return Ok(refuse(RefusalReason::RulesBroken, broken));
        }
        let registered = match record.texts().get(Field::PersonalNumber) {
            Some(number) => self.people.of_number(number).await?,
            None => None,
        };
        // Who has the number must have the name: otherwise somebody compares the two.
        let known = match registered {
            Some(person) if self.is_holder(person, record).await? => Some(person),
            _ => None,
        };
        let manifest = packet.manifest();
        let octets = manifest.to_bytes().map_err(StationError::from)?;
        let overrides = manifest.overrides.len();
        let resembling = self.resembling(record, known).await?;
        Ok(Command::RecordCheck(Check {
            record: Digest::of(&octets),
            person: known,
            resembling,
            overrides: u32::try_from(overrides).unwrap_or(u32::MAX),
        }))
    }
}

/// Counts the scores of the tries that were taken, by tens: how good the pictures of a station are.
fn count_scores(change: &mut Change, manifest: &Manifest) {
    let station = &manifest.station.name;
    let taken = manifest.tries.iter();
    for attempt in taken.filter(|attempt| attempt.outcome != Outcome::Rejected) {
        for quality in &attempt.quality {
            let word = match quality.measure.as_str() {
                "NFIQ2" => "nfiq2",
                "UnifiedQualityScore" => "portrait",
                _ => continue,
            };
            if quality.score <= 100 {
                let tens = (quality.score / 10).min(9);
                change.tally(format!("station/{station}/{word}/{tens}"));
            }
        }
    }
}

/// The rules of severity error that a record breaks. Numbers that the service gives are not asked of the applicant.
fn broken_rules(
    record: &HolderRecord,
    profile: &dyn IssuerProfile,
    now: OffsetDateTime,
) -> Vec<String> {
    let findings = enrolment::check_application(record, profile, now.date());
    let mut rules: Vec<String> = findings
        .iter()
        .filter(|finding| finding.severity() == Severity::Error)
        .map(|finding| finding.rule.id.to_owned())
        .collect();
    rules.dedup();
    rules.truncate(MAX_RULES);
    rules
}

const fn refuse(reason: RefusalReason, rules: Vec<String>) -> Command {
    Command::Refuse {
        reason,
        rules,
        by: None,
    }
}
