//! By which lines changes are brought: to webhooks, into a stream of NATS, or both. The address of a subscription says which.

use uuid::Uuid;

use super::courier::{Carrier, Message};
use super::nats::{Nats, SCHEME};
use super::receiver::{Delivered, Reach, Receiver};
use super::{Fault, Result};

/// The lines of a service.
#[derive(Clone, Default)]
pub struct Carriers {
    /// To webhooks.
    pub webhooks: Option<Receiver>,
    /// Into a stream.
    pub nats: Option<Nats>,
}

/// Where a party may have changes brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// To webhooks of this reach, if there are any.
    pub webhooks: Option<Reach>,
    /// To this address of the stream, if there is one.
    pub nats: Option<String>,
}

impl Carriers {
    /// Whether nothing can be brought anywhere.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.webhooks.is_none() && self.nats.is_none()
    }

    /// Where a party may have changes brought.
    #[must_use]
    pub fn places(&self, party: Uuid) -> Places {
        Places {
            webhooks: self.webhooks.as_ref().map(Receiver::reach),
            nats: self.nats.as_ref().map(|nats| nats.address(party)),
        }
    }
}

impl Places {
    /// The address that is kept for a wish: `nats:` becomes the party's own in the stream, others stay as they are.
    ///
    /// # Errors
    /// [`Fault::Content`] for an address that nothing is brought to, [`Fault::State`] where there is no such line.
    pub fn address(&self, wish: &str) -> Result<String> {
        if wish == SCHEME {
            let none = Fault::State("this service brings nothing to NATS");
            return self.nats.clone().ok_or(none);
        }
        let none = Fault::State("this service brings nothing to webhooks");
        self.webhooks.ok_or(none)?.check(wish)?;
        Ok(wish.to_owned())
    }
}

impl Carrier for Carriers {
    async fn carry(&self, message: Message) -> Delivered {
        if message.url.starts_with(SCHEME) {
            return match &self.nats {
                Some(nats) => nats.publish(message).await,
                None => Delivered::Unreachable,
            };
        }
        match &self.webhooks {
            Some(receiver) => receiver.carry(message).await,
            None => Delivered::Unreachable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_names_a_subject_himself() {
        let places = Places {
            webhooks: Some(Reach::default()),
            nats: Some("nats:register.changes.one".to_owned()),
        };
        assert_eq!(
            places.address("nats:").unwrap(),
            "nats:register.changes.one"
        );
        assert_eq!(
            places.address("https://party.example/").unwrap(),
            "https://party.example/"
        );
        for wish in [
            "nats:other.subject",
            "nats://server:4222",
            "NATS:",
            "",
            "https://127.0.0.1/",
        ] {
            assert!(
                matches!(places.address(wish), Err(Fault::Content(_))),
                "{wish}"
            );
        }
        let none = Places::default();
        for wish in ["nats:", "https://party.example/"] {
            assert!(matches!(none.address(wish), Err(Fault::State(_))), "{wish}");
        }
    }
}
