//! The capture pages and their API, on loopback only.
//!
//! ```text
//! browser ── guard (Host, Origin, token) ── session ── route ── draft: loaded, changed, on the disk ── answer
//!                                                        └ frames: one worker, the latest wins
//! ```
//!
//! What an answer says is on the disk before it is sent: a program that is killed has lost nothing that a page has shown as saved.

mod alone;
mod drafts;
mod files;
mod guard;
mod inbox;
mod live;
mod pages;
mod pictures;
mod problem;
mod receipt;
mod reviewing;
mod session;
mod station;
mod views;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use axum::routing::{get, post, put};
use axum::{Router, middleware};
use crypto::CryptoRng;
use enrolment::IssuerProfile;
use enrolment::packet::{Override, Role};
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use uuid::Uuid;

use super::capture::Examiner;
use super::own_fingers::{self, StaffFinger};
use super::person::Person;
use super::refusal::CaptureError;
use super::review::{Found, review};
use super::{CaptureConfig, Draft, PersonKey, Station, StationError, person_file};
use crate::{Error, Result};
use live::Live;
use problem::{Answer, Problem};
use session::{Session, Sessions};

/// Most pictures that are received and measured at once: each may have 50 megapixels.
const AT_ONCE: usize = 2;

/// What a server needs.
pub struct Serving {
    /// The station.
    pub station: Station,
    /// The time.
    pub now: fn() -> OffsetDateTime,
    /// Randomness for tokens and signatures.
    pub rng: Box<dyn CryptoRng + Send>,
}

/// What all routes share.
struct Inner {
    station: Station,
    config: CaptureConfig,
    /// Of people who sit down now; who sat down earlier may have another.
    profile: &'static dyn IssuerProfile,
    staff: Vec<StaffFinger>,
    sessions: Sessions,
    live: Live,
    seats: Mutex<inbox::Seats>,
    examiner: Mutex<Examiner>,
    pictures: Semaphore,
    /// One change of drafts at a time.
    drafts: Mutex<()>,
    releases: Mutex<HashMap<Uuid, Given>>,
    /// One secret is tried at a time.
    secrets: Mutex<()>,
    rng: Mutex<Box<dyn CryptoRng + Send>>,
    now: fn() -> OffsetDateTime,
    address: SocketAddr,
}

type Shared = Arc<Inner>;

/// What a supervisor has released of a person. It is kept until the person is changed, and not across a restart: the supervisor's key
/// signs the packet, and nobody else has it.
struct Given {
    supervisor: Arc<PersonKey>,
    overrides: Vec<(String, Override)>,
    /// When the person was changed last.
    state: OffsetDateTime,
}

/// Serves until the program ends. `announce` gets the address that lets one browser in.
///
/// # Errors
/// Those of the settings; [`Error::File`] when the socket is gone.
pub async fn serve(
    serving: Serving,
    listener: TcpListener,
    announce: impl FnOnce(&str),
) -> Result<()> {
    let socket = |source| Error::File {
        path: "127.0.0.1".into(),
        source,
    };
    let address = listener.local_addr().map_err(socket)?;
    let config = CaptureConfig::read(serving.station.folder())?;
    let thresholds = config.thresholds()?;
    // Held until this returns.
    let _alone = alone::take(&serving.station, address, (serving.now)())?;
    let mut rng = serving.rng;
    let token = session::draw(&mut *rng);
    let shared = Arc::new(Inner {
        profile: config.profile()?,
        staff: own_fingers::all(serving.station.folder())?,
        sessions: Sessions::new(&token),
        live: Live::start(thresholds.clone()).map_err(socket)?,
        seats: Mutex::new(inbox::Seats::default()),
        examiner: Mutex::new(Examiner::new(thresholds)),
        pictures: Semaphore::new(AT_ONCE),
        drafts: Mutex::new(()),
        releases: Mutex::new(HashMap::new()),
        secrets: Mutex::new(()),
        rng: Mutex::new(rng),
        now: serving.now,
        station: serving.station,
        config,
        address,
    });
    announce(&format!("http://{address}/?token={token}"));
    axum::serve(listener, router(shared)).await.map_err(socket)
}

fn router(shared: Shared) -> Router {
    Router::new()
        .route("/", get(pages::index))
        .route("/assets/{name}", get(pages::asset))
        .route("/receipts/{id}", get(receipt::page))
        .route("/api/login", post(station::login))
        .route("/api/logout", post(station::logout))
        .route("/api/station", get(station::station))
        .route("/api/outbox", get(station::outbox))
        .route("/api/drafts", get(drafts::list).post(drafts::begin))
        .route(
            "/api/drafts/{id}",
            get(drafts::show).delete(drafts::abandon),
        )
        .route("/api/drafts/{id}/fields", put(drafts::fields))
        .route("/api/drafts/{id}/frame", post(pictures::frame))
        .route("/api/drafts/{id}/portrait", post(pictures::portrait))
        .route(
            "/api/drafts/{id}/portrait.jpg",
            get(pictures::portrait_file),
        )
        .route(
            "/api/drafts/{id}/fingers/{position}",
            post(pictures::finger),
        )
        .route(
            "/api/drafts/{id}/fingers/{position}/missing",
            put(drafts::missing),
        )
        .route("/api/drafts/{id}/slaps/{hand}", post(pictures::slap))
        .route("/api/fingers/inbox", get(inbox::list))
        .route("/api/drafts/{id}/review", get(reviewing::review))
        .route("/api/drafts/{id}/release", post(reviewing::release))
        .route("/api/drafts/{id}/seal", post(reviewing::seal))
        .fallback(|| async { Problem::not_found() })
        .layer(middleware::from_fn_with_state(
            Arc::clone(&shared),
            guard::guard,
        ))
        .with_state(shared)
}

impl Inner {
    /// Who asks.
    fn session(&self, headers: &HeaderMap) -> Answer<Session> {
        self.sessions.of(headers).ok_or(Problem::signed_out())
    }

    /// The operator who asks.
    fn operator(&self, headers: &HeaderMap) -> Answer<Session> {
        let session = self.session(headers)?;
        if session.role == Role::Operator {
            Ok(session)
        } else {
            Err(Problem::not_operator())
        }
    }

    /// Everything that stands against a person's packet now, by the rules of the document that the person was begun for.
    fn found(&self, person: &Person) -> Result<Vec<Found>> {
        let (limits, today) = (&self.config.fingers, (self.now)().date());
        let profile = person.issuer_profile()?;
        Ok(review(person, profile, limits, &self.staff, today))
    }

    fn load(&self, id: Uuid) -> Result<Person> {
        self.resume(id).map(|(_, person)| person)
    }

    fn resume(&self, id: Uuid) -> Result<(Draft, Person)> {
        let (draft, content) = self.station.drafts().resume(id).map_err(unreadable)?;
        if content.is_empty() {
            let person = Person::new(id, &self.config.profile, (self.now)());
            return Ok((draft, person));
        }
        let person = person_file::read(content.expose())?;
        if person.id == id {
            Ok((draft, person))
        } else {
            Err(CaptureError::DraftUnreadable.into())
        }
    }

    /// Changes a person, and brings the change to the disk. What stood in the way stays as it was.
    fn change<T>(
        &self,
        id: Uuid,
        who: &str,
        change: impl FnOnce(&mut Person, OffsetDateTime) -> Result<T>,
    ) -> Result<(Person, T)> {
        let _one_at_a_time = lock(&self.drafts);
        let (draft, mut person) = self.resume(id)?;
        let now = (self.now)();
        let changed = change(&mut person, now)?;
        person.changed = now;
        person.operators.insert(who.to_owned());
        draft.save(person_file::write(&person)?.expose())?;
        // What was released was released of another state.
        lock(&self.releases).remove(&id);
        Ok((person, changed))
    }
}

/// A draft whose files are not what was written is one that cannot be read; that a disk fails is something else.
fn unreadable(error: Error) -> Error {
    match error {
        Error::Station(StationError::Packet(_)) => CaptureError::DraftUnreadable.into(),
        error => error,
    }
}

fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Work that takes long or waits for the disk, away from the thread that answers.
async fn aside<T: Send + 'static>(
    shared: &Shared,
    work: impl FnOnce(&Inner) -> Answer<T> + Send + 'static,
) -> Answer<T> {
    let shared = Arc::clone(shared);
    let done = tokio::task::spawn_blocking(move || work(&shared)).await;
    done.map_err(|_| Problem::internal())?
}
