//! Which fields a document needs and which it has no use for.

use crate::field::TEXTS;
use crate::finding::{Finding, Findings, Rule};
use crate::profile::ProfileData;
use crate::rules::Facts;

pub(super) static RULES: [&Rule; 2] = [&REQUIRED, &UNUSED];

static REQUIRED: Rule = Rule::error("field-required", "must be given", "bắt buộc phải có")
    .on_kinds(TEXTS)
    .by("fields of the profile");
static UNUSED: Rule = Rule::warning(
    "field-unused",
    "is not used by this document",
    "không được dùng trên loại giấy tờ này",
)
.on_kinds(TEXTS)
.by("fields of the profile");

pub(super) fn check(profile: &ProfileData, facts: &Facts<'_>, findings: &mut Findings) {
    for field in profile.required {
        if facts.record.texts().get(*field).is_none_or(is_blank) {
            findings.add(*field, &REQUIRED);
        }
    }
    for (field, _) in facts.record.texts().iter() {
        if !profile.takes(field) {
            findings.add(field, &UNUSED);
        }
    }
}

/// Whether a finding says that a field is not given.
pub(crate) fn is_absence(finding: &Finding) -> bool {
    finding.rule == &REQUIRED
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}
