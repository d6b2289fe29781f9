//! Domain parameters and public keys in ASN.1 (Doc 9303-11 §9.5).
//!
//! | identifier | parameters | who writes it |
//! |---|---|---|
//! | standardizedDomainParameters | a number of table 12 | EF.CardAccess, EF.CardSecurity |
//! | id-ecPublicKey | ECParameters, or the name of a curve | EF.DG14 |
//! | dhKeyAgreement | p, g, perhaps the length of private numbers (PKCS #3) | EF.DG14 |
//! | dhpublicnumber | p, g, q, perhaps more (X9.42) | EF.DG14 of some chips, PACEDomainParameterInfo |
//!
//! Explicit parameters are recognised, never computed with.

use der::asn1::{AnyRef, ObjectIdentifier, UintRef};
use der::{Decode, Encode, Reader, Sequence};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::{AgreementDomain, AgreementKey};
use crate::dh::DhGroup;
use crate::key::{EC_PUBLIC_KEY, STANDARDIZED_DOMAIN_PARAMETERS, curve_of, spki_der};
use crate::{DhPublicKey, EcParameters, Error, PublicKey, Result, dotted};

const DH_KEY_AGREEMENT: ObjectIdentifier = dotted("1.2.840.113549.1.3.1");
const DH_PUBLIC_NUMBER: ObjectIdentifier = dotted("1.2.840.10046.2.1");

const MALFORMED: Error = Error::Malformed("SubjectPublicKeyInfo");
const MALFORMED_PARAMETERS: Error = Error::Malformed("domain parameters");
const UNKNOWN_GROUP: Error = Error::Unsupported("Diffie-Hellman parameters of no known group");

/// DHParameter of PKCS #3.
#[derive(Sequence)]
struct DhParameter<'a> {
    prime: UintRef<'a>,
    base: UintRef<'a>,
    private_value_length: Option<UintRef<'a>>,
}

impl AgreementDomain {
    /// The known domain that an AlgorithmIdentifier in DER names or spells out.
    ///
    /// # Errors
    /// [`Error::Malformed`]; [`Error::Unsupported`] for other identifiers and for parameters that are nobody's here.
    pub fn from_algorithm_identifier(der: &[u8]) -> Result<Self> {
        let identifier = AlgorithmIdentifierRef::from_der(der).map_err(|_| MALFORMED_PARAMETERS)?;
        Self::named_by(&identifier)
    }

    fn named_by(identifier: &AlgorithmIdentifierRef<'_>) -> Result<Self> {
        let parameters = identifier.parameters.ok_or(MALFORMED_PARAMETERS)?;
        match identifier.oid {
            STANDARDIZED_DOMAIN_PARAMETERS => {
                let id: u8 = parameters.decode_as().map_err(|_| MALFORMED_PARAMETERS)?;
                Self::from_standardized_id(id).ok_or(Error::Unsupported(
                    "standardised domain parameters of this number",
                ))
            }
            EC_PUBLIC_KEY => curve_of(&parameters, &mut Vec::new()).map(Self::Ec),
            DH_KEY_AGREEMENT => pkcs3(&parameters).map(Self::Dh),
            DH_PUBLIC_NUMBER => x9_42(&parameters).map(Self::Dh),
            _ => Err(Error::Unsupported("algorithm of a key agreement")),
        }
    }
}

fn pkcs3(parameters: &AnyRef<'_>) -> Result<DhGroup> {
    let read: DhParameter<'_> = parameters.decode_as().map_err(|_| MALFORMED_PARAMETERS)?;
    DhGroup::from_domain(read.prime.as_bytes(), read.base.as_bytes(), None).ok_or(UNKNOWN_GROUP)
}

/// DomainParameters of X9.42. Cofactor and seed say nothing that p, g and q have not said.
fn x9_42(parameters: &AnyRef<'_>) -> Result<DhGroup> {
    let [p, g, q] = parameters
        .sequence(|reader| {
            let numbers = [
                UintRef::decode(reader)?,
                UintRef::decode(reader)?,
                UintRef::decode(reader)?,
            ];
            while !reader.is_finished() {
                AnyRef::decode(reader)?;
            }
            Ok::<_, der::Error>(numbers)
        })
        .map_err(|_| MALFORMED_PARAMETERS)?;
    DhGroup::from_domain(p.as_bytes(), g.as_bytes(), Some(q.as_bytes())).ok_or(UNKNOWN_GROUP)
}

impl AgreementKey {
    /// Reads and checks a SubjectPublicKeyInfo in DER: a static key of a chip.
    ///
    /// # Errors
    /// [`Error::Malformed`]; [`Error::Unsupported`] for other algorithms and parameters; [`Error::InvalidPoint`],
    /// [`Error::InvalidValue`].
    pub fn from_spki(der: &[u8]) -> Result<Self> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|_| MALFORMED)?;
        match AgreementDomain::named_by(&info.algorithm)? {
            // What is put up with in a point and its parameters is written there.
            AgreementDomain::Ec(_) => match PublicKey::from_spki(der)? {
                PublicKey::Ec(point) => Ok(Self::Ec(point)),
                PublicKey::Rsa(_) => Err(MALFORMED),
            },
            AgreementDomain::Dh(group) => {
                let key = info.subject_public_key.as_bytes().ok_or(MALFORMED)?;
                let value = UintRef::from_der(key).map_err(|_| MALFORMED)?;
                DhPublicKey::from_bytes(group, value.as_bytes()).map(Self::Dh)
            }
        }
    }

    /// Writes a SubjectPublicKeyInfo in DER with explicit parameters, as chips carry it: ECParameters or PKCS #3.
    ///
    /// # Errors
    /// [`Error::Malformed`] when a number cannot be encoded, which no key of this crate reaches.
    pub fn to_spki(&self) -> Result<Vec<u8>> {
        match self {
            Self::Dh(value) => dh_spki(value).map_err(|_| MALFORMED),
            Self::Ec(point) => PublicKey::Ec(point.clone()).to_spki(EcParameters::Explicit),
        }
    }
}

fn dh_spki(key: &DhPublicKey) -> der::Result<Vec<u8>> {
    let domain = key.group().domain();
    let parameters = DhParameter {
        prime: UintRef::new(domain.p)?,
        base: UintRef::new(domain.g)?,
        private_value_length: None,
    }
    .to_der()?;
    let parameters = Some(AnyRef::from_der(&parameters)?);
    spki_der(
        DH_KEY_AGREEMENT,
        parameters,
        &UintRef::new(key.wire())?.to_der()?,
    )
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;
    use crate::{AgreementGenerator, AgreementKeyPair, Curve, PrivateKey};

    fn key(domain: AgreementDomain) -> AgreementKey {
        let standard = AgreementGenerator::standard(domain);
        let mut rng = StdRng::seed_from_u64(9303);
        AgreementKeyPair::generate(&standard, &mut rng)
            .unwrap()
            .public()
    }

    fn sequence(parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        AnyRef::new(der::Tag::Sequence, &content)
            .unwrap()
            .to_der()
            .unwrap()
    }

    fn identifier(oid: ObjectIdentifier, parameters: &[u8]) -> Vec<u8> {
        sequence(&[&oid.to_der().unwrap(), parameters])
    }

    fn integer(number: &[u8]) -> Vec<u8> {
        UintRef::new(number).unwrap().to_der().unwrap()
    }

    fn spki(identifier: &[u8], key: &[u8]) -> Vec<u8> {
        let bits = der::asn1::BitStringRef::from_bytes(key).unwrap();
        sequence(&[identifier, &bits.to_der().unwrap()])
    }

    fn groups() -> impl Iterator<Item = (AgreementDomain, DhGroup)> {
        DhGroup::ALL
            .into_iter()
            .map(|group| (AgreementDomain::Dh(group), group))
    }

    #[test]
    fn standardised_domains_are_named_by_their_numbers() {
        for id in 0..=40 {
            let der = identifier(STANDARDIZED_DOMAIN_PARAMETERS, &[2, 1, id]);
            let read = AgreementDomain::from_algorithm_identifier(&der);
            assert_eq!(
                read.as_ref().ok().copied(),
                AgreementDomain::from_standardized_id(id)
            );
            if let Err(error) = read {
                assert!(matches!(error, Error::Unsupported(_)));
            }
        }
    }

    #[test]
    fn explicit_groups_are_recognised_in_both_forms() {
        for (domain, group) in groups() {
            let [p, g, q] = [group.domain().p, group.domain().g, group.domain().q].map(integer);
            let length = integer(&[0xE0]);
            let j = integer(&[7; 100]);
            let validation = sequence(&[&[3, 2, 0, 1], &integer(&[9])]);
            for der in [
                identifier(DH_KEY_AGREEMENT, &sequence(&[&p, &g])),
                identifier(DH_KEY_AGREEMENT, &sequence(&[&p, &g, &length])),
                identifier(DH_PUBLIC_NUMBER, &sequence(&[&p, &g, &q])),
                identifier(DH_PUBLIC_NUMBER, &sequence(&[&p, &g, &q, &j])),
                identifier(DH_PUBLIC_NUMBER, &sequence(&[&p, &g, &q, &j, &validation])),
            ] {
                assert_eq!(AgreementDomain::from_algorithm_identifier(&der), Ok(domain));
                let value = key(domain);
                let der = spki(&der, &integer(value.wire()));
                assert_eq!(AgreementKey::from_spki(&der), Ok(value));
            }
        }
    }

    #[test]
    fn explicit_groups_of_nobody_are_refused() {
        for (_, group) in groups() {
            let [p, g, q] = [group.domain().p, group.domain().g, group.domain().q].map(integer);
            let altered = |number: &[u8]| {
                let mut altered = number.to_vec();
                *altered.last_mut().unwrap() ^= 2;
                altered
            };
            for der in [
                identifier(DH_KEY_AGREEMENT, &sequence(&[&altered(&p), &g])),
                identifier(DH_KEY_AGREEMENT, &sequence(&[&p, &altered(&g)])),
                identifier(DH_KEY_AGREEMENT, &sequence(&[&p, &integer(&[2])])),
                identifier(DH_PUBLIC_NUMBER, &sequence(&[&altered(&p), &g, &q])),
                identifier(DH_PUBLIC_NUMBER, &sequence(&[&p, &altered(&g), &q])),
                identifier(DH_PUBLIC_NUMBER, &sequence(&[&p, &g, &altered(&q)])),
            ] {
                let refused = Err(UNKNOWN_GROUP);
                assert_eq!(AgreementDomain::from_algorithm_identifier(&der), refused);
                assert_eq!(
                    AgreementKey::from_spki(&spki(&der, &g)).err(),
                    refused.err()
                );
            }
            for der in [
                identifier(DH_PUBLIC_NUMBER, &sequence(&[&p, &g])),
                identifier(DH_KEY_AGREEMENT, &sequence(&[&p])),
                identifier(DH_KEY_AGREEMENT, &sequence(&[&p, &g, &q, &q])),
                identifier(DH_KEY_AGREEMENT, &[5, 0]),
                identifier(DH_KEY_AGREEMENT, &[]),
                vec![],
            ] {
                let read = AgreementDomain::from_algorithm_identifier(&der);
                assert_eq!(read, Err(MALFORMED_PARAMETERS), "{}", group.name());
            }
        }
    }

    #[test]
    fn keys_that_are_none_are_refused() {
        for (domain, group) in groups() {
            let named = [2, 1, domain.standardized_id()];
            let named = identifier(STANDARDIZED_DOMAIN_PARAMETERS, &named);
            let good = integer(key(domain).wire());
            assert!(AgreementKey::from_spki(&spki(&named, &good)).is_ok());
            for (bad, error) in [
                (integer(group.domain().p), Error::InvalidValue),
                (integer(&[1]), Error::InvalidValue),
                (integer(&[0]), Error::InvalidValue),
                (vec![2, 1, 0xFF], MALFORMED),
                ([&good[..], &[0]].concat(), MALFORMED),
                (key(domain).wire().to_vec(), MALFORMED),
                (vec![], MALFORMED),
            ] {
                let read = AgreementKey::from_spki(&spki(&named, &bad));
                assert_eq!(read, Err(error), "{}", hex::encode(bad));
            }
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for domain in AgreementDomain::all() {
            let key = key(domain);
            let der = key.to_spki().unwrap();
            assert_eq!(AgreementKey::from_spki(&der), Ok(key), "{}", domain.name());
            let info = SubjectPublicKeyInfoRef::from_der(&der).unwrap();
            let identifier = info.algorithm.to_der().unwrap();
            assert_eq!(
                AgreementDomain::from_algorithm_identifier(&identifier),
                Ok(domain)
            );
        }
        let curve = Curve::BrainpoolP256r1;
        let named = identifier(EC_PUBLIC_KEY, &curve.oid().to_der().unwrap());
        let read = AgreementDomain::from_algorithm_identifier(&named);
        assert_eq!(read, Ok(AgreementDomain::Ec(curve)));
        let mut rng = StdRng::seed_from_u64(1);
        let rsa = PrivateKey::generate_rsa(1_024, &mut rng).unwrap().public();
        let rsa = AgreementKey::from_spki(&rsa.to_spki(EcParameters::Named).unwrap());
        assert!(matches!(rsa, Err(Error::Unsupported(_))));
    }
}
