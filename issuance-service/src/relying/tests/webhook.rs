//! A real receiver on this machine that takes, fails, hangs and goes.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// What a receiver does with the next message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mood {
    Takes,
    /// Takes it, and loses the answer: the message comes again.
    TakesAndCuts,
    Fails,
    Redirects,
    Gone,
    Cuts,
    /// Reads the message, and says nothing for as long as the line lasts.
    Hangs,
}

pub struct Webhook {
    pub url: String,
    moods: Arc<Mutex<Vec<Mood>>>,
    taken: Arc<Mutex<Vec<(String, String)>>>,
}

impl Webhook {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/changes", listener.local_addr().unwrap());
        let (moods, taken) = (
            Arc::new(Mutex::new(Vec::new())),
            Arc::new(Mutex::new(Vec::new())),
        );
        let (of_thread, kept) = (Arc::clone(&moods), Arc::clone(&taken));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mood = {
                    let mut moods: std::sync::MutexGuard<'_, Vec<Mood>> = of_thread.lock().unwrap();
                    if moods.is_empty() {
                        Mood::Takes
                    } else {
                        moods.remove(0)
                    }
                };
                if mood == Mood::Hangs {
                    hang(stream);
                } else if let Some(message) = serve(stream, mood) {
                    kept.lock().unwrap().push(message);
                }
            }
        });
        Self { url, moods, taken }
    }

    pub fn is(&self, moods: &[Mood]) {
        *self.moods.lock().unwrap() = moods.to_vec();
    }

    pub fn taken(&self) -> Vec<(String, String)> {
        core::mem::take(&mut *self.taken.lock().unwrap())
    }
}

/// Holds a connection until the other end lets go of it.
fn hang(mut stream: TcpStream) {
    std::thread::spawn(move || {
        let mut part = [0; 4096];
        while stream.read(&mut part).is_ok_and(|count| count > 0) {}
    });
}

/// One request of one connection. Gives head and body of a message that was taken.
fn serve(mut stream: TcpStream, mood: Mood) -> Option<(String, String)> {
    stream
        .set_read_timeout(Some(std::time::Duration::from_secs(5)))
        .unwrap();
    let mut octets = Vec::new();
    let mut part = [0; 4096];
    let (head, body) = loop {
        let count = stream.read(&mut part).ok().filter(|count| *count > 0)?;
        octets.extend_from_slice(&part[..count]);
        let text = String::from_utf8(octets.clone()).ok()?;
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            if body.len() >= length {
                break (head, body.to_owned());
            }
        }
    };
    let status = match mood {
        Mood::Takes => "204 No Content",
        Mood::Fails => "500 Internal Server Error",
        Mood::Redirects => "302 Found\r\nlocation: http://169.254.169.254/",
        Mood::Gone => "410 Gone",
        Mood::Cuts | Mood::Hangs => return None,
        Mood::TakesAndCuts => return Some((head, body)),
    };
    stream
        .write_all(
            format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                .as_bytes(),
        )
        .ok()?;
    (mood == Mood::Takes).then_some((head, body))
}
