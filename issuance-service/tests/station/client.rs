//! A browser of the least kind: HTTP/1.1 over a socket, cookies kept.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::{Value, json};

use crate::place::socket;

pub struct Client {
    pub address: SocketAddr,
    token: String,
    cookies: Vec<String>,
}

pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}: {}", self.status, String::from_utf8_lossy(&self.body)))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The JSON of an answer that must have this status.
    #[track_caller]
    pub fn must(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text());
        self.json()
    }

    /// The code of a problem that must have this status.
    #[track_caller]
    pub fn refuses(self, status: u16, code: &str) -> Value {
        let problem = self.must(status);
        assert_eq!(problem["code"], code, "{problem}");
        for text in ["vi", "en"] {
            assert!(!problem[text].as_str().unwrap().is_empty(), "{problem}");
        }
        problem
    }
}

impl Client {
    /// For the address that the program has printed.
    pub fn new(address: &str) -> Self {
        Self {
            address: socket(address),
            token: address.split("token=").nth(1).unwrap().trim().to_owned(),
            cookies: Vec::new(),
        }
    }

    /// Lets the browser in, and signs the operator in.
    pub fn signed_in(mut self, [name, secret]: [&str; 2]) -> Self {
        self.come_in();
        self.post("/api/login", &json!({ "operator": name, "secret": secret }))
            .must(200);
        self
    }

    pub fn come_in(&mut self) {
        let reply = self.use_token();
        assert_eq!(reply.status, 303, "{}", reply.text());
    }

    /// Another browser that knows the same address.
    pub fn another_browser(&self) -> Self {
        Self {
            address: self.address,
            token: self.token.clone(),
            cookies: Vec::new(),
        }
    }

    pub fn use_token(&mut self) -> Reply {
        self.get(&format!("/?token={}", self.token.clone()))
    }

    pub fn get(&mut self, path: &str) -> Reply {
        self.send("GET", path, None, &[])
    }

    pub fn post(&mut self, path: &str, value: &Value) -> Reply {
        self.send(
            "POST",
            path,
            Some("application/json"),
            value.to_string().as_bytes(),
        )
    }

    pub fn put(&mut self, path: &str, value: &Value) -> Reply {
        self.send(
            "PUT",
            path,
            Some("application/json"),
            value.to_string().as_bytes(),
        )
    }

    pub fn delete(&mut self, path: &str) -> Reply {
        self.send("DELETE", path, None, &[])
    }

    /// Seals a person as the review shows them now.
    pub fn seal(&mut self, draft: &str) -> Value {
        let review = self.get(&format!("{draft}/review")).must(200);
        let seen = json!({ "state": review["state"] });
        self.post(&format!("{draft}/seal"), &seen).must(200)
    }

    pub fn picture(&mut self, path: &str, file: &[u8]) -> Reply {
        self.send("POST", path, Some("application/octet-stream"), file)
    }

    fn send(&mut self, method: &str, path: &str, kind: Option<&str>, body: &[u8]) -> Reply {
        let (host, mut head) = (self.address, String::new());
        if let Some(kind) = kind {
            head = format!("Content-Type: {kind}\r\n");
        }
        if method != "GET" {
            head += &format!(
                "Origin: http://{host}\r\nContent-Length: {}\r\n",
                body.len()
            );
        }
        if !self.cookies.is_empty() {
            head += &format!("Cookie: {}\r\n", self.cookies.join("; "));
        }
        let reply = self.raw(
            &format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{head}"),
            body,
        );
        for line in reply.head.lines() {
            let Some(cookie) = line.strip_prefix("set-cookie: ") else {
                continue;
            };
            assert!(
                cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
                "{cookie}"
            );
            let pair = cookie.split(';').next().unwrap();
            let name = pair.split('=').next().unwrap();
            self.cookies.retain(|known| !known.starts_with(name));
            self.cookies.push(pair.to_owned());
        }
        reply
    }

    /// A request as it stands, to which only the end of the head is added.
    pub fn raw(&self, head: &str, body: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(120)))
            .unwrap();
        stream
            .write_all(format!("{head}Connection: close\r\n\r\n").as_bytes())
            .unwrap();
        // Who is refused early may close before everything is sent.
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let end = answer
            .windows(4)
            .position(|part| part == b"\r\n\r\n")
            .unwrap_or(0);
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Reply {
            status: status.unwrap_or(0),
            head,
            body: answer.get(end + 4..).unwrap_or_default().to_vec(),
        }
    }

    pub fn cookie_line(&self) -> String {
        format!("Cookie: {}\r\n", self.cookies.join("; "))
    }
}
