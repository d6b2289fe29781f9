//! The quirks of the field, each forged by the test PKI: what is accepted is reported, and by its number.

mod cscas;
mod document_signers;
mod security_objects;

use std::collections::BTreeSet;

use const_oid::ObjectIdentifier;
use crypto::{Curve, HashAlgorithm, SignatureAlgorithm};
use lds::{File, LdsSecurityObjectVersion};
use pki::{Cause, Certificate, CheckResult, DeviationKind, Report, oids};

use crate::forge::{
    Forge, Key, Node, Sid, add_extension, element, extensions, oid, remove_extension,
    replace_extension, row, tbs,
};

const P256: Key = Key::Ec(Curve::P256);
const SHA1: HashAlgorithm = HashAlgorithm::Sha1;
const SHA256: HashAlgorithm = HashAlgorithm::Sha256;
const SHA512: HashAlgorithm = HashAlgorithm::Sha512;

/// What comes of a forged document.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Expected {
    /// Everything but the revocation, of which nothing is known here.
    Successful,
    Failed(Cause),
    Undetermined,
}
use Expected::{Failed, Successful, Undetermined};

/// A quirk: its number (none where the field has not met it), what is done, and what comes of it. Exactly these deviations
/// are reported; none where the form is one of those that the standards allow.
struct Case {
    quirk: Option<&'static str>,
    what: &'static str,
    keys: (Key, Key),
    forge: fn(&mut Forge),
    expected: Expected,
    deviations: &'static [DeviationKind],
}

const fn case(
    quirk: &'static str,
    what: &'static str,
    forge: fn(&mut Forge),
    deviations: &'static [DeviationKind],
) -> Case {
    Case {
        quirk: Some(quirk),
        what,
        keys: (P256, P256),
        forge,
        expected: Successful,
        deviations,
    }
}

impl Case {
    const fn keys(mut self, csca: Key, signer: Key) -> Self {
        self.keys = (csca, signer);
        self
    }

    const fn ends(mut self, expected: Expected) -> Self {
        self.expected = expected;
        self
    }

    const fn unnumbered(mut self) -> Self {
        self.quirk = None;
        self
    }
}

use cscas::CSCAS;
use document_signers::DOCUMENT_SIGNERS;
use security_objects::SECURITY_OBJECTS;

const PRIVATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.99999.1");
const NULL: [u8; 2] = [0x05, 0x00];

#[test]
fn quirks_are_accepted_and_reported() {
    let faults: Vec<String> = [SECURITY_OBJECTS, DOCUMENT_SIGNERS, CSCAS]
        .into_iter()
        .flatten()
        .filter_map(|case| {
            let mut forge = Forge::new(case.keys.0, case.keys.1);
            (case.forge)(&mut forge);
            let report = forge.authenticate(&forge.trust_store());
            let name = format!("{} {}", case.quirk.unwrap_or("-"), case.what);
            fault(case, &report).map(|fault| format!("{name}: {fault}"))
        })
        .collect();
    assert_eq!(faults, [""; 0], "{}", faults.join("\n"));
}

/// The numbers of the quirks in the tables.
pub(crate) fn numbers() -> BTreeSet<String> {
    let all = [SECURITY_OBJECTS, DOCUMENT_SIGNERS, CSCAS]
        .into_iter()
        .flatten();
    all.filter_map(|case| case.quirk)
        .map(str::to_owned)
        .collect()
}

/// What is not as the table says.
fn fault(case: &Case, report: &Report) -> Option<String> {
    let result = without_revocation(report);
    let as_expected = match case.expected {
        Successful => result == CheckResult::Successful,
        Failed(cause) => result == CheckResult::Failed(cause),
        Undetermined => matches!(result, CheckResult::Undetermined(_)),
    };
    if !as_expected || report.verified_lds().is_some() != (case.expected == Successful) {
        return Some(result.to_string());
    }
    let names = |kinds: &[DeviationKind]| -> BTreeSet<String> {
        kinds.iter().map(|kind| format!("{kind:?}")).collect()
    };
    let found = names(&deviations(report));
    if found != names(case.deviations) {
        return Some(format!("{found:?}"));
    }
    // These are known under two numbers.
    let other_number = match case.quirk {
        Some("Q086") => Some("Q060"),
        Some("Q115") => Some("Q081"),
        other => other,
    };
    let mut numbers = case.deviations.iter().map(|kind| kind.quirk());
    let numbered = numbers.any(|number| number == case.quirk || number == other_number);
    (!numbered && !case.deviations.is_empty() && case.quirk.is_some())
        .then(|| "without its number".to_owned())
}

fn deviations(report: &Report) -> Vec<DeviationKind> {
    let signer = &report.signer;
    let all = [
        &signer.deviations,
        &signer.issuer_deviations,
        &report.document_deviations,
    ];
    all.into_iter()
        .flatten()
        .map(|deviation| deviation.kind)
        .collect()
}

fn without_revocation(report: &Report) -> CheckResult {
    let mut report = report.clone();
    report.signer.revocation = CheckResult::Successful;
    report.together()
}

fn identifier(algorithm: ObjectIdentifier, parameters: &[u8]) -> Vec<u8> {
    row(0x30, &[&oid(algorithm), parameters])
}

/// Signs by PSS with any parameters.
fn pss(forge: &mut Forge, hash: HashAlgorithm, mgf_hash: HashAlgorithm, salt_len: u8) {
    let mgf = identifier(oids::MGF1, &identifier(mgf_hash.oid(), &NULL));
    let salt = if salt_len == 20 {
        Vec::new()
    } else {
        element(0xA2, element(0x02, [salt_len]))
    };
    let parameters = row(
        0x30,
        &[
            &element(0xA0, identifier(hash.oid(), &NULL)),
            &element(0xA1, mgf),
            &salt,
        ],
    );
    forge.signer.algorithm = SignatureAlgorithm::RsaPss {
        hash,
        mgf_hash,
        salt_len: salt_len.into(),
    };
    forge.signer.identifier = identifier(oids::RSASSA_PSS, &parameters);
}

/// ContentInfo, its content, SignedData and the LDS security object in indefinite form.
fn indefinite(cms: &[u8]) -> Vec<u8> {
    let open = |tag: u8, content: Vec<u8>| [&[tag, 0x80][..], &content, &[0, 0]].concat();
    let mut node = Node::parse(cms);
    let content = node.at(&[1, 0, 2, 1, 0]).bytes();
    let primitive = iso7816::tlv::read(&content).unwrap().0.value;
    let (head, tail) = primitive.split_at(100);
    node.set(
        &[1, 0, 2, 1, 0],
        open(0x24, [element(0x04, head), element(0x04, tail)].concat()),
    );
    let signed_data: Vec<u8> = node
        .at(&[1, 0])
        .children()
        .iter()
        .flat_map(Node::bytes)
        .collect();
    open(
        0x30,
        [oid(oids::SIGNED_DATA), open(0xA0, open(0x30, signed_data))].concat(),
    )
}

/// Superfluous zeros in both numbers of an ECDSA signature.
fn with_zeros(signature: &[u8]) -> Vec<u8> {
    let mut node = Node::parse(signature);
    for at in 0..2 {
        let number = node.at(&[at]).bytes();
        let longer = [&[0, 0][..], &number[2..]].concat();
        node.set(&[at], element(0x02, longer));
    }
    node.bytes()
}

/// Issuer and serial number of the signer's certificate, the issuer written in this way.
fn named(forge: &mut Forge, issuer: &[u8]) -> Sid {
    let serial_number = forge.signer_body.at(&[tbs::SERIAL_NUMBER]).bytes();
    Sid::Element(row(0x30, &[issuer, &serial_number]))
}

/// A name with another text in one attribute.
fn with_text(name: &Node, attribute: usize, tag: u8, text: &str) -> Vec<u8> {
    let mut name = name.clone();
    name.set(&[attribute, 0, 1], element(tag, text));
    name.bytes()
}

/// A name with one attribute in another string type.
fn with_string_type(name: &Node, attribute: usize, tag: u8) -> Vec<u8> {
    let mut name = name.clone();
    let mut value = name.at(&[attribute, 0, 1]).bytes();
    value[0] = tag;
    name.set(&[attribute, 0, 1], value);
    name.bytes()
}

/// Another country in all names of both certificates.
fn country_everywhere(forge: &mut Forge, tag: u8, country: &str) {
    for body in [&mut forge.csca_body, &mut forge.signer_body] {
        for name in [tbs::ISSUER, tbs::SUBJECT] {
            let changed = with_text(body.at(&[name]), 0, tag, country);
            *body.at(&[name]) = Node::parse(&changed);
        }
    }
}

fn document_types(forge: &mut Forge, kind: ObjectIdentifier, list: &[u8]) {
    remove_extension(&mut forge.signer_body, oids::DOCUMENT_TYPE_LIST);
    add_extension(&mut forge.signer_body, kind, false, &element(0x30, list));
}
