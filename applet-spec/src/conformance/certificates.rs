//! Card verifiable certificates as cases describe them: right ones, and ones with a single thing wrong.
//!
//! Who tests holds the key of a CVCA that the card trusts ([`Authority`]). The keys below it are drawn for each case, and the
//! certificates are signed when a step first names them, so that what is wrong with one is wrong under a signature that holds.

mod description;
mod edit;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crypto::{CryptoRng, KeyKind, PrivateKey};
use iso7816::tlv::{Tag, Writer, encode};
use protocols::terminal_authentication::{
    Chat, CvPublicKey, Date, HolderReference, Role, VerificationKey,
};

use serde::Deserialize;

pub use self::description::{CertificateSet, Description};
use super::Step;

/// The certificates of `conformance/certificates.toml`.
pub(super) fn described() -> &'static CertificateSet {
    static SET: LazyLock<CertificateSet> = LazyLock::new(|| {
        let text = include_str!("../../conformance/certificates.toml");
        toml::from_str(text).unwrap_or_default()
    });
    &SET
}

/// How a terminal with all rights comes to read.
pub(super) fn way_of_a_terminal() -> &'static [Step] {
    #[derive(Deserialize)]
    struct Way {
        steps: Vec<Step>,
    }
    static WAY: LazyLock<Vec<Step>> = LazyLock::new(|| {
        let text = include_str!("../../conformance/terminal.toml");
        toml::from_str::<Way>(text).map_or_else(|_| Vec::new(), |way| way.steps)
    });
    &WAY
}

const PROFILE: Tag = Tag::new(0x5F29);
const AUTHORITY: Tag = Tag::new(0x42);
const HOLDER: Tag = Tag::new(0x5F20);
const EFFECTIVE: Tag = Tag::new(0x5F25);
const EXPIRY: Tag = Tag::new(0x5F24);
const BODY: Tag = Tag::new(0x7F4E);
const SIGNATURE: Tag = Tag::new(0x5F37);

/// The name of the tester's own key in descriptions.
const CVCA: &str = "cvca";
/// Longest chain of issuers and of `like` in a set.
const MAX_DEPTH: usize = 8;
/// Furthest day from the authority's, either way: some thirty years.
const MAX_DAYS: i32 = 11_000;

/// The private key of a CVCA, wherever it lies.
pub trait AuthorityKey {
    /// Its public key, and what it signs by.
    fn public(&self) -> &VerificationKey;

    /// The signature over a message in the form of certificates (TR-03110-3 §A.7.1); `None` where the key does not sign any more.
    fn sign(&self, message: &[u8], rng: &mut dyn CryptoRng) -> Option<Vec<u8>>;
}

/// A CVCA that the card trusts, and whose key the tester holds.
pub struct Authority {
    /// Its name, by which the card knows the key.
    pub name: HolderReference,
    /// Its key.
    pub key: Box<dyn AuthorityKey>,
    /// A day that is not before the card's own: the days of descriptions count from it.
    pub day: Date,
}

/// The certificates of one case, as far as its steps have named them.
pub(super) struct Issued<'a> {
    authority: Option<&'a Authority>,
    set: &'a CertificateSet,
    /// What the names of this case have in common, and those of other cases have not: a card may remember them as trust points.
    salt: Option<String>,
    /// Keys by the name of the certificate that they were drawn for.
    keys: BTreeMap<String, Party>,
    certificates: BTreeMap<String, Made>,
}

struct Party {
    name: HolderReference,
    key: PrivateKey,
    public: VerificationKey,
}

/// The parts of a certificate.
#[derive(Clone)]
struct Made {
    authority: Vec<u8>,
    holder: Vec<u8>,
    body: Vec<u8>,
    signature: Vec<u8>,
}

impl<'a> Issued<'a> {
    pub(super) const fn new(authority: Option<&'a Authority>, set: &'a CertificateSet) -> Self {
        Self {
            authority,
            set,
            salt: None,
            keys: BTreeMap::new(),
            certificates: BTreeMap::new(),
        }
    }

    /// The value of `<name.part>`: `authority` and `holder`, the two names in it; `body`, DO'7F4E'; `signature`, the value of
    /// DO'5F37', and `signature-object`, the whole of it. `<name>` is body and signature, as PSO:Verify Certificate wants them. `<cvca.holder>` is the tester's own.
    pub(super) fn value(&mut self, name: &str, rng: &mut dyn CryptoRng) -> Option<Vec<u8>> {
        let (name, part) = name.split_once('.').unwrap_or((name, ""));
        if (name, part) == (CVCA, "holder") {
            return Some(self.authority?.name.as_bytes().to_vec());
        }
        let made = self.made(name, 0, rng)?;
        match part {
            "" => Some([made.body, encode(SIGNATURE, &made.signature)].concat()),
            "authority" => Some(made.authority),
            "holder" => Some(made.holder),
            "body" => Some(made.body),
            "signature" => Some(made.signature),
            "signature-object" => Some(encode(SIGNATURE, &made.signature)),
            _ => None,
        }
    }

    /// Signs with the key that a certificate is about.
    pub(super) fn sign(
        &mut self,
        name: &str,
        message: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Option<Vec<u8>> {
        if name == CVCA {
            return self.authority?.key.sign(message, rng);
        }
        let description = self.set.whole(name)?;
        let party = self.party(&description.key_of(name), &description, rng)?;
        let scheme = party.public.scheme();
        scheme.sign(&party.key, message, rng).ok()
    }

    fn made(&mut self, name: &str, depth: usize, rng: &mut dyn CryptoRng) -> Option<Made> {
        if let Some(made) = self.certificates.get(name) {
            return Some(made.clone());
        }
        if depth > MAX_DEPTH {
            return None;
        }
        let description = self.set.whole(name)?;
        let issuer = match description.by.as_str() {
            CVCA => self.authority?.name.clone(),
            by => self.subject(by, rng)?,
        };
        let subject = self.subject(name, rng)?;
        let made = self.sign_body(name, &description, &issuer, &subject, rng)?;
        self.certificates.insert(name.to_owned(), made.clone());
        Some(made)
    }

    /// The name of whom a certificate is about.
    fn subject(&mut self, name: &str, rng: &mut dyn CryptoRng) -> Option<HolderReference> {
        let description = self.set.whole(name)?;
        match description.key_of(name) {
            own if own == CVCA => Some(self.authority?.name.clone()),
            other => Some(self.party(&other, &description, rng)?.name.clone()),
        }
    }

    /// The key that a certificate is about.
    fn key(
        &mut self,
        name: &str,
        description: &Description,
        rng: &mut dyn CryptoRng,
    ) -> Option<&VerificationKey> {
        match description.key_of(name) {
            own if own == CVCA => Some(self.authority?.key.public()),
            other => Some(&self.party(&other, description, rng)?.public),
        }
    }

    fn sign_body(
        &mut self,
        name: &str,
        description: &Description,
        issuer: &HolderReference,
        subject: &HolderReference,
        rng: &mut dyn CryptoRng,
    ) -> Option<Made> {
        let authority = description.authority.as_deref().map(str::as_bytes);
        let authority = authority.unwrap_or(issuer.as_bytes()).to_vec();
        let day = self.authority?.day;
        let key = self.key(name, description, rng)?;
        let key = match description.role() {
            Role::Cvca => CvPublicKey::whole(key),
            _ => CvPublicKey::inheriting(key),
        };
        let chat = Chat::inspection_system(description.role(), description.rights());
        let [from, to] = description.days;
        let mut objects = Writer::new();
        objects
            .object(PROFILE, &[0])
            .object(AUTHORITY, &authority)
            .raw(&key.to_bytes())
            .object(HOLDER, subject.as_bytes())
            .raw(&chat.to_bytes())
            .object(EFFECTIVE, &shifted(day, from)?.digits())
            .object(EXPIRY, &shifted(day, to)?.digits());
        let content = edit::apply(&description.edit, &objects.finish())?;
        let body = encode(BODY, &content);
        let signature = self.sign(&description.by, &body, rng)?;
        Some(Made {
            authority,
            holder: subject.as_bytes().to_vec(),
            body,
            signature,
        })
    }

    fn party(
        &mut self,
        name: &str,
        description: &Description,
        rng: &mut dyn CryptoRng,
    ) -> Option<&Party> {
        if !self.keys.contains_key(name) {
            let authority = self.authority?;
            let kind = description.kind(authority.key.public().key().kind())?;
            let salt = self.salt.get_or_insert_with(|| salt(rng));
            let sequence = format!("{salt}{:02}", self.keys.len());
            let party = Party::draw(&sequence, kind, authority, rng)?;
            self.keys.insert(name.to_owned(), party);
        }
        self.keys.get(name)
    }
}

impl Party {
    /// A key of the authority's kind, and a name of its country.
    fn draw(
        sequence: &str,
        kind: KeyKind,
        authority: &Authority,
        rng: &mut dyn CryptoRng,
    ) -> Option<Self> {
        let country = core::str::from_utf8(authority.name.country()).ok()?;
        let name = HolderReference::new(country, "CONFORMS", sequence)?;
        let key = kind.generate(rng).ok()?;
        let public = VerificationKey::new(authority.key.public().scheme(), key.public())?;
        Some(Self { name, key, public })
    }
}

/// Three letters, of 17,576.
fn salt(rng: &mut dyn CryptoRng) -> String {
    let mut letters = [0; 3];
    rng.fill_bytes(&mut letters);
    let letter = |octet: u8| char::from(b'A' + octet % 26);
    letters.map(letter).into_iter().collect()
}

/// The day so many days after another, or before.
fn shifted(day: Date, by: i32) -> Option<Date> {
    if by.abs() > MAX_DAYS {
        return None;
    }
    let (mut year, mut month, mut day_of_month) = day.parts();
    for _ in 0..by.abs() {
        (year, month, day_of_month) = if by > 0 {
            following(year, month, day_of_month)?
        } else {
            preceding(year, month, day_of_month)?
        };
    }
    Date::new(year, month, day_of_month)
}

fn following(year: u16, month: u8, day: u8) -> Option<(u16, u8, u8)> {
    [
        (year, month, day + 1),
        (year, month + 1, 1),
        (year + 1, 1, 1),
    ]
    .into_iter()
    .find(|(year, month, day)| Date::new(*year, *month, *day).is_some())
}

fn preceding(year: u16, month: u8, day: u8) -> Option<(u16, u8, u8)> {
    let same_month = [(year, month, day.checked_sub(1)?)];
    let month_before = (28..=31).rev().map(|day| (year, month - 1, day));
    let year_before = [(year - 1, 12, 31)];
    same_month
        .into_iter()
        .chain(month_before)
        .chain(year_before)
        .find(|(year, month, day)| Date::new(*year, *month, *day).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_description_says_enough() {
        let text = include_str!("../../conformance/certificates.toml");
        toml::from_str::<CertificateSet>(text).unwrap();
        assert!(described().names().count() > 0);
        for name in described().names() {
            assert!(described().whole(name).is_some(), "{name}");
        }
    }

    #[test]
    fn a_terminal_knows_its_way() {
        assert_eq!(way_of_a_terminal().len(), 4);
    }

    #[test]
    fn days_go_over_months_and_years() {
        let day = |year, month, day| Date::new(year, month, day).unwrap();
        for (from, by, to) in [
            (day(2026, 1, 5), 0, day(2026, 1, 5)),
            (day(2026, 1, 31), 1, day(2026, 2, 1)),
            (day(2026, 12, 31), 1, day(2027, 1, 1)),
            (day(2028, 2, 28), 1, day(2028, 2, 29)),
            (day(2026, 3, 1), -1, day(2026, 2, 28)),
            (day(2026, 1, 1), -1, day(2025, 12, 31)),
            (day(2026, 1, 5), 365, day(2027, 1, 5)),
        ] {
            assert_eq!(shifted(from, by), Some(to), "{from:?} {by}");
            assert_eq!(shifted(to, -by), Some(from), "{to:?} {by}");
        }
        assert_eq!(shifted(day(2026, 1, 5), MAX_DAYS + 1), None);
    }
}
