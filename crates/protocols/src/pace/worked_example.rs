//! `test-vectors/pace`, value by value, at both ends.

use crypto::{EcKeyPair, Generator};
use iso7816::CommandApdu;
use lds::security_info::{PaceInfo, SecurityInfos};
use mrz::MrzInformation;
use serde_json::Value;
use test_support::{hex, read_json, vectors};

use crate::pace::chip::{self, Outcome};
use crate::pace::{Parameters, mapping, terminal, token};
use crate::password::Password;
use crate::scripted::{ScriptedChannel, ScriptedRng};
use crate::secure_messaging::SessionKeys;

#[test]
fn every_vector_holds_step_by_step() {
    for (name, path) in vectors("pace") {
        let vector = read_json(&path);
        let example = Example::new(&name, &vector);
        example.nonce();
        let generator = example.mapping();
        let session = example.agreement(&generator);
        example.tokens(&session);
    }
}

#[test]
fn every_transcript_is_played_at_both_ends() {
    let mut played = 0;
    for (name, path) in vectors("pace") {
        let vector = read_json(&path);
        if vector["want"]["set_at"].is_string() {
            let example = Example::new(&name, &vector);
            example.play_terminal();
            example.play_chip("set_at");
            example.play_chip("set_at_with_parameters");
            played += 1;
        }
    }
    assert!(played > 0, "no vector has a transcript");
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

    fn nonce(&self) {
        let cipher = self.parameters.cipher();
        let k_pi = self.password().k_pi(cipher);
        assert_eq!(k_pi.expose(), self.want("k_pi"), "{}", self.name);
        let iv = self.parameters.nonce_iv();
        let z = cipher
            .cbc_encrypt(k_pi.expose(), &iv, &self.given("nonce_s"))
            .unwrap();
        assert_eq!(z, self.want("nonce_z"), "{}", self.name);
    }

    fn mapping(&self) -> Generator {
        let base = self.parameters.standard_generator();
        let [ifd, ic] = self.pairs(
            &base,
            ["map_sk_ifd", "map_sk_ic"],
            ["map_pk_ifd", "map_pk_ic"],
        );
        let shared = ifd.agree(ic.public()).unwrap();
        assert_eq!(
            shared.point().as_bytes(),
            self.want("shared_h"),
            "{}",
            self.name
        );
        let nonce = self.given("nonce_s");
        let of_terminal = mapping::generic(&nonce, &ifd, ic.public().as_bytes()).unwrap();
        let of_chip = mapping::generic(&nonce, &ic, ifd.public().as_bytes()).unwrap();
        for generator in [&of_terminal, &of_chip] {
            assert_eq!(
                generator.point().as_bytes(),
                self.want("mapped_generator"),
                "{}",
                self.name
            );
        }
        of_terminal
    }

    fn agreement(&self, generator: &Generator) -> SessionKeys {
        let [ifd, ic] = self.pairs(
            generator,
            ["ka_sk_ifd", "ka_sk_ic"],
            ["ka_pk_ifd", "ka_pk_ic"],
        );
        let shared = ifd.agree(ic.public()).unwrap();
        assert_eq!(shared.x(), self.want("shared_secret"), "{}", self.name);
        assert_eq!(
            ic.agree(ifd.public()).unwrap().x(),
            shared.x(),
            "{}",
            self.name
        );
        let session = SessionKeys::derive(self.parameters.cipher(), shared.x());
        self.assert_session(&session);
        session
    }

    fn tokens(&self, session: &SessionKeys) {
        let point =
            |field| crypto::EcPoint::from_bytes(self.parameters.curve, &self.want(field)).unwrap();
        for (token_field, input_field, received) in [
            ("t_ifd", "token_input_ifd", point("ka_pk_ic")),
            ("t_ic", "token_input_ic", point("ka_pk_ifd")),
        ] {
            let protocol = self.parameters.protocol;
            if self.want[input_field].is_string() {
                assert_eq!(
                    token::input(protocol, &received),
                    self.want(input_field),
                    "{}",
                    self.name
                );
            }
            let token = token::token(session, protocol, &received).unwrap();
            assert_eq!(token[..], self.want(token_field), "{}", self.name);
        }
    }

    fn play_terminal(&self) {
        let steps = self.want["general_authenticate"].as_array().unwrap().iter();
        let answers = self.want["general_authenticate_answer"]
            .as_array()
            .unwrap()
            .iter();
        let script = core::iter::once((
            &self.want["set_at_with_parameters"],
            &self.want["set_at_answer"],
        ))
        .chain(steps.zip(answers))
        .map(|(command, answer)| (command.as_str().unwrap(), answer.as_str().unwrap()));
        let mut channel = ScriptedChannel::new(script);
        let mut rng = ScriptedRng::new(&[&self.given("map_sk_ifd"), &self.given("ka_sk_ifd")]);
        let session =
            terminal::establish(&mut channel, &self.info, &self.password(), &mut rng).unwrap();
        assert!(channel.is_done(), "{}", self.name);
        self.assert_session(&session);
    }

    fn play_chip(&self, set_at: &str) {
        let set_at = CommandApdu::parse(&self.want(set_at)).unwrap();
        let (answer, mut state) = chip::set_at(&set_at, &[self.info], &[self.password()]).unwrap();
        assert_eq!(
            answer.to_bytes(),
            self.want("set_at_answer"),
            "{}",
            self.name
        );
        let draws = ["nonce_s", "map_sk_ic", "ka_sk_ic"].map(|field| self.given(field));
        let mut rng = ScriptedRng::new(&draws.each_ref().map(Vec::as_slice));
        let commands = self.want["general_authenticate"].as_array().unwrap();
        let answers = self.want["general_authenticate_answer"].as_array().unwrap();
        for (command, expected) in commands.iter().zip(answers) {
            let command = CommandApdu::parse(&hex(command)).unwrap();
            let (answer, keys) =
                match core::mem::take(&mut state).general_authenticate(&command, &mut rng) {
                    Outcome::Continue(answer, next) => {
                        state = next;
                        (answer, None)
                    }
                    Outcome::Established { answer, keys, .. } => (answer, Some(keys)),
                    Outcome::Refused(sw) => panic!("{}: {sw}", self.name),
                };
            assert_eq!(answer.to_bytes(), hex(expected), "{}", self.name);
            assert_eq!(keys.is_some(), command.cla == 0, "{}", self.name);
            if let Some(keys) = keys {
                self.assert_session(&keys);
            }
        }
    }

    fn pairs(&self, generator: &Generator, secret: [&str; 2], public: [&str; 2]) -> [EcKeyPair; 2] {
        let pairs =
            secret.map(|field| EcKeyPair::from_secret(generator, &self.given(field)).unwrap());
        for (pair, field) in pairs.iter().zip(public) {
            assert_eq!(
                pair.public().as_bytes(),
                self.want(field),
                "{} {field}",
                self.name
            );
        }
        pairs
    }

    fn assert_session(&self, session: &SessionKeys) {
        let (ks_enc, ks_mac, ssc) = session.exposed();
        assert_eq!(ks_enc, self.want("ks_enc"), "{}", self.name);
        assert_eq!(ks_mac, self.want("ks_mac"), "{}", self.name);
        assert_eq!(
            ssc,
            vec![0; self.parameters.cipher().block_len()],
            "{}",
            self.name
        );
    }
}
