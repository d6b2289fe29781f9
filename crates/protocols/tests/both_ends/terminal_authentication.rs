//! Terminal authentication: every algorithm at both ends, links, rights, bindings.

use crypto::{Cipher, Curve, KeyKind};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Limits, ResponseApdu, StatusWord};
use protocols::secure_messaging::{ChipSession, SecureChannel, SessionKeys};
use protocols::terminal_authentication::terminal::{Path, authenticate, present};
use protocols::terminal_authentication::{
    AuthorityReference, Binding, Certificate, CertificateFault, InMemory, MAX_CHAIN_LEN, MAX_LINKS,
    Policy, Profile, Rights, Role, SignatureScheme, TrustPoint, TrustPoints,
};
use protocols::{Error, Step};

use crate::authorities::{
    Chain, ECDSA, Gate, Holder, P256, binding, day, name, period, refused, this_year, today,
};
use crate::card::rng;

const WIDE: Policy = Policy {
    profile: Profile::Tr03110,
    tolerant: false,
};

fn trusted(trust: &TrustPoints) -> Vec<AuthorityReference> {
    AuthorityReference::trusted(&trust.ef_cvca().unwrap()).unwrap()
}

fn run(gate: &mut Gate, certificates: &[Certificate], terminal: &Holder) -> Result<(), Error> {
    run_with(gate, certificates, terminal, &[binding()])
}

fn run_with(
    gate: &mut Gate,
    certificates: &[Certificate],
    terminal: &Holder,
    bindings: &[Binding],
) -> Result<(), Error> {
    let path = Path::find(&trusted(&gate.trust), certificates, &terminal.name, today())?;
    let mut signer = InMemory {
        key: &terminal.key,
        rng: &mut rng(9),
    };
    authenticate(gate, &path, bindings, &mut signer).map(drop)
}

fn kinds() -> Vec<KeyKind> {
    let rsa = [1_024, 1_280, 1_536, 2_048, 3_072].map(KeyKind::Rsa);
    rsa.into_iter().chain(Curve::ALL.map(KeyKind::Ec)).collect()
}

/// Every scheme with every kind of key that TR-03110 allows, and what of it Doc 9303 allows.
#[test]
fn every_algorithm_at_both_ends() {
    let (mut passes, mut all) = (0, 0);
    for scheme in SignatureScheme::ALL {
        for kind in kinds() {
            if !Profile::Tr03110.allows(scheme, kind) {
                continue;
            }
            let chain = Chain::new(scheme, kind);
            let mut gate = chain.gate(WIDE);
            all += 1;
            run(&mut gate, &chain.certificates, &chain.terminal).unwrap();
            assert_eq!(gate.rights(), Some(Rights::ALL), "{scheme} {kind}");
            assert_eq!(gate.commands, 2 * 2 + 3, "round trips");
            passes += 1;

            let own = chain.cvca.certify(&chain.cvca, Role::Cvca, this_year());
            let point = TrustPoint::self_signed(&own, Policy::default());
            assert_eq!(
                point.is_ok(),
                Profile::Icao.allows(scheme, kind),
                "{scheme} {kind}"
            );
        }
    }
    println!("terminal authentication: {passes} / {all}");
    // RSA-1024 is too small for PSS with SHA-512.
    assert_eq!(all, 5 * 6 - 1 + 11 * 5);
}

#[test]
fn the_rights_are_the_and_of_the_chain() {
    let rights = |bits: u8| Rights {
        fingers: bits & 1 != 0,
        irises: bits & 2 != 0,
    };
    for of_cvca in 0..4 {
        for of_verifier in 0..4 {
            for of_terminal in 0..4 {
                let chain =
                    Chain::with_rights(ECDSA, P256, rights(of_verifier), rights(of_terminal));
                let body = chain
                    .cvca
                    .body(&chain.cvca, Role::Cvca, rights(of_cvca), this_year());
                let policy = Policy::default();
                let own = chain.cvca.sign(body);
                let point = TrustPoint::self_signed(&own, policy);
                let mut gate = Gate::new(TrustPoints::new(today(), point.unwrap(), None), policy);
                run(&mut gate, &chain.certificates, &chain.terminal).unwrap();
                let expected = rights(of_cvca & of_verifier & of_terminal);
                assert_eq!(gate.rights(), Some(expected));
            }
        }
    }
}

/// CVCAs of four years, each linked to the one before, and a verifier of the newest.
struct Generations {
    cvcas: Vec<Holder>,
    links: Vec<Certificate>,
    terminal: Holder,
    certificates: Vec<Certificate>,
}

/// The keys of the generations, with a change from a curve to RSA and to another curve between them.
fn generations() -> Generations {
    let rsa = SignatureScheme::RSA_PSS_SHA256;
    let brainpool = KeyKind::Ec(Curve::BrainpoolP256r1);
    let cvcas = vec![
        Holder::new("UTTESTCVCAUT001", ECDSA, P256, 1),
        Holder::new("UTTESTCVCAUT002", ECDSA, P256, 4),
        Holder::new("UTTESTCVCAUT003", rsa, KeyKind::Rsa(2_048), 1),
        Holder::new("UTTESTCVCAUT004", ECDSA, brainpool, 5),
    ];
    let links = (1..4)
        .map(|new| cvcas[new - 1].certify(&cvcas[new], Role::Cvca, lifetime(new)))
        .collect::<Vec<_>>();
    let verifier = Holder::new("UTTESTDVUT001", ECDSA, brainpool, 2);
    let terminal = Holder::new("UTTESTISUT001", ECDSA, brainpool, 3);
    let certificates = [
        cvcas[3].certify(&verifier, Role::DomesticVerifier, this_year()),
        verifier.certify(&terminal, Role::Terminal, this_year()),
    ];
    Generations {
        certificates: links.iter().cloned().chain(certificates).collect(),
        cvcas,
        links,
        terminal,
    }
}

/// 2020 to 2022, 2022 to 2024, 2024 to 2026 …
fn lifetime(generation: usize) -> protocols::terminal_authentication::Period {
    let year = 20 + 2 * u16::try_from(generation).unwrap();
    period((year, 1, 1), (year + 2, 3, 31))
}

fn old_gate(generations: &Generations) -> Gate {
    let point = generations.cvcas[0].trust_point(lifetime(0), Policy::default());
    Gate::new(
        TrustPoints::new(day(20, 1, 1), point, None),
        Policy::default(),
    )
}

#[test]
fn links_lead_from_an_old_key_to_the_newest() {
    let generations = generations();
    let mut gate = old_gate(&generations);
    let path = Path::find(
        &trusted(&gate.trust),
        &generations.certificates,
        &generations.terminal.name,
        today(),
    )
    .unwrap();
    assert_eq!(path.certificates().len(), 5);
    assert_eq!(
        path.certificates()[..3],
        generations.links.iter().collect::<Vec<_>>()[..]
    );

    run(&mut gate, &generations.certificates, &generations.terminal).unwrap();
    assert_eq!(gate.rights(), Some(Rights::ALL));
    let names = |gate: &Gate| {
        gate.trust
            .points()
            .map(|p| p.holder().clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names(&gate),
        [name("UTTESTCVCAUT004"), name("UTTESTCVCAUT003")]
    );
    assert_eq!(
        gate.trust.today(),
        day(26, 1, 1),
        "the newest effective date"
    );
    // The key before is good until the end of March.
    assert_eq!(trusted(&gate.trust), names(&gate));

    // From now on the chain is short, and survives the power.
    gate.restart();
    assert_eq!(
        names(&gate),
        [name("UTTESTCVCAUT004"), name("UTTESTCVCAUT003")]
    );
    let before = gate.commands;
    run(&mut gate, &generations.certificates, &generations.terminal).unwrap();
    assert_eq!(gate.commands - before, 2 * 2 + 3);
}

#[test]
fn a_chip_can_be_brought_up_to_date_without_authenticating() {
    let generations = generations();
    let mut gate = old_gate(&generations);
    for (index, link) in generations.links.iter().enumerate() {
        gate.present(link).unwrap();
        let expected = [&generations.cvcas[index + 1], &generations.cvcas[index]];
        let found: Vec<_> = gate.trust.points().map(TrustPoint::holder).collect();
        assert_eq!(found, expected.map(|holder| &holder.name));
        assert_eq!(gate.trust.today(), lifetime(index + 1).effective());
        assert_eq!(gate.rights(), None);
    }
    let known = gate.present(&generations.links[2]);
    assert_eq!(known, Err(CertificateFault::HolderKnown));
    let forgotten = gate.present(&generations.links[0]);
    assert_eq!(forgotten, Err(CertificateFault::UnknownIssuer));
}

#[test]
fn the_way_with_the_fewest_links_is_taken() {
    let generations = generations();
    let find = |trusted: &[&str], certificates: &[Certificate]| {
        let trusted: Vec<_> = trusted.iter().map(|text| name(text)).collect();
        Path::find(&trusted, certificates, &generations.terminal.name, today())
            .map(|path| path.certificates().len())
    };
    let all = &generations.certificates;
    let no_chain = Err(refused(CertificateFault::NoChain));
    assert_eq!(find(&["UTTESTCVCAUT001"], all), Ok(5));
    assert_eq!(find(&["UTTESTCVCAUT002", "UTTESTCVCAUT001"], all), Ok(4));
    assert_eq!(find(&["UTTESTCVCAUT004", "UTTESTCVCAUT003"], all), Ok(2));
    assert_eq!(find(&["UTTESTCVCAUT003"], &all[1..]), Ok(3));
    assert_eq!(find(&["UTTESTCVCAUT001"], &all[1..]), no_chain);
    assert_eq!(find(&["UTTESTCVCAUT009"], all), no_chain);
    assert_eq!(find(&[], all), no_chain);
    assert_eq!(
        find(&["UTTESTCVCAUT004"], &all[..4]),
        no_chain,
        "no terminal"
    );
    // A circle of links ends.
    let [first, second] = [&generations.cvcas[0], &generations.cvcas[1]];
    let back = second.certify(first, Role::Cvca, lifetime(0));
    let circle = [&[back], &all[..1], &all[3..]].concat();
    assert_eq!(find(&["UTTESTCVCAUT009"], &circle), no_chain);
}

/// A pool of links longer than any document lives: the way ends at the limit.
#[test]
fn chains_have_a_longest_length() {
    let holder = |number: usize| Holder::new(&format!("UTCVCAUT{number:03}"), ECDSA, P256, 1);
    let cvcas: Vec<_> = (0..=MAX_LINKS + 1).map(holder).collect();
    let mut certificates: Vec<_> = cvcas
        .windows(2)
        .map(|pair| pair[0].certify(&pair[1], Role::Cvca, this_year()))
        .collect();
    let verifier = Holder::new("UTTESTDVUT001", ECDSA, P256, 2);
    let terminal = Holder::new("UTTESTISUT001", ECDSA, P256, 3);
    let newest = &cvcas[MAX_LINKS + 1];
    certificates.push(newest.certify(&verifier, Role::DomesticVerifier, this_year()));
    certificates.push(verifier.certify(&terminal, Role::Terminal, this_year()));
    let find = |from: usize| {
        let trusted = [cvcas[from].name.clone()];
        Path::find(&trusted, &certificates, &terminal.name, today())
            .map(|path| path.certificates().len())
    };
    assert_eq!(find(0), Err(refused(CertificateFault::NoChain)));
    assert_eq!(find(1), Ok(MAX_CHAIN_LEN));
}

#[test]
fn expired_certificates_are_not_presented() {
    let chain = Chain::new(ECDSA, P256);
    let last = this_year().expiry();
    let find = |day| {
        let names = [chain.cvca.name.clone()];
        Path::find(&names, &chain.certificates, &chain.terminal.name, day).is_ok()
    };
    assert!(find(last));
    assert!(!find(day(27, 1, 1)));
}

#[test]
fn chips_that_bind_to_the_document_number_are_tried_second() {
    let chain = Chain::new(ECDSA, P256);
    let other = Binding::after_pace(&[0x33; 32], &[0x22; 32]);
    let attempt = |bindings: &[Binding]| {
        let mut gate = chain.gate(Policy::default());
        let done = run_with(&mut gate, &chain.certificates, &chain.terminal, bindings);
        (done, gate.commands)
    };
    let refusal = Error::CardRefused {
        step: Step::TerminalAuthenticationProof,
        sw: StatusWord::AUTHENTICATION_FAILED,
    };
    assert_eq!(attempt(&[binding()]), (Ok(()), 7));
    assert_eq!(attempt(&[other.clone(), binding()]), (Ok(()), 10));
    assert_eq!(attempt(core::slice::from_ref(&other)), (Err(refusal), 7));
    assert_eq!(attempt(&[other.clone(), other]), (Err(refusal), 10));
    assert!(matches!(attempt(&[]).0, Err(Error::Misuse(_))));
}

/// The terminal learns which of them it was; a chip that says anything but `6300` gets no second signature.
#[test]
fn a_second_binding_only_after_a_wrong_signature() {
    /// Answers EXTERNAL AUTHENTICATE with this word, whatever it is.
    struct Saying(StatusWord, Gate);
    impl Channel for Saying {
        fn limits(&self) -> Limits {
            Limits::EXTENDED
        }
        fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
            let answer = self.1.execute(command);
            Ok(match command.ins {
                Ins::EXTERNAL_AUTHENTICATE => ResponseApdu::from_sw(self.0),
                _ => answer,
            })
        }
    }
    let chain = Chain::new(ECDSA, P256);
    let names = [chain.cvca.name.clone()];
    let path = Path::find(&names, &chain.certificates, &chain.terminal.name, today()).unwrap();
    let signer = || rng(9);
    let other = Binding::after_pace(&[0x33; 32], &[0x22; 32]);
    for (bindings, place) in [
        ([binding(), other.clone()], 0),
        ([other.clone(), binding()], 1),
    ] {
        let (key, rng) = (&chain.terminal.key, &mut signer());
        let mut gate = chain.gate(Policy::default());
        let taken = authenticate(&mut gate, &path, &bindings, &mut InMemory { key, rng });
        assert_eq!(taken, Ok(place));
    }
    for (sw, commands) in [(0x6300, 10), (0x6982, 7), (0x6985, 7), (0x6A80, 7)] {
        let (key, rng) = (&chain.terminal.key, &mut signer());
        let mut card = Saying(StatusWord(sw), chain.gate(Policy::default()));
        let bindings = [other.clone(), other.clone()];
        let refused = authenticate(&mut card, &path, &bindings, &mut InMemory { key, rng });
        assert!(refused.is_err());
        assert_eq!(card.1.commands, commands, "{sw:04X}");
    }
}

#[test]
fn a_terminal_without_its_key_is_found_out() {
    let chain = Chain::new(ECDSA, P256);
    let mut gate = chain.gate(Policy::default());
    let thief = Holder::new("UTTESTISUT001", ECDSA, P256, 9);
    let error = run(&mut gate, &chain.certificates, &thief).unwrap_err();
    let refusal = Error::CardRefused {
        step: Step::TerminalAuthenticationProof,
        sw: StatusWord::AUTHENTICATION_FAILED,
    };
    assert_eq!(error, refusal);
    assert_eq!(gate.rights(), None);
}

#[test]
fn extensions_of_the_whole_chain_are_anded() {
    use protocols::terminal_authentication::Extension;
    let oid = |text: &str| der::asn1::ObjectIdentifier::new(text).unwrap();
    let [stamps, visas] = [oid("2.23.136.1.1.9.1.3"), oid("2.23.136.1.1.9.2.3")];
    let biometrics = oid("2.23.136.1.1.9.3.3");
    let chain = Chain::new(ECDSA, P256);
    let with = |issuer: &Holder, subject: &Holder, role, extensions: Vec<Extension>| {
        let mut body = issuer.body(subject, role, Rights::ALL, this_year());
        body.extensions = extensions;
        issuer.sign(body)
    };
    let bits = |oid, bits: &[u8]| Extension::authorization(oid, bits);
    let own = with(
        &chain.cvca,
        &chain.cvca,
        Role::Cvca,
        vec![
            bits(stamps, &[0x0F]),
            bits(visas, &[0xFF]),
            bits(biometrics, &[0xFF, 0xFF]),
        ],
    );
    let certificates = [
        with(
            &chain.cvca,
            &chain.verifier,
            Role::DomesticVerifier,
            vec![
                bits(visas, &[0xFF]),
                bits(stamps, &[0x3C]),
                bits(biometrics, &[0xFF]),
            ],
        ),
        with(
            &chain.verifier,
            &chain.terminal,
            Role::Terminal,
            vec![bits(stamps, &[0xFF]), bits(biometrics, &[0xFF, 0xFF])],
        ),
    ];
    let point = TrustPoint::self_signed(&own, Policy::default());
    let trust = TrustPoints::new(today(), point.unwrap(), None);
    let mut gate = Gate::new(trust, Policy::default());
    run(&mut gate, &certificates, &chain.terminal).unwrap();
    let authorization = gate.authorization().unwrap();
    // Rows of different lengths say different things.
    assert_eq!(authorization.extensions, [bits(stamps, &[0x0C])]);
}

/// A [`Gate`] behind secure messaging, over a line as a reader gives it.
struct Session {
    gate: Gate,
    session: Option<ChipSession>,
}

impl Channel for Session {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let command = CommandApdu::parse(&command.to_bytes()?)?;
        let session = self.session.take().unwrap();
        let (command, exchange) = session.unprotect(&command).unwrap();
        let answer = self.gate.execute(&command);
        let (answer, session) = exchange.protect(&answer).unwrap();
        self.session = Some(session);
        Ok(answer)
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }
}

#[test]
fn certificates_and_signatures_of_every_size_pass_through_a_session() {
    for cipher in Cipher::ALL {
        for (scheme, kind) in [
            (ECDSA, KeyKind::Ec(Curve::BrainpoolP512r1)),
            (SignatureScheme::RSA_PSS_SHA256, KeyKind::Rsa(3_072)),
        ] {
            let chain = Chain::new(scheme, kind);
            let keys = || SessionKeys::derive(cipher, &[1; 32]);
            let card = Session {
                gate: chain.gate(Policy::default()),
                session: Some(ChipSession::new(keys())),
            };
            let mut channel = SecureChannel::new(card, keys());
            let names = [chain.cvca.name.clone()];
            let path =
                Path::find(&names, &chain.certificates, &chain.terminal.name, today()).unwrap();
            let mut signer = InMemory {
                key: &chain.terminal.key,
                rng: &mut rng(9),
            };
            authenticate(&mut channel, &path, &[binding()], &mut signer).unwrap();
        }
    }
}

#[test]
fn the_step_that_the_card_refused_is_named() {
    struct Refusing(usize, Gate);
    impl Channel for Refusing {
        fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
            match self.0.checked_sub(1) {
                None => Ok(ResponseApdu::from_sw(StatusWord::NO_PRECISE_DIAGNOSIS)),
                Some(left) => {
                    self.0 = left;
                    Ok(self.1.execute(command))
                }
            }
        }
    }
    let chain = Chain::new(ECDSA, P256);
    let names = [chain.cvca.name.clone()];
    let path = Path::find(&names, &chain.certificates, &chain.terminal.name, today()).unwrap();
    for (good, step) in [
        (0, Step::TerminalAuthenticationSetDst),
        (1, Step::TerminalAuthenticationCertificate),
        (2, Step::TerminalAuthenticationSetDst),
        (3, Step::TerminalAuthenticationCertificate),
        (4, Step::TerminalAuthenticationSetAt),
        (5, Step::TerminalAuthenticationChallenge),
        (6, Step::TerminalAuthenticationProof),
    ] {
        let mut card = Refusing(good, chain.gate(Policy::default()));
        let mut signer = InMemory {
            key: &chain.terminal.key,
            rng: &mut rng(9),
        };
        let error = authenticate(&mut card, &path, &[binding()], &mut signer).unwrap_err();
        let sw = StatusWord::NO_PRECISE_DIAGNOSIS;
        assert_eq!(error, Error::CardRefused { step, sw });
    }
    let mut card = Refusing(4, chain.gate(Policy::default()));
    present(&mut card, &path).unwrap();
}
