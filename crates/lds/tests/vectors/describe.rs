//! What a parser of this crate found in a file, under the names that the vectors use.

use lds::biometric_template::BiometricInformationGroup;
use lds::counted_content::CountedContent;
use lds::dg13::vietnam::VietnamCitizen;
use lds::security_info::SecurityInfo;
use lds::{
    BiometricRecord, Dg1, Dg2, Dg3, Dg4, Dg5, Dg6, Dg7, Dg8, Dg9, Dg10, Dg11, Dg12, Dg13, Dg14,
    Dg15, Dg16, EfAtrInfo, EfCardAccess, EfCom, EfCvca, EfDir, FileContent, LdsSecurityObject,
    LdsSecurityObjectVersion, Parsed, Result, SecurityInfos, SubjectPublicKey,
};
use serde_json::{Value, json};

/// A file that could be read.
pub(crate) struct Description {
    pub(crate) values: Value,
    pub(crate) deviations: Vec<String>,
    pub(crate) rewritten: Vec<u8>,
}

/// Reads a file of this word.
pub(crate) fn describe(word: &str, file: &[u8]) -> Result<Description> {
    match word {
        "atr-info" => found(&EfAtrInfo::parse(file)?, atr_info, EfAtrInfo::to_bytes),
        "dir" => found(&EfDir::parse(file)?, dir, EfDir::to_bytes),
        "cvca" => found(&EfCvca::parse(file)?, cvca, EfCvca::to_bytes),
        "security-infos" => {
            let parsed = SecurityInfos::parse(file)?;
            found(&parsed, security_infos, SecurityInfos::to_der)
        }
        "security-info" => {
            let set = iso7816::tlv::encode(iso7816::tlv::Tag::new(0x31), file);
            found(&SecurityInfos::parse(&set)?, security_info, |infos| {
                infos.iter().flat_map(SecurityInfo::to_der).collect()
            })
        }
        "lds-security-object" => {
            let parsed = LdsSecurityObject::from_der(file)?;
            found(&parsed, lds_security_object, LdsSecurityObject::to_der)
        }
        "card-access" => content::<EfCardAccess>(file, |f| security_infos(&f.security_infos)),
        "com" => content::<EfCom>(file, com),
        "dg1" => content::<Dg1>(
            file,
            |f| json!({ "characters": f.characters(), "document_number": f.mrz().document_number() }),
        ),
        "dg2" => content::<Dg2>(file, |f| biometrics(&f.0)),
        "dg3" => content::<Dg3>(file, |f| biometrics(&f.0)),
        "dg4" => content::<Dg4>(file, |f| biometrics(&f.0)),
        "dg5" => content::<Dg5>(file, |f| images(&f.portraits)),
        "dg6" => content::<Dg6>(file, |f| json!({ "content": upper(&f.content) })),
        "dg7" => content::<Dg7>(file, |f| images(&f.signatures)),
        "dg8" => content::<Dg8>(file, |f| counted(&f.0)),
        "dg9" => content::<Dg9>(file, |f| counted(&f.0)),
        "dg10" => content::<Dg10>(file, |f| counted(&f.0)),
        "dg11" => content::<Dg11>(file, dg11),
        "dg12" => content::<Dg12>(file, dg12),
        "dg13" => content::<Dg13>(file, |f| json!({ "content": upper(&f.content) })),
        "dg14" => content::<Dg14>(file, |f| security_infos(&f.security_infos)),
        "dg15" => content::<Dg15>(file, |f| public_key(&f.public_key)),
        "dg16" => content::<Dg16>(file, dg16),
        other => panic!("unknown kind of vector {other}"),
    }
}

fn content<F: FileContent>(file: &[u8], values: impl Fn(&F) -> Value) -> Result<Description> {
    found(&F::parse(file)?, values, F::to_bytes)
}

fn found<T>(
    parsed: &Parsed<T>,
    values: impl Fn(&T) -> Value,
    rewrite: impl Fn(&T) -> Vec<u8>,
) -> Result<Description> {
    Ok(Description {
        values: values(&parsed.value),
        deviations: parsed.deviations.iter().map(ToString::to_string).collect(),
        rewritten: rewrite(&parsed.value),
    })
}

fn upper(octets: &[u8]) -> String {
    hex::encode_upper(octets)
}

fn text<T: ToString>(value: &Option<T>) -> Value {
    value.as_ref().map(ToString::to_string).into()
}

fn texts<T: ToString>(values: impl IntoIterator<Item = T>) -> Value {
    values.into_iter().map(|value| value.to_string()).collect()
}

fn atr_info(file: &EfAtrInfo) -> Value {
    json!({
        "card_capabilities": file.card_capabilities.map(|c| upper(&c.0)),
        "max_command": file.extended_length.map(|l| l.max_command),
        "max_response": file.extended_length.map(|l| l.max_response),
    })
}

fn dir(file: &EfDir) -> Value {
    json!({ "applications": texts(file.applications.iter().map(|a| upper(&a.aid))) })
}

fn cvca(file: &EfCvca) -> Value {
    json!({ "newest": file.newest.to_string(), "previous": text(&file.previous) })
}

fn com(file: &EfCom) -> Value {
    json!({
        "lds_version": file.lds_version.to_string(),
        "unicode_version": file.unicode_version.to_string(),
        "data_groups": texts(file.data_groups()),
    })
}

fn lds_security_object(object: &LdsSecurityObject) -> Value {
    let (version, lds_version, unicode_version) = match &object.version {
        LdsSecurityObjectVersion::V0 => (0, None, None),
        LdsSecurityObjectVersion::V1 {
            lds_version,
            unicode_version,
        } => (1, Some(lds_version), Some(unicode_version)),
    };
    let hashes = object.hashes.iter();
    json!({
        "version": version,
        "lds_version": text(&lds_version),
        "unicode_version": text(&unicode_version),
        "hash": object.hash.name(),
        "hashes": hashes.map(|(n, h)| (n.to_string(), upper(h).into())).collect::<serde_json::Map<_, _>>(),
    })
}

fn security_infos(infos: &SecurityInfos) -> Value {
    let key = infos.chip_authentication_public_keys().next();
    let point = key.map(|info| public_key(&info.public_key)["point"].take());
    json!({ "infos": texts(infos.iter().map(one_line)), "point": point })
}

fn one_line(info: &SecurityInfo) -> String {
    let number =
        |name: &str, id: Option<u64>| id.map_or(String::new(), |id| format!(" {name} {id}"));
    match info {
        SecurityInfo::Pace(info) => {
            let (protocol, version) = (info.protocol, info.version);
            let (mapping, agreement) = (protocol.mapping(), protocol.agreement());
            let parameters = number("parameters", info.parameter_id.map(u64::from));
            let cipher = protocol.cipher();
            format!("Pace {mapping:?} {agreement:?} {cipher:?} version {version}{parameters}")
        }
        SecurityInfo::ChipAuthentication(info) => {
            let (protocol, version) = (info.protocol, info.version);
            let key = number("key", info.key_id);
            let (agreement, cipher) = (protocol.agreement, protocol.cipher);
            format!("ChipAuthentication {agreement:?} {cipher:?} version {version}{key}")
        }
        SecurityInfo::ChipAuthenticationPublicKey(info) => {
            let key = number("key", info.key_id);
            format!("ChipAuthenticationPublicKey {:?}{key}", info.agreement)
        }
        SecurityInfo::ActiveAuthentication(info) => {
            format!(
                "ActiveAuthentication {:?} version {}",
                info.hash, info.version
            )
        }
        SecurityInfo::TerminalAuthentication(info) => {
            format!("TerminalAuthentication version {}", info.version)
        }
        SecurityInfo::Unknown(info) => format!("Unknown {}", info.protocol),
        other => format!("{other:?}"),
    }
}

fn security_info(infos: &SecurityInfos) -> Value {
    match infos.iter().next() {
        Some(SecurityInfo::EfDir(info)) => {
            json!({ "kind": "EfDir", "ef_dir": upper(&info.ef_dir) })
        }
        Some(SecurityInfo::ChipAuthenticationPublicKey(info)) => {
            let mut values = public_key(&info.public_key);
            values["kind"] = "ChipAuthenticationPublicKey".into();
            values["key_id"] = info.key_id.into();
            values
        }
        other => json!({ "kind": other.map(one_line) }),
    }
}

fn public_key(key: &SubjectPublicKey) -> Value {
    match key.key() {
        Ok(crypto::PublicKey::Ec(point)) => json!({ "point": upper(point.as_bytes()) }),
        Ok(crypto::PublicKey::Rsa(key)) => json!({ "bits": key.bits() }),
        Err(error) => json!({ "error": error.to_string() }),
    }
}

fn biometrics(group: &BiometricInformationGroup) -> Value {
    let records = group.records.iter().map(|information| {
        let kind = match information.record {
            BiometricRecord::Iso19794(_) => "Iso19794",
            BiometricRecord::Iso39794(_) => "Iso39794",
        };
        format!("{kind} {}", upper(information.record.as_bytes()))
    });
    let mut values = json!({
        "records": texts(records),
        "discretionary": group.discretionary.as_deref().map(upper),
    });
    if let Some(information) = group.records.first() {
        let header = &information.header;
        let subtype = header.subtype.and_then(|s| Some((s.side()?, s.finger()?)));
        values["subtype"] = text(&subtype.map(|(side, finger)| format!("{side:?} {finger:?}")));
        values["format_owner"] = text(&header.format_owner.map(|n| format!("{n:04X}")));
        values["format_type"] = text(&header.format_type.map(|n| format!("{n:04X}")));
        values["created"] = text(&header.created);
        values["valid_from"] = text(&header.validity.map(|v| v.from));
        values["valid_to"] = text(&header.validity.map(|v| v.to));
        values["creator"] = header.creator.map(|c| upper(&c)).into();
    }
    values
}

fn images(images: &[Vec<u8>]) -> Value {
    json!({
        "images": texts(images.iter().map(|image| upper(image))),
        "image_lengths": images.iter().map(Vec::len).collect::<Vec<_>>(),
    })
}

fn counted(content: &CountedContent) -> Value {
    json!({ "count": content.count, "content": upper(&content.content) })
}

fn dg11(file: &Dg11) -> Value {
    json!({
        "full_name": text(&file.full_name),
        "other_names": texts(&file.other_names),
        "personal_number": text(&file.personal_number),
        "date_of_birth": text(&file.date_of_birth),
        "place_of_birth": text(&file.place_of_birth),
        "permanent_address": text(&file.permanent_address),
        "telephone": text(&file.telephone),
        "profession": text(&file.profession),
    })
}

fn dg12(file: &Dg12) -> Value {
    json!({
        "issuing_authority": text(&file.issuing_authority),
        "date_of_issue": text(&file.date_of_issue),
        "personalised_at": text(&file.personalised_at),
    })
}

fn dg16(file: &Dg16) -> Value {
    let persons = file.persons().iter().map(|person| {
        json!({
            "date_recorded": text(&person.date_recorded),
            "name": text(&person.name),
            "telephone": text(&person.telephone),
            "address": text(&person.address),
        })
    });
    json!({ "persons": persons.collect::<Vec<_>>() })
}

pub(crate) fn citizen(citizen: &VietnamCitizen) -> Value {
    json!({
        "personal_number": citizen.personal_number,
        "full_name": citizen.full_name,
        "date_of_birth": text(&citizen.date_of_birth),
        "sex": citizen.sex,
        "nationality": citizen.nationality,
        "ethnic_group": citizen.ethnic_group,
        "religion": citizen.religion,
        "place_of_origin": citizen.place_of_origin,
        "place_of_residence": citizen.place_of_residence,
        "identifying_marks": citizen.identifying_marks,
        "date_of_issue": text(&citizen.date_of_issue),
        "date_of_expiry": text(&citizen.date_of_expiry),
        "father": citizen.father,
        "mother": citizen.mother,
        "spouse": citizen.spouse,
        "previous_number": citizen.previous_number,
        "chip_identifier": citizen.chip_identifier,
    })
}
