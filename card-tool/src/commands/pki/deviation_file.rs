//! The deviations of a deviation list as somebody writes them, in TOML: `pki deviation-list make --help` has an example.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use pki::Certificate;
use pki::deviation_list::{
    CertificateBodyField, CertificateField, Description, DeviationType, Documents, IssuancePeriod,
    LdsObject, ListedDeviation, MrzField, SignerCriterion,
};
use serde::Deserialize;
use time::macros::format_description;
use time::{Date, Time};

use crate::exit::Problem;
use crate::files;
use crate::pem;

/// The deviations of a file.
pub fn read(path: &Path) -> Result<Vec<ListedDeviation>> {
    let named = || path.display().to_string();
    let file: DeviationFile = toml::from_str(&files::read_text(path)?).with_context(named)?;
    let base = path.parent().unwrap_or(Path::new("."));
    let entries = file.deviation.iter().map(|entry| entry.read(base));
    entries.collect::<Result<_>>().with_context(named)
}

/// The deviations as somebody writes them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct DeviationFile {
    deviation: Vec<DeviationEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct DeviationEntry {
    document_type: Option<String>,
    /// A document signer's certificate, from the folder of this file.
    signer: Option<PathBuf>,
    first_issued: Option<String>,
    last_issued: Option<String>,
    document_numbers: Option<Vec<String>>,
    description: Vec<DescriptionEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct DescriptionEntry {
    kind: DescriptionKind,
    /// Number of the data group, 20 for EF.SOD, 21 for EF.COM; of the field of the MRZ; of the field of the certificate.
    number: Option<u8>,
    text: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum DescriptionKind {
    DocumentSignerSignature,
    DocumentSignerEncoding,
    CscaEncoding,
    ActiveAuthenticationKeyCompromised,
    DataGroupMalformed,
    DataGroupHashWrong,
    /// The signature of EF.SOD does not hold. Such documents can be genuine, and no reader can tell: they stay undetermined.
    SodSignatureWrong,
    ComInconsistent,
    MrzDataWrong,
    MrzCheckDigitWrong,
    Chip,
    NationalUse,
}

/// Refuses what a PrintableString cannot hold (X.680 §41.4), control characters among it, before anything is signed.
fn check_printable(what: &str, text: &str) -> Result<()> {
    let is_printable = |c: char| c.is_ascii_alphanumeric() || " '()+,-./:=?".contains(c);
    if !text.is_empty() && text.chars().all(is_printable) {
        return Ok(());
    }
    Err(Problem::usage(
        format!("{what} = {text:?} is no text of a deviation list"),
        "letters A to Z, digits, space and '()+,-./:=? are; write it without accents and control characters",
    ))
}

impl DeviationEntry {
    fn check_words(&self) -> Result<()> {
        for number in self.document_numbers.iter().flatten() {
            check_printable("document-numbers", number)?;
        }
        for text in self
            .description
            .iter()
            .filter_map(|entry| entry.text.as_ref())
        {
            check_printable("text", text)?;
        }
        match &self.document_type {
            Some(code)
                if !(1..=2).contains(&code.len())
                    || !code.bytes().all(|letter| letter.is_ascii_uppercase()) =>
            {
                Err(Problem::usage(
                    format!("document-type = {code:?} is no document code"),
                    "one or two letters A to Z, as in the machine readable zone",
                ))
            }
            _ => Ok(()),
        }
    }

    fn read(&self, base: &Path) -> Result<ListedDeviation> {
        self.check_words()?;
        let signer = self
            .signer
            .as_ref()
            .map(|path| {
                let path = base.join(path);
                let der = pem::certificate(&files::read(&path)?)?;
                let certificate =
                    Certificate::parse(&der).with_context(|| path.display().to_string())?;
                anyhow::Ok(SignerCriterion::IssuerAndSerialNumber {
                    issuer: certificate.issuer().clone(),
                    serial_number: certificate.serial_number().to_vec(),
                })
            })
            .transpose()?;
        let issuing_date = match (&self.first_issued, &self.last_issued) {
            (None, None) => None,
            (Some(first), Some(last)) => Some(IssuancePeriod {
                first_issued: day(first)?.with_time(Time::MIDNIGHT).assume_utc(),
                last_issued: day(last)?
                    .with_hms(23, 59, 59)
                    .unwrap_or(day(last)?.with_time(Time::MIDNIGHT))
                    .assume_utc(),
            }),
            _ => {
                return Err(Problem::usage(
                    "an issuing period has a first and a last day",
                    "say first-issued and last-issued, or neither",
                ));
            }
        };
        let descriptions: Result<_> = self
            .description
            .iter()
            .map(DescriptionEntry::read)
            .collect();
        Ok(ListedDeviation {
            documents: Documents {
                document_type: self.document_type.clone(),
                signer,
                issuing_date,
                document_numbers: self
                    .document_numbers
                    .as_ref()
                    .map(|numbers| numbers.iter().map(String::as_str).collect()),
            },
            descriptions: descriptions?,
        })
    }
}

fn day(text: &str) -> Result<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map_err(|_| Problem::usage(format!("{text} is no day"), "write YYYY-MM-DD"))
}

impl DescriptionEntry {
    fn read(&self) -> Result<Description> {
        use DescriptionKind as K;
        let kind = match self.kind {
            K::DocumentSignerSignature => DeviationType::DocumentSignerSignature,
            K::DocumentSignerEncoding => {
                DeviationType::DocumentSignerEncoding(self.certificate_field()?)
            }
            K::CscaEncoding => DeviationType::CscaEncoding(self.certificate_field()?),
            K::ActiveAuthenticationKeyCompromised => {
                DeviationType::ActiveAuthenticationKeyCompromised
            }
            K::DataGroupMalformed => DeviationType::DataGroupMalformed(self.lds_object()?),
            K::DataGroupHashWrong => DeviationType::DataGroupHashWrong(self.lds_object()?),
            K::SodSignatureWrong => DeviationType::SodSignatureWrong,
            K::ComInconsistent => DeviationType::ComInconsistent,
            K::MrzDataWrong => DeviationType::MrzDataWrong(self.mrz_field()?),
            K::MrzCheckDigitWrong => DeviationType::MrzCheckDigitWrong(self.mrz_field()?),
            K::Chip => DeviationType::Chip,
            K::NationalUse => DeviationType::NationalUse,
        };
        Ok(Description {
            text: self.text.clone(),
            kind,
            national_use: None,
        })
    }

    fn lds_object(&self) -> Result<Option<LdsObject>> {
        self.of(
            (1..=16)
                .map(LdsObject::DataGroup)
                .chain([LdsObject::Sod, LdsObject::Com]),
            |object| object.number(),
        )
    }

    fn mrz_field(&self) -> Result<Option<MrzField>> {
        self.of(MrzField::ALL.iter().copied(), |field| field.number())
    }

    fn certificate_field(&self) -> Result<Option<CertificateField>> {
        let field = self.of(CertificateBodyField::ALL.iter().copied(), |field| {
            field.number()
        })?;
        Ok(field.map(CertificateField::Body))
    }

    fn of<T>(
        &self,
        mut all: impl Iterator<Item = T>,
        number_of: impl Fn(&T) -> u8,
    ) -> Result<Option<T>> {
        let Some(number) = self.number else {
            return Ok(None);
        };
        all.find(|one| number_of(one) == number)
            .map(Some)
            .ok_or_else(|| {
                Problem::usage(
                    format!("no such number: {number}"),
                    "Doc 9303-12 §10.2 numbers data groups and fields",
                )
            })
    }
}
