//! `pki init` and `pki show`: a CSCA and a document signer in a folder, with plain keys, for tests.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use crypto::{CryptoRng, EcParameters, PrivateKey, SecretBytes};
use key_store::KeyProfile;
use pki::profile::{Authority, Contact, CountryCode, CscaProfile, DocumentSignerProfile, Issuer};
use pki::{Certificate, DocumentSigner, Signer, SoftwareSigner, Validity};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::{Context, print, print_json};
use crate::args::{EcParametersArg, PkiInit};
use crate::exit::{Exit, Problem};
use crate::files::{self, Secrecy};
use crate::pki_folder::{
    self, CSCA_CERTIFICATE, CSCA_KEY, SETTINGS, SIGNER_CERTIFICATE, SIGNER_KEY, Settings,
};

/// How long a CSCA key signs (Doc 9303-12 §4.1: three to five years).
const CSCA_USAGE: Duration = Duration::days(5 * 365);
/// How long a document signer key signs (Doc 9303-12 §4.1: at most three months).
const SIGNER_USAGE: Duration = Duration::days(90);
/// Days of a year, leap days included, when validities are added up.
const YEAR: Duration = Duration::seconds(31_556_952);

/// Makes a folder and shows it.
pub fn init(args: &PkiInit, context: &mut Context) -> Result<Exit> {
    let settings = Settings {
        country: args.country.clone(),
        state: args.state.clone(),
        algorithm: args.algorithm.clone(),
        document_types: args.document_types.clone(),
        document_years: args.document_years,
        ec_parameters: match args.ec_parameters {
            EcParametersArg::Explicit => "explicit",
            EcParametersArg::Named => "named",
        }
        .to_owned(),
    };
    create(&args.folder, &settings, context.now, &mut *context.rng)?;
    show(&args.folder, context)
}

/// Makes the folder: everything is made and checked before the first file is written; `pki.toml` comes last, so that a
/// folder with it is complete.
pub fn create(
    folder: &Path,
    settings: &Settings,
    now: OffsetDateTime,
    rng: &mut dyn CryptoRng,
) -> Result<()> {
    refuse_existing(folder)?;
    let made = TestIssuer::make(settings, now, rng)?;
    files::write_all(
        folder,
        &[
            (CSCA_KEY, made.csca_key.expose(), Secrecy::OwnerOnly),
            (CSCA_CERTIFICATE, &made.csca, Secrecy::Open),
            (SIGNER_KEY, made.signer_key.expose(), Secrecy::OwnerOnly),
            (SIGNER_CERTIFICATE, &made.certificate, Secrecy::Open),
            (
                SETTINGS,
                toml::to_string(settings)?.as_bytes(),
                Secrecy::Open,
            ),
        ],
    )
}

/// A CSCA and a document signer.
pub struct TestIssuer {
    /// The CSCA certificate.
    pub csca: Vec<u8>,
    /// The document signer.
    pub signer: DocumentSigner,
    csca_key: SecretBytes,
    signer_key: SecretBytes,
    certificate: Vec<u8>,
}

impl TestIssuer {
    /// Makes both, and writes nothing.
    pub fn make(settings: &Settings, now: OffsetDateTime, rng: &mut dyn CryptoRng) -> Result<Self> {
        let KeyProfile {
            kind,
            algorithm: signature,
            ..
        } = pki_folder::algorithm(&settings.algorithm)?;
        let maker = Maker { settings, now };
        maker.authority()?;
        let key = kind.generate(rng)?;
        let csca_key = key.to_pkcs8()?;
        let csca_signer = SoftwareSigner::new(key, signature, Box::new(StdRng::from_rng(rng)))?;
        let csca = maker.csca(&csca_signer, rng)?;
        let key = kind.generate(rng)?;
        let signer_key = key.to_pkcs8()?;
        let certificate = maker.document_signer(&key, &csca, &csca_signer, rng)?;
        let signer = SoftwareSigner::new(key, signature, Box::new(StdRng::from_rng(rng)))?;
        let signer = DocumentSigner::new(&certificate, Arc::new(signer))
            .context("the new document signer")?;
        Ok(Self {
            csca,
            signer,
            csca_key,
            signer_key,
            certificate,
        })
    }
}

struct Maker<'a> {
    settings: &'a Settings,
    now: OffsetDateTime,
}

impl Maker<'_> {
    fn csca(&self, signer: &dyn Signer, rng: &mut dyn CryptoRng) -> Result<Vec<u8>> {
        let profile = CscaProfile {
            authority: self.authority()?,
            common_name: format!("TEST CSCA {}", self.settings.state),
            validity: self.starting_now(self.document_life() + SIGNER_USAGE + CSCA_USAGE),
            private_key_usage: self.starting_now(CSCA_USAGE),
            crl_distribution_points: self.crl_distribution_points(),
            ec_parameters: self.ec_parameters()?,
        };
        Ok(profile.issue(signer, rng)?)
    }

    fn document_signer(
        &self,
        key: &PrivateKey,
        csca_certificate: &[u8],
        csca: &dyn Signer,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>> {
        let profile = DocumentSignerProfile {
            authority: self.authority()?,
            common_name: format!("TEST Document Signer {}", self.settings.state),
            validity: self.starting_now(self.document_life() + SIGNER_USAGE),
            private_key_usage: self.starting_now(SIGNER_USAGE),
            document_types: self.settings.document_types.clone(),
            crl_distribution_points: self.crl_distribution_points(),
            ec_parameters: self.ec_parameters()?,
        };
        Ok(profile.issue(&key.public(), &Issuer::new(csca_certificate, csca)?, rng)?)
    }

    fn authority(&self) -> Result<Authority> {
        let contact = Contact::Uri(format!(
            "https://pki.{}.example/",
            self.settings.state.to_lowercase()
        ));
        Ok(Authority::new(
            CountryCode::new(&self.settings.country)?,
            &self.settings.state,
            contact,
        )?)
    }

    fn crl_distribution_points(&self) -> Vec<String> {
        vec![format!(
            "https://pki.{}.example/csca.crl",
            self.settings.state.to_lowercase()
        )]
    }

    fn ec_parameters(&self) -> Result<EcParameters> {
        match self.settings.ec_parameters.as_str() {
            "explicit" => Ok(EcParameters::Explicit),
            "named" => Ok(EcParameters::Named),
            other => Err(Problem::usage(
                format!("unknown form of EC parameters: {other}"),
                "explicit or named",
            )),
        }
    }

    fn document_life(&self) -> Duration {
        YEAR * self.settings.document_years
    }

    /// Seconds are written and fractions are not: a certificate begins at a whole second.
    fn starting_now(&self, length: Duration) -> Validity {
        let not_before = self.now.replace_nanosecond(0).unwrap_or(self.now);
        Validity {
            not_before,
            not_after: not_before + length,
        }
    }
}

fn refuse_existing(folder: &Path) -> Result<()> {
    let existing = pki_folder::FILES
        .map(|name| folder.join(name))
        .into_iter()
        .find(|path| path.exists());
    match existing {
        Some(path) => Err(Problem::of(
            Exit::Policy,
            format!("{} exists already", path.display()),
            "keys are never overwritten; choose another folder",
        )),
        None => Ok(()),
    }
}

/// Shows the certificates of a folder.
pub fn show(folder: &Path, context: &Context) -> Result<Exit> {
    let settings = pki_folder::settings(folder)?;
    let mut rows = Vec::new();
    for name in [CSCA_CERTIFICATE, SIGNER_CERTIFICATE] {
        let path = folder.join(name);
        let certificate =
            Certificate::parse(&files::read(&path)?).with_context(|| path.display().to_string())?;
        rows.push((path, certificate));
    }
    if context.json() {
        let certificates: Vec<_> = rows
            .iter()
            .map(|(path, certificate)| {
                json!({
                    "file": path,
                    "subject": certificate.subject().to_string(),
                    "issuer": certificate.issuer().to_string(),
                    "serial_number": hex::encode_upper(certificate.serial_number()),
                    "validity": certificate.validity().to_string(),
                    "sha256": hex::encode(certificate.fingerprint()),
                })
            })
            .collect();
        print_json(&json!({ "settings": settings, "certificates": certificates }))?;
        return Ok(Exit::Done);
    }
    print(&format!(
        "{} for {} {}",
        settings.algorithm,
        settings.state,
        settings.document_types.join(", ")
    ))?;
    for (path, certificate) in &rows {
        print(&text_of(path, certificate))?;
    }
    Ok(Exit::Done)
}

fn text_of(path: &Path, certificate: &Certificate) -> String {
    format!(
        "\n{}\n  subject   {}\n  issuer    {}\n  serial    {}\n  valid     {}\n  SHA-256   {}",
        path.display(),
        certificate.subject(),
        certificate.issuer(),
        hex::encode_upper(certificate.serial_number()),
        certificate.validity(),
        hex::encode(certificate.fingerprint()),
    )
}
