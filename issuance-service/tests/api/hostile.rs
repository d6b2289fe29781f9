//! Oversized, slow and malformed requests: each gets its answer or its end, and the next one is served.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use access::Role;
use access::tls::client_config;
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use serde_json::json;

use crate::place::{Place, TestClock};

type Line = StreamOwned<ClientConnection, TcpStream>;

fn line(place: &Place) -> Line {
    let config = client_config(
        place.api.keys.authority.certificate(),
        None,
        Arc::new(TestClock::default()),
    )
    .unwrap();
    let connection =
        ClientConnection::new(config, ServerName::try_from("localhost").unwrap()).unwrap();
    let socket = TcpStream::connect(place.address).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(40)))
        .unwrap();
    StreamOwned::new(connection, socket)
}

/// Sends octets and reads to the end. An end without farewell is an end.
fn raw(place: &Place, octets: &[u8]) -> String {
    let mut line = line(place);
    let _ = line.write_all(octets).and_then(|()| line.flush());
    let mut answer = Vec::new();
    let _ = line.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn malformed_and_oversized_heads() {
    let place = Place::new();
    let long = "x".repeat(64 * 1024);
    let fields: String = (0..200)
        .map(|number| format!("x-{number}: y\r\n"))
        .collect();
    let cases = [
        ("\0\0\0\0\r\n\r\n".to_owned(), "400"),
        ("GET / HTTP/9.9\r\n\r\n".to_owned(), "400"),
        (format!("GET /{long} HTTP/1.1\r\nhost: a\r\n\r\n"), "431"),
        (format!("GET / HTTP/1.1\r\nhost: a\r\nx: {long}\r\n\r\n"), "431"),
        (format!("GET / HTTP/1.1\r\nhost: a\r\n{fields}\r\n"), "431"),
        ("POST /v1/sessions HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx".to_owned(), "400"),
        ("POST /v1/sessions HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-type: application/json\r\nconnection: close\r\n\r\nzz\r\n".to_owned(), "400"),
        ("GET /nowhere HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".to_owned(), "404"),
        ("BREW /v1/sessions HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".to_owned(), "405"),
        ("GET /v1/accounts/%00%ff HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".to_owned(), "401"),
        ("GET /../../etc/passwd HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n".to_owned(), "404"),
    ];
    for (octets, status) in cases {
        let answer = raw(&place, octets.as_bytes());
        let short: String = octets.chars().take(60).collect();
        // 414 and 431 are both "too long".
        let got = answer
            .split(' ')
            .nth(1)
            .unwrap_or("none")
            .replace("414", "431");
        assert_eq!(got, status, "{short:?}: {answer}");
    }
    place.client().get("/health/ready").is(200);
}

#[test]
fn bodies() {
    let place = Place::new();
    let (_, admin) = place.signed_in("test.admin", &[Role::Administrator]);
    let send = |kind: &str, body: &[u8]| {
        let key = uuid::Uuid::new_v4().to_string();
        admin.send(
            "POST",
            "/v1/accounts",
            &[("content-type", kind), ("idempotency-key", &key)],
            Some(body),
        )
    };
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let cases: [(&str, Vec<u8>, u16, &str); 8] = [
        ("text/plain", b"{}".to_vec(), 415, "media-type"),
        ("application/json", b"".to_vec(), 400, "malformed"),
        ("application/json", b"{".to_vec(), 400, "malformed"),
        ("application/json", b"\xff\xfe".to_vec(), 400, "malformed"),
        ("application/json", deep.into_bytes(), 422, "content"),
        (
            "application/json",
            br#"{"login":"a.b","display_name":"T","roles":[],"more":1}"#.to_vec(),
            422,
            "content",
        ),
        (
            "application/json",
            br#"{"login":1,"display_name":"T","roles":[]}"#.to_vec(),
            422,
            "content",
        ),
        ("application/json", vec![b' '; 65 * 1024], 413, "too-large"),
    ];
    for (kind, body, status, problem) in cases {
        let short = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        let answer = send(kind, &body);
        let got = (answer.status, answer.problem());
        let malformed = problem == "content" && got == (400, "malformed".to_owned());
        assert!(
            malformed || got == (status, problem.to_owned()),
            "{short}: {got:?}"
        );
    }
    // Without a key the handler reads the body itself.
    let huge = vec![b' '; 65 * 1024];
    place
        .client()
        .send(
            "POST",
            "/v1/sessions",
            &[("content-type", "application/json")],
            Some(&huge),
        )
        .refused(413, "too-large");
}

/// Whoever is refused while he still sends hears why.
#[test]
fn refusals_are_heard_by_who_still_sends() {
    let place = Place::new();
    let body = vec![b' '; 800 * 1024];
    for round in 0..20 {
        let mut line = line(&place);
        let head = format!(
            "POST /v1/accounts HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        line.write_all(head.as_bytes()).unwrap();
        for part in body.chunks(16 * 1024) {
            line.write_all(part)
                .and_then(|()| line.flush())
                .unwrap_or_else(|error| panic!("round {round}: {error}"));
        }
        let mut answer = [0; 12];
        line.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 401");
    }
}

/// Heads and bodies that come drop by drop end in time, and hold nobody else up.
#[test]
fn slow_hands() {
    let place = Place::new();
    let begun = Instant::now();
    let mut head = line(&place);
    head.write_all(b"GET /health/live HTTP/1.1\r\nhost: a\r\n")
        .unwrap();
    head.flush().unwrap();
    let mut body = line(&place);
    body.write_all(b"POST /v1/sessions HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{").unwrap();
    body.flush().unwrap();
    let quick = Instant::now();
    place.client().get("/health/live").is(200);
    assert!(quick.elapsed() < Duration::from_secs(5));
    for line in [&mut body, &mut head] {
        let mut answer = Vec::new();
        let _ = line.read_to_end(&mut answer);
        let text = String::from_utf8_lossy(&answer);
        assert!(!text.starts_with("HTTP/1.1 2"), "{text}");
    }
    assert!(
        begun.elapsed() < Duration::from_secs(35),
        "{:?}",
        begun.elapsed()
    );
}

/// More at once than is borne: some are told to come again, at once; nothing breaks.
#[test]
fn many_at_once() {
    let place = Place::new();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let ask = || {
            let client = place.client();
            (0..5)
                .map(|_| {
                    client
                        .post(
                            "/v1/sessions",
                            &json!({ "login": "test.x", "password": "y", "code": "0" }),
                        )
                        .status
                })
                .collect::<Vec<_>>()
        };
        let tasks: Vec<_> = (0..40).map(|_| scope.spawn(ask)).collect();
        tasks
            .into_iter()
            .flat_map(|task| task.join().unwrap())
            .collect()
    });
    assert!(
        statuses
            .iter()
            .all(|status| [401, 429, 503].contains(status)),
        "{statuses:?}"
    );
    place.client().get("/health/ready").is(200);
}
