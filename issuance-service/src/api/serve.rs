//! Connections: TLS or, on loopback, plain; heads of bounded size and time; at the end what was begun is finished.

use core::future::Future;
use core::pin::pin;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use access::tls::{Peer, TlsConnection, TlsListener};
use axum::Router;
use axum::extract::ConnectInfo;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::limits::{DRAIN_TIMEOUT, HEAD_TIMEOUT, MAX_FIELDS, MAX_HEAD, MAX_PLAIN_CONNECTIONS};
use super::{Shared, router};

/// Says when the service is to end: `true` from then on.
pub type Ending = watch::Receiver<bool>;

/// Where connections come from.
pub trait Connections: Send {
    /// One of them.
    type Io: AsyncRead + AsyncWrite + Unpin + Send + 'static;
    /// The next one, with who is at its other end.
    fn next(
        &mut self,
    ) -> impl Future<Output = (Self::Io, Peer, Option<OwnedSemaphorePermit>)> + Send;
}

impl Connections for TlsListener {
    type Io = TlsConnection;

    async fn next(&mut self) -> (Self::Io, Peer, Option<OwnedSemaphorePermit>) {
        let (connection, _) = Listener::accept(self).await;
        let peer = connection.peer().clone();
        (connection, peer, None)
    }
}

/// Without TLS: for tests and demonstrations on this machine.
pub struct Loopback {
    listener: TcpListener,
    permits: Arc<Semaphore>,
}

impl Loopback {
    /// Takes a listener over if it is on loopback.
    #[must_use]
    pub fn new(listener: TcpListener) -> Option<Self> {
        let is_loopback = listener
            .local_addr()
            .is_ok_and(|address: SocketAddr| address.ip().is_loopback());
        is_loopback.then(|| Self {
            listener,
            permits: Arc::new(Semaphore::new(MAX_PLAIN_CONNECTIONS)),
        })
    }
}

impl Connections for Loopback {
    type Io = TcpStream;

    async fn next(&mut self) -> (Self::Io, Peer, Option<OwnedSemaphorePermit>) {
        let permit = self.permits.clone().acquire_owned().await.ok();
        let (stream, address) = Listener::accept(&mut self.listener).await;
        (stream, Peer::without_tls(address), permit)
    }
}

/// Serves until `ending`, then finishes what was begun, for as long as [`DRAIN_TIMEOUT`]. Says how many connections had to be cut.
pub async fn serve(shared: &Shared, from: impl Connections, ending: Ending) -> usize {
    let mut at_the_end = ending.clone();
    let router = router(shared.clone());
    let draining = async {
        // Not ready any more, before the last request is answered. No sender is no end.
        if at_the_end.wait_for(|ends| *ends).await.is_ok() {
            shared.drain();
        }
        core::future::pending::<()>().await;
    };
    let cut = tokio::select! {
        cut = connections(&router, from, ending) => cut,
        () = draining => 0,
    };
    shared.finished.store(true, Ordering::Release);
    cut
}

/// The same for any router.
pub async fn connections(
    router: &Router,
    mut connections: impl Connections,
    mut ending: Ending,
) -> usize {
    let http = http();
    let mut served = JoinSet::new();
    loop {
        let (io, peer, permit) = tokio::select! {
            next = connections.next() => next,
            _ = ending.wait_for(|ends| *ends) => break,
        };
        while served.try_join_next().is_some() {}
        let (router, http, ending) = (router.clone(), http.clone(), ending.clone());
        served.spawn(async move {
            one(&http, io, peer, router, ending).await;
            drop(permit);
        });
    }
    // The socket is closed: nobody waits in a queue that is not served any more.
    drop(connections);
    let all = async { while served.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(DRAIN_TIMEOUT, all).await;
    served.len()
}

/// HTTP/1.1 with limits. The head of a request must come in time, also on a connection that waited.
fn http() -> Builder {
    let mut http = Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_header_size(MAX_HEAD)
        .max_headers(MAX_FIELDS);
    http
}

async fn one<Io>(http: &Builder, io: Io, peer: Peer, router: Router, mut ending: Ending)
where
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = router.map_request(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer.clone()));
        request.map(axum::body::Body::new)
    });
    let mut connection =
        pin!(http.serve_connection(TokioIo::new(io), TowerToHyperService::new(service)));
    // A connection that ends badly is its peer's affair.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = ending.wait_for(|ends| *ends) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
