//! EF.COM, EF.ATR/INFO and EF.CVCA: what a card says of itself.

use std::collections::BTreeSet;

use lds::{EfAtrInfo, EfCom, EfCvca, File};
use pki::SecurityObject;

use super::Test::{Length, Rule, Tag};
use super::{Finding, Held, Predicate, broken, digits, file, inside, outer, parsed, require};
use crate::conformance::Knowledge;

#[rustfmt::skip]
pub(super) const TABLE: &[Predicate] = &[
    Predicate::new("com-tag", "Doc 9303-10 §4.6.1", "EF.COM has the tag 60", Tag(File::Com)),
    Predicate::new("com-length", "Doc 9303-10 §4.6.1", "EF.COM is one data object, all there, with the shortest length", Length(File::Com)),
    Predicate::new("com-lds-version", "Doc 9303-10 §4.6.1", "the LDS version is four digits and 01.07 or 01.08", Rule(lds_version)),
    Predicate::new("com-unicode-version", "Doc 9303-10 §4.6.1", "the Unicode version is six digits and 04.00.00 or later", Rule(unicode_version)),
    Predicate::new("com-data-groups", "Doc 9303-10 §4.6.1", "EF.COM lists the data groups that EF.SOD has hashes of", Rule(data_groups)),
    Predicate::new("atr-info-objects", "Doc 9303-10 §3.11", "EF.ATR/INFO is a row of data objects", Rule(atr_info_objects)),
    Predicate::new("atr-info-extended-length", "Doc 9303-10 §3.11", "EF.ATR/INFO has the object 7F66 of lengths", Rule(extended_length)),
    Predicate::new("atr-info-buffer-sizes", "Doc 9303-10 §3.11", "the lengths of a command and of an answer are two positive numbers", Rule(buffer_sizes)),
    Predicate::new("atr-info-chaining", "Doc 9303-10 §3.11", "the card capabilities say that commands may be chained", Rule(chaining)),
    Predicate::new("cvca-content", "TR-03110-3 §A.1.4", "EF.CVCA has 36 octets: one or two references, then zeros", Rule(cvca_content)),
];

fn lds_version(knowledge: &Knowledge) -> Held {
    const KNOWN: [&[u8]; 2] = [b"0107", b"0108"];
    let version = inside(&outer(knowledge, File::Com)?, 0x5F01)?;
    digits(&version, 4)?;
    require(KNOWN.contains(&version.value), || {
        format!("version {}", String::from_utf8_lossy(version.value))
    })
}

fn unicode_version(knowledge: &Knowledge) -> Held {
    const FIRST: &[u8] = b"040000";
    let version = inside(&outer(knowledge, File::Com)?, 0x5F36)?;
    digits(&version, FIRST.len())?;
    require(version.value >= FIRST, || {
        format!("version {}", String::from_utf8_lossy(version.value))
    })
}

fn data_groups(knowledge: &Knowledge) -> Held {
    let com = parsed::<EfCom>(knowledge)?.value;
    let listed: BTreeSet<File> = com.data_groups().collect();
    require(listed.len() == com.tags.len(), || {
        "a tag of no data group, or one twice".to_owned()
    })?;
    let read = File::data_groups().find(|group| {
        let was_read = knowledge.files.contains_key(group);
        was_read && !listed.contains(group)
    });
    if let Some(group) = read {
        return broken(format!("{group} is there and not listed"));
    }
    let object = SecurityObject::parse(file(knowledge, File::Sod)?)
        .or_else(|error| broken(format!("EF.SOD: {error}")))?;
    let hashed: BTreeSet<File> = object.lds_security_object().data_groups().collect();
    let names = |files: Vec<&File>| {
        files
            .iter()
            .map(|file| file.name())
            .collect::<Vec<_>>()
            .join(", ")
    };
    require(listed == hashed, || {
        format!(
            "only in EF.COM: {}; only in EF.SOD: {}",
            names(listed.difference(&hashed).collect()),
            names(hashed.difference(&listed).collect())
        )
    })
}

fn atr_info(knowledge: &Knowledge) -> Result<EfAtrInfo, Finding> {
    let content = file(knowledge, File::AtrInfo)?;
    let parsed = EfAtrInfo::parse(content).or_else(|error| broken(error.to_string()))?;
    Ok(parsed.value)
}

fn atr_info_objects(knowledge: &Knowledge) -> Held {
    let info = atr_info(knowledge)?;
    let empty = info.card_capabilities.is_none() && info.extended_length.is_none();
    require(!empty || !info.other.is_empty(), || {
        "no data object".to_owned()
    })
}

fn extended_length(knowledge: &Knowledge) -> Held {
    let lengths = atr_info(knowledge)?.extended_length;
    require(lengths.is_some(), || {
        "no object 7F66 that can be read".to_owned()
    })
}

fn buffer_sizes(knowledge: &Knowledge) -> Held {
    let Some(lengths) = atr_info(knowledge)?.extended_length else {
        return broken("no object 7F66 that can be read");
    };
    let positive = lengths.max_command > 0 && lengths.max_response > 0;
    require(positive, || "a length of zero".to_owned())
}

fn chaining(knowledge: &Knowledge) -> Held {
    match atr_info(knowledge)?.card_capabilities {
        Some(capabilities) if capabilities.command_chaining() => Ok(()),
        Some(_) => broken("the card says that it does not chain commands"),
        None => broken("no card capabilities (47)"),
    }
}

fn cvca_content(knowledge: &Knowledge) -> Held {
    const LENGTH: usize = 36;
    let content = file(knowledge, File::Cvca)?;
    require(content.len() == LENGTH, || {
        format!("{} octets", content.len())
    })?;
    let references = EfCvca::parse(content).or_else(|error| broken(error.to_string()))?;
    if let Some(deviation) = references.deviations.first() {
        return broken(deviation.to_string());
    }
    let written = references.value.to_bytes();
    require(written == content, || {
        "octets behind the references that are not zero".to_owned()
    })
}
