//! The program itself: where the environment names a collector, what is still on its way when it ends, and a collector that is not well.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::collector::Collector;

fn serve(folder: &Path, variable: &str, collector: &str) -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_issuance-service"))
        .arg("--config")
        .arg(folder.join("service/issuance-service.toml"))
        .args(["--output-format", "json", "serve", "--insecure-loopback"])
        .env("ISSUANCE_SERVICE__SERVE__LISTEN", "127.0.0.1:0")
        .env(variable, collector)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let first: Value = serde_json::from_str(&line).unwrap();
    let address = first["address"].as_str().unwrap();
    (child, address.strip_prefix("http://").unwrap().to_owned())
}

fn ask(address: &str) {
    let mut socket = TcpStream::connect(address).unwrap();
    socket
        .write_all(b"GET /v1/openapi.json HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200"));
}

/// Tells it to end; says how long that took.
fn end(mut child: Child) -> Duration {
    let begun = Instant::now();
    let status = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(status.unwrap().success());
    assert!(child.wait().unwrap().success());
    begun.elapsed()
}

#[test]
fn what_is_on_its_way_is_sent_when_it_ends() {
    for (variable, path) in [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", ""),
        ("ISSUANCE_SERVICE__TELEMETRY__OTLP", ""),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "/v1/traces"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let collector = Collector::start();
        let (child, address) = serve(folder.path(), variable, &format!("{}{path}", collector.url));
        ask(&address);
        let took = end(child);
        let (spans, octets) = collector.spans();
        assert!(
            spans.iter().any(|span| span.name == "GET /v1/openapi.json"),
            "{variable}"
        );
        let service = b"issuance-service";
        assert!(octets.windows(service.len()).any(|part| part == service));
        println!("{variable}: {} spans, ended in {took:?}", spans.len());
    }
}

/// Nobody waits for a collector: neither a request nor the end.
#[test]
fn a_collector_that_hangs_or_is_not_there_holds_nobody_up() {
    let hangs = TcpListener::bind("127.0.0.1:0").unwrap();
    let gone = TcpListener::bind("127.0.0.1:0").unwrap();
    let [hanging, nobody] =
        [&hangs, &gone].map(|listener| format!("http://{}", listener.local_addr().unwrap()));
    drop(gone);
    for collector in [&hanging, &nobody] {
        let folder = tempfile::tempdir().unwrap();
        let (child, address) = serve(folder.path(), "OTEL_EXPORTER_OTLP_ENDPOINT", collector);
        let begun = Instant::now();
        ask(&address);
        assert!(begun.elapsed() < Duration::from_secs(2));
        let took = end(child);
        println!("{collector}: ended in {took:?}");
        assert!(took < Duration::from_secs(9), "{took:?}");
    }
}
