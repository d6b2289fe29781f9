//! Steps in the wrong order, with the wrong keys, on the wrong chip.

use applet_spec::LifeCycle;
use iso7816::{Channel, Ins, StatusWord};
use perso::applet::LifeCycle as Reported;
use perso::{Error, RegisterError};
use uuid::Uuid;

use crate::office::{CITIZEN_CARD, JOB, Keys, Kind, Office, PASSPORT, SERIAL, Socket};

const OTHER_JOB: Uuid = Uuid::from_u128(9);

fn refused_by_channel(error: &Error, command: Ins, sw: StatusWord) {
    let expected = globalplatform::Error::CardRefused { command, sw };
    assert!(
        matches!(error, Error::SecureChannel(found) if *found == expected),
        "{error}"
    );
}

fn tries_left(socket: &Socket) -> Vec<(u8, u8)> {
    let status = perso::personalise::identify(&mut socket.power_on()).unwrap();
    let sets = status.key_sets.iter();
    sets.map(|set| (set.version, set.tries_left)).collect()
}

#[test]
fn nothing_is_prepared_or_written_before_initialisation() {
    let mut office = Office::of(PASSPORT);
    let (_, prepared) = office.prepared(Kind::Short);
    let image = office.issue(&prepared, JOB).unwrap();
    let socket = office.manufacture(SERIAL, Kind::Short);
    let before = socket.octets();
    let no_such_key = StatusWord::REFERENCED_DATA_NOT_FOUND;
    for error in [
        office.prepare(&mut socket.power_on()).unwrap_err(),
        office.write(&mut socket.power_on(), &image).unwrap_err(),
    ] {
        refused_by_channel(&error, Ins::INITIALIZE_UPDATE, no_such_key);
    }
    let error = office.lock(&mut socket.power_on(), &image).unwrap_err();
    assert!(matches!(
        error,
        Error::WrongState {
            found: Reported::Manufactured,
            wanted: Reported::Written,
            ..
        }
    ));
    assert!(socket.octets() == before);
}

#[test]
fn nothing_is_locked_before_it_is_written() {
    let mut office = Office::of(PASSPORT);
    let (socket, prepared) = office.prepared(Kind::Short);
    let image = office.issue(&prepared, JOB).unwrap();
    let error = office.lock(&mut socket.power_on(), &image).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the chip is INITIALISED, LOCK needs it to be WRITTEN"
    );
}

#[test]
fn a_card_in_the_field_is_not_locked_again() {
    let mut office = Office::of(PASSPORT);
    let (socket, image) = office.card(Kind::Short);
    let before = socket.octets();
    let error = office.lock(&mut socket.power_on(), &image).unwrap_err();
    let not_found = StatusWord::FILE_NOT_FOUND;
    assert!(matches!(error, Error::CardRefused { sw, .. } if sw == not_found));
    assert!(socket.octets() == before);
}

#[test]
fn who_writes_does_not_lock_and_who_locks_does_not_write() {
    let mut office = Office::of(PASSPORT);
    let (socket, image) = office.written(Kind::Short);
    let Office { keys, rng, .. } = &mut office;
    let error =
        perso::lock(&mut socket.power_on(), &keys.personalisation, &image, rng).unwrap_err();
    let not_your_role = StatusWord::SECURITY_STATUS_NOT_SATISFIED;
    assert!(matches!(error, Error::CardRefused { step: "LOCK", sw } if sw == not_your_role));
    assert_eq!(socket.memory().life_cycle(), LifeCycle::Written);

    let (socket, prepared) = office.prepared(Kind::Short);
    let Office { keys, rng, .. } = &mut office;
    let line = &mut socket.power_on();
    let error = perso::write_job(line, &keys.quality, &image, rng, &mut |_| {}).unwrap_err();
    // The first command of a job is the question for its keys, which is the writing role's.
    assert!(
        matches!(error, Error::CardRefused { step: "GENERATE KEYS", sw } if sw == not_your_role)
    );
    let requests: Vec<_> = prepared.keys.iter().map(|key| key.request).collect();
    let error = perso::prepare(line, &keys.quality, &requests, rng, &mut |_| {}).unwrap_err();
    assert!(matches!(error, Error::CardRefused { sw, .. } if sw == not_your_role));
    assert_eq!(socket.memory().life_cycle(), LifeCycle::Initialised);
}

#[test]
fn the_transport_keys_are_gone_after_initialisation() {
    let mut office = Office::of(PASSPORT);
    let (socket, image) = office.written(Kind::Short);
    let Office { keys, rng, .. } = &mut office;
    let line = &mut socket.power_on();
    for error in [
        perso::lock(line, &keys.transport, &image, rng).unwrap_err(),
        perso::void(line, &keys.transport, rng).unwrap_err(),
    ] {
        let gone = StatusWord::REFERENCED_DATA_NOT_FOUND;
        refused_by_channel(&error, Ins::INITIALIZE_UPDATE, gone);
    }
}

#[test]
fn a_job_goes_into_its_chip_only() {
    let mut office = Office::of(PASSPORT);
    let (_, prepared) = office.prepared(Kind::Short);
    let image = office.issue(&prepared, JOB).unwrap();
    let other = office.manufacture(b"SPECIMEN-TEST-02", Kind::Short);
    office.initialise(&mut other.power_on()).unwrap();
    let before = other.octets();
    let error = office.write(&mut other.power_on(), &image).unwrap_err();
    assert!(matches!(error, Error::OtherChip { .. }), "{error}");
    assert!(other.octets() == before, "not even a channel was opened");
}

/// Keys of another kind in the same place would be the end of a job that names those which are there.
#[test]
fn a_chip_is_prepared_for_one_profile_only() {
    let mut office = Office::of(PASSPORT);
    let (socket, prepared) = office.prepared(Kind::Short);
    let image = office.issue(&prepared, JOB).unwrap();
    let passport = std::mem::replace(&mut office.offers, Office::of(CITIZEN_CARD).offers);
    let error = office.prepare(&mut socket.power_on()).unwrap_err();
    assert!(
        matches!(
            error,
            Error::OtherProfile {
                purpose: "chip authentication"
            }
        ),
        "{error}"
    );
    office.offers = passport;
    let again = office.prepare(&mut socket.power_on()).unwrap();
    let publics = |chip: &perso::PreparedChip| -> Vec<_> {
        chip.keys.iter().map(|key| key.public.clone()).collect()
    };
    assert_eq!(publics(&prepared), publics(&again));
    office.write(&mut socket.power_on(), &image).unwrap();
}

/// A card with files about keys that it does not have cannot be finished, so it is not begun.
#[test]
fn a_job_for_keys_that_the_chip_does_not_have() {
    for (named, purpose) in [(0, "chip authentication"), (1, "active authentication")] {
        let mut office = Office::of(PASSPORT);
        let (socket, prepared) = office.prepared(Kind::Short);
        let other = office.manufacture(b"SPECIMEN-TEST-02", Kind::Short);
        office.initialise(&mut other.power_on()).unwrap();
        let mut before = prepared.clone();
        let others = office.prepare(&mut other.power_on()).unwrap();
        before.keys[named] = others.keys[named].clone();
        assert_ne!(prepared, before);
        let image = office.issue(&before, JOB).unwrap();
        let error = office.write(&mut socket.power_on(), &image).unwrap_err();
        assert!(
            matches!(error, Error::OtherKey { purpose: found } if found == purpose),
            "{error}"
        );
        let status = perso::personalise::identify(&mut socket.power_on()).unwrap();
        assert_eq!(status.state, Reported::Initialised, "no job is open");
    }
}

#[test]
fn a_chip_takes_one_job_only() {
    let mut office = Office::of(PASSPORT);
    let (socket, prepared) = office.prepared(Kind::Short);
    let first = office.issue(&prepared, JOB).unwrap();
    let start = socket.octets();
    let mut register = perso::MemoryRegister::default();
    std::mem::swap(&mut office.register, &mut register);
    let second = office.issue(&prepared, OTHER_JOB).unwrap();
    let error = office.issue(&prepared, JOB).unwrap_err();
    assert!(
        matches!(error, Error::Register(RegisterError::DocumentNumberUsed(job)) if job == OTHER_JOB)
    );

    let opened = open_and_tear(&mut office, &start, &first);
    for socket in [opened, written(&mut office, &start, &first)] {
        let before = socket.memory().life_cycle();
        let error = office.write(&mut socket.power_on(), &second).unwrap_err();
        assert!(
            matches!(error, Error::OtherJob { found, wanted } if (found, wanted) == (JOB, OTHER_JOB)),
            "{error}"
        );
        assert_eq!(socket.memory().life_cycle(), before);
        office.write(&mut socket.power_on(), &first).unwrap();
    }
}

/// One job may be built twice, because signatures are random. The chip takes one of the two.
#[test]
fn the_same_job_with_other_content_is_refused() {
    let mut office = Office::of(PASSPORT);
    let (socket, prepared) = office.prepared(Kind::Short);
    let first = office.issue(&prepared, JOB).unwrap();
    let second = office.issue(&prepared, JOB).unwrap();
    assert_ne!(first.manifest().hash(), second.manifest().hash());
    let start = socket.octets();
    let socket = open_and_tear(&mut office, &start, &first);
    let error = office.write(&mut socket.power_on(), &second).unwrap_err();
    assert!(
        matches!(error, Error::CardRefused { step: "OPEN JOB", sw } if sw == StatusWord::WRONG_DATA),
        "{error}"
    );
    office.write(&mut socket.power_on(), &first).unwrap();
    let error = office.write(&mut socket.power_on(), &second).unwrap_err();
    assert!(
        matches!(error, Error::CardMisbehaved("a receipt does not verify")),
        "{error}"
    );
    let error = office.lock(&mut socket.power_on(), &second).unwrap_err();
    assert!(
        matches!(error, Error::CardRefused { step: "LOCK", sw } if sw == StatusWord::WRONG_DATA)
    );
}

fn written(office: &mut Office, start: &[u8], image: &perso::CardImage) -> Socket {
    let socket = Socket::from_octets(start, Kind::Short);
    office.write(&mut socket.power_on(), image).unwrap();
    socket
}

/// A chip whose card was pulled in the middle of writing.
fn open_and_tear(office: &mut Office, start: &[u8], image: &perso::CardImage) -> Socket {
    let socket = Socket::from_octets(start, Kind::Short);
    let plan = transport::FaultPlan::new().at(15, transport::Fault::LoseBefore);
    let mut line = transport::FaultChannel::new(socket.power_on(), plan);
    office.write(&mut line, image).unwrap_err();
    assert_eq!(socket.memory().life_cycle(), LifeCycle::Open);
    socket
}

/// The host notices wrong keys by the card's cryptogram and does not spend a try. Whoever does not look spends one.
#[test]
fn wrong_masters_cost_tries_only_when_they_are_shown() {
    let mut office = Office::of(PASSPORT);
    let (socket, _) = office.prepared(Kind::Short);
    let strangers = Keys::of(77);
    let rng = &mut office.rng;
    let line = &mut socket.power_on();
    let error = perso::void(line, &strangers.personalisation, rng).unwrap_err();
    assert!(
        matches!(
            error,
            Error::SecureChannel(globalplatform::Error::Untrusted(_))
        ),
        "{error}"
    );
    assert_eq!(tries_left(&socket), [(0x31, 10), (0x38, 10)]);

    for left in (0..10).rev() {
        let sw = guess(&mut socket.power_on());
        if left > 0 {
            assert_eq!(sw, StatusWord(0x6300));
            assert_eq!(tries_left(&socket), [(0x31, left), (0x38, 10)]);
        } else {
            assert_eq!(sw, StatusWord::AUTHENTICATION_BLOCKED);
        }
    }
    assert_eq!(socket.memory().life_cycle(), LifeCycle::Blocked);
    dead(&mut office, &socket, Reported::Blocked);
}

/// An attempt with cryptogram and MAC out of the air.
fn guess(line: &mut dyn Channel) -> StatusWord {
    perso::applet::select(line).unwrap();
    let update = iso7816::CommandApdu::new(0x80, Ins::INITIALIZE_UPDATE, 0x31, 0)
        .with_data([7; 16])
        .with_le(iso7816::Le::SHORT_MAX);
    assert!(line.transmit(&update).unwrap().sw.is_ok());
    let authenticate =
        iso7816::CommandApdu::new(0x84, Ins::EXTERNAL_AUTHENTICATE, 0x33, 0).with_data([7; 32]);
    line.transmit(&authenticate).unwrap().sw
}

#[test]
fn a_voided_chip_refuses_everything() {
    let mut office = Office::of(PASSPORT);
    for stage in 0..4 {
        let (socket, _) = office.prepared(Kind::Short);
        let (socket, role) = match stage {
            0 => (
                office.manufacture(SERIAL, Kind::Short),
                &office.keys.transport,
            ),
            1 => (socket, &office.keys.personalisation),
            2 => (socket, &office.keys.quality),
            _ => (
                Office::of(PASSPORT).written(Kind::Short).0,
                &office.keys.quality,
            ),
        };
        perso::void(&mut socket.power_on(), role, &mut office.rng).unwrap();
        assert_eq!(socket.memory().life_cycle(), LifeCycle::Terminated);
        dead(&mut office, &socket, Reported::Terminated);
    }
}

fn dead(office: &mut Office, socket: &Socket, state: Reported) {
    let before = socket.octets();
    let (_, image) = Office::of(PASSPORT).written(Kind::Short);
    let error = office.initialise(&mut socket.power_on()).unwrap_err();
    assert!(
        matches!(error, Error::WrongState { found, .. } if found == state),
        "{error}"
    );
    let error = office.lock(&mut socket.power_on(), &image).unwrap_err();
    assert!(
        matches!(error, Error::WrongState { found, .. } if found == state),
        "{error}"
    );
    let Office { keys, rng, .. } = office;
    let no_channel = StatusWord::CONDITIONS_NOT_SATISFIED;
    let line = &mut socket.power_on();
    for role in [&keys.transport, &keys.personalisation, &keys.quality] {
        let error = perso::void(line, role, rng).unwrap_err();
        refused_by_channel(&error, Ins::INITIALIZE_UPDATE, no_channel);
    }
    for error in [
        office.prepare(line).unwrap_err(),
        office.write(line, &image).unwrap_err(),
    ] {
        refused_by_channel(&error, Ins::INITIALIZE_UPDATE, no_channel);
    }
    assert!(socket.octets() == before);
}
