//! What must hold of any bytes that say they are certificates, and of any commands of terminal authentication.

use iso7816::tlv::{self, Tag};
use iso7816::{CommandApdu, Ins, Le};
use proptest::prelude::*;
use protocols::terminal_authentication::{Certificate, Policy, Request, TrustPoints};

use crate::authorities::{Chain, ECDSA, P256};

const BODY: Tag = Tag::new(0x7F4E);
const CERTIFICATE: Tag = Tag::new(0x7F21);

/// Pieces of certificates among arbitrary octets.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let tags = [
        "7F21",
        "7F4E",
        "5F29",
        "42",
        "7F49",
        "5F20",
        "7F4C",
        "5F25",
        "5F24",
        "65",
        "73",
        "5F37",
        "67",
        "06",
        "53",
        "81",
        "82",
        "83",
        "84",
        "85",
        "86",
        "87",
        "060A04007F00070202020203",
        "5F290100",
    ];
    let tag = proptest::sample::select(tags.to_vec()).prop_map(|tag| hex::decode(tag).unwrap());
    let piece = prop_oneof![tag, proptest::collection::vec(any::<u8>(), 0..12)];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_panics(bytes in prop_oneof![pieces(), proptest::collection::vec(any::<u8>(), 0..400)]) {
        let _ = Certificate::parse(&bytes);
        let _ = Certificate::parse(&tlv::encode(CERTIFICATE, &bytes));
        let _ = Certificate::parse(&tlv::encode(CERTIFICATE, &tlv::encode(BODY, &bytes)));
        let _ = Request::parse(&bytes);
        let _ = Request::parse(&tlv::encode(Tag::new(0x67), &bytes));
        let _ = TrustPoints::from_bytes(&bytes);
    }

    #[test]
    fn a_changed_certificate_never_panics_and_never_verifies(
        at in any::<proptest::sample::Index>(),
        piece in proptest::collection::vec(any::<u8>(), 0..6),
        cut in 0_usize..6,
    ) {
        let chain = Chain::new(ECDSA, P256);
        let bytes = chain.certificates[0].to_bytes();
        let at = at.index(bytes.len());
        let behind = bytes.get(at + cut..).unwrap_or_default();
        let changed = [&bytes[..at], &piece, behind].concat();
        if let Ok(parsed) = Certificate::parse(&changed)
            && changed != bytes
        {
            let same = parsed.to_command() == chain.certificates[0].to_command();
            prop_assert!(same || parsed.verify(&chain.cvca.public).is_err());
        }
    }

    #[test]
    fn a_chip_survives_any_command(
        commands in proptest::collection::vec(
            (0_usize..6, proptest::collection::vec(any::<u8>(), 0..60), any::<bool>()), 1..12)
    ) {
        let chain = Chain::new(ECDSA, P256);
        let mut gate = chain.gate(Policy::default());
        for (index, data, with_le) in commands {
            let (ins, p1, p2) = [
                (Ins::MANAGE_SECURITY_ENVIRONMENT, 0x81, 0xB6),
                (Ins::PERFORM_SECURITY_OPERATION, 0x00, 0xBE),
                (Ins::MANAGE_SECURITY_ENVIRONMENT, 0x81, 0xA4),
                (Ins::GET_CHALLENGE, 0, 0),
                (Ins::EXTERNAL_AUTHENTICATE, 0, 0),
                (Ins::PERFORM_SECURITY_OPERATION, 0x00, 0xAE),
            ][index];
            let command = CommandApdu::new(0, ins, p1, p2).with_data(data);
            let command = if with_le { command.with_le(Le::SHORT_MAX) } else { command };
            let _ = gate.execute(&command);
            prop_assert_eq!(gate.rights(), None);
        }
    }
}
