//! Attributes compared with the register: match, no match, not known. Never the data.
//!
//! # The form of an answer
//!
//! Every answer names every attribute that was asked, in their order, each with a result and a level that may be null. For somebody who
//! is not there, and for somebody of whom neither name nor date of birth was right, every result is `no-match`. Both take the same reads of
//! the store and the same work: see the test of the shape.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

use access::Permission;
use audit_log::Token;
use register::PersonRow;
use register::store::{Change, Store, StoreError, Tally};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::attribute::{Attribute, Level, Verdict, known};
use super::audit::Told;
use super::guessing::Tries;
use super::reference::{for_party, keyed};
use super::subject::Subject;
use super::{Fault, Party, RelyingDesk, Result, lines, records};

/// Most attributes of one request.
pub const MAX_ATTRIBUTES: usize = 16;
/// How often something is decided anew because somebody else was faster.
const MAX_ATTEMPTS: usize = 5;

/// What is asked.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VerificationRequest)]
pub struct Request {
    /// Of whom.
    pub subject: Subject,
    /// What the party holds to be so, by attribute. A full name or a date of birth is among them.
    #[schema(schema_with = crate::api::described::attribute_texts)]
    pub attributes: BTreeMap<Attribute, String>,
    /// The purpose: a word of the agreement.
    #[schema(max_length = 64, example = "open-account")]
    pub purpose: String,
    /// The reference of the holder's consent at the party.
    #[schema(max_length = 160, example = "consent-2026-000017")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<String>,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = VerificationAnswer)]
pub struct Answer {
    /// `match` if everything matches, `no-match` if anything does not, `not-known` otherwise.
    pub overall: Verdict,
    /// Each attribute.
    pub attributes: Vec<Compared>,
    /// By what changes of this person will be told to this party; only with an overall match, and where the agreement has changes.
    pub reference: Option<Uuid>,
}

/// What is answered of one attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ComparedAttribute)]
pub struct Compared {
    /// Which.
    #[schema(value_type = String)]
    pub attribute: Attribute,
    /// Whether it is so.
    pub result: Verdict,
    /// How well.
    pub level: Option<Level>,
}

impl Request {
    /// Checks it against the agreement. What comes back is the reference of the consent.
    fn check(&self, party: &Party) -> Result<Option<Token>> {
        let agreement = &party.agreement;
        self.subject.check()?;
        if !agreement.has_purpose(&self.purpose) {
            return Err(Fault::NotAgreed("purpose"));
        }
        if self
            .attributes
            .keys()
            .any(|attribute| !agreement.attributes.contains(attribute))
        {
            return Err(Fault::NotAgreed("attributes"));
        }
        let is_taken = |(attribute, text): (&Attribute, &String)| attribute.takes(text);
        if self.attributes.len() > MAX_ATTRIBUTES || !self.attributes.iter().all(is_taken) {
            return Err(Fault::Content("attributes"));
        }
        if !self
            .attributes
            .keys()
            .any(|attribute| attribute.is_anchor())
        {
            return Err(Fault::Content(
                "attributes: full_name or date_of_birth is needed",
            ));
        }
        let consent = self.consent.as_deref().map(Token::new).transpose();
        let consent = consent.map_err(|_| Fault::Content("consent"))?;
        if agreement.consent_needed && consent.is_none() {
            return Err(Fault::Content("consent"));
        }
        Ok(consent)
    }

    /// What makes two attempts the same one.
    fn attempt(&self) -> String {
        let mut text = String::from("attempt");
        for (attribute, value) in &self.attributes {
            text.push_str(&format!("/{attribute}={}:{value}", value.len()));
        }
        text
    }
}

impl<S: Store> RelyingDesk<S> {
    /// Answers one request.
    ///
    /// # Errors
    /// [`Fault::TooOften`], [`Fault::NotAgreed`], [`Fault::Content`]; they are audited.
    pub async fn verify(
        &self,
        party: &Party,
        request: &Request,
        now: OffsetDateTime,
    ) -> Result<Answer> {
        let paced = self.pace.admit(party.id, party.agreement.per_minute, now);
        let answered = match paced {
            Ok(()) => {
                self.verify_all(party, core::slice::from_ref(request), &[], now)
                    .await
            }
            Err(fault) => Err(fault),
        };
        match answered {
            Ok(mut answers) => answers.pop().ok_or(Fault::Changed)?,
            Err(fault) => {
                self.refuse(party, Permission::VerifyAttributes, &fault, now)
                    .await?;
                Err(fault)
            }
        }
    }

    /// Answers some requests, each by itself, in one transaction. `details` stand in the audit entry of each line of a batch.
    ///
    /// # Errors
    /// [`Fault::TooOften`] for too many misses; those of the store.
    pub(super) async fn verify_all(
        &self,
        party: &Party,
        requests: &[Request],
        details: &[Vec<(&'static str, Token)>],
        now: OffsetDateTime,
    ) -> Result<Vec<Result<Answer>>> {
        self.misses
            .admit(&self.store, party.id, party.agreement.misses_per_day, now)
            .await?;
        for _ in 0..MAX_ATTEMPTS {
            let mut change = Change::new(now);
            let mut tries = HashMap::new();
            let mut answers = Vec::with_capacity(requests.len());
            for (at, request) in requests.iter().enumerate() {
                let details = details.get(at).cloned().unwrap_or_default();
                let answer = self
                    .verify_one(&mut change, &mut tries, party, request, &details)
                    .await;
                if let Err(fault) = &answer {
                    let Some(reason) = fault.refusal() else {
                        return answer.map(|answer| vec![Ok(answer)]);
                    };
                    let told = Told::done(Permission::VerifyAttributes, ("request", party.request));
                    Told {
                        refused: Some(reason),
                        details,
                        ..told
                    }
                    .put(&mut change, party)?;
                }
                answers.push(answer);
            }
            let is_miss = |answer: &Result<Answer>| matches!(answer, Ok(answer) if answer.overall != Verdict::Match);
            let misses = answers.iter().filter(|answer| is_miss(answer)).count();
            tries
                .values()
                .for_each(|tries: &Tries| tries.put(&mut change));
            self.misses.count(&mut change, party.id, misses);
            if !details.is_empty() {
                let count = i64::try_from(requests.len()).unwrap_or(i64::MAX);
                change.tallies.push(Tally {
                    name: lines::tally_name(party.id),
                    day: now.date(),
                    count,
                });
            }
            match self.store.commit(&change).await {
                Ok(()) => return Ok(answers),
                Err(StoreError::EntityChanged { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Fault::Changed)
    }

    async fn verify_one(
        &self,
        change: &mut Change,
        tries: &mut HashMap<Uuid, Tries>,
        party: &Party,
        request: &Request,
        details: &[(&'static str, Token)],
    ) -> Result<Answer> {
        let consent = request.check(party)?;
        let id = Tries::id(&self.vault, party.id, &request.subject.text());
        let counted = match tries.entry(id) {
            Entry::Occupied(counted) => counted.into_mut(),
            Entry::Vacant(place) => place.insert(Tries::read(&self.store, id, change.at).await?),
        };
        let attempt = keyed(&self.vault, &request.attempt());
        counted.count(&attempt, party.agreement.tries_per_subject, change.at)?;
        let row = request.subject.find(&self.store).await?;
        let answer = self.compare(party, request, row.as_ref())?;
        let person = row.map_or(Uuid::nil(), |row| row.id);
        Told {
            purpose: Some(&request.purpose),
            consent: consent.as_ref(),
            details: details.to_vec(),
            ..Told::done(Permission::VerifyAttributes, ("person", person))
        }
        .put(change, party)?;
        change.tally("relying/verifications");
        Ok(answer)
    }

    fn compare(&self, party: &Party, request: &Request, row: Option<&PersonRow>) -> Result<Answer> {
        let record = match row.filter(|row| !row.sealed.is_empty()) {
            Some(row) => records::open(&self.vault, row.id, &row.sealed)?,
            None => self.nobody.open(&self.vault)?,
        };
        let compared = request.attributes.iter().map(|(attribute, asked)| {
            let known = match attribute {
                Attribute::Text(field) => known(&record, *field),
                Attribute::Life => row.map(|row| row.status.word().to_owned()),
            };
            let (result, level) = attribute.compare(asked, known.as_deref());
            Compared {
                attribute: *attribute,
                result,
                level,
            }
        });
        let mut attributes: Vec<Compared> = compared.collect();
        let is_known = attributes
            .iter()
            .any(|compared| compared.attribute.is_anchor() && compared.result == Verdict::Match);
        let person = row.filter(|row| is_known && !row.sealed.is_empty());
        if person.is_none() {
            for compared in &mut attributes {
                (compared.result, compared.level) = (Verdict::NoMatch, None);
            }
        }
        let overall = overall(&attributes);
        // Made in any case, and given only to whoever has shown that he knows the person.
        let reference = for_party(&self.vault, party.id, row.map_or(Uuid::nil(), |row| row.id));
        let is_told = overall == Verdict::Match && !party.agreement.changes.is_empty();
        Ok(Answer {
            overall,
            attributes,
            reference: is_told.then_some(reference),
        })
    }
}

fn overall(attributes: &[Compared]) -> Verdict {
    let any = |verdict| attributes.iter().any(|compared| compared.result == verdict);
    match (any(Verdict::NoMatch), any(Verdict::NotKnown)) {
        (true, _) => Verdict::NoMatch,
        (false, true) => Verdict::NotKnown,
        (false, false) => Verdict::Match,
    }
}
