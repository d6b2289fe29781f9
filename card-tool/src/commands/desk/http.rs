//! A server for one page on loopback: HTTP/1.1 (RFC 9112), one request for each connection, a thread for each.
//!
//! It knows what the page needs and refuses everything else: two methods, heads of 8 KiB, bodies of 2 KiB of a stated length.
//!
//! Everybody on the machine can connect, and nobody can hold the desk: a request has one deadline for head and body together, an
//! answer has one, and where all places are taken the connection that has been without a whole request for longest makes room.

mod places;
mod until;

use std::io::{BufRead, BufReader, Read as _, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use self::places::{Place, Places};
use self::until::Until;

/// Longest request line with header fields.
const MAX_HEAD: u64 = 8 << 10;
/// Longest body.
const MAX_BODY: usize = 2 << 10;
/// Most connections at once; a browser opens some six.
const MAX_CONNECTIONS: usize = 128;
/// A request is there within this time, head and body, and within this time its answer is taken.
const PATIENCE: Duration = Duration::from_secs(5);
/// Stack of the thread of a connection.
const STACK: usize = 256 << 10;
/// Nothing from elsewhere, nothing inline, no frame around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What was asked.
pub struct Request {
    /// Whether it may change something.
    pub is_post: bool,
    /// Path without query, which begins with `/`.
    pub path: String,
    /// What follows `?`.
    pub query: String,
    /// `Host`, of which there was exactly one.
    pub host: String,
    /// `Origin`, where there is one.
    pub origin: Option<String>,
    /// What was sent: it may open a card.
    pub body: Zeroizing<Vec<u8>>,
}

/// What is answered.
pub struct Answer {
    pub(super) status: &'static str,
    media_type: &'static str,
    body: Vec<u8>,
}

impl Answer {
    /// A file.
    pub fn of(media_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: "200 OK",
            media_type,
            body: body.into(),
        }
    }

    /// Done, and nothing to say.
    pub const fn done() -> Self {
        Self::bare("204 No Content")
    }

    /// There is no such thing, or not for you.
    pub const fn not_found() -> Self {
        Self::bare("404 Not Found")
    }

    /// It comes from another page or another name.
    pub const fn foreign() -> Self {
        Self::bare("403 Forbidden")
    }

    const fn bare(status: &'static str) -> Self {
        Self {
            status,
            media_type: "text/plain",
            body: Vec::new(),
        }
    }

    fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        let head = format!(
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\nCache-Control: no-store\r\n\
             Content-Security-Policy: {POLICY}\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n\
             Referrer-Policy: no-referrer\r\nCross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n\r\n",
            self.status,
            self.media_type,
            self.body.len()
        );
        out.write_all(head.as_bytes())?;
        out.write_all(&self.body)?;
        out.flush()
    }
}

/// Serves until the program ends.
pub fn serve(listener: TcpListener, answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) {
    thread::spawn(move || accept(&listener, PATIENCE, &Arc::new(answer)));
}

fn accept(
    listener: &TcpListener,
    patience: Duration,
    answer: &Arc<impl Fn(&Request) -> Answer + Send + Sync + 'static>,
) {
    let places = Arc::new(Places::new(MAX_CONNECTIONS));
    for stream in listener.incoming().flatten() {
        // Where everybody is being answered, or nothing more can be had of the machine, the browser asks again.
        let Some(place) = Places::take(&places, &stream) else {
            continue;
        };
        let answer = Arc::clone(answer);
        let _ = thread::Builder::new().stack_size(STACK).spawn(move || {
            // A browser that has gone is missed by nobody.
            let _ = converse(&stream, &place, patience, &*answer);
        });
    }
}

fn converse(
    stream: &TcpStream,
    place: &Place,
    patience: Duration,
    answer: &(impl Fn(&Request) -> Answer + ?Sized),
) -> std::io::Result<()> {
    let mut input = BufReader::new(Until::new(stream, patience));
    // A browser opens connections ahead of requests: one that nothing came over is closed without a word, for whatever was said on it
    // would answer the request that comes next.
    if input.fill_buf().map_or(true, <[u8]>::is_empty) {
        return Ok(());
    }
    let request = read(&mut input);
    place.has_asked();
    let answer = match request {
        Some(request) => answer(&request),
        None => Answer::bare("400 Bad Request"),
    };
    answer.write(&mut Until::new(stream, patience))
}

/// Reads a request; `None` for what is none, or none of those that a page of ours sends.
fn read(input: &mut impl BufRead) -> Option<Request> {
    let head = head(input)?;
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let is_post = match method {
        "GET" => false,
        "POST" => true,
        _ => return None,
    };
    if version != "HTTP/1.1" || words.next().is_some() || !target.starts_with('/') {
        return None;
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut fields = Fields::default();
    for line in lines {
        fields.take(line)?;
    }
    let length = fields.length.unwrap_or_default();
    if length > MAX_BODY || (length > 0 && !is_post) {
        return None;
    }
    let mut body = Zeroizing::new(vec![0; length]);
    input.read_exact(&mut body).ok()?;
    Some(Request {
        is_post,
        path: path.to_owned(),
        query: query.to_owned(),
        host: fields.host?,
        origin: fields.origin,
        body,
    })
}

/// Everything before the empty line.
fn head(input: &mut impl BufRead) -> Option<String> {
    let mut head = Vec::new();
    for byte in input.by_ref().take(MAX_HEAD).bytes() {
        head.push(byte.ok()?);
        if head.ends_with(b"\r\n\r\n") {
            head.truncate(head.len() - 4);
            return String::from_utf8(head).ok();
        }
    }
    None
}

/// The header fields that count.
#[derive(Default)]
struct Fields {
    host: Option<String>,
    origin: Option<String>,
    length: Option<usize>,
}

impl Fields {
    /// Two of one that counts are one too many, and no other way of sending a body is known.
    fn take(&mut self, line: &str) -> Option<()> {
        let (name, value) = line.split_once(':')?;
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "host" if self.host.is_none() => self.host = Some(value.to_owned()),
            "origin" if self.origin.is_none() => self.origin = Some(value.to_owned()),
            "content-length" if self.length.is_none() => self.length = Some(digits(value)?),
            "host" | "origin" | "content-length" | "transfer-encoding" => return None,
            _ => {}
        }
        Some(())
    }
}

/// A length is digits, and nothing else that a number may be written with (RFC 9110 §8.6).
fn digits(value: &str) -> Option<usize> {
    let is_number = value.bytes().all(|octet| octet.is_ascii_digit());
    is_number.then(|| value.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
