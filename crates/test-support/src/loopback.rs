//! As much of HTTP as a test needs to talk to a server on loopback: one request a connection, whole answers.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// No server of a test needs longer for an answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a server answered.
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Names in small letters, and values, in the order they came.
    pub headers: Vec<(String, String)>,
    /// What follows, as text.
    pub body: String,
}

impl Answer {
    /// The first value of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut named = self.headers.iter().filter(|(given, _)| given == name);
        named.next().map(|(_, value)| value.as_str())
    }

    fn parse(text: &str) -> Option<Self> {
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let headers = lines.filter_map(|line| line.split_once(':'));
        Some(Self {
            status,
            headers: headers
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .collect(),
            body: body.to_owned(),
        })
    }
}

/// Asks `http://host:port/path` in HTTP/1.0, so that the answer ends with the connection and comes in one piece.
///
/// # Panics
/// When the address is no such one, nobody answers, or the answer is not HTTP.
#[must_use]
pub fn ask(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let (host, path) = parts(url).unwrap_or_else(|| panic!("{url} is not http://host:port/…"));
    let mut request = format!("{method} {path} HTTP/1.0\r\nhost: {host}\r\n");
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    request += &format!("content-length: {}\r\n\r\n{body}", body.len());
    let mut stream = TcpStream::connect(host).unwrap_or_else(|error| panic!("{url}: {error}"));
    stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    stream
        .write_all(request.as_bytes())
        .expect("the server listens");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("the server answers");
    let answer = String::from_utf8_lossy(&answer);
    Answer::parse(&answer).unwrap_or_else(|| panic!("{url}: not HTTP: {answer}"))
}

/// Host with port, and path with query.
fn parts(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("http://")?;
    Some(
        rest.find('/')
            .map_or((rest, "/"), |slash| rest.split_at(slash)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_two_parts() {
        let cases = [
            (
                "http://127.0.0.1:80/a?b=/c",
                Some(("127.0.0.1:80", "/a?b=/c")),
            ),
            ("http://127.0.0.1:80", Some(("127.0.0.1:80", "/"))),
            ("https://127.0.0.1:80/", None),
        ];
        for (url, want) in cases {
            assert_eq!(parts(url), want, "{url}");
        }
    }

    #[test]
    fn answers_are_read() {
        let answer =
            Answer::parse("HTTP/1.1 302 Found\r\nLocation: /a:b\r\nX: 1\r\n\r\nbody\r\n\r\n")
                .unwrap();
        assert_eq!(
            (answer.status, answer.header("location"), answer.header("y")),
            (302, Some("/a:b"), None)
        );
        assert_eq!(answer.body, "body\r\n\r\n");
        assert!(Answer::parse("SSH-2.0\r\n").is_none());
    }
}
