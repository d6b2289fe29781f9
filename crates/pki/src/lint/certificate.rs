//! One certificate, alone or inside a list or a SignedData.

use time::OffsetDateTime;
use time::macros::datetime;

use super::object_kind::ObjectKind;
use super::report::{LintedObject, Place};
use super::role::{self, Judgement};
use super::sheet::Sheet;
use super::view::CertificateView;
use super::{Certificates, encoding, extensions, fields, issuer, periods, rules};
use crate::ber::Element;
use crate::certificate::Certificate;
use crate::{Error, Result};

/// The seventh edition appeared in the course of 2015: what begins before this may follow the profile of the sixth
/// (Doc 9303-12 Appendix C).
const SEVENTH_EDITION: OffsetDateTime = datetime!(2016-01-01 0:00 UTC);

/// A certificate that is to be checked.
pub(super) struct Candidate<'a> {
    pub(super) element: Element<'a>,
    pub(super) parsed: Result<Certificate>,
    pub(super) place: Place,
    pub(super) with_offsets: bool,
}

impl<'a> Candidate<'a> {
    pub(super) fn new(element: Element<'a>, place: Place, with_offsets: bool) -> Self {
        Self {
            parsed: Certificate::parse(element.raw),
            element,
            place,
            with_offsets,
        }
    }

    /// What it is, by itself.
    pub(super) fn judgement(&self) -> Option<Judgement> {
        self.parsed.as_ref().ok().map(role::judge)
    }

    /// Checks all rules for one certificate. `forced` is the kind that somebody else has decided on.
    pub(super) fn check(
        &self,
        forced: Option<ObjectKind>,
        certificates: &Certificates<'_>,
    ) -> LintedObject {
        let mut sheet = Sheet::new(self.place, forced, self.with_offsets);
        match &self.parsed {
            Ok(certificate) => self.check_parsed(certificate, forced, certificates, &mut sheet),
            Err(error) => unreadable(error, self.element.at, &mut sheet),
        }
        sheet.finish()
    }

    fn check_parsed(
        &self,
        certificate: &Certificate,
        forced: Option<ObjectKind>,
        certificates: &Certificates<'_>,
        sheet: &mut Sheet,
    ) {
        sheet.name(certificate.subject());
        let judgement = role::judge(certificate);
        match forced {
            Some(kind) => sheet.judge(kind, None),
            None => sheet.judge(judgement.kind, judgement.doubt),
        }
        if certificate.validity().not_before < SEVENTH_EDITION {
            sheet.under_sixth_edition();
        }
        let view = match CertificateView::read(self.element) {
            Ok(view) => view,
            Err(error) => {
                unreadable(&error, 0, sheet);
                return;
            }
        };
        // A certificate that is the file is walked through with the file.
        if self.place != Place::File {
            for fault in encoding::faults_of(&self.element) {
                sheet.find(&rules::DER, fault.at, fault.found, "DER");
            }
        }
        fields::check(&view, sheet);
        role::check_subject(&view, certificate, sheet);
        let at = self.element.at;
        if let Some(list) = &view.extensions {
            extensions::check(list, certificate, at, sheet);
        }
        periods::check(certificate, view.not_before.at, sheet);
        issuer::check(certificate, at, certificates, sheet);
    }
}

/// Writes down why an object cannot be read; `begin` is where the bytes begin in the file.
pub(super) fn unreadable(error: &Error, begin: usize, sheet: &mut Sheet) {
    let at = match error {
        Error::Malformed { at, .. } => begin + at,
        _ => begin,
    };
    sheet.find(&rules::STRUCTURE, at, error, "a structure that can be read");
}
