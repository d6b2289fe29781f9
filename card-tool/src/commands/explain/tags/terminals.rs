//! Card verifiable certificates and EF.CVCA (Doc 9303-12 §7.2.2; TR-03110-3 §C, §D).

use crate::commands::explain::grammar::{
    Case, OTHERWISE, Object, any, case, fields, identified, record, row, value,
};
use crate::commands::explain::value as tell;
use crate::commands::explain::{card_verifiable, key, sum};

/// EF.CVCA, a row of references (TR-03110-3 §A.7.2.4).
#[rustfmt::skip]
pub(in crate::commands::explain) const CVCA: [Object; 2] = [
    value(0x42, "newest certification authority", card_verifiable::reference),
    value(0x42, "previous certification authority", card_verifiable::reference),
];

const AUTHORITY: Object = value(
    0x42,
    "Certification Authority Reference",
    card_verifiable::reference,
);
const SIGNATURE: Object = value(0x5F37, "signature", tell::count);

/// A certificate.
pub(in crate::commands::explain) const CV_CERTIFICATE: Object =
    row(0x7F21, "CV Certificate", &[BODY, SIGNATURE]).sum(sum::cv_certificate);

/// A request with an outer signature (TR-03110-3 §C.2).
pub(in crate::commands::explain) const CV_REQUEST: Object = row(
    0x67,
    "Authentication",
    &[
        row(0x7F21, "CV Certificate", &[BODY, SIGNATURE]),
        AUTHORITY,
        SIGNATURE,
    ],
);

/// The body of a certificate.
#[rustfmt::skip]
pub(in crate::commands::explain) const BODY: Object = row(0x7F4E, "Certificate Body", &[
    value(0x5F29, "Certificate Profile Identifier", card_verifiable::profile),
    AUTHORITY,
    PUBLIC_KEY,
    value(0x5F20, "Certificate Holder Reference", card_verifiable::reference),
    CHAT,
    value(0x5F25, "Certificate Effective Date", tell::certificate_date),
    value(0x5F24, "Certificate Expiration Date", tell::certificate_date),
    row(0x65, "Certificate Extensions", &[
        identified(0x73, "Discretionary Data Template", "object identifier", &[case(OTHERWISE, &[any(0x53, "discretionary data")])]).sum(sum::join),
    ]),
]);

/// Certificate Holder Authorization Template (TR-03110-3 §C.1.5).
#[rustfmt::skip]
pub(in crate::commands::explain) const CHAT: Object = identified(0x7F4C, "Certificate Holder Authorization Template", "terminal type", &[
    case("0.4.0.127.0.7.3.1.2.1", &[value(0x53, "role and rights", card_verifiable::inspection_rights)]),
    case(OTHERWISE, &[value(0x53, "role and rights", card_verifiable::role)]),
]).sum(sum::join);

const PUBLIC_KEY: Object =
    identified(0x7F49, "Public Key", "algorithm", KEYS).sum(sum::cv_public_key);

#[rustfmt::skip]
const KEYS: &[Case] = &[
    case("0.4.0.127.0.7.2.2.2.1", &[
        value(0x81, "modulus n", tell::bits), value(0x82, "public exponent e", tell::number),
    ]),
    case("0.4.0.127.0.7.2.2.2.2", &[
        value(0x81, "p, the prime", tell::bits), value(0x82, "a", tell::count), value(0x83, "b", tell::count),
        record(0x84, "base point G", key::point), value(0x85, "order n", tell::bits), record(0x86, "public point Y", key::point),
        value(0x87, "cofactor f", tell::number),
    ]),
];

/// What stands in the data fields of MANAGE SECURITY ENVIRONMENT (Doc 9303-11 §4.4.4.1, §6.2.4, §7.1.5).
#[rustfmt::skip]
pub(in crate::commands::explain) const SECURITY_ENVIRONMENT: [Object; 5] = [
    value(0x80, "cryptographic mechanism", tell::identifier),
    value(0x83, "password or public key", card_verifiable::password_or_key),
    value(0x84, "domain parameters or private key", tell::domain_parameters),
    CHAT,
    fields(0x67, "auxiliary data", &[]),
];
