//! Names of object identifiers: Doc 9303, BSI TR-03110 and TR-03111, PKIX and CMS, algorithms, curves, hashes.

/// Longest identifier that is read.
const MAX_LEN: usize = 64;

/// The dotted form of the content octets of an OBJECT IDENTIFIER (ISO 8825-1 §8.19). `None` when they end in the middle of an arc,
/// or an arc is beyond 64 bits.
pub(super) fn dotted(octets: &[u8]) -> Option<String> {
    if octets.len() > MAX_LEN || octets.last()? & 0x80 != 0 {
        return None;
    }
    let mut arcs = Vec::new();
    let mut arc = 0u64;
    for octet in octets {
        arc = arc.checked_mul(0x80)? | u64::from(octet & 0x7F);
        if octet & 0x80 == 0 {
            arcs.push(std::mem::take(&mut arc));
        }
    }
    let (first, rest) = arcs.split_first()?;
    let root = (first / 40).min(2);
    let below = rest.iter().map(|arc| format!(".{arc}")).collect::<String>();
    Some(format!("{root}.{}{below}", first - 40 * root))
}

/// The name of a dotted identifier.
pub(super) fn name(dotted: &str) -> Option<&'static str> {
    let index = NAMES
        .binary_search_by(|(known, _)| arcs(known).cmp(arcs(dotted)))
        .ok()?;
    NAMES.get(index).map(|(_, name)| *name)
}

/// Name, or the dotted form where there is none.
pub(super) fn describe(octets: &[u8]) -> Option<String> {
    let dotted = dotted(octets)?;
    Some(name(&dotted).map_or(dotted, str::to_owned))
}

/// Whether an identifier is an arc or stands below it; `*` in the arc is any number.
pub(super) fn is_within(dotted: &str, arc: &str) -> bool {
    let mut found = dotted.split('.');
    arc.split('.').all(|wanted| {
        found
            .next()
            .is_some_and(|found| wanted == "*" || wanted == found)
    })
}

/// The arcs as numbers, so that the table stands in the order of the tree. An arc beyond 64 bits has no name.
fn arcs(dotted: &str) -> impl Iterator<Item = u64> {
    dotted.split('.').map(|arc| arc.parse().unwrap_or(u64::MAX))
}

/// In the order of the tree.
#[rustfmt::skip]
static NAMES: [(&str, &str); 199] = [
    // BSI TR-03111, TR-03110
    ("0.4.0.127.0.7.1.1.4.1.1",      "ecdsa-plain-SHA1"),
    ("0.4.0.127.0.7.1.1.4.1.2",      "ecdsa-plain-SHA224"),
    ("0.4.0.127.0.7.1.1.4.1.3",      "ecdsa-plain-SHA256"),
    ("0.4.0.127.0.7.1.1.4.1.4",      "ecdsa-plain-SHA384"),
    ("0.4.0.127.0.7.1.1.4.1.5",      "ecdsa-plain-SHA512"),
    ("0.4.0.127.0.7.1.1.4.1.6",      "ecdsa-plain-RIPEMD160"),
    ("0.4.0.127.0.7.1.2",            "standardizedDomainParameters"),
    ("0.4.0.127.0.7.2.2.1.1",        "id-PK-DH"),
    ("0.4.0.127.0.7.2.2.1.2",        "id-PK-ECDH"),
    ("0.4.0.127.0.7.2.2.2",          "id-TA"),
    ("0.4.0.127.0.7.2.2.2.1.1",      "id-TA-RSA-v1-5-SHA-1"),
    ("0.4.0.127.0.7.2.2.2.1.2",      "id-TA-RSA-v1-5-SHA-256"),
    ("0.4.0.127.0.7.2.2.2.1.3",      "id-TA-RSA-PSS-SHA-1"),
    ("0.4.0.127.0.7.2.2.2.1.4",      "id-TA-RSA-PSS-SHA-256"),
    ("0.4.0.127.0.7.2.2.2.1.5",      "id-TA-RSA-v1-5-SHA-512"),
    ("0.4.0.127.0.7.2.2.2.1.6",      "id-TA-RSA-PSS-SHA-512"),
    ("0.4.0.127.0.7.2.2.2.2.1",      "id-TA-ECDSA-SHA-1"),
    ("0.4.0.127.0.7.2.2.2.2.2",      "id-TA-ECDSA-SHA-224"),
    ("0.4.0.127.0.7.2.2.2.2.3",      "id-TA-ECDSA-SHA-256"),
    ("0.4.0.127.0.7.2.2.2.2.4",      "id-TA-ECDSA-SHA-384"),
    ("0.4.0.127.0.7.2.2.2.2.5",      "id-TA-ECDSA-SHA-512"),
    ("0.4.0.127.0.7.2.2.3",          "id-CA"),
    ("0.4.0.127.0.7.2.2.3.1",        "id-CA-DH"),
    ("0.4.0.127.0.7.2.2.3.1.1",      "id-CA-DH-3DES-CBC-CBC"),
    ("0.4.0.127.0.7.2.2.3.1.2",      "id-CA-DH-AES-CBC-CMAC-128"),
    ("0.4.0.127.0.7.2.2.3.1.3",      "id-CA-DH-AES-CBC-CMAC-192"),
    ("0.4.0.127.0.7.2.2.3.1.4",      "id-CA-DH-AES-CBC-CMAC-256"),
    ("0.4.0.127.0.7.2.2.3.2",        "id-CA-ECDH"),
    ("0.4.0.127.0.7.2.2.3.2.1",      "id-CA-ECDH-3DES-CBC-CBC"),
    ("0.4.0.127.0.7.2.2.3.2.2",      "id-CA-ECDH-AES-CBC-CMAC-128"),
    ("0.4.0.127.0.7.2.2.3.2.3",      "id-CA-ECDH-AES-CBC-CMAC-192"),
    ("0.4.0.127.0.7.2.2.3.2.4",      "id-CA-ECDH-AES-CBC-CMAC-256"),
    ("0.4.0.127.0.7.2.2.4",          "id-PACE"),
    ("0.4.0.127.0.7.2.2.4.1",        "id-PACE-DH-GM"),
    ("0.4.0.127.0.7.2.2.4.1.1",      "id-PACE-DH-GM-3DES-CBC-CBC"),
    ("0.4.0.127.0.7.2.2.4.1.2",      "id-PACE-DH-GM-AES-CBC-CMAC-128"),
    ("0.4.0.127.0.7.2.2.4.1.3",      "id-PACE-DH-GM-AES-CBC-CMAC-192"),
    ("0.4.0.127.0.7.2.2.4.1.4",      "id-PACE-DH-GM-AES-CBC-CMAC-256"),
    ("0.4.0.127.0.7.2.2.4.2",        "id-PACE-ECDH-GM"),
    ("0.4.0.127.0.7.2.2.4.2.1",      "id-PACE-ECDH-GM-3DES-CBC-CBC"),
    ("0.4.0.127.0.7.2.2.4.2.2",      "id-PACE-ECDH-GM-AES-CBC-CMAC-128"),
    ("0.4.0.127.0.7.2.2.4.2.3",      "id-PACE-ECDH-GM-AES-CBC-CMAC-192"),
    ("0.4.0.127.0.7.2.2.4.2.4",      "id-PACE-ECDH-GM-AES-CBC-CMAC-256"),
    ("0.4.0.127.0.7.2.2.4.3",        "id-PACE-DH-IM"),
    ("0.4.0.127.0.7.2.2.4.3.1",      "id-PACE-DH-IM-3DES-CBC-CBC"),
    ("0.4.0.127.0.7.2.2.4.3.2",      "id-PACE-DH-IM-AES-CBC-CMAC-128"),
    ("0.4.0.127.0.7.2.2.4.3.3",      "id-PACE-DH-IM-AES-CBC-CMAC-192"),
    ("0.4.0.127.0.7.2.2.4.3.4",      "id-PACE-DH-IM-AES-CBC-CMAC-256"),
    ("0.4.0.127.0.7.2.2.4.4",        "id-PACE-ECDH-IM"),
    ("0.4.0.127.0.7.2.2.4.4.1",      "id-PACE-ECDH-IM-3DES-CBC-CBC"),
    ("0.4.0.127.0.7.2.2.4.4.2",      "id-PACE-ECDH-IM-AES-CBC-CMAC-128"),
    ("0.4.0.127.0.7.2.2.4.4.3",      "id-PACE-ECDH-IM-AES-CBC-CMAC-192"),
    ("0.4.0.127.0.7.2.2.4.4.4",      "id-PACE-ECDH-IM-AES-CBC-CMAC-256"),
    ("0.4.0.127.0.7.2.2.4.6",        "id-PACE-ECDH-CAM"),
    ("0.4.0.127.0.7.2.2.4.6.2",      "id-PACE-ECDH-CAM-AES-CBC-CMAC-128"),
    ("0.4.0.127.0.7.2.2.4.6.3",      "id-PACE-ECDH-CAM-AES-CBC-CMAC-192"),
    ("0.4.0.127.0.7.2.2.4.6.4",      "id-PACE-ECDH-CAM-AES-CBC-CMAC-256"),
    ("0.4.0.127.0.7.2.2.5",          "id-RI"),
    ("0.4.0.127.0.7.2.2.5.1",        "id-RI-DH"),
    ("0.4.0.127.0.7.2.2.5.2",        "id-RI-ECDH"),
    ("0.4.0.127.0.7.2.2.5.2.3",      "id-RI-ECDH-SHA-256"),
    ("0.4.0.127.0.7.2.2.6",          "id-CI"),
    ("0.4.0.127.0.7.2.2.7",          "id-eIDSecurity"),
    ("0.4.0.127.0.7.2.2.8",          "id-PT"),
    ("0.4.0.127.0.7.2.2.12",         "id-PasswordType"),
    ("0.4.0.127.0.7.2.2.12.1",       "id-PasswordType-MRZ"),
    ("0.4.0.127.0.7.2.2.12.2",       "id-PasswordType-CAN"),
    ("0.4.0.127.0.7.2.2.12.3",       "id-PasswordType-PIN"),
    ("0.4.0.127.0.7.2.2.12.4",       "id-PasswordType-PUK"),
    ("0.4.0.127.0.7.3.1.2",          "id-roles"),
    ("0.4.0.127.0.7.3.1.2.1",        "id-IS (inspection system)"),
    ("0.4.0.127.0.7.3.1.2.2",        "id-AT (authentication terminal)"),
    ("0.4.0.127.0.7.3.1.2.3",        "id-ST (signature terminal)"),
    ("0.4.0.127.0.7.3.1.3",          "id-extensions"),
    ("0.4.0.127.0.7.3.1.3.1",        "id-description"),
    ("0.4.0.127.0.7.3.1.3.2",        "id-sector"),
    ("0.4.0.127.0.7.3.1.5",          "id-DefectList"),
    ("0.4.0.127.0.7.3.2.1",          "id-SecurityObject"),
    // RFC 4519
    ("0.9.2342.19200300.100.1.1",    "userId"),
    ("0.9.2342.19200300.100.1.25",   "domainComponent"),
    // ISO
    ("1.0.10646.1.0.8",              "UTF-8 of ISO 10646"),
    // the Netherlands
    ("1.2.528.1.1006.1.20.1",        "ldsSecurityObject (Dutch test documents)"),
    // ANSI X9
    ("1.2.840.10040.4.1",            "dsa"),
    ("1.2.840.10040.4.3",            "dsa-with-SHA1"),
    ("1.2.840.10045.1.1",            "prime-field"),
    ("1.2.840.10045.1.2",            "characteristic-two-field"),
    ("1.2.840.10045.2.1",            "id-ecPublicKey"),
    ("1.2.840.10045.3.1.1",          "secp192r1 (P-192)"),
    ("1.2.840.10045.3.1.7",          "secp256r1 (P-256)"),
    ("1.2.840.10045.4.1",            "ecdsa-with-SHA1"),
    ("1.2.840.10045.4.3.1",          "ecdsa-with-SHA224"),
    ("1.2.840.10045.4.3.2",          "ecdsa-with-SHA256"),
    ("1.2.840.10045.4.3.3",          "ecdsa-with-SHA384"),
    ("1.2.840.10045.4.3.4",          "ecdsa-with-SHA512"),
    ("1.2.840.10046.2.1",            "dhpublicnumber"),
    // RSA Laboratories: PKCS, CMS
    ("1.2.840.113549.1.1.1",         "rsaEncryption"),
    ("1.2.840.113549.1.1.4",         "md5WithRSAEncryption"),
    ("1.2.840.113549.1.1.5",         "sha1WithRSAEncryption"),
    ("1.2.840.113549.1.1.7",         "id-RSAES-OAEP"),
    ("1.2.840.113549.1.1.8",         "id-mgf1"),
    ("1.2.840.113549.1.1.10",        "id-RSASSA-PSS"),
    ("1.2.840.113549.1.1.11",        "sha256WithRSAEncryption"),
    ("1.2.840.113549.1.1.12",        "sha384WithRSAEncryption"),
    ("1.2.840.113549.1.1.13",        "sha512WithRSAEncryption"),
    ("1.2.840.113549.1.1.14",        "sha224WithRSAEncryption"),
    ("1.2.840.113549.1.3.1",         "dhKeyAgreement"),
    ("1.2.840.113549.1.5.13",        "id-PBES2"),
    ("1.2.840.113549.1.7.1",         "id-data"),
    ("1.2.840.113549.1.7.2",         "id-signedData"),
    ("1.2.840.113549.1.7.3",         "id-envelopedData"),
    ("1.2.840.113549.1.7.6",         "id-encryptedData"),
    ("1.2.840.113549.1.9.1",         "emailAddress"),
    ("1.2.840.113549.1.9.3",         "contentType"),
    ("1.2.840.113549.1.9.4",         "messageDigest"),
    ("1.2.840.113549.1.9.5",         "signingTime"),
    ("1.2.840.113549.1.9.14",        "extensionRequest"),
    ("1.2.840.113549.1.9.15",        "smimeCapabilities"),
    ("1.2.840.113549.1.9.16.2.12",   "signingCertificate"),
    ("1.2.840.113549.1.9.16.2.47",   "signingCertificateV2"),
    ("1.2.840.113549.1.9.52",        "cmsAlgorithmProtection"),
    ("1.2.840.113549.2.5",           "MD5"),
    ("1.2.840.113549.3.7",           "des-EDE3-CBC"),
    // IETF
    ("1.3.6.1.4.1.311.21.1",         "cAVersion (Microsoft)"),
    ("1.3.6.1.5.5.7.1.1",            "authorityInfoAccess"),
    ("1.3.6.1.5.5.7.1.3",            "qcStatements"),
    ("1.3.6.1.5.5.7.1.11",           "subjectInfoAccess"),
    ("1.3.6.1.5.5.7.2.1",            "id-qt-cps"),
    ("1.3.6.1.5.5.7.2.2",            "id-qt-unotice"),
    ("1.3.6.1.5.5.7.3.1",            "serverAuth"),
    ("1.3.6.1.5.5.7.3.2",            "clientAuth"),
    ("1.3.6.1.5.5.7.3.8",            "timeStamping"),
    ("1.3.6.1.5.5.7.48.1",           "ocsp"),
    ("1.3.6.1.5.5.7.48.2",           "caIssuers"),
    // OIW, TeleTrusT, SECG
    ("1.3.14.3.2.26",                "SHA-1"),
    ("1.3.14.3.2.29",                "sha1WithRSAEncryption (OIW)"),
    ("1.3.27.1.1.1",                 "ldsSecurityObject (early documents)"),
    ("1.3.36.3.2.1",                 "RIPEMD-160"),
    ("1.3.36.3.3.2.8.1.1.1",         "brainpoolP160r1"),
    ("1.3.36.3.3.2.8.1.1.3",         "brainpoolP192r1"),
    ("1.3.36.3.3.2.8.1.1.5",         "brainpoolP224r1"),
    ("1.3.36.3.3.2.8.1.1.7",         "brainpoolP256r1"),
    ("1.3.36.3.3.2.8.1.1.9",         "brainpoolP320r1"),
    ("1.3.36.3.3.2.8.1.1.11",        "brainpoolP384r1"),
    ("1.3.36.3.3.2.8.1.1.13",        "brainpoolP512r1"),
    ("1.3.132.0.33",                 "secp224r1 (P-224)"),
    ("1.3.132.0.34",                 "secp384r1 (P-384)"),
    ("1.3.132.0.35",                 "secp521r1 (P-521)"),
    // X.520, X.509
    ("2.5.4.3",                      "commonName"),
    ("2.5.4.4",                      "surname"),
    ("2.5.4.5",                      "serialNumber"),
    ("2.5.4.6",                      "countryName"),
    ("2.5.4.7",                      "localityName"),
    ("2.5.4.8",                      "stateOrProvinceName"),
    ("2.5.4.9",                      "streetAddress"),
    ("2.5.4.10",                     "organizationName"),
    ("2.5.4.11",                     "organizationalUnitName"),
    ("2.5.4.12",                     "title"),
    ("2.5.4.17",                     "postalCode"),
    ("2.5.4.42",                     "givenName"),
    ("2.5.4.97",                     "organizationIdentifier"),
    ("2.5.29.9",                     "subjectDirectoryAttributes"),
    ("2.5.29.14",                    "subjectKeyIdentifier"),
    ("2.5.29.15",                    "keyUsage"),
    ("2.5.29.16",                    "privateKeyUsagePeriod"),
    ("2.5.29.17",                    "subjectAltName"),
    ("2.5.29.18",                    "issuerAltName"),
    ("2.5.29.19",                    "basicConstraints"),
    ("2.5.29.20",                    "cRLNumber"),
    ("2.5.29.21",                    "reasonCode"),
    ("2.5.29.24",                    "invalidityDate"),
    ("2.5.29.31",                    "cRLDistributionPoints"),
    ("2.5.29.32",                    "certificatePolicies"),
    ("2.5.29.32.0",                  "anyPolicy"),
    ("2.5.29.35",                    "authorityKeyIdentifier"),
    ("2.5.29.37",                    "extKeyUsage"),
    ("2.5.29.54",                    "inhibitAnyPolicy"),
    // NIST
    ("2.16.840.1.101.3.4.1.2",       "aes128-CBC"),
    ("2.16.840.1.101.3.4.1.22",      "aes192-CBC"),
    ("2.16.840.1.101.3.4.1.42",      "aes256-CBC"),
    ("2.16.840.1.101.3.4.2.1",       "SHA-256"),
    ("2.16.840.1.101.3.4.2.2",       "SHA-384"),
    ("2.16.840.1.101.3.4.2.3",       "SHA-512"),
    ("2.16.840.1.101.3.4.2.4",       "SHA-224"),
    // Netscape
    ("2.16.840.1.113730.1.1",        "netscapeCertType"),
    // Doc 9303
    ("2.23.136.1.1.1",               "ldsSecurityObject"),
    ("2.23.136.1.1.2",               "cscaMasterList"),
    ("2.23.136.1.1.3",               "cscaMasterListSigningKey"),
    ("2.23.136.1.1.4",               "documentTypeList (early documents)"),
    ("2.23.136.1.1.5",               "aaProtocolObject"),
    ("2.23.136.1.1.6.1",             "nameChange"),
    ("2.23.136.1.1.6.2",             "documentTypeList"),
    ("2.23.136.1.1.7",               "deviationList"),
    ("2.23.136.1.1.8",               "deviationListSigningKey"),
    ("2.23.136.1.1.9.1.3",           "lds2-travelRecords-access"),
    ("2.23.136.1.1.9.2.3",           "lds2-visaRecords-access"),
    ("2.23.136.1.1.9.3.3",           "lds2-additionalBiometrics-access"),
    ("2.23.136.1.1.10.1",            "spocClient"),
    ("2.23.136.1.1.10.2",            "spocServer"),
    ("2.23.136.1.1.13",              "id-EFDIR"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_tree() {
        assert!(NAMES.is_sorted_by(|(a, _), (b, _)| arcs(a).lt(arcs(b))));
        for (dotted, known) in NAMES {
            assert_eq!(name(dotted), Some(known));
        }
    }

    #[test]
    fn octets_to_names() {
        for (octets, expected) in [
            (
                &[0x67, 0x81, 0x08, 0x01, 0x01, 0x01][..],
                Some("ldsSecurityObject"),
            ),
            (&[0x2A, 0x03], Some("1.2.3")),
            (&[0x88, 0x37, 0x03], Some("2.999.3")),
            (&[], None),
            (&[0x2A, 0x83], None),
        ] {
            assert_eq!(describe(octets).as_deref(), expected, "{octets:02X?}");
        }
        assert!(describe(&[&[0x2A][..], &[0xFF; 40], &[0x01]].concat()).is_none());
    }

    #[test]
    fn arcs_and_what_is_below() {
        assert!(is_within("1.2.3", "1.2.3") && is_within("1.2.3.4", "1.2.3"));
        assert!(!is_within("1.2.34", "1.2.3") && !is_within("1.2", "1.2.3"));
        assert!(is_within("1.2.3", "1.*.3") && !is_within("1.2", "1.2.*"));
    }
}
