//! Which keys a register belongs to. It is written down when the first ones are made: a folder that was mistyped, or keys of another service, would
//! begin a second log and a second authority over the same register.

use std::path::Path;

use crypto::HashAlgorithm;
use register::store::{
    AnyStore, Change, Entity, EntityChange, EntityKind, Expected, Store as _, StoreError,
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

use super::keys::{self, Keys};
use crate::office::named;
use crate::{Error, Result};

/// The name of the row.
const ROW: &str = "service-keys";

/// The keys of a register, by what is public of them.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Binding {
    /// The verifier key of the audit log.
    log: String,
    /// SHA-256 of the certificate of the authority over devices, in hexadecimal.
    devices: String,
}

/// Refuses to make new keys for a register that has some.
///
/// # Errors
/// [`Error::KeysGone`], [`Error::Store`].
pub(super) async fn check_place(store: &AnyStore, folder: &Path) -> Result<()> {
    if !keys::are_made(folder) && read(store).await?.is_some() {
        return Err(Error::KeysGone(folder.to_owned()));
    }
    Ok(())
}

/// Compares keys with those that the register belongs to.
///
/// # Errors
/// [`Error::KeysOfAnother`], [`Error::Store`].
pub(super) async fn compare(store: &AnyStore, keys: &Keys, folder: &Path) -> Result<()> {
    match read(store).await? {
        Some(bound) if bound != Binding::of(keys) => Err(Error::KeysOfAnother(folder.to_owned())),
        _ => Ok(()),
    }
}

/// The same; a register that has none belongs to these from now on.
///
/// # Errors
/// As [`compare`].
pub(super) async fn bind(
    store: &AnyStore,
    keys: &Keys,
    folder: &Path,
    now: OffsetDateTime,
) -> Result<()> {
    if read(store).await?.is_none() {
        match write(store, &Binding::of(keys), now).await {
            // Another service of the same register was faster: its keys count.
            Ok(()) | Err(Error::Store(StoreError::EntityChanged { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    compare(store, keys, folder).await
}

impl Binding {
    fn of(keys: &Keys) -> Self {
        Self {
            log: keys.log.to_string(),
            devices: hex::encode(HashAlgorithm::Sha256.digest(keys.authority.certificate())),
        }
    }
}

async fn read(store: &AnyStore) -> Result<Option<Binding>> {
    let id = named(ROW);
    let Some(row) = store.entity(EntityKind::Setting, id).await? else {
        return Ok(None);
    };
    let what = "keys of the service";
    let binding = serde_json::from_str(&row.body);
    Ok(Some(binding.map_err(|_| StoreError::Corrupt { id, what })?))
}

async fn write(store: &AnyStore, binding: &Binding, now: OffsetDateTime) -> Result<()> {
    let mut change = Change::new(now);
    change.entities.push(EntityChange::Put {
        entity: Entity {
            kind: EntityKind::Setting,
            id: named(ROW),
            state: "bound".to_owned(),
            place: String::new(),
            order: 0,
            version: 0,
            body: serde_json::to_string(binding).map_err(|_| Error::Interrupted)?,
        },
        expected: Expected::New,
        keys: None,
    });
    Ok(store.commit(&change).await?)
}
