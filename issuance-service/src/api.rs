//! The HTTP API: who asks is found out and what he may is checked before anything is done, and everything has an end.
//!
//! ```text
//! connection ── request id, log, numbers ── how many at once ── in time ── guard (who, CSRF, right, second factor)
//!                  ── idempotency key ── handler ── one Change: what was done, and its audit entry ── answer
//! ```
//!
//! * [`routes`]: the one table of routes: path, right, handler. Router, OpenAPI and the test of every role on every route come of it.
//! * [`problem`]: the one map of refusals to RFC 9457, in both languages.
//! * [`serve`]: connections, limits, draining.
//! * [`keys`]: what the service signs and seals with.
//! * [`journal`]: gives audit entries and notices their numbers and signs checkpoints.

pub mod accounts;
pub mod audit;
mod binding;
pub mod caller;
mod closed;
pub(crate) mod described;
mod device_names;
pub mod devices;
pub mod doctor;
pub mod etag;
pub mod extract;
mod guard;
pub mod host;
mod idempotency;
pub mod journal;
pub mod keys;
mod layers;
pub mod limits;
pub mod meant;
pub mod openapi;
pub mod page;
mod parts;
pub mod problem;
pub mod route;
pub mod routes;
pub mod scrape;
pub mod serve;
pub mod sessions;
pub mod settings;
pub mod start;
pub mod telemetry;
pub mod timekeeper;
pub mod traces;
mod unread;
pub mod workers;
mod writable;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use access::SessionLimits;
use access::oidc::{HttpClient, OidcSettings, Provider};
use access::password::Passwords;
use access::throttle::Throttle;
use access::tls::Clock;
use axum::Router;
use crypto::CryptoRng;
use metrics_exporter_prometheus::PrometheusHandle;
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use register::store::{AnyStore, Change, Store as _};
use time::OffsetDateTime;
use tokio::sync::{OnceCell, OwnedSemaphorePermit, Semaphore};

use crate::Vault;
use crate::office::Office;
use crate::places::Places;
use crate::relying::Room;
use devices::Revoked;
use keys::Keys;
use problem::Problem;
use timekeeper::Timekeeper;

/// What all routes share.
pub struct Api {
    /// Where everything is remembered.
    pub store: AnyStore,
    /// The service behind the routes.
    pub office: Office,
    /// Where relying parties ask.
    pub relying: Room,
    /// What the service signs with.
    pub keys: Keys,
    /// What rests here sealed.
    pub vault: Arc<Vault>,
    /// How long sessions last.
    pub sessions: SessionLimits,
    /// The name of the service, in authenticators.
    pub name: String,
    /// Which time is believed.
    pub timekeeper: Timekeeper,
    /// Where it writes.
    pub places: Arc<Places>,
    clock: Arc<dyn Clock>,
    rng: Mutex<Box<dyn CryptoRng + Send>>,
    passwords: Arc<Passwords>,
    password_work: Arc<Semaphore>,
    open_packets: Arc<Semaphore>,
    throttle: Mutex<Throttle>,
    revoked: Arc<Revoked>,
    identity_provider: Option<IdentityProvider>,
    measurements: Option<PrometheusHandle>,
    reconciling: AtomicBool,
    draining: AtomicBool,
    finished: AtomicBool,
    requests: Arc<Semaphore>,
    writable: writable::Writable,
}

/// What all routes share, for `State`.
pub type Shared = Arc<Api>;

/// What an [`Api`] is made of.
pub struct Parts {
    /// The service behind the routes.
    pub office: Office,
    /// Where relying parties ask.
    pub relying: Room,
    /// What the service signs with.
    pub keys: Keys,
    /// The name of the service, in authenticators.
    pub name: String,
    /// How long sessions last.
    pub sessions: SessionLimits,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub rng: Box<dyn CryptoRng + Send>,
    /// Where it writes.
    pub places: Places,
    /// The identity provider, if there is one.
    pub identity_provider: Option<IdentityProvider>,
    /// What `/v1/metrics` reads.
    pub measurements: Option<PrometheusHandle>,
}

/// An identity provider and the line to it. It is asked for its metadata when the first person comes by it.
pub struct IdentityProvider {
    settings: Settings,
    http: Arc<dyn HttpClient>,
    found: OnceCell<Arc<Provider>>,
}

/// Makes the settings: who discovers a provider takes them over.
type Settings = Box<dyn Fn() -> OidcSettings + Send + Sync>;

impl IdentityProvider {
    /// A provider that was not asked yet.
    #[must_use]
    pub fn new(
        settings: impl Fn() -> OidcSettings + Send + Sync + 'static,
        http: Arc<dyn HttpClient>,
    ) -> Self {
        Self {
            settings: Box::new(settings),
            http,
            found: OnceCell::new(),
        }
    }

    /// The provider with its metadata and keys. One that could not be reached is asked again next time.
    async fn provider(&self, now: OffsetDateTime) -> Result<Arc<Provider>, Problem> {
        let discover = || async {
            let settings = (self.settings)();
            let http = Arc::clone(&self.http);
            let found =
                tokio::task::spawn_blocking(move || Provider::discover(settings, &*http, now))
                    .await;
            Ok::<_, Problem>(Arc::new(found.map_err(|error| problem::internal(&error))??))
        };
        self.found.get_or_try_init(discover).await.cloned()
    }
}

impl Api {
    /// Puts it together.
    ///
    /// # Errors
    /// [`crate::Error::Access`], [`crate::Error::Store`] when the revoked devices cannot be read.
    pub async fn new(mut parts: Parts) -> crate::Result<Shared> {
        let passwords = Arc::new(Passwords::new(&mut *parts.rng)?);
        let store = parts.office.store().clone();
        let timekeeper = Timekeeper::of(&store, parts.clock.now()).await?;
        let revoked = Arc::new(Revoked::read(&store).await?);
        device_names::claim_names(&store, parts.clock.now()).await?;
        Ok(Arc::new(Self {
            timekeeper,
            places: Arc::new(parts.places),
            vault: Arc::clone(parts.office.desk().vault()),
            store,
            office: parts.office,
            relying: parts.relying,
            keys: parts.keys,
            sessions: parts.sessions,
            name: parts.name,
            clock: parts.clock,
            rng: Mutex::new(parts.rng),
            passwords,
            password_work: Arc::new(Semaphore::new(limits::PASSWORDS_AT_ONCE)),
            open_packets: Arc::new(Semaphore::new(limits::PACKETS_OPEN_AT_ONCE)),
            throttle: Mutex::new(Throttle::new()),
            revoked,
            identity_provider: parts.identity_provider,
            measurements: parts.measurements,
            reconciling: AtomicBool::new(false),
            draining: AtomicBool::new(false),
            finished: AtomicBool::new(false),
            requests: Arc::new(Semaphore::new(limits::MAX_REQUESTS)),
            writable: writable::Writable::default(),
        }))
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Draws randomness. Short: everybody waits for it.
    pub fn draw<T>(&self, with: impl FnOnce(&mut dyn CryptoRng) -> T) -> T {
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        with(&mut **rng)
    }

    /// A generator of its own, for work beside the requests.
    fn own_rng(&self) -> StdRng {
        self.draw(|rng| StdRng::from_rng(rng))
    }

    /// The devices that are revoked.
    #[must_use]
    pub fn revoked(&self) -> Arc<Revoked> {
        Arc::clone(&self.revoked)
    }

    /// Whether a restored register is compared with what has happened since: nothing goes out of it.
    #[must_use]
    pub fn is_reconciling(&self) -> bool {
        self.reconciling.load(Ordering::Acquire)
    }

    /// Begins so, before anything is served.
    pub fn reconcile(&self) {
        self.reconciling.store(true, Ordering::Release);
    }

    /// Whether the service is about to end: it finishes what was begun and is not ready for more.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// Begins the end.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Whether the last request was answered: nothing is written any more but by workers that end.
    #[must_use]
    pub fn has_finished(&self) -> bool {
        self.finished.load(Ordering::Acquire)
    }

    /// A change of nothing, now.
    #[must_use]
    pub fn change(&self) -> Change {
        Change::new(self.now())
    }

    /// Makes a change happen.
    ///
    /// # Errors
    /// The problem of the store's answer.
    pub async fn commit(&self, change: &Change) -> Result<(), Problem> {
        Ok(self.store.commit(change).await?)
    }

    /// Waits until a packet may be opened: each is in memory as a whole, with its pictures, until the permit is dropped.
    async fn may_open_packet(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let permit = Arc::clone(&self.open_packets).acquire_owned().await;
        permit.map_err(|error| problem::internal(&error))
    }

    fn throttle<T>(&self, with: impl FnOnce(&mut Throttle) -> T) -> T {
        with(&mut self.throttle.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The router of all routes.
pub fn router(shared: Shared) -> Router {
    let mut router = Router::new();
    for route in routes::table() {
        router = route.mount(router, &shared);
    }
    let router = router
        .merge(crate::desk::router())
        .fallback(layers::nowhere)
        .method_not_allowed_fallback(layers::no_such_method);
    layers::around(router, &shared).with_state(shared)
}
