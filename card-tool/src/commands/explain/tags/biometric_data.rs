//! The records of ISO 39794 (ISO 39794-1, -4, -5, -6).

use biometrics::face::iso39794_5 as face;
use biometrics::finger::{FingerPosition, iso39794_4 as finger};
use biometrics::iris::{Eye, iso39794_6 as iris};
use biometrics::iso39794_1 as common;

use crate::commands::explain::grammar::{Object, Tell, any, row, value};
use crate::commands::explain::value as tell;

/// A code, bare or in an extension block: the choice that both forms of the standard write.
macro_rules! choice {
    ($tag:literal, $name:literal, $code:path) => {
        row(
            $tag,
            $name,
            &[
                value(0x80, "code", |octets| Some($code(one(octets)?).to_string())),
                row(
                    0xA1,
                    "extensionBlock",
                    &[value(0x80, "fallback", |octets| {
                        Some($code(one(octets)?).to_string())
                    })],
                ),
            ],
        )
    };
}

/// Objects that are yes or no, from tag 80 on.
macro_rules! flags {
    ($tag:literal, $name:literal, $($flag:literal = $flag_tag:literal),* $(,)?) => {
        row($tag, $name, &[$(value($flag_tag, $flag, YES_OR_NO)),*])
    };
}

const YES_OR_NO: Tell = |octets| {
    let word = if one(octets)? == 0 { "no" } else { "yes" };
    Some(word.to_owned())
};

fn one(octets: &[u8]) -> Option<u8> {
    match octets {
        [octet] => Some(*octet),
        _ => None,
    }
}

#[rustfmt::skip]
const VERSION: Object = row(0xA0, "versionBlock", &[
    value(0x80, "generation", tell::number),
    value(0x81, "year", tell::number),
]);

#[rustfmt::skip]
const DATE_TIME: Object = row(0xA2, "captureDateTimeBlock", &[
    value(0x80, "year", tell::number),
    value(0x81, "month", tell::number),
    value(0x82, "day", tell::number),
    value(0x83, "hour", tell::number),
    value(0x84, "minute", tell::number),
    value(0x85, "second", tell::number),
    value(0x86, "millisecond", tell::number),
]);

const REGISTRY_ID: &[Object] = &[
    value(0x80, "organization", tell::number),
    value(0x81, "id", tell::number),
];

#[rustfmt::skip]
const SCORE: &[Object] = &[
    value(0x80, "score", tell::number),
    choice!(0xA1, "error", common::ScoringError),
];

#[rustfmt::skip]
const QUALITY: Object = row(0xA3, "qualityBlocks", &[row(0x30, "qualityBlock", &[
    row(0xA0, "algorithmIdBlock", REGISTRY_ID),
    row(0xA1, "scoreOrError", SCORE),
])]);

#[rustfmt::skip]
const ATTACK: Object = row(0xA4, "padDataBlock", &[
    choice!(0xA0, "decision", common::AttackDecision),
    row(0xA1, "scoreBlocks", &[row(0x30, "scoreBlock", &[
        row(0xA0, "mechanismIdBlock", REGISTRY_ID),
        row(0xA1, "scoreOrError", SCORE),
    ])]),
    any(0xA2, "extendedDataBlocks"),
    choice!(0xA3, "captureContext", common::CaptureContext),
    choice!(0xA4, "supervisionLevel", common::SupervisionLevel),
    value(0x85, "riskLevel", tell::number),
    choice!(0xA6, "criteriaCategory", common::CriteriaCategory),
    value(0x87, "parameter", tell::hexadecimal),
    any(0xA8, "challenges"),
    DATE_TIME.tagged(0xA9, "captureDateTimeBlock"),
]);

#[rustfmt::skip]
const ANGLE: &[Object] = &[
    value(0x80, "angleValue", tell::integer),
    value(0x81, "angleUncertainty", tell::number),
];

#[rustfmt::skip]
const IMAGE_INFORMATION: Object = row(0xA1, "imageInformation2DBlock", &[
    choice!(0xA0, "imageDataFormat", face::ImageDataFormat),
    choice!(0xA1, "faceImageKind2D", face::ImageKind),
    flags!(0xA2, "postAcquisitionProcessingBlock",
        "rotated" = 0x80, "cropped" = 0x81, "downSampled" = 0x82, "whiteBalanceAdjusted" = 0x83, "multiplyCompressed" = 0x84,
        "interpolated" = 0x85, "contrastStretched" = 0x86, "poseCorrected" = 0x87, "multiViewImage" = 0x88,
        "ageProgressed" = 0x89, "superResolutionProcessed" = 0x8A, "normalised" = 0x8B,
    ),
    choice!(0xA3, "lossyTransformationAttempts", face::LossyTransformations),
    value(0x84, "cameraToSubjectDistance", tell::number),
    value(0x85, "sensorDiagonal", tell::number),
    value(0x86, "lensFocalLength", tell::number),
    row(0xA7, "imageSizeBlock", &[value(0x80, "width", tell::number), value(0x81, "height", tell::number)]),
    row(0xA8, "imageFaceMeasurementsBlock", &[
        value(0x80, "imageHeadWidth", tell::number),
        value(0x81, "imageInterEyeDistance", tell::number),
        value(0x82, "imageEyeToMouthDistance", tell::number),
        value(0x83, "imageHeadLength", tell::number),
    ]),
    choice!(0xA9, "imageColourSpace", face::ColourSpace),
    any(0xAA, "referenceColourMappingBlock"),
]);

#[rustfmt::skip]
const IDENTITY: Object = row(0xA8, "identityMetadataBlock", &[
    choice!(0xA0, "gender", face::Gender),
    choice!(0xA1, "eyeColour", face::EyeColour),
    choice!(0xA2, "hairColour", face::HairColour),
    value(0x83, "subjectHeight", tell::number),
    flags!(0xA4, "propertiesBlock",
        "glasses" = 0x80, "moustache" = 0x81, "beard" = 0x82, "teethVisible" = 0x83, "pupilOrIrisNotVisible" = 0x84,
        "mouthOpen" = 0x85, "leftEyePatch" = 0x86, "rightEyePatch" = 0x87, "darkGlasses" = 0x88, "biometricAbsent" = 0x89,
        "headCoveringsPresent" = 0x8A,
    ),
    flags!(0xA5, "expressionBlock",
        "neutral" = 0x80, "smile" = 0x81, "raisedEyebrows" = 0x82, "eyesLookingAwayFromTheCamera" = 0x83, "squinting" = 0x84,
        "frowning" = 0x85,
    ),
    row(0xA6, "poseAngleBlock", &[
        row(0xA0, "yawAngleBlock", ANGLE),
        row(0xA1, "pitchAngleBlock", ANGLE),
        row(0xA2, "rollAngleBlock", ANGLE),
    ]),
]);

/// A face.
#[rustfmt::skip]
pub(super) const FACE: Object = row(0x65, "faceImageDataBlock (ISO 39794-5)", &[
    VERSION,
    row(0xA1, "representationBlocks", &[row(0x30, "representationBlock", &[
        value(0x80, "representationId", tell::number),
        row(0xA1, "imageRepresentation", &[row(0xA0, "base", &[row(0xA0, "imageRepresentation2DBlock", &[
            value(0x80, "representationData2D", tell::image),
            IMAGE_INFORMATION,
            row(0xA2, "captureDevice2DBlock", &[
                flags!(0xA0, "captureDeviceSpectral2DBlock", "whiteLight" = 0x80, "nearInfrared" = 0x81, "thermal" = 0x82),
                choice!(0xA1, "captureDeviceTechnologyId2D", face::CaptureTechnology),
            ]),
        ])])]),
        DATE_TIME,
        QUALITY,
        ATTACK,
        value(0x85, "sessionId", tell::number),
        value(0x86, "derivedFrom", tell::number),
        row(0xA7, "captureDeviceBlock", &[
            row(0xA0, "modelIdBlock", REGISTRY_ID),
            row(0xA1, "certificationIdBlocks", &[row(0x30, "certificationIdBlock", REGISTRY_ID)]),
        ]),
        IDENTITY,
        any(0xA9, "landmarkBlocks"),
    ])]),
]);

#[rustfmt::skip]
const SEGMENTATION: Object = row(0xAC, "segmentationBlocks", &[row(0x30, "segmentationBlock", &[
    row(0xA0, "algorithmIdBlock", REGISTRY_ID),
    row(0xA1, "segmentBlocks", &[row(0x30, "segmentBlock", &[
        choice!(0xA0, "position", FingerPosition),
        row(0xA1, "enclosingCoordinatesBlock", &[row(0x30, "coordinate", &[
            value(0x80, "x", tell::number), value(0x81, "y", tell::number),
        ])]),
        value(0x82, "orientation", tell::number),
        QUALITY,
        row(0xA4, "confidence", SCORE),
    ])]),
])]);

/// A finger.
#[rustfmt::skip]
pub(super) const FINGER: Object = row(0x64, "fingerImageDataBlock (ISO 39794-4)", &[
    VERSION,
    row(0xA1, "representationBlocks", &[row(0x30, "representationBlock", &[
        choice!(0xA0, "position", FingerPosition),
        choice!(0xA1, "impression", finger::Impression),
        choice!(0xA2, "imageDataFormat", finger::ImageDataFormat),
        value(0x83, "imageData", tell::image),
        DATE_TIME.tagged(0xA4, "captureDateTimeBlock"),
        row(0xA5, "captureDeviceBlock", &[
            row(0xA0, "modelIdBlock", REGISTRY_ID),
            choice!(0xA1, "technologyId", finger::CaptureTechnology),
            row(0xA2, "certificationIdBlocks", &[row(0x30, "certificationIdBlock", REGISTRY_ID)]),
        ]),
        QUALITY.tagged(0xA6, "qualityBlocks"),
        row(0xA7, "spatialSamplingRateBlock", &[
            value(0x80, "samplesPerUnit", tell::number),
            value(0x81, "unitDimension", |octets| Some(finger::SamplingUnit(one(octets)?).to_string())),
        ]),
        value(0x88, "positionComputedByCaptureSystem", YES_OR_NO),
        value(0x89, "originalRotation", tell::number),
        value(0x8A, "imageRotatedToVertical", YES_OR_NO),
        value(0x8B, "imageHasBeenLossilyCompressed", YES_OR_NO),
        SEGMENTATION,
        row(0xAD, "annotationBlocks", &[row(0x30, "annotationBlock", &[
            choice!(0xA0, "position", FingerPosition),
            choice!(0xA1, "annotationReason", finger::AnnotationReason),
        ])]),
        ATTACK.tagged(0xAE, "padDataBlock"),
        row(0xAF, "commentBlocks", &[value(0x1A, "comment", tell::text)]),
        any(0xB0, "vendorSpecificDataBlocks"),
    ])]),
]);

/// An iris.
#[rustfmt::skip]
pub(super) const IRIS: Object = row(0x66, "irisImageDataBlock (ISO 39794-6)", &[
    VERSION,
    row(0xA1, "representationBlocks", &[row(0x30, "representationBlock", &[
        value(0x80, "eyeLabel", |octets| Some(Eye(one(octets)?).to_string())),
        choice!(0xA1, "irisImageKind", iris::ImageKind),
        value(0x82, "bitDepth", tell::number),
        choice!(0xA3, "imageDataFormat", iris::ImageDataFormat),
        value(0x84, "horizontalOrientation", |octets| Some(iris::HorizontalOrientation(one(octets)?).to_string())),
        value(0x85, "verticalOrientation", |octets| Some(iris::VerticalOrientation(one(octets)?).to_string())),
        value(0x86, "compressionHistory", |octets| Some(iris::CompressionHistory(one(octets)?).to_string())),
        DATE_TIME.tagged(0xA7, "captureDateTimeBlock"),
        value(0x88, "irisImageData", tell::image),
        row(0xA9, "range", &[value(0x80, "millimetres", tell::number), value(0x81, "error", tell::number)]),
        any(0xAA, "captureDeviceBlock"),
        QUALITY.tagged(0xAB, "qualityBlocks"),
        row(0xAC, "rollAngleBlock", ANGLE),
        any(0xAD, "localisationBlock"),
        ATTACK.tagged(0xAE, "padDataBlock"),
    ])]),
]);
