//! SecurityInfos: EF.CardAccess, EF.CardSecurity, EF.DG14 (Doc 9303-11 §9.2; TR-03110-3 §A.1).

use super::files::APPLICATION_TEMPLATE;
use super::keys::{ALGORITHM, SUBJECT_PUBLIC_KEY_INFO};
use crate::commands::explain::grammar::{
    Case, Object, any, each, fields, identified, named, value, wrapped,
};
use crate::commands::explain::sum;
use crate::commands::explain::value as tell;

/// The set.
pub(in crate::commands::explain) const SECURITY_INFOS: Object =
    each(0x31, "SecurityInfos", &SECURITY_INFO);

/// One entry.
pub(in crate::commands::explain) const SECURITY_INFO: Object =
    identified(0x30, "SecurityInfo", "protocol", PROTOCOLS).sum(sum::security_info);

#[rustfmt::skip]
const PROTOCOLS: &[Case] = &[
    named("PACEInfo", "0.4.0.127.0.7.2.2.4.*.*", &[
        any(0x02, "version"), value(0x02, "parameterId", tell::domain_parameters),
    ]),
    named("PACEDomainParameterInfo", "0.4.0.127.0.7.2.2.4.*", &[
        ALGORITHM.tagged(0x30, "domainParameter"), value(0x02, "parameterId", tell::number),
    ]),
    named("ChipAuthenticationInfo", "0.4.0.127.0.7.2.2.3.*.*", &[
        any(0x02, "version"), value(0x02, "keyId", tell::key_id),
    ]),
    named("ChipAuthenticationDomainParameterInfo", "0.4.0.127.0.7.2.2.3.*", &[
        ALGORITHM.tagged(0x30, "domainParameter"), value(0x02, "keyId", tell::key_id),
    ]),
    named("ChipAuthenticationPublicKeyInfo", "0.4.0.127.0.7.2.2.1", &[
        SUBJECT_PUBLIC_KEY_INFO.tagged(0x30, "chipAuthenticationPublicKey"), value(0x02, "keyId", tell::key_id),
    ]),
    named("TerminalAuthenticationInfo", "0.4.0.127.0.7.2.2.2", &[
        any(0x02, "version"),
        fields(0x30, "efCVCA", &[value(0x04, "fid", tell::hexadecimal), value(0x04, "sfid", tell::hexadecimal)]).sum(sum::join),
    ]),
    named("ActiveAuthenticationInfo", "2.23.136.1.1.5", &[any(0x02, "version"), any(0x06, "signatureAlgorithm")]),
    named("EFDIRInfo", "2.23.136.1.1.13", &[wrapped(0x04, "eFDIR", &APPLICATION_TEMPLATE)]),
    named("RestrictedIdentificationInfo", "0.4.0.127.0.7.2.2.5.*.*", &[]),
    named("RestrictedIdentificationDomainParameterInfo", "0.4.0.127.0.7.2.2.5.*", &[ALGORITHM.tagged(0x30, "domainParameter")]),
    named("CardInfo", "0.4.0.127.0.7.2.2.6", &[]),
    named("EIDSecurityInfo", "0.4.0.127.0.7.2.2.7", &[]),
    named("PrivilegedTerminalInfo", "0.4.0.127.0.7.2.2.8", &[]),
    named("PasswordInfo", "0.4.0.127.0.7.2.2.12", &[]),
];
