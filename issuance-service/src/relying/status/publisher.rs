//! Signed lists, kept until something changed or they are old.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use pki::Signer;
use register::store::{EntityKind, Store};
use status_list::jws::Header;
use status_list::{Claims, token};
use time::{Duration, OffsetDateTime};

use super::{list_id, lists, octets};
use crate::Vault;
use crate::relying::keys::{Jwk, Jwks};
use crate::relying::{RelyingDesk, Result};

/// Until a list ends. So long somebody who holds back newer ones can hide a revocation.
pub const LIFE: Duration = Duration::DAY;
/// After how long verifiers should ask for a newer one.
pub const TIME_TO_LIVE: Duration = Duration::minutes(15);
/// After how long a list is signed again although nothing has changed.
pub const SIGN_AGAIN: Duration = Duration::HOUR;
/// How long nobody asks the store whether a list has changed: whoever asks often costs nothing.
const LOOK_AGAIN: Duration = Duration::seconds(5);
/// Lists that are kept signed.
const MAX_KEPT: usize = 256;

/// A signed list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// The token.
    pub token: String,
    /// Its version and time, as `ETag` has them.
    pub tag: String,
    /// When it was signed.
    pub signed_at: OffsetDateTime,
    version: u32,
}

struct Kept {
    published: Arc<Published>,
    looked: OffsetDateTime,
}

/// Signs lists and keeps them.
#[derive(Clone)]
pub struct Publisher {
    signer: Arc<dyn Signer>,
    key: Jwk,
    kept: Arc<Mutex<HashMap<u32, Kept>>>,
}

impl Publisher {
    /// A publisher with its key.
    ///
    /// # Errors
    /// [`crate::relying::Fault::Crypto`] for a key that is not on P-256.
    pub fn new(signer: Arc<dyn Signer>) -> Result<Self> {
        let key = Jwk::of(signer.public_key())?;
        Ok(Self {
            signer,
            key,
            kept: Arc::default(),
        })
    }

    /// The public key, as a set.
    #[must_use]
    pub fn keys(&self) -> Jwks {
        Jwks {
            keys: vec![self.key.clone()],
        }
    }

    fn known(&self, list: u32) -> Option<(Arc<Published>, OffsetDateTime)> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(&list)
            .map(|kept| (Arc::clone(&kept.published), kept.looked))
    }

    fn keep(&self, list: u32, published: &Arc<Published>, looked: OffsetDateTime) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MAX_KEPT && !kept.contains_key(&list) {
            kept.clear();
        }
        kept.insert(
            list,
            Kept {
                published: Arc::clone(published),
                looked,
            },
        );
    }

    /// The signed list of a number; `None` for one of which no place was given out.
    ///
    /// # Errors
    /// Those of store and signer.
    pub async fn list<S: Store>(
        &self,
        desk: &RelyingDesk<S>,
        list: u32,
        now: OffsetDateTime,
    ) -> Result<Option<Arc<Published>>> {
        let known = self.known(list);
        if let Some((published, looked)) = &known
            && now - *looked < LOOK_AGAIN
        {
            return Ok(Some(Arc::clone(published)));
        }
        if known.is_none() && list >= lists(&desk.store).await? {
            return Ok(None);
        }
        let id = list_id(&desk.vault, list);
        let row = desk.store.entity(EntityKind::Setting, id).await?;
        let version = row.map_or(0, |row| row.version);
        if let Some((published, _)) = known
            && published.version == version
            && now - published.signed_at < SIGN_AGAIN
        {
            self.keep(list, &published, now);
            return Ok(Some(published));
        }
        let published = Arc::new(self.sign(desk, list, version, now).await?);
        self.keep(list, &published, now);
        Ok(Some(published))
    }

    async fn sign<S: Store>(
        &self,
        desk: &RelyingDesk<S>,
        list: u32,
        version: u32,
        now: OffsetDateTime,
    ) -> Result<Published> {
        // The version was read before the octets: at worst a list is signed once more than needed.
        let content = octets(&desk.store, list_id(&desk.vault, list)).await?;
        let claims = Claims {
            subject: status_list::shard::uri_of_list(&desk.status_lists(), list),
            issued_at: now,
            expires_at: now + LIFE,
            time_to_live: Some(TIME_TO_LIVE),
        };
        let header = Header {
            kid: Some(self.key.kid.clone()),
            ..Header::of_type(token::TYPE)
        };
        let token = token::sign(&claims, &content, header, &*self.signer)?;
        let tag = format!("\"{list}-{version}-{}\"", now.unix_timestamp());
        Ok(Published {
            token,
            tag,
            signed_at: now,
            version,
        })
    }
}

impl<S: Store> RelyingDesk<S> {
    /// Below which address the lists are published.
    #[must_use]
    pub fn status_lists(&self) -> String {
        format!("{}/v1/status-lists", self.address)
    }

    /// The addresses of all lists.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_addresses(&self) -> Result<Vec<String>> {
        let base = self.status_lists();
        let count = lists(&self.store).await?;
        Ok((0..count)
            .map(|list| status_list::shard::uri_of_list(&base, list))
            .collect())
    }

    /// Follows the notices to their end.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn follow_status(&self, now: OffsetDateTime) -> Result<usize> {
        let mut all = 0;
        loop {
            let followed = super::follow(&self.store, &self.vault, now).await?;
            if followed == 0 {
                return Ok(all);
            }
            all += followed;
        }
    }
}

/// For whoever only has store and vault.
impl<S> RelyingDesk<S> {
    /// The vault.
    #[must_use]
    pub fn vault(&self) -> &Arc<Vault> {
        &self.vault
    }
}
