//! From a configuration to a service that can be served: folders, keys and the first administrator are made where there are none.

use core::fmt;
use std::path::Path;
use std::sync::Arc;

use access::account::{Changed, State};
use access::one_time_link::Purpose;
use access::tls::{ClientCertificates, Clock, DeviceTrust, server_config};
use access::{Account, Role};
use crypto::CryptoRng;
use register::store::{EntityKind, Query, Store as _};
use time::OffsetDateTime;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::audit::{Audit, system};
use super::problem::Problem;
use super::{Api, Parts, Shared, binding, keys, telemetry};
use crate::backup::Fence;
use crate::intake::{IntakeDesk, IntakeFolder};
use crate::office::Office;
use crate::places::Places;
use crate::relying::Room;
use crate::relying::keys::STATUS_KEY;
use crate::{Config, Error, Result, ServeConfig};

/// The login name of the first administrator.
pub const FIRST_LOGIN: &str = "administrator";
/// The name that others see of him, until he is asked for another.
const FIRST_NAME: &str = "Administrator";
/// Accounts that are looked at for the first administrator.
const FEW: u32 = 2;

/// Draws generators.
pub type Randomness = Arc<dyn Fn() -> Box<dyn CryptoRng + Send> + Send + Sync>;

/// The clock of the machine.
#[derive(Debug)]
pub struct MachineClock;

impl Clock for MachineClock {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

/// Makes the folder of a configuration if there is none: a register, keys of the intake, folders.
///
/// # Errors
/// [`Error::File`], [`Error::Store`]; [`Error::Exists`] never.
pub async fn first_start(config: &Path) -> Result<bool> {
    let folder = config
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    // What a first start leaves that was killed before it wrote its configuration: that comes last.
    let is_begun = |name: &std::ffi::OsStr| {
        name.to_str()
            .is_some_and(|name| name == "jobs" || name.starts_with("register.sqlite"))
    };
    let is_empty = std::fs::read_dir(folder).map_or(true, |entries| {
        entries.flatten().all(|entry| is_begun(&entry.file_name()))
    });
    // Only where nothing is yet, and only under its usual name: a slip of the pen makes no second register.
    if config.exists() || !is_empty || config.file_name().is_none_or(|name| name != crate::CONFIG) {
        return Ok(false);
    }
    Config::init(folder, None).await?;
    Ok(true)
}

/// Opens everything that a configuration names.
///
/// # Errors
/// Those of keys, register and signer.
pub async fn open(
    config: &Config,
    clock: Arc<dyn Clock>,
    randomness: &Randomness,
) -> Result<Shared> {
    let serve = &config.serve;
    let password = serve.password()?;
    let mut rng = randomness();
    let store = config.open_store().await?;
    binding::check_place(&store, &serve.keys).await?;
    let mut keys = keys::open(&serve.keys, &serve.name, &password, clock.now(), &mut *rng)?;
    binding::bind(&store, &keys, &serve.keys, clock.now()).await?;
    if let Some(fence) = Fence::of(&store).await? {
        keys.behind(&fence)?;
    }
    let folder = IntakeFolder::new(config.intake.clone());
    if !folder.service_path().exists() {
        folder.init(&serve.name, &password, &mut *rng)?;
    }
    let desk = IntakeDesk::open(&folder, &password, store, randomness())?;
    let signers = config.signers(Arc::clone(randomness) as _)?;
    let office = Office::new(
        Arc::new(desk),
        signers.map(Arc::new),
        serve.data_centre.clone(),
        Arc::clone(randomness) as _,
    );
    let status_key = crate::relying::keys::open(&serve.keys, &password, &mut *rng)?;
    let vault = Arc::clone(office.desk().vault());
    let relying = Room::open(
        &config.relying,
        &serve.address(),
        office.store().clone(),
        vault,
        status_key,
    )?;
    let identity_provider = serve
        .oidc
        .as_ref()
        .map(crate::OidcConfig::provider)
        .transpose()?;
    Api::new(Parts {
        office,
        relying,
        keys,
        name: serve.name.clone(),
        sessions: serve.session_limits(),
        clock,
        rng,
        places: Places::of(config),
        identity_provider,
        measurements: telemetry::measure().ok(),
    })
    .await
}

/// Tries the keys of a service that was started before: none is missing, its password opens each, and they are those of the register. Nothing is made. Whether there are any.
///
/// # Errors
/// [`Error::KeyMissing`], [`Error::KeysGone`], [`Error::KeysOfAnother`], [`Error::ServiceKey`], [`Error::File`]; those of the register and the intake's keys.
pub async fn try_keys(
    config: &Config,
    now: OffsetDateTime,
    rng: &mut (dyn CryptoRng + Send),
) -> Result<bool> {
    let serve = &config.serve;
    let store = config.open_store().await?;
    binding::check_place(&store, &serve.keys).await?;
    let folder = IntakeFolder::new(config.intake.clone());
    let has_any = std::fs::read_dir(&serve.keys).is_ok_and(|mut files| files.next().is_some());
    let has_intake = folder.service_path().exists();
    if !has_any && !has_intake {
        return Ok(false);
    }
    let password = serve.password()?;
    if has_any {
        let keys = keys::open(&serve.keys, &serve.name, &password, now, rng)?;
        binding::compare(&store, &keys, &serve.keys).await?;
        if serve.keys.join(STATUS_KEY).exists() {
            crate::relying::keys::open(&serve.keys, &password, rng)?;
        }
    }
    if has_intake {
        folder.keys(&password)?;
    }
    Ok(true)
}

/// The server's half of TLS: a fresh certificate of the own authority; devices may show theirs.
///
/// # Errors
/// [`Error::Access`] for hosts that cannot be in a certificate.
pub fn tls(api: &Shared, serve: &ServeConfig) -> Result<Arc<rustls::ServerConfig>> {
    let hosts: Vec<&str> = serve.hosts.iter().map(String::as_str).collect();
    let now = api.now();
    let pair = api.draw(|rng| api.keys.authority.issue_server(&hosts, now, rng))?;
    let authority = api.keys.authority.certificate().to_vec();
    let trust = DeviceTrust {
        authority: authority.clone(),
        revoked: api.revoked(),
    };
    let chain = vec![pair.issued.certificate, authority];
    Ok(server_config(
        chain,
        &pair.private_key,
        ClientCertificates::Optional(trust),
        Arc::clone(&api.clock),
    )?)
}

/// The link of an administrator, to be shown to who has the machine.
pub struct HostLink {
    /// What stands behind `/invitation#`.
    pub token: Zeroizing<String>,
    /// When it stops working.
    pub expires: OffsetDateTime,
}

impl fmt::Debug for HostLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HostLink(until {})", self.expires)
    }
}

impl Api {
    /// Makes the first administrator where there is no account at all, and a link for him as long as he has not come in. An older link
    /// stops working then.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn first_administrator(&self) -> core::result::Result<Option<HostLink>, Problem> {
        let accounts = self
            .store
            .list(&Query::of(EntityKind::Account, FEW))
            .await?;
        let now = self.now();
        let mut change = self.change();
        let account = match accounts.as_slice() {
            [] => {
                let Changed { account, .. } =
                    Account::first_administrator(Uuid::now_v7(), FIRST_LOGIN, FIRST_NAME, now)?;
                self.put_new(&mut change, &account)?;
                account
            }
            [only] => {
                let kept = super::accounts::Kept::read(only, &self.vault)?;
                if kept.account.state != State::Invited
                    || !kept.account.roles.has(Role::Administrator)
                {
                    return Ok(None);
                }
                self.end_links(&mut change, kept.account.id).await?;
                kept.account
            }
            _ => return Ok(None),
        };
        let (token, expires) = self.new_link(&mut change, &account, Purpose::FirstAdministrator)?;
        Audit::by(system(), "user.manage", "account", account.id)
            .with_word("what", "first-administrator")
            .put(&mut change)?;
        self.commit(&change).await?;
        Ok(Some(HostLink { token, expires }))
    }
}

/// What a problem says, for a command line.
#[must_use]
pub fn as_error(problem: &Problem) -> Error {
    Error::Problem(problem.kind().text().title)
}
