//! The certificate of the document signer.

use super::*;

/// Quirks of the document signer's certificate.
pub(super) const DOCUMENT_SIGNERS: &[Case] = {
    use DeviationKind as D;
    &[
        case(
            "Q068",
            "explicit parameters without cofactor",
            |f| {
                f.signer_body.at(&[tbs::KEY, 0, 1]).children().truncate(5);
            },
            &[],
        ),
        case(
            "Q068",
            "explicit parameters with seed",
            |f| {
                let seed = element(0x03, [&[0][..], &[0xA5; 20]].concat());
                f.signer_body
                    .at(&[tbs::KEY, 0, 1, 2])
                    .children()
                    .push(Node::Raw(seed));
            },
            &[],
        ),
        case(
            "Q068",
            "explicit parameters of no known curve",
            |f| {
                f.signer_body
                    .set(&[tbs::KEY, 0, 1, 2, 1], element(0x04, [0x11; 32]));
            },
            &[],
        )
        .ends(Undetermined),
        case(
            "Q069",
            "negative serial number",
            |f| {
                f.signer_body
                    .set(&[tbs::SERIAL_NUMBER], element(0x02, [0x9A, 0x01]));
            },
            &[D::NegativeSerialNumber],
        ),
        case(
            "Q069",
            "negative serial number of the CSCA",
            |f| {
                f.csca_body
                    .set(&[tbs::SERIAL_NUMBER], element(0x02, [0x9A]));
            },
            &[D::NegativeSerialNumber],
        ),
        case(
            "Q070",
            "serial number zero",
            |f| f.signer_body.set(&[tbs::SERIAL_NUMBER], element(0x02, [0])),
            &[D::ZeroSerialNumber],
        ),
        case(
            "Q073",
            "only the key identifier fits",
            |f| {
                let other = with_text(
                    f.signer_body.at(&[tbs::ISSUER]),
                    1,
                    0x0C,
                    "CSCA TEST of old",
                );
                f.signer_body.set(&[tbs::ISSUER], other);
            },
            &[D::IssuerNameMismatch],
        ),
        case(
            "Q074",
            "no authority key identifier",
            |f| {
                remove_extension(&mut f.signer_body, oids::AUTHORITY_KEY_IDENTIFIER);
            },
            &[D::KeyIdentifierMissing],
        ),
        case(
            "Q075",
            "country in lower case",
            |f| country_everywhere(f, 0x13, "ut"),
            &[D::CountryForm],
        ),
        case(
            "Q075",
            "country of three letters",
            |f| country_everywhere(f, 0x13, "UTO"),
            &[D::CountryForm],
        ),
        case(
            "Q075",
            "country as UTF8String",
            |f| country_everywhere(f, 0x0C, "UT"),
            &[D::StringType(12)],
        ),
        case(
            "Q076",
            "name as IA5String",
            |f| {
                let subject = with_string_type(f.signer_body.at(&[tbs::SUBJECT]), 1, 0x16);
                f.signer_body.set(&[tbs::SUBJECT], subject);
            },
            &[D::StringType(22)],
        ),
        case(
            "Q076",
            "name as T61String",
            |f| {
                let subject = with_string_type(f.signer_body.at(&[tbs::SUBJECT]), 1, 0x14);
                f.signer_body.set(&[tbs::SUBJECT], subject);
            },
            &[D::StringType(20)],
        ),
        case(
            "Q080",
            "private extension",
            |f| add_extension(&mut f.signer_body, PRIVATE, false, &NULL),
            &[D::UnknownExtension(PRIVATE)],
        ),
        case(
            "Q080",
            "private extension, critical",
            |f| add_extension(&mut f.signer_body, PRIVATE, true, &NULL),
            &[],
        )
        .ends(Undetermined),
        case(
            "Q081",
            "document types in several SETs",
            |f| {
                document_types(
                    f,
                    oids::DOCUMENT_TYPE_LIST,
                    &[
                        0x02, 0x01, 0x00, 0x31, 0x03, 0x13, 0x01, b'P', 0x31, 0x03, 0x13, 0x01,
                        b'I',
                    ],
                );
            },
            &[D::DocumentTypeForm],
        ),
        case(
            "Q115",
            "document types without SET",
            |f| {
                document_types(
                    f,
                    oids::DOCUMENT_TYPE_LIST,
                    &[0x02, 0x01, 0x00, 0x13, 0x01, b'P'],
                );
            },
            &[D::DocumentTypeForm],
        ),
        case(
            "Q115",
            "document types under the old identifier",
            |f| {
                document_types(
                    f,
                    oids::DOCUMENT_TYPE_LIST_EARLY,
                    &[0x02, 0x01, 0x00, 0x31, 0x03, 0x13, 0x01, b'P'],
                );
            },
            &[D::DocumentTypeEarly],
        ),
        case(
            "Q082",
            "GeneralizedTime before 2050",
            |f| {
                f.signer_body
                    .set(&[tbs::VALIDITY, 1], element(0x18, "20361121120000Z"));
            },
            &[D::GeneralizedTimeBefore2050],
        ),
        case(
            "Q083",
            "ECDSA with NULL",
            |f| {
                f.csca_signs_by(
                    SignatureAlgorithm::Ecdsa(SHA256),
                    &identifier(oids::ECDSA_WITH_SHA256, &NULL),
                );
            },
            &[D::AlgorithmParameters],
        ),
        case(
            "Q083",
            "RSA without NULL",
            |f| {
                f.csca_signs_by(
                    SignatureAlgorithm::RsaPkcs1(SHA256),
                    &identifier(oids::SHA256_WITH_RSA, &[]),
                );
            },
            &[D::AlgorithmParameters],
        )
        .keys(Key::Rsa, P256),
        case("Q085", "key on P-521", |_| {}, &[]).keys(Key::Ec(Curve::P521), Key::Ec(Curve::P521)),
        case(
            "Q087",
            "the old profile",
            |f| {
                for kind in [
                    oids::CRL_DISTRIBUTION_POINTS,
                    oids::PRIVATE_KEY_USAGE_PERIOD,
                    oids::ISSUER_ALT_NAME,
                ] {
                    remove_extension(&mut f.csca_body, kind);
                    remove_extension(&mut f.signer_body, kind);
                }
            },
            &[],
        ),
        case(
            "Q088",
            "document signer that outlives the CSCA",
            |f| {
                f.signer_body
                    .set(&[tbs::VALIDITY, 1], element(0x17, "481121120000Z"));
            },
            &[D::OutlivesIssuer],
        ),
        case(
            "Q091",
            "subject without country",
            |f| {
                f.signer_body.at(&[tbs::SUBJECT]).children().remove(0);
            },
            &[D::NoCountry],
        ),
        case(
            "Q114",
            "territory: HK for CHN",
            |f| {
                country_everywhere(f, 0x13, "HK");
                let dg1 = f.files.get_mut(&File::Dg1).unwrap();
                let text = String::from_utf8(dg1.clone()).unwrap_or_default();
                *dg1 = text.replacen("UTO", "CHN", 1).into_bytes();
            },
            &[D::TerritoryCountry],
        ),
        case(
            "",
            "version 1",
            |f| {
                f.signer_body.children().remove(tbs::VERSION);
            },
            &[D::CertificateVersion(1)],
        )
        .unnumbered(),
        case(
            "",
            "version 2",
            |f| {
                f.signer_body
                    .set(&[tbs::VERSION], element(0xA0, element(0x02, [1])));
            },
            &[D::CertificateVersion(2)],
        )
        .unnumbered(),
        case(
            "",
            "version 8",
            |f| {
                f.signer_body
                    .set(&[tbs::VERSION], element(0xA0, element(0x02, [7])));
            },
            &[D::CertificateVersion(8)],
        )
        .unnumbered(),
        case(
            "",
            "serial number of 21 octets",
            |f| {
                f.signer_body
                    .set(&[tbs::SERIAL_NUMBER], element(0x02, [0x11; 21]));
            },
            &[D::LongSerialNumber(21)],
        )
        .unnumbered(),
        case(
            "",
            "extension twice",
            |f| {
                let again = extensions(&mut f.signer_body)[0].clone();
                extensions(&mut f.signer_body).push(again);
            },
            &[D::DuplicateExtension(oids::AUTHORITY_KEY_IDENTIFIER)],
        )
        .unnumbered(),
        case(
            "",
            "UTCTime without seconds",
            |f| {
                f.signer_body
                    .set(&[tbs::VALIDITY, 0], element(0x17, "2611111200Z"));
            },
            &[D::TimeForm],
        )
        .unnumbered(),
        case(
            "",
            "UTCTime with an offset",
            |f| {
                f.signer_body
                    .set(&[tbs::VALIDITY, 0], element(0x17, "261111120000+0700"));
            },
            &[D::TimeForm],
        )
        .unnumbered(),
        case(
            "",
            "unique identifier",
            |f| {
                f.signer_body
                    .children()
                    .insert(tbs::EXTENSIONS, Node::Raw(element(0x81, [0, 1])));
            },
            &[D::UniqueIdentifier],
        )
        .unnumbered(),
        case(
            "",
            "no usage of the key",
            |f| remove_extension(&mut f.signer_body, oids::KEY_USAGE),
            &[D::DocumentSignerKeyUsage],
        )
        .unnumbered(),
    ]
};
