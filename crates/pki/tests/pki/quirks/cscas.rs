//! The certificate of the CSCA.

use super::*;

/// Quirks of the CSCA's certificate.
pub(super) const CSCAS: &[Case] = {
    use DeviationKind as D;
    const KEY_USAGE: &[u8] = &[0x03, 0x02, 0x01, 0x06];
    &[
        case(
            "Q070",
            "serial number zero",
            |f| f.csca_body.set(&[tbs::SERIAL_NUMBER], element(0x02, [0])),
            &[D::ZeroSerialNumber],
        ),
        case(
            "Q074",
            "no key identifier",
            |f| remove_extension(&mut f.csca_body, oids::SUBJECT_KEY_IDENTIFIER),
            &[D::KeyIdentifierMissing],
        ),
        case(
            "Q077",
            "no usage of the key",
            |f| remove_extension(&mut f.csca_body, oids::KEY_USAGE),
            &[D::CscaKeyUsage],
        ),
        case(
            "Q077",
            "usage not critical",
            |f| replace_extension(&mut f.csca_body, oids::KEY_USAGE, false, KEY_USAGE),
            &[D::CscaKeyUsageNotCritical],
        ),
        case(
            "Q077",
            "too much usage",
            |f| {
                replace_extension(
                    &mut f.csca_body,
                    oids::KEY_USAGE,
                    true,
                    &[0x03, 0x02, 0x01, 0x86],
                );
            },
            &[D::CscaKeyUsageBits],
        ),
        case(
            "Q077",
            "usage for CRLs only",
            |f| {
                replace_extension(
                    &mut f.csca_body,
                    oids::KEY_USAGE,
                    true,
                    &[0x03, 0x02, 0x01, 0x02],
                );
            },
            &[D::CscaKeyUsage],
        ),
        case(
            "Q078",
            "no basic constraints",
            |f| remove_extension(&mut f.csca_body, oids::BASIC_CONSTRAINTS),
            &[D::CscaBasicConstraints],
        ),
        case(
            "Q078",
            "cA not said",
            |f| {
                replace_extension(
                    &mut f.csca_body,
                    oids::BASIC_CONSTRAINTS,
                    true,
                    &[0x30, 0x03, 2, 1, 0],
                );
            },
            &[D::CscaBasicConstraints],
        ),
        case(
            "Q078",
            "no path length",
            |f| {
                replace_extension(
                    &mut f.csca_body,
                    oids::BASIC_CONSTRAINTS,
                    true,
                    &[0x30, 3, 1, 1, 0xFF],
                );
            },
            &[D::CscaPathLength(None)],
        ),
        case(
            "Q078",
            "path length 2",
            |f| {
                replace_extension(
                    &mut f.csca_body,
                    oids::BASIC_CONSTRAINTS,
                    true,
                    &[0x30, 6, 1, 1, 0xFF, 2, 1, 2],
                );
            },
            &[D::CscaPathLength(Some(2))],
        ),
        case(
            "Q079",
            "extended usage of the key",
            |f| {
                add_extension(
                    &mut f.csca_body,
                    oids::EXTENDED_KEY_USAGE,
                    false,
                    &row(0x30, &[&oid(PRIVATE)]),
                );
            },
            &[D::CscaExtendedKeyUsage],
        ),
        case(
            "Q080",
            "private extension",
            |f| add_extension(&mut f.csca_body, PRIVATE, false, &NULL),
            &[D::UnknownExtension(PRIVATE)],
        ),
        case(
            "Q080",
            "name change, which is known",
            |f| add_extension(&mut f.csca_body, oids::NAME_CHANGE, false, &NULL),
            &[],
        ),
        case(
            "Q086",
            "SHA-1 in the signatures of the CSCA",
            |f| {
                f.csca_signs_by(
                    SignatureAlgorithm::Ecdsa(SHA1),
                    &identifier(oids::ECDSA_WITH_SHA1, &[]),
                );
            },
            &[D::Sha1],
        ),
        case(
            "Q095",
            "link certificate whose issuer nobody has",
            |f| {
                let other = with_text(f.csca_body.at(&[tbs::ISSUER]), 1, 0x0C, "CSCA TEST of old");
                f.csca_body.set(&[tbs::ISSUER], other);
            },
            &[],
        ),
        case(
            "Q116",
            "link certificate with cA false",
            |f| {
                let other = with_text(f.csca_body.at(&[tbs::ISSUER]), 1, 0x0C, "CSCA TEST of old");
                f.csca_body.set(&[tbs::ISSUER], other);
                replace_extension(&mut f.csca_body, oids::BASIC_CONSTRAINTS, true, &[0x30, 0]);
            },
            &[
                D::LinkBasicConstraints,
                D::CscaBasicConstraints,
                D::CscaPathLength(None),
            ],
        ),
    ]
};
