//! A shift at a bureau: everything that is to be done is done, from the packets in the inbox to the biometrics that go.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use issuance_service::Error;
use issuance_service::intake::Taken;
use issuance_service::office::{Done, Office};
use issuance_service::personalisation::batch::{CardResult, Job, Order, QualityResult};
use issuance_service::personalisation::life::Act;
use issuance_service::personalisation::{ChipState, Refusal};
use register::application::{Command, DuplicateFinding, StageKind as OfApplication};
use register::document::{ReadOut, Recipient, StageKind};
use register::{ApplicationPage, Page};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::people::CARD;
use crate::world::{APPROVER, hand, receipt, site};

const PERSONALISER: &str = "TEST personaliser";
/// So many of everything in one go.
const MANY: u32 = 1000;
/// Jobs of a batch.
const BATCH: u32 = 3;

/// The moments between two steps, at each of which somebody may pull the plug.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    Taken,
    Checked,
    Approved,
    Produced,
    Claimed,
    Written,
    Judged,
    HandedOver,
}

impl Step {
    pub const ALL: [Self; 8] = [
        Self::Taken,
        Self::Checked,
        Self::Approved,
        Self::Produced,
        Self::Claimed,
        Self::Written,
        Self::Judged,
        Self::HandedOver,
    ];

    pub fn word(self) -> String {
        format!("{self:?}")
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.word() == word)
    }
}

/// Where a shift stops for ever, and what it writes then.
pub struct Stop {
    pub at: Option<Step>,
    pub mark: PathBuf,
}

impl Stop {
    fn after(&self, step: Step) {
        if self.at == Some(step) {
            fs::write(&self.mark, "").unwrap();
            loop {
                std::thread::park();
            }
        }
    }
}

/// Works until nothing is left that can be done now.
pub async fn work(office: &Office, root: &Path, stop: &Stop, now: OffsetDateTime) {
    take(office, &root.join("inbox"), stop, now).await;
    while has_done(office.check_next(now).await) {
        stop.after(Step::Checked);
    }
    decide(office, stop, now).await;
    while has_done(office.produce_next(CARD, now).await) {
        stop.after(Step::Produced);
    }
    personalise(office, stop, now).await;
    hand_over(office, stop, now).await;
    while has_done(office.erase_next(now).await) {}
}

/// What cannot be done now is done by the next shift.
fn has_done(done: Result<Done, Error>) -> bool {
    match done.unwrap() {
        Done::Nothing => false,
        Done::One | Done::Later(_) => true,
    }
}

async fn take(office: &Office, inbox: &Path, stop: &Stop, now: OffsetDateTime) {
    let desk = office.desk();
    for entry in fs::read_dir(inbox).unwrap() {
        let path = entry.unwrap().path();
        let claim = desk.claim(&path).unwrap();
        let taken = desk
            .take(claim, File::open(&path).unwrap(), now)
            .await
            .unwrap();
        match taken {
            Taken::Now(_) => stop.after(Step::Taken),
            Taken::Before(_) => {}
            Taken::Refused(_, error) => panic!("{error}"),
        }
    }
}

async fn in_stage(office: &Office, stage: OfApplication) -> Vec<Uuid> {
    let page = ApplicationPage {
        stage: Some(stage),
        station: None,
        after: None,
        descending: false,
        limit: MANY,
    };
    let rows = office.applications().list(&page).await.unwrap();
    rows.iter().map(|row| row.id).collect()
}

async fn decide(office: &Office, stop: &Stop, now: OffsetDateTime) {
    let tell = async |id, command, by: &str| {
        match office.application(id, &command, None, &hand(by), now).await {
            // The other shift was faster.
            Ok(_) | Err(Error::Application(_)) => {}
            Err(error) => panic!("{error}: {error:?}"),
        }
    };
    for id in in_stage(office, OfApplication::InDuplicateReview).await {
        let (finding, by) = (DuplicateFinding::NewPerson, hand("TEST reviewer").officer);
        tell(
            id,
            Command::ReviewDuplicates { finding, by },
            "TEST reviewer",
        )
        .await;
    }
    for id in in_stage(office, OfApplication::Checked).await {
        let by = hand(APPROVER).officer;
        tell(id, Command::Approve { by }, APPROVER).await;
        stop.after(Step::Approved);
    }
}

/// Goes on with the batches that an earlier shift had taken, and takes others.
async fn personalise(office: &Office, stop: &Stop, now: OffsetDateTime) {
    let writer = hand(PERSONALISER);
    let (site, profile) = (site(), CARD);
    loop {
        let owner = writer.officer.account().unwrap();
        for batch in office.own_batches(owner).await.unwrap() {
            let result = |job: &Job| (job.job, CardResult::Written(receipt(10)));
            let written: Vec<_> = batch.jobs().iter().map(result).collect();
            let told = office.report_batch(batch.id, &written, &writer, now);
            told.await.unwrap();
            stop.after(Step::Written);
        }
        judge(office, stop, now).await;
        let order = Order {
            site: &site,
            profile,
            count: BATCH,
        };
        match office
            .claim_batch(Uuid::now_v7(), order, &writer, now)
            .await
        {
            Ok(_) => stop.after(Step::Claimed),
            Err(Error::Personalisation(Refusal::NoJob | Refusal::TooManyOpen) | Error::Busy) => {
                return;
            }
            Err(error) => panic!("{error}: {error:?}"),
        }
    }
}

/// Quality control looks for what is written, whoever has written it.
async fn judge(office: &Office, stop: &Stop, now: OffsetDateTime) {
    let controller = hand("TEST controller");
    for batch in office.batches(None, None, None, MANY).await.unwrap() {
        let chips = office.chips_of_batch(batch.id).await.unwrap();
        let written = chips
            .iter()
            .filter(|(_, chip)| chip.state == ChipState::Written);
        let passed: Vec<_> = written
            .map(|(job, _)| (*job, QualityResult::Passed(receipt(11))))
            .collect();
        if !passed.is_empty() {
            office
                .judge_batch(batch.id, &passed, &controller, now)
                .await
                .unwrap();
            stop.after(Step::Judged);
        }
    }
}

async fn hand_over(office: &Office, stop: &Stop, now: OffsetDateTime) {
    let page = Page {
        stage: Some(StageKind::Delivered),
        after: None,
        limit: MANY,
    };
    let give = Act::HandOver {
        to: Recipient::Holder,
        read_out: ReadOut::Passed,
    };
    let clerk = hand("TEST clerk");
    for card in office.documents().list(&page).await.unwrap() {
        match office.card(card.job, give, &clerk, now).await {
            Ok(_) | Err(Error::Refused(_) | Error::Busy) => {}
            Err(error) => panic!("{error}: {error:?}"),
        }
        stop.after(Step::HandedOver);
    }
}
