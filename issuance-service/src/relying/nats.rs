//! The line to NATS JetStream: changes into a stream that other registers read at their own pace.
//!
//! A message is taken when the stream has acknowledged it, and not before: what was sent to a server that is gone is sent again, under the
//! same `Nats-Msg-Id`, which is the event's, so that the stream drops what it has already. Messages are CloudEvents in structured mode
//! (NATS protocol binding 1.0.2 §3.2), with the fields of the webhook, its signature among them, as headers.
//!
//! The subject is `<prefix>.<party>.<kind>`: who may read which is said by the accounts and permissions of the NATS server.

use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use std::path::PathBuf;
use std::sync::Arc;

use async_nats::jetstream::context::{GetStreamErrorKind, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::stream::Config as StreamConfig;
use async_nats::jetstream::{Context, ErrorCode, context::ContextBuilder};
use async_nats::{ConnectOptions, Event, HeaderMap, ServerAddr};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::courier::Message;
use super::receiver::Delivered;

/// What the address of a subscription begins with that is brought to the stream.
pub const SCHEME: &str = "nats:";
/// How long anything may take: to connect, to be acknowledged.
const PATIENCE: Duration = Duration::from_secs(5);
/// For how long a stream of ours knows what it has: longer than the longest wait between two tries.
const DUPLICATES: Duration = Duration::from_secs(2 * 60 * 60);
/// For how long a stream of ours keeps what it has.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Where the stream is, and how it is entered.
#[derive(Debug, Clone)]
pub struct Place {
    /// `tls://host:4222`, or `nats://` on loopback. One that is dead is passed over for the next.
    pub servers: Vec<ServerAddr>,
    /// The name of the stream.
    pub stream: String,
    /// What all subjects begin with.
    pub prefix: String,
    /// A file of `nsc`: the user's token and key.
    pub credentials: Option<PathBuf>,
    /// The authorities (PEM) that vouch for the server.
    pub authorities: Option<PathBuf>,
    /// The certificate and the key that are shown to the server.
    pub identity: Option<(PathBuf, PathBuf)>,
}

/// Why the stream cannot be used now.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NatsError {
    /// The file with the credentials.
    #[error("the credentials for NATS cannot be read")]
    Credentials(#[source] std::io::Error),
    /// Nobody answers, or we are not let in.
    #[error("NATS cannot be reached: is the server up, and do address and credentials fit?")]
    Connect(#[from] async_nats::ConnectError),
    /// Somebody else has tried it at the same time, and has the reason.
    #[error("NATS could not be used a moment ago")]
    Together,
    /// The stream is not there and cannot be made.
    #[error("the stream {stream} is not there and cannot be made: make it, or let this user do so")]
    Stream {
        /// Its name.
        stream: String,
        /// What the server said.
        #[source]
        source: Box<dyn core::error::Error + Send + Sync>,
    },
    /// The stream takes other subjects.
    #[error("the stream {stream} does not take the subject {subject}")]
    Subject {
        /// Its name.
        stream: String,
        /// What it has to take.
        subject: String,
    },
}

/// A line to the stream. It is connected when the first message is brought, and connects again by itself.
#[derive(Clone)]
pub struct Nats {
    place: Arc<Place>,
    context: Arc<Mutex<Option<Context>>>,
    /// How often nothing could be connected.
    failures: Arc<AtomicU32>,
}

/// What was found at the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Messages in the stream.
    pub messages: u64,
    /// For how long it knows what it has.
    pub duplicates: Duration,
}

impl Nats {
    /// A line to a stream; nothing is connected yet.
    #[must_use]
    pub fn new(place: Place) -> Self {
        Self {
            place: Arc::new(place),
            context: Arc::default(),
            failures: Arc::default(),
        }
    }

    /// The address of what a party is brought; a point and the word of the kind follow.
    #[must_use]
    pub fn address(&self, party: Uuid) -> String {
        format!("{SCHEME}{}.{party}", self.place.prefix)
    }

    /// Whether the stream can be used now. Where it is missing it is made.
    ///
    /// # Errors
    /// [`NatsError`].
    pub async fn check(&self) -> Result<Found, NatsError> {
        let context = self.context().await?;
        let stream = context
            .get_stream(&self.place.stream)
            .await
            .map_err(|source| self.no_stream(source))?;
        let info = stream.cached_info();
        Ok(Found {
            messages: info.state.messages,
            duplicates: info.config.duplicate_window,
        })
    }

    /// Brings one message into the stream.
    pub(super) async fn publish(&self, message: Message) -> Delivered {
        let Ok(context) = self.context().await.inspect_err(|error| {
            tracing::warn!(target: "nats", error = %error, "changes wait");
        }) else {
            return Delivered::Unreachable;
        };
        let mut headers = HeaderMap::new();
        for (name, value) in &message.fields {
            headers.insert(*name, value.as_str());
        }
        let subject = message.url.strip_prefix(SCHEME).unwrap_or_default();
        let subject = format!("{subject}.{}", message.kind);
        let publish = PublishMessage::build()
            .headers(headers)
            .payload(message.body.into())
            .message_id(message.id.to_string())
            .expected_stream(&self.place.stream);
        let acknowledged = async { context.send_publish(subject, publish).await?.await };
        match acknowledged.await {
            Ok(_) => Delivered::Taken,
            Err(error) => {
                tracing::warn!(target: "nats", error = %error, "a change was not taken");
                if error.kind() == PublishErrorKind::StreamNotFound {
                    // Somebody has removed the stream: the next try looks at it again.
                    *self.context.lock().await = None;
                }
                Delivered::Unreachable
            }
        }
    }

    async fn context(&self) -> Result<Context, NatsError> {
        let failures = self.failures.load(Ordering::Acquire);
        let mut kept = self.context.lock().await;
        if let Some(context) = &*kept {
            return Ok(context.clone());
        }
        // Who has waited for another's try has its end, and does not make the next one while still others wait.
        if self.failures.load(Ordering::Acquire) != failures {
            return Err(NatsError::Together);
        }
        let connected = self.connected().await.inspect_err(|_| {
            self.failures.fetch_add(1, Ordering::Release);
        })?;
        *kept = Some(connected.clone());
        Ok(connected)
    }

    async fn connected(&self) -> Result<Context, NatsError> {
        let client = self
            .options()
            .await?
            .connect(&self.place.servers[..])
            .await?;
        let context = ContextBuilder::new()
            .timeout(PATIENCE)
            .ack_timeout(PATIENCE)
            .build(client);
        self.stream(&context).await?;
        Ok(context)
    }

    async fn options(&self) -> Result<ConnectOptions, NatsError> {
        let place = &self.place;
        let mut options = ConnectOptions::new()
            .name("issuance-service")
            // Only where the configuration says: a server on loopback may name others, and they would be met without TLS.
            .ignore_discovered_servers()
            .connection_timeout(PATIENCE)
            .request_timeout(Some(PATIENCE))
            .event_callback(|event| async move {
                match event {
                    Event::Connected => tracing::info!(target: "nats", "connected"),
                    Event::Disconnected => tracing::warn!(target: "nats", "disconnected"),
                    _ => {}
                }
            });
        if let Some(path) = &place.credentials {
            let read = options.credentials_file(path).await;
            options = read.map_err(NatsError::Credentials)?;
        }
        if let Some(path) = &place.authorities {
            options = options
                .add_root_certificates(path.clone())
                .require_tls(true);
        }
        if let Some((certificate, key)) = &place.identity {
            options = options.add_client_certificate(certificate.clone(), key.clone());
        }
        Ok(options)
    }

    /// The stream is there and takes our subjects; where there is none it is made.
    async fn stream(&self, context: &Context) -> Result<(), NatsError> {
        let subject = format!("{}.>", self.place.prefix);
        let stream = match context.get_stream(&self.place.stream).await {
            Ok(stream) => stream,
            Err(error) if is_missing(&error.kind()) => {
                let config = StreamConfig {
                    name: self.place.stream.clone(),
                    subjects: vec![subject],
                    duplicate_window: DUPLICATES,
                    max_age: KEPT,
                    ..StreamConfig::default()
                };
                let made = context.create_stream(config).await;
                return made.map(drop).map_err(|source| self.no_stream(source));
            }
            Err(source) => return Err(self.no_stream(source)),
        };
        let subjects = &stream.cached_info().config.subjects;
        match subjects.iter().any(|taken| covers(taken, &subject)) {
            true => Ok(()),
            false => Err(NatsError::Subject {
                stream: self.place.stream.clone(),
                subject,
            }),
        }
    }

    fn no_stream(&self, source: impl core::error::Error + Send + Sync + 'static) -> NatsError {
        NatsError::Stream {
            stream: self.place.stream.clone(),
            source: Box::new(source),
        }
    }
}

fn is_missing(error: &GetStreamErrorKind) -> bool {
    matches!(error, GetStreamErrorKind::JetStream(error) if error.error_code() == ErrorCode::STREAM_NOT_FOUND)
}

/// Whether all subjects of a pattern that ends with `>` are among those of another pattern.
fn covers(taken: &str, ours: &str) -> bool {
    let (mut taken, mut ours) = (taken.split('.'), ours.split('.'));
    loop {
        match (taken.next(), ours.next()) {
            (Some(">"), Some(_)) => return true,
            (Some("*"), Some(word)) if word != ">" => {}
            (Some(one), Some(other)) if one == other => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_takes_our_subjects_or_not() {
        let check = |taken: &str, holds: bool| {
            assert_eq!(covers(taken, "register.changes.>"), holds, "{taken}");
        };
        for taken in [
            ">",
            "register.>",
            "register.changes.>",
            "*.changes.>",
            "register.*.>",
        ] {
            check(taken, true);
        }
        for taken in [
            "",
            "register",
            "register.changes",
            "register.changes.*",
            "*.*.*",
            "other.>",
            "register.changes.one.>",
        ] {
            check(taken, false);
        }
    }

    fn line(url: &str) -> Nats {
        let config: crate::NatsConfig = toml::from_str(&format!("url = \"{url}\"")).unwrap();
        config.line().unwrap()
    }

    #[test]
    fn several_addresses_are_several_servers() {
        let nats = line("nats://127.0.0.1:4222, nats://[::1]:5222");
        let servers = nats.place.servers.iter();
        let servers: Vec<_> = servers
            .map(|server| (server.host().to_owned(), server.port()))
            .collect();
        let expected = [("127.0.0.1", 4222), ("::1", 5222)];
        assert_eq!(
            servers,
            expected.map(|(host, port)| (host.to_owned(), port))
        );
    }

    /// Who waits while another finds nobody has his answer, too: one try for all who ask at once.
    #[tokio::test]
    async fn a_failure_is_shared() {
        let (listener, url) = listener();
        let tries = std::thread::spawn(move || {
            let mut tries = 0;
            listener.set_nonblocking(true).unwrap();
            let begun = std::time::Instant::now();
            while begun.elapsed() < Duration::from_secs(3) {
                if let Ok((stream, _)) = listener.accept() {
                    tries += 1;
                    std::thread::sleep(Duration::from_millis(500));
                    drop(stream);
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            tries
        });
        let nats = line(&url);
        let (one, two, three) = tokio::join!(nats.check(), nats.check(), nats.check());
        for failed in [one, two, three] {
            assert!(failed.is_err());
        }
        assert!(nats.check().await.is_err());
        assert_eq!(tries.join().unwrap(), 2, "one for three, and the next");
    }

    /// A server that names others is not believed.
    #[tokio::test]
    async fn servers_that_a_server_names_are_not_met() {
        let ((listener, url), (other, named)) = (self::listener(), self::listener());
        let named = named.strip_prefix("nats://").unwrap().to_owned();
        let served = std::thread::spawn(move || {
            for _ in 0..4 {
                let (stream, _) = listener.accept().unwrap();
                answer(stream, &named);
            }
        });
        let nats = line(&url);
        let options = nats.options().await.unwrap();
        let client = options.connect(&nats.place.servers[..]).await.unwrap();
        tokio::task::spawn_blocking(move || served.join().unwrap())
            .await
            .unwrap();
        other.set_nonblocking(true).unwrap();
        let met = other.accept();
        assert!(met.is_err(), "{met:?}");
        drop(client);
    }

    fn listener() -> (std::net::TcpListener, String) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("nats://{}", listener.local_addr().unwrap());
        (listener, url)
    }

    /// What a server says first, until the client is connected; then it is gone.
    fn answer(mut stream: std::net::TcpStream, named: &str) {
        use std::io::{BufRead as _, Write as _};
        let info = format!(
            "INFO {{\"server_id\":\"TEST\",\"server_name\":\"TEST\",\"host\":\"127.0.0.1\",\"port\":4222,\"version\":\"2.10.0\",\"go\":\"\",\"auth_required\":false,\"tls_required\":false,\"max_payload\":1048576,\"proto\":1,\"client_id\":1,\"nonce\":\"\",\"headers\":true,\"client_ip\":\"\",\"connect_urls\":[\"{named}\"]}}\r\n"
        );
        stream.write_all(info.as_bytes()).unwrap();
        let lines = std::io::BufReader::new(stream.try_clone().unwrap()).lines();
        for line in lines.map_while(Result::ok) {
            if line.starts_with("PING") {
                let _ = stream.write_all(b"PONG\r\n");
                return;
            }
        }
    }
}
