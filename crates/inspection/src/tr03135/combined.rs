//! TR-03135-1 §5.7: what takes two sources to compare.

use super::{
    ANY, ENDED_OR_ABORTED, Found, Line, NEVER_NOT_SUPPORTED, NEVER_UNDETERMINED, line,
    not_supported, of_check,
};
use crate::Report;

/// The check that compares EF.DG1 with the printed zone (§5.7.2).
pub(crate) const PRINTED_ZONE: &str = "mrz-as-printed";

pub(super) const LINES: &[Line] = &[
    line(
        "5.7.1",
        "expiry",
        "Expiry of the document",
        NEVER_NOT_SUPPORTED,
        |report| of_check(report, "expiry"),
    )
    .counting(),
    line(
        "5.7.2",
        "printed-against-chip",
        "Printed data against the data of the chip",
        ANY,
        |report| of_check(report, PRINTED_ZONE),
    )
    .counting(),
    line(
        "5.7.3.1",
        "both-sides",
        "Both sides of a card",
        NEVER_UNDETERMINED,
        one_side,
    ),
    line(
        "5.7.4.1",
        "visa",
        "Zone of the document against that of a visa",
        NEVER_UNDETERMINED,
        no_second,
    ),
    line(
        "5.7.4.2",
        "residence-permit",
        "Zone of the document against that of a residence permit",
        NEVER_UNDETERMINED,
        no_second,
    ),
    line(
        "5.7.5",
        "personalisation",
        "Personalised contents against each other",
        ANY,
        one_side,
    ),
    line(
        "5.7.6",
        "portrait",
        "EF.DG2 against the printed portrait",
        ENDED_OR_ABORTED,
        one_side,
    ),
];

fn one_side(_: &Report) -> Found {
    not_supported("not carried out: this terminal does not see the document")
}

fn no_second(_: &Report) -> Found {
    not_supported("not carried out: no second document")
}
