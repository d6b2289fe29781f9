//! What goes on beside the requests: numbers for the journal, revocations of other processes, clearing away, the queues.
//!
//! Every worker ends when the service does, after the piece of work that it has begun. What it had leased and not begun, it gives back by
//! not having leased it; what a killed worker had, the next one gets when the lease runs out.

use std::future::Future;
use std::time::Duration;

use tokio::task::JoinSet;
use tracing::Instrument as _;

use super::Shared;
use super::serve::Ending;
use super::{journal, traces};
use crate::Result;
use crate::office::Done;
use crate::relying::courier::Round;
use crate::relying::room::as_error;

/// How often what other processes have revoked is read.
const REVOCATIONS: Duration = Duration::from_secs(10);
/// How often what has passed is cleared away.
const CLEARING: Duration = Duration::from_secs(60);
/// How often it is looked whether something has changed that others are told.
const FOLLOWING: Duration = Duration::from_secs(1);
/// How long a worker rests when there was nothing to do.
const REST: Duration = Duration::from_millis(250);
/// How long after a fault.
const REST_AFTER_FAULT: Duration = Duration::from_secs(2);

/// Those of a restored register that nobody has accepted: the log goes on, and what was revoked is known. No task is worked on.
#[must_use]
pub fn reconciling(api: &Shared, ending: &Ending) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    workers.spawn(journal::run(api.clone(), ending.clone()));
    workers.spawn(every(
        REVOCATIONS,
        "revocations",
        ending.clone(),
        api.clone(),
        |api| async move { Ok(api.revoked().refresh(&api.store).await?) },
    ));
    workers.spawn(every(
        CLEARING,
        "clock",
        ending.clone(),
        api.clone(),
        |api| async move {
            match api.timekeeper.look(api.now()) {
                Ok(()) => api.timekeeper.keep(&api.store).await?,
                Err(fault) => {
                    tracing::error!(target: "clock", fault = %fault, todo = fault.todo(), "the clock is not believed");
                }
            }
            Ok(())
        },
    ));
    workers
}

/// Starts all of them. `each` tasks of a kind are worked on at once.
#[must_use]
pub fn start(api: &Shared, each: u16, ending: &Ending) -> JoinSet<()> {
    let mut workers = reconciling(api, ending);
    workers.spawn(every(
        CLEARING,
        "clearing",
        ending.clone(),
        api.clone(),
        |api| async move {
            // More than one round has room for is left to the next.
            api.clear_away()
                .await
                .map_err(|problem| super::start::as_error(&problem))?;
            Ok(())
        },
    ));
    for _ in 0..each {
        workers.spawn(queue(
            "check",
            ending.clone(),
            api.clone(),
            |api| async move { api.office.check_next(api.now()).await },
        ));
    }
    workers.spawn(queue(
        "expire",
        ending.clone(),
        api.clone(),
        |api| async move { expire(&api).await },
    ));
    workers.spawn(queue(
        "erase",
        ending.clone(),
        api.clone(),
        |api| async move { erase(&api).await },
    ));
    if api.office.can_sign() {
        for profile in enrolment::profiles::ALL {
            let id = profile.data().id;
            for _ in 0..each {
                let produce =
                    move |api: Shared| async move { api.office.produce_next(id, api.now()).await };
                workers.spawn(queue("produce", ending.clone(), api.clone(), produce));
            }
        }
    }
    relying(&mut workers, api, each, ending);
    workers
}

/// Ends a document whose time is over, by a clock that is believed.
///
/// # Errors
/// Those of the office.
pub async fn expire(api: &Shared) -> Result<Done> {
    let now = api.now();
    match api.timekeeper.may_end(now) {
        true => api.office.expire_next(now).await,
        false => Ok(Done::Nothing),
    }
}

/// Erases the biometrics of an application whose time is over, by a clock that is believed.
///
/// # Errors
/// Those of the office.
pub async fn erase(api: &Shared) -> Result<Done> {
    let now = api.now();
    match api.timekeeper.may_end(now) {
        true => api.office.erase_next(now).await,
        false => Ok(Done::Nothing),
    }
}

/// Status lists follow the notices, attempts that do not count any more go, changes are brought to webhooks.
fn relying(workers: &mut JoinSet<()>, api: &Shared, each: u16, ending: &Ending) {
    workers.spawn(every(
        FOLLOWING,
        "status lists",
        ending.clone(),
        api.clone(),
        |api| async move {
            api.relying
                .desk
                .follow_status(api.now())
                .await
                .map_err(as_error)?;
            Ok(())
        },
    ));
    workers.spawn(every(
        CLEARING,
        "attempts",
        ending.clone(),
        api.clone(),
        |api| async move {
            while crate::relying::guessing::sweep(&api.store, api.now())
                .await
                .map_err(as_error)?
                > 0
            {}
            Ok(())
        },
    ));
    let Some(courier) = api.relying.courier() else {
        return;
    };
    let pumping = courier.clone();
    workers.spawn(every(
        FOLLOWING,
        "subscriptions",
        ending.clone(),
        api.clone(),
        move |api| {
            let courier = pumping.clone();
            async move { courier.pump(api.now()).await.map(drop).map_err(as_error) }
        },
    ));
    for _ in 0..each {
        let courier = courier.clone();
        workers.spawn(queue("bring", ending.clone(), api.clone(), move |api| {
            let courier = courier.clone();
            async move {
                Ok(
                    match courier.bring(&|| api.now()).await.map_err(as_error)? {
                        Round::Nothing => Done::Nothing,
                        Round::Brought(_) | Round::Later | Round::GivenUp => Done::One,
                    },
                )
            }
        }));
    }
}

async fn every<F: Future<Output = Result<()>> + Send>(
    pause: Duration,
    name: &'static str,
    mut ending: Ending,
    api: Shared,
    work: impl Fn(Shared) -> F + Send,
) {
    while !*ending.borrow() {
        let span = traces::of_step(name);
        if let Err(error) = work(api.clone()).instrument(span.clone()).await {
            traces::failed(&span);
            tracing::warn!(target: "worker", worker = name, error = %error, "a worker could not do its work");
        } else {
            // It says nothing of whether there was something to do, and comes every second.
            traces::was_idle(&span);
        }
        drop(span);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = ending.changed() => {}
        }
    }
}

async fn queue<F: Future<Output = Result<Done>> + Send>(
    name: &'static str,
    mut ending: Ending,
    api: Shared,
    work: impl Fn(Shared) -> F + Send,
) {
    while !*ending.borrow() {
        let span = traces::of_step(name);
        let rest = match work(api.clone()).instrument(span.clone()).await {
            Ok(Done::One) => {
                metrics::counter!("tasks_done_total", "worker" => name).increment(1);
                continue;
            }
            Ok(Done::Nothing) => {
                traces::was_idle(&span);
                REST
            }
            Ok(Done::Later(error)) => {
                traces::failed(&span);
                metrics::counter!("tasks_postponed_total", "worker" => name).increment(1);
                tracing::warn!(target: "worker", worker = name, error = %error, "a task waits and is tried again");
                continue;
            }
            Err(error) => {
                traces::failed(&span);
                tracing::error!(target: "worker", worker = name, error = %error, "a worker could not do its work");
                REST_AFTER_FAULT
            }
        };
        drop(span);
        tokio::select! {
            () = tokio::time::sleep(rest) => {}
            _ = ending.changed() => {}
        }
    }
}
