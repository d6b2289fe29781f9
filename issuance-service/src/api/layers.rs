//! Around all routes: a name for every request, how many at once, how long, what is logged and counted.
//!
//! The log of requests names the template of the route, never its values: a path may hold the number of a person.

use std::time::{Duration, Instant};

use access::tls::Peer;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use tower_http::timeout::RequestBodyTimeoutLayer;
use tracing::Instrument as _;
use uuid::Uuid;

use super::Shared;
use super::limits::{BODY_TIMEOUT, COME_AGAIN};
use super::problem::{Kind, Problem};
use super::traces;
use super::unread::{READ_AT_ONCE, Readers, unread};

/// The header with the name of the request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// What answers say to browsers: nothing is kept, framed, or run that is not ours.
const SECURITY_HEADERS: [(HeaderName, &str); 5] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    ),
];
/// Browsers come by TLS only, for a year: said by TLS and not otherwise (RFC 6797 §7.2).
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");
/// Probes are not logged: they come every second.
const QUIET: &str = "/health/";

/// The name of a request, in its answer and in the log.
#[derive(Debug, Clone, Copy)]
pub struct RequestId(pub Uuid);

/// All of it around a router.
pub fn around(router: Router<Shared>, shared: &Shared) -> Router<Shared> {
    router
        .layer(middleware::map_response(as_problem))
        .layer(RequestBodyTimeoutLayer::new(BODY_TIMEOUT))
        .layer(middleware::from_fn_with_state(shared.clone(), at_once))
        // Outside: while a rest is read and thrown away, the request has given its place back.
        .layer(middleware::from_fn_with_state(
            Readers::new(READ_AT_ONCE),
            unread,
        ))
        .layer(middleware::from_fn(told))
}

/// Names, logs and counts.
async fn told(mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = Uuid::now_v7();
    request.extensions_mut().insert(RequestId(id));
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "none".to_owned(), |path| path.as_str().to_owned());
    let method = method_word(request.method());
    // Probes are neither logged nor traced.
    let span = match route.starts_with(QUIET) {
        true => tracing::Span::none(),
        false => traces::of_request(method, &route, id, request.headers()),
    };
    let is_tls = is_tls(&request);
    let mut response = next.run(request).instrument(span.clone()).await;
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(REQUEST_ID, value);
    }
    for (name, value) in SECURITY_HEADERS {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    }
    if is_tls {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, TLS_ONLY);
    }
    let took = begun.elapsed();
    let status = response.status().as_u16();
    metrics::counter!("http_requests_total", "route" => route.clone(), "method" => method, "status" => status.to_string()).increment(1);
    metrics::histogram!("http_request_seconds", "route" => route.clone())
        .record(took.as_secs_f64());
    let problem = response
        .extensions()
        .get::<Kind>()
        .map_or("", |kind| kind.code());
    traces::answered(&span, status, problem);
    if !route.starts_with(QUIET) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        tracing::info!(target: "request", request = %id, route, method, status, problem, micros);
    }
    response
}

/// Whether the connection of a request is one of TLS.
fn is_tls(request: &Request) -> bool {
    let peer = request.extensions().get::<ConnectInfo<Peer>>();
    peer.is_some_and(|ConnectInfo(peer)| peer.is_tls())
}

/// Methods are words of a stranger otherwise.
fn method_word(method: &axum::http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// Works on so many at once; whoever comes then is told to come again, at once and not after a wait.
async fn at_once(
    State(api): State<Shared>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    if request.uri().path().starts_with(QUIET) {
        return Ok(next.run(request).await);
    }
    let Ok(_permit) = api.requests.clone().try_acquire_owned() else {
        return Err(Problem::new(Kind::Busy).come_again(COME_AGAIN));
    };
    Ok(next.run(request).await)
}

/// Ends a request that takes too long.
pub async fn in_time(
    State(limit): State<Duration>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => Ok(response),
        Err(_) => Err(Problem::new(Kind::TimedOut).come_again(COME_AGAIN)),
    }
}

/// Refusals of libraries as problems of ours.
async fn as_problem(response: Response<Body>) -> Response {
    let is_problem = response.extensions().get::<Kind>().is_some();
    let kind = match response.status().as_u16() {
        413 => Kind::TooLarge,
        _ => return response,
    };
    if is_problem {
        response
    } else {
        Problem::new(kind).into_response()
    }
}

/// No such route.
pub async fn nowhere() -> Problem {
    Kind::NotFound.into()
}

/// A route, but not with this method.
pub async fn no_such_method() -> Problem {
    Kind::MethodNotAllowed.into()
}
