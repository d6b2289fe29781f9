//! Bringing changes to webhooks and streams: each at least once, in order, signed; again and again where nobody takes them, for three days.
//!
//! One task for each subscription that has something to be brought. The message after one that was not taken waits: order is kept for the
//! whole subscription, and so for each subject. A receiver that is slow or dead keeps only its own messages waiting.

use core::future::Future;

use audit_log::{Actor, ActorKind, Entry, Outcome, Subject, Token, Word};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use crypto::{HashAlgorithm, SecretBytes, hmac_sha256};
use register::store::{
    Change, Cursor, EntityKind, JournalEntry, Query, Queue, Store, StoreError, Task, TaskChange,
    Topic,
};
use time::{Duration, OffsetDateTime};
use tracing::{Instrument as _, Span};
use uuid::Uuid;

use super::agreement;
use super::changes::CloudEvent;
use super::receiver::{Delivered, Receiver};
use super::subscription::{State, Subscription};
use super::{RelyingDesk, Result};
use crate::api::traces;

/// For how long a worker has a subscription: longer than [`AT_ONCE`] messages that all hang.
pub const LEASE: Duration = Duration::minutes(10);
/// Messages that are brought before others have their turn. Each takes ten seconds at most.
pub const AT_ONCE: usize = 32;
/// The first wait after a failure; doubled with each further one, less some jitter.
pub const FIRST_WAIT: Duration = Duration::seconds(5);
/// The longest wait.
pub const LONGEST_WAIT: Duration = Duration::hours(1);
/// After so long without success somebody has to look.
pub const GIVE_UP: Duration = Duration::days(3);
/// Subscriptions that are looked at together.
const LOOKED_AT: u32 = 500;
/// The media type of a message (CloudEvents 1.0, HTTP binding §3.2).
const MEDIA_TYPE: &str = "application/cloudevents+json";

/// Where messages are brought: a webhook, or something like it.
pub trait Carrier: Clone + Send + Sync + 'static {
    /// Brings one message.
    fn carry(&self, message: Message) -> impl Future<Output = Delivered> + Send;
}

/// A message that is ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The event: the same for every try.
    pub id: Uuid,
    /// What has happened, by a word.
    pub kind: String,
    /// Where.
    pub url: String,
    /// Fields of the head.
    pub fields: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Carrier for Receiver {
    async fn carry(&self, message: Message) -> Delivered {
        let receiver = self.clone();
        let posted = tokio::task::spawn_blocking(move || {
            receiver.post(&message.url, &message.fields, &message.body)
        });
        posted.await.unwrap_or(Delivered::Unreachable)
    }
}

/// What became of a look for something to be brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Nothing was to be done.
    Nothing,
    /// So many were brought.
    Brought(usize),
    /// The receiver did not take one: it is tried again.
    Later,
    /// Nobody tries any more.
    GivenUp,
}

/// Whoever brings messages.
#[derive(Clone)]
pub struct Courier<S, C> {
    desk: RelyingDesk<S>,
    carrier: C,
}

/// The headers of a signed message (Standard Webhooks 1.0).
#[must_use]
pub fn sign(
    secret: &SecretBytes,
    id: Uuid,
    at: OffsetDateTime,
    body: &[u8],
) -> Vec<(&'static str, String)> {
    let (id, timestamp) = (id.to_string(), at.unix_timestamp().to_string());
    let code = hmac_sha256(
        secret,
        &[id.as_bytes(), b".", timestamp.as_bytes(), b".", body],
    );
    vec![
        ("content-type", MEDIA_TYPE.to_owned()),
        ("webhook-id", id),
        ("webhook-timestamp", timestamp),
        ("webhook-signature", format!("v1,{}", BASE64.encode(code))),
    ]
}

/// How long to wait after the nth failure: doubled each time, less up to a half by which subscriptions spread.
#[must_use]
pub fn wait(subscription: Uuid, failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    let full = (FIRST_WAIT * 2_i32.pow(doublings)).min(LONGEST_WAIT);
    let hash = HashAlgorithm::Sha256
        .digest(&[subscription.as_bytes().as_slice(), &failures.to_be_bytes()].concat());
    let share = hash.first().copied().unwrap_or(0);
    full - full * f64::from(share) / 512.0
}

impl<S: Store, C: Carrier> Courier<S, C> {
    /// A courier.
    pub const fn new(desk: RelyingDesk<S>, carrier: C) -> Self {
        Self { desk, carrier }
    }

    /// Adds a task for each active subscription that has not seen everything. Says for how many.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn pump(&self, now: OffsetDateTime) -> Result<usize> {
        let store = &self.desk.store;
        let (size, _) = store.sequenced(Topic::Notice).await?;
        let state = Some(State::Active.word().to_owned());
        let mut query = Query {
            state,
            ..Query::of(EntityKind::Subscription, LOOKED_AT)
        };
        let mut added = 0;
        loop {
            let rows = store.list(&query).await?;
            let mut change = Change::new(now);
            for row in &rows {
                match Subscription::read(row) {
                    Ok(subscription) if subscription.kept.next >= size => {}
                    Ok(_) => change.tasks.push(TaskChange::Add(task(row.id, now))),
                    // Somebody has to look at it; those behind it are not kept waiting.
                    Err(error) => tracing::error!(
                        target: "webhook", subscription = %row.id, error = %error, "a subscription cannot be read: it is told nothing"
                    ),
                }
            }
            added += change.tasks.len();
            if !change.tasks.is_empty() {
                store.commit(&change).await?;
            }
            match rows.last() {
                Some(last) if rows.len() >= LOOKED_AT as usize => {
                    query.after = Some(Cursor {
                        order: last.order,
                        id: last.id,
                    });
                }
                _ => return Ok(added),
            }
        }
    }

    /// Brings what one subscription is to be brought.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn bring(&self, now: &(dyn Fn() -> OffsetDateTime + Send + Sync)) -> Result<Round> {
        let begin = now();
        let leased = self
            .desk
            .store
            .lease(Queue::Deliver, "", 1, begin, begin + LEASE)
            .await?;
        let Some(task) = leased.into_iter().next() else {
            return Ok(Round::Nothing);
        };
        let row = self
            .desk
            .store
            .entity(EntityKind::Subscription, task.subject)
            .await?;
        let subscription = row.as_ref().map(Subscription::read).transpose()?;
        let Some(subscription) =
            subscription.filter(|subscription| subscription.state == State::Active)
        else {
            self.finish(&task, None, now()).await?;
            return Ok(Round::Nothing);
        };
        match self.bring_all(&task, subscription, now).await {
            // Somebody has changed the subscription in the meantime: its new state counts, the next time.
            Err(super::Fault::Store(StoreError::EntityChanged { .. })) => {
                self.desk
                    .store
                    .postpone(task.id, task.attempts, now())
                    .await?;
                Ok(Round::Later)
            }
            round => round,
        }
    }

    async fn bring_all(
        &self,
        task: &Task,
        mut subscription: Subscription,
        now: &(dyn Fn() -> OffsetDateTime + Send + Sync),
    ) -> Result<Round> {
        let kept = agreement::of(&self.desk.store, subscription.party).await?;
        let agreed = kept.filter(|kept| kept.agreement.holds_on(now().date()));
        // What is not agreed on any more is not told any more.
        let agreed = agreed
            .map(|kept| kept.agreement.changes)
            .unwrap_or_default();
        let kinds: Vec<_> = subscription
            .kept
            .kinds
            .iter()
            .copied()
            .filter(|kind| agreed.contains(kind))
            .collect();
        let from = subscription.kept.next;
        let (events, next, is_end) = self
            .desk
            .some_changes(subscription.party, &kinds, from, AT_ONCE)
            .await?;
        let mut brought = 0;
        for (number, event) in events {
            let mut message = self.message(&subscription, &event, now())?;
            let span = traced(&subscription, &event, &mut message);
            match self.carrier.carry(message).instrument(span).await {
                Delivered::Taken => {
                    brought += 1;
                    let kept = &mut subscription.kept;
                    (kept.next, kept.failing_since, kept.failures) = (number + 1, None, 0);
                    kept.last_status = Some(200);
                    self.keep(&mut subscription, now()).await?;
                }
                refused => return self.not_taken(task, subscription, refused, now()).await,
            }
        }
        subscription.kept.next = next;
        if is_end {
            self.finish(task, Some(subscription), now()).await?;
        } else {
            self.keep(&mut subscription, now()).await?;
            self.desk
                .store
                .postpone(task.id, task.attempts, now())
                .await?;
        }
        Ok(Round::Brought(brought))
    }

    fn message(
        &self,
        subscription: &Subscription,
        event: &CloudEvent,
        now: OffsetDateTime,
    ) -> Result<Message> {
        let body = serde_json::to_vec(event).unwrap_or_default();
        let secret = subscription.secret(&self.desk.vault)?;
        Ok(Message {
            id: event.id,
            kind: event.word().to_owned(),
            url: subscription.kept.url.clone(),
            fields: sign(&secret, event.id, now, &body),
            body,
        })
    }

    async fn not_taken(
        &self,
        task: &Task,
        mut subscription: Subscription,
        answer: Delivered,
        now: OffsetDateTime,
    ) -> Result<Round> {
        let kept = &mut subscription.kept;
        let since = *kept.failing_since.get_or_insert(now.unix_timestamp());
        kept.failures = kept.failures.saturating_add(1);
        kept.last_status = Some(match answer {
            Delivered::Refused(status) => status,
            Delivered::Gone => 410,
            Delivered::Taken | Delivered::Unreachable => 0,
        });
        let failures = kept.failures;
        let is_over = now.unix_timestamp() - since >= GIVE_UP.whole_seconds();
        if answer == Delivered::Gone || is_over {
            subscription.state = State::Alarm;
            let mut change = Change::new(now);
            subscription.put(&mut change);
            alarm(&mut change, subscription.id)?;
            change.tasks.push(TaskChange::Finish(task.id));
            self.desk.store.commit(&change).await?;
            tracing::error!(target: "webhook", subscription = %subscription.id, "nobody takes changes: given up");
            return Ok(Round::GivenUp);
        }
        let again = now + wait(subscription.id, failures);
        self.keep(&mut subscription, now).await?;
        self.desk
            .store
            .postpone(task.id, task.attempts, again)
            .await?;
        Ok(Round::Later)
    }

    async fn keep(&self, subscription: &mut Subscription, now: OffsetDateTime) -> Result<()> {
        let mut change = Change::new(now);
        subscription.put(&mut change);
        self.desk.store.commit(&change).await?;
        subscription.version += 1;
        Ok(())
    }

    async fn finish(
        &self,
        task: &Task,
        subscription: Option<Subscription>,
        now: OffsetDateTime,
    ) -> Result<()> {
        let mut change = Change::new(now);
        if let Some(subscription) = subscription {
            subscription.put(&mut change);
        }
        change.tasks.push(TaskChange::Finish(task.id));
        Ok(self.desk.store.commit(&change).await?)
    }
}

/// The span of a message: a trace of its own with which the receiver may go on. That of what has happened would be the same for every
/// party, and two of them would know by it that they mean the same person; only here it is said that they belong together.
fn traced(subscription: &Subscription, event: &CloudEvent, message: &mut Message) -> Span {
    let span = tracing::info_span!(
        target: traces::TARGET,
        parent: None,
        "bring a change",
        otel.kind = "producer",
        subscription = %subscription.id,
        event = %event.id,
    );
    if let Some(trace) = &event.trace {
        traces::belongs_to(&span, trace);
    }
    if let Some(trace) = traces::traceparent(&span) {
        message.fields.push((traces::TRACEPARENT, trace));
    }
    span
}

/// The task of a subscription: there is one of them at most.
const fn task(subscription: Uuid, now: OffsetDateTime) -> Task {
    Task {
        id: subscription,
        queue: Queue::Deliver,
        lane: String::new(),
        subject: subscription,
        priority: 0,
        run_at: now,
        attempts: 0,
    }
}

fn alarm(change: &mut Change, subscription: Uuid) -> Result<()> {
    let id = Uuid::now_v7();
    let word = |text: &str| Word::new(text).map_err(audit_log::Error::from);
    let name = Token::new("courier").map_err(audit_log::Error::from)?;
    let actor = Actor {
        kind: ActorKind::System,
        id: name.clone(),
        name,
    };
    let subject = Subject {
        kind: word("subscription")?,
        id: subscription.into(),
    };
    let entry = Entry::new(
        id,
        change.at,
        actor,
        word("changes.give-up")?,
        subject,
        Outcome::Done,
    )?;
    let (at, body) = (change.at, entry.to_bytes());
    change.journal.push(JournalEntry {
        id,
        topic: Topic::Audit,
        at,
        body,
        number: None,
    });
    change.tally("relying/webhooks-given-up");
    Ok(())
}
