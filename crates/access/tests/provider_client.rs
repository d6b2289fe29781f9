//! The real line to an identity provider, on loopback: what it follows, and where it stops.

#![allow(clippy::unwrap_used)]

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;

use access::http_client::ProviderClient;
use access::oidc::{HttpClient as _, MAX_ANSWER};

/// A server that answers one request with these bytes, and gives back what it was asked.
fn server(answer: Vec<u8>) -> (String, thread::JoinHandle<String>) {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/realm", socket.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let (mut stream, _) = socket.accept().unwrap();
        let mut request = Vec::new();
        let mut part = [0; 1024];
        while !request.ends_with(b"\r\n\r\n") && !request.ends_with(b"code=a%20b") {
            let read = stream.read(&mut part).unwrap();
            request.extend(part.iter().take(read));
        }
        // Who has had enough hangs up.
        let _ = stream.write_all(&answer);
        String::from_utf8(request).unwrap()
    });
    (url, asked)
}

fn answer(head: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {head}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

#[test]
fn answers_are_read_and_bounded() {
    let cases = [
        ("200 OK", 10, Some(200)),
        ("400 Bad Request", 10, Some(400)),
        ("302 Found\r\nlocation: https://idp.test/", 0, Some(302)),
        ("200 OK", MAX_ANSWER, Some(200)),
        ("200 OK", MAX_ANSWER + 1, None),
        ("what\r\n", 0, None),
    ];
    let client = ProviderClient::for_loopback();
    for (head, len, want) in cases {
        let (url, asked) = server(answer(head, &vec![b'x'; len]));
        let got = client.get_json(&url).ok();
        assert_eq!(
            got.as_ref().map(|answer| answer.status),
            want,
            "{head} {len}"
        );
        assert!(got.is_none_or(|answer| answer.body.len() == len));
        assert!(asked.join().unwrap().starts_with("GET /realm HTTP/1.1"));
    }
}

#[test]
fn forms_are_posted_with_their_secret() {
    let (url, asked) = server(answer("200 OK", b"{}"));
    let client = ProviderClient::for_loopback();
    assert!(
        client
            .post_form(&url, Some("Basic VEVTVA=="), "code=a%20b")
            .is_ok()
    );
    let asked = asked.join().unwrap().to_lowercase();
    for line in [
        "post /realm http/1.1",
        "authorization: basic vevtva==",
        "content-type: application/x-www-form-urlencoded",
    ] {
        assert!(asked.contains(line), "{asked}");
    }
}

#[test]
fn nothing_goes_out_in_the_clear() {
    let client = ProviderClient::for_loopback();
    for url in [
        "http://192.0.2.1/",
        "ftp://127.0.0.1/",
        "http://localhost@192.0.2.1/",
        "",
    ] {
        assert!(
            client.get_json(url).is_err() && client.post_form(url, None, "a=b").is_err(),
            "{url}"
        );
    }
    assert!(ProviderClient::new(b"no certificate").is_err());
}
