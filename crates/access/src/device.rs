//! Devices that prove who they are by a certificate: stations, personalisation sites, relying parties.
//!
//! The service is its own small authority ([`DeviceAuthority`]): these certificates say nothing outside of it. Which device a
//! certificate belongs to stands in a URI of its subjectAltName, `urn:card-toolchain:device:<kind>:<uuid>`.

mod authority;
mod certificate;
mod request;

use core::fmt;

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use crate::Result;
use crate::error::DeviceFault;
use crate::role::{Role, RoleSet};

pub use authority::{DeviceAuthority, IssuedCertificate, KeyPair};
pub use request::certificate_request;

/// How long the authority's own certificate holds.
pub const AUTHORITY_VALIDITY: Duration = Duration::days(3653);
/// How long a device's certificate holds.
pub const DEVICE_VALIDITY: Duration = Duration::days(365);
/// How long the certificate of the service's own server holds. It is made anew when the service starts.
pub const SERVER_VALIDITY: Duration = Duration::days(397);
/// Certificates begin so long ago, for clocks that are slow.
pub const BACKDATED: Duration = Duration::minutes(5);
/// Characters of a device's name at most (RFC 5280 appendix A, `ub-common-name`).
pub const MAX_NAME: usize = 64;
/// Beginning of the URI that names a device.
const URN: &str = "urn:card-toolchain:device:";
/// Octets of a serial number (RFC 5280 §4.1.2.2 allows 20).
pub const SERIAL_LEN: usize = 20;

/// What a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeviceKind {
    /// An enrolment station.
    Station,
    /// A personalisation site.
    PersonalisationSite,
    /// A relying party's system.
    RelyingParty,
}

impl DeviceKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Station, Self::PersonalisationSite, Self::RelyingParty];

    /// The one role of such a device.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::Station => Role::Station,
            Self::PersonalisationSite => Role::PersonalisationSite,
            Self::RelyingParty => Role::RelyingParty,
        }
    }

    /// The role as a set, to be asked what it allows.
    #[must_use]
    pub const fn roles(self) -> RoleSet {
        RoleSet::EMPTY.with(self.role())
    }

    /// The word in files, in the API and in certificates.
    #[must_use]
    pub const fn code(self) -> &'static str {
        self.role().code()
    }

    /// The kind of a word of [`Self::code`].
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// A device, as the service knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// What it is.
    pub kind: DeviceKind,
    /// Stays for ever; certificates come and go.
    pub id: Uuid,
    /// How people call it.
    pub name: String,
}

impl Device {
    /// The URI that names it in its certificates.
    #[must_use]
    pub fn uri(&self) -> String {
        format!("{URN}{}:{}", self.kind.code(), self.id.as_hyphenated())
    }

    fn check_name(&self) -> Result<()> {
        if name_is_usable(&self.name) {
            Ok(())
        } else {
            Err(DeviceFault::Name.into())
        }
    }
}

fn name_is_usable(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control)
}

/// Kind and id of a device's URI.
fn read_uri(uri: &str) -> Option<(DeviceKind, Uuid)> {
    let (kind, id) = uri.strip_prefix(URN)?.split_once(':')?;
    let kind = DeviceKind::from_code(kind)?;
    // One way to write an id: a list of revoked devices must not be passed by another.
    let read = Uuid::try_parse(id).ok()?;
    (read.as_hyphenated().to_string() == id).then_some((kind, read))
}

/// Serial number of a certificate: what is revoked.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Serial(pub [u8; SERIAL_LEN]);

impl Serial {
    /// From 40 hexadecimal digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        hex::decode(text).ok()?.try_into().ok().map(Self)
    }

    /// From the bytes of a store or a certificate.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Serial({self})")
    }
}

/// A device that has proved to hold the key of a certificate of this service. Only the TLS listener makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceIdentity {
    device: Device,
    serial: Serial,
    not_after: OffsetDateTime,
}

impl DeviceIdentity {
    /// The device.
    #[must_use]
    pub const fn device(&self) -> &Device {
        &self.device
    }

    /// Serial number of its certificate. A connection may outlive a revocation: ask again for each request.
    #[must_use]
    pub const fn serial(&self) -> Serial {
        self.serial
    }

    /// When its certificate ends. A connection may outlive that too.
    #[must_use]
    pub const fn not_after(&self) -> OffsetDateTime {
        self.not_after
    }

    /// Reads the certificate of a handshake that was verified.
    pub(crate) fn of_verified(certificate: &[u8]) -> Result<Self> {
        certificate::identity(certificate)
    }
}

/// What the service knows of revoked certificates. Asked during handshakes: it must not wait.
pub trait RevokedDevices: Send + Sync + fmt::Debug {
    /// Whether this certificate is revoked.
    fn is_revoked(&self, serial: Serial) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_name_kind_and_id() {
        let id = Uuid::from_u128(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef);
        for kind in DeviceKind::ALL {
            let device = Device {
                kind,
                id,
                name: "TEST".to_owned(),
            };
            assert_eq!(read_uri(&device.uri()), Some((kind, id)));
        }
        let good = "urn:card-toolchain:device:station:01234567-89ab-cdef-0123-456789abcdef";
        assert!(read_uri(good).is_some());
        for bad in [
            "",
            "urn:card-toolchain:device:station",
            "urn:card-toolchain:device:station:",
            "urn:card-toolchain:device:administrator:01234567-89ab-cdef-0123-456789abcdef",
            "urn:card-toolchain:device:station:0123456789abcdef0123456789abcdef",
            "urn:card-toolchain:device:station:{01234567-89ab-cdef-0123-456789abcdef}",
            "urn:card-toolchain:device:station:01234567-89AB-CDEF-0123-456789ABCDEF",
            "xurn:card-toolchain:device:station:01234567-89ab-cdef-0123-456789abcdef",
        ] {
            assert_eq!(read_uri(bad), None, "{bad}");
        }
    }

    #[test]
    fn names() {
        for (name, want) in [
            ("Trạm TEST 1", true),
            ("", false),
            ("a\nb", false),
            (&"ệ".repeat(64), true),
            (&"x".repeat(65), false),
        ] {
            assert_eq!(name_is_usable(name), want, "{name}");
        }
    }
}
