//! What the values of the extensions say.

use const_oid::ObjectIdentifier;

use crate::ber::{Element, Tag};
use crate::certificate::Certificate;
use crate::lint::object_kind::ObjectKind;
use crate::lint::sheet::Sheet;
use crate::lint::view::{ExtensionView, find};
use crate::lint::{alternative_names, key_usage, role, rules};
use crate::{Result, oids};

const PRINTABLE_STRING: Tag = Tag::universal(19);
const NULL: Tag = Tag::universal(5);

/// Checks the value of one extension.
///
/// # Errors
/// The value is not of its syntax.
pub(super) fn check(
    extension: &ExtensionView<'_>,
    certificate: &Certificate,
    sheet: &mut Sheet,
) -> Result<()> {
    match extension.oid {
        oids::AUTHORITY_KEY_IDENTIFIER => authority_key_identifier(extension, sheet),
        oids::SUBJECT_KEY_IDENTIFIER => extension
            .single(Tag::OCTET_STRING, "SubjectKeyIdentifier")
            .map(drop),
        oids::KEY_USAGE => key_usage::check(extension, sheet),
        oids::PRIVATE_KEY_USAGE_PERIOD => usage_period(extension, certificate, sheet),
        oids::SUBJECT_ALT_NAME => {
            let country = certificate.subject().country();
            alternative_names::check(extension, "SubjectAltName", country, sheet)
        }
        oids::ISSUER_ALT_NAME => {
            let country = certificate.issuer().country();
            alternative_names::check(extension, "IssuerAltName", country, sheet)
        }
        oids::BASIC_CONSTRAINTS => basic_constraints(extension, sheet),
        oids::EXTENDED_KEY_USAGE => extended_key_usage(extension, sheet),
        oids::CRL_DISTRIBUTION_POINTS => distribution_points(extension, sheet),
        oids::NAME_CHANGE => {
            name_change(extension, sheet);
            Ok(())
        }
        oids::DOCUMENT_TYPE_LIST => document_types(extension, sheet),
        oids::DOCUMENT_TYPE_LIST_EARLY => {
            let expected = oids::DOCUMENT_TYPE_LIST;
            sheet.find(&rules::DOC_TYPE_OID, extension.at, extension.oid, expected);
            document_types(extension, sheet)
        }
        _ => Ok(()),
    }
}

fn authority_key_identifier(extension: &ExtensionView<'_>, sheet: &mut Sheet) -> Result<()> {
    let fields = extension.sequence("AuthorityKeyIdentifier")?;
    if !fields.iter().any(|field| field.tag == Tag::context(0)) {
        let found = "AuthorityKeyIdentifier without keyIdentifier";
        sheet.find(&rules::AKI_KEY, extension.at, found, "keyIdentifier");
    }
    Ok(())
}

fn usage_period(
    extension: &ExtensionView<'_>,
    certificate: &Certificate,
    sheet: &mut Sheet,
) -> Result<()> {
    const WHAT: &str = "PrivateKeyUsagePeriod";
    let bounds = extension.sequence(WHAT)?;
    if !bounds
        .iter()
        .any(|bound| [Tag::context(0), Tag::context(1)].contains(&bound.tag))
    {
        let rule = &rules::PKUP_BOUND;
        sheet.find(rule, extension.at, "no bound", "notBefore or notAfter");
        return Ok(());
    }
    let Some(period) = certificate.extensions().private_key_usage_period else {
        return Err(extension.value.malformed(WHAT));
    };
    if let (Some(first), Some(last)) = (period.not_before, period.not_after)
        && last <= first
    {
        let found = format!("{} to {}", first.date(), last.date());
        sheet.find(
            &rules::PKUP_ORDER,
            extension.at,
            found,
            "an end after the begin",
        );
    }
    Ok(())
}

fn basic_constraints(extension: &ExtensionView<'_>, sheet: &mut Sheet) -> Result<()> {
    const WHAT: &str = "BasicConstraints";
    let fields = extension.sequence(WHAT)?;
    let mut fields = fields.iter().peekable();
    let flag = fields.next_if(|field| field.tag == Tag::BOOLEAN);
    let ca = flag.map_or(Ok(false), |flag| flag.boolean(WHAT))?;
    if let Some(flag) = flag.filter(|_| !ca) {
        let rule = &rules::DEFAULT_VALUE;
        sheet.find(
            rule,
            flag.at,
            "BasicConstraints: cA FALSE",
            "nothing written",
        );
    }
    if !ca {
        sheet.find(&rules::BC_CA, extension.at, "cA FALSE", "cA TRUE");
    }
    let length = fields
        .next()
        .map(|length| length.integer(WHAT))
        .transpose()?;
    if length != Some(&[0]) {
        let found = length.map_or("no path length", |_| "another path length");
        sheet.find(&rules::BC_PATH, extension.at, found, "pathLenConstraint 0");
    }
    Ok(())
}

fn extended_key_usage(extension: &ExtensionView<'_>, sheet: &mut Sheet) -> Result<()> {
    const WHAT: &str = "ExtKeyUsage";
    let purposes: Result<Vec<ObjectIdentifier>> = extension
        .sequence(WHAT)?
        .iter()
        .map(|purpose| purpose.oid(WHAT))
        .collect();
    let purposes = purposes?;
    let of_role = |kind| {
        purposes
            .iter()
            .any(|purpose| role::of_purpose(*purpose) == Some(kind))
    };
    if sheet.kind().is_some_and(|kind| !of_role(kind)) {
        let names: Vec<String> = purposes.iter().map(ToString::to_string).collect();
        let rule = &rules::EKU_PURPOSE;
        sheet.find(
            rule,
            extension.at,
            names.join(", "),
            "the purpose of the role",
        );
    }
    Ok(())
}

fn distribution_points(extension: &ExtensionView<'_>, sheet: &mut Sheet) -> Result<()> {
    const WHAT: &str = "CRLDistributionPoints";
    let points = extension.sequence(WHAT)?;
    let mut addresses = 0;
    for point in &points {
        let mut fields = point.children(WHAT)?;
        let Some(name) = fields.optional(Tag::context(0), WHAT)? else {
            continue;
        };
        let Some(full_name) = name.children(WHAT)?.optional(Tag::context(0), WHAT)? else {
            continue;
        };
        let mut names = full_name.children(WHAT)?;
        while !names.is_empty() {
            addresses += 1;
            check_address(&names.next(WHAT)?, sheet);
        }
    }
    if addresses == 0 {
        let rule = &rules::CDP_SCHEME;
        sheet.find(
            rule,
            extension.at,
            "no address",
            "an ldap, http or https address",
        );
    }
    Ok(())
}

fn check_address(name: &Element<'_>, sheet: &mut Sheet) {
    const SCHEMES: [&str; 3] = ["ldap:", "http:", "https:"];
    const PKD: &str = "pkddownload";
    let address = String::from_utf8_lossy(name.content);
    let lower = address.to_ascii_lowercase();
    let rule = &rules::CDP_SCHEME;
    if name.tag != alternative_names::URI {
        sheet.find(
            rule,
            name.at,
            "a name that is no address",
            "an ldap, http or https address",
        );
        return;
    }
    if !SCHEMES.iter().any(|scheme| lower.starts_with(scheme)) {
        sheet.find(rule, name.at, &address, "an ldap, http or https address");
    }
    if lower.contains(PKD) && !is_of_pkd(&address) {
        let expected =
            "https://pkddownload1.icao.int/CRLs/ and three letters and .crl, or pkddownload2";
        sheet.find(&rules::CDP_PKD, name.at, &address, expected);
    }
}

fn is_of_pkd(address: &str) -> bool {
    let code = [
        "https://pkddownload1.icao.int/CRLs/",
        "https://pkddownload2.icao.int/CRLs/",
    ]
    .into_iter()
    .find_map(|begin| address.strip_prefix(begin))
    .and_then(|rest| rest.strip_suffix(".crl"));
    code.is_some_and(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()))
}

fn name_change(extension: &ExtensionView<'_>, sheet: &mut Sheet) {
    let is_null = extension
        .single(NULL, "NameChange")
        .is_ok_and(|null| null.content.is_empty());
    if !is_null {
        let rule = &rules::NAME_CHANGE_VALUE;
        sheet.find(rule, extension.at, "another value", "NULL");
    }
}

/// A link certificate from an old name to a new one says so, if it brings a new key as well.
pub(super) fn check_name_change(
    extensions: &[ExtensionView<'_>],
    certificate: &Certificate,
    at: usize,
    sheet: &mut Sheet,
) {
    let known = certificate.extensions();
    let keys = (
        &known.authority_key_identifier,
        &known.subject_key_identifier,
    );
    let new_key = matches!(keys, (Some(old), Some(new)) if old != new);
    let new_name = !certificate.is_self_issued();
    if sheet.is(ObjectKind::CscaLink)
        && new_key
        && new_name
        && find(extensions, oids::NAME_CHANGE).is_none()
    {
        let found = format!("{} becomes {}", certificate.issuer(), certificate.subject());
        sheet.find(&rules::NAME_CHANGE_MISSING, at, found, "NameChange");
    }
}

/// `SEQUENCE { INTEGER 0, SET OF PrintableString (1..2) }` (Doc 9303-12 §7.1.1.6).
fn document_types(extension: &ExtensionView<'_>, sheet: &mut Sheet) -> Result<()> {
    const WHAT: &str = "DocumentType";
    let fields = extension.sequence(WHAT)?;
    let (version, sets) = match fields.split_first() {
        Some((version, rest)) if version.tag == Tag::INTEGER => (Some(version), rest),
        _ => (None, fields.as_slice()),
    };
    match version {
        Some(version) if version.integer(WHAT)? == [0] => {}
        _ => sheet.find(
            &rules::DOC_TYPE_VERSION,
            extension.at,
            "another version",
            "0",
        ),
    }
    if !matches!(sets, [set] if set.tag == Tag::SET) {
        let found = format!("{} elements behind the version", sets.len());
        sheet.find(&rules::DOC_TYPE_FORM, extension.at, found, "one SET");
    }
    let mut codes: Vec<Element<'_>> = Vec::new();
    for set in sets {
        match set.children(WHAT) {
            Ok(mut row) => {
                while !row.is_empty() {
                    codes.push(row.next(WHAT)?);
                }
            }
            Err(_) => codes.push(*set),
        }
    }
    if codes.is_empty() {
        sheet.find(
            &rules::DOC_TYPE_CODES,
            extension.at,
            "no code",
            "at least one",
        );
    }
    for code in codes {
        let printable = code.tag == PRINTABLE_STRING;
        if !printable || !(1..=2).contains(&code.content.len()) {
            let found = String::from_utf8_lossy(code.content);
            let expected = "a PrintableString of one or two characters";
            sheet.find(&rules::DOC_TYPE_CODES, code.at, found, expected);
        }
    }
    Ok(())
}
