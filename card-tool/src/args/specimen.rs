//! The grammar of `specimen`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use crypto::{AgreementDomain, Cipher};
use lds::security_info::PaceMapping;

/// `specimen`.
#[derive(Debug, Args)]
pub struct Specimen {
    /// Folder to make: the chip, what opens it, the CSCA certificate.
    #[arg(long, value_name = "FOLDER")]
    pub out: PathBuf,
    /// Folder with the record and the images of a specimen person; the record names the profile of the document. Otherwise it
    /// is the passport of a person who is in this program.
    #[arg(long, value_name = "FOLDER")]
    pub record: Option<PathBuf>,
    /// Folder of the PKI that signs; otherwise a test issuer is made for this card, and its keys are forgotten.
    #[arg(long, value_name = "FOLDER")]
    pub pki: Option<PathBuf>,
    /// File with the secret or PIN of the document signer's key; CARD_SIGNER_SECRET holds it otherwise.
    #[arg(long, value_name = "FILE", requires = "pki")]
    pub signer_secret_file: Option<PathBuf>,
    /// Mappings of PACE, or none; what is not said here and below is as in the profile.
    #[arg(long, value_name = "MAPPING", value_enum, value_delimiter = ',')]
    pub pace: Vec<MappingArg>,
    /// Curves of PACE: names, such as P-256 or brainpoolP384r1, or numbers 8 to 18 of Doc 9303-11 table 12.
    #[arg(long, value_name = "CURVE", value_parser = curve, value_delimiter = ',')]
    pub curve: Vec<AgreementDomain>,
    /// Groups of PACE: modp1024-160, modp2048-224, modp2048-256, or numbers 0 to 2 of the same table.
    #[arg(long, value_name = "GROUP", value_parser = group, value_delimiter = ',')]
    pub group: Vec<AgreementDomain>,
    /// Ciphers of PACE and of chip authentication: 3des, aes128, aes192, aes256.
    #[arg(long, value_name = "CIPHER", value_parser = cipher, value_delimiter = ',')]
    pub cipher: Vec<Cipher>,
    /// With basic access control.
    #[arg(long, conflicts_with = "no_bac")]
    pub bac: bool,
    /// Without basic access control.
    #[arg(long)]
    pub no_bac: bool,
    /// Chip authentication: curves and groups of its keys, or none. Where PACE was ordered it follows PACE otherwise.
    #[arg(long, value_name = "DOMAIN", value_parser = chip_key, value_delimiter = ',')]
    pub ca: Vec<ChipKeyArg>,
    /// Active authentication.
    #[arg(long, value_name = "KEY", value_enum)]
    pub aa: Option<ActiveAuthenticationArg>,
    /// With a PIN of six digits, which is drawn.
    #[arg(long)]
    pub pin: bool,
    /// With a PUK of ten digits, which is drawn.
    #[arg(long, requires = "pin")]
    pub puk: bool,
    /// Terminal authentication before the fingers: the folder of the CVCA, or the file of `eac cvca trust-point`.
    #[arg(long, value_name = "PATH")]
    pub eac: Option<PathBuf>,
}

/// A mapping of PACE (Doc 9303-11 §4.4.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MappingArg {
    /// Generic mapping.
    Gm,
    /// Integrated mapping.
    Im,
    /// Chip authentication mapping.
    Cam,
    /// No PACE at all.
    None,
}

impl MappingArg {
    /// The mapping.
    pub const fn mapping(self) -> Option<PaceMapping> {
        match self {
            Self::Gm => Some(PaceMapping::GenericMapping),
            Self::Im => Some(PaceMapping::IntegratedMapping),
            Self::Cam => Some(PaceMapping::ChipAuthenticationMapping),
            Self::None => None,
        }
    }
}

/// A key of chip authentication, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChipKeyArg {
    /// On this curve or in this group.
    In(AgreementDomain),
    /// No chip authentication.
    None,
}

/// The key of active authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ActiveAuthenticationArg {
    /// RSA with message recovery.
    Rsa,
    /// ECDSA.
    Ecdsa,
    /// No active authentication.
    None,
}

fn curve(word: &str) -> Result<AgreementDomain, String> {
    of_kind(word, |domain| matches!(domain, AgreementDomain::Ec(_)))
}

fn group(word: &str) -> Result<AgreementDomain, String> {
    of_kind(word, |domain| matches!(domain, AgreementDomain::Dh(_)))
}

fn chip_key(word: &str) -> Result<ChipKeyArg, String> {
    if word == "none" {
        return Ok(ChipKeyArg::None);
    }
    of_kind(word, |_| true).map(ChipKeyArg::In)
}

fn cipher(word: &str) -> Result<Cipher, String> {
    let found = Cipher::ALL.into_iter();
    let mut found = found.filter(|cipher| plain(cipher.name()) == plain(word));
    found.next().ok_or_else(|| {
        let known = Cipher::ALL.map(|cipher| plain(cipher.name()));
        format!("one of {}", known.join(", "))
    })
}

/// Domain parameters by number or by name, in which only letters and digits count.
fn of_kind(
    word: &str,
    is_of_kind: impl Fn(&AgreementDomain) -> bool,
) -> Result<AgreementDomain, String> {
    let is_meant = |domain: &AgreementDomain| {
        plain(domain.name()) == plain(word) || word.parse() == Ok(domain.standardized_id())
    };
    let of_kind = || AgreementDomain::all().filter(&is_of_kind);
    of_kind().find(is_meant).ok_or_else(|| {
        let known: Vec<String> = of_kind()
            .map(|domain| format!("{} ({})", domain.name(), domain.standardized_id()))
            .collect();
        format!("one of {}", known.join(", "))
    })
}

fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crypto::{Curve, DhGroup};

    #[test]
    fn domains_by_number_and_by_name() {
        type Parse = fn(&str) -> Result<AgreementDomain, String>;
        let (curve, group): (Parse, Parse) = (curve, group);
        for (parse, word, wanted) in [
            (curve, "12", Some(AgreementDomain::Ec(Curve::P256))),
            (curve, "p256", Some(AgreementDomain::Ec(Curve::P256))),
            (curve, "P-256", Some(AgreementDomain::Ec(Curve::P256))),
            (curve, "2", None),
            (curve, "19", None),
            (curve, "none", None),
            (group, "2", Some(AgreementDomain::Dh(DhGroup::Modp2048_256))),
            (
                group,
                "modp1024-160",
                Some(AgreementDomain::Dh(DhGroup::Modp1024_160)),
            ),
            (group, "12", None),
            (group, "", None),
        ] {
            assert_eq!(parse(word).ok(), wanted, "{word}");
        }
        for domain in AgreementDomain::all() {
            assert_eq!(chip_key(domain.name()), Ok(ChipKeyArg::In(domain)));
        }
    }

    #[test]
    fn ciphers_by_name() {
        for (word, wanted) in [
            ("3des", Some(Cipher::TripleDes)),
            ("aes128", Some(Cipher::Aes128)),
            ("AES-256", Some(Cipher::Aes256)),
            ("aes", None),
            ("", None),
        ] {
            assert_eq!(cipher(word).ok(), wanted, "{word}");
        }
    }
}
