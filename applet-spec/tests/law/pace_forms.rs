//! PACE in all its forms, as the job names them (chapter 02 §2, chapter 03 §4).

use lds::File;
use lds::security_info::{KeyAgreement, PaceMapping};
use protocols::PasswordKind;
use protocols::secure_messaging::SecureChannel;
use protocols::terminal_authentication::{Chat, Rights, Role};

use crate::full_card::{
    FullCard, MAPPING_KEY, establish, full_card, pace_info, password, read, select_application,
    wire,
};
use crate::host::sw;

/// [CMD-030], [CMD-032], [ACCESS-010], [ACCESS-012]: every PACEInfo of the job, both kinds of agreement, every mapping.
#[test]
fn every_info_opens_the_card() {
    let mut card = full_card();
    let infos: Vec<_> = card.infos.pace().copied().collect();
    assert_eq!(infos.len(), 6);
    let kinds = [PasswordKind::Mrz, PasswordKind::Can, PasswordKind::Pin];
    for (info, kind) in infos.iter().zip(kinds.into_iter().cycle()) {
        let mut line = wire(&mut card.chip);
        let established = establish(&mut line, info, &password(kind), None).unwrap();
        let mut line = SecureChannel::new(line, established.keys);
        assert_eq!(read(&mut line, File::CardSecurity).data[0], 0x30);
        select_application(&mut line);
        assert_eq!(read(&mut line, File::Dg1).data[0], 0x61, "{info:?}");
    }
}

/// [ACCESS-020]: the mapping proves the key that EF.CardSecurity would name, and no other.
#[test]
fn chip_authentication_mapping_proves_its_key() {
    let mut card = full_card();
    let info = pace_info(
        &card.infos,
        PaceMapping::ChipAuthenticationMapping,
        KeyAgreement::Ecdh,
    );
    let can = password(PasswordKind::Can);
    let established = establish(&mut wire(&mut card.chip), &info, &can, None).unwrap();
    let proof = established.mapping_proof.unwrap();
    for key in card.infos.chip_authentication_public_keys() {
        let is_it = key.key_id == Some(MAPPING_KEY.into());
        let key = key.agreement_key().unwrap();
        assert_eq!(proof.check(&key).is_ok(), is_it, "{key:?}");
    }
}

/// [CMD-038]: trust points are told to a terminal that says what it is.
#[test]
fn trust_points_are_told_on_request() {
    let mut card = full_card();
    let chat = Chat::inspection_system(Role::Terminal, Rights::ALL);
    let mut told = |mapping, chat| {
        let info = pace_info(&card.infos, mapping, KeyAgreement::Ecdh);
        let can = password(PasswordKind::Can);
        let established = establish(&mut wire(&mut card.chip), &info, &can, chat).unwrap();
        let proved = established.mapping_proof.is_some();
        let names: Vec<String> = established
            .certification_authorities
            .iter()
            .map(|name| String::from_utf8(name.as_bytes().to_vec()).unwrap())
            .collect();
        (names, proved)
    };
    let known = vec!["UTTESTCVCAUT001".to_owned()];
    let (gm, cam) = (
        PaceMapping::GenericMapping,
        PaceMapping::ChipAuthenticationMapping,
    );
    assert_eq!(told(gm, None), (Vec::new(), false));
    assert_eq!(told(gm, Some(&chat)), (known.clone(), false));
    assert_eq!(told(cam, Some(&chat)), (known, true));
}

/// [CMD-031], [CMD-032], [CMD-034], [CMD-033]: MSE:Set AT and the mapping of each kind.
#[test]
fn what_is_refused() {
    let FullCard { mut chip, .. } = full_card();
    for (command, word) in [
        // Generic mapping over two curves: the parameter id is needed.
        ("0022C1A40F800A04007F00070202040202830102", 0x6A80),
        ("0022C1A412800A04007F0007020204020283010284010D", 0x9000),
        ("0022C1A412800A04007F00070202040202830102840110", 0x6A88),
        // Integrated mapping of groups: one set.
        ("0022C1A40F800A04007F00070202040302830103", 0x9000),
        ("0022C1A40F800A04007F00070202040302830105", 0x6A88),
        // AES-256 of it is not the job's.
        ("0022C1A40F800A04007F00070202040304830102", 0x6A80),
    ] {
        assert_eq!(sw(&mut chip, command), word, "{command}");
    }
    // The number 1 is of no group's order; the nonce t has sixteen octets, not fifteen.
    for (set, mapping) in [
        (
            "0022C1A40F800A04007F00070202040101830102",
            "10860000057C0381010100".to_owned(),
        ),
        (
            "0022C1A40F800A04007F00070202040302830102",
            format!("10860000137C11810F{}00", "5A".repeat(15)),
        ),
    ] {
        assert_eq!(sw(&mut chip, set), 0x9000, "{set}");
        assert_eq!(sw(&mut chip, "10860000027C0000"), 0x9000);
        assert_eq!(sw(&mut chip, &mapping), 0x6A80, "{mapping}");
        assert_eq!(sw(&mut chip, &mapping), 0x6985, "the run is over");
    }
}
