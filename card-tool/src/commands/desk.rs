//! `desk`: the counter as a page on this machine, for one browser that knows the token in the address.
//!
//! The server is ours and small: three paths of a page do not need the asynchronous server of `issuance-service`, whose crates
//! would double what this program is built of.

mod board;
mod http;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use crypto::{CryptoRng, constant_time_eq};
use serde_json::json;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use self::board::{Board, Writer};
use self::http::{Answer, Request};
use super::verify::{Readers, access_choice, exit_of, trusted};
use super::{Context, print, print_json};
use crate::args::Desk;
use crate::counter::{Counter, Interruption, NUMBER_WAITS, Settings, Signal, watch};
use crate::exit::Exit;
use crate::issuer::Issuer;
use crate::reader::selector;

/// Octets of the token.
const TOKEN_LEN: usize = 32;
/// How long the page waits for news before it asks again.
const LONG_POLL: Duration = Duration::from_secs(20);

const HTML: &str = "text/html; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The page, and the ground that it shares with the pages of the station and of the operators.
macro_rules! shared {
    ($name:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../issuance-service/src/pages/",
            $name
        ))
    };
}

/// Name, media type, content.
const ASSETS: [(&str, &str, &str); 8] = [
    ("", HTML, include_str!("desk/page/index.html")),
    ("desk.css", STYLE, include_str!("desk/page/desk.css")),
    ("desk.js", SCRIPT, include_str!("desk/page/desk.js")),
    ("texts.js", SCRIPT, include_str!("desk/page/texts.js")),
    ("ground.css", STYLE, shared!("ground.css")),
    ("dom.js", SCRIPT, shared!("dom.js")),
    ("language.js", SCRIPT, shared!("language.js")),
    ("icon.svg", "image/svg+xml", shared!("icon.svg")),
];

/// Runs the verb until it is interrupted.
pub fn run(args: &Desk, context: &mut Context) -> Result<Exit> {
    let trusted = trusted(&args.trust)?;
    let issuer = Issuer::open(&args.issuer)?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port))
        .with_context(|| format!("port {}", args.port))?;
    let (signals, heard) = mpsc::channel();
    watch(selector(&args.reader), signals.clone());
    let interruption = Interruption::hear(signals.clone())?;
    let desk = Arc::new(Desktop {
        address: listener.local_addr()?,
        token: token(&mut *context.rng),
        board: Board::default(),
        signals: Mutex::new(signals),
    });
    let address = format!("http://{}/{}/", desk.address, *desk.token);
    let served = Arc::clone(&desk);
    http::serve(listener, move |request| served.answer(request));
    if context.json() {
        print_json(&json!({ "address": address }))?;
    } else {
        print(&address)?;
    }
    let mut slot = Readers(&args.reader);
    let settings = Settings {
        trust: &trusted.trust,
        issuer: &issuer,
        access: access_choice(args.access),
        short: args.reader.short,
        verbose: context.verbose,
        keep: args.keep.clone(),
        now: OffsetDateTime::now_utc,
        number_waits: NUMBER_WAITS,
        interruption,
    };
    let mut counter = Counter::new(settings, &mut slot, &mut *context.rng);
    Ok(exit_of(counter.run(&heard, &mut Writer(&desk.board))))
}

fn token(rng: &mut dyn CryptoRng) -> Zeroizing<String> {
    let mut octets = Zeroizing::new([0; TOKEN_LEN]);
    rng.fill_bytes(&mut *octets);
    Zeroizing::new(hex::encode(*octets))
}

/// What the requests share.
struct Desktop {
    address: SocketAddr,
    token: Zeroizing<String>,
    board: Board,
    signals: Mutex<Sender<Signal>>,
}

impl Desktop {
    /// Who does not know the token learns nothing, not even what there is.
    fn answer(&self, request: &Request) -> Answer {
        if !self.is_here(&request.host) || !self.is_from_page(request) {
            return Answer::foreign();
        }
        let path = request.path.strip_prefix('/').unwrap_or_default();
        let Some((token, name)) = path.split_once('/') else {
            return Answer::not_found();
        };
        if !constant_time_eq(token.as_bytes(), self.token.as_bytes()) {
            return Answer::not_found();
        }
        match (request.is_post, name) {
            (true, "line") => self.line(request),
            (false, "state") => self.state(request),
            (false, "portrait") => self.portrait(),
            (false, name) => asset(name),
            (true, _) => Answer::not_found(),
        }
    }

    /// Names of this machine with our port: a name of elsewhere that was made to lead here is none.
    fn is_here(&self, host: &str) -> bool {
        let port = self.address.port();
        [format!("127.0.0.1:{port}"), format!("localhost:{port}")].contains(&host.to_owned())
    }

    /// A browser says where everything comes from that changes something.
    fn is_from_page(&self, request: &Request) -> bool {
        match &request.origin {
            Some(origin) => origin
                .strip_prefix("http://")
                .is_some_and(|host| self.is_here(host)),
            None => !request.is_post,
        }
    }

    fn line(&self, request: &Request) -> Answer {
        let Ok(line) = std::str::from_utf8(&request.body) else {
            return Answer::not_found();
        };
        let line = Zeroizing::new(line.to_owned());
        let signals = self.signals.lock().unwrap_or_else(PoisonError::into_inner);
        match signals.send(Signal::Typed(line)) {
            Ok(()) => Answer::done(),
            Err(_) => Answer::not_found(),
        }
    }

    fn state(&self, request: &Request) -> Answer {
        let after = request.query.strip_prefix("after=");
        // Without a number everything is news.
        let after = after
            .and_then(|number| number.parse().ok())
            .unwrap_or(u64::MAX);
        let state = self.board.after(after, LONG_POLL);
        Answer::of("application/json", state.to_string())
    }

    fn portrait(&self) -> Answer {
        let image = self.board.portrait();
        image.map_or_else(Answer::not_found, |image| {
            Answer::of(image.0, image.1.clone())
        })
    }
}

fn asset(name: &str) -> Answer {
    let found = ASSETS.iter().find(|(known, ..)| *known == name);
    found.map_or_else(Answer::not_found, |(_, media_type, content)| {
        Answer::of(media_type, *content)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn desktop() -> Desktop {
        let (signals, _) = mpsc::channel();
        Desktop {
            address: "127.0.0.1:8123".parse().unwrap(),
            token: Zeroizing::new("t0".to_owned()),
            board: Board::default(),
            signals: Mutex::new(signals),
        }
    }

    #[test]
    fn only_a_page_of_ours_that_knows_the_token_is_answered() {
        const OURS: Option<&str> = Some("http://127.0.0.1:8123");
        let desk = desktop();
        for (is_post, path, host, origin, expected) in [
            (false, "/t0/", "127.0.0.1:8123", None, "200"),
            (false, "/t0/desk.js", "localhost:8123", None, "200"),
            (false, "/t0/state", "127.0.0.1:8123", OURS, "200"),
            // Nobody listens in this test.
            (true, "/t0/line", "127.0.0.1:8123", OURS, "404"),
            (true, "/t0/line", "127.0.0.1:8123", None, "403"),
            (true, "/t0/line", "127.0.0.1:8123", Some("null"), "403"),
            (
                true,
                "/t0/line",
                "127.0.0.1:8123",
                Some("http://evil.example"),
                "403",
            ),
            (false, "/t0/state", "evil.example:8123", None, "403"),
            (false, "/t0/state", "127.0.0.1:8124", None, "403"),
            (false, "/t0/portrait", "127.0.0.1:8123", None, "404"),
            (false, "/t1/", "127.0.0.1:8123", None, "404"),
            (false, "/t0", "127.0.0.1:8123", None, "404"),
            (false, "/", "127.0.0.1:8123", None, "404"),
            (false, "/t0/../desk.rs", "127.0.0.1:8123", None, "404"),
        ] {
            let request = Request {
                is_post,
                path: path.to_owned(),
                query: String::new(),
                host: host.to_owned(),
                origin: origin.map(str::to_owned),
                body: Zeroizing::new(b"123456".to_vec()),
            };
            let answer = desk.answer(&request);
            assert!(
                answer.status.starts_with(expected),
                "{path} {host} {origin:?}"
            );
        }
    }

    #[test]
    fn nothing_comes_from_elsewhere_and_nothing_is_inline() {
        for (name, _, content) in ASSETS {
            let content = content.replace("http://www.w3.org/2000/svg", "");
            for forbidden in [
                "http://",
                "https://",
                "innerHTML",
                "eval(",
                " style=\"",
                "onclick=\"",
                "<script>",
                "sessionStorage",
                "indexedDB",
                "document.cookie",
            ] {
                assert!(!content.contains(forbidden), "{name} has {forbidden}");
            }
            let stores = content.contains("localStorage");
            assert_eq!(stores, name == "language.js", "{name}");
            for part in content.split(" from \"./").skip(1) {
                let wanted = part.split('"').next().unwrap();
                assert!(
                    ASSETS.iter().any(|(known, ..)| *known == wanted),
                    "{wanted}"
                );
            }
        }
    }
}
