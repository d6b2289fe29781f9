//! `test-vectors/pace`, value by value, at both ends: appendices G, H and I of Doc 9303-11 and the worked example of
//! TR-03110.
//!
//! The private numbers of the terminal are always given, those of the chip not always.

use crypto::{AgreementGenerator, AgreementKey, AgreementKeyPair, SharedSecret};
use iso7816::{CommandApdu, Ins, ResponseApdu, StatusWord};
use lds::security_info::{PaceInfo, PaceMapping, SecurityInfo, SecurityInfos};
use mrz::MrzInformation;
use serde_json::Value;
use test_support::{hex, read_json, vectors};

use crate::dynamic_authentication_data::{self, Position};
use crate::pace::chip::{self, Offer, Outcome, PasswordState, Situation};
use crate::pace::{MappingProof, Parameters, integrated, mapping, tag, terminal, token};
use crate::password::Password;
use crate::scripted::{ScriptedChannel, ScriptedRng};
use crate::secure_messaging::SessionKeys;

const AREAS: [&str; 4] = [
    "pace",
    "pace/dh-generic-mapping",
    "pace/integrated-mapping",
    "pace/chip-authentication-mapping",
];

/// Calls `check` with every vector that goes from the password to the tokens.
fn each(mut check: impl FnMut(&Example<'_>)) {
    let mut complete = 0;
    for (name, path) in AREAS.into_iter().flat_map(vectors) {
        let vector = read_json(&path);
        if vector["want"]["t_ifd"].is_string() {
            check(&Example::new(&name, &vector));
            complete += 1;
        }
    }
    assert_eq!(complete, 7);
}

#[test]
fn every_vector_holds_step_by_step() {
    each(|example| {
        example.nonce();
        let generator = example.mapping();
        let session = example.agreement(&generator);
        example.tokens(&session);
        example.mapping_proof(&session);
    });
}

#[test]
fn every_vector_is_played_by_the_terminal() {
    each(|example| {
        example.play_terminal();
    });
}

#[test]
fn every_vector_with_its_numbers_is_played_by_the_chip() {
    let mut played = 0;
    each(|example| {
        if example.given["ka_sk_ic"].is_string() {
            example.play_chip();
            played += 1;
        }
    });
    assert_eq!(played, 5);
}

/// Commands and answers that are printed are those that both ends were played with.
#[test]
fn printed_transcripts_are_the_same() {
    let mut printed = 0;
    each(|example| {
        let Some(commands) = example.want["general_authenticate"].as_array() else {
            return;
        };
        let answers = example.want["general_authenticate_answer"].as_array();
        let set_at = (
            &example.want["set_at_with_parameters"],
            &example.want["set_at_answer"],
        );
        let steps = commands.iter().zip(answers.unwrap());
        for ((command, answer), played) in
            core::iter::once(set_at).chain(steps).zip(example.script())
        {
            assert_eq!((hex(command), hex(answer)), played, "{}", example.name);
            printed += 1;
        }
        example.check_set_at(&CommandApdu::parse(&example.want("set_at")).unwrap());
    });
    assert_eq!(printed, 5);
}

struct Example<'a> {
    name: &'a str,
    given: &'a Value,
    want: &'a Value,
    info: PaceInfo,
    parameters: Parameters,
}

impl<'a> Example<'a> {
    fn new(name: &'a str, vector: &'a Value) -> Self {
        let given = &vector["given"];
        let set = iso7816::tlv::encode(iso7816::tlv::Tag::new(0x31), &hex(&given["pace_info"]));
        let infos = SecurityInfos::parse(&set).unwrap().value;
        let info = *infos.pace().next().unwrap();
        Self {
            name,
            given,
            want: &vector["want"],
            info,
            parameters: Parameters::of(&info).unwrap(),
        }
    }

    fn password(&self) -> Password {
        if let Some(can) = self.given["can"].as_str() {
            return Password::can(can).unwrap();
        }
        let text = |field: &str| self.given[field].as_str().unwrap().to_owned();
        let information = MrzInformation::from_parts(
            &text("document_number"),
            &text("date_of_birth"),
            &text("date_of_expiry"),
        )
        .unwrap();
        Password::mrz(&information)
    }

    fn given(&self, field: &str) -> Vec<u8> {
        hex(&self.given[field])
    }

    fn want(&self, field: &str) -> Vec<u8> {
        hex(&self.want[field])
    }

    fn is_integrated(&self) -> bool {
        self.parameters.mapping() == PaceMapping::IntegratedMapping
    }

    /// A public key of the vector, which may have a leading zero more than goes over the line.
    fn key(&self, field: &str) -> AgreementKey {
        AgreementKey::from_wire(self.parameters.domain, &self.want(field)).unwrap()
    }

    /// The pair with this private number, if it is given; its public key is the one that is printed.
    fn pair(
        &self,
        generator: &AgreementGenerator,
        secret: &str,
        public: &str,
    ) -> Option<AgreementKeyPair> {
        self.given[secret].as_str()?;
        let pair = AgreementKeyPair::from_secret(generator, &self.given(secret)).unwrap();
        assert!(pair.public() == self.key(public), "{} {public}", self.name);
        Some(pair)
    }

    fn encrypted_nonce(&self) -> Vec<u8> {
        let cipher = self.parameters.cipher();
        let k_pi = self.password().k_pi(cipher);
        assert_eq!(k_pi.expose(), self.want("k_pi"), "{}", self.name);
        let iv = self.parameters.nonce_iv();
        cipher
            .cbc_encrypt(k_pi.expose(), &iv, &self.given("nonce_s"))
            .unwrap()
    }

    fn nonce(&self) {
        let z = self.encrypted_nonce();
        if self.want["nonce_z"].is_string() {
            assert_eq!(z, self.want("nonce_z"), "{}", self.name);
        }
    }

    fn mapping(&self) -> AgreementGenerator {
        let nonce = self.given("nonce_s");
        let parameters = &self.parameters;
        let generator = if self.is_integrated() {
            let t = self.given("nonce_t");
            integrated::generator(parameters.domain, parameters.cipher(), &nonce, &t).unwrap()
        } else {
            let base = parameters.standard_generator();
            let ifd = self.pair(&base, "map_sk_ifd", "map_pk_ifd").unwrap();
            let shared = ifd.agree(&self.key("map_pk_ic")).unwrap();
            assert_eq!(whole(&shared), self.want("shared_h"), "{}", self.name);
            if let Some(ic) = self.pair(&base, "map_sk_ic", "map_pk_ic") {
                let (other, of_chip) = mapping::generic(&nonce, &ic, ifd.public().wire()).unwrap();
                assert!(other == ifd.public(), "{}", self.name);
                assert_eq!(value(&of_chip), self.want("mapped_generator"));
            }
            mapping::generic(&nonce, &ifd, self.key("map_pk_ic").wire())
                .unwrap()
                .1
        };
        assert_eq!(
            value(&generator),
            self.want("mapped_generator"),
            "{}",
            self.name
        );
        generator
    }

    fn agreement(&self, generator: &AgreementGenerator) -> SessionKeys {
        let ifd = self.pair(generator, "ka_sk_ifd", "ka_pk_ifd").unwrap();
        let shared = ifd.agree(&self.key("ka_pk_ic")).unwrap();
        assert_eq!(shared.secret(), self.want("shared_secret"), "{}", self.name);
        if let Some(ic) = self.pair(generator, "ka_sk_ic", "ka_pk_ic") {
            let of_chip = ic.agree(&ifd.public()).unwrap();
            assert_eq!(of_chip.secret(), shared.secret(), "{}", self.name);
        }
        let session = SessionKeys::derive(self.parameters.cipher(), shared.secret());
        self.assert_session(&session);
        session
    }

    fn tokens(&self, session: &SessionKeys) {
        for (token_field, input_field, received) in [
            ("t_ifd", "token_input_ifd", self.key("ka_pk_ic")),
            ("t_ic", "token_input_ic", self.key("ka_pk_ifd")),
        ] {
            let protocol = self.parameters.protocol;
            if self.want[input_field].is_string() {
                let input = token::input(protocol, &received);
                assert_eq!(input, self.want(input_field), "{}", self.name);
            }
            let token = token::token(session, protocol, &received).unwrap();
            assert_eq!(token[..], self.want(token_field), "{}", self.name);
        }
    }

    /// Chip authentication mapping: DO'8A' both ways, and the check against the key of EF.CardSecurity.
    fn mapping_proof(&self, session: &SessionKeys) {
        if self.parameters.mapping() != PaceMapping::ChipAuthenticationMapping {
            return;
        }
        let encrypted = self.want("encrypted_chip_authentication_data");
        let data = self.want("chip_authentication_data");
        let again = session.encrypt_chip_authentication_data(&data).unwrap();
        assert_eq!(again, encrypted, "{}", self.name);
        let proof = MappingProof::decrypt(
            session,
            &encrypted,
            self.key("map_pk_ic"),
            self.parameters.key_id(),
        )
        .unwrap();
        self.assert_proof(&proof);
    }

    fn assert_proof(&self, proof: &MappingProof) {
        let info = self.given("chip_authentication_public_key_info");
        let set = iso7816::tlv::encode(iso7816::tlv::Tag::new(0x31), &info);
        let infos = SecurityInfos::parse(&set).unwrap().value;
        let Some(SecurityInfo::ChipAuthenticationPublicKey(info)) = infos.iter().next() else {
            panic!("{}: no public key", self.name);
        };
        assert_eq!(info.key_id, Some(proof.key_id()), "{}", self.name);
        let key = info.agreement_key().unwrap();
        assert!(key == self.key("static_pk_ic"), "{}", self.name);
        assert_eq!(proof.check(&key), Ok(()), "{}", self.name);
        assert!(proof.check(&self.key("ka_pk_ic")).is_err(), "{}", self.name);
    }

    /// Commands and answers, made of the values.
    fn script(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let oid = self.info.protocol.oid();
        let set_at = [
            &[0x80, 10][..],
            oid.as_bytes(),
            &[0x83, 1, self.password().kind().reference()],
            &[0x84, 1, self.parameters.parameter_id.unwrap()],
        ];
        let set_at = CommandApdu::new(0, Ins::MANAGE_SECURITY_ENVIRONMENT, 0xC1, 0xA4)
            .with_data(set_at.concat());
        let key = |field| self.key(field).wire().to_vec();
        let [map_ifd, map_ic] = if self.is_integrated() {
            [self.given("nonce_t"), Vec::new()]
        } else {
            ["map_pk_ifd", "map_pk_ic"].map(key)
        };
        let mut last = vec![(tag::TOKEN_IC, self.want("t_ic"))];
        if self.want["encrypted_chip_authentication_data"].is_string() {
            let proof = self.want("encrypted_chip_authentication_data");
            last.push((tag::CHIP_AUTHENTICATION_DATA, proof));
        }
        let steps = [
            (None, vec![(tag::NONCE, self.encrypted_nonce())]),
            (
                Some((tag::MAPPING_IFD, map_ifd)),
                vec![(tag::MAPPING_IC, map_ic)],
            ),
            (
                Some((tag::AGREEMENT_IFD, key("ka_pk_ifd"))),
                vec![(tag::AGREEMENT_IC, key("ka_pk_ic"))],
            ),
            (Some((tag::TOKEN_IFD, self.want("t_ifd"))), last),
        ];
        let octets = |command: &CommandApdu| command.to_bytes().unwrap().to_vec();
        let mut script = vec![(octets(&set_at), vec![0x90, 0x00])];
        for (step, (request, answer)) in steps.iter().enumerate() {
            let position = if step == 3 {
                Position::Last
            } else {
                Position::Chained
            };
            let request = request
                .as_ref()
                .map(|(tag, value)| (*tag, value.as_slice()));
            let command = dynamic_authentication_data::command(position, request, 0);
            let answer = answer.iter().map(|(tag, value)| (*tag, value.as_slice()));
            let answer = dynamic_authentication_data::holding_all(answer);
            let answer = ResponseApdu::new(answer, StatusWord::OK);
            script.push((octets(&command), answer.to_bytes()));
        }
        script
    }

    fn play_terminal(&self) {
        let script = self.script();
        let script = script
            .iter()
            .map(|(command, answer)| (hex::encode(command), hex::encode(answer)));
        let mut channel = ScriptedChannel::new(script);
        let generator = self.mapping();
        let draw = |generator: &_, secret, public| {
            let pair = self.pair(generator, secret, public).unwrap();
            pair.secret().expose().to_vec()
        };
        let mapped = if self.is_integrated() {
            self.given("nonce_t")
        } else {
            let base = self.parameters.standard_generator();
            draw(&base, "map_sk_ifd", "map_pk_ifd")
        };
        let agreed = draw(&generator, "ka_sk_ifd", "ka_pk_ifd");
        let mut rng = ScriptedRng::new(&[&mapped, &agreed]);
        let established =
            terminal::establish(&mut channel, &self.info, &self.password(), None, &mut rng)
                .unwrap();
        assert!(channel.is_done(), "{}", self.name);
        self.assert_session(&established.keys);
        assert!(established.chip_key == self.key("ka_pk_ic"));
        assert!(established.own_key == self.key("ka_pk_ifd"));
        if self.want["comp_ka_pk_ic"].is_string() {
            assert_eq!(established.id_ic(), self.want("comp_ka_pk_ic"));
        }
        match established.mapping_proof {
            Some(proof) => self.assert_proof(&proof),
            None => assert_ne!(
                self.parameters.mapping(),
                PaceMapping::ChipAuthenticationMapping
            ),
        }
    }

    fn check_set_at(&self, command: &CommandApdu) -> chip::State {
        let offer = Offer {
            info: &self.info,
            mapping_key: None,
        };
        let password = PasswordState::unlimited(self.password());
        let (answer, state) =
            chip::set_at(command, &[offer], &[password], &Situation::default()).unwrap();
        assert_eq!(answer.to_bytes(), [0x90, 0x00], "{}", self.name);
        assert!(matches!(state, chip::State::Selected(_)), "{}", self.name);
        state
    }

    fn play_chip(&self) {
        let script = self.script();
        let mut steps = script
            .iter()
            .map(|(command, answer)| (CommandApdu::parse(command).unwrap(), answer));
        let (set_at, _) = steps.next().unwrap();
        let mut state = self.check_set_at(&set_at);
        let mut draws = vec![self.given("nonce_s")];
        let generator = self.mapping();
        let base = self.parameters.standard_generator();
        let pairs = [
            self.pair(&base, "map_sk_ic", "map_pk_ic"),
            self.pair(&generator, "ka_sk_ic", "ka_pk_ic"),
        ];
        let secrets = pairs.iter().flatten();
        draws.extend(secrets.map(|pair| pair.secret().expose().to_vec()));
        let draws: Vec<_> = draws.iter().map(Vec::as_slice).collect();
        let mut rng = ScriptedRng::new(&draws);
        for (command, expected) in steps {
            let (answer, keys) =
                match core::mem::take(&mut state).general_authenticate(&command, &mut rng) {
                    Outcome::Continue(answer, next) => {
                        state = next;
                        (answer, None)
                    }
                    Outcome::Established { answer, keys, .. } => (answer, Some(keys)),
                    Outcome::Lower(_) => panic!("{}: no counter", self.name),
                    Outcome::Refused(sw) => panic!("{}: {sw}", self.name),
                };
            assert_eq!(answer.to_bytes(), *expected, "{}", self.name);
            assert_eq!(keys.is_some(), command.cla == 0, "{}", self.name);
            if let Some(keys) = keys {
                self.assert_session(&keys);
            }
        }
    }

    fn assert_session(&self, session: &SessionKeys) {
        let (ks_enc, ks_mac, ssc) = session.exposed();
        assert_eq!(ks_enc, self.want("ks_enc"), "{}", self.name);
        assert_eq!(ks_mac, self.want("ks_mac"), "{}", self.name);
        let zero = vec![0; self.parameters.cipher().block_len()];
        assert_eq!(ssc, zero, "{}", self.name);
    }
}

/// All of what was agreed on, of which keys take a part.
fn whole(shared: &SharedSecret) -> &[u8] {
    match shared {
        SharedSecret::Dh(value) => value.value(),
        SharedSecret::Ec(point) => point.point().as_bytes(),
    }
}

fn value(generator: &AgreementGenerator) -> &[u8] {
    match generator {
        AgreementGenerator::Dh(generator) => generator.value(),
        AgreementGenerator::Ec(generator) => generator.point().as_bytes(),
    }
}
