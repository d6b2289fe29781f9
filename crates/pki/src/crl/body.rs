//! tbsCertList (RFC 5280 §5.1.2) and what Doc 9303-12 §7.1.4 wants otherwise.

use time::OffsetDateTime;

use super::MAX_DAYS_BETWEEN_CRLS;
use super::revoked::Entries;
use crate::algorithm::AlgorithmIdentifier;
use crate::ber::{Cursor, Element, Tag};
use crate::certificate::{Extensions, read_time};
use crate::deviation::{DeviationKind, Deviations};
use crate::name::Name;
use crate::{Result, oids};

/// What tbsCertList holds.
pub(super) struct Body {
    pub(super) issuer: Name,
    pub(super) this_update: OffsetDateTime,
    pub(super) next_update: Option<OffsetDateTime>,
    pub(super) entries: Entries,
    pub(super) extensions: Extensions,
}

impl Body {
    pub(super) fn read(tbs: &Element<'_>, outer_algorithm: &AlgorithmIdentifier) -> Result<Self> {
        let mut fields = tbs.children("tbsCertList")?;
        read_version(tbs, &mut fields)?;
        let algorithm = fields.expect(Tag::SEQUENCE, "signature of tbsCertList")?;
        if AlgorithmIdentifier::read(&algorithm, "signature of tbsCertList")? != *outer_algorithm {
            algorithm.record(DeviationKind::SignatureAlgorithmsDiffer);
        }
        let issuer_element = fields.expect(Tag::SEQUENCE, "issuer of CRL")?;
        let issuer = Name::read(&issuer_element)?;
        issuer.record_deviations(&issuer_element);
        let this_update = read_time(&mut fields)?;
        let next_update = match fields.peek() {
            Some(Tag::UTC_TIME | Tag::GENERALIZED_TIME) => Some(read_time(&mut fields)?),
            _ => None,
        };
        record_period(tbs, this_update, next_update);
        let entries = fields
            .optional(Tag::SEQUENCE, "revokedCertificates")?
            .map_or(Ok(Entries::default()), |entries| {
                Entries::read(&entries, &issuer)
            })?;
        let extensions = fields
            .optional(Tag::context(0), "crlExtensions")?
            .map(|extensions| {
                Extensions::read(&extensions.explicit(Tag::SEQUENCE, "crlExtensions")?)
            })
            .transpose()?
            .unwrap_or_default();
        fields.finish();
        record_extensions(tbs, &extensions);
        Ok(Self {
            issuer,
            this_update,
            next_update,
            entries,
            extensions,
        })
    }
}

fn read_version(tbs: &Element<'_>, fields: &mut Cursor<'_>) -> Result<()> {
    const V2: u32 = 2;
    let version = match fields.optional(Tag::INTEGER, "version of CRL")? {
        Some(version) => version.small_integer("version of CRL")?.saturating_add(1),
        None => 1,
    };
    if version != V2 {
        tbs.record(DeviationKind::CrlVersion(version));
    }
    Ok(())
}

fn record_period(tbs: &Element<'_>, this_update: OffsetDateTime, next: Option<OffsetDateTime>) {
    let Some(next) = next else {
        tbs.record(DeviationKind::CrlWithoutNextUpdate);
        return;
    };
    let lifetime = next - this_update;
    if lifetime > time::Duration::days(MAX_DAYS_BETWEEN_CRLS.into()) {
        let days = u32::try_from(lifetime.whole_days()).unwrap_or(u32::MAX);
        tbs.record(DeviationKind::CrlLifetime(days));
    }
}

/// The extensions of Doc 9303-12 §7.1.4 that must be there and those that must not.
fn record_extensions(tbs: &Element<'_>, extensions: &Extensions) {
    let has = |oid| extensions.all.iter().any(|extension| extension.oid == oid);
    for oid in [oids::AUTHORITY_KEY_IDENTIFIER, oids::CRL_NUMBER] {
        if !has(oid) {
            tbs.record(DeviationKind::CrlExtensionMissing(oid));
        }
    }
    for oid in [
        oids::DELTA_CRL_INDICATOR,
        oids::ISSUING_DISTRIBUTION_POINT,
        oids::FRESHEST_CRL,
    ] {
        if has(oid) {
            tbs.record(DeviationKind::CrlExtension(oid));
        }
    }
}

/// cRLNumber; one that cannot be read counts as absent.
pub(super) fn read_number(extensions: &Extensions, tbs: &Element<'_>) -> Option<Vec<u8>> {
    let mut all = extensions.all.iter();
    let extension = all.find(|extension| extension.oid == oids::CRL_NUMBER)?;
    let inner = Deviations::default();
    let number = Cursor::new(&extension.value, &inner)
        .expect(Tag::INTEGER, "cRLNumber")
        .and_then(|element| element.integer("cRLNumber"))
        .map(<[u8]>::to_vec);
    if number.is_err() {
        tbs.record(DeviationKind::UnreadableExtension(oids::CRL_NUMBER));
    }
    number.ok()
}
