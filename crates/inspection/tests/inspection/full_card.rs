//! Passports of law 0101: chip authentication mapping, terminal authentication; and who may read their fingers.

use core::error::Error;
use std::cell::RefCell;
use std::collections::BTreeMap;

use applet_spec::Chip;
use crypto::{
    AgreementDomain, AgreementGenerator, AgreementKey, AgreementKeyPair, Cipher, HashAlgorithm,
    PrivateKey,
};
use inspection::{Terminal, TerminalKey};
use iso7816::tlv::{self, Tag};
use lds::security_info::{
    ChipAuthenticationInfo, ChipAuthenticationProtocol, ChipAuthenticationPublicKeyInfo,
    KeyAgreement, PaceInfo, PaceMapping, PaceProtocol, SecurityInfo, TerminalAuthenticationInfo,
};
use lds::{
    Dg14, EfCardAccess, EfCom, File, FileContent, LdsSecurityObject, LdsSecurityObjectVersion,
    LdsVersion, SecurityInfos, UnicodeVersion,
};
use perso::CardImage;
use protocols::terminal_authentication::{Certificate, HolderReference, SignatureScheme};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::authorities::{State, TODAY, this_year};
use crate::border::Card;
use crate::host::{Host, JobOrder, Later, manifest_entry};
use crate::office::{Kind, NOW, Office, PASSPORT, SERIAL};

const JOB_NUMBER: [u8; 16] = [0xA5; 16];

/// What a card is to have.
#[derive(Clone)]
pub(crate) struct Wish {
    /// PACE, by mapping and number of the domain parameters.
    pub(crate) pace: Vec<(PaceMapping, u8)>,
    /// The key of chip authentication: its number and its domain.
    pub(crate) chip_key: (u8, u8),
    /// Whether EF.DG14 says nothing of chip authentication, so that the mapping is all there is.
    pub(crate) mapping_only: bool,
    /// Whether the files name keys that the chip does not have: those of the chip that it is a copy of.
    pub(crate) copied: bool,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            pace: vec![(PaceMapping::GenericMapping, 12)],
            chip_key: (12, 12),
            mapping_only: false,
            copied: false,
        }
    }
}

impl Wish {
    /// With chip authentication mapping, which is then the first choice.
    pub(crate) fn mapping() -> Self {
        Self {
            pace: vec![
                (PaceMapping::GenericMapping, 12),
                (PaceMapping::ChipAuthenticationMapping, 13),
            ],
            ..Self::default()
        }
    }

    pub(crate) fn make(&self) -> Card {
        let mut office = Office::of(PASSPORT);
        let socket = office.manufacture(SERIAL, Kind::Extended);
        office.initialise(&mut socket.power_on()).unwrap();
        let mut channel = socket.power_on();
        let chip = channel.chip_mut();
        let personalisation = office.keys.personalisation.for_chip(SERIAL).unwrap();
        let mut host = Host::open(&mut *chip, &personalisation);
        let keys = self.key_places().map(|(id, domain)| {
            let made = generate(&mut host, id, domain);
            let key = if self.copied { stranger(domain) } else { made };
            (id, key)
        });
        let keys: Vec<_> = keys.collect();
        let files = self.files(&office, &keys);
        let order = self.order(&office, &files);
        assert_eq!(host.open_job(&order.octets(personalisation.dek())), 0x9000);
        for (file, content) in &files {
            host.write_all(*file, content);
        }
        assert_eq!(host.commit(&JOB_NUMBER).sw.0, 0x9000);
        let quality = office.keys.quality.for_chip(SERIAL).unwrap();
        let mut host = Host::open(&mut *chip, &quality);
        let locked = host.lock(&JOB_NUMBER, &order.manifest_hash());
        assert_eq!(locked.sw.0, 0x9000);
        Card::new(&socket, Kind::Extended, &office)
    }

    /// Number and domain of every key: chip authentication mapping has one of the number of its parameters.
    fn key_places(&self) -> impl Iterator<Item = (u8, u8)> {
        let mapped = self.pace.iter();
        let mapped =
            mapped.filter(|(mapping, _)| *mapping == PaceMapping::ChipAuthenticationMapping);
        [self.chip_key]
            .into_iter()
            .chain(mapped.map(|(_, id)| (*id, *id)))
    }

    fn pace_infos(&self) -> Vec<SecurityInfo> {
        let info = |(mapping, id): &(PaceMapping, u8)| {
            let protocol = PaceProtocol::new(*mapping, KeyAgreement::Ecdh, Cipher::Aes128);
            SecurityInfo::Pace(PaceInfo::new(protocol.unwrap(), *id))
        };
        self.pace.iter().map(info).collect()
    }

    /// What the chip is to offer.
    fn offered(&self) -> Vec<SecurityInfo> {
        let (id, domain) = self.chip_key;
        let domain = AgreementDomain::from_standardized_id(domain).unwrap();
        let protocol = ChipAuthenticationProtocol {
            agreement: domain.into(),
            cipher: Cipher::Aes128,
        };
        let chip = ChipAuthenticationInfo::new(protocol, Some(id.into()));
        let more = [
            SecurityInfo::ChipAuthentication(chip),
            SecurityInfo::TerminalAuthentication(TerminalAuthenticationInfo::new()),
        ];
        self.pace_infos().into_iter().chain(more).collect()
    }

    /// The data groups of the passport, and everything about keys anew.
    fn files(&self, office: &Office, keys: &[(u8, AgreementKey)]) -> BTreeMap<File, Vec<u8>> {
        let passport = Card::of(PASSPORT, Kind::Extended);
        let kept = [File::Dg1, File::Dg2, File::Dg3, File::Dg11, File::Dg12];
        let mut files: BTreeMap<_, _> = kept.map(|file| (file, passport.file(file))).into();
        let infos = |wanted: &dyn Fn(u8) -> bool| {
            let keys = keys.iter().filter(|(id, _)| wanted(*id));
            let keys = keys.map(|(id, key)| {
                let info =
                    ChipAuthenticationPublicKeyInfo::of_agreement_key(key, Some((*id).into()));
                SecurityInfo::ChipAuthenticationPublicKey(info.unwrap())
            });
            SecurityInfos::new(self.offered().into_iter().chain(keys))
        };
        let security_infos = if self.mapping_only {
            SecurityInfos::new(self.pace_infos())
        } else {
            infos(&|id| id == self.chip_key.0)
        };
        files.insert(File::Dg14, Dg14 { security_infos }.to_bytes());
        let groups = files.iter().map(|(file, bytes)| (*file, bytes.as_slice()));
        let version = LdsSecurityObjectVersion::v1();
        let sod = LdsSecurityObject::of_files(version, HashAlgorithm::Sha256, groups).unwrap();
        let sod = pki::security_object::sign(&sod, &office.signer, "P", NOW).unwrap();
        let com = EfCom::new(
            LdsVersion::v1_8(),
            UnicodeVersion::v4_0_0(),
            files.keys().copied(),
        );
        files.insert(File::Com, com.unwrap().to_bytes());
        files.insert(File::Sod, sod);
        let security_infos = SecurityInfos::new(self.pace_infos());
        files.insert(File::CardAccess, EfCardAccess { security_infos }.to_bytes());
        let all = infos(&|_| true);
        let signed = pki::card_security::sign(&all, &office.signer, "P", NOW).unwrap();
        files.insert(File::CardSecurity, signed);
        files
    }

    fn order(&self, office: &Office, files: &BTreeMap<File, Vec<u8>>) -> JobOrder {
        let class = |file| match file {
            File::CardAccess => 0,
            File::CardSecurity => 1,
            File::Dg3 => 3,
            _ => 2,
        };
        let mut manifest: Vec<Vec<u8>> = files
            .iter()
            .map(|(file, content)| manifest_entry(*file, content, class(*file)))
            .collect();
        manifest.sort();
        let zone = office.record.mrz().unwrap().information();
        let number = zone.as_bytes()[..10].to_vec();
        let seed = CardImage::key_seed_of(&zone);
        let trust_point = State::new().cvca.self_signed(this_year()).to_bytes();
        JobOrder {
            uuid: JOB_NUMBER,
            version: [1, 1],
            manifest: manifest.concat(),
            security_infos: SecurityInfos::new(self.offered()).to_der(),
            access: 1,
            mrz_seed: Some(seed.expose().to_vec()),
            can: Some(office.record.can().expose().as_bytes().to_vec()),
            later: vec![
                Later::Plain(0x8B, TODAY.to_vec()),
                Later::Plain(0x8C, trust_point),
                Later::UnderDek(0x8D, number),
            ],
        }
    }
}

fn generate(host: &mut Host<&mut Chip>, id: u8, domain: u8) -> AgreementKey {
    let answer = host.generate(0xA6, &[0x80, 1, domain, 0x84, 1, id]);
    assert_eq!(answer.sw.0, 0x9000);
    let domain = AgreementDomain::from_standardized_id(domain).unwrap();
    let tag = match domain {
        AgreementDomain::Dh(_) => 0x84,
        AgreementDomain::Ec(_) => 0x86,
    };
    let objects = tlv::read_all(&answer.data).unwrap();
    let key = tlv::find(&objects, Tag::new(0x7F49)).unwrap();
    let parts = key.children().unwrap();
    let value = tlv::find(&parts, Tag::new(tag)).unwrap().value;
    AgreementKey::from_wire(domain, value).unwrap()
}

/// A key that no chip here has.
fn stranger(domain: u8) -> AgreementKey {
    let domain = AgreementDomain::from_standardized_id(domain).unwrap();
    let generator = AgreementGenerator::standard(domain);
    let rng = &mut StdRng::seed_from_u64(77);
    let pair = AgreementKeyPair::generate(&generator, rng).unwrap();
    pair.public()
}

/// What a terminal brings along.
pub(crate) struct Credentials {
    pub(crate) certificates: Vec<Certificate>,
    pub(crate) name: HolderReference,
    pub(crate) key: Box<dyn TerminalKey>,
}

/// A key in memory.
struct InMemory {
    key: PrivateKey,
    rng: RefCell<StdRng>,
}

impl TerminalKey for InMemory {
    fn sign(
        &self,
        scheme: SignatureScheme,
        message: &[u8],
    ) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        Ok(scheme.sign(&self.key, message, &mut *self.rng.borrow_mut())?)
    }
}

/// A key that cannot be reached.
pub(crate) struct Gone;

impl TerminalKey for Gone {
    fn sign(&self, _: SignatureScheme, _: &[u8]) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        Err("the token was pulled".into())
    }
}

impl Credentials {
    /// Those of a state's terminal.
    pub(crate) fn of(state: State, certificates: Vec<Certificate>) -> Self {
        let rng = RefCell::new(StdRng::seed_from_u64(8));
        Self {
            certificates,
            name: state.terminal.name,
            key: Box::new(InMemory {
                key: state.terminal.key,
                rng,
            }),
        }
    }

    pub(crate) fn terminal(&self) -> Terminal<'_> {
        Terminal {
            certificates: &self.certificates,
            name: &self.name,
            key: &*self.key,
        }
    }
}
