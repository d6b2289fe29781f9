//! Who is known to the receiving side: the keys of stations and their people, and the accounts that these people have here.

use std::collections::BTreeMap;

use enrolment::packet::{Digest, KeyRing, Manifest, Party, Role};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Result;
use crate::station::{PublicKeyFile, StationError};

/// A key as it is kept: what came from the station, and which account of the service its person has. That is never the station's to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KnownFile {
    role: Role,
    name: String,
    key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) account: Option<Uuid>,
}

impl KnownFile {
    /// What a station has sent, of somebody who has this account.
    pub(super) fn new(public: &PublicKeyFile, account: Option<Uuid>) -> Self {
        Self {
            role: public.role,
            name: public.name.clone(),
            key: public.key.clone(),
            account,
        }
    }

    fn public(&self) -> PublicKeyFile {
        PublicKeyFile {
            role: self.role,
            name: self.name.clone(),
            key: self.key.clone(),
        }
    }
}

/// The keys that packets are taken from, and the accounts of their people.
#[derive(Debug, Clone, Default)]
pub struct Known {
    ring: KeyRing,
    accounts: BTreeMap<(Role, Digest), Uuid>,
}

/// The accounts of those who have made a packet, where they have any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accounts {
    /// Of who enrolled.
    pub operator: Option<Uuid>,
    /// Of who released what was overridden.
    pub supervisor: Option<Uuid>,
}

impl Known {
    pub(super) fn add(&mut self, file: &KnownFile) -> Result<()> {
        let public = file.public();
        let key = public.public_key()?;
        let id = self
            .ring
            .add(public.role, public.name, key)
            .map_err(StationError::from)?;
        if let Some(account) = file.account {
            self.accounts.insert((public.role, id), account);
        }
        Ok(())
    }

    /// The keys.
    #[must_use]
    pub const fn ring(&self) -> &KeyRing {
        &self.ring
    }

    /// Which accounts those have who have made a packet.
    #[must_use]
    pub fn accounts(&self, manifest: &Manifest) -> Accounts {
        let of = |role, party: &Party| self.accounts.get(&(role, party.key)).copied();
        let supervisor = manifest.supervisor.as_ref();
        Accounts {
            operator: of(Role::Operator, &manifest.operator),
            supervisor: supervisor.and_then(|party| of(Role::Supervisor, party)),
        }
    }
}

#[cfg(test)]
mod tests {
    use crypto::{Curve, PrivateKey};
    use rand::SeedableRng as _;
    use rand::rngs::StdRng;

    use super::*;
    use crate::intake::IntakeFolder;

    /// What a station sends says nothing of accounts; what was said here stays until something else is said.
    #[test]
    fn an_account_is_said_here_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let intake = IntakeFolder::new(folder.path().to_owned());
        std::fs::create_dir(folder.path().join("known")).unwrap();
        let key = PrivateKey::generate_ec(Curve::P256, &mut StdRng::seed_from_u64(1)).unwrap();
        let spki = key.public().to_spki(crypto::EcParameters::Named).unwrap();
        let public = PublicKeyFile {
            role: Role::Operator,
            name: "TEST operator".to_owned(),
            key: hex::encode(spki),
        };
        let id = (Role::Operator, public.id().unwrap());
        let [one, two] = [1, 2].map(Uuid::from_u128);
        for (said, known) in [
            (None, None),
            (Some(one), Some(one)),
            (None, Some(one)),
            (Some(two), Some(two)),
        ] {
            let path = intake.register_of(&public, said).unwrap();
            let found = intake.known().unwrap();
            assert_eq!(found.accounts.get(&id).copied(), known);
            // A file with an account does not come from a station.
            assert_eq!(PublicKeyFile::read(&path).is_err(), known.is_some());
        }
    }
}
