//! Object identifiers of the files (Doc 9303-10 §4.6.2; Doc 9303-11 §9.2; TR-03110-3 §A.1).
//!
//! The identifiers of PACE, chip authentication and active authentication with their algorithms stand beside the types
//! that they name: [`crate::security_info`].

use const_oid::ObjectIdentifier;

/// Content of EF.SOD: id-icao-mrtd-security-ldsSecurityObject.
pub const LDS_SECURITY_OBJECT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.1");
/// ActiveAuthenticationInfo: id-icao-mrtd-security-aaProtocolObject.
pub const AA_PROTOCOL_OBJECT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.5");
/// EFDIRInfo: id-EFDIR.
pub const EF_DIR: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.13");

/// Content of EF.CardSecurity: id-SecurityObject.
pub const SECURITY_OBJECT: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.3.2.1");
/// Domain parameters by number: standardizedDomainParameters.
pub const STANDARDIZED_DOMAIN_PARAMETERS: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("0.4.0.127.0.7.1.2");
/// ChipAuthenticationPublicKeyInfo with a Diffie-Hellman key: id-PK-DH.
pub const PK_DH: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.1.1");
/// ChipAuthenticationPublicKeyInfo with an elliptic curve key: id-PK-ECDH.
pub const PK_ECDH: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.1.2");
/// TerminalAuthenticationInfo: id-TA.
pub const TA: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.2");
/// Root of chip authentication: id-CA.
pub const CA: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.3");
/// Root of PACE: id-PACE.
pub const PACE: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.4");

/// An object identifier from its dotted form. Called in constants, so that nothing is parsed when a program runs.
pub(crate) const fn dotted(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}
