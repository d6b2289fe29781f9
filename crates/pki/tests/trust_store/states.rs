//! States that write certificates and lists as they like.

use std::sync::Arc;

use const_oid::ObjectIdentifier;
use crypto::{Curve, EcParameters, HashAlgorithm, PrivateKey, SignatureAlgorithm};
use iso7816::tlv;
use pki::{Certificate, Fingerprint, Signer, SoftwareSigner, TrustStore, oids};
use rand::SeedableRng;
use rand::rngs::StdRng;

const SIGN_CERTIFICATES: &[u8] = &[0x03, 0x02, 0x01, 0x06];
const SIGN_DATA: &[u8] = &[0x03, 0x02, 0x07, 0x80];

pub(crate) fn element(tag: u32, content: &[u8]) -> Vec<u8> {
    tlv::encode(tlv::Tag::new(tag), content)
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

fn oid(oid: ObjectIdentifier) -> Vec<u8> {
    element(0x06, oid.as_bytes())
}

/// A P-256 key; the same seed gives the same key.
pub(crate) fn key(seed: u64) -> Arc<SoftwareSigner> {
    let mut rng = StdRng::seed_from_u64(seed);
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng).unwrap();
    let algorithm = SignatureAlgorithm::Ecdsa(HashAlgorithm::Sha256);
    Arc::new(SoftwareSigner::new(key, algorithm, Box::new(rng)).unwrap())
}

/// SHA-1 of the point: the key identifier that everybody computes.
pub(crate) fn key_identifier(key: &SoftwareSigner) -> Vec<u8> {
    let spki = key.public_key().to_spki(EcParameters::Explicit).unwrap();
    HashAlgorithm::Sha1.digest(&spki[spki.len() - 65..])
}

pub(crate) fn name(country: &str, common_name: &str) -> Vec<u8> {
    let attribute = |kind, text: &str| {
        let value = element(0x13, text.as_bytes());
        element(0x31, &sequence(&[&oid(kind), &value]))
    };
    let mut parts = Vec::new();
    if !country.is_empty() {
        parts.push(attribute(oids::COUNTRY_NAME, country));
    }
    parts.push(attribute(oids::COMMON_NAME, common_name));
    element(0x30, &parts.concat())
}

/// A certificate before it is signed; every field can be changed.
#[derive(Clone)]
pub(crate) struct Writing {
    pub(crate) serial: u8,
    pub(crate) issuer: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    pub(crate) ends: &'static str,
    pub(crate) key: Arc<SoftwareSigner>,
    pub(crate) subject_key_identifier: Option<Vec<u8>>,
    pub(crate) authority_key_identifier: Option<Vec<u8>>,
    pub(crate) basic_constraints: Option<&'static [u8]>,
    pub(crate) key_usage: &'static [u8],
    pub(crate) purpose: Option<(ObjectIdentifier, bool)>,
    /// localityName in SubjectAltName.
    pub(crate) locality: Option<&'static str>,
}

impl Writing {
    /// The root certificate of a CSCA.
    pub(crate) fn root(country: &str, common_name: &str, key: &Arc<SoftwareSigner>) -> Self {
        let identifier = key_identifier(key);
        Self {
            serial: 1,
            issuer: name(country, common_name),
            subject: name(country, common_name),
            ends: "400101000000Z",
            key: key.clone(),
            subject_key_identifier: Some(identifier.clone()),
            authority_key_identifier: Some(identifier),
            basic_constraints: Some(&[0x30, 0x06, 0x01, 0x01, 0xFF, 0x02, 0x01, 0x00]),
            key_usage: SIGN_CERTIFICATES,
            purpose: None,
            locality: None,
        }
    }

    /// The certificate of a successor, issued by this one.
    pub(crate) fn link_to(&self, next: &Self) -> Self {
        Self {
            serial: 2,
            issuer: self.subject.clone(),
            authority_key_identifier: self.subject_key_identifier.clone(),
            ..next.clone()
        }
    }

    /// A signer of data below this CSCA.
    pub(crate) fn signer(&self, country: &str, key: &Arc<SoftwareSigner>) -> Self {
        Self {
            serial: 3,
            issuer: self.subject.clone(),
            subject: name(country, "Signer TEST"),
            key: key.clone(),
            subject_key_identifier: Some(key_identifier(key)),
            authority_key_identifier: self.subject_key_identifier.clone(),
            basic_constraints: None,
            key_usage: SIGN_DATA,
            ..self.clone()
        }
    }

    /// A signer of master lists below this CSCA.
    pub(crate) fn list_signer(&self, country: &str, key: &Arc<SoftwareSigner>) -> Self {
        Self {
            purpose: Some((oids::MASTER_LIST_SIGNING_KEY, true)),
            ..self.signer(country, key)
        }
    }

    /// The certificate, signed by a key.
    pub(crate) fn signed_by(&self, issuer: &SoftwareSigner) -> Vec<u8> {
        let tbs = sequence(&[
            &element(0xA0, &[0x02, 0x01, 0x02]),
            &element(0x02, &[self.serial]),
            &ecdsa(),
            &self.issuer,
            &sequence(&[
                &element(0x17, b"200101000000Z"),
                &element(0x17, self.ends.as_bytes()),
            ]),
            &self.subject,
            &self
                .key
                .public_key()
                .to_spki(EcParameters::Explicit)
                .unwrap(),
            &element(0xA3, &element(0x30, &self.extensions())),
        ]);
        signed(&tbs, issuer)
    }

    /// The certificate, signed by its own key.
    pub(crate) fn by_itself(&self) -> Vec<u8> {
        self.signed_by(&self.key)
    }

    fn extensions(&self) -> Vec<u8> {
        let mut all = Vec::new();
        let mut push = |kind, critical, value: &[u8]| {
            let critical: &[u8] = if critical { &[0x01, 0x01, 0xFF] } else { &[] };
            all.extend(sequence(&[&oid(kind), critical, &element(0x04, value)]));
        };
        push(oids::KEY_USAGE, true, self.key_usage);
        if let Some(constraints) = self.basic_constraints {
            push(oids::BASIC_CONSTRAINTS, true, constraints);
        }
        if let Some(identifier) = &self.subject_key_identifier {
            push(
                oids::SUBJECT_KEY_IDENTIFIER,
                false,
                &element(0x04, identifier),
            );
        }
        if let Some(identifier) = &self.authority_key_identifier {
            let identifier = element(0x30, &element(0x80, identifier));
            push(oids::AUTHORITY_KEY_IDENTIFIER, false, &identifier);
        }
        if let Some(locality) = self.locality {
            let value = element(0x13, locality.as_bytes());
            let attribute = sequence(&[&oid(oids::LOCALITY_NAME), &value]);
            let name = sequence(&[&element(0x31, &attribute)]);
            let names = sequence(&[&element(0xA4, &name)]);
            push(oids::SUBJECT_ALT_NAME, false, &names);
        }
        if let Some((purpose, critical)) = self.purpose {
            push(
                oids::EXTENDED_KEY_USAGE,
                critical,
                &sequence(&[&oid(purpose)]),
            );
        }
        all
    }
}

fn ecdsa() -> Vec<u8> {
    sequence(&[&oid(oids::ECDSA_WITH_SHA256)])
}

fn signed(tbs: &[u8], key: &SoftwareSigner) -> Vec<u8> {
    let signature = [&[0][..], &key.sign(tbs).unwrap()].concat();
    sequence(&[tbs, &ecdsa(), &element(0x03, &signature)])
}

/// A revocation list of these serial numbers.
pub(crate) fn crl(
    csca: &Writing,
    signer: &SoftwareSigner,
    updated: &str,
    revoked: &[u8],
) -> Vec<u8> {
    crl_after(None, csca, signer, updated, revoked)
}

/// A revocation list of a CSCA that had another name.
pub(crate) fn crl_after(
    former_name: Option<&[u8]>,
    csca: &Writing,
    signer: &SoftwareSigner,
    updated: &str,
    revoked: &[u8],
) -> Vec<u8> {
    let entries: Vec<(u8, Option<u8>)> = revoked.iter().map(|serial| (*serial, None)).collect();
    crl_of_entries(former_name, csca, signer, updated, &entries)
}

/// A revocation list of these serial numbers, each with its reason.
pub(crate) fn crl_of_entries(
    former_name: Option<&[u8]>,
    csca: &Writing,
    signer: &SoftwareSigner,
    updated: &str,
    revoked: &[(u8, Option<u8>)],
) -> Vec<u8> {
    let entry = |(serial, reason): &(u8, Option<u8>)| {
        let date = element(0x17, b"260101000000Z");
        let extension = reason.map_or_else(Vec::new, |reason| {
            let value = element(0x04, &element(0x0A, &[reason]));
            sequence(&[&sequence(&[&oid(oids::CRL_REASON), &value])])
        });
        sequence(&[&element(0x02, &[*serial]), &date, &extension])
    };
    let entries: Vec<u8> = revoked.iter().flat_map(entry).collect();
    let entries = if entries.is_empty() {
        entries
    } else {
        element(0x30, &entries)
    };
    let mut extensions = Vec::new();
    if let Some(identifier) = &csca.subject_key_identifier {
        let value = element(0x04, &element(0x30, &element(0x80, identifier)));
        extensions = sequence(&[&oid(oids::AUTHORITY_KEY_IDENTIFIER), &value]);
    }
    if let Some(name) = former_name {
        let value = element(0x04, &sequence(&[&element(0xA4, name)]));
        extensions.extend(sequence(&[&oid(oids::ISSUER_ALT_NAME), &value]));
    }
    let tbs = sequence(&[
        &[0x02, 0x01, 0x01],
        &ecdsa(),
        &csca.subject,
        &element(0x17, updated.as_bytes()),
        &element(0x17, b"270101000000Z"),
        &entries,
        &element(0xA0, &element(0x30, &extensions)),
    ]);
    signed(&tbs, signer)
}

/// The content of a master list.
pub(crate) fn list_content(certificates: &[&[u8]]) -> Vec<u8> {
    sequence(&[&[0x02, 0x01, 0x00], &element(0x31, &certificates.concat())])
}

/// A signed list: content, content type, certificate and key of its signer, when signed.
pub(crate) fn signed_list(
    content_type: ObjectIdentifier,
    content: &[u8],
    certificate: &[u8],
    key: &SoftwareSigner,
    signed: &str,
) -> Vec<u8> {
    let sha256 = sequence(&[&oid(HashAlgorithm::Sha256.oid())]);
    let attribute = |kind, value: &[u8]| sequence(&[&oid(kind), &element(0x31, value)]);
    let digest = HashAlgorithm::Sha256.digest(content);
    let attributes = [
        attribute(oids::CONTENT_TYPE, &oid(content_type)),
        attribute(oids::SIGNING_TIME, &element(0x17, signed.as_bytes())),
        attribute(oids::MESSAGE_DIGEST, &element(0x04, &digest)),
    ]
    .concat();
    let signature = key.sign(&element(0x31, &attributes)).unwrap();
    let read = Certificate::parse(certificate).unwrap();
    let signer_info = sequence(&[
        &[0x02, 0x01, 0x01],
        &sequence(&[read.issuer().as_der(), &element(0x02, read.serial_number())]),
        &sha256,
        &element(0xA0, &attributes),
        &ecdsa(),
        &element(0x04, &signature),
    ]);
    let signed_data = sequence(&[
        &[0x02, 0x01, 0x03],
        &element(0x31, &sha256),
        &sequence(&[&oid(content_type), &element(0xA0, &element(0x04, content))]),
        &element(0xA0, certificate),
        &element(0x31, &signer_info),
    ]);
    sequence(&[&oid(oids::SIGNED_DATA), &element(0xA0, &signed_data)])
}

/// A master list of these certificates.
pub(crate) fn master_list(certificates: &[&[u8]], signer: &[u8], key: &SoftwareSigner) -> Vec<u8> {
    let content = list_content(certificates);
    signed_list(
        oids::CSCA_MASTER_LIST,
        &content,
        signer,
        key,
        "260101000000Z",
    )
}

/// Whose subjects a store trusts, in order.
pub(crate) fn trusted(store: &TrustStore) -> Vec<String> {
    let mut subjects: Vec<String> = store
        .anchors()
        .iter()
        .map(|anchor| anchor.certificate().subject().to_string())
        .collect();
    subjects.sort();
    subjects
}

pub(crate) fn fingerprint(certificate: &[u8]) -> Fingerprint {
    Fingerprint::of(certificate)
}
