//! BAC, and the session it opens.

use iso7816::StatusWord;
use protocols::bac::{AccessKeys, terminal};
use protocols::secure_messaging::SecureChannel;
use protocols::{Error, Step};

use crate::card::{Card, FILE, can_password, mrz_password, other_mrz_password, read, rng};

#[test]
fn the_right_zone_opens_a_session() {
    let mut card = Card::new();
    let keys = AccessKeys::derive(&mrz_password()).unwrap();
    let session = terminal::establish(&mut card, &keys, &mut rng(1)).unwrap();
    let mut channel = SecureChannel::new(&mut card, session);
    assert_eq!(read(&mut channel).unwrap().data, FILE);
}

#[test]
fn another_zone_is_refused() {
    let mut card = Card::new();
    let keys = AccessKeys::derive(&other_mrz_password()).unwrap();
    let error = terminal::establish(&mut card, &keys, &mut rng(1)).unwrap_err();
    let refused = Error::CardRefused {
        step: Step::BacExternalAuthenticate,
        sw: StatusWord::AUTHENTICATION_FAILED,
    };
    assert_eq!(error, refused);
    assert!(error.suggests_wrong_password());
    assert!(!card.has_session());
}

#[test]
fn a_card_access_number_is_no_password_of_bac() {
    assert!(matches!(
        AccessKeys::derive(&can_password()),
        Err(Error::Misuse(_))
    ));
}
