//! Devices in the register: what certificates each has, and which are revoked.

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

use access::device::{Device, DeviceIdentity, IssuedCertificate};
use access::{DeviceKind, RevokedDevices, Serial};
use enrolment::plain_name::is_plain;
use register::store::{
    Change, ClaimChange, Entity, EntityChange, EntityKind, Expected, Query, Store, StoreError,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Api;
use super::accounts::milliseconds;
use super::device_names::name_claim;
use super::problem::{Kind, Problem, internal};
use crate::personalisation::Site;

/// Devices that are read at once.
const READ_AT_ONCE: u32 = 500;
/// Certificates that a device may have had: old ones are left out then.
pub const MAX_CERTIFICATES: usize = 50;

pub(super) const ACTIVE: &str = "active";
const REVOKED: &str = "revoked";

/// A device with what the store knows of it.
#[derive(Debug, Clone)]
pub struct KeptDevice {
    /// The device.
    pub device: Device,
    /// Its certificates, oldest first.
    pub certificates: Vec<Certificate>,
    /// Whether it is refused for good.
    pub revoked: bool,
    /// Where it writes cards: that of a personalisation site, and of no other device.
    pub site: Option<Site>,
    /// Its version in the store.
    pub version: u32,
    order: i64,
}

/// A certificate of a device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Its serial number in hexadecimal digits.
    pub serial: String,
    /// When it ends.
    #[serde(with = "time::serde::rfc3339")]
    pub not_after: OffsetDateTime,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    site: Option<Site>,
    certificates: Vec<Certificate>,
}

impl KeptDevice {
    /// A new device.
    #[must_use]
    pub const fn new(device: Device, now: OffsetDateTime) -> Self {
        Self {
            device,
            certificates: Vec::new(),
            revoked: false,
            site: None,
            version: 0,
            order: order(now),
        }
    }

    /// The same at a site: it gets the batches of this one and of no other.
    #[must_use]
    pub fn at(self, site: Option<Site>) -> Self {
        Self { site, ..self }
    }

    /// Out of the store.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn read(entity: &Entity) -> Result<Self, StoreError> {
        let other = || StoreError::Corrupt {
            id: entity.id,
            what: "device",
        };
        let stored: Stored = serde_json::from_str(&entity.body).map_err(|_| other())?;
        let kind = DeviceKind::from_code(&entity.place).ok_or_else(other)?;
        Ok(Self {
            device: Device {
                kind,
                id: entity.id,
                name: stored.name,
            },
            certificates: stored.certificates,
            revoked: entity.state == REVOKED,
            site: stored.site,
            version: entity.version,
            order: entity.order,
        })
    }

    /// Notes a certificate.
    pub fn add(&mut self, issued: &IssuedCertificate) {
        if self.certificates.len() >= MAX_CERTIFICATES {
            self.certificates.remove(0);
        }
        self.certificates.push(Certificate {
            serial: issued.serial.to_string(),
            not_after: issued.not_after,
        });
    }

    /// Into a change: it must be as it was read. A new one takes its name, one that is withdrawn gives it back.
    ///
    /// # Errors
    /// [`Kind::Content`] for a name that looks like another one, [`Kind::Internal`].
    pub fn put(&self, change: &mut Change) -> Result<(), Problem> {
        let stored = Stored {
            name: self.device.name.clone(),
            site: self.site.clone(),
            certificates: self.certificates.clone(),
        };
        let (claim, holder) = (name_claim(&self.device.name), self.device.id);
        if self.version == 0 && !is_plain(&self.device.name) {
            return Err(access::Error::Device(access::error::DeviceFault::MixedName).into());
        }
        if self.revoked {
            change.claims.push(ClaimChange::Release { claim, holder });
        } else if self.version == 0 {
            change.claims.push(ClaimChange::Take { claim, holder });
        }
        change.entities.push(EntityChange::Put {
            entity: Entity {
                kind: EntityKind::Device,
                id: self.device.id,
                state: if self.revoked { REVOKED } else { ACTIVE }.to_owned(),
                place: self.device.kind.code().to_owned(),
                order: self.order,
                version: 0,
                body: serde_json::to_string(&stored).map_err(|error| internal(&error))?,
            },
            expected: if self.version == 0 {
                Expected::New
            } else {
                Expected::Version(self.version)
            },
            keys: None,
        });
        Ok(())
    }

    fn serials(&self) -> impl Iterator<Item = Serial> {
        self.certificates
            .iter()
            .filter_map(|certificate| Serial::from_hex(&certificate.serial))
    }
}

const fn order(now: OffsetDateTime) -> i64 {
    now.unix_timestamp() * 1000 + now.millisecond() as i64
}

/// The serial numbers of revoked devices, for handshakes. Every request asks the register as well.
#[derive(Debug, Default)]
pub struct Revoked(RwLock<HashSet<Serial>>);

impl Revoked {
    /// Reads them all.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn read(store: &impl Store) -> Result<Self, StoreError> {
        let revoked = Self::default();
        revoked.refresh(store).await?;
        Ok(revoked)
    }

    /// Reads what other processes have revoked.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn refresh(&self, store: &impl Store) -> Result<(), StoreError> {
        let state = Some(REVOKED.to_owned());
        let mut query = Query {
            state,
            ..Query::of(EntityKind::Device, READ_AT_ONCE)
        };
        loop {
            let devices = store.list(&query).await?;
            for entity in &devices {
                self.add(&KeptDevice::read(entity)?);
            }
            match devices.last() {
                Some(last) if devices.len() >= READ_AT_ONCE as usize => {
                    query.after = Some(register::store::Cursor {
                        order: last.order,
                        id: last.id,
                    });
                }
                _ => return Ok(()),
            }
        }
    }

    /// Adds the certificates of a device.
    pub fn add(&self, device: &KeptDevice) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .extend(device.serials());
    }
}

impl RevokedDevices for Revoked {
    fn is_revoked(&self, serial: Serial) -> bool {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&serial)
    }
}

impl Api {
    /// A device of the register.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn device(&self, id: Uuid) -> Result<Option<KeptDevice>, Problem> {
        let entity = self.store.entity(EntityKind::Device, id).await?;
        Ok(entity.map(|entity| KeptDevice::read(&entity)).transpose()?)
    }

    /// The device of a certificate that was verified in the handshake, if it still holds: a connection outlives a revocation.
    pub(super) async fn device_of(&self, identity: &DeviceIdentity) -> Result<KeptDevice, Problem> {
        let refused = Kind::DeviceRefused;
        let kept = self.device(identity.device().id).await?.ok_or(refused)?;
        let known = kept.serials().any(|serial| serial == identity.serial());
        let same = kept.device.kind == identity.device().kind;
        if kept.revoked || !known || !same || self.now() >= identity.not_after() {
            return Err(refused.into());
        }
        Ok(kept)
    }

    /// Whether this device is the one that a name means.
    pub(super) async fn bears(&self, device: Uuid, name: &str) -> Result<bool, Problem> {
        Ok(self.store.holder(&name_claim(name)).await? == Some(device))
    }

    /// When a list is ordered by time: the order of now.
    #[must_use]
    pub fn order(&self) -> i64 {
        milliseconds(self.now())
    }
}
