//! What people at desks say of applications, in whatever order.

use issuance_service::Result;
use register::application::{
    Command, DuplicateFinding, ErasureCause, Event, MakeFailure, RefusalReason, Stage,
};
use register::store::{EntityKind, Query, Store as _};
use uuid::Uuid;

use crate::workshop::{Workshop, hand};

/// Something that is said of an application.
#[derive(Debug, Clone, Copy)]
pub enum Word {
    /// Somebody applies; others resemble.
    Apply,
    /// They are compared.
    Review,
    Approve,
    Refuse,
    Withdraw,
    /// The card is not as it should be.
    Complain,
}

impl Word {
    pub const ALL: [Self; 6] = [
        Self::Apply,
        Self::Review,
        Self::Approve,
        Self::Refuse,
        Self::Withdraw,
        Self::Complain,
    ];
}

/// Says it, of one of those there are.
pub async fn say(workshop: &Workshop, word: Word, who: u128, which: usize) -> Result<()> {
    let person = Uuid::from_u128(1000 + which as u128 % 3);
    let by = hand(who).officer;
    if matches!(word, Word::Apply) {
        let resembling = [Uuid::from_u128(2000)];
        let count = which % 2;
        let id = Uuid::now_v7();
        workshop.checked(id, person, &resembling[..count]).await;
        return Ok(());
    }
    let query = Query::of(EntityKind::Application, 1000);
    let entities = workshop.office.store().list(&query).await.unwrap();
    let Some(entity) = entities.get(which.checked_rem(entities.len()).unwrap_or(0)) else {
        return Ok(());
    };
    let history = workshop.office.applications().history(entity.id).await?;
    let job = history.application().and_then(|one| one.stage().job());
    let command = match word {
        Word::Apply => return Ok(()),
        Word::Review => Command::ReviewDuplicates {
            finding: DuplicateFinding::NewPerson,
            by,
        },
        Word::Approve => Command::Approve { by },
        Word::Refuse => Command::Refuse {
            reason: RefusalReason::NotEligible,
            rules: Vec::new(),
            by: Some(by),
        },
        Word::Withdraw => Command::Withdraw { by },
        Word::Complain => Command::Complain {
            job: job.unwrap_or_default(),
            reason: MakeFailure::PrintFaulty,
            by,
        },
    };
    let (id, by) = (entity.id, hand(who));
    let done = workshop
        .office
        .application(id, &command, None, &by, workshop.now);
    done.await.map(drop)
}

/// What is true of every application, whoever has said whatever.
pub async fn hold(workshop: &Workshop) {
    let query = Query::of(EntityKind::Application, 10_000);
    for entity in workshop.office.store().list(&query).await.unwrap() {
        let history = workshop.office.applications().history(entity.id);
        let history = history.await.unwrap();
        let application = history.application().unwrap();
        let events: Vec<&Event> = history.events.iter().map(|(_, event)| event).collect();
        // Nobody stands in two steps.
        let receipt = application.receipt();
        let mut hands = vec![&receipt.operator];
        hands.extend(receipt.supervisor.as_ref());
        hands.extend(application.reviewers());
        for event in &events {
            if let Event::ApplicationApproved { by } = event {
                assert!(hands.iter().all(|hand| !hand.is(by)), "{by}: {events:?}");
            }
        }
        // What somebody has complained of is handed over to nobody, whatever became of the application.
        for event in &events {
            if let Event::ComplaintRaised { job, .. } = event {
                let document = workshop.office.documents().history(*job).await.unwrap();
                let document = document.document().unwrap();
                assert!(document.life().unwrap().end.is_some(), "{job}: {events:?}");
            }
        }
        // Nothing happens to what has ended, but that the biometrics go.
        let is_end = |event: &&Event| {
            matches!(
                event,
                Event::ApplicationRefused { .. }
                    | Event::ApplicationWithdrawn { .. }
                    | Event::ApplicationCompleted { .. }
            )
        };
        if let Some(end) = events.iter().position(is_end) {
            let after = &events[end + 1..];
            let is_erasure = |event: &&Event| matches!(event, Event::BiometricsErased(erasure) if erasure.cause != ErasureCause::TimeOver);
            assert!(after.iter().all(is_erasure), "{events:?}");
        }
        // What is in the making was granted after everything that stood against it.
        if matches!(
            application.stage(),
            Stage::InProduction(_) | Stage::Produced(_)
        ) {
            assert!(application.approver().is_some(), "{events:?}");
        }
        assert_eq!(
            entity.state,
            application.stage().kind().word(),
            "the row says what the events do"
        );
    }
}
