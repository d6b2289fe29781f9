//! What is done on the machine itself, beside the service: it adds up as well.

use issuance_service::intake::IntakeFolder;
use issuance_service::personalisation::ChipState;
use issuance_service::personalisation::life::Act;
use issuance_service::personalisation::stock::numbers;
use issuance_service::relying::status;
use issuance_service::{Error, IssuanceService, JobFolder, Result};
use register::Approval;
use register::application::{RefusalReason, Stage};
use register::document::{Delivery, Document, Refusal, VoidReason, Voiding};
use register::store::{BlobChange, BlobName, Change, Store as _};
use uuid::Uuid;

use crate::invariants::hold;
use crate::workshop::{Workshop, hand, password, receipt, site};

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
async fn what_is_voided_on_the_machine_is_a_reject() {
    let workshop = Workshop::new().await;
    workshop.stock(2).await;
    let first = workshop.make_here().await.unwrap();
    let second = workshop.make_here().await.unwrap();
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
    hold(&workshop).await;
}

/// The stage of the application of a job.
async fn application_of(workshop: &Workshop, job: Uuid) -> Stage {
    let document = workshop.office.documents().history(job).await.unwrap();
    let application = document.document().unwrap().entry().application.unwrap();
    let history = workshop.office.applications().history(application).await;
    history.unwrap().application().unwrap().stage()
}

/// What was applied for at a desk is voided there, by two accounts: for a fault it is made again, and where nobody wants it, it was withdrawn.
#[tokio::test]
async fn what_was_applied_for_is_voided_at_the_desk() {
    let workshop = Workshop::new().await;
    let jobs = workshop.jobs(3).await;
    for job in &jobs {
        let done = void(&workshop, *job, 0).await;
        assert!(matches!(done, Err(Error::AppliedFor)), "{done:?}");
        let stage = application_of(&workshop, *job).await;
        assert_eq!(stage, Stage::InProduction(*job));
    }
    for (job, reason, stage) in [
        (jobs[0], VoidReason::PrintFaulty, Stage::Approved),
        (jobs[1], VoidReason::ApplicationWithdrawn, Stage::Withdrawn),
        (
            jobs[2],
            VoidReason::WrongData,
            Stage::Refused(RefusalReason::DataWrong),
        ),
    ] {
        for (by, act) in [
            (93, Act::ProposeVoid(reason)),
            (94, Act::ConfirmVoid(reason)),
        ] {
            let by = hand(by);
            let done = workshop.office.card(job, act, &by, workshop.now);
            done.await.unwrap();
        }
        assert_eq!(application_of(&workshop, job).await, stage, "{reason:?}");
    }
    hold(&workshop).await;
}

/// A card of the command line stands in the status lists too, beside those of the desks.
#[tokio::test]
async fn what_is_delivered_on_the_machine_is_in_the_status_lists() {
    let workshop = Workshop::new().await;
    workshop.stock(2).await;
    let delivery = Delivery {
        commit: receipt(10),
        lock: receipt(11),
        by: None,
    };
    for is_beside_desks in [true, false] {
        let job = workshop.make_here().await.unwrap();
        let folder = IntakeFolder::new(workshop.intake());
        let vault = is_beside_desks.then(|| folder.vault(&password()).unwrap().unwrap());
        let service = service(&workshop).with_vault(vault);
        for _ in 0..2 {
            let done = service.confirm_delivery(job, delivery.clone(), workshop.now);
            done.await.unwrap();
        }
        let place = status::place(workshop.office.store(), job).await.unwrap();
        assert_eq!(place.is_some(), is_beside_desks);
    }
}

/// A sealed job file may begin like a text: its first octets are random. One that was never sealed is a job file, or nothing.
#[tokio::test]
async fn a_sealed_job_file_is_opened_whatever_it_begins_with() {
    let workshop = Workshop::new().await;
    let job = workshop.jobs(1).await[0];
    let office = &workshop.office;
    let seal = || {
        office
            .desk()
            .vault()
            .seal("job-file", job, b"TEST job")
            .unwrap()
    };
    let like_a_text = std::iter::repeat_with(seal).find(|sealed| sealed.first() == Some(&b'{'));
    for (sealed, opens) in [
        (seal(), true),
        (like_a_text.unwrap(), true),
        (b"{ \"TEST\": \"no job\" }".to_vec(), false),
    ] {
        let mut change = Change::new(workshop.now);
        change.blobs.push(BlobChange::Put {
            owner: job,
            name: BlobName::JobFile,
            sealed,
        });
        office.store().commit(&change).await.unwrap();
        let opened = office.job_file(job).await;
        match opened {
            Ok(opened) => assert!(opens && opened.ct_eq(b"TEST job")),
            Err(error) => assert!(!opens, "{error}"),
        }
    }
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
