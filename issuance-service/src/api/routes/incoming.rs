//! A body that is read while it comes, by code that blocks.

use std::io::{self, Read};

use axum::body::{Body, Bytes};
use http_body_util::BodyExt as _;
use hyper::body::Frame;
use tokio::sync::mpsc::{Receiver, channel};
use tokio::task::{JoinHandle, block_in_place};

use crate::api::problem::{Kind, Problem};

/// Parts of a body that wait to be read: the rest waits in the network.
const WAITING: usize = 8;

/// The blocking end.
pub(super) struct IncomingBody {
    parts: Receiver<io::Result<Bytes>>,
    part: Bytes,
}

/// What carries the body there.
pub(super) struct Pump(JoinHandle<Result<(), Kind>>);

/// A body to be read by code that blocks.
pub(super) fn reader(body: Body) -> (IncomingBody, Pump) {
    let (sender, parts) = channel(WAITING);
    let pump = tokio::spawn(async move {
        let mut body = body;
        while let Some(frame) = body.frame().await {
            // A limit that was passed looks like a broken connection here.
            let part = frame.map_err(io::Error::other);
            let is_last = part.is_err();
            let part = match part.map(Frame::into_data) {
                Ok(Ok(part)) => Ok(part),
                // What stands behind the body is not read.
                Ok(Err(_)) => continue,
                Err(error) => Err(error),
            };
            if sender.send(part).await.is_err() {
                return Ok(());
            }
            if is_last {
                return Err(Kind::TooLarge);
            }
        }
        Ok(())
    });
    let part = Bytes::new();
    (IncomingBody { parts, part }, Pump(pump))
}

impl Pump {
    /// Whether the body came to its end.
    ///
    /// # Errors
    /// [`Kind::TooLarge`] when it did not.
    pub(super) async fn finish(self) -> Result<(), Problem> {
        match self.0.await {
            Ok(Err(kind)) => Err(kind.into()),
            _ => Ok(()),
        }
    }
}

impl Read for IncomingBody {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.part.is_empty() {
            // Whoever reads is driven by a runtime: it is told that this thread waits.
            match block_in_place(|| self.parts.blocking_recv()) {
                Some(part) => self.part = part?,
                None => return Ok(0),
            }
        }
        let count = buffer.len().min(self.part.len());
        let now = self.part.split_to(count);
        for (to, from) in buffer.iter_mut().zip(&now) {
            *to = *from;
        }
        Ok(count)
    }
}
