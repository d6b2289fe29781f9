//! NATS as the other crates' tests use it: what JetStream acknowledged is there after a kill.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    time::Duration,
};

use test_support::nats::Server;

/// A client that speaks as much of the protocol as this test needs.
struct Client {
    stream: TcpStream,
    lines: BufReader<TcpStream>,
}

impl Client {
    fn connect(server: &Server) -> Self {
        let address = server.url().strip_prefix("nats://").unwrap();
        let stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap());
        let mut client = Self { stream, lines };
        assert!(client.line().starts_with("INFO "));
        client.say("CONNECT {\"verbose\":false,\"headers\":true}\r\nSUB inbox 1\r\n");
        client
    }

    fn say(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).unwrap();
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(
            self.lines.read_line(&mut line).unwrap(),
            0,
            "the server left"
        );
        line.trim_end().to_owned()
    }

    /// Publishes, and returns what the server answers to it.
    fn ask(&mut self, subject: &str, body: &str) -> serde_json::Value {
        self.say(&format!("PUB {subject} inbox {}\r\n{body}\r\n", body.len()));
        loop {
            let line = self.line();
            if line == "PING" {
                self.say("PONG\r\n");
            } else if line.starts_with("MSG inbox ") {
                return serde_json::from_str(&self.line()).unwrap();
            }
        }
    }
}

#[test]
#[ignore = "needs nats-server: CARD_TOOLCHAIN_NATS, set by cargo xtask test"]
fn what_was_acknowledged_is_there_after_a_kill() {
    let mut server = Server::start();
    let url = server.url().to_owned();
    let mut client = Client::connect(&server);
    let stream = r#"{"name":"EVENTS","subjects":["card.>"],"storage":"file"}"#;
    let made = client.ask("$JS.API.STREAM.CREATE.EVENTS", stream);
    assert_eq!(made["config"]["name"], "EVENTS", "{made}");
    for number in 1..=20 {
        let acknowledged = client.ask("card.issued", "SPECIMEN");
        assert_eq!(
            (&acknowledged["stream"], &acknowledged["seq"]),
            (&"EVENTS".into(), &number.into())
        );
    }
    server.kill();
    assert!(TcpStream::connect(url.strip_prefix("nats://").unwrap()).is_err());
    server.restart();
    assert_eq!(server.url(), url);
    let info = Client::connect(&server).ask("$JS.API.STREAM.INFO.EVENTS", "");
    assert_eq!(info["state"]["messages"], 20, "{info}");
    server.stop();
}

#[test]
#[ignore = "needs nats-server: CARD_TOOLCHAIN_NATS, set by cargo xtask test"]
fn several_run_at_once_and_know_nothing_of_each_other() {
    let (one, other) = (Server::start(), Server::start());
    assert_ne!(one.url(), other.url());
    let stream = r#"{"name":"EVENTS","subjects":["card.>"]}"#;
    Client::connect(&one).ask("$JS.API.STREAM.CREATE.EVENTS", stream);
    let info = Client::connect(&other).ask("$JS.API.STREAM.INFO.EVENTS", "");
    assert_eq!(info["error"]["code"], 404, "{info}");
}
