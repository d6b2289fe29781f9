//! Whom a verifier asks whether a document is still valid.

use std::path::PathBuf;

use clap::{ArgGroup, Args};

/// Whom a verifier asks; nobody, where nothing is said.
#[derive(Debug, Clone, Default, Args)]
#[command(group(ArgGroup::new("asked").args(["service", "status_list"]).multiple(true)))]
pub struct IssuerArgs {
    /// The issuer's service, https://HOST:PORT: it is asked for each document whether it is still valid. It learns the hash of EF.SOD,
    /// what the chip has proved, and the purpose.
    #[arg(long, value_name = "URL", requires_all = ["device", "purpose"])]
    pub service: Option<String>,
    /// The certificate to show there: the folder of `issuance-service device issue` with device.key, device.crt and authority.crt.
    #[arg(long, value_name = "FOLDER", requires = "service")]
    pub device: Option<PathBuf>,
    /// Why it is asked: a word of the agreement with the issuer.
    #[arg(long, value_name = "WORD", requires = "service")]
    pub purpose: Option<String>,
    /// A status list that was fetched before, for what the service does not answer.
    #[arg(long, value_name = "FILE", requires_all = ["status_keys", "places"])]
    pub status_list: Vec<PathBuf>,
    /// The keys that sign status lists, as the service publishes them at /.well-known/jwks.json.
    #[arg(long, value_name = "FILE", requires = "status_list")]
    pub status_keys: Option<PathBuf>,
    /// Where each document stands in the lists, which only the service knows: what it says is added to this file, and is there when it
    /// does not answer. Nothing else of a document is in it than the hash of EF.SOD.
    #[arg(long, value_name = "FILE", requires = "asked")]
    pub places: Option<PathBuf>,
}
