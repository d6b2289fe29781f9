//! What a chip makes of one certificate: roles, dates, expiry, algorithms, names. Nothing changes by a refusal.

use crypto::{Curve, KeyKind};
use protocols::terminal_authentication::{
    Certificate, CertificateFault, CvPublicKey, Date, Period, Policy, Profile, Rights, Role,
    SignatureScheme, TrustPoint, TrustPoints,
};

use crate::authorities::{
    Chain, ECDSA, Gate, Holder, P256, day, name, period, refused, this_year, today,
};

/// Presents a certificate that must be refused, and looks whether anything changed.
fn check_refused(gate: &mut Gate, certificate: &Certificate, fault: CertificateFault) {
    let before = gate.trust.clone();
    assert_eq!(gate.present(certificate), Err(fault));
    assert_eq!(gate.trust, before);
}

fn holder(text: &str, number: u64) -> Holder {
    Holder::new(text, ECDSA, P256, number)
}

/// A chip on a day, with the CVCA of `Chain` as trust point.
fn gate_on(today: Date, of_point: Period) -> (Chain, Gate) {
    let chain = Chain::new(ECDSA, P256);
    let policy = Policy::default();
    let point = chain.cvca.trust_point(of_point, policy);
    (
        chain,
        Gate::new(TrustPoints::new(today, point, None), policy),
    )
}

#[test]
fn who_may_certify_whom() {
    let accepted = [
        (Role::Cvca, Role::Cvca),
        (Role::Cvca, Role::DomesticVerifier),
        (Role::Cvca, Role::ForeignVerifier),
        (Role::DomesticVerifier, Role::Terminal),
        (Role::ForeignVerifier, Role::Terminal),
    ];
    let subject = holder("UTSUBJECTUT009", 9);
    for issuer in Role::ALL {
        for role in Role::ALL {
            let chain = Chain::new(ECDSA, P256);
            let mut gate = chain.gate(Policy::default());
            let signer = match issuer {
                Role::Cvca => &chain.cvca,
                Role::DomesticVerifier | Role::ForeignVerifier => {
                    let own = chain.cvca.certify(&chain.verifier, issuer, this_year());
                    gate.present(&own).unwrap();
                    &chain.verifier
                }
                Role::Terminal => {
                    chain
                        .certificates
                        .iter()
                        .for_each(|c| gate.present(c).unwrap());
                    &chain.terminal
                }
            };
            let certificate = signer.certify(&subject, role, this_year());
            if accepted.contains(&(issuer, role)) {
                gate.present(&certificate).unwrap();
            } else {
                let fault = CertificateFault::Roles {
                    issuer,
                    subject: role,
                };
                check_refused(&mut gate, &certificate, fault);
            }
        }
    }
}

/// The current date after a certificate of each kind that took effect before, on and after it.
#[test]
fn the_date_goes_forward_by_those_who_are_believed() {
    let until = (26, 12, 31);
    let [earlier, same, later] = [(26, 6, 1), (26, 6, 15), (26, 7, 1)];
    for (verifier, role, from, expected) in [
        (None, Role::Cvca, earlier, today()),
        (None, Role::Cvca, same, today()),
        (None, Role::Cvca, later, day(26, 7, 1)),
        (None, Role::DomesticVerifier, earlier, today()),
        (None, Role::DomesticVerifier, later, day(26, 7, 1)),
        (None, Role::ForeignVerifier, earlier, today()),
        (None, Role::ForeignVerifier, later, day(26, 7, 1)),
        (
            Some(Role::DomesticVerifier),
            Role::Terminal,
            earlier,
            today(),
        ),
        (Some(Role::DomesticVerifier), Role::Terminal, same, today()),
        (
            Some(Role::DomesticVerifier),
            Role::Terminal,
            later,
            day(26, 7, 1),
        ),
        (
            Some(Role::ForeignVerifier),
            Role::Terminal,
            earlier,
            today(),
        ),
        (Some(Role::ForeignVerifier), Role::Terminal, later, today()),
    ] {
        let chain = Chain::new(ECDSA, P256);
        let mut gate = chain.gate(Policy::default());
        let issuer = match verifier {
            None => &chain.cvca,
            Some(role) => {
                gate.present(&chain.cvca.certify(&chain.verifier, role, this_year()))
                    .unwrap();
                &chain.verifier
            }
        };
        let subject = holder("UTSUBJECTUT009", 9);
        gate.present(&issuer.certify(&subject, role, period(from, until)))
            .unwrap();
        assert_eq!(gate.trust.today(), expected, "{role} from {from:?}");
        gate.restart();
        assert_eq!(gate.trust.today(), expected, "stored");
    }
}

#[test]
fn a_moved_date_lets_older_certificates_expire() {
    let (chain, mut gate) = gate_on(day(26, 1, 10), this_year());
    let first = period((26, 1, 1), (26, 1, 31));
    let old = chain
        .cvca
        .certify(&chain.verifier, Role::DomesticVerifier, first);
    gate.present(&old).unwrap();
    // A terminal of a domestic verifier, made in February.
    let terminal = chain.verifier.certify(
        &chain.terminal,
        Role::Terminal,
        period((26, 2, 1), (26, 2, 20)),
    );
    gate.present(&terminal).unwrap();
    assert_eq!(gate.trust.today(), day(26, 2, 1));
    check_refused(&mut gate, &old, CertificateFault::Expired);
}

#[test]
fn the_last_day_is_valid() {
    for (last, good) in [
        ((26, 6, 14), false),
        ((26, 6, 15), true),
        ((26, 6, 16), true),
    ] {
        let (chain, mut gate) = gate_on(today(), this_year());
        let role = Role::ForeignVerifier;
        let certificate = chain
            .cvca
            .certify(&chain.verifier, role, period((26, 1, 1), last));
        if good {
            gate.present(&certificate).unwrap();
        } else {
            check_refused(&mut gate, &certificate, CertificateFault::Expired);
        }
    }
}

#[test]
fn an_expired_trust_point_verifies_links_only() {
    let (chain, mut gate) = gate_on(today(), period((25, 1, 1), (26, 6, 14)));
    let fault = CertificateFault::TrustPointExpired;
    check_refused(&mut gate, &chain.certificates[0], fault);
    // The link has expired, too, and is good: the next link may not have.
    let [second, third] = [holder("UTTESTCVCAUT002", 4), holder("UTTESTCVCAUT003", 5)];
    let over = period((25, 6, 1), (26, 6, 10));
    gate.present(&chain.cvca.certify(&second, Role::Cvca, over))
        .unwrap();
    let verified = second.certify(&chain.verifier, Role::DomesticVerifier, this_year());
    check_refused(&mut gate, &verified, fault);
    gate.present(&second.certify(&third, Role::Cvca, this_year()))
        .unwrap();
    let verified = third.certify(&chain.verifier, Role::DomesticVerifier, this_year());
    gate.present(&verified).unwrap();
    // EF.CVCA shows the previous key only while it is good for verifiers.
    let file = gate.trust.ef_cvca().unwrap();
    assert_eq!(
        (file.newest.as_bytes(), file.previous),
        (&b"UTTESTCVCAUT003"[..], None)
    );
}

#[test]
fn of_three_trust_points_the_oldest_goes() {
    let (chain, mut gate) = gate_on(day(20, 1, 1), period((20, 1, 1), (30, 1, 1)));
    let new = |number: u64| holder(&format!("UTTESTCVCAUT00{number}"), 10 + number);
    let link = |gate: &mut Gate, issuer: &Holder, subject: &Holder, from: u16| {
        let lifetime = period((from, 1, 1), (30, 1, 1));
        gate.present(&issuer.certify(subject, Role::Cvca, lifetime))
            .unwrap();
        gate.trust
            .points()
            .map(|point| point.holder().to_string())
            .collect::<Vec<_>>()
    };
    let [second, third, fourth] = [new(2), new(3), new(4)];
    let names = |numbers: [u8; 2]| numbers.map(|n| format!("UTTESTCVCAUT00{n}")).to_vec();
    assert_eq!(link(&mut gate, &chain.cvca, &second, 22), names([2, 1]));
    assert_eq!(link(&mut gate, &second, &third, 21), names([3, 2]));
    // The newest in front took effect before the one behind it, which stays therefore.
    assert_eq!(link(&mut gate, &third, &fourth, 24), names([4, 2]));
}

#[test]
fn verifiers_and_terminals_keep_the_issuers_algorithm() {
    let changed = CertificateFault::AlgorithmChanged;
    let p384 = KeyKind::Ec(Curve::P384);
    let rsa = SignatureScheme::RSA_PSS_SHA256;
    let wide = Policy {
        profile: Profile::Tr03110,
        ..Policy::default()
    };
    for (policy, own, other, fault) in [
        (
            wide,
            (ECDSA, P256),
            (SignatureScheme::ECDSA_SHA384, P256),
            changed,
        ),
        (
            wide,
            (rsa, KeyKind::Rsa(2_048)),
            (rsa, KeyKind::Rsa(1_024)),
            changed,
        ),
        (
            Policy::default(),
            (rsa, KeyKind::Rsa(2_048)),
            (rsa, KeyKind::Rsa(1_024)),
            CertificateFault::AlgorithmNotAllowed,
        ),
        (
            wide,
            (rsa, KeyKind::Rsa(2_048)),
            (SignatureScheme::RSA_PSS_SHA512, KeyKind::Rsa(2_048)),
            changed,
        ),
        // A bare point of another curve is no point of the issuer's.
        (
            wide,
            (ECDSA, P256),
            (ECDSA, p384),
            CertificateFault::PublicKey,
        ),
        (
            wide,
            (rsa, KeyKind::Rsa(2_048)),
            (ECDSA, p384),
            CertificateFault::NoParameters,
        ),
    ] {
        let chain = Chain::new(own.0, own.1);
        for role in [Role::DomesticVerifier, Role::Terminal] {
            let mut gate = chain.gate(policy);
            let subject = Holder::new("UTSUBJECTUT009", other.0, other.1, 3);
            let issuer = if role == Role::Terminal {
                gate.present(&chain.certificates[0]).unwrap();
                &chain.verifier
            } else {
                &chain.cvca
            };
            check_refused(
                &mut gate,
                &issuer.certify(&subject, role, this_year()),
                fault,
            );
        }
    }
}

#[test]
fn domain_parameters_are_inherited_below_a_cvca() {
    let chain = Chain::new(ECDSA, P256);
    let mut gate = chain.gate(Policy::default());
    let role = Role::DomesticVerifier;
    let mut body = chain
        .cvca
        .body(&chain.verifier, role, Rights::ALL, this_year());
    body.key = CvPublicKey::whole(&chain.verifier.public);
    let surplus = CertificateFault::SurplusParameters;
    check_refused(&mut gate, &chain.cvca.sign(body), surplus);

    // A link may carry them, and need not when they stay the same.
    let second = holder("UTTESTCVCAUT002", 4);
    let mut body = chain
        .cvca
        .body(&second, Role::Cvca, Rights::ALL, this_year());
    body.key = CvPublicKey::inheriting(&second.public);
    gate.present(&chain.cvca.sign(body)).unwrap();
    gate.restart();
    gate.present(&second.certify(&chain.verifier, role, this_year()))
        .unwrap();
}

#[test]
fn what_a_link_may_not_do() {
    let chain = Chain::new(ECDSA, P256);
    let mut gate = chain.gate(Policy::default());
    let check = |gate: &mut Gate, subject: &Holder, fault| {
        let link = chain.cvca.certify(subject, Role::Cvca, this_year());
        check_refused(gate, &link, fault);
    };
    let old_hash = Holder::new("UTTESTCVCAUT002", SignatureScheme::ECDSA_SHA1, P256, 4);
    check(&mut gate, &old_hash, CertificateFault::AlgorithmNotAllowed);
    check(&mut gate, &chain.cvca, CertificateFault::HolderKnown);
    check(
        &mut gate,
        &holder("UTTESTCVCAUT001", 4),
        CertificateFault::HolderKnown,
    );
}

#[test]
fn names_that_are_known_are_refused() {
    let chain = Chain::new(ECDSA, P256);
    let mut gate = chain.gate(Policy::default());
    let role = Role::DomesticVerifier;
    let impostor = holder("UTTESTCVCAUT001", 9);
    let certificate = chain.cvca.certify(&impostor, role, this_year());
    check_refused(&mut gate, &certificate, CertificateFault::HolderKnown);
    // A terminal that has its verifier's name.
    gate.present(&chain.certificates[0]).unwrap();
    let namesake = holder("UTTESTDVUT001", 9);
    let certificate = chain
        .verifier
        .certify(&namesake, Role::Terminal, this_year());
    check_refused(&mut gate, &certificate, CertificateFault::HolderKnown);
    // The same certificate again is no such thing.
    gate.present(&chain.certificates[0]).unwrap();
    gate.present(&chain.certificates[1]).unwrap();
}

#[test]
fn signatures_of_others() {
    let chain = Chain::new(ECDSA, P256);
    let mut gate = chain.gate(Policy::default());
    let thief = holder("UTTESTCVCAUT001", 9);
    let forged = thief.certify(&chain.verifier, Role::DomesticVerifier, this_year());
    check_refused(&mut gate, &forged, CertificateFault::Signature);
    let stranger = holder("UTSTRANGERUT001", 9);
    let unknown = stranger.certify(&chain.verifier, Role::DomesticVerifier, this_year());
    check_refused(&mut gate, &unknown, CertificateFault::UnknownIssuer);
}

#[test]
fn signatures_that_are_none() {
    let curves = Curve::ALL.map(|curve| (ECDSA, KeyKind::Ec(curve)));
    let rsa = [
        SignatureScheme::RSA_PSS_SHA256,
        SignatureScheme::RSA_PKCS1_SHA256,
    ];
    let rsa = rsa.map(|scheme| (scheme, KeyKind::Rsa(1_024)));
    for (scheme, kind) in curves.into_iter().chain(rsa) {
        let cvca = Holder::new("UTTESTCVCAUT001", scheme, kind, 1);
        let certificate = cvca.certify(&cvca, Role::Cvca, this_year());
        let good = certificate.signature();
        let half = good.len() / 2;
        let verify = |signature: &[u8]| cvca.public.verify(certificate.signed(), signature);
        assert_eq!(verify(good), Ok(()));
        for bad in [
            vec![],
            good[1..].to_vec(),
            good[..good.len() - 1].to_vec(),
            [good, &[0]].concat(),
            [&[0], good].concat(),
            vec![0; good.len()],
            vec![0xFF; good.len()],
            [&vec![0; half], &good[half..]].concat(),
            [&good[..half], &vec![0; half]].concat(),
            [&good[half..], &good[..half]].concat(),
        ] {
            let fault = Err(CertificateFault::Signature);
            assert_eq!(verify(&bad), fault, "{kind} {bad:02X?}");
        }
    }
}

#[test]
fn what_comes_into_a_chip_first() {
    let chain = Chain::new(ECDSA, P256);
    let policy = Policy::default();
    let fault = |certificate: &Certificate| {
        TrustPoint::self_signed(certificate, policy)
            .map(drop)
            .unwrap_err()
    };
    let second = holder("UTTESTCVCAUT002", 4);
    let link = chain.cvca.certify(&second, Role::Cvca, this_year());
    assert_eq!(fault(&link), refused(CertificateFault::NotSelfSigned));
    let forged = holder("UTTESTCVCAUT001", 9).sign(chain.cvca.body(
        &chain.cvca,
        Role::Cvca,
        Rights::ALL,
        this_year(),
    ));
    assert_eq!(fault(&forged), refused(CertificateFault::Signature));
    let mut bare = chain
        .cvca
        .body(&chain.cvca, Role::Cvca, Rights::ALL, this_year());
    bare.key = CvPublicKey::inheriting(&chain.cvca.public);
    assert_eq!(
        fault(&chain.cvca.sign(bare)),
        refused(CertificateFault::NoParameters)
    );
    let role = Role::DomesticVerifier;
    let mut verifier = chain.cvca.body(&chain.cvca, role, Rights::ALL, this_year());
    verifier.key = CvPublicKey::whole(&chain.cvca.public);
    let verifier = chain.cvca.sign(verifier);
    let roles = CertificateFault::Roles {
        issuer: Role::Cvca,
        subject: Role::DomesticVerifier,
    };
    assert_eq!(fault(&verifier), refused(roles));
}

#[test]
fn lifetimes_that_issuers_keep_to() {
    let chain = Chain::new(ECDSA, P256);
    let check = |role, from, to, good: bool| {
        let body = chain
            .cvca
            .body(&chain.verifier, role, Rights::ALL, period(from, to));
        assert_eq!(
            body.check_lifetime().is_ok(),
            good,
            "{role} {from:?} {to:?}"
        );
    };
    check(Role::Cvca, (26, 1, 1), (28, 12, 31), true);
    check(Role::Cvca, (26, 1, 1), (29, 1, 1), true);
    check(Role::Cvca, (26, 1, 1), (29, 1, 3), false);
    check(Role::Cvca, (26, 1, 1), (26, 7, 1), true);
    check(Role::Cvca, (26, 1, 1), (26, 6, 1), false);
    check(Role::DomesticVerifier, (26, 1, 1), (26, 1, 14), true);
    check(Role::DomesticVerifier, (26, 1, 1), (26, 1, 13), false);
    check(Role::ForeignVerifier, (26, 1, 1), (26, 4, 1), true);
    check(Role::ForeignVerifier, (26, 1, 1), (26, 5, 1), false);
    check(Role::Terminal, (26, 1, 1), (26, 1, 1), true);
    check(Role::Terminal, (26, 1, 1), (26, 2, 1), true);
    check(Role::Terminal, (26, 1, 1), (26, 2, 2), false);
}

#[test]
fn references_of_the_trust_points_are_the_files() {
    let gate = Chain::new(ECDSA, P256).gate(Policy::default());
    let file = gate.trust.ef_cvca().unwrap().to_bytes();
    let expected = [&b"\x42\x0FUTTESTCVCAUT001"[..], &[0; 19]].concat();
    assert_eq!(file, expected);
    assert!(gate.trust.find(&name("UTTESTCVCAUT001")).is_some());
}
