//! Schemathesis as the service's tests use it: it finds a server that does not do what its document says, and no other.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    thread,
};

use test_support::schemathesis;

/// Serves a document of one route, whose every answer has this body.
fn serve(body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines
                .next()
                .unwrap_or_else(|| Ok(String::new()))
                .unwrap_or_default();
            while lines
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            let (status, text) = match first.rsplit_once(' ').map(|(words, _)| words) {
                Some("GET /openapi.json") => ("200 OK", DOCUMENT),
                Some("GET /count") => ("200 OK", body),
                Some(words) if words.ends_with(" /count") => ("405 Method Not Allowed", "{}"),
                _ => ("404 Not Found", "{}"),
            };
            let head = "content-type: application/json\r\nallow: GET\r\nconnection: close";
            let _ = write!(
                stream,
                "HTTP/1.1 {status}\r\n{head}\r\ncontent-length: {}\r\n\r\n{text}",
                text.len()
            );
        }
    });
    format!("http://{address}")
}

const DOCUMENT: &str = r#"{"openapi":"3.1.0","info":{"title":"TEST","version":"1"},"paths":{"/count":{"get":{"responses":{"200":{
  "description":"how many","content":{"application/json":{"schema":{"type":"object","required":["count"],
  "properties":{"count":{"type":"integer"}}}}}}}}}}}"#;

#[test]
#[ignore = "needs Schemathesis: CARD_TOOLCHAIN_SCHEMATHESIS, set by cargo xtask test"]
fn it_sees_an_answer_that_is_not_what_the_document_says() {
    let version = schemathesis::command().arg("--version").output().unwrap();
    assert!(String::from_utf8_lossy(&version.stdout).starts_with("schemathesis, version "));
    for (body, good) in [(r#"{"count":3}"#, true), (r#"{"count":"three"}"#, false)] {
        let server = serve(body);
        let output = schemathesis::command()
            .args([
                "run",
                "--max-examples=5",
                "--seed=1",
                "--generation-database=none",
                "--url",
                &server,
            ])
            .arg(format!("{server}/openapi.json"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.success(), good, "{body}: {said}");
        assert!(good || said.contains("Response violates schema"), "{said}");
    }
}
