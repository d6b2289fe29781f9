//! A number that says something wrong is cancelled: one person proposes, another one confirms. What was wrong may be set right in the same
//! step; then the person has a new number at once.

use access::Permission;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use enrolment::personal_number::{NumberScheme, RegisteredBirth};
use mrz::Sex;
use register::person::{CancelReason, Command, process};
use register::store::{
    AnyStore, Change, ClaimKind, Entity, EntityChange, EntityKind, Expected, Store as _, StoreError,
};
use register::{Approval, Officer, PersonHistory};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{MAX_ATTEMPTS, sex};
use crate::office::{NoticeKind, Office};
use crate::relying::audit::Told;
use crate::relying::changes::tell;
use crate::relying::reference::keyed;
use crate::relying::{Fault, Party, RelyingDesk, Result};

/// The state of a proposal that waits.
const PROPOSED: &str = "cancellation-proposed";
/// The state of one that was carried out.
const DONE: &str = "cancellation-done";
/// The state of the row that says which proposal for a number stands.
const STANDING: &str = "cancellation-standing";
/// The purpose under which proposals are sealed: they hold a number.
const PURPOSE: &str = "cancellation";

/// What is to be cancelled.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NumberCancellation)]
pub struct Wish {
    /// The number: whoever cancels must know which.
    #[schema(pattern = "^[0-9A-Z]{1,22}$")]
    pub personal_number: String,
    /// `sex-changed`, `birth-year-wrong`, `place-wrong` or `second-number`.
    #[schema(
        example = "birth-year-wrong",
        pattern = "^(sex-changed|birth-year-wrong|place-wrong|second-number)$"
    )]
    pub reason: String,
    /// What is right: the person gets a new number of it. Without it the person has none afterwards.
    #[serde(default)]
    pub right: Option<Facts>,
}

/// What a number is made of.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NumberFacts)]
pub struct Facts {
    /// The code of the place of registration.
    #[schema(min_length = 1, max_length = 8, example = "001")]
    pub place: String,
    /// `male` or `female`.
    #[schema(pattern = "^(male|female)$")]
    pub sex: String,
    /// The year of birth.
    #[schema(minimum = 1900, maximum = 2399)]
    pub year: i32,
}

/// A proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proposal {
    /// Its name.
    pub id: Uuid,
    /// Whether it was carried out.
    pub is_done: bool,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    person: Uuid,
    name: String,
    account: Option<Uuid>,
    wish: Wish,
}

impl Facts {
    fn series(&self, now: OffsetDateTime) -> Result<RegisteredBirth<'_>> {
        let sex: Sex = sex(&self.sex).ok_or(Fault::Content("right: sex"))?;
        Ok(RegisteredBirth {
            place: &self.place,
            sex,
            year: self.year,
            registered: now.date(),
        })
    }
}

impl RelyingDesk<AnyStore> {
    /// Proposes to cancel a number.
    ///
    /// # Errors
    /// [`Fault::Unknown`] for a number that nobody has; [`Fault::Content`].
    pub async fn propose_cancellation(
        &self,
        scheme: &'static dyn NumberScheme,
        party: &Party,
        officer: &Officer,
        wish: &Wish,
        now: OffsetDateTime,
    ) -> Result<Proposal> {
        CancelReason::from_word(&wish.reason).ok_or(Fault::Content("reason"))?;
        if let Some(right) = &wish.right {
            scheme
                .series_of(&right.series(now)?)
                .map_err(|_| Fault::Content("right"))?;
        }
        let people = register::People::new(self.store.clone());
        let person = people
            .of_number(&wish.personal_number)
            .await?
            .ok_or(Fault::Unknown)?;
        let row = people.row(person).await?.ok_or(Fault::Unknown)?;
        if row.number.as_ref() != Some(&wish.personal_number) {
            return Err(Fault::State("this number was cancelled before"));
        }
        let stored = Stored {
            person,
            name: officer.name().to_owned(),
            account: officer.account(),
            wish: wish.clone(),
        };
        let id = self.name_of(&stored)?;
        let before = self.store.entity(EntityKind::Setting, id).await?;
        let version = before.map_or(0, |before| before.version);
        let mut change = Change::new(now);
        self.put_proposal(&mut change, id, &stored, PROPOSED, version)?;
        // A later proposal takes the place of one that nobody has confirmed.
        let (_, version) = self.standing(&stored).await?;
        self.put_standing(&mut change, &stored, id, version);
        let reason = audit_log::Token::new(wish.reason.as_str()).map_err(audit_log::Error::from)?;
        let told = Told::done(Permission::NumberCancel, ("person", person));
        Told {
            details: vec![("propose-cancel", reason)],
            ..told
        }
        .put(&mut change, party)?;
        self.store.commit(&change).await?;
        Ok(Proposal { id, is_done: false })
    }

    /// Confirms a proposal of somebody else's, and carries it out. The new number, if there is to be one, comes back.
    ///
    /// # Errors
    /// [`Fault::FourEyes`], [`Fault::Unknown`], [`Fault::State`].
    pub async fn confirm_cancellation(
        &self,
        office: &Office,
        scheme: &'static dyn NumberScheme,
        party: &Party,
        officer: &Officer,
        id: Uuid,
        now: OffsetDateTime,
    ) -> Result<Option<String>> {
        for _ in 0..MAX_ATTEMPTS {
            let row = self
                .store
                .entity(EntityKind::Setting, id)
                .await?
                .ok_or(Fault::Unknown)?;
            if row.state != PROPOSED {
                return Err(if row.state == DONE {
                    Fault::State("it was carried out")
                } else {
                    Fault::Unknown
                });
            }
            let stored = self.open_proposal(id, &row.body)?;
            let (standing, standing_version) = self.standing(&stored).await?;
            if standing != Some(id) {
                return Err(Fault::State("a later proposal has taken its place"));
            }
            let proposer = match stored.account {
                Some(account) => Officer::with_account(&stored.name, account)?,
                None => Officer::new(&stored.name)?,
            };
            let approval = Approval::new(proposer, officer.clone())?;
            let history = office.people().history(stored.person).await?;
            let mut change = Change::new(now);
            let number = match &stored.wish.right {
                Some(right) => Some(office.free_number(scheme, &right.series(now)?, now).await?),
                None => None,
            };
            self.cancel(
                &mut change,
                history,
                &stored.wish,
                approval,
                number.as_deref(),
            )?;
            self.put_proposal(&mut change, id, &stored, DONE, row.version)?;
            // Nothing is carried out whose place is taken in this moment.
            self.put_standing(&mut change, &stored, id, standing_version);
            Told::done(Permission::NumberCancel, ("person", stored.person))
                .put(&mut change, party)?;
            match self.store.commit(&change).await {
                Ok(()) => return Ok(number),
                Err(StoreError::Claimed { claim, .. })
                    if claim.kind == ClaimKind::PersonalNumber => {}
                Err(StoreError::Conflict(_) | StoreError::EntityChanged { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Fault::Changed)
    }

    fn cancel(
        &self,
        change: &mut Change,
        mut history: PersonHistory,
        wish: &Wish,
        approval: Approval,
        number: Option<&str>,
    ) -> Result<()> {
        let person = history.id;
        let reason = CancelReason::from_word(&wish.reason).ok_or(Fault::Content("reason"))?;
        let cancel = Command::CancelNumber {
            number: wish.personal_number.clone(),
            reason,
            approval,
        };
        let assign = number.map(|number| Command::AssignNumber(number.to_owned()));
        for command in core::iter::once(cancel).chain(assign) {
            let event = process(history.person().as_ref(), &command);
            let event = event.map_err(|refusal| Fault::from(crate::Error::from(refusal)))?;
            if let Some(event) = event {
                history.append(change, event, None)?;
            }
        }
        tell(
            change,
            NoticeKind::NumberCancelled,
            person,
            Some(person),
            Some(reason.word()),
        );
        if number.is_some() {
            tell(
                change,
                NoticeKind::NumberAssigned,
                person,
                Some(person),
                Some(reason.word()),
            );
        }
        Ok(())
    }

    /// The name of a proposal says what is in it and whose it is: what was shown to the second person under a name is what is confirmed
    /// under it, and the same proposal again is the same.
    fn name_of(&self, stored: &Stored) -> Result<Uuid> {
        let content = zeroize::Zeroizing::new(
            serde_json::to_string(stored).map_err(|_| Fault::Content("proposal"))?,
        );
        let named = zeroize::Zeroizing::new(format!("cancellation-of/{}", *content));
        Ok(keyed(&self.vault, &named))
    }

    fn standing_row(&self, stored: &Stored) -> Uuid {
        let number = &stored.wish.personal_number;
        keyed(
            &self.vault,
            &format!("cancellation/{}/{number}", stored.person),
        )
    }

    /// Which proposal for a number stands, and the version of the row that says so. A row of releases before held the proposal itself,
    /// whose content could change: none of those stands.
    async fn standing(&self, stored: &Stored) -> Result<(Option<Uuid>, u32)> {
        let id = self.standing_row(stored);
        let Some(row) = self.store.entity(EntityKind::Setting, id).await? else {
            return Ok((None, 0));
        };
        let stands = (row.state == STANDING).then(|| serde_json::from_str(&row.body));
        let corrupt = |_| StoreError::Corrupt {
            id,
            what: "standing proposal",
        };
        Ok((stands.transpose().map_err(corrupt)?, row.version))
    }

    fn put_standing(&self, change: &mut Change, stored: &Stored, proposal: Uuid, version: u32) {
        let body = format!("\"{proposal}\"");
        let put = put(change, self.standing_row(stored), STANDING, body, version);
        change.entities.push(put);
    }

    fn put_proposal(
        &self,
        change: &mut Change,
        id: Uuid,
        stored: &Stored,
        state: &str,
        version: u32,
    ) -> Result<()> {
        let plain = zeroize::Zeroizing::new(
            serde_json::to_vec(stored).map_err(|_| Fault::Content("proposal"))?,
        );
        let sealed = BASE64.encode(self.vault.seal(PURPOSE, id, &plain)?);
        let body = serde_json::to_string(&sealed).map_err(|_| Fault::Content("proposal"))?;
        let put = put(change, id, state, body, version);
        change.entities.push(put);
        Ok(())
    }

    fn open_proposal(&self, id: Uuid, body: &str) -> Result<Stored> {
        let corrupt = || StoreError::Corrupt {
            id,
            what: "proposal",
        };
        let sealed: String = serde_json::from_str(body).map_err(|_| corrupt())?;
        let sealed = BASE64.decode(sealed).map_err(|_| corrupt())?;
        let plain = self.vault.open(PURPOSE, id, &sealed)?;
        Ok(serde_json::from_slice(plain.expose()).map_err(|_| corrupt())?)
    }
}

/// Writes a row, as it was read: version 0 is one that was not there.
fn put(change: &Change, id: Uuid, state: &str, body: String, version: u32) -> EntityChange {
    EntityChange::Put {
        entity: Entity {
            kind: EntityKind::Setting,
            id,
            state: state.to_owned(),
            place: String::new(),
            order: crate::relying::subscription::milliseconds(change.at),
            version: 0,
            body,
        },
        expected: match version {
            0 => Expected::New,
            version => Expected::Version(version),
        },
        keys: None,
    }
}
