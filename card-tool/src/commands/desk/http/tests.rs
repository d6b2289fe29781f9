//! What is a request, and who may take up whose time.

use std::io::{Read, Write as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use super::*;

#[test]
fn what_a_browser_sends_and_what_it_does_not() {
    let long = format!("GET /{} HTTP/1.1\r\nHost: h\r\n\r\n", "x".repeat(9000));
    for (request, expected) in [
        (
            "GET /a?b=1 HTTP/1.1\r\nHost: h:1\r\n\r\n",
            Some("/a b=1 h:1 - "),
        ),
        (
            "POST /a HTTP/1.1\r\nhost: h\r\nOrigin: http://h\r\nContent-Length: 3\r\n\r\n123",
            Some("/a  h http://h 123"),
        ),
        (
            "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n123",
            None,
        ),
        (
            "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2049\r\n\r\n",
            None,
        ),
        (
            "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
            None,
        ),
        (
            "GET /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n1",
            None,
        ),
        (
            "POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            None,
        ),
        (
            "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nContent-Length: 3\r\n\r\n123",
            None,
        ),
        (
            "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n123",
            None,
        ),
        (
            "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: +3\r\n\r\n123",
            None,
        ),
        ("GET /a HTTP/1.1\r\nHost: h\r\nHost: g\r\n\r\n", None),
        ("GET /a HTTP/1.1\r\n\r\n", None),
        ("GET http://h/a HTTP/1.1\r\nHost: h\r\n\r\n", None),
        ("GET /a HTTP/1.0\r\nHost: h\r\n\r\n", None),
        ("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", None),
        ("PUT /a HTTP/1.1\r\nHost: h\r\n\r\n", None),
        ("GET /a HTTP/1.1\nHost: h\n\n", None),
        ("GET /a HTTP/1.1\r\nHost: h\r\n", None),
        ("", None),
        (&long, None),
    ] {
        let read = read(&mut request.as_bytes()).map(|request| {
            let origin = request.origin.as_deref().unwrap_or("-");
            let body = String::from_utf8_lossy(&request.body).into_owned();
            format!(
                "{} {} {} {origin} {body}",
                request.path, request.query, request.host
            )
        });
        assert_eq!(read.as_deref(), expected, "{request:?}");
    }
}

/// Strangers who connect and say next to nothing.
const STRANGERS: usize = 200;
/// What is patience in a test.
const SHORT: Duration = Duration::from_millis(600);

/// A server that says hello, waits where it is asked to, and breaks where it is asked to.
fn server(patience: Duration) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let answer = |request: &Request| {
        assert!(request.path != "/break", "asked to");
        Answer::of("text/plain", "hello")
    };
    thread::spawn(move || accept(&listener, patience, &Arc::new(answer)));
    address
}

fn ask(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: h\r\n\r\n").unwrap();
    let mut answer = String::new();
    // One that is shut down may be reset.
    let _ = stream.read_to_string(&mut answer);
    answer
}

/// More than there are places, each with a letter now and then, and the page is answered all the same.
#[test]
fn two_hundred_slow_connections_do_not_hold_the_page() {
    let address = server(Duration::from_secs(60));
    let mut strangers: Vec<TcpStream> = Vec::new();
    for _ in 0..STRANGERS {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(b"GET /").unwrap();
        strangers.push(stream);
    }
    let is_over = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&is_over);
    let trickle = thread::spawn(move || {
        while !seen.load(Ordering::Acquire) {
            for stream in &mut strangers {
                let _ = stream.write_all(b"x");
            }
            thread::sleep(Duration::from_millis(50));
        }
        strangers.len()
    });
    for _ in 0..20 {
        assert!(ask(address, "/").ends_with("hello"));
    }
    is_over.store(true, Ordering::Release);
    assert_eq!(trickle.join().unwrap(), STRANGERS);
}

/// A letter now and then does not make the time longer.
#[test]
fn head_and_body_have_one_deadline() {
    let address = server(SHORT);
    for begun in [
        "GET /",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000\r\n\r\n",
    ] {
        let begin = Instant::now();
        let mut stream = TcpStream::connect(address).unwrap();
        stream.write_all(begun.as_bytes()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_millis(50)))
            .unwrap();
        let is_closed = |stream: &mut TcpStream| match stream.read(&mut [0; 512]) {
            Ok(0) => true,
            Ok(_) => false,
            Err(error) => !matches!(
                error.kind(),
                std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut
            ),
        };
        while !is_closed(&mut stream) {
            let _ = stream.write_all(b"x");
            assert!(begin.elapsed() < 10 * SHORT, "{begun}");
        }
        assert!(begin.elapsed() >= SHORT / 2, "{begun}");
    }
}

/// A place is given back, however the conversation ended.
#[test]
fn who_breaks_gives_his_place_back() {
    let address = server(Duration::from_secs(60));
    for _ in 0..2 * MAX_CONNECTIONS {
        assert_eq!(ask(address, "/break"), "");
    }
    assert!(ask(address, "/").ends_with("hello"));
}

/// Who is being answered is not sent away for somebody who has not asked.
#[test]
fn the_oldest_that_has_not_asked_makes_room() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let connect = || {
        let far = TcpStream::connect(address).unwrap();
        (listener.accept().unwrap().0, far)
    };
    let places = Arc::new(Places::new(2));
    let ((one, mut far_one), (two, mut far_two), (three, far_three)) =
        (connect(), connect(), connect());
    let first = Places::take(&places, &one).unwrap();
    first.has_asked();
    let second = Places::take(&places, &two).unwrap();
    let third = Places::take(&places, &three).unwrap();
    assert_eq!(far_two.read(&mut [0]).unwrap(), 0, "the second was closed");
    far_one.set_nonblocking(true).unwrap();
    assert!(far_one.read(&mut [0]).is_err(), "the first was not");
    third.has_asked();
    assert!(Places::take(&places, &two).is_none(), "both are answered");
    drop((second, first));
    assert!(Places::take(&places, &two).is_some());
    drop(far_three);
}
