//! A body that is made while it is sent.

use core::pin::Pin;
use core::task::{Context, Poll};

use axum::body::Bytes;
use hyper::body::{Body, Frame};
use tokio::sync::mpsc;

use crate::Error;

/// Parts that wait to be sent: the next one is made while the last one goes.
const WAITING: usize = 1;

/// A body of parts that somebody else makes. A part that fails ends the connection, so that nobody takes the rest for the whole.
pub struct PartsBody(mpsc::Receiver<Result<Bytes, Error>>);

impl PartsBody {
    /// Where the parts go in, and the body.
    #[must_use]
    pub fn channel() -> (mpsc::Sender<Result<Bytes, Error>>, Self) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (sender, Self(receiver))
    }
}

impl Body for PartsBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.0
            .poll_recv(context)
            .map(|part| part.map(|part| part.map(Frame::data)))
    }
}
