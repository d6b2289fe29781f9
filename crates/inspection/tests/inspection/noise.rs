//! Chips that say anything at all.

use inspection::Data;
use inspection::Outcome::Successful;
use iso7816::{CommandApdu, ResponseApdu, StatusWord};
use rand::rngs::StdRng;
use rand::{Rng as _, RngExt as _, SeedableRng as _};

use crate::border::{Border, Card};
use crate::hostile::{Liar, inspect_open};
use crate::office::{Kind, PASSPORT};

#[test]
fn noise() {
    let card = Card::of(PASSPORT, Kind::Extended);
    let borders = [Border::with_mrz(&card), Border::with_bac(&card)];
    let words = [
        0x9000, 0x9000, 0x9000, 0x6110, 0x6C10, 0x6700, 0x6A82, 0x6282, 0x6982, 0x6F00,
    ];
    let mut most = 0;
    for seed in 0..1_500u64 {
        let mut dice = StdRng::seed_from_u64(seed);
        let rule = move |_: &CommandApdu| {
            let mut data = vec![0; dice.random_range(0..40)];
            dice.fill_bytes(&mut data);
            ResponseApdu::new(data, StatusWord(words[dice.random_range(0..words.len())]))
        };
        let mut liar = Liar::new(rule);
        let report = match seed % 3 {
            2 => inspect_open(&mut liar, &card.trust()),
            way => borders[usize::try_from(way).unwrap()].inspect(&mut liar),
        };
        assert_ne!(report.overall(), Successful);
        assert!(matches!(report.data, Data::Unverified(_)));
        most = most.max(liar.commands);
    }
    println!("noise: at most {most} commands");
}
