//! Chips that offer other protocols than a profile does: each is made and opened in every way it offers, or refused before
//! anything is generated, entered or written.

use crypto::{AgreementDomain, Cipher, Curve, DhGroup, HashAlgorithm, PrivateKey};
use enrolment::profile::{
    ActiveAuthenticationKey, Chip, ChipAuthenticationKey, CountedNumber, PaceOffer,
};
use iso7816::{Channel, ChannelError, CommandApdu, Ins, Limits, ResponseApdu};
use lds::security_info::PaceMapping::{
    self, ChipAuthenticationMapping, GenericMapping, IntegratedMapping,
};
use lds::{Dg14, EfCardAccess, File, FileContent as _};
use perso::applet::{LawVersion, Need};
use perso::content_gate::Finding;
use perso::{CardImage, CountedPassword, Error, HolderPin, Order};
use protocols::terminal_authentication::{
    Certificate, CertificateBody, Chat, CvPublicKey, Date, HolderReference, InMemory, Period,
    Rights, Role, SignatureScheme, VerificationKey,
};
use protocols::{Password, pace};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::office::{JOB, Kind, NOW, Office, PASSPORT, SERIAL, Socket};

const P256: AgreementDomain = AgreementDomain::Ec(Curve::P256);
const P384: AgreementDomain = AgreementDomain::Ec(Curve::P384);
const SMALL_GROUP: AgreementDomain = AgreementDomain::Dh(DhGroup::Modp1024_160);
const GROUP: AgreementDomain = AgreementDomain::Dh(DhGroup::Modp2048_256);

const PIN: &str = "918273";
const PUK: &str = "1029384756";

const fn offer(mapping: PaceMapping, cipher: Cipher, domain: AgreementDomain) -> PaceOffer {
    PaceOffer {
        mapping,
        cipher,
        domain,
    }
}

const fn key(domain: AgreementDomain, key_id: Option<u8>) -> ChipAuthenticationKey<'static> {
    ChipAuthenticationKey {
        domain,
        ciphers: &[Cipher::Aes256, Cipher::TripleDes],
        key_id,
    }
}

const GENERIC: PaceOffer = offer(GenericMapping, Cipher::Aes256, P256);
const CHIP_AUTHENTICATION: PaceOffer = offer(ChipAuthenticationMapping, Cipher::Aes128, P256);
/// The number of P-256 in table 12 of Doc 9303-11.
const ID_OF_P256: Option<u8> = Some(12);

/// Generic mapping, one key, nothing else.
const PLAIN: Chip<'static> = Chip {
    basic_access_control: false,
    pace: &[GENERIC],
    chip_authentication: &[key(P256, None)],
    active_authentication: None,
    terminal_authentication: false,
    pin: None,
    puk: None,
};

const BAC_ALONE: Chip<'static> = Chip {
    basic_access_control: true,
    pace: &[],
    chip_authentication: &[],
    ..PLAIN
};

const EVERYTHING: Chip<'static> = Chip {
    basic_access_control: true,
    pace: &[
        CHIP_AUTHENTICATION,
        GENERIC,
        offer(IntegratedMapping, Cipher::Aes128, P384),
        offer(GenericMapping, Cipher::TripleDes, SMALL_GROUP),
        offer(IntegratedMapping, Cipher::Aes256, GROUP),
    ],
    chip_authentication: &[key(P256, ID_OF_P256), key(GROUP, Some(2))],
    active_authentication: Some(ActiveAuthenticationKey::Ecdsa {
        curve: Curve::P256,
        hash: HashAlgorithm::Sha256,
    }),
    terminal_authentication: true,
    pin: Some(CountedNumber {
        digits: PIN.len(),
        tries: 3,
    }),
    puk: Some(CountedNumber {
        digits: PUK.len(),
        tries: 10,
    }),
};

/// A kind of chip, and the first thing about it that the first law does not know.
const OFFERS: [(&str, Chip<'static>, Option<Need>); 11] = [
    ("basic access control alone", BAC_ALONE, None),
    ("generic mapping", PLAIN, None),
    (
        "a group",
        Chip {
            pace: &[offer(GenericMapping, Cipher::Aes128, GROUP)],
            ..PLAIN
        },
        Some(Need::Groups),
    ),
    (
        "3DES in the smallest group, with an RSA key beside it",
        Chip {
            pace: &[offer(GenericMapping, Cipher::TripleDes, SMALL_GROUP)],
            chip_authentication: &[key(SMALL_GROUP, None)],
            active_authentication: Some(ActiveAuthenticationKey::Rsa { bits: 2048 }),
            ..PLAIN
        },
        Some(Need::Groups),
    ),
    (
        "integrated mapping",
        Chip {
            pace: &[offer(IntegratedMapping, Cipher::Aes192, P384)],
            ..PLAIN
        },
        Some(Need::IntegratedMapping),
    ),
    (
        "chip authentication mapping with the key of chip authentication",
        Chip {
            pace: &[GENERIC, CHIP_AUTHENTICATION],
            chip_authentication: &[key(P256, ID_OF_P256)],
            ..PLAIN
        },
        Some(Need::ChipAuthenticationMapping),
    ),
    (
        "chip authentication mapping with a key of its own",
        Chip {
            pace: &[GENERIC, CHIP_AUTHENTICATION],
            chip_authentication: &[key(P384, None)],
            ..PLAIN
        },
        Some(Need::ChipAuthenticationMapping),
    ),
    (
        "two keys",
        Chip {
            chip_authentication: &[key(P384, Some(1)), key(P256, Some(2))],
            ..PLAIN
        },
        None,
    ),
    (
        "a PIN without a PUK",
        Chip {
            pin: EVERYTHING.pin,
            ..PLAIN
        },
        Some(Need::Pin),
    ),
    (
        "terminal authentication after PACE",
        Chip {
            terminal_authentication: true,
            ..PLAIN
        },
        Some(Need::TrustPoints),
    ),
    ("everything", EVERYTHING, Some(Need::Groups)),
];

/// An office that gives what the chip is to have.
pub(crate) fn office(offers: Chip<'static>) -> Office {
    let pin = offers.pin.map(|rule| HolderPin {
        pin: CountedPassword::pin(PIN.as_bytes().into(), rule.tries).unwrap(),
        puk: offers
            .puk
            .map(|rule| CountedPassword::puk(PUK.as_bytes().into(), rule.tries).unwrap()),
    });
    let trust_points = match offers.terminal_authentication {
        true => vec![trust_point("UTTESTCVCA00001", day(2026), day(2029))],
        false => Vec::new(),
    };
    Office {
        offers,
        pin,
        trust_points,
        ..Office::of(PASSPORT)
    }
}

/// The office that gives everything.
pub(crate) fn generous() -> Office {
    office(EVERYTHING)
}

fn day(year: u16) -> Date {
    Date::new(year, 11, 1).unwrap()
}

fn trust_point(name: &str, from: Date, to: Date) -> Vec<u8> {
    let mut rng = StdRng::seed_from_u64(8);
    let key = PrivateKey::generate_ec(Curve::P256, &mut rng).unwrap();
    let public = VerificationKey::new(SignatureScheme::ECDSA_SHA256, key.public()).unwrap();
    let holder = HolderReference::from_bytes(name.as_bytes()).unwrap();
    let body = CertificateBody {
        authority: holder.clone(),
        key: CvPublicKey::whole(&public),
        holder,
        authorization: Chat::inspection_system(Role::Cvca, Rights::ALL),
        period: Period::new(from, to).unwrap(),
        extensions: Vec::new(),
    };
    let mut signer = InMemory {
        key: &key,
        rng: &mut rng,
    };
    Certificate::sign(body, &public, &mut signer)
        .unwrap()
        .to_bytes()
}

#[test]
fn each_is_made_and_opened_in_every_way_it_offers() {
    for (name, offers, _) in OFFERS {
        let mut office = office(offers);
        let (socket, prepared) = office.prepared(Kind::Extended);
        let image = office.issue(&prepared, JOB).unwrap();
        let text = image.to_job_file().unwrap();
        let image = CardImage::from_job_file(text.expose()).unwrap();
        office
            .write(&mut socket.power_on(), &image)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        office.lock(&mut socket.power_on(), &image).unwrap();
        assert_eq!(
            open_all(&office, &socket, &image),
            offers.pace.len(),
            "{name}"
        );
        for (file, there) in [
            (File::Dg14, image.files().contains_key(&File::Dg14)),
            (File::Dg15, offers.active_authentication.is_some()),
            (File::CardAccess, !offers.pace.is_empty()),
            (File::CardSecurity, offers.has_chip_authentication_mapping()),
        ] {
            assert_eq!(socket.memory().file(file).is_some(), there, "{name} {file}");
        }
    }
}

/// PACE in every form that EF.CardAccess announces, with every password.
fn open_all(office: &Office, socket: &Socket, image: &CardImage) -> usize {
    let Some(access) = image.files().get(&File::CardAccess) else {
        return 0;
    };
    let infos = EfCardAccess::parse(access).unwrap().value.security_infos;
    let mut passwords = vec![
        image.password().unwrap(),
        Password::can(office.record.can().expose()).unwrap(),
    ];
    if let Some(pin) = &office.pin {
        passwords.push(Password::pin(PIN).unwrap());
        passwords.extend(pin.puk.as_ref().map(|_| Password::puk(PUK).unwrap()));
    }
    for info in infos.pace() {
        for password in &passwords {
            let rng = &mut StdRng::seed_from_u64(6);
            let mut line = socket.power_on();
            pace::terminal::establish(&mut line, info, password, None, rng).unwrap();
        }
    }
    infos.pace().count()
}

/// The chip's date is that of GMT, wherever the office stands.
#[test]
fn the_date_of_an_office_in_the_east() {
    let mut office = generous();
    let (_, chip) = office.prepared(Kind::Extended);
    let now = NOW.to_offset(time::macros::offset!(+14));
    assert_ne!(now.date(), NOW.date());
    let order = Order {
        offers: office.offers,
        pin: office.pin.as_ref(),
        trust_points: &office.trust_points,
        ..Order::new(&office.record, &office.biometrics, &chip, JOB, now)
    };
    let image = perso::issue(&order, &office.signer, &mut office.register).unwrap();
    let text = image.to_job_file().unwrap();
    let job: serde_json::Value = serde_json::from_slice(text.expose()).unwrap();
    assert_eq!(job["terminal_trust"]["today"], "261121");
}

/// A chip that says it obeys the first law, which is the only thing a host knows it by.
struct OfFirstLaw<C>(C);

impl<C: Channel> Channel for OfFirstLaw<C> {
    fn transmit(&mut self, command: &CommandApdu) -> Result<ResponseApdu, ChannelError> {
        let mut answer = self.0.transmit(command)?;
        let in_plain = command.cla & 0x04 == 0;
        if command.ins == Ins::GET_STATUS && in_plain {
            let law = [0x82, 0x02, 0x01, 0x01];
            let at = answer.data.windows(law.len()).position(|part| part == law);
            answer.data[at.unwrap() + 3] = 0x00;
        }
        Ok(answer)
    }

    fn limits(&self) -> Limits {
        self.0.limits()
    }
}

/// A job for another chip than it was made for is refused before the job is opened, whatever the job file says.
#[test]
fn a_job_of_the_second_law_opens_no_chip_of_the_first() {
    let mut office = generous();
    let (socket, prepared) = office.prepared(Kind::Extended);
    let image = office.issue(&prepared, JOB).unwrap();
    let before = socket.octets();
    let error = office
        .write(&mut OfFirstLaw(socket.power_on()), &image)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "key agreement over a group takes a chip of law 0101, this one obeys 0100"
    );
    assert!(socket.octets() == before);
}

/// What the first law does not know is refused by name, at the first step that can know it; all the rest is made as it was.
#[test]
fn a_chip_of_the_first_law_is_made_or_refused_by_name() {
    for (name, offers, need) in OFFERS {
        let mut office = office(offers);
        let socket = office.manufacture(SERIAL, Kind::Plainest);
        let on = || OfFirstLaw(socket.power_on());
        office.initialise(&mut on()).unwrap();
        let made = office.prepare(&mut on()).and_then(|prepared| {
            assert_eq!(prepared.law, LawVersion::V0100);
            let image = office.issue(&prepared, JOB)?;
            office.write(&mut on(), &image)?;
            Ok(image)
        });
        match (made, need) {
            (Ok(image), None) => {
                assert_eq!(
                    open_all(&office, &socket, &image),
                    offers.pace.len(),
                    "{name}"
                );
            }
            (Err(Error::LawTooOld { need: found, obeys }), Some(need)) => {
                assert_eq!((found, obeys), (need, LawVersion::V0100), "{name}");
            }
            (made, _) => panic!("{name}: {made:?}"),
        }
    }
}

/// What the caller gives must be what the chip is to have, and EF.CardSecurity must be what the chip can prove.
#[test]
fn what_does_not_belong_together_is_not_signed() {
    type Alter = fn(&mut Office);
    let cases: [(Alter, Finding); 6] = [
        (|office| office.pin = None, Finding::Pin),
        (|office| office.offers.pin = None, Finding::Pin),
        (|office| office.offers.puk = None, Finding::Pin),
        (
            |office| {
                office.offers.pin = Some(CountedNumber {
                    digits: 4,
                    tries: 3,
                });
            },
            Finding::Pin,
        ),
        (
            |office| {
                office.offers.puk = Some(CountedNumber {
                    digits: 10,
                    tries: 9,
                });
            },
            Finding::Pin,
        ),
        (
            |office| office.offers.terminal_authentication = false,
            Finding::TrustPoints,
        ),
    ];
    let mut office = generous();
    let (_, prepared) = office.prepared(Kind::Extended);
    for (alter, finding) in cases {
        let mut office = generous();
        alter(&mut office);
        if office.offers.pin.is_none() {
            office.offers.puk = None;
        }
        match office.issue(&prepared, JOB).unwrap_err() {
            Error::ContentGate(findings) => assert_eq!(findings, [finding]),
            other => panic!("{other}"),
        }
    }
    office.issue(&prepared, JOB).unwrap();
}

/// Who announces terminal authentication has to have EF.CVCA (Doc 9303-11 §7.1.2), which takes trust points.
#[test]
fn without_trust_points_nothing_is_announced_of_terminals() {
    let announces = |office: &mut Office| {
        let (_, prepared) = office.prepared(Kind::Extended);
        let image = office.issue(&prepared, JOB).unwrap();
        let access = EfCardAccess::parse(&image.files()[&File::CardAccess]).unwrap();
        let dg14 = Dg14::parse(&image.files()[&File::Dg14]).unwrap();
        [access.value.security_infos, dg14.value.security_infos]
            .map(|infos| infos.terminal_authentication().is_some())
    };
    assert_eq!(announces(&mut generous()), [true, true]);
    let mut office = generous();
    office.trust_points.clear();
    assert_eq!(announces(&mut office), [false, false]);
}

/// A chip whose newest trust point has expired would open for nobody.
#[test]
fn trust_points_that_no_chip_takes() {
    let mut office = generous();
    let (_, prepared) = office.prepared(Kind::Extended);
    let [newest, older, over] = [
        ("UTTESTCVCA00002", day(2026), day(2029)),
        ("UTTESTCVCA00001", day(2024), day(2027)),
        ("UTTESTCVCA00000", day(2022), day(2025)),
    ]
    .map(|(name, from, to)| trust_point(name, from, to));
    let altered = [&newest[..newest.len() - 1], &[newest[newest.len() - 1] ^ 1]].concat();
    for (trust_points, fault) in [
        (vec![over.clone()], Some("the newest has expired")),
        (
            vec![older.clone(), newest.clone()],
            Some("the newest stands first, each once"),
        ),
        (
            vec![newest.clone(), newest.clone()],
            Some("the newest stands first, each once"),
        ),
        (
            vec![newest.clone(), older.clone(), over.clone()],
            Some("a chip takes one or two of them"),
        ),
        (
            vec![altered],
            Some("it is no self-signed certificate of a CVCA"),
        ),
        (vec![newest, older], None),
    ] {
        office.trust_points = trust_points;
        let found = match office.issue(&prepared, JOB) {
            Ok(_) => None,
            Err(Error::TrustPoint(fault)) => Some(fault),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(found, fault);
    }
}
