//! The table of what is recognised by its tags: files of the chip, certificates, signed objects.

use super::annotation::Finding;
use super::element::{self, Element};
use super::grammar::Object;
use super::tags::{certificates, files, keys, security_infos, terminals};
use super::walker::Plan;
use super::{findings, oids};

/// A kind of content.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    /// Its name.
    pub(super) name: &'static str,
    /// What it is, with its clause.
    pub(super) about: &'static str,
    /// The objects it consists of.
    pub(super) plan: Plan,
    /// Compares it with its standard.
    pub(super) check: Option<Check>,
    /// Whether it bears signatures.
    pub(super) is_signed: bool,
    shape: Shape,
}

/// Compares a file with its standard.
pub(super) type Check = fn(&[u8]) -> Vec<Finding>;

/// How a kind is recognised.
#[derive(Clone, Copy)]
struct Shape {
    /// The first tag.
    outer: &'static [u32],
    /// The first tags inside the first object.
    inside: &'static [u32],
    /// The first tags inside the first of these.
    first: &'static [u32],
    /// What else must hold.
    also: fn(&Element<'_>) -> bool,
    /// When the first tag is enough.
    enough: Enough,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Enough {
    Never,
    /// When it is that of one whole object.
    Whole,
    /// When whole objects follow to the end.
    Row,
}

/// The kind of an object or a row of them.
pub(super) fn of(bytes: &[u8]) -> Option<&'static Kind> {
    let (outer, behind) = Element::read(bytes, 0)?;
    KINDS.iter().find(|kind| kind.shape.fits(&outer, behind))
}

impl Shape {
    const fn new(outer: &'static [u32], inside: &'static [u32], first: &'static [u32]) -> Self {
        Self {
            outer,
            inside,
            first,
            also: |_| true,
            enough: Enough::Never,
        }
    }

    fn fits(&self, outer: &Element<'_>, behind: &[u8]) -> bool {
        self.outer.contains(&outer.tag)
            && (self.also)(outer)
            && (self.has_pattern(outer) || self.is_enough(outer, behind))
    }

    fn has_pattern(&self, outer: &Element<'_>) -> bool {
        let inside = element::tags(outer.value, self.inside.len());
        let first = Element::read(outer.value, 0).map_or(&[][..], |(first, _)| first.value);
        let first = element::tags(first, self.first.len());
        // Of an object that is cut, the tags that are left must be right.
        let begins = |seen: &[u32], wanted: &[u32]| {
            seen == wanted || outer.is_cut() && !seen.is_empty() && wanted.starts_with(seen)
        };
        !self.inside.is_empty() && begins(&inside, self.inside) && begins(&first, self.first)
    }

    fn is_enough(&self, outer: &Element<'_>, behind: &[u8]) -> bool {
        let is_padding = |octets: &[u8]| octets.iter().all(|octet| matches!(octet, 0x00 | 0xFF));
        match self.enough {
            Enough::Never => false,
            Enough::Whole => !outer.is_cut() && is_padding(behind),
            Enough::Row => !outer.is_cut() && (is_padding(behind) || element::begins(behind)),
        }
    }
}

/// A file whose tag no other file has.
const fn tagged(outer: &'static [u32], inside: &'static [u32]) -> Shape {
    Shape {
        enough: Enough::Whole,
        ..Shape::new(outer, inside, &[])
    }
}

/// A signed object with a type of content.
const fn content(is_type: fn(&Element<'_>) -> bool) -> Shape {
    Shape {
        also: is_type,
        ..Shape::new(&[0x30], &[0x06, 0xA0], &[])
    }
}

const fn kind(
    name: &'static str,
    shape: Shape,
    plan: Plan,
    check: Check,
    about: &'static str,
) -> Kind {
    Kind {
        name,
        about,
        plan,
        check: Some(check),
        is_signed: false,
        shape,
    }
}

const fn unchecked(name: &'static str, shape: Shape, plan: Plan, about: &'static str) -> Kind {
    Kind {
        name,
        about,
        plan,
        check: None,
        is_signed: false,
        shape,
    }
}

const fn signed(kind: Kind) -> Kind {
    Kind {
        is_signed: true,
        ..kind
    }
}

const fn each(object: &'static Object) -> Plan {
    Plan::Each(object)
}

const PUBLIC_KEY: Object = keys::SUBJECT_PUBLIC_KEY_INFO;
const CV_BODY: Object = terminals::BODY;
const CHAT: Object = terminals::CHAT;

/// The first one that fits counts: kinds with a tag that others have as well stand in front of those.
#[rustfmt::skip]
static KINDS: [Kind; 38] = [
    kind("EF.DIR", Shape::new(&[0x61], &[0x4F], &[]), each(&files::APPLICATION_TEMPLATE), findings::dir,
        "the applications of the chip (Doc 9303-10 §3.11.2)"),
    unchecked("certificate request", Shape::new(&[0x67], &[0x7F21], &[]), each(&terminals::CV_REQUEST),
        "card verifiable, with an outer signature (TR-03110-3 §C.2)"),
    kind("EF.DG13", Shape::new(&[0x6D], &[0x30], &[0x02, 0x06, 0x31]), each(&files::DG13_VIETNAM), findings::citizen,
        "particulars of a Vietnamese citizen"),

    kind("EF.COM", tagged(&[0x60], &[0x5F01]), each(&files::COM), findings::file::<lds::EfCom>,
        "versions and list of data groups, unsigned (Doc 9303-10 §4.6.1)"),
    signed(kind("EF.SOD", tagged(&[0x77], &[0x30]), each(&files::SOD), findings::security_object,
        "document security object, the signed hashes of the data groups (Doc 9303-10 §4.6.2)")),
    kind("EF.DG1", tagged(&[0x61], &[0x5F1F]), each(&files::DG1), findings::file::<lds::Dg1>,
        "machine readable zone (Doc 9303-10 §4.7.1)"),
    kind("EF.DG2", tagged(&[0x75], &[0x7F61]), each(&files::DG2), findings::faces,
        "face (Doc 9303-10 §4.7.2)"),
    kind("EF.DG3", tagged(&[0x63], &[0x7F61]), each(&files::DG3), findings::fingers,
        "fingers (Doc 9303-10 §4.7.3)"),
    kind("EF.DG4", tagged(&[0x76], &[0x7F61]), each(&files::DG4), findings::irises,
        "irises (Doc 9303-10 §4.7.4)"),
    kind("EF.DG5", tagged(&[0x65], &[0x02, 0x5F40]), each(&files::DG5), findings::file::<lds::Dg5>,
        "displayed portrait (Doc 9303-10 §4.7.5)"),
    kind("EF.DG6", tagged(&[0x66], &[]), each(&files::DG6), findings::file::<lds::Dg6>,
        "reserved (Doc 9303-10 §4.7.6)"),
    kind("EF.DG7", tagged(&[0x67], &[0x02, 0x5F43]), each(&files::DG7), findings::file::<lds::Dg7>,
        "displayed signature or usual mark (Doc 9303-10 §4.7.7)"),
    kind("EF.DG8", tagged(&[0x68], &[]), each(&files::DG8), findings::file::<lds::Dg8>,
        "data features (Doc 9303-10 §4.7.8)"),
    kind("EF.DG9", tagged(&[0x69], &[]), each(&files::DG9), findings::file::<lds::Dg9>,
        "structure features (Doc 9303-10 §4.7.9)"),
    kind("EF.DG10", tagged(&[0x6A], &[]), each(&files::DG10), findings::file::<lds::Dg10>,
        "substance features (Doc 9303-10 §4.7.10)"),
    kind("EF.DG11", tagged(&[0x6B], &[0x5C]), each(&files::DG11), findings::file::<lds::Dg11>,
        "additional personal details (Doc 9303-10 §4.7.11)"),
    kind("EF.DG12", tagged(&[0x6C], &[0x5C]), each(&files::DG12), findings::file::<lds::Dg12>,
        "additional document details (Doc 9303-10 §4.7.12)"),
    kind("EF.DG13", tagged(&[0x6D], &[]), each(&files::DG13), findings::file::<lds::Dg13>,
        "optional details, the issuer's own (Doc 9303-10 §4.7.13)"),
    kind("EF.DG14", tagged(&[0x6E], &[0x31]), each(&files::DG14), findings::file::<lds::Dg14>,
        "security options: SecurityInfos (Doc 9303-10 §4.7.14, Doc 9303-11 §9.2)"),
    kind("EF.DG15", tagged(&[0x6F], &[0x30]), each(&files::DG15), findings::active_authentication,
        "public key of active authentication (Doc 9303-10 §4.7.15)"),
    kind("EF.DG16", tagged(&[0x70], &[0x02, 0xA1]), each(&files::DG16), findings::file::<lds::Dg16>,
        "persons to notify (Doc 9303-10 §4.7.16)"),
    kind("EF.CardAccess", Shape::new(&[0x31], &[0x30], &[0x06]), each(&files::CARD_ACCESS), findings::file::<lds::EfCardAccess>,
        "SecurityInfos for PACE, unsigned (Doc 9303-10 §3.11.3, Doc 9303-11 §9.2)"),
    kind("EF.CVCA", Shape { also: is_reference, enough: Enough::Row, ..Shape::new(&[0x42], &[], &[]) },
        Plan::InOrder(&terminals::CVCA), findings::cvca,
        "the certification authorities for terminal authentication (TR-03110-3 §A.7.2.4)"),
    kind("EF.ATR/INFO", Shape { enough: Enough::Row, ..Shape::new(&[0x43, 0x44, 0x45, 0x46, 0x47, 0x7F66], &[], &[]) },
        Plan::Tagged(&files::ATR_INFO), findings::atr_info,
        "what the chip can do (Doc 9303-10 §3.11.1)"),

    signed(kind("EF.CardSecurity", content(is_card_security), each(&certificates::CONTENT_INFO), findings::card_security,
        "SecurityInfos, signed (Doc 9303-10 §3.11.4)")),
    signed(kind("CSCA master list", content(is_master_list), each(&certificates::CONTENT_INFO), findings::signed_data,
        "certificates of country signing authorities, signed (Doc 9303-12 §9)")),
    signed(kind("document security object", content(is_lds_object), each(&certificates::CONTENT_INFO), findings::signed_data,
        "EF.SOD without its outer tag (Doc 9303-10 §4.6.2)")),
    signed(kind("CMS signed data", content(|_| true), each(&certificates::CONTENT_INFO), findings::signed_data,
        "content with signatures (RFC 5652 §5)")),
    kind("LDSSecurityObject", Shape::new(&[0x30], &[0x02, 0x30, 0x30], &[]), each(&certificates::LDS_SECURITY_OBJECT),
        findings::lds_security_object, "hashes of the data groups, the content of EF.SOD (Doc 9303-10 §4.6.2.3)"),
    signed(kind("X.509 certificate", Shape::new(&[0x30], &[0x30, 0x30, 0x03], &[0xA0, 0x02, 0x30, 0x30]),
        each(&certificates::CERTIFICATE), findings::certificate, "a public key and whose it is (RFC 5280 §4.1, Doc 9303-12 §7.1)")),
    signed(kind("X.509 certificate", Shape::new(&[0x30], &[0x30, 0x30, 0x03], &[0x02, 0x30, 0x30, 0x30]),
        each(&certificates::CERTIFICATE), findings::certificate, "of version 1 (RFC 5280 §4.1)")),
    signed(unchecked("certification request", Shape::new(&[0x30], &[0x30, 0x30, 0x03], &[0x02, 0x30, 0x30, 0xA0]),
        each(&certificates::CERTIFICATION_REQUEST), "for a certificate (RFC 2986 §4)")),
    signed(unchecked("certificate revocation list", Shape::new(&[0x30], &[0x30, 0x30, 0x03], &[0x02, 0x30, 0x30]),
        each(&certificates::REVOCATION_LIST), "certificates that do not hold any more (RFC 5280 §5.1, Doc 9303-12 §7.3)")),
    unchecked("SubjectPublicKeyInfo", Shape::new(&[0x30], &[0x30, 0x03], &[0x06]), each(&PUBLIC_KEY),
        "a public key (RFC 5280 §4.1.2.7)"),
    unchecked("SecurityInfo", Shape { also: is_security_info, ..Shape::new(&[0x30], &[0x06], &[]) },
        each(&security_infos::SECURITY_INFO), "one entry of SecurityInfos (Doc 9303-11 §9.2)"),
    signed(unchecked("card verifiable certificate", Shape::new(&[0x7F21], &[0x7F4E], &[0x5F29]), each(&terminals::CV_CERTIFICATE),
        "for terminal authentication (Doc 9303-12 §7.2.2, TR-03110-3 §C.1)")),
    unchecked("certificate body", Shape::new(&[0x7F4E], &[0x5F29], &[]), each(&CV_BODY),
        "what is signed in a card verifiable certificate (TR-03110-3 §C.1)"),
    unchecked("certificate holder authorization template", Shape::new(&[0x7F4C], &[0x06, 0x53], &[]), each(&CHAT),
        "role and rights of a terminal (TR-03110-3 §C.1.5)"),
];

fn is_card_security(outer: &Element<'_>) -> bool {
    has_content_type(outer, &["0.4.0.127.0.7.3.2.1"])
}

fn is_master_list(outer: &Element<'_>) -> bool {
    has_content_type(outer, &["2.23.136.1.1.2"])
}

fn is_lds_object(outer: &Element<'_>) -> bool {
    has_content_type(
        outer,
        &["2.23.136.1.1.1", "1.3.27.1.1.1", "1.2.528.1.1006.1.20.1"],
    )
}

/// eContentType: the first field of the third one of SignedData (RFC 5652 §5.1).
fn has_content_type(content_info: &Element<'_>, types: &[&str]) -> bool {
    let content_type = element::nth(content_info.value, 1)
        .and_then(|content| element::nth(content.value, 0))
        .and_then(|signed_data| element::nth(signed_data.value, 2))
        .and_then(|encapsulated| element::nth(encapsulated.value, 0))
        .and_then(|content_type| oids::dotted(content_type.value));
    content_type.is_some_and(|found| types.contains(&found.as_str()))
}

/// A reference to a certification authority has at most sixteen characters (TR-03110-3 §D.2).
fn is_reference(outer: &Element<'_>) -> bool {
    outer.value.len() <= lds::ef_cvca::CertificationAuthorityReference::MAX_LEN
}

fn is_security_info(outer: &Element<'_>) -> bool {
    const ARCS: [&str; 3] = ["0.4.0.127.0.7.2.2", "2.23.136.1.1.5", "2.23.136.1.1.13"];
    let protocol =
        Element::read(outer.value, 0).and_then(|(protocol, _)| oids::dotted(protocol.value));
    protocol.is_some_and(|protocol| ARCS.iter().any(|arc| oids::is_within(&protocol, arc)))
}
