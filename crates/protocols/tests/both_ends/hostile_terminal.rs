//! What the chip answers to a terminal that breaks the rules: the status words of the applet's law.

use crypto::{AgreementDomain, Cipher, Curve, Generator};
use iso7816::tlv::{self, Tag};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Le, Limits, ResponseApdu, StatusWord};
use lds::security_info::PaceInfo;
use protocols::{active_authentication, bac, chip_authentication, pace};

use crate::card::{Card, chip_key, mrz_password, pace_info, rng, strongest};

const CURVE: Curve = Curve::P256;

/// A terminal whose command with a certain number is replaced on its way.
pub(crate) struct Forging<F> {
    pub(crate) card: Card,
    forged: usize,
    forge: F,
    count: usize,
    answer: Option<ResponseApdu>,
}

impl<F: FnMut(&mut CommandApdu)> Forging<F> {
    pub(crate) fn new(card: Card, forged: usize, forge: F) -> Self {
        Self {
            card,
            forged,
            forge,
            count: 0,
            answer: None,
        }
    }

    /// What the card answered to the forged command.
    pub(crate) fn verdict(&self) -> StatusWord {
        let answer = self.answer.as_ref().expect("the forged command was sent");
        assert!(
            answer.sw.is_ok() || answer.data.is_empty(),
            "no data with an error"
        );
        answer.sw
    }
}

impl<F: FnMut(&mut CommandApdu)> Channel for Forging<F> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let mut command = command.clone();
        if self.count == self.forged {
            (self.forge)(&mut command);
        }
        let answer = self.card.execute(&command);
        if self.count == self.forged {
            self.answer = Some(answer.clone());
        }
        self.count += 1;
        Ok(answer)
    }

    fn limits(&self) -> Limits {
        Limits::EXTENDED
    }
}

fn check_pace(forged: usize, sw: u16, forge: impl FnMut(&mut CommandApdu)) {
    check_pace_with(&[pace_info(Cipher::Aes128, CURVE)], forged, sw, forge);
}

fn check_pace_with(
    infos: &[PaceInfo],
    forged: usize,
    sw: u16,
    forge: impl FnMut(&mut CommandApdu),
) {
    let mut card = Card::new();
    card.pace_infos = infos.to_vec();
    let mut line = Forging::new(card, forged, forge);
    let run = pace::terminal::establish(&mut line, &infos[0], &mrz_password(), None, &mut rng(7));
    if sw == 0x9000 {
        run.unwrap();
        return;
    }
    assert_eq!(line.verdict(), StatusWord(sw), "command {forged}");
    // The terminal tries MSE:Set AT a second time, honestly.
    if forged > 0 {
        assert!(!line.card.has_session());
        let next = CommandApdu::new(0x00, Ins::GENERAL_AUTHENTICATE, 0, 0)
            .with_data([0x7C, 0])
            .with_le(Le::SHORT_MAX);
        assert_eq!(
            line.card.execute(&next).sw,
            StatusWord::CONDITIONS_NOT_SATISFIED,
            "the run is dead"
        );
    }
}

fn set_data(data: &[u8]) -> impl FnMut(&mut CommandApdu) {
    move |command| *command.data = data.to_vec()
}

fn template(objects: &[u8]) -> Vec<u8> {
    tlv::encode(Tag::new(0x7C), objects)
}

fn holding(tag: u8, value: &[u8]) -> Vec<u8> {
    template(&tlv::encode(Tag::new(tag.into()), value))
}

fn set_at(protocol: &[u8], rest: &[u8]) -> Vec<u8> {
    [&tlv::encode(Tag::new(0x80), protocol)[..], rest].concat()
}

#[test]
fn set_at_of_pace() {
    let info = pace_info(Cipher::Aes128, CURVE);
    let oid = info.protocol.oid();
    let oid = oid.as_bytes();
    let mrz = [0x83, 1, 1];
    let check = |sw, data: &[u8]| check_pace(0, sw, set_data(data));
    for (sw, data) in [
        (0x9000, set_at(oid, &mrz)),
        (0x9000, set_at(oid, &[&mrz[..], &[0x84, 1, 12]].concat())),
        (0x9000, [&mrz[..], &set_at(oid, &[])].concat()),
        (
            0x9000,
            set_at(
                oid,
                &[&mrz[..], &[0x65, 2, 1, 1, 0x7F, 0x4B, 1, 0]].concat(),
            ),
        ),
        (0x6A80, vec![]),
        (0x6A80, set_at(&[], &mrz)),
        (0x6A80, set_at(&oid[..9], &mrz)),
        (0x6A80, set_at(&[oid, &[0]].concat(), &mrz)),
        (0x6A80, set_at(&[&[0x06, 10], oid].concat(), &mrz)),
        (0x6A80, [&[0x81, 10], oid, &mrz].concat()),
        (0x6A80, [&[0x06, 10], oid, &mrz].concat()),
        (0x6A80, mrz.to_vec()),
        (0x6A80, set_at(oid, &[])),
        (0x6A80, set_at(oid, &[0x83, 0])),
        (0x6A80, set_at(oid, &[0x83, 2, 1, 1])),
        (0x6A80, set_at(oid, &[0x83, 2, 1])),
        (0x6A80, set_at(oid, &[0x83, 1, 1, 0x83, 1, 1])),
        (0x6A88, set_at(oid, &[0x83, 1, 0])),
        (0x6A88, set_at(oid, &[0x83, 1, 3])),
        (0x6A88, set_at(oid, &[0x83, 1, 1, 0x84, 1, 13])),
        (0x6A80, set_at(oid, &[0x83, 1, 1, 0x84, 0])),
        (0x6A80, set_at(oid, &[0x83, 1, 1, 0x84, 2, 0, 12])),
        (0x6A80, set_at(oid, &[0x83, 1, 1, 0x84, 1])),
    ] {
        check(sw, &data);
    }
    check_pace(0, 0x6700, |command| command.le = Some(Le::SHORT_MAX));
    check_pace(0, 0x6A86, |command| command.p1 = 0x81);
}

#[test]
fn a_parameter_id_is_required_where_there_is_a_choice() {
    let both = [
        pace_info(Cipher::Aes128, CURVE),
        pace_info(Cipher::Aes128, Curve::P384),
    ];
    let oid = both[0].protocol.oid();
    check_pace_with(
        &both,
        0,
        0x6A80,
        set_data(&set_at(oid.as_bytes(), &[0x83, 1, 1])),
    );
    let other_cipher = [both[0], pace_info(Cipher::Aes256, Curve::P384)];
    check_pace_with(
        &other_cipher,
        0,
        0x9000,
        set_data(&set_at(oid.as_bytes(), &[0x83, 1, 1])),
    );
}

#[test]
fn structure_of_the_steps() {
    for (step, tag) in [(1, None), (2, Some(0x81)), (3, Some(0x83)), (4, Some(0x85))] {
        let check = |sw, data: &[u8]| check_pace(step, sw, set_data(data));
        let value = [1; 8];
        check(0x6A80, &[]);
        check(0x6A80, &[0x7C]);
        check(0x6A80, &[0x7D, 0]);
        check(0x6A80, &[0x7C, 0, 0]);
        check(0x6A80, &[0x7C, 2, 0x80]);
        check(0x6A80, &[0x80, 0]);
        check(0x6A80, &holding(0x90, &value));
        if let Some(tag) = tag {
            check(0x6A80, &tlv::encode(Tag::new(tag.into()), &value));
            check(0x6A80, &template(&[tag, 1, 0, tag, 1, 0]));
            check(0x6A80, &template(&[tag, 1, 0, 0x99, 1, 0]));
            check(0x6985, &[0x7C, 0]);
        }
        check_pace(step, 0x6700, |command| command.le = None);
        check_pace(step, 0x6A86, |command| command.p2 = 1);
        let wrong_chaining = if step == 4 { 0x6883 } else { 0x6A80 };
        check_pace(step, wrong_chaining, |command| command.cla ^= 0x10);
    }
}

#[test]
fn bad_tokens() {
    for token in [&[][..], &[0; 8], &[0; 7], &[0; 9], &[0; 16]] {
        check_pace(4, 0x6300, set_data(&holding(0x85, token)));
    }
    check_pace(4, 0x6300, |command| *command.data.last_mut().unwrap() ^= 1);
}

#[test]
fn an_alien_command_between_the_steps_ends_the_run() {
    for step in 1..=4 {
        let mut honest = None;
        let alien = |command: &mut CommandApdu| {
            honest = Some(command.clone());
            *command = CommandApdu::new(0, Ins::READ_BINARY, 0, 0).with_le(Le::SHORT_MAX);
        };
        let mut line = Forging::new(Card::new(), step, alien);
        let info = pace_info(Cipher::Aes128, CURVE);
        pace::terminal::establish(&mut line, &info, &mrz_password(), None, &mut rng(7))
            .unwrap_err();
        let mut card = line.card;
        assert_eq!(
            card.execute(&honest.unwrap()).sw,
            StatusWord::CONDITIONS_NOT_SATISFIED,
            "{step}"
        );
    }
}

#[test]
fn bac_attempts() {
    let keys = bac::AccessKeys::derive(&mrz_password()).unwrap();
    let check = |forged, sw, forge: &mut dyn FnMut(&mut CommandApdu)| {
        let mut line = Forging::new(Card::new(), forged, forge);
        bac::terminal::establish(&mut line, &keys, &mut rng(7)).unwrap_err();
        assert_eq!(line.verdict(), StatusWord(sw));
        assert!(!line.card.has_session());
    };
    check(0, 0x6700, &mut |command| command.le = None);
    check(0, 0x6700, &mut |command| {
        command.le = Some(Le::new(7).unwrap());
    });
    check(0, 0x6700, &mut set_data(&[1]));
    check(0, 0x6A86, &mut |command| command.p1 = 1);
    check(1, 0x6A86, &mut |command| command.p2 = 1);
    check(1, 0x6700, &mut |command| command.data.truncate(39));
    check(1, 0x6700, &mut |command| command.data.push(0));
    check(1, 0x6700, &mut |command| {
        command.le = Some(Le::new(39).unwrap());
    });
    for at in [0, 8, 31, 32, 39] {
        check(1, 0x6300, &mut |command| command.data[at] ^= 1);
    }
}

#[test]
fn a_challenge_serves_once_and_only_at_once() {
    let keys = bac::AccessKeys::derive(&mrz_password()).unwrap();
    let mut good = None;
    let mut spoil = Forging::new(Card::new(), 1, |command: &mut CommandApdu| {
        good = Some(command.clone());
        command.data[39] ^= 1;
    });
    bac::terminal::establish(&mut spoil, &keys, &mut rng(7)).unwrap_err();
    let mut card = spoil.card;
    let good = good.unwrap();
    assert_eq!(card.execute(&good).sw, StatusWord::CONDITIONS_NOT_SATISFIED);

    let challenge = CommandApdu::new(0, Ins::GET_CHALLENGE, 0, 0).with_le(Le::new(8).unwrap());
    let first = card.execute(&challenge);
    let second = card.execute(&challenge);
    assert_ne!(first, second, "challenges do not repeat");
    assert_eq!(
        card.execute(&good).sw,
        StatusWord::AUTHENTICATION_FAILED,
        "of another challenge"
    );
    card.execute(&challenge);
    card.execute(&CommandApdu::new(0, Ins::READ_BINARY, 0, 0).with_le(Le::SHORT_MAX));
    assert_eq!(card.execute(&good).sw, StatusWord::CONDITIONS_NOT_SATISFIED);
}

fn check_chip_authentication(
    cipher: Cipher,
    forged: usize,
    sw: u16,
    forge: impl FnMut(&mut CommandApdu),
) {
    let (key, infos) = chip_key(AgreementDomain::Ec(CURVE), &[cipher], Some(5));
    let mut card = Card::new();
    card.chip_keys = vec![key];
    let mut line = Forging::new(card, forged, forge);
    let run = chip_authentication::terminal::agree(&mut line, &strongest(infos), &mut rng(7));
    assert_eq!(line.verdict(), StatusWord(sw), "{cipher:?} {forged}");
    // 3DES has a second chance by the other commands.
    assert_eq!(run.is_ok(), cipher == Cipher::TripleDes);
}

#[test]
fn key_agreement_template_of_chip_authentication() {
    let base = Generator::standard(CURVE).point().as_bytes().to_vec();
    let mut off_curve = base.clone();
    off_curve[64] ^= 1;
    let kat = |tag: u8, point: &[u8], id: &[u8]| {
        [&tlv::encode(Tag::new(tag.into()), point)[..], id].concat()
    };
    for (sw, data) in [
        (0x6A80, kat(0x93, &base, &[0x84, 1, 5])),
        (0x6A80, kat(0x91, &off_curve, &[0x84, 1, 5])),
        (0x6A80, kat(0x91, &base[..64], &[0x84, 1, 5])),
        (
            0x6A80,
            kat(0x91, &[&[4][..], &[0; 64]].concat(), &[0x84, 1, 5]),
        ),
        (0x6A80, kat(0x91, &[0], &[0x84, 1, 5])),
        (0x6A88, kat(0x91, &base, &[0x84, 1, 6])),
        (0x6A88, kat(0x91, &base, &[0x84, 2, 0, 5])),
        (0x6A88, kat(0x91, &base, &[0x84, 0])),
        (0x6A80, vec![]),
    ] {
        check_chip_authentication(Cipher::TripleDes, 0, sw, set_data(&data));
    }
    check_chip_authentication(Cipher::TripleDes, 0, 0x6700, |command| {
        command.le = Some(Le::SHORT_MAX);
    });
}

#[test]
fn authentication_template_of_chip_authentication() {
    let (key, _) = chip_key(AgreementDomain::Ec(CURVE), &[Cipher::Aes128], Some(5));
    let own = key.key.public().wire().to_vec();
    let base = Generator::standard(CURVE).point().as_bytes().to_vec();
    let mut off_curve = base.clone();
    off_curve[64] ^= 1;
    let aes_128 = [
        0x80, 10, 0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03, 0x02, 0x02,
    ];
    let mut diffie_hellman = aes_128;
    diffie_hellman[10] = 1;
    let with_last_arc = |arc: u8| [&aes_128[..11], &[arc, 0x84, 1, 5]].concat();
    for (sw, data) in [
        (0x6A80, with_last_arc(1)),
        (0x6A80, with_last_arc(4)),
        (0x6A80, with_last_arc(9)),
        (0x6A80, diffie_hellman.to_vec()),
        (0x6A80, vec![0x84, 1, 5]),
        (0x6A80, [&[0x81], &aes_128[1..]].concat()),
        (0x6A88, [&aes_128[..], &[0x84, 1, 6]].concat()),
    ] {
        check_chip_authentication(Cipher::Aes128, 0, sw, set_data(&data));
    }
    check_chip_authentication(Cipher::Aes128, 0, 0x6700, |command| {
        command.le = Some(Le::SHORT_MAX);
    });
    for (sw, data) in [
        (0x6A80, holding(0x81, &base)),
        (0x6A80, holding(0x80, &off_curve)),
        (0x6A80, holding(0x80, &own)),
        (0x6A80, holding(0x80, &[])),
        (0x6A80, template(&[])),
        (0x6A80, base.clone()),
    ] {
        check_chip_authentication(Cipher::Aes128, 1, sw, set_data(&data));
    }
    check_chip_authentication(Cipher::Aes128, 1, 0x6700, |command| command.le = None);
    check_chip_authentication(Cipher::Aes128, 1, 0x6883, |command| command.cla = 0x10);
    check_chip_authentication(Cipher::Aes128, 1, 0x6A86, |command| command.p1 = 1);
}

#[test]
fn several_keys_and_none_named() {
    let (first, _) = chip_key(AgreementDomain::Ec(CURVE), &[Cipher::Aes128], Some(1));
    let (second, _) = chip_key(AgreementDomain::Ec(CURVE), &[Cipher::Aes128], Some(2));
    let (_, infos) = chip_key(AgreementDomain::Ec(CURVE), &[Cipher::Aes128], None);
    let mut card = Card::new();
    card.chip_keys = vec![first, second];
    let mut line = Forging::new(card, 0, |_: &mut CommandApdu| {});
    chip_authentication::terminal::agree(&mut line, &strongest(infos), &mut rng(7)).unwrap_err();
    assert_eq!(line.verdict(), StatusWord::WRONG_DATA);
}

#[test]
fn challenges_of_active_authentication() {
    let key = crypto::PrivateKey::generate_ec(CURVE, &mut rng(15)).unwrap();
    let public = key.public();
    let mut card = Card::new();
    card.signing_key = Some((key, crypto::HashAlgorithm::Sha256));
    let mut check = |sw, forge: &mut dyn FnMut(&mut CommandApdu)| {
        let mut line = Forging::new(core::mem::replace(&mut card, Card::new()), 0, forge);
        let run =
            active_authentication::terminal::authenticate(&mut line, &public, None, &mut rng(7));
        assert_eq!(line.verdict(), StatusWord(sw));
        drop(run);
        card = line.card;
    };
    check(0x6700, &mut set_data(&[1; 4]));
    check(0x6700, &mut set_data(&[1; 9]));
    check(0x6700, &mut set_data(&[]));
    check(0x6700, &mut |command| command.le = None);
    check(0x6700, &mut |command| {
        command.le = Some(Le::new(63).unwrap());
    });
    check(0x6A86, &mut |command| command.p1 = 1);
}
