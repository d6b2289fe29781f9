//! Where the checks write down what they find about one object.

use core::fmt::Display;

use super::object_kind::ObjectKind;
use super::report::{Finding, LintedObject, Place};
use super::rule::Rule;

/// Most findings about one object; a hostile one could cause millions.
const MAX_FINDINGS: usize = 100;
/// Longest text of a finding, in characters.
const MAX_TEXT: usize = 160;

/// One object under examination.
pub(super) struct Sheet {
    object: LintedObject,
    sixth_edition: bool,
    with_offsets: bool,
}

impl Sheet {
    /// `with_offsets` is false when the bytes that are looked at are not those of the file but their DER form.
    pub(super) const fn new(place: Place, kind: Option<ObjectKind>, with_offsets: bool) -> Self {
        Self {
            object: LintedObject {
                place,
                name: String::new(),
                kind,
                doubt: None,
                findings: Vec::new(),
            },
            sixth_edition: false,
            with_offsets,
        }
    }

    pub(super) const fn kind(&self) -> Option<ObjectKind> {
        self.object.kind
    }

    pub(super) fn is(&self, kind: ObjectKind) -> bool {
        self.object.kind == Some(kind)
    }

    pub(super) fn judge(&mut self, kind: ObjectKind, doubt: Option<&'static str>) {
        self.object.kind = Some(kind);
        self.object.doubt = doubt;
    }

    pub(super) fn name(&mut self, name: impl Display) {
        self.object.name = printable(&name.to_string());
    }

    /// From here on rules weigh what they weigh under the sixth edition.
    pub(super) const fn under_sixth_edition(&mut self) {
        self.sixth_edition = true;
    }

    /// Writes down a finding, if the rule is one for this kind of object.
    pub(super) fn find(
        &mut self,
        rule: &'static Rule,
        at: impl Into<Option<usize>>,
        found: impl Display,
        expected: impl Display,
    ) {
        let applies = self
            .object
            .kind
            .is_none_or(|kind| rule.applies_to.contains(kind));
        if !applies || self.object.findings.len() >= MAX_FINDINGS {
            return;
        }
        let lighter = rule.sixth_edition.filter(|_| self.sixth_edition);
        let finding = Finding {
            rule,
            severity: lighter.unwrap_or(rule.severity),
            sixth_edition: lighter.is_some(),
            at: at.into().filter(|_| self.with_offsets),
            found: printable(&found.to_string()),
            expected: printable(&expected.to_string()),
        };
        if !self.object.findings.contains(&finding) {
            self.object.findings.push(finding);
        }
    }

    pub(super) fn finish(self) -> LintedObject {
        self.object
    }
}

/// Adds to an object that was finished already.
pub(super) fn amend(object: &mut LintedObject, write: impl FnOnce(&mut Sheet)) {
    let empty = Sheet::new(Place::File, None, true).finish();
    let mut sheet = Sheet {
        object: core::mem::replace(object, empty),
        sixth_edition: false,
        with_offsets: true,
    };
    write(&mut sheet);
    *object = sheet.finish();
}

/// Foreign text without what could steer a terminal, cut at a length one can read.
fn printable(text: &str) -> String {
    let mut printable: String = text
        .chars()
        .take(MAX_TEXT)
        .map(|c| {
            if c.is_control() {
                char::REPLACEMENT_CHARACTER
            } else {
                c
            }
        })
        .collect();
    if text.chars().nth(MAX_TEXT).is_some() {
        printable.push('…');
    }
    printable
}
