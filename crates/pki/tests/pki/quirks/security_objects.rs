//! EF.SOD and its signature.

use super::*;

/// Quirks of EF.SOD and of its signature.
pub(super) const SECURITY_OBJECTS: &[Case] = {
    use DeviationKind as D;
    &[
        case(
            "Q049",
            "padding behind EF.DG2",
            |f| {
                f.hashed = Some(f.files.clone());
                f.files.get_mut(&File::Dg2).unwrap().extend([0; 3]);
            },
            &[D::PaddedFile {
                file: File::Dg2,
                count: 3,
            }],
        ),
        case(
            "Q052",
            "indefinite lengths",
            |f| f.alter_cms = |cms| indefinite(&cms),
            &[D::IndefiniteLength, D::ConstructedString],
        ),
        case(
            "Q053",
            "rsaEncryption as signature algorithm",
            |f| {
                f.signer.algorithm = SignatureAlgorithm::RsaPkcs1(SHA256);
                f.signer.identifier = identifier(oids::RSA_ENCRYPTION, &NULL);
            },
            &[D::SignatureAlgorithmWithoutHash],
        )
        .keys(P256, Key::Rsa),
        case(
            "Q053",
            "ecPublicKey as signature algorithm",
            |f| {
                f.signer.identifier = identifier(oids::EC_PUBLIC_KEY, &[]);
            },
            &[D::SignatureAlgorithmWithoutHash],
        ),
        case(
            "Q054",
            "content type data",
            |f| f.content_type = oids::DATA,
            &[D::ContentType(oids::DATA)],
        ),
        case(
            "Q105",
            "content type of early documents",
            |f| f.content_type = oids::LDS_SECURITY_OBJECT_EARLY,
            &[D::ContentType(oids::LDS_SECURITY_OBJECT_EARLY)],
        ),
        case(
            "Q105",
            "content type of a printer's test documents",
            |f| f.content_type = oids::LDS_SECURITY_OBJECT_NL_TEST,
            &[D::ContentType(oids::LDS_SECURITY_OBJECT_NL_TEST)],
        ),
        case(
            "Q055",
            "issuer in another order",
            |f| {
                let mut issuer = f.signer_body.at(&[tbs::ISSUER]).clone();
                issuer.children().reverse();
                f.sid = named(f, &issuer.bytes());
            },
            &[D::IssuerWrittenDifferently],
        ),
        case(
            "Q055",
            "issuer in another string type",
            |f| {
                let issuer = with_string_type(f.signer_body.at(&[tbs::ISSUER]), 1, 0x16);
                f.sid = named(f, &issuer);
            },
            &[D::IssuerWrittenDifferently],
        ),
        case(
            "Q056",
            "serial number of nobody",
            |f| {
                let issuer = f.signer_body.at(&[tbs::ISSUER]).bytes();
                f.sid = Sid::Element(row(0x30, &[&issuer, &element(0x02, [0x09, 0x99])]));
            },
            &[D::SignerIdentifier],
        ),
        case(
            "Q056",
            "key identifier of nobody, the CSCA first",
            |f| {
                f.sid = Sid::Element(element(0x80, [0x99; 20]));
                f.certificates = Some(vec![f.csca_certificate(), f.signer_certificate()]);
            },
            &[D::SignerIdentifier],
        ),
        case(
            "Q057",
            "key identifier that the certificate lacks",
            |f| {
                let certificate = Certificate::parse(&f.signer_certificate()).unwrap();
                f.sid = Sid::Element(element(0x80, certificate.key_identifier()));
                if certificate.extensions().subject_key_identifier.is_some() {
                    remove_extension(&mut f.signer_body, oids::SUBJECT_KEY_IDENTIFIER);
                }
            },
            &[D::SignerWithoutKeyIdentifier],
        ),
        case(
            "Q058",
            "version 0, LDS 1.7",
            |f| f.version = LdsSecurityObjectVersion::V0,
            &[],
        ),
        case(
            "Q058",
            "version 1, LDS 1.8",
            |f| f.version = LdsSecurityObjectVersion::v1(),
            &[],
        ),
        case(
            "Q059",
            "NULL in the digest algorithm",
            |f| f.digest_identifier = identifier(SHA256.oid(), &NULL),
            &[],
        ),
        case(
            "Q060",
            "SHA-1 everywhere",
            |f| {
                (f.hash, f.digest) = (SHA1, SHA1);
                f.digest_identifier = identifier(SHA1.oid(), &NULL);
                f.signer.algorithm = SignatureAlgorithm::Ecdsa(SHA1);
                f.signer.identifier = identifier(oids::ECDSA_WITH_SHA1, &[]);
            },
            &[D::Sha1],
        ),
        case(
            "Q060",
            "SHA-1 of the data groups",
            |f| f.hash = SHA1,
            &[D::Sha1],
        ),
        case(
            "Q061",
            "PKCS#1 v1.5 under a CSCA with PSS",
            |f| {
                f.signer.algorithm = SignatureAlgorithm::RsaPkcs1(SHA256);
                f.signer.identifier = identifier(oids::SHA256_WITH_RSA, &NULL);
            },
            &[D::SignatureScheme],
        )
        .keys(Key::Rsa, Key::Rsa),
        case(
            "Q061",
            "PKCS#1 v1.5 with a key for PSS",
            |f| {
                f.signer_body
                    .set(&[tbs::KEY, 0], identifier(oids::RSASSA_PSS, &[]));
                f.signer.algorithm = SignatureAlgorithm::RsaPkcs1(SHA256);
                f.signer.identifier = identifier(oids::SHA256_WITH_RSA, &NULL);
            },
            &[D::SignatureScheme],
        )
        .keys(P256, Key::Rsa),
        case(
            "Q061",
            "PSS under a CSCA with PKCS#1 v1.5, as Doc 9303-12 recommends",
            |f| {
                f.csca_signs_by(
                    SignatureAlgorithm::RsaPkcs1(SHA256),
                    &identifier(oids::SHA256_WITH_RSA, &NULL),
                );
            },
            &[],
        )
        .keys(Key::Rsa, Key::Rsa),
        case(
            "Q062",
            "PSS with SHA-256 and a salt of 20",
            |f| pss(f, SHA256, SHA256, 20),
            &[],
        )
        .keys(P256, Key::Rsa),
        case(
            "Q062",
            "PSS with SHA-512 and a salt of 20",
            |f| pss(f, SHA512, SHA512, 20),
            &[],
        )
        .keys(P256, Key::Rsa),
        case(
            "Q062",
            "PSS with SHA-256 and a salt of 64",
            |f| pss(f, SHA256, SHA256, 64),
            &[],
        )
        .keys(P256, Key::Rsa),
        case(
            "Q062",
            "PSS with two hashes",
            |f| pss(f, SHA256, SHA512, 32),
            &[],
        )
        .keys(P256, Key::Rsa),
        case(
            "Q063",
            "zeros in front of the numbers of ECDSA",
            |f| f.alter_signature = |signature| with_zeros(&signature),
            &[D::EcdsaSignatureForm],
        ),
        case(
            "Q064",
            "signed on another curve",
            |f| f.signer.key = Forge::new(P256, Key::Ec(Curve::P384)).signer.key,
            &[],
        )
        .ends(Failed(Cause::SignatureInvalid)),
        case(
            "Q118",
            "signature over attributes out of order",
            |f| f.attributes_reversed = true,
            &[D::SignedAttributesOrder],
        ),
        case(
            "Q118",
            "attributes out of order, signed in order",
            |f| (f.attributes_reversed, f.sign_sorted) = (true, true),
            &[D::SignedAttributesOrder, D::SignedOverDerForm],
        ),
    ]
};
