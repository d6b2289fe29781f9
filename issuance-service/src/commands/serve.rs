//! `serve`: the service, until it is told to end.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use access::tls::{TlsLimits, TlsListener};
use anyhow::{Context as _, Result};
use issuance_service::api::serve::{Connections, Loopback, serve};
use issuance_service::api::start::{self, MachineClock};
use issuance_service::api::{Shared, journal, scrape, telemetry, workers};
use issuance_service::backup::Fence;
use issuance_service::{Config, ServeConfig};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::{Context, randomness, system_rng};
use crate::args::{OutputFormat, Serve};
use crate::exit::{Exit, Problem};

/// Runs the verb. A signal to end is obeyed: what was begun is finished first.
pub async fn run(args: &Serve, context: &Context) -> Result<Exit> {
    let begun = Instant::now();
    let made = start::first_start(&context.config).await?;
    let config = Config::read(&context.config)?;
    let settings = &config.serve;
    let traces = config.telemetry.traces()?;
    telemetry::log(settings.log_format, settings.log_level, traces.as_ref());
    // A generator that fails once fails for all: it is tried before anything is served.
    system_rng()?;
    let api = start::open(&config, Arc::new(MachineClock), &randomness()).await?;
    match args.reconcile {
        true => api.reconcile(),
        false => Fence::must_be_open(&api.store).await?,
    }
    believe_clock(args.accept_clock, &api).await?;
    let socket = TcpListener::bind(settings.listen)
        .await
        .with_context(|| settings.listen.to_string())?;
    let address = socket.local_addr()?;
    if args.insecure_loopback && !address.ip().is_loopback() {
        return Err(Problem::usage(
            "--insecure-loopback needs serve.listen on loopback",
        ));
    }
    // A new link ends the one before: only who can be reached makes one.
    let link = api
        .first_administrator()
        .await
        .map_err(|problem| start::as_error(&problem))?;
    let (end, ending) = watch::channel(false);
    let signals = tokio::spawn(told_to_end(end, Signals::listen()?));
    let mut beside = match args.reconcile {
        true => workers::reconciling(&api, &ending),
        false => workers::start(&api, settings.workers, &ending),
    };
    if let Some(address) = settings.metrics {
        let listener = TcpListener::bind(address)
            .await
            .with_context(|| address.to_string())?;
        beside.spawn(scrape::run(api.clone(), listener, ending.clone()));
    }
    let scheme = if args.insecure_loopback {
        "http"
    } else {
        "https"
    };
    announce(context.format, &format!("{scheme}://{address}"), link, made);
    tracing::info!(target: "service", milliseconds = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX), "started");
    let cut = match args.insecure_loopback {
        true => {
            let loopback = Loopback::new(socket).ok_or_else(|| {
                Problem::usage("--insecure-loopback needs serve.listen on loopback")
            })?;
            until(&api, loopback, ending).await
        }
        false => until(&api, listener(&api, socket, settings)?, ending).await,
    };
    while beside.join_next().await.is_some() {}
    signals.abort();
    api.store.close().await;
    if let Some(traces) = traces {
        // It waits for the collector: not on a thread that others need.
        tokio::task::spawn_blocking(move || traces.end()).await?;
    }
    tracing::info!(target: "service", cut, "ended");
    Ok(Exit::Done)
}

/// Says that the clock is not believed, or that somebody believes it.
async fn believe_clock(is_accepted: bool, api: &Shared) -> Result<()> {
    let now = api.now();
    let fault = api.timekeeper.look(now).err();
    match fault {
        // Where nothing is wrong with it now, entries may be dated ahead by what it showed before: that is said as well.
        _ if is_accepted => {}
        // Also a service that ends at once has been here.
        None => return Ok(api.timekeeper.keep(&api.store).await?),
        Some(fault) => {
            tracing::error!(target: "clock", fault = %fault, todo = fault.todo(), "the clock is not believed");
            return Ok(());
        }
    }
    // Entries of the time before are older than what is written down now, all of them.
    journal::all(&api.store, &api.keys, now).await?;
    api.timekeeper.accept(&api.store, now).await?;
    let fault = fault.map(|fault| fault.to_string()).unwrap_or_default();
    tracing::warn!(target: "clock", fault, "the clock was accepted");
    Ok(())
}

/// The service of the configuration, for the verbs beside it. Nothing is served.
pub async fn open(context: &Context) -> Result<(Config, Shared)> {
    let config = Config::read(&context.config)?;
    system_rng()?;
    let api = start::open(&config, Arc::new(MachineClock), &randomness()).await?;
    Ok((config, api))
}

/// The end of such a verb: what it has written has its number.
pub async fn close(api: &Shared) -> Result<()> {
    let numbered = journal::all(&api.store, &api.keys, api.now()).await;
    api.store.close().await;
    Ok(numbered?)
}

async fn until(
    api: &Shared,
    connections: impl Connections,
    ending: watch::Receiver<bool>,
) -> usize {
    serve(api, connections, ending).await
}

fn listener(api: &Shared, socket: TcpListener, settings: &ServeConfig) -> Result<TlsListener> {
    let limits = TlsLimits {
        connections: settings.connections,
        connections_per_address: settings.connections_per_address,
        ..TlsLimits::default()
    };
    Ok(TlsListener::new(
        socket,
        start::tls(api, settings)?,
        limits,
    )?)
}

/// Waits for a signal to end; a second one ends at once.
async fn told_to_end(end: watch::Sender<bool>, mut signals: Signals) {
    for _ in 0..2 {
        signals.next().await;
        if end.send_replace(true) {
            std::process::exit(Exit::Interrupted as i32);
        }
    }
}

/// SIGTERM and SIGINT. They are listened to from the moment on when this is made: a signal that comes while a task is only on its way to
/// listen would be lost.
#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// The interruption by the keyboard.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            core::future::pending::<()>().await;
        }
    }
}

/// Where it is, and the link of the first administrator.
fn announce(format: OutputFormat, address: &str, link: Option<start::HostLink>, made: bool) {
    let link = link.map(|link| {
        (
            format!("{address}/invitation#{}", link.token.as_str()),
            link.expires,
        )
    });
    let line = match format {
        OutputFormat::Json => {
            let (url, expires) = link.unzip();
            json!({ "address": address, "made": made, "administrator_link": url, "expires": expires.map(time::OffsetDateTime::unix_timestamp) }).to_string()
        }
        OutputFormat::Text => match link {
            Some((url, expires)) => {
                format!("{address}\nthe first administrator, once and until {expires}:\n{url}")
            }
            None => address.to_owned(),
        },
    };
    let mut stdout = std::io::stdout().lock();
    // Nobody is left to read it when standard output is closed.
    let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
}
