//! Object identifiers of Doc 9303-10, Doc 9303-12, RFC 5280, RFC 5652 and the signature algorithms.

use const_oid::ObjectIdentifier;

/// Whether an identifier stands below an arc.
#[must_use]
pub fn is_below(oid: ObjectIdentifier, arc: ObjectIdentifier) -> bool {
    oid.as_bytes()
        .strip_prefix(arc.as_bytes())
        .is_some_and(|below| !below.is_empty())
}

const fn oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

/// eContentType of EF.SOD (Doc 9303-10 §4.6.2).
pub use lds::oids::LDS_SECURITY_OBJECT;
/// eContentType of EF.CardSecurity (Doc 9303-10 §3.11.4).
pub use lds::oids::SECURITY_OBJECT;

/// The content of EF.SOD in early documents of France and Belgium.
pub const LDS_SECURITY_OBJECT_EARLY: ObjectIdentifier = oid("1.3.27.1.1.1");
/// The content of EF.SOD in test documents of a Dutch printer.
pub const LDS_SECURITY_OBJECT_NL_TEST: ObjectIdentifier = oid("1.2.528.1.1006.1.20.1");
/// eContentType of a CSCA master list (Doc 9303-12 §9).
pub const CSCA_MASTER_LIST: ObjectIdentifier = oid("2.23.136.1.1.2");
/// Extended key usage: signer of CSCA master lists (Doc 9303-12 §7.1.1).
pub const MASTER_LIST_SIGNING_KEY: ObjectIdentifier = oid("2.23.136.1.1.3");
/// eContentType of a deviation list, and the arc of the kinds of deviation (Doc 9303-12 §10).
pub const DEVIATION_LIST: ObjectIdentifier = oid("2.23.136.1.1.7");
/// Deviation: the signature on the document signer's certificate is wrong (Doc 9303-12 §10.2).
pub const DEVIATION_DS_SIGNATURE: ObjectIdentifier = oid("2.23.136.1.1.7.1.1");
/// Deviation: the document signer's certificate is encoded wrongly (Doc 9303-12 §10.2).
pub const DEVIATION_DS_ENCODING: ObjectIdentifier = oid("2.23.136.1.1.7.1.2");
/// Deviation: the CSCA certificate is encoded wrongly (Doc 9303-12 §10.2).
pub const DEVIATION_CSCA_ENCODING: ObjectIdentifier = oid("2.23.136.1.1.7.1.3");
/// Deviation: the key of Active Authentication is compromised (Doc 9303-12 §10.2).
pub const DEVIATION_AA_KEY_COMPROMISED: ObjectIdentifier = oid("2.23.136.1.1.7.1.4");
/// Deviation: a data group is malformed (Doc 9303-12 §10.2).
pub const DEVIATION_DG_MALFORMED: ObjectIdentifier = oid("2.23.136.1.1.7.2.1");
/// Deviation: the hash of a data group is wrong (Doc 9303-12 §10.2).
pub const DEVIATION_DG_HASH_WRONG: ObjectIdentifier = oid("2.23.136.1.1.7.2.2");
/// Deviation: the signature of EF.SOD is wrong (Doc 9303-12 §10.2).
pub const DEVIATION_SOD_SIGNATURE_WRONG: ObjectIdentifier = oid("2.23.136.1.1.7.2.3");
/// Deviation: EF.COM is inconsistent (Doc 9303-12 §10.2).
pub const DEVIATION_COM_INCONSISTENT: ObjectIdentifier = oid("2.23.136.1.1.7.2.4");
/// Deviation: wrong data in the machine readable zone (Doc 9303-12 §10.2).
pub const DEVIATION_MRZ_WRONG_DATA: ObjectIdentifier = oid("2.23.136.1.1.7.3.1");
/// Deviation: wrong check digit in the machine readable zone (Doc 9303-12 §10.2).
pub const DEVIATION_MRZ_WRONG_CHECK_DIGIT: ObjectIdentifier = oid("2.23.136.1.1.7.3.2");
/// Deviation: the chip is faulty (Doc 9303-12 §10.2).
pub const DEVIATION_CHIP: ObjectIdentifier = oid("2.23.136.1.1.7.4");
/// Deviation: for national use (Doc 9303-12 §10.2).
pub const DEVIATION_NATIONAL_USE: ObjectIdentifier = oid("2.23.136.1.1.7.5");
/// Extended key usage: signer of deviation lists (Doc 9303-12 §7.1.1).
pub const DEVIATION_LIST_SIGNING_KEY: ObjectIdentifier = oid("2.23.136.1.1.8");
/// Extended key usage: signer of bar codes (Doc 9303-12 §7.1.3).
pub const BARCODE_SIGNING_KEY: ObjectIdentifier = oid("2.23.136.1.1.11.1");
/// Extension: the certification authority has changed its name (Doc 9303-12 §7.1.1.5).
pub const NAME_CHANGE: ObjectIdentifier = oid("2.23.136.1.1.6.1");
/// The arc of Doc 9303: every extended key usage below it names a role other than document signer.
pub const ICAO_SECURITY: ObjectIdentifier = oid("2.23.136.1.1");
/// Extension: document types a document signer may sign (Doc 9303-12 §7.1.1.6).
pub const DOCUMENT_TYPE_LIST: ObjectIdentifier = oid("2.23.136.1.1.6.2");
/// The same extension under the identifier that early French certificates used.
pub const DOCUMENT_TYPE_LIST_EARLY: ObjectIdentifier = oid("2.23.136.1.1.4");

/// Content type data (RFC 5652 §4).
pub const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
/// Content type signed data (RFC 5652 §5).
pub const SIGNED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.2");
/// Signed attribute content type (RFC 5652 §11.1).
pub const CONTENT_TYPE: ObjectIdentifier = oid("1.2.840.113549.1.9.3");
/// Signed attribute message digest (RFC 5652 §11.2).
pub const MESSAGE_DIGEST: ObjectIdentifier = oid("1.2.840.113549.1.9.4");
/// Signed attribute signing time (RFC 5652 §11.3).
pub const SIGNING_TIME: ObjectIdentifier = oid("1.2.840.113549.1.9.5");

/// RSA keys, and RSA PKCS#1 v1.5 signatures whose hash is named elsewhere (RFC 8017).
pub const RSA_ENCRYPTION: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
/// RSASSA-PSS (RFC 4055).
pub const RSASSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
/// Mask generation function of RSASSA-PSS (RFC 4055).
pub const MGF1: ObjectIdentifier = oid("1.2.840.113549.1.1.8");
/// RSA PKCS#1 v1.5 with SHA-1 (RFC 3279).
pub const SHA1_WITH_RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.5");
/// RSA PKCS#1 v1.5 with SHA-1, as OIW named it.
pub const SHA1_WITH_RSA_OIW: ObjectIdentifier = oid("1.3.14.3.2.29");
/// RSA PKCS#1 v1.5 with SHA-224 (RFC 4055).
pub const SHA224_WITH_RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.14");
/// RSA PKCS#1 v1.5 with SHA-256 (RFC 4055).
pub const SHA256_WITH_RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.11");
/// RSA PKCS#1 v1.5 with SHA-384 (RFC 4055).
pub const SHA384_WITH_RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.12");
/// RSA PKCS#1 v1.5 with SHA-512 (RFC 4055).
pub const SHA512_WITH_RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.13");
/// Elliptic curve keys (RFC 5480).
pub const EC_PUBLIC_KEY: ObjectIdentifier = oid("1.2.840.10045.2.1");
/// ECDSA with SHA-1 (RFC 3279).
pub const ECDSA_WITH_SHA1: ObjectIdentifier = oid("1.2.840.10045.4.1");
/// ECDSA with SHA-224 (RFC 5758).
pub const ECDSA_WITH_SHA224: ObjectIdentifier = oid("1.2.840.10045.4.3.1");
/// ECDSA with SHA-256 (RFC 5758).
pub const ECDSA_WITH_SHA256: ObjectIdentifier = oid("1.2.840.10045.4.3.2");
/// ECDSA with SHA-384 (RFC 5758).
pub const ECDSA_WITH_SHA384: ObjectIdentifier = oid("1.2.840.10045.4.3.3");
/// ECDSA with SHA-512 (RFC 5758).
pub const ECDSA_WITH_SHA512: ObjectIdentifier = oid("1.2.840.10045.4.3.4");

/// Name attribute commonName (X.520).
pub const COMMON_NAME: ObjectIdentifier = oid("2.5.4.3");
/// Name attribute serialNumber (X.520).
pub const SERIAL_NUMBER: ObjectIdentifier = oid("2.5.4.5");
/// Name attribute countryName (X.520).
pub const COUNTRY_NAME: ObjectIdentifier = oid("2.5.4.6");
/// Name attribute localityName (X.520).
pub const LOCALITY_NAME: ObjectIdentifier = oid("2.5.4.7");
/// Name attribute stateOrProvinceName (X.520).
pub const STATE_OR_PROVINCE_NAME: ObjectIdentifier = oid("2.5.4.8");
/// Name attribute organizationName (X.520).
pub const ORGANIZATION_NAME: ObjectIdentifier = oid("2.5.4.10");
/// Name attribute organizationalUnitName (X.520).
pub const ORGANIZATIONAL_UNIT_NAME: ObjectIdentifier = oid("2.5.4.11");

/// The arc of the extensions of X.509.
pub const CERTIFICATE_EXTENSIONS: ObjectIdentifier = oid("2.5.29");
/// The arc of the private Internet extensions (RFC 5280 §4.2.2).
pub const PRIVATE_INTERNET_EXTENSIONS: ObjectIdentifier = oid("1.3.6.1.5.5.7.1");
/// Extension SubjectKeyIdentifier (RFC 5280 §4.2.1.2).
pub const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.14");
/// Extension KeyUsage (RFC 5280 §4.2.1.3).
pub const KEY_USAGE: ObjectIdentifier = oid("2.5.29.15");
/// Extension PrivateKeyUsagePeriod (RFC 3280 §4.2.1.4).
pub const PRIVATE_KEY_USAGE_PERIOD: ObjectIdentifier = oid("2.5.29.16");
/// Extension SubjectAltName (RFC 5280 §4.2.1.6).
pub const SUBJECT_ALT_NAME: ObjectIdentifier = oid("2.5.29.17");
/// Extension IssuerAltName (RFC 5280 §4.2.1.7).
pub const ISSUER_ALT_NAME: ObjectIdentifier = oid("2.5.29.18");
/// Extension BasicConstraints (RFC 5280 §4.2.1.9).
pub const BASIC_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.19");
/// Extension cRLNumber (RFC 5280 §5.2.3).
pub const CRL_NUMBER: ObjectIdentifier = oid("2.5.29.20");
/// Extension of an entry of a CRL: why the certificate was revoked (RFC 5280 §5.3.1).
pub const CRL_REASON: ObjectIdentifier = oid("2.5.29.21");
/// Extension of an entry of a CRL: since when the key is known to be bad (RFC 5280 §5.3.2).
pub const INVALIDITY_DATE: ObjectIdentifier = oid("2.5.29.24");
/// Extension deltaCRLIndicator (RFC 5280 §5.2.4).
pub const DELTA_CRL_INDICATOR: ObjectIdentifier = oid("2.5.29.27");
/// Extension issuingDistributionPoint (RFC 5280 §5.2.5).
pub const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = oid("2.5.29.28");
/// Extension of an entry of a CRL: whose certificate it was (RFC 5280 §5.3.3).
pub const CERTIFICATE_ISSUER: ObjectIdentifier = oid("2.5.29.29");
/// Extension freshestCRL (RFC 5280 §5.2.6).
pub const FRESHEST_CRL: ObjectIdentifier = oid("2.5.29.46");
/// Extension CRLDistributionPoints (RFC 5280 §4.2.1.13).
pub const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = oid("2.5.29.31");
/// Extension CertificatePolicies (RFC 5280 §4.2.1.4).
pub const CERTIFICATE_POLICIES: ObjectIdentifier = oid("2.5.29.32");
/// Extension AuthorityKeyIdentifier (RFC 5280 §4.2.1.1).
pub const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.35");
/// Extension ExtKeyUsage (RFC 5280 §4.2.1.12).
pub const EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37");
