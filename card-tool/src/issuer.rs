//! The line to the issuer of documents: is this one still valid? The service is asked first; where it is silent, the lists that were
//! fetched before, if the place of the document in them is known.
//!
//! ```text
//! report in order ─▶ service ─▶ answer, place ─▶ places
//!                      └ silent ─▶ places ─▶ signed list ─▶ answer, as old as the list
//! ```

mod lists;
mod places;
mod service;

use std::cell::RefCell;
use std::time::{Duration, Instant};

use anyhow::Result;
use crypto::HashAlgorithm;
use inspection::document_status::{Answer, Said};
use inspection::{DOCUMENT_STATUS, Event, Report};
use time::OffsetDateTime;

use self::lists::Lists;
use self::places::{Place, Places};
use self::service::Service;
use crate::args::IssuerArgs;

/// A service that was silent so often in a row is left in peace for a while: a counter cannot wait at every card.
const MAX_SILENCES: u32 = 3;
/// For so long.
const PEACE: Duration = Duration::from_secs(60);

/// What is said without a service, a list or a place in it.
const NO_PLACE: &str = "the place of this document in the status lists is not known here";
/// What is said while the service is left in peace.
const IN_PEACE: &str = "the service was silent for the documents before";

/// Whom to ask; perhaps nobody.
pub struct Issuer {
    service: Option<Service>,
    lists: Option<Lists>,
    places: Option<RefCell<Places>>,
    silence: RefCell<Silence>,
}

#[derive(Default)]
struct Silence {
    in_a_row: u32,
    last: Option<Instant>,
}

impl Silence {
    fn is_left_in_peace(&self) -> bool {
        self.in_a_row >= MAX_SILENCES && self.last.is_some_and(|last| last.elapsed() < PEACE)
    }
}

impl Issuer {
    /// Reads what the arguments name. Nobody is asked yet.
    ///
    /// # Errors
    /// Files that are not what they should be, a list that nobody of the keys has signed, an address that is none.
    pub fn open(args: &IssuerArgs) -> Result<Self> {
        let service = match (&args.service, &args.device, &args.purpose) {
            (Some(address), Some(device), Some(purpose)) => {
                Some(Service::new(address, device, purpose)?)
            }
            _ => None,
        };
        let lists = args.status_keys.as_ref();
        let lists = lists.map(|keys| Lists::read(&args.status_list, keys));
        let places = args.places.as_deref().map(Places::read);
        Ok(Self {
            service,
            lists: lists.transpose()?,
            places: places.transpose()?.map(RefCell::new),
            silence: RefCell::default(),
        })
    }

    /// Asks, and puts the answer into the report as its last check. It takes no longer than the service is waited for.
    pub fn ask(
        &self,
        report: &mut Report,
        now: OffsetDateTime,
        observe: &mut dyn FnMut(Event<'_>),
    ) {
        observe(Event::Started(&DOCUMENT_STATUS));
        let begun = Instant::now();
        let answer = self.answer(report, now);
        report.take_status(answer, begun.elapsed());
        if let Some(check) = report.check(DOCUMENT_STATUS.id) {
            observe(Event::Finished(check));
        }
    }

    fn answer(&self, report: &Report, now: OffsetDateTime) -> Answer {
        if self.service.is_none() && self.lists.is_none() {
            return Answer::Offline;
        }
        let Some(object) = report.asks_for() else {
            return Answer::Needless;
        };
        let digest = hex::encode(HashAlgorithm::Sha256.digest(object));
        let silence = match self.of_service(&digest, report.chip_is_genuine()) {
            Some(Ok(said)) => return Answer::Service { said, at: now },
            Some(Err(why)) => Some(why),
            None => None,
        };
        match (self.of_lists(&digest, now), silence) {
            (Ok((said, made)), _) => Answer::List { said, made },
            // What was asked first is what people know of.
            (Err(_), Some(why)) | (Err(why), None) => Answer::Silence { at: now, why },
        }
    }

    /// What the service says; `None` where there is none, and why it is silent.
    fn of_service(
        &self,
        digest: &str,
        chip_is_genuine: Option<bool>,
    ) -> Option<Result<Said, String>> {
        let service = self.service.as_ref()?;
        let mut silence = self.silence.borrow_mut();
        if silence.is_left_in_peace() {
            return Some(Err(IN_PEACE.to_owned()));
        }
        Some(match service.ask(digest, chip_is_genuine) {
            Ok(told) => {
                *silence = Silence::default();
                self.note(digest, told.place);
                Ok(told.said)
            }
            Err(why) => {
                silence.in_a_row = silence.in_a_row.saturating_add(1);
                silence.last = Some(Instant::now());
                Err(why)
            }
        })
    }

    /// A place that cannot be noted is asked for again.
    fn note(&self, digest: &str, place: Option<Place>) {
        if let (Some(places), Some(place)) = (&self.places, place)
            && let Err(error) = places.borrow_mut().add(digest, place)
        {
            crate::commands::note(&format!("places: {error:#}"));
        }
    }

    fn of_lists(
        &self,
        digest: &str,
        now: OffsetDateTime,
    ) -> Result<(Said, OffsetDateTime), String> {
        let places = self.places.as_ref().map(RefCell::borrow);
        let place = places.as_ref().and_then(|places| places.of(digest));
        match (&self.lists, place) {
            (Some(lists), Some(place)) => lists.status(place, now),
            _ => Err(NO_PLACE.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests;
