//! The rest of a body that nobody wanted.
//!
//! Whoever is refused while he still sends would find the line cut, and never hear why: so what was begun is read to its end and thrown
//! away, as far as that is not much. Whoever asks before he sends (`Expect: 100-continue`) is told at once.
//!
//! A request that is refused is done: what is read after it takes no place of those that are worked on. So many are read to their end at
//! once; where more come, their lines are cut.

use core::pin::Pin;
use core::task::{Context, Poll};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Frame, SizeHint};
use tokio::sync::Semaphore;

use super::limits::{BODY_TIMEOUT, MAX_UNREAD};

/// Bodies that are read to their end at once: each takes a connection for [`BODY_TIMEOUT`] at most, and next to no memory.
pub const READ_AT_ONCE: usize = 64;

/// Who may read a rest.
#[derive(Clone)]
pub struct Readers(Arc<Semaphore>);

impl Readers {
    /// So many.
    pub fn new(count: usize) -> Self {
        Self(Arc::new(Semaphore::new(count)))
    }
}

/// Reads what a refused request still has.
pub async fn unread(State(readers): State<Readers>, request: Request, next: Next) -> Response {
    let asks_first = request.headers().contains_key(header::EXPECT);
    if asks_first || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let rest = Lent(Arc::new(Mutex::new(body)));
    let lent = Body::new(Lent(Arc::clone(&rest.0)));
    let response = next.run(Request::from_parts(parts, lent)).await;
    // Some answers begin while the body is still being read: those are no refusals.
    if response.status().is_client_error()
        && let Ok(_reader) = readers.0.try_acquire()
    {
        // Whoever is slower or has more finds the line cut.
        let _ = tokio::time::timeout(BODY_TIMEOUT, thrown_away(rest)).await;
    }
    response
}

async fn thrown_away(mut rest: Lent) {
    let mut octets = 0;
    while let Some(Ok(frame)) = rest.frame().await {
        octets += frame.data_ref().map_or(0, Bytes::len);
        if octets > MAX_UNREAD {
            return;
        }
    }
}

/// A body that two have: the handler, and after it whoever reads the rest.
struct Lent(Arc<Mutex<Body>>);

impl hyper::body::Body for Lent {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let mut body = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Pin::new(&mut *body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::time::{Duration, Instant};

    use axum::http::StatusCode;
    use axum::routing::post;
    use axum::{Router, middleware};
    use tower::ServiceExt as _;

    use super::*;

    /// A body that never goes on.
    struct Stuck;

    impl hyper::body::Body for Stuck {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _context: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }
    }

    #[tokio::test]
    async fn only_so_many_rests_are_read() {
        let refuse = || async { StatusCode::UNAUTHORIZED };
        let readers = Readers::new(1);
        let router: Router = Router::new()
            .route("/", post(refuse))
            .layer(middleware::from_fn_with_state(readers.clone(), unread));
        let ask = || {
            let request = Request::post("/").body(Body::new(Stuck)).unwrap();
            router.clone().oneshot(request)
        };
        let first = tokio::spawn(ask());
        while readers.0.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let begun = Instant::now();
        for _ in 0..3 {
            let refused = ask().await.unwrap();
            assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "the line is cut");
        assert!(!first.is_finished(), "its rest is waited for");
        first.abort();
    }
}
