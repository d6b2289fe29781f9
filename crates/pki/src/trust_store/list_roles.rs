//! What a certificate must say of itself to sign a list, or to stand on one.

use const_oid::ObjectIdentifier;

use super::{is_csca, is_only_signer, may_certify};
use crate::certificate::{Certificate, KeyUsage};
use crate::deviation::DeviationKind;
use crate::error::Untrusted;
use crate::oids;

/// Whether a certificate is that of a signer of lists of this kind (Doc 9303-12 §7.1.1). Without the extended key usage of
/// its role it could be a document signer's, which signs by the million and must not be able to make states.
pub(super) fn check_role(
    signer: &Certificate,
    role: ObjectIdentifier,
) -> core::result::Result<Vec<DeviationKind>, Untrusted> {
    let extensions = signer.extensions();
    let purposes = extensions.extended_key_usage.as_deref();
    if may_certify(signer) {
        return match purposes {
            Some(purposes) if !purposes.contains(&role) => Err(Untrusted::ListSignerRole),
            _ => Ok(vec![DeviationKind::ListSignedByCsca]),
        };
    }
    let signs = extensions.key_usage.is_none_or(KeyUsage::digital_signature);
    if !signs || !purposes.is_some_and(|purposes| purposes.contains(&role)) {
        return Err(Untrusted::ListSignerRole);
    }
    let critical = extensions
        .all
        .iter()
        .any(|extension| extension.oid == oids::EXTENDED_KEY_USAGE && extension.critical);
    let deviation = (!critical).then_some(DeviationKind::ListSignerKeyUsageNotCritical);
    Ok(deviation.into_iter().collect())
}

/// A trusted list says what is a CSCA; what can only be a signer's all the same does not become one.
pub(super) fn belongs_on_a_list(certificate: &Certificate) -> bool {
    is_csca(certificate) || !is_only_signer(certificate)
}
