//! A collector on this machine: OTLP over HTTP, in protobuf.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;

/// One request: its head, in small letters, and its body.
pub type Exchange = (String, Vec<u8>);

/// What it was told. It also serves as a receiver of webhooks: it answers 200 to everything.
pub struct Collector {
    pub url: String,
    told: Arc<Mutex<Vec<Exchange>>>,
}

impl Collector {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let told: Arc<Mutex<Vec<Exchange>>> = Arc::default();
        let kept = Arc::clone(&told);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                std::thread::spawn(move || serve(stream, &kept));
            }
        });
        Self { url, told }
    }

    pub fn told(&self) -> Vec<Exchange> {
        self.told.lock().unwrap().clone()
    }

    /// All spans, with the octets of all bodies.
    pub fn spans(&self) -> (Vec<Span>, Vec<u8>) {
        let (mut spans, mut octets) = (Vec::new(), Vec::new());
        for (head, body) in self.told() {
            assert!(head.starts_with("post /v1/traces "), "{head}");
            assert!(
                head.contains("content-type: application/x-protobuf"),
                "{head}"
            );
            octets.extend_from_slice(&body);
            let request = ExportTraceServiceRequest::decode(&body[..]).unwrap();
            for resource in request.resource_spans {
                for scope in resource.scope_spans {
                    spans.extend(scope.spans);
                }
            }
        }
        (spans, octets)
    }
}

/// Requests of one connection, one after the other.
fn serve(mut stream: TcpStream, told: &Mutex<Vec<Exchange>>) -> Option<()> {
    let mut octets: Vec<u8> = Vec::new();
    let mut part = [0; 16 * 1024];
    loop {
        while let Some(at) = octets.windows(4).position(|part| part == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&octets[..at]).to_ascii_lowercase();
            let length: usize = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            let end = at + 4 + length;
            if octets.len() < end {
                break;
            }
            told.lock()
                .unwrap()
                .push((head, octets[at + 4..end].to_vec()));
            octets.drain(..end);
            stream
                .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
                .ok()?;
        }
        let count = stream.read(&mut part).ok().filter(|count| *count > 0)?;
        octets.extend_from_slice(&part[..count]);
    }
}

/// An attribute as text.
pub fn attribute(span: &Span, name: &str) -> Option<String> {
    let found = span.attributes.iter().find(|pair| pair.key == name)?;
    Some(match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => text.clone(),
        Value::IntValue(number) => number.to_string(),
        Value::BoolValue(truth) => truth.to_string(),
        other => format!("{other:?}"),
    })
}
