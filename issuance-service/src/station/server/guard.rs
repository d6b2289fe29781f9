//! What every request passes first: it comes from this machine by its own name, and from a page of ours.

use std::net::SocketAddr;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::problem::Problem;
use super::{Shared, pages};

/// The names of this machine.
const NAMES: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];
/// Nothing from elsewhere, nothing inline, no frame around it. Pictures of the camera are blobs of the page.
const POLICY: &str = "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; object-src 'none'; \
                      base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Lets a request through, and says on every answer what a browser may do with it.
pub async fn guard(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    let is_ours = is_here(request.headers(), shared.address)
        && (is_safe(request.method()) || is_from_page(request.headers(), shared.address));
    let path = request.uri().path();
    // The first page and its parts are shown to everybody: there is nothing of a person in them.
    let is_open = path == "/" || path.starts_with("/assets/");
    let mut response = if !is_ours {
        Problem::foreign().into_response()
    } else if !is_open && !shared.sessions.is_let_in(request.headers()) {
        pages::not_let_in(request.headers())
    } else {
        next.run(request).await
    };
    protect(response.headers_mut());
    response
}

fn protect(headers: &mut HeaderMap) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(self), microphone=(), geolocation=()",
        ),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Whether `Host` names this machine and our port: a name of elsewhere that was made to lead here does not.
fn is_here(headers: &HeaderMap, address: SocketAddr) -> bool {
    let mut hosts = headers.get_all(header::HOST).into_iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    host.to_str().is_ok_and(|host| is_name(host, address))
}

/// Whether `Origin` is there and ours. A browser sends it with everything that changes something.
fn is_from_page(headers: &HeaderMap, address: SocketAddr) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).into_iter();
    let (Some(origin), None) = (origins.next(), origins.next()) else {
        return false;
    };
    let name = origin
        .to_str()
        .ok()
        .and_then(|origin| origin.strip_prefix("http://"));
    name.is_some_and(|name| is_name(name, address))
}

fn is_name(authority: &str, address: SocketAddr) -> bool {
    let Ok(authority) = authority.parse::<Authority>() else {
        return false;
    };
    !authority.as_str().contains('@')
        && NAMES.contains(&authority.host())
        && authority.port_u16().unwrap_or(80) == address.port()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_and_its_port_pass() {
        let address = "127.0.0.1:8123".parse().unwrap();
        for (authority, passes) in [
            ("127.0.0.1:8123", true),
            ("localhost:8123", true),
            ("[::1]:8123", true),
            ("localhost", false),
            ("localhost:8124", false),
            ("evil.example:8123", false),
            ("127.0.0.1.evil.example:8123", false),
            ("localhost@evil.example:8123", false),
            ("evil@localhost:8123", false),
            ("localhost:8123/", false),
            ("", false),
        ] {
            assert_eq!(is_name(authority, address), passes, "{authority}");
        }
    }
}
