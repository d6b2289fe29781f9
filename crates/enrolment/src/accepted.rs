//! Records that broke no rule.

use core::fmt;

use biometrics::finger::FingerPosition;
use crypto::CryptoRng;
use lds::{Dg11, Dg12, Dg13};
use mrz::{Mrz, Sex};
use time::Date;

use crate::can::Can;
use crate::date::{BirthDate, Expiry};
use crate::field::Field;
use crate::finding::{Finding, Findings, Rule, Severity};
use crate::profile::IssuerProfile;
use crate::record::{Finger, HolderRecord, MissingReason, Print, Texts};
use crate::rules::{self, Facts};
use crate::{Error, Result};

/// A record that its profile accepted: complete, consistent, and sure to fit on the chip.
///
/// Only [`accept`] makes one.
pub struct AcceptedRecord {
    record: HolderRecord,
    profile: &'static dyn IssuerProfile,
    values: Values,
    can: Can,
    warnings: Vec<Finding>,
}

/// What every document needs, read from the texts.
struct Values {
    texts: Texts,
    date_of_birth: BirthDate,
    sex: Sex,
    date_of_issue: Date,
    expiry: Expiry,
}

/// A record that was not accepted, with everything that is to be said about it.
#[derive(Debug, thiserror::Error)]
#[error("the record is not accepted, {} findings", findings.len())]
pub struct Refusal {
    /// The record, to be mended.
    pub record: Box<HolderRecord>,
    /// All findings, warnings included, in the order of the fields.
    pub findings: Vec<Finding>,
}

/// The rule for what only the building of a file can find.
static UNFIT: Rule = Rule::error(
    "content-unfit",
    "cannot be stored on the document: {}",
    "không ghi được lên giấy tờ: {}",
)
.by("Doc 9303-10: lengths of the files of the chip");

/// All findings on a record at once, in the order of the fields: what [`accept`] goes by.
#[must_use]
pub fn check(record: &HolderRecord, profile: &dyn IssuerProfile, today: Date) -> Vec<Finding> {
    let mut findings = Findings::default();
    rules::apply(record, profile, today, &mut findings);
    findings.into_sorted()
}

/// All findings on the record of an application. What the service gives may be left out: the number of somebody who has none, the number of
/// the document. It stands in the record before [`accept`] is asked.
#[must_use]
pub fn check_application(
    record: &HolderRecord,
    profile: &dyn IssuerProfile,
    today: Date,
) -> Vec<Finding> {
    let mut findings = check(record, profile, today);
    findings.retain(|finding| !(rules::is_absence(finding) && profile.gives(finding.field)));
    findings
}

/// What the general rules say of one text, whoever collects it: composed letters of one script, nothing hidden, and in names what occurs in
/// names. Rules of a profile, and whether the field has to be there, are left to [`check`].
#[must_use]
pub fn check_text(field: Field, text: &str) -> Vec<Finding> {
    let mut findings = Findings::default();
    rules::apply_to_text(field, text, &mut findings);
    findings.into_sorted()
}

/// Every rule that a record of the profile has to obey.
pub fn rules(profile: &dyn IssuerProfile) -> impl Iterator<Item = &'static Rule> {
    rules::general()
        .chain(profile.rules().iter().copied())
        .chain([&UNFIT])
}

/// Accepts a record that breaks no rule of severity error.
///
/// `rng` draws the card access number where the profile leaves it to chance and the record names none.
///
/// # Errors
/// [`Refusal`] gives the record back with all findings.
pub fn accept(
    record: HolderRecord,
    profile: &'static dyn IssuerProfile,
    today: Date,
    rng: &mut dyn CryptoRng,
) -> core::result::Result<AcceptedRecord, Refusal> {
    let mut findings = Findings::default();
    let values = Values::of(rules::apply(&record, profile, today, &mut findings));
    let findings = findings.into_sorted();
    let is_refused = findings
        .iter()
        .any(|finding| finding.severity() == Severity::Error);
    let values = match values {
        Some(values) if !is_refused => values,
        _ => return Err(Refusal::new(record, findings)),
    };
    let can = match record.can() {
        Some(can) => Ok(can.duplicate()),
        None => profile.can(&values.texts, rng),
    };
    let can = match can {
        Ok(can) => can,
        Err(error) => return Err(Refusal::new(record, findings).because(&error, profile)),
    };
    let accepted = AcceptedRecord {
        record,
        profile,
        values,
        can,
        warnings: findings,
    };
    match accepted.build_all() {
        Ok(()) => Ok(accepted),
        Err(error) => {
            let refusal = Refusal::new(accepted.record, accepted.warnings);
            Err(refusal.because(&error, profile))
        }
    }
}

impl AcceptedRecord {
    /// The profile that accepted it.
    #[must_use]
    pub fn profile(&self) -> &'static dyn IssuerProfile {
        self.profile
    }

    /// The record that was accepted.
    #[must_use]
    pub const fn record(&self) -> &HolderRecord {
        &self.record
    }

    /// What the profile wants somebody to look at.
    #[must_use]
    pub fn warnings(&self) -> &[Finding] {
        &self.warnings
    }

    /// The text of a field, composed and without superfluous blanks.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<&str> {
        self.values.texts.get(field)
    }

    /// The text of a field that the profile requires.
    ///
    /// # Errors
    /// [`Error::Value`] when it is not there.
    pub fn require(&self, field: Field) -> Result<&str> {
        let what = "is not given";
        self.text(field).ok_or(Error::Value { field, what })
    }

    /// All texts.
    #[must_use]
    pub fn texts(&self) -> &Texts {
        &self.values.texts
    }

    /// The date of birth.
    #[must_use]
    pub fn date_of_birth(&self) -> BirthDate {
        self.values.date_of_birth
    }

    /// The sex.
    #[must_use]
    pub fn sex(&self) -> Sex {
        self.values.sex
    }

    /// The date of issue.
    #[must_use]
    pub fn date_of_issue(&self) -> Date {
        self.values.date_of_issue
    }

    /// The end of validity.
    #[must_use]
    pub fn expiry(&self) -> Expiry {
        self.values.expiry
    }

    /// The card access number.
    #[must_use]
    pub fn can(&self) -> &Can {
        &self.can
    }

    /// The file of the portrait: JPEG, PNG or JPEG 2000, decodable.
    #[must_use]
    pub fn portrait(&self) -> &[u8] {
        self.record.portrait().unwrap_or_default()
    }

    /// The prints: position and image file.
    pub fn prints(&self) -> impl Iterator<Item = (FingerPosition, &[u8])> {
        self.fingers()
            .iter()
            .filter_map(|finger| match &finger.print {
                Print::Image(image) => Some((finger.position, image.as_slice())),
                Print::Missing(_) => None,
            })
    }

    /// The fingers without a print, and why.
    pub fn missing_prints(&self) -> impl Iterator<Item = (FingerPosition, MissingReason)> {
        self.fingers()
            .iter()
            .filter_map(|finger| match finger.print {
                Print::Missing(reason) => Some((finger.position, reason)),
                Print::Image(_) => None,
            })
    }

    /// The fingers as they were captured.
    #[must_use]
    pub fn fingers(&self) -> &[Finger] {
        self.record.fingers()
    }

    /// The number of the document, as the machine readable zone has it.
    ///
    /// # Errors
    /// [`Error::Value`] when the record has none, which acceptance has ruled out.
    pub fn document_number(&self) -> Result<&str> {
        let field = Field::DocumentNumber;
        let what = "is not given";
        let number = self.profile.document_number(self.texts());
        number.ok_or(Error::Value { field, what })
    }

    /// The personal number of the holder, where the document is numbered by it.
    #[must_use]
    pub fn numbered_by_person(&self) -> Option<&str> {
        let number = self.text(Field::PersonalNumber);
        number.filter(|_| self.profile.is_numbered_by_person())
    }

    /// The machine readable zone: the content of EF.DG1.
    ///
    /// # Errors
    /// As the other files: those of the profile, which acceptance has ruled out.
    pub fn mrz(&self) -> Result<Mrz> {
        self.profile.mrz(self)
    }

    /// The content of EF.DG11, if the document has it.
    ///
    /// # Errors
    /// Those of the profile, which acceptance has ruled out.
    pub fn dg11(&self) -> Result<Option<Dg11>> {
        self.profile.dg11(self)
    }

    /// The content of EF.DG12, if the document has it.
    ///
    /// # Errors
    /// Those of the profile, which acceptance has ruled out.
    pub fn dg12(&self) -> Result<Option<Dg12>> {
        self.profile.dg12(self)
    }

    /// The content of EF.DG13, if the document has it.
    ///
    /// # Errors
    /// Those of the profile, which acceptance has ruled out.
    pub fn dg13(&self) -> Result<Option<Dg13>> {
        self.profile.dg13(self)
    }

    /// The text of the QR code printed on the document, if it has one; see [`crate::qr`].
    #[must_use]
    pub fn qr_text(&self) -> Option<String> {
        self.profile.qr_text(self)
    }

    /// Builds every file once, so that none can fail when the card is in the printer.
    fn build_all(&self) -> Result<()> {
        self.document_number()?;
        self.mrz()?;
        self.dg11()?;
        self.dg12()?;
        self.dg13()?;
        if let Some(text) = self.qr_text() {
            crate::qr::Matrix::of(&text)?;
        }
        Ok(())
    }
}

impl fmt::Debug for AcceptedRecord {
    /// Whose profile and how much, not what: a person's data do not belong into logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcceptedRecord")
            .field("profile", &self.profile)
            .field("record", &self.record)
            .finish_non_exhaustive()
    }
}

impl Values {
    /// `None` when one is missing, which the profile has then told.
    fn of(facts: Facts<'_>) -> Option<Self> {
        Some(Self {
            date_of_birth: facts.date_of_birth?,
            sex: facts.sex?,
            date_of_issue: facts.date_of_issue?,
            expiry: facts.expiry?,
            texts: facts.texts,
        })
    }
}

impl Refusal {
    fn new(record: HolderRecord, findings: Vec<Finding>) -> Self {
        let record = Box::new(record);
        Self { record, findings }
    }

    fn because(self, error: &Error, profile: &dyn IssuerProfile) -> Self {
        let field = match error {
            Error::Value { field, .. } => *field,
            Error::Mrz(mrz::Error::Value { field, .. }) => match field {
                mrz::Field::Name => profile.data().name_field,
                mrz::Field::DateOfBirth => Field::DateOfBirth,
                mrz::Field::DateOfExpiry => Field::DateOfExpiry,
                mrz::Field::Nationality => Field::Nationality,
                _ => Field::DocumentNumber,
            },
            _ => profile.data().name_field,
        };
        let mut findings = Findings::from(self.findings);
        findings.add_with(field, &UNFIT, error.to_string());
        Self {
            findings: findings.into_sorted(),
            ..self
        }
    }
}
