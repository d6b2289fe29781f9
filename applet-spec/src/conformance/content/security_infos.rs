//! EF.CardAccess, EF.DG14 and EF.DG15: what a card offers, and with which keys.

use crypto::PublicKey;
use lds::security_info::{
    ActiveAuthenticationInfo, ChipAuthenticationInfo, PaceInfo, TerminalAuthenticationInfo,
};
use lds::{Dg14, Dg15, EfCardAccess, File, FileContent, SecurityInfos};

use super::Test::{Length, Rule, Tag};
use super::{Finding, Held, Predicate, broken, file, inside, outer, parsed, require};
use crate::conformance::{Knowledge, Mapping};

const ACCESS: &str = "Doc 9303-11 §9.2.10";
const DG14: &str = "Doc 9303-10 §4.7.14";
const DG15: &str = "Doc 9303-10 §4.7.15";
const CHIP_AUTHENTICATION: &str = "Doc 9303-11 §9.2.5";
const TERMINAL_AUTHENTICATION: &str = "TR-03110-3 §A.1.1.3";

#[rustfmt::skip]
pub(super) const TABLE: &[Predicate] = &[
    Predicate::new("card-access-infos", ACCESS, "EF.CardAccess is a SET of SecurityInfos in DER", Rule(clean::<EfCardAccess>)),
    Predicate::new("card-access-pace", "Doc 9303-11 §9.2.1", "each PACEInfo has version 2 and domain parameters that it names", Rule(pace_infos)),
    Predicate::new("card-access-domain-parameters", "Doc 9303-11 §9.2.2", "parameters that are standardized are not given once more", Rule(domain_parameters)),
    Predicate::new("card-access-mapping", "Doc 9303-11 §4.4.2", "a card with chip authentication mapping offers another mapping, too", Rule(other_mapping)),
    Predicate::new("dg14-tag", DG14, "EF.DG14 has the tag 6E", Tag(File::Dg14)),
    Predicate::new("dg14-infos", DG14, "EF.DG14 is a SET of SecurityInfos in DER", Rule(clean::<Dg14>)),
    Predicate::new("dg14-public-key", CHIP_AUTHENTICATION, "each public key of chip authentication can be read, with an id where there are several", Rule(public_keys)),
    Predicate::new("dg14-chip-authentication", CHIP_AUTHENTICATION, "each ChipAuthenticationInfo has version 1 and a key of its kind and, where there are several, its id", Rule(chip_authentication)),
    Predicate::new("dg14-card-access", "Doc 9303-11 §9.2.10", "every SecurityInfo of EF.CardAccess stands in EF.DG14", Rule(card_access_recurs)),
    Predicate::new("dg14-active-authentication", "Doc 9303-11 §9.2.4", "a card that signs with ECDSA names its signature algorithm", Rule(active_authentication)),
    Predicate::new("dg14-mapping-key", "Doc 9303-11 §9.2.10", "a card with chip authentication mapping has a public key of chip authentication", Rule(mapping_key)),
    Predicate::new("dg14-terminal-authentication", TERMINAL_AUTHENTICATION, "TerminalAuthenticationInfo has version 1", Rule(terminal_authentication)),
    Predicate::new("dg14-cvca-file", TERMINAL_AUTHENTICATION, "the file of trust points, which TerminalAuthenticationInfo may name, is there", Rule(cvca_file)),
    Predicate::new("dg15-tag", DG15, "EF.DG15 has the tag 6F", Tag(File::Dg15)),
    Predicate::new("dg15-length", DG15, "EF.DG15 is one data object, all there, with the shortest length", Length(File::Dg15)),
    Predicate::new("dg15-key-info", DG15, "EF.DG15 holds a SubjectPublicKeyInfo", Rule(key_info)),
    Predicate::new("dg15-algorithm", DG15, "the key is one of RSA or of a curve", Rule(|k| key(k).map(drop))),
    Predicate::new("dg15-key", DG15, "the key is of a size that protects", Rule(key_size)),
];

/// A file that holds together and of which the parser has nothing to say.
fn clean<F: FileContent>(knowledge: &Knowledge) -> Held {
    match parsed::<F>(knowledge)?.deviations.first() {
        None => Ok(()),
        Some(deviation) => broken(deviation.to_string()),
    }
}

fn card_access(knowledge: &Knowledge) -> Result<SecurityInfos, Finding> {
    Ok(parsed::<EfCardAccess>(knowledge)?.value.security_infos)
}

fn dg14(knowledge: &Knowledge) -> Result<SecurityInfos, Finding> {
    Ok(parsed::<Dg14>(knowledge)?.value.security_infos)
}

fn pace_infos(knowledge: &Knowledge) -> Held {
    let infos = card_access(knowledge)?;
    require(infos.pace().next().is_some(), || "no PACEInfo".to_owned())?;
    for info in infos.pace() {
        require(info.version == PaceInfo::VERSION, || {
            format!("version {}", info.version)
        })?;
        let named = info.parameter_id;
        let standardized = named
            .and_then(crypto::AgreementDomain::from_standardized_id)
            .is_some();
        let own = own_parameters(&infos).any(|parameters| parameters == named);
        require(standardized || own, || format!("parameters {named:?}"))?;
    }
    Ok(())
}

/// Ids of the domain parameters that the card brings itself.
fn own_parameters(infos: &SecurityInfos) -> impl Iterator<Item = Option<u8>> {
    infos.iter().filter_map(|info| match info {
        lds::SecurityInfo::PaceDomainParameter(parameters) => Some(parameters.parameter_id),
        _ => None,
    })
}

fn domain_parameters(knowledge: &Knowledge) -> Held {
    let infos = card_access(knowledge)?;
    let parameters: Vec<_> = infos
        .iter()
        .filter_map(|info| match info {
            lds::SecurityInfo::PaceDomainParameter(parameters) => Some(parameters),
            _ => None,
        })
        .collect();
    if parameters.is_empty() {
        return Err(Finding::Absent("domain parameters of its own".to_owned()));
    }
    let again = parameters
        .iter()
        .filter_map(|own| own.standardized_id())
        .next();
    require(again.is_none(), || {
        format!("standardized parameters {again:?} given explicitly")
    })
}

fn other_mapping(knowledge: &Knowledge) -> Held {
    let mappings: Vec<Mapping> = card_access(knowledge)?.pace().map(Mapping::of).collect();
    if !mappings.contains(&Mapping::Cam) {
        return Err(Finding::Absent("chip authentication mapping".to_owned()));
    }
    let other = mappings.iter().any(|mapping| *mapping != Mapping::Cam);
    require(other, || "no other mapping".to_owned())
}

fn public_keys(knowledge: &Knowledge) -> Held {
    let infos = dg14(knowledge)?;
    let keys: Vec<_> = infos.chip_authentication_public_keys().collect();
    if keys.is_empty() {
        let announced = infos.chip_authentication().next().is_some();
        require(!announced, || {
            "ChipAuthenticationInfo without a key".to_owned()
        })?;
        return Err(Finding::Absent(
            "public key of chip authentication".to_owned(),
        ));
    }
    for key in &keys {
        if let Err(error) = key.public_key.key() {
            return broken(error.to_string());
        }
        let named = keys.len() == 1 || key.key_id.is_some();
        require(named, || "a key without an id among several".to_owned())?;
    }
    Ok(())
}

fn chip_authentication(knowledge: &Knowledge) -> Held {
    let infos = dg14(knowledge)?;
    if infos.chip_authentication().next().is_none() {
        return Err(Finding::Absent("ChipAuthenticationInfo".to_owned()));
    }
    let keys: Vec<_> = infos.chip_authentication_public_keys().collect();
    for info in infos.chip_authentication() {
        let version = info.version;
        require(version == ChipAuthenticationInfo::VERSION, || {
            format!("version {version}")
        })?;
        let named = keys.len() <= 1 || info.key_id.is_some();
        let fits = keys.iter().any(|key| {
            let is_meant = info.key_id.is_none() || key.key_id == info.key_id;
            is_meant && key.agreement == info.protocol.agreement
        });
        require(named && fits, || {
            format!("no key for key id {:?}", info.key_id)
        })?;
    }
    Ok(())
}

fn card_access_recurs(knowledge: &Knowledge) -> Held {
    let (access, signed) = (card_access(knowledge)?, dg14(knowledge)?);
    let missing = access.missing_from(&signed).len();
    require(missing == 0, || {
        format!("{missing} SecurityInfos are missing")
    })
}

fn active_authentication(knowledge: &Knowledge) -> Held {
    if !matches!(key(knowledge)?, PublicKey::Ec(_)) {
        return Err(Finding::Absent(
            "active authentication with ECDSA".to_owned(),
        ));
    }
    match dg14(knowledge)?.active_authentication() {
        None => broken("no ActiveAuthenticationInfo"),
        Some(info) => {
            let version = info.version;
            require(version == ActiveAuthenticationInfo::VERSION, || {
                format!("version {version}")
            })
        }
    }
}

fn mapping_key(knowledge: &Knowledge) -> Held {
    let infos = dg14(knowledge)?;
    if !infos.pace().any(|info| Mapping::of(info) == Mapping::Cam) {
        return Err(Finding::Absent("chip authentication mapping".to_owned()));
    }
    let keys = infos.chip_authentication_public_keys().count();
    require(keys > 0, || "no public key".to_owned())
}

fn terminal_info(knowledge: &Knowledge) -> Result<TerminalAuthenticationInfo, Finding> {
    let infos = dg14(knowledge)?;
    let info = infos.terminal_authentication().copied();
    info.ok_or(Finding::Absent("TerminalAuthenticationInfo".to_owned()))
}

fn terminal_authentication(knowledge: &Knowledge) -> Held {
    let version = terminal_info(knowledge)?.version;
    require(version == TerminalAuthenticationInfo::VERSION, || {
        format!("version {version}")
    })
}

/// Where no file is named, the standard's is meant.
fn cvca_file(knowledge: &Knowledge) -> Held {
    let named = terminal_info(knowledge)?.ef_cvca;
    let id = named.map_or(File::Cvca.id(), |reference| reference.id);
    let there = knowledge.files.contains_key(&File::Cvca);
    require(there, || format!("no file {id:?}"))
}

fn key_info(knowledge: &Knowledge) -> Held {
    const SEQUENCE: u32 = 0x30;
    const BIT_STRING: u32 = 0x03;
    let info = inside(&outer(knowledge, File::Dg15)?, SEQUENCE)?;
    inside(&info, SEQUENCE)?;
    inside(&info, BIT_STRING).map(drop)
}

fn key(knowledge: &Knowledge) -> Result<PublicKey, Finding> {
    let dg15 =
        Dg15::parse(file(knowledge, File::Dg15)?).or_else(|error| broken(error.to_string()))?;
    match dg15.value.public_key.key() {
        Ok(key) => Ok(key.clone()),
        Err(error) => broken(error.to_string()),
    }
}

fn key_size(knowledge: &Knowledge) -> Held {
    match pki::passive_authentication::weak_key(&key(knowledge)?) {
        None => Ok(()),
        Some(weakness) => broken(weakness.to_string()),
    }
}
