//! The grammar of `eac`: the authorities of terminal authentication.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::pki::country;

/// `eac`.
#[derive(Debug, Subcommand)]
pub enum Eac {
    /// The country verifying certification authority: whom chips trust.
    #[command(subcommand)]
    Cvca(EacCvca),
    /// A document verifier: certifies the inspection systems of one organisation.
    #[command(subcommand)]
    Dv(EacDv),
    /// An inspection system: what reads fingers and irises.
    #[command(subcommand)]
    Is(EacIs),
    /// Show card verifiable certificates, a request, or the folder of an entity.
    #[command(
        after_help = "Examples:\n  card-tool eac show cvca/chain.cvcert\n  card-tool eac show cvca"
    )]
    Show {
        /// Certificates one behind the other, a request, or a folder.
        file: PathBuf,
    },
    /// Judge certificates as a chip would, in the order in which a reader presents them, and say why one is refused.
    #[command(
        after_help = "Example:\n  card-tool eac check reader.cvcert --trust-point trust-point.cvcert --date 2026-06-01"
    )]
    Check {
        /// Files of certificates: links, the document verifier's, the terminal's, in any order.
        #[arg(required = true, value_name = "CHAIN")]
        chain: Vec<PathBuf>,
        /// Self-signed certificate that the chip was personalised with; the newest first, perhaps the one before.
        #[arg(long, value_name = "FILE", required = true)]
        trust_point: Vec<PathBuf>,
        /// The chip's date, YYYY-MM-DD; today otherwise.
        #[arg(long, value_name = "DAY")]
        date: Option<String>,
    },
    /// Check the journal of a folder line by line, and show it.
    #[command(
        after_help = "Examples:\n  card-tool eac log cvca\n  card-tool eac log cvca --head '5B07 …'"
    )]
    Log {
        /// The folder.
        folder: PathBuf,
        /// Hash of its last line as it was noted elsewhere: without that line it is not the journal, or its end is gone.
        #[arg(long, value_name = "DIGITS")]
        head: Option<authorization_pki::Fingerprint>,
    },
}

/// `eac cvca`.
#[derive(Debug, Subcommand)]
pub enum EacCvca {
    /// Make a CVCA with its first key.
    #[command(
        after_help = "Example:\n  card-tool eac cvca create cvca --country UT --mnemonic TESTCVCA"
    )]
    Create {
        /// Who it is.
        #[command(flatten)]
        entity: EacEntity,
        /// The certificate.
        #[command(flatten)]
        own: EacOwn,
        /// Key and signature algorithm.
        #[arg(long, default_value = "ecdsa-p256")]
        algorithm: String,
        /// The key.
        #[command(flatten)]
        key: EacKey,
    },
    /// Make the next key, and the link certificate by which chips follow.
    #[command(after_help = "Example:\n  card-tool eac cvca renew cvca")]
    Renew {
        /// Folder of the CVCA.
        folder: PathBuf,
        /// The certificate.
        #[command(flatten)]
        own: EacOwn,
        /// Key and signature algorithm; those of the key before otherwise.
        #[arg(long)]
        algorithm: Option<String>,
        /// Also when the key before has expired: chips follow all the same.
        #[arg(long)]
        late: bool,
        /// Both keys.
        #[command(flatten)]
        key: EacKey,
    },
    /// Certify a document verifier.
    #[command(
        after_help = "Examples:\n  card-tool eac cvca certify cvca dv.cvreq --out dv.cvcert --fingerprint '8A3F …'\n  card-tool eac cvca certify cvca next.cvreq --out next.cvcert --rights fingers --days 30"
    )]
    Certify {
        /// The request, and what is granted.
        #[command(flatten)]
        certify: EacCertify,
        /// Of one's own country or of another one; as the country of the request says otherwise.
        #[arg(long, value_enum)]
        role: Option<VerifierRole>,
    },
    /// Write the certificates that a chip is personalised with: the key in use, and the one before while it is valid.
    #[command(after_help = "Example:\n  card-tool eac cvca trust-point cvca trust-point.cvcert")]
    TrustPoint {
        /// Folder of the CVCA.
        folder: PathBuf,
        /// Where they are written.
        out: PathBuf,
    },
    /// Show keys, periods and answers.
    #[command(after_help = "Example:\n  card-tool eac cvca show cvca")]
    Show {
        /// Folder of the CVCA.
        folder: PathBuf,
    },
}

/// `eac dv`.
#[derive(Debug, Subcommand)]
pub enum EacDv {
    /// Make a document verifier towards one CVCA.
    #[command(
        after_help = "Example:\n  card-tool eac dv create dv --country UT --mnemonic TESTDV --cvca cvca/chain.cvcert"
    )]
    Create {
        /// Who it is.
        #[command(flatten)]
        entity: EacEntity,
        /// The CVCA's certificates, whose fingerprint was compared.
        #[arg(long, value_name = "FILE")]
        cvca: PathBuf,
    },
    /// Make a key and the first request, or one after the last certificate has expired.
    #[command(after_help = "Example:\n  card-tool eac dv request dv --out dv.cvreq")]
    Request(EacRequest),
    /// Make the next key and its request, signed by the key in use, too.
    #[command(after_help = "Example:\n  card-tool eac dv renew dv --out next.cvreq")]
    Renew(EacRequest),
    /// Take in certificates: the answer to a request, links of the CVCA.
    #[command(after_help = "Example:\n  card-tool eac dv import dv dv.cvcert")]
    Import(EacImport),
    /// Certify an inspection system.
    #[command(
        after_help = "Example:\n  card-tool eac dv certify dv is.cvreq --out is.cvcert --rights fingers --fingerprint '41C0 …'"
    )]
    Certify(EacCertify),
    /// Show keys, periods and answers.
    #[command(after_help = "Example:\n  card-tool eac dv show dv")]
    Show {
        /// Folder of the document verifier.
        folder: PathBuf,
    },
}

/// `eac is`.
#[derive(Debug, Subcommand)]
pub enum EacIs {
    /// Make an inspection system towards one document verifier.
    #[command(
        after_help = "Example:\n  card-tool eac is create is --country UT --mnemonic GATE1 --verifier dv/chain.cvcert"
    )]
    Create {
        /// Who it is.
        #[command(flatten)]
        entity: EacEntity,
        /// The certificates of CVCA and document verifier; the fingerprint of the first was compared.
        #[arg(long, value_name = "FILE")]
        verifier: PathBuf,
    },
    /// Make a key and the first request, or one after the last certificate has expired.
    #[command(after_help = "Example:\n  card-tool eac is request is --out is.cvreq")]
    Request(EacRequest),
    /// Make the next key and its request, signed by the key in use, too.
    #[command(after_help = "Example:\n  card-tool eac is renew is --out next.cvreq")]
    Renew(EacRequest),
    /// Take in certificates: the answer to a request, those of the authorities above.
    #[command(after_help = "Example:\n  card-tool eac is import is is.cvcert")]
    Import(EacImport),
    /// Write the certificates that a reader takes along. The key stays where it is.
    #[command(after_help = "Example:\n  card-tool eac is export is reader.cvcert")]
    Export {
        /// Folder of the inspection system.
        folder: PathBuf,
        /// Where they are written.
        out: PathBuf,
    },
    /// Show keys and periods.
    #[command(after_help = "Example:\n  card-tool eac is show is")]
    Show {
        /// Folder of the inspection system.
        folder: PathBuf,
    },
}

/// Who an entity is.
#[derive(Debug, Args)]
pub struct EacEntity {
    /// Folder to make.
    pub folder: PathBuf,
    /// Two-letter country.
    #[arg(long, value_name = "XX", value_parser = country)]
    pub country: String,
    /// Name within the country, at most nine characters.
    #[arg(long, value_name = "NAME")]
    pub mnemonic: String,
    /// Number of the first key: higher than any that an entity of this name has had.
    #[arg(long, default_value_t = 1, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..46_656))]
    pub first_number: u32,
}

/// A CVCA's own certificate.
#[derive(Debug, Args)]
pub struct EacOwn {
    /// How many days it is valid.
    #[arg(long, default_value_t = authorization_pki::lifetime::CVCA_DAYS, value_name = "DAYS")]
    pub days: u32,
    /// What everybody below may read at most.
    #[arg(long, value_enum, default_value_t = RightsArg::Both)]
    pub rights: RightsArg,
}

/// Where keys lie and what opens them.
#[derive(Debug, Args)]
pub struct EacKey {
    /// Where the key is made: `file`, in the folder, or `pkcs11:token=…;object=…?module-path=…`.
    #[arg(long, default_value = "file", value_name = "PLACE")]
    pub key_store: String,
    /// Give up the key that a run before has named or asked for, and make another.
    #[arg(long)]
    pub anew: bool,
    /// What opens it.
    #[command(flatten)]
    pub secret: EacSecret,
}

/// What opens the keys of a folder.
#[derive(Debug, Args)]
pub struct EacSecret {
    /// File with the secret or PIN of the folder's keys; CARD_EAC_SECRET holds it otherwise.
    #[arg(long, value_name = "FILE")]
    pub eac_secret_file: Option<PathBuf>,
}

/// A request.
#[derive(Debug, Args)]
pub struct EacRequest {
    /// The folder.
    pub folder: PathBuf,
    /// Where the request is written.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// The keys.
    #[command(flatten)]
    pub key: EacKey,
}

/// Certificates to take in.
#[derive(Debug, Args)]
pub struct EacImport {
    /// The folder.
    pub folder: PathBuf,
    /// The certificates.
    pub file: PathBuf,
}

/// A request and what is granted.
#[derive(Debug, Args)]
pub struct EacCertify {
    /// Folder of the authority.
    pub folder: PathBuf,
    /// The request.
    pub request: PathBuf,
    /// Where the certificates are written: the links, one's own, the new one.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// What the holder may read.
    #[arg(long, value_enum, default_value_t = RightsArg::Fingers)]
    pub rights: RightsArg,
    /// How many days the certificate is valid; as usual for the role otherwise.
    #[arg(long, value_name = "DAYS")]
    pub days: Option<u32>,
    /// SHA-256 of the request as the holder has told it another way: for the first request of a holder.
    #[arg(long, value_name = "DIGITS")]
    pub fingerprint: Option<authorization_pki::Fingerprint>,
    /// What opens the key.
    #[command(flatten)]
    pub secret: EacSecret,
}

/// What may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RightsArg {
    /// EF.DG3.
    Fingers,
    /// EF.DG4.
    Irises,
    /// EF.DG3 and EF.DG4.
    Both,
    /// Neither.
    None,
}

/// Role of a document verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VerifierRole {
    /// Of the country that issued the documents.
    Domestic,
    /// Of another country.
    Foreign,
}
