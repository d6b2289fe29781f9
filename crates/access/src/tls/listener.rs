//! Accepts connections and shakes hands beside the accepting: a slow hand holds nobody else up.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::serve::Listener;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::TlsConnection;
use crate::throttle::subscriber;

/// Connections at once.
pub const CONNECTIONS: usize = 1024;
/// Connections at once with one address: an office behind one address has room, and eight of them do not take all places.
pub const CONNECTIONS_PER_ADDRESS: usize = 128;
/// Connections that wait for axum to take them.
const READY: usize = 16;
/// How long nothing is accepted after the system said that it has no more sockets.
const OUT_OF_SOCKETS: Duration = Duration::from_millis(100);

/// What a listener bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TlsLimits {
    /// Connections at once; more wait in the system's queue.
    pub connections: usize,
    /// Connections at once with one address, however quiet; more are hung up on. Without an end one address could take all places.
    pub connections_per_address: usize,
    /// Handshakes at once.
    pub handshakes: usize,
    /// Handshakes at once with one address; more are hung up on.
    pub handshakes_per_address: usize,
    /// How long a handshake may take.
    pub handshake: Duration,
    /// How long a connection may stand still.
    pub idle: Duration,
}

impl Default for TlsLimits {
    /// A thousand connections and 128 with one address, 256 handshakes of at most ten seconds and 64 with one address, two minutes of
    /// quiet.
    fn default() -> Self {
        Self {
            connections: CONNECTIONS,
            connections_per_address: CONNECTIONS_PER_ADDRESS,
            handshakes: 256,
            handshakes_per_address: 64,
            handshake: Duration::from_secs(10),
            idle: Duration::from_secs(120),
        }
    }
}

/// A listener for `axum::serve`. Handlers take `ConnectInfo<Peer>`.
pub struct TlsListener {
    ready: mpsc::Receiver<(TlsConnection, SocketAddr)>,
    local: SocketAddr,
    config: watch::Sender<Arc<ServerConfig>>,
    accepting: JoinHandle<()>,
}

impl TlsListener {
    /// Starts to accept, on the runtime that calls.
    ///
    /// # Errors
    /// When the socket has no address.
    pub fn new(
        socket: TcpListener,
        config: Arc<ServerConfig>,
        limits: TlsLimits,
    ) -> io::Result<Self> {
        let local = socket.local_addr()?;
        let (config, current) = watch::channel(config);
        let (send, ready) = mpsc::channel(READY);
        let accepting = tokio::spawn(accept_all(socket, current, limits, send));
        Ok(Self {
            ready,
            local,
            config,
            accepting,
        })
    }

    /// Takes a new configuration, with a new certificate for example, for the connections to come.
    #[must_use]
    pub fn configuration(&self) -> watch::Sender<Arc<ServerConfig>> {
        self.config.clone()
    }
}

impl Drop for TlsListener {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

impl Listener for TlsListener {
    type Io = TlsConnection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(connection) => connection,
            // The accepting task is gone, which only `drop` brings about.
            None => core::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.local)
    }
}

async fn accept_all(
    socket: TcpListener,
    config: watch::Receiver<Arc<ServerConfig>>,
    limits: TlsLimits,
    ready: mpsc::Sender<(TlsConnection, SocketAddr)>,
) {
    let connections = Arc::new(Semaphore::new(limits.connections));
    let handshakes = Arc::new(Semaphore::new(limits.handshakes));
    let open_by_address = Arc::default();
    let by_address = Arc::default();
    // Dropped with this task, and all handshakes with it.
    let mut tasks = JoinSet::new();
    loop {
        while tasks.try_join_next().is_some() {}
        let Ok(connection) = Arc::clone(&connections).acquire_owned().await else {
            return;
        };
        let Ok(handshake) = Arc::clone(&handshakes).acquire_owned().await else {
            return;
        };
        let (stream, address) = match socket.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                if !is_of_one_connection(&error) {
                    sleep(OUT_OF_SOCKETS).await;
                }
                continue;
            }
        };
        let limit = limits.connections_per_address;
        let Some(open) = Counted::one_more(&open_by_address, address.ip(), limit) else {
            continue;
        };
        let limit = limits.handshakes_per_address;
        let Some(counted) = Counted::one_more(&by_address, address.ip(), limit) else {
            continue;
        };
        let place = Place {
            _open: open,
            _permit: connection,
        };
        let acceptor = TlsAcceptor::from(Arc::clone(&config.borrow()));
        let ready = ready.clone();
        tasks.spawn(async move {
            let done = shake_hands(acceptor, stream, address, limits, place).await;
            drop((handshake, counted));
            if let Some(connection) = done {
                // No receiver is no listener: the connection is dropped.
                let _ = ready.send((connection, address)).await;
            }
        });
    }
}

/// The place of a connection among all, and among those of its address. Given back when it is dropped.
pub(super) struct Place {
    // Given back first: whoever gets the permit finds room at its address.
    _open: Counted,
    _permit: OwnedSemaphorePermit,
}

/// Connections or handshakes under way, by address.
type ByAddress = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// One of them, counted until it is dropped.
struct Counted {
    by_address: ByAddress,
    address: IpAddr,
}

impl Counted {
    fn one_more(by_address: &ByAddress, address: IpAddr, limit: usize) -> Option<Self> {
        let address = subscriber(address);
        let mut counts = by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if *count >= limit {
            return None;
        }
        *count += 1;
        Some(Self {
            by_address: Arc::clone(by_address),
            address,
        })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut counts = self
            .by_address
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

async fn shake_hands(
    acceptor: TlsAcceptor,
    stream: TcpStream,
    address: SocketAddr,
    limits: TlsLimits,
    place: Place,
) -> Option<TlsConnection> {
    // Small answers are whole: nothing is gained by waiting for more.
    let _ = stream.set_nodelay(true);
    let stream = timeout(limits.handshake, acceptor.accept(stream))
        .await
        .ok()?
        .ok()?;
    TlsConnection::new(stream, address, limits.idle, place).ok()
}

/// Errors of a connection that ended before it was accepted; any other is the system's.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionRefused | ConnectionAborted | ConnectionReset
    )
}
