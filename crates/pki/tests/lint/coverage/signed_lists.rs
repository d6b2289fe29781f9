//! Lines about master lists and deviation lists.

use super::Cover::{Not, Rules};
use super::{Line, READER};

pub(super) const MASTER_LISTS: &[Line] = &[
    (
        "Doc 9303-12 §9.1",
        "SignedData version",
        Rules(&["cms.version", "master-list.signed"]),
    ),
    (
        "Doc 9303-12 §9.1",
        "content type and content",
        Rules(&[
            "cms.content-type",
            "cms.content-type-attribute",
            "master-list.version",
            "master-list.content",
            "master-list.twice",
        ]),
    ),
    (
        "Doc 9303-12 §9.1",
        "certificates",
        Rules(&[
            "cms.signer-certificate",
            "cms.signer-role",
            "list.csca-certificate",
        ]),
    ),
    ("Doc 9303-12 §9.1", "crls", Rules(&["cms.crls"])),
    (
        "Doc 9303-12 §9.1",
        "signerInfos and sid",
        Rules(&[
            "cms.one-signer",
            "cms.signer-version",
            "list.signer-identifier",
        ]),
    ),
    (
        "Doc 9303-12 §9.1",
        "signedAttrs",
        Rules(&[
            "cms.signed-attributes",
            "list.signing-time",
            "cms.message-digest",
            "cms.attribute-order",
            "cms.signature",
            "cms.signer-period",
        ]),
    ),
    (
        "Doc 9303-12 §9.1",
        "parameters of digest and signature algorithms",
        Rules(&[
            "cms.digest-parameters",
            "cms.digest-listed",
            "algorithm.parameters",
        ]),
    ),
];

pub(super) const DEVIATION_LISTS: &[Line] = &[
    (
        "Doc 9303-12 §10.1",
        "SignedData as above, no unsigned attributes",
        Rules(&[
            "deviation-list.unsigned-attributes",
            "list.signing-time",
            "list.signer-identifier",
        ]),
    ),
    (
        "Doc 9303-12 §10.1",
        "content type",
        Rules(&["cms.content-type"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "list",
        Rules(&["deviation-list.version", "deviation-list.content"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "deviation",
        Rules(&["deviation-list.content"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "documents",
        Rules(&[
            "deviation-list.documents",
            "deviation-list.document-type",
            "deviation-list.document-numbers",
        ]),
    ),
    (
        "Doc 9303-12 §10.2",
        "document signer",
        Rules(&["deviation-list.document-signer"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "issuing period",
        Rules(&["deviation-list.issuing-period"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "description",
        Rules(&["deviation-list.description"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: signature of the document signer",
        Rules(&["deviation-list.type", "deviation-list.parameter"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: encoding of certificates",
        Rules(&["deviation-list.parameter"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: active authentication key",
        Rules(&["deviation-list.parameter"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: malformed data group",
        Rules(&["deviation-list.parameter"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: wrong hash",
        Rules(&["deviation-list.parameter"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: signature of EF.SOD",
        Rules(&["deviation-list.parameter"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: EF.COM",
        Rules(&["deviation-list.parameter"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: machine readable zone",
        Rules(&["deviation-list.parameter"]),
    ),
    (
        "Doc 9303-12 §10.2",
        "type: chip, national use",
        Rules(&["deviation-list.type"]),
    ),
    (
        "TR-03129-2 §7",
        "defect lists of the BSI",
        Not("another object, without profile here"),
    ),
    (
        "Doc 9303-12 §10",
        "how a deviation is applied safely",
        Not(READER),
    ),
];
