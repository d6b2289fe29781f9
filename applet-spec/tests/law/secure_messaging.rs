//! Chapter 04, where cases cannot reach: the end of the counter.

use std::convert::Infallible;

use applet_spec::memory::Cells;
use applet_spec::{Chip, DataSheet, LifeCycle};
use crypto::CryptoRng;
use iso7816::{Chip as _, CommandApdu, Ins, Le, ResponseApdu};
use protocols::bac::AccessKeys;
use protocols::secure_messaging::TerminalSession;
use protocols::{Password, bac};
use rand::{TryCryptoRng, TryRng};

use crate::host::{Wire, sw};
use crate::specimen::{card, mrz_seed};

/// A generator that always gives the same octet: here it brings the counter of triple DES to its end.
struct Constant(u8);

impl TryRng for Constant {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes([self.0; 4]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes([self.0; 8]))
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), Infallible> {
        octets.fill(self.0);
        Ok(())
    }
}

impl TryCryptoRng for Constant {}

fn session(chip: &mut Chip, terminal: &mut dyn CryptoRng) -> TerminalSession {
    let mut wire = Wire::short(chip);
    assert_eq!(sw(&mut wire.chip, "00A4040C07A0000002471001"), 0x9000);
    let mrz = Password::mrz_digest(&mrz_seed()).unwrap();
    let keys = AccessKeys::derive(&mrz).unwrap();
    TerminalSession::new(bac::terminal::establish(&mut wire, &keys, terminal).unwrap())
}

fn chip_with(octet: u8) -> Chip {
    let octets = card(LifeCycle::Operational)
        .chip
        .memory()
        .to_octets()
        .unwrap();
    let cells = Box::new(Cells::from_octets(octets.to_vec()));
    Chip::load(cells, DataSheet::default(), Box::new(Constant(octet))).unwrap()
}

/// [SM-014], [SM-002]: the counter begins at RND.IC ‖ RND.IFD; at FF…FF no command counts any more.
#[test]
fn the_counter_does_not_come_round() {
    let mut chip = chip_with(0xFF);
    let mut terminal = session(&mut chip, &mut Constant(0xFF));
    let read = CommandApdu::new(0, Ins::READ_BINARY, 0x9E, 0).with_le(Le::new(1).unwrap());
    assert!(terminal.protect(&read).is_err(), "the terminal sees it too");
    let protected = "0CB09E000D9701018E08000000000000000000";
    assert_eq!(sw(&mut chip, protected), 0x6988);
    assert_eq!(sw(&mut chip, protected), 0x6988);

    // With another nonce of the terminal the counter is far from its end.
    let mut chip = chip_with(0xFF);
    let mut terminal = session(&mut chip, &mut Constant(0x00));
    let exchange = terminal.protect(&read).unwrap();
    let octets = chip.execute(&exchange.command().to_bytes().unwrap());
    let answer = exchange
        .accept(&ResponseApdu::parse(&octets).unwrap())
        .unwrap();
    assert_eq!(answer.data, [0x60]);
}
