//! Properties in which cards differ and which decide whether a case applies.

use core::fmt;

use lds::File;
use serde::{Deserialize, Deserializer, de};

/// Something that not every card offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feature {
    /// BAC.
    Bac,
    /// PACE.
    Pace,
    /// PACE with generic mapping.
    PaceGm,
    /// PACE with integrated mapping.
    PaceIm,
    /// PACE with chip authentication mapping.
    PaceCam,
    /// PACE on a MODP group.
    PaceDh,
    /// PACE on a curve.
    PaceEcdh,
    /// One set of domain parameters for PACE and no more.
    OnePaceParameter,
    /// Chip authentication in one form or another.
    AnyChipAuthentication,
    /// Chip authentication by GENERAL AUTHENTICATE.
    ChipAuthentication,
    /// Chip authentication by MSE:Set KAT.
    KeyAgreementTemplate,
    /// Chip authentication by GENERAL AUTHENTICATE on a MODP group.
    ChipAuthenticationDh,
    /// Chip authentication by GENERAL AUTHENTICATE on a curve.
    ChipAuthenticationEcdh,
    /// Chip authentication by MSE:Set KAT on a MODP group.
    KeyAgreementTemplateDh,
    /// Chip authentication by MSE:Set KAT on a curve.
    KeyAgreementTemplateEcdh,
    /// Active authentication.
    ActiveAuthentication,
    /// Active authentication with RSA.
    ActiveAuthenticationRsa,
    /// Active authentication with ECDSA.
    ActiveAuthenticationEcdsa,
    /// Terminal authentication.
    TerminalAuthentication,
    /// READ BINARY with the odd instruction B1.
    OddInstruction,
    /// Extended length.
    ExtendedLength,
    /// A data group of 32,768 octets or more.
    LargeFile,
    /// EF.DG2 in the form of ISO 19794-5.
    Face19794,
    /// EF.DG2 in the form of ISO 39794-5.
    Face39794,
    /// The files of the specimen of `tests/law`, of which a case knows every octet. No card is found to be it.
    Specimen,
    /// A machine readable zone that was read from the paper, to compare with.
    PrintedMrz,
    /// The key of a CVCA that the card trusts is at hand.
    CvcaKey,
    /// The card looks whether the dates of certificates are days of the calendar, which it need not. This is declared, not found.
    ChecksDates,
    /// A file is there, as far as EF.COM, EF.SOD or the file itself say.
    Present(File),
    /// A file can be read after BAC or PACE.
    Readable(File),
}

#[rustfmt::skip]
const WORDS: [(Feature, &str); 28] = [
    (Feature::Bac,                       "bac"),
    (Feature::Pace,                      "pace"),
    (Feature::PaceGm,                    "pace-gm"),
    (Feature::PaceIm,                    "pace-im"),
    (Feature::PaceCam,                   "pace-cam"),
    (Feature::PaceDh,                    "pace-dh"),
    (Feature::PaceEcdh,                  "pace-ecdh"),
    (Feature::OnePaceParameter,          "one-pace-parameter"),
    (Feature::AnyChipAuthentication,     "any-chip-authentication"),
    (Feature::ChipAuthentication,        "chip-authentication"),
    (Feature::KeyAgreementTemplate,      "key-agreement-template"),
    (Feature::ChipAuthenticationDh,      "chip-authentication-dh"),
    (Feature::ChipAuthenticationEcdh,    "chip-authentication-ecdh"),
    (Feature::KeyAgreementTemplateDh,    "key-agreement-template-dh"),
    (Feature::KeyAgreementTemplateEcdh,  "key-agreement-template-ecdh"),
    (Feature::ActiveAuthentication,      "active-authentication"),
    (Feature::ActiveAuthenticationRsa,   "active-authentication-rsa"),
    (Feature::ActiveAuthenticationEcdsa, "active-authentication-ecdsa"),
    (Feature::TerminalAuthentication,    "terminal-authentication"),
    (Feature::OddInstruction,            "odd-instruction"),
    (Feature::ExtendedLength,            "extended-length"),
    (Feature::LargeFile,                 "large-file"),
    (Feature::Face19794,                 "face-19794"),
    (Feature::Face39794,                 "face-39794"),
    (Feature::Specimen,                  "specimen"),
    (Feature::PrintedMrz,                "printed-mrz"),
    (Feature::CvcaKey,                   "cvca-key"),
    (Feature::ChecksDates,               "checks-dates"),
];

/// In front of the name of a file, for [`Feature::Readable`].
const READABLE: &str = "readable ";

impl Feature {
    /// Those that have a word of their own; the others speak of a file.
    pub fn listed() -> impl Iterator<Item = Self> {
        WORDS.into_iter().map(|(feature, _)| feature)
    }

    /// The feature of a word: one of the list, `EF.DG3` (the file is there), `readable EF.DG3`.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let file = |name: &str| File::all().find(|file| file.name() == name);
        let listed = || WORDS.iter().find(|(_, known)| *known == word);
        match word.strip_prefix(READABLE) {
            Some(name) => file(name).map(Self::Readable),
            None => listed()
                .map(|(feature, _)| *feature)
                .or_else(|| file(word).map(Self::Present)),
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Present(file) => f.write_str(file.name()),
            Self::Readable(file) => write!(f, "{READABLE}{}", file.name()),
            feature => {
                let word = WORDS.iter().find(|(known, _)| known == feature);
                f.write_str(word.map_or("", |(_, word)| word))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Feature {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::from_word(&word).ok_or_else(|| de::Error::custom(format!("no feature: {word}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_lead_to_features_and_back() {
        let files = [Feature::Present(File::Dg3), Feature::Readable(File::Cvca)];
        for feature in WORDS.iter().map(|(feature, _)| *feature).chain(files) {
            assert_eq!(Feature::from_word(&feature.to_string()), Some(feature));
        }
        assert_eq!(Feature::from_word("EF.DG17"), None);
        assert_eq!(Feature::from_word("readable bac"), None);
    }
}
