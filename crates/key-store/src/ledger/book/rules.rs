//! Which line may stand where, what it means, and who gets one.

use pki::NotPermitted;

use super::super::line::Entry;
use super::{Book, LedgerState, Request};

impl Book {
    /// Whether we would have written this line here.
    pub(super) fn may_follow(&self, entry: &Entry) -> bool {
        match entry {
            Entry::Begin { .. } => self.lines == 0,
            _ if self.lines == 0 => false,
            Entry::Reserve(content) => {
                self.state == LedgerState::Open
                    && !self.uses.contains_key(content)
                    && self.has_room()
            }
            Entry::Again(content) | Entry::Release(content) => {
                self.state == LedgerState::Open && self.uses.get(content) == Some(&1)
            }
            Entry::Retire { .. } => self.state == LedgerState::Open,
            Entry::Delete { .. } => self.state == LedgerState::Retiring,
            Entry::Close { .. } => {
                matches!(self.state, LedgerState::Retiring | LedgerState::Deleting)
            }
        }
    }

    fn has_room(&self) -> bool {
        self.limit.is_none_or(|limit| self.used() < limit)
    }

    pub(super) fn apply(&mut self, entry: &Entry) {
        match entry {
            Entry::Begin { key, limit } => (self.key, self.limit) = (*key, *limit),
            Entry::Reserve(content) => {
                self.uses.insert(*content, 1);
            }
            Entry::Again(content) => {
                self.uses.insert(*content, 2);
            }
            Entry::Release(content) => {
                self.uses.remove(content);
            }
            Entry::Retire { .. } => self.state = LedgerState::Retiring,
            Entry::Delete { at, .. } => {
                (self.state, self.deletion_begun) = (LedgerState::Deleting, Some(*at));
            }
            Entry::Close { .. } => self.state = LedgerState::Closed,
        }
    }

    /// The line that a request needs, if it is granted and needs one.
    pub(super) fn decide(&self, request: &Request) -> pki::Result<Option<Entry>> {
        let entry = match request {
            // What is in the account of a key that goes stays as it is.
            Request::Reserve(_) | Request::Release(_) if self.state != LedgerState::Open => {
                return Err(pki::Error::NotPermitted(NotPermitted::KeyRetired));
            }
            Request::Reserve(content) => match self.uses.get(content) {
                None if !self.has_room() => {
                    return Err(pki::Error::NotPermitted(NotPermitted::UsageLimit));
                }
                None => Some(Entry::Reserve(*content)),
                Some(1) => Some(Entry::Again(*content)),
                Some(_) => None,
            },
            Request::Release(content) => {
                (self.uses.get(content) == Some(&1)).then_some(Entry::Release(*content))
            }
            // Who resumes after a crash finds the line there already.
            Request::Write(entry) => self.may_follow(entry).then(|| entry.clone()),
            Request::Read => None,
        };
        Ok(entry)
    }
}
