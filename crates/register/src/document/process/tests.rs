//! The rules as tables, and what must hold whatever is asked in whatever order.

use perso::DocumentEntry;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::document::{Delivery, EndReason, Entry, Signature, StageKind, VoidReason};
use crate::{Digest, Officer};
use perso::applet::Receipt;

fn receipt(counter: u32) -> Receipt {
    Receipt {
        counter,
        mac: [7; 16],
    }
}

fn approval() -> Approval {
    let officer = |name| Officer::new(name).unwrap();
    Approval::new(officer("TEST operator"), officer("TEST approver")).unwrap()
}

fn entry() -> Entry {
    Entry {
        document: DocumentEntry {
            job: Uuid::from_u128(1),
            issuing_state: "UTO".into(),
            document_code: "PP".into(),
            document_number: "X00000001".into(),
            chip_serial: vec![1; 16],
            chip_keys: vec![vec![1; 32], vec![2; 32]],
        },
        key_receipts: vec![receipt(1), receipt(2)],
        profile: "uto-passport".into(),
        personal_number: None,
        application: None,
        record: Digest::of(b"record"),
        approval: approval(),
    }
}

fn signature(of: &[u8]) -> Signature {
    Signature {
        security_object: Digest::of(of),
        manifest: Digest::of(b"manifest"),
        document_signer: Digest::of(b"signer"),
    }
}

fn delivery(commit: u32, lock: u32) -> Command {
    Command::ConfirmDelivery(Delivery {
        commit: receipt(commit),
        lock: receipt(lock),
        by: None,
    })
}

fn voiding(reason: VoidReason, counter: Option<u32>) -> Command {
    Command::VoidDocument(Voiding {
        reason,
        approval: approval(),
        receipt: counter.map(receipt),
    })
}

fn enter() -> Command {
    Command::EnterDocument(entry())
}

fn record() -> Command {
    Command::RecordSignature(signature(b"sod"))
}

/// Runs commands from nothing; the last one must end as said.
fn check(commands: &[Command], last: Result<StageKind, Refusal>) {
    let mut document = None;
    let mut result = Ok(());
    for command in commands {
        result = process(document.as_ref(), command).map(|event| {
            document = event.iter().fold(document.take(), |document, event| {
                Document::apply(document, event)
            });
        });
    }
    let stage = result.map(|()| document.unwrap().stage().kind());
    assert_eq!(stage, last, "{commands:?}");
}

#[test]
fn a_document_goes_its_way() {
    use VoidReason::ChipFaulty;
    check(&[enter()], Ok(StageKind::Entered));
    check(&[enter(), record()], Ok(StageKind::Signed));
    check(
        &[enter(), record(), delivery(3, 4)],
        Ok(StageKind::Delivered),
    );
    check(&[enter(), voiding(ChipFaulty, None)], Ok(StageKind::Voided));
    check(
        &[enter(), record(), voiding(ChipFaulty, Some(3))],
        Ok(StageKind::Voided),
    );
}

#[test]
fn what_was_done_before_is_done() {
    use VoidReason::WrongData;
    check(&[enter(), enter()], Ok(StageKind::Entered));
    check(&[enter(), record(), enter()], Ok(StageKind::Signed));
    check(&[enter(), record(), record()], Ok(StageKind::Signed));
    let delivered = [enter(), record(), delivery(3, 4)];
    check(
        &[&delivered[..], &[delivery(3, 4)]].concat(),
        Ok(StageKind::Delivered),
    );
    check(
        &[&delivered[..], &[record()]].concat(),
        Ok(StageKind::Delivered),
    );
    check(
        &[enter(), voiding(WrongData, None), voiding(WrongData, None)],
        Ok(StageKind::Voided),
    );
}

#[test]
fn what_contradicts_is_refused() {
    use VoidReason::{ChipFaulty, WrongData};
    let other_record = Command::EnterDocument(Entry {
        record: Digest::of(b"another record"),
        ..entry()
    });
    let mut twin_keys = entry();
    twin_keys.document.chip_keys = vec![vec![1; 32]; 2];
    let other_signature = Command::RecordSignature(signature(b"another sod"));
    let delivered = [enter(), record(), delivery(3, 4)];
    let after_delivery = |command| [&delivered[..], &[command]].concat();
    let voided = [enter(), voiding(WrongData, None)];
    let after_voiding = |command| [&voided[..], &[command]].concat();
    for (commands, refusal) in [
        (vec![record()], Refusal::UnknownJob),
        (vec![delivery(3, 4)], Refusal::UnknownJob),
        (vec![voiding(WrongData, None)], Refusal::UnknownJob),
        (
            vec![Command::EnterDocument(twin_keys)],
            Refusal::RepeatedKey,
        ),
        (vec![enter(), other_record], Refusal::OtherDocument),
        (vec![enter(), delivery(3, 4)], Refusal::NotSigned),
        (
            vec![enter(), record(), other_signature.clone()],
            Refusal::SignedBefore,
        ),
        (after_delivery(enter()), Refusal::Delivered),
        (after_delivery(other_signature), Refusal::SignedBefore),
        (after_delivery(delivery(3, 5)), Refusal::DeliveredBefore),
        (after_delivery(voiding(WrongData, None)), Refusal::Delivered),
        (after_voiding(enter()), Refusal::Voided(WrongData)),
        (after_voiding(record()), Refusal::Voided(WrongData)),
        (after_voiding(delivery(3, 4)), Refusal::Voided(WrongData)),
        (
            after_voiding(voiding(ChipFaulty, None)),
            Refusal::Voided(WrongData),
        ),
    ] {
        check(&commands, Err(refusal));
    }
}

#[test]
fn receipts_come_in_the_order_of_the_chip() {
    let order = |earlier, later| Err(Refusal::ReceiptOrder { earlier, later });
    check(&[enter(), record(), delivery(2, 4)], order(2, 2));
    check(&[enter(), record(), delivery(3, 3)], order(3, 3));
    check(&[enter(), record(), delivery(5, 4)], order(5, 4));
    check(
        &[enter(), voiding(VoidReason::ChipFaulty, Some(1))],
        order(2, 1),
    );
}

fn officer(name: &str) -> Officer {
    Officer::new(&format!("TEST {name}")).unwrap()
}

fn propose(proposed: Proposed, by: &str) -> Command {
    Command::Propose {
        proposed,
        by: officer(by),
    }
}

fn confirm(proposed: Proposed, by: &str) -> Command {
    Command::Confirm {
        proposed,
        by: officer(by),
    }
}

/// Nobody keeps a card from being revoked by proposing something else, before it is in the field or after.
#[test]
fn the_last_proposal_stands_and_takes_a_second_person() {
    let void = Proposed::Void(VoidReason::PrintFaulty);
    let wrong_data = Proposed::Void(VoidReason::WrongData);
    let [revoke, died] = [EndReason::Revoked, EndReason::HolderDied].map(Proposed::End);
    let made = [enter(), record()];
    let proposed = [&made[..], &[propose(void, "one")]].concat();
    let delivered = [&proposed[..], &[delivery(3, 4)]].concat();
    let taken_back = [
        &delivered[..],
        &[propose(died, "one"), propose(revoke, "two")],
    ]
    .concat();
    let same_person = Err(Refusal::from(crate::OfficerRefusal::SamePerson));
    for (before, after, last) in [
        (
            &delivered,
            vec![confirm(void, "two")],
            Err(Refusal::Delivered),
        ),
        (
            &delivered,
            vec![confirm(revoke, "two")],
            Err(Refusal::NotProposed),
        ),
        (
            &delivered,
            vec![propose(revoke, "two"), confirm(revoke, "one")],
            Ok(StageKind::Ended),
        ),
        (
            &taken_back,
            vec![confirm(died, "two")],
            Err(Refusal::NotProposed),
        ),
        (&taken_back, vec![confirm(revoke, "two")], same_person),
        (
            &taken_back,
            vec![confirm(revoke, "one")],
            Ok(StageKind::Ended),
        ),
        (
            &proposed,
            vec![propose(wrong_data, "two"), confirm(void, "two")],
            Err(Refusal::NotProposed),
        ),
        (
            &proposed,
            vec![propose(wrong_data, "two"), confirm(wrong_data, "two")],
            same_person,
        ),
        (
            &proposed,
            vec![propose(wrong_data, "two"), confirm(wrong_data, "one")],
            Ok(StageKind::Voided),
        ),
    ] {
        check(&[&before[..], &after].concat(), last);
    }
}

fn any_command() -> impl Strategy<Value = Command> {
    let reason = proptest::sample::select(VoidReason::ALL.to_vec());
    prop_oneof![
        Just(enter()),
        (0u8..2).prop_map(|of| Command::RecordSignature(signature(&[of]))),
        (0u32..6, 0u32..6).prop_map(|(commit, lock)| delivery(commit, lock)),
        (reason, proptest::option::of(0u32..4))
            .prop_map(|(reason, counter)| voiding(reason, counter)),
    ]
}

proptest! {
    #[test]
    fn whatever_is_asked_a_document_is_signed_once_and_ends_once(
        commands in proptest::collection::vec(any_command(), 0..40),
    ) {
        let mut events: Vec<Event> = Vec::new();
        for command in &commands {
            let document = Document::replay(&events);
            let Ok(Some(event)) = process(document.as_ref(), command) else { continue };
            let after = Document::apply(document, &event);
            prop_assert_eq!(process(after.as_ref(), command).ok().flatten(), None, "repeated");
            events.push(event);
        }
        let count = |wanted: fn(&Event) -> bool| events.iter().filter(|event| wanted(event)).count();
        prop_assert!(count(|event| matches!(event, Event::DocumentEntered(_))) <= 1);
        prop_assert!(count(|event| matches!(event, Event::DocumentSigned(_))) <= 1);
        let is_end = |event: &Event| matches!(event, Event::DocumentDelivered(_) | Event::DocumentVoided(_));
        let end = events.iter().position(is_end);
        prop_assert!(end.is_none_or(|at| at + 1 == events.len()), "something happened after the end");
    }
}
