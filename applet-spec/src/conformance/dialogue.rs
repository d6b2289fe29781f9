//! Dialogues: more than one command, and what the next one says depends on the answer to the last.

use core::fmt;

use iso7816::tlv::{self, Tag};
use iso7816::{CommandApdu, Ins};
use lds::security_info::{KeyAgreement, PaceInfo, PaceMapping};
use protocols::PasswordKind;
use serde::Deserialize;

/// A dialogue that opens a session, changes its keys or proves something inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(from = "DialogueText")]
pub struct Dialogue {
    /// Which one.
    pub protocol: Protocol,
    /// Which of several forms of PACE.
    pub form: PaceForm,
    /// A password is used that is not the card's.
    pub wrong_password: bool,
    /// Chip authentication goes without protection, as it must not.
    pub plain: bool,
    /// Shape of the first ephemeral key of the terminal: of the mapping in PACE, of the agreement in chip authentication.
    pub key: Option<Shape>,
    /// Shape of the ephemeral key of the agreement in PACE.
    pub agreement_key: Option<Shape>,
    /// How PACE ends, where it is not as it should.
    pub end: Option<End>,
}

/// An end of PACE that is none: the keys are there, and the card has not been shown that the terminal has them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    /// The tokens are not exchanged.
    WithoutTokens,
    /// The token of the terminal is computed over the chip's key without its template 7F49.
    TokenWithoutTemplate,
}

/// What a dialogue is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// BAC; the application is selected before.
    Bac,
    /// PACE with the password that is known first.
    Pace,
    /// PACE with the MRZ.
    PaceMrz,
    /// PACE with the CAN.
    PaceCan,
    /// PACE with the holder's PIN.
    PacePin,
    /// PACE with the PUK.
    PacePuk,
    /// Whatever the card offers, PACE before BAC, and the application selected.
    Application,
    /// Chip authentication in whichever form the card has, by GENERAL AUTHENTICATE before MSE:Set KAT, inside the session.
    AnyChipAuthentication,
    /// Chip authentication by MSE:Set AT and GENERAL AUTHENTICATE, inside the session.
    ChipAuthentication,
    /// Chip authentication by MSE:Set KAT, inside the session.
    KeyAgreementTemplate,
    /// Active authentication: the signature must hold with the key of EF.DG15.
    ActiveAuthentication,
}

/// Which of the forms of PACE that a card offers; without a word, the strongest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PaceForm {
    /// Mapping of the nonce.
    pub mapping: Option<Mapping>,
    /// Key agreement.
    pub agreement: Option<Agreement>,
}

/// A mapping of the nonce (Doc 9303-11 §4.4.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mapping {
    /// Generic.
    Gm,
    /// Integrated.
    Im,
    /// Chip authentication mapping.
    Cam,
}

/// A key agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Agreement {
    /// On a MODP group.
    Dh,
    /// On a curve.
    Ecdh,
}

/// A coordinate at the edge, where encoders drop or add octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// The first octet of x is zero.
    SmallX,
    /// No x of many is greater.
    LargeX,
    /// The first octet of y is zero.
    SmallY,
    /// No y of many is greater.
    LargeY,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bac => "bac",
            Self::Pace => "pace",
            Self::PaceMrz => "pace-mrz",
            Self::PaceCan => "pace-can",
            Self::PacePin => "pace-pin",
            Self::PacePuk => "pace-puk",
            Self::Application => "application",
            Self::AnyChipAuthentication => "any-chip-authentication",
            Self::ChipAuthentication => "chip-authentication",
            Self::KeyAgreementTemplate => "key-agreement-template",
            Self::ActiveAuthentication => "active-authentication",
        })
    }
}

impl Protocol {
    /// The password that the dialogue shows; of several that would do, the one that every document has.
    pub(super) const fn password(self) -> PasswordKind {
        match self {
            Self::PaceCan => PasswordKind::Can,
            Self::PacePin => PasswordKind::Pin,
            Self::PacePuk => PasswordKind::Puk,
            _ => PasswordKind::Mrz,
        }
    }
}

impl Protocol {
    /// Whether it is PACE with this password and no other.
    pub(super) const fn names(self, password: PasswordKind) -> bool {
        matches!(
            (self, password),
            (Self::PaceMrz, PasswordKind::Mrz)
                | (Self::PaceCan, PasswordKind::Can)
                | (Self::PacePin, PasswordKind::Pin)
                | (Self::PacePuk, PasswordKind::Puk)
        )
    }
}

impl PaceForm {
    /// Whether an info is of this form.
    #[must_use]
    pub fn includes(&self, info: &PaceInfo) -> bool {
        self.mapping
            .is_none_or(|wanted| wanted == Mapping::of(info))
            && self
                .agreement
                .is_none_or(|wanted| wanted == info.protocol.agreement().into())
    }
}

impl Mapping {
    /// The mapping of an info.
    #[must_use]
    pub const fn of(info: &PaceInfo) -> Self {
        match info.protocol.mapping() {
            PaceMapping::GenericMapping => Self::Gm,
            PaceMapping::IntegratedMapping => Self::Im,
            PaceMapping::ChipAuthenticationMapping => Self::Cam,
        }
    }
}

impl From<KeyAgreement> for Agreement {
    fn from(agreement: KeyAgreement) -> Self {
        match agreement {
            KeyAgreement::Dh => Self::Dh,
            KeyAgreement::Ecdh => Self::Ecdh,
        }
    }
}

impl Dialogue {
    /// A dialogue without special wishes.
    #[must_use]
    pub const fn plain(protocol: Protocol) -> Self {
        Self {
            protocol,
            form: PaceForm {
                mapping: None,
                agreement: None,
            },
            wrong_password: false,
            plain: false,
            key: None,
            agreement_key: None,
            end: None,
        }
    }
}

/// A word, or a table where more is to be said.
#[derive(Deserialize)]
#[serde(untagged)]
enum DialogueText {
    Word(Protocol),
    Table(DialogueTable),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct DialogueTable {
    protocol: Protocol,
    mapping: Option<Mapping>,
    agreement: Option<Agreement>,
    #[serde(default)]
    wrong_password: bool,
    #[serde(default)]
    plain: bool,
    key: Option<Shape>,
    agreement_key: Option<Shape>,
    end: Option<End>,
}

impl From<DialogueText> for Dialogue {
    fn from(text: DialogueText) -> Self {
        let table = match text {
            DialogueText::Word(protocol) => return Self::plain(protocol),
            DialogueText::Table(table) => table,
        };
        Self {
            protocol: table.protocol,
            form: PaceForm {
                mapping: table.mapping,
                agreement: table.agreement,
            },
            wrong_password: table.wrong_password,
            plain: table.plain,
            key: table.key,
            agreement_key: table.agreement_key,
            end: table.end,
        }
    }
}

/// A command of a dialogue by what it is for, so that a case need not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Turn {
    /// GET CHALLENGE.
    Challenge,
    /// EXTERNAL (MUTUAL) AUTHENTICATE.
    Authenticate,
    /// MSE:Set AT; a second attempt without the parameter id is one, too.
    SetAt,
    /// PACE: the request for the nonce.
    Nonce,
    /// PACE: mapping data.
    Mapping,
    /// PACE: ephemeral keys.
    Agreement,
    /// PACE: authentication tokens.
    Token,
}

impl Turn {
    /// What a command of a dialogue is for.
    #[must_use]
    pub fn of(command: &CommandApdu) -> Option<Self> {
        match command.ins {
            Ins::GET_CHALLENGE => Some(Self::Challenge),
            Ins::EXTERNAL_AUTHENTICATE => Some(Self::Authenticate),
            Ins::MANAGE_SECURITY_ENVIRONMENT => Some(Self::SetAt),
            Ins::GENERAL_AUTHENTICATE => Self::of_template(&command.data),
            _ => None,
        }
    }

    fn of_template(data: &[u8]) -> Option<Self> {
        let objects = tlv::single(data, Tag::new(0x7C))
            .and_then(tlv::read_all)
            .ok()?;
        match objects.first().map(|object| object.tag.get()) {
            None => Some(Self::Nonce),
            Some(0x81) => Some(Self::Mapping),
            Some(0x83) => Some(Self::Agreement),
            Some(0x85) => Some(Self::Token),
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns() {
        for (octets, expected) in [
            ("00840000 08", Some(Turn::Challenge)),
            ("0022C1A4 03 830101", Some(Turn::SetAt)),
            ("10860000 02 7C00 00", Some(Turn::Nonce)),
            ("10860000 05 7C03 810104 00", Some(Turn::Mapping)),
            ("10860000 05 7C03 830104 00", Some(Turn::Agreement)),
            ("00860000 05 7C03 850104 00", Some(Turn::Token)),
            ("00860000 05 7C03 990104 00", None),
            ("00B00000 00", None),
        ] {
            let command = CommandApdu::parse(&test_support::unhex(octets)).unwrap();
            assert_eq!(Turn::of(&command), expected, "{octets}");
        }
    }

    #[test]
    fn words_and_tables() {
        #[derive(Deserialize)]
        struct Open {
            open: Dialogue,
        }
        let open = |text: &str| toml::from_str::<Open>(text).map(|open| open.open);
        let word = open("open = 'pace-can'").unwrap();
        assert_eq!(word.protocol, Protocol::PaceCan);
        assert_eq!(word.form, PaceForm::default());
        let table =
            open("open = { protocol = 'pace-mrz', mapping = 'cam', key = 'small-x' }").unwrap();
        assert_eq!(table.form.mapping, Some(Mapping::Cam));
        assert_eq!(table.key, Some(Shape::SmallX));
        assert!(open("open = 'paces'").is_err());
        assert!(open("open = { protocol = 'bac', wrong = true }").is_err());
    }
}
