//! The certificate holder authorization template: role and rights (Doc 9303-10 table 95; Doc 9303-11 annex K.1;
//! TR-03110-3 annex C.4).

use core::fmt;

use der::asn1::ObjectIdentifier;
use iso7816::tlv::{self, Writer};

use super::fault::{CertificateFault, Deviation};
use super::objects::{Presence, row, tag, value};

/// What a chain of certificates is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TerminalType {
    /// id-IS, the only one that opens files of a travel document.
    InspectionSystem,
    /// id-AT, electronic identity; read, never obeyed.
    AuthenticationTerminal,
    /// id-ST, electronic signatures; read, never obeyed.
    SignatureTerminal,
}

impl TerminalType {
    const ALL: [Self; 3] = [
        Self::InspectionSystem,
        Self::AuthenticationTerminal,
        Self::SignatureTerminal,
    ];

    /// Object identifier.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::InspectionSystem => {
                const { ObjectIdentifier::new_unwrap("0.4.0.127.0.7.3.1.2.1") }
            }
            Self::AuthenticationTerminal => {
                const { ObjectIdentifier::new_unwrap("0.4.0.127.0.7.3.1.2.2") }
            }
            Self::SignatureTerminal => {
                const { ObjectIdentifier::new_unwrap("0.4.0.127.0.7.3.1.2.3") }
            }
        }
    }

    /// Octets of the discretionary data.
    const fn authorization_len(self) -> usize {
        match self {
            Self::InspectionSystem | Self::SignatureTerminal => 1,
            Self::AuthenticationTerminal => 5,
        }
    }
}

/// Who may sign what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Country verifying certification authority.
    Cvca,
    /// Document verifier of the country that issued the document.
    DomesticVerifier,
    /// Document verifier of another country.
    ForeignVerifier,
    /// Terminal: an inspection system.
    Terminal,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Cvca,
        Self::DomesticVerifier,
        Self::ForeignVerifier,
        Self::Terminal,
    ];

    /// The role in the first two bits of the discretionary data.
    const fn of(first: u8) -> Self {
        match first >> 6 {
            0b11 => Self::Cvca,
            0b10 => Self::DomesticVerifier,
            0b01 => Self::ForeignVerifier,
            _ => Self::Terminal,
        }
    }

    const fn bits(self) -> u8 {
        let role = match self {
            Self::Cvca => 0b11,
            Self::DomesticVerifier => 0b10,
            Self::ForeignVerifier => 0b01,
            Self::Terminal => 0b00,
        };
        role << 6
    }

    /// Whether the holder is a document verifier.
    #[must_use]
    pub const fn is_verifier(self) -> bool {
        matches!(self, Self::DomesticVerifier | Self::ForeignVerifier)
    }

    /// Whether a holder of this role may certify one of that: a CVCA itself (link) and verifiers, a verifier terminals.
    #[must_use]
    pub const fn certifies(self, subject: Self) -> bool {
        match self {
            Self::Cvca => !matches!(subject, Self::Terminal),
            Self::DomesticVerifier | Self::ForeignVerifier => matches!(subject, Self::Terminal),
            Self::Terminal => false,
        }
    }

    /// Shortest and longest lifetime in days (Doc 9303-12 table 2), months at their longest. Who issues keeps to it; a chip
    /// is not told to look.
    #[must_use]
    pub const fn lifetime_days(self) -> (u32, u32) {
        match self {
            Self::Cvca => (181, 3 * 365 + 1),
            Self::DomesticVerifier | Self::ForeignVerifier => (14, 92),
            Self::Terminal => (1, 31),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cvca => "CVCA",
            Self::DomesticVerifier => "domestic document verifier",
            Self::ForeignVerifier => "foreign document verifier",
            Self::Terminal => "terminal",
        })
    }
}

/// Rights of an inspection system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rights {
    /// Read EF.DG3, fingers.
    pub fingers: bool,
    /// Read EF.DG4, irises.
    pub irises: bool,
}

impl Rights {
    /// Every right.
    pub const ALL: Self = Self {
        fingers: true,
        irises: true,
    };

    const fn of(octet: u8) -> Self {
        Self {
            fingers: octet & 0x01 != 0,
            irises: octet & 0x02 != 0,
        }
    }

    fn bits(self) -> u8 {
        u8::from(self.fingers) | u8::from(self.irises) << 1
    }

    /// What both allow (Doc 9303-11 §7.1.4.3.6).
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            fingers: self.fingers && other.fingers,
            irises: self.irises && other.irises,
        }
    }
}

/// A certificate holder authorization template.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Chat {
    terminal_type: TerminalType,
    authorization: Vec<u8>,
}

impl Chat {
    /// A template for inspection systems.
    #[must_use]
    pub fn inspection_system(role: Role, rights: Rights) -> Self {
        Self {
            terminal_type: TerminalType::InspectionSystem,
            authorization: vec![role.bits() | rights.bits()],
        }
    }

    /// What the chain is for.
    #[must_use]
    pub const fn terminal_type(&self) -> TerminalType {
        self.terminal_type
    }

    /// The role of the holder.
    #[must_use]
    pub fn role(&self) -> Role {
        Role::of(self.authorization.first().copied().unwrap_or_default())
    }

    /// The rights of an inspection system; the other types have none here. Reserved bits are passed over.
    #[must_use]
    pub fn rights(&self) -> Rights {
        match (self.terminal_type, self.authorization.first()) {
            (TerminalType::InspectionSystem, Some(octet)) => Rights::of(*octet),
            _ => Rights::default(),
        }
    }

    /// The discretionary data: role and rights as octets.
    #[must_use]
    pub fn authorization(&self) -> &[u8] {
        &self.authorization
    }

    /// Reads the value of DO'7F4C', as PACE carries it in MSE:Set AT.
    ///
    /// # Errors
    /// [`CertificateFault`] with what is wrong; an encoding that is not minimal is wrong here.
    pub fn parse(template: &[u8]) -> Result<Self, CertificateFault> {
        let mut deviations = Vec::new();
        let chat = Self::from_value(template, &mut deviations)?;
        match deviations.first() {
            None => Ok(chat),
            Some(deviation) => Err(CertificateFault::Deviation(*deviation)),
        }
    }

    /// Reads the value of DO'7F4C'.
    pub(super) fn from_value(
        template: &[u8],
        deviations: &mut Vec<Deviation>,
    ) -> Result<Self, CertificateFault> {
        let order = [
            (tag::OBJECT_IDENTIFIER, Presence::Required),
            (tag::DISCRETIONARY_DATA, Presence::Required),
        ];
        let [oid, data] = row(tag::AUTHORIZATION, template, order, deviations)?;
        let oid = ObjectIdentifier::from_bytes(value(oid, tag::OBJECT_IDENTIFIER)?)
            .map_err(|_| CertificateFault::UnknownTerminalType)?;
        let terminal_type = TerminalType::ALL
            .into_iter()
            .find(|terminal_type| terminal_type.oid() == oid)
            .ok_or(CertificateFault::UnknownTerminalType)?;
        let authorization = value(data, tag::DISCRETIONARY_DATA)?.to_vec();
        if authorization.len() != terminal_type.authorization_len() {
            return Err(CertificateFault::AuthorizationLength);
        }
        Ok(Self {
            terminal_type,
            authorization,
        })
    }

    /// The whole object, as PACE and certificates carry it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut objects = Writer::new();
        objects
            .object(tag::OBJECT_IDENTIFIER, self.terminal_type.oid().as_bytes())
            .object(tag::DISCRETIONARY_DATA, &self.authorization);
        tlv::encode(tag::AUTHORIZATION, &objects.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(object: &[u8]) -> Result<Chat, CertificateFault> {
        Chat::parse(tlv::single(object, tag::AUTHORIZATION).unwrap())
    }

    #[test]
    fn the_example_of_the_standard() {
        let bytes = hex::decode("7F4C0E060904007F000703010201530183").unwrap();
        let chat = Chat::inspection_system(Role::DomesticVerifier, Rights::ALL);
        assert_eq!(chat.to_bytes(), bytes);
        assert_eq!(parse(&bytes), Ok(chat));
    }

    #[test]
    fn every_octet_is_role_and_rights() {
        for octet in 0..=u8::MAX {
            let chat = Chat {
                terminal_type: TerminalType::InspectionSystem,
                authorization: vec![octet],
            };
            assert_eq!(parse(&chat.to_bytes()).as_ref(), Ok(&chat));
            let known = Chat::inspection_system(chat.role(), chat.rights());
            assert_eq!(known.authorization(), [octet & 0xC3], "{octet:02X}");
        }
    }

    #[test]
    fn the_rights_are_the_and() {
        let rights = |bits| Rights::of(bits);
        for (one, other, both) in [
            (0, 0, 0),
            (0, 1, 0),
            (0, 2, 0),
            (0, 3, 0),
            (1, 0, 0),
            (1, 1, 1),
            (1, 2, 0),
            (1, 3, 1),
            (2, 0, 0),
            (2, 1, 0),
            (2, 2, 2),
            (2, 3, 2),
            (3, 0, 0),
            (3, 1, 1),
            (3, 2, 2),
            (3, 3, 3),
        ] {
            assert_eq!(
                rights(one).and(rights(other)),
                rights(both),
                "{one} {other}"
            );
        }
    }

    #[test]
    fn who_certifies_whom() {
        let table = Role::ALL.map(|issuer| Role::ALL.map(|subject| issuer.certifies(subject)));
        let expected = [
            [true, true, true, false],
            [false, false, false, true],
            [false, false, false, true],
            [false; 4],
        ];
        assert_eq!(table, expected);
    }

    #[test]
    fn other_types_are_read_and_open_nothing() {
        let at = hex::decode("7F4C12060904007F00070301020253050000000110").unwrap();
        let chat = parse(&at).unwrap();
        assert_eq!(chat.terminal_type(), TerminalType::AuthenticationTerminal);
        assert_eq!(
            (chat.role(), chat.rights()),
            (Role::Terminal, Rights::default())
        );
        assert_eq!(chat.to_bytes(), at);
        for (bytes, fault) in [
            (
                "7F4C0E060904007F000703010204530183",
                CertificateFault::UnknownTerminalType,
            ),
            (
                "7F4C0E060904007F000703010202530183",
                CertificateFault::AuthorizationLength,
            ),
            (
                "7F4C0D060904007F0007030102015300",
                CertificateFault::AuthorizationLength,
            ),
            (
                "7F4C0F06810904007F000703010201530183",
                CertificateFault::Deviation(Deviation::NonMinimalLength(tag::OBJECT_IDENTIFIER)),
            ),
            ("7F4C05060053018300", CertificateFault::UnknownTerminalType),
        ] {
            let bytes = hex::decode(bytes).unwrap();
            let object = tlv::read(&bytes).unwrap().0;
            let parsed = Chat::parse(object.value);
            assert_eq!(parsed, Err(fault), "{bytes:02X?}");
        }
    }
}
