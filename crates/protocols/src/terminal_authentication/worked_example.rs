//! `test-vectors/terminal-authentication`, value by value.

use crypto::{EcPrivateKey, PrivateKey, PublicKey};
use iso7816::{Channel, ChannelError, CommandApdu, ResponseApdu, StatusWord};
use serde_json::Value;
use test_support::{hex, read_json, vectors};

use crate::terminal_authentication::chain::{Issuer, validate};
use crate::terminal_authentication::terminal::{Path, present};
use crate::terminal_authentication::{
    Binding, Certificate, CertificateFault, Date, Policy, Profile, SignatureScheme, TerminalType,
    TrustPoint, TrustPoints, VerificationKey,
};

const WIDE: Policy = Policy {
    profile: Profile::Tr03110,
    tolerant: false,
};

fn each(check: impl Fn(&str, &Value, &Value, [Certificate; 3])) {
    for (name, path) in vectors("terminal-authentication") {
        let vector = read_json(&path);
        let given = &vector["given"];
        let certificates = ["cvca", "verifier", "terminal"].map(|holder| {
            let bytes = hex(&given[holder]);
            let certificate = Certificate::parse(&bytes).unwrap();
            assert_eq!(certificate.to_bytes(), bytes, "{name} {holder}");
            certificate
        });
        check(&name, given, &vector["want"], certificates);
    }
}

/// The keys of CVCA, verifier and terminal.
fn keys([cvca, verifier, terminal]: &[Certificate; 3]) -> [VerificationKey; 3] {
    let first = cvca.body().key.alone().unwrap();
    let second = verifier.body().key.under(&first).unwrap();
    let third = terminal.body().key.under(&second).unwrap();
    [first, second, third]
}

#[test]
fn every_field_of_every_certificate() {
    each(|name, _, want, certificates| {
        let keys = keys(&certificates);
        for (at, certificate) in certificates.iter().enumerate() {
            let body = certificate.body();
            let issuer = at.saturating_sub(1);
            assert_eq!(body.authority.to_string(), want["names"][issuer], "{name}");
            assert_eq!(body.holder.to_string(), want["names"][at], "{name}");
            assert_eq!(body.key.scheme().name(), want["scheme"], "{name}");
            assert_eq!(keys[at].key().describe(), want["key"], "{name}");
            let dates = &want["dates"][at];
            assert_eq!(body.period.effective().to_string(), dates[0], "{name}");
            assert_eq!(body.period.expiry().to_string(), dates[1], "{name}");
            let authorization = hex(&want["authorizations"][at]);
            assert_eq!(body.authorization.authorization(), authorization, "{name}");
            assert_eq!(
                certificate.signature(),
                hex(&want["signatures"][at]),
                "{name}"
            );
            certificate.verify(&keys[issuer]).unwrap();
            let other = (issuer + 1) % 3;
            let wrong = certificate.verify(&keys[other]);
            assert_eq!(wrong, Err(CertificateFault::Signature), "{name}");
            assert_eq!(
                body.to_bytes(),
                certificate.signed(),
                "{name}: written as it was"
            );
            assert!(certificate.deviations().is_empty(), "{name}");
        }
        let types = certificates.map(|c| c.body().authorization.terminal_type());
        let at = TerminalType::AuthenticationTerminal;
        assert_eq!(types, [TerminalType::InspectionSystem, at, at], "{name}");
    });
}

#[test]
fn the_answer_to_the_challenge() {
    each(|name, given, want, certificates| {
        let [.., terminal] = keys(&certificates);
        let proof = hex(&want["proof"]);
        let binding = Binding::after_pace(&hex(&given["id_ic"]), &hex(&given["comp_pk_ifd"]));
        let message = binding.message(&hex(&given["r_ic"]));
        terminal.verify(&message, &proof).unwrap();
        for at in 0..message.len() {
            let mut other = message.clone();
            other[at] ^= 1;
            assert!(terminal.verify(&other, &proof).is_err(), "{name} {at}");
        }

        let key = private_key(given, &terminal);
        assert_eq!(key.public(), *terminal.key(), "{name}");
        let again = terminal
            .scheme()
            .sign(&key, &message, &mut rand::rng())
            .unwrap();
        terminal.verify(&message, &again).unwrap();
        assert_eq!(again.len(), proof.len(), "{name}");
        if terminal.scheme() == SignatureScheme::RSA_PKCS1_SHA1 {
            assert_eq!(again, proof, "{name}: no randomness in it");
        }
    });
}

fn private_key(given: &Value, public: &VerificationKey) -> PrivateKey {
    match public.key() {
        PublicKey::Rsa(_) => PrivateKey::from_pkcs8(&hex(&given["terminal_pkcs8"])).unwrap(),
        PublicKey::Ec(point) => {
            let secret = hex(&given["terminal_secret"]);
            PrivateKey::Ec(EcPrivateKey::from_secret(point.curve(), &secret).unwrap())
        }
    }
}

/// Keeps the commands it gets.
struct Recorder(Vec<CommandApdu>);

impl Channel for Recorder {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        self.0.push(command.clone());
        Ok(ResponseApdu::from_sw(StatusWord::OK))
    }
}

#[test]
fn the_commands_that_present_the_chain() {
    each(|name, given, want, certificates| {
        let trusted = [certificates[0].body().holder.clone()];
        let terminal = certificates[2].body().holder.clone();
        let today = Date::new(2010, 10, 1).unwrap();
        let today = today.min(certificates[2].body().period.expiry());
        let path = Path::find(&trusted, &certificates, &terminal, today).unwrap();
        let mut card = Recorder(Vec::new());
        present(&mut card, &path).unwrap();
        let bytes = |at: usize| card.0[at].to_bytes().unwrap();
        assert_eq!(*bytes(0), hex(&want["set_dst"]), "{name}");
        for (at, holder) in [(1, "verifier"), (3, "terminal")] {
            let certificate = hex(&given[holder]);
            let content = iso7816::tlv::read(&certificate).unwrap().0.value;
            assert_eq!(card.0[at].header(), [0x00, 0x2A, 0x00, 0xBE], "{name}");
            assert_eq!(*card.0[at].data, content, "{name}");
        }
        assert_eq!(card.0.len(), 4, "{name}");
    });
}

#[test]
fn a_chip_of_a_travel_document_does_not_open_for_them() {
    each(|name, _, _, certificates| {
        let [cvca, verifier, _] = &certificates;
        let narrow = TrustPoint::self_signed(cvca, Policy::default()).is_ok();
        let is_ecdsa = cvca.body().key.scheme().is_ecdsa();
        assert_eq!(
            narrow, is_ecdsa,
            "{name}: RSA-1024 with SHA-1 is none of Doc 9303"
        );
        let point = TrustPoint::self_signed(cvca, WIDE).unwrap();
        let trust = TrustPoints::new(cvca.body().period.effective(), point.clone(), None);
        let refused = validate(verifier, Issuer::TrustPoint(&point), &trust, WIDE);
        assert_eq!(refused, Err(CertificateFault::OtherTerminalType), "{name}");
        assert_eq!(
            TrustPoints::from_bytes(&trust.to_bytes()),
            Ok(trust),
            "{name}"
        );
    });
}
