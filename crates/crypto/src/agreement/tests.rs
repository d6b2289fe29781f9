use rand::{SeedableRng, rngs::StdRng};

use super::*;

fn rng() -> StdRng {
    StdRng::seed_from_u64(9303)
}

fn pairs(generator: &AgreementGenerator) -> [AgreementKeyPair; 2] {
    let mut rng = rng();
    [(); 2].map(|()| AgreementKeyPair::generate(generator, &mut rng).unwrap())
}

#[test]
fn domains_are_as_strong_as_tables_say() {
    let strengths = |ec| {
        AgreementDomain::all()
            .filter(|domain| matches!(domain, AgreementDomain::Ec(_)) == ec)
            .map(AgreementDomain::strength)
            .collect::<Vec<_>>()
    };
    assert_eq!(strengths(false), [80, 112, 112]);
    assert_eq!(
        strengths(true),
        [96, 96, 112, 112, 128, 128, 160, 192, 192, 256, 260]
    );
}

#[test]
fn the_numbers_of_table_12() {
    let known = |id: u8| matches!(id, 0..=2 | 8..=18);
    for id in 0..=u8::MAX {
        let domain = AgreementDomain::from_standardized_id(id);
        assert_eq!(domain.is_some(), known(id), "{id}");
        assert_eq!(domain.map_or(id, AgreementDomain::standardized_id), id);
    }
    assert_eq!(AgreementDomain::all().count(), 14);
}

/// Blocks of the pseudo-random function, n·l ≥ log₂ p + 64 (Doc 9303-11 §4.4.3.3.2), for l of 128 and of 256.
#[test]
fn the_prime_says_how_long_a_random_number_must_be() {
    for (id, bits, blocks) in [
        (0, 1_024, [9, 5]),
        (1, 2_048, [17, 9]),
        (2, 2_048, [17, 9]),
        (8, 192, [2, 1]),
        (9, 192, [2, 1]),
        (10, 224, [3, 2]),
        (11, 224, [3, 2]),
        (12, 256, [3, 2]),
        (13, 256, [3, 2]),
        (14, 320, [3, 2]),
        (15, 384, [4, 2]),
        (16, 384, [4, 2]),
        (17, 512, [5, 3]),
        (18, 521, [5, 3]),
    ] {
        let domain = AgreementDomain::from_standardized_id(id).unwrap();
        assert_eq!(domain.prime_bits(), bits, "{}", domain.name());
        assert_eq!([128, 256].map(|l| (bits + 64).div_ceil(l)), blocks);
        assert_eq!(domain.has_integrated_mapping(), id != 10);
    }
}

/// Two ends that only see what goes over the line, on every domain, mapped in both ways.
#[test]
fn both_ends_agree_over_the_line() {
    let mut agreed = 0;
    for domain in AgreementDomain::all() {
        let standard = AgreementGenerator::standard(domain);
        let [ifd, ic] = pairs(&standard);
        let over_the_line = |pair: &AgreementKeyPair| {
            AgreementKey::from_wire(domain, pair.public().wire()).unwrap()
        };
        let both = || {
            let shared = ifd.agree(&over_the_line(&ic)).unwrap();
            (shared, ic.agree(&over_the_line(&ifd)).unwrap())
        };
        let (of_ifd, of_ic) = both();
        assert_eq!(of_ifd.secret(), of_ic.secret());

        let mut generators = vec![
            [of_ifd, of_ic].map(|shared| AgreementGenerator::mapped(&[0x5A; 16], &shared).unwrap()),
        ];
        if domain.has_integrated_mapping() {
            generators.push(
                [(); 2].map(|()| AgreementGenerator::integrated(domain, &[0x5A; 144]).unwrap()),
            );
        }
        for [of_ifd, of_ic] in generators {
            assert_eq!(of_ifd.domain(), domain);
            let [ifd, _] = pairs(&of_ifd);
            let [_, ic] = pairs(&of_ic);
            let one = ifd.agree(&over_the_line(&ic)).unwrap();
            let other = ic.agree(&over_the_line(&ifd)).unwrap();
            assert_eq!(one.secret(), other.secret(), "{}", domain.name());
            assert_eq!(one.secret().len(), domain.prime_bits().div_ceil(8));
            agreed += 1;
        }
    }
    assert_eq!(agreed, 14 + 13);
}

#[test]
fn keys_on_the_line_and_compressed() {
    for domain in AgreementDomain::all() {
        let [pair, other] = pairs(&AgreementGenerator::standard(domain));
        let key = pair.public();
        assert_eq!(key.domain(), domain);
        assert_eq!(
            format!("{key:?}"),
            format!("AgreementKey({})", domain.name())
        );
        let compressed = key.compressed();
        assert_eq!(key.wire().len(), domain.max_wire_len(), "no zero by chance");
        match domain {
            AgreementDomain::Dh(_) => {
                assert_eq!(compressed, HashAlgorithm::Sha1.digest(key.wire()));
            }
            AgreementDomain::Ec(_) => {
                assert_eq!(compressed, key.wire()[1..=compressed.len()]);
                assert_eq!(key.wire().len(), 1 + 2 * compressed.len());
            }
        }
        let reflected = AgreementKey::from_wire(domain, key.wire()).unwrap();
        assert!(reflected == key && reflected != other.public());
        for bad in [&[][..], &[0], &[1], &[4], &[0xFF; 600]] {
            assert!(
                AgreementKey::from_wire(domain, bad).is_err(),
                "{}",
                domain.name()
            );
        }
    }
}

#[test]
fn a_private_number_makes_the_same_pair_again() {
    for domain in AgreementDomain::all() {
        let standard = AgreementGenerator::standard(domain);
        let [pair, _] = pairs(&standard);
        let again = AgreementKeyPair::from_secret(&standard, pair.secret().expose()).unwrap();
        for again in [again, pair.duplicate()] {
            assert_eq!(again.public(), pair.public(), "{}", domain.name());
            assert_eq!(again.secret().expose(), pair.secret().expose());
        }
    }
    let key = EcPrivateKey::generate(Curve::P384, &mut rng()).unwrap();
    let point = key.public().clone();
    assert_eq!(
        AgreementKeyPair::from(key).public(),
        AgreementKey::Ec(point)
    );
}

#[test]
fn what_does_not_belong_together_is_a_misuse() {
    let of = |id| {
        pairs(&AgreementGenerator::standard(
            AgreementDomain::from_standardized_id(id).unwrap(),
        ))
    };
    let ([group, _], [curve, other]) = (of(2), of(12));
    let [p384, _] = of(15);
    let misuse = |result: Result<()>| assert!(matches!(result, Err(Error::Misuse(_))));
    misuse(group.agree(&curve.public()).map(drop));
    misuse(curve.agree(&group.public()).map(drop));
    misuse(curve.agree(&p384.public()).map(drop));
    misuse(group.chip_authentication_data(&group).map(drop));
    misuse(curve.chip_authentication_data(&group).map(drop));
    misuse(
        group
            .public()
            .check_chip_authentication_data(&[1; 32], &group.public()),
    );
    let data = curve.chip_authentication_data(&other).unwrap();
    let checked = curve
        .public()
        .check_chip_authentication_data(data.expose(), &other.public());
    assert_eq!(checked, Ok(()));
}
