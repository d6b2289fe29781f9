//! Chips that prove themselves in several ways, and copies that have some of the keys: one proof that fails is enough, and a key
//! that the issuer has signed is one of this document only if something signed says so.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crypto::{
    AgreementDomain, AgreementGenerator, AgreementKeyPair, Cipher, Curve, HashAlgorithm, PrivateKey,
};
use enrolment::profile::{ActiveAuthenticationKey, Chip, ChipAuthenticationKey, PaceOffer};
use inspection::Outcome::{self, Failed, NotSupported, Successful, Undetermined};
use inspection::Report;
use lds::security_info::{ChipAuthenticationPublicKeyInfo, PaceMapping};
use lds::{
    Dg14, Dg15, EfCardAccess, File, FileContent, LdsSecurityObject, LdsSecurityObjectVersion,
    SecurityInfo, SecurityInfos,
};
use pki::CardSecurity;
use protocols::terminal_authentication::Rights;
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::authorities::State;
use crate::border::{Border, Card, outcome, table};
use crate::full_card::Credentials;
use crate::office::{CITIZEN_CARD, Kind, NOW, Office, PASSPORT};

const P256: AgreementDomain = AgreementDomain::Ec(Curve::P256);
/// The number of P-256 in table 12 of Doc 9303-11, and so of the key of chip authentication mapping.
const KEY_OF_MAPPING: u64 = 12;

const fn offer(mapping: PaceMapping) -> PaceOffer {
    PaceOffer {
        mapping,
        cipher: Cipher::Aes128,
        domain: P256,
    }
}

const WITHOUT_MAPPING: Chip<'static> = Chip {
    basic_access_control: false,
    pace: &[offer(PaceMapping::GenericMapping)],
    chip_authentication: &[ChipAuthenticationKey {
        domain: AgreementDomain::Ec(Curve::BrainpoolP256r1),
        ciphers: &[Cipher::Aes128],
        key_id: Some(1),
    }],
    active_authentication: Some(ActiveAuthenticationKey::Ecdsa {
        curve: Curve::P256,
        hash: HashAlgorithm::Sha256,
    }),
    terminal_authentication: false,
    pin: None,
    puk: None,
};

const WITH_MAPPING: Chip<'static> = Chip {
    pace: &[
        offer(PaceMapping::GenericMapping),
        offer(PaceMapping::ChipAuthenticationMapping),
    ],
    ..WITHOUT_MAPPING
};

fn office() -> Office {
    Office::of(PASSPORT)
}

/// A chip with chip and active authentication, and one that has the mapping besides.
pub(crate) fn card(has_mapping: bool) -> Card {
    static CARDS: LazyLock<[Card; 2]> = LazyLock::new(|| {
        [WITHOUT_MAPPING, WITH_MAPPING].map(|offers| {
            let mut office = Office { offers, ..office() };
            Card::from_office(&mut office, Kind::Extended)
        })
    });
    CARDS[usize::from(has_mapping)].clone()
}

/// What the files say that the chip does not hold: all of it signed by the issuer.
#[derive(Clone, Copy, Default)]
pub(crate) struct Foreign {
    /// EF.CardSecurity names another key of chip authentication mapping.
    pub(crate) mapping: bool,
    /// EF.DG14 names a key of chip authentication of another chip.
    pub(crate) dg14: bool,
    /// The files offer chip authentication with a cipher that the chip does not have: it refuses.
    pub(crate) refused: bool,
    /// Nothing in the application has a key.
    pub(crate) no_keys: bool,
    /// EF.DG15 has the key of another chip.
    pub(crate) dg15: bool,
    /// EF.CardSecurity is signed in another country.
    pub(crate) country: bool,
}

impl Foreign {
    /// The card with these files.
    pub(crate) fn on(self, card: &Card) -> Card {
        let office = office();
        let dg14 = Dg14::parse(&card.file(File::Dg14)).unwrap().value;
        let mut files: BTreeMap<File, Vec<u8>> = [File::Dg1, File::Dg2, File::Dg3]
            .into_iter()
            .chain([File::Dg11, File::Dg12, File::Dg14, File::Dg15])
            .filter_map(|file| Some((file, card.memory().file(file)?.to_vec())))
            .collect();
        let security_infos = self.infos(&dg14.security_infos, File::Dg14);
        files.insert(File::Dg14, Dg14 { security_infos }.to_bytes());
        if self.no_keys {
            files.remove(&File::Dg15);
        } else if self.dg15 {
            let stranger = PrivateKey::generate_ec(Curve::P256, &mut rng()).unwrap();
            let dg15 = Dg15::new(stranger.public()).unwrap();
            files.insert(File::Dg15, dg15.to_bytes());
        }
        let access = EfCardAccess::parse(&card.file(File::CardAccess))
            .unwrap()
            .value;
        let groups = files.iter().map(|(file, bytes)| (*file, bytes.as_slice()));
        let version = LdsSecurityObjectVersion::v1();
        let sod = LdsSecurityObject::of_files(version, HashAlgorithm::Sha256, groups).unwrap();
        let sod = pki::security_object::sign(&sod, &office.signer, "P", NOW).unwrap();
        files.insert(File::Sod, sod);
        let security_infos = self.infos(&access.security_infos, File::CardAccess);
        files.insert(File::CardAccess, EfCardAccess { security_infos }.to_bytes());
        if let Some(bytes) = card.memory().file(File::CardSecurity) {
            let file = CardSecurity::parse(bytes).unwrap();
            let infos = self.infos(file.security_infos(), File::CardSecurity);
            let office = Office::of(if self.country { CITIZEN_CARD } else { PASSPORT });
            let code = office.record.profile().data().document_code;
            let signed = pki::card_security::sign(&infos, &office.signer, code, NOW).unwrap();
            files.insert(File::CardSecurity, signed);
        }
        card.altered(|chip| {
            for (file, content) in files {
                chip.replace_file(file, content).unwrap();
            }
        })
    }

    fn infos(self, infos: &SecurityInfos, file: File) -> SecurityInfos {
        let is_kept = |info: &&SecurityInfo| {
            let is_offer = matches!(
                info,
                SecurityInfo::ChipAuthenticationPublicKey(_) | SecurityInfo::ChipAuthentication(_)
            );
            !(is_offer && self.no_keys)
                || matches!(info, SecurityInfo::ChipAuthenticationPublicKey(key)
                    if file == File::CardSecurity && key.key_id == Some(KEY_OF_MAPPING))
        };
        let changed = infos
            .iter()
            .filter(is_kept)
            .cloned()
            .map(|info| match info {
                SecurityInfo::ChipAuthenticationPublicKey(key) => {
                    SecurityInfo::ChipAuthenticationPublicKey(self.key(key, file))
                }
                SecurityInfo::ChipAuthentication(mut info) if self.refused => {
                    info.protocol.cipher = Cipher::Aes256;
                    SecurityInfo::ChipAuthentication(info)
                }
                info => info,
            });
        SecurityInfos::new(changed)
    }

    fn key(
        self,
        mut key: ChipAuthenticationPublicKeyInfo,
        file: File,
    ) -> ChipAuthenticationPublicKeyInfo {
        let is_of_mapping = key.key_id == Some(KEY_OF_MAPPING);
        let is_replaced = match file {
            File::Dg14 => self.dg14,
            _ => self.mapping && is_of_mapping,
        };
        if is_replaced {
            let domain = key.agreement_key().unwrap().domain();
            let generator = AgreementGenerator::standard(domain);
            let stranger = AgreementKeyPair::generate(&generator, &mut rng()).unwrap();
            let id = key.key_id;
            key =
                ChipAuthenticationPublicKeyInfo::of_agreement_key(&stranger.public(), id).unwrap();
        }
        key
    }
}

fn rng() -> StdRng {
    StdRng::seed_from_u64(77)
}

/// A border that knows both countries.
pub(crate) fn border(card: &Card) -> Border {
    let mut border = Border::with_can(card);
    let other = Office::of(CITIZEN_CARD).csca;
    border.trust.add(&other, "another country").unwrap();
    border
}

/// A border with a terminal, so that chip authentication runs after the mapping, too.
pub(crate) fn with_terminal(card: &Card) -> Border {
    let state = State::new();
    let certificates = state.chain(Rights::ALL, Rights::ALL);
    Border {
        terminal: Some(Credentials::of(state, certificates)),
        ..border(card)
    }
}

/// What mapping, chip and active authentication find, and what it comes to.
fn check(border: &Border, card: &Card, expected: [Outcome; 5]) -> Report {
    let report = border.inspect(&mut card.power_on());
    let found = [
        "chip-authentication-mapping",
        "chip-authentication",
        "active-authentication",
        "chip-authenticity",
    ]
    .map(|id| outcome(&report, id));
    let found: Vec<Outcome> = found.into_iter().chain([report.overall()]).collect();
    assert_eq!(found, expected, "{}", table(&report));
    report
}

#[test]
fn a_genuine_chip() {
    let (with, without) = (card(true), card(false));
    let (yes, no) = (Successful, NotSupported);
    check(&border(&without), &without, [no, yes, yes, yes, yes]);
    check(&border(&with), &with, [yes, no, yes, yes, yes]);
    check(&with_terminal(&with), &with, [yes, yes, yes, yes, yes]);
}

/// Whoever got one key out of a chip, and not the others, has not got the chip. What signs the files does not matter: all of
/// them are the issuer's.
#[test]
fn no_proof_makes_up_for_one_that_failed() {
    let foreign = Foreign::default();
    let (mapping, dg15) = (true, true);
    let refused = true;
    let (yes, no) = (Successful, NotSupported);
    for (has_mapping, has_terminal, foreign, expected) in [
        // Chip authentication failed, active authentication not.
        (
            false,
            false,
            Foreign { refused, ..foreign },
            [no, Failed, yes],
        ),
        // The other way round.
        (false, false, Foreign { dg15, ..foreign }, [no, yes, Failed]),
        // The mapping failed, and the others did not.
        (
            true,
            false,
            Foreign { mapping, ..foreign },
            [Failed, yes, yes],
        ),
        // The mapping and chip authentication failed, active authentication not.
        (
            true,
            false,
            Foreign {
                mapping,
                refused,
                ..foreign
            },
            [Failed, Failed, yes],
        ),
        // The mapping and active authentication failed, chip authentication not.
        (
            true,
            false,
            Foreign {
                mapping,
                dg15,
                ..foreign
            },
            [Failed, yes, Failed],
        ),
        // The mapping held, and the others did not.
        (true, false, Foreign { dg15, ..foreign }, [yes, no, Failed]),
        (
            true,
            true,
            Foreign { refused, ..foreign },
            [yes, Failed, yes],
        ),
    ] {
        let original = card(has_mapping);
        let copy = foreign.on(&original);
        let border = match has_terminal {
            true => with_terminal(&copy),
            false => border(&copy),
        };
        let [mapped, chip, active] = expected;
        let report = check(&border, &copy, [mapped, chip, active, Failed, Failed]);
        if chip == Failed {
            let cause = &report
                .check("terminal-authentication")
                .unwrap()
                .finding
                .cause;
            let not_tried = [
                "the chip has not authenticated itself",
                "this terminal has no",
            ];
            assert!(
                not_tried.iter().any(|why| cause.starts_with(why)),
                "{cause}"
            );
        }
    }
}

/// The key of one chip's mapping, with that chip's EF.CardSecurity, beside the files of another: chip authentication decides.
#[test]
fn a_mapping_that_belongs_to_another_document() {
    let copy = Foreign {
        dg14: true,
        dg15: true,
        ..Foreign::default()
    }
    .on(&card(true));
    for border in [border(&copy), with_terminal(&copy)] {
        let report = border.inspect(&mut copy.power_on());
        let found = |id| outcome(&report, id);
        assert_eq!(found("card-security-signature"), Successful);
        assert_eq!(found("chip-authentication-mapping"), Undetermined);
        let cause = &report
            .check("chip-authentication-mapping")
            .unwrap()
            .finding
            .cause;
        assert!(cause.contains("lacks a key of EF.DG14"), "{cause}");
        assert_eq!(found("chip-authentication"), Failed, "{}", table(&report));
        assert_eq!(found("chip-authenticity"), Failed);
        assert_eq!(report.overall(), Failed);
        assert_eq!(report.terminal_authentication, None);
    }
}

/// The same where the other document has no chip authentication that could decide.
#[test]
fn a_mapping_that_nothing_ties_to_the_document() {
    let copy = Foreign {
        no_keys: true,
        ..Foreign::default()
    }
    .on(&card(true));
    let expected = [
        Successful,
        NotSupported,
        NotSupported,
        Undetermined,
        Undetermined,
    ];
    let report = check(&border(&copy), &copy, expected);
    let cause = &report.check("chip-authenticity").unwrap().finding.cause;
    assert!(cause.contains("of this document"), "{cause}");
}

/// An EF.CardSecurity of another country does not count, and a chip that has the keys of its EF.DG14 is none the worse.
#[test]
fn an_ef_card_security_of_another_country() {
    let country = true;
    let foreign = Foreign {
        country,
        ..Foreign::default()
    }
    .on(&card(true));
    let genuine = [Undetermined, Successful, Successful, Successful, Successful];
    let report = check(&border(&foreign), &foreign, genuine);
    let cause = &report
        .check("chip-authentication-mapping")
        .unwrap()
        .finding
        .cause;
    assert!(cause.contains("one country"), "{cause}");
    let mut remarks = report.verdict().remarks.into_iter();
    assert!(remarks.any(|remark| remark.id == "chip-authentication-mapping"));
}
