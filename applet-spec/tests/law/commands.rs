//! Chapters 01 and 03: what a terminal of this workspace gets out of the chip, and limits.

use applet_spec::conformance::Feature;
use applet_spec::{Chip, DataSheet, ExtendedLength, LifeCycle};
use crypto::{Cipher, Curve, HashAlgorithm, PublicKey};
use iso7816::tlv::{self, Tag};
use iso7816::{Channel, Chip as _, CommandApdu, Ins, Le, Limits, ResponseApdu};
use lds::SecurityInfos;
use lds::security_info::{
    ChipAuthenticationInfo, ChipAuthenticationProtocol, KeyAgreement, PaceInfo, PaceMapping,
    PaceProtocol, SecurityInfo,
};
use protocols::bac::AccessKeys;
use protocols::secure_messaging::{SecureChannel, TerminalSession};
use protocols::{Password, active_authentication, bac, chip_authentication, pace};

use crate::authorities::State;
use crate::full_card::{CURVE_KEY, GROUP_KEY, MAPPING_KEY, full_card};
use crate::host::{Host, Wire, send, sw};
use crate::specimen::{
    CAN, KeyRing, SERIAL, Specimen, UUID, card, card_without, mrz_seed, offered, public_key_part,
    rng,
};

fn password() -> Password {
    Password::can(CAN).unwrap()
}

/// A session by BAC, the application selected.
pub fn by_bac(chip: &mut Chip, limits: Limits) -> SecureChannel<Wire<&mut Chip>> {
    let mut wire = Wire { chip, limits };
    assert_eq!(sw(&mut wire.chip, "00A4040C07A0000002471001"), 0x9000);
    let mrz = Password::mrz_digest(&mrz_seed()).unwrap();
    let keys = AccessKeys::derive(&mrz).unwrap();
    let session = bac::terminal::establish(&mut wire, &keys, &mut rng(1)).unwrap();
    SecureChannel::new(wire, session)
}

fn read(channel: &mut dyn Channel, p1: u8, p2: u8, le: u32) -> ResponseApdu {
    let command = CommandApdu::new(0, Ins::READ_BINARY, p1, p2).with_le(Le::new(le).unwrap());
    channel.transmit(&command).unwrap()
}

/// [FILES-007], [FILES-005], [SM-001]: whole files, read as a reader does, are what the job wrote.
#[test]
fn files_come_out_as_they_went_in() {
    for lacks in [vec![], vec![Feature::ExtendedLength]] {
        let mut specimen = card_without(LifeCycle::Operational, &lacks);
        let limits = if lacks.is_empty() {
            Limits::EXTENDED
        } else {
            Limits::SHORT
        };
        let files = specimen.files.clone();
        let mut channel = by_bac(&mut specimen.chip, limits);
        for (file, content) in files {
            if !matches!(file.word(), "com" | "dg1" | "dg2" | "dg14" | "sod") {
                continue;
            }
            let select = CommandApdu::new(0, Ins::SELECT, 2, 0x0C).with_data(file.id().to_bytes());
            assert_eq!(channel.transmit(&select).unwrap().sw.0, 0x9000);
            let mut found = Vec::new();
            while found.len() < content.len() {
                let command = next_read(found.len(), limits.allow_extended());
                let answer = channel.transmit(&command).unwrap();
                assert_eq!(answer.sw.0, 0x9000, "{file} at {}", found.len());
                match command.ins {
                    Ins::READ_BINARY_ODD => {
                        let tag = iso7816::tlv::Tag::new(0x53);
                        found.extend(iso7816::tlv::single(&answer.data, tag).unwrap());
                    }
                    _ => found.extend(answer.data),
                }
            }
            assert_eq!(found, content, "{file}");
        }
    }
}

fn next_read(offset: usize, extended: bool) -> CommandApdu {
    let le = if extended {
        Le::EXTENDED_MAX
    } else {
        Le::SHORT_MAX
    };
    let [.., a, b, c] = offset.to_be_bytes();
    if offset < 0x8000 {
        CommandApdu::new(0, Ins::READ_BINARY, b, c).with_le(le)
    } else {
        CommandApdu::new(0, Ins::READ_BINARY_ODD, 0, 0)
            .with_data([0x54, 3, a, b, c])
            .with_le(le)
    }
}

/// [FILES-005], [CMD-010], [CMD-011]: a command as long as announced is executed, one octet more is not, and no answer is
/// longer than announced.
#[test]
fn the_limits_of_ef_atr_info_are_true() {
    let announced = DataSheet {
        extended_length: Some(ExtendedLength {
            max_command: 1_000,
            max_response: 600,
        }),
        ..DataSheet::default()
    };
    let specimen = card(LifeCycle::Operational);
    let octets = specimen.chip.memory().to_octets().unwrap().to_vec();
    let cells = applet_spec::memory::Cells::from_octets(octets);
    let mut chip = Chip::load(Box::new(cells), announced, Box::new(rng(2))).unwrap();
    assert_eq!(
        send(&mut chip, "00B0810000").1,
        test_support::unhex("47038401E07F6608020203E802020258")
    );
    let padded = |len: usize| {
        let mut command = CommandApdu::new(0, Ins::MANAGE_SECURITY_ENVIRONMENT, 0xC1, 0xA4)
            .with_data(vec![0; len - 7])
            .extended();
        command.le = None;
        let bytes = command.to_bytes().unwrap();
        assert_eq!(bytes.len(), len);
        bytes
    };
    assert_eq!(chip.execute(&padded(1_000)), [0x6A, 0x80]);
    assert_eq!(chip.execute(&padded(1_001)), [0x67, 0x00]);
    let mut channel = by_bac(&mut chip, Limits::EXTENDED);
    let answer = read(&mut channel, 0x82, 0, 65_536);
    // 600 − 2 for the status word − 14 for objects 99 and 8E, − 4 of object 87, whole blocks of 8, one octet of padding.
    assert_eq!((answer.sw.0, answer.data.len()), (0x9000, 575));
}

/// [CMD-022], [CMD-036]: parts of a chain that nothing completes are a command, too.
#[test]
fn a_part_of_a_chain_ends_a_run() {
    const PART: &str = "10A4040C07A0000002471001";
    const PROOF: &str = "0082000028";
    let mut chip = card(LifeCycle::Operational).chip;
    assert_eq!(sw(&mut chip, "00A4040C07A0000002471001"), 0x9000);
    let proof = format!("{PROOF}{}28", "00".repeat(40));
    for (between, word) in [(None, 0x6300), (Some(PART), 0x6985)] {
        assert_eq!(sw(&mut chip, "0084000008"), 0x9000);
        if let Some(part) = between {
            assert_eq!(sw(&mut chip, part), 0x9000);
        }
        assert_eq!(sw(&mut chip, &proof), word, "{between:?}");
    }

    let set_at = "0022C1A412800A04007F0007020204020283010284010C";
    let mut card = full_card();
    for (between, word) in [(None, 0x6A80), (Some(PART), 0x6985)] {
        assert_eq!(sw(&mut card.chip, set_at), 0x9000);
        assert_eq!(sw(&mut card.chip, "10860000027C0000"), 0x9000);
        if let Some(part) = between {
            assert_eq!(sw(&mut card.chip, part), 0x9000);
        }
        let mapping = "10860000047C02810000";
        assert_eq!(sw(&mut card.chip, mapping), word, "{between:?}");
    }
}

/// [CMD-016], [CMD-017]: an answer in parts under secure messaging, fetched with either class; the session goes on.
#[test]
fn get_response_belongs_to_its_command() {
    for class in ["00", "0C"] {
        let mut specimen = card(LifeCycle::Operational);
        let mut session = {
            let mut wire = Wire::short(&mut specimen.chip);
            assert_eq!(sw(&mut wire.chip, "00A4040C07A0000002471001"), 0x9000);
            let mrz = Password::mrz_digest(&mrz_seed()).unwrap();
            let keys = AccessKeys::derive(&mrz).unwrap();
            let keys = bac::terminal::establish(&mut wire, &keys, &mut rng(1)).unwrap();
            TerminalSession::new(keys)
        };
        let chip = &mut specimen.chip;
        let sign = CommandApdu::new(0, Ins::INTERNAL_AUTHENTICATE, 0, 0)
            .with_data([7; 8])
            .with_le(Le::SHORT_MAX);
        let exchange = session.protect(&sign).unwrap();
        let mut answer =
            ResponseApdu::parse(&chip.execute(&exchange.command().to_bytes().unwrap())).unwrap();
        assert_eq!((answer.data.len(), answer.sw.sw1()), (256, 0x61));
        let left = answer.sw.remaining().unwrap();
        let (word, first) = send(chip, &format!("{class}C0000005"));
        assert_eq!((word, first.len()), (0x6100 + left as u16 - 5, 5));
        let (word, rest) = send(chip, &format!("{class}C0000000"));
        assert_eq!((word, rest.len()), (0x9000, left - 5));
        answer.data.extend(first);
        answer.data.extend(rest);
        answer.sw = iso7816::StatusWord::OK;
        assert_eq!(exchange.accept(&answer).unwrap().data.len(), 256);
        let again = CommandApdu::new(0, Ins::READ_BINARY, 0x9E, 0).with_le(Le::new(1).unwrap());
        let exchange = session.protect(&again).unwrap();
        let octets = chip.execute(&exchange.command().to_bytes().unwrap());
        let answer = exchange
            .accept(&ResponseApdu::parse(&octets).unwrap())
            .unwrap();
        assert_eq!(answer.data, [0x60]);
    }
}

/// [CMD-018]: another command makes the rest unobtainable.
#[test]
fn the_rest_of_an_answer_is_forgotten() {
    let mut specimen = card(LifeCycle::Open);
    let chip = &mut specimen.chip;
    crate::host::select(chip);
    let (word, part) = send(chip, "80F2000010");
    assert_eq!((word & 0xFF00, part.len()), (0x6100, 16));
    assert_eq!(sw(chip, "00A4040C07F0504552534F01"), 0x9000);
    assert_eq!(sw(chip, "00C0000000"), 0x6985);
    let (word, _) = send(chip, "80F2000010");
    assert_eq!(word & 0xFF00, 0x6100);
    assert_eq!(sw(chip, "00C0000100"), 0x6A86);
    assert_eq!(sw(chip, "00C0000000"), 0x6985);
}

/// [CMD-050], [CMD-052]
#[test]
fn active_authentication_by_rsa_and_ecdsa() {
    let mut specimen = card(LifeCycle::Operational);
    let key = specimen.signer.clone().unwrap();
    for limits in [Limits::EXTENDED, Limits::SHORT] {
        let mut channel = by_bac(&mut specimen.chip, limits);
        active_authentication::terminal::authenticate(&mut channel, &key, None, &mut rng(3))
            .unwrap();
        specimen.chip.reset();
    }

    for (curve, hash) in [
        (Curve::P256, HashAlgorithm::Sha256),
        (Curve::BrainpoolP384r1, HashAlgorithm::Sha384),
    ] {
        let mut specimen = card(LifeCycle::Initialised);
        let mut data = vec![0x80, 1, curve.standardized_id()];
        let oid = hash.oid();
        data.extend(iso7816::tlv::encode(
            iso7816::tlv::Tag::new(6),
            oid.as_bytes(),
        ));
        let mut host = Host::open(&mut specimen.chip, &specimen.keys.personalisation);
        let answer = host.generate(0xA4, &data);
        let point = crypto::EcPoint::from_bytes(curve, &public_key_part(&answer, 0x86)).unwrap();
        finish(&mut specimen);
        let mut channel = by_bac(&mut specimen.chip, Limits::SHORT);
        let key = PublicKey::Ec(point);
        active_authentication::terminal::authenticate(&mut channel, &key, Some(hash), &mut rng(3))
            .unwrap();
    }
}

/// [ACCESS-016]: a key alone is no offer; the job has to name EF.DG15.
#[test]
fn a_signing_key_without_dg15_does_not_sign() {
    let mut specimen = card(LifeCycle::Initialised);
    specimen.files.retain(|(file, _)| *file != lds::File::Dg15);
    let entries = specimen.order.manifest.chunks(39);
    specimen.order.manifest = entries
        .filter(|entry| entry[..3] != [0x01, 0x01, 0x0F])
        .flatten()
        .copied()
        .collect();
    finish(&mut specimen);
    let mut channel = by_bac(&mut specimen.chip, Limits::SHORT);
    let sign = CommandApdu::new(0, Ins::INTERNAL_AUTHENTICATE, 0, 0)
        .with_data([7; 8])
        .with_le(Le::SHORT_MAX);
    assert_eq!(channel.transmit(&sign).unwrap().sw.0, 0x6D00);
}

/// From INITIALISED to WRITTEN with the order of the specimen.
fn finish(specimen: &mut Specimen) {
    let keys = KeyRing::of(SERIAL);
    let mut host = Host::open(&mut specimen.chip, &keys.personalisation);
    let job = specimen.order.octets(keys.personalisation.dek());
    assert_eq!(host.open_job(&job), 0x9000);
    for (file, content) in &specimen.files {
        host.write_all(*file, content);
    }
    assert_eq!(host.commit(&UUID).sw.0, 0x9000);
}

/// [CMD-040], [CMD-041]: triple DES by MSE:Set KAT, all sizes of AES by MSE:Set AT.
#[test]
fn chip_authentication_with_every_cipher() {
    for cipher in Cipher::ALL {
        let mut specimen = card(LifeCycle::Initialised);
        let protocol = ChipAuthenticationProtocol {
            agreement: KeyAgreement::Ecdh,
            cipher,
        };
        let info = |info: &SecurityInfo| !matches!(info, SecurityInfo::ChipAuthentication(_));
        let mut infos: Vec<SecurityInfo> = offered(&[]).into_iter().filter(info).collect();
        infos.push(SecurityInfo::ChipAuthentication(
            ChipAuthenticationInfo::new(protocol, None),
        ));
        specimen.order.security_infos = SecurityInfos::new(infos.clone()).to_der();
        let known = specimen.knowledge.security_infos.iter();
        infos.extend(
            known
                .filter(|i| matches!(i, SecurityInfo::ChipAuthenticationPublicKey(_)))
                .cloned(),
        );
        finish(&mut specimen);
        let selection = chip_authentication::Selection::strongest(&SecurityInfos::new(infos))
            .unwrap()
            .unwrap();
        let mut channel = by_bac(&mut specimen.chip, Limits::SHORT);
        let agreed =
            chip_authentication::terminal::agree(&mut channel, &selection, &mut rng(5)).unwrap();
        channel.rekey(agreed.keys);
        let answer = read(&mut channel, 0x9E, 0, 1);
        assert_eq!(
            (answer.sw.0, &answer.data[..]),
            (0x9000, &[0x60][..]),
            "{cipher:?}"
        );
    }
}

/// [CMD-044], [CMD-042]: two keys serve triple DES.
#[test]
fn several_keys_need_their_id() {
    let mut card = full_card();
    let mut line = by_bac(&mut card.chip, DataSheet::default().limits());
    let PublicKey::Ec(point) = State::new().cvca.key.public() else {
        panic!("a point")
    };
    let key = tlv::encode(Tag::new(0x91), point.as_bytes());
    for (key_id, word) in [
        (None, 0x6A80),
        (Some(99), 0x6A88),
        (Some(GROUP_KEY), 0x6A80),
        (Some(MAPPING_KEY), 0x6A88),
        (Some(CURVE_KEY), 0x9000),
    ] {
        let id = key_id.map(|id| tlv::encode(Tag::new(0x84), &[id]));
        let data = [key.clone(), id.unwrap_or_default()].concat();
        let set = CommandApdu::new(0, Ins::MANAGE_SECURITY_ENVIRONMENT, 0x41, 0xA6).with_data(data);
        assert_eq!(line.transmit(&set).unwrap().sw.0, word, "{key_id:?}");
    }
}

fn pace_info(cipher: Cipher, curve: Curve) -> PaceInfo {
    let protocol = PaceProtocol::new(PaceMapping::GenericMapping, KeyAgreement::Ecdh, cipher);
    PaceInfo::new(protocol.unwrap(), curve.standardized_id())
}

/// [CMD-030], [CMD-032], [ACCESS-010]: several PACEInfos, several curves for one of them.
#[test]
fn pace_with_every_info_of_the_job() {
    let infos: Vec<PaceInfo> = Cipher::ALL
        .into_iter()
        .map(|cipher| pace_info(cipher, Curve::P256))
        .chain([
            pace_info(Cipher::Aes128, Curve::BrainpoolP384r1),
            pace_info(Cipher::Aes256, Curve::P521),
        ])
        .collect();
    let mut specimen = card(LifeCycle::Initialised);
    let of_job = infos.iter().copied().map(SecurityInfo::Pace);
    specimen.order.security_infos = SecurityInfos::new(of_job).to_der();
    finish(&mut specimen);
    for info in &infos {
        for password in [password(), Password::mrz_digest(&mrz_seed()).unwrap()] {
            specimen.chip.reset();
            let mut wire = Wire::short(&mut specimen.chip);
            let established =
                pace::terminal::establish(&mut wire, info, &password, None, &mut rng(6)).unwrap();
            let mut channel = SecureChannel::new(wire, established.keys);
            assert_eq!(read(&mut channel, 0x9D, 0, 1).data, [0x30], "{info:?}");
        }
    }
    specimen.chip.reset();
    for (command, word) in [
        ("0022C1A40F800A04007F00070202040202830102", 0x6A80),
        ("0022C1A412800A04007F0007020204020283010284010C", 0x9000),
        ("0022C1A412800A04007F00070202040202830102840110", 0x9000),
        ("0022C1A412800A04007F00070202040202830102840112", 0x6A88),
        ("0022C1A40F800A04007F00070202040203830102", 0x9000),
        ("0022C1A412800A04007F0007020204020383010284010C", 0x9000),
    ] {
        assert_eq!(sw(&mut specimen.chip, command), word, "{command}");
    }
}
