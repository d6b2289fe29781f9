//! What an object says as a whole, by its parts: the tables name these functions.

use crypto::{Curve, PublicKey};
use mrz::Mrz;
use pki::Certificate;

use super::annotation::Node;
use super::element::Element;
use super::mrz_lines;
use super::value::{self, significant};

/// What the parts say, one behind the other.
pub(super) fn join(node: &Node, _: &Element<'_>) -> Option<String> {
    joined(node, ", ")
}

/// What the first part says of the others.
pub(super) fn pair(node: &Node, _: &Element<'_>) -> Option<String> {
    joined(node, ": ")
}

/// From … to ….
pub(super) fn period(node: &Node, _: &Element<'_>) -> Option<String> {
    joined(node, " to ")
}

fn joined(node: &Node, separator: &str) -> Option<String> {
    let values: Vec<&str> = node
        .children
        .iter()
        .filter_map(|child| child.value.as_deref())
        .collect();
    (!values.is_empty()).then(|| values.join(separator))
}

fn child(node: &Node, index: usize) -> Option<&Node> {
    node.children.get(index)
}

fn child_value(node: &Node, index: usize) -> Option<&str> {
    child(node, index)?.value.as_deref()
}

fn named<'a>(node: &'a Node, name: &str) -> Option<&'a Node> {
    node.children.iter().find(|child| child.name == name)
}

/// Of which size of document a machine readable zone is.
pub(super) fn zone(_: &Node, element: &Element<'_>) -> Option<String> {
    let (mrz, _) = Mrz::parse(std::str::from_utf8(element.value).ok()?).ok()?;
    Some(mrz_lines::size(mrz.format()).to_owned())
}

/// One attribute of a name: `C=UT`.
pub(super) fn name_attribute(node: &Node, _: &Element<'_>) -> Option<String> {
    let kind = match child_value(node, 0)? {
        "commonName" => "CN",
        "countryName" => "C",
        "localityName" => "L",
        "stateOrProvinceName" => "ST",
        "organizationName" => "O",
        "organizationalUnitName" => "OU",
        other => other,
    };
    Some(format!("{kind}={}", child_value(node, 1)?))
}

/// Which key.
pub(super) fn subject_public_key_info(node: &Node, element: &Element<'_>) -> Option<String> {
    match PublicKey::from_spki(element.raw) {
        Ok(PublicKey::Rsa(key)) => {
            let exponent = value::unsigned(&key.exponent())
                .map_or_else(|| "large".to_owned(), |exponent| exponent.to_string());
            Some(format!(
                "RSA key of {} bits, exponent {exponent}",
                key.bits()
            ))
        }
        Ok(key @ PublicKey::Ec(_)) => Some(format!("elliptic curve key on {}", key.describe())),
        Err(_) => child_value(node, 0).map(|algorithm| format!("key for {algorithm}")),
    }
}

/// Which curve explicit parameters are: a name only where every number is that of the curve.
pub(super) fn ec_parameters(node: &Node, _: &Element<'_>) -> Option<String> {
    let prime = &named(named(node, "fieldID")?, "p, the prime")?.content;
    let coefficients = named(node, "curve")?;
    let found = [
        prime.clone(),
        named(coefficients, "a")?.content.clone(),
        named(coefficients, "b")?.content.clone(),
        named(node, "base point G")?
            .children
            .iter()
            .flat_map(|part| part.content.clone())
            .collect(),
        named(node, "order n")?.content.clone(),
    ];
    let curve = Curve::ALL.into_iter().find(|curve| {
        let domain = curve.domain();
        let known = [domain.p, domain.a, domain.b, &domain.base_point(), domain.n];
        known
            .iter()
            .zip(&found)
            .all(|(known, found)| significant(known) == significant(found))
    });
    Some(match curve {
        Some(curve) => format!("explicit parameters of {}", curve.name()),
        None => format!(
            "explicit parameters of an unknown curve over {} bits",
            value::bit_length(prime)
        ),
    })
}

/// Whose certificate it is, by whom, and for how long.
pub(super) fn certificate(_: &Node, element: &Element<'_>) -> Option<String> {
    let certificate = Certificate::parse(element.raw).ok()?;
    let (subject, validity) = (certificate.subject(), certificate.validity());
    Some(if certificate.is_self_issued() {
        format!("{subject}; self-issued; {validity}")
    } else {
        format!("{subject}; by {}; {validity}", certificate.issuer())
    })
}

/// An extension: its name, and whether it is critical.
pub(super) fn extension(node: &Node, _: &Element<'_>) -> Option<String> {
    let name = child_value(node, 0)?;
    let critical =
        named(node, "critical").is_some_and(|critical| critical.value.as_deref() == Some("TRUE"));
    Some(format!(
        "{name}{}",
        if critical { ", critical" } else { "" }
    ))
}

/// An entry of SecurityInfos: the protocol and its parameters.
pub(super) fn security_info(node: &Node, _: &Element<'_>) -> Option<String> {
    let part = |part: &Node| {
        let value = part.value.as_deref()?;
        Some(if part.name == "version" {
            format!("version {value}")
        } else {
            value.to_owned()
        })
    };
    let parts: Vec<String> = node.children.iter().filter_map(part).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// The hash of a data group.
pub(super) fn data_group_hash(node: &Node, _: &Element<'_>) -> Option<String> {
    Some(format!(
        "EF.DG{} has the hash {}",
        child_value(node, 0)?,
        child_value(node, 1)?
    ))
}

/// A field of the Vietnamese citizen's particulars.
pub(super) fn citizen_field(node: &Node, _: &Element<'_>) -> Option<String> {
    #[rustfmt::skip]
    const NAMES: [&str; 16] = [
        "personal number", "full name", "date of birth", "sex", "nationality", "ethnic group", "religion", "place of origin",
        "place of residence", "identifying marks", "date of issue", "date of expiry", "father and mother", "spouse",
        "previous identity card number", "chip identifier",
    ];
    let id = child_value(node, 0)?;
    let index = id.parse::<usize>().ok()?.checked_sub(1);
    let name = index
        .and_then(|index| NAMES.get(index))
        .unwrap_or(&"unknown field");
    let text = match child(node, 1) {
        None => "no value".to_owned(),
        Some(value) if value.children.is_empty() => {
            value.value.clone().unwrap_or_else(|| "empty".to_owned())
        }
        Some(places) => joined(places, "; ").unwrap_or_else(|| "empty".to_owned()),
    };
    Some(format!("{id} {name}: {text}"))
}

/// The key of a card verifiable certificate.
pub(super) fn cv_public_key(node: &Node, _: &Element<'_>) -> Option<String> {
    let algorithm = child_value(node, 0)?;
    Some(
        match (named(node, "modulus n"), named(node, "p, the prime")) {
            (Some(n), _) => format!("{algorithm}, {} bits", value::bit_length(&n.content)),
            (None, Some(p)) => format!(
                "{algorithm}, curve over {} bits, parameters included",
                value::bit_length(&p.content)
            ),
            (None, None) => format!("{algorithm}, parameters inherited from the issuer"),
        },
    )
}

/// Whose card verifiable certificate it is.
pub(super) fn cv_certificate(node: &Node, _: &Element<'_>) -> Option<String> {
    let body = named(node, "Certificate Body")?;
    let reference = |name| named(body, name)?.value.as_deref()?.split(' ').next();
    let holder = reference("Certificate Holder Reference")?;
    Some(match reference("Certification Authority Reference") {
        Some(authority) if authority != holder => format!("{holder} by {authority}"),
        _ => format!("{holder}, self-signed"),
    })
}
