//! CVCAs, document verifiers and terminals that certify each other, and a chip with nothing but terminal authentication.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use crypto::{Curve, KeyKind, PrivateKey};
use iso7816::{Channel, ChannelError, CommandApdu, Limits, ResponseApdu};
use protocols::Error;
use protocols::terminal_authentication::chip::TerminalAuthentication;
use protocols::terminal_authentication::{
    Authorization, Binding, Certificate, CertificateBody, CertificateFault, Chat, CvPublicKey,
    Date, HolderReference, InMemory, Period, Policy, Rights, Role, SignatureScheme, TrustPoint,
    TrustPoints, VerificationKey,
};
use rand::rngs::StdRng;

use crate::card::rng;

pub(crate) const P256: KeyKind = KeyKind::Ec(Curve::P256);
pub(crate) const ECDSA: SignatureScheme = SignatureScheme::ECDSA_SHA256;

/// The day of every test unless it says otherwise.
pub(crate) fn today() -> Date {
    day(26, 6, 15)
}

pub(crate) fn day(year: u16, month: u8, day: u8) -> Date {
    Date::new(2_000 + year, month, day).unwrap()
}

pub(crate) fn period(from: (u16, u8, u8), to: (u16, u8, u8)) -> Period {
    Period::new(day(from.0, from.1, from.2), day(to.0, to.1, to.2)).unwrap()
}

/// A year around [`today`].
pub(crate) fn this_year() -> Period {
    period((26, 1, 1), (26, 12, 31))
}

pub(crate) fn name(text: &str) -> HolderReference {
    HolderReference::from_bytes(text.as_bytes()).unwrap()
}

pub(crate) fn binding() -> Binding {
    Binding::after_pace(&[0x11; 32], &[0x22; 32])
}

/// A private key of each kind and number. RSA keys take long to draw: each is drawn once, as PKCS#8.
pub(crate) fn drawn(kind: KeyKind, number: u64) -> PrivateKey {
    type Keys = Mutex<HashMap<(KeyKind, u64), Vec<u8>>>;
    static KEYS: OnceLock<Keys> = OnceLock::new();
    let mut keys = KEYS.get_or_init(Mutex::default).lock().unwrap();
    let pkcs8 = keys.entry((kind, number)).or_insert_with(|| {
        let key = kind.generate(&mut rng(1_000 + number)).unwrap();
        key.to_pkcs8().unwrap().expose().to_vec()
    });
    PrivateKey::from_pkcs8(pkcs8).unwrap()
}

/// Who holds a key.
pub(crate) struct Holder {
    pub(crate) name: HolderReference,
    pub(crate) key: PrivateKey,
    pub(crate) public: VerificationKey,
}

impl Holder {
    pub(crate) fn new(text: &str, scheme: SignatureScheme, kind: KeyKind, number: u64) -> Self {
        let key = drawn(kind, number);
        Self {
            name: name(text),
            public: VerificationKey::new(scheme, key.public()).unwrap(),
            key,
        }
    }

    /// What a certificate by this holder for that one says: whole keys for CVCAs, bare points for the others.
    pub(crate) fn body(
        &self,
        subject: &Self,
        role: Role,
        rights: Rights,
        period: Period,
    ) -> CertificateBody {
        let key = match role {
            Role::Cvca => CvPublicKey::whole(&subject.public),
            _ => CvPublicKey::inheriting(&subject.public),
        };
        CertificateBody {
            authority: self.name.clone(),
            key,
            holder: subject.name.clone(),
            authorization: Chat::inspection_system(role, rights),
            period,
            extensions: Vec::new(),
        }
    }

    pub(crate) fn sign(&self, body: CertificateBody) -> Certificate {
        let rng = &mut rng(7);
        let mut signer = InMemory {
            key: &self.key,
            rng,
        };
        Certificate::sign(body, &self.public, &mut signer).unwrap()
    }

    pub(crate) fn certify(&self, subject: &Self, role: Role, period: Period) -> Certificate {
        self.sign(self.body(subject, role, Rights::ALL, period))
    }

    pub(crate) fn trust_point(&self, period: Period, policy: Policy) -> TrustPoint {
        TrustPoint::self_signed(&self.certify(self, Role::Cvca, period), policy).unwrap()
    }
}

/// CVCA, domestic verifier and terminal with keys of one kind, valid this year.
pub(crate) struct Chain {
    pub(crate) cvca: Holder,
    pub(crate) verifier: Holder,
    pub(crate) terminal: Holder,
    pub(crate) certificates: Vec<Certificate>,
}

impl Chain {
    pub(crate) fn new(scheme: SignatureScheme, kind: KeyKind) -> Self {
        Self::with_rights(scheme, kind, Rights::ALL, Rights::ALL)
    }

    pub(crate) fn with_rights(
        scheme: SignatureScheme,
        kind: KeyKind,
        of_verifier: Rights,
        of_terminal: Rights,
    ) -> Self {
        let cvca = Holder::new("UTTESTCVCAUT001", scheme, kind, 1);
        let verifier = Holder::new("UTTESTDVUT001", scheme, kind, 2);
        let terminal = Holder::new("UTTESTISUT001", scheme, kind, 3);
        let role = Role::DomesticVerifier;
        let certificates = vec![
            cvca.sign(cvca.body(&verifier, role, of_verifier, this_year())),
            verifier.sign(verifier.body(&terminal, Role::Terminal, of_terminal, this_year())),
        ];
        Self {
            cvca,
            verifier,
            terminal,
            certificates,
        }
    }

    /// A chip that trusts the CVCA.
    pub(crate) fn gate(&self, policy: Policy) -> Gate {
        let point = self.cvca.trust_point(this_year(), policy);
        Gate::new(TrustPoints::new(today(), point, None), policy)
    }
}

/// A chip in a session of chip authentication.
pub(crate) struct Gate {
    pub(crate) trust: TrustPoints,
    pub(crate) state: Option<TerminalAuthentication>,
    pub(crate) policy: Policy,
    pub(crate) fault: Option<CertificateFault>,
    pub(crate) commands: usize,
    rng: StdRng,
}

impl Gate {
    pub(crate) fn new(trust: TrustPoints, policy: Policy) -> Self {
        Self {
            trust,
            state: Some(TerminalAuthentication::new(binding())),
            policy,
            fault: None,
            commands: 0,
            rng: rng(42),
        }
    }

    pub(crate) fn authorization(&self) -> Option<&Authorization> {
        self.state.as_ref()?.authorization()
    }

    pub(crate) fn rights(&self) -> Option<Rights> {
        self.authorization()
            .map(|authorization| authorization.rights)
    }

    /// A session later: what was imported is gone, what was stored is there as it was written.
    pub(crate) fn restart(&mut self) {
        self.trust = TrustPoints::from_bytes(&self.trust.to_bytes()).unwrap();
        self.state = Some(TerminalAuthentication::new(binding()));
    }

    pub(crate) fn execute(&mut self, command: &CommandApdu) -> ResponseApdu {
        self.commands += 1;
        let state = self.state.take().unwrap();
        let answered = state.answer(command, &self.trust, self.policy, &mut self.rng);
        if let Some(changes) = answered.changes {
            assert!(answered.response.sw.is_ok(), "a refusal changes nothing");
            self.trust = changes;
        }
        self.state = Some(answered.state);
        self.fault = answered.fault;
        answered.response
    }

    /// Presents one certificate under the name of its issuer.
    pub(crate) fn present(&mut self, certificate: &Certificate) -> Result<(), CertificateFault> {
        use iso7816::{Ins, StatusWord, tlv};
        let name = tlv::encode(tlv::Tag::new(0x83), certificate.body().authority.as_bytes());
        let set = CommandApdu::new(0, Ins::MANAGE_SECURITY_ENVIRONMENT, 0x81, 0xB6).with_data(name);
        if self.execute(&set).sw == StatusWord::REFERENCED_DATA_NOT_FOUND {
            return Err(CertificateFault::UnknownIssuer);
        }
        let verify = CommandApdu::new(0, Ins::PERFORM_SECURITY_OPERATION, 0x00, 0xBE)
            .with_data(certificate.to_command());
        let answer = self.execute(&verify);
        match self.fault {
            Some(fault) => {
                assert_eq!(answer.sw, fault.status_word());
                Err(fault)
            }
            None => {
                assert!(answer.sw.is_ok(), "{}", answer.sw);
                Ok(())
            }
        }
    }
}

impl Channel for Gate {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let command = CommandApdu::parse(&command.to_bytes()?)?;
        assert!(TerminalAuthentication::concerns(&command));
        Ok(self.execute(&command))
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }
}

pub(crate) const fn refused(fault: CertificateFault) -> Error {
    Error::Certificate(fault)
}
