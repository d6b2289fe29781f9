//! The protocols that were ordered: those of the profile, with what was said put in their place.

use crypto::{AgreementDomain, Cipher, Curve, HashAlgorithm};
use enrolment::profile::{
    ActiveAuthenticationKey, Chip, ChipAuthenticationKey, CountedNumber, PaceOffer,
};
use lds::security_info::PaceMapping;
use serde_json::{Value, json};

use crate::args::{ActiveAuthenticationArg, ChipKeyArg, MappingArg, Specimen};
use crate::exit::Problem;
use crate::extras::{PIN_TRIES, PUK_TRIES};

/// Digits of a PIN.
pub const PIN_DIGITS: usize = 6;
/// Digits of a PUK.
pub const PUK_DIGITS: usize = 10;
/// Length of an RSA key where the profile knows none.
const RSA_BITS: usize = 2048;
/// Among several keys of chip authentication, one that serves no mapping has its number of table 12 and this added: the number
/// itself would make it the key of chip authentication mapping (Doc 9303-11 §9.2.1), and a key number is not 0.
const BEYOND_TABLE_12: u8 = 32;

/// A key of chip authentication.
struct Key {
    domain: AgreementDomain,
    ciphers: Vec<Cipher>,
    key_id: Option<u8>,
}

/// What the chip is to offer.
pub struct Protocols {
    basic_access_control: bool,
    pace: Vec<PaceOffer>,
    keys: Vec<Key>,
    active_authentication: Option<ActiveAuthenticationKey>,
    terminal_authentication: bool,
    pin: Option<CountedNumber>,
    puk: Option<CountedNumber>,
}

impl Protocols {
    /// Those of the arguments over those of the profile.
    ///
    /// # Errors
    /// A [`Problem`] with a sentence where the parts contradict each other, or no chip can be so.
    pub fn of(args: &Specimen, profile: &Chip<'_>) -> anyhow::Result<Self> {
        let pace = pace(args, profile)?;
        let made = Self {
            basic_access_control: args.bac || (profile.basic_access_control && !args.no_bac),
            keys: keys(args, profile, &pace)?,
            pace,
            active_authentication: active_authentication(args, profile),
            terminal_authentication: args.eac.is_some(),
            pin: args.pin.then_some(CountedNumber {
                digits: PIN_DIGITS,
                tries: PIN_TRIES,
            }),
            puk: args.puk.then_some(CountedNumber {
                digits: PUK_DIGITS,
                tries: PUK_TRIES,
            }),
        };
        made.with(|chip| {
            let checked = chip.check();
            checked.map_err(|fault| contradiction(&fault.to_string()))
        })?;
        Ok(made)
    }

    /// Lends them as an order takes them.
    pub fn with<T>(&self, work: impl FnOnce(&Chip<'_>) -> T) -> T {
        let keys: Vec<ChipAuthenticationKey<'_>> = self
            .keys
            .iter()
            .map(|key| ChipAuthenticationKey {
                domain: key.domain,
                ciphers: &key.ciphers,
                key_id: key.key_id,
            })
            .collect();
        work(&Chip {
            basic_access_control: self.basic_access_control,
            pace: &self.pace,
            chip_authentication: &keys,
            active_authentication: self.active_authentication,
            terminal_authentication: self.terminal_authentication,
            pin: self.pin,
            puk: self.puk,
        })
    }

    /// For programs.
    pub fn json(&self) -> Value {
        json!({
            "bac": self.basic_access_control,
            "pace": self.pace.iter().map(offer_text).collect::<Vec<_>>(),
            "chip_authentication": self.keys.iter().map(key_text).collect::<Vec<_>>(),
            "active_authentication": self.active_authentication.map(active_text),
            "terminal_authentication": self.terminal_authentication,
            "pin": self.pin.is_some(),
            "puk": self.puk.is_some(),
        })
    }

    /// For people, a line for each.
    pub fn lines(&self) -> Vec<String> {
        let bac = self.basic_access_control.then(|| "BAC".to_owned());
        let pace = self
            .pace
            .iter()
            .map(|offer| format!("PACE {}", offer_text(offer)));
        let keys = self
            .keys
            .iter()
            .map(|key| format!("chip authentication {}", key_text(key)));
        let active = self
            .active_authentication
            .map(|key| format!("active authentication {}", active_text(key)));
        let terminal = self
            .terminal_authentication
            .then(|| "terminal authentication".to_owned());
        bac.into_iter()
            .chain(pace)
            .chain(keys)
            .chain(active)
            .chain(terminal)
            .collect()
    }
}

fn contradiction(sentence: &str) -> anyhow::Error {
    Problem::usage(sentence, "nothing was made; see the examples of --help")
}

/// Every mapping in every domain with every cipher.
fn pace(args: &Specimen, profile: &Chip<'_>) -> anyhow::Result<Vec<PaceOffer>> {
    let mappings: Vec<PaceMapping> = args.pace.iter().filter_map(|word| word.mapping()).collect();
    let says_more = !(args.curve.is_empty() && args.group.is_empty());
    if args.pace.contains(&MappingArg::None) {
        return match mappings.is_empty() && !says_more {
            true => Ok(Vec::new()),
            false => Err(contradiction(
                "--pace none leaves nothing to choose a mapping, a curve or a group for",
            )),
        };
    }
    if mappings.is_empty() && !says_more && args.cipher.is_empty() {
        return Ok(profile.pace.to_vec());
    }
    let mappings = or_of_profile(mappings, profile, |offer| offer.mapping);
    let named = [&args.curve[..], &args.group[..]].concat();
    let domains = or_of_profile(named, profile, |offer| offer.domain);
    let ciphers = or_of_profile(args.cipher.clone(), profile, |offer| offer.cipher);
    let mut offers = Vec::new();
    for &mapping in &mappings {
        for &domain in &domains {
            for &cipher in &ciphers {
                offers.push(PaceOffer {
                    mapping,
                    cipher,
                    domain,
                });
            }
        }
    }
    let repeats = (1..offers.len()).any(|n| {
        let (before, rest) = offers.split_at(n);
        rest.first().is_some_and(|offer| before.contains(offer))
    });
    match repeats {
        true => Err(contradiction(
            "a mapping, a curve, a group or a cipher is named twice",
        )),
        false => Ok(offers),
    }
}

fn or_of_profile<T>(named: Vec<T>, profile: &Chip<'_>, part: impl Fn(&PaceOffer) -> T) -> Vec<T> {
    if named.is_empty() {
        profile.pace.iter().take(1).map(part).collect()
    } else {
        named
    }
}

fn keys(args: &Specimen, profile: &Chip<'_>, pace: &[PaceOffer]) -> anyhow::Result<Vec<Key>> {
    let domains: Vec<AgreementDomain> = args
        .ca
        .iter()
        .filter_map(|key| match key {
            ChipKeyArg::In(domain) => Some(*domain),
            ChipKeyArg::None => None,
        })
        .collect();
    if args.ca.contains(&ChipKeyArg::None) {
        return match domains.is_empty() {
            true => Ok(Vec::new()),
            false => Err(contradiction("--ca none stands alone")),
        };
    }
    let follows_pace = pace != profile.pace;
    let own = profile.chip_authentication.iter();
    let (domains, ciphers) = match (domains.is_empty(), pace.first(), args.cipher.is_empty()) {
        (true, Some(offer), _) if follows_pace => (vec![offer.domain], ciphers_of(pace)),
        (true, _, true) => return Ok(own.map(key_of_profile).collect()),
        (true, _, false) => (own.map(|key| key.domain).collect(), args.cipher.clone()),
        (false, Some(_), _) => (domains, ciphers_of(pace)),
        (false, None, false) => (domains, args.cipher.clone()),
        (false, None, true) => {
            let of_profile = own.flat_map(|key| key.ciphers.iter().copied());
            (domains, of_profile.take(1).collect())
        }
    };
    let is_alone = domains.len() == 1;
    let key = |domain: &AgreementDomain| Key {
        domain: *domain,
        ciphers: ciphers.clone(),
        key_id: key_id(*domain, is_alone, pace),
    };
    Ok(domains.iter().map(key).collect())
}

/// A key in the domain of chip authentication mapping serves it, too, and has its number.
fn key_id(domain: AgreementDomain, is_alone: bool, pace: &[PaceOffer]) -> Option<u8> {
    let serves = |offer: &PaceOffer| {
        offer.mapping == PaceMapping::ChipAuthenticationMapping && offer.domain == domain
    };
    let id = domain.standardized_id();
    if pace.iter().any(serves) {
        Some(id)
    } else {
        (!is_alone).then_some(id + BEYOND_TABLE_12)
    }
}

fn ciphers_of(pace: &[PaceOffer]) -> Vec<Cipher> {
    let mut found = Vec::new();
    for offer in pace {
        if !found.contains(&offer.cipher) {
            found.push(offer.cipher);
        }
    }
    found
}

fn key_of_profile(key: &ChipAuthenticationKey<'_>) -> Key {
    Key {
        domain: key.domain,
        ciphers: key.ciphers.to_vec(),
        key_id: key.key_id,
    }
}

fn active_authentication(args: &Specimen, profile: &Chip<'_>) -> Option<ActiveAuthenticationKey> {
    use ActiveAuthenticationKey as Kind;
    let own = profile.active_authentication;
    match (args.aa, own) {
        (None, own) => own,
        (Some(ActiveAuthenticationArg::None), _) => None,
        (Some(ActiveAuthenticationArg::Rsa), Some(Kind::Rsa { .. }))
        | (Some(ActiveAuthenticationArg::Ecdsa), Some(Kind::Ecdsa { .. })) => own,
        (Some(ActiveAuthenticationArg::Rsa), _) => Some(Kind::Rsa { bits: RSA_BITS }),
        (Some(ActiveAuthenticationArg::Ecdsa), _) => Some(Kind::Ecdsa {
            curve: Curve::P256,
            hash: HashAlgorithm::Sha256,
        }),
    }
}

fn offer_text(offer: &PaceOffer) -> String {
    let mapping = match offer.mapping {
        PaceMapping::GenericMapping => "GM",
        PaceMapping::IntegratedMapping => "IM",
        PaceMapping::ChipAuthenticationMapping => "CAM",
    };
    format!("{mapping} {} {}", offer.domain.name(), offer.cipher.name())
}

fn key_text(key: &Key) -> String {
    let ciphers: Vec<&str> = key.ciphers.iter().map(|cipher| cipher.name()).collect();
    format!("{} {}", key.domain.name(), ciphers.join(" "))
}

fn active_text(key: ActiveAuthenticationKey) -> String {
    match key {
        ActiveAuthenticationKey::Rsa { bits } => format!("RSA {bits}"),
        ActiveAuthenticationKey::Ecdsa { curve, hash } => {
            format!("ECDSA {} {}", curve.name(), hash.name())
        }
    }
}
