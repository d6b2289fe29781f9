//! What is done on the machine itself, beside the service: it adds up as well.

use issuance_service::personalisation::ChipState;
use issuance_service::personalisation::stock::numbers;
use issuance_service::{Error, IssuanceService, JobFolder, Result};
use register::Approval;
use register::application::Stage;
use register::document::{Delivery, Document, Refusal, VoidReason, Voiding};
use uuid::Uuid;

use crate::invariants::hold;
use crate::workshop::{Workshop, hand, receipt, site};

fn service(workshop: &Workshop) -> IssuanceService<register::store::AnyStore> {
    let nowhere = std::env::temp_dir().join(format!("no-jobs-{}", Uuid::now_v7()));
    IssuanceService::new(workshop.office.store().clone(), JobFolder::new(nowhere))
}

/// `issuance-service void`, by two persons.
pub async fn void(workshop: &Workshop, job: Uuid, which: usize) -> Result<Document> {
    let voiding = Voiding {
        reason: if which.is_multiple_of(2) {
            VoidReason::ChipFaulty
        } else {
            VoidReason::LostInProduction
        },
        approval: Approval::new(hand(93).officer, hand(94).officer).unwrap(),
        receipt: None,
    };
    service(workshop).void(job, voiding, workshop.now).await
}

#[tokio::test]
async fn what_is_voided_on_the_machine_is_a_reject_and_made_again() {
    let workshop = Workshop::new().await;
    let [first, second] = workshop.jobs(2).await[..] else {
        panic!()
    };
    for _ in 0..2 {
        void(&workshop, first, 0).await.unwrap();
    }
    void(&workshop, second, 1).await.unwrap();
    let books = numbers(workshop.office.store(), &site()).await.unwrap();
    let there = |state| books.of(state);
    assert_eq!(
        (there(ChipState::Reserved), there(ChipState::Rejected)),
        (0, 1)
    );
    assert_eq!(there(ChipState::Missing), 1);
    assert!(books.adds_up(), "{books:?}");
    for job in [first, second] {
        let document = workshop.office.documents().history(job).await.unwrap();
        let application = document.document().unwrap().entry().application.unwrap();
        let history = workshop.office.applications().history(application).await;
        let application = history.unwrap().application().unwrap();
        assert_eq!(
            (application.stage(), application.remakes()),
            (Stage::Approved, 1)
        );
    }
    hold(&workshop).await;
}

/// What was applied for at a desk is judged by quality control, which has a name.
#[tokio::test]
async fn what_was_applied_for_is_not_delivered_past_quality_control() {
    let workshop = Workshop::new().await;
    let job = workshop.jobs(1).await[0];
    let delivery = Delivery {
        commit: receipt(10),
        lock: receipt(11),
        by: None,
    };
    let done = service(&workshop)
        .confirm_delivery(job, delivery, workshop.now)
        .await;
    assert!(
        matches!(done, Err(Error::Refused(Refusal::WroteIt))),
        "{done:?}"
    );
    hold(&workshop).await;
}
