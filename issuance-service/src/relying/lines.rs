//! Many verifications at once: a line of JSON in, a line of JSON out, in their order, as they come. No more than a few hundred lines are
//! held at any moment, however long the batch is.
//!
//! A batch that broke off is gone on with: the party counts the lines that were answered and sends the rest, with the same key and the
//! number of the first line. A line that is sent again is answered again and counts as no new attempt. The last line of a whole answer
//! says `end`.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use audit_log::Token;
use axum::body::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::Body;
use register::store::Store;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use tokio::sync::mpsc::Sender;
use utoipa::ToSchema;
use uuid::Uuid;

use super::attribute::Attribute;
use super::subject::Subject;
use super::verification::{Answer, Request};
use super::{Fault, Party, RelyingDesk, Result};

/// Most lines of one request.
pub const MAX_LINES: u64 = 100_000;
/// Octets of a line at most.
pub const MAX_LINE: usize = 8 * 1024;
/// Lines that are answered together, in one transaction.
pub const TOGETHER: usize = 250;
/// Characters of a party's own name of a line.
const MAX_ID: usize = 64;

/// A line that is asked.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BatchLine)]
pub struct Line {
    /// The party's own name of the line: comes back with the answer.
    #[schema(max_length = 64)]
    #[serde(default)]
    pub id: Option<String>,
    /// Of whom.
    pub subject: Subject,
    /// As in a single verification.
    #[schema(value_type = BTreeMap<String, String>)]
    pub attributes: BTreeMap<Attribute, String>,
    /// As in a single verification.
    #[schema(max_length = 160)]
    #[serde(default)]
    pub consent: Option<String>,
}

/// A line that is answered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchAnswer)]
pub struct Answered {
    /// The number of the line.
    pub line: u64,
    /// The party's own name of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The answer.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub answer: Option<Answer>,
    /// Why there is none, by a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<&'static str>,
}

/// The last line.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BatchEnd)]
pub struct End {
    /// Always true.
    pub end: bool,
    /// The number of the line that comes next, if anything does.
    pub next_line: u64,
    /// Why it ended before its end, by a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<&'static str>,
}

/// What is the same for all lines of a batch.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The name of the batch, from its key.
    pub id: Uuid,
    /// The purpose of all its lines.
    pub purpose: String,
    /// The number of its first line.
    pub first_line: u64,
}

/// Parties whose batches are worked on in this process: one of each at a time.
#[derive(Debug, Clone, Default)]
pub struct Running(Arc<Mutex<HashSet<Uuid>>>);

/// The place of one batch; free when it is dropped.
#[derive(Debug)]
pub struct Place(Running, Uuid);

impl Running {
    /// Takes a party's place.
    ///
    /// # Errors
    /// [`Fault::TooOften`].
    pub fn take(&self, party: Uuid) -> Result<Place> {
        let is_free = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(party);
        match is_free {
            true => Ok(Place(self.clone(), party)),
            false => Err(Fault::TooOften {
                what: "batches",
                wait: time::Duration::SECOND * 30,
            }),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Running(running) = &self.0;
        running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.1);
    }
}

pub(super) fn tally_name(party: Uuid) -> String {
    format!("relying/lines/{party}")
}

/// Splits octets into lines.
#[derive(Debug, Default)]
struct Splitter(Vec<u8>);

impl Splitter {
    /// Takes octets over and gives the lines that are complete now.
    fn feed(&mut self, octets: &[u8], mut line: impl FnMut(&[u8])) -> Result<()> {
        let mut parts = octets.split(|octet| *octet == b'\n').peekable();
        while let Some(part) = parts.next() {
            self.0.extend_from_slice(part);
            if self.0.len() > MAX_LINE {
                return Err(Fault::Content("line-too-long"));
            }
            if parts.peek().is_some() {
                line(&self.0);
                self.0.clear();
            }
        }
        Ok(())
    }
}

/// A line that was read, or why it could not be.
type Read = core::result::Result<Line, &'static str>;

fn read(line: &[u8]) -> Read {
    let line: Line = serde_json::from_slice(line).map_err(|_| "content")?;
    let is_id = |id: &String| id.len() <= MAX_ID && id.bytes().all(|c| c.is_ascii_graphic());
    if line.id.as_ref().is_some_and(|id| !is_id(id)) {
        return Err("content");
    }
    Ok(line)
}

/// One batch on its way.
struct Work<'a, S> {
    desk: &'a RelyingDesk<S>,
    party: &'a Party,
    batch: &'a Batch,
    answers: &'a Sender<Bytes>,
    now: &'a (dyn Fn() -> OffsetDateTime + Send + Sync),
    next_line: u64,
    left_today: u64,
}

impl<S: Store> RelyingDesk<S> {
    /// How many lines a party may still have answered today.
    ///
    /// # Errors
    /// [`Fault::NotAgreed`] where there are to be no batches; [`Fault::TooOften`] when none are left.
    pub async fn lines_left(&self, party: &Party, now: OffsetDateTime) -> Result<u64> {
        let limit = u64::from(party.agreement.lines_per_day);
        if limit == 0 {
            return Err(Fault::NotAgreed("batches"));
        }
        let day = now.date();
        let sums = self.store.tallies(&tally_name(party.id), day, day).await?;
        let asked: i64 = sums.iter().map(|tally| tally.count).sum();
        let left = limit.saturating_sub(u64::try_from(asked).unwrap_or(0));
        if left == 0 {
            let midnight = day.next_day().unwrap_or(day).midnight().assume_utc();
            return Err(Fault::TooOften {
                what: "lines-of-day",
                wait: midnight - now,
            });
        }
        Ok(left)
    }

    /// Answers the lines of a body until it ends, the party goes away, or nothing more is allowed. `left_today` is what
    /// [`Self::lines_left`] has said.
    pub async fn verify_lines(
        &self,
        party: &Party,
        batch: &Batch,
        mut body: impl Body<Data = Bytes> + Unpin,
        answers: &Sender<Bytes>,
        left_today: u64,
        now: &(dyn Fn() -> OffsetDateTime + Send + Sync),
    ) {
        let mut work = Work {
            desk: self,
            party,
            batch,
            answers,
            now,
            next_line: batch.first_line,
            left_today,
        };
        let ended = work.run(&mut body).await;
        let problem = ended
            .err()
            .map(|fault| fault.refusal().unwrap_or("unavailable"));
        let end = End {
            end: true,
            next_line: work.next_line,
            problem,
        };
        let _ = answers.send(line(&end)).await;
    }
}

impl<S: Store> Work<'_, S> {
    async fn run(&mut self, body: &mut (impl Body<Data = Bytes> + Unpin)) -> Result<()> {
        let mut splitter = Splitter::default();
        let mut waiting: Vec<Read> = Vec::with_capacity(TOGETHER);
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| Fault::Content("body-broken"))?;
            let Ok(octets) = frame.into_data() else {
                continue;
            };
            // A frame may hold many short lines: they are worked on before more is read.
            for part in octets.chunks(MAX_LINE) {
                splitter.feed(part, |line| waiting.push(read(line)))?;
                while waiting.len() >= TOGETHER {
                    let rest = waiting.split_off(TOGETHER);
                    self.answer(&waiting).await?;
                    waiting = rest;
                }
            }
        }
        if !splitter.0.iter().all(u8::is_ascii_whitespace) {
            waiting.push(read(&splitter.0));
        }
        for part in waiting.chunks(TOGETHER) {
            self.answer(part).await?;
        }
        Ok(())
    }

    async fn answer(&mut self, lines: &[Read]) -> Result<()> {
        let count = u64::try_from(lines.len()).unwrap_or(u64::MAX);
        let sent = self.next_line.saturating_sub(self.batch.first_line);
        if sent.saturating_add(count) > MAX_LINES {
            return Err(Fault::Content("too-many-lines"));
        }
        self.left_today = self.left_today.checked_sub(count).ok_or(Fault::TooOften {
            what: "lines-of-day",
            wait: time::Duration::DAY,
        })?;
        let (mut requests, mut details) = (Vec::new(), Vec::new());
        for (line, number) in lines.iter().zip(self.next_line..) {
            let Ok(line) = line else { continue };
            requests.push(Request {
                subject: line.subject.clone(),
                attributes: line.attributes.clone(),
                purpose: self.batch.purpose.clone(),
                consent: line.consent.clone(),
            });
            details.push(vec![
                ("batch", Token::from(self.batch.id)),
                ("line", Token::from(number)),
            ]);
        }
        let answers = self
            .desk
            .verify_all(self.party, &requests, &details, (self.now)())
            .await?;
        let mut answers = answers.into_iter();
        let mut octets = Vec::new();
        for (asked, number) in lines.iter().zip(self.next_line..) {
            octets.extend_from_slice(&line(&answered(asked, number, || answers.next())));
        }
        self.next_line += count;
        // Nobody listens any more: nothing more is asked of the register.
        self.answers
            .send(octets.into())
            .await
            .map_err(|_| Fault::Content("party-gone"))
    }
}

fn answered(asked: &Read, number: u64, next: impl FnOnce() -> Option<Result<Answer>>) -> Answered {
    let id = asked.as_ref().ok().and_then(|line| line.id.clone());
    let (answer, problem) = match asked {
        Err(problem) => (None, Some(*problem)),
        Ok(_) => match next() {
            Some(Ok(answer)) => (Some(answer), None),
            Some(Err(fault)) => (None, Some(fault.refusal().unwrap_or("unavailable"))),
            None => (None, Some("unavailable")),
        },
    };
    Answered {
        line: number,
        id,
        answer,
        problem,
    }
}

fn line(of: &impl Serialize) -> Bytes {
    let mut octets = serde_json::to_vec(of).unwrap_or_default();
    octets.push(b'\n');
    octets.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_split_wherever_they_are_cut() {
        let text = b"one\ntwo\n\nthree\nrest";
        for size in 1..text.len() {
            let (mut splitter, mut lines) = (Splitter::default(), Vec::new());
            for part in text.chunks(size) {
                splitter
                    .feed(part, |line| lines.push(line.to_vec()))
                    .unwrap();
            }
            assert_eq!(lines, [&b"one"[..], b"two", b"", b"three"], "{size}");
            assert_eq!(splitter.0, b"rest");
        }
        let mut splitter = Splitter::default();
        assert!(splitter.feed(&[b'x'; MAX_LINE + 1], |_| {}).is_err());
    }

    #[test]
    fn one_batch_of_a_party_at_a_time() {
        let running = Running::default();
        let place = running.take(Uuid::nil()).unwrap();
        assert!(running.take(Uuid::nil()).is_err());
        assert!(running.take(Uuid::max()).is_ok());
        drop(place);
        assert!(running.take(Uuid::nil()).is_ok());
    }
}
