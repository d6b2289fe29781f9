//! Words of a closed set as the description shows them: who reads it knows which there are, and who tries others is refused.

use access::{DeviceKind, Role};
use register::application::{self, MakeFailure, RefusalReason};
use register::document::{self, ReadOut, Recipient, SuspendReason, VoidReason};
use serde_json::{Value, json};
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, Type};

use crate::office::NoticeKind;
use crate::personalisation::batch::BatchState;
use crate::personalisation::consignment::ConsignmentState;
use crate::personalisation::{ChipState, RejectReason};
use crate::relying::attribute::Attribute;

/// Everything of which a party may be told.
const NOTICES: [NoticeKind; 9] = [
    NoticeKind::NumberAssigned,
    NoticeKind::NumberCancelled,
    NoticeKind::PersonChanged,
    NoticeKind::DocumentIssued,
    NoticeKind::DocumentHandedOver,
    NoticeKind::DocumentSuspended,
    NoticeKind::DocumentReinstated,
    NoticeKind::DocumentEnded,
    NoticeKind::ApplicationRefused,
];

/// Roles that a person may have, some of them.
pub(crate) fn roles() -> Array {
    let words = Role::ALL.into_iter().filter(|role| role.is_for_people());
    several(one_of(words.map(Role::code)), json!(["operator"]))
}

/// The kind of a device.
pub(crate) fn device_kind() -> Object {
    one_of(DeviceKind::ALL.into_iter().map(DeviceKind::code))
}

/// Changes of which a party may be told, some of them.
pub(crate) fn changes() -> Array {
    let words = ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(NOTICES.map(|kind| json!(kind))))
        .build();
    several(words, json!(["document-ended"]))
}

/// Attributes that a party may ask to be compared, some of them.
pub(crate) fn attributes() -> Array {
    several(
        one_of(Attribute::all().map(Attribute::word)),
        json!(["full_name", "date_of_birth", "sex"]),
    )
}

/// How far an application is.
pub(crate) fn application_stage() -> Object {
    one_of(
        application::StageKind::ALL
            .into_iter()
            .map(application::StageKind::word),
    )
}

/// How far a document is.
pub(crate) fn document_stage() -> Object {
    one_of(
        document::StageKind::ALL
            .into_iter()
            .map(document::StageKind::word),
    )
}

/// What state a chip is in.
pub(crate) fn chip_state() -> Object {
    one_of(ChipState::ALL.into_iter().map(ChipState::word))
}

/// What state a batch is in.
pub(crate) fn batch_state() -> Object {
    one_of(BatchState::ALL.into_iter().map(BatchState::word))
}

/// What state a consignment is in.
pub(crate) fn consignment_state() -> Object {
    one_of(
        ConsignmentState::ALL
            .into_iter()
            .map(ConsignmentState::word),
    )
}

/// Why an application is not granted.
pub(crate) fn refusal_reason() -> Object {
    one_of(RefusalReason::ALL.into_iter().map(RefusalReason::word))
}

/// Why a card is made again.
pub(crate) fn make_failure() -> Object {
    one_of(MakeFailure::ALL.into_iter().map(MakeFailure::word))
}

/// Why a card may not be used for the moment.
pub(crate) fn suspend_reason() -> Object {
    one_of(SuspendReason::ALL.into_iter().map(SuspendReason::word))
}

/// Who takes a card.
pub(crate) fn recipient() -> Object {
    one_of(Recipient::ALL.into_iter().map(Recipient::word))
}

/// What a chip said at the counter.
pub(crate) fn read_out() -> Object {
    one_of(ReadOut::ALL.into_iter().map(ReadOut::word))
}

/// Why there will be no card.
pub(crate) fn void_reason() -> Object {
    one_of(VoidReason::ALL.into_iter().map(VoidReason::word))
}

/// Why a blank is set aside.
pub(crate) fn blank_reason() -> Object {
    let reasons = RejectReason::ALL
        .into_iter()
        .filter(|reason| reason.is_of_blanks());
    one_of(reasons.map(RejectReason::word))
}

/// The word of an issuer profile.
pub(crate) fn profile() -> Object {
    one_of(
        enrolment::profiles::ALL
            .iter()
            .map(|profile| profile.data().id),
    )
}

/// Texts by the attributes that they are of.
pub(crate) fn attribute_texts() -> Object {
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1));
    ObjectBuilder::new()
        .property_names(Some(one_of(Attribute::all().map(Attribute::word))))
        .additional_properties(Some(text))
        .examples([json!({ "full_name": "TEST SPECIMEN", "date_of_birth": "1999-02-01" })])
        .build()
}

fn one_of<'a>(words: impl Iterator<Item = &'a str>) -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(words.map(Value::from)))
        .build()
}

/// Each at most once.
fn several(of: Object, example: Value) -> Array {
    ArrayBuilder::new()
        .items(of)
        .unique_items(true)
        .examples([example])
        .build()
}
