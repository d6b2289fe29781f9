use rand::{SeedableRng, rngs::StdRng};

use super::*;

/// Yields fixed bytes, again and again.
struct Fixed(u8);

impl rand_core::TryRng for Fixed {
    type Error = core::convert::Infallible;
    fn try_next_u32(&mut self) -> core::result::Result<u32, Self::Error> {
        Ok(u32::from(self.0))
    }
    fn try_next_u64(&mut self) -> core::result::Result<u64, Self::Error> {
        Ok(u64::from(self.0))
    }
    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> core::result::Result<(), Self::Error> {
        dst.fill(self.0);
        Ok(())
    }
}
impl rand_core::TryCryptoRng for Fixed {}

fn rng() -> StdRng {
    StdRng::seed_from_u64(5114)
}

/// a − b, for numbers of one length.
fn minus(a: &[u8], b: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut difference: Vec<u8> = a
        .iter()
        .zip(b)
        .rev()
        .map(|(a, b)| {
            let octet = i16::from(*a) - i16::from(*b) - borrow;
            borrow = i16::from(octet < 0);
            octet.rem_euclid(256) as u8
        })
        .collect();
    assert_eq!(borrow, 0);
    difference.reverse();
    difference
}

fn small(number: u8, len: usize) -> Vec<u8> {
    let mut octets = vec![0; len];
    octets[len - 1] = number;
    octets
}

/// number − 1, or number + 1, of an odd number.
fn neighbours(odd: &[u8]) -> [Vec<u8>; 2] {
    let mut above = odd.to_vec();
    let last = above.iter().rposition(|octet| *octet != 0xFF).unwrap();
    above[last] += 1;
    above[last + 1..].fill(0);
    [minus(odd, &small(1, odd.len())), above]
}

fn pair(generator: &DhGenerator, secret: u8) -> DhKeyPair {
    DhKeyPair::from_secret(generator, &[secret]).unwrap()
}

#[test]
fn groups_have_numbers_lengths_and_generators_of_order_q() {
    for group in DhGroup::ALL {
        let domain = group.domain();
        let id = group.standardized_id();
        assert_eq!(DhGroup::from_standardized_id(id), Some(group));
        assert_eq!(
            group.name(),
            format!("MODP {}/{}", 8 * domain.p.len(), 8 * domain.q.len())
        );
        assert_eq!(domain.g.len(), group.value_len());
        assert!(DhPublicKey::from_bytes(group, domain.g).is_ok());
        assert_eq!(DhGenerator::standard(group).value(), domain.g);
        assert_eq!(
            pair(&DhGenerator::standard(group), 1).public().value(),
            domain.g
        );
    }
    assert_eq!(DhGroup::from_standardized_id(3), None);
}

#[test]
fn parameters_are_recognised_or_refused() {
    for group in DhGroup::ALL {
        let DhDomain { p, g, q } = *group.domain();
        let padded = [&[0], p].concat();
        assert_eq!(DhGroup::from_domain(&padded, g, None), Some(group));
        assert_eq!(DhGroup::from_domain(p, g, Some(q)), Some(group));
        let other = |number: &[u8]| neighbours(number)[0].clone();
        for (p, g, q) in [
            (other(p), g.to_vec(), q.to_vec()),
            (p.to_vec(), small(2, g.len()), q.to_vec()),
            (p.to_vec(), minus(p, g), q.to_vec()),
            (p.to_vec(), g.to_vec(), other(q)),
            (p.to_vec(), g.to_vec(), vec![]),
            (vec![], vec![], vec![]),
        ] {
            assert_eq!(
                DhGroup::from_domain(&p, &g, Some(&q)),
                None,
                "{}",
                group.name()
            );
        }
    }
    let (one, other) = (
        DhGroup::Modp2048_224.domain(),
        DhGroup::Modp2048_256.domain(),
    );
    assert_eq!(DhGroup::from_domain(one.p, other.g, None), None);
}

#[test]
fn both_ends_agree_on_standard_and_mapped_generators() {
    for group in DhGroup::ALL {
        let standard = DhGenerator::standard(group);
        let a = DhKeyPair::generate(&standard, &mut rng()).unwrap();
        let b = DhKeyPair::generate(&standard, &mut Fixed(0x65)).unwrap();
        let shared = a.agree(b.public()).unwrap();
        assert_eq!(shared.value(), b.agree(a.public()).unwrap().value());
        assert_eq!(shared.value().len(), group.value_len());
        assert_eq!(a.secret().len(), group.order_len());
        for mapped in [
            DhGenerator::mapped(&[9; 16], &shared).unwrap(),
            DhGenerator::mapped(&[9; 32], &shared).unwrap(),
            DhGenerator::mapped(&[0; 16], &shared).unwrap(),
            DhGenerator::integrated(group, &[9; 300]).unwrap(),
        ] {
            assert!(DhPublicKey::from_bytes(group, mapped.value()).is_ok());
            let a = DhKeyPair::generate(&mapped, &mut rng()).unwrap();
            let b = DhKeyPair::generate(&mapped, &mut Fixed(0x12)).unwrap();
            let [one, other] = [a.agree(b.public()), b.agree(a.public())].map(Result::unwrap);
            assert_eq!(one.value(), other.value(), "{}", group.name());
            assert_ne!(one.value(), shared.value());
            let on_standard = DhKeyPair::generate(&standard, &mut rng()).unwrap();
            assert_ne!(a.public(), on_standard.public());
        }
    }
}

#[test]
fn bad_values_are_refused() {
    for group in DhGroup::ALL {
        let DhDomain { p, g, .. } = *group.domain();
        let [last, beyond] = neighbours(p);
        let of_order_2q = minus(p, g);
        for bad in [
            &[][..],
            &[0],
            &vec![0; p.len()],
            &[1],
            &small(1, p.len()),
            &[2],
            &small(3, p.len()),
            &of_order_2q,
            &last,
            p,
            &beyond,
            &vec![0xFF; p.len()],
            &[&[0], g].concat(),
            &[g, &[0]].concat(),
            &g[1..],
        ] {
            assert_eq!(
                DhPublicKey::from_bytes(group, bad),
                Err(Error::InvalidValue),
                "{} {}",
                group.name(),
                hex::encode(bad)
            );
        }
    }
}

#[test]
fn leading_zeros_go_over_the_line_or_not() {
    let group = DhGroup::Modp1024_160;
    let standard = DhGenerator::standard(group);
    let short = (1..=u16::MAX)
        .map(|secret| DhKeyPair::from_secret(&standard, &secret.to_be_bytes()).unwrap())
        .find(|pair| pair.public().value()[0] == 0)
        .unwrap();
    let public = short.public();
    assert_eq!(public.value().len(), group.value_len());
    assert!(public.wire().len() < group.value_len() && public.wire()[0] != 0);
    for octets in [public.wire(), public.value()] {
        assert_eq!(DhPublicKey::from_bytes(group, octets).as_ref(), Ok(public));
    }
    let shared = pair(&standard, 1).agree(public).unwrap();
    assert_eq!(shared.value(), public.value(), "K keeps its leading zeros");
}

#[test]
fn private_numbers_count_modulo_the_order() {
    for group in DhGroup::ALL {
        let DhDomain { g, q, .. } = *group.domain();
        let standard = DhGenerator::standard(group);
        let too_long = vec![1; group.value_len() + 1];
        for bad in [&[][..], &[0], &vec![0; q.len()], q, &too_long] {
            let error = DhKeyPair::from_secret(&standard, bad).err();
            assert_eq!(error, Some(Error::Malformed("private number")));
        }
        let [last, next] = neighbours(q);
        let pair = |secret: &[u8]| DhKeyPair::from_secret(&standard, secret).unwrap();
        assert_eq!(pair(&next).public().value(), g, "q + 1 is 1");
        assert_eq!(pair(&next).secret().expose(), small(1, q.len()));
        let inverse = pair(&last);
        assert_eq!(
            inverse.agree(inverse.public()).unwrap().value(),
            g,
            "(q − 1)² is 1"
        );
        let long = [&[0], q].concat();
        let long = neighbours(&long)[1].clone();
        assert_eq!(pair(&long).public().value(), g);
    }
}

#[test]
fn generators_that_generate_nothing_are_refused() {
    for group in DhGroup::ALL {
        let DhDomain { p, q, .. } = *group.domain();
        let standard = DhGenerator::standard(group);
        let one = pair(&standard, 1);
        let shared = one.agree(one.public()).unwrap();
        let [minus_one, _] = neighbours(q);
        let mapped = DhGenerator::mapped(&minus_one, &shared).err();
        assert_eq!(mapped, Some(Error::InvalidValue), "g^(q−1)·g");
        let too_long = DhGenerator::mapped(&vec![1; p.len() + 1], &shared).err();
        assert!(matches!(too_long, Some(Error::Misuse(_))));

        let [last, beyond] = neighbours(p);
        for number in [&[][..], &[0], &[1], &last, p, &beyond] {
            let integrated = DhGenerator::integrated(group, number).err();
            assert_eq!(integrated, Some(Error::InvalidValue), "{}", group.name());
        }
    }
}

#[test]
fn numbers_are_reduced_before_they_are_mapped() {
    for group in DhGroup::ALL {
        let number = [7; 16];
        let with_prime = [group.domain().p, &number].concat();
        let [short, long] = [&number[..], &with_prime]
            .map(|number| DhGenerator::integrated(group, number).unwrap());
        assert_eq!(short.value(), long.value(), "{}", group.name());
        let other = DhGenerator::integrated(group, &[8; 16]).unwrap();
        assert_ne!(short.value(), other.value());
    }
}

#[test]
fn what_does_not_belong_together_is_an_error() {
    let [one, other] = [DhGroup::Modp2048_224, DhGroup::Modp2048_256]
        .map(|group| pair(&DhGenerator::standard(group), 5));
    assert!(matches!(one.agree(other.public()), Err(Error::Misuse(_))));
    for broken in [0, 0xFF] {
        let drawn = DhKeyPair::generate(
            &DhGenerator::standard(DhGroup::Modp2048_224),
            &mut Fixed(broken),
        );
        assert!(matches!(drawn, Err(Error::Misuse(_))));
    }
}

#[test]
fn nothing_secret_is_printed() {
    let generator = DhGenerator::standard(DhGroup::Modp1024_160);
    let pair = pair(&generator, 5);
    let shared = pair.agree(pair.public()).unwrap();
    let text = format!("{generator:?} {pair:?} {:?} {shared:?}", pair.public());
    let name = "MODP 1024/160";
    assert_eq!(
        text,
        format!("DhGenerator({name}) DhKeyPair({name}) DhPublicKey({name}) SharedValue")
    );
}
