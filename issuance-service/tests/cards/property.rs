//! Several people at once, doing whatever comes to their minds: whatever is granted and whatever is refused, what must be true stays true.

use std::collections::BTreeSet;

use access::Permission;
use issuance_service::Error;
use issuance_service::personalisation::batch::{CardResult, Order, QualityResult};
use issuance_service::personalisation::life::{Act, TwoPersonEnd};
use issuance_service::personalisation::shift::Count;
use issuance_service::personalisation::stock::{Act as ChipAct, numbers};
use issuance_service::personalisation::{Chip, ChipState, RejectReason};
use proptest::prelude::*;
use register::document::{ReadOut, Recipient, SuspendReason, VoidReason};
use register::store::{EntityKind, Query, Store as _};
use uuid::Uuid;

use crate::desk::Word;
use crate::invariants::hold;
use crate::workshop::{PROFILE, Workshop, hand, receipt, site};

const PEOPLE: u128 = 5;
const HOLDERS: u128 = 3;

/// Something that somebody does: who, what, to which of those there are.
#[derive(Debug, Clone, Copy)]
struct Deed {
    who: u128,
    what: What,
    which: usize,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Stock,
    Apply,
    Desk(Word),
    VoidHere,
    Make,
    Claim,
    Release,
    Write,
    Spoil,
    Pass,
    Reject,
    Void,
    ConfirmVoid,
    Ship,
    Receive,
    Life(Act),
    Chip(ChipAct),
    OpenShift,
    CountShift,
}

fn what() -> impl Strategy<Value = What> {
    let hand_over = Act::HandOver {
        to: Recipient::Holder,
        read_out: ReadOut::Passed,
    };
    prop_oneof![
        2 => Just(What::Stock),
        3 => Just(What::Apply),
        9 => proptest::sample::select(Word::ALL.to_vec()).prop_map(What::Desk),
        1 => Just(What::VoidHere),
        6 => Just(What::Make),
        6 => Just(What::Claim),
        1 => Just(What::Release),
        9 => Just(What::Write),
        2 => Just(What::Spoil),
        9 => Just(What::Pass),
        2 => Just(What::Reject),
        1 => Just(What::Void),
        2 => Just(What::ConfirmVoid),
        5 => Just(What::Ship),
        5 => Just(What::Receive),
        9 => Just(What::Life(hand_over)),
        3 => prop_oneof![
            Just(Act::Lost), Just(Act::Damaged), Just(Act::Corrected), Just(Act::NotCollected), Just(Act::Reinstate),
            Just(Act::Suspend(SuspendReason::ReportedLost)),
            Just(Act::Propose(TwoPersonEnd::Revoked)), Just(Act::Confirm(TwoPersonEnd::Revoked)),
            Just(Act::Propose(TwoPersonEnd::HolderDied)), Just(Act::Confirm(TwoPersonEnd::HolderDied)),
        ].prop_map(What::Life),
        3 => prop_oneof![
            Just(ChipAct::Reject(RejectReason::BlankDamaged)), Just(ChipAct::Reject(RejectReason::LostInProduction)),
            Just(ChipAct::Find), Just(ChipAct::Return), Just(ChipAct::ProposeDestruction), Just(ChipAct::Destroy),
        ].prop_map(What::Chip),
        1 => Just(What::OpenShift),
        1 => Just(What::CountShift),
    ]
}

fn deeds() -> impl Strategy<Value = Vec<Vec<Deed>>> {
    let deed = (0..PEOPLE, what(), any::<u16>()).prop_map(|(who, what, which)| Deed {
        who,
        what,
        which: which.into(),
    });
    // Four at once, one group after the other.
    prop::collection::vec(prop::collection::vec(deed, 1..5), 10..40)
}

fn pick<T: Copy>(of: &[T], which: usize) -> Option<T> {
    of.get(which.checked_rem(of.len())?).copied()
}

async fn ids(workshop: &Workshop, kind: EntityKind) -> Vec<Uuid> {
    let entities = workshop
        .office
        .store()
        .list(&Query::of(kind, 1000))
        .await
        .unwrap();
    entities.iter().map(|entity| entity.id).collect()
}

/// What the domain refuses is refused; anything else is a fault.
fn granted<T>(done: Result<T, Error>) -> Option<T> {
    match done {
        Ok(done) => Some(done),
        Err(
            Error::Refused(_) | Error::Personalisation(_) | Error::Application(_) | Error::Busy,
        ) => None,
        Err(error) => panic!("{error:?}"),
    }
}

async fn act(workshop: Workshop, deed: Deed) -> Option<()> {
    let Workshop { office, now, .. } = &workshop;
    let (who, which, now) = (hand(deed.who), deed.which, *now);
    let job = pick(&ids(&workshop, EntityKind::Document).await, which);
    let batch = pick(&ids(&workshop, EntityKind::Batch).await, which);
    let counter = site();
    match deed.what {
        What::Stock => workshop.stock(1 + which % 4).await,
        What::Apply => {
            let application = workshop
                .application(Uuid::from_u128(1000 + which as u128 % HOLDERS))
                .await;
            workshop.make(application, 0).await;
        }
        What::Desk(word) => granted(crate::desk::say(&workshop, word, deed.who, which).await)?,
        What::VoidHere => {
            let job = workshop.make_here().await?;
            granted(crate::machine::void(&workshop, job, which).await)?;
        }
        What::Make => {
            let application = pick(&ids(&workshop, EntityKind::Application).await, which)?;
            workshop.make(application, -1).await;
        }
        What::Claim => {
            let order = Order {
                site: &counter,
                profile: PROFILE,
                count: 1 + u32::try_from(which % 3).unwrap(),
            };
            // Some ask again under the same name.
            let id = Uuid::from_u128(which as u128 % 16 + 5000);
            granted(office.claim_batch(id, order, &who, now).await)?;
        }
        What::Release => drop(granted(office.release_batch(batch?, &who, now).await)?),
        What::Write | What::Spoil | What::Pass | What::Reject => {
            judge(&workshop, deed, batch?).await?;
        }
        What::Void => drop(granted(
            office
                .card(job?, Act::ProposeVoid(VoidReason::WrongData), &who, now)
                .await,
        )?),
        What::ConfirmVoid => {
            let document = office.documents().history(job?).await.unwrap().document()?;
            let register::document::Proposed::Void(reason) = document.proposal()?.proposed else {
                return None;
            };
            granted(office.card(job?, Act::ConfirmVoid(reason), &who, now).await)?;
        }
        What::Ship | What::Receive => carry(&workshop, deed).await?,
        What::Life(act) => drop(granted(office.card(job?, act, &who, now).await)?),
        What::Chip(act) => {
            let chips = office
                .store()
                .list(&Query::of(EntityKind::Chip, 1000))
                .await
                .unwrap();
            let chip = Chip::of(chips.get(which.checked_rem(chips.len())?)?).unwrap();
            let serial = hex::decode(chip.serial()).unwrap();
            granted(office.chip(&serial, act, &who, now).await)?;
        }
        What::OpenShift | What::CountShift => count(&workshop, deed).await?,
    }
    Some(())
}

async fn carry(workshop: &Workshop, deed: Deed) -> Option<()> {
    let Workshop { office, now, .. } = workshop;
    let (who, which, now) = (hand(deed.who), deed.which, *now);
    let counter = site();
    match deed.what {
        What::Ship => {
            let id = Uuid::from_u128(which as u128 % 8 + 7000);
            let jobs = ids(workshop, EntityKind::Document)
                .await
                .into_iter()
                .skip(which % 3)
                .take(4)
                .collect();
            granted(office.ship(id, &counter, &jobs, &who, now).await)?;
        }
        _ => {
            let id = pick(&ids(workshop, EntityKind::Consignment).await, which)?;
            let mut cards: BTreeSet<Uuid> = granted(office.consignment(id).await)?.cards().clone();
            if which % 5 == 0 {
                cards.pop_first();
            }
            granted(
                office
                    .receive_consignment(id, &cards, cards.len(), &who, now)
                    .await,
            )?;
        }
    }
    Some(())
}

async fn judge(workshop: &Workshop, deed: Deed, batch: Uuid) -> Option<()> {
    let Workshop { office, now, .. } = workshop;
    let chips = office.chips_of_batch(batch).await.unwrap();
    let jobs: Vec<Uuid> = chips.into_keys().collect();
    let job = pick(&jobs, deed.which / 7)?;
    // Mostly whoever has the batch writes, and mostly somebody else judges.
    let owner = granted(office.batch(batch).await)?
        .by()
        .account
        .unwrap()
        .as_u128();
    let who = if deed.which.is_multiple_of(8) {
        deed.who
    } else {
        owner
    };
    let reason = if deed.which.is_multiple_of(2) {
        VoidReason::ChipFaulty
    } else {
        VoidReason::LostInProduction
    };
    match deed.what {
        What::Write | What::Spoil => {
            let written = matches!(deed.what, What::Write);
            let result = if written {
                CardResult::Written(receipt(10))
            } else {
                CardResult::Spoiled(reason)
            };
            granted(
                office
                    .report_batch(batch, &[(job, result)], &hand(who), *now)
                    .await,
            )?;
        }
        _ => {
            let passed = matches!(deed.what, What::Pass);
            let result = if passed {
                QualityResult::Passed(receipt(11))
            } else {
                QualityResult::Rejected(reason)
            };
            granted(
                office
                    .judge_batch(batch, &[(job, result)], &hand(deed.who), *now)
                    .await,
            )?;
        }
    }
    Some(())
}

async fn count(workshop: &Workshop, deed: Deed) -> Option<()> {
    let Workshop { office, now, .. } = workshop;
    let books = numbers(office.store(), &site()).await.unwrap();
    let wrong = i64::from(deed.which.is_multiple_of(4));
    let count = Count {
        remaining: books.remaining() + wrong,
        rejects: books.of(ChipState::Rejected),
    };
    match deed.what {
        What::OpenShift => granted(
            office
                .open_shift(&site(), count, &hand(deed.who), *now)
                .await,
        )?,
        _ => {
            let shift = pick(&ids(workshop, EntityKind::Shift).await, deed.which)?;
            granted(
                office
                    .count_shift(shift, count, &hand(deed.who), *now)
                    .await,
            )?
        }
    };
    Some(())
}

async fn play(groups: Vec<Vec<Deed>>) {
    let workshop = Workshop::new().await;
    workshop.stock(6).await;
    for holder in 0..HOLDERS {
        let application = workshop.application(Uuid::from_u128(1000 + holder)).await;
        workshop.make(application, 0).await;
    }
    for deeds in groups {
        let mut together = tokio::task::JoinSet::new();
        for deed in deeds {
            together.spawn(act(workshop.clone(), deed));
        }
        while let Some(done) = together.join_next().await {
            done.unwrap();
        }
        hold(&workshop).await;
    }
    shifts_add_up(&workshop).await;
}

async fn shifts_add_up(workshop: &Workshop) {
    let books = numbers(workshop.office.store(), &site()).await.unwrap();
    for shift in workshop.office.shifts(&site(), None, 100).await.unwrap() {
        let account = shift.account(&books);
        assert!(account.adds_up, "{account:?}");
        if let (Some(first), Some((second, _))) = (shift.counted_by(), shift.closed()) {
            assert_ne!(first, second);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_do_the_stock_adds_up_and_four_eyes_have_seen(groups in deeds()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(play(groups));
    }
}

/// The permission words of what is refused are those of the matrix.
#[test]
fn acts_take_the_rights_of_the_matrix() {
    let table = [
        (Act::Lost.permission(), Permission::DocumentLost),
        (Act::Damaged.permission(), Permission::DocumentDamaged),
        (
            Act::Propose(TwoPersonEnd::Revoked).permission(),
            Permission::DocumentRevoke,
        ),
        (Act::NotCollected.permission(), Permission::DocumentShip),
        (ChipAct::Destroy.permission(), Permission::StockDestroy),
        (
            ChipAct::Reject(RejectReason::BlankDamaged).permission(),
            Permission::StockCount,
        ),
    ];
    for (has, wants) in table {
        assert_eq!(has, wants);
    }
}
