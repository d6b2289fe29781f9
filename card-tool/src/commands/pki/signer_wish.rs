//! What a request wants, out of the arguments.

use anyhow::Result;
use ceremony::policy::YEAR;
use ceremony::request::{BarcodeSignerWish, CrlWish, DocumentSignerWish, SignerWish};
use ceremony::{Period, Wanted};
use time::macros::format_description;
use time::{Date, Duration, OffsetDateTime, Time};

use super::csca_upkeep::serial_number;
use crate::args::{SignerKind, SignerRequest};
use crate::exit::Problem;
use crate::pki_folder::issuer::IssuerFolder;

/// What the signer is called: as asked for, or by its kind and the time.
pub fn name(args: &SignerRequest, now: OffsetDateTime) -> Result<String> {
    if let Some(name) = &args.name {
        return Ok(name.clone());
    }
    let kind = match args.kind {
        SignerKind::DocumentSigner => "ds",
        SignerKind::MasterListSigner => "mls",
        SignerKind::DeviationListSigner => "dls",
        SignerKind::BarcodeSigner => "bcs",
        SignerKind::Crl => "crl",
    };
    let form = format_description!("[year][month][day]-[hour][minute][second]");
    Ok(format!("{kind}-{}", now.format(form)?))
}

/// What is wanted, with periods that follow the rule of sums (Doc 9303-12 Appendix A).
pub fn wanted(
    args: &SignerRequest,
    folder: &IssuerFolder,
    name: &str,
    now: OffsetDateTime,
) -> Result<Wanted> {
    let from = match &args.from {
        None => now.replace_nanosecond(0)?,
        Some(day) => {
            let form = format_description!("[year]-[month]-[day]");
            let date = Date::parse(day, form)
                .map_err(|_| Problem::usage(format!("{day} is no day"), "write YYYY-MM-DD"))?;
            date.with_time(Time::MIDNIGHT).assume_utc()
        }
    };
    let usage = Duration::days(args.usage_days.into());
    let period = |length: Duration| Period {
        from,
        to: from + length,
    };
    let life = YEAR * i32::from(folder.settings.document_years) + Duration::days(1);
    let types = || match &args.document_types[..] {
        [] => folder.settings.document_types.clone(),
        named => named.to_vec(),
    };
    let common_name = || {
        args.common_name
            .clone()
            .unwrap_or_else(|| format!("{} {name}", folder.settings.country))
    };
    let list_signer = || SignerWish {
        common_name: common_name(),
        private_key_usage: period(usage),
        validity: period(usage),
    };
    Ok(match args.kind {
        SignerKind::DocumentSigner => Wanted::DocumentSigner(DocumentSignerWish {
            common_name: common_name(),
            private_key_usage: period(usage),
            validity: period(usage + life),
            document_types: types(),
        }),
        SignerKind::MasterListSigner => Wanted::MasterListSigner(list_signer()),
        SignerKind::DeviationListSigner => Wanted::DeviationListSigner(list_signer()),
        SignerKind::BarcodeSigner => Wanted::BarcodeSigner(BarcodeSignerWish {
            common_name: args.common_name.clone().ok_or_else(|| {
                Problem::usage(
                    "a bar code signer has a name of two letters",
                    "say --common-name",
                )
            })?,
            validity: period(usage + life),
            document_types: args.document_types.clone(),
        }),
        SignerKind::Crl => Wanted::Crl(CrlWish {
            revoke: args
                .revoke
                .iter()
                .map(|path| serial_number(Some(path), None))
                .collect::<Result<_>>()?,
        }),
    })
}
