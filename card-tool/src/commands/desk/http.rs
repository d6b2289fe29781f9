//! A server for one page on loopback: HTTP/1.1 (RFC 9112), one request for each connection, a thread for each.
//!
//! It knows what the page needs and refuses everything else: two methods, heads of 8 KiB, bodies of 2 KiB of a stated length.

use std::io::{BufRead, BufReader, Read as _, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

/// Longest request line with header fields.
const MAX_HEAD: u64 = 8 << 10;
/// Longest body.
const MAX_BODY: usize = 2 << 10;
/// Most connections at once; a browser opens some six.
const MAX_CONNECTIONS: usize = 32;
/// A request is there within this time, and an answer is taken.
const PATIENCE: Duration = Duration::from_secs(5);
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
        write!(
            out,
            "HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\nCache-Control: no-store\r\n\
             Content-Security-Policy: {POLICY}\r\nX-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n\
             Referrer-Policy: no-referrer\r\nCross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n\r\n",
            self.status,
            self.media_type,
            self.body.len()
        )?;
        out.write_all(&self.body)?;
        out.flush()
    }
}

/// Serves until the program ends.
pub fn serve(listener: TcpListener, answer: impl Fn(&Request) -> Answer + Send + Sync + 'static) {
    let answer = Arc::new(answer);
    let open = Arc::new(AtomicUsize::new(0));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if open.load(Ordering::Acquire) >= MAX_CONNECTIONS {
                // The browser asks again.
                continue;
            }
            open.fetch_add(1, Ordering::AcqRel);
            let (answer, open) = (Arc::clone(&answer), Arc::clone(&open));
            thread::spawn(move || {
                // A browser that has gone is missed by nobody.
                let _ = converse(stream, &*answer);
                open.fetch_sub(1, Ordering::AcqRel);
            });
        }
    });
}

fn converse(
    mut stream: TcpStream,
    answer: &(impl Fn(&Request) -> Answer + ?Sized),
) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut input = BufReader::new(&stream);
    // A browser opens connections ahead of requests: one that nothing came over is closed without a word, for whatever was said on it
    // would answer the request that comes next.
    if input.fill_buf().map_or(true, <[u8]>::is_empty) {
        return Ok(());
    }
    let answer = match read(&mut input) {
        Some(request) => answer(&request),
        None => Answer::bare("400 Bad Request"),
    };
    answer.write(&mut stream)
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
    if fields.length > MAX_BODY || (fields.length > 0 && !is_post) {
        return None;
    }
    let mut body = Zeroizing::new(vec![0; fields.length]);
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
    length: usize,
}

impl Fields {
    /// Two of one that counts are one too many, and no other way of sending a body is known.
    fn take(&mut self, line: &str) -> Option<()> {
        let (name, value) = line.split_once(':')?;
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "host" if self.host.is_none() => self.host = Some(value.to_owned()),
            "origin" if self.origin.is_none() => self.origin = Some(value.to_owned()),
            "content-length" if self.length == 0 => self.length = value.parse().ok()?,
            "host" | "origin" | "content-length" | "transfer-encoding" => return None,
            _ => {}
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
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
}
