//! Signatures of active authentication of which less comes than there should be: cut by a chip for want of room, or never made;
//! and what is said where one proof stays open beside another.

use inspection::Outcome::{self, Failed, Successful, Undetermined};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Limits, ResponseApdu, StatusWord};
use lds::File;

use super::cards::{Made, Taped};
use super::cases::{ActiveKey, Base};
use crate::border::{Border, Card, outcome, table};

/// A chip without access control whose signatures come short, as long as this; commands of extended length it refuses.
struct Short {
    chip: Taped,
    len: usize,
}

impl Channel for Short {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        if command.ins != Ins::INTERNAL_AUTHENTICATE {
            return self.chip.transmit(command);
        }
        if command.is_extended() {
            return Ok(ResponseApdu::from_sw(StatusWord::WRONG_LENGTH));
        }
        Ok(ResponseApdu::new(vec![0x5A; self.len], StatusWord::OK))
    }

    fn limits(&self) -> Limits {
        self.chip.limits()
    }
}

/// What active authentication and the authenticity of the chip find.
fn check(base: Base, card: &Card, len: usize, expected: Outcome) {
    let quirks = ["Q014".parse().unwrap()].into();
    let chip = Made::with(base, quirks).power_on();
    let report = Border::with_mrz(card).inspect(&mut Short { chip, len });
    let found = ["active-authentication", "chip-authenticity"].map(|id| outcome(&report, id));
    let what = format!("{base:?}, {len} octets\n{}", table(&report));
    assert_eq!(found, [expected; 2], "{what}");
    assert_ne!(report.overall(), Successful, "{what}");
}

/// `9000` and anything, or nothing at all, is said without a key.
#[test]
fn a_short_answer_is_no_signature() {
    let [ecdsa, rsa] = [ActiveKey::Ecdsa, ActiveKey::Rsa].map(Base::First);
    let (of_curve, of_rsa) = (ecdsa.card(), rsa.card());
    for len in [0, 10, 63] {
        check(ecdsa, &of_curve, len, Failed);
    }
    for len in [0, 10, 222] {
        check(rsa, &of_rsa, len, Failed);
    }
    for len in [223, 231] {
        check(rsa, &of_rsa, len, Undetermined);
    }
}

/// A chip that refuses extended length to the signature, and to nothing else.
struct WithoutRoom(Taped);

impl Channel for WithoutRoom {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        if command.ins == Ins::INTERNAL_AUTHENTICATE && command.is_extended() {
            return Ok(ResponseApdu::from_sw(StatusWord::WRONG_LENGTH));
        }
        self.0.transmit(command)
    }

    fn limits(&self) -> Limits {
        self.0.limits()
    }
}

/// A chip that has proven one key and left the other open, where the terminal had room: nobody says whether it is the issuer's.
fn check_left_open<C: Channel>(around: impl FnOnce(Taped) -> C) {
    let base = Base::Citizen;
    let chip = Made::with(base, ["Q011".parse().unwrap()].into()).power_on();
    let report = Border::with_mrz(&base.card()).inspect(&mut around(chip));
    let found = [
        "chip-authentication",
        "active-authentication",
        "chip-authenticity",
    ]
    .map(|id| outcome(&report, id));
    let expected = [Successful, Undetermined, Undetermined];
    assert_eq!(found, expected, "{}", table(&report));
    assert_eq!(report.overall(), Undetermined);
}

/// A copy that has the key of chip authentication would choose to leave active authentication open, not to fail it.
#[test]
fn a_proof_that_the_chip_leaves_open_is_not_made_up_for() {
    check_left_open(WithoutRoom);
}

/// A chip that says nothing of its buffers: what it takes is asked for in plain, and nobody has signed it.
struct Reticent(Taped);

impl Channel for Reticent {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let asks_for_limits = command.cla == 0x00
            && command.ins == Ins::READ_BINARY
            && command.p1 == File::AtrInfo.sfi().as_p1();
        if asks_for_limits {
            return Ok(ResponseApdu::from_sw(StatusWord::FILE_NOT_FOUND));
        }
        self.0.transmit(command)
    }

    fn limits(&self) -> Limits {
        self.0.limits()
    }
}

/// The reader has room, whatever the chip says of itself.
#[test]
fn a_chip_that_speaks_of_no_room_leaves_its_proof_open_all_the_same() {
    check_left_open(Reticent);
}

/// Where the terminal has no room for a signature one proof is enough, and whoever relies on it is told of the other.
#[test]
fn a_proof_that_stays_open_stands_beside_the_claim() {
    for (base, quirk, extended_length, open) in [
        (Base::Citizen, "Q011", false, Some("active-authentication")),
        (Base::Citizen, "Q011", true, None),
        (Base::Passport, "Q010", true, None),
    ] {
        let mut chip = Made::with(base, [quirk.parse().unwrap()].into()).power_on();
        let border = Border {
            extended_length,
            ..Border::with_mrz(&base.card())
        };
        let report = border.inspect(&mut chip);
        let what = format!("{quirk}\n{}", table(&report));
        assert_eq!(report.overall(), Successful, "{what}");
        assert_eq!(outcome(&report, "chip-authenticity"), Successful, "{what}");
        let remarks = report.verdict().remarks;
        let proofs = [
            "chip-authentication-mapping",
            "chip-authentication",
            "active-authentication",
        ];
        let found = remarks.iter().find(|remark| proofs.contains(&remark.id));
        assert_eq!(found.map(|remark| remark.id), open, "{what}");
    }
}
