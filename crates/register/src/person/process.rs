//! The rules: which command is granted in which state.

use uuid::Uuid;

use super::event::{CancelReason, Event, LifeStatus, Origin};
use crate::{Approval, Digest};

/// A person as the events make one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    origin: Origin,
    number: Option<String>,
    cancelled: Vec<String>,
    record: Option<Digest>,
    status: LifeStatus,
}

/// A wish. Whether it is granted, [`process`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Put the person into the register.
    Register(Origin),
    /// Give the person a number, or record the one that the person has.
    AssignNumber(String),
    /// Cancel the number.
    CancelNumber {
        /// The number: whoever cancels must know which.
        number: String,
        /// Why.
        reason: CancelReason,
        /// Two persons.
        approval: Approval,
    },
    /// Take over what an approved application says.
    ChangeRecord {
        /// The application.
        application: Uuid,
        /// SHA-256 of its record.
        record: Digest,
    },
    /// Record what another register says of the person's life.
    ChangeStatus(LifeStatus),
}

/// Why a command changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The person is not in the register.
    #[error("the register knows no such person")]
    Unknown,
    /// The person came from elsewhere.
    #[error("the person was registered by something else")]
    OtherOrigin,
    /// The person has a number; it has to be cancelled first.
    #[error("the person has a number, and another one is cancelled first")]
    HasNumber,
    /// The person has another number than the one to be cancelled.
    #[error("the person does not have this number")]
    OtherNumber,
    /// A cancelled number is not given again, not even to the same person.
    #[error("this number was cancelled and is not given again")]
    Cancelled,
    /// Nothing is made for the dead.
    #[error("the person has died")]
    Dead,
}

/// Grants a command or refuses it. `None` means that what is wished has happened before.
///
/// # Errors
/// [`Refusal`]; nothing happens then.
pub fn process(person: Option<&Person>, command: &Command) -> Result<Option<Event>, Refusal> {
    let person = match (person, command) {
        (None, Command::Register(origin)) => {
            return Ok(Some(Event::PersonRegistered(origin.clone())));
        }
        (None, _) => return Err(Refusal::Unknown),
        (Some(person), _) => person,
    };
    match command {
        Command::Register(origin) if *origin == person.origin => Ok(None),
        Command::Register(_) => Err(Refusal::OtherOrigin),
        Command::AssignNumber(number) => assign(person, number),
        Command::CancelNumber {
            number,
            reason,
            approval,
        } => cancel(person, number, *reason, approval),
        Command::ChangeRecord {
            application,
            record,
        } => match person.status {
            LifeStatus::Dead => Err(Refusal::Dead),
            _ if person.record.as_ref() == Some(record) => Ok(None),
            _ => Ok(Some(Event::RecordChanged {
                application: *application,
                record: record.clone(),
            })),
        },
        Command::ChangeStatus(status) if *status == person.status => Ok(None),
        Command::ChangeStatus(status) => Ok(Some(Event::StatusChanged(*status))),
    }
}

fn assign(person: &Person, number: &str) -> Result<Option<Event>, Refusal> {
    match &person.number {
        Some(before) if before == number => Ok(None),
        Some(_) => Err(Refusal::HasNumber),
        None if person.cancelled.iter().any(|old| old == number) => Err(Refusal::Cancelled),
        None => Ok(Some(Event::NumberAssigned {
            number: number.to_owned(),
        })),
    }
}

fn cancel(
    person: &Person,
    number: &str,
    reason: CancelReason,
    approval: &Approval,
) -> Result<Option<Event>, Refusal> {
    if person.cancelled.iter().any(|old| old == number) {
        return Ok(None);
    }
    if person.number.as_deref() != Some(number) {
        return Err(Refusal::OtherNumber);
    }
    Ok(Some(Event::NumberCancelled {
        number: number.to_owned(),
        reason,
        approval: approval.clone(),
    }))
}

impl Person {
    /// The person that a series of events has made; `None` when nothing has happened.
    #[must_use]
    pub fn replay<'e>(events: impl IntoIterator<Item = &'e Event>) -> Option<Self> {
        events.into_iter().fold(None, Self::apply)
    }

    /// What an event makes of a person.
    #[must_use]
    pub fn apply(person: Option<Self>, event: &Event) -> Option<Self> {
        let Some(mut after) = person else {
            return match event {
                Event::PersonRegistered(origin) => Some(Self {
                    origin: origin.clone(),
                    number: None,
                    cancelled: Vec::new(),
                    record: None,
                    status: LifeStatus::Living,
                }),
                _ => None,
            };
        };
        match event {
            Event::PersonRegistered(_) => {}
            Event::NumberAssigned { number } => after.number = Some(number.clone()),
            Event::NumberCancelled { number, .. } => {
                after.number = None;
                after.cancelled.push(number.clone());
            }
            Event::RecordChanged { record, .. } => after.record = Some(record.clone()),
            Event::StatusChanged(status) => after.status = *status,
        }
        Some(after)
    }

    /// Where the person comes from.
    #[must_use]
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The number of the person, if there is one now.
    #[must_use]
    pub fn number(&self) -> Option<&str> {
        self.number.as_deref()
    }

    /// Numbers that the person had.
    #[must_use]
    pub fn cancelled(&self) -> &[String] {
        &self.cancelled
    }

    /// SHA-256 of what is known of the person.
    #[must_use]
    pub const fn record(&self) -> Option<&Digest> {
        self.record.as_ref()
    }

    /// Whether the person lives.
    #[must_use]
    pub const fn status(&self) -> LifeStatus {
        self.status
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Officer;
    use crate::person::stored;

    const NUMBERS: [&str; 2] = ["001099000001", "001199000002"];

    fn origin(of: u128) -> Origin {
        Origin::Application(Uuid::from_u128(of))
    }

    fn cancel(number: &str) -> Command {
        let officer = |name| Officer::new(name).unwrap();
        Command::CancelNumber {
            number: number.to_owned(),
            reason: CancelReason::SexChanged,
            approval: Approval::new(officer("TEST clerk"), officer("TEST head")).unwrap(),
        }
    }

    fn assign(number: &str) -> Command {
        Command::AssignNumber(number.to_owned())
    }

    fn check(commands: &[Command], last: Result<Option<&str>, Refusal>) {
        let mut person = None;
        let mut result = Ok(());
        for command in commands {
            result = process(person.as_ref(), command)
                .map(|event| person = event.iter().fold(person.take(), Person::apply));
        }
        let number = result.map(|()| person.as_ref().unwrap().number());
        assert_eq!(number, last, "{commands:?}");
    }

    #[test]
    fn a_number_is_given_cancelled_and_set_up_again() {
        let register = Command::Register(origin(1));
        let [first, second] = NUMBERS;
        let steps = [
            register.clone(),
            assign(first),
            cancel(first),
            assign(second),
        ];
        check(&steps[..2], Ok(Some(first)));
        check(&steps[..3], Ok(None));
        check(&steps, Ok(Some(second)));
        check(&[assign(first)], Err(Refusal::Unknown));
        let again = [&steps[..3], &[assign(first)]].concat();
        check(&again, Err(Refusal::Cancelled));
        let two = [register.clone(), assign(first), assign(second)];
        check(&two, Err(Refusal::HasNumber));
        let other = [register.clone(), assign(first), cancel(second)];
        check(&other, Err(Refusal::OtherNumber));
        let elsewhere = [register, Command::Register(origin(2))];
        check(&elsewhere, Err(Refusal::OtherOrigin));
    }

    fn any_command() -> impl Strategy<Value = Command> {
        let number = proptest::sample::select(NUMBERS.to_vec());
        prop_oneof![
            (1u128..3).prop_map(|of| Command::Register(origin(of))),
            number.clone().prop_map(assign),
            number.prop_map(cancel),
            (1u8..3).prop_map(|of| Command::ChangeRecord {
                application: Uuid::nil(),
                record: Digest::of(&[of])
            }),
            proptest::sample::select(LifeStatus::ALL.to_vec()).prop_map(Command::ChangeStatus),
        ]
    }

    proptest! {
        #[test]
        fn whatever_is_asked_a_number_is_given_once(
            commands in proptest::collection::vec(any_command(), 0..30),
        ) {
            let mut events: Vec<Event> = Vec::new();
            for command in &commands {
                let person = Person::replay(&events);
                let Ok(Some(event)) = process(person.as_ref(), command) else { continue };
                let body = stored::encode(&event).unwrap();
                prop_assert_eq!(&stored::decode(Uuid::nil(), &body).unwrap(), &event);
                events.push(event);
            }
            for wanted in NUMBERS {
                let given = events.iter()
                    .filter(|event| matches!(event, Event::NumberAssigned { number } if number == wanted));
                prop_assert!(given.count() <= 1);
            }
        }
    }
}
