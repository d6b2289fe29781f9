//! Everything that has an end: sizes, times, numbers. What goes over is refused with the problem that says so.

use std::time::Duration;

/// Octets of the head of a request: request line and header fields.
pub const MAX_HEAD: usize = 32 * 1024;
/// Fields of the head of a request.
pub const MAX_FIELDS: usize = 64;
/// How long the head of a request may take, and how long a connection may wait for the next one.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a body may stand still.
pub const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a request may take altogether, its body included.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// The same for requests that carry much.
pub const LONG_REQUEST_TIMEOUT: Duration = Duration::from_secs(300);
/// Octets of the body of a request, where its route says nothing else.
pub const MAX_BODY: usize = 64 * 1024;
/// Octets of a refused body that are still read, so that who sends them hears the refusal.
pub const MAX_UNREAD: usize = 1024 * 1024;
/// Requests that are worked on at once; more are told to come again.
pub const MAX_REQUESTS: usize = 256;
/// Connections without TLS at once, on loopback.
pub const MAX_PLAIN_CONNECTIONS: usize = 256;
/// Passwords that are worked on at once: each takes 19 MiB and a core for some tens of milliseconds.
pub const PASSWORDS_AT_ONCE: usize = 2;
/// Packets that are open at once to be shown, with their pictures: each is in memory as a whole.
pub const PACKETS_OPEN_AT_ONCE: usize = 4;
/// How long the end of the service waits for requests that were begun.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);
/// When somebody who was told to come again should.
pub const COME_AGAIN: Duration = Duration::from_secs(2);
/// How long an answer to an idempotency key is kept.
pub const REPLY_KEPT: time::Duration = time::Duration::hours(24);
/// After so long a request with an idempotency key that never ended may be made again.
pub const REPLY_ABANDONED: time::Duration = time::Duration::minutes(6);
/// Octets of an answer that is kept for an idempotency key.
pub const MAX_REPLY: usize = 1024 * 1024;
/// Items of a list, where nobody says how many.
pub const PAGE: u32 = 50;
/// Items of a list at most.
pub const MAX_PAGE: u32 = 500;
