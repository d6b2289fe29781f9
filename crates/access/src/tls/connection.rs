//! One connection after its handshake: it knows its peer, counts against the limit, and ends when nothing moves.

use core::future::Future as _;
use core::pin::Pin;
use core::task::{Context, Poll, ready};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, Sleep, sleep};
use tokio_rustls::server::TlsStream;

use super::TlsListener;
use super::listener::Place;
use crate::device::DeviceIdentity;

/// Who is at the other end. Handlers get it as `ConnectInfo<Peer>`.
#[derive(Debug, Clone)]
pub struct Peer {
    address: SocketAddr,
    device: Option<Arc<DeviceIdentity>>,
    is_tls: bool,
}

impl Peer {
    /// Somebody who came without TLS, on loopback: nobody is a device there.
    #[must_use]
    pub const fn without_tls(address: SocketAddr) -> Self {
        Self {
            address,
            device: None,
            is_tls: false,
        }
    }

    /// Where it comes from.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether it came by TLS.
    #[must_use]
    pub const fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// The device whose certificate was verified in the handshake.
    #[must_use]
    pub fn device(&self) -> Option<&DeviceIdentity> {
        self.device.as_deref()
    }
}

impl Connected<IncomingStream<'_, TlsListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TlsListener>) -> Self {
        stream.io().peer.clone()
    }
}

/// Without TLS, on loopback: nobody is a device.
impl Connected<IncomingStream<'_, TcpListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        Self {
            address: *stream.remote_addr(),
            device: None,
            is_tls: false,
        }
    }
}

/// A connection.
pub struct TlsConnection {
    stream: TlsStream<TcpStream>,
    peer: Peer,
    idle: Duration,
    quiet: Pin<Box<Sleep>>,
    /// Given back when the connection is dropped.
    _place: Place,
}

impl TlsConnection {
    /// Who is at the other end: for who serves connections himself.
    #[must_use]
    pub const fn peer(&self) -> &Peer {
        &self.peer
    }

    pub(super) fn new(
        stream: TlsStream<TcpStream>,
        address: SocketAddr,
        idle: Duration,
        place: Place,
    ) -> io::Result<Self> {
        let certificate = stream
            .get_ref()
            .1
            .peer_certificates()
            .and_then(<[_]>::first);
        let device = certificate.map(|certificate| DeviceIdentity::of_verified(certificate));
        let device = device.transpose().map_err(io::Error::other)?.map(Arc::new);
        Ok(Self {
            stream,
            peer: Peer {
                address,
                device,
                is_tls: true,
            },
            idle,
            quiet: Box::pin(sleep(idle)),
            _place: place,
        })
    }

    fn moved(&mut self) {
        if let Some(until) = Instant::now().checked_add(self.idle) {
            self.quiet.as_mut().reset(until);
        }
    }

    /// Pending, or an error when nothing has moved for too long.
    fn wait<T>(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<T>> {
        ready!(self.quiet.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for TlsConnection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_read(cx, buf) {
            Poll::Ready(result) => {
                self.moved();
                Poll::Ready(result)
            }
            Poll::Pending => self.wait(cx),
        }
    }
}

impl AsyncWrite for TlsConnection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.stream).poll_write(cx, buf) {
            Poll::Ready(result) => {
                self.moved();
                Poll::Ready(result)
            }
            Poll::Pending => self.wait(cx),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_flush(cx) {
            Poll::Ready(result) => Poll::Ready(result),
            Poll::Pending => self.wait(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match Pin::new(&mut self.stream).poll_shutdown(cx) {
            Poll::Ready(result) => Poll::Ready(result),
            Poll::Pending => self.wait(cx),
        }
    }
}
