//! Every rule, as data. The checks name them by their constants; `RULES` is the same list for those who count.

use super::object_kind::{Kinds, ObjectKind as K};
use super::rule::{Rule, Severity};

/// Declares the constants and the list of all: name, id, clause, severity (`or` that under the sixth edition), kinds, text.
macro_rules! rules {
    ($($name:ident = $id:literal, $clause:literal, $severity:ident $(or $old:ident)?, $kinds:expr, $text:literal;)*) => {
        $(pub(super) const $name: Rule = Rule {
            id: $id,
            clause: $clause,
            severity: Severity::$severity,
            sixth_edition: {
                const OLD: &[Severity] = &[$(Severity::$old)?];
                match OLD { [old, ..] => Some(*old), [] => None }
            },
            applies_to: $kinds,
            text: $text,
        };)*
        /// All rules, in the order of the clauses.
        pub const RULES: &[Rule] = &[$($name),*];
    };
}

const ALL: Kinds = Kinds::ALL;
const CERTS: Kinds = Kinds::CERTIFICATES;
const FULL: Kinds = Kinds::FULL;
const CSCA: Kinds = Kinds::CSCA;
const ROOT: Kinds = Kinds::of(&[K::CscaRoot]);
const LINK: Kinds = Kinds::of(&[K::CscaLink]);
const DS: Kinds = Kinds::of(&[K::DocumentSigner]);
const SIGNERS: Kinds = Kinds::SIGNERS;
const LDS2: Kinds = Kinds::of(&[K::Lds2Signer]);
const BARCODE: Kinds = Kinds::of(&[K::BarcodeSigner]);
const SPOC: Kinds = Kinds::of(&[K::Communication]);
const CRL: Kinds = Kinds::of(&[K::Crl]);
const X509: Kinds = CERTS.and(CRL);
const CMS: Kinds = Kinds::CMS;
const LISTS: Kinds = Kinds::LISTS;
const ML: Kinds = Kinds::of(&[K::MasterList]);
const DL: Kinds = Kinds::of(&[K::DeviationList]);
const SOD: Kinds = Kinds::of(&[K::SecurityObject]);
const NOT_CSCA: Kinds = SIGNERS.and(Kinds::SMALL);
const WITH_PURPOSE: Kinds = Kinds::LIST_SIGNERS.and(SPOC).and(Kinds::SMALL);
const NO_PURPOSE: Kinds = CSCA.and(DS);
const USAGE_PERIOD: Kinds = CSCA.and(DS);
const CRL_POINTS: Kinds = FULL;
const DOCUMENT_TYPES: Kinds = DS.and(BARCODE);
const NO_DOCUMENT_TYPES: Kinds = CSCA.and(Kinds::LIST_SIGNERS).and(SPOC);

rules! {
    // What holds for every object.
    RECOGNISED = "object.recognised", "Doc 9303-12 §7", Error, ALL, "the file is one of the objects that have a profile";
    STRUCTURE = "object.structure", "Doc 9303-12 §7", Error, ALL, "the structure can be followed to its end";
    TRAILING = "object.trailing-bytes", "Doc 9303-12 §7", Error, ALL, "nothing stands behind the object";
    SURPLUS = "object.surplus-element", "Doc 9303-12 §7", Error, ALL, "a structure has the elements of its definition only";
    DER = "encoding.der", "Doc 9303-12 §7", Error, ALL, "the encoding is DER";
    DEFAULT_VALUE = "encoding.default-value", "Doc 9303-12 §7.1", Error, X509, "a default value is not encoded";

    // Fields of certificates and CRLs.
    VERSION = "cert.version", "Doc 9303-12 §7.1", Error, CERTS, "the version is 3";
    SERIAL_POSITIVE = "cert.serial-positive", "Doc 9303-12 §7.1", Error, CERTS, "the serial number is positive";
    SERIAL_LENGTH = "cert.serial-length", "Doc 9303-12 §7.1", Error, CERTS, "the serial number has at most 20 octets";
    SERIAL_ENCODING = "cert.serial-encoding", "Doc 9303-12 §7.1", Error, CERTS, "the serial number is in shortest two's complement";
    SIGNATURE_ALGORITHMS = "signature.algorithms-equal", "Doc 9303-12 §7.1", Error, X509, "inside and outside stand the same signature algorithm";
    UNIQUE_IDENTIFIERS = "cert.unique-identifiers", "Doc 9303-12 §7.1", Error, CERTS, "there are no unique identifiers";
    EXTENSIONS = "cert.extensions", "Doc 9303-12 §7.1", Error, CERTS, "there are extensions";
    COUNTRY_PRESENT = "name.country-present", "Doc 9303-12 §7.1.1.1", Error, X509, "issuer and subject have a country";
    COMMON_NAME_PRESENT = "name.common-name-present", "Doc 9303-12 §7.1.1.1", Error, X509, "issuer and subject have a common name";
    COUNTRY_TYPE = "name.country-type", "Doc 9303-12 §7.1", Error, X509, "the country is a PrintableString";
    SERIAL_NUMBER_TYPE = "name.serial-number-type", "Doc 9303-12 §7.1", Error, X509, "the serialNumber of a name is a PrintableString";
    COUNTRY_CASE = "name.country-case", "Doc 9303-12 §7.1", Error, X509, "the country is in upper case";
    COUNTRY_FORM = "name.country-form", "Doc 9303-12 §7.1.1.1", Error, X509, "the country is a code of two letters";
    STRING_TYPE = "name.string-type", "Doc 9303-12 §7.1.4", Error, CRL, "other text of a name is a PrintableString or UTF8String";
    STRING_TYPE_CERT = "name.string-type-certificate", "RFC 5280 §4.1.2.4", Warning, CERTS, "other text of a name is a PrintableString or UTF8String";
    COUNTRY_EQUAL = "cert.country-equal", "Doc 9303-12 §7.1", Error, CERTS, "issuer and subject are of one country";
    TIME_UTC = "time.utc-until-2049", "Doc 9303-12 §7.1", Error, X509, "a date through 2049 is a UTCTime";
    TIME_GENERALIZED = "time.generalized-from-2050", "Doc 9303-12 §7.1", Error, X509, "a date from 2050 on is a GeneralizedTime";
    TIME_SECONDS = "time.seconds", "Doc 9303-12 §7.1", Error, X509, "a time has its seconds";
    TIME_ZULU = "time.zulu", "Doc 9303-12 §7.1", Error, X509, "a time ends in Z";
    TIME_FRACTION = "time.fraction", "RFC 5280 §4.1.2.5.2", Error, X509, "a time has no fraction of a second";
    TIME_ORDER = "time.order", "RFC 5280 §4.1.2.5", Error, X509, "a period ends after it begins";

    // Extensions.
    EXTENSION_TWICE = "extension.twice", "RFC 5280 §4.2", Error, X509, "an extension occurs once";
    EXTENSION_UNREADABLE = "extension.unreadable", "Doc 9303-12 §7.1", Error, X509, "an extension is of its own syntax";
    EXTENSION_UNKNOWN = "extension.unknown-critical", "Doc 9303-12 §7.1", Error, X509, "an extension of nobody's profile is not critical";
    AKI_PRESENT = "authority-key-identifier.present", "Doc 9303-12 §7.1", Error, LINK.and(NOT_CSCA), "AuthorityKeyIdentifier is mandatory";
    AKI_CRITICAL = "authority-key-identifier.critical", "Doc 9303-12 §7.1", Error, CERTS, "AuthorityKeyIdentifier is not critical";
    AKI_KEY = "authority-key-identifier.key", "RFC 5280 §4.2.1.1", Error, CERTS, "AuthorityKeyIdentifier holds a key identifier";
    SKI_PRESENT = "subject-key-identifier.present", "Doc 9303-12 §7.1", Error, CSCA, "SubjectKeyIdentifier is mandatory";
    SKI_CRITICAL = "subject-key-identifier.critical", "Doc 9303-12 §7.1", Error, FULL, "SubjectKeyIdentifier is not critical";
    KU_PRESENT = "key-usage.present", "Doc 9303-12 §7.1", Error, FULL, "KeyUsage is mandatory";
    KU_CRITICAL = "key-usage.critical", "Doc 9303-12 §7.1", Error, FULL, "KeyUsage is critical";
    KU_CSCA = "key-usage.csca", "Doc 9303-12 §7.1", Error, CSCA, "KeyUsage of a CSCA has keyCertSign and cRLSign";
    KU_SIGNER = "key-usage.signer", "Doc 9303-12 §7.1", Error, SIGNERS, "KeyUsage of a signer has digitalSignature";
    KU_SURPLUS = "key-usage.surplus", "Doc 9303-12 §7.1", Warning, FULL, "KeyUsage has no other bits than those of the role";
    PKUP_PRESENT = "usage-period.present", "Doc 9303-12 §7.1", Error or Notice, USAGE_PERIOD, "PrivateKeyUsagePeriod is mandatory";
    PKUP_CRITICAL = "usage-period.critical", "Doc 9303-12 §7.1", Error, FULL, "PrivateKeyUsagePeriod is not critical";
    PKUP_BOUND = "usage-period.bound", "Doc 9303-12 §7.1", Error, FULL, "PrivateKeyUsagePeriod has at least one bound";
    PKUP_ORDER = "usage-period.order", "RFC 3280 §4.2.1.4", Error, FULL, "PrivateKeyUsagePeriod ends after it begins";
    POLICIES_CRITICAL = "certificate-policies.critical", "Doc 9303-12 §7.1", Error, FULL, "CertificatePolicies is not critical";
    SAN_PRESENT = "subject-alt-name.present", "Doc 9303-12 §7.1", Error or Notice, FULL, "SubjectAltName is mandatory";
    SAN_CRITICAL = "subject-alt-name.critical", "Doc 9303-12 §7.1", Error, FULL, "SubjectAltName is not critical";
    IAN_PRESENT = "issuer-alt-name.present", "Doc 9303-12 §7.1", Error or Notice, FULL, "IssuerAltName is mandatory";
    IAN_CRITICAL = "issuer-alt-name.critical", "Doc 9303-12 §7.1", Error, FULL, "IssuerAltName is not critical";
    ALT_CONTACT = "alt-name.contact", "Doc 9303-12 §7.1.1.2", Error or Notice, FULL, "an alternative name gives a contact: mail, DNS name or URI";
    ALT_DIRECTORY = "alt-name.directory-name", "Doc 9303-12 §7.1.1.2", Error or Notice, FULL, "an alternative name has a directory name with a locality";
    ALT_LOCALITY = "alt-name.locality", "Doc 9303-12 §7.1.1.2", Error or Notice, FULL, "the locality is the country code of the machine readable zone";
    ALT_STATE = "alt-name.state", "Doc 9303-12 §7.1.1.2", Error or Notice, FULL, "stateOrProvinceName, if any, is a code of three letters; needed where the locality is not unique";
    BC_PRESENT = "basic-constraints.present", "Doc 9303-12 §7.1", Error, CSCA, "BasicConstraints is mandatory";
    BC_CRITICAL = "basic-constraints.critical", "Doc 9303-12 §7.1", Error, CSCA, "BasicConstraints is critical";
    BC_CA = "basic-constraints.ca", "Doc 9303-12 §7.1", Error, CSCA, "BasicConstraints of a CSCA says cA";
    BC_PATH = "basic-constraints.path-length", "Doc 9303-12 §7.1", Error, CSCA, "BasicConstraints has the path length 0";
    BC_FORBIDDEN = "basic-constraints.forbidden", "Doc 9303-12 §7.1", Error, SIGNERS, "a signer has no BasicConstraints";
    EKU_PRESENT = "extended-key-usage.present", "Doc 9303-12 §7.1", Error, WITH_PURPOSE, "ExtKeyUsage is mandatory";
    EKU_CRITICAL = "extended-key-usage.critical", "Doc 9303-12 §7.1", Error, WITH_PURPOSE, "ExtKeyUsage is critical";
    EKU_PURPOSE = "extended-key-usage.purpose", "Doc 9303-12 §7.1.1.3", Error, WITH_PURPOSE, "ExtKeyUsage names the purpose of the role";
    EKU_FORBIDDEN = "extended-key-usage.forbidden", "Doc 9303-12 §7.1", Error, NO_PURPOSE, "CSCA and document signer have no ExtKeyUsage";
    CDP_PRESENT = "crl-distribution-points.present", "Doc 9303-12 §7.1", Error or Notice, CRL_POINTS, "CRLDistributionPoints is mandatory";
    CDP_CRITICAL = "crl-distribution-points.critical", "Doc 9303-12 §7.1", Error, FULL, "CRLDistributionPoints is not critical";
    CDP_SCHEME = "crl-distribution-points.scheme", "Doc 9303-12 §7.1", Error, FULL, "a distribution point is an ldap, http or https address";
    CDP_PKD = "crl-distribution-points.pkd", "Doc 9303-12 §7.1.1.4", Notice, FULL, "an address at the PKD follows its pattern with the code of three letters";
    INTERNET_CRITICAL = "private-internet.critical", "Doc 9303-12 §7.1", Error, FULL, "AuthorityInfoAccess and SubjectInfoAccess are not critical";
    NAME_CHANGE_CRITICAL = "name-change.critical", "Doc 9303-12 §7.1.1.5", Error, CSCA, "NameChange is not critical";
    NAME_CHANGE_VALUE = "name-change.value", "Doc 9303-12 §7.1.1.5", Error, CSCA, "the value of NameChange is NULL";
    NAME_CHANGE_MISSING = "name-change.missing", "Doc 9303-12 §7.1.1.5", Error or Notice, LINK, "a link certificate of both a new name and a new key has NameChange";
    NAME_CHANGE_FORBIDDEN = "name-change.forbidden", "Doc 9303-12 §7.1", Error, SIGNERS, "a signer has no NameChange";
    DOC_TYPE_PRESENT = "document-type.present", "Doc 9303-12 §7.1.1.6", Error or Notice, DS, "DocumentType is mandatory";
    DOC_TYPE_CRITICAL = "document-type.critical", "Doc 9303-12 §7.1.1.6", Error, DOCUMENT_TYPES, "DocumentType is not critical";
    DOC_TYPE_OID = "document-type.identifier", "Doc 9303-12 §7.1.1.6", Error or Notice, DOCUMENT_TYPES, "DocumentType is under its present object identifier";
    DOC_TYPE_VERSION = "document-type.version", "Doc 9303-12 §7.1.1.6", Error, DOCUMENT_TYPES, "the version of DocumentType is 0";
    DOC_TYPE_FORM = "document-type.form", "Doc 9303-12 §7.1.1.6", Error, DOCUMENT_TYPES, "DocumentType is a version and one SET";
    DOC_TYPE_CODES = "document-type.codes", "Doc 9303-12 §7.1.1.6", Error, DOCUMENT_TYPES, "a document type is a PrintableString of one or two characters";
    DOC_TYPE_FORBIDDEN = "document-type.forbidden", "Doc 9303-12 §7.1", Error, NO_DOCUMENT_TYPES, "only document signers and bar code signers have DocumentType";
    NO_POLICY_MAPPINGS = "extension.policy-mappings", "Doc 9303-12 §7.1", Error, FULL, "there is no PolicyMappings";
    NO_NAME_CONSTRAINTS = "extension.name-constraints", "Doc 9303-12 §7.1", Error, FULL, "there is no NameConstraints";
    NO_POLICY_CONSTRAINTS = "extension.policy-constraints", "Doc 9303-12 §7.1", Error, FULL, "there is no PolicyConstraints";
    NO_FRESHEST_CRL = "extension.freshest-crl", "Doc 9303-12 §7.1", Error, FULL, "there is no FreshestCRL";
    NO_DIRECTORY_ATTRIBUTES = "extension.subject-directory-attributes", "Doc 9303-12 §7.1", Error, FULL, "there is no SubjectDirectoryAttributes";
    NO_NETSCAPE_TYPE = "extension.netscape-type", "Doc 9303-12 §7.1", Error, FULL, "there is no Netscape certificate type";
    LDS2_SUBJECT = "lds2.subject", "Doc 9303-12 §7.1.2", Error, LDS2, "the subject has country and common name only";
    LDS2_COMMON_NAME = "lds2.common-name", "Doc 9303-12 §7.1.2", Error, LDS2, "the common name has at most nine characters";
    LDS2_EXTENSIONS = "lds2.extensions", "Doc 9303-12 §7.1.2", Error, LDS2, "there are AuthorityKeyIdentifier and ExtKeyUsage, and no more";
    BARCODE_SUBJECT = "barcode.subject", "Doc 9303-12 §7.1.3", Error, BARCODE, "the subject has country and common name only";
    BARCODE_COMMON_NAME = "barcode.common-name", "Doc 9303-12 §7.1.3", Error, BARCODE, "the common name is two upper-case letters as PrintableString";
    BARCODE_EXTENSIONS = "barcode.extensions", "Doc 9303-12 §7.1.3", Error, BARCODE, "there are AuthorityKeyIdentifier, ExtKeyUsage, perhaps DocumentType, and no more";
    SPOC_COMMON_NAME = "communication.common-name", "Doc 9303-12 §7.2.1", Warning, SPOC, "the common name is that of the role";

    // Algorithms.
    ALGORITHM_SIGNATURE = "algorithm.signature", "Doc 9303-12 §4.1.6", Error, ALL, "the signature is one of RSA, DSA or ECDSA";
    ALGORITHM_KEY = "algorithm.public-key", "Doc 9303-12 §4.1.6", Error, CERTS, "the key is one of RSA, DSA or ECDSA, and readable";
    ALGORITHM_HASH = "algorithm.hash", "Doc 9303-12 §4.1.8", Error, ALL, "the hash is SHA-224, SHA-256, SHA-384 or SHA-512";
    ALGORITHM_PARAMETERS = "algorithm.parameters", "Doc 9303-12 §4.1.6", Error, ALL, "the parameters of a signature algorithm are written as RFC 4055 and RFC 5758 say";
    ALGORITHM_PSS = "algorithm.rsa-pss", "Doc 9303-12 §4.1.6", Notice, ALL, "for RSA, PSS is recommended";
    KEY_LENGTH = "algorithm.key-length", "Doc 9303-12 §4.1.6", Warning, CERTS, "the key withstands attacks: RSA and DSA of 2,048 bits, a curve over 224";
    EC_EXPLICIT = "algorithm.ec-explicit", "Doc 9303-12 §4.1.6.3", Error, CERTS, "the parameters of an EC key are explicit";
    EC_COFACTOR = "algorithm.ec-cofactor", "Doc 9303-12 §4.1.6.3", Error, CERTS, "explicit parameters have the cofactor";
    EC_BASE_POINT = "algorithm.ec-base-point", "Doc 9303-12 §4.1.6.3", Error, CERTS, "the base point is uncompressed";
    EC_PUBLIC_POINT = "algorithm.ec-public-point", "Doc 9303-12 §4.1.6.3", Error, CERTS, "the public point is uncompressed";
    EC_CURVE = "algorithm.ec-curve", "Doc 9303-12 §4.1.6.3", Warning, CERTS, "the curve is one that readers know";
    ECDSA_ONLY = "algorithm.ecdsa-only", "Doc 9303-12 §4.1.6", Error, Kinds::SMALL, "the key is one of ECDSA";

    // Periods.
    CSCA_USAGE = "period.csca-usage", "Doc 9303-12 §4.1", Warning, CSCA, "a CSCA key signs for three to five years";
    CSCA_VALIDITY = "period.csca-validity", "Doc 9303-12 §4.1", Notice, CSCA, "a CSCA certificate is valid for the usage of its key and the validity of what it signs";
    DS_USAGE = "period.document-signer-usage", "Doc 9303-12 §4.1", Warning, DS, "a document signer's key signs for at most three months";
    DS_VALIDITY = "period.document-signer-validity", "Doc 9303-12 §4.1", Notice, DS, "a document signer certificate is valid for the usage of its key and the life of a document";
    LDS2_VALIDITY = "period.lds2-validity", "Doc 9303-12 §4.1", Warning, LDS2, "an LDS2 signer certificate is valid for ten years and three months";
    BARCODE_VALIDITY = "period.barcode-validity", "Doc 9303-12 §4.1", Notice, BARCODE, "a bar code signer certificate outlives the year or more that its key signs";
    SPOC_VALIDITY = "period.communication-validity", "Doc 9303-12 §4.1", Warning, SPOC, "a communication certificate is valid for 6 to 18 months";
    USAGE_INSIDE = "period.usage-inside-validity", "Doc 9303-12 §4.1", Warning, FULL, "the key is used while its certificate is valid";

    // A certificate or CRL and its issuer.
    SELF_SIGNATURE = "issuer.self-signature", "Doc 9303-12 §7.1", Error, ROOT, "a root has signed itself";
    ISSUER_SIGNATURE = "issuer.signature", "Doc 9303-12 §6.1.2", Error, X509, "the signature holds with the key of the issuer";
    ISSUER_NAME = "issuer.name", "RFC 5280 §4.1.2.4", Error, X509, "the issuer is the subject of the issuer's certificate";
    ISSUER_KEY = "issuer.key-identifier", "RFC 5280 §4.2.1.1", Error, X509, "the authority key identifier is the issuer's subject key identifier";
    ISSUER_VALIDITY = "issuer.validity", "Doc 9303-12 §4.1", Warning, NOT_CSCA, "a certificate ends before its issuer's";
    ISSUER_USAGE = "issuer.usage-period", "Doc 9303-12 §4.1", Warning, CERTS, "a certificate begins while its issuer's key is in use";

    // CRL.
    CRL_VERSION = "crl.version", "Doc 9303-12 §7.1.4", Error, CRL, "the version is 2";
    CRL_NEXT_UPDATE = "crl.next-update", "Doc 9303-12 §7.1.4", Error, CRL, "nextUpdate is mandatory";
    CRL_EMPTY = "crl.empty-list", "Doc 9303-12 §7.1.4", Error, CRL, "the list of revoked certificates is absent rather than empty";
    CRL_EXTENSIONS = "crl.extensions", "Doc 9303-12 §7.1.4", Error, CRL, "there are extensions";
    CRL_AKI = "crl.key-identifier", "Doc 9303-12 §7.1.4", Error, CRL, "AuthorityKeyIdentifier is mandatory";
    CRL_NUMBER = "crl.number", "Doc 9303-12 §7.1.4", Error or Notice, CRL, "cRLNumber is mandatory";
    CRL_NUMBER_SIGN = "crl.number-not-negative", "Doc 9303-12 §7.1.4", Error, CRL, "cRLNumber is not negative";
    CRL_NUMBER_LENGTH = "crl.number-length", "Doc 9303-12 §7.1.4", Error, CRL, "cRLNumber has at most 20 octets";
    CRL_CRITICAL = "crl.critical", "Doc 9303-12 §7.1.4", Error, CRL, "no extension of a CRL is critical";
    CRL_ISSUER_ALT_NAME = "crl.issuer-alt-name", "Doc 9303-12 §7.1.4", Error, CRL, "IssuerAltName is the former name of the issuer";
    CRL_DELTA = "crl.delta", "Doc 9303-12 §7.1.4", Error, CRL, "there is no deltaCRLIndicator";
    CRL_DISTRIBUTION_POINT = "crl.issuing-distribution-point", "Doc 9303-12 §7.1.4", Error, CRL, "there is no issuingDistributionPoint";
    CRL_FRESHEST = "crl.freshest-crl", "Doc 9303-12 §7.1.4", Error, CRL, "there is no freshestCRL";
    CRL_REASON = "crl.entry-reason", "Doc 9303-12 §7.1.4", Error or Notice, CRL, "an entry has no reasonCode";
    CRL_HOLD = "crl.entry-hold-instruction", "Doc 9303-12 §7.1.4", Error, CRL, "an entry has no holdInstruction";
    CRL_INVALIDITY = "crl.entry-invalidity-date", "Doc 9303-12 §7.1.4", Error, CRL, "an entry has no invalidityDate";
    CRL_CERTIFICATE_ISSUER = "crl.entry-certificate-issuer", "Doc 9303-12 §7.1.4", Error, CRL, "an entry has no certificateIssuer";
    CRL_TWICE = "crl.entry-twice", "RFC 5280 §5.1.2.6", Warning, CRL, "a certificate is revoked once";
    CRL_REVOCATION_DATE = "crl.revocation-date", "RFC 5280 §5.1.2.6", Warning, CRL, "a certificate is revoked before the list is issued";
    CRL_PERIOD_LONG = "crl.at-least-every-90-days", "Doc 9303-12 §4.1.5", Error, CRL, "the next list comes within 90 days";
    CRL_PERIOD_SHORT = "crl.at-most-every-48-hours", "Doc 9303-12 §4.1.5", Warning, CRL, "the next list does not come before 48 hours";

    // CMS SignedData.
    CMS_VERSION = "cms.version", "Doc 9303-10 §4.6.2, Doc 9303-12 §9.1", Error, CMS, "the version of SignedData is 3";
    CMS_CONTENT_TYPE = "cms.content-type", "Doc 9303-10 §4.6.2, Doc 9303-12 §9.1", Error, CMS, "the content type is that of the object";
    CMS_CRLS = "cms.crls", "Doc 9303-10 §4.6.2, Doc 9303-12 §9.1", Error, CMS, "there are no CRLs inside";
    CMS_ONE_SIGNER = "cms.one-signer", "Doc 9303-10 §4.6.2, Doc 9303-12 §9.1", Warning, CMS, "there is one SignerInfo";
    CMS_SIGNER_VERSION = "cms.signer-version", "RFC 5652 §5.3", Error, CMS, "the version of SignerInfo follows from its signer identifier";
    CMS_CERTIFICATE = "cms.signer-certificate", "Doc 9303-10 §4.6.2, Doc 9303-12 §9.1", Error, CMS, "the certificate of the signer is inside";
    CMS_ROLE = "cms.signer-role", "Doc 9303-10 §4.6.2, Doc 9303-12 §9.1", Error, CMS, "the certificate of the signer is of the right kind";
    CMS_SIGNED_ATTRIBUTES = "cms.signed-attributes", "Doc 9303-10 §4.6.2, Doc 9303-12 §9.1", Error, CMS, "there are signed attributes";
    CMS_ATTRIBUTE_CONTENT_TYPE = "cms.content-type-attribute", "RFC 5652 §11.1", Error, CMS, "the signed content type is that of the content";
    CMS_MESSAGE_DIGEST = "cms.message-digest", "RFC 5652 §11.2", Error, CMS, "the signed message digest is the hash of the content";
    CMS_ATTRIBUTE_ORDER = "cms.attribute-order", "RFC 5652 §5.4", Error, CMS, "the signed attributes are in DER order";
    CMS_SIGNATURE = "cms.signature", "RFC 5652 §5.6", Error, CMS, "the signature holds with the certificate inside";
    CMS_DIGEST_PARAMETERS = "cms.digest-parameters", "Doc 9303-10 §4.6.2, Doc 9303-12 §9.1", Warning, CMS, "the identifier of a digest algorithm has no parameters";
    CMS_DIGEST_LISTED = "cms.digest-listed", "RFC 5652 §5.1", Error, CMS, "the digest algorithm of the signer is in the list";
    CMS_ISSUER_WRITTEN = "cms.issuer-written", "RFC 5652 §5.3", Warning, CMS, "the signer identifier writes the issuer as the certificate does";
    CMS_SIGNER_PERIOD = "cms.signer-period", "Doc 9303-12 §4.1", Warning, CMS, "the signing time is in the usage period of the signer's key";
    LIST_SIGNING_TIME = "list.signing-time", "Doc 9303-12 §9.1", Error, LISTS, "the signed attributes have a signing time";
    LIST_SIGNER_IDENTIFIER = "list.signer-identifier", "Doc 9303-12 §9.1", Warning, LISTS, "the signer is named by its subject key identifier";
    LIST_CSCA = "list.csca-certificate", "Doc 9303-12 §9.1", Warning, LISTS, "the CSCA certificate of the signer is inside";

    // Master list.
    ML_SIGNED = "master-list.signed", "Doc 9303-12 §9.1", Error, ML, "the list is signed";
    ML_VERSION = "master-list.version", "Doc 9303-12 §9.2", Error, ML, "the version of the list is 0";
    ML_CONTENT = "master-list.content", "Doc 9303-12 §9.2", Error, ML, "the content is a version and a SET of certificates";
    ML_MEMBER = "master-list.member", "Doc 9303-12 §9", Error, ML, "every certificate of the list is that of a CSCA";
    ML_TWICE = "master-list.twice", "Doc 9303-12 §9", Warning, ML, "a certificate is in the list once";
    ML_LINK = "master-list.link-missing", "Doc 9303-12 §4.1.4", Notice, ML, "a new key of a CSCA comes with a link certificate";

    // Deviation list.
    DL_UNSIGNED_ATTRIBUTES = "deviation-list.unsigned-attributes", "Doc 9303-12 §10.1", Error, DL, "there are no unsigned attributes";
    DL_VERSION = "deviation-list.version", "Doc 9303-12 §10.2", Error, DL, "the version of the list is 0";
    DL_CONTENT = "deviation-list.content", "Doc 9303-12 §10.2", Error, DL, "the content is a version, perhaps a digest algorithm, and a SET of deviations";
    DL_DOCUMENTS = "deviation-list.documents", "Doc 9303-12 §10.2", Error, DL, "documents are named by the four criteria, in order";
    DL_DOCUMENT_TYPE = "deviation-list.document-type", "Doc 9303-12 §10.2", Error, DL, "a document type is one or two characters";
    DL_SIGNER = "deviation-list.document-signer", "Doc 9303-12 §10.2", Error, DL, "a document signer is named by issuer and serial number, key identifier or digest";
    DL_PERIOD = "deviation-list.issuing-period", "Doc 9303-12 §10.2", Error, DL, "an issuing period is two times as GeneralizedTime, the first not after the last";
    DL_NUMBERS = "deviation-list.document-numbers", "Doc 9303-12 §10.2", Error, DL, "document numbers are PrintableStrings";
    DL_DESCRIPTION = "deviation-list.description", "Doc 9303-12 §10.2", Error, DL, "a description is text, type, parameters and national use, in order";
    DL_TYPE = "deviation-list.type", "Doc 9303-12 §10.2", Error, DL, "the type of a deviation is one of the standard";
    DL_PARAMETER = "deviation-list.parameter", "Doc 9303-12 §10.2", Error, DL, "the parameter is one of the type";

    // EF.SOD.
    SOD_TAG = "sod.outer-tag", "Doc 9303-10 §4.6.2", Error, SOD, "the file has the tag 77";
    SOD_VERSION = "sod.version", "Doc 9303-10 §4.6.2", Notice, SOD, "the LDS security object is of version 1";
    SOD_VERSION_KNOWN = "sod.version-known", "Doc 9303-10 §4.6.2", Error, SOD, "the version of the LDS security object is 0 or 1";
    SOD_VERSION_INFO = "sod.version-info", "Doc 9303-10 §4.6.2", Error, SOD, "version 1 has LDSVersionInfo, version 0 has none";
    SOD_HASH_COUNT = "sod.hash-count", "Doc 9303-10 §4.6.2", Error, SOD, "there are 2 to 16 hashes";
    SOD_HASH_NUMBER = "sod.hash-number", "Doc 9303-10 §4.6.2", Error, SOD, "hashes are of data groups 1 to 16, each once";
    SOD_HASH_LENGTH = "sod.hash-length", "Doc 9303-10 §4.6.2", Error, SOD, "a hash is of the length of its algorithm";
    SOD_CONTENT = "sod.content", "Doc 9303-10 §4.6.2", Error, SOD, "the content is an LDS security object";
    SOD_SIGNER_IDENTIFIER = "sod.signer-identifier", "Doc 9303-10 §4.6.2", Warning, SOD, "the signer is named by issuer and serial number";
    SOD_UNSIGNED_ATTRIBUTES = "sod.unsigned-attributes", "Doc 9303-10 §4.6.2", Warning, SOD, "unsigned attributes are not recommended";
    SOD_ALGORITHMS = "sod.algorithms-differ", "Doc 9303-10 §4.6.2", Notice, SOD, "data groups, attributes and signature use one hash";
}
