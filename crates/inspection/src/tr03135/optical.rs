//! TR-03135-1 §5.2 to §5.5: the results as a whole, and the document as one sees it. This terminal has no optics.

use super::{
    ANY, ENDED_OR_ABORTED, Found, Line, NEVER_NOT_SUPPORTED, NEVER_UNDETERMINED, Value, line,
    not_supported,
};
use crate::Report;

const NO_OPTICS: &str = "not carried out: this terminal has no optical reader";

pub(super) const BEFORE: &[Line] = &[
    line(
        "5.2",
        "visualisation",
        "Result as it is shown, in the colours of the guideline",
        ANY,
        overall,
    ),
    line("5.4", "overall", "The document as a whole", ANY, overall),
    line(
        "5.5.2",
        "capture",
        "Document found and captured",
        ENDED_OR_ABORTED,
        no_optics,
    ),
    line(
        "5.5.3",
        "model",
        "Model of the document",
        NEVER_NOT_SUPPORTED,
        no_optics,
    ),
    line(
        "5.5.4",
        "optical",
        "Optical checks together",
        ANY,
        no_optics,
    ),
    line(
        "5.5.4.1",
        "mrz-printed",
        "Printed zone: checks of Doc 9303 together",
        NEVER_UNDETERMINED,
        no_optics,
    ),
    line(
        "5.5.4.1.1",
        "mrz-printed-consistency",
        "Printed zone: characters and check digits",
        NEVER_UNDETERMINED,
        no_optics,
    ),
    line(
        "5.5.4.1.2",
        "mrz-printed-infrared",
        "Printed zone: readable in infrared light",
        NEVER_UNDETERMINED,
        no_optics,
    ),
    line(
        "5.5.4.1.3",
        "mrz-printed-font",
        "Printed zone: printed in OCR-B",
        NEVER_UNDETERMINED,
        no_optics,
    ),
    line(
        "5.5.4.2",
        "spectral",
        "Features under white, infrared and ultraviolet light",
        NEVER_NOT_SUPPORTED,
        no_optics,
    ),
    line(
        "5.5.4.3",
        "vendor-optical",
        "Other optical checks",
        NEVER_UNDETERMINED,
        no_optics,
    ),
];

fn overall(report: &Report) -> Found {
    let decides: Vec<&str> = report.obstacles().map(|check| check.kind.title).collect();
    (Value::Result(report.overall()), decides.join("; "))
}

fn no_optics(_: &Report) -> Found {
    not_supported(NO_OPTICS)
}
