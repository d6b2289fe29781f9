//! Lines about EF.SOD.

use super::Cover::{Not, Rules};
use super::{Line, NOT_IN_FILE, READER};

pub(super) const SECURITY_OBJECTS: &[Line] = &[
    (
        "Doc 9303-10 §4.6.2",
        "tag 77 around a DER ContentInfo",
        Rules(&["sod.outer-tag", "encoding.der", "object.trailing-bytes"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "one EF.SOD for an application",
        Not(NOT_IN_FILE),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "LDS security object",
        Rules(&[
            "sod.content",
            "sod.version",
            "sod.version-known",
            "sod.version-info",
            "sod.hash-count",
            "sod.hash-number",
            "sod.hash-length",
            "algorithm.hash",
        ]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "SignedData version",
        Rules(&["cms.version"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "certificate inside",
        Rules(&["cms.signer-certificate", "cms.signer-role"]),
    ),
    ("Doc 9303-10 §4.6.2", "crls", Rules(&["cms.crls"])),
    (
        "Doc 9303-10 §4.6.2",
        "signerInfos",
        Rules(&["cms.one-signer"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "sid",
        Rules(&["sod.signer-identifier", "cms.signer-version"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "signedAttrs",
        Rules(&[
            "cms.signed-attributes",
            "cms.message-digest",
            "cms.content-type-attribute",
            "cms.signature",
        ]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "unsignedAttrs",
        Rules(&["sod.unsigned-attributes"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "the signature algorithm is the signer's",
        Rules(&["cms.signature", "algorithm.signature"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "three hashes may differ",
        Rules(&["sod.algorithms-differ"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "issuer written differently",
        Rules(&["cms.issuer-written"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "indefinite length",
        Rules(&["encoding.der"]),
    ),
    (
        "Doc 9303-10 §4.6.2",
        "data groups on the chip that are not listed",
        Not(NOT_IN_FILE),
    ),
    ("Doc 9303-10 §4.6.2", "EF.COM is not covered", Not(READER)),
    (
        "Doc 9303-10 §4.6.2",
        "limits of zero-knowledge circuits",
        Not("no rule of a standard"),
    ),
];
