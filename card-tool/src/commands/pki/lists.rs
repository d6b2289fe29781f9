//! `pki master-list make` and `pki deviation-list make`: lists signed by the list signers of an issuer's folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, Result};
use ceremony::Digest;
use pki::ListSigner;
use pki::deviation_list::{
    self, CertificateBodyField, CertificateField, Description, DeviationType, Documents,
    IssuancePeriod, LdsObject, ListedDeviation, MrzField, SignerCriterion,
};
use pki::profile::ListRole;
use pki::{Certificate, master_list};
use serde::Deserialize;
use serde_json::json;
use time::macros::format_description;
use time::{Date, OffsetDateTime, Time};

use super::signer::signer_secret;
use super::{print, print_json};
use crate::args::{DeviationList, MasterList, SignerSecret};
use crate::commands::Context;
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::pem;
use crate::pki_folder::{self, issuer, issuer::IssuerFolder};

/// Signs a master list: one's own CSCA certificates and links, and those that were named.
pub fn master_list(args: &MasterList, context: &mut Context) -> Result<Exit> {
    let MasterList::Make {
        folder,
        certificates,
        out,
        name,
        secret,
    } = args;
    let folder = IssuerFolder::open(folder)?;
    let mut all = folder.all_csca()?;
    all.extend(folder.links()?);
    for path in certificates {
        let named = || path.display().to_string();
        let der = pem::certificate(&files::read(path)?)?;
        let certificate = Certificate::parse(&der).with_context(named)?;
        if !all
            .iter()
            .any(|known| known.as_der() == certificate.as_der())
        {
            all.push(certificate);
        }
    }
    let signer = list_signer(
        &folder,
        ListRole::MasterList,
        name.as_deref(),
        secret,
        context,
    )?;
    let list = master_list::sign(&all, &signer, context.now)?;
    written(out, &list, all.len(), context)
}

/// Signs a deviation list.
pub fn deviation_list(args: &DeviationList, context: &mut Context) -> Result<Exit> {
    let DeviationList::Make {
        folder,
        deviations,
        out,
        name,
        secret,
    } = args;
    let folder = IssuerFolder::open(folder)?;
    let file: DeviationFile = toml::from_str(&files::read_text(deviations)?)
        .with_context(|| deviations.display().to_string())?;
    let base = deviations.parent().unwrap_or(Path::new("."));
    let entries: Vec<ListedDeviation> = file
        .deviation
        .iter()
        .map(|entry| entry.read(base))
        .collect::<Result<_>>()
        .with_context(|| deviations.display().to_string())?;
    let signer = list_signer(
        &folder,
        ListRole::DeviationList,
        name.as_deref(),
        secret,
        context,
    )?;
    let list = deviation_list::sign(&entries, None, &signer, context.now)?;
    written(out, &list, entries.len(), context)
}

fn written(out: &Path, list: &[u8], entries: usize, context: &Context) -> Result<Exit> {
    pki_folder::write_out(out, list, Secrecy::Open)?;
    let digest = Digest::of(list);
    if context.json() {
        print_json(&json!({
            "list": out,
            "entries": entries,
            "sha256": digest,
            "outcome": Exit::Done.word(),
        }))?;
    } else {
        print(&format!(
            "list         {} ({entries} entries)",
            out.display()
        ))?;
        print(&format!("SHA-256      {}", digest.spoken()))?;
    }
    Ok(Exit::Done)
}

/// The list signer of a role that was named, or that may sign now.
fn list_signer(
    folder: &IssuerFolder,
    role: ListRole,
    name: Option<&str>,
    secret: &SignerSecret,
    context: &mut Context,
) -> Result<ListSigner> {
    let has_role = |certificate: &Certificate| {
        let usages = certificate.extensions().extended_key_usage.clone();
        ListRole::of(&usages.unwrap_or_default()) == Some(role)
    };
    let list = folder.revocation_list()?;
    let is_revoked = |certificate: &Certificate| issuer::revokes(list.as_ref(), certificate);
    let (file, certificate) = folder
        .list_signers()?
        .into_iter()
        .find(|(file, certificate)| match name {
            Some(name) => file.name == name,
            None => {
                has_role(certificate)
                    && is_in_use(certificate, context.now)
                    && !is_revoked(certificate)
            }
        })
        .ok_or_else(|| {
            Problem::of(
                Exit::Policy,
                "there is no list signer of this kind that may sign now",
                "`card-tool pki signer request` asks for one, `pki signer status` shows them",
            )
        })?;
    if is_revoked(&certificate) {
        return Err(issuer::revoked(&file.name));
    }
    let issuer = folder
        .all_csca()?
        .into_iter()
        .find(|csca| certificate.verify_signature(csca).is_ok())
        .ok_or_else(|| {
            Problem::of(
                Exit::Policy,
                "no CSCA certificate of the folder has issued the list signer",
                "accept the answer of the root first",
            )
        })?;
    let (Some(place), Some(algorithm)) = (&file.key, &file.algorithm) else {
        return Err(Problem::usage(
            "the list signer has no key",
            "look into list-signers/",
        ));
    };
    let password = signer_secret(secret, false, context).ask()?;
    let key = folder.open_key(place, algorithm, &password, &mut *context.rng)?;
    let signer = ListSigner::new(certificate.as_der(), issuer.as_der(), Arc::clone(&key))?;
    signer.may_sign(context.now)?;
    Ok(signer)
}

fn is_in_use(certificate: &Certificate, now: OffsetDateTime) -> bool {
    let usage = certificate.extensions().private_key_usage_period;
    certificate.validity().contains(now)
        && usage.is_none_or(|usage| {
            usage.not_before.is_none_or(|from| from <= now)
                && usage.not_after.is_none_or(|to| now <= to)
        })
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
    SodSignatureWrong,
    ComInconsistent,
    MrzDataWrong,
    MrzCheckDigitWrong,
    Chip,
    NationalUse,
}

impl DeviationEntry {
    fn read(&self, base: &Path) -> Result<ListedDeviation> {
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
