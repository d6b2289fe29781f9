//! The people of the office: each with an account of their own, invited by the first administrator.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::{
    client::{Client, Person, text},
    house::House,
};

/// Nobody's, and long enough for the policy.
const PASSWORD: &str = "con trau di cay 7";

/// Everybody, signed in.
#[derive(Debug)]
pub struct Staff {
    /// Invites, and agrees with relying parties.
    pub administrator: Client,
    /// Judges duplicates.
    pub supervisor: Client,
    /// Grants and refuses.
    pub approver: Client,
    /// Takes blanks in and sends cards.
    pub clerk: Client,
    /// Receives cards at the counter and hands them over.
    pub counter: Client,
    /// Reads back and locks.
    pub quality: Client,
    /// The second of two where one is not enough.
    pub second_quality: Client,
    /// Looks at the log.
    pub auditor: Client,
    /// The machine that writes cards.
    pub site: Client,
    /// Anybody in the world.
    pub anybody: Client,
    /// Somebody who checks chips.
    pub party: Client,
    /// Everybody with an account, for who wants to look through their eyes.
    pub people: Vec<Person>,
}

impl Staff {
    /// Lets everybody in: the administrator by the link that the service showed at its start, the others by invitation.
    ///
    /// # Errors
    /// A problem of the service, with its words.
    pub fn come_in(base: &str, link: &str, house: &House) -> Result<Self> {
        let anybody = Client::anybody(base, &house.path("site/authority.crt"))?;
        let (_, token) = link.split_once('#').context("the link has no token")?;
        let first = anybody.accept(token, PASSWORD)?;
        let administrator = anybody.sign_in(&first)?;
        let mut people = vec![first];
        let mut join = |login: &str, role: &str| {
            let (client, person) = join(&administrator, &anybody, login, role)?;
            people.push(person);
            anyhow::Ok(client)
        };
        Ok(Self {
            supervisor: join("test.supervisor", "supervisor")?,
            approver: join("test.approver", "approver")?,
            clerk: join("test.clerk", "issuer-clerk")?,
            counter: join("test.counter", "issuer-clerk")?,
            quality: join("test.quality", "quality-control")?,
            second_quality: join("test.quality.two", "quality-control")?,
            auditor: join("test.auditor", "auditor")?,
            site: Client::device(base, &house.path("site"))?,
            party: Client::device(base, &house.path("party"))?,
            people,
            administrator,
            anybody: anybody.clone(),
        })
    }

    /// Writes down what the relying party may ask.
    ///
    /// # Errors
    /// A problem of the service, with its words.
    pub fn agree(&self, party: &str) -> Result<Value> {
        let agreement = json!({
            "purposes": [PURPOSE], "consent_needed": false, "per_minute": 60_000, "misses_per_day": 100,
            "tries_per_subject": 8, "chips": true,
        });
        self.administrator
            .put(&format!("/v1/agreements/{party}"), &agreement)
    }
}

/// Why the relying party asks.
pub const PURPOSE: &str = "border-check";

fn join(
    administrator: &Client,
    anybody: &Client,
    login: &str,
    role: &str,
) -> Result<(Client, Person)> {
    let name = format!("TEST {login}");
    let invitation = json!({ "login": login, "display_name": name, "roles": [role] });
    let invited = administrator.post("/v1/accounts", &invitation)?;
    let person = anybody.accept(text(&invited, "token")?, PASSWORD)?;
    Ok((anybody.sign_in(&person)?, person))
}
